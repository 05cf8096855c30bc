"""What activities share, from elements: how much there is of each resource over time, and what each activity and each of its ways claims of it.

A force does one thing at a time while it is available; a resource serves as much as its capacity, which may be another in some stretches of time. Where it is not known it limits nothing, and this is said.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import msgspec

from stafftalks.analysis.amounts import scaled, scales
from stafftalks.analysis.clashes import folded
from stafftalks.analysis.faults import Fault
from stafftalks.planning.forces import Activity, Force, Resource
from stafftalks.planning.refs import ElementRef
from stafftalks.planning.resources import Counted, NamedResource
from stafftalks.services.analyses import Gathered, key_of
from stafftalks.services.analyses_times import Of
from stafftalks.services.workspace import Piece
from stafftalks.values.quantity import Quantity


class Supplied(msgspec.Struct, frozen=True):
    """How much there is from hour 0 on, and from which later hours there is another amount, in parts of `unit`: so many of them to one. A force is counted without a unit; `daily`: that much is handled in a day."""

    amount: int
    changes: tuple[tuple[int, int], ...] = ()
    unit: str = ""
    parts: int = 1
    daily: bool = False


def claimed(gathered: Gathered) -> dict[str, tuple[Piece, NamedResource]]:
    """The resources that activities claim and of which it is known how much there is, by folded title; by party, with our unreleased elements ours first."""
    names = {
        folded(row.name)
        for _piece, content in gathered.of(Activity)
        for _field, rows in claims(content)
        for row in rows
    }
    found: dict[str, tuple[Piece, NamedResource]] = {}
    for piece, content in gathered.of(NamedResource):
        if content.capacity is not None and folded(piece.title) in names:
            found.setdefault(folded(piece.title), (piece, content))
    return found


def claims(content: Activity) -> Iterator[tuple[str, tuple[Resource, ...]]]:
    """Each table of claims of an activity with the path of its field: its own, and those of its ways."""
    yield "resources", content.resources
    for number, mode in enumerate(content.modes):
        yield f"modes.{number}.resources", mode.resources


class Supplies:
    """How much there is of everything that is claimed, and how claims are counted in it. `faults` are told as they are found."""

    def __init__(
        self,
        gathered: Gathered,
        known: Mapping[str, tuple[Piece, NamedResource]],
        of: Of,
        zero: int,
        faults: list[Fault],
    ) -> None:
        """Hours are counted from `zero`."""
        self._known = known
        self._faults = faults
        self._scale = scales(
            [
                *(quantity for _piece, content in known.values() for quantity in _quantities(content)),
                *(
                    row.quantity
                    for _p, content in gathered.of(Activity)
                    for _f, rows in claims(content)
                    for row in rows
                ),
            ]
        )
        self.all: dict[str, Supplied] = {
            name: self._supplied(piece, content, of, zero) for name, (piece, content) in known.items()
        }
        units = {piece.key: (piece, content) for piece, content in gathered.of(Force)}
        for _piece, content in gathered.of(Activity):
            for force in (*content.forces, *(force for mode in content.modes for force in mode.forces)):
                held = units.get(key_of(force))
                self.all[key_of(force)] = Supplied(1) if held is None else self._available(*held, of, zero)

    def uses(
        self, piece: Piece, forces: Iterable[ElementRef], tables: Sequence[tuple[str, tuple[Resource, ...]]]
    ) -> tuple[tuple[str, int], ...]:
        """What is used of what, by these forces and claims together."""
        found = {key_of(ref): 1 for ref in forces}
        for field, rows in tables:
            for number, row in enumerate(rows):
                name = folded(row.name)
                if why := self._unfit(row):
                    self._tell(Fault(piece.key, f"{field}.{number}", f"“{piece.title}”: {why}."))
                else:
                    found[name] = found.get(name, 0) + (scaled(row.quantity, self._scale)[0] or 0)
        return tuple(found.items())

    def _unfit(self, row: Resource) -> str:
        known = self._known.get(folded(row.name))
        if known is None or (held := known[1].capacity) is None:
            return f"“{row.name}” is claimed, and how much of it there is is not known: it limits nothing"
        if held.unit != row.quantity.unit:
            return f"“{row.name}” is claimed in {row.quantity.unit} and counted in {held.unit}: this is left out"
        return ""

    def _tell(self, fault: Fault) -> None:
        if fault not in self._faults:  # claims of every way are met once with each way
            self._faults.append(fault)

    def _available(self, piece: Piece, content: Force, of: Of, zero: int) -> Supplied:
        start, end, why = of(piece, None).window(content.readiness.availability)
        if why:
            sentence = f"“{piece.title}”: {why}; it is taken to be available at all times."
            self._tell(Fault(piece.key, "readiness.availability", sentence))
        if start is None and end is None:
            return Supplied(1)
        steps = _steps(0, [(None if start is None else start - zero, None if end is None else end - zero, 1)])
        return Supplied(steps[0][1], tuple(steps[1:]))

    def _supplied(self, piece: Piece, content: NamedResource, of: Of, zero: int) -> Supplied:
        times = of(piece, None)
        usual = scaled(content.capacity, self._scale)[0] or 0
        spans: list[tuple[int | None, int | None, int]] = []
        for number, row in enumerate(content.stretches):
            start, end, why = times.window(row.window)
            if why:
                sentence = f"“{piece.title}”: {why}; it is taken to have as much then as at other times."
                self._tell(Fault(piece.key, f"stretches.{number}.window", sentence))
                continue
            amount = scaled(row.capacity, self._scale)[0] or 0
            spans.append((None if start is None else start - zero, None if end is None else end - zero, amount))
        unit = "" if content.capacity is None else content.capacity.unit.value
        steps = _steps(usual, spans)
        daily = content.counted is Counted.A_DAY
        return Supplied(steps[0][1], tuple(steps[1:]), unit, self._scale.get(unit, 1), daily)


def _quantities(content: NamedResource) -> Iterator[Quantity]:
    if content.capacity is not None:
        yield content.capacity
    yield from (row.capacity for row in content.stretches)


def _steps(usual: int, spans: Sequence[tuple[int | None, int | None, int]]) -> list[tuple[int, int]]:
    """From which hour on there is how much, the first at 0; of spans that overlap the later counts."""
    edges = {0} | {edge for start, end, _amount in spans for edge in (start, end) if edge is not None and edge > 0}
    found: list[tuple[int, int]] = []
    for at in sorted(edges):
        amount = usual
        for start, end, other in spans:
            if (start is None or start <= at) and (end is None or at < end):
                amount = other
        found.append((at, amount))
    return [found[0], *(later for before, later in pairwise(found) if later[1] != before[1])]
