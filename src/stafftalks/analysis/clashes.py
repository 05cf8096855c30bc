"""Where plans clash in what they count on: more booked than there is, assumptions that contradict each other, and releases that were recalled since.

Overlaps in space, height and time are the business of `deconflict`. What counts only in one alternative (an option, a branch) clashes with what counts in all and with its own, never with another alternative. Ticks
include both ends, and what only touches, overlaps.
"""

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal

import msgspec

from stafftalks.analysis.faults import Fault

Sort = Literal["force", "lift", "place", "resource"]
Severity = Literal["certain", "possible", "unmeasured"]
_FOREVER: Final = math.inf


class Booking(msgspec.Struct, frozen=True):
    """That an element (an activity, a contribution) of a plan counts on so much of something, from tick to tick; None is open. `way` is the alternative it belongs to; empty for all. `within`: not all of that time, but some of it."""

    id: str
    element: str
    sort: Sort
    name: str
    amount: int = 1
    start: int | None = None
    end: int | None = None
    plan: str = ""
    way: str = ""
    within: bool = False


class Assumption(msgspec.Struct, frozen=True):
    """What a plan takes for granted about a subject: compared without regard to case and spaces."""

    element: str
    plan: str
    subject: str
    value: str
    way: str = ""


class Reliance(msgspec.Struct, frozen=True):
    """That a plan stands on a version that was released to it; `recalled` says since when not any more, as one would show it, empty where it still stands."""

    element: str
    plan: str
    relies_on: str
    version: str
    recalled: str = ""


class Clash(msgspec.Struct, frozen=True):
    """One clash. Its id is the same while the same elements clash over the same thing at the same time; `most` is booked at once of `there_is` (None: not known); ticks are None where open or without meaning."""

    id: str
    sort: Literal["force", "lift", "place", "resource", "assumption", "recalled"]
    name: str
    severity: Severity
    elements: tuple[str, ...]
    start: int | None
    end: int | None
    most: int | None
    there_is: int | None
    sentence: str


class Clashes(msgspec.Struct, frozen=True):
    """Every clash, the certain ones first, and what could not be compared."""

    found: tuple[Clash, ...]
    faults: tuple[Fault, ...]


Capacities = Mapping[tuple[Sort, str], int]
"""How much there is of something, by sort and folded name. A force is one; of anything else that is not named, it is not known."""


def clashes(
    bookings: Iterable[Booking],
    capacities: Capacities,
    assumptions: Iterable[Assumption] = (),
    reliances: Iterable[Reliance] = (),
) -> Clashes:
    """All clashes among these, in an order that does not depend on theirs."""
    faults: list[Fault] = []
    of_thing: dict[tuple[Sort, str], list[Booking]] = {}
    seen: set[str] = set()
    for booking in bookings:
        if booking.id in seen:
            faults.append(Fault(booking.id, "id", f"“{booking.id}” stands twice: only the first is counted."))
            continue
        seen.add(booking.id)
        if booking.start is not None and booking.end is not None and booking.end < booking.start:
            sentence = f"“{booking.element}” books “{booking.name[:60]}” until {booking.end}, before it starts at {booking.start}; this is left out."
            faults.append(Fault(booking.element, "window", sentence))
        elif booking.amount < 0:
            sentence = f"“{booking.element}” books {booking.amount} of “{booking.name[:60]}”, which is less than nothing; this is left out."
            faults.append(Fault(booking.element, "amount", sentence))
        elif booking.amount:
            of_thing.setdefault((booking.sort, folded(booking.name)), []).append(booking)
    known = {(sort, folded(name)): amount for (sort, name), amount in capacities.items()}
    found: dict[str, Clash] = {}
    for (sort, name), some in of_thing.items():
        there_is = known.get((sort, name), 1 if sort == "force" else None)
        for clash in _of_thing(sort, some, there_is):
            found.setdefault(clash.id, clash)
    for clash in (*_contradictions(assumptions), *_recalled(reliances)):
        found.setdefault(clash.id, clash)
    order = ("certain", "possible", "unmeasured")
    ordered = sorted(
        found.values(), key=lambda one: (order.index(one.severity), one.sort, one.name, one.start or 0, one.id)
    )
    return Clashes(tuple(ordered), tuple(faults))


def folded(name: str) -> str:
    """A name as it is compared."""
    return " ".join(name.split()).casefold()


def _of_thing(sort: Sort, bookings: Sequence[Booking], there_is: int | None) -> Iterator[Clash]:
    """Every clash over one thing. What clashes in all ways is not told by itself where a clash in one of them tells it already, with what comes on top of it there."""
    told: list[Clash] = []
    # What counts in all stands last here: the empty way.
    for way in sorted({booking.way for booking in bookings}, reverse=True):
        held = [booking for booking in bookings if booking.way in ("", way)]
        if len(held) > 1 or (there_is is not None and held and held[0].amount > there_is):
            found = list(_too_much(sort, held, there_is))
            told += found if way else [clash for clash in found if not any(_within(clash, other) for other in told)]
    yield from told


