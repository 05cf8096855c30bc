"""What the port of long analyses promises, held against fake and database alike."""

import msgspec
import pytest

from stafftalks.analysis.watching import Progress
from stafftalks.services.ports import Headquarters
from stafftalks.services.run_rows import (
    OptionsWanted,
    RiskWanted,
    RunId,
    RunStands,
)
from stafftalks.values.errors import MisuseError
from tests.store.rows import run_row

FIRST, SECOND, THIRD = (RunId(letter * 26) for letter in "abc")


def test_a_run_is_kept_once_with_what_was_asked_and_frozen(store: Headquarters) -> None:
    runs = store.runs
    assert runs.find() == (0, ())
    assert runs.run(FIRST) is None
    assert runs.problem(FIRST) is None
    runs.add(run_row(), b"\x00problem\xff")
    assert runs.run(FIRST) == run_row()
    assert runs.problem(FIRST) == b"\x00problem\xff"
    assert runs.answer(FIRST) is None
    with pytest.raises(MisuseError):
        runs.add(run_row(), b"another")
    with pytest.raises(MisuseError):
        runs.run(FIRST, lock=True)
    with store.transactions.atomic():
        assert runs.run(FIRST, lock=True) == run_row()
    assert runs.problem(FIRST) == b"\x00problem\xff"


def test_how_a_run_stands_and_its_answer_are_replaced(store: Headquarters) -> None:
    runs = store.runs
    runs.add(run_row(), b"problem")
    told = Progress("solver", 0.5, 12, 9.5, "lateness", 3, 7)
    stands = RunStands("running", "pia", 5, 0, told, 2.5, "", answered=True)
    runs.put_stands(FIRST, stands)
    runs.put_answer(FIRST, b"best so far")
    runs.put_answer(FIRST, b"better")
    assert runs.run(FIRST) == msgspec.structs.replace(run_row(), stands=stands)
    assert runs.answer(FIRST) == b"better"
    with pytest.raises(MisuseError):
        runs.put_stands(SECOND, stands)
    with pytest.raises(MisuseError):
        runs.put_answer(SECOND, b"x")
    assert runs.run(SECOND) is None


def test_runs_are_found_by_state_analysis_and_person_in_both_orders(store: Headquarters) -> None:
    runs = store.runs
    rows = run_row(), run_row(SECOND, OptionsWanted(budget=3), at=2), run_row(THIRD, RiskWanted(by=("C+9",)), "hal", 3)
    for each in rows:
        runs.add(each, b"problem")
    runs.put_stands(SECOND, RunStands("done"))
    assert [each.id for each in runs.find()[1]] == [THIRD, SECOND, FIRST]
    assert [each.id for each in runs.find(states=("waiting",), oldest=True)[1]] == [FIRST, THIRD]
    assert runs.find(states=("waiting", "done"), oldest=True, offset=1, limit=1) == (
        3,
        (msgspec.structs.replace(rows[1], stands=RunStands("done")),),
    )
    assert runs.find(analysis="risk") == (1, (rows[2],))
    assert runs.find(by="pia")[0] == 2
    assert runs.find(by="hal", analysis="schedule") == (0, ())


def test_a_run_is_forgotten_whole(store: Headquarters) -> None:
    runs = store.runs
    for each in (run_row(), run_row(SECOND)):
        runs.add(each, b"problem")
    runs.put_answer(FIRST, b"answer")
    runs.forget(FIRST)
    runs.forget(FIRST)
    assert (runs.run(FIRST), runs.problem(FIRST), runs.answer(FIRST)) == (None, None, None)
    assert runs.find() == (1, (run_row(SECOND),))
