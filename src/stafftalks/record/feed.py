"""Reading a feed: from outside against its author's signed head, from our own store against the frontier stored with it.

Two ways from outside. `verify_extension` takes a whole extension at once. `FeedReader` takes one of any length in constant memory,
in two passes over the same batches:

    reader = FeedReader(feed, public_key, held)
    for batch in batches: reader.take(batch.start, batch.leaves)         # hashes; vouches for nothing
    authentic = reader.finish(note_raw)                                  # signature, size, root: now all of it stands or falls
    for batch in batches: authentic.entries(batch.start, batch.leaves, batch.slips)

The first pass keeps one digest of the leaf hashes of each batch. The second hashes the leaves again and compares, so a leaf that
changed between the passes is refused, and no entry is made before the head has been verified.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from stafftalks.record import checkpoint as heads
from stafftalks.record import epoch, tree
from stafftalks.record.entry import Reading, VerifiedEntry
from stafftalks.record.leaf import MAX_LEAF_BYTES, Leaf, decode_leaf
from stafftalks.record.proof import Proved
from stafftalks.record.slip import SALT_BYTES, commitment, parse_slip
from stafftalks.values.errors import HostError, MisuseError, PeerError
from stafftalks.values.ids import FeedId


class Extension(msgspec.Struct, frozen=True):
    """What an extension proved: its entries, the frontier after them, their leaf hashes and the signed head.

    `unmatched_slips` are positions whose leaf we cannot read, so that the slip sent with it cannot be checked and must not be kept.
    """

    entries: list[VerifiedEntry]
    frontier: tree.Frontier
    leaf_hashes: list[bytes]
    checkpoint: heads.Checkpoint
    unmatched_slips: tuple[int, ...]


class Authenticated:
    """An extension whose head has been verified; gives entries for the batches that were taken, in any order."""

    def __init__(
        self, feed: FeedId, frontier: tree.Frontier, checkpoint: heads.Checkpoint, batches: dict[int, tuple[int, bytes]]
    ) -> None:
        self.frontier = frontier
        self.checkpoint = checkpoint
        self._feed = feed
        self._batches = batches

    def entries(self, start: int, leaves: Sequence[bytes], slips: Mapping[int, bytes]) -> list[VerifiedEntry]:
        """The entries of one batch taken before: same start, same leaves. `slips` are by position.

        Raises MisuseError where no batch with this start and length was taken, PeerError where the leaves have changed since, or
        a slip does not fit its leaf.
        """
        count, digest = self._batches.get(start, (-1, b""))
        if count != len(leaves):
            raise MisuseError(f"No batch of {len(leaves)} entries from {start} was taken: read the same batches again.")
        if _digest(tree.leaf_hashes(leaves)) != digest:
            raise PeerError(
                f"Entries {start} to {start + count - 1} of {self._feed.party} changed while they were read."
            )
        return _entries(self._feed, start, leaves, slips)


class FeedReader:
    """Authenticates an extension of any length in constant memory; see the two passes at the top of this module."""

    def __init__(self, feed: FeedId, public_key: bytes, held: tree.Frontier) -> None:
        """Starts after what is `held` of `feed`; raises PeerError where `public_key` is not the key its epoch names."""
        epoch.check_feed_key(feed, public_key)
        self._feed = feed
        self._public_key = public_key
        self._frontier = held
        self._batches: dict[int, tuple[int, bytes]] = {}

    @property
    def size(self) -> int:
        """How many entries are held or taken: where the next batch must start."""
        return self._frontier.size

    def take(self, start: int, leaves: Sequence[bytes]) -> list[bytes]:
        """The leaf hashes of the next batch (256 to 65,536 leaves are good sizes); still UNTRUSTED until `finish`.

        Raises PeerError where the batch does not start where the last one ended, or a leaf is too long.
        """
        _check_start(start, self.size)
        _check_lengths(start, leaves)
        hashes = tree.leaf_hashes(leaves)
        if leaves:
            self._batches[start] = (len(leaves), _digest(hashes))
        self._frontier = self._frontier.extend(hashes)
        return hashes

    def finish(self, note_raw: bytes) -> Authenticated:
        """What was taken, now authenticated by the signed head `note_raw`; errors as `verify_extension`."""
        checkpoint = heads.open_checkpoint(note_raw, self._public_key)
        if checkpoint.feed != self._feed:
            raise PeerError(f"The signed head is of {checkpoint.feed.origin}, not of {self._feed.origin}.")
        if checkpoint.size != self.size:
            raise PeerError(
                f"The signed head of {self._feed.party} covers {checkpoint.size} entries, and {self.size} are here: "
                "ask for the head that belongs to these entries."
            )
        if checkpoint.root != self._frontier.root():
            raise PeerError(
                f"The entries of {self._feed.party} do not lead to its signed head of {checkpoint.size} entries: "
                "they were changed, or differ from those held."
            )
        return Authenticated(self._feed, self._frontier, checkpoint, self._batches)


def verify_extension(
    feed: FeedId,
    public_key: bytes,
    held: tree.Frontier,
    note_raw: bytes,
    start: int,
    leaves: Sequence[bytes],
    slips: Mapping[int, bytes],
) -> Extension:
    """What `leaves` add to what is `held` of `feed`, authenticated by the signed head `note_raw`; `slips` are by position.

    Steps, in order; each failure raises PeerError and nothing is vouched for:
    1. the key is sound and the one the feed's epoch names;
    2. the entries start exactly where the held ones end;
    3. no leaf is longer than 65,535 bytes;
    4. the note is a checkpoint of this feed, signed by its key;
    5. its size is that of held and new entries together, its root theirs;
    6. each slip belongs to one of these entries and fits its leaf's commitment.
    A leaf that cannot be decoded, or states another position, is an unreadable entry, not an error.
    """
    reader = FeedReader(feed, public_key, held)
    hashes = reader.take(start, leaves)
    authentic = reader.finish(note_raw)
    entries = _entries(feed, start, leaves, slips)
    unreadable = {entry.n for entry in entries if entry.reading is Reading.unreadable}
    unmatched = tuple(sorted(unreadable.intersection(slips)))
    return Extension(entries, authentic.frontier, hashes, authentic.checkpoint, unmatched)


def read_own(
    feed: FeedId, before: tree.Frontier, after: tree.Frontier, leaves: Sequence[bytes], slips: Mapping[int, bytes]
) -> list[VerifiedEntry]:
    """The entries from `before` to `after`, read back from our own store; `slips` are by position.

    The leaves are hashed again on top of the frontier `before` (`Frontier.empty()` for the whole feed) and must give the stored
    frontier `after`; so a flipped bit is noticed before anything is signed over it. Raises HostError where it does not fit.
    """
    if before.extend(tree.leaf_hashes(leaves)) != after:
        raise HostError(
            f"Entries {before.size} to {after.size - 1} of {feed.origin} in this store do not match their stored hashes: "
            "the disk or database is damaged. Restore from a backup; nothing was signed."
        )
    try:
        return _entries(feed, before.size, leaves, slips)
    except PeerError as error:
        raise HostError(f"A stored body is damaged; restore it from a backup. {error}") from None


def _entries(feed: FeedId, start: int, leaves: Sequence[bytes], slips: Mapping[int, bytes]) -> list[VerifiedEntry]:
    """The entries for leaves that are already authentic; raises PeerError where a slip does not belong."""
    _check_positions(feed, start, len(leaves), slips)
    return [_entry(feed, n, raw, slips.get(n)) for n, raw in enumerate(leaves, start)]


def _entry(feed: FeedId, n: int, raw: bytes, slip: bytes | None) -> VerifiedEntry:
    leaf = _decoded(raw, n)
    if leaf is None:
        return VerifiedEntry(feed, n, 0, "", raw, None, Reading.unreadable)
    if slip is None:
        return VerifiedEntry(feed, n, leaf.at, leaf.type, raw, None, Reading.sealed, leaf.seen)
    if commitment(slip) != leaf.commitment:
        raise PeerError(f"The body sent for entry {n} of {feed.party} is not the one its author committed to.")
    parse_slip(slip)
    return VerifiedEntry(feed, n, leaf.at, leaf.type, raw, slip[SALT_BYTES:], Reading.readable, leaf.seen, slip)


def read_proved(entry: Proved) -> VerifiedEntry:
    """The entry that a proof file proved, with its text. Raises PeerError where the file does not hold the text."""
    if entry.body is None:
        raise PeerError(f"The text of entry {entry.n} of {entry.feed.party}'s record is not in the file.")
    return VerifiedEntry(entry.feed, entry.n, entry.at, entry.type, b"", entry.body, Reading.readable)


def _decoded(raw: bytes, n: int) -> Leaf | None:
    try:
        leaf = decode_leaf(raw)
    except PeerError:
        return None
    return leaf if leaf.n == n else None


def _digest(hashes: Iterable[bytes]) -> bytes:
    return hashlib.sha256(b"".join(hashes)).digest()


def _check_start(start: int, held: int) -> None:
    if start > held:
        raise PeerError(f"Entries start at {start} but {held} are held: waiting for {held}-{start - 1}.")
    if start < held:
        raise PeerError(f"Entries start at {start} but {held} are held already: send only what follows.")


def _check_lengths(start: int, leaves: Sequence[bytes]) -> None:
    if max(map(len, leaves), default=0) > MAX_LEAF_BYTES:
        n = next(n for n, raw in enumerate(leaves, start) if len(raw) > MAX_LEAF_BYTES)
        raise PeerError(f"Entry {n} is {len(leaves[n - start])} bytes long; at most {MAX_LEAF_BYTES} are read.")


def _check_positions(feed: FeedId, start: int, count: int, slips: Mapping[int, bytes]) -> None:
    for n in slips:
        if not start <= n < start + count:
            raise PeerError(
                f"A body was sent for entry {n} of {feed.party}, but the entries are {start} to {start + count - 1}."
            )
