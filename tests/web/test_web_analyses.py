"""Pages of long analyses: begun with limits, told live, stopped and forgotten; who may see a result, what it stands on and what has moved on since stand on it."""

import re
import time
from collections.abc import Callable

import pytest
from django.urls import reverse

from stafftalks.services import elements, run_problems, run_reckoning, run_work, runs
from stafftalks.services.ports import Headquarters
from stafftalks.services.run_rows import OptionsWanted, RiskWanted, RunId
from tests.browser.rooms import analyses as room
from tests.fakes import ADMINISTRATOR, AUDITOR, OFFICER, PLANNER
from tests.web import world as worlds
from tests.web.conftest import Enter
from tests.web.world import World, content


def text(answer: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))  # type: ignore[attr-defined]


@pytest.fixture
def world(story: World) -> World:
    """The story with runs in every state."""
    room.prepare(story)
    return story


def in_state(world: World, state: str) -> RunId:
    return next(row.id for row in runs.window(world.hq)[1] if row.stands.state == state)


def url(name: str, run: str) -> str:
    return reverse(name, args=[run])


def typed(**said: object) -> dict[str, object]:
    return {"contingency": "", "private": "on", "seconds": "60", "memory_mb": "512", "seed": "1", **said}


def reckoned(hq: Headquarters, run: RunId) -> None:
    """The run, reckoned here to its end."""
    while (taken := run_work.take(hq)) is not None:
        if taken.row.id != run:
            run_work.end(hq, taken.row.id, "failed", "It was in the way.", 0.0)
            continue
        frozen = run_problems.frozen(taken.problem)
        answer = run_reckoning.reckon(frozen, 60, time.monotonic, lambda _: True, lambda _: None)
        run_work.keep(hq, run, run_problems.raw(answer.answered))
        run_work.end(hq, run, "done", "", 1.0)


def offered(hq: Headquarters) -> None:
    """A requirement, and a contribution to it."""
    scenario = elements.add(
        hq, PLANNER, content("scenario", title="Flood", branches=[{"id": "B1", "title": "Dam breaks"}])
    )
    need = elements.add(
        hq, PLANNER, content("requirement", title="Airlift", serial="1", capability="LIFT", quantity="400 t", scenario=f"XMR/{scenario.id}")
    )  # fmt: skip
    promised = {"what": "Wing", "party": "XMR", "requirement": f"XMR/{need.id}", "quantity": "300 t", "promise": "firm"}
    elements.add(
        hq, PLANNER, content("option", title="By air", scenario=f"XMR/{scenario.id}", contributions=[promised])
    )


def test_an_empty_list_says_what_analyses_are(put: Callable[[World], World], enter: Enter) -> None:
    put(worlds.empty())
    said = text(enter(PLANNER).get(reverse("analyses")))
    assert "Questions to all plans together that take a while to answer." in said
    assert "Nothing has been asked yet." in said
    nothing = enter(PLANNER).post(url("analysis-new", "schedule"), typed())
    assert nothing.status_code == 422
    assert "There is nothing to reckon: no activity stands here." in text(nothing)


def test_a_run_is_begun_with_its_limits_and_shown(world: World, enter: Enter) -> None:
    client = enter(PLANNER)
    sent = client.post(url("analysis-new", "schedule"), typed(seconds="300", memory_mb="1024", must="on", seed="7"))
    assert sent.status_code == 302
    run = RunId(sent["Location"].split("/")[-2])
    ask = runs.one(world.hq, run).ask
    assert (ask.wanted.must, ask.wanted.seed, ask.limits.seconds, ask.limits.memory_mb) == (True, 7, 300, 1024)
    said = text(client.get(sent["Location"]))
    assert "It waits for its turn." in said
    assert "it stays home" in said
    wrong = client.post(url("analysis-new", "risk"), typed(goal="all", by="soon", draws="0"))
    assert wrong.status_code == 422
    assert 'value="0"' in wrong.content.decode(), "what was typed stays"


