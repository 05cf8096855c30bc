"""What planners here may read, ours and what partners released to us, as one kind of value: the rooms of the workspace are drawn from it.

Own elements come from the private side and partners' from the accords; they meet only here, on the way to our own people's eyes.
Nothing that leaves is ever made from a `Piece`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Literal

import msgspec

from stafftalks.accord import state
from stafftalks.accord.parts import ReleasedVersion
from stafftalks.planning.element import UnknownContent, decode
from stafftalks.planning.kinds import Content
from stafftalks.planning.refs import ElementRef, ExactRef
from stafftalks.planning.summary import headline
from stafftalks.planning.timing import AnchorDate
from stafftalks.services import accords, cataloguing, reading
from stafftalks.services.accords import AccordView
from stafftalks.services.catalogue import Match, Side, Wanted, parse_terms, references
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from stafftalks.values.ids import AccordId, ElementId, PartyId, VersionHash
from stafftalks.values.relative_time import Instant

__all__ = [
    "Held", "Piece", "Side", "anchor_dates", "dates_among", "of_matches", "piece", "pieces", "pieces_window", "references", "referring",
    "referring_any",
]  # fmt: skip
_ALL = 10_000_000


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

    Ours stand last revised first, a partner's in the order in which it released them. For pictures that need them all: a list asks for a window.
    """
    views = accords.views(hq)
    found = [_own(hq.party, row, views) for row in _rows(hq, kinds, contingency, archived=archived)]
    seen: set[tuple[PartyId, ElementId]] = set()
    for view in views:
        for party in view.partners:
            for item in _live(view, party, kinds):
                if (party, item.element) not in seen:
                    seen.add((party, item.element))
                    piece = _theirs(views, party, item.element)
                    if (
                        piece is not None
                        and contingency in ("", piece.contingency)
                        and (not kinds or piece.kind in kinds)
                    ):
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
    """How many elements match and one window of them, newest first whoever wrote them: what a page that lists elements shows.

    `text` is words that must stand in title or text, as on the page for finding; with it the best match stands first.
    """
    views = _followed(hq)
    wanted = Wanted(parse_terms(text), tuple(kinds), side=side, contingency=contingency, archived=archived)
    if text.strip() and not wanted.terms:
        return 0, ()
    matches = hq.catalogue.window(wanted, hq.party, offset, limit)
    return hq.catalogue.count(wanted, hq.party), of_matches(hq, views, matches)


def piece(hq: Headquarters, about: ElementRef | ExactRef) -> Piece | None:
    """The element that `about` names, in the exact version where it names one; None where our people may not read it, or no longer."""
    views = accords.views(hq)
    if about.party == hq.party:
        row = hq.holdings.element(about.element)
        if row is None:
            return None
        own = _own(hq.party, row, views)
        return own if about.version in (None, own.version) else _earlier(hq, own, about.version, views)
    if about.version is None:
        return _theirs(views, about.party, about.element)
    for view in views:
        for old in view.accord.sheet(about.party).released.get(about.element, ()):
            if old.version == about.version:
                return _released(about.party, [(view, old)], views)
    return None


def referring(
    hq: Headquarters, about: ElementRef | ExactRef, *, kinds: Sequence[str] = (), fields: Sequence[str] = ()
) -> tuple[Piece, ...]:
    """The elements that point at the one named (at any version of it), of these kinds and by these fields; any where none is named.

    A field is named as in `forms.flatten`, without row numbers: `plan`, `scenarios.scenario`, `bears_on`. Ours stand last revised first.
    """
    return referring_any(hq, (about,), kinds=kinds, fields=fields)


def referring_any(
    hq: Headquarters, about: Sequence[ElementRef | ExactRef], *, kinds: Sequence[str] = (), fields: Sequence[str] = ()
) -> tuple[Piece, ...]:
    """As `referring`, for what points at any of several elements: one look-up for all of them."""
    views = _followed(hq)
    targets = [(ref.party, ref.element) for ref in about]
    matches = hq.catalogue.referring(targets, hq.party, kinds=kinds, fields=fields)
    return of_matches(hq, views, matches)


def of_matches(hq: Headquarters, views: Sequence[AccordView], matches: Sequence[Match]) -> tuple[Piece, ...]:
    """What the catalogue found, as our people may read it now, in the same order; what no longer stands is left out."""
    rows = hq.holdings.elements([match.element for match in matches if match.party == hq.party])
    found: list[Piece] = []
    for match in matches:
        if match.party == hq.party:
            row = rows.get(match.element)
            one = _own(hq.party, row, views) if row else None
        else:
            one = _theirs(views, match.party, match.element)
        if one is not None:
            found.append(one)
    return tuple(found)


def anchor_dates(hq: Headquarters, *, contingency: str = "", plan: ElementRef | None = None) -> Mapping[str, Instant]:
    """The date of each anchor as we know it: one for this plan before one for the contingency, ours before a partner's."""
    return dates_among(pieces(hq, kinds=("anchor",)), contingency=contingency, plan=plan)


