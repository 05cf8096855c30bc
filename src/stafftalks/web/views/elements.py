"""Own elements: the list, one element, its versions, asking for release."""

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stafftalks.accord import state
from stafftalks.accord.parts import ReleasedVersion
from stafftalks.planning import summary
from stafftalks.planning.element import decode
from stafftalks.planning.kinds import KINDS, LABELS, realms_of
from stafftalks.services import accords, elements, find, labels, letters, releases
from stafftalks.services.accords import AccordView
from stafftalks.services.letters import Allowed
from stafftalks.services.rows import ElementRow, RequestRow
from stafftalks.values.errors import StafftalksError
from stafftalks.values.ids import AccordId, ElementId, PartyId, VersionHash
from stafftalks.values.realm import Realm
from stafftalks.web import access, faults, marking, meanings, naming, rule_words
from stafftalks.web.faults import Fault
from stafftalks.web.forms.release import AskReleaseForm
from stafftalks.web.views.drafts import WRITERS
from stafftalks.web.windows import Window, offset_of


class Standing(msgspec.Struct, frozen=True):
    """Where an own element stands released: in which accord, to whom, and whether it was made of the version at home.

    `request` is the one by which it left, where it was redacted; what they hold is then no version of ours, and is read in the request.
    """

    accord: AccordId
    title: str
    release: ReleasedVersion
    same: bool
    request: str = ""


class Listed(msgspec.Struct, frozen=True):
    """A line of the list: the element, and who holds some version of it."""

    row: ElementRow
    title: str
    holders: tuple[PartyId, ...]
    same: bool


class Way(msgspec.Struct, frozen=True):
    """An accord and realm in which an element could flow, or the sentence why it cannot now."""

    key: str
    accord: AccordId
    title: str
    realm: Realm
    partners: tuple[PartyId, ...]
    why_not: str = ""


