"""A checkpoint: the three lines that name a feed, its size and its root; signed as a note, it is the head of the feed.

    stafftalks.org/a1/<accord>/<party>/<epoch>
    <size>
    <base64 root>

Source: C2SP tlog-checkpoint, without extension lines. A partner's cosignature on it is the receipt for everything below it.
"""

import re
from typing import Final

import msgspec

from stafftalks.record import b64, epoch, keys, note, tree
from stafftalks.values.errors import MisuseError, PeerError
from stafftalks.values.ids import FeedId, PartyId

_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
_COSIGNER_PREFIX: Final = "stafftalks.org/p1/"


class Checkpoint(msgspec.Struct, frozen=True):
    """The head of `feed` when it held `size` entries under `root` (32 bytes)."""

    feed: FeedId
    size: int
    root: bytes

    def body(self) -> bytes:
        """The three lines that are signed; raises MisuseError where size or root cannot be written."""
        if not 0 <= self.size < tree.MAX_SIZE or len(self.root) != tree.HASH_BYTES:
            raise MisuseError(f"A checkpoint needs a size from 0 to 2^53 and a root of {tree.HASH_BYTES} bytes.")
        return f"{self.feed.origin}\n{self.size}\n{b64.standard(self.root)}\n".encode()


def parse_body(body: bytes) -> Checkpoint:
    """The checkpoint in a note's text; raises PeerError where it is not exactly three such lines."""
    try:
        lines = body.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise PeerError("A checkpoint must be ASCII text and this one is not.") from None
    if len(lines) != 4 or lines[3]:
        raise PeerError("A checkpoint has three lines (record, size, root); this text has not.")
    origin, size, root = lines[:3]
    if not _SIZE.fullmatch(size) or int(size) >= tree.MAX_SIZE:
        raise PeerError(f"{size[:30]!r} is not the size of a record.")
    return Checkpoint(FeedId.parse(origin), int(size), b64.parse_standard(root, "A checkpoint's root", size=32))


def sign_checkpoint(checkpoint: Checkpoint, public_key: bytes, signer: keys.Signer) -> note.Note:
    """The signed head of our own feed; raises MisuseError where the key is not the one its epoch names."""
    if epoch.epoch_id(public_key) != checkpoint.feed.epoch:
        raise MisuseError(f"The key does not belong to epoch {checkpoint.feed.epoch}: nothing was signed.")
    return note.sign(checkpoint.body(), checkpoint.feed.origin, public_key, signer)


def open_checkpoint(note_raw: bytes, feed_public_key: bytes) -> Checkpoint:
    """The checkpoint in `note_raw`, signed by the feed key that its own origin names; raises PeerError otherwise."""
    opened = note.parse(note_raw)
    checkpoint = parse_body(opened.body)
    epoch.check_feed_key(checkpoint.feed, feed_public_key)
    note.verify_signature(opened, checkpoint.feed.origin, feed_public_key)
    return checkpoint


def cosigner_name(party: PartyId) -> str:
    """The key name under which `party`'s node key cosigns partners' checkpoints."""
    return _COSIGNER_PREFIX + party


def cosign_checkpoint(note_raw: bytes, party: PartyId, node_key: bytes, signer: keys.Signer, *, time_s: int) -> bytes:
    """`party`'s cosignature line for a checkpoint note it has verified and stored; `time_s` is its own clock, unix seconds."""
    return note.cosign(note.parse(note_raw).body, cosigner_name(party), node_key, signer, time_s=time_s)


def verify_receipt(note_raw: bytes, party: PartyId, node_key: bytes) -> int:
    """The unix second at which `party` cosigned this checkpoint; raises PeerError where its node key did not."""
    return note.verify_cosignature(note.parse(note_raw), cosigner_name(party), node_key)
