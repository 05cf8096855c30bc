"""Attacks on and by long analyses: problems that are none, a process that would write, connect or start something, answers made up, results asked for by who may not have them."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.services import elements, run_problems, run_work, runs
from stafftalks.services.run_rows import Limits, RunAsk, RunId, ScheduleWanted
from stafftalks.site.run_frames import Frames, read_said
from stafftalks.values.errors import MisuseError, PeerError
from tests.fakes import PLANNER, make_hq
from tests.services.test_runs import ask, with_work
from tests.web.world import content

SHUT_OFF = """
import ctypes, os, socket, sqlite3, subprocess, sys, threading
from stafftalks.site import reckoning
from stafftalks.site.run_frames import Given
folder = sys.argv[1]
reckoning._shut_off(Given("options", 5, 256 << 20, 60))
def write():
    open(os.path.join(folder, "taken"), "w")
def append():
    open(__import__("msgspec").__file__, "a")
def low():
    os.open(os.path.join(folder, "taken"), os.O_WRONLY | os.O_CREAT)
def link():
    os.symlink("/etc/passwd", os.path.join(folder, "taken"))
def remove():
    os.remove(os.path.join(folder, "kept"))
def connect():
    socket.create_connection(("127.0.0.1", 9), 1)
def resolve():
    socket.getaddrinfo("localhost", 9)
def listen():
    socket.socket().bind(("127.0.0.1", 0))
def program():
    subprocess.run(["true"])
def shell():
    os.system("true")
def fork():
    os.fork()
def signal():
    os.kill(os.getppid(), 0)
def database():
    sqlite3.connect(os.path.join(folder, "stafftalks.sqlite3"))
def library():
    ctypes.CDLL("libc.so.6")
def swallow():
    bytearray(1 << 30)
for act in (write, append, low, link, remove, connect, resolve, listen, program, shell, fork, signal, database, library, swallow):
    try:
        act()
    except (PermissionError, MemoryError) as error:
        print(act.__name__, type(error).__name__)
    else:
        print(act.__name__, "DONE")
print("read", len(open(__import__("msgspec").__file__, "rb").read()) > 0)
"""


def test_a_process_that_reckons_writes_nothing_connects_nowhere_and_starts_nothing(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("ours")
    done = subprocess.run([sys.executable, "-c", SHUT_OFF, str(tmp_path)], capture_output=True, text=True, check=True)
    said = dict(line.split() for line in done.stdout.splitlines())
    assert said.pop("read") == "True"
    assert said.pop("swallow") == "MemoryError"
    assert set(said.values()) == {"PermissionError"}, said
    assert len(said) == 14
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


LEAVES = st.none() | st.integers(-9, 2**40) | st.text(max_size=8) | st.sampled_from(["schedule", "options", "risk"])
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=8
)  # fmt: skip
FIELDS = st.sampled_from(["type", "problem", "effort", "titles", "choice", "network", "answer", "option", "risk"])
NEARLY = st.dictionaries(FIELDS, VALUES).map(msgspec.msgpack.encode)


def refusal(read: Callable[[bytes], object], raw: bytes) -> str:
    """The sentence with which these bytes are refused; empty where they are read."""
    try:
        read(raw)
    except PeerError as error:
        return str(error)
    return ""


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400) | NEARLY)
def test_bytes_that_are_no_problem_no_answer_and_no_message_are_refused_in_words(raw: bytes) -> None:
    assert "cannot be read" in refusal(run_problems.frozen, raw)
    assert "cannot be read" in refusal(run_problems.answered, raw)
    assert refusal(Frames().take, raw) in ("", refusal(Frames().take, raw[:4]))
    assert "cannot be read" in refusal(read_said, raw)


def test_a_made_up_run_is_answered_like_one_that_was_forgotten_and_another_house_has_none_of_ours() -> None:
    ours, theirs = with_work(), make_hq("XTV")
    run = runs.start(ours, PLANNER, ask())
    forgotten = runs.again(ours, PLANNER, run)
    runs.stop(ours, PLANNER, forgotten)
    runs.forget(ours, PLANNER, forgotten)
    said = set()
    for hq, name in ((ours, forgotten), (ours, RunId("q" * 26)), (theirs, run)):
        for act in (runs.one, runs.result, runs.problem):
            with pytest.raises(MisuseError) as refused:
                act(hq, name)
            said.add(str(refused.value))
        for change in (runs.stop, runs.again, runs.forget):
            with pytest.raises(MisuseError) as refused:
                change(hq, PLANNER, name)
            said.add(str(refused.value))
    assert len(said) == 1


def test_an_answer_that_comes_after_the_end_changes_nothing() -> None:
    hq = with_work()
    run = runs.start(hq, PLANNER, ask())
    assert run_work.take(hq) is not None
    run_work.end(hq, run, "failed", "It broke off.", 1.0)
    before = runs.one(hq, run)
    run_work.keep(hq, run, msgspec.msgpack.encode({"type": "schedule", "answer": {"state": "optimal"}}))
    run_work.end(hq, run, "done", "", 2.0)
    assert runs.one(hq, run) == before
    assert hq.runs.answer(run) is None


def test_titles_that_look_like_something_else_are_words_and_nothing_else() -> None:
    """What people write reaches the process as text in a problem, wherever it came from."""
    hq = with_work()
    for title in ("$(touch /tmp/x)", "'; DROP TABLE store_run; --", "../../etc/passwd", "\u202egnp.exe", "{{ 7*7 }}"):
        elements.add(hq, PLANNER, content("activity", title=title, what=title, contingency="Vael", window="C+1 to C+2"))
    run = runs.start(hq, PLANNER, RunAsk(ScheduleWanted(), "Vael", private=True, limits=Limits(1, 512)))
    problem = hq.runs.problem(run)
    assert problem is not None
    frozen = run_problems.frozen(problem)
    assert "$(touch /tmp/x)" in frozen.titles.values()
    assert run_problems.raw(frozen) == problem
