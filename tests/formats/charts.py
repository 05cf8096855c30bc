"""One chart of each sort, of a small cast of rows."""

import math

from stafftalks.formats.charts import closure, contributions, coverage, effects, gantt, network, options, tornado
from stafftalks.formats.charts.chart import Axis, Chart

RELATIVE = Axis(anchor="C", tick_s=3600)
DATED = Axis(dated=True, tick_s=3600, zero=1_800_000_000)
KEYS = tuple(f"XMR/{letter * 26}" for letter in "abcdefgh")
STATES = ("gap", "partial", "unmeasured", "filled", "over-offered")


def covered(axis: Axis = RELATIVE) -> Chart:
    """Three requirements, open at the beginning and at the end, of which two are called alike."""
    cells = [
        coverage.Cell(
            key=KEYS[line], line="Airlift (B1)", start=None if line == 0 and at == 0 else at * 24,
            end=None if line == 2 and at == 4 else at * 24 + 23, state=state, told=f"{state}, 3 t", cells=("Airlift", state),
        )
        for line in range(3)
        for at, state in enumerate(STATES)
    ]  # fmt: skip
    return coverage.heat(cells, axis, ("Requirement", "State"))


def closed(axis: Axis = RELATIVE) -> Chart:
    """Two curves, the first with quantiles, and a date that matters."""
    chances = [(tick, 1 / (1 + math.exp((100 - tick) / 12))) for tick in range(40, 170, 3)]
    points = tuple(
        closure.Point(tick, chance, max(0.0, chance - 0.02), min(1.0, chance + 0.02)) for tick, chance in chances
    )
    marks = (
        closure.Mark(0.5, 100, 99, 101, "C+4/H+4", "± 1 h"),
        closure.Mark(0.9, 126, 124, 129, "C+5/H+6", "± 3 h"),
        closure.Mark(0.99, None, None, None, "never"),
    )
    curves = (closure.Curve("with what there is", points, marks), closure.Curve("with no limits", points[:20]))
    return closure.curve(curves, axis, dues=(closure.Due("Phase 2", 130),))


def stormy(axis: Axis = RELATIVE) -> Chart:
    """Bars that overlap the mean and one that runs the other way."""
    bars = [
        tornado.Bar(
            key=key, name=f"Unloading {at}", early=60 + 5 * at, late=150 - 9 * at, said_early="C+2", said_late="C+6",
            correlation=0.6 - at / 10, error=0.02, share=0.3,
        )
        for at, key in enumerate(KEYS)
    ]  # fmt: skip
    return tornado.tornado(bars, axis, mean=100, goal="Phase 2")


def scheduled(axis: Axis = RELATIVE) -> Chart:
    """Two modes, one bar late, a due date, a resource whose amount is not known for a while, and one that nobody uses."""
    bars = [
        gantt.Bar(
            key=key, name="Move" if at < 2 else f"Move {at}", start=at * 12, end=at * 12 + 20, group=("by sea", "by air")[at % 2],
            late=at == 5, said_start="C", said_end="C+1",
        )
        for at, key in enumerate(KEYS)
    ]  # fmt: skip
    profiles = (
        gantt.Profile(
            name="Port Y", unit="t a day", used=((0, 100), (30, 350), (70, 0)), capacity=((0, 400), (40, None), (80, 200))
        ),
        gantt.Profile(name="Lift", used=(), capacity=()),
    )  # fmt: skip
    dues = (gantt.Due(name="Phase 1", tick=72, said="C+3", closes="C+4"),)
    return gantt.gantt(bars, axis, dues=dues, profiles=profiles)


def bought() -> Chart:
    """A front of four, of which two have as many forces, and two options made for one branch."""
    rows = [
        options.Option(
            name=f"Mix {at}", forces=forces, worst=worst, average=worst / 2, said_worst=f"{worst:.2f}", said_average=f"{worst / 2:.2f}", sure="proven",
        )
        for at, (forces, worst) in enumerate([(0, 4.0), (2, 2.5), (2, 2.25), (5, 1.0)])
    ]  # fmt: skip
    single = {"average": None, "said_average": "", "sure": "not proven", "alone": True}
    alone = [
        options.Option(name=name, forces=3, worst=3.5, said_worst="3.50", **single)
        for name in ("Dam breaks", "It holds")
    ]
    return options.front([*rows, *alone])


def shared() -> Chart:
    """Two sides that cannot be told apart, and one that brings nothing."""
    shares = [
        contributions.Share(name="XMR", alone=10, last=4, average=7, error=0.5, rank=1),
        contributions.Share(name="XTV", alone=9, last=5, average=7, error=0.5, rank=1),
        contributions.Share(name="XQZ", alone=0, last=0, average=0, error=0, rank=3),
    ]
    return contributions.bars(shares)


def swept() -> Chart:
    """A force that does most, an assumption with three cases of which one says nothing, and a branch that does nothing."""
    level = effects.Level
    factors = (
        effects.Factor(name="Wing 7", levels=(level("there", 0.4, 9, 2), level("left out", 1.6, 9, 9)), share=0.7, key=KEYS[0]),
        effects.Factor(name="Port Y is open", levels=(level("as planned", 0.7, 6, 3), level("half", 1.1, 6, 4), level("shut", None, 6, 6)), share=0.2),
        effects.Factor(name="branch", levels=(level("B1", 1.0, 9, 5), level("B2", 1.0, 9, 6)), share=0.0),
    )  # fmt: skip
    return effects.effects(factors, "short")


def critical() -> Chart:
    """A network with a circle in what it was given, which nobody draws."""
    nodes = [
        network.Node(key=key, name=f"Unloading of convoy number {at}", share=at / 8, low=at / 9, high=(at + 1) / 8)
        for at, key in enumerate(KEYS)
    ]
    arcs = [(KEYS[0], KEYS[2]), (KEYS[1], KEYS[2]), (KEYS[2], KEYS[3]), (KEYS[2], KEYS[4]), (KEYS[3], KEYS[7])]
    return network.criticality(
        nodes, [*arcs, (KEYS[4], KEYS[7]), (KEYS[7], KEYS[0]), (KEYS[5], KEYS[6])], goal="Phase 2"
    )


def every() -> list[Chart]:
    """All of them; where time is drawn from an anchor, and the first two with dates too."""
    made = (covered(), closed(), stormy(), scheduled(), covered(DATED), closed(DATED))
    return [*made, bought(), shared(), swept(), critical()]


def empty() -> list[Chart]:
    """The same with nothing in them."""
    return [
        coverage.heat((), RELATIVE, ()),
        closure.curve((), DATED),
        tornado.tornado((), RELATIVE),
        gantt.gantt((), DATED),
        options.front(()),
        contributions.bars(()),
        effects.effects((), "short"),
        network.criticality((), ()),
    ]
