"""Always true, 4: nothing is lost. What was acknowledged survives `kill -9` at any point of append and exchange, and nothing ever forks."""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from stafftalks.services import accords, exchange
from stafftalks.services.ports import Headquarters
from stafftalks.values.ids import AccordId
from tests.always_true.invariants import check_goes_on, check_no_fork, check_sound, check_what_left
from tests.always_true.own import again
from tests.fakes import HEAD
from tests.services.scenes import accepted, house, talk

KILLS = int(os.environ.get("STAFFTALKS_KILLS", "80"))
"""With `STAFFTALKS_KILLS=200` before a release: each kill takes a third of a second."""


@pytest.mark.slow
def test_killed_at_any_point_a_headquarters_has_all_it_acknowledged_and_forks_nothing(tmp_path: Path) -> None:
    seed = secrets.randbelow(1 << 30)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "STAFFTALKS"))}
    environment.pop("DATABASE_URL", None)
    run = subprocess.run(
        [sys.executable, "-m", "tests.always_true.kill_rig", str(tmp_path), str(KILLS), str(seed)],
        env={**environment, "PYTHONPATH": os.pathsep.join(("src", "."))},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, f"seed {seed}:\n{run.stderr[-4000:]}"
    summary = json.loads(run.stdout.splitlines()[-1])
    print(summary)
    assert summary["killed"] >= KILLS
    assert summary["killed at a step"] >= KILLS // 4
    for done in ("said", "released", "took", "answered", "honoured", "exported", "bundles left"):
        assert summary[done] >= 1, f"never done before a kill, so nothing was shown of it: {done}"


# The same invariants catch the two orderings that lose or fork, played out by hand.


def scene() -> tuple[Headquarters, Headquarters, AccordId]:
    meridia, torvia = house("XMR", "XTV")
    return meridia, torvia, accepted(meridia, torvia)


def after_a_lost_commit(*, mark_first: bool) -> tuple[Headquarters, Headquarters, AccordId, list[bytes]]:
    """The last commit is lost after its head has left, as with `synchronous=OFF`; with or without the mark on the disk before."""
    meridia, torvia, accord = scene()
    (disk,) = again(meridia)  # what is on the disk
    accords.ask(meridia, HEAD, accord, "Said, sent, and lost.")
    left = [exchange.export(meridia, torvia.party, accord)]
    exchange.take(torvia, left[0], "file")
    if mark_first:
        disk.keyring._marks.update(meridia.keyring._marks)
    return msgspec.structs.replace(disk, clock=meridia.clock), torvia, accord, left


def test_a_commit_that_can_be_lost_after_its_head_has_left_is_found_out() -> None:
    reopened, torvia, accord, left = after_a_lost_commit(mark_first=True)
    check_sound(reopened, accord)
    with pytest.raises(AssertionError, match="left, and"):
        check_what_left(reopened, torvia, accord, left)


def test_a_mark_that_is_written_after_sending_makes_a_fork_and_the_checker_sees_it() -> None:
    reopened, torvia, accord, _ = after_a_lost_commit(mark_first=False)
    with pytest.raises(AssertionError, match=r"two different records|does not fit"):
        check_goes_on(reopened, torvia, accord)
    with pytest.raises(AssertionError, match=r"two different records|does not fit"):
        check_no_fork(reopened, torvia, accord)


def test_with_the_mark_first_the_same_loss_opens_a_fresh_epoch_and_forks_nothing() -> None:
    reopened, torvia, accord, _ = after_a_lost_commit(mark_first=True)
    check_goes_on(reopened, torvia, accord)
    mine = [row for row in torvia.records.feeds(accord) if row.feed.party == reopened.party]
    assert len(mine) == 2


def test_a_head_that_leaves_before_its_mark_is_found_out() -> None:
    meridia, torvia, accord = scene()
    accords.ask(meridia, HEAD, accord, "Sent before it was marked.")
    marks = dict(meridia.keyring._marks)
    left = [exchange.export(meridia, torvia.party, accord)]
    check_what_left(meridia, torvia, accord, left)
    meridia.keyring._marks.clear()
    meridia.keyring._marks.update(marks)
    with pytest.raises(AssertionError, match="before its mark"):
        check_what_left(meridia, torvia, accord, left)


def test_the_checker_is_content_with_a_headquarters_that_lost_nothing() -> None:
    meridia, torvia, accord = scene()
    accords.ask(meridia, HEAD, accord, "All is well?")
    left = [exchange.export(meridia, torvia.party, accord)]
    check_what_left(meridia, torvia, accord, left)
    talk(meridia, torvia)
    check_goes_on(meridia, torvia, accord)
