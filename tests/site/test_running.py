"""Runs reckoned by processes of their own: to the end, stopped by a person, ended at their limits, lost with their headquarters; whatever they started ends with them."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from stafftalks.analysis.options_problem import Choice, Force, Requirement, Scenario
from stafftalks.analysis.times import Times
from stafftalks.services import elements, run_problems, runs
from stafftalks.services.ports import Headquarters
from stafftalks.services.run_problems import OptionsAnswered, OptionsFrozen
from stafftalks.services.run_rows import Limits, OptionsWanted, RunAsk, RunId
from stafftalks.site import reckoner, run_frames
from stafftalks.site.reckoner import Heard, Outcome
from stafftalks.site.run_frames import Given, Told
from stafftalks.site.running import RunRunner
from tests.fakes import PLANNER, make_hq
from tests.web.world import content

BARE = OptionsWanted(front=False, sides=False, singles=False)
LIMITS = Limits(20, 512)


def offered() -> Headquarters:
    """A headquarters with a requirement, and a contribution that meets most of it."""
    hq = make_hq("XMR")

    def add(kind: str, **fields: object) -> str:
        return f"XMR/{elements.add(hq, PLANNER, content(kind, **fields)).id}"

    flood = add("scenario", title="Flood", branches=[{"id": "B1", "title": "Dam breaks"}])
    need = add("requirement", title="Airlift", serial="1", capability="LIFT", quantity="400 t", scenario=flood)
    wing = {"what": "Wing", "party": "XMR", "requirement": need, "quantity": "300 t", "promise": "firm"}
    add("option", title="By air", scenario=flood, contributions=[wing])
    return hq


def start(hq: Headquarters, limits: Limits = LIMITS) -> RunId:
    return runs.start(hq, PLANNER, RunAsk(BARE, private=True, limits=limits))


def choice(forces: int, requirements: int, scenarios: int) -> bytes:
    """A frozen choice in which every force could serve every requirement."""
    made = Choice(
        tuple(Force(f"f{at}", "XMR", {"lift": 3 + at % 7}, 1) for at in range(forces)),
        tuple(Requirement(f"r{at}", "lift", 11 + at % 5) for at in range(requirements)),
        tuple(Scenario(f"s{at}") for at in range(scenarios)),
    )
    return run_problems.raw(
        OptionsFrozen(made, front=False, sides=False, singles=False, whole=1, counted={}, scale={}, times=Times(), titles={})
    )  # fmt: skip


def quietly(told: Callable[[Told | None], bool] = lambda _told: True) -> Heard:
    return Heard(told, lambda _answer: None)


def program(text: str, limits: Limits = LIMITS, heard: Heard | None = None) -> Outcome:
    """What comes of a process that runs this text in place of the reckoning."""
    return reckoner.reckon("options", b"problem", limits, heard or quietly(), ("-c", text))


def gone(process: int) -> bool:
    """Whether the process has ended, also where nobody has asked after it yet."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def until(holds: Callable[[], bool], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_the_runner_has_runs_reckoned_in_turn_and_keeps_what_they_came_to() -> None:
    hq = offered()
    first, second = start(hq), start(hq)
    runs.stop(hq, PLANNER, second)
    assert RunRunner(hq).look() == 1
    stands = runs.one(hq, first).stands
    assert (stands.state, stands.sentence, stands.answered) == ("done", "", True)
    result = runs.result(hq, first)
    assert result is not None
    assert isinstance(result.answered, OptionsAnswered)
    assert result.answered.option.method == "exact"
    assert len(result.answered.option.committed) == 1
    assert runs.one(hq, second).stands.state == "stopped"


def test_beyond_its_memory_a_run_is_ended_with_a_sentence() -> None:
    outcome = reckoner.reckon("options", choice(400, 200, 60), Limits(20, 256), quietly())
    assert outcome.answer is None
    assert "needed more than the 256 MB of memory" in outcome.sentence
    assert "give it more, or ask for less" in outcome.sentence


