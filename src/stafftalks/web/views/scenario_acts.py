"""What is sent from a scenario's room: changes of our own text, a check of an indicator, a suggestion taken in, a reply to a partner's part.

Every act saves at home and nowhere else. One that fails comes back as Trouble, with everything that was typed.
"""

from collections.abc import Mapping

import msgspec
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stafftalks.planning import compare, following, forms
from stafftalks.planning.element import UnknownContent, decode
from stafftalks.planning.forms import FormErrors
from stafftalks.planning.kinds import Content
from stafftalks.planning.refs import ElementRef
from stafftalks.planning.scenarios import AssumptionState, Scenario
from stafftalks.planning.watch import triggered
from stafftalks.services import accords, editing, elements, scenario_talk, scenarios
from stafftalks.services.editing import FieldsError
from stafftalks.services.elements import ConflictError
from stafftalks.services.rows import ElementRow
from stafftalks.services.scenarios import Room
from stafftalks.values.errors import MisuseError, StafftalksError
from stafftalks.values.ids import ElementId, VersionHash
from stafftalks.values.realm import Realm
from stafftalks.values.relative_time import Instant
from stafftalks.web import access, faults
from stafftalks.web.faults import Fault
from stafftalks.web.views.drafts import WRITERS
from stafftalks.web.views.scenario_parts import TOP, Trouble, leaves_of, path_of


class Sent(msgspec.Struct, frozen=True):
    """What was sent: `form` as `edit.branches.2`, its texts by input name, and the version that was looked at."""

    form: str
    deed: str
    typed: Mapping[str, str]
    based_on: VersionHash

    @property
    def key(self) -> str:
        """The part the form is for."""
        return self.form.partition(".")[2]

    def fields(self, key: str) -> dict[str, str]:
        """The part's fields as typed, by dotted path."""
        found = {path_of(key, leaf): self.typed.get(f"{self.form}.{leaf}") for leaf in leaves_of(key)}
        return {path: "" if text == TOP else text for path, text in found.items() if text is not None}


class RevisedError(MisuseError):
    """The host revised the text while a reply to it was being written; `before` is what the reply is about, None where it is not held."""

    def __init__(self, sentence: str, before: Content | None) -> None:
        super().__init__(sentence)
        self.before = before


def act(request: HttpRequest, room: Room) -> str | Trouble:
    """Does what was sent; where to go next, or what is wrong."""
    access.need_role(request, *WRITERS)
    typed = {
        name: str(text) for name, text in request.POST.items() if name not in ("csrfmiddlewaretoken", "do", "form")
    }
    sent = Sent(request.POST.get("form", ""), request.POST.get("do", ""), typed, VersionHash(typed.get("based_on", "")))
    try:
        return _done(request, room, sent)
    except FieldsError as error:
        return _misread(sent, error.errors)
    except ConflictError as error:
        return _conflict(room, sent, error)
    except RevisedError as error:
        return _kept(room, sent, error.before, room.scenario, str(error))
    except StafftalksError as error:
        return Trouble(sent.form, typed, faults=faults.of_error(error))


def _done(request: HttpRequest, room: Room, sent: Sent) -> str:
    match sent.deed:
        case "suggest" if not room.piece.own:
            return _suggest(request, room, sent)
        case "comment":
            return _comment(request, room, sent)
        case "check":
            return _check(request, room, sent)
        case "take-in" if room.piece.own:
            return _take_in(request, room, sent)
        case _ if room.piece.own:
            return _change(request, room, sent)
    raise MisuseError("This text is a partner’s: suggest a change, and they decide whether to take it in.")


def _change(request: HttpRequest, room: Room, sent: Sent) -> str:
    deed, _colon, given = sent.deed.partition(":")
    removed: tuple[str, ...] = ()
    anchor = sent.key.replace(".", "-")
    sentence = _("Saved at home.")
    match deed:
        case "save":
            fields = sent.fields(sent.key)
        case "add":
            fields, anchor = _new_row(room, sent)
        case "remove":
            _need_version(room, sent)
            table, number = _row(room, sent.key)
            fields, removed = (
                scenarios.without_branch(room.scenario, number) if table == "branches" else ({}, (sent.key,))
            )
            anchor, sentence = table, _("Taken out, at home. The version before keeps it.")
        case "state" if given in list(AssumptionState):
            _table, number = _row(room, sent.key)
            fields = {f"{sent.key}.state": given}
            sentence = _state_sentence(room, number, AssumptionState(given))
        case _:
            raise MisuseError("This page does not know that button. Open the page again.")
    hq, person = access.headquarters(), access.person_of(request)
    done = editing.change(hq, person, room.piece.element, sent.based_on, fields, removed=removed)
    if done.merged:
        sentence += " " + _("Someone else’s changes were kept too.")
    if room.piece.held:
        sentence += " " + _("Partners still hold the version released; ask for release to let them read this one.")
    messages.success(request, sentence)
    return f"#{anchor}"


