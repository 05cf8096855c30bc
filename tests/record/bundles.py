"""Bundles for the tests: Meridia sends Torvia its own record and a part of the partial partner's."""

import hashlib

from stafftalks.record import b64, bundle, checkpoint, epoch, note, tree
from tests.record.cast import ACCORD, CHARTER, MERIDIA, NOON, PARTIAL, TORVIA, Party, written

MINE, MY_SLIPS = written(0, 20)
THEIRS, THEIR_SLIPS = written(0, 9, "relayed")
NODE_KEYS = {MERIDIA.party: MERIDIA.node.public, PARTIAL.party: PARTIAL.node.public}
MAX_BYTES = 1_000_000


def announced(party: Party, start: int, stop: int, previous: bytes = b"") -> bundle.FeedRange:
    statement = epoch.certificate_statement(party.feed, party.feed_key.public, previous)
    return bundle.FeedRange(party.feed, start, stop, party.feed_key.public, party.node.sign(statement), 1, previous)


def nonce(word: str) -> str:
    return b64.url(hashlib.sha256(word.encode()).digest()[:16])


def disputed() -> bundle.Dispute:
    other = [*THEIRS[:6], *written(6, 8, "another story")[0]]
    return bundle.Dispute(PARTIAL.feed.origin, PARTIAL.head(other).decode(), tuple(tree.leaf_hashes(other)))


def full() -> bundle.Bundle:
    """A bundle with something in every part."""
    head = note.parse(MERIDIA.head(MINE))
    line = checkpoint.cosign_checkpoint(head.raw, PARTIAL.party, PARTIAL.node.public, PARTIAL.node.sign, time_s=NOON)
    manifest = bundle.Manifest(
        sender=MERIDIA.party,
        recipients=(TORVIA.party, PARTIAL.party),
        nonce=nonce("full"),
        made_at=NOON,
        accord=ACCORD,
        feeds=(announced(MERIDIA, 12, 20), announced(PARTIAL, 4, 9)),
        notes=(note.with_signature(head, line).raw.decode(), PARTIAL.head(THEIRS).decode()),
        have={MERIDIA.feed.origin: 20, PARTIAL.feed.origin: 9, TORVIA.feed.origin: 3},
        receipts=(
            bundle.Receipt(nonce("earlier"), "accepted", "", ""),
            bundle.Receipt(nonce("another"), "refused", "size", "This bundle is oversized."),
        ),
        disputes=(disputed(),),
        charter=CHARTER,
    )
    slips = {MERIDIA.feed: {n: MY_SLIPS[n] for n in (12, 13, 19)}, PARTIAL.feed: {5: THEIR_SLIPS[5]}}
    return bundle.Bundle(manifest, {MERIDIA.feed: MINE[12:], PARTIAL.feed: THEIRS[4:]}, slips)