def _within(clash: Clash, other: Clash) -> bool:
    """Whether another clash over the same thing is about the same elements and more, for as long or longer, and no less sure."""
    if not set(clash.elements) < set(other.elements) or other.severity not in (clash.severity, "certain"):
        return False
    begins = other.start is None or (clash.start is not None and other.start <= clash.start)
    return begins and (other.end is None or (clash.end is not None and clash.end <= other.end))


class _Now:
    """What is booked at one tick, while a walk goes from tick to tick."""

    def __init__(self, there_is: int | None) -> None:
        self.there_is = there_is
        self.held: dict[str, Booking] = {}
        self.total = 0
        self._elements: dict[str, int] = {}

    def enter(self, booking: Booking, sign: int) -> None:
        """Takes a booking in (1) or lets it go (-1)."""
        self.total += sign * booking.amount
        self._elements[booking.element] = self._elements.get(booking.element, 0) + sign
        if sign > 0:
            self.held[booking.id] = booking
            return
        del self.held[booking.id]
        if not self._elements[booking.element]:
            del self._elements[booking.element]

    @property
    def over(self) -> bool:
        """Whether more is booked than there is; where that is not known, whether two elements book."""
        return len(self._elements) > 1 if self.there_is is None else self.total > self.there_is


def _too_much(sort: Sort, held: Sequence[Booking], there_is: int | None) -> Iterator[Clash]:
    """A clash for each stretch without a break in which more is booked than there is."""
    begins = sorted(held, key=lambda one: (_start(one), one.id))
    ends = sorted(held, key=lambda one: (_end(one), one.id))
    now, inside, begun = _Now(there_is), dict[str, Booking](), -_FOREVER
    most = leaving = 0
    for booking in (*begins, None):
        tick = _FOREVER if booking is None else _start(booking)
        while leaving < len(ends) and (booking is None or _end(ends[leaving]) < tick):
            before, last = now.over, _end(ends[leaving])
            now.enter(ends[leaving], -1)
            leaving += 1
            if before and not now.over:
                yield _clash(sort, tuple(inside.values()), begun, last, most, there_is)
                most, inside = 0, {}
        if booking is None:
            break
        before = now.over
        now.enter(booking, 1)
        if now.over:
            if before:
                inside[booking.id] = booking
            else:
                begun, inside = tick, dict(now.held)
            most = max(most, now.total)


def _start(booking: Booking) -> float:
    return -_FOREVER if booking.start is None else booking.start


def _end(booking: Booking) -> float:
    return _FOREVER if booking.end is None else booking.end


def _clash(sort: Sort, inside: Sequence[Booking], begun: float, last: float, most: int, there_is: int | None) -> Clash:
    name = inside[0].name
    elements = tuple(sorted({one.element for one in inside}))
    start, end = (None if abs(tick) == _FOREVER else int(tick) for tick in (begun, last))
    stated = all(one.start is not None and one.end is not None and not one.within for one in inside)
    severity: Severity = "unmeasured" if there_is is None else "certain" if stated else "possible"
    who = _listed(elements)
    when = f"from {'the beginning' if start is None else start} to {'no end' if end is None else end}"
    if sort == "force" and there_is == 1:
        what = f"“{name}” is counted on by {who} at once"
    elif there_is is None:
        what = f"{who} count on “{name}” at once, and how much there is is not known"
    else:
        what = f"{who} book {most:,} of “{name}”, and there is {there_is:,}"
    identity = _identity(sort, folded(name), *elements, str(start), str(end))
    return Clash(identity, sort, name, severity, elements, start, end, most, there_is, f"{what}, {when}.")


def _contradictions(assumptions: Iterable[Assumption]) -> Iterator[Clash]:
    by_subject: dict[str, list[Assumption]] = {}
    for assumption in assumptions:
        by_subject.setdefault(folded(assumption.subject), []).append(assumption)
    for subject, some in by_subject.items():
        for place, one in enumerate(some):
            for other in some[place + 1 :]:
                together = one.way == other.way or not one.way or not other.way
                if one.plan != other.plan and together and folded(one.value) != folded(other.value):
                    first, second = sorted((one, other), key=lambda each: (each.plan, each.element))
                    sentence = f"“{first.plan}” takes for granted that {first.subject} is “{first.value}”, and “{second.plan}” that it is “{second.value}”."
                    elements = tuple(dict.fromkeys((first.element, second.element)))
                    identity = _identity("assumption", subject, first.plan, second.plan, *elements)
                    yield Clash(
                        identity, "assumption", one.subject, "certain", elements, None, None, None, None, sentence
                    )


def _recalled(reliances: Iterable[Reliance]) -> Iterator[Clash]:
    for one in reliances:
        if one.recalled:
            sentence = f"“{one.plan}” relies on “{one.relies_on}” in a version that was recalled ({one.recalled}): look again at what it says there."
            identity = _identity("recalled", one.plan, one.element, one.relies_on, one.version)
            elements = (one.element, one.relies_on)
            yield Clash(identity, "recalled", one.relies_on, "certain", elements, None, None, None, None, sentence)


def _identity(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=9).hexdigest()


def _listed(names: Sequence[str]) -> str:
    quoted = [f"“{name}”" for name in names[:5]]
    if len(names) > 5:
        return f"{', '.join(quoted)} and {len(names) - 5} more"
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
