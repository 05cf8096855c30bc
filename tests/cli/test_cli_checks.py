"""Private checks at the terminal: nothing is said without --yes, it goes on where it was interrupted, and an auditor needs files alone."""

import json
import signal
from pathlib import Path

import pytest

from stafftalks.services import exchange
from stafftalks.services.check_work import advance as real_advance
from tests.cli.stage import FakeSite, Terminal
from tests.fakes import FakeCarrier, permit

AREA = {"type": "Polygon", "coordinates": [[[33.5, 35.5], [34.7, 35.5], [34.7, 36.5], [33.5, 36.5], [33.5, 35.5]]]}
WINDOW = ("--from", "2027-05-05T06:00Z", "--until", "2027-05-05T09:00Z", "--floor", "0", "--ceiling", "20000 ft")


def talk(site: FakeSite) -> None:
    one, other = site.hqs["xmr"], site.hqs["xtv"]
    for _ in range(2):
        exchange.run(one, FakeCarrier(one, [other]), other.party, force=True)


@pytest.fixture
def accord(site: FakeSite, meridia: Terminal, torvia: Terminal) -> str:
    """An accord in which activities flow, letters, wide budgets, and on each side one activity that the other has not seen."""
    for one, other in ((meridia, torvia), (torvia, meridia)):
        permit(site.hqs[one.home], site.hqs[other.home].party)
    made = meridia.reads(
        "accord", "propose", "--to", "XTV", "--title", "Coast", "--purpose", "Plan.", "--realm", "scenarios", "--clause", "Scope | All."
    )["accord"]  # fmt: skip
    talk(site)
    for one, other, title, lat in ((meridia, "XTV", "Minesweeping", "36.0"), (torvia, "XMR", "Sonar trial", "36.02")):
        one.does("accord", "accept", made, "--realm", "scenarios")
        fields = {
            "title": title, "what": title, "footprint": f"circle {lat}, 34 radius 4 km", "window": "2027-05-05T06:00Z to 2027-05-05T09:00Z",
            "altitude.low_m": "0", "altitude.high_m": "900",
        }  # fmt: skip
        sets = [part for name, value in fields.items() for part in ("--set", f"{name}={value}")]
        one.does("element", "add", "--kind", "activity", *sets, who="pia")
        one.does("check", "budget", other, "--hours", "0", "--share", "100")
    talk(site)
    return made


def proposed(meridia: Terminal, accord: str, *more: str) -> list[str]:
    Path("area.geojson").write_text(json.dumps(AREA))
    return [
        "check", "propose", accord, "--to", "XTV", "--purpose", "Keep clear.", "--area", "area.geojson", *WINDOW, "--number", "5",
        "--auditor", "The umpire", *more,
    ]  # fmt: skip


def test_a_check_from_proposal_to_audit(site: FakeSite, meridia: Terminal, torvia: Terminal, accord: str) -> None:
    draft = meridia.reads(*proposed(meridia, accord))
    assert (draft["check"], draft["entry"], draft["cost"]["activities"], draft["cost"]["refusals"]) == ("", "", 1, [])
    assert any("made up, 5 at most" in sentence for sentence in draft["limits"])
    assert meridia.reads("check", "list") == [], "nothing is said without --yes"
    words = meridia.does(*proposed(meridia, accord)).out
    assert "What each side will know" in words
    assert "Nothing was said: with --yes it is." in words
    ref = meridia.reads(*proposed(meridia, accord, "--yes"), who="oda")["check"]
    talk(site)
    (waiting,) = torvia.reads("check", "list", "--waiting")
    assert (waiting["check"], waiting["purpose"], waiting["next"]) == (ref, "Keep clear.", "XTV")
    told = torvia.reads("check", "consent", ref)
    assert (told["entry"], told["tells"][0]["about"]) == ("", "The proposal")
    torvia.does("check", "consent", ref, "--statement", "Yes.", "--yes", who="oda")
    for _ in range(3):
        talk(site)
        assert [meridia.type("check", "run").code, torvia.type("check", "run").code] == [0, 0]
    talk(site)
    torvia.type("check", "run")
    talk(site)
    found = meridia.reads("check", "result", ref)
    assert (found["state"], found["known"], found["put_in"]) == ("done", True, 1)
    assert [one["title"] for one in found["flagged"]] == ["Minesweeping"]
    assert "Sonar trial" not in json.dumps(found)
    out = meridia.does("check", "result", ref).out
    assert "Of our activities 1 took part; a place and a time with something of theirs: 1." in out
    assert "What was told to whom" in out
    assert "No check has anything to be done here now." in meridia.does("check", "run").out
    files = meridia.reads("check", "open", ref, "-o", ".", "--plans", who="oda")["files"]
    Path("theirs").mkdir()
    files += [one for one in torvia.reads("check", "open", ref, "-o", "theirs", who="oda")["files"] if "opening" in one]
    report = Terminal(site, "nowhere", "").type("check", "audit", *files, "--json")
    assert report.code == 0, report.err
    assert (report.json["sound"], report.json["opened"], report.json["check"]) == (True, ["XMR", "XTV"], ref)
    assert "Nothing of XTV's plans is in these files" in " ".join(report.json["unchecked"])
    left_out = meridia.type("check", "audit", files[0])
    assert left_out.code == 3
    assert "transcript" in left_out.err
    again = meridia.type("check", "open", ref, "-o", ".", who="oda")
    assert "exists already" in again.err
    assert "Its points are dropped." in meridia.does("check", "drop", ref, who="oda").out
    assert "kept here no more" in meridia.does("check", "result", ref).out
    late = meridia.type("check", "open", ref, "-o", "theirs", who="oda")
    assert "transcript can no longer be made" in late.err


