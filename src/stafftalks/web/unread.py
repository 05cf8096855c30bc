"""Which news a person has not looked at: counted for every page that shows it, and cleared when what it is about is opened.

A thing is unread while it came after the moment up to which its person has seen everything, and after they last opened it.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Final

import msgspec
from django.http import HttpRequest

from stafftalks.accord.bodies import EntryRef
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
    "accord-consents": "consents",
    "answer-recall": "recalls",
}
_PARTS: Final = ("standing", "terms", "recalls", "consents")


class Unread(msgspec.Struct, frozen=True):
    """What partners said that a person has not looked at."""

    news: tuple[Fresh, ...] = ()

    def by_accord(self) -> Mapping[AccordId, int]:
        """How many news each accord has."""
        return Counter(one.view.row.id for one in self.news)

    def by_tab(self, accord: AccordId) -> Mapping[str, int]:
        """How many news each tab of the accord has: standing, terms, released, talk, recalls, consents."""
        counts: Counter[str] = Counter()
        for one in self.news:
            if one.view.row.id == accord and not one.mark.startswith("check/"):  # these have pages of their own
                part = one.mark.rpartition("/")[2]
                counts[part if part in _PARTS else "released" if one.rank == 1 else "talk"] += 1
        return counts


def of(request: HttpRequest) -> Unread:
    """What the person signed in has not looked at; worked out once a request."""
    held = getattr(request, _HELD, None)
    if not isinstance(held, Unread):
        held = found(access.headquarters(), access.user_of(request))
        setattr(request, _HELD, held)
    return held


def found(hq: Headquarters, user: User) -> Unread:
    """What this person has not looked at of what partners said: the queries are the same however much there is."""
    marks = seen.marks(user.username)
    return Unread(tuple(one for one in overview.fresh(hq, user.last_seen_at) if one.arrived > marks.get(one.mark, 0)))


def by_colleagues(hq: Headquarters, user: User) -> tuple[ElementRow, ...]:
    """The own elements that colleagues wrote or revised and this person has not looked at since, newest first, among those last revised."""
    marks = seen.marks(user.username)
    return tuple(row for row in overview.colleagues(hq, user.person(), user.last_seen_at) if _since(row, marks, hq))


def read(request: HttpRequest) -> None:
    """Clears the marks of what the page just drawn shows; writes only where something was unread."""
    target = _shown(request)
    if not target:
        return
    hq, user = access.headquarters(), access.user_of(request)
    if any(one.mark == target for one in of(request).news) or _written_by_another(request, hq, user):
        seen.see(user.username, [target], at=hq.clock.now())


def _since(row: ElementRow, marks: Mapping[str, int], hq: Headquarters) -> bool:
    return row.revised_at > marks.get(overview.element_mark(hq.party, row.id), 0)


def _written_by_another(request: HttpRequest, hq: Headquarters, user: User) -> bool:
    """Whether the page shows an own element that somebody else wrote since this person last looked."""
    match = request.resolver_match
    if match is None or match.url_name not in _OWN_PAGES:
        return False
    row = hq.holdings.element(ElementId(str(match.kwargs["element"])))
    if row is None or row.revised_by == user.username or row.revised_at <= user.last_seen_at:
        return False
    return _since(row, seen.marks(user.username), hq)


def _shown(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is None:
        return ""
    name, given = match.url_name or "", match.kwargs
    if name in _OWN_PAGES:
        return overview.element_mark(access.headquarters().party, ElementId(str(given["element"])))
    if name in _THEIR_PAGES:
        return overview.element_mark(PartyId(str(given["party"])), ElementId(str(given["element"])))
    if name == "check":
        return overview.check_mark(EntryRef(given["party"], given["epoch"], given["n"]))
    if name in _ACCORD_PAGES:
        return overview.accord_mark(AccordId(str(given["accord"])), _ACCORD_PAGES[name])
    return ""
