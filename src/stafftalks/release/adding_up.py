"""What a release adds up to with everything that the partner was ever given of ours: in any accord, replaced and recalled versions too.

Looked for: coarse places of one thing that intersect; counts of one thing told in two ways; what was taken out of a table whose total still
stands; relative times with the date of their anchor; numbers missing from row ids. A finding refuses where it is finer than the letter permits, which is
where it narrows a place or a count to less than half of what the letter lets be told (a bit more), or gives a date where none may leave. The rest is
shown. A thing is the same where element, field and row name are; what is told in free text is not looked at.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, Literal

import msgspec
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from stafftalks.planning import element
from stafftalks.planning.element import UnknownContent
from stafftalks.planning.exercises import Exercise
from stafftalks.planning.kinds import Content
from stafftalks.planning.letters import Detail, TimeDetail
from stafftalks.planning.portions import Leaf, leaves
from stafftalks.planning.refs import ElementRef, ExactRef
from stafftalks.planning.timing import AnchorDate
from stafftalks.planning.wording import shortened, text_of
from stafftalks.release import cells
from stafftalks.release.authority import Given
from stafftalks.release.detail import DAY, Act, Sort, interval, sort_of, wanted
from stafftalks.values.errors import PeerError, Refusal
from stafftalks.values.ids import ElementId, PartyId
from stafftalks.values.place import Area
from stafftalks.values.quantity import Count, Quantity
from stafftalks.values.relative_time import Instant, RelativeTime

Severity = Literal["refuses", "shown"]
Range = tuple[int, int]
_HALF: Final = 0.5
_ROUNDED: Final = 3e-6
"""Degrees by which the corners of an outline may be off, and some more."""
_NUMBERED: Final = re.compile(r"([^0-9]*)([0-9]{1,6})")
_IDS: Final = frozenset({"id", "letter", "serial"})


class Sum(msgspec.Struct, frozen=True):
    """One thing that can be worked out: by which way (`rule`), in a sentence, whether it refuses, and from which earlier versions."""

    rule: str
    sentence: str
    severity: Severity
    refs: tuple[ExactRef, ...] = ()


class Leaving(msgspec.Struct, frozen=True):
    """What would leave: the element's id and content, and `before`, the content it was asked with where something was taken out of it."""

    id: ElementId
    content: Content
    before: Content | None = None


def sums(leaving: Leaving, given: Sequence[Given], detail: Detail) -> tuple[Sum, ...]:
    """Everything that a partner who holds `given` could work out by this release, under a letter of this detail; what refuses stands first."""
    earlier = [
        (item, content)
        for item in given
        if item.ref.element == leaving.id and (content := _content(item.raw)) is not None
    ]
    found = [
        *_places(leaving, earlier, detail),
        *_counts(leaving, earlier, detail),
        *_totals(leaving, earlier, detail),
        *_anchors(leaving, given, detail),
        *_gaps(leaving),
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda item: item.severity != "refuses"))


def sum_refusals(found: Iterable[Sum], party: PartyId) -> Iterator[Refusal]:
    """A refusal for each finding that is finer than the letter permits."""
    for item in found:
        if item.severity == "refuses":
            yield Refusal("adds-up", f"To {party} it adds up to more than the letter permits. {item.sentence}")


def _places(leaving: Leaving, earlier: Sequence[tuple[Given, Content]], detail: Detail) -> Iterator[Sum]:
    """Cells told of one place that together leave less room than one cell."""
    act, grain = wanted(Sort.POSITION, detail)
    if act is not Act.CELL or not earlier:
        return
    for label, leaf in _named(leaving.content).items():
        place = leaf.value
        cell = cells.cell_in(place) if isinstance(place, Area) else None
        if cell is None or not isinstance(place, Area):
            continue
        beside = place.ring[0].lon_e6 // 1_000_000
        room = _outline(cell, beside)
        told, refs = {cell}, list[ExactRef]()
        for item, content in earlier:
            before = _named(content).get(label)
            other = cells.cell_in(before.value) if before is not None and isinstance(before.value, Area) else None
            if other is None or other in told:
                continue
            shared = room.intersection(_outline(other, beside))
            # Cells beside each other overlap by what rounding their corners moves them: then it has moved, and nothing is narrowed.
            if room.length * _ROUNDED < shared.area < room.area:
                room, refs = shared, [*refs, item.ref]
                told.add(other)
        permitted = _outline(cells.around(place, grain), beside).area
        if refs and room.area < permitted:
            share = max(1, round(100 * room.area / permitted))
            sentence = (
                f"{label} was told as another cell before, and both hold it only where they overlap: {share} % of a cell of resolution {grain}. "
                "Tell the same cell as before."
            )
            yield Sum("cells", sentence, "refuses" if room.area < _HALF * permitted else "shown", tuple(refs))