def test_interrupted_it_goes_on_from_there(
    site: FakeSite, meridia: Terminal, torvia: Terminal, accord: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = meridia.reads(*proposed(meridia, accord, "--yes"), who="oda")["check"]
    talk(site)
    torvia.does("check", "consent", ref, "--yes", who="oda")
    talk(site)

    def pressed(*args: object) -> object:
        hq, proposal, workers, watch = args

        def watched(progress: object) -> bool:
            signal.raise_signal(signal.SIGINT)
            return watch(progress)  # type: ignore[operator]

        return real_advance(hq, proposal, workers, watched)  # type: ignore[arg-type]

    monkeypatch.setattr("stafftalks.services.check_work.advance", pressed)
    stopped = meridia.type("check", "run")
    assert stopped.code == 0
    assert "Interrupted: what is computed is kept" in stopped.out
    monkeypatch.undo()
    (line,) = meridia.reads("check", "run")
    assert (line["state"], line["doing"], line["percent"]) == ("running", "waiting", 25)


def test_it_is_declined_stopped_and_taken_back(
    site: FakeSite, meridia: Terminal, torvia: Terminal, accord: str
) -> None:
    first, second, third = (meridia.reads(*proposed(meridia, accord, "--yes"), who="oda")["check"] for _ in range(3))
    talk(site)
    torvia.does("check", "decline", first, "--statement", "Too wide.", who="oda")
    torvia.does("check", "consent", second, "--yes", who="oda")
    talk(site)
    meridia.does("check", "stop", second, who="oda")
    assert "Stopped" in meridia.does("check", "stop", third, who="oda").out
    states = {line["check"]: line["state"] for line in meridia.reads("check", "list", "--with", "XTV")}
    assert states == {first: "declined", second: "stopped", third: "stopped"}
    assert "Nothing has come out for us" in meridia.does("check", "result", second).out


def test_every_error_is_a_sentence(meridia: Terminal, accord: str) -> None:
    for more, sentence in (
        (("--mode", "all"), "'all' is not what a check can tell"),
        (("--learns", "us"), "'us' is nobody who can be told"),
        (("--own-area",), "Give the area, once"),
        (("--until", "2027-05-01"), "The window ends before it begins"),
        (("--area", "absent.geojson"), "absent.geojson cannot be read"),
        (("--area", "Port of Mersel"), "a point, a corridor or a name alone is none"),
        (("--purpose", " "), "Say what the check is for"),
        (("--from", "soon"), "'soon' is not a time"),
        (("--activity", "zzz"), "No element here has an id"),
        (("--refines", "XTV/9"), "No private check here is called 'XTV/9'"),
    ):
        typed = meridia.type(*proposed(meridia, accord), *more)
        assert (typed.code, sentence in typed.err) == (1, True), typed.err


def test_roles_and_budgets_hold_here_too(meridia: Terminal, accord: str) -> None:
    refused = meridia.type(*proposed(meridia, accord, "--yes"), who="pia")
    assert refused.code == 1
    assert "[act-role]" in refused.err
    assert meridia.type("check", "budget", "XTV", "--checks", "0", who="oda").code == 1
    meridia.does("check", "budget", "XTV", "--checks", "0")
    (line,) = meridia.reads("check", "budget")
    assert (line["partner"], line["checks_a_week"], line["share_percent"], line["by"]) == ("XTV", 0, 100, "hal")
    assert "0 of 0" in meridia.does("check", "budget", "XTV").out
    blocked = meridia.type(*proposed(meridia, accord, "--yes"), who="oda")
    assert "[check-budget]" in blocked.err
    assert meridia.type("check", "budget", "--checks", "3").code == 1
