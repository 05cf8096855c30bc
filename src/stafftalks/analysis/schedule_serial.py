"""Making schedules one activity after the other, compiled: each takes the first place at which it fits, in the order given.

`build` makes a schedule from an order and wishes for modes. `justify` moves everything as late as it may, then as early as it can, which never makes a schedule worse and
often better (double justification). All loops give the same schedule for the same arguments, compiled or not.

Source: Valls, Ballestin, Quintanilla, "Justification and RCPSP: a technique that pays", EJOR 165 (2005).
"""

from typing import NamedTuple

import numpy as np

from stafftalks.analysis.compiling import inner
from stafftalks.analysis.schedule_columns import Net
from stafftalks.analysis.schedule_modes import Ints


class Draft(NamedTuple):
    """A schedule in the making: what is left at each tick, in stock, and for each activity where it stands. `broken` counts ticks and pieces beyond what may be."""

    free: Ints
    left: Ints
    start: Ints
    end: Ints
    mode: Ints
    order: Ints
    value: Ints


def draft(net: Net) -> Draft:
    """An empty schedule."""
    count = len(net.mode_first) - 1
    return Draft(
        net.free.copy(),
        net.stock.copy(),
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
        np.zeros(3, np.int64),
    )


@inner
def sorted_by(key: Ints, order: Ints) -> None:
    """Sorts `order`, which holds every number once, by their keys; no two keys are the same. (Shell's way: a few lines, which matters to the compiler.)"""
    count = order.shape[0]
    gap = 1
    while gap < count // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for at in range(gap, count):
            item = order[at]
            wanted = key[item]
            to = at
            while to >= gap and key[order[to - gap]] > wanted:
                order[to] = order[to - gap]
                to -= gap
            order[to] = item
        gap //= 3


@inner
def copied(source: Ints, into: Ints) -> None:
    """Copies a column."""
    for at in range(source.shape[0]):
        into[at] = source[at]


@inner
def first_fit(net: Net, free: Ints, activity: int, mode: int, earliest: int) -> int:
    """The first tick from `earliest` on at which the activity fits in this mode; -1 where there is none."""
    duration = net.duration[mode]
    words = net.guard.shape[0]
    guard, need = net.guard[0], net.need[mode, 0]
    for span in range(net.span_first[activity], net.span_first[activity + 1]):
        at = max(earliest, net.span_start[span])
        last = net.span_end[span] - duration
        if at > last:
            continue
        if duration == 0:
            return int(at)
        tick = at
        while at <= last:
            if ((free[tick, 0] + guard - need) & guard) != guard:
                at = tick + 1
            elif words > 1:
                for word in range(1, words):
                    other = net.guard[word]
                    if ((free[tick, word] + other - net.need[mode, word]) & other) != other:
                        at = tick + 1
                        break
            tick += 1
            if tick == at + duration:
                return int(at)
    return -1


@inner
def last_fit(net: Net, free: Ints, activity: int, mode: int, latest: int, present: int) -> int:
    """The last start at which the activity fits and ends by `latest`; `present`, where it stands, if none is later."""
    duration = net.duration[mode]
    words = net.guard.shape[0]
    guard, need = net.guard[0], net.need[mode, 0]
    for span in range(net.span_first[activity + 1] - 1, net.span_first[activity] - 1, -1):
        end = min(latest, net.span_end[span])
        first = max(present, net.span_start[span])
        if end - duration < first:
            continue
        if duration == 0:
            return int(end)
        tick = end - 1
        while end - duration >= first:
            if ((free[tick, 0] + guard - need) & guard) != guard:
                end = tick
            elif words > 1:
                for word in range(1, words):
                    other = net.guard[word]
                    if ((free[tick, word] + other - net.need[mode, word]) & other) != other:
                        end = tick
                        break
            tick -= 1
            if tick == end - duration - 1:
                return int(end - duration)
    return present


