"""What came of schedule and risk runs, on their pages: closures, why each activity is where it is, what stands in the way and how to try what would do, how sure it is; tables and files beside every chart."""

import re
import time
from collections.abc import Callable

import msgspec
import pytest
from django.test import Client
from django.urls import reverse

from stafftalks.analysis.schedule import Answer, Closure, Placed, Problem, State, Ticks, Value
from stafftalks.analysis.schedule_assumptions import Granted, together
from stafftalks.services import elements, run_problems, run_reckoning, run_work, runs
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from stafftalks.services.run_rows import Limits, RiskWanted, RunAsk, RunId, ScheduleWanted, Wanted
from stafftalks.web.analyses import schedule_rows
from tests.fakes import AUDITOR, PLANNER
from tests.web import world as worlds
from tests.web.conftest import Enter
from tests.web.world import World, content

pytestmark = pytest.mark.xdist_group("schedule")


def text(answer: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))  # type: ignore[attr-defined]


def movements(hq: Headquarters, days: int, *, close_by: str = "C+9") -> dict[str, ElementRow]:
    """Three movements of so many days over a port that takes one at a time, and a march after the last."""

    def add(kind: str, title: str, **fields: object) -> ElementRow:
        return elements.add(hq, PLANNER, content(kind, title=title, contingency="Vael", **fields))

    rows = {"Port Y": add("resource", "Port Y", sort="port", capacity="400 t")}
    rows["North"] = add("plan", "North", phases=[{"id": "P1", "name": "Reception", "end": close_by}])
    plan = f"XMR/{rows['North'].id}"
    lasts = {"shortest": f"{days} days", "likeliest": f"{days} days", "longest": f"{days + 2} days"}
    for title in ("Brigade", "Guns", "Stores"):
        rows[title] = add(
            "activity", title, what=title, window="from C+1", plan=plan, phase="P1", duration=lasts,
            resources=[{"name": "Port Y", "quantity": "300 t"}],
        )  # fmt: skip
    rows["March"] = add(
        "activity", "March", what="March", window="C+1 to C+2", plan=plan, after=f"XMR/{rows['Stores'].id}"
    )
    return rows


def reckoned(hq: Headquarters, wanted: Wanted) -> RunId:
    """A run, reckoned here to its end."""
    run = runs.start(hq, PLANNER, RunAsk(wanted, "Vael", private=True, limits=Limits(5, 512)))
    taken = run_work.take(hq)
    assert taken is not None
    frozen = run_problems.frozen(taken.problem)
    answer = run_reckoning.reckon(frozen, 5, time.monotonic, lambda _: True, lambda _: None)
    run_work.keep(hq, run, run_problems.raw(answer.answered))
    run_work.end(hq, run, "done", "", 1.0)
    return run


@pytest.fixture
def world(put: Callable[[World], World]) -> World:
    return put(worlds.empty())


@pytest.fixture
def client(enter: Enter) -> Client:
    return enter(PLANNER)


def test_a_schedule_says_when_phases_close_why_nothing_is_earlier_and_what_plans_say(
    world: World, client: Client
) -> None:
    rows = movements(world.hq, 2)
    run = reckoned(world.hq, ScheduleWanted(workers=1))
    page = client.get(reverse("analysis", args=[run]))
    said, raw = text(page), page.content.decode()
    assert "Every phase that is due closes in time." in said
    assert "this is proved best" in said
    assert "checked by a second program" in said
    assert "It waits for what is given back then: Port Y" in said
    assert "North: Reception C+8 C+9 1 day early" in said
    assert "March ends" not in said
    assert re.search(r"March .*? ends .*? after its window", said)
    assert reverse("element-edit", args=[rows["March"].id]) in raw
    assert reverse("element-version", args=[rows["Guns"].id, rows["Guns"].version]) in raw
    assert 'id="chart-gantt"' in raw
    critical = text(client.get(reverse("analysis", args=[run]), {"only": "late"}))
    assert "None of the activities is such a one." in critical
    told = client.get(reverse("analysis", args=[run]), {"chart": "gantt", "take": "csv"})
    assert told["Content-Type"].startswith("text/csv")
    assert "Brigade" in told.content.decode()
    assert "RESTRICTED" in told.content.decode(), "its marking goes with it"
    assert client.get(reverse("analysis", args=[run]), {"chart": "gantt", "take": "exe"}).status_code == 404


