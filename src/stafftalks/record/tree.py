"""The Merkle tree over a feed's leaves: roots, inclusion and consistency, and the frontier that grows it.

Source: RFC 9162 section 2.1 (hashing is that of RFC 6962). Leaves are hashed with prefix 00, inner nodes with 01, so neither can
pass for the other. A *frontier* is the compact range [0, size): the roots of the perfect subtrees, at most 64 hashes, enough
to append and to state the root without the leaves.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from stafftalks.values.errors import MisuseError, PeerError

HASH_BYTES: Final = 32
MAX_SIZE: Final = 2**53
"""No tree reaches this many leaves: sizes must fit the integers of canonical JSON."""
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()

_sha256 = hashlib.sha256


def leaf_hash(raw: bytes) -> bytes:
    """SHA-256 of 00 and the leaf's bytes."""
    return _sha256(b"\x00" + raw).digest()


def leaf_hashes(leaves: Iterable[bytes]) -> list[bytes]:
    """The leaf hash of each, in order; the fast way for many."""
    sha256 = _sha256
    return [sha256(b"\x00" + raw).digest() for raw in leaves]


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of 01 and the two children's hashes."""
    return _sha256(b"\x01" + left + right).digest()


class Frontier(msgspec.Struct, frozen=True):
    """The first `size` leaves in at most 64 hashes: roots of perfect subtrees, largest (leftmost) first."""

    size: int
    hashes: tuple[bytes, ...]

    @classmethod
    def empty(cls) -> "Frontier":
        """The frontier of no leaves."""
        return cls(0, ())

    def extend(self, hashes: Sequence[bytes]) -> "Frontier":
        """The frontier after appending leaves with these leaf hashes, in order."""
        roots = list(self.hashes)  # the last one belongs to the lowest set bit of size
        grown: list[bytes] = []  # the new frontier, smallest subtree first
        bits = self.size
        nodes = list(hashes)
        # Level by level: whole lists are hashed at once, which is several times faster than leaf by leaf.
        while nodes:
            if bits & 1:
                nodes.insert(0, roots.pop())
            if len(nodes) & 1:
                grown.append(nodes.pop())
            nodes = _parents(nodes)
            bits >>= 1
        return Frontier(self.size + len(hashes), (*roots, *reversed(grown)))

    def root(self) -> bytes:
        """The root hash of the tree so far; of no leaves, the SHA-256 of nothing."""
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root

    def encode(self) -> bytes:
        """The size as u64be, then the hashes, 32 bytes each."""
        return self.size.to_bytes(8, "big") + b"".join(self.hashes)

    @classmethod
    def decode(cls, raw: bytes) -> "Frontier":
        """The frontier in `raw`; raises PeerError where the length does not fit the size stated."""
        size = int.from_bytes(raw[:8], "big")
        if len(raw) < 8 or size >= MAX_SIZE or len(raw) != 8 + HASH_BYTES * size.bit_count():
            raise PeerError(
                f"These {len(raw)} bytes are not a tree frontier: the size they state needs another length."
            )
        return cls(size, tuple(raw[at : at + HASH_BYTES] for at in range(8, len(raw), HASH_BYTES)))


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes."""
    return Frontier.empty().extend(hashes).root()


def inclusion_path(hashes: Sequence[bytes], i: int) -> list[bytes]:
    """The siblings, lowest first, that lead from leaf `i` to the root over `hashes`.

    Raises MisuseError where there is no leaf `i`.
    """
    if not 0 <= i < len(hashes):
        raise MisuseError(f"There is no leaf {i} in a tree of {len(hashes)}.")
    path: list[bytes] = []
    level = list(hashes)
    while len(level) > 1:
        sibling = i ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        level = _parents(level) + level[len(level) & ~1 :]  # an odd last node moves up unhashed
        i >>= 1
    return path


def verify_inclusion(leaf: bytes, i: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Raises PeerError unless `path` proves that the leaf hash `leaf` stands at `i` under `root` of `size` leaves.

    Source: RFC 9162 section 2.1.3.2.
    """
    if not 0 <= i < size < MAX_SIZE:
        raise PeerError(f"There is no entry {i} in a record of {size}.")
    _check_hashes((leaf, *path))
    node, last, seen = i, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise PeerError(f"The proof for entry {i} of {size} is too long.")
        if node & 1 or node == last:
            seen = node_hash(sibling, seen)
            while node and not node & 1:
                node >>= 1
                last >>= 1
        else:
            seen = node_hash(seen, sibling)
        node >>= 1
        last >>= 1
    if last != 0:
        raise PeerError(f"The proof for entry {i} of {size} is cut short.")
    if seen != root:
        raise PeerError(f"The proof does not lead from entry {i} to the signed root of {size} entries.")


