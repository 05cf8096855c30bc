"""What `Records` promises, held against the fake and the database alike."""

import msgspec
import pytest

from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import EntryRow, PeerHolding, ReceiptRow
from stafftalks.values.errors import MisuseError, PeerError
from tests.store.rows import XMR, XPA, XTV, accord_row, digest, entry_rows, feed_row

FEED = feed_row().feed


@pytest.fixture
def hq(store: Headquarters) -> Headquarters:
    """A store that holds one accord with one empty feed."""
    store.records.add_accord(accord_row())
    store.records.add_feed(feed_row())
    return store


def append(hq: Headquarters, start: int, stop: int) -> None:
    hq.records.append(FEED, entry_rows(start, stop), b"frontier %d" % stop)


def test_accords_come_oldest_first_and_adding_one_again_changes_nothing(store: Headquarters) -> None:
    second, first = accord_row("second", at=20), accord_row("first", at=10)
    store.records.add_accord(second)
    store.records.add_accord(first)
    store.records.add_accord(msgspec.structs.replace(first, opened_at=30))
    assert store.records.accords() == (first, second)
    assert store.records.accord(first.id) == first
    assert store.records.accord(accord_row("third").id) is None


def test_feeds_come_by_party_then_ordinal(store: Headquarters) -> None:
    store.records.add_accord(accord_row())
    rows = [feed_row(XTV, 1), feed_row(XMR, 1), feed_row(XTV, 0), feed_row(XMR, 0)]
    for row in rows:
        store.records.add_feed(row)
    assert store.records.feeds(accord_row().id) == (rows[3], rows[1], rows[2], rows[0])
    assert store.records.feeds(accord_row("second").id) == ()
    assert store.records.feed(rows[0].feed) == rows[0]
    assert store.records.feed(feed_row(XPA).feed) is None


def test_a_feed_is_added_once_empty_and_into_an_accord_that_is_held(hq: Headquarters) -> None:
    for row in (feed_row(), msgspec.structs.replace(feed_row(XTV), size=1), feed_row(XTV, accord="unknown")):
        with pytest.raises(MisuseError):
            hq.records.add_feed(row)
    assert hq.records.feeds(accord_row().id) == (feed_row(),)


def test_one_key_used_in_two_accords_makes_two_feeds(hq: Headquarters) -> None:
    other = feed_row(accord="second")
    hq.records.add_accord(accord_row("second"))
    hq.records.add_feed(other)
    append(hq, 0, 3)
    assert list(hq.records.entries(other.feed, 0, 9)) == []
    assert hq.records.feed(other.feed) == other


def test_what_was_appended_is_read_back_byte_for_byte(hq: Headquarters) -> None:
    rows = [
        EntryRow(0, b"", digest("0"), b"\x00\xff", audience=(XTV, XPA)),
        EntryRow(1, b"\x00leaf\xff", digest("1"), None),
        EntryRow(2, b"leaf", digest("2"), None, cleared=True, audience=(XTV,)),
        EntryRow(3, b"leaf", digest("3"), b"", audience=()),
    ]
    hq.records.append(FEED, rows, b"\x00frontier")
    assert list(hq.records.entries(FEED, 0, 4)) == rows
    assert hq.records.leaf_hashes(FEED, 1, 3) == [digest("1"), digest("2")]
    held = hq.records.feed(FEED)
    assert held is not None
    assert (held.size, held.frontier) == (4, b"\x00frontier")


def test_entries_are_read_over_any_range(hq: Headquarters) -> None:
    append(hq, 0, 2500)
    append(hq, 2500, 2600)
    rows = entry_rows(0, 2600)
    for start, stop in ((0, 2600), (1023, 1025), (2599, 9999), (2600, 2700), (5, 5), (7, 3)):
        assert list(hq.records.entries(FEED, start, stop)) == rows[start:stop]
        assert hq.records.leaf_hashes(FEED, start, stop) == [row.leaf_hash for row in rows[start:stop]]


def test_an_audience_without_a_slip_is_not_kept(hq: Headquarters) -> None:
    hq.records.append(FEED, [EntryRow(0, b"leaf", digest("0"), None, audience=(XTV,))], b"f")
    assert list(hq.records.entries(FEED, 0, 1)) == [EntryRow(0, b"leaf", digest("0"), None)]


@pytest.mark.parametrize("positions", [[1], [0, 2], [1, 0], [0, 0], [-1]])
def test_a_gap_a_repeat_or_a_wrong_order_is_refused_and_changes_nothing(hq: Headquarters, positions: list[int]) -> None:
    append(hq, 0, 2)
    before = hq.records.feed(FEED)
    rows = [msgspec.structs.replace(entry_rows(0, 1)[0], n=2 + n) for n in positions]
    with pytest.raises(MisuseError, match="the next is"):
        hq.records.append(FEED, rows, b"wrong")
    assert hq.records.feed(FEED) == before
    assert list(hq.records.entries(FEED, 0, 99)) == entry_rows(0, 2)