def test_what_stands_in_the_way_is_told_with_its_elements_and_what_would_do_is_tried_without_changing_a_plan(
    world: World, client: Client, enter: Enter
) -> None:
    rows = movements(world.hq, 2, close_by="C+4")
    run = reckoned(world.hq, ScheduleWanted(must=True, workers=1))
    page = client.get(reverse("analysis", args=[run]))
    said, raw = text(page), page.content.decode()
    assert "There is no schedule: that is proved." in said
    assert "What cannot hold together" in said
    assert "What would do, the least first" in said
    assert reverse("element-version", args=[rows["Port Y"].id, rows["Port Y"].version]) in raw
    (first, *_more) = re.findall(r'name="given" value="([^"]*)"', raw)
    versions = {row.id: row.version for row in world.hq.holdings.find()[1]}
    tried = client.post(reverse("analysis-again", args=[run]), {"given": first.replace("&quot;", '"')})
    assert tried.status_code == 302
    ask = runs.one(world.hq, RunId(tried["Location"].split("/")[-2])).ask
    assert isinstance(ask.wanted, ScheduleWanted)
    assert ask.wanted.must
    assert ask.wanted.given
    assert {row.id: row.version for row in world.hq.holdings.find()[1]} == versions
    assert "Taken as given in this run, and changed in no plan" not in text(client.get(tried["Location"]))
    solved = reckoned(world.hq, msgspec.structs.replace(ask.wanted, workers=1))
    said = text(client.get(reverse("analysis", args=[solved])))
    assert "Taken as given in this run, and changed in no plan" in said
    assert "There is no schedule" not in said
    assert "Try it in a new run" not in text(enter(AUDITOR).get(reverse("analysis", args=[run]))), "auditors read"
    wrong = client.post(reverse("analysis-again", args=[run]), {"given": '[{"kind": "magic", "name": "x"}]'})
    assert wrong.status_code == 422
    assert "These changes cannot be read" in text(wrong)


def test_risk_says_by_when_how_surely_and_with_nothing_short_beside(world: World, client: Client) -> None:
    movements(world.hq, 2)
    run = reckoned(world.hq, RiskWanted(draws=1000, goal="North: Reception", by=("C+9",)))
    page = client.get(reverse("analysis", args=[run]))
    said, raw = text(page), page.content.decode()
    assert re.search(r"North: Reception: closed by C\+\d+\S* in 90 % of the draws", said)
    assert "With nothing short it would be C+" in said
    assert "1,000 draws with seed 1" in said
    assert re.search(r"North: Reception C\+9 \(due\) [\d.]+ % [\d.]+ % to [\d.]+ %", said)
    assert 'id="chart-closure"' in raw
    assert 'id="chart-tornado"' in raw
    assert "how long it lasts" in said
    other = text(client.get(reverse("analysis", args=[run]), {"closing": "all"}))
    assert "How surely it is closed by when: Everything" in other


def test_changes_add_up() -> None:
    one, more, gone = Granted("resource", "port", 2), Granted("resource", "port", 3), Granted("order", "agreed")
    assert together((one, gone), (more,)) == (Granted("resource", "port", 5), gone)
    assert together((gone,), (Granted("order", "agreed", 1),)) == (gone,)


