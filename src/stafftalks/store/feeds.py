"""Feed rows by statements written out: they are looked up a dozen times in every exchange, where composing a query costs more than running it."""

from typing import Any

from django.db import connection

from stafftalks.services.rows import FeedRow
from stafftalks.store.edge import check_transaction
from stafftalks.values.ids import AccordId, EpochId, FeedId, PartyId

_COLUMNS = "accord_id, party, epoch, ordinal, public_key, certificate, size, frontier, note, frozen, evidence, frozen_at, closed"
_ONE = "FROM store_feed WHERE accord_id = %s AND party = %s AND epoch = %s"
_NUMBER = f"SELECT number {_ONE}"
_FEED = f"SELECT number, {_COLUMNS} {_ONE}"
_FEEDS = f"SELECT {_COLUMNS} FROM store_feed WHERE accord_id = %s ORDER BY party, ordinal, epoch"  # noqa: S608
_ALL = f"SELECT {_COLUMNS} FROM store_feed ORDER BY accord_id, party, ordinal, epoch"  # noqa: S608
_GROW = "UPDATE store_feed SET size = %s, frontier = %s WHERE number = %s"
_NOTE = "UPDATE store_feed SET note = %s WHERE accord_id = %s AND party = %s AND epoch = %s"


def of_accord(accord: AccordId) -> tuple[FeedRow, ...]:
    """Every feed of the accord, by party, then ordinal."""
    with connection.cursor() as cursor:
        cursor.execute(_FEEDS, (accord,))
        return tuple(_row(*found) for found in cursor.fetchall())


def of_all() -> tuple[FeedRow, ...]:
    """Every feed of every accord, by accord, then party, then ordinal."""
    with connection.cursor() as cursor:
        cursor.execute(_ALL)
        return tuple(_row(*found) for found in cursor.fetchall())


def one(feed: FeedId, *, lock: bool) -> tuple[int, FeedRow] | None:
    """The feed with its number, or None where it is not held; with `lock` its row is held until the transaction ends.

    SQLite needs no row lock: its transactions begin as writers.
    """
    statement = _FEED
    if lock:
        check_transaction()
        statement += " FOR UPDATE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(statement, (feed.accord, feed.party, feed.epoch))
        found = cursor.fetchone()
    return (int(found[0]), _row(*found[1:])) if found else None


def number(feed: FeedId) -> int | None:
    """The feed's number, or None where it is not held."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER, (feed.accord, feed.party, feed.epoch))
        found = cursor.fetchone()
    return int(found[0]) if found else None


def grow(number: int, size: int, frontier: bytes) -> None:
    """Moves the feed's size and frontier."""
    with connection.cursor() as cursor:
        cursor.execute(_GROW, (size, frontier, number))


def put_note(feed: FeedId, note: bytes) -> bool:
    """Replaces the feed's newest signed note; False where the feed is not held."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, (note, feed.accord, feed.party, feed.epoch))
        return bool(cursor.rowcount)


def _row(
    accord: str, party: str, epoch: str, ordinal: int, public_key: Any, certificate: Any, size: int, frontier: Any,
    note: Any, frozen: str, evidence: Any, frozen_at: int, closed: Any,
) -> FeedRow:  # fmt: skip
    return FeedRow(
        feed=FeedId(AccordId(accord), PartyId(party), EpochId(epoch)),
        ordinal=ordinal,
        public_key=bytes(public_key),
        certificate=bytes(certificate),
        size=size,
        frontier=bytes(frontier),
        note=bytes(note),
        frozen=frozen,
        evidence=bytes(evidence),
        frozen_at=frozen_at,
        closed=bool(closed),
    )