def test_nothing_can_be_appended_to_a_feed_that_is_unknown_or_frozen(hq: Headquarters) -> None:
    hq.records.freeze(FEED, "It signed two different records at #0.", b"proof", 0)
    for feed in (FEED, feed_row(XTV).feed):
        with pytest.raises(MisuseError):
            hq.records.append(feed, entry_rows(0, 1), b"f")
        assert list(hq.records.entries(feed, 0, 9)) == []


def test_a_closed_epoch_still_takes_back_what_a_partner_held_of_it(hq: Headquarters) -> None:
    hq.records.close(FEED)
    append(hq, 0, 2)
    held = hq.records.feed(FEED)
    assert held is not None
    assert (held.closed, held.size) == (True, 2)


def test_appending_nothing_changes_nothing(hq: Headquarters) -> None:
    hq.records.append(FEED, [], b"another frontier")
    assert hq.records.feed(FEED) == feed_row()


def test_what_a_failed_transaction_did_is_undone_in_every_port(hq: Headquarters) -> None:
    append(hq, 0, 1)
    before = hq.records.feed(FEED), hq.records.changes()

    def fail() -> None:
        with hq.transactions.atomic():
            append(hq, 1, 3)
            hq.records.clear_slips(FEED, [0])
            hq.records.put_note(FEED, b"note")
            raise PeerError("It was not what it must be.")

    with pytest.raises(PeerError):
        fail()
    assert (hq.records.feed(FEED), hq.records.changes()) == before
    assert list(hq.records.entries(FEED, 0, 9)) == entry_rows(0, 1)


def test_an_inner_transaction_that_fails_leaves_the_outer_one_whole(hq: Headquarters) -> None:
    def fail() -> None:
        with hq.transactions.atomic():
            append(hq, 1, 2)
            raise PeerError("It was not what it must be.")

    with hq.transactions.atomic():
        append(hq, 0, 1)
        with pytest.raises(MisuseError):
            append(hq, 5, 6)
        with pytest.raises(PeerError):
            fail()
        append(hq, 1, 3)
    assert list(hq.records.entries(FEED, 0, 9)) == entry_rows(0, 3)


def test_a_row_can_be_locked_only_inside_a_transaction(hq: Headquarters) -> None:
    with pytest.raises(MisuseError, match="inside a transaction"):
        hq.records.feed(FEED, lock=True)
    with hq.transactions.atomic():
        assert hq.records.feed(FEED, lock=True) == feed_row()


def test_a_late_slip_is_kept_once_and_counts_as_a_change(hq: Headquarters) -> None:
    hq.records.append(FEED, [EntryRow(0, b"leaf", digest("0"), None)], b"f")
    before = hq.records.changes()
    hq.records.add_slip(FEED, 0, b"late", [XTV])
    changed = hq.records.changes()
    hq.records.add_slip(FEED, 0, b"later", [XPA])
    assert before < changed == hq.records.changes()
    assert list(hq.records.entries(FEED, 0, 1)) == [EntryRow(0, b"leaf", digest("0"), b"late", audience=(XTV,))]


def test_a_slip_needs_its_entry(hq: Headquarters) -> None:
    for feed in (FEED, feed_row(XTV).feed):
        with pytest.raises(MisuseError):
            hq.records.add_slip(feed, 0, b"slip", [XTV])


def test_a_cleared_slip_is_gone_for_good_and_its_leaf_stays(hq: Headquarters) -> None:
    append(hq, 0, 3)
    before = hq.records.changes()
    assert hq.records.clear_slips(FEED, [1, 2, 7]) == 2
    changed = hq.records.changes()
    assert hq.records.clear_slips(FEED, [1, 2]) == 0
    hq.records.add_slip(FEED, 1, b"again", [XTV])
    assert before < changed == hq.records.changes()
    kept, *cleared = hq.records.entries(FEED, 0, 3)
    assert kept == entry_rows(0, 1)[0]
    assert [(row.slip, row.cleared, row.leaf, row.leaf_hash) for row in cleared] == [
        (None, True, row.leaf, row.leaf_hash) for row in entry_rows(1, 3)
    ]


def test_clearing_what_was_never_held_leaves_it_never_held(hq: Headquarters) -> None:
    hq.records.append(FEED, [EntryRow(0, b"leaf", digest("0"), None)], b"f")
    assert hq.records.clear_slips(FEED, [0]) == 0
    assert list(hq.records.entries(FEED, 0, 1)) == [EntryRow(0, b"leaf", digest("0"), None)]


