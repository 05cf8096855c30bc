"""Everything that reads also speaks JSON, says it in words too, and says so where there is nothing."""

import re
from pathlib import Path

import pytest

from tests.cli.stage import FakeSite, Terminal
from tests.fakes import make_hq

READERS = (
    ("accord", "list"),
    ("element", "list"),
    ("release", "list"),
    ("exchange", "status"),
    ("exchange", "log"),
    ("record", "verify"),
    ("pair", "list"),
    ("people", "list"),
)


@pytest.mark.parametrize("words", READERS, ids=" ".join)
def test_lists_are_one_json_document_and_words_where_there_is_something(
    words: tuple[str, ...], open_accord: str, meridia: Terminal
) -> None:
    element = meridia.reads("element", "add", "--kind", "scenario", "--set", "title=Quake", who="pia")["id"]
    meridia.does("release", "request", open_accord, element, "--realm", "scenarios", "--to", "XTV", who="pia")
    found = meridia.reads(*words)
    lines = found if isinstance(found, list) else next(value for value in found.values() if isinstance(value, list))
    assert lines
    assert len(meridia.does(*words).out.splitlines()) >= len(lines) + 1


@pytest.mark.parametrize("words", [words for words in READERS if words[0] != "people"], ids=" ".join)
def test_lists_say_so_where_there_is_nothing(words: tuple[str, ...], site: FakeSite) -> None:
    site.hqs["lone"] = make_hq("XOU")
    lone = Terminal(site, "lone")
    assert len(lone.does(*words).out.splitlines()) == 1
    found = lone.reads(*words)
    assert found == [] or found["total"] == 0


def test_a_long_list_says_which_part_is_shown(meridia: Terminal) -> None:
    for number in range(3):
        meridia.does("element", "add", "--kind", "scenario", "--set", f"title=No {number}", who="pia")
    assert "2 to 2 of 3" in meridia.does("element", "list", "--limit", "1", "--offset", "1").out
    page = meridia.reads("element", "list", "--limit", "2", "--offset", "2")
    assert (page["total"], page["offset"], len(page["elements"])) == (3, 2, 1)


def test_an_accord_says_in_words_what_its_document_says(open_accord: str, meridia: Terminal, torvia: Terminal) -> None:
    page = meridia.reads("accord", "show", open_accord)
    words = meridia.does("accord", "show", open_accord).out
    for clause in page["clauses"]:
        assert clause["wordings"][0]["text"] in words
        assert clause["agreed"]
    assert re_spaced("scenarios open accepted accepted") in re_spaced(words)
    assert re_spaced("operations closed not accepted not accepted") in re_spaced(words)
    for sentence in page["next"]:
        assert sentence in words


def test_a_proposal_with_a_consent_clause_is_refused_with_the_reason(meridia: Terminal) -> None:
    words = ("accord", "propose", "--to", "XTV", "--title", "Storms", "--realm", "scenarios")
    typed = meridia.type(*words, "--clause", "Strikes | Neither acts before the other agrees. | consent")
    assert typed.code == 1
    assert "[clause-duty]" in typed.err
    assert "each decides alone" in typed.err
    assert meridia.reads("accord", "list") == []
    meridia.does(*words, "--clause", "Telling | Each tells the other. | inform")
    meridia.does(*words, "--clause", "Hearing | Each hears the other. | consult", "--clause", "Scope | Coasts.")


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        ("realms: [scenarios]", "needs a title"),
        ("title: x", "needs at least one realm"),
        ("{title: x, realms: [moon]}", "'moon' is not a realm"),
        (
            "{title: x, realms: [scenarios], clauses: [{heading: h}]}",
            "terms.yaml does not hold terms: .*`text`.*clauses",
        ),
        ("{title: x, realms: [scenarios], colour: red}", "unknown field `colour`"),
        ("{title: x, realms: [scenarios], struck: ['1']}", "strikes nothing out"),
        (
            "{title: x, realms: [scenarios], clauses: [{id: a, heading: h, text: t}, {id: a, heading: i, text: u}]}",
            "Two clauses",
        ),
        ("just text", "does not hold terms"),
    ],
)
def test_terms_that_cannot_be_read_are_told_with_file_and_field(meridia: Terminal, terms: str, why: str) -> None:
    Path("terms.yaml").write_text(terms)
    typed = meridia.type("accord", "propose", "--to", "XTV", "--terms", "terms.yaml")
    assert typed.code == 1
    assert re.search(why, typed.err), typed.err


def test_proposing_to_nobody_or_to_a_stranger_is_refused(meridia: Terminal) -> None:
    words = ("accord", "propose", "--title", "Storms", "--realm", "scenarios")
    assert "not paired" in meridia.type(*words, "--to", "XOU").err
    assert "not a party code" in meridia.type(*words, "--to", "nobody at all").err
    assert meridia.type(*words, "--to", ",").code == 1
    assert "write 'HEADING | TEXT'" in meridia.type(*words, "--to", "XTV", "--clause", "just words").err


def test_amendments_that_say_nothing_or_too_much_are_refused(accord: str, torvia: Terminal) -> None:
    assert "changes nothing" in torvia.type("accord", "amend", accord).err
    assert "name it with --clause" in torvia.type("accord", "amend", accord, "--text", "x").err
    assert "is new: give both" in torvia.type("accord", "amend", accord, "--clause", "9", "--text", "x").err
    assert "[clause-duty]" in torvia.type("accord", "amend", accord, "--clause", "1", "--duty", "consent").err
    assert "names no clause" in torvia.type("accord", "ask", accord, "What?", "--clause", "9").err
    assert "the text is empty" in torvia.type("accord", "ask", accord, "  ").err
    assert "is not a question" in torvia.type("accord", "answer", accord, "XMR/0", "x").err


def test_text_may_come_from_standard_input(accord: str, torvia: Terminal) -> None:
    torvia.does("accord", "ask", accord, "-", heard="How long?\n")
    assert torvia.reads("accord", "show", accord)["questions"][0]["text"] == "How long?"


def re_spaced(text: str) -> str:
    return " ".join(text.split())
