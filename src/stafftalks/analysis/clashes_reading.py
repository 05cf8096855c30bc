"""A problem of clashes as people write it in a file: what is booked, how much there is, what is assumed, what is relied on."""

from collections.abc import Iterator
from typing import Literal

from stafftalks.analysis.amounts import Given, scaled, scales
from stafftalks.analysis.assuming import assumed
from stafftalks.analysis.clashes import Assumption, Booking, Clashes, Reliance, Sort, clashes, folded
from stafftalks.analysis.faults import Fault
from stafftalks.analysis.reading import Amount, ProblemFile, RowText, UnreadError, quantity


class _BookingText(RowText, frozen=True, kw_only=True):
    sort: Literal["force", "lift", "place", "resource"]
    name: str
    element: str = ""
    amount: Amount = 1
    window: Amount = ""
    plan: str = ""
    way: str = ""


class _CapacityText(RowText, frozen=True, kw_only=True):
    sort: Literal["force", "lift", "place", "resource"]
    capacity: Amount


class _AssumptionText(RowText, frozen=True, kw_only=True):
    plan: str
    text: str
    way: str = ""
    invalid: bool = False


class _RelianceText(RowText, frozen=True, kw_only=True):
    plan: str
    relies_on: str
    version: str = ""
    recalled: str = ""


def clashes_of(data: object, name: str) -> tuple[Clashes, ProblemFile, dict[str, int], dict[str, str]]:
    """The answer, the file as read with what could not be, the parts of each unit, and units by folded name. Raises PeerError where it is no such file at all."""
    file = ProblemFile(data, name, ("bookings", "capacities", "assumptions", "reliances"), "bookings")
    booked = list(_booked(file))
    held: dict[tuple[Sort, str], Given] = {}
    for line in file.rows("capacities", _CapacityText):
        try:
            held[line.sort, folded(line.title or line.id)] = quantity(line.capacity, "capacity")
        except UnreadError as error:
            file.left_out(line.id, error)
    scale = scales([*(amount for _row, amount, _start, _end in booked), *held.values()])
    units: dict[str, str] = {}
    bookings = []
    for (_sort, thing), given in held.items():
        units[thing] = scaled(given, scale)[1]
    for row, given, start, end in booked:
        amount, unit = scaled(given, scale)
        known = units.setdefault(folded(row.name), unit)
        if known != unit:
            sentence = f"“{row.id}” is in {unit or 'no unit'} and “{row.name}” in {known or 'no unit'}; it is left out."
            file.faults.append(Fault(row.id, "amount", sentence))
            continue
        bookings.append(
            Booking(row.id, row.element or row.id, row.sort, row.name, amount or 0, start, end, row.plan, row.way)
        )
    capacities = {thing: amount for thing, given in held.items() if (amount := scaled(given, scale)[0]) is not None}
    assumptions = [
        Assumption(each.id, each.plan, *assumed(each.text, invalid=each.invalid), each.way)
        for each in file.rows("assumptions", _AssumptionText)
    ]
    reliances = [
        Reliance(each.id, each.plan, each.relies_on, each.version, each.recalled)
        for each in file.rows("reliances", _RelianceText)
    ]
    return clashes(bookings, capacities, assumptions, reliances), file, scale, units


def _booked(file: ProblemFile) -> Iterator[tuple[_BookingText, Given, int | None, int | None]]:
    for row in file.rows("bookings", _BookingText):
        try:
            yield (row, quantity(row.amount, "amount"), *file.window(row.window))
        except UnreadError as error:
            file.left_out(row.id, error)
