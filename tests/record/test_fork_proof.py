"""Fork proofs: made where one author signed two stories, checked by anyone, and impossible where nobody forked."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.record import checkpoint, fork, tree
from stafftalks.values.errors import MisuseError, PeerError
from stafftalks.values.ids import FeedId
from tests.record.cast import EQUIVOCATOR, OTHER_ACCORD, OUTSIDER, TORVIA, Party, written


def proof_of(party: Party, common: int, first: int, second: int) -> fork.ForkProof:
    shared, _ = written(0, common)
    one = shared + written(common, common + first, "to one")[0]
    other = shared + written(common, common + second, "to the other")[0]
    return fork.build(party.head(one), tree.leaf_hashes(one), party.head(other), tree.leaf_hashes(other))


PROOF = proof_of(EQUIVOCATOR, 5, 4, 7)
KEY = EQUIVOCATOR.feed_key.public


@given(st.integers(0, 20), st.integers(1, 20), st.integers(1, 20))
def test_two_stories_are_proved_at_the_first_entry_that_differs(common: int, first: int, second: int) -> None:
    proof = proof_of(EQUIVOCATOR, common, first, second)
    assert proof.i == common
    again = fork.decode(fork.encode(proof))
    assert again == proof
    assert fork.verify_fork(again, KEY) == EQUIVOCATOR.feed


def test_a_record_that_only_grew_is_no_fork() -> None:
    leaves, _ = written(0, 9)
    hashes = tree.leaf_hashes(leaves)
    for size in (0, 4, 9):
        with pytest.raises(MisuseError, match="continues the other"):
            fork.build(TORVIA.head(leaves), hashes, TORVIA.head(leaves[:size]), hashes[:size])


def test_nobody_can_be_framed() -> None:
    honest, _ = written(0, 9)
    path = tuple(tree.inclusion_path(tree.leaf_hashes(honest), 3))
    real = tree.leaf_hash(honest[3])
    same = fork.ForkProof(TORVIA.head(honest), TORVIA.head(honest), 3, real, path, real, path)
    with pytest.raises(PeerError, match="same entry"):
        fork.verify_fork(same, TORVIA.feed_key.public)
    invented = msgspec.structs.replace(same, leaf_hash2=tree.leaf_hash(b"invented"))
    with pytest.raises(PeerError, match="does not lead"):
        fork.verify_fork(invented, TORVIA.feed_key.public)
    with pytest.raises(PeerError, match="not the one its epoch"):
        fork.verify_fork(PROOF, OUTSIDER.feed_key.public)


def test_one_key_used_in_two_accords_proves_nothing() -> None:
    leaves, _ = written(0, 5)
    other, _ = written(0, 5, "other")
    elsewhere = FeedId(OTHER_ACCORD, EQUIVOCATOR.party, EQUIVOCATOR.feed.epoch)
    head = checkpoint.Checkpoint(elsewhere, 5, tree.root_of(tree.leaf_hashes(other)))
    second = checkpoint.sign_checkpoint(head, KEY, EQUIVOCATOR.feed_key.sign).raw
    mixed = fork.build(EQUIVOCATOR.head(leaves), tree.leaf_hashes(leaves), second, tree.leaf_hashes(other))
    with pytest.raises(PeerError, match="of different records"):
        fork.verify_fork(mixed, KEY)


def test_heads_of_two_feeds_prove_nothing() -> None:
    leaves, _ = written(0, 5)
    other, _ = written(0, 5, "other")
    mixed = fork.build(EQUIVOCATOR.head(leaves), tree.leaf_hashes(leaves), TORVIA.head(other), tree.leaf_hashes(other))
    with pytest.raises(PeerError):
        fork.verify_fork(mixed, KEY)


@given(st.integers(0, len(fork.encode(PROOF)) * 8 - 1))
def test_no_bit_of_a_proof_file_can_change(bit: int) -> None:
    raw = bytearray(fork.encode(PROOF))
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(PeerError):
        fork.verify_fork(fork.decode(bytes(raw)), KEY)


def test_a_proof_that_is_not_made_of_notes_cannot_be_written() -> None:
    with pytest.raises(MisuseError):
        fork.encode(msgspec.structs.replace(PROOF, note1=b"\xff"))