class Foreseen(msgspec.Struct, frozen=True):
    """What the letter about a partner would say of the element as it stands at home; None where there is no letter."""

    party: PartyId
    allowed: Allowed | None
    words: tuple[str, ...]


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Own elements, last revised first; filtered by kind, contingency and text."""
    hq = access.headquarters()
    query = request.GET
    kind, contingency, text = query.get("kind", ""), query.get("contingency", ""), query.get("text", "").strip()
    archived = query.get("archived") == "yes"
    offset = offset_of(request)
    total, rows = find.own_window(hq, kind=kind, contingency=contingency, text=text, archived=archived, offset=offset)
    held = _held(accords.views(hq), hq.party, rows)
    context = {
        "place": "elements",
        "rows": [_listed(row, held) for row in rows],
        "window": Window(total, offset),
        "kinds": [(name, LABELS[name][1]) for name in KINDS],
        "contingencies": hq.holdings.contingencies(),
        "kind": kind,
        "contingency": contingency,
        "text": text,
        "archived": archived,
        "filtered": bool(kind or contingency or text or archived),
        "may_write": access.person_of(request).lacking(*WRITERS) is None,
    }
    return render(request, "web/elements/list.html", context)


@require_GET
def show(request: HttpRequest, element: ElementId) -> HttpResponse:
    """The element as it stands at home, where it stands released, its versions and its requests."""
    hq, row = access.headquarters(), _row(element)
    versions = list(reversed(hq.holdings.versions(element)))
    _total, requests = releases.find(hq, element=element, limit=20)
    content = decode(row.raw).content
    sections = summary.sections(content)
    policies = labels.policies(hq)
    context = {
        "place": "elements",
        "row": row,
        "meaning": meanings.meaning(policies, next(iter(marking.markings_of(content)))),
        "label_faults": meanings.label_faults(policies, content),
        "title": row.title or naming.title_of(row.raw),
        "sections": sections,
        "titles": naming.references(hq, sections),
        "standings": standings(row, hq.party),
        "versions": [
            (version, versions[at + 1] if at + 1 < len(versions) else None) for at, version in enumerate(versions[:50])
        ],
        "requests": requests,
        "may_write": access.person_of(request).lacking(*elements.writers_of(row.kind)) is None,
    }
    return render(request, "web/elements/show.html", context)


@require_GET
def version(request: HttpRequest, element: ElementId, version: VersionHash) -> HttpResponse:
    """One earlier version, as it was written."""
    hq, row = access.headquarters(), _row(element)
    found = next((one for one in hq.holdings.versions(element) if one.version == version), None)
    if found is None:
        raise Http404
    context = {
        "place": "elements",
        "row": row,
        "version": found,
        "sections": summary.sections(decode(found.raw).content),
    }
    return render(request, "web/elements/version.html", context)


@require_GET
def diff(request: HttpRequest, element: ElementId, before: VersionHash, after: VersionHash) -> HttpResponse:
    """What changed between two versions."""
    hq, row = access.headquarters(), _row(element)
    changes = elements.diff(hq, element, before, after)
    context = {
        "place": "elements",
        "row": row,
        "changes": changes,
        "before": elements.version(hq, element, before),
        "after": elements.version(hq, element, after),
    }
    return render(request, "web/elements/diff.html", context)


@require_POST
def archive(request: HttpRequest, element: ElementId) -> HttpResponse:
    """Puts the element away or brings it back."""
    away = request.POST.get("archived") == "yes"
    elements.archive(access.headquarters(), access.person_of(request), element, archived=away)
    sentence = _("Put away. What was released stands until it is recalled.") if away else _("Brought back.")
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("element", args=[element]))


@require_http_methods(["GET", "POST"])
def ask_release(request: HttpRequest, element: ElementId) -> HttpResponse:
    """Asks that the version at home be released: where, in which realm, and to whom, each chosen and none assumed."""
    hq, row = access.headquarters(), _row(element)
    access.need_role(request, *WRITERS)
    if not realms_of(row.kind):
        raise Http404
    again = _again(request, row)
    ways = ways_of(row.kind, hq.party)
    open_ways = [way for way in ways if not way.why_not]
    form = AskReleaseForm(
        request.POST if request.method == "POST" else None, ways=open_ways, names=releases.partner_names(hq),
        initial=_initial(request, again),
    )  # fmt: skip
    found: tuple[Fault, ...] = ()
    if request.method == "POST":
        found = _stale(request.POST.get("version", ""), row) or faults.of_forms(form)
        if not found:
            try:
                asked = _ask(request, row, form, open_ways, again)
            except StafftalksError as error:
                found = faults.of_error(error)
            else:
                messages.success(request, _("Asked. Nothing has left: a different person decides at the release desk."))
                return HttpResponseRedirect(reverse("desk-review", args=[asked]))
    context = {
        "place": "elements",
        "row": row,
        "form": form,
        "title": row.title or naming.title_of(row.raw),
        "closed": [way for way in ways if way.why_not],
        "open_ways": open_ways,
        "again": again,
        "allowed": _allowed(row, open_ways),
    }
    return faults.page(request, "web/elements/release.html", context, found)


def ways_of(kind: str, me: PartyId) -> list[Way]:
    """Every accord and realm in which this kind could flow, open ones first."""
    ways: list[Way] = []
    for view in accords.views(access.headquarters()):
        opened = state.open_realms(view.accord)
        for realm in Realm:
            if realm in realms_of(kind):
                why_not = "" if realm in opened else _why_closed(view, realm, me)
                ways.append(Way(f"{view.row.id}.{realm}", view.row.id, view.title, realm, view.partners, why_not))
    return sorted(ways, key=lambda way: bool(way.why_not))


def standings(row: ElementRow, me: PartyId) -> list[Standing]:
    """Where an own element stands released now."""
    hq = access.headquarters()
    held = [
        (view, history[-1]) for view in accords.views(hq) if (history := view.accord.sheet(me).released.get(row.id, ()))
    ]
    _total, asked = releases.find(hq, state="released", element=row.id) if held else (0, ())
    redacted = {one.entry: one for one in asked if one.redactions}
    return [_standing(view, item, redacted.get(item.ref), row) for view, item in held]


def _standing(view: AccordView, item: ReleasedVersion, redacted: RequestRow | None, row: ElementRow) -> Standing:
    made_of = redacted.version if redacted else item.version
    return Standing(view.row.id, view.title, item, made_of == row.version, redacted.id if redacted else "")


def _why_closed(view: AccordView, realm: Realm, me: PartyId) -> str:
    missing = [party for party in view.accord.parties if realm not in view.accord.sheet(party).standing.realms]
    names = ", ".join(_("we ourselves") if party == me else party for party in missing)
    return _("closed, because it is not accepted by: %(names)s") % {"names": names}


def _stale(shown: str, row: ElementRow) -> tuple[Fault, ...]:
    """A sentence where the element was revised since the form was opened: what is asked for must be what was read."""
    if shown == row.version:
        return ()
    sentence = _(
        "%(who)s revised this element while the form was open. The request would now be for the new version: read it, "
        "then ask again."
    )
    return (Fault(sentence % {"who": row.revised_by}),)


def _again(request: HttpRequest, row: ElementRow) -> RequestRow | None:
    """The request for the same element that was turned down, after which this one asks again."""
    given = request.POST.get("again", "") or request.GET.get("again", "")
    found = access.headquarters().desk.request(given) if given else None
    turned_down = found is not None and found.state in ("returned", "refused", "withdrawn")
    return found if turned_down and found is not None and found.element == row.id else None


def _initial(request: HttpRequest, again: RequestRow | None) -> dict[str, object]:
    """What the form shows chosen: the way that a link names; what was asked before, where it is asked again."""
    if again is None:
        return {"way": request.GET.get("way", "")}
    return {"way": f"{again.accord}.{again.realm}", "audience": list(again.audience), "note": again.note}


def _allowed(row: ElementRow, ways: list[Way]) -> list[Foreseen]:
    """What the letters about each partner say of the version at home, so that nobody asks in vain."""
    hq = access.headquarters()
    foreseen = letters.foreseen(hq, row, sorted({party for way in ways for party in way.partners}))
    return [
        Foreseen(party, one, rule_words.short(one.refusals) if one is not None else ())
        for party, one in foreseen.items()
    ]


def _ask(request: HttpRequest, row: ElementRow, form: AskReleaseForm, ways: list[Way], again: RequestRow | None) -> str:
    way = next(way for way in ways if way.key == form.cleaned_data["way"])
    audience = [PartyId(party) for party in form.cleaned_data["audience"]]
    asked = releases.request(
        access.headquarters(),
        access.person_of(request),
        way.accord,
        row.id,
        way.realm,
        audience,
        form.cleaned_data["note"],
        follows=again.id if again else "",
    )
    return asked.id


def _row(element: ElementId) -> ElementRow:
    row = access.headquarters().holdings.element(element)
    if row is None:
        raise Http404
    return row


def _held(
    views: tuple[AccordView, ...], me: PartyId, rows: tuple[ElementRow, ...]
) -> dict[ElementId, list[ReleasedVersion]]:
    """Where these elements stand released."""
    held: dict[ElementId, list[ReleasedVersion]] = {}
    for view in views:
        released = view.accord.sheet(me).released
        for row in rows:
            if history := released.get(row.id):
                held.setdefault(row.id, []).append(history[-1])
    return held


def _listed(row: ElementRow, held: dict[ElementId, list[ReleasedVersion]]) -> Listed:
    items = held.get(row.id, [])
    holders = tuple(sorted({party for item in items for party in item.to}))
    return Listed(
        row, row.title or naming.title_of(row.raw), holders, all(item.version == row.version for item in items)
    )
