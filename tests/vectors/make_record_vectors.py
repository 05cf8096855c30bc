"""Writes the record's vectors: `python -m tests.vectors.make_record_vectors`.

All inputs are fixed (keys from words, times, salts from hashes), and Ed25519 is deterministic, so the files never change while the formats
do not. A test regenerates them and compares byte for byte. Old versions are kept for ever: a change of format adds files.
Bytes are base64 (standard) under names ending in `_b64`, hashes and keys hexadecimal under names ending in `_hex`.
"""

import base64
import json
import pathlib
import sys

from stafftalks.record import (
    bundle,
    canon,
    card,
    chain,
    checkpoint,
    dsse,
    epoch,
    feed,
    fork,
    leaf,
    note,
    proof,
    slip,
    tree,
)
from stafftalks.record.leaf import Leaf, encode_leaf
from tests.record.bundles import full
from tests.record.cast import CHARTER, EQUIVOCATOR, MERIDIA, NOON, TORVIA, written

FOLDER = pathlib.Path(__file__).parent / "record"


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def canon_vectors() -> object:
    good: list[canon.JsonInput] = [
        None,
        True,
        0,
        -1,
        2**53 - 1,
        "",
        'quote " and \\',
        "\x00\x1f\x7f",
        "é 統合",
        [],
        {},
        [1, [2]],
        {"b": 1, "B": 2, "a": {}},
    ]
    bad = [b"1.0", b"-0", b"9007199254740992", b'{"a":1,"a":1}', b'{"b":1,"a":1}', b"[ ]", b'"\\u00e9"', b'"\\ud800"', b'"\xff"', '{"é":1}'.encode(), b"[" * 65 + b"]" * 65]  # fmt: skip
    return {
        "canonical": [{"value": value, "raw_b64": b64(canon.encode(value))} for value in good],
        "refused_b64": [b64(raw) for raw in bad],
    }


def leaf_and_slip_vectors() -> object:
    made = slip.Slip(bytes(range(32)), b'{"kind":"report"}')
    plain = Leaf(NOON, slip.commitment(made.raw), 1234, "release")
    seen = Leaf(NOON, slip.commitment(made.raw), 1235, "sealed", {TORVIA.feed.origin: 512})
    return {
        "slip_b64": b64(made.raw),
        "commitment": slip.commitment(made.raw),
        "leaves": [
            {"raw_b64": b64(encode_leaf(one)), "leaf_hash_hex": tree.leaf_hash(encode_leaf(one)).hex()}
            for one in (plain, seen)
        ],
    }


def tree_vectors() -> object:
    leaves, _ = written(0, 12)
    hashes = tree.leaf_hashes(leaves)
    return {
        "leaf_hashes_hex": [found.hex() for found in hashes],
        "roots_hex": [tree.root_of(hashes[:size]).hex() for size in range(13)],
        "frontiers_hex": [tree.Frontier.empty().extend(hashes[:size]).encode().hex() for size in range(13)],
        "inclusion_of_12": [[found.hex() for found in tree.inclusion_path(hashes, i)] for i in range(12)],
        "consistency_to_12": [[found.hex() for found in tree.consistency_path(hashes, m)] for m in range(13)],
    }


def checkpoint_vectors() -> object:
    leaves, slips = written(0, 12)
    raw = MERIDIA.head(leaves)
    line = checkpoint.cosign_checkpoint(raw, TORVIA.party, TORVIA.node.public, TORVIA.node.sign, time_s=NOON)
    previous = note.parse(raw).body
    statement = epoch.certificate_statement(MERIDIA.feed, MERIDIA.feed_key.public)
    read = feed.verify_extension(MERIDIA.feed, MERIDIA.feed_key.public, tree.Frontier.empty(), raw, 0, leaves, slips)
    return {
        "charter_b64": b64(CHARTER),
        "origin": MERIDIA.feed.origin,
        "feed_key_hex": MERIDIA.feed_key.public.hex(),
        "node_key_hex": MERIDIA.node.public.hex(),
        "cosigner_key_hex": TORVIA.node.public.hex(),
        "leaves_b64": [b64(found) for found in leaves],
        "slips_b64": [b64(slips[n]) for n in sorted(slips)],
        "bodies_b64": [b64(entry.body or b"") for entry in read.entries],
        "note_b64": b64(raw),
        "cosigned_b64": b64(note.with_signature(note.parse(raw), line).raw),
        "certificate_statement_b64": b64(statement),
        "certificate_hex": MERIDIA.node.sign(statement).hex(),
        "following_statement_b64": b64(epoch.certificate_statement(MERIDIA.feed, MERIDIA.feed_key.public, previous)),
    }


def card_vectors() -> object:
    cards = []
    for party in (MERIDIA, TORVIA):
        payload = card.encode_payload(party.card())
        fingerprint = card.fingerprint(payload)
        cards.append(
            {
                "document_b64": b64(party.card_document()),
                "payload_b64": b64(payload),
                "fingerprint_hex": fingerprint.hex(),
                "digits": card.digits(fingerprint),
                "signed_hex": dsse.pre_authentication(card.PAYLOAD_TYPE, payload).hex(),
            }
        )
    return {"cards": cards}


def fork_vectors() -> object:
    shared, _ = written(0, 5)
    one, other = shared + written(5, 8, "to one")[0], shared + written(5, 11, "to the other")[0]
    proof = fork.build(EQUIVOCATOR.head(one), tree.leaf_hashes(one), EQUIVOCATOR.head(other), tree.leaf_hashes(other))
    return {
        "feed_key_hex": EQUIVOCATOR.feed_key.public.hex(),
        "origin": EQUIVOCATOR.feed.origin,
        "proof_b64": b64(fork.encode(proof)),
    }


