"""The chance of a closure agrees with closed forms within its stated error, is the same at every split, and says what it leaves out."""

import math
import random
import subprocess
import sys

import msgspec
import numpy as np
import pytest

from stafftalks.analysis.risk import Drawn, Question, Risk, draw, judge, run
from stafftalks.analysis.risk_columns import NEVER, problem
from stafftalks.analysis.risk_distributions import Distribution, Empirical, Fixed, Triangular
from stafftalks.analysis.risk_network import Closure, Link, Network, Step, Supply, Task, Use
from stafftalks.analysis.risk_passes import unlimited
from stafftalks.analysis.risk_serial import limited
from stafftalks.analysis.risk_statistics import proportion, quantile, tornado
from stafftalks.values.errors import MisuseError
from tests.analysis.networks import network

pytestmark = pytest.mark.xdist_group("compiled")
FREE = Question(policy="unconstrained")


def chain(*durations: Distribution) -> Network:
    tasks = [
        Task(f"A{place}", duration, (Link(f"A{place - 1}"),) if place else ())
        for place, duration in enumerate(durations)
    ]
    return Network(tuple(tasks))


def chance_by(answer, tick):
    return next(point.chance for point in answer.closings[0].curve if point.tick == tick)


def test_a_chain_has_the_mean_and_the_variance_of_its_sum():
    parts = [Triangular(100 * n, 200 * n, 500 * n) for n in (1, 2, 3, 4)]
    answer = run(chain(*parts), FREE)
    mean = sum(part.low + part.likely + part.high for part in parts) / 3
    variance = sum(
        (p.low**2 + p.likely**2 + p.high**2 - p.low * p.likely - p.low * p.high - p.likely * p.high) / 18 for p in parts
    )
    closing = answer.closings[0]
    assert closing.mean.low - 1 <= mean <= closing.mean.high + 1
    assert closing.deviation == pytest.approx(math.sqrt(variance), rel=0.03)
    assert all(task.share.value == 1 for task in answer.critical)
    bars = {bar.element: bar for bar in answer.tornado}
    for place, part in enumerate(parts):
        share = ((part.low**2 + part.likely**2 + part.high**2) - part.low * part.likely) / 18
        share = (share - (part.low * part.high + part.likely * part.high) / 18) / variance
        assert bars[f"A{place}"].share == pytest.approx(share, abs=0.04)
        assert bars[f"A{place}"].early < closing.mean.value < bars[f"A{place}"].late


def test_parallel_maxima_are_the_product_of_their_chances():
    values = tuple(range(1, 101))
    answer = run(
        Network(tuple(Task(f"A{n}", Empirical(values)) for n in range(5))),
        Question(seed=4, policy="unconstrained", dates=(50, 80, 95, 99)),
    )
    for tick in (50, 80, 95, 99):
        chance = chance_by(answer, tick)
        assert chance.low - 0.004 <= (tick / 100) ** 5 <= chance.high + 0.004
    for found in answer.closings[0].quantiles:
        assert found.low - 1 <= 100 * found.share**0.2 <= found.high + 1


def test_one_resource_that_serves_one_at_a_time_makes_a_sum_of_what_would_be_a_maximum():
    tasks = tuple(Task(f"A{n}", Empirical((10, 20, 30)), uses=(Use("quay", 1),)) for n in range(4))
    given = Network(tasks, (Supply("quay", (Step(5, 1),)),))
    answer = run(given, Question(draws=4000))
    mean = answer.closings[0].mean
    assert mean.low <= 5 + 4 * 20 <= mean.high
    assert answer.without_limits[0].mean.value < 30
    assert {task.share.value for task in answer.critical} == {1.0}
    assert "waiting for resources" in answer.account[2]


@pytest.mark.parametrize(("scale", "much"), [(1, 1), (25, 1), (400, 37)])
@pytest.mark.parametrize("seed", range(4))
def test_compiled_and_plain_ways_are_the_same_and_so_is_every_split(seed, scale, much):
    """Short and long against 64 ticks, with profiles that grow, and kept by every amount or only by those that are used."""
    made, faults = problem(network(30, seed, scale=scale, much=much), seed)
    assert not faults
    assert (made.columns.unit[0] == 0) == (much > 1)
    for way in (unlimited, limited):
        closed, critical = way(made, 0, 150, 1)
        plainly, plain_critical = way(made, 0, 150, 1, plain=True)
        assert (closed == plainly).all()
        assert (critical == plain_critical).all()
        parts = [way(made, first, count, 1) for first, count in ((0, 37), (37, 64), (101, 49))]
        assert (np.hstack([part[0] for part in parts]) == closed).all()
        assert (sum(part[1] for part in parts) == critical).all()
    assert tornado(made, closed[0], 9) == tornado(made, closed[0], 9, plain=True)


