"""`python -m benchmarks.analysis [--json] [--quick] [--only PART]`: what analysis costs, beside limits and peers measured in the same run.

Each module `benchmarks.analysis_PART` with a function `lines(*, quick, tell)` is a part: it yields lines, and tells what it is measuring.
"""

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Iterator

import benchmarks
from benchmarks.lines import Line, show


def parts() -> list[str]:
    """Names of the modules that are parts, in order."""
    names = [found.name for found in pkgutil.iter_modules(benchmarks.__path__, "benchmarks.")]
    return [
        name
        for name in names
        if name.startswith("benchmarks.analysis_") and hasattr(importlib.import_module(name), "lines")
    ]


def measure(names: list[str], *, quick: bool) -> Iterator[Line]:
    """Every line of these parts."""
    for name in names:
        found = importlib.import_module(name)
        yield from found.lines(quick=quick, tell=lambda what: print(f"... {what}", file=sys.stderr))


def main() -> None:
    known = parts()
    short = [name.removeprefix("benchmarks.analysis_") for name in known]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.analysis", description=__doc__)
    parser.add_argument("--json", action="store_true", help="a JSON list instead of a table")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, under a minute in all")
    parser.add_argument("--only", choices=short, help="one part alone")
    given = parser.parse_args()
    chosen = [name for name, part in zip(known, short, strict=True) if given.only in (None, part)]
    show(measure(chosen, quick=given.quick), as_json=given.json)


if __name__ == "__main__":
    main()
