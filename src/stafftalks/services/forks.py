"""Equivocation: proving that an author signed two different records, freezing that record, and keeping both branches readable.

The feed is frozen at its first differing position: entries from there on have no effect for anyone who holds the proof, so all holders agree
again. What is held stays held; the other branch is kept in the fork document. The other parties' records go on.
"""

import base64
from collections.abc import Mapping, Sequence

import msgspec

from stafftalks.record import checkpoint as heads
from stafftalks.record import fork as proofs
from stafftalks.record import note as notes
from stafftalks.record import tree
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import FeedRow
from stafftalks.values.errors import MisuseError


class BranchEntry(msgspec.Struct, frozen=True):
    """An entry of the branch that is not held as rows: base64 of its leaf, and of its slip where one came."""

    n: int
    leaf: str
    slip: str | None


class ForkDocument(msgspec.Struct, frozen=True):
    """What is kept of a fork: the self-contained proof, and the entries of the other branch as far as they came."""

    format: str
    proof: str
    branch: tuple[BranchEntry, ...]


FORMAT = "stafftalks/fork/v1"


def prove(
    hq: Headquarters,
    row: FeedRow,
    other_note: bytes,
    other_hashes: Sequence[bytes],
    branch: Mapping[int, bytes],
    slips: Mapping[int, bytes],
) -> bool:
    """Whether the author of `row` signed both what is held and the head `other_note` over `other_hashes`; if so the feed is now frozen.

    False where one record continues the other. Raises PeerError where the other head is not signed by the author or not over these hashes.
    """
    if not other_note or not row.note:
        return False
    other = heads.open_checkpoint(other_note, row.public_key)
    if (
        other.feed != row.feed
        or other.size > len(other_hashes)
        or tree.root_of(other_hashes[: other.size]) != other.root
    ):
        return False
    size = heads.parse_body(notes.parse(row.note).body).size
    held = hq.records.leaf_hashes(row.feed, 0, size)
    try:
        proof = proofs.build(row.note, held, other_note, list(other_hashes[: other.size]))
    except MisuseError:
        return False
    proofs.verify_fork(proof, row.public_key)
    kept = tuple(
        BranchEntry(n, _text(branch[n]), _text(slips[n]) if n in slips else None)
        for n in sorted(branch)
        if n >= proof.i
    )
    document = ForkDocument(FORMAT, proofs.encode(proof).decode(), kept)
    sentence = (
        f"{row.feed.party} signed two different records at entry {proof.i}. Its record is frozen there; what was agreed before stands, "
        "others go on, and the proof can be downloaded."
    )
    hq.records.freeze(row.feed, sentence, msgspec.json.encode(document), proof.i)
    return True


def document(row: FeedRow) -> ForkDocument:
    """The fork document of a frozen feed; raises MisuseError where there is none."""
    if not row.evidence:
        raise MisuseError(
            f"No fork proof is held of {row.feed.party}'s record: {row.frozen or 'it is whole as far as we know'}."
        )
    return msgspec.json.decode(row.evidence, type=ForkDocument)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
