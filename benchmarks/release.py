"""`python -m benchmarks.release [--json] [--quick]`: previewing and deciding releases at the desk, beside serialising them once."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from benchmarks import children, desk, headquarters
from benchmarks.desk import TOGETHER, Result
from benchmarks.lines import Line, at_most, show

PREVIEW, DECIDE, TOGETHER_TIMES, GROWN = 200, 200, 50, 2
"""How many times serialising a preview and a decision may take, and one of several decided together; and how many times a preview may have grown."""


class Sizes(msgspec.Struct):
    """How many elements are previewed and decided one by one, and then as many again together."""

    elements: int = 1_000


QUICK = Sizes(elements=160)


def measure(sizes: Sizes, tell: Callable[[str], None]) -> Iterator[Line]:
    """Every line, in order; `tell` hears what is being measured."""
    with tempfile.TemporaryDirectory(prefix="stafftalks-bench-") as name:
        tell("two headquarters with an accord")
        with headquarters.two(Path(name)) as (_meridia, _torvia, accord):
            pass
        tell(f"{sizes.elements:,} elements previewed and decided, and as many together")
        found = msgspec.convert(
            children.run(desk.__name__, "measure", Path(name) / "XMR", accord, sizes.elements), Result
        )
    yield from lines_of(found)


def lines_of(found: Result) -> Iterator[Line]:
    """What was measured, a line a figure."""
    count, floor = found.elements, "serialising them once"
    each = f"{count:,} elements of {found.size_bytes // max(1, count):,} B"
    yield Line(f"{floor}: element, body, one hash, {each}", found.serialise_s, "s CPU")
    both = children.Cost(found.preview.wall_s + found.decide.wall_s, found.preview.cpu_s + found.decide.cpu_s)
    for what, spent, goal in (
        ("preview and decide, one by one", both, PREVIEW + DECIDE),
        ("preview", found.preview, PREVIEW),
        ("decide, one by one", found.decide, DECIDE),
        (f"decide, {TOGETHER} in one act", found.together, TOGETHER_TIMES),
    ):
        yield at_most(f"{what}, {count:,} elements", spent.cpu_s, "s CPU", floor, spent.cpu_s / found.serialise_s, goal)
        yield Line(f"{what}, {count:,} elements: on the clock, commits to the disk included", spent.wall_s, "s")
    yield Line("taking two portions out of one", found.redact_s * 1e3, "ms CPU")
    what = f"preview of one, {count:,} having been given"
    against = f"the same before any was ({found.before_s * 1e3:.1f} ms CPU)"
    yield at_most(what, found.after_s * 1e3, "ms CPU", against, found.after_s / found.before_s, GROWN)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.release", description=__doc__)
    parser.add_argument("--json", action="store_true", help="a JSON list instead of a table")
    parser.add_argument("--quick", action="store_true", help="fewer elements")
    given = parser.parse_args()
    lines = measure(QUICK if given.quick else Sizes(), lambda what: print(f"... {what}", file=sys.stderr))
    show(lines, as_json=given.json)


if __name__ == "__main__":
    main()
