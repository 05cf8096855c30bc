"""Measurements in processes of their own, so that one's memory, caches and database connection are not another's."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

ROOT: Final = Path(__file__).parent.parent
"""Where `python -m benchmarks...` finds its modules."""


class Cost(msgspec.Struct):
    """Seconds on the clock and of the processor (user and system, this process)."""

    wall_s: float = 0.0
    cpu_s: float = 0.0


@contextmanager
def cost() -> Iterator[Cost]:
    """The cost of the block, known when it ends."""
    spent = Cost()
    wall, cpu = time.perf_counter(), time.process_time()
    yield spent
    spent.wall_s, spent.cpu_s = time.perf_counter() - wall, time.process_time() - cpu


@contextmanager
def cost_of_children() -> Iterator[Cost]:
    """As `cost`, for the child processes that end in the block."""
    spent = Cost()
    wall, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    yield spent
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent.wall_s = time.perf_counter() - wall
    spent.cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def peak_mb() -> float:
    """The most memory this process ever had resident, in MB of 10^6 bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss would count what the parent had when this process was split off
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024 / 1e6
    scale = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 1e6


def run(module: str, verb: str, *args: object, database_url: str = "") -> Any:
    """What `module`'s function `verb` returns, called with `args` as text in a fresh process."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    if database_url:
        kept["DATABASE_URL"] = database_url
    done = subprocess.run(
        [sys.executable, "-m", module, verb, *map(str, args)], cwd=ROOT, env=kept, stdout=subprocess.PIPE, check=True
    )
    return msgspec.json.decode(done.stdout.splitlines()[-1])


def answer(verbs: dict[str, Callable[..., object]]) -> None:
    """The main function of a module that `run` starts."""
    print(msgspec.json.encode(verbs[sys.argv[1]](*sys.argv[2:])).decode())
