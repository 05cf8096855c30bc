"""Who claims how much of what and when, where that is more than there is, and by how much.

A claim holds for its activity's whole window, both ends included. Of a resource whose capacity is known, only claims at moments when all together exceed it are
in conflict; where it is not known, any two at the same moment are. Quantities are added exactly and never converted: one resource, one unit.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from stafftalks.deconflict.claims import UNITS, Claims, folded, together
from stafftalks.deconflict.earth import Bools, Floats, Ints, ragged
from stafftalks.deconflict.search import FOREVER
from stafftalks.deconflict.volume import Claim, Fault
from stafftalks.deconflict.volumes import Volumes
from stafftalks.values.quantity import Quantity, Unit

Capacities = Mapping[str, Quantity | None]
"""Every resource there is, by name, and how much of it where that is known."""
Amounts = npt.NDArray[np.int64] | npt.NDArray[np.object_]
"""Exact whole numbers: as Python's own where they could grow beyond 64 bits."""
_BLOCK: Final = 1 << 19


class Account(msgspec.Struct, frozen=True):
    """All claims on one resource, in units of `10 ** -decimals`. `side` says of which set each is; `stop` is the first second after it.

    `activity` numbers activities over both sets; `names` are theirs.
    """

    name: str
    unit: Unit
    decimals: int
    capacity: int | None
    side: Ints
    item: Ints
    activity: Ints
    names: npt.NDArray[np.object_]
    start: Ints
    stop: Ints
    amount: Amounts

    def quantity(self, amount: int) -> Quantity:
        """So much of it, as people write it."""
        decimals = self.decimals
        while decimals and amount % 10 == 0:
            amount, decimals = amount // 10, decimals - 1
        return Quantity(amount, self.unit, decimals)


class Excess(msgspec.Struct, frozen=True):
    """A stretch of time (unix seconds, closed) in which more of a resource is claimed than there is; or, its capacity not being known, by several.

    `most` is claimed at the worst moment; `users` are the activities that claim some in the stretch, each as (side, name).
    """

    resource: str
    start: int
    end: int
    most: Quantity
    capacity: Quantity | None
    over: Quantity | None
    users: tuple[tuple[int, str], ...]


class Shared(msgspec.Struct, frozen=True):
    """Pairs of claims in conflict: numbers of volumes, the common window (closed), and by how much all claims exceed the capacity in it; nan where unknown."""

    resource: str
    unit: Unit
    one: Ints
    other: Ints
    start: Ints
    end: Ints
    over: Floats


def accounts(
    sets: Sequence[Volumes], capacities: Capacities | None = None
) -> tuple[tuple[Account, ...], tuple[Fault, ...]]:
    """The claims of one set or two, by resource, and a fault for each that cannot be added to the others.

    With `capacities` None no list of resources is known, and every name is taken as it stands. Resources on which nothing can be in conflict are left out.
    """
    all_ = _All.of(sets)
    faults: list[Fault] = []
    known = None if capacities is None else {folded(name): (name, quantity) for name, quantity in capacities.items()}
    order = np.argsort(all_.claims.name, kind="stable")
    bounds = np.searchsorted(all_.claims.name[order], np.arange(len(all_.claims.names) + 1))
    found = []
    for number, (name, spelt) in enumerate(all_.claims.names):
        rows = order[bounds[number] : bounds[number + 1]]
        if known is not None and name not in known:
            faults += all_.faults(rows, f"the resource “{spelt[:60]}” is not known: use one that is listed, or list it")
            continue
        listed, capacity = known[name] if known is not None else (spelt, None)
        account = _account(all_, rows, listed, capacity, faults)
        if account is not None and _may_exceed(account):
            found.append(account)
    return tuple(found), tuple(faults)


def excesses(account: Account, *, both: bool) -> Iterator[Excess]:
    """The stretches in which too much is claimed, in order; with `both`, only those moments at which both sets claim some."""
    times, over, totals = _over(account, both=both)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], over, [False]])))
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        begin, end = int(times[start]), int(times[stop])
        users = np.flatnonzero((account.start < end) & (account.stop > begin))
        most = int(max(totals[start:stop]))
        yield Excess(
            account.name,
            begin,
            end - 1,
            account.quantity(most),
            None if account.capacity is None else account.quantity(account.capacity),
            None if account.capacity is None else account.quantity(most - account.capacity),
            tuple(dict.fromkeys(zip(account.side[users].tolist(), account.names[users].tolist(), strict=True))),
        )


