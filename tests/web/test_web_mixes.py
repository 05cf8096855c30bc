"""What a run of options came to, as its page tells it: what holds up beside what is made for one branch, who brings what, until when to decide; taken as a file, and written as a draft."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import msgspec
import pytest
from django.urls import reverse

from stafftalks.services import run_problems, runs
from stafftalks.services.run_problems import OptionsAnswered
from stafftalks.services.run_rows import RunId
from tests.fakes import AUDITOR, PLANNER
from tests.services import scenes
from tests.services.mixes import Flood, add, ask, flood, reckoned, ref
from tests.web.conftest import Enter
from tests.web.world import World


def text(answer: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))  # type: ignore[attr-defined]


@pytest.fixture
def there(put: Callable[[World], World]) -> Flood:
    """Two parties that could meet a flood together, and our own pages."""
    found = flood(*scenes.house("XMR", "XTV"))
    put(SimpleNamespace(hq=found.ours))  # type: ignore[arg-type]
    return found


def page_of(run: RunId) -> str:
    return reverse("analysis", args=[run])


def test_what_holds_up_stands_beside_what_is_made_for_one_branch(there: Flood, enter: Enter) -> None:
    run = reckoned(there.ours)
    answer = enter(PLANNER).get(page_of(run))
    said = text(answer)
    assert "With 3 of 3 forces 0.25 stays short at worst, in “It holds”, and 0.21 on average." in said
    assert "The best of the mixes that are made for one branch alone leaves 1.00 short at worst" in said
    assert "With no more forces than that (2) another mix leaves 0.25." in said
    assert "Worst case: proven: no mix leaves less" in said
    assert "tied with" in said
    assert "after C+2: 1.00 short instead of 0.25" in said
    assert "The dam holds" in said
    assert "it stays home" in said
    page = answer.content.decode()
    for row in (there.wing, there.lift, there.boats, there.scenario):
        assert reverse("element", args=[row.id]) in page
    assert reverse("their-element", args=[there.accord, "XTV", there.ferries.id]) in page
    assert "analyses/" + run + "/write/" in page
    seen = enter(AUDITOR).get(page_of(run)).content.decode()
    assert "Holds up best" in seen
    assert "/write/" not in seen


def test_a_picture_of_it_is_a_file_with_its_marking(there: Flood, enter: Enter) -> None:
    run = reckoned(there.ours)
    client = enter(PLANNER)
    taken = client.get(page_of(run), {"chart": "front", "take": "svg"})
    assert (taken.status_code, taken["Content-Type"]) == (200, "image/svg+xml")
    assert client.get(page_of(run), {"chart": "other", "take": "svg"}).status_code == 404


def test_a_mix_is_written_as_a_draft_and_nothing_is_written_of_a_stale_one(there: Flood, enter: Enter) -> None:
    run = reckoned(there.ours)
    client = enter(PLANNER)
    sent = client.post(reverse("analysis-write", args=[run]), {"mix": "1"}, follow=True)
    assert "Written at home as a draft of ours." in text(sent)
    assert "Mix of 1 force" in text(sent)
    page = text(client.get(page_of(run)))
    assert "Written from this" in page
    assert "Stale" not in page
    assert client.post(reverse("analysis-write", args=[run]), {"mix": "77"}).status_code == 422
    assert enter(AUDITOR).post(reverse("analysis-write", args=[run])).status_code == 403
    add(there.ours, "requirement", "Tents", serial="3", capability="TENTS", scenario=ref(there.ours, there.scenario))
    stale = client.post(reverse("analysis-write", args=[run]))
    assert stale.status_code == 422
    assert "Run it again" in text(stale)
    assert "nothing is written from it" in text(stale)


def test_where_nothing_helps_it_is_said(there: Flood, enter: Enter) -> None:
    run = reckoned(there.ours, ask(private=False, budget=0, front=False, sides=False, singles=False, waiting=False))
    assert runs.one(there.ours, run).basis.stays_home is False
    said = text(enter(PLANNER).get(page_of(run)))
    assert "No force helps: at worst" in said
    assert "nobody" in said
    assert "Until when to decide" not in said


def test_what_is_not_proven_or_was_drawn_says_how_far_off_it_could_be(there: Flood, enter: Enter) -> None:
    run = reckoned(there.ours)
    result = runs.result(there.ours, run)
    assert result is not None
    assert isinstance(result.answered, OptionsAnswered)
    assert result.answered.sides is not None
    worst = msgspec.structs.replace(result.answered.option.worst, bound=20_000, proven=False)
    option = msgspec.structs.replace(result.answered.option, worst=worst, method="greedy")
    shares = tuple(msgspec.structs.replace(each, error=5_000.0) for each in result.answered.sides.shares)
    drawn = msgspec.structs.replace(result.answered.sides, shares=shares, proven=False)
    unsure = msgspec.structs.replace(result.answered, option=option, sides=drawn)
    there.ours.runs.put_answer(run, run_problems.raw(unsure))
    said = text(enter(PLANNER).get(page_of(run)))
    assert "not proven: nothing can be below 0.20; it may be too high by 20.0 %" in said
    assert "nothing better was found than by the plain rule" in said
    assert "± 0.05 (from drawn orders)" in said
    assert "Not every combination of sides was solved to the end" in said
