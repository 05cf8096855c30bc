"""Engagements: who met whom, when, what was raised and what was answered, in order of time; and one of them in full."""

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from stafftalks.planning.meetings import Raised
from stafftalks.services import elements, sources
from stafftalks.services.accords import AccordView
from stafftalks.services.sources import Known, Meeting
from stafftalks.services.workspace import Piece
from stafftalks.values.ids import ElementId, PartyId
from stafftalks.web import access
from stafftalks.web.windows import Window, offset_of

_PEOPLE = 50


class Topic(msgspec.Struct, frozen=True):
    """Something raised: what it is about, where that is an element known here."""

    raised: Raised
    about: str
    url: str


class Stood(msgspec.Struct, frozen=True):
    """An accord between those who met: when it was proposed and by whom, and how many days after they met; None where that is not known."""

    view: AccordView
    party: str
    at: int
    days: int | None


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The chronology, newest first: of one contingency, with one partner, where that is asked; and who was there how often."""
    hq = access.headquarters()
    library = sources.library(hq)
    contingency, party, name = (request.GET.get(field, "") for field in ("contingency", "party", "who"))
    found = sources.meetings(hq, library.engagements, contingency=contingency, party=party)
    people = sources.known(hq, found)
    if name:
        keys = {piece.key for one in people if one.name == name for piece in one.meetings}
        found = tuple(meeting for meeting in found if meeting.piece.key in keys)
    offset = offset_of(request)
    attending = {
        one.party for meeting in sources.meetings(hq, library.engagements) for one in meeting.engagement.attendees
    }
    context = {
        "place": "sources",
        "meetings": found[offset : offset + 50],
        "window": Window(len(found), offset),
        "people": people[:_PEOPLE],
        "more_people": max(0, len(people) - _PEOPLE),
        "contingencies": sorted({piece.contingency for piece in library.engagements} - {""}),
        "parties": sorted(attending - {""}),
        "contingency": contingency,
        "party": party,
        "who": name,
    }
    return render(request, "web/talks/engagements.html", context)


@require_GET
def show(request: HttpRequest, party: PartyId, element: ElementId) -> HttpResponse:
    """One engagement: who met, what was raised and answered, the reports that tell of it, the accords between those who met."""
    hq = access.headquarters()
    library = sources.library(hq)
    every = sources.meetings(hq, library.engagements)
    meeting = next((one for one in every if (one.piece.party, one.piece.element) == (party, element)), None)
    if meeting is None:
        raise Http404
    known = {(one.name.casefold(), one.party.casefold()): one for one in sources.known(hq, every)}
    attendees: list[tuple[object, Known | None]] = [
        (one, known.get((one.name.casefold(), one.party.casefold()))) for one in meeting.engagement.attendees
    ]
    context = {
        "place": "sources",
        "piece": meeting.piece,
        "meeting": meeting,
        "attendees": attendees,
        "topics": _topics(meeting),
        "reports": _reports(library, meeting),
        "accords": [_stood(view, meeting) for view in meeting.accords],
        "party": party,
        "element": element,
    }
    return render(request, "web/talks/engagement.html", context)


def _topics(meeting: Meeting) -> list[Topic]:
    hq = access.headquarters()
    refs = {(one.about.party, one.about.element) for one in meeting.engagement.raised if one.about is not None}
    titles = elements.titles_of(hq, refs) if refs else {}
    made = []
    for one in meeting.engagement.raised:
        title = url = ""
        if one.about is not None:
            party, element = one.about.party, one.about.element
            title = titles.get((party, element), "")
            if (party, element) in titles:
                name = "element" if party == hq.party else "thread"
                url = reverse(name, args=[element] if party == hq.party else [party, element])
        made.append(Topic(one, title, url))
    return made


def _reports(library: sources.Library, meeting: Meeting) -> list[tuple[str, Piece | None, bool]]:
    """The reports that tell of it: key, the report where it is held, and whether it was recalled."""
    keys = dict.fromkeys(f"{ref.party}/{ref.element}" for ref in meeting.engagement.reports)
    return [(key, library.reports.get(key), key in library.recalled) for key in keys]


def _stood(view: AccordView, meeting: Meeting) -> Stood:
    proposals = [
        (sheet.proposal.at, party)
        for party, sheet in view.accord.sheets.items()
        if sheet.proposal and sheet.proposal.title
    ]
    at, party = min(proposals, default=(0, PartyId("")))
    days = (at - meeting.at.seconds) // 86_400 if at and meeting.at is not None else None
    return Stood(view, party, at, days)