def test_points_that_are_dropped_leave_what_was_kept_and_are_no_change(hq: Headquarters) -> None:
    append(hq, 0, 4)
    hq.records.clear_slips(FEED, [3])
    before = hq.records.changes()
    assert hq.records.dropped(FEED) == hq.records.dropped(feed_row(XPA).feed) == frozenset()
    assert hq.records.drop_points(FEED, {1: b"one", 2: b"two", 3: b"recalled", 7: b"never"}) == 2
    assert hq.records.drop_points(FEED, {1: b"other"}) == 0
    hq.records.add_slip(FEED, 1, b"again", [XTV])
    assert hq.records.changes() == before
    assert hq.records.dropped(FEED) == {1, 2}
    rows = list(hq.records.entries(FEED, 0, 4))
    assert [(row.slip is None, row.cleared, row.kept) for row in rows] == [
        (False, False, b""),
        (True, True, b"one"),
        (True, True, b"two"),
        (True, True, b""),
    ]
    assert [row.leaf_hash for row in rows] == [row.leaf_hash for row in entry_rows(0, 4)]


def test_a_thousand_slips_are_cleared_at_once(hq: Headquarters) -> None:
    append(hq, 0, 1200)
    assert hq.records.clear_slips(FEED, range(1200)) == 1200
    assert all(row.cleared and row.slip is None for row in hq.records.entries(FEED, 0, 1200))


def test_who_was_given_a_slip_is_known_also_once_it_is_cleared(hq: Headquarters) -> None:
    append(hq, 0, 4)
    rows = list(hq.records.entries(FEED, 0, 4))
    hq.records.clear_slips(FEED, [1])
    known = {row.n: row.audience for row in rows if row.slip is not None}
    assert hq.records.audiences(FEED, [0, 1, 2, 3, 9]) == known
    assert hq.records.audiences(FEED, []) == {}
    assert hq.records.audiences(feed_row(XPA).feed, [0]) == {}


def test_the_newest_note_replaces_the_one_before(hq: Headquarters) -> None:
    hq.records.put_note(FEED, b"first")
    hq.records.put_note(FEED, b"second")
    assert hq.records.feed(FEED) == msgspec.structs.replace(feed_row(), note=b"second")


def test_receipts_are_kept_once_each_by_size_then_party(hq: Headquarters) -> None:
    rows = [ReceiptRow(XTV, 3, 100), ReceiptRow(XPA, 3, 200), ReceiptRow(XTV, 1, 50), ReceiptRow(XTV, 3, 90)]
    for row in [*rows, *rows]:
        hq.records.add_receipt(FEED, row)
    assert hq.records.receipts(FEED) == (rows[2], rows[1], rows[3], rows[0])


def test_a_frozen_feed_says_why_since_when_and_with_what_proof(hq: Headquarters) -> None:
    append(hq, 0, 5)
    before = hq.records.changes()
    hq.records.freeze(FEED, "Two records at #3.", b"proof", 3)
    held = hq.records.feed(FEED)
    assert held is not None
    assert (held.frozen, held.evidence, held.frozen_at, held.effective) == ("Two records at #3.", b"proof", 3, 3)
    assert hq.records.changes() > before


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ((b"proof", 3), (b"other", 4), (b"proof", 3)),
        ((b"proof", 3), (b"other", 2), (b"other", 2)),
        ((b"", 3), (b"proof", 3), (b"proof", 3)),
        ((b"", 3), (b"proof", 4), (b"proof", 3)),
        ((b"proof", 3), (b"", 2), (b"proof", 2)),
    ],
)
def test_freezing_again_never_thaws_nor_loses_the_proof(
    hq: Headquarters, first: tuple[bytes, int], second: tuple[bytes, int], kept: tuple[bytes, int]
) -> None:
    append(hq, 0, 5)
    hq.records.freeze(FEED, "Two records.", *first)
    hq.records.freeze(FEED, "Two records again.", *second)
    held = hq.records.feed(FEED)
    assert held is not None
    assert (held.evidence, held.frozen_at) == kept
    assert held.frozen


def test_a_feed_is_not_frozen_without_a_sentence(hq: Headquarters) -> None:
    with pytest.raises(MisuseError):
        hq.records.freeze(FEED, "", b"proof", 0)


def test_a_feed_that_is_not_held_cannot_be_marked(store: Headquarters) -> None:
    records = store.records
    for mark in (
        lambda: records.put_note(FEED, b"note"),
        lambda: records.close(FEED),
        lambda: records.freeze(FEED, "Why.", b"", 0),
        lambda: records.clear_slips(FEED, [0]),
        lambda: records.add_receipt(FEED, ReceiptRow(XTV, 1, 1)),
    ):
        with pytest.raises(MisuseError):
            mark()


def test_what_a_partner_holds_is_replaced_whole(hq: Headquarters) -> None:
    accord = accord_row().id
    hq.records.put_holding(XTV, accord, {"a": PeerHolding(1, b"note"), "b": PeerHolding(2)})
    hq.records.put_holding(XPA, accord, {"a": PeerHolding(9)})
    hq.records.put_holding(XTV, accord, {"b": PeerHolding(3, b"\xff", conflict=True), "c": PeerHolding(0)})
    assert hq.records.holding(XTV, accord) == {"b": PeerHolding(3, b"\xff", conflict=True), "c": PeerHolding(0)}
    assert hq.records.holding(XPA, accord) == {"a": PeerHolding(9)}
    hq.records.put_holding(XTV, accord, {})
    assert hq.records.holding(XTV, accord) == {}
