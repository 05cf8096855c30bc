"""Options side by side, coverage, and texts beside each other: what a planner sees, tries and keeps."""

import re

import pytest
from django.urls import reverse

from stafftalks.services import elements
from tests.browser.rooms import options as room
from tests.fakes import AUDITOR, PLANNER
from tests.web.conftest import Enter
from tests.web.world import World, content


@pytest.fixture
def world(story: World) -> World:
    room.prepare(story)
    return story


def compare(world: World, extra: str = "") -> str:
    return f"{reverse('options-compare')}?scenario=XMR/{world.ours[0].id}{extra}"


def ours(world: World, title: str) -> object:
    return next(row for row in elements.find(world.hq, kind="option")[1] if row.title == title)


def text(answer: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_options_of_both_sides_stand_in_columns_with_whose_they_are(world: World, enter: Enter) -> None:
    said = text(enter(PLANNER).get(compare(world)))
    for words in ("Sweep first", "Escort at once", "Wait for inspection", "Theirs: Torvia", "Ours, at home only"):
        assert words in said
    assert "Under these weights “Escort at once” scores highest. People decide" in said
    assert "options give it 3, 5" in said


def test_other_weights_are_tried_without_changing_anything_and_kept_only_when_said(world: World, enter: Enter) -> None:
    client = enter(PLANNER)
    before = ours(world, "Sweep first").version
    page = compare(world, "&w.Speed=0&w.Risk=5")
    said = text(client.get(page))
    assert "You are looking at other weights than the options have" in said
    assert "“Wait for inspection” scores highest" in said
    assert ours(world, "Sweep first").version == before
    client.post(page, {"do": "weights", "w.Speed": "0", "w.Risk": "5"})
    weights = {row.criterion: row.weight for row in elements.content(ours(world, "Sweep first")).criteria}
    assert weights == {"Speed": 0, "Risk": 5}
    assert ours(world, "Sweep first").version != before


def test_a_column_is_written_in_and_a_wrong_score_is_said_at_its_cell_with_all_that_was_typed(
    world: World, enter: Enter
) -> None:
    row = ours(world, "Sweep first")
    key = f"XMR/{row.id}"
    typed = {
        f"version:{key}": row.version,
        f"{key}|validity.complete.verdict": "fails",
        f"{key}|validity.complete.rationale": "Says nothing of pilots.",
        f"{key}|criteria.0.score": "eleven",
        "do": f"column:{key}",
    }
    client = enter(PLANNER)
    wrong = client.post(compare(world, "&write=1"), typed)
    assert wrong.status_code == 422
    html = wrong.content.decode()
    assert 'value="eleven"' in html
    assert "Says nothing of pilots." in html
    assert ours(world, "Sweep first").version == row.version
    right = client.post(compare(world, "&write=1"), {**typed, f"{key}|criteria.0.score": "10"})
    assert right.status_code == 302
    kept = elements.content(ours(world, "Sweep first"))
    assert kept.validity.complete.verdict == "fails"
    assert kept.criteria[0].score == 10
    assert kept.contributions == elements.content(row).contributions


def test_a_column_that_somebody_revised_meanwhile_is_not_overwritten(world: World, enter: Enter) -> None:
    row = ours(world, "Sweep first")
    key = f"XMR/{row.id}"
    typed = {f"version:{key}": "a" * 52, f"{key}|criteria.0.score": "9", "do": f"column:{key}"}
    answer = enter(PLANNER).post(compare(world, "&write=1"), typed)
    assert answer.status_code == 422
    assert "Somebody revised this option" in text(answer)
    assert ours(world, "Sweep first").version == row.version


def test_a_partner_s_column_cannot_be_written_nor_ours_by_who_may_not_write(world: World, enter: Enter) -> None:
    theirs = next(row for row in elements.find(world.torvia, kind="option")[1])
    forged = {"do": f"column:XTV/{theirs.id}", f"XTV/{theirs.id}|criteria.0.score": "1"}
    assert enter(PLANNER).post(compare(world), forged).status_code == 422
    assert enter(AUDITOR).post(compare(world), {"do": "weights", "w.Speed": "9"}).status_code == 403
    assert "Write in our columns" not in text(enter(AUDITOR).get(compare(world)))


def test_a_criterion_is_added_to_every_option_of_ours(world: World, enter: Enter) -> None:
    enter(PLANNER).post(compare(world), {"do": "criterion", "criterion": "Cost", "w.Speed": "3", "w.Risk": "2"})
    for title in ("Sweep first", "Escort at once"):
        assert [row.criterion for row in elements.content(ours(world, title)).criteria] == ["Speed", "Risk", "Cost"]
    said = text(enter(PLANNER).get(compare(world)))
    assert "Scores or weights are missing, so nothing leads yet." in said
    assert "A range, because these are not scored: Cost" in said


def test_two_versions_and_two_sides_are_compared_in_words(world: World, enter: Enter) -> None:
    row = world.ours[1]
    moved = {
        "title": "Escort of tankers through the northern lane",
        "phases": [{"id": "P2", "name": "Escort", "start": "C+5", "end": "C+20"}],
    }
    revised = elements.revise(world.hq, PLANNER, row.id, content("plan", **moved), row.version)
    key = f"XMR/{row.id}"
    said = text(enter(PLANNER).get(f"{reverse('compare')}?a={key}/{row.version}&b={key}/{revised.version}"))
    assert "moved two days later: C+3 to C+5." in said
    beside = text(enter(PLANNER).get(f"{reverse('compare')}?a=XMR/{world.ours[0].id}&b=XTV/{world.theirs[0].id}"))
    theirs = enter(PLANNER).get(f"{reverse('compare')}?a=XTV/{world.theirs[0].id}&b=XMR/{world.ours[0].id}")
    assert theirs.status_code == 200
    assert "Closing of the Strait of Vael" in beside
    assert "Mines in the southern approach" in beside


@pytest.mark.parametrize("query", ["?a=nonsense", "?a=XMR/" + "a" * 26, "?a=&b=", "?a=XTV/" + "b" * 26 + "&b=x"])
def test_what_cannot_be_compared_is_said_in_a_sentence(world: World, enter: Enter, query: str) -> None:
    assert enter(PLANNER).get(reverse("compare") + query).status_code in (200, 422)


def test_texts_of_two_kinds_are_not_compared(world: World, enter: Enter) -> None:
    answer = enter(PLANNER).get(f"{reverse('compare')}?a=XMR/{world.ours[0].id}&b=XMR/{world.ours[1].id}")
    assert answer.status_code == 422
    assert "Only texts of one kind can be compared" in text(answer)


@pytest.mark.parametrize("name", ["options", "options-compare", "coverage", "compare"])
def test_the_number_of_queries_does_not_grow_with_rows(
    world: World, enter: Enter, django_assert_max_num_queries: object, name: str
) -> None:
    client = enter(PLANNER)
    page = compare(world) if name == "options-compare" else reverse(name) + "?private=yes"
    client.get(page)
    with django_assert_max_num_queries(60) as few:
        client.get(page)
    for number in range(120):
        fields = {"title": f"Need {number}", "serial": f"N-{number}", "capability": "Air refuelling"}
        elements.add(world.hq, PLANNER, content("requirement", **fields))
        elements.add(world.hq, PLANNER, content("option", title=f"Way {number}"))
    with django_assert_max_num_queries(len(few)):
        assert client.get(page).status_code == 200