def bundle_vectors() -> object:
    return {
        "me": TORVIA.party,
        "sender": MERIDIA.party,
        "node_key_hex": MERIDIA.node.public.hex(),
        "plaintext_b64": b64(bundle.encode(full(), MERIDIA.node.sign)),
    }


def proof_1(leaves: list[bytes], slips: dict[int, bytes], raw: bytes, n: int) -> bytes:
    """A proof file of version 1, as it was written; it is read for ever."""
    hashes = tree.leaf_hashes(leaves)
    document = {
        "format": "stafftalks/proof/v1",
        "origin": MERIDIA.feed.origin,
        "public_key": b64(MERIDIA.feed_key.public),
        "note": raw.decode(),
        "n": n,
        "leaf": leaves[n].decode(),
        "leaf_hash": b64(hashes[n]),
        "slip": b64(slips[n]),
        "path": [b64(step) for step in tree.inclusion_path(hashes, n)],
    }
    return json.dumps(document, indent=2).encode()


def proof_vectors() -> object:
    leaves, slips = written(0, 12)
    theirs, _ = written(0, 5, "theirs")
    last = leaf.Leaf(NOON + 12, slip.commitment(slips[0]), 12, "sealed", {TORVIA.feed.origin: 5})
    leaves.append(leaf.encode_leaf(last))
    hashes = tree.leaf_hashes(leaves)
    raw = MERIDIA.head(leaves)
    early = checkpoint.Checkpoint(MERIDIA.feed, 8, tree.root_of(hashes[:8])).body()
    cosigned = [
        note.cosign(body, checkpoint.cosigner_name(TORVIA.party), TORVIA.node.public, TORVIA.node.sign, time_s=at)
        for body, at in ((early, NOON + 60), (note.parse(raw).body, NOON + 600))
    ]
    feeds = []
    for party, head in (
        (MERIDIA, note.with_signature(note.parse(raw), cosigned[1]).raw),
        (TORVIA, TORVIA.head(theirs)),
    ):
        statement = epoch.certificate_statement(party.feed, party.feed_key.public)
        feeds.append(proof.FeedPart(party.feed, party.feed_key.public, party.node.sign(statement), head))
    witness = proof.Witness(
        note.Note(early, (note.parse_line(cosigned[0]),)).raw, tuple(tree.inclusion_path(hashes[:8], 3))
    )
    found = proof.Proof(
        accord=MERIDIA.feed.accord,
        charter=CHARTER,
        cards={party.party: (party.card_document(),) for party in (MERIDIA, TORVIA)},
        feeds=tuple(feeds),
        entries=(
            proof.EntryPart(0, 3, leaves[3], tuple(tree.inclusion_path(hashes, 3)), slips[3], (witness,)),
            proof.EntryPart(0, 12, leaves[12], tuple(tree.inclusion_path(hashes, 12))),
        ),
        bounds=(proof.EntryPart(1, 4, theirs[4], tuple(tree.inclusion_path(tree.leaf_hashes(theirs), 4))),),
    )
    return {
        "v2_b64": b64(proof.encode(found)),
        "v1_b64": b64(proof_1(leaves, slips, raw, 3)),
        "body_b64": b64(slips[3][slip.SALT_BYTES :]),
        "cosigned": [[TORVIA.party, NOON + 60], [TORVIA.party, NOON + 600]],
    }


def chain_vectors() -> object:
    lines: list[dict[str, str | int]] = [
        {
            "act": "element added",
            "at": NOON,
            "person": "pia",
            "sentence": "scenario: Flood “Ostra”",
            "subject": "a" * 26,
        },
        {"act": "signed in", "at": NOON + 1, "person": "oda", "sentence": "Signed in.", "subject": ""},
    ]
    head, made = chain.Head("journal"), []
    for says in lines:
        raw = chain.line(head.size, says)
        head = chain.Head("journal", head.size + 1, chain.following("journal", head.value, raw))
        made.append({"says": says, "line_b64": b64(raw), "value_hex": head.value.hex(), "head": str(head)})
    return {"log": "journal", "start_hex": chain.START.hex(), "lines": made}


def vectors() -> dict[str, bytes]:
    """File name to bytes, for every vector file."""
    made = {
        "canon.json": canon_vectors(),
        "leaf_and_slip.json": leaf_and_slip_vectors(),
        "tree.json": tree_vectors(),
        "checkpoint.json": checkpoint_vectors(),
        "card.json": card_vectors(),
        "fork.json": fork_vectors(),
        "bundle.json": bundle_vectors(),
        "chain.json": chain_vectors(),
        "proof.json": proof_vectors(),
    }
    return {name: (json.dumps(value, indent=1, sort_keys=True) + "\n").encode() for name, value in made.items()}


def main() -> int:
    """Writes the files; with `--check`, compares instead and returns 1 where one differs."""
    made = vectors()
    if "--check" in sys.argv:
        differing = [
            name for name, raw in made.items() if not (FOLDER / name).is_file() or (FOLDER / name).read_bytes() != raw
        ]
        print(
            "\n".join(f"{name} differs from what the code writes" for name in differing)
            or "record vectors: all as written"
        )
        return 1 if differing else 0
    FOLDER.mkdir(exist_ok=True)
    for name, raw in made.items():
        (FOLDER / name).write_bytes(raw)
    return 0


if __name__ == "__main__":
    sys.exit(main())
