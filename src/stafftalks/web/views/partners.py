"""A partner's element as we hold it: its text, its versions, what was said about it, and the ways to reply."""

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from stafftalks.accord import state
from stafftalks.accord.parts import ReleasedVersion
from stafftalks.planning import compare, summary
from stafftalks.planning.element import UnknownContent, decode
from stafftalks.planning.refs import ElementRef, ExactRef
from stafftalks.services import labels
from stafftalks.services.accords import AccordView
from stafftalks.services.rows import BesideRow
from stafftalks.values.ids import AccordId, ElementId, PartyId, VersionHash
from stafftalks.values.label import Marking
from stafftalks.web import access, marking, meanings, naming
from stafftalks.web.forms.labels import BesideForm
from stafftalks.web.views import drawing
from stafftalks.web.views.accords import frame, view_of
from stafftalks.web.views.drafts import WRITERS


class RemarkRow(msgspec.Struct, frozen=True):
    """One remark as drawn: who said it, of what kind, and whether it is about the version that stands now."""

    remark: state.Remark
    kind: str
    side: str
    headline: str
    text: str
    field: str


@require_GET
def show(request: HttpRequest, accord: AccordId, party: PartyId, element: ElementId) -> HttpResponse:
    """The newest version that we hold, older ones to compare with, and the talk about it. Also for what we released ourselves."""
    hq, view = access.headquarters(), view_of(accord)
    history = _history(view, party, element)
    newest = history[-1]
    about = ElementRef(party, element)
    known = labels.policies(hq)
    our_marking = labels.beside(hq, ExactRef(party, element, newest.version))
    held = decode(newest.raw).content
    sections = summary.sections(held)
    context = frame(view, "released") | {
        "party": party,
        "ours": party == hq.party,
        "release": newest,
        "title": naming.title_of(newest.raw),
        "sections": sections,
        "titles": naming.references(hq, sections),
        "versions": list(reversed([(item, history[at - 1] if at else None) for at, item in enumerate(history)])),
        "remarks": [remark_row(remark, hq.party) for remark in state.talk(view.accord, about)],
        "positions": [remark_row(remark, hq.party) for remark in state.positions(view.accord, about)],
        "adoptions": state.adoptions(view.accord, about),
        "is_agreed": any(
            item.element == element and item.party == party and item.current for item in state.agreed(view.accord)
        ),
        "their_meaning": meanings.meaning(known, next(iter(marking.markings_of(held)), Marking())),
        "our_meaning": meanings.meaning(known, our_marking.marking) if our_marking is not None else None,
        "our_marking": our_marking,
        "beside_form": _beside_form(our_marking),
        "proposals": meanings.proposals(known),
        "may_write": access.person_of(request).lacking(*WRITERS) is None,
    }
    return render(request, "web/accord/element.html", context | drawing.use_of(request, accord, newest))


@require_GET
def diff(
    request: HttpRequest, accord: AccordId, party: PartyId, element: ElementId, before: VersionHash, after: VersionHash
) -> HttpResponse:
    """What changed between two versions that a party released."""
    view = view_of(accord)
    history = _history(view, party, element)
    old, new = _version(history, before), _version(history, after)
    one, other = decode(old.raw).content, decode(new.raw).content
    known = not isinstance(one, UnknownContent) and not isinstance(other, UnknownContent)
    changes = (
        compare.diff(one, other)
        if not isinstance(one, UnknownContent) and not isinstance(other, UnknownContent)
        else ()
    )
    context = frame(view, "released") | {
        "party": party,
        "ours": party == access.headquarters().party,
        "title": naming.title_of(new.raw),
        "before": old,
        "after": new,
        "changes": changes,
        "known": known,
    }
    return render(request, "web/accord/diff.html", context)


def _beside_form(row: BesideRow | None) -> BesideForm:
    if row is None:
        return BesideForm()
    given = row.marking
    return BesideForm(
        initial={
            "policy": given.policy,
            "classification": given.classification,
            "caveats": "\n".join(given.caveats),
        }
    )


def remark_row(remark: state.Remark, me: PartyId) -> RemarkRow:
    """A remark with whose it is and what it says in one line."""
    content = remark.content
    text = getattr(content, "text", "") or getattr(content, "statement", "") or getattr(content, "rationale", "")
    kind = str(content.__struct_config__.tag)
    side = "said" if remark.party == me else "theirs"
    return RemarkRow(remark, kind, side, summary.headline(content), text, getattr(content, "field", ""))


def _history(view: AccordView, party: PartyId, element: ElementId) -> tuple[ReleasedVersion, ...]:
    history = view.accord.sheet(party).released.get(element, ())
    if party not in view.accord.parties or not history:
        raise Http404
    return history


def _version(history: tuple[ReleasedVersion, ...], wanted: VersionHash) -> ReleasedVersion:
    found = next((item for item in history if item.version == wanted), None)
    if found is None:
        raise Http404
    return found
