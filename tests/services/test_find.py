"""Finding over headquarters in memory: what the catalogue follows, what is found, in which words it stands, and how often."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.planning.refs import ElementRef
from stafftalks.services import cataloguing, elements, find, recalls, workspace
from stafftalks.services.catalogue import fold, marked, parse_terms, words
from stafftalks.services.find import Question
from stafftalks.values.ids import PartyId
from tests.fakes import OFFICER, PLANNER
from tests.web import world as worlds
from tests.web.world import World, content

XTV = PartyId("XTV")


@pytest.fixture
def story() -> World:
    return worlds.story()


def titles(world: World, text: str = "", **filters: object) -> list[str]:
    found = find.search(world.hq, Question(text, **filters))
    assert found.total == len(found.results)
    return [result.piece.title for result in found.results]


def test_own_and_partners_texts_are_found_together_each_told_whose_it_is(story: World) -> None:
    found = find.search(story.hq, Question("mines"))
    sides = {result.piece.title: result.piece.side for result in found.results}
    assert sides["Mines in the southern approach"] == "agreed"
    assert sides["Mines of this type were last seen in 2019."] == "released"


def test_what_a_partner_releases_revises_and_recalls_is_followed(story: World) -> None:
    torvia = story.torvia
    row = elements.add(torvia, PLANNER, content("report", title="Fog", said="Zanzibar lies in fog."))
    story.release(torvia, row, "intelligence", "XMR")
    assert titles(story, "zanzibar") == []
    story.settle()
    assert titles(story, "zanzibar") == ["Fog"]
    row = elements.revise(torvia, PLANNER, row.id, content("report", title="Fog", said="It lifted."), row.version)
    story.release(torvia, row, "intelligence", "XMR")
    story.settle()
    assert titles(story, "zanzibar") == []
    assert titles(story, "lifted") == ["Fog"]
    recalls.recall(torvia, OFFICER, story.accord, row.id)
    story.settle()
    assert titles(story, "lifted") == []
    assert "Fog" not in titles(story)


def test_what_was_catalogued_step_by_step_is_what_making_it_anew_gives(story: World) -> None:
    cataloguing.follow(story.hq)
    before = story.hq.catalogue.standing(story.accord)
    assert before
    cataloguing.rebuild(story.hq)
    assert story.hq.catalogue.standing(story.accord) == before


def test_nothing_is_read_again_where_nothing_was_said_since(story: World) -> None:
    cataloguing.follow(story.hq)
    stamp = story.hq.catalogue.stamp()
    cataloguing.follow(story.hq)
    assert story.hq.catalogue.stamp() == stamp


def test_an_adoption_makes_the_text_it_is_about_found_as_agreed(story: World) -> None:
    hq, torvia = story.hq, story.torvia
    row = elements.add(torvia, PLANNER, content("report", title="Harbour", said="Quiet."))
    story.release(torvia, row, "intelligence", "XMR")
    story.settle()
    assert titles(story, "harbour", side="theirs") == ["Harbour"]
    for one, other in ((hq, "XTV"), (torvia, "XMR")):
        said = content("adoption", about=f"XTV/{row.id}/{row.version}", statement="Taken.")
        story.release(one, elements.add(one, PLANNER, said), "intelligence", other)
    story.settle()
    assert titles(story, "harbour", side="theirs") == []
    assert titles(story, "harbour", side="agreed") == ["Harbour"]


def test_counts_of_a_filter_are_those_under_the_other_filters(story: World) -> None:
    found = find.search(story.hq, Question(kind="scenario", side="released"))
    facets = {facet.name: {value.value: value.count for value in facet.values} for facet in found.facets}
    assert facets["side"] == {"released": 1, "agreed": 1}
    assert facets["kind"]["position"] == 1
    assert found.total == 1
    assert [value.value for facet in found.facets for value in facet.values if value.chosen] == ["released", "scenario"]


def test_counts_follow_what_is_written(story: World) -> None:
    before = find.search(story.hq, Question()).total
    elements.add(story.hq, PLANNER, content("report", title="New", said="New."))
    assert find.search(story.hq, Question()).total == before + 1


def test_the_words_asked_for_are_marked_where_they_stand(story: World) -> None:
    (result,) = find.search(story.hq, Question('"inspection instead"')).results
    assert "".join(part for part, _ in result.snippet).endswith("The coastal state offers inspection instead.")
    assert [part for part, word in result.snippet if word] == ["inspection", "instead"]


def test_words_that_only_the_version_partners_hold_has_are_said_to_stand_there(story: World) -> None:
    row = story.ours[0]
    mended = content("scenario", **{**worlds.SCENARIO, "narrative": "Nothing."})
    elements.revise(story.hq, PLANNER, row.id, mended, row.version)
    (result,) = find.search(story.hq, Question("insurance", party="XMR")).results
    assert (result.piece.element, result.earlier) == (row.id, True)
    assert any(word for _, word in result.snippet)


@pytest.mark.parametrize("text", ["!!!", '"', "-", "-mines", "½/½"])
def test_text_without_a_word_finds_nothing_and_fails_nothing(story: World, text: str) -> None:
    assert titles(story, text) == []


def test_titles_lead_to_elements_of_ours_and_theirs(story: World) -> None:
    assert [one.title for one in find.titles(story.hq, "clos")] == ["Closing of the Strait of Vael"]
    (theirs,) = find.titles(story.hq, "southern")
    assert (theirs.match.party, theirs.match.accord) == ("XTV", story.accord)
    assert find.titles(story.hq, "…") == ()


def test_own_elements_are_found_by_words_in_windows(story: World) -> None:
    total, rows = find.own_window(story.hq, kind="", contingency="", text="strait", archived=False, offset=0, limit=1)
    assert total >= len(rows) == 1
    assert find.own_window(story.hq, kind="", contingency="", text="??", archived=False, offset=0) == (0, ())
    assert find.own_window(story.hq, kind="plan", contingency="", text="", archived=False, offset=0)[0] == 1


def by_all(world: World, about: ElementRef, kinds: tuple[str, ...], fields: tuple[str, ...]) -> set[str]:
    """What refers to the element, told by reading every element."""
    return {
        piece.key
        for piece in workspace.pieces(world.hq, kinds=kinds)
        if any(
            (ref.party, ref.element) == (about.party, about.element) and (not fields or name in fields)
            for name, ref in workspace.references(piece.content)
        )
    }


@pytest.mark.parametrize(
    ("kinds", "fields"), [((), ()), (("position", "comment"), ()), ((), ("about",)), (("plan",), ())]
)
def test_references_are_those_that_reading_everything_gives(
    story: World, kinds: tuple[str, ...], fields: tuple[str, ...]
) -> None:
    for party, row in (("XMR", story.ours[0]), ("XTV", story.theirs[0]), ("XTV", story.theirs[1])):
        about = ElementRef(PartyId(party), row.id)
        found = workspace.referring(story.hq, about, kinds=kinds, fields=fields)
        assert {piece.key for piece in found} == by_all(story, about, kinds, fields)


def test_a_window_of_pieces_is_part_of_all_pieces_and_counts_them(story: World) -> None:
    everything = workspace.pieces(story.hq)
    total, window = workspace.pieces_window(story.hq, offset=1, limit=3)
    assert total == len(everything)
    newest = sorted(everything, key=lambda piece: (-piece.at, piece.element))
    assert list(window) == newest[1:4]
    total, window = workspace.pieces_window(story.hq, kinds=("scenario",), side="agreed")
    assert (total, [piece.title for piece in window]) == (1, ["Mines in the southern approach"])
    assert workspace.pieces_window(story.hq, text="???") == (0, ())


@given(st.text(max_size=60))
def test_any_text_becomes_words_that_need_no_more_folding(text: str) -> None:
    for word in words(text):
        assert words(word) == [word[:40]] or fold(word) != word
        assert word.isalnum()
    parse_terms(text)


@given(st.text(max_size=80), st.text(min_size=1, max_size=10))
def test_marking_words_changes_no_letter(text: str, asked: str) -> None:
    parts = marked(text, parse_terms(asked))
    assert "".join(part for part, _ in parts) == text


@pytest.mark.parametrize("asked", ["grosse", "Größe", "שלום", "قران"])
def test_words_are_marked_whatever_their_marks(asked: str) -> None:
    text = "Die Größe; שָׁלוֹם, قُرْآن."
    assert [part for part, word in marked(text, parse_terms(asked)) if word]
