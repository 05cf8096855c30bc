"""What partners wrote is shown and never obeyed by a terminal; words are plain where nobody looks at a terminal."""

import re

from hypothesis import given
from hypothesis import strategies as st

from stafftalks.cli.screen import clean, clean_line, when
from tests.cli.stage import Terminal

ATTACKS = "\x1b[2J\x1b]0;owned\x07\r\x08\x9b31m\u202eevil\u2066\u2028[red]bold[/red] :smile:"


@given(st.text())
def test_no_control_character_or_direction_override_reaches_a_terminal(text: str) -> None:
    shown = clean(text)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]", shown)
    assert "\n" not in clean_line(text)


@given(st.text(st.characters(categories=["L", "N", "P", "S"])))
def test_ordinary_text_is_shown_as_it_is(text: str) -> None:
    assert clean(text) == text


@given(st.integers())
def test_any_claimed_time_can_be_shown(at: int) -> None:
    assert when(at)


def test_times_are_utc_and_never_is_said() -> None:
    assert when(1_674_561_600) == "2023-01-24 12:00 UTC"
    assert when(0) == "never"
    assert when(2**53) == "unix time 9007199254740992"
    assert when(-1) == "unix time -1"


def test_what_a_partner_wrote_cannot_drive_the_terminal(accord: str, meridia: Terminal, torvia: Terminal) -> None:
    torvia.does("accord", "ask", accord, f"Really? {ATTACKS}")
    torvia.does("accord", "decline", accord, "--statement", ATTACKS)
    torvia.does("exchange", "run")
    for words in (("accord", "show", accord), ("accord", "list"), ("exchange", "log")):
        out = meridia.does(*words).out
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028]", out)
    for words in (("accord", "show", accord), ("exchange", "log")):
        assert not re.search(
            "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028]", meridia.does(*words, "--json").out
        )
    assert "[red]bold[/red] :smile:" in meridia.does("accord", "show", accord).out
    assert meridia.reads("accord", "show", accord)["questions"][0]["text"] == f"Really? {ATTACKS}".strip()


def test_words_in_a_pipe_are_aligned_and_never_cut(meridia: Terminal) -> None:
    title = "A very long title " * 20
    for number in range(2):
        meridia.does("element", "add", "--kind", "scenario", "--set", f"title={title}{number}", who="pia")
    head, *rows = meridia.does("element", "list").out.splitlines()
    place = head.index("Version")
    assert len(rows) == 2
    for row in rows:
        assert title.strip() in row
        assert row[place - 2 : place] == "  "
        assert row[place] != " "


def test_on_a_terminal_tables_are_drawn_and_still_obey_nobody(accord: str, meridia: Terminal, torvia: Terminal) -> None:
    torvia.does("accord", "decline", accord, "--statement", ATTACKS)
    torvia.does("exchange", "run")
    terminal = {"FORCE_COLOR": "1", "TERM": "xterm"}
    drawn = meridia.type("accord", "show", accord, env=terminal).out
    assert "─" in drawn
    without_style = re.sub(r"\x1b\[[0-9;]*m", "", drawn)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", without_style)
    assert "\\u001b[2J" in re.sub(r"\s", "", without_style).replace("│", "")