def test_the_same_is_asked_with_one_thing_otherwise_or_by_its_form(world: World, client: Client) -> None:
    movements(world.hq, 2)
    run = reckoned(world.hq, ScheduleWanted(workers=1, seed=7))
    raw = client.get(reverse("analysis", args=[run])).content.decode()
    assert '<option value="resource:port y">Port Y (400 t)</option>' in raw
    sent = {"of": "resource:port y", "by": "-150"}
    less = client.post(reverse("analysis-again", args=[run]), sent)
    assert less.status_code == 302
    ask = runs.one(world.hq, RunId(less["Location"].split("/")[-2])).ask
    assert isinstance(ask.wanted, ScheduleWanted)
    assert ask.wanted.given == (Granted("resource", "port y", -150),)
    assert "1 change that no plan makes" in text(client.get(less["Location"]))
    assert run_work.take(world.hq) is not None
    fewer = reckoned(world.hq, ask.wanted)
    said = text(client.get(reverse("analysis", args=[fewer])))
    assert "150 t less of “Port Y” at all times" in said
    wrong = client.post(reverse("analysis-again", args=[run]), {**sent, "by": "a lot"})
    assert wrong.status_code == 422
    assert 'value="a lot"' in wrong.content.decode(), "what was typed stays"
    form = client.get(reverse("analysis-new", args=["schedule"]), {"like": run}).content.decode()
    assert 'value="7"' in form
    assert re.search(r'<option value="Vael" selected>', form)
    other = client.get(reverse("analysis-new", args=["risk"]), {"like": run})
    assert other.status_code == 200
    assert 'value="7"' not in other.content.decode()


def test_how_sure_a_schedule_is_is_asked_with_the_ways_that_it_chose(world: World, client: Client) -> None:
    hq = world.hq
    quay = elements.add(
        hq, PLANNER, content("resource", title="Quay", contingency="Vael", sort="port", capacity="1 item")
    )
    both = [
        {"name": "by sea", "duration": {"likeliest": "3 d"}, "resources": [{"name": "Quay", "quantity": "1 item"}]},
        {"name": "by air", "duration": {"likeliest": "1 d"}},
    ]
    stores = elements.add(
        hq,
        PLANNER,
        content("activity", title="Stores", contingency="Vael", what="Stores", window="from C+1", modes=both),
    )
    run = reckoned(hq, ScheduleWanted(workers=1))
    assert "by air" in text(client.get(reverse("analysis", args=[run])))
    begun = client.post(reverse("analysis-surely", args=[run]))
    assert begun.status_code == 302
    ask = runs.one(hq, RunId(begun["Location"].split("/")[-2])).ask
    assert isinstance(ask.wanted, RiskWanted)
    assert ask.wanted.ways == ((f"XMR/{stores.id}", 1),)
    said = text(client.get(begun["Location"]))
    assert "it is reckoned with “by air”" in said
    assert "as a schedule chose" in said
    waiting = RunId(begun["Location"].split("/")[-2])
    refused = client.post(reverse("analysis-surely", args=[waiting]))
    assert refused.status_code == 422
    assert "No schedule was found by this run" in text(refused)
    assert elements.get(hq, quay.id).version == quay.version


@pytest.mark.parametrize(
    ("state", "value", "bound", "closes", "proved", "said"),
    [
        ("optimal", Value(0, 48), Value(0, 48), 40, True, "Every phase that is due closes in time."),
        ("optimal", Value(8, 56), Value(8, 56), 56, True, "Together they are 8 hours late."),
        ("feasible", Value(0, 60), Value(0, 48), 40, False, "None can end before C+2; between the two nothing is proved."),
        ("feasible", Value(24, 72), Value(8, 48), 72, False, "no schedule is less than 8 hours late"),
        ("feasible", Value(24, 96), Value(24, 72), 72, False, "No schedule is less late: that is proved."),
        ("unknown", None, None, 0, False, "none was proved not to exist"),
        ("infeasible", None, None, 0, False, "There is no schedule: that is proved."),
    ],
)  # fmt: skip
def test_proved_best_is_said_only_where_it_is(
    state: State, value: Value | None, bound: Value | None, closes: int, proved: bool, said: str
) -> None:
    problem = Problem(activities=(), ticks=Ticks("C", 24))
    placed = (Placed("a", 0, 0, closes),) if value else ()
    closed = (Closure("p", closes, 48, max(closes - 48, 0)),) if value else ()
    answer = Answer(state=state, value=value, bound=bound, placed=placed, closures=closed)
    told = " ".join(schedule_rows.verdict(problem, answer).sentences)
    assert ("proved best" in told) == proved
    assert said in told
