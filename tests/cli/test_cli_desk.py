"""The desk from a terminal: look, redact, decide by two persons and a third, several in one act; and the letters."""

import json
from pathlib import Path

import pytest

from stafftalks.values.ids import PartyId
from tests.cli.stage import FakeSite, Terminal, Typed
from tests.fakes import permit

SCENARIO = """
- kind: scenario
  title: Mines in the lane
  narrative: "Mines are laid by night.\\n\\nThe pilots' list is kept in Mersel."
  branches: [{id: B1, title: Cleared}, {id: B2, title: Laid anew, mark: S}]
- {kind: report, title: Lights, said: Lights were seen.}
- {kind: report, title: Sounds, said: Sounds were heard.}
"""


@pytest.fixture
def desk(site: FakeSite, meridia: Terminal, torvia: Terminal, tmp_path: Path) -> dict[str, str]:
    """Three requests by title, with the accord open."""
    from tests.services.scenes import accepted

    permit(site.hqs["xmr"], PartyId("XTV"))
    accord = accepted(site.hqs["xmr"], site.hqs["xtv"])
    (tmp_path / "list.yaml").write_text(SCENARIO)
    found = {}
    for line in meridia.reads("element", "import", "list.yaml", who="pia")["added"]:
        realm = "scenarios" if line["kind"] == "scenario" else "intelligence"
        asked = meridia.reads("release", "request", accord, line["id"], "--realm", realm, "--to", "XTV", who="pia")
        found[line["title"]] = asked["id"]
    return found


def refused(terminal: Terminal, *words: str, who: str | None = None) -> Typed:
    """What came of a command that must fail."""
    typed = terminal.type(*words, who=who)
    assert typed.code != 0, typed.out
    return typed


def test_a_request_is_looked_at_redacted_and_let_go(meridia: Terminal, desk: dict[str, str]) -> None:
    mines = desk["Mines in the lane"]
    page = meridia.reads("release", "show", mines, who="oda")
    assert "label-below-portions" in {refusal["rule"] for refusal in page["refusals"]}
    assert page["needed"] == ["remove branches.B2"]
    done = meridia.reads("release", "redact", mines, "remove narrative#2", "--needed", who="oda")
    assert done["redactions"] == ["remove narrative#2", "remove branches.B2"]
    told = meridia.does("release", "show", mines, who="oda").out
    assert "Taken out: remove branches.B2" in told
    assert "No rule says no." in told
    assert "Mersel" not in told.split("What stays home")[0]
    assert (
        "changed since it was shown"
        in refused(meridia, "release", "approve", mines, "--shown", page["shown"], who="oda").err
    )
    now = meridia.reads("release", "show", mines, who="oda")["shown"]
    assert meridia.reads("release", "approve", mines, "--shown", now, who="oda")["state"] == "released"


def test_taking_out_says_what_or_undoes(meridia: Terminal, desk: dict[str, str]) -> None:
    mines = desk["Mines in the lane"]
    for wrong in ((), ("remove branches.B2", "--undo")):
        assert "Say what to take out" in refused(meridia, "release", "redact", mines, *wrong, who="oda").err
    assert "is no redaction" in refused(meridia, "release", "redact", mines, "hide it", who="oda").err
    meridia.does("release", "redact", mines, "remove branches.B2", who="oda")
    assert meridia.does("release", "redact", mines, "--undo", who="oda").out.strip() == "As it was asked for."


def test_the_head_lets_go_as_a_third_person(meridia: Terminal, site: FakeSite, desk: dict[str, str]) -> None:
    permit(site.hqs["xmr"], PartyId("XTV"), head_decides=("report",))
    lights = desk["Lights"]
    assert meridia.reads("release", "show", lights, who="oda")["needs_head"]
    assert "head of delegation decides too" in meridia.does("release", "approve", lights, who="oda").out
    assert meridia.reads("release", "list", "--state", "approved")["total"] == 1
    assert "head of delegation" in refused(meridia, "release", "approve", lights, who="oda").err
    assert meridia.reads("release", "approve", lights, who="hal")["approvals"] == ["oda", "hal"]


def test_a_request_is_handed_back_asked_again_and_refused(meridia: Terminal, desk: dict[str, str]) -> None:
    lights = desk["Lights"]
    back = meridia.reads("release", "back", lights, "Who saw them?", who="oda")
    assert (back["state"], back["reason"]) == ("returned", "Who saw them?")
    again = meridia.reads(
        "release", "request", back["accord"], back["element"], "--realm", "intelligence", "--to", "XTV", "--again", lights, who="pia"
    )  # fmt: skip
    assert again["follows"] == lights
    assert meridia.reads("release", "refuse", again["id"], "Not for them.", who="oda")["state"] == "refused"


def test_several_go_in_one_act_or_none(meridia: Terminal, desk: dict[str, str]) -> None:
    several = refused(meridia, "release", "together", *desk.values(), who="oda")
    assert "label-below-portions" in several.out
    as_json = refused(meridia, "release", "together", *desk.values(), "--json", who="oda")
    assert list(json.loads(as_json.out)["against"]) == [desk["Mines in the lane"]]
    assert meridia.reads("release", "list", "--state", "waiting")["total"] == 3
    done = meridia.reads("release", "together", desk["Lights"], desk["Sounds"], who="oda")
    assert {line["state"] for line in done["requests"]} == {"released"}


def test_the_queue_is_narrowed(meridia: Terminal, desk: dict[str, str]) -> None:
    def titles(*options: str) -> list[str]:
        return [line["title"] for line in meridia.reads("release", "list", *options)["requests"]]

    assert titles("--kind", "scenario") == ["Mines in the lane"]
    assert titles("--text", "SOUNDS") == ["Sounds"]
    assert titles("--to", "XPA") == []
    assert len(titles("--mine", "--as", "pia")) == 3
    assert titles("--others", "--as", "pia") == []
    assert sorted(titles("--oldest")) == sorted(desk)


def test_letters_are_listed_shown_and_checked(meridia: Terminal, site: FakeSite, desk: dict[str, str]) -> None:
    (line,) = meridia.reads("letter", "list")
    assert (line["partner"], line["standing"]) == ("XTV", "in force")
    assert meridia.reads("letter", "show", line["id"][:6])["content"]["partner"] == "XTV"
    found = {one["title"]: one for one in meridia.reads("letter", "check", line["id"])["elements"]}
    assert found["Lights"]["allowed"]
    assert found["Mines in the lane"]["mendable"]
    assert "would be allowed after redaction" in meridia.does("letter", "check", line["id"]).out
    assert "are never released" in refused(meridia, "letter", "check", line["id"], "--kind", "letter").err
    assert "All to XTV" in meridia.does("letter", "list").out
    meridia.does("element", "archive", line["id"], who="hal")
    assert "No letter: nothing leaves." in meridia.does("letter", "list").out
    assert meridia.reads("letter", "list", "--archived")[0]["standing"] == "put away"
