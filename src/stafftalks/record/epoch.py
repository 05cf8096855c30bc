"""Epochs: one random feed key each. Restore, failover and rotation open a new one; a feed is never continued elsewhere.

The epoch's name is the hash of its feed key, so a note's origin pins the key that must have signed it. The party's node key
vouches for a feed key by signing a certificate statement, which may also name the head of the epoch it follows.
"""

import hashlib
from typing import Final

from stafftalks.record import b64, keys
from stafftalks.values.errors import MisuseError, PeerError
from stafftalks.values.ids import EpochId, FeedId, base32

_DOMAIN: Final = b"stafftalks/epoch/v1\n"


def epoch_id(public_key: bytes) -> EpochId:
    """The name of the epoch whose feed key is `public_key`: base32 of its SHA-256, first 26 characters."""
    return EpochId(base32(hashlib.sha256(public_key).digest())[:26])


def check_feed_key(feed: FeedId, public_key: bytes) -> None:
    """Raises PeerError unless `public_key` is sound and the one that `feed`'s epoch names."""
    keys.check_key(public_key, f"The feed key of {feed.party}")
    if epoch_id(public_key) != feed.epoch:
        raise PeerError(f"The feed key offered for {feed.party} is not the one its epoch {feed.epoch} names.")


def certificate_statement(feed: FeedId, public_key: bytes, previous: bytes = b"") -> bytes:
    """What the node key signs to vouch for an epoch's feed key.

    `previous` is the checkpoint body of the epoch that this one follows as its party last knew it, or empty for the first.
    """
    if epoch_id(public_key) != feed.epoch:
        raise MisuseError(f"The key does not belong to epoch {feed.epoch}: an epoch is named after its feed key.")
    return _DOMAIN + feed.origin.encode() + b"\n" + b64.standard(public_key).encode() + b"\n" + previous


def verify_certificate(
    feed: FeedId, public_key: bytes, signature: bytes, node_key: bytes, previous: bytes = b""
) -> None:
    """Raises PeerError unless `node_key` signed the certificate statement for this feed, key and previous head."""
    check_feed_key(feed, public_key)
    statement = certificate_statement(feed, public_key, previous)
    keys.verify(node_key, statement, signature, f"The certificate of {feed.party}'s epoch {feed.epoch}")