def test_asked_to_stop_a_run_ends_with_the_best_it_has() -> None:
    asked = threading.Event()

    def told(message: Told | None) -> bool:
        if message is not None:
            asked.set()
        return not asked.is_set()

    outcome = reckoner.reckon("options", choice(60, 40, 8), Limits(60, 1_024), Heard(told, lambda _answer: None))
    assert asked.is_set()
    assert outcome.asked
    assert outcome.answer is not None
    answered = run_problems.answered(outcome.answer)
    assert isinstance(answered, OptionsAnswered)
    assert answered.option.committed


def test_what_neither_ends_nor_listens_is_ended_with_all_it_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(reckoner, "STARTING_S", 1.0)
    mark = tmp_path / "grandchild"
    text = (
        "import subprocess, sys, pathlib\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"pathlib.Path({str(mark)!r}).write_text(str(child.pid))\n"
        "while True: pass\n"
    )
    outcome = program(text)
    assert outcome.answer is None
    assert "did not end by itself" in outcome.sentence
    grandchild = int(mark.read_text())
    assert until(lambda: gone(grandchild))


def test_one_that_does_not_stop_when_asked_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reckoner, "STOPPING_S", 0.3)
    outcome = program("while True: pass", heard=quietly(lambda _told: False))
    assert (outcome.answer, outcome.asked) == (None, True)
    assert "did not end when it was asked to" in outcome.sentence


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import os; os.abort()", "most likely because it needed more than the 512 MB"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "did not end by itself"),
        ("import os; os.write(1, b'\\xff\\xff\\xff\\xff')", "can be taken"),
        ("import os; os.write(1, b'\\0\\0\\0\\1x')", "cannot be read"),
        ("raise SystemExit(3)", "without saying why"),
    ],
)
def test_however_a_process_ends_it_is_said(text: str, said: str) -> None:
    outcome = program(text)
    assert outcome.answer is None
    assert said in outcome.sentence


def test_a_run_whose_headquarters_is_gone_ends_itself() -> None:
    """Over a pipe that is closed without a word, as by `kill -9`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "stafftalks.site.reckoning"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    given = Given("options", 600, 1 << 30, 600)
    run_frames.write_all(process.stdin.fileno(), run_frames.said(given) + run_frames.framed(choice(200, 80, 20)))
    assert process.stdout.read(1), "it has begun"
    process.stdin.close()
    assert process.wait(20) != 0
    process.stdout.close()


def test_what_a_headquarters_left_half_way_is_lost_at_the_next_start_and_its_stop_loses_what_is_reckoned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hq = offered()
    left, now = start(hq), start(hq)
    runs.change(hq, left, state="running")
    begun = threading.Event()

    def reckon(_analysis: str, _problem: bytes, _limits: Limits, heard: Heard) -> Outcome:
        begun.set()
        assert until(lambda: not heard.told(None))
        return Outcome(None, asked=True, sentence="It did not end when it was asked to, and was ended.", elapsed_s=1.0)

    monkeypatch.setattr(reckoner, "reckon", reckon)
    runner = RunRunner(hq)
    runner.start()
    assert begun.wait(20)
    runner.stop()
    for run in (left, now):
        stands = runs.one(hq, run).stands
        assert stands.state == "lost"
        assert stands.sentence.endswith("It had told no result yet.")


def test_an_answer_that_is_none_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    hq = offered()
    run = start(hq)

    def reckon(_analysis: str, _problem: bytes, _limits: Limits, heard: Heard) -> Outcome:
        heard.kept(b"\xc1")
        return Outcome(msgspec.msgpack.encode({"type": "options", "option": 7}))

    monkeypatch.setattr(reckoner, "reckon", reckon)
    RunRunner(hq).look()
    stands = runs.one(hq, run).stands
    assert (stands.state, stands.answered) == ("failed", False)
    assert "cannot be read" in stands.sentence
    assert runs.result(hq, run) is None


def test_nothing_of_ours_is_in_its_environment_or_on_its_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STAFFTALKS_HOME", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PASSPHRASE"):
        monkeypatch.setenv(name, "a secret of ours")
    outcome = program(
        "import os, sys; print(dict(os.environ), sys.orig_argv, os.listdir('/proc/self/fd'), file=sys.stderr)"
    )
    assert "PATH" in outcome.last_words
    for word in ("a secret of ours", "STAFFTALKS", "DATABASE_URL", "DJANGO", str(os.getpid())):
        assert word not in outcome.last_words
