"""What a side keeps to itself in one check, and what it commits to before: its activities under salts, its scalar by the scalar's key.

All secrets of a run come of 32 random bytes, drawn afresh for every run: a scalar used twice would let a partner who sees both runs tell which points stand for
the same keys. None of these values shows itself when printed.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

import msgspec

from stafftalks.deconflict import group
from stafftalks.record import tree
from stafftalks.values.errors import MisuseError

SEED_BYTES: Final = 32
_LEAF: Final = b"stafftalks/check/activity/v1\n"


class Secrets(msgspec.Struct, frozen=True):
    """The scalar, the seed of all padding and the seed of all salts, 32 bytes each."""

    scalar: bytes
    padding: bytes
    salt: bytes

    @classmethod
    def of(cls, random: bytes) -> "Secrets":
        """The secrets of a run, made of 32 bytes that are random and used for this run only."""
        if len(random) != SEED_BYTES:
            raise MisuseError(f"The secrets of a check are made of {SEED_BYTES} random bytes, not of {len(random)}.")
        return cls(group.scalar(derived(random, b"scalar")), derived(random, b"padding"), derived(random, b"salt"))

    @property
    def key(self) -> bytes:
        """The scalar's key, which both sides know: 32 bytes."""
        return group.public(self.scalar)

    def __repr__(self) -> str:
        return "Secrets(…)"


class Inputs(msgspec.Struct, frozen=True):
    """The activities a side brings, each in canonical bytes, and the salt each is committed to under."""

    activities: tuple[bytes, ...]
    salts: tuple[bytes, ...]

    @classmethod
    def of(cls, activities: Sequence[bytes], salt: bytes) -> "Inputs":
        """These activities, under salts made of a seed."""
        return cls(
            tuple(activities), tuple(derived(salt, number.to_bytes(8, "big")) for number in range(len(activities)))
        )

    @property
    def root(self) -> bytes:
        """The Merkle root over the commitments in the order of their bytes, so that it tells nothing of the order of activities. Source: RFC 9162 section 2.1.1."""
        return tree.root_of(sorted(map(tree.leaf_hash, self.commitments())))

    def commitments(self) -> tuple[bytes, ...]:
        """What stands in the tree for each activity."""
        if len(self.salts) != len(self.activities) or any(len(salt) != SEED_BYTES for salt in self.salts):
            raise MisuseError(f"Each activity needs a salt of {SEED_BYTES} bytes.")
        return tuple(
            hashlib.sha256(_LEAF + salt + activity).digest()
            for salt, activity in zip(self.salts, self.activities, strict=True)
        )

    def __repr__(self) -> str:
        return f"Inputs({len(self.activities)} activities)"


def derived(seed: bytes, name: bytes) -> bytes:
    """32 bytes of a seed under a name; of different names nothing tells that they come of one seed."""
    return hashlib.blake2b(name, key=seed, digest_size=SEED_BYTES).digest()