def _counts(leaving: Leaving, earlier: Sequence[tuple[Given, Content]], detail: Detail) -> Iterator[Sum]:
    """Counts of one thing told in two coarse ways, which together leave fewer numbers than one."""
    if not earlier:
        return
    now = _ranges(leaving.content, detail)
    for label, (low, high) in now.items():
        room, refs = (low, high), list[ExactRef]()
        for item, content in earlier:
            before = _ranges(content, item.detail).get(label)
            shared = (max(room[0], before[0]), min(room[1], before[1])) if before else room
            if before and before[0] < before[1] and shared[0] <= shared[1] and shared not in (room, before):
                room, refs = shared, [*refs, item.ref]
        if refs:
            sentence = f"{label} was told otherwise before, and together both say {_room(room)}. Tell it as before, or leave it out."
            finer = room[1] - room[0] + 1 < _HALF * (high - low + 1)
            yield Sum("counts", sentence, "refuses" if finer else "shown", tuple(refs))


def _totals(leaving: Leaving, earlier: Sequence[tuple[Given, Content]], detail: Detail) -> Iterator[Sum]:
    """Items that were taken out of a table whose total is told: what is left of the total is theirs."""
    if not isinstance(leaving.content, Exercise) or not isinstance(leaving.before, Exercise):
        return
    known: dict[str, Range] = dict(_ranges(leaving.content, detail))
    refs: list[ExactRef] = []
    for item, content in earlier:
        for label, told in _ranges(content, item.detail).items():
            if label not in known or told[1] - told[0] < known[label][1] - known[label][0]:
                known[label] = told
                refs.append(item.ref)
    now = set(_named(leaving.content))
    for label, total, items in _groups(leaving.before):
        gone = [name for name in items if name not in now]
        rest = [known[name] for name in items if name in known and name not in gone]
        if label not in known or not gone or len(rest) + len(gone) != len(items) or sum(items.values()) != total:
            continue
        low = max(0, known[label][0] - sum(high for _, high in rest))
        high = known[label][1] - sum(low for low, _ in rest)
        what = " and ".join(shortened(name) for name in gone)
        grain = wanted(Sort.COUNT, detail)
        width = 1 if grain[0] is None else max(1, grain[1])
        finer = len(gone) == 1 and high - low + 1 < _HALF * width
        sentence = f"{what} was taken out, and the total less the parts that are told says it: {_room((low, high))}. Take out the total too."
        yield Sum("totals", sentence, "refuses" if finer else "shown", tuple(dict.fromkeys(refs)))


def _anchors(leaving: Leaving, given: Sequence[Given], detail: Detail) -> Iterator[Sum]:
    """Relative times that become dates by the date of their anchor, told here or before."""
    if not given:
        return
    content = leaving.content
    hidden = detail.times is TimeDetail.WITHHELD_ANCHOR
    relative = {leaf.value.anchor for leaf in leaves(content) if isinstance(leaf.value, RelativeTime)}
    dated = content if isinstance(content, AnchorDate) else None
    for item in given:
        if item.kind != "anchor" and item.ref.element != leaving.id and dated is None:
            continue
        other = _content(item.raw)
        if isinstance(other, AnchorDate) and other.anchor in relative and _same_plan(other, leaving):
            sentence = f"{other.anchor}-day was told as {_date(other.at)} before, so the times that hang on {other.anchor} are dates to whoever reads both."
            yield Sum("anchors", sentence, "refuses" if hidden else "shown", (item.ref,))
        elif dated is not None and other is not None and _hangs(other, item, dated):
            sentence = (
                f"With this date the times of “{shortened(other.title)}” that hang on {dated.anchor} become dates."
            )
            yield Sum("anchors", sentence, "refuses" if hidden else "shown", (item.ref,))
        elif other is not None and item.ref.element == leaving.id:
            yield from _both_ways(_named(content), _named(other), item, hidden=hidden)


def _both_ways(now: Mapping[str, Leaf], before: Mapping[str, Leaf], item: Given, *, hidden: bool) -> Iterator[Sum]:
    for label, leaf in now.items():
        was = before[label].value if label in before else None
        pair = {type(leaf.value), type(was)}
        if pair == {Instant, RelativeTime}:
            sentence = f"{label} was told as {text_of(was)} before and is now {text_of(leaf.value)}: both together give the date of the anchor."
            yield Sum("anchors", sentence, "refuses" if hidden else "shown", (item.ref,))


