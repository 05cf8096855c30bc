"""Reading a feed: entries come out only when every leaf, slip, size and signature fits, in one piece or streamed."""

import pathlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.record import checkpoint, feed, slip, tree
from stafftalks.record.entry import Reading
from stafftalks.record.leaf import Leaf, encode_leaf
from stafftalks.values.errors import HostError, MisuseError, PeerError
from stafftalks.values.ids import FeedId
from tests.record.cast import EQUIVOCATOR, MERIDIA, NOON, OTHER_ACCORD, OUTSIDER, TORVIA, written

LEAVES, SLIPS = written(0, 40)
KEY = MERIDIA.feed_key.public
EMPTY = tree.Frontier.empty()


def frontier(count: int) -> tree.Frontier:
    return EMPTY.extend(tree.leaf_hashes(LEAVES[:count]))


def part(start: int, stop: int) -> dict[int, bytes]:
    return {n: SLIPS[n] for n in range(start, stop)}


@given(st.integers(0, 40), st.integers(0, 40))
def test_any_extension_of_what_is_held_is_read(one: int, other: int) -> None:
    start, stop = sorted((one, other))
    found = feed.verify_extension(
        MERIDIA.feed, KEY, frontier(start), MERIDIA.head(LEAVES[:stop]), start, LEAVES[start:stop], part(start, stop)
    )
    assert [entry.n for entry in found.entries] == list(range(start, stop))
    assert [entry.body for entry in found.entries] == [b"release body %d" % n for n in range(start, stop)]
    assert [entry.slip for entry in found.entries] == [SLIPS[n] for n in range(start, stop)]
    assert all(entry.reading is Reading.readable and entry.at == NOON + entry.n for entry in found.entries)
    assert found.frontier == frontier(stop)
    assert found.leaf_hashes == tree.leaf_hashes(LEAVES[start:stop])
    assert (found.checkpoint.size, found.unmatched_slips) == (stop, ())


@given(st.data())
def test_no_bit_of_a_leaf_or_slip_can_change(data: st.DataObject) -> None:
    leaves, slips = list(LEAVES), dict(SLIPS)
    n = data.draw(st.integers(0, 39))
    chosen = bytearray(data.draw(st.sampled_from([leaves, slips]))[n])
    is_leaf = bytes(chosen) == leaves[n]
    bit = data.draw(st.integers(0, len(chosen) * 8 - 1))
    chosen[bit // 8] ^= 1 << bit % 8
    if is_leaf:
        leaves[n] = bytes(chosen)
    else:
        slips[n] = bytes(chosen)
    with pytest.raises(PeerError):
        feed.verify_extension(MERIDIA.feed, KEY, EMPTY, MERIDIA.head(LEAVES), 0, leaves, slips)


def test_missing_reordered_and_repeated_leaves_are_refused() -> None:
    head = MERIDIA.head(LEAVES)
    for leaves in (LEAVES[:-1], [*LEAVES, LEAVES[-1]], [LEAVES[1], LEAVES[0], *LEAVES[2:]], []):
        with pytest.raises(PeerError):
            feed.verify_extension(MERIDIA.feed, KEY, EMPTY, head, 0, leaves, {})


def test_a_gap_says_what_it_waits_for_and_an_overlap_what_is_held() -> None:
    head = MERIDIA.head(LEAVES)
    with pytest.raises(PeerError, match="start at 30 but 20 are held: waiting for 20-29"):
        feed.verify_extension(MERIDIA.feed, KEY, frontier(20), head, 30, LEAVES[30:], {})
    with pytest.raises(PeerError, match="start at 10 but 20 are held already"):
        feed.verify_extension(MERIDIA.feed, KEY, frontier(20), head, 10, LEAVES[10:], {})


def test_a_head_of_another_feed_or_key_is_refused() -> None:
    with pytest.raises(PeerError):
        feed.verify_extension(MERIDIA.feed, KEY, EMPTY, TORVIA.head(LEAVES), 0, LEAVES, {})
    with pytest.raises(PeerError):
        feed.verify_extension(MERIDIA.feed, OUTSIDER.feed_key.public, EMPTY, MERIDIA.head(LEAVES), 0, LEAVES, {})
    with pytest.raises(PeerError):
        feed.verify_extension(TORVIA.feed, KEY, EMPTY, MERIDIA.head(LEAVES), 0, LEAVES, {})


def test_a_head_of_another_accord_under_the_same_key_is_refused() -> None:
    elsewhere = FeedId(OTHER_ACCORD, MERIDIA.party, MERIDIA.feed.epoch)
    head = checkpoint.Checkpoint(elsewhere, 40, frontier(40).root())
    note_raw = checkpoint.sign_checkpoint(head, KEY, MERIDIA.feed_key.sign).raw
    with pytest.raises(PeerError, match="The signed head is of"):
        feed.verify_extension(MERIDIA.feed, KEY, EMPTY, note_raw, 0, LEAVES, {})


def test_an_equivocators_second_branch_does_not_extend_the_first() -> None:
    other, _ = written(10, 20, "another story")
    held = frontier(15)
    with pytest.raises(PeerError, match="do not lead to its signed head"):
        feed.verify_extension(
            EQUIVOCATOR.feed,
            EQUIVOCATOR.feed_key.public,
            held,
            EQUIVOCATOR.head(LEAVES[:10] + other),
            15,
            other[5:],
            {},
        )


def test_a_slip_for_an_entry_that_is_not_there_is_refused() -> None:
    for n in (-1, 40, 2**60):
        with pytest.raises(PeerError, match="body was sent for entry"):
            feed.verify_extension(MERIDIA.feed, KEY, EMPTY, MERIDIA.head(LEAVES), 0, LEAVES, {n: SLIPS[0]})


def test_swapped_slips_are_refused() -> None:
    with pytest.raises(PeerError, match="not the one its author committed to"):
        feed.verify_extension(MERIDIA.feed, KEY, EMPTY, MERIDIA.head(LEAVES), 0, LEAVES, {0: SLIPS[1], 1: SLIPS[0]})


def test_an_entry_without_its_slip_is_sealed() -> None:
    found = feed.verify_extension(MERIDIA.feed, KEY, EMPTY, MERIDIA.head(LEAVES), 0, LEAVES, {1: SLIPS[1]})
    assert (found.entries[0].reading, found.entries[0].body, found.entries[0].type) == (Reading.sealed, None, "release")
    assert found.entries[1].reading is Reading.readable


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=5), st.integers(0, 10))
def test_leaves_that_cannot_be_read_stay_in_the_chain(junk: list[bytes], before: int) -> None:
    misplaced = encode_leaf(Leaf(NOON, slip.commitment(SLIPS[0]), 999, "release"))
    leaves = [*LEAVES[:before], *junk, misplaced]
    found = feed.verify_extension(
        MERIDIA.feed, KEY, EMPTY, MERIDIA.head(leaves), 0, leaves, {len(leaves) - 1: SLIPS[0], **part(0, before)}
    )
    for entry in found.entries[before:]:
        assert (entry.reading, entry.at, entry.type, entry.body, entry.slip) == (Reading.unreadable, 0, "", None, None)
    assert [entry.leaf for entry in found.entries] == leaves
    assert found.unmatched_slips == (len(leaves) - 1,)


