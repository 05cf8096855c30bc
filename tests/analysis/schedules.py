"""Small problems, and the best schedule of one by trying all: slow, and nothing shared with what is tested."""

import random
from collections.abc import Iterator

from hypothesis import strategies as st

from stafftalks.analysis.schedule import Activity, Arc, Change, Mode, Phase, Problem, Resource, Span, Use, Value


def activity(name: str, duration: int = 1, spans: tuple[Span, ...] = (), **uses: int) -> Activity:
    """One in a single mode."""
    return Activity(id=name, modes=(Mode("", duration, tuple(Use(*each) for each in uses.items())),), spans=spans)


def arcs(*pairs: str) -> tuple[Arc, ...]:
    """`ab`: b after a."""
    return tuple(Arc(pair[0], pair[1]) for pair in pairs)


def best_of_all(problem: Problem, until: int) -> Value | None:
    """The best value of all schedules that end by `until`; None where there is none."""
    return min(all_values(problem, until), default=None)


def all_values(problem: Problem, until: int) -> Iterator[Value]:
    """The value of every schedule that ends by `until`."""
    return _values(problem, until, {})


def _values(problem: Problem, until: int, placed: dict[str, tuple[int, int, Mode]]) -> Iterator[Value]:
    waiting = [each for each in problem.activities if each.id not in placed]
    if not waiting:
        yield _value(problem, placed)
        return
    one = waiting[0]
    for mode in one.modes:
        for start in range(problem.start, until - mode.duration + 1):
            now = {**placed, one.id: (start, start + mode.duration, mode)}
            if _may(problem, one, now):
                yield from _values(problem, until, now)


def _may(problem: Problem, one: Activity, placed: dict[str, tuple[int, int, Mode]]) -> bool:
    start, end, _ = placed[one.id]
    if one.spans and not any(
        (span.start is None or start >= span.start) and (span.end is None or end <= span.end) for span in one.spans
    ):
        return False
    for arc in problem.arcs:
        if arc.before in placed and arc.after in placed and placed[arc.after][0] < placed[arc.before][1] + arc.lag:
            return False
    for resource in problem.resources:
        taken: dict[int, int] = {}
        for first, last, mode in placed.values():
            amount = sum(use.amount for use in mode.uses if use.resource == resource.id)
            for tick in range(first, last) if resource.renewable else [0]:
                taken[tick] = taken.get(tick, 0) + amount
        for tick, amount in taken.items():
            there = resource.capacity
            for change in resource.changes:
                there = change.capacity if change.at <= tick else there
            if amount > there:
                return False
    return True


def _value(problem: Problem, placed: dict[str, tuple[int, int, Mode]]) -> Value:
    late = sum(
        phase.weight * max(max(placed[each][1] for each in phase.activities) - phase.due, 0) for phase in problem.phases
    )
    return Value(late, max(end for _, end, _ in placed.values()))


def crossing(count: int = 12, *, money: int | None = None) -> Problem:
    """Activities of two modes on two resources, in four chains; flights cost money, of which there may be only so much."""
    made = tuple(
        Activity(
            id=str(at),
            modes=(
                Mode("sea", 4 + at % 3, (Use("ships", 1 + at % 2),)),
                Mode("air", 2, (Use("aircraft", 2), *([] if money is None else [Use("money", 2 + at % 3)]))),
            ),
        )
        for at in range(count)
    )
    return Problem(
        activities=made,
        arcs=tuple(Arc(str(at), str(at + 4), at % 2) for at in range(count - 4)),
        resources=(
            Resource(id="ships", capacity=3, changes=(Change(5, 1), Change(9, 3))),
            Resource(id="aircraft", capacity=2),
            *([] if money is None else [Resource(id="money", capacity=money, renewable=False)]),
        ),
        phases=(
            Phase(id="one", activities=("0", "1", "2", "3"), due=3, weight=2),
            Phase(id="all", activities=("10", "11"), due=20),
        ),
    )


def jigsaw(cuts: int, seed: int, *, people: int = 12, length: int = 20) -> Problem:
    """Pieces of a rectangle, which fit together in `length` ticks and leave no one of the people idle: no schedule is shorter.

    Each can be done in other ways that are as much work or more: sooner at more money, or later at less. There is just as much money as the fitting ways cost.
    """
    draw = random.Random(seed)
    pieces = [(0, length, people)]
    order: list[tuple[int, int]] = []
    while len(pieces) <= cuts:
        start, lasting, wide = max(pieces, key=lambda piece: piece[1] * piece[2])
        pieces.remove((start, lasting, wide))
        if lasting > 1 and (wide < 2 or draw.random() < 0.6):
            cut = draw.randrange(1, lasting)
            pieces += [(start, cut, wide), (start + cut, lasting - cut, wide)]
        else:
            cut = draw.randrange(1, wide)
            pieces += [(start, lasting, cut), (start, lasting, wide - cut)]
    for at, (start, lasting, _wide) in enumerate(pieces):
        after = [other for other, piece in enumerate(pieces) if piece[0] >= start + lasting]
        order += [(at, other) for other in draw.sample(after, min(2, len(after)))]
    made, money = [], 0
    for at, (_start, lasting, wide) in enumerate(pieces):
        cost = draw.randrange(2, 6)
        money += cost
        ways = [(lasting, wide, cost), (lasting + draw.randrange(1, 4), wide, cost - draw.randrange(1, 3))]
        if lasting > 2 and 2 * wide <= people:
            ways.append((-(-lasting // 2), 2 * wide, cost + draw.randrange(1, 3)))
        draw.shuffle(ways)
        modes = tuple(Mode("", ticks, (Use("people", each), Use("money", paid))) for ticks, each, paid in ways)
        made.append(Activity(id=str(at), modes=modes))
    return Problem(
        activities=tuple(made),
        arcs=tuple(Arc(str(one), str(other)) for one, other in order),
        resources=(
            Resource(id="people", capacity=people),
            Resource(id="money", capacity=money, renewable=False),
        ),
    )


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Three or four activities in one or two modes on a resource that changes and a stock, with arcs, lags, windows and a phase."""
    names = "abcd"[: draw(st.integers(3, 4))]
    amounts = st.integers(0, 2)

    def mode(at: int) -> Mode:
        uses = [Use("lift", draw(amounts)), Use("fuel", draw(amounts))]
        return Mode(str(at), draw(st.integers(0, 3)), tuple(use for use in uses if use.amount))

    def window() -> tuple[Span, ...]:
        first = draw(st.integers(0, 3))
        return draw(st.sampled_from([(), (), (Span(first, None),), (Span(0, first + 1), Span(first + 2, 9))]))

    made = tuple(
        Activity(id=name, modes=tuple(mode(at) for at in range(draw(st.integers(1, 2)))), spans=window())
        for name in names
    )
    pairs = [(one, other) for at, one in enumerate(names) for other in names[at + 1 :]]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=3, unique=True))
    lift = Resource(
        id="lift",
        capacity=draw(st.integers(1, 3)),
        changes=tuple(
            Change(at, draw(st.integers(0, 3)))
            for at in draw(st.lists(st.integers(0, 6), max_size=2, unique=True).map(sorted))
        ),
    )
    return Problem(
        activities=made,
        arcs=tuple(Arc(one, other, draw(st.integers(-1, 2))) for one, other in chosen),
        resources=(lift, Resource(id="fuel", capacity=draw(st.integers(2, 6)), renewable=False)),
        phases=(
            Phase(id="p", activities=tuple(names[:2]), due=draw(st.integers(0, 5)), weight=draw(st.integers(1, 3))),
        ),
    )