def shared(account: Account, *, both: bool) -> Iterator[Shared]:
    """The pairs of claims of different activities that stand at a moment at which too much is claimed, in blocks; each pair once."""
    times, over, totals = _over(account, both=both)
    if not over.any():
        return
    order = np.argsort(account.start, kind="stable")
    start, stop = account.start[order], account.stop[order]
    counts = np.searchsorted(start, stop) - np.arange(len(order)) - 1
    ends = np.cumsum(counts)
    excess = totals - account.capacity if account.capacity is not None else None
    peaks = _peaks(np.where(over, excess, 0)) if excess is not None else _peaks(over.astype(np.int64))
    at = 0
    while at < len(order):
        to = max(int(np.searchsorted(ends, (ends[at - 1] if at else 0) + _BLOCK)), at + 1)
        row, number = ragged(counts[at:to])
        one, other = order[row + at], order[row + at + number + 1]
        at = to
        differ = account.activity[one] != account.activity[other]
        if both:
            differ &= account.side[one] != account.side[other]
        one, other = one[differ], other[differ]
        begin = np.maximum(account.start[one], account.start[other])
        end = np.minimum(account.stop[one], account.stop[other])
        peak = _most(peaks, np.searchsorted(times, begin, side="right") - 1, np.searchsorted(times, end))
        kept = peak > 0
        one, other, begin, end, peak = one[kept], other[kept], begin[kept], end[kept], peak[kept]
        turned = account.side[one] > account.side[other]
        one, other = np.where(turned, other, one), np.where(turned, one, other)
        most = peak.astype(np.float64) / 10**account.decimals if excess is not None else np.full(len(one), np.nan)
        yield Shared(account.name, account.unit, account.item[one], account.item[other], begin, end - 1, most)


def crowded(others: Volumes, claim: Claim, capacities: Capacities | None = None) -> tuple[tuple[int, int], ...]:
    """The stretches of time (closed) in which others have taken so much of a resource that this claim on it would be too much."""
    name, own = folded(claim.resource), claim.quantity
    capacity = None if capacities is None else {folded(known): there for known, there in capacities.items()}.get(name)
    if capacity is not None and own.unit == capacity.unit and _in_millionths(own) > _in_millionths(capacity):
        return ((-FOREVER, FOREVER),)
    number = next((at for at, (known, _spelt) in enumerate(others.claims.names) if known == name), -1)
    rows = np.flatnonzero(others.claims.name == number)
    account = _account(_All.of([others]), rows, claim.resource, capacity, [])
    if account is None:
        return ()
    times, _over_now, totals = _over(account, both=False)
    if capacity is None:
        taken = np.asarray(totals > 0, bool)
    else:
        left = _in_millionths(capacity) - _in_millionths(own)
        taken = np.asarray(totals.astype(object) * 10 ** (6 - account.decimals) > left, bool)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], taken, [False]])))
    return tuple((int(times[start]), int(times[end]) - 1) for start, end in zip(edges[::2], edges[1::2], strict=True))


class _All(msgspec.Struct, frozen=True):
    """The claims of all sets, and by number over all of them the window, name and title of each volume."""

    claims: Claims
    first: Ints
    start: Ints
    end: Ints
    activities: npt.NDArray[np.object_]
    titles: npt.NDArray[np.object_]

    @classmethod
    def of(cls, sets: Sequence[Volumes]) -> "_All":
        return cls(
            together([one.claims for one in sets], [len(one) for one in sets]),
            np.cumsum([0, *map(len, sets)]),
            np.concatenate([one.start for one in sets]),
            np.concatenate([one.end for one in sets]),
            np.concatenate([one.activities for one in sets]),
            np.concatenate([one.titles for one in sets]),
        )

    def faults(self, rows: Ints, sentence: str) -> list[Fault]:
        """One for each of these claims; the sentence goes on behind the activity's title."""
        return [
            Fault(self.activities[item], "resources", f"“{self.titles[item]}”: {sentence}.")
            for item in self.claims.item[rows].tolist()
        ]


