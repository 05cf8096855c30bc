"""Checkpoints, receipts and epochs: a head is bound to its feed's own key, a receipt to its partner, a feed key to its node key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.record import checkpoint, epoch, note, tree
from stafftalks.values.errors import MisuseError, PeerError
from stafftalks.values.ids import FeedId
from tests.record.cast import MERIDIA, NOON, OUTSIDER, SMALL_ORDER_KEYS, TORVIA, Key, Party, written

FEED = MERIDIA.feed
HEAD = checkpoint.Checkpoint(FEED, 3, tree.leaf_hash(b"root"))


def signed(head: checkpoint.Checkpoint = HEAD) -> bytes:
    return checkpoint.sign_checkpoint(head, MERIDIA.feed_key.public, MERIDIA.feed_key.sign).raw


@given(st.integers(0, 2**53 - 1), st.binary(min_size=32, max_size=32))
def test_every_checkpoint_comes_back_from_its_three_lines(size: int, root: bytes) -> None:
    head = checkpoint.Checkpoint(FEED, size, root)
    assert checkpoint.parse_body(head.body()) == head


def test_a_signed_head_opens_under_its_own_key_only() -> None:
    assert checkpoint.open_checkpoint(signed(), MERIDIA.feed_key.public) == HEAD
    with pytest.raises(PeerError, match="not the one its epoch"):
        checkpoint.open_checkpoint(signed(), TORVIA.feed_key.public)


def test_a_head_signed_by_another_key_is_refused() -> None:
    forged = note.sign(HEAD.body(), FEED.origin, MERIDIA.feed_key.public, OUTSIDER.feed_key.sign)
    with pytest.raises(PeerError, match="does not fit"):
        checkpoint.open_checkpoint(forged.raw, MERIDIA.feed_key.public)


def test_a_head_signed_under_another_name_is_refused() -> None:
    renamed = note.sign(HEAD.body(), "elsewhere.example", MERIDIA.feed_key.public, MERIDIA.feed_key.sign)
    with pytest.raises(PeerError, match="carries no signature"):
        checkpoint.open_checkpoint(renamed.raw, MERIDIA.feed_key.public)


@given(st.integers(0, len(signed()) * 8 - 1))
def test_no_bit_of_a_signed_head_can_change(bit: int) -> None:
    raw = bytearray(signed())
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(PeerError):
        checkpoint.open_checkpoint(bytes(raw), MERIDIA.feed_key.public)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n\n\n",
        HEAD.body()[:-1],
        HEAD.body() + b"extension\n",
        HEAD.body().replace(b"\n3\n", b"\n03\n"),
        HEAD.body().replace(b"\n3\n", b"\n-3\n"),
        HEAD.body().replace(b"\n3\n", b"\n9007199254740992\n"),
        HEAD.body().replace(b"\n3\n", b"\n\xd9\xa3\n"),
        HEAD.body().replace(b"/a1/", b"/a2/"),
        HEAD.body().replace(b"=\n", b"\n"),
        HEAD.body().replace(b"XMR", b"xmr"),
    ],
)
def test_what_is_not_three_such_lines_is_refused(body: bytes) -> None:
    with pytest.raises(PeerError):
        checkpoint.parse_body(body)


def test_we_do_not_sign_a_head_with_a_key_of_another_epoch() -> None:
    with pytest.raises(MisuseError, match="nothing was signed"):
        checkpoint.sign_checkpoint(HEAD, TORVIA.feed_key.public, TORVIA.feed_key.sign)
    for size, root in [(-1, bytes(32)), (2**53, bytes(32)), (1, bytes(31))]:
        with pytest.raises(MisuseError):
            checkpoint.Checkpoint(FEED, size, root).body()


def test_a_partners_cosignature_is_a_receipt_with_its_time() -> None:
    line = checkpoint.cosign_checkpoint(signed(), TORVIA.party, TORVIA.node.public, TORVIA.node.sign, time_s=NOON)
    both = note.with_signature(note.parse(signed()), line).raw
    assert checkpoint.verify_receipt(both, TORVIA.party, TORVIA.node.public) == NOON
    assert checkpoint.open_checkpoint(both, MERIDIA.feed_key.public) == HEAD
    with pytest.raises(PeerError):
        checkpoint.verify_receipt(both, OUTSIDER.party, TORVIA.node.public)
    with pytest.raises(PeerError):
        checkpoint.verify_receipt(both, TORVIA.party, OUTSIDER.node.public)
    with pytest.raises(PeerError):
        checkpoint.verify_receipt(signed(), TORVIA.party, TORVIA.node.public)


def test_another_key_is_another_epoch() -> None:
    assert epoch.epoch_id(Key("one").public) != epoch.epoch_id(Key("two").public)
    assert len(epoch.epoch_id(Key("one").public)) == 26


def _certified(party: Party, previous: bytes = b"") -> bytes:
    return party.node.sign(epoch.certificate_statement(party.feed, party.feed_key.public, previous))


def test_a_node_key_vouches_for_a_feed_key_and_the_head_before() -> None:
    leaves, _ = written(0, 5)
    previous = note.parse(TORVIA.head(leaves)).body
    signature = _certified(MERIDIA, previous)
    epoch.verify_certificate(FEED, MERIDIA.feed_key.public, signature, MERIDIA.node.public, previous)
    with pytest.raises(PeerError, match="does not fit"):
        epoch.verify_certificate(FEED, MERIDIA.feed_key.public, signature, MERIDIA.node.public)


def test_a_fault_planted_in_a_certificate_is_caught() -> None:
    signature, key, node = _certified(MERIDIA), MERIDIA.feed_key.public, MERIDIA.node.public
    elsewhere = FeedId(FEED.accord, TORVIA.party, FEED.epoch)
    bad = bytes([signature[0] ^ 1]) + signature[1:]
    for fault in [
        (FEED, key, bad, node),
        (FEED, key, signature[:-1], node),
        (FEED, key, signature, OUTSIDER.node.public),
        (FEED, OUTSIDER.feed_key.public, signature, node),
        (elsewhere, key, signature, node),
        (FEED, key, signature, node[:-1]),
    ]:
        with pytest.raises(PeerError):
            epoch.verify_certificate(*fault)


@pytest.mark.parametrize("key", SMALL_ORDER_KEYS)
def test_a_small_order_feed_key_is_refused_though_its_epoch_names_it(key: bytes) -> None:
    feed = FeedId(FEED.accord, FEED.party, epoch.epoch_id(key))
    with pytest.raises(PeerError, match="not a sound"):
        epoch.check_feed_key(feed, key)


def test_we_do_not_state_a_certificate_for_a_key_of_another_epoch() -> None:
    with pytest.raises(MisuseError):
        epoch.certificate_statement(FEED, TORVIA.feed_key.public)
