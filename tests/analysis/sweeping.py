"""Small problems for sweeps, one of each analysis."""

from stafftalks.analysis.coverage_values import Need, Offer, Scenario
from stafftalks.analysis.options_problem import Choice, Force, Requirement
from stafftalks.analysis.options_problem import Scenario as Way
from stafftalks.analysis.risk_distributions import Fixed, Triangular
from stafftalks.analysis.risk_network import Closure, Link, Network, Step, Supply, Task
from stafftalks.analysis.risk_network import Use as Takes
from stafftalks.analysis.schedule import Activity, Arc, Mode, Phase, Problem, Resource, Use
from stafftalks.analysis.sweep_points import Assumption, Case, Change, Sweep
from stafftalks.analysis.sweep_values import CoverageSubject, OptionsSubject, RiskSubject, ScheduleSubject

COVERAGE = CoverageSubject(
    (Scenario("flood", ("B1", "B2")),),
    (Need("lift", "flood", (), 400, "t", 1, 9), Need("boats", "flood", ("B2",), 3, "items", 5, None)),
    (
        Offer("c1", "lift", "XMR", quantity=300, unit="t", start=1, end=9, force="Wing 7", through=("Port Y",)),
        Offer("c2", "lift", "XTV", quantity=150, unit="t", start=1, end=9, force="Wing 9"),
        Offer("c3", "boats", "XTV", quantity=4, unit="items", force="Brigade"),
    ),
)
SCHEDULE = ScheduleSubject(
    Problem(
        activities=(
            Activity(id="load", modes=(Mode("sea", 3, (Use("port", 2),)), Mode("air", 1, (Use("planes", 1),)))),
            Activity(id="march", modes=(Mode("", 2, (Use("port", 1),)),)),
        ),
        arcs=(Arc("load", "march"),),
        resources=(Resource(id="port", capacity=2), Resource(id="planes", capacity=1)),
        phases=(Phase(id="closed", activities=("load", "march"), due=3),),
    ),
    schedules=40,
    branches={"load": ("B1", "B2"), "march": ("B2",)},
)
RISK = RiskSubject(
    Network(
        (
            Task("load", Triangular(1, 2, 6), uses=(Takes("quay", 1),)),
            Task("sail", Fixed(4), (Link("load"),)),
            Task("store", Triangular(1, 2, 3), uses=(Takes("quay", 1),)),
        ),
        (Supply("quay", (Step(0, 1),)),),
        (Closure("there", ("sail",)),),
    ),
    goal="there",
    draws=200,
    by=9,
)
OPTIONS = OptionsSubject(
    Choice(
        (
            Force("a", "XMR", {"boats": 2}),
            Force("b", "XTV", {"boats": 2}),
            Force("c", "XTV", {"boats": 1, "lift": 3}, notice=1),
        ),
        (Requirement("r1", "boats", 3, start=2), Requirement("r2", "lift", 3)),
        (Way("S1", {"XMR": 1}, "B1"), Way("S2", {"XMR": 2}, "B2", needs={"r2": 0})),
    )
)
PORT = Assumption(
    "Port Y is open", (Case("half", (Change("Port Y", share=50),)), Case("shut", (Change("Port Y", share=0),)))
)
SWEEP = Sweep(branches=("B1", "B2"), assumptions=(PORT,), forces=("Wing 7", "Wing 9", "Brigade"), at_most=2)
