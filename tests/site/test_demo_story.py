"""The told story: every content can be read, every name is known when it is used, and the public facts are as they were stated."""

from collections.abc import Iterator
from typing import TypeVar

import pytest

from stafftalks.planning import forms
from stafftalks.planning.exercises import Exercise
from stafftalks.planning.intelligence import Report
from stafftalks.site.demo import story
from stafftalks.values.ids import base32, element_id
from stafftalks.values.quantity import Count

CHAPTERS = tuple(story.chapters("military"))
CIVIL = tuple(story.chapters("civil"))
STORIES = {"military": CHAPTERS, "civil": CIVIL}


def spelt(name: str, *, exact: bool) -> str:
    version = f"/{base32(bytes(range(32)))}" if exact else ""
    return f"XMR/{element_id(bytes(16))}{version}"


def written(chapter: story.Chapter) -> Iterator[tuple[str, dict[str, object]]]:
    contents: dict[str, dict[str, object]] = {}
    for move in chapter.script:
        if isinstance(move, story.Write):
            contents[move.as_] = story.dressed(move, chapter, spelt)
            yield move.as_, contents[move.as_]
        elif isinstance(move, story.Revise):
            yield f"{move.element} revised", contents[move.element] | story.resolved(move.change, spelt)


ALL = [pytest.param(content, id=name) for chapter in CHAPTERS + CIVIL for name, content in written(chapter)]


@pytest.mark.parametrize("content", ALL)
def test_every_content_of_the_story_reads_as_its_kind(content: dict[str, object]) -> None:
    read = forms.parse_mapping(str(content["kind"]), content)
    assert not isinstance(read, forms.FormErrors), read.errors


@pytest.mark.parametrize("chapters", STORIES.values(), ids=STORIES)
def test_every_name_is_written_before_it_is_used(chapters: tuple[story.Chapter, ...]) -> None:
    known: set[str] = set()
    questions: set[str] = set()
    for chapter in chapters:
        for move in chapter.script:
            used = [move.element] if hasattr(move, "element") else []
            if isinstance(move, story.Check):
                used += [*move.activities, *move.answered_with]

            def note(name: str, *, exact: bool, used: list[str] = used) -> str:
                used.append(name)
                return spelt(name, exact=exact)

            if isinstance(move, story.Write):
                story.dressed(move, chapter, note)
            if isinstance(move, story.AnswerIt):
                assert move.question in questions
            if isinstance(move, story.Ask):
                questions.add(move.as_)
            assert set(used) <= known, move
            if isinstance(move, story.Write):
                assert move.as_ not in known
                known.add(move.as_)


def test_some_elements_are_released_and_most_are_not() -> None:
    writes = [move for chapter in CHAPTERS[1:] for move in chapter.script if isinstance(move, story.Write)]
    talk = {"comment", "suggestion", "position", "adoption"}
    plans = [move for move in writes if move.content["kind"] not in talk]
    released = sum(bool(move.release_in) for move in plans)
    assert 20 <= released < len(plans)
    assert {move.by for move in writes if move.content["kind"] == "plan"} == {"XMR", "XTV"}


T = TypeVar("T")


def contents_of(kind: type[T], chapter: story.Chapter) -> list[T]:
    read = [forms.parse_mapping(str(content["kind"]), content) for _, content in written(chapter)]
    return [content for content in read if isinstance(content, kind)]


def test_the_exercise_of_january_2023_keeps_stated_totals_apart_from_what_was_itemised() -> None:
    (exercise,) = contents_of(Exercise, CHAPTERS[0])
    proposer, asked = exercise.participants
    aircraft, ships = proposer.groups
    assert exercise.days == 4
    assert (proposer.personnel, asked.personnel) == (Count(6400, True), Count(1100, True))
    assert (aircraft.stated_total, aircraft.itemised_total) == (Count(100), 55)
    assert (ships.stated_total, ships.including) == (Count(6), "one carrier strike group")
    assert [group.stated_total for group in asked.groups] == [Count(6)]


def test_every_report_of_the_public_record_ends_with_the_source_report() -> None:
    reports = contents_of(Report, CHAPTERS[0])
    assert [report.hops[-1].actor for report in reports] == ["The source report"] * 4
    chains = {report.title: [hop.actor for hop in report.hops[:-1]] for report in reports}
    assert chains["The proposal was made"] == ["US officials", "Axios"]
    assert chains["Meant to reassure, not to tie hands"] == ["A US official"]


def test_what_collides_in_the_private_check_is_shown_to_nobody() -> None:
    kessar = CHAPTERS[1]
    done, waiting = (move for move in kessar.script if isinstance(move, story.Check))
    assert done.flagged
    assert not waiting.answered_with
    writes = {move.as_: move for move in kessar.script if isinstance(move, story.Write)}
    compared = {*done.activities, *done.answered_with}
    assert len(compared) > len(done.flagged)
    assert not [name for name in compared if writes[name].release_in or writes[name].ask_in]


def test_fewer_realms_are_accepted_than_proposed() -> None:
    proposed = next(move for move in CHAPTERS[0].script if isinstance(move, story.Propose))
    accepted = {move.by: move.realms for move in CHAPTERS[0].script if isinstance(move, story.Accept)}
    assert set(accepted["XTV"]) < set(proposed.realms) == set(accepted["XMR"])


def test_the_civil_story_speaks_of_no_force_by_a_military_name() -> None:
    said = " ".join(str(content) for chapter in CIVIL for _, content in written(chapter))
    assert not [word for word in ("battalion", "frigate", "squadron", "commander of") if word in said]


@pytest.mark.parametrize("chapters", STORIES.values(), ids=STORIES)
def test_every_room_of_the_workspace_has_something_to_show(chapters: tuple[story.Chapter, ...]) -> None:
    kinds = {
        str(move.content["kind"]) for chapter in chapters for move in chapter.script if isinstance(move, story.Write)
    }
    assert kinds >= {
        "report", "assessment", "indicator", "scenario", "requirement", "plan", "activity", "force", "option", "anchor",
        "engagement", "minutes", "exercise", "comment", "position", "suggestion", "adoption",
    }  # fmt: skip
