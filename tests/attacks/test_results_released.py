"""Results of analyses on their way out: stale ones, private ones, and ones whose basis the reader cannot see are not passed off as anything else, and nobody's releases go on by way of them."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import msgspec
import pytest
from django.urls import reverse

from stafftalks.services import consents, desk_reviews, elements, recalls, releases, run_writing, runs, written
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from stafftalks.values.errors import MisuseError, RefusedError
from stafftalks.values.relative_time import Instant
from tests.fakes import OFFICER, PLANNER
from tests.services import scenes
from tests.services.mixes import Flood, add, ask, flood, reckoned, ref, release
from tests.web.conftest import Enter
from tests.web.world import World

DAY = 86_400


class Scene(msgspec.Struct):
    """Two parties of the mix, and a third that was given nothing of theirs."""

    there: Flood
    third: Headquarters
    made: ElementRow

    @property
    def ours(self) -> Headquarters:
        return self.there.ours

    def asked(self, *to: Headquarters) -> str:
        return scenes.asked(self.ours, self.there.accord, elements.get(self.ours, self.made.id), to, "scenarios").id

    def refused(self, *to: Headquarters) -> set[str]:
        """The rules by which the desk does not let it go to these."""
        with pytest.raises(RefusedError) as refused:
            releases.release(self.ours, OFFICER, self.asked(*to))
        return {refusal.rule for refusal in refused.value.refusals}

    def revised(self, **changes: object) -> None:
        row = elements.get(self.ours, self.made.id)
        content = msgspec.structs.replace(elements.content(row), **changes)
        elements.revise(self.ours, PLANNER, row.id, content, row.version)


@pytest.fixture
def scene() -> Scene:
    ours, theirs, third = scenes.house("XMR", "XTV", "XPA")
    there = flood(ours, theirs, third)
    return Scene(there, third, run_writing.write(ours, PLANNER, reckoned(ours)))


def test_a_mix_goes_back_to_whom_it_is_drawn_from_and_to_nobody_else_without_consent(scene: Scene) -> None:
    assert "consent-missing" in scene.refused(scene.third)
    assert "consent-missing" in scene.refused(scene.there.theirs, scene.third)
    request = scene.asked(scene.there.theirs)
    with pytest.raises(RefusedError) as alone:
        releases.release(scene.ours, PLANNER, request)
    assert {"two-person", "decider-role"} & {refusal.rule for refusal in alone.value.refusals}
    assert releases.release(scene.ours, OFFICER, request).state == "released"


def test_a_consent_for_one_source_does_not_cover_the_others(scene: Scene) -> None:
    source = next(origin.source for origin in elements.content(scene.made).origins)
    until = Instant((scene.ours.clock.now() // DAY + 5) * DAY)
    made = consents.ask(scene.ours, PLANNER, scene.there.accord, source, scene.third.party, until)
    releases.release(scene.ours, OFFICER, made.id)
    scenes.settle(scene.ours, scene.there.theirs, scene.third)
    assert "consent-missing" in scene.refused(scene.third)


def test_striking_out_where_it_comes_from_lets_nothing_go(scene: Scene) -> None:
    scene.revised(origins=())
    assert "origins-carried" in scene.refused(scene.third)
    assert "origins-carried" in scene.refused(scene.there.theirs)
    scene.revised(contributions=(), summary="All of it is ours.", open_decisions=())
    assert "origins-carried" in scene.refused(scene.third)


def test_what_it_is_drawn_from_was_recalled_so_it_does_not_leave(scene: Scene) -> None:
    recalls.recall(scene.there.theirs, OFFICER, scene.there.accord, scene.there.ferries.id, "No longer ours to lend.")
    scenes.settle(scene.ours, scene.there.theirs)
    assert "origin-recalled" in scene.refused(scene.there.theirs)


def test_no_name_of_an_unreleased_version_is_in_it(scene: Scene) -> None:
    raw = elements.get(scene.ours, scene.made.id).raw.decode()
    for row in (scene.there.wing, scene.there.option):
        assert row.version not in raw
    assert scene.there.option.id not in raw
    assert scene.there.option.title not in raw


def test_a_stale_result_is_not_written_and_a_forgotten_one_is_still_told_on_what_it_stands(scene: Scene) -> None:
    ours = scene.ours
    run = reckoned(ours)
    add(ours, "requirement", "Tents", serial="3", capability="TENTS", scenario=ref(ours, scene.there.scenario))
    before = ours.holdings.find(kind="option")[0]
    with pytest.raises(MisuseError, match="moved on"):
        run_writing.write(ours, PLANNER, run)
    assert ours.holdings.find(kind="option")[0] == before
    kept = ours.written.of(scene.made.id)
    assert kept is not None
    runs.forget(ours, PLANNER, kept.run)
    found = written.standing(ours, scene.made.id, ["XTV"])
    assert found is not None
    assert [each.title for each in found.moved] == ["Tents"]
    assert "7 Wing" in {each.title for each in found.private}


def test_the_desk_says_that_a_result_is_private_unseen_or_stale(
    scene: Scene, put: Callable[[World], World], enter: Enter
) -> None:
    put(SimpleNamespace(hq=scene.ours))  # type: ignore[arg-type]
    client = enter(OFFICER)

    def said(*to: Headquarters) -> str:
        page = client.get(reverse("desk-review", args=[scene.asked(*to)])).content.decode()
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))

    page = said(scene.there.theirs)
    assert "Its figures stand on 2 elements of ours that are not released." in page
    assert "Stale" not in page
    assert "Not everyone who would get it" in said(scene.there.theirs, scene.third)
    review = desk_reviews.review(scene.ours, scene.asked(scene.there.theirs), OFFICER)
    assert review.standing is not None
    assert {each.title for each in review.standing.private} == {"7 Wing", "By air"}
    both = client.post(
        reverse("desk-together"), {"request": [row.id for row in scene.ours.desk.find(state="waiting")[1]]}
    )
    assert "Its figures stand on 2 elements of ours that are not released." in both.content.decode()
    for row in (scene.there.wing, scene.there.option):
        release(scene.ours, scene.there.accord, row, scene.there.theirs)
    assert "Everyone who would get it was given all that it stands on" in said(scene.there.theirs)
    add(scene.ours, "force", "9 Wing")
    assert "Stale: what it stands on has moved on since." in said(scene.there.theirs)


def test_a_result_of_releases_alone_says_nothing_else(scene: Scene) -> None:
    made = run_writing.write(scene.ours, PLANNER, reckoned(scene.ours, ask(private=False)))
    raw = made.raw.decode()
    for row in (scene.there.wing, scene.there.option):
        assert row.id not in raw
        assert row.title not in raw
