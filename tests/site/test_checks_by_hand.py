"""A private check between two processes with no wire between them: every step is a file carried by hand, and each is stopped and started meanwhile."""

from pathlib import Path

import pytest

from stafftalks.accord.bodies import EntryRef
from stafftalks.cli.site_port import Listening
from stafftalks.site.demo import new_password
from stafftalks.site.demo.job import letter
from stafftalks.site.demo.job_checks import AREA, HOST, PARTNER, WINDOW
from stafftalks.site.demo.lines import Carried, CheckSeen, Made
from stafftalks.site.demo.stage import Actor, Stage, set_stage
from stafftalks.values.ids import AccordId

pytestmark = pytest.mark.slow


def carried(stage: Stage, accord: AccordId, giver: Actor, folder: Path) -> Carried:
    """A file from the giver to the other."""
    taker = stage.other(giver.party)
    path = folder / f"{giver.party}.bundle"
    giver.call(int, "export", accord=accord, to=[taker.party], file=str(path))
    return taker.call(Carried, "import", file=str(path))


def agreed(stage: Stage) -> AccordId:
    """An accord that both accept, with letters on both sides, over the wire."""
    stage.pair()
    accord = stage.meridia.call(
        AccordId, "propose", "head", title="Clear of each other", purpose="Safety.", realms=["scenarios"], clauses=[],
        to=[stage.torvia.party],
    )  # fmt: skip
    stage.settle(accord)
    for actor in (stage.meridia, stage.torvia):
        actor.call(EntryRef, "accept", "head", accord=accord, realms=["scenarios"])
        actor.call(Made, "add", "head", content=letter(actor.party, stage.other(actor.party).party))
        stage.settle(accord)
    return accord


def test_a_check_by_carried_files_between_two_processes_that_are_stopped_in_between(tmp_path: Path) -> None:
    with set_stage(tmp_path / "demo", new_password()) as stage:
        accord = agreed(stage)
        meridia, torvia = stage.meridia, stage.torvia
        for actor in (meridia, torvia):
            actor.call(type(None), "stop serving")
        ours, theirs = (
            [actor.call(Made, "add", "planner", content=content).element for content in plan]
            for actor, plan in ((meridia, HOST), (torvia, PARTNER))
        )
        check = meridia.call(
            EntryRef, "propose check", "officer", accord=accord, activities=ours, to=[torvia.party], area=AREA,
            window=WINDOW, purpose="Keep clear of each other.",
        )  # fmt: skip
        assert carried(stage, accord, meridia, tmp_path).entries
        torvia.call(EntryRef, "consent to check", "officer", check=check, activities=theirs)
        for turn in range(3):
            carried(stage, accord, torvia, tmp_path)
            assert meridia.call(CheckSeen, "run check", check=check).state in ("running", "done")
            carried(stage, accord, meridia, tmp_path)
            torvia.call(CheckSeen, "run check", check=check)
            if turn == 0:  # a start and a stop in the middle change nothing: what was computed is on the disk
                for actor in (meridia, torvia):
                    assert actor.call(Listening, "start serving").node
                    actor.call(type(None), "stop serving")
        carried(stage, accord, torvia, tmp_path)
        for actor, plan in ((meridia, HOST), (torvia, PARTNER)):
            view = actor.call(CheckSeen, "view check", check=check)
            assert (view.state, view.over, view.faults) == ("done", True, ())
            assert view.flagged == (plan[0]["title"],)
            for other in (HOST, PARTNER):
                if other is not plan:
                    assert not [one for one in other if actor.files_holding(str(one["title"]))]
