"""Summaries: nothing of an element is left out of what the release desk and the partner are shown."""

import json
import re

import msgspec
import pytest
from hypothesis import given

from stafftalks.planning import forms, kinds
from stafftalks.planning.annexes import SHORT, US_JOINT, Annex, AnnexState, fill
from stafftalks.planning.kinds import kind_of
from stafftalks.planning.plans import Situation
from stafftalks.planning.summary import facts, headline, sections
from tests.planning.cast import contents
from tests.planning.make_vectors import CASES, content_of


def all_text(content):
    shown = []
    for section in sections(content):
        shown += [section.heading, section.name, *section.paragraphs, *section.items]
        shown += [text for fact in section.facts for text in fact]
        if section.table:
            shown += [*section.table.columns, *(cell for row in section.table.rows for cell in row)]
    return shown


def squeezed(text):
    return re.sub(r"\s+", "", text).casefold()


@given(contents())
def test_every_text_of_an_element_is_shown(content):
    shown = squeezed("\x00".join(all_text(content)))
    for name, text in forms.flatten(content).items():
        if "marking" in name.split("."):  # shown joined, as a banner
            continue
        for line in text.split("\n"):
            assert squeezed(line) in shown, name
    assert squeezed(content.marking.banner()) in shown


@given(contents())
def test_tables_are_even_and_headings_step_down_one_at_a_time(content):
    level = 0
    for section in sections(content):
        assert section.level <= level + 1
        level = section.level
        if section.table:
            assert all(len(row) == len(section.table.columns) for row in section.table.rows)
    assert sections(content)[0].name == headline(content)


@given(contents())
def test_labels_and_headings_are_messages_that_can_be_translated(content):
    messages = set(forms.all_messages())
    assert {label for label, _ in facts(content)} <= messages
    for section in sections(content):
        assert section.heading in messages
        assert {label for label, _ in section.facts} <= messages
        if section.table:
            assert set(section.table.columns) <= messages


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_every_kind_has_a_headline(kind):
    content = content_of(kind)
    assert kind_of(content) == kind
    assert headline(content)


def test_talk_without_a_title_is_named_by_what_it_says():
    assert headline(content_of("position")) == "Concern: Too early."
    assert headline(content_of("comment")) == "Which pilots?"


def test_branches_are_shown_as_a_tree():
    table = next(section.table for section in sections(content_of("scenario")) if section.heading == "Branches")
    titles = [row[table.columns.index("Title")] for row in table.rows]
    assert titles == ["Reopened", "› Mined"]


def test_omitted_annexes_stay_listed():
    annexes = fill(US_JOINT, [Annex(letter="B", title="Intelligence", state=AnnexState.INCLUDED)])
    assert len(annexes) == 22
    assert annexes[1].derived() == ()
    assert annexes[15].derived() == (("Listed as", "Annex R (Reports) omitted"),)
    extra = fill(SHORT, [Annex(letter="Q", title="Medical")])
    assert [annex.letter for annex in extra] == ["A", "B", "C", "D", "E", "Q"]
    assert "Annex R (Reports) omitted" in all_text(content_of("plan"))


def test_facts_fit_a_card():
    scenario = content_of("scenario")
    assert dict(facts(scenario))["Branches"] == "2"
    assert dict(facts(scenario))["Marking"] == "NATO SECRET//REL TO XMR, XTV"
    assert json.dumps(CASES["scenario"]["narrative"]) not in str(facts(scenario))


def test_what_stands_in_a_marked_row_is_told_by_its_mark():
    plan = content_of("plan")
    phases = (msgspec.structs.replace(plan.phases[0], mark="S//REL TO XTV"), *plan.phases[1:])
    situation = Situation(general="Laid.", mark="R")
    paragraphs = msgspec.structs.replace(plan.paragraphs, situation=situation)
    found = sections(msgspec.structs.replace(plan, phases=phases, paragraphs=paragraphs))
    assert next(section.mark for section in found if section.heading == "General") == "R"
    assert next(section.mark for section in found if section.heading == "2 Mission") == ""
    assert [section.mark for section in found if section.heading == "Phases" and section.name] == ["S//REL TO XTV"]
    (table,) = (section.table for section in sections(content_of("scenario")) if section.heading == "Branches")
    assert table.marks == ("", "")
    assert found[0].mark == ""