def test_pieces_make_the_same_answer_in_any_order():
    given, question = network(25, 3), Question(draws=500, seed=9, bars=5)
    made, faults = problem(given, 9)
    parts = [draw(made, question, first, count) for first, count in ((300, 200), (0, 123), (123, 177))]
    random.Random(1).shuffle(parts)
    assert judge(made, question, parts, faults) == run(given, question)
    with pytest.raises(MisuseError, match="missing or stand twice"):
        judge(made, question, parts[1:])
    assert isinstance(parts[0], Drawn)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_placed_keeps_to_arcs_and_never_holds_more_than_there_is(seed):
    """With fixed durations the scheme is one schedule: reckoned again here, tick by tick."""
    given = network(18, seed + 50)
    fixed = tuple(Task(t.id, Fixed(1 + n % 5), t.after, t.uses, None) for n, t in enumerate(given.tasks))
    given = Network(fixed, (Supply("quay", (Step(0, 3), Step(30, 5))), Supply("lift", (Step(4, 4), Step(20, 3)))))
    each = tuple(Closure(task.id, (task.id,)) for task in fixed)
    made, _ = problem(Network(given.tasks, given.supplies, each), 1)
    closed, _ = limited(made, 0, 1, 0)
    ended = {name: int(closed[row, 0]) for row, name in enumerate(made.closures)}
    there = {"quay": lambda tick: 3 if tick < 30 else 5, "lift": lambda tick: 0 if tick < 4 else 4 if tick < 20 else 3}
    for task in fixed:
        start = ended[task.id] - int(task.duration.value)
        assert start >= 0
        assert all(ended[link.task] + link.lag <= start for link in task.after)
    for tick in range(max(ended.values())):
        for name, amount in there.items():
            held = sum(
                use.amount
                for task in fixed
                for use in task.uses
                if use.resource == name and ended[task.id] - task.duration.value <= tick < ended[task.id]
            )
            assert held <= amount(tick)


def test_draws_go_on_until_the_error_asked_for_is_reached():
    given = chain(Triangular(0, 100, 2000), Triangular(0, 500, 600))
    loose = run(given, Question(policy="unconstrained", draws=50_000, error_ticks=20))
    assert loose.reached is True
    assert 1000 <= loose.draws < 50_000
    found = next(part for part in loose.closings[0].quantiles if part.share == 0.9)
    assert found.high - found.low <= 40
    tight = run(given, Question(policy="unconstrained", draws=2000, error_ticks=0.1))
    assert tight.reached is False
    assert tight.draws == 2000
    assert any("not reached" in line for line in tight.account)


def test_a_run_that_is_stopped_answers_with_what_it_has():
    told: list = []

    def watch(progress):
        told.append(progress)
        return len(told) < 2

    answer = run(network(10, 1), Question(draws=9000), watch=watch)
    assert answer.stopped
    assert answer.draws == 2000
    assert told[0].share == pytest.approx(1 / 9)
    assert (told[1].done, told[1].of) == (2000, 9000)


def test_the_intervals_hold_in_nineteen_of_twenty_repetitions():
    given = Network(tuple(Task(f"A{n}", Empirical(tuple(range(100)))) for n in range(2)))
    held = 0
    for seed in range(200):
        answer = run(given, Question(seed=seed, draws=400, policy="unconstrained", dates=(69,), bars=0))
        chance = chance_by(answer, 69)
        held += chance.low <= 0.49 <= chance.high
    assert held >= 180


def test_what_can_never_be_done_is_never_closed_and_says_so():
    tasks = (
        Task("A", Fixed(3), uses=(Use("quay", 2),)),
        Task("B", Fixed(1), (Link("A", -2),)),
        Task("C", Fixed(4), uses=(Use("quay", 1),)),
    )
    answer = run(Network(tasks, (Supply("quay", (Step(0, 1),)),), (Closure("C", ("C",)),)), Question(draws=50))
    whole, only = answer.closings
    assert whole.never.value == 1
    assert whole.quantiles[0].tick is None
    assert only.quantiles[0].tick == 4
    assert [(fault.element, fault.field) for fault in answer.faults] == [("A", "uses")]
    assert "however long" in answer.account[1]


def test_a_circle_is_named_and_the_rest_is_answered():
    tasks = (
        Task("A", Fixed(1), (Link("C"),)),
        Task("B", Fixed(1), (Link("A"),)),
        Task("C", Fixed(1), (Link("B"), Link("start"))),
        Task("later", Fixed(1), (Link("C"),)),
        Task("start", Fixed(2)),
        Task("free", Fixed(7), (Link("start"),)),
        Task("self", Fixed(7), (Link("self"),)),
    )
    answer = run(Network(tasks), Question(draws=10))
    assert answer.closings[0].quantiles[0].tick == 9
    first = next(fault for fault in answer.faults if fault.element in "ABC")
    assert any(ring in first.sentence for ring in ("A → B → C → A", "B → C → A → B", "C → A → B → C"))
    assert {fault.element for fault in answer.faults} == {first.element, "later", "self"}