def test_how_far_it_is_is_told_until_it_ends_and_then_the_page_is_drawn_anew(world: World, enter: Enter) -> None:
    client, run = enter(PLANNER), in_state(world, "running")
    page = client.get(url("analysis", run))
    assert f'hx-get="{url("analysis-progress", run)}"' in page.content.decode()
    told = client.get(url("analysis-progress", run))
    said = text(told)
    assert "40 %" in said
    assert "20.0%" in said, "the gap"
    assert "24 seconds" in said
    assert "HX-Refresh" not in told
    assert client.post(url("analysis-stop", run)).status_code == 302
    assert "Stop, and keep the best so far" not in text(client.get(url("analysis", run)))
    run_work.end(world.hq, run, "stopped", "It was stopped.", 25.0)
    ended = client.get(url("analysis-progress", run))
    assert ended["HX-Refresh"] == "true"
    assert "hx-get" not in ended.content.decode()
    said = text(client.get(url("analysis", run)))
    assert "It was stopped. The best so far is kept." in said
    assert "What follows is the best that was found before it ended." in said


def test_a_result_says_what_it_stands_on_who_may_see_it_and_what_has_moved_on(world: World, enter: Enter) -> None:
    run = in_state(world, "done")
    page = enter(AUDITOR).get(url("analysis", run))
    said = text(page)
    assert "Stale: 1 thing has moved on since this was asked." in said
    assert "“Sweep of the northern lane” was revised" in said
    assert "and nobody else: it stays home" in said
    assert "Ask again" not in said, "auditors read"
    row = runs.one(world.hq, run)
    for each in row.basis.inputs:
        element = each.element.partition("/")[2]
        assert (
            f"/elements/{element}/versions/{each.version}/" in page.content.decode() or element in page.content.decode()
        )
    assert 'class="banner' in page.content.decode()


def test_risk_and_options_are_told(world: World, enter: Enter) -> None:
    client, hq = enter(OFFICER), world.hq
    risky = room.started(hq, RiskWanted(draws=40, by=("2027-05-30",)))
    reckoned(hq, risky)
    said = text(client.get(url("analysis", risky)))
    assert "40 draws with seed 1" in said
    written = client.post(url("analysis-write", risky), follow=True)
    assert "Written at home as a draft of ours." in text(written)
    assert "How sure closures are, reckoned" in text(written)
    assert "Written from this" in text(client.get(url("analysis", risky)))
    assert "Critical" in said
    offered(hq)
    chosen = room.started(hq, OptionsWanted())
    reckoned(hq, chosen)
    said = text(client.get(url("analysis", chosen)))
    assert "What holds up across all branches" in said
    assert "What each side takes off the worst case" in said
    assert "Wing" in said


def test_it_is_begun_again_and_forgotten(world: World, enter: Enter) -> None:
    client, run = enter(PLANNER), in_state(world, "failed")
    assert "It needed more than the 512 MB" in text(client.get(url("analysis", run)))
    again = client.post(url("analysis-again", run))
    assert again.status_code == 302
    assert again["Location"] != url("analysis", run)
    under_way = in_state(world, "running")
    refused = client.post(url("analysis-forget", under_way))
    assert refused.status_code == 422
    assert "stop it first" in text(refused)
    assert client.post(url("analysis-forget", run)).status_code == 302
    assert client.get(url("analysis", run)).status_code == 404


def test_who_neither_plans_nor_audits_sees_nothing_and_who_audits_changes_nothing(world: World, enter: Enter) -> None:
    run = in_state(world, "done")
    outsider = enter(ADMINISTRATOR)
    for path in (reverse("analyses"), url("analysis", run), url("analysis-progress", run), url("analysis-new", "risk")):
        answer = outsider.get(path)
        assert answer.status_code == 403
        assert "Sweep" not in text(answer)
    auditor = enter(AUDITOR)
    for act in ("stop", "again", "forget"):
        for client in (outsider, auditor):
            assert client.post(url(f"analysis-{act}", run)).status_code == 403
        assert auditor.get(url(f"analysis-{act}", run)).status_code == 405
    assert auditor.post(url("analysis-new", "schedule"), typed()).status_code == 403
    assert runs.window(world.hq)[0] == 5
