"""The `Records` port: rows of exact bytes, appended in bulk and streamed in constant memory.

Reads of entries go by windows of positions and hold no cursor open, so a reader of a million entries never keeps a writer waiting.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import F
from django.db.models.query import QuerySet

from stafftalks.services.rows import AccordRow, EntryRow, FeedRow, PeerHolding, ReceiptRow
from stafftalks.store import bulk, feeds, find
from stafftalks.store.edge import reading, storable, writing
from stafftalks.store.models import Accord, Change, DroppedPoints, Feed, Holding, Receipt, Slip
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import AccordId, FeedId, PartyId

_ENTRY_COLUMNS = (("feed_id", "int8"), ("n", "int8"), ("leaf", "bytea"), ("leaf_hash", "bytea"))
_SLIP_COLUMNS = (("feed_id", "int8"), ("n", "int8"), ("payload", "bytea"), ("cleared", "bool"), ("audience", "varchar"))
_WINDOW_ROWS = 1024
_WINDOW_BYTES = 8 * 1024 * 1024
_SIZES = """
SELECT e.n, LENGTH(e.leaf) + COALESCE(LENGTH(s.payload), 0)
FROM store_entry e LEFT JOIN store_slip s ON s.feed_id = e.feed_id AND s.n = e.n
WHERE e.feed_id = %s AND e.n >= %s AND e.n < %s ORDER BY e.n
"""
_ENTRIES = """
SELECT e.n, e.leaf, e.leaf_hash, s.payload, s.cleared, s.audience
FROM store_entry e LEFT JOIN store_slip s ON s.feed_id = e.feed_id AND s.n = e.n
WHERE e.feed_id = %s AND e.n >= %s AND e.n < %s ORDER BY e.n
"""
_KEPT = "SELECT n, kept FROM store_droppedpoints WHERE feed_id = %s AND n >= %s AND n < %s"
_LEAF_HASHES = "SELECT leaf_hash FROM store_entry WHERE feed_id = %s AND n >= %s AND n < %s ORDER BY n"


class DjangoRecords:
    """Records in the database of this process."""

    @reading()
    def accords(self) -> tuple[AccordRow, ...]:
        """All accords, oldest first."""
        return tuple(_accord_row(found) for found in Accord.objects.all())

    @reading()
    def accord(self, accord: AccordId) -> AccordRow | None:
        """The accord, or None where it is not held."""
        found = Accord.objects.filter(id=accord).first()
        return _accord_row(found) if found else None

    @writing()
    def add_accord(self, row: AccordRow) -> None:
        """Adds an accord; no effect where it is already held."""
        Accord.objects.get_or_create(id=row.id, defaults={"charter": row.charter, "opened_at": row.opened_at})

    @reading()
    def feeds(self, accord: AccordId) -> tuple[FeedRow, ...]:
        """Every feed of the accord, by party, then ordinal."""
        return feeds.of_accord(accord)

    @reading()
    def all_feeds(self) -> tuple[FeedRow, ...]:
        """Every feed of every accord, by accord, then party, then ordinal."""
        return feeds.of_all()

    @reading()
    def feed(self, feed: FeedId, *, lock: bool = False) -> FeedRow | None:
        """The feed; with `lock` its row is held until the transaction ends."""
        found = feeds.one(feed, lock=lock)
        return found[1] if found else None

    @writing()
    def add_feed(self, row: FeedRow) -> None:
        """Adds a feed of size 0; raises MisuseError where it exists, or its accord is not held."""
        if row.size:
            raise MisuseError(f"The feed {row.feed.origin} must be added empty; its entries are appended afterwards.")
        if _feeds(row.feed).exists():
            raise MisuseError(f"The feed {row.feed.origin} is held already.")
        if not Accord.objects.filter(id=row.feed.accord).exists():
            raise MisuseError(f"The accord {row.feed.accord} is not held: add it before its feeds.")
        Feed.objects.create(
            accord_id=row.feed.accord,
            party=row.feed.party,
            epoch=row.feed.epoch,
            ordinal=row.ordinal,
            public_key=row.public_key,
            certificate=row.certificate,
            frontier=row.frontier,
            note=row.note,
            frozen=row.frozen,
            evidence=row.evidence,
            frozen_at=row.frozen_at,
            closed=row.closed,
        )

    @writing()
    def append(self, feed: FeedId, rows: Sequence[EntryRow], frontier: bytes) -> None:
        """Appends `rows` (n rising from the feed's size) and moves the feed's size and frontier; one transaction.

        An audience is kept with its slip: an entry that has none, neither held nor cleared, has no audience either. A closed epoch still
        takes entries of ours that a partner gives back; a frozen feed takes none.
        """
        if not rows:
            return
        found = feeds.one(feed, lock=True)
        if found is None:
            raise MisuseError(f"The feed {feed.origin} is not held: add it before its entries.")
        number, held = found
        if held.frozen:
            raise MisuseError(f"The feed {feed.origin} takes no more entries: {held.frozen}")
        for n, row in enumerate(rows, held.size):
            if row.n != n:
                raise MisuseError(f"Entry {row.n} cannot be appended to {feed.origin}: the next is {n}.")
        bulk.insert("store_entry", _ENTRY_COLUMNS, ((number, row.n, row.leaf, row.leaf_hash) for row in rows))
        bulk.insert("store_slip", _SLIP_COLUMNS, _slips(number, rows))
        feeds.grow(number, held.size + len(rows), frontier)

    def entries(self, feed: FeedId, start: int, stop: int) -> Iterator[EntryRow]:
        """The entries n with start <= n < stop in order, streamed; a window of them, at most 8 MiB or one entry, is in memory."""
        with reading():
            number = feeds.number(feed)
        if number is None:
            return
        at = start
        while at < stop:
            with reading(), connection.cursor() as cursor:
                window_stop = _window(number, at, min(stop, at + _WINDOW_ROWS))
                cursor.execute(_ENTRIES, (number, at, window_stop))
                found = cursor.fetchall()
                # After the slips: of what was dropped before these were read, what was kept is there to be read too.
                kept = _kept(cursor, number, at, window_stop) if any(row[4] for row in found) else {}
            for n, leaf, leaf_hash, payload, cleared, audience in found:
                slip = None if payload is None else bytes(payload)
                readers = _parties(audience or "")
                yield EntryRow(n, bytes(leaf), bytes(leaf_hash), slip, bool(cleared), readers, kept.get(n, b""))
            if not found:
                return
            at = window_stop

    @reading()
    def leaf_hashes(self, feed: FeedId, start: int, stop: int) -> list[bytes]:
        """Their leaf hashes in order."""
        number = feeds.number(feed)
        if number is None or start >= stop:
            return []
        with connection.cursor() as cursor:
            cursor.execute(_LEAF_HASHES, (number, start, stop))
            return [bytes(leaf_hash) for (leaf_hash,) in cursor]

    @reading()
    def audiences(self, feed: FeedId, positions: Sequence[int]) -> dict[int, tuple[PartyId, ...]]:
        """Who may be given the slips at these positions, cleared ones too; those that were never held are left out."""
        found: dict[int, tuple[PartyId, ...]] = {}
        number = feeds.number(feed)
        for at in range(0, len(positions), 500):
            if number is None:
                break
            rows = Slip.objects.filter(feed_id=number, n__in=positions[at : at + 500]).order_by()
            found.update((n, _parties(audience or "")) for n, audience in rows.values_list("n", "audience"))
        return found

    @writing()
    def add_slip(self, feed: FeedId, n: int, slip: bytes, audience: Sequence[PartyId]) -> None:
        """Keeps a slip that arrived after its leaf; no effect where it was cleared, or is held already."""
        number, _ = _require(feed)
        if Slip.objects.filter(feed_id=number, n=n).exists():
            return
        Slip.objects.create(feed_id=number, n=n, payload=slip, audience=" ".join(audience))
        _count_change()

    @writing()
    def clear_slips(self, feed: FeedId, positions: Sequence[int]) -> int:
        """Deletes these slips for good, keeping their leaves; returns how many had been held.

        SQLite overwrites the bytes in its file once the transaction is done; PostgreSQL does so when it next vacuums the table.
        """
        number, _ = _require(feed)
        cleared = 0
        for at in range(0, len(positions), 500):
            slips = Slip.objects.filter(feed_id=number, n__in=positions[at : at + 500], cleared=False)
            cleared += slips.update(payload=None, cleared=True)
        if cleared:
            _count_change()
            find.drop_entries(feed.accord, feed.party, feed.epoch, positions)
            if connection.vendor == "sqlite":
                transaction.on_commit(_empty_log, robust=True)
        return cleared

    @writing()
    def drop_points(self, feed: FeedId, kept: Mapping[int, bytes]) -> int:
        """Deletes the slips at these positions for good and keeps these bytes in place of each; returns how many had been held.

        It counts as no change: with what is kept a sheet is folded as before. How the bytes leave the disk: as `clear_slips`.
        """
        number, _ = _require(feed)
        slips = Slip.objects.filter(feed_id=number, n__in=list(kept), cleared=False)
        held = sorted(slips.order_by().values_list("n", flat=True))
        DroppedPoints.objects.bulk_create([DroppedPoints(feed_id=number, n=n, kept=kept[n]) for n in held])
        slips.update(payload=None, cleared=True)
        if held and connection.vendor == "sqlite":
            transaction.on_commit(_empty_log, robust=True)
        return len(held)

    @reading()
    def dropped(self, feed: FeedId) -> frozenset[int]:
        """The positions at which that was done."""
        number = feeds.number(feed)
        if number is None:
            return frozenset()
        return frozenset(DroppedPoints.objects.filter(feed_id=number).order_by().values_list("n", flat=True))

    @writing()
    def put_note(self, feed: FeedId, note: bytes) -> None:
        """Replaces the feed's newest signed note."""
        if not feeds.put_note(feed, note):
            raise MisuseError(f"The feed {feed.origin} is not held.")

    @writing()
    def add_receipt(self, feed: FeedId, receipt: ReceiptRow) -> None:
        """Keeps a verified cosignature; no effect where this one is held already. Append-only."""
        number, _ = _require(feed)
        Receipt.objects.get_or_create(
            feed_id=number,
            size=receipt.size,
            party=receipt.party,
            at=receipt.at,
            defaults={"line": receipt.line or None},
        )

    @reading()
    def receipts(self, feed: FeedId) -> tuple[ReceiptRow, ...]:
        """Every cosignature ever seen on heads of this feed, by size, then party, then time."""
        found = Receipt.objects.filter(feed__in=_feeds(feed)).order_by("size", "party", "at")
        return tuple(ReceiptRow(PartyId(row.party), row.size, row.at, bytes(row.line or b"")) for row in found)

    @writing()
    def close(self, feed: FeedId) -> None:
        """Marks an epoch of ours as never to be appended to again."""
        _change(feed, closed=True)

    @writing()
    def freeze(self, feed: FeedId, sentence: str, evidence: bytes, frozen_at: int) -> None:
        """Marks a feed as frozen at `frozen_at`, with the sentence shown to people and the fork document; counts as a change.

        A feed that is frozen already keeps the earliest fork: no effect where one at or before `frozen_at` is held with its evidence.
        """
        if not sentence:
            raise MisuseError("A feed is frozen with a sentence that says why; this one is empty.")
        _, held = _require(feed)
        if held.frozen and held.evidence and held.frozen_at <= frozen_at:
            return
        earliest = min(held.frozen_at, frozen_at) if held.frozen else frozen_at
        _change(feed, frozen=storable(sentence), evidence=evidence or held.evidence, frozen_at=earliest)
        _count_change()

    @reading()
    def holding(self, partner: PartyId, accord: AccordId) -> Mapping[str, PeerHolding]:
        """What the partner last said it holds, by feed origin."""
        found = Holding.objects.filter(partner=partner, accord=accord).order_by("origin")
        return {row.origin: PeerHolding(row.size, bytes(row.note), row.conflict, row.given) for row in found}

    @writing()
    def put_holding(self, partner: PartyId, accord: AccordId, holding: Mapping[str, PeerHolding]) -> None:
        """Replaces it."""
        Holding.objects.filter(partner=partner, accord=accord).exclude(origin__in=list(holding)).delete()
        rows = [
            Holding(
                partner=partner,
                accord=accord,
                origin=name,
                size=one.size,
                note=one.note,
                conflict=one.conflict,
                given=one.given,
            )
            for name, one in holding.items()
        ]
        Holding.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=("partner", "accord", "origin"),
            update_fields=("size", "note", "conflict", "given"),
        )

    @reading()
    def changes(self) -> int:
        """A number that grows whenever a slip is added late or cleared, or a feed frozen: older folded sheets are folded anew.

        Points that were dropped (`drop_points`) change no sheet, and are not counted.
        """
        return Change.objects.values_list("count", flat=True).first() or 0


