"""Portions: every word of an element stands in one, under the mark that it bears."""

from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.planning.element import Element, encode
from stafftalks.planning.plans import Paragraphs, Plan, Situation
from stafftalks.planning.portions import (
    Portion,
    leaves,
    may_be_marked,
    paragraphs,
    portion_hash,
    portions,
    split_mark,
    without_lead,
)
from stafftalks.planning.scenarios import Branch, Scenario
from stafftalks.planning.wording import text_of
from tests.planning.cast import A_VERSION, AN_ID, contents


def marks(content: Plan | Scenario) -> dict[str, str]:
    return {portion.path: portion.mark for portion in portions(content)}


def test_a_portion_without_a_mark_bears_that_of_what_it_stands_in() -> None:
    plan = Plan(
        title="Guard",
        paragraphs=Paragraphs(
            situation=Situation(general="(R) Calm.\n\nNo mark here.", opposing="Two ships.", mark="S"),
            mission="(S//REL TO XMR) Hold the strait.",
        ),
    )
    assert marks(plan) == {
        "title": "",
        "detail_level": "",
        "paragraphs.situation": "S",
        "paragraphs.situation.general#1": "R",
        "paragraphs.situation.general#2": "S",
        "paragraphs.situation.opposing#1": "S",
        "paragraphs.mission#1": "S//REL TO XMR",
    }


def test_a_marked_line_is_a_portion_of_its_own_without_an_empty_line_before_it() -> None:
    text = "(R) Calm so far.\nNothing else.\n(TS) A source tells otherwise.\n - (S) So does another."
    assert paragraphs(text) == (
        "(R) Calm so far.\nNothing else.",
        "(TS) A source tells otherwise.",
        " - (S) So does another.",
    )
    assert [part.mark for part in portions(Scenario(title="T", narrative=text))] == ["", "R", "TS", "S"]


def test_a_bullet_or_a_number_may_stand_before_a_mark() -> None:
    for text, mark, rest in [
        ("(S//NF) Text", "S//NF", "Text"),
        ("1. (S) Text", "S", "1. Text"),
        ("2.3 Text (S)", "", "2.3 Text (S)"),
        ("a) (U) Text", "U", "a) Text"),
        ("• (R//REL TO XMR, XTV) Text", "R//REL TO XMR, XTV", "• Text"),
        ("(see below) Text", "", "(see below) Text"),
        ("", "", ""),
    ]:
        assert split_mark(text) == (mark, rest)


def test_rows_go_by_id_or_place_and_points_in_ids_are_no_steps() -> None:
    scenario = Scenario(
        title="T", branches=(Branch(id="B.1#x%", title="One", mark="S"), Branch(id="B2", title="Two", after="B.1#x%"))
    )
    assert [part for part in portions(scenario) if part.row] == [
        Portion("branches.B%2E1%23x%25", "Branches B.1#x%", "B.1#x%; One; branch", "S", row=True),
        Portion("branches.B2", "Branches B2", "B2; Two; B.1#x%; branch", "", row=True),
    ]


@given(contents())
@settings(max_examples=150)
def test_paths_are_unique_and_hashes_differ(content: object) -> None:
    found = portions(content)  # type: ignore[arg-type]
    paths = [portion.path for portion in found]
    assert len(set(paths)) == len(paths)
    assert len({portion_hash(A_VERSION, portion) for portion in found}) == len(found)
    assert [leaf.path for leaf in leaves(content)] == [part.path for part in found if not part.row]  # type: ignore[arg-type]
    assert all(text_of(leaf.value) for leaf in leaves(content) if not leaf.mark)  # type: ignore[arg-type]


@given(
    st.sampled_from(["", "Calm.\n", "Calm.\n\n", "\t", "  ", "\u2028"]),
    st.sampled_from(["", "- ", "• ", "1. ", "(2) ", "2.3.1) ", "a) ", "   •\t", "1.1.1.1.1.1.1. "]),
    st.sampled_from(["(S) Text", "(R//REL TO XMR)", "(ts) Text", "(see below) Text", "(S)Text", " (S) \\ Text"]),
)
def test_a_look_at_the_bytes_misses_no_mark(before: str, lead: str, text: str) -> None:
    content = Scenario(title="T", narrative=before + lead + text)
    raw = encode(Element(AN_ID, content))
    begins = any(without_lead(part.text).lstrip().startswith("(") for part in portions(content))
    if begins or any(part.mark for part in portions(content)):
        assert may_be_marked(raw)


@given(contents())
@settings(max_examples=100)
def test_a_look_at_the_bytes_finds_every_row_that_is_marked(content: object) -> None:
    if any(part.mark for part in portions(content)):  # type: ignore[arg-type]
        assert may_be_marked(encode(Element(AN_ID, content)))  # type: ignore[arg-type]
