"""What planners here may read, ours and what partners released to us, as one kind of value: the rooms of the workspace are drawn from it.

Own elements come from the private side and partners' from the accords; they meet only here, on the way to our own people's eyes.
Nothing that leaves is ever made from a `Piece`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from stafftalks.accord import state
from stafftalks.accord.parts import ReleasedVersion
from stafftalks.planning.element import UnknownContent, decode
from stafftalks.planning.kinds import Content
from stafftalks.planning.refs import ElementRef, ExactRef
from stafftalks.planning.summary import headline
from stafftalks.planning.timing import AnchorDate
from stafftalks.services import accords
from stafftalks.services.accords import AccordView
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from stafftalks.values.ids import AccordId, ElementId, PartyId, VersionHash
from stafftalks.values.relative_time import Instant

Side = Literal["ours", "released", "theirs", "agreed"]
_WINDOW = 1_000


class Held(msgspec.Struct, frozen=True):
    """One release of an element that stands in an accord: to whom, in which realm, in which version."""

    accord: AccordId
    accord_title: str
    realm: str
    to: tuple[PartyId, ...]
    version: VersionHash
    at: int


class Piece(msgspec.Struct, frozen=True):
    """An element as our own people may read it now.

    `party` wrote it. `side` is ours (at home only), released (ours, and some version of it with a partner), theirs, or agreed (every
    party of an accord has adopted this exact version). `held` are the releases that stand, newest first; `same` is whether the newest
    of them is this version. `at` is when it was revised here, or when its author says it was released.
    """

    party: PartyId
    element: ElementId
    version: VersionHash
    kind: str
    title: str
    contingency: str
    content: Content | UnknownContent
    side: Side
    at: int
    by: str = ""
    held: tuple[Held, ...] = ()
    same: bool = True

    @property
    def key(self) -> str:
        """`XMR/<element>`, as references are written."""
        return f"{self.party}/{self.element}"

    @property
    def exact(self) -> str:
        """`XMR/<element>/<version>`."""
        return f"{self.party}/{self.element}/{self.version}"

    @property
    def own(self) -> bool:
        """Whether it is ours to change."""
        return self.side in ("ours", "released") or bool(self.by)

    @property
    def accord(self) -> AccordId | Literal[""]:
        """The accord of the newest release that stands; empty where it is at home only."""
        return self.held[0].accord if self.held else ""

    @property
    def readers(self) -> tuple[PartyId, ...]:
        """Every other party that holds some version of it, by code."""
        return tuple(sorted({party for held in self.held for party in held.to}))

    @property
    def marking(self) -> str:
        """The banner of its originator's marking, empty where it bears none."""
        return "" if isinstance(self.content, UnknownContent) else self.content.marking.banner()


def pieces(
    hq: Headquarters, *, kinds: Sequence[str] = (), contingency: str = "", archived: bool = False
) -> tuple[Piece, ...]:
    """Every element that our people may read, of these kinds (any where none is named) and contingency: ours, then partners' by party.

    Ours stand last revised first, a partner's in the order in which it released them.
    """
    views = accords.views(hq)
    held, adopted = _held(views, hq.party), _agreed(views)
    found = [_own(hq.party, row, held, adopted) for row in _rows(hq, kinds, contingency, archived=archived)]
    for (party, _element), releases in _theirs(views, hq.party).items():
        piece = _released(party, releases, adopted)
        if (not kinds or piece.kind in kinds) and contingency in ("", piece.contingency):
            found.append(piece)
    return tuple(found)


