"""Threads: every remark stands once under what it answers, circles are cut, and a part of a text is named in words."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.planning import threads
from stafftalks.planning.element import UnknownContent
from stafftalks.planning.forms import flatten
from stafftalks.planning.threads import Named, Node
from stafftalks.values.ids import ElementId, PartyId
from tests.web.world import SCENARIO, content


def name(letter: str) -> Named:
    return PartyId("XMR"), ElementId(letter * 26)


def shape(nodes: Sequence[Node[str]]) -> list[object]:
    return [node.said if not node.replies else [node.said, *shape(node.replies)] for node in nodes]


def test_a_reply_hangs_on_the_remark_that_it_is_about() -> None:
    remarks = [("a", "x"), ("b", "x"), ("c", "a"), ("d", "c"), ("e", "a")]
    nested = threads.nest((name(one), name(about), one) for one, about in remarks)
    assert shape(nested) == [["a", ["c", "d"], "e"], "b"]
    topic = threads.topics((name(one), name(about)) for one, about in remarks)
    assert set(topic.values()) == {name("x")}


def test_a_reply_said_before_what_it_answers_still_hangs_on_it() -> None:
    nested = threads.nest([(name("b"), name("a"), "b"), (name("a"), name("x"), "a")])
    assert shape(nested) == [["a", "b"]]


def test_a_circle_is_cut_at_the_remark_said_first() -> None:
    remarks = [("b", "c"), ("c", "d"), ("d", "b"), ("e", "d")]
    nested = threads.nest((name(one), name(about), one) for one, about in remarks)
    assert shape(nested) == [["b", ["d", "c", "e"]]]
    topic = threads.topics((name(one), name(about)) for one, about in remarks)
    assert set(topic.values()) == {name("b")}


def test_a_thread_as_deep_as_people_are_patient_is_no_trouble() -> None:
    names = [(PartyId("XMR"), ElementId(f"{number:026d}")) for number in range(5_000)]
    nested = threads.nest((names[at], names[at - 1], at) for at in range(1, 5_000))
    depth = 0
    while nested:
        depth, nested = depth + 1, nested[0].replies
    assert depth == 4_999


LETTERS = "abcdefgh"


@given(st.dictionaries(st.sampled_from(LETTERS), st.sampled_from(LETTERS + "xy"), max_size=8))
def test_whatever_answers_whatever_every_remark_stands_once_in_one_thread(about: dict[str, str]) -> None:
    nested = threads.nest((name(one), name(other), one) for one, other in about.items())
    found: list[str] = []

    def walk(nodes: Sequence[Node[str]]) -> None:
        for node in nodes:
            found.append(node.said)
            assert all(about[reply.said] == node.said for reply in node.replies)
            walk(node.replies)

    walk(nested)
    assert sorted(found) == sorted(about)
    topic = threads.topics((name(one), name(other)) for one, other in about.items())
    assert set(topic) == {name(one) for one in about}
    for one, other in about.items():
        assert topic[name(one)] == topic.get(name(other), name(other)) or one == other
    for end in topic.values():
        assert end not in topic or topic[end] == end


def test_parts_are_named_in_words_and_say_what_stands_there() -> None:
    scenario = content("scenario", **SCENARIO)
    parts = {part.path: part for part in threads.parts_of(scenario)}
    assert parts["branches.0"].label == "Branches B1"
    assert "Closed to tankers only" in parts["branches.0"].text
    assert parts["narrative"].text == flatten(scenario)["narrative"]
    for path, part in parts.items():
        assert threads.part_of(scenario, path) == part
    inner = threads.part_of(scenario, "branches.1.likelihood")
    assert inner is not None
    assert (inner.label, inner.text) == ("Branches B2, likelihood", "unlikely (ICD 203)")


@pytest.mark.parametrize(
    "path",
    ["", "nothing", "branches.9", "branches.x", "branches.0.nothing", "branches.-1", "narrative.0", "a" * 900, "..."],
)
def test_a_path_that_names_no_part_is_none(path: str) -> None:
    assert threads.part_of(content("scenario", **SCENARIO), path) is None


@given(st.text(max_size=40))
def test_any_path_is_a_part_or_none(path: str) -> None:
    found = threads.part_of(content("scenario", **SCENARIO), path)
    assert found is None or found.path == path


def test_a_kind_not_known_here_has_no_parts() -> None:
    unknown = UnknownContent("riddle", b"{}")
    assert threads.parts_of(unknown) == ()
    assert threads.part_of(unknown, "title") is None
