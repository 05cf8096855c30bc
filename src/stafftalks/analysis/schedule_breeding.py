"""How the search makes one order, and wishes for modes, of others: drawn by chance, crossed, changed; compiled.

Random numbers, the population and the rows to write on are handed in: the same numbers make the same children, on every machine.

Sources: Hartmann, "A self-adapting genetic algorithm for project scheduling under resource constraints", NRL 49 (2002); Debels, Vanhoucke,
"A decomposition-based genetic algorithm for the resource-constrained project-scheduling problem", Operations Research 55 (2007); Van Peteghem, Vanhoucke,
"A genetic algorithm for the preemptive and non-preemptive multi-mode resource-constrained project scheduling problem", EJOR 201 (2010).
"""

from typing import NamedTuple

from stafftalks.analysis.compiling import inner
from stafftalks.analysis.schedule_columns import Net
from stafftalks.analysis.schedule_modes import Ints
from stafftalks.analysis.schedule_serial import Draft, least_draw, sorted_by


class Pool(NamedTuple):
    """The population, the best schedule so far, and where the random numbers and the loops stand. One row of each column is one member."""

    order: Ints
    wish: Ints
    value: Ints
    start: Ints
    mode: Ints
    best_start: Ints
    best_mode: Ints
    best_order: Ints
    best_wish: Ints
    best_value: Ints
    random: Ints
    made: Ints
    """Schedules made; members filled; children since the last that was better than all of this population; populations given up; members of this one; patience; whether guided."""
    here_value: Ints
    """The best value of this population."""


class Room(NamedTuple):
    """What the loops write on: a draft, and rows to put an order, wishes, keys and limits in."""

    draft: Draft
    order: Ints
    wish: Ints
    key: Ints
    limit: Ints
    reserve: Ints
    seen: Ints
    left: Ints


