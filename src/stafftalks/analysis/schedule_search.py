"""A search among orders of activities: many schedules a second, the best kept. Same seed and number of schedules, same answer.

A population of orders (and wishes for modes) is crossed and changed; what each makes is justified, and its own order of starts goes back into the population. Where
nothing better comes for long, all but the best begin anew. A second way, a walk, moves single activities of the best schedule and now and then accepts a worse one.

Sources: Hartmann, "A self-adapting genetic algorithm for project scheduling under resource constraints", NRL 49 (2002); Debels, Vanhoucke,
"A decomposition-based genetic algorithm for the resource-constrained project-scheduling problem", Operations Research 55 (2007).
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from stafftalks.analysis.compiling import compiled, inner
from stafftalks.analysis.schedule_columns import Columns, Ints, Net
from stafftalks.analysis.schedule_serial import Draft, build, copied, draft, justify, list_of, sorted_by

Floats = npt.NDArray[np.float64]
MOST: Final = 1024
"""Members of the largest population; each that begins anew has twice as many as the one before."""


class Habit(NamedTuple):
    """How a population lives: members of the first; children for each member without a better best, after which it is given up; and whether half of the next are
    changed from the best so far instead of drawn afresh."""

    first: int
    patience: int
    guided: bool


# Measured on published instances (the end is what counts) and on made deployments (lateness is): the former reward variety, the latter going on from the best.
FOR_THE_END: Final = Habit(256, 60, guided=False)
FOR_LATENESS: Final = Habit(32, 10, guided=True)
_PRIME: Final = 2_147_483_647
_WORST: Final = 2**62
_CELLS: Final = 4_000_000
"""Members times activities at most: some 130 MB."""


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


class Search:
    """A search that goes on from where it stood."""

    def __init__(self, columns: Columns, seed: int) -> None:
        """A search with nothing found yet."""
        count = columns.count
        most = max(min(MOST, _CELLS // max(count, 1)), 32)
        rows = (most, count)
        habit = FOR_LATENESS if len(columns.net.due) else FOR_THE_END
        self._net = columns.net
        self._pool = Pool(
            np.zeros(rows, np.int64),
            np.full(rows, -1, np.int64),
            np.zeros((most, 3), np.int64),
            np.zeros(rows, np.int64),
            np.zeros(rows, np.int64),
            np.zeros(count, np.int64),
            np.zeros(count, np.int64),
            np.zeros(count, np.int64),
            np.zeros(count, np.int64),
            np.full(3, np.iinfo(np.int64).max, np.int64),
            np.array([seed % (_PRIME - 1) + 1], np.int64),
            np.array([0, 0, 0, 0, min(habit.first, most), habit.patience, habit.guided], np.int64),
            np.full(3, np.iinfo(np.int64).max, np.int64),
        )
        empty = [np.zeros(count, np.int64) for _ in range(5)]
        order, wish, key, limit, seen = empty
        self._room = Room(draft(columns.net), order, wish, key, limit, columns.net.stock.copy(), seen)

    def go_on(self, schedules: int) -> None:
        """Makes so many schedules more."""
        if len(self._pool.best_start):
            evolve(self._net, self._pool, self._room, schedules)

    @property
    def schedules(self) -> int:
        """How many were made."""
        return int(self._pool.made[0])

    @property
    def value(self) -> tuple[int, int, int]:
        """Of the best: by how much it breaks what must hold (0: a schedule), its weighted lateness, its end; in columns' ticks."""
        broken, late, end = self._pool.best_value.tolist()
        return broken, late, end

    @property
    def best(self) -> tuple[Ints, Ints]:
        """Starts, and modes as rows of the columns, of the best."""
        return self._pool.best_start.copy(), self._pool.best_mode.copy()


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


@compiled
def evolve(net: Net, pool: Pool, room: Room, schedules: int) -> None:
    """Makes at least so many schedules more."""
    made = room.draft
    count = room.order.shape[0]
    until = pool.made[0] + schedules
    while pool.made[0] < until:
        members = pool.made[4]
        filling = pool.made[1] < members
        if filling and pool.made[6] and pool.made[3] > 0 and pool.made[1] % 2 == 0:
            copied(pool.best_order, room.order)
            copied(pool.best_wish, room.wish)
            for _ in range(pool.made[1] // 2):
                if drawn(pool.random, 8) == 0:
                    break
                mutated(net, pool, room)
        elif filling:
            sampled(net, pool, room)
        else:
            one, other = 0, 0
            for turn in range(2):
                first, second = drawn(pool.random, members), drawn(pool.random, members)
                win = first if better(pool.value[first], pool.value[second]) else second
                if turn == 0:
                    one = win
                else:
                    other = win
            if drawn(pool.random, 2):
                crossed(pool, room, one, other)
            else:
                blocked(net, pool, room, one, other)
            mutated(net, pool, room)
        whole = build(net, room.order, room.wish, room.reserve, made)
        pool.made[0] += 1
        if whole:
            justify(net, made, room.limit, room.key)
            pool.made[0] += 2
            list_of(net, made, room.key, room.order)
            for activity in range(count):
                if room.wish[activity] >= 0:
                    room.wish[activity] = made.mode[activity]
        pool.made[2] += 1
        if better(made.value, pool.best_value):
            copied(made.value, pool.best_value)
            copied(made.start, pool.best_start)
            copied(made.mode, pool.best_mode)
            copied(room.order, pool.best_order)
            copied(room.wish, pool.best_wish)
        if better(made.value, pool.here_value):
            copied(made.value, pool.here_value)
            pool.made[2] = 0
        keep(pool, room, made, filling)
        if pool.made[2] > pool.made[5] * members:
            # A larger population takes longer and comes further: this way none need be chosen for the size of a problem and the time there is.
            pool.made[1], pool.made[2] = 0, 0
            pool.made[3] += 1
            pool.made[4] = min(2 * members, pool.order.shape[0])
            for at in range(3):
                pool.here_value[at] = _WORST


@inner
def keep(pool: Pool, room: Room, made: Draft, filling: bool) -> None:  # noqa: FBT001 - a compiled loop takes no keywords
    """Puts what was made into the population: in the next place while it fills, else in the worst one's, unless it is worse or there already."""
    members = pool.made[4]
    place = pool.made[1]
    if filling:
        pool.made[1] += 1
    else:
        place = 0
        for member in range(members):
            if better(pool.value[place], pool.value[member]):
                place = member
            if alike(pool.value[member], made.value) and alike(pool.start[member], made.start):
                return
        if better(pool.value[place], made.value):
            return
    copied(room.order, pool.order[place])
    copied(room.wish, pool.wish[place])
    copied(made.value, pool.value[place])
    copied(made.start, pool.start[place])
    for activity in range(made.mode.shape[0]):
        pool.mode[place, activity] = made.mode[activity] if made.mode[activity] >= 0 else -1 - made.mode[activity]