def consistency_path(hashes: Sequence[bytes], m: int) -> list[bytes]:
    """The nodes that prove the tree over the first `m` of `hashes` to be a prefix of the tree over all.

    Raises MisuseError where `m` is not between 0 and the number of hashes. Source: RFC 9162 section 2.1.4.1.
    """
    if not 0 <= m <= len(hashes):
        raise MisuseError(f"A tree of {len(hashes)} leaves has no first {m}.")
    path: list[bytes] = []
    begin, end, whole = 0, len(hashes), True  # whole: the old root itself is still the node in hand, so it is not sent
    if m == 0:
        return path
    while m - begin != end - begin:
        half = begin + (1 << (end - begin - 1).bit_length() - 1)
        if m <= half:
            path.append(root_of(hashes[half:end]))
            end = half
        else:
            path.append(root_of(hashes[begin:half]))
            begin, whole = half, False
    if not whole:
        path.append(root_of(hashes[begin:end]))
    return path[::-1]


def verify_consistency(m: int, n: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> None:
    """Raises PeerError unless `path` proves the tree (m, old_root) to be a prefix of the tree (n, new_root).

    Source: RFC 9162 section 2.1.4.2.
    """
    if not 0 <= m <= n < MAX_SIZE:
        raise PeerError(f"A record of {n} entries cannot continue one of {m}.")
    if m == 0 or m == n:
        fits = (m != n or old_root == new_root) and (m != 0 or old_root == EMPTY_ROOT)
        if path or not fits:
            raise PeerError(f"The record of {n} entries does not continue the one of {m}: the roots do not fit.")
        return
    _check_hashes(path)
    nodes = list(path)
    if m & (m - 1) == 0:
        nodes.insert(0, old_root)  # the old tree is one perfect subtree: its root is the first node
    if not nodes:
        raise PeerError(f"The proof that {n} entries continue {m} is cut short.")
    node, last = m - 1, n - 1
    while node & 1:
        node >>= 1
        last >>= 1
    old = new = nodes[0]
    for sibling in nodes[1:]:
        if last == 0:
            raise PeerError(f"The proof that {n} entries continue {m} is too long.")
        if node & 1 or node == last:
            old = node_hash(sibling, old)
            new = node_hash(sibling, new)
            while node and not node & 1:
                node >>= 1
                last >>= 1
        else:
            new = node_hash(new, sibling)
        node >>= 1
        last >>= 1
    if last != 0:
        raise PeerError(f"The proof that {n} entries continue {m} is cut short.")
    if old != old_root or new != new_root:
        raise PeerError(f"The record of {n} entries does not continue the one of {m}: the roots do not fit.")


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(found) != HASH_BYTES for found in hashes):
        raise PeerError(f"A hash in this proof is not {HASH_BYTES} bytes long.")


def _parents(nodes: list[bytes]) -> list[bytes]:
    """The parents of each full pair in `nodes`; an odd last one is left out."""
    sha256 = _sha256
    pairs = iter(nodes)
    return [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]
