"""Pages of what-ifs: begun by a form, reckoned by whatever reckons sweeps, stopped and gone on with, read as table, picture and files."""

import io
import itertools
from contextlib import nullcontext

import pyarrow.parquet as pq
import pytest
from django.urls import reverse

from stafftalks.services import elements, runs
from stafftalks.services.run_rows import RunId
from stafftalks.services.sweep_cores import OnCores
from stafftalks.site import sweep_running
from stafftalks.site.running import RunRunner
from tests.fakes import ADMINISTRATOR, AUDITOR, OFFICER, PLANNER, FakeWorkers
from tests.web.conftest import Enter
from tests.web.test_web_analyses import offered, text, typed, url
from tests.web.world import World, content


@pytest.fixture
def world(story: World) -> World:
    offered(story.hq)
    return story


def reckoned(world: World) -> None:
    """Every run that waits, by the runner that serves the pages, on one core."""
    RunRunner(world.hq, sweeping=lambda _memory_mb: nullcontext(OnCores(FakeWorkers()))).look()


def asked(world: World, enter: Enter, **said: object) -> RunId:
    form = {"of": "coverage", "leave_out": "each", "at_most": "1", "seeds": "1", "effort": "50", "goal": "all"}
    answer = enter(PLANNER).post(url("analysis-new", "sweep"), typed(**{**form, **said}))
    assert answer.status_code == 302, text(answer)
    return RunId(answer["Location"].rstrip("/").rpartition("/")[2])


def test_what_ifs_are_asked_reckoned_and_read(world: World, enter: Enter) -> None:
    run = asked(world, enter, leave_out="XMR", assumptions="XMR 50% | XMR 0%")
    client = enter(PLANNER)
    assert "waits for its turn" in text(client.get(url("analysis", run)))
    reckoned(world)
    page = text(client.get(url("analysis", run)))
    assert runs.one(world.hq, run).stands.state == "done"
    for words in (
        "points",
        "What each that is varied does",
        "XMR 50% | XMR 0%",
        "It stays home",
        "All rows as Parquet",
    ):
        assert words.lower() in page.lower(), words
    sifted = client.get(url("analysis", run), {"met": "no", "sort": "-short", "a0": "as planned", "without": "XMR"})
    assert sifted.status_code == 200
    assert sifted.context["window"].total == 1
    assert "No point is such a one" in text(client.get(url("analysis", run), {"met": "yes", "without": "XMR"}))
    assert client.get(url("analysis", run), {"chart": "effects", "take": "svg"})["Content-Type"] == "image/svg+xml"


def test_rows_are_taken_out_with_their_marking_and_the_journal_keeps_by_whom(world: World, enter: Enter) -> None:
    run = asked(world, enter, leave_out="XMR")
    reckoned(world)
    client = enter(AUDITOR)
    table = pq.read_table(io.BytesIO(client.get(reverse("analysis-rows", args=[run, "parquet"])).content))
    assert table.schema.metadata[b"stays home"] == b"yes"
    assert b"XMR/" in table.schema.metadata[b"stafftalks"]
    lines = client.get(reverse("analysis-rows", args=[run, "csv"])).content.decode().splitlines()
    assert "It stays home" in lines[0]
    assert len(lines) == 2 + table.num_rows
    _count, journal = world.hq.journal.find(limit=3)
    assert any("Rows of an analysis, as CSV." in line.sentence for line in journal)
    assert client.get(reverse("analysis-rows", args=[run, "exe"])).status_code == 404


def test_one_that_was_stopped_goes_on_with_what_lacks(
    world: World, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = asked(world, enter, leave_out="", assumptions="\n".join(f"XMR {share}%" for share in (10, 20, 30)))
    monkeypatch.setattr(sweep_running, "TOLD_S", -1.0)
    told = itertools.count()
    with monkeypatch.context() as changed:
        changed.setattr(sweep_running._Watching, "__call__", lambda self, _progress: next(told) < 3 or _cut(self))
        reckoned(world)
    row, result = runs.one(world.hq, run), runs.result(world.hq, run)
    assert (row.stands.state, row.stands.answered) == ("stopped", True)
    assert result is not None
    assert 0 < result.answered.done < 8
    client = enter(OFFICER)
    assert "Go on with it" in text(client.get(url("analysis", run)))
    answer = client.post(url("analysis-go-on", run))
    later = RunId(answer["Location"].rstrip("/").rpartition("/")[2])
    reckoned(world)
    whole = runs.result(world.hq, later)
    assert whole is not None
    assert whole.answered.done == 8
    assert runs.one(world.hq, later).stands.state == "done"
    assert "Only a sweep that ended before it was whole" in text(client.post(url("analysis-go-on", later)))
    alone = asked(world, enter, leave_out="", assumptions="\n".join(f"XMR {share}%" for share in (10, 20, 30)))
    reckoned(world)
    assert runs.result(world.hq, alone).answered.result == whole.answered.result


def _cut(watching: sweep_running._Watching) -> bool:
    watching.cut = True
    return False


def test_what_has_no_meaning_is_told_beside_the_form(world: World, enter: Enter) -> None:
    form = {"of": "coverage", "leave_out": "", "at_most": "1", "seeds": "1", "effort": "50", "goal": "all"}
    client = enter(PLANNER)
    for said, words in (
        ({}, "Nothing is varied"),
        ({"leave_out": "Wing 9"}, "There is no force “Wing 9” here"),
        ({"branches": "B7"}, "There is no branch “B7” here"),
        ({"assumptions": "Port Y"}, "says no change"),
        ({"leave_out": "XMR", "at_most": "3"}, "write 1 to 1"),
        ({"of": "schedule", "leave_out": "each"}, "There is no force here that could be varied"),
    ):
        answer = client.post(url("analysis-new", "sweep"), typed(**{**form, **said}))
        assert answer.status_code == 422
        assert words in text(answer), said


def test_nothing_is_shown_to_whom_it_does_not_concern(world: World, enter: Enter) -> None:
    run = asked(world, enter, leave_out="XMR")
    reckoned(world)
    client = enter(ADMINISTRATOR)
    assert client.get(reverse("analysis-rows", args=[run, "csv"])).status_code == 403
    assert enter(AUDITOR).post(url("analysis-go-on", run)).status_code == 403


def test_an_empty_story_says_what_is_missing(world: World, enter: Enter) -> None:
    elements.add(world.hq, PLANNER, content("scenario", title="Drought"))
    said = text(enter(PLANNER).get(url("analysis-new", "sweep")))
    assert "the same question again and again" in said


def test_no_draft_is_written_of_what_ifs_and_that_is_said(world: World, enter: Enter) -> None:
    run = asked(world, enter, leave_out="XMR")
    reckoned(world)
    answer = enter(PLANNER).post(url("analysis-write", run))
    assert answer.status_code == 422
    assert "Of what-ifs no draft is written" in text(answer)