def dates_among(
    anchors: Iterable[Piece], *, contingency: str = "", plan: ElementRef | ExactRef | None = None
) -> Mapping[str, Instant]:
    """As `anchor_dates`, among anchors that were read before: what is asked for many activities reads them once."""
    best: dict[str, tuple[tuple[bool, bool, int], Instant]] = {}
    for found in anchors:
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


def _followed(hq: Headquarters) -> tuple[AccordView, ...]:
    """The accords, the catalogue being up to date with them."""
    loads = reading.load_all(hq)
    cataloguing.follow(hq, loads)
    return accords.views_of(hq, loads)


def _rows(hq: Headquarters, kinds: Sequence[str], contingency: str, *, archived: bool) -> Iterator[ElementRow]:
    for kind in kinds or ("",):
        _total, rows = hq.holdings.find(kind=kind, contingency=contingency, archived=archived, limit=_ALL)
        yield from rows


_Releases = list[tuple[AccordView, ReleasedVersion]]


def _live(view: AccordView, party: PartyId, kinds: Sequence[str]) -> Iterator[ReleasedVersion]:
    sheet = view.accord.sheet(party)
    if not kinds:
        yield from sheet.live
    for kind in kinds:
        yield from sheet.live_by_kind.get(kind, ())


def _releases(views: Iterable[AccordView], party: PartyId, element: ElementId) -> _Releases:
    """The newest release of the element in each accord where one stands."""
    found = []
    for view in views:
        history = view.accord.sheet(party).released.get(element)
        if history:
            found.append((view, history[-1]))
    return found


def _is_agreed(views: Iterable[AccordView], party: PartyId, element: ElementId, version: VersionHash) -> bool:
    wanted = (party, element, version)
    return any(wanted in state.agreed_versions(view.accord) for view in views)


def _standing(releases: _Releases) -> tuple[Held, ...]:
    ordered = sorted(releases, key=lambda pair: -pair[1].at)
    return tuple(Held(view.row.id, view.title, item.realm, item.to, item.version, item.at) for view, item in ordered)


def _own(me: PartyId, row: ElementRow, views: Sequence[AccordView]) -> Piece:
    standing = _standing(_releases(views, me, row.id))
    side: Side = "released" if standing else "ours"
    if standing and _is_agreed(views, me, row.id, row.version):
        side = "agreed"
    content = _content(row.raw)
    return Piece(
        me, row.id, row.version, row.kind, row.title or headline(content), row.contingency, content, side,
        row.revised_at, row.revised_by, standing, all(one.version == row.version for one in standing),
    )  # fmt: skip


def _earlier(hq: Headquarters, own: Piece, version: VersionHash | None, views: Sequence[AccordView]) -> Piece | None:
    row = next((one for one in hq.holdings.versions(own.element) if one.version == version), None)
    if row is None:
        return _as_given(own, version, views)
    content = _content(row.raw)
    standing = tuple(one for one in own.held if one.version == row.version)
    side: Side = "released" if standing else "ours"
    if _is_agreed(views, own.party, own.element, row.version):
        side = "agreed"
    return msgspec.structs.replace(
        own, version=row.version, title=headline(content), content=content, side=side, at=row.at, by=row.by,
        held=standing, same=True,
    )  # fmt: skip


def _as_given(own: Piece, version: VersionHash | None, views: Sequence[AccordView]) -> Piece | None:
    """An own element as it was redacted for whoever holds it: what others speak of is that text, which is no version at home."""
    for view in views:
        for item in view.accord.sheet(own.party).released.get(own.element, ()):
            if item.version == version:
                content = _content(item.raw)
                side: Side = "agreed" if _is_agreed(views, own.party, own.element, item.version) else "released"
                held = tuple(one for one in own.held if one.version == item.version)
                return msgspec.structs.replace(
                    own, version=item.version, title=headline(content), content=content, side=side, at=item.at, held=held, same=True,
                )  # fmt: skip
    return None


def _theirs(views: Sequence[AccordView], party: PartyId, element: ElementId) -> Piece | None:
    releases = _releases(views, party, element)
    return _released(party, releases, views) if releases else None


def _released(party: PartyId, releases: _Releases, views: Sequence[AccordView]) -> Piece:
    _view, newest = max(releases, key=lambda pair: pair[1].at)
    content = _content(newest.raw)
    side: Side = "agreed" if _is_agreed(views, party, newest.element, newest.version) else "theirs"
    contingency = "" if isinstance(content, UnknownContent) else content.contingency
    return Piece(
        party, newest.element, newest.version, newest.kind, headline(content), contingency, content, side,
        newest.at, "", _standing(releases), all(item.version == newest.version for _, item in releases),
    )  # fmt: skip


@lru_cache(maxsize=20_000)
def _content(raw: bytes) -> Content | UnknownContent:
    """What exact bytes say: read once for all the pages that draw them."""
    return decode(raw).content
