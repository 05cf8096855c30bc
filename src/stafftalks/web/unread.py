"""Which news a person has not looked at: counted for every page that shows it, and cleared when what it is about is opened.

A thing is unread while it came after the moment up to which its person has seen everything, and after they last opened it.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Final

import msgspec
from django.http import HttpRequest

from stafftalks.services import overview
from stafftalks.services.overview import Fresh
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from stafftalks.store import seen
from stafftalks.store.models import User
from stafftalks.values.ids import AccordId, ElementId, PartyId
from stafftalks.web import access

_HELD: Final = "_stafftalks_unread"
_OWN_PAGES: Final = ("element", "element-edit", "element-diff", "element-version")
_THEIR_PAGES: Final = ("their-element", "their-diff", "talk-reply")
_ACCORD_PAGES: Final = {
    "accord": "standing",
    "accord-terms": "terms",
    "accord-recalls": "recalls",
    "answer-recall": "recalls",
}
_TAB_OF: Final = {"standing": "standing", "terms": "terms", "recalls": "recalls"}


class Unread(msgspec.Struct, frozen=True):
    """What a person has not looked at: partners' news, and own elements that colleagues wrote or revised."""

    news: tuple[Fresh, ...] = ()
    colleagues: tuple[ElementRow, ...] = ()

    def by_accord(self) -> Mapping[AccordId, int]:
        """How many news each accord has."""
        return Counter(one.view.row.id for one in self.news)

    def by_tab(self, accord: AccordId) -> Mapping[str, int]:
        """How many news each tab of the accord has: standing, terms, released, talk, recalls."""
        counts: Counter[str] = Counter()
        for one in self.news:
            if one.view.row.id == accord:
                part = _TAB_OF.get(one.mark.rpartition("/")[2], "released" if one.rank == 1 else "talk")
                counts[part] += 1
        return counts

    def marks(self) -> frozenset[str]:
        """What must be opened for all of it to count as read."""
        party = access.headquarters().party
        own = (overview.element_mark(party, row.id) for row in self.colleagues)
        return frozenset((*(one.mark for one in self.news), *own))


def of(request: HttpRequest) -> Unread:
    """What the person signed in has not looked at; worked out once a request."""
    held = getattr(request, _HELD, None)
    if not isinstance(held, Unread):
        held = found(access.headquarters(), access.user_of(request))
        setattr(request, _HELD, held)
    return held


def found(hq: Headquarters, user: User) -> Unread:
    """What this person has not looked at: the queries are the same however much there is."""
    marks, since = seen.marks(user.username), user.last_seen_at
    news = tuple(one for one in overview.fresh(hq, since) if one.arrived > marks.get(one.mark, 0))
    rows = tuple(
        row
        for row in overview.colleagues(hq, user.person(), since)
        if row.revised_at > marks.get(overview.element_mark(hq.party, row.id), 0)
    )
    return Unread(news, rows)


def read(request: HttpRequest) -> None:
    """Clears the marks of what the page just drawn shows; writes only where something was unread."""
    target = _shown(request)
    if target and target in of(request).marks():
        seen.see(access.user_of(request).username, [target], at=access.headquarters().clock.now())


def _shown(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is None:
        return ""
    name, given = match.url_name or "", match.kwargs
    if name in _OWN_PAGES:
        return overview.element_mark(access.headquarters().party, ElementId(str(given["element"])))
    if name in _THEIR_PAGES:
        return overview.element_mark(PartyId(str(given["party"])), ElementId(str(given["element"])))
    if name in _ACCORD_PAGES:
        return overview.accord_mark(AccordId(str(given["accord"])), _ACCORD_PAGES[name])
    return ""
