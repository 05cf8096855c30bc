"""Fork proofs: that one author signed two different entries at the same position, for anyone to check.

    {"i":151,"leafhash1":..,"leafhash2":..,"note1":..,"note2":..,"path1":[..],"path2":[..]}       canonical JSON

The proof needs nothing but the feed's public key: both notes are signed heads of the same feed, and each path leads from its leaf
hash at `i` to its note's root. It shows no content. What freezes, and that both branches stay readable, is decided above.
"""

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec

from stafftalks.record import b64, canon, checkpoint, note, tree
from stafftalks.values.errors import MisuseError, PeerError
from stafftalks.values.ids import FeedId

MAX_PROOF_BYTES: Final = 4 * note.MAX_NOTE_BYTES
_Path = Annotated[list[str], msgspec.Meta(max_length=64)]


class ForkProof(msgspec.Struct, frozen=True):
    """Two signed heads of one feed and, for position `i`, a leaf hash and inclusion path under each."""

    note1: bytes
    note2: bytes
    i: int
    leaf_hash1: bytes
    path1: tuple[bytes, ...]
    leaf_hash2: bytes
    path2: tuple[bytes, ...]


class _Wire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    i: Annotated[int, msgspec.Meta(ge=0, lt=tree.MAX_SIZE)]
    leafhash1: str
    leafhash2: str
    note1: str
    note2: str
    path1: _Path
    path2: _Path


def build(note1: bytes, hashes1: Sequence[bytes], note2: bytes, hashes2: Sequence[bytes]) -> ForkProof:
    """The proof at the first position where the leaf hashes under two signed heads differ.

    Raises MisuseError where they do not differ: then one record continues the other and nobody forked.
    """
    pairs = enumerate(zip(hashes1, hashes2, strict=False))  # the longer one's tail has no counterpart to differ from
    i = next((n for n, (one, other) in pairs if one != other), None)
    if i is None:
        raise MisuseError("These two records do not differ where both have entries: one continues the other.")
    path1, path2 = tree.inclusion_path(hashes1, i), tree.inclusion_path(hashes2, i)
    return ForkProof(note1, note2, i, hashes1[i], tuple(path1), hashes2[i], tuple(path2))


def encode(proof: ForkProof) -> bytes:
    """The proof file: canonical JSON, hashes in URL-safe base64."""
    try:
        notes = proof.note1.decode(), proof.note2.decode()
    except UnicodeDecodeError:
        raise MisuseError("A fork proof carries signed notes, which are UTF-8 text; these are not.") from None
    return canon.encode(
        {
            "i": proof.i,
            "leafhash1": b64.url(proof.leaf_hash1),
            "leafhash2": b64.url(proof.leaf_hash2),
            "note1": notes[0],
            "note2": notes[1],
            "path1": [b64.url(found) for found in proof.path1],
            "path2": [b64.url(found) for found in proof.path2],
        }
    )


def decode(raw: bytes) -> ForkProof:
    """The proof in `raw`, nothing verified; raises PeerError where it is malformed or over 256 KiB."""
    value = canon.decode(raw, max_bytes=MAX_PROOF_BYTES)
    try:
        wire = msgspec.convert(value, _Wire)
    except msgspec.ValidationError as error:
        raise PeerError(f"This is not a fork proof: {error}.") from None
    return ForkProof(
        wire.note1.encode(),
        wire.note2.encode(),
        wire.i,
        _hash(wire.leafhash1),
        tuple(map(_hash, wire.path1)),
        _hash(wire.leafhash2),
        tuple(map(_hash, wire.path2)),
    )


def verify_fork(proof: ForkProof, feed_public_key: bytes) -> FeedId:
    """The feed that was forked, named by both notes; raises PeerError unless the proof holds.

    1. Both notes are signed heads of the same feed, by its key. 2. The leaf hashes differ. 3. Each stands at `i` under its note.
    """
    head1 = checkpoint.open_checkpoint(proof.note1, feed_public_key)
    head2 = checkpoint.open_checkpoint(proof.note2, feed_public_key)
    if head1.feed != head2.feed:
        raise PeerError("The two notes of this fork proof are of different records, so it proves nothing.")
    if proof.leaf_hash1 == proof.leaf_hash2:
        raise PeerError(f"Both notes of this fork proof hold the same entry {proof.i}, so it proves nothing.")
    tree.verify_inclusion(proof.leaf_hash1, proof.i, head1.size, proof.path1, head1.root)
    tree.verify_inclusion(proof.leaf_hash2, proof.i, head2.size, proof.path2, head2.root)
    return head1.feed


def _hash(text: str) -> bytes:
    return b64.parse_url(text, "A hash in this fork proof", size=tree.HASH_BYTES)
