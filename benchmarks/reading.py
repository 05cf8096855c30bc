"""Reading a feed from outside, one way a process: `python -m benchmarks.reading VERB PATH`; the feed is in a file that `feeds.write` made."""

import hashlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import msgspec

from benchmarks import children, feeds
from stafftalks.accord.folding import fold
from stafftalks.accord.parts import Sheet
from stafftalks.record import tree
from stafftalks.record.entry import VerifiedEntry
from stafftalks.record.feed import Authenticated, FeedReader


class Result(msgspec.Struct):
    """What it cost to read all entries, and the most memory the process had; for `fold_alone` the cost of the fold only."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def floor(path: str) -> Result:
    """The same bytes hashed once, and nothing else."""
    spent = children.Cost()
    for batch in feeds.read(Path(path)):
        with children.cost() as part:
            for raw in chain(batch.leaves, batch.slips):
                hashlib.sha256(raw).digest()
        spent.cpu_s += part.cpu_s
        spent.wall_s += part.wall_s
    return _result(spent)


def parsing_floor(path: str) -> Result:
    """The same bytes hashed once; each body, and the element in it, parsed once as plain JSON."""
    spent = children.Cost()
    decode = msgspec.json.Decoder().decode
    for batch in feeds.read(Path(path)):
        with children.cost() as part:
            for raw in batch.leaves:
                hashlib.sha256(raw).digest()
            for slip in batch.slips:
                hashlib.sha256(slip).digest()
                body = decode(slip[32:])
                if "element" in body:
                    decode(body["element"])
        spent.cpu_s += part.cpu_s
        spent.wall_s += part.wall_s
    return _result(spent)


def authenticate(path: str) -> Result:
    """Leaf hashes, tree, root and the signature of the head."""
    with children.cost() as spent:
        _authenticated(Path(path))
    return _result(spent)


def fold_all(path: str) -> Result:
    """Authenticated; then every leaf decoded, every slip held against its commitment, every body decoded, and all of it folded to a sheet."""
    made = feeds.written(Path(path))
    with children.cost() as spent:
        sheet = fold(_entries(Path(path), _authenticated(Path(path))), Sheet.empty(made.feed.party))
    _check(sheet, made)
    return _result(spent)


def fold_alone(path: str) -> Result:
    """The fold's own part of `fold_all`: bodies decoded and taken in, entries verified outside the measured time."""
    made = feeds.written(Path(path))
    entries = list(_entries(Path(path), _authenticated(Path(path))))
    with children.cost() as spent:
        sheet = fold(entries, Sheet.empty(made.feed.party))
    _check(sheet, made)
    return _result(spent)


def _authenticated(path: Path) -> Authenticated:
    made = feeds.written(path)
    reader = FeedReader(made.feed, made.public_key, tree.Frontier.empty())
    for batch in feeds.read(path):
        reader.take(batch.start, batch.leaves)
    return reader.finish(made.note)


def _entries(path: Path, authentic: Authenticated) -> Iterator[VerifiedEntry]:
    for batch in feeds.read(path):
        yield from authentic.entries(batch.start, batch.leaves, dict(enumerate(batch.slips, batch.start)))


def _check(sheet: Sheet, made: feeds.Written) -> None:
    """A figure for a fold that did not understand what it read would be worth nothing."""
    if sheet.size != made.entries or sheet.notices:
        raise RuntimeError(f"The fold read {sheet.size} of {made.entries} entries, with {len(sheet.notices)} notices.")


def _result(spent: children.Cost) -> Result:
    return Result(spent.wall_s, spent.cpu_s, children.peak_mb())


if __name__ == "__main__":
    children.answer({verb.__name__: verb for verb in (floor, parsing_floor, authenticate, fold_all, fold_alone)})
