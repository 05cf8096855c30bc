"""The record as an auditor reads it: verification of everything held, pages of entries with their time bounds, and proofs of forks."""

from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

from stafftalks.record import checkpoint as heads
from stafftalks.record import tree
from stafftalks.record.entry import Reading, VerifiedEntry
from stafftalks.services import forks, reading
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import FeedRow, ReceiptRow
from stafftalks.values.errors import HostError, MisuseError, PeerError
from stafftalks.values.ids import AccordId, FeedId


class FeedReport(msgspec.Struct, frozen=True):
    """What verification found of one feed. `sound` is False where something does not add up; `sentence` says what."""

    feed: FeedId
    size: int
    cosigned_by: tuple[ReceiptRow, ...]
    sentence: str
    sound: bool


class Line(msgspec.Struct, frozen=True):
    """One entry as a reader sees it. `later_than` and `earlier_than` bound when it was written: an interval, never an instant.

    `earlier_than` is 0 where no partner's cosignature covers the entry yet.
    """

    n: int
    at: int
    type: str
    sort: Literal["readable", "unreadable", "sealed"]
    sentence: str
    later_than: tuple[str, ...]
    earlier_than: int


def verify(
    hq: Headquarters, accord: AccordId, progress: Callable[[int, int], None] | None = None
) -> tuple[FeedReport, ...]:
    """What every feed held of this accord amounts to when every byte is hashed and every signature checked again.

    `progress(done, total)` is told of entries as they go by.
    """
    rows = hq.records.feeds(accord)
    total = sum(row.size for row in rows)
    done = 0
    reports: list[FeedReport] = []
    for row in rows:
        base = done

        def tell(count: int, base: int = base) -> None:
            if progress is not None:
                progress(base + count, total)

        reports.append(_report(hq, row, tell))
        done += row.size
    return tuple(reports)


def page(hq: Headquarters, feed: FeedId, offset: int, limit: int) -> tuple[Line, ...]:
    """Entries `offset` to `offset + limit` of a feed, as a reader sees them."""
    row = _row(hq, feed)
    start, stop = min(offset, row.size), min(offset + limit, row.size)
    if start >= stop:
        return ()
    covered = hq.records.receipts(row.feed)
    return tuple(_line(entry, covered) for entry in reading.entries(hq, row, start, stop))


def lines(hq: Headquarters, feed: FeedId) -> Iterator[VerifiedEntry]:
    """Every entry of a feed, streamed."""
    row = _row(hq, feed)
    return reading.entries(hq, row, 0, row.size)


def fork_proof(hq: Headquarters, feed: FeedId) -> bytes:
    """The proof that this feed's author signed two different records; raises MisuseError where there is none."""
    return forks.document(_row(hq, feed)).proof.encode()


def other_branch(hq: Headquarters, feed: FeedId) -> tuple[forks.BranchEntry, ...]:
    """The entries of a forked feed's other branch, as far as they came."""
    return forks.document(_row(hq, feed)).branch


def _row(hq: Headquarters, feed: FeedId) -> FeedRow:
    row = hq.records.feed(feed)
    if row is None:
        raise MisuseError(f"This headquarters holds no such record of {feed.party}: see the accord's record page.")
    return row


def _report(hq: Headquarters, row: FeedRow, tell: Callable[[int], None]) -> FeedReport:
    covered = hq.records.receipts(row.feed)
    try:
        counts = dict.fromkeys(Reading, 0)
        for entry in reading.entries(hq, row, 0, row.size):
            counts[entry.reading] += 1
            if entry.n % reading.BATCH == 0:
                tell(entry.n)
        _check_head(row, hq.records.leaf_hashes(row.feed, 0, row.size))
    except (HostError, PeerError) as error:
        return FeedReport(row.feed, row.size, covered, str(error), sound=False)
    tell(row.size)
    if row.frozen:
        return FeedReport(row.feed, row.size, covered, row.frozen, sound=False)
    sealed = f", {counts[Reading.sealed]} without their text (removed, or not for us)" if counts[Reading.sealed] else ""
    unreadable = f", {counts[Reading.unreadable]} unreadable but kept" if counts[Reading.unreadable] else ""
    return FeedReport(
        row.feed,
        row.size,
        covered,
        f"{row.size} entries, every hash and signature checked{sealed}{unreadable}.",
        sound=True,
    )


def _line(entry: VerifiedEntry, covered: tuple[ReceiptRow, ...]) -> Line:
    match entry.reading:
        case Reading.readable:
            sentence = ""
        case Reading.unreadable:
            sentence = f"Unreadable entry #{entry.n}: kept and relayed as it is, without effect."
        case Reading.sealed:
            sentence = "Its text is not held here: removed after a recall, or not meant for us."
    earlier = min(
        (receipt.at for receipt in covered if receipt.size > entry.n and receipt.party != entry.feed.party), default=0
    )
    later = tuple(f"{FeedId.parse(origin).party} entry {size - 1}" for origin, size in sorted(entry.seen.items()))
    return Line(entry.n, entry.at, entry.type, entry.reading.value, sentence, later, earlier)


def _check_head(row: FeedRow, hashes: list[bytes]) -> None:
    """Raises HostError or PeerError unless the stored frontier and the newest signed head are those of the stored entries."""
    if tree.Frontier.empty().extend(hashes).encode() != row.frontier:
        raise HostError(
            "The stored frontier does not belong to the stored entries: the database is damaged. Restore a backup."
        )
    if row.size:
        head = heads.open_checkpoint(row.note, row.public_key)
        if head.size > row.size or tree.root_of(hashes[: head.size]) != head.root:
            raise HostError("The newest signed head does not belong to the stored entries: the database is damaged.")
