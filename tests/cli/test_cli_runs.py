"""`stafftalks analyse run`: a question is frozen for the headquarters to reckon, looked at, stopped, asked again and forgotten."""

from stafftalks.services import elements, run_work
from stafftalks.services.ports import Headquarters
from stafftalks.services.run_rows import Limits, RiskWanted, RunAsk
from tests.cli.stage import FakeSite, Terminal
from tests.fakes import PLANNER
from tests.services.mixes import reckoned
from tests.web.world import content

RUN = ("analyse", "run")


def working(site: FakeSite) -> Headquarters:
    hq = site.hqs["xmr"]
    for title in ("Load", "Unload"):
        made = content("activity", title=title, what=title, contingency="Vael", window="C+1 to C+2")
        elements.add(hq, PLANNER, made)
    return hq


def test_a_run_is_begun_told_stopped_begun_again_and_forgotten(site: FakeSite, meridia: Terminal) -> None:
    hq = working(site)
    begun = meridia.reads(*RUN, "begin", "schedule", "--private", "--seconds", "30")
    run = begun["run"]["run"]
    assert (begun["run"]["state"], begun["run"]["seconds"], begun["run"]["memory_mb"]) == ("waiting", 30.0, 2048)
    assert begun["stands_on"]["stays_home"]
    assert run_work.take(hq) is not None
    listed = meridia.does(*RUN, "list").out
    assert run[:8] in listed
    assert "running" in listed
    assert "ends with the best it has" in meridia.does(*RUN, "stop", run[:6]).out
    run_work.end(hq, run, "stopped", "It was stopped.", 4.0)
    shown = meridia.reads(*RUN, "show", run)
    assert (shown["run"]["state"], shown["run"]["elapsed_s"], shown["moved"]) == ("stopped", 4.0, [])
    elements.add(hq, PLANNER, content("activity", title="Sail", what="Sail", contingency="Vael", window="C+1 to C+2"))
    assert "“Sail” has come since" in meridia.does(*RUN, "show", run).out
    assert meridia.reads(*RUN, "again", run)["run"]["run"] != run
    assert "is forgotten" in meridia.does(*RUN, "forget", run).out
    assert meridia.reads(*RUN, "list")["total"] == 1


def test_what_cannot_be_done_with_a_run_is_said(site: FakeSite, meridia: Terminal) -> None:
    nothing = meridia.type(*RUN, "begin", "risk")
    assert nothing.code == 1
    assert "There is nothing to reckon: no activity stands here." in nothing.err
    assert "Nothing has been asked yet." in meridia.does(*RUN, "list").out
    working(site)
    assert "it takes a planner" in meridia.type(*RUN, "begin", "risk", "--private", who="ada").err
    assert "No run here begins with" in meridia.type(*RUN, "show", "xyz").err
    runs = [meridia.reads(*RUN, "begin", "risk", "--private")["run"]["run"] for _ in range(2)]
    for run in runs:
        assert meridia.reads(*RUN, "show", run)["run"]["run"] == run
    assert "stop it first" in meridia.type(*RUN, "forget", runs[0]).err


def test_what_a_run_came_to_is_written_as_a_draft(site: FakeSite, meridia: Terminal) -> None:
    hq = working(site)
    run = reckoned(hq, RunAsk(RiskWanted(draws=20), "Vael", private=True, limits=Limits(5, 512)))
    made = meridia.reads(*RUN, "write", run)
    assert (made["kind"], made["contingency"]) == ("assessment", "Vael")
    assert "It stays at home until it is released." in meridia.does(*RUN, "write", run[:9]).out
    begun = meridia.reads(*RUN, "begin", "risk", "--private")["run"]["run"]
    assert "no result yet" in meridia.type(*RUN, "write", begun).err
