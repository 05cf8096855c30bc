"""The main job typed at two terminals, over a wire in memory."""

from pathlib import Path

from tests.cli.stage import FakeSite, Terminal

LETTER = tuple(
    word
    for setting in (
        "title=What Torvia may read",
        "partner=XTV",
        "ceilings.0.policy=PLAIN",
        "ceilings.0.classification=RESTRICTED",
        "realms=scenarios",
        "kinds=scenario",
        "contingencies=all",
        "methods=https",
        "deciders=oda",
        "valid_until=2027-01-01",
    )
    for word in ("--set", setting)
)


def test_the_main_job_can_be_done_from_proposal_to_withdrawal(
    accord: str, meridia: Terminal, torvia: Terminal, tmp_path: Path
) -> None:
    (listed,) = torvia.reads("accord", "list")
    assert (listed["id"], listed["title"], listed["open_realms"]) == (accord, "Coastal contingencies", [])
    torvia.does("accord", "ask", accord[:8], "Does it stay in intelligence and scenarios?", "--clause", "1")
    torvia.does("exchange", "run", "--partner", "xmr")
    (question,) = meridia.reads("accord", "show", accord)["questions"]
    assert question["clause"] == "1"
    meridia.does("accord", "answer", accord, question["entry"], "It stays where you accept it.")
    meridia.does("accord", "accept", accord, "--realm", "intelligence,scenarios,exercises,operations")
    assert "Open now: no realm yet" in torvia.does("accord", "accept", accord, "--realm", "scenarios").out
    meridia.does("exchange", "run")
    assert torvia.reads("accord", "list")[0]["open_realms"] == ["scenarios"]

    meridia.does("element", "add", "--kind", "letter", *LETTER, who="hal")
    settings = ("--set", "title=Storm surge", "--set", "branches.0.title=Dikes hold", "--set", "branches.0.id=B1")
    element = meridia.reads("element", "add", "--kind", "scenario", *settings, who="pia")["id"]
    request = meridia.reads("release", "request", accord, element[:6], "--realm", "scenarios", "--to", "XTV", who="pia")
    shown = meridia.does("release", "preview", request["id"], who="oda").out
    assert "Storm surge" in shown
    assert "Dikes hold" in shown
    assert "No rule says no." in shown
    released = meridia.reads("release", "decide", request["id"], "--release", who="oda")
    assert released["state"] == "released"
    meridia.does("exchange", "run")
    read = torvia.reads("release", "read", accord, element[:8])
    assert read["content"]["title"] == "Storm surge"

    meridia.does("release", "recall", accord, element, "--reason", "A wrong map.", who="oda")
    meridia.does("exchange", "run")
    (recall,) = torvia.reads("accord", "show", accord)["recalls"]
    torvia.does("release", "confirm", accord, recall["entry"], "--statement", "Removed.", who="oda")
    torvia.does("exchange", "run")
    (recall,) = meridia.reads("accord", "show", accord)["recalls"]
    assert recall["holders"][0]["outcome"] == "confirmed removed"

    torvia.does("accord", "withdraw", accord, "--statement", "Thank you.", "--keeps", "Nothing.")
    bundle = tmp_path / "carried.stafftalks"
    torvia.does("exchange", "export", "--to", "XMR", "--accord", accord, "-o", str(bundle))
    assert meridia.reads("exchange", "import", str(bundle))["entries"] == 1
    standings = {line["party"]: line["state"] for line in meridia.reads("accord", "show", accord)["standings"]}
    assert standings == {"XMR": "accepted", "XTV": "withdrawn"}
    for terminal in (meridia, torvia):
        assert all(feed["sound"] for feed in terminal.reads("record", "verify"))


def test_nothing_is_released_by_the_person_who_asked(open_accord: str, meridia: Terminal) -> None:
    element = meridia.reads("element", "add", "--kind", "scenario", "--set", "title=Quake", who="oda")["id"]
    request = meridia.reads(
        "release", "request", open_accord, element, "--realm", "scenarios", "--to", "XTV", who="oda"
    )
    refused = meridia.type("release", "decide", request["id"], "--release", who="oda")
    assert refused.code == 1
    assert meridia.reads("release", "list", "--state", "waiting")["total"] == 1


