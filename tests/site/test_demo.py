"""The demonstration: the main job between two processes tells every step, finds what is wrong, and leaves no process behind."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from stafftalks.site.demo import links, mainjob, new_password
from stafftalks.site.demo import stage as staging
from stafftalks.site.demo.lines import CardSeen
from stafftalks.site.demo.stage import ANY_PORTS, WELL_KNOWN, SaidNoError, Stage, set_stage
from stafftalks.values.errors import HostError

HERE = Path(__file__).parent
STEPS = [name for name, _ in mainjob.STEPS]
PATIENCE_S = 300
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "STAFFTALKS_HOME"}

pytestmark = pytest.mark.slow


def run(*args: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *args, "--folder", str(folder)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE_S, env=ENVIRONMENT, cwd=folder.parent, check=False
    )


@contextmanager
def started(*args: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(HERE / "elsewhere_demo.py"), "demo", "--folder", str(folder), *args]
    demo = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT, cwd=folder.parent)
    try:
        yield demo
    finally:
        demo.kill()
        demo.wait()


def lines_until(demo: subprocess.Popen[str], wanted: str) -> list[str]:
    found: list[str] = []
    assert demo.stdout
    for line in demo.stdout:
        found.append(line.rstrip())
        if wanted in line:
            return found
    raise AssertionError(f"{wanted!r} was never said: {found}")


def test_the_main_job_tells_every_step_and_ends_well(tmp_path: Path) -> None:
    done = run("-m", "stafftalks.site", "demo", "--headless", folder=tmp_path / "demo")
    said = " ".join(done.stdout.split())
    assert done.returncode == 0, done.stdout + done.stderr
    for number, name in enumerate(STEPS, start=1):
        assert re.search(rf"ok {number}\. {re.escape(name)}: ", said), (name, done.stdout)
    assert "FAILED" not in said
    for asked in ("clause that asks for consent is refused", "stay with intelligence and scenarios", "confirmed"):
        assert asked in said


@pytest.mark.parametrize(
    ("fault", "step"),
    [
        ("consent_can_be_proposed", "No consent clause"),
        ("closed_realms_let_out", "Closed realm"),
        ("one_person_decides_alone", "Two persons"),
        ("released_bytes_differ_from_the_preview", "Release and read"),
        ("drafts_leak_into_questions", "Drafts stay home"),
        ("keeps_what_it_confirmed_removed", "Recall"),
    ],
)
def test_a_planted_fault_fails_its_own_step_and_the_command(tmp_path: Path, fault: str, step: str) -> None:
    done = run(str(HERE / "planted_demo.py"), fault, "demo", "--headless", folder=tmp_path / "demo")
    said = " ".join(done.stdout.split())
    assert done.returncode != 0
    assert f"FAILED {STEPS.index(step) + 1}. {step}: " in said, done.stdout + done.stderr
    assert f"ok {STEPS.index(step)}. {STEPS[STEPS.index(step) - 1]}: " in said


def test_the_shown_demonstration_is_told_once_and_leaves_no_process_behind(tmp_path: Path) -> None:
    folder, told = tmp_path / "demo", []
    for stop in (signal.SIGINT, signal.SIGTERM):
        with started(folder=folder) as demo:
            told.append(lines_until(demo, "Stop with Ctrl-C"))
            actors = psutil.Process(demo.pid).children()
            assert len(actors) == 2
            demo.send_signal(stop)
            assert demo.wait(PATIENCE_S) == 0
            gone, alive = psutil.wait_procs(actors, PATIENCE_S)
            assert (len(gone), alive) == (2, [])
    first, again = told
    assert any("story is told" in line for line in first)
    assert not any("story is told" in line for line in again)
    signs = [line for line in first if "planner" in line or "http://" in line]
    assert len(signs) == 4
    assert signs == [line for line in again if "planner" in line or "http://" in line]


def test_actors_end_by_themselves_when_the_stage_is_killed(tmp_path: Path) -> None:
    with started(folder=tmp_path / "demo") as demo:
        lines_until(demo, "the story is told")
        actors = psutil.Process(demo.pid).children()
        assert len(actors) == 2
        demo.kill()
        _, alive = psutil.wait_procs(actors, PATIENCE_S)
        assert alive == []


def test_a_half_told_demonstration_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "demo" / "meridia").mkdir(parents=True)
    for mode in ((), ("--headless",)):
        done = run("-m", "stafftalks.site", "demo", *mode, folder=tmp_path / "demo")
        assert done.returncode != 0
        assert "another folder" in " ".join(done.stderr.split()) or "of its own" in " ".join(done.stderr.split())


def _says_what_it_cannot_do_and_goes_on(stage: Stage, folder: Path) -> None:
    assert "no verb" in stage.meridia.refused("dance").sentence
    assert "lacks 'accord'" in stage.meridia.refused("view").sentence
    with pytest.raises(SaidNoError) as told:
        stage.meridia.refused("import", file=str(folder / "missing"))
    assert not told.value.fault.foreseen
    with pytest.raises(HostError, match="should have refused"):
        stage.meridia.refused("card")
    assert stage.torvia.call(dict[str, str], "card")["words"].count(" ") == 11
    signs = "\n".join(links(Stage(stage.actors), "a-password-of-words"))
    assert stage.meridia.ready.web in signs
    assert signs.count("a-password-of-words") == 10
    psutil.Process(stage.torvia.ready.process).kill()
    with pytest.raises(HostError, match="ended unasked"):
        stage.torvia.call(CardSeen, "card")


def test_actors_leave_a_port_taken_at_the_last_moment_for_another_and_say_what_they_cannot_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, found = [], staging._free_ports
    with socket.create_server(("127.0.0.1", 0)) as thief:
        taken = thief.getsockname()[1]

        def free_ports(wanted: tuple[int, ...]) -> list[int]:
            looked.append(wanted)
            ports = found(wanted)
            return [ports[0], taken, *ports[2:]] if len(looked) == 1 else ports

        monkeypatch.setattr(staging, "_free_ports", free_ports)
        with set_stage(tmp_path, new_password(), ports=WELL_KNOWN) as stage:
            assert str(taken) not in stage.meridia.ready.node
            _says_what_it_cannot_do_and_goes_on(stage, tmp_path)
    assert looked == [WELL_KNOWN, ANY_PORTS]


def test_an_actor_that_cannot_start_is_named_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "meridia").mkdir()
    (tmp_path / "meridia" / "left behind").write_text("x")
    with (
        pytest.raises(HostError, match=r"Meridia Joint Headquarters did not start: .* is not empty"),
        set_stage(tmp_path, new_password()),
    ):
        raise AssertionError
