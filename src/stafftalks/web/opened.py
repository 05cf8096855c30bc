"""Which of our people has opened which text of a partner: noted once a person and version, for a count that leaves only where a person tells it."""

from typing import Final

from django.http import HttpRequest

from stafftalks.accord import state
from stafftalks.planning.refs import ExactRef
from stafftalks.services import accords
from stafftalks.services.ports import Headquarters
from stafftalks.values.ids import ElementId, PartyId
from stafftalks.web import access

_WHOLE: Final = frozenset(
    {"their-element", "scenario", "plan", "source", "minutes-session", "engagement", "print-view"}
)
"""The pages that draw a partner's text as a whole."""


def note(request: HttpRequest) -> None:
    """Notes that the person signed in has opened what the page just drawn shows; nothing where that is no partner's text."""
    match = request.resolver_match
    if match is None or match.url_name not in _WHOLE:
        return
    hq = access.headquarters()
    party, element = PartyId(str(match.kwargs["party"])), ElementId(str(match.kwargs["element"]))
    about = _shown(hq, party, element, str(match.kwargs.get("accord", ""))) if party != hq.party else None
    if about is not None:
        hq.readers.note(access.user_of(request).username, about, hq.clock.now())


def _shown(hq: Headquarters, party: PartyId, element: ElementId, accord: str) -> ExactRef | None:
    """The version that the page shows: the newest in its accord, or over all accords where it is not in one."""
    standing = [
        release
        for view in accords.views(hq)
        if accord in ("", view.row.id) and party in view.accord.parties
        if (release := state.current_version(view.accord, party, element)) is not None
    ]
    newest = max(standing, key=lambda release: release.at, default=None)
    return ExactRef(party, element, newest.version) if newest is not None else None