@inner
def drawn(random: Ints, below: int) -> int:
    """A number from 0 up to, not including, `below`."""
    random[0] = random[0] * 48_271 % 2_147_483_647
    return int(random[0] * below // 2_147_483_647)


@inner
def better(one: Ints, other: Ints) -> bool:
    """Whether a value is better than another."""
    for place in range(3):
        if one[place] != other[place]:
            return bool(one[place] < other[place])
    return False


@inner
def alike(one: Ints, other: Ints) -> bool:
    """Whether two columns hold the same."""
    for at in range(one.shape[0]):  # noqa: SIM110 - a plain loop, as the compiler likes it
        if one[at] != other[at]:
            return False
    return True


@inner
def sampled(net: Net, pool: Pool, room: Room) -> None:
    """Writes an order drawn by chance, in which what has the longest way to the end tends to come first."""
    count = room.order.shape[0]
    spread = 0
    for activity in range(count):
        spread = max(spread, net.tail[activity])
        room.wish[activity] = -1
    noise = drawn(pool.random, max(spread, 1)) + 1
    for activity in range(count):
        room.key[activity] = -net.tail[activity] + drawn(pool.random, noise)
    arranged(net, room)
    # Some leave every mode to the place there is, some wish for most: of two modes, for the one that is shorter, or the one that is less work.
    share = drawn(pool.random, 3) * 50
    for activity in range(count):
        first, modes = net.mode_first[activity], net.mode_first[activity + 1] - net.mode_first[activity]
        if modes > 1 and drawn(pool.random, 100) < share:
            one, other = first + drawn(pool.random, modes), first + drawn(pool.random, modes)
            by_work = drawn(pool.random, 2) and net.work[other] < net.work[one]
            room.wish[activity] = other if by_work or net.duration[other] < net.duration[one] else one


@inner
def overdrawn(net: Net, room: Room, activity: int, mode: int) -> int:
    """By how much the stocks fall short once the activity, which wishes for another or for none, has this mode."""
    total = 0
    for stock in range(net.stock.shape[0]):
        had = room.wish[activity]
        drawn_now = net.draw[had, stock] if had >= 0 else least_draw(net, activity, stock)
        total += max(net.draw[mode, stock] - drawn_now - room.left[stock], 0)
    return int(total)


@inner
def provided(net: Net, pool: Pool, room: Room) -> None:
    """Changes wishes until the stocks are enough for all of them, as far as it goes: what makes up for most, at the least that activities last longer for it."""
    count = room.order.shape[0]
    short = 0
    for stock in range(net.stock.shape[0]):
        room.left[stock] = net.stock[stock]
        for activity in range(count):
            wish = room.wish[activity]
            room.left[stock] -= net.draw[wish, stock] if wish >= 0 else least_draw(net, activity, stock)
        short += max(-room.left[stock], 0)
    for _ in range(4 * count):
        if short <= 0:
            break
        best, into, gain, cost = -1, -1, 0, 1
        for _ in range(6):
            activity = drawn(pool.random, count)
            wish = room.wish[activity]
            first, modes = net.mode_first[activity], net.mode_first[activity + 1] - net.mode_first[activity]
            if modes < 2 or wish < 0:
                continue
            mode = first + drawn(pool.random, modes)
            less = short - overdrawn(net, room, activity, mode)
            longer = max(net.duration[mode] - net.duration[wish], 0) + 1
            if less > 0 and less * cost > gain * longer:
                best, into, gain, cost = activity, mode, less, longer
        if best >= 0:
            for stock in range(net.stock.shape[0]):
                room.left[stock] -= net.draw[into, stock] - net.draw[room.wish[best], stock]
            room.wish[best] = into
            short -= gain


@inner
def picked(pool: Pool) -> int:
    """The better of two members drawn by chance."""
    first, second = drawn(pool.random, pool.made[4]), drawn(pool.random, pool.made[4])
    return first if better(pool.value[first], pool.value[second]) else second


@inner
def crossed(pool: Pool, room: Room, one: int, other: int) -> None:
    """Writes a child of two members: the other's order between two places, before and after them the one's."""
    count = room.order.shape[0]
    first, last = drawn(pool.random, count), drawn(pool.random, count)
    if first > last:
        first, last = last, first
    for activity in range(count):
        room.seen[activity] = 0
    at = 0
    for position in range(first):
        activity = pool.order[one, position]
        room.order[at], room.wish[activity], room.seen[activity] = activity, pool.wish[one, activity], 1
        at += 1
    for position in range(count):
        if at > last:
            break
        activity = pool.order[other, position]
        if not room.seen[activity]:
            room.order[at], room.wish[activity], room.seen[activity] = activity, pool.wish[other, activity], 1
            at += 1
    for position in range(count):
        activity = pool.order[one, position]
        if not room.seen[activity]:
            room.order[at], room.wish[activity], room.seen[activity] = activity, pool.wish[one, activity], 1
            at += 1


@inner
def blocked(net: Net, pool: Pool, room: Room, one: int, other: int) -> None:
    """Writes a child that keeps a stretch of time of the one, chosen where much is going on, and has the rest from the other."""
    count = room.order.shape[0]
    end = pool.value[one, 2]
    length = end // 4 + drawn(pool.random, max(end // 2, 1)) + 1
    begin, most = 0, -1
    for _ in range(4):
        at = drawn(pool.random, max(end - length, 0) + 1)
        work = 0
        for activity in range(count):
            if at <= pool.start[one, activity] < at + length:
                mode = pool.mode[one, activity]
                work += net.work[mode]
        if work > most:
            begin, most = at, work
    middle = 0
    for activity in range(count):
        if begin <= pool.start[one, activity] < begin + length:
            room.key[activity] = pool.start[one, activity]
            room.wish[activity] = pool.wish[one, activity]
        else:
            room.wish[activity] = pool.wish[other, activity]
            at = pool.start[other, activity]
            middle = begin + length // 2
            room.key[activity] = at - net.horizon if at < middle else at + net.horizon
    arranged(net, room)


@inner
def arranged(net: Net, room: Room) -> None:
    """Writes the order of the keys, in which no arc's end comes before its beginning."""
    count = room.order.shape[0]
    for position in range(count):
        activity = net.topological[position]
        for row in range(net.before_first[activity], net.before_first[activity + 1]):
            room.key[activity] = max(room.key[activity], room.key[net.before[row]])
    for activity in range(count):
        room.key[activity] = room.key[activity] * count + net.rank[activity]
        room.order[activity] = activity
    sorted_by(room.key, room.order)


@inner
def moved(net: Net, pool: Pool, room: Room) -> None:
    """Moves one activity of the order to another place between what must come before and after it."""
    count = room.order.shape[0]
    at = drawn(pool.random, count)
    activity = room.order[at]
    for row in range(net.before_first[activity], net.before_first[activity + 1]):
        room.seen[net.before[row]] = 2
    for row in range(net.after_first[activity], net.after_first[activity + 1]):
        room.seen[net.after[row]] = 2
    low, high = at, at
    while low > 0 and room.seen[room.order[low - 1]] != 2:
        low -= 1
    while high < count - 1 and room.seen[room.order[high + 1]] != 2:
        high += 1
    for row in range(net.before_first[activity], net.before_first[activity + 1]):
        room.seen[net.before[row]] = 1
    for row in range(net.after_first[activity], net.after_first[activity + 1]):
        room.seen[net.after[row]] = 1
    to = low + drawn(pool.random, high - low + 1)
    step = 1 if to > at else -1
    while at != to:
        room.order[at] = room.order[at + step]
        at += step
    room.order[to] = activity


@inner
def mutated(net: Net, pool: Pool, room: Room) -> None:
    """Changes a child by chance: neighbours change places, some activities move, some wish for another mode or for none."""
    count = room.order.shape[0]
    for position in range(count - 1):
        if drawn(pool.random, 100) < 4:
            one, other = room.order[position], room.order[position + 1]
            free = True
            for row in range(net.after_first[one], net.after_first[one + 1]):
                if net.after[row] == other:
                    free = False
            if free:
                room.order[position], room.order[position + 1] = other, one
    for _ in range(drawn(pool.random, 3)):
        moved(net, pool, room)
    for activity in range(count):
        modes = net.mode_first[activity + 1] - net.mode_first[activity]
        if modes > 1 and drawn(pool.random, 100) < 3:
            pick = drawn(pool.random, modes + 1)
            room.wish[activity] = -1 if pick == modes else net.mode_first[activity] + pick
