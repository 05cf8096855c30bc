"""A search among orders of activities: many schedules a second, the best kept. Same seed and number of schedules, same answer.

A population of orders (and wishes for modes) is crossed and changed (`schedule_breeding`); wishes that draw more of a stock than there is are changed until they do not. What each
makes is justified, and its own order of starts goes back into the population. Where nothing better comes for long, all but the best begin anew.
"""

from typing import Final, NamedTuple

import numpy as np

from stafftalks.analysis.compiling import compiled, inner
from stafftalks.analysis.schedule_breeding import (
    Pool,
    Room,
    alike,
    better,
    blocked,
    crossed,
    drawn,
    mutated,
    picked,
    provided,
    sampled,
)
from stafftalks.analysis.schedule_columns import Columns, Net
from stafftalks.analysis.schedule_modes import Ints
from stafftalks.analysis.schedule_serial import Draft, build, copied, draft, justify, list_of

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
        self._room = Room(
            draft(columns.net), order, wish, key, limit, columns.net.stock.copy(), seen, columns.net.stock.copy()
        )

    def go_on(self, schedules: int) -> None:
        """Makes so many schedules more."""
        if len(self._pool.best_start):
            evolve(self._net, self._pool, self._room, schedules)

    def learn(self, start: Ints, mode: Ints, value: tuple[int, int]) -> None:
        """Takes a schedule found elsewhere, of this lateness and end, for its own where it is better than its best."""
        pool, net = self._pool, self._net
        if not len(start) or (0, *value) >= self.value:
            return
        key = start.copy()
        for at in net.topological.tolist():
            for row in range(net.before_first[at], net.before_first[at + 1]):
                key[at] = max(key[at], key[net.before[row]])
        order = np.lexsort((net.rank, key))
        pool.made[1] = max(pool.made[1], 1)
        for column, of in (
            (pool.best_order, order),
            (pool.best_wish, mode),
            (pool.best_start, start),
            (pool.best_mode, mode),
            (pool.best_value, (0, *value)),
            (pool.here_value, (0, *value)),
            (pool.order[0], order),
            (pool.wish[0], mode),
            (pool.start[0], start),
            (pool.mode[0], mode),
            (pool.value[0], (0, *value)),
        ):
            column[:] = of

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
            one, other = picked(pool), picked(pool)
            if drawn(pool.random, 2):
                crossed(pool, room, one, other)
            else:
                blocked(net, pool, room, one, other)
            mutated(net, pool, room)
        provided(net, pool, room)
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