@inner
def take(net: Net, free: Ints, mode: int, start: int, sign: int) -> None:
    """Takes what the mode needs from `start` on (sign 1), or gives it back (-1)."""
    for word in range(net.guard.shape[0]):
        need = net.need[mode, word] * sign
        if need != 0:
            for tick in range(start, start + net.duration[mode]):
                free[tick, word] -= need


@inner
def may_draw(net: Net, left: Ints, reserve: Ints, mode: int) -> bool:
    """Whether the stock left, less what all others need at least, allows the mode."""
    for stock in range(net.stock.shape[0]):  # noqa: SIM110 - a plain loop, as the compiler likes it
        if net.draw[mode, stock] > left[stock] - reserve[stock]:
            return False
    return True


@inner
def least_draw(net: Net, activity: int, stock: int) -> int:
    """The least that the activity can draw of a stock."""
    least = net.draw[net.mode_first[activity], stock]
    for mode in range(net.mode_first[activity] + 1, net.mode_first[activity + 1]):
        least = min(least, net.draw[mode, stock])
    return int(least)


@inner
def choose(net: Net, made: Draft, reserve: Ints, activity: int, earliest: int) -> int:
    """The mode of those the stock allows that ends first where there is room; of equals the first. -1 where none has room."""
    best, soonest = -1, -1
    for mode in range(net.mode_first[activity], net.mode_first[activity + 1]):
        if not may_draw(net, made.left, reserve, mode):
            continue
        start = first_fit(net, made.free, activity, mode, earliest)
        if start >= 0 and (best < 0 or start + net.duration[mode] < soonest):
            best, soonest = mode, start + net.duration[mode]
    return int(best)


@inner
def soonest(net: Net, made: Draft, activity: int) -> int:
    """The first tick at which the activity may start for what it comes after. (By itself, for a zero to begin with would have callers compiled twice.)"""
    earliest = 0
    for row in range(net.before_first[activity], net.before_first[activity + 1]):
        earliest = max(earliest, made.end[net.before[row]] + net.before_lag[row])
    return int(earliest)


@inner
def build(net: Net, order: Ints, wish: Ints, reserve: Ints, made: Draft) -> bool:
    """Makes the schedule of this order: in the mode wished for, or where the wish is -1 in the one that ends first. Gives whether all have their place."""
    count = order.shape[0]
    for word in range(net.guard.shape[0]):
        for tick in range(net.horizon):
            made.free[tick, word] = net.free[tick, word]
    copied(net.stock, made.left)
    broken = 0
    for stock in range(net.stock.shape[0]):
        reserve[stock] = 0
        for activity in range(count):
            reserve[stock] += least_draw(net, activity, stock)
    for position in range(count):
        activity = order[position]
        earliest = soonest(net, made, activity)
        for stock in range(net.stock.shape[0]):
            reserve[stock] -= least_draw(net, activity, stock)
        mode = wish[activity]
        if mode < 0 or not may_draw(net, made.left, reserve, mode):
            mode = choose(net, made, reserve, activity, earliest)
        if mode < 0:
            mode = wish[activity] if wish[activity] >= 0 else net.mode_first[activity]
        start = first_fit(net, made.free, activity, mode, earliest)
        if start < 0:
            # It has no place: it stands where its order puts it, takes nothing, and by how much it breaks its window or finds no room is counted.
            start = min(earliest, net.horizon - net.duration[mode])
            broken += 1 + max(earliest + net.duration[mode] - net.span_end[net.span_first[activity + 1] - 1], 0)
            made.mode[activity] = -1 - mode
        else:
            take(net, made.free, mode, start, 1)
            made.mode[activity] = mode
        for stock in range(net.stock.shape[0]):
            made.left[stock] -= net.draw[mode, stock]
        made.start[activity] = start
        made.end[activity] = start + net.duration[mode]
    for stock in range(net.stock.shape[0]):
        broken += max(-made.left[stock], 0) * net.horizon
    made.value[0] = broken
    measure(net, made)
    return broken == 0