def _gaps(leaving: Leaving) -> Iterator[Sum]:
    """Numbers missing from the ids of rows, because rows were taken out."""
    if leaving.before is None:
        return
    kept = _numbers(leaving.content)
    for key, before in _numbers(leaving.before).items():
        left = kept.get(key, frozenset())
        gone = sorted(before - left)
        if left and gone and gone[0] < max(left):
            table, prefix = key
            names = ", ".join(f"{prefix}{number}" for number in gone if number < max(left))
            yield Sum("gaps", f"{table}: the numbers left show that {names} was left out.", "shown")


def _numbers(content: Content) -> dict[tuple[str, str], frozenset[int]]:
    """The numbers in the ids of rows, by table and by what stands before the number."""
    found: dict[tuple[str, str], set[int]] = {}
    for leaf in leaves(content):
        match = _NUMBERED.fullmatch(text_of(leaf.value)) if leaf.field.name in _IDS else None
        if match:
            table = leaf.path.rsplit(".", 2)[0]
            found.setdefault((table, match[1]), set()).add(int(match[2]))
    return {key: frozenset(numbers) for key, numbers in found.items()}


def _groups(exercise: Exercise) -> Iterator[tuple[str, int, dict[str, int]]]:
    """Each stated total with what it is called, and its items by what they are called."""
    by_path = {leaf.path: leaf for leaf in leaves(exercise)}
    for at, participant in enumerate(exercise.participants):
        for number, group in enumerate(participant.groups):
            where = f"participants.{at}.groups.{number}"
            if group.stated_total is not None and group.itemised:
                items = {
                    by_path[f"{where}.itemised.{place}.count"].label: item.count
                    for place, item in enumerate(group.itemised)
                }
                yield by_path[f"{where}.stated_total"].label, group.stated_total.stated, items


@lru_cache(maxsize=4_000)
def _named(content: Content) -> dict[str, Leaf]:
    """Leaves by what they are called, rows by name and not by place; of two of one name neither."""
    found: dict[str, Leaf] = {}
    twice: set[str] = set()
    for leaf in leaves(content):
        if leaf.label in found:
            twice.add(leaf.label)
        found[leaf.label] = leaf
    return {label: leaf for label, leaf in found.items() if label not in twice}


def _ranges(content: Content, detail: Detail | None) -> dict[str, Range]:
    """What each count could be, as told under a letter of this detail; one told exactly is one number."""
    act, grain = (None, 0) if detail is None else wanted(Sort.COUNT, detail)
    found = {}
    for label, leaf in _named(content).items():
        if sort_of(leaf.owner, leaf.field, leaf.value) is not Sort.COUNT:
            continue
        number = _whole(leaf.value)
        if number is not None and number >= 0:
            found[label] = (number, number) if act is None else interval(number, act, grain)
    return found


def _whole(value: object) -> int | None:
    match value:
        case Count():
            return value.stated
        case Quantity() if not value.decimals:
            return value.scaled
        case int():
            return value
        case _:
            return None


def _same_plan(anchor: AnchorDate, leaving: Leaving) -> bool:
    """Whether the anchor's date is for what would leave: for its plan, or for its whole contingency."""
    plan = getattr(leaving.content, "plan", None)
    if anchor.plan is not None:
        return anchor.plan.element in (leaving.id, plan.element if isinstance(plan, ElementRef) else None)
    return anchor.contingency == leaving.content.contingency


def _hangs(other: Content, item: Given, anchor: AnchorDate) -> bool:
    """Whether an earlier release tells times relative to the anchor whose date would leave."""
    if not _same_plan(anchor, Leaving(item.ref.element, other)):
        return False
    return any(isinstance(leaf.value, RelativeTime) and leaf.value.anchor == anchor.anchor for leaf in leaves(other))


@lru_cache(maxsize=4_000)
def _outline(cell: str, beside: int) -> BaseGeometry:
    """The cell on a plane of longitude and latitude in degrees, on the same side of the antimeridian as the longitude `beside`."""
    spots = [(spot.lon_e6 / 1e6, spot.lat_e6 / 1e6) for spot in cells.outline(cell).ring]
    return Polygon([((lon - beside + 180) % 360 - 180, lat) for lon, lat in spots])


@lru_cache(maxsize=4_000)
def _content(raw: bytes) -> Content | None:
    try:
        content = element.decode(raw).content
    except PeerError:
        return None
    return None if isinstance(content, UnknownContent) else content


def _room(room: Range) -> str:
    return f"{room[0]:,}" if room[0] == room[1] else f"{room[0]:,} to {room[1]:,}"


def _date(at: Instant) -> str:
    return str(at)[:10] if at.seconds % DAY == 0 else str(at)
