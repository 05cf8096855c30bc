"""Several processes of one headquarters write at once, and any of them may be killed: no entry is lost, doubled or left half written."""

import os
import random
import signal
import threading

import pytest
from django.db import connections

from stafftalks.services.ports import Records
from stafftalks.services.rows import EntryRow
from stafftalks.store.ports import StorePorts
from stafftalks.values.ids import FeedId
from tests.store.rows import XMR, XTV, accord_row, digest, element_row, feed_row

FEED = feed_row().feed
KILLS = 40


@pytest.fixture
def held(database: StorePorts) -> StorePorts:
    database.records.add_accord(accord_row())
    for party in (XMR, XTV):
        database.records.add_feed(feed_row(party))
    return database


def append_next(store: StorePorts, word: str, feed: FeedId = FEED) -> int:
    """What the services do: lock, see where the feed ends, append there."""
    with store.transactions.atomic():
        row = store.records.feed(feed, lock=True)
        assert row is not None
        leaf = f"{word} {row.size}".encode()
        store.records.append(feed, [EntryRow(row.size, leaf, digest(word), b"salt" + leaf)], b"frontier %d" % row.size)
    return row.size


def check(records: Records, feed: FeedId = FEED) -> int:
    """The feed's size, every entry of it in place with its slip."""
    row = records.feed(feed)
    assert row is not None
    entries = list(records.entries(feed, 0, row.size + 10))
    assert [entry.n for entry in entries] == list(range(row.size))
    assert all(entry.slip == b"salt" + entry.leaf for entry in entries)
    assert row.frontier == (b"frontier %d" % (row.size - 1) if row.size else b"empty frontier")
    return row.size


def test_threads_that_append_to_one_feed_take_turns(held: StorePorts) -> None:
    places: list[int] = []

    def write(word: str) -> None:
        try:
            places.extend(append_next(held, word) for _ in range(15))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(word,)) for word in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(places) == list(range(60))
    assert check(held.records) == 60


def test_only_one_of_several_who_revise_the_same_version_succeeds(held: StorePorts) -> None:
    first = element_row("flood")
    held.holdings.put(first, None)
    outcomes: list[bool] = []

    def revise(word: str) -> None:
        try:
            outcomes.append(held.holdings.put(element_row("flood", version=word), first.version))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=revise, args=(word,)) for word in "2345"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False, False, False, True]
    assert len(held.holdings.versions(first.id)) == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork.")
def test_what_was_acknowledged_survives_kill_9_and_nothing_is_half_written(held: StorePorts) -> None:
    chance = random.Random(20230126)
    acknowledged = 0
    for _ in range(KILLS):
        connections.close_all()
        heard, said = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(heard)
            _append_until_killed(held, said)
        os.close(said)
        with os.fdopen(heard, "rb") as acknowledgements:
            for _ in range(chance.randrange(1, 12)):
                acknowledged = max(acknowledged, int(acknowledgements.readline()) + 1)
            os.kill(child, signal.SIGKILL)
            acknowledged = max([acknowledged, *(int(line) + 1 for line in acknowledgements if line.endswith(b"\n"))])
        os.waitpid(child, 0)
        assert append_next(held, "parent") >= acknowledged
    assert check(held.records) > KILLS * 2


def _append_until_killed(store: StorePorts, said: int) -> None:
    try:
        while True:
            os.write(said, b"%d\n" % append_next(store, "child"))
    finally:
        os._exit(1)