@inner
def measure(net: Net, made: Draft) -> None:
    """Writes down the lateness, and the end, of a schedule; lateness of a phase that may have none counts as broken."""
    late, forbidden = 0, 0
    for phase in range(net.due.shape[0]):
        closes = 0
        for row in range(net.phase_first[phase], net.phase_first[phase + 1]):
            closes = max(closes, made.end[net.phase_member[row]])
        over = max(closes - net.due[phase], 0)
        if net.hard[phase]:
            forbidden += over
        else:
            late += over * net.weight[phase]
    made.value[0] += forbidden
    made.value[1] = late
    last = 0
    for activity in range(made.end.shape[0]):
        last = max(last, made.end[activity])
    made.value[2] = last


@inner
def justify(net: Net, made: Draft, limit: Ints, key: Ints) -> None:
    """Moves everything as late as the closures and the end allow, then as early as it goes. Only for schedules in which nothing is broken."""
    count = made.start.shape[0]
    end = made.value[2]
    for activity in range(count):
        limit[activity] = end
    for phase in range(net.due.shape[0]):
        closes = net.due[phase]
        for row in range(net.phase_first[phase], net.phase_first[phase + 1]):
            closes = max(closes, made.end[net.phase_member[row]])
        for row in range(net.phase_first[phase], net.phase_first[phase + 1]):
            limit[net.phase_member[row]] = min(limit[net.phase_member[row]], closes)
    for activity in range(count):
        made.order[activity] = activity
        key[activity] = -((made.end[activity] * (net.horizon + 1) + made.start[activity]) * count + activity)
    sorted_by(key, made.order)
    for position in range(count):
        activity = made.order[position]
        latest = limit[activity]
        mode = made.mode[activity]
        for row in range(net.after_first[activity], net.after_first[activity + 1]):
            latest = min(latest, made.start[net.after[row]] - net.after_lag[row])
        if latest > made.end[activity]:
            take(net, made.free, mode, made.start[activity], -1)
            made.start[activity] = last_fit(net, made.free, activity, mode, latest, made.start[activity])
            made.end[activity] = made.start[activity] + net.duration[mode]
            take(net, made.free, mode, made.start[activity], 1)
    for activity in range(count):
        key[activity] = (made.start[activity] * (net.horizon + 1) + made.end[activity]) * count + activity
    sorted_by(key, made.order)
    for position in range(count):
        activity = made.order[position]
        mode = made.mode[activity]
        earliest = soonest(net, made, activity)
        take(net, made.free, mode, made.start[activity], -1)
        start = first_fit(net, made.free, activity, mode, earliest)
        best = start + net.duration[mode]
        for other in range(net.mode_first[activity], net.mode_first[activity + 1]):
            if other == mode or net.duration[other] > best - earliest:
                continue
            allowed = True
            for stock in range(net.stock.shape[0]):
                if net.draw[other, stock] - net.draw[made.mode[activity], stock] > made.left[stock]:
                    allowed = False
            if not allowed:
                continue
            found = first_fit(net, made.free, activity, other, earliest)
            if found >= 0 and found + net.duration[other] < best:
                for stock in range(net.stock.shape[0]):
                    made.left[stock] -= net.draw[other, stock] - net.draw[made.mode[activity], stock]
                made.mode[activity] = other
                start, best = found, found + net.duration[other]
        made.start[activity] = start
        made.end[activity] = best
        take(net, made.free, made.mode[activity], start, 1)
    made.value[0] = 0
    measure(net, made)


@inner
def list_of(net: Net, made: Draft, key: Ints, order: Ints) -> None:
    """Writes the activities in the order of their starts, which keeps every arc also where activities of no length or negative lags meet."""
    count = order.shape[0]
    for position in range(count):
        activity = net.topological[position]
        at = made.start[activity]
        for row in range(net.before_first[activity], net.before_first[activity + 1]):
            at = max(at, key[net.before[row]])
        key[activity] = at
    for activity in range(count):
        key[activity] = key[activity] * count + net.rank[activity]
    sorted_by(key, order)
