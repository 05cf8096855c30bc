"""The accords, and one accord's first page: where each party stands, what is open, what happens next."""

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from stafftalks.accord import state
from stafftalks.accord.product import RealmRow
from stafftalks.services import accords
from stafftalks.services.accords import AccordView
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import AccordId, PartyId
from stafftalks.values.person import Role
from stafftalks.web import access, naming, targets
from stafftalks.web.views.home import Line, glance

PROMPTS_SHOWN = 30
ACTS_FROM = {
    "silent": ("accept", "decline", "withdraw"),
    "proposed": ("accept", "decline", "withdraw"),
    "accepted": ("accept", "suspend", "withdraw", "decline"),
    "declined": ("accept", "withdraw"),
    "suspended": ("resume", "accept", "withdraw"),
    "withdrawn": (),
}
"""What a party may do next from where it stands, the likeliest first; the accord room's table is what decides."""


class Cell(msgspec.Struct, frozen=True):
    """How one party stands to one realm: the word, and the mark that goes with it."""

    party: PartyId
    word: str
    mark: str


class MatrixRow(msgspec.Struct, frozen=True):
    """One realm."""

    realm: str
    cells: tuple[Cell, ...]
    open: bool
    sentence: str


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Every accord held here."""
    hq = access.headquarters()
    context = {
        "place": "accords",
        "glances": [glance(view, hq.party) for view in accords.views(hq)],
        "may_propose": access.person_of(request).lacking(Role.HEAD) is None,
        "partners": hq.partners.partners(),
    }
    return render(request, "web/accords.html", context)


@require_GET
def show(request: HttpRequest, accord: AccordId) -> HttpResponse:
    """Where each party stands, the realms as a matrix, and what happens next."""
    hq, view = access.headquarters(), view_of(accord)
    ours = view.accord.sheet(hq.party)
    waiting = state.what_happens_next(view.accord, hq.party, hq.clock.now())
    prompts = [
        Line(naming.readable(hq, prompt.sentence), targets.url_of(("accord", accord), prompt.rule), 0)
        for prompt in waiting[:PROMPTS_SHOWN]
    ]
    named = naming.named(prompt.sentence for prompt in waiting[:PROMPTS_SHOWN])
    context = frame(view, "standing") | {
        "prompts": prompts,
        "named": list(hq.holdings.elements(sorted(named)).values()) if named else [],
        "more_prompts": len(waiting) - len(prompts),
        "standings": [(party, view.accord.sheet(party)) for party in view.accord.parties],
        "matrix": matrix(view, hq.party),
        "keepings": _keepings(view),
        "acts": ACTS_FROM[ours.standing.state],
        "may_act": access.person_of(request).lacking(Role.HEAD) is None,
        "agreed_count": len(state.agreed(view.accord)),
    }
    return render(request, "web/accord/standing.html", context)


def _keepings(view: AccordView) -> tuple[state.Keeping, ...]:
    """What each side says that it keeps; nothing where nobody has said anything of it and nothing was recalled."""
    found = state.keepings(view.accord)
    return found if any(one.keeps or one.answers for one in found) else ()


def view_of(accord: AccordId) -> AccordView:
    """The accord; a page that is not there where this headquarters holds none of that id."""
    hq = access.headquarters()
    if hq.records.accord(accord) is None:
        raise Http404
    try:
        return accords.view(hq, accord)
    except MisuseError as error:
        raise Http404 from error


def frame(view: AccordView, tab: str) -> dict[str, object]:
    """What every page of an accord needs: the accord, its tabs, and how much each holds."""
    hq = access.headquarters()
    opened = state.open_realms(view.accord)
    return {
        "place": "accords",
        "tab": tab,
        "view": view,
        "accord": view.row.id,
        "me": hq.party,
        "open_realms": [row.realm for row in state.realm_matrix(view.accord) if row.realm in opened],
        "unanswered": sum(
            1 for prompt in state.what_happens_next(view.accord, hq.party) if prompt.rule == "answer-question"
        ),
    }


def matrix(view: AccordView, me: PartyId) -> list[MatrixRow]:
    """The realms with each party's word on each."""
    return [_matrix_row(row, me) for row in state.realm_matrix(view.accord)]


def _matrix_row(row: RealmRow, me: PartyId) -> MatrixRow:
    cells = tuple(Cell(party, _word(status), _MARKS[status]) for party, status in row.by.items())
    missing = [party for party, status in row.by.items() if status != "accepted"]
    if row.open:
        sentence = _("Open: accepted by all")
    elif missing == [me]:
        sentence = _("Closed: opens when we accept it")
    else:
        sentence = _("Closed: not accepted by %(parties)s") % {"parties": ", ".join(missing)}
    return MatrixRow(row.realm, cells, row.open, sentence)


_MARKS = {"accepted": "yes", "proposed": "wait", "not accepted": "no", "suspended": "bad"}


def _word(status: str) -> str:
    words = {
        "accepted": _("accepted"),
        "proposed": _("proposed"),
        "not accepted": _("not accepted"),
        "suspended": _("suspended"),
    }
    return words[status]