def test_a_leaf_over_the_limit_is_refused_before_anything_is_hashed() -> None:
    with pytest.raises(PeerError, match="Entry 1 is 65536 bytes"):
        feed.verify_extension(MERIDIA.feed, KEY, EMPTY, MERIDIA.head(LEAVES), 0, [LEAVES[0], bytes(65_536)], {})


@settings(max_examples=40)
@given(st.lists(st.integers(1, 15), min_size=1, max_size=6), st.integers(0, 10))
def test_streaming_gives_the_entries_of_one_extension(steps: list[int], start: int) -> None:
    bounds, at = [], start
    for step in steps:
        bounds.append((at, min(at + step, 40)))
        at = min(at + step, 40)
    head = MERIDIA.head(LEAVES[:at])
    whole = feed.verify_extension(MERIDIA.feed, KEY, frontier(start), head, start, LEAVES[start:at], part(start, at))
    reader = feed.FeedReader(MERIDIA.feed, KEY, frontier(start))
    hashes = [found for low, high in bounds for found in reader.take(low, LEAVES[low:high])]
    authentic = reader.finish(head)
    streamed = [
        entry
        for low, high in bounds
        if low < high
        for entry in authentic.entries(low, LEAVES[low:high], part(low, high))
    ]
    assert streamed == whole.entries
    assert hashes == whole.leaf_hashes
    assert (authentic.frontier, authentic.checkpoint) == (whole.frontier, whole.checkpoint)


def test_what_changes_between_the_two_passes_is_refused() -> None:
    reader = feed.FeedReader(MERIDIA.feed, KEY, EMPTY)
    reader.take(0, LEAVES[:20])
    reader.take(20, LEAVES[20:])
    authentic = reader.finish(MERIDIA.head(LEAVES))
    with pytest.raises(PeerError, match="changed while they were read"):
        authentic.entries(20, [*LEAVES[20:39], LEAVES[0]], {})
    with pytest.raises(MisuseError, match="same batches"):
        authentic.entries(0, LEAVES[:10], {})
    with pytest.raises(MisuseError, match="same batches"):
        authentic.entries(10, LEAVES[10:20], {})


def test_a_stream_that_does_not_lead_to_its_head_gives_no_entries() -> None:
    reader = feed.FeedReader(MERIDIA.feed, KEY, EMPTY)
    reader.take(0, LEAVES[:20])
    with pytest.raises(PeerError, match="waiting for 20-20"):
        reader.take(21, LEAVES[21:])
    with pytest.raises(PeerError, match="covers 40 entries, and 20 are here"):
        reader.finish(MERIDIA.head(LEAVES))


def test_our_own_rows_are_read_back_from_any_point() -> None:
    for start, stop in [(0, 40), (0, 0), (7, 23), (32, 40)]:
        found = feed.read_own(MERIDIA.feed, frontier(start), frontier(stop), LEAVES[start:stop], part(start, stop))
        assert [entry.n for entry in found] == list(range(start, stop))


@given(st.integers(0, 39), st.integers(0, 7), st.booleans())
def test_a_flipped_bit_in_our_own_store_is_our_machines_fault(n: int, bit: int, in_leaf: bool) -> None:
    leaves, slips = list(LEAVES), dict(SLIPS)
    if in_leaf:
        leaves[n] = bytes([leaves[n][0] ^ 1 << bit]) + leaves[n][1:]
    else:
        slips[n] = bytes([slips[n][0] ^ 1 << bit]) + slips[n][1:]
    with pytest.raises(HostError, match="damaged"):
        feed.read_own(MERIDIA.feed, EMPTY, frontier(40), leaves, slips)


def test_only_the_feed_module_makes_verified_entries() -> None:
    source = pathlib.Path(feed.__file__).parents[1]
    makers = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if re.search(r"(?<!class )\bVerifiedEntry\(", path.read_text())
    }
    assert makers == {"record/feed.py"}