def _new_row(room: Room, sent: Sent) -> tuple[dict[str, str], str]:
    """The fields of a further row, numbered after the last, and its place on the page."""
    _need_version(room, sent)
    typed = {name.rpartition(".")[2]: text for name, text in sent.typed.items() if name.startswith(f"{sent.form}.")}
    if sent.key == "assumption":
        key = f"assumptions.{len(room.scenario.assumptions)}"
    else:
        key = f"branches.{len(room.scenario.branches)}"
        if sent.key != "top":
            _table, number = _row(room, sent.key)
            typed["after"] = room.scenario.branches[number].id
    return {f"{key}.{leaf}": text for leaf, text in typed.items() if leaf in leaves_of(key)}, key.replace(".", "-")


def _need_version(room: Room, sent: Sent) -> None:
    """Raises ConflictError where rows were counted in another version than the one that stands."""
    if sent.based_on != room.piece.version:
        raise ConflictError(elements.get(access.headquarters(), room.piece.element))


def _row(room: Room, key: str) -> tuple[str, int]:
    table, _dot, number = key.partition(".")
    rows = {"branches": room.scenario.branches, "assumptions": room.scenario.assumptions}.get(table, ())
    if not number.isdecimal() or not number.isascii() or len(number) > 6 or int(number) >= len(rows):
        raise MisuseError("The part that this button is for is no longer in the text. Open the page again.")
    return table, int(number)


def _state_sentence(room: Room, number: int, known: AssumptionState) -> str:
    assumption = room.scenario.assumptions[number]
    match known:
        case AssumptionState.CONFIRMED:
            return _("%(id)s is confirmed. Saved at home.") % {"id": assumption.id}
        case AssumptionState.OPEN:
            return _("%(id)s is open again. Saved at home.") % {"id": assumption.id}
        case AssumptionState.INVALID:
            found = triggered([msgspec.structs.replace(assumption, state=known)])
            titles = {branch.id: branch.title for branch in room.scenario.branches}
            if not found:
                return _("%(id)s is invalid. Saved at home.") % {"id": assumption.id}
            named = {"id": assumption.id, "branch": found[0][1], "title": titles.get(found[0][1], "")}
            return _("%(id)s is invalid: it leads to branch %(branch)s, “%(title)s”. Saved at home.") % named


def _check(request: HttpRequest, room: Room, sent: Sent) -> str:
    hq = access.headquarters()
    element = ElementId(sent.key)
    if not any(one.piece.own and one.piece.element == element for one in room.indicators):
        raise MisuseError("This indicator is not ours, or no longer bears on this scenario. Open the page again.")
    fields = {leaf: sent.typed.get(f"{sent.form}.{leaf}", "") for leaf in ("state", "last_checked")}
    fields["last_checked"] = fields["last_checked"].strip() or str(Instant(hq.clock.now()))
    editing.change(hq, access.person_of(request), element, sent.based_on, fields)
    messages.success(request, _("The check is recorded, at home."))
    return f"#i-{element}"


def _take_in(request: HttpRequest, room: Room, sent: Sent) -> str:
    hq = access.headquarters()
    suggestion = ElementRef.parse(sent.typed.get("suggestion", ""))
    done = scenario_talk.take_in(hq, access.person_of(request), room.piece.element, suggestion, sent.based_on)
    sentence = _("Taken in, at home. Ask for release of the new version to answer %(party)s.") % {
        "party": suggestion.party
    }
    messages.success(request, sentence)
    return f"#said-{suggestion.element}" if done.row else ""


def _suggest(request: HttpRequest, room: Room, sent: Sent) -> str:
    """One suggestion for each field of the part whose text was changed."""
    _need_newest(room, sent)
    hq, person = access.headquarters(), access.person_of(request)
    now = forms.flatten(room.scenario)
    changed = {path: text for path, text in sent.fields(sent.key).items() if _plain(text) != _plain(now.get(path, ""))}
    if not changed:
        raise MisuseError("Nothing differs from their text: change what it should say, then save the suggestion.")
    rationale = sent.typed.get(f"{sent.form}.rationale", "")
    said = [
        _content("suggestion", {"about": room.piece.exact, "field": path, "proposed": text, "rationale": rationale})
        for path, text in changed.items()
    ]
    with hq.transactions.atomic():
        rows = [elements.add(hq, person, one) for one in said]
    return _saved(request, room, sent, rows)


