"""`python -m benchmarks.web [--json] [--quick]`: how fast pages are with many elements in an accord and many people at work.

The pages are served by `stafftalks serve` in a process of its own, and opened by locust in another; then the same number of people open bare
Django pages of the very sizes that ours had, served by the same server (`benchmarks.web_bare`), for the same time.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec

from benchmarks import children, web_world
from benchmarks.lines import Line, at_most, show, skipped
from benchmarks.web_world import World

PATIENCE_S = 120
ARRIVING_S = 5
"""In which the people arrive; what they open meanwhile is not counted."""
RATIO = 10
"""How many times a bare page's 95th percentile a page may take."""


class Sizes(msgspec.Struct):
    """How much is measured: elements in the accord, people, how long they open pages, and how long they read one."""

    elements: int = 100_000
    people: int = 50
    seconds: int = 60
    reading_s: float = 4


QUICK = Sizes(elements=2_000, people=10, seconds=8, reading_s=1)


class Timing(msgspec.Struct):
    """What locust measured of one page: milliseconds by percentile, how often it was opened, and how often that failed."""

    p50: float
    p95: float
    p99: float
    opened: int
    failed: int


def measure(sizes: Sizes, tell: Any) -> Iterator[Line]:
    """Every line, in order; `tell` hears what is being measured."""
    with tempfile.TemporaryDirectory(prefix="stafftalks-bench-") as name:
        tell(f"a world of {sizes.elements:,} elements")
        port = _free_port()
        world = web_world.make(Path(name), sizes.elements, sizes.people, port)
        yield from of_world(world, sizes, port, tell)


def of_world(world: World, sizes: Sizes, port: int, tell: Any) -> Iterator[Line]:
    """The lines of a world that is there."""
    what = f"{world.elements:,} elements in an accord, {world.own:,} reports at home"
    yield Line(f"cataloguing them for finding, once: {what}", world.catalogue_s, "s")
    found = children.run("benchmarks.web_world", "cold", world.home)
    yield Line("from a cold process to every accord folded", found["cold_s"], "s")
    yield Line("the same once more, nothing having been said", found["warm_s"] * 1e3, "ms")
    yield Line("peak memory of a process that has folded them", found["peak_mb"], "MB")
    tell("our pages")
    environment = {"STAFFTALKS_HOME": world.home, "STAFFTALKS_LOG": "ERROR"}
    with _serving(
        [sys.executable, "-m", "stafftalks.site", "--home", world.home, "serve"], environment, port, "/health"
    ):
        first_s, sizes_of = _first(world, port)
        yield Line("the first page that anybody opens after a start", first_s, "s")
        ours = _load(world.pages, world, sizes, port)
    tell("bare pages of the same sizes")
    bare_port = _free_port()
    bare_pages = {name: f"/{size}" for name, size in sizes_of.items()}
    with _serving([sys.executable, "-m", "benchmarks.web_bare", str(bare_port)], {}, bare_port, "/100"):
        bare = _load(bare_pages, world, sizes, bare_port)
    yield from _lines(ours, bare, sizes, sizes_of)


def _lines(ours: dict[str, Timing], bare: dict[str, Timing], sizes: Sizes, sizes_of: dict[str, int]) -> Iterator[Line]:
    load = f"{sizes.people} people, {sizes.seconds} s"
    for name in sizes_of:
        if name not in ours or name not in bare:
            yield skipped(f"{name}, p95", "ms", "no page of it was answered in the time")
            continue
        mine, theirs = ours[name], bare[name]
        against = f"a bare Django page of {sizes_of[name]:,} B under the same load"
        for percentile in ("p50", "p95", "p99"):
            value, other = getattr(mine, percentile), getattr(theirs, percentile)
            what = f"{name}, {percentile}, {load}"
            if percentile == "p95":
                yield at_most(what, value, "ms", f"{against}: {other:g} ms", value / max(other, 0.1), RATIO)
            else:
                yield Line(what, value, "ms", f"{against}: {other:g} ms", value / max(other, 0.1))
    opened, failed = sum(one.opened for one in ours.values()), sum(one.failed for one in ours.values())
    yield Line(f"pages opened, {load}", opened, "pages")
    yield Line(f"errors among them: {failed}; share of pages answered", 100 * (1 - failed / max(1, opened)), "%")
    medians = [one.p50 for one in ours.values()]
    yield Line("the median of the pages' medians", statistics.median(medians) if medians else 0.1, "ms")


def _first(world: World, port: int) -> tuple[float, dict[str, int]]:
    """How long the very first page took, and the size of each page, each opened once."""
    cookies = {world.cookie: world.sessions[0]}
    sizes: dict[str, int] = {}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", cookies=cookies, timeout=PATIENCE_S) as client:
        begun = time.perf_counter()
        for name, path in world.pages.items():
            answer = client.get(path)
            if answer.status_code != 200:
                raise RuntimeError(f"The page {name} at {path} was answered with {answer.status_code}.")
            if not sizes:
                first_s = time.perf_counter() - begun
            sizes[name] = len(answer.content)
    return first_s, sizes


def _load(pages: dict[str, str], world: World, sizes: Sizes, port: int) -> dict[str, Timing]:
    told = {
        "BENCH_PAGES": json.dumps(pages),
        "BENCH_COOKIE": world.cookie,
        "BENCH_SESSIONS": json.dumps(world.sessions),
        "BENCH_READING_S": str(sizes.reading_s),
    }
    command = [
        sys.executable, "-m", "locust", "-f", str(children.ROOT / "benchmarks" / "web_load.py"), "--headless", "--json",
        "--users", str(sizes.people), "--spawn-rate", str(max(1, sizes.people // 5)), "--reset-stats", "--run-time", f"{sizes.seconds + ARRIVING_S}s",
        "--host", f"http://127.0.0.1:{port}", "--exit-code-on-error", "0", "--loglevel", "ERROR",
    ]  # fmt: skip
    done = subprocess.run(command, env={**os.environ, **told}, capture_output=True, check=True)
    return {one["name"]: _timing(one) for one in json.loads(done.stdout)}


def _timing(one: dict[str, Any]) -> Timing:
    times = sorted((float(ms), count) for ms, count in one["response_times"].items())
    return Timing(*(_percentile(times, share) for share in (0.5, 0.95, 0.99)), one["num_requests"], one["num_failures"])


def _percentile(times: list[tuple[float, int]], share: float) -> float:
    wanted, seen = share * sum(count for _, count in times), 0
    for ms, count in times:
        seen += count
        if seen >= wanted:
            return ms
    return 0.1


@contextmanager
def _serving(command: list[str], told: dict[str, str], port: int, path: str) -> Iterator[None]:
    """The server in a process of its own, from when it answers `path`."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    process = subprocess.Popen(command, cwd=children.ROOT, env={**kept, **told}, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while not _answers(port, path):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{' '.join(command[1:4])} did not come to answer on port {port}.")
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(port: int, path: str) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.web", description=__doc__)
    parser.add_argument("--json", action="store_true", help="a JSON list instead of a table")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, under a minute")
    parser.add_argument("--elements", type=int, metavar="N", help="how many elements the accord holds")
    given = parser.parse_args()
    sizes = QUICK if given.quick else Sizes()
    if given.elements:
        sizes = msgspec.structs.replace(sizes, elements=given.elements)
    show(measure(sizes, lambda what: print(f"... {what}", file=sys.stderr)), as_json=given.json)


if __name__ == "__main__":
    main()