def test_nothing_is_released_in_a_closed_realm_and_every_rule_is_on_a_line(open_accord: str, meridia: Terminal) -> None:
    element = meridia.reads("element", "add", "--kind", "exercise", "--set", "title=Juniper", who="pia")["id"]
    request = meridia.reads(
        "release", "request", open_accord, element, "--realm", "exercises", "--to", "XTV", who="pia"
    )
    preview = meridia.reads("release", "preview", request["id"], who="pia")
    refused = meridia.type("release", "decide", request["id"], "--release", who="pia")
    assert refused.code == 1
    assert len(preview["refusals"]) >= 2
    assert len(refused.err.splitlines()) == len(preview["refusals"])
    for refusal in preview["refusals"]:
        assert f"[{refusal['rule']}]" in refused.err


def test_amendments_keep_what_is_not_given(accord: str, torvia: Terminal) -> None:
    torvia.does("accord", "amend", accord, "--clause", "2", "--text", "Within a week.", "--strike", "1")
    clauses = {line["id"]: line for line in torvia.reads("accord", "show", accord)["clauses"]}
    wordings = {wording["text"]: wording for wording in clauses["2"]["wordings"]}
    assert wordings["Within a week."]["heading"] == "Telling"
    assert wordings["Within a week."]["duty"] == "inform"
    assert clauses["1"]["struck_by"] == ["XTV"]
    several = torvia.type("accord", "accept", accord, "--realm", "scenarios", "--clause", "2")
    assert several.code == 1
    assert "several wordings" in several.err
    torvia.does("accord", "accept", accord, "--realm", "scenarios", "--clause", wordings["Within a week."]["hash"][:10])


def test_standing_can_be_narrowed_at_once_and_alone(open_accord: str, torvia: Terminal) -> None:
    torvia.does("accord", "suspend", open_accord, "--statement", "A pause.")
    assert torvia.reads("accord", "list")[0]["open_realms"] == []
    torvia.does("accord", "resume", open_accord)
    assert torvia.reads("accord", "list")[0]["open_realms"] == ["intelligence", "scenarios"]
    torvia.does("accord", "decline", open_accord)
    assert torvia.reads("accord", "list")[0]["standings"]["XTV"] == "declined"


def test_a_handed_back_request_says_why(open_accord: str, meridia: Terminal) -> None:
    element = meridia.reads("element", "add", "--kind", "scenario", "--set", "title=Quake", who="pia")["id"]
    words = ("release", "request", open_accord, element, "--realm", "scenarios", "--to", "XTV")
    first, second, third = (meridia.reads(*words, who="pia")["id"] for _ in range(3))
    meridia.does("release", "decide", first, "--hand-back", "Which coast?", who="oda")
    meridia.does("release", "decide", second, "--refuse", "Too early.", who="oda")
    meridia.does("release", "cancel", third, who="pia")
    found = {line["id"]: (line["state"], line["reason"]) for line in meridia.reads("release", "list")["requests"]}
    assert found[first] == ("returned", "Which coast?")
    assert found[second] == ("refused", "Too early.")
    assert found[third][0] == "withdrawn"
    two_ways = meridia.type("release", "decide", first, "--release", "--refuse", "No.", who="oda")
    assert two_ways.code == 1
    assert "Decide one way" in two_ways.err


def test_a_partner_that_cannot_be_reached_is_a_failure_of_the_host_and_loses_nothing(
    site: FakeSite, meridia: Terminal, torvia: Terminal, tmp_path: Path
) -> None:
    site.wire = False
    made = meridia.reads("accord", "propose", "--to", "XTV", "--title", "Storms", "--realm", "scenarios")
    down = meridia.type("exchange", "run")
    assert down.code == 4
    assert "Torvia could not be reached" in down.err
    (status,) = meridia.reads("exchange", "status")
    assert status["unsent"] > 0
    assert "could not be reached" in status["last_error"]
    site.wire = True
    meridia.does("exchange", "run")
    assert torvia.reads("accord", "list")[0]["id"] == made["accord"]
    outcomes = {line["outcome"] for line in meridia.reads("exchange", "log")["exchanges"]}
    assert {"failed", "sent"} <= outcomes