def pieces_window(
    hq: Headquarters,
    *,
    kinds: Sequence[str] = (),
    contingency: str = "",
    text: str = "",
    side: Side | Literal[""] = "",
    archived: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[int, tuple[Piece, ...]]:
    """How many elements match and one window of them, newest first whoever wrote them: what a page that lists elements shows."""
    found = [
        one
        for one in pieces(hq, kinds=kinds, contingency=contingency, archived=archived)
        if side in ("", one.side) and text.casefold() in one.title.casefold()
    ]
    found.sort(key=lambda one: (-one.at, one.key))
    return len(found), tuple(found[offset : offset + limit])


def piece(hq: Headquarters, about: ElementRef | ExactRef) -> Piece | None:
    """The element that `about` names, in the exact version where it names one; None where our people may not read it, or no longer."""
    views = accords.views(hq)
    adopted = _agreed(views)
    if about.party == hq.party:
        row = hq.holdings.element(about.element)
        if row is None:
            return None
        own = _own(hq.party, row, _held(views, hq.party), adopted)
        return own if about.version in (None, own.version) else _earlier(hq, own, about.version, adopted)
    releases = _theirs(views, hq.party).get((about.party, about.element))
    if releases is None:
        return None
    if about.version is None:
        return _released(about.party, releases, adopted)
    for view in views:
        for old in view.accord.sheet(about.party).released.get(about.element, ()):
            if old.version == about.version:
                return _released(about.party, [(view, old)], adopted)
    return None


def referring(
    hq: Headquarters, about: ElementRef | ExactRef, *, kinds: Sequence[str] = (), fields: Sequence[str] = ()
) -> tuple[Piece, ...]:
    """The elements that point at the one named (at any version of it), of these kinds and by these fields; any where none is named.

    A field is named as in `forms.flatten`, without row numbers: `plan`, `scenarios.scenario`, `bears_on`.
    """
    wanted = (about.party, about.element)
    return tuple(
        found
        for found in pieces(hq, kinds=kinds)
        if any(
            (ref.party, ref.element) == wanted
            for name, ref in references(found.content)
            if not fields or name in fields
        )
    )


def releases_of(hq: Headquarters, party: PartyId, element: ElementId) -> tuple[Held, ...]:
    """Every release of this element that was not recalled, oldest first, over all accords."""
    found = [
        Held(view.row.id, view.title, item.realm, item.to, item.version, item.at)
        for view in accords.views(hq)
        for item in view.accord.sheet(party).released.get(element, ())
    ]
    return tuple(sorted(found, key=lambda held: held.at))


def references(content: Content | UnknownContent) -> Iterator[tuple[str, ElementRef | ExactRef]]:
    """Every reference to an element in `content`, with the name of the field that holds it, without row numbers."""
    if not isinstance(content, UnknownContent):
        yield from _references(content, "")


def anchor_dates(hq: Headquarters, *, contingency: str = "", plan: ElementRef | None = None) -> Mapping[str, Instant]:
    """The date of each anchor as we know it: one for this plan before one for the contingency, ours before a partner's."""
    best: dict[str, tuple[tuple[bool, bool, int], Instant]] = {}
    for found in pieces(hq, kinds=("anchor",)):
        content = found.content
        if not isinstance(content, AnchorDate):
            continue
        mine = plan is not None and content.plan is not None and _same(content.plan, plan)
        if mine or (content.plan is None and found.contingency in ("", contingency)):
            rank = (mine, found.own, found.at)
            if content.anchor not in best or rank > best[content.anchor][0]:
                best[content.anchor] = (rank, content.at)
    return {anchor: at for anchor, (_, at) in best.items()}


def _same(one: ElementRef | ExactRef, other: ElementRef | ExactRef) -> bool:
    return (one.party, one.element) == (other.party, other.element)


def _references(holder: object, prefix: str) -> Iterator[tuple[str, ElementRef | ExactRef]]:
    if isinstance(holder, ElementRef | ExactRef):
        yield prefix, holder
    elif isinstance(holder, tuple):
        for item in holder:
            yield from _references(item, prefix)
    elif isinstance(holder, msgspec.Struct):
        for name in holder.__struct_fields__:
            yield from _references(getattr(holder, name), f"{prefix}.{name}" if prefix else name)


def _rows(hq: Headquarters, kinds: Sequence[str], contingency: str, *, archived: bool) -> Iterator[ElementRow]:
    for kind in kinds or ("",):
        offset = 0
        while True:
            _total, rows = hq.holdings.find(
                kind=kind, contingency=contingency, archived=archived, offset=offset, limit=_WINDOW
            )
            yield from rows
            if len(rows) < _WINDOW:
                break
            offset += _WINDOW


_Releases = list[tuple[AccordView, ReleasedVersion]]


def _held(views: Iterable[AccordView], me: PartyId) -> dict[ElementId, _Releases]:
    held: dict[ElementId, _Releases] = {}
    for view in views:
        for item in state.live_releases(view.accord, me):
            held.setdefault(item.element, []).append((view, item))
    return held


def _theirs(views: Iterable[AccordView], me: PartyId) -> dict[tuple[PartyId, ElementId], _Releases]:
    theirs: dict[tuple[PartyId, ElementId], _Releases] = {}
    for view in views:
        for party in view.partners:
            if party == me:
                continue
            for item in state.live_releases(view.accord, party):
                theirs.setdefault((party, item.element), []).append((view, item))
    return theirs


def _agreed(views: Iterable[AccordView]) -> frozenset[tuple[PartyId, ElementId, VersionHash]]:
    return frozenset((item.party, item.element, item.version) for view in views for item in state.agreed(view.accord))


def _standing(releases: _Releases) -> tuple[Held, ...]:
    ordered = sorted(releases, key=lambda pair: -pair[1].at)
    return tuple(Held(view.row.id, view.title, item.realm, item.to, item.version, item.at) for view, item in ordered)


def _own(
    me: PartyId,
    row: ElementRow,
    held: Mapping[ElementId, _Releases],
    adopted: frozenset[tuple[PartyId, ElementId, VersionHash]],
) -> Piece:
    standing = _standing(held.get(row.id, []))
    side: Side = "released" if standing else "ours"
    if (me, row.id, row.version) in adopted:
        side = "agreed"
    content = decode(row.raw).content
    return Piece(
        me, row.id, row.version, row.kind, row.title or headline(content), row.contingency, content, side,
        row.revised_at, row.revised_by, standing, all(one.version == row.version for one in standing),
    )  # fmt: skip


def _earlier(
    hq: Headquarters,
    own: Piece,
    version: VersionHash | None,
    adopted: frozenset[tuple[PartyId, ElementId, VersionHash]],
) -> Piece | None:
    row = next((one for one in hq.holdings.versions(own.element) if one.version == version), None)
    if row is None:
        return None
    content = decode(row.raw).content
    standing = tuple(one for one in own.held if one.version == row.version)
    side: Side = "released" if standing else "ours"
    if (own.party, own.element, row.version) in adopted:
        side = "agreed"
    return msgspec.structs.replace(
        own, version=row.version, title=headline(content), content=content, side=side, at=row.at, by=row.by,
        held=standing, same=True,
    )  # fmt: skip


def _released(party: PartyId, releases: _Releases, adopted: frozenset[tuple[PartyId, ElementId, VersionHash]]) -> Piece:
    _view, newest = max(releases, key=lambda pair: pair[1].at)
    content = decode(newest.raw).content
    side: Side = "agreed" if (party, newest.element, newest.version) in adopted else "theirs"
    contingency = "" if isinstance(content, UnknownContent) else content.contingency
    return Piece(
        party, newest.element, newest.version, newest.kind, headline(content), contingency, content, side,
        newest.at, "", _standing(releases), all(item.version == newest.version for _, item in releases),
    )  # fmt: skip
