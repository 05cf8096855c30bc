"""Everything about one of our elements that ever left: to whom, when, on whose authority; and what our own people did with it at home.

What left is in our record and told by `left`; who asked and who let it go is on the desk; who looked is in the journal. It is told of an element that was
put away since, and of one that this headquarters no longer holds, as after a restore.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from stafftalks.accord.bodies import EntryRef
from stafftalks.accord.parts import CheckAct, Notice, ReleasedVersion, Said
from stafftalks.services import accords, left, proofs
from stafftalks.services.accords import AccordView
from stafftalks.services.left import Sent
from stafftalks.services.logs import LinesWanted, LogLine
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import RequestRow
from stafftalks.values.ids import AccordId, ElementId, PartyId

MOST_ASKED: Final = 200
MOST_LINES: Final = 200
"""Of one element: the newest requests, and the newest lines of the journal, that are told."""


class Entry(msgspec.Struct, frozen=True):
    """One entry that is about the element. `sort` says what it is: release, recall, confirmation, or the kind of what another party said of it."""

    ref: EntryRef
    sort: str
    at: int


class InAccord(msgspec.Struct, frozen=True):
    """What one accord's records hold of the element: its entries in their order, ours first."""

    accord: AccordId
    title: str
    entries: tuple[Entry, ...]


class Trail(msgspec.Struct, frozen=True):
    """Everything of one element. `title` and `kind` as at home, else as released; `held` is whether it is here, `archived` whether put away.

    `total` counts the releases, `sent` is a window of them; `unsent` are requests that let nothing go. `lines` are of the journal, newest first.
    """

    element: ElementId
    kind: str
    title: str
    raw: bytes
    held: bool
    archived: bool
    versions: int
    total: int
    sent: tuple[Sent, ...]
    unsent: tuple[RequestRow, ...]
    accords: tuple[InAccord, ...]
    lines: tuple[LogLine, ...]

    @property
    def known(self) -> bool:
        """Whether anything at all is known of it."""
        return self.held or bool(self.total or self.unsent or self.lines)


def window(
    hq: Headquarters,
    *,
    partner: str = "",
    who: str = "",
    text: str = "",
    since: int = 0,
    until: int = 0,
    offset: int = 0,
    limit: int = 50,
) -> tuple[int, tuple[RequestRow, ...]]:
    """How many releases match and one window of them, the newest first: what left, by whom it was asked for, decided and let go."""
    return hq.desk.let_go(partner=partner, who=who, text=text, since=since, until=until, offset=offset, limit=limit)


def of_element(hq: Headquarters, element: ElementId, *, offset: int = 0, limit: int = 50) -> Trail:
    """Everything about the element, its releases by window."""
    row = hq.holdings.element(element)
    total, sent = left.window(hq, element=element, offset=offset, limit=limit)
    _, asked = hq.desk.find(element=element, limit=MOST_ASKED)
    newest = next((one for one in sent if one.title), None)
    return Trail(
        element=element,
        kind=row.kind if row else newest.kind if newest else asked[0].kind if asked else "",
        title=row.title if row else newest.title if newest else asked[0].title if asked else "",
        raw=row.raw if row else newest.raw if newest else b"",
        held=row is not None,
        archived=row is not None and row.archived,
        versions=len(hq.holdings.versions(element)),
        total=total,
        sent=sent,
        unsent=tuple(one for one in asked if one.state != "released"),
        accords=tuple(one for view in accords.views(hq) if (one := _in_accord(view, hq.party, element)).entries),
        lines=_lines(hq, (element, *(one.id for one in asked))),
    )


def _in_accord(view: AccordView, me: PartyId, element: ElementId) -> InAccord:
    refs = proofs.story(view.accord, me, element)
    return InAccord(view.row.id, view.title, tuple(_entry(view, me, element, ref) for ref in refs))


def _entry(view: AccordView, me: PartyId, element: ElementId, ref: EntryRef) -> Entry:
    item = view.accord.sheet(ref.party).journal.get(ref)
    match item:
        case ReleasedVersion():
            return Entry(ref, "release" if (item.element, ref.party) == (element, me) else item.kind, item.at)
        case Said():
            return Entry(ref, str(msgspec.to_builtins(item.body)["type"]), item.at)
        case CheckAct():
            return Entry(ref, "check", item.at)
        case Notice() | None:
            return Entry(ref, "recalled release", 0)


def _lines(hq: Headquarters, subjects: Sequence[str]) -> tuple[LogLine, ...]:
    """What the journal says of these, the newest first."""
    found: list[LogLine] = []
    for subject in dict.fromkeys(subjects):
        found += hq.journal.window(LinesWanted(about=subject), 0, MOST_LINES)[1]
    return tuple(sorted(found, key=lambda line: -line.n)[:MOST_LINES])
