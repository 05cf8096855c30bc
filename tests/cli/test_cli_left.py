"""What left, recalls of everything, acknowledgements and consents at the terminal."""

import pytest

from tests.cli.stage import Terminal


@pytest.fixture
def given(open_accord: str, meridia: Terminal, torvia: Terminal) -> tuple[str, str, str]:
    """Meridia has given two scenarios to Torvia: the accord and both elements."""
    elements = []
    for title in ("Storm surge", "Quake"):
        settings = ("--set", f"title={title}", "--set", "branches.0.title=Dikes hold", "--set", "branches.0.id=B1")
        element = meridia.reads("element", "add", "--kind", "scenario", *settings, who="pia")["id"]
        let_go(meridia, "release", "request", open_accord, element, "--realm", "scenarios", "--to", "XTV")
        elements.append(element)
    return open_accord, elements[0], elements[1]


def let_go(terminal: Terminal, *words: str) -> str:
    """A release that two persons let go, and the partner has."""
    request = terminal.reads(*words, who="pia")["id"]
    assert terminal.reads("release", "decide", request, "--release", who="oda")["state"] == "released"
    terminal.does("exchange", "run")
    return request


def test_what_left_is_told_with_who_let_it_go_and_what_is_known(
    given: tuple[str, str, str], meridia: Terminal, torvia: Terminal
) -> None:
    accord, first, _second = given
    listed = meridia.reads("release", "left", "--element", first[:8])
    (line,) = listed["versions"]
    assert (line["title"], line["asked_by"], line["let_go_by"]) == ("Storm surge", "pia", ["oda"])
    assert line["later_than"]
    assert line["earlier_than"]
    (holder,) = line["holders"]
    assert (holder["party"], holder["fate"], holder["readers"], holder["out_of_reach_since"]) == (
        "XTV",
        "stands",
        None,
        None,
    )
    assert holder["received_at"]
    let_go(torvia, "release", "acknowledge", accord, first[:8], "--readers", "--statement", "Read.")
    assert "read by 0, as they chose to tell" in meridia.does("release", "left", "--to", "xtv").out
    assert meridia.type("release", "left", "--fate", "deleted").code == 1
    assert "Nothing that matches" in meridia.does("release", "left", "--fate", "refused").out


def test_everything_is_recalled_and_answered_in_one_act_each(
    given: tuple[str, str, str], meridia: Terminal, torvia: Terminal
) -> None:
    accord, first, _second = given
    assert meridia.type("release", "recall", accord, who="oda").code == 1
    assert meridia.type("release", "recall", accord, first, "--all", who="oda").code == 1
    assert len(meridia.reads("release", "recall", accord, "--all", "--reason", "Wrong map.", who="oda")["entries"]) == 2
    meridia.does("exchange", "run")
    assert torvia.type("release", "confirm", accord, who="oda").code == 1
    said = torvia.does("release", "confirm", accord, "--all-of", "xmr", "--statement", "Backups.", who="oda").out
    assert "Removed and confirmed: 2 elements." in said
    assert torvia.type("release", "confirm", accord, "--all-of", "xmr", who="oda").code == 1
    torvia.does("exchange", "run")
    lines = meridia.reads("release", "left", "--fate", "confirmed removed")["versions"]
    assert [line["holders"][0]["statement"] for line in lines] == ["Backups."] * 2


def test_withdrawing_recalls_everything_in_the_same_act(given: tuple[str, str, str], meridia: Terminal) -> None:
    accord, *_ = given
    left = meridia.reads("accord", "withdraw", accord, "--keeps", "Minutes.", "--recall-all", "--reason", "We go.")
    assert (len(left["recalled"]), left["refusals"]) == (2, [])
    assert meridia.reads("release", "left", "--fate", "not confirmed")["total"] == 2


def test_a_suspension_stands_where_its_recalls_are_refused(given: tuple[str, str, str], meridia: Terminal) -> None:
    accord, *_ = given
    said = meridia.does("accord", "suspend", accord, "--recall-all", "--reason", "why " * 1_000)
    assert "Suspended." in said.out
    assert "Nothing was recalled with it" in said.err
    standings = {line["party"]: line["state"] for line in meridia.reads("accord", "show", accord)["standings"]}
    assert standings["XMR"] == "suspended"


def test_consent_is_asked_for_and_answered(given: tuple[str, str, str], meridia: Terminal, torvia: Terminal) -> None:
    accord, first, _second = given
    ask = ("consent", "ask", accord, first[:8], "--recipient", "XPA", "--until", "2027-05-04")
    assert "has no part" in torvia.type(*ask, "--part", "branches.B9", who="pia").err
    let_go(torvia, *ask, "--part", "branches.B1", "--purpose", "For the coast guard.")
    board = meridia.reads("consent", "list", accord)
    (asked,) = board["to_answer"]
    assert (asked["asked_by"], asked["recipient"], asked["title"], asked["answer"]) == ("XTV", "XPA", "Storm surge", "")
    assert len(asked["parts"]) == 1
    answer = ("consent", "answer", accord, asked["element"][:8])
    assert meridia.type(*answer, who="pia").code == 1
    let_go(meridia, *answer, "--grant", "--conditions", "Name us.")
    (given_to,) = torvia.reads("consent", "list", accord)["received"]
    assert (given_to["verdict"], given_to["conditions"], given_to["fault"]) == ("granted", "Name us.", "")
    for terminal in (meridia, torvia):
        assert "days left" in terminal.does("consent", "list", accord).out
    let_go(meridia, *answer, "--refuse")
    assert torvia.reads("consent", "list", accord)["received"][0]["verdict"] == "refused"