def _comment(request: HttpRequest, room: Room, sent: Sent) -> str:
    _need_newest(room, sent)
    field = "narrative" if sent.key == "text" else sent.key
    content = _content(
        "comment", {"about": _about(room), "field": field, "text": sent.typed.get(f"{sent.form}.text", "")}
    )
    return _saved(request, room, sent, [elements.add(access.headquarters(), access.person_of(request), content)])


def _about(room: Room) -> str:
    """The version a reply speaks of: what stands released."""
    version = room.piece.held[0].version if room.piece.held else room.piece.version
    return f"{room.piece.key}/{version}"


def _content(kind: str, texts: Mapping[str, str]) -> Content:
    found = forms.parse(kind, {name: [text] for name, text in texts.items()})
    if isinstance(found, FormErrors):
        raise FieldsError(found.errors)
    return found


def _saved(request: HttpRequest, room: Room, sent: Sent, rows: list[ElementRow]) -> str:
    """Where a reply is asked to be released, where it is one; several stand on this page, each with its own link."""
    held = room.piece.held[0]
    if len(rows) > 1:
        sentence = ngettext(
            "%(count)d suggestion is saved at home. Ask for its release below, to let the partner read it.",
            "%(count)d suggestions are saved at home. Ask for the release of each below, to let the partner read it.",
            len(rows),
        )
        messages.success(request, sentence % {"count": len(rows)})
        return f"#{sent.key.replace('.', '-')}"
    messages.success(request, _("Saved at home. To let the partner read it, ask for its release now."))
    realm = held.realm if held.realm in set(Realm) else ""
    return f"{reverse('element-release', args=[rows[0].id])}?way={held.accord}.{realm}"


def _need_newest(room: Room, sent: Sent) -> None:
    """Raises RevisedError where the reply was written about a version that no longer stands."""
    if not room.piece.held:
        raise MisuseError("This text is at home only: there is nobody to reply to. Change it here.")
    if sent.based_on == (room.piece.held[0].version if room.piece.own else room.piece.version):
        return
    sentence = _(
        "%(party)s revised this text while you were writing. What changed is below, and what you typed is kept: read it again, then save."
    )
    raise RevisedError(sentence % {"party": room.piece.party}, _earlier(room, sent.based_on))


def _earlier(room: Room, version: VersionHash) -> Content | None:
    """The text of a version released before, where it is still held."""
    accord = room.piece.accord
    if not accord:
        return None
    sheet = accords.view(access.headquarters(), accord).accord.sheet(room.piece.party)
    history = sheet.released.get(room.piece.element, ())
    raw = next((item.raw for item in history if item.version == version), None)
    found = decode(raw).content if raw is not None else None
    return None if isinstance(found, UnknownContent) else found


def _plain(text: str) -> str:
    return " ".join(text.split())


def _misread(sent: Sent, errors: Mapping[str, str]) -> Trouble:
    """Each sentence at the input it is about; the others at the top of the page."""
    at_fields: dict[str, str] = {}
    listed: list[Fault] = []
    for path, sentence in errors.items():
        name = f"{sent.form}.{path if sent.key == 'text' else path.rpartition('.')[2]}"
        if name in sent.typed:
            at_fields[name] = sentence
            listed.append(Fault(sentence, "f-" + name.replace(".", "-")))
        else:
            listed.append(Fault(sentence))
    return Trouble(sent.form, sent.typed, at_fields, tuple(listed))


def _conflict(room: Room, sent: Sent, error: ConflictError) -> Trouble:
    """What was saved meanwhile, beside what was typed."""
    hq = access.headquarters()
    try:
        before = elements.content(elements.version(hq, error.current.id, sent.based_on))
    except StafftalksError:
        before = None
    return _kept(room, sent, before, elements.content(error.current), str(error))


def _kept(room: Room, sent: Sent, before: Content | None, after: Content, sentence: str) -> Trouble:
    """What was typed, at the part it is about where that stands now; apart from the forms where the part is gone."""
    changes = compare.diff(before, after) if before is not None and type(before) is type(after) else ()
    listed = (Fault(sentence),)
    if sent.key in ("text", "top", "assumption") or not isinstance(after, Scenario):
        return Trouble(sent.form, sent.typed, faults=listed, changes=changes)
    key = following.follow(sent.key, before, after) if before is not None else None
    if key is None or after != room.scenario:
        return Trouble("", {}, faults=listed, changes=changes, loose=_typed_texts(sent))
    form = f"{sent.form.partition('.')[0]}.{key}"
    moved = {name.replace(sent.form, form, 1): text for name, text in sent.typed.items()}
    return Trouble(form, moved, faults=listed, changes=changes)


def _typed_texts(sent: Sent) -> tuple[str, ...]:
    return tuple(text for name, text in sent.typed.items() if name.startswith(f"{sent.form}.") and text)