def test_everything_that_cannot_be_reckoned_with_is_named_with_its_field():
    tasks = (
        Task("A", Triangular(5, 1, 2)),
        Task("A", Fixed(5)),
        Task("B", Fixed(2), (Link("nowhere"), Link("A", 2**30)), (Use("ship", 1), Use("quay", -1))),
        Task("C", Fixed(2), ready=Fixed(math.nan)),
    )
    supplies = (Supply("quay", (Step(0, 1),), Fixed(-1)), Supply("port", (Step(5, 1), Step(5, 2))), Supply("quay", ()))
    closures = (Closure("phase 1", ("B", "gone")), Closure("phase 2", ("gone",)), Closure("all", ("A",)))
    given = Network(tasks, supplies, closures)
    answer = run(given, Question(draws=10))
    assert sorted((fault.element, fault.field) for fault in answer.faults) == [
        ("A", "duration"),
        ("A", "id"),
        ("B", "after"),
        ("B", "after"),
        ("B", "uses"),
        ("B", "uses"),
        ("C", "ready"),
        ("all", "name"),
        ("phase 1", "tasks"),
        ("phase 2", "tasks"),
        ("port", "steps"),
        ("quay", "id"),
        ("quay", "opens"),
    ]
    assert answer.closings[0].quantiles[0].tick == 2
    assert [closing.name for closing in answer.closings] == ["all", "phase 1"]


@pytest.mark.parametrize(
    "question",
    [
        Question(goal="phase 9"),
        Question(draws=0),
        Question(draws=10_000_000),
        Question(quantiles=(1.0,)),
        Question(sure=0.0),
        Question(error_ticks=-1),
    ],
)
def test_a_question_without_meaning_is_refused_in_a_sentence(question):
    with pytest.raises(MisuseError, match=r"\.$"):
        run(chain(Fixed(1)), question)


def test_amounts_beyond_all_measure_are_answered_too():
    tasks = (Task("A", Fixed(1), uses=(Use("quay", 2**70),)), Task("B", Fixed(1), uses=(Use("ramp", 1),)))
    supplies = (Supply("quay", (Step(0, 2**31 - 2),)), Supply("ramp", (Step(0, 2**31 - 1),)))
    answer = run(Network(tasks, supplies), Question(draws=5))
    assert [(fault.element, fault.field) for fault in answer.faults] == [
        ("ramp", "steps"),
        ("A", "uses"),
        ("B", "uses"),
    ]
    assert answer.closings[0].never.value == 1


def test_nothing_at_all_and_too_long_a_time_are_refused():
    with pytest.raises(MisuseError, match="nothing to reckon with"):
        run(Network(()), Question())
    with pytest.raises(MisuseError, match="longer ticks"):
        run(chain(*[Fixed(2.0**23)] * 3), Question())


def test_intervals_and_quantiles_stay_in_range():
    assert proportion(0, 10).low == 0
    assert proportion(10, 10).high == 1
    few = np.array([1, 2, NEVER], np.float32)
    assert quantile(few, 0.5).tick == 2
    assert quantile(few, 0.99).tick is None


def test_a_network_and_its_answer_go_through_plain_text():
    given = network(8, 2)
    assert msgspec.json.decode(msgspec.json.encode(given), type=Network) == given
    answer = run(given, Question(draws=100))
    assert msgspec.json.decode(msgspec.json.encode(answer), type=Risk) == answer


def test_where_numba_is_not_installed_the_answer_is_the_same_to_the_bit():
    given, question = network(12, 3), Question(draws=120, seed=9)
    script = (
        "import sys; sys.modules['numba'] = None\n"
        "import msgspec\n"
        "from stafftalks.analysis.compiling import COMPILED\n"
        "from stafftalks.analysis.risk import Question, run\n"
        "from stafftalks.analysis.risk_network import Network\n"
        "network, question = msgspec.json.decode(sys.stdin.buffer.read(), type=tuple[Network, Question])\n"
        "sys.stdout.buffer.write(b'' if COMPILED else msgspec.json.encode(run(network, question)))\n"
    )
    made = subprocess.run(
        [sys.executable, "-c", script], input=msgspec.json.encode((given, question)), capture_output=True, check=True
    )
    assert msgspec.json.decode(made.stdout, type=Risk) == run(given, question)
