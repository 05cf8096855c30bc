"""`python -m benchmarks.exchange [--json] [--quick]`: from release on one headquarters to readable on another, over loopback HTTPS."""

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from benchmarks import headquarters, limits, wire
from benchmarks.headquarters import Remote
from benchmarks.lines import Line, at_most, show, skipped

Tell = Callable[[str], None]


class Sizes(msgspec.Struct):
    """How much is measured. `filled` is how many entries the record has when everything is measured once more."""

    releases: int = 100
    pushes: int = 30
    acts: int = 30
    filled: int = 50_000


QUICK = Sizes(releases=20, pushes=8, acts=10, filled=5_000)


def measure(sizes: Sizes, tell: Tell) -> Iterator[Line]:
    """Every line, in order; `tell` hears what is being measured."""
    with tempfile.TemporaryDirectory(prefix="stafftalks-bench-") as name:
        folder = Path(name)
        with headquarters.two(folder / "hq") as (meridia, torvia, accord):
            tell(f"{sizes.releases} releases")
            _released_s(meridia, torvia, accord, 3)  # warms both up
            short = _released_s(meridia, torvia, accord, sizes.releases)
            short_act = meridia.do("ask", accord, sizes.acts)[1]
            bundle_bytes = meridia.do("bundle_bytes")
            tell(f"catching up on {sizes.filled:,} entries")
            caught_up_s = _caught_up_s(meridia, torvia, accord, sizes.filled)
            tell(f"{sizes.releases} releases on a record of {sizes.filled:,} entries")
            _released_s(meridia, torvia, accord, 3)
            long = _released_s(meridia, torvia, accord, sizes.releases)
            long_act = meridia.do("ask", accord, sizes.acts)[1]
        tell("the floor and git")
        floor = _floor_s(folder, bundle_bytes, sizes.releases)
        missing = limits.git_missing()
        pushed = [] if missing else _pushed_s(folder, sizes.pushes)
    yield from _compared(short, floor, pushed, bundle_bytes, missing)
    what = f"on a record of {sizes.filled:,} entries"
    yield _grown(f"release -> readable {what}, median", "ms", statistics.median(short), statistics.median(long))
    yield _grown(f"one act {what}, median, nothing sent", "ms CPU", short_act, long_act)
    yield Line(f"catching up over HTTPS, {sizes.filled:,} entries", sizes.filled / caught_up_s, "entries/s")


def _compared(
    released: list[float], floor: list[float], pushed: list[float], bundle_bytes: int, missing: str
) -> Iterator[Line]:
    limit = f"mutual-TLS POST of {bundle_bytes:,} B and sync on both sides"
    yield Line(f"{limit}, median", statistics.median(floor) * 1e3, "ms")
    yield Line(f"{limit}, p99", _p99(floor) * 1e3, "ms")
    what = f"release -> readable at the partner, {len(released)} releases"
    for name, of in (("median", statistics.median), ("p99", _p99)):
        yield at_most(f"{what}, {name}", of(released) * 1e3, "ms", f"{limit}, {name}", of(released) / of(floor), 10)
    peer = "git: signed commit, push over file://, verified there"
    if missing:
        yield skipped(f"{peer}, median", "ms", missing)
        return
    yield Line(f"{peer}, median", statistics.median(pushed) * 1e3, "ms")
    ratio = statistics.median(released) / statistics.median(pushed)
    yield at_most(f"{what}, median", statistics.median(released) * 1e3, "ms", f"{peer}, median", ratio, 1)


def _grown(name: str, unit: str, short_s: float, long_s: float) -> Line:
    return at_most(
        name, long_s * 1e3, unit, f"the same on a new record ({short_s * 1e3:.1f} ms)", long_s / short_s, 1.5
    )


def _released_s(author: Remote, reader: Remote, accord: str, count: int) -> list[float]:
    """Seconds from the decision to release to the element's being readable at the reader, one after another."""
    found: list[float] = []
    for turn in range(count):
        size = reader.do("size", accord, "XMR")
        element, begun, _ = author.do(
            "release", accord, "XTV", f"Observation {turn} of {size}: two transports and one escort heading east. " * 3
        )
        found.append(reader.do("readable", accord, "XMR", element) - begun)
        for one, other in ((author, "XTV"), (reader, "XMR")):
            one.do("settled", accord, other)  # receipts of this one must not run into the next one's time
    return found


def _caught_up_s(author: Remote, reader: Remote, accord: str, count: int) -> float:
    """Seconds from `count` entries' being in the author's record to the reader's holding, and having acknowledged, all of them."""
    begun = author.do("fill", accord, count)
    reader.do("grown", accord, "XMR", author.do("size", accord, "XMR"))
    author.do("settled", accord, "XTV")
    return float(author.do("now")) - float(begun)


def _floor_s(folder: Path, size_bytes: int, count: int) -> list[float]:
    with wire.floor(folder / "wire") as line:
        for _ in range(3):
            line.carry_s(os.urandom(size_bytes))
        return [line.carry_s(os.urandom(size_bytes)) for _ in range(count)]


def _pushed_s(folder: Path, count: int) -> list[float]:
    peer = limits.GitPeer(folder / "git")
    peer.publish_s(0)
    return [peer.publish_s(turn) for turn in range(1, count + 1)]


def _p99(found: list[float]) -> float:
    """The 99th percentile; of fewer than a hundred, the worst."""
    return sorted(found)[min(len(found) - 1, len(found) * 99 // 100)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exchange", description=__doc__)
    parser.add_argument("--json", action="store_true", help="a JSON list instead of a table")
    parser.add_argument("--quick", action="store_true", help="fewer releases on a shorter record")
    given = parser.parse_args()
    lines = measure(QUICK if given.quick else Sizes(), lambda what: print(f"... {what}", file=sys.stderr))
    show(lines, as_json=given.json)


if __name__ == "__main__":
    main()