def _account(all_: _All, rows: Ints, spelt: str, capacity: Quantity | None, faults: list[Fault]) -> Account | None:
    """The claims in these rows, one for each volume; None where nothing is claimed. What cannot be added becomes a fault."""
    claims = all_.claims
    if not len(rows):
        return None
    units = np.bincount(claims.unit[rows], minlength=len(UNITS))
    unit = capacity.unit if capacity is not None else UNITS[int(np.argmax(units))]
    other = claims.unit[rows] != UNITS.index(unit)
    of = f"the claim on “{spelt[:60]}”"
    faults += all_.faults(
        rows[other], f"{of} is not in {unit}, as its capacity or other claims are; nothing is converted"
    )
    faults += all_.faults(rows[~other & (claims.scaled[rows] < 0)], f"{of} is less than nothing")
    rows = rows[~other & (claims.scaled[rows] > 0)]
    if not len(rows):
        return None
    decimals = int(max(claims.decimals[rows].max(), 0 if capacity is None else capacity.decimals))
    factors = 10 ** (decimals - claims.decimals[rows])
    scaled = claims.scaled[rows]
    large = float(np.sum(scaled.astype(float) * factors)) > 2.0**62
    each: Amounts = scaled.astype(object) * factors.astype(object) if large else scaled * factors
    items, turn = np.unique(claims.item[rows], return_inverse=True)
    amounts: Amounts = np.zeros(len(items), object if large else np.int64)
    np.add.at(amounts, turn, each)
    side = np.searchsorted(all_.first[1:], items, side="right")
    names = all_.activities[items]
    numbers: dict[str, int] = {}
    return Account(
        spelt,
        unit,
        decimals,
        None if capacity is None else capacity.scaled * 10 ** (decimals - capacity.decimals),
        side,
        items - all_.first[side],
        np.array([numbers.setdefault(name, len(numbers)) for name in names.tolist()], np.int64),
        names,
        all_.start[items],
        all_.end[items] + 1,
        amounts,
    )


def _may_exceed(account: Account) -> bool:
    return len(account.item) > 1 or (account.capacity is not None and int(account.amount[0]) > account.capacity)


def _in_millionths(quantity: Quantity) -> int:
    return quantity.scaled * int(10 ** (6 - quantity.decimals))


def _over(account: Account, *, both: bool) -> tuple[Ints, Bools, Amounts]:
    """The times at which claims begin or end; whether too much is claimed from each to the next; and how much is."""
    times, at = np.unique(np.concatenate([account.start, account.stop]), return_inverse=True)
    started, stopped = at[: len(account.start)], at[len(account.start) :]
    change = np.zeros(len(times), account.amount.dtype)
    np.add.at(change, started, account.amount)
    np.subtract.at(change, stopped, account.amount)
    totals = np.cumsum(change)
    sides = [
        np.cumsum(np.bincount(started[account.side == side], minlength=len(times)) - np.bincount(stopped[account.side == side], minlength=len(times)))
        for side in (0, 1)
    ]  # fmt: skip
    over = (totals > account.capacity) if account.capacity is not None else (sides[0] + sides[1] > 1)
    if both:
        over = over & (sides[0] > 0) & (sides[1] > 0)
    return times, np.asarray(over, bool), totals


def _peaks(
    values: Amounts,
) -> list[Amounts]:
    """The most of every run of 1, 2, 4, … values, by where it begins."""
    found = [values]
    while 2 ** len(found) <= len(values):
        step = 2 ** (len(found) - 1)
        found.append(np.maximum(found[-1][:-step], found[-1][step:]))
    return found


def _most(peaks: list[Amounts], start: Ints, stop: Ints) -> Amounts:
    """The most of the values from each start to before its stop, of which each has one or more."""
    found = peaks[0][start]
    size = np.frexp((stop - start).astype(np.float64))[1] - 1
    for step in np.unique(size).tolist():
        these = size == step
        runs = peaks[step]
        found[these] = np.maximum(runs[start[these]], runs[stop[these] - 2**step])
    return found