def _accord_row(found: Accord) -> AccordRow:
    return AccordRow(AccordId(found.id), bytes(found.charter), found.opened_at)


def _feeds(feed: FeedId) -> QuerySet[Feed]:
    return Feed.objects.filter(accord_id=feed.accord, party=feed.party, epoch=feed.epoch)


def _require(feed: FeedId) -> tuple[int, FeedRow]:
    """The feed and its number, its row held until the transaction ends."""
    found = feeds.one(feed, lock=True)
    if found is None:
        raise MisuseError(f"The feed {feed.origin} is not held.")
    return found


def _change(feed: FeedId, **fields: object) -> None:
    if not _feeds(feed).update(**fields):
        raise MisuseError(f"The feed {feed.origin} is not held.")


def _count_change() -> None:
    """Counts, in the transaction at hand, that sheets folded before are stale."""
    if not Change.objects.update(count=F("count") + 1):
        Change.objects.create(id=1, count=1)


def _slips(number: int, rows: Sequence[EntryRow]) -> Iterator[bulk.Row]:
    for row in rows:
        if row.slip is not None:
            yield number, row.n, row.slip, False, " ".join(row.audience)
        elif row.cleared:
            yield number, row.n, None, True, " ".join(row.audience)


def _kept(cursor: CursorWrapper, number: int, start: int, stop: int) -> dict[int, bytes]:
    cursor.execute(_KEPT, (number, start, stop))
    return {int(n): bytes(kept) for n, kept in cursor.fetchall()}


def _window(number: int, start: int, stop: int) -> int:
    """Where a window from `start` must end, at `stop` or before, to hold no more than _WINDOW_BYTES or one entry."""
    total = 0
    with connection.cursor() as cursor:
        cursor.execute(_SIZES, (number, start, stop))
        for n, size in cursor.fetchall():
            total += size
            if total > _WINDOW_BYTES and n > start:
                return int(n)
    return stop


def _parties(audience: str) -> tuple[PartyId, ...]:
    return tuple(PartyId(party) for party in audience.split())


@contextmanager
def _short_wait() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        before = int(cursor.fetchone()[0])
        cursor.execute("PRAGMA busy_timeout=1000")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout={before}")


def _empty_log() -> None:
    """Moves SQLite's write-ahead log into its file and empties it: cleared bytes would otherwise wait there.

    Where a reader is in the way, the next one to close the database does it.
    """
    with _short_wait(), connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
