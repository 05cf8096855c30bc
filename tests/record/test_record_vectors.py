"""The committed vectors: written again they are the same bytes, and read they mean what they say."""

import base64
import hashlib
import json
import pathlib
from typing import Any

import pytest

from stafftalks.record import bundle, canon, card, chain, checkpoint, epoch, feed, fork, proof, slip, tree
from stafftalks.record.entry import Reading
from stafftalks.record.leaf import decode_leaf
from stafftalks.values.errors import PeerError
from stafftalks.values.ids import FeedId, PartyId, base32
from tests.vectors import make_record_vectors

FOLDER = pathlib.Path(__file__).parents[1] / "vectors" / "record"


def read(name: str) -> Any:
    return json.loads((FOLDER / name).read_bytes())


def raw(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def test_the_files_are_exactly_what_the_code_writes() -> None:
    assert {path.name: path.read_bytes() for path in FOLDER.glob("*.json")} == make_record_vectors.vectors()


def test_canonical_values_read_and_others_are_refused() -> None:
    vectors = read("canon.json")
    for case in vectors["canonical"]:
        assert canon.decode(raw(case["raw_b64"])) == case["value"]
    for text in vectors["refused_b64"]:
        with pytest.raises(PeerError):
            canon.decode(raw(text))


def test_leaves_and_slips_mean_what_they_say() -> None:
    vectors = read("leaf_and_slip.json")
    body = raw(vectors["slip_b64"])
    digest = hashlib.sha256(b"stafftalks/slip/v1\n" + body).digest()
    assert vectors["commitment"] == base64.urlsafe_b64encode(digest).decode().rstrip("=") == slip.commitment(body)
    for case in vectors["leaves"]:
        assert decode_leaf(raw(case["raw_b64"])).commitment == vectors["commitment"]
        assert hashlib.sha256(b"\x00" + raw(case["raw_b64"])).hexdigest() == case["leaf_hash_hex"]


def test_tree_proofs_verify() -> None:
    vectors = read("tree.json")
    hashes = [bytes.fromhex(text) for text in vectors["leaf_hashes_hex"]]
    roots = [bytes.fromhex(text) for text in vectors["roots_hex"]]
    for i, path in enumerate(vectors["inclusion_of_12"]):
        tree.verify_inclusion(hashes[i], i, 12, list(map(bytes.fromhex, path)), roots[12])
    for m, path in enumerate(vectors["consistency_to_12"]):
        tree.verify_consistency(m, 12, roots[m], roots[12], list(map(bytes.fromhex, path)))
    for size, text in enumerate(vectors["frontiers_hex"]):
        assert tree.Frontier.decode(bytes.fromhex(text)).root() == roots[size]


def test_the_record_verifies_from_its_bytes_alone() -> None:
    vectors = read("checkpoint.json")
    found = FeedId.parse(vectors["origin"])
    key = bytes.fromhex(vectors["feed_key_hex"])
    assert found.accord == base32(hashlib.sha256(raw(vectors["charter_b64"])).digest())
    leaves = list(map(raw, vectors["leaves_b64"]))
    slips = dict(enumerate(map(raw, vectors["slips_b64"])))
    for name in ("note_b64", "cosigned_b64"):
        extension = feed.verify_extension(found, key, tree.Frontier.empty(), raw(vectors[name]), 0, leaves, slips)
        assert [entry.body for entry in extension.entries] == list(map(raw, vectors["bodies_b64"]))
        assert {entry.reading for entry in extension.entries} == {Reading.readable}
    time_s = checkpoint.verify_receipt(
        raw(vectors["cosigned_b64"]), PartyId("XTV"), bytes.fromhex(vectors["cosigner_key_hex"])
    )
    assert time_s == 1_763_830_000
    certificate = bytes.fromhex(vectors["certificate_hex"])
    epoch.verify_certificate(found, key, certificate, bytes.fromhex(vectors["node_key_hex"]))


def test_cards_open_and_show_their_digits() -> None:
    for case in read("card.json")["cards"]:
        opened = card.open_card(raw(case["document_b64"]))
        assert card.encode_payload(opened) == raw(case["payload_b64"])
        assert card.digits(card.fingerprint(opened)) == case["digits"]


def test_the_fork_proof_holds() -> None:
    vectors = read("fork.json")
    proved = fork.verify_fork(fork.decode(raw(vectors["proof_b64"])), bytes.fromhex(vectors["feed_key_hex"]))
    assert proved.origin == vectors["origin"]


def test_the_bundle_opens() -> None:
    vectors = read("bundle.json")
    keys = {PartyId(vectors["sender"]): bytes.fromhex(vectors["node_key_hex"])}
    opened = bundle.open_plaintext(raw(vectors["plaintext_b64"]), PartyId(vectors["me"]), keys, 1_000_000)
    assert [len(leaves) for leaves in opened.leaves.values()] == [8, 5]


def test_a_log_is_chained_as_written() -> None:
    vectors = read("chain.json")
    before = bytes.fromhex(vectors["start_hex"])
    for n, case in enumerate(vectors["lines"]):
        line = raw(case["line_b64"])
        assert line == chain.line(n, case["says"])
        before = hashlib.sha256(b"stafftalks/log/v1\njournal\n" + before + line).digest()
        assert before.hex() == case["value_hex"]
        assert chain.parse_head(case["head"]) == chain.Head("journal", n + 1, before)


def test_proof_files_prove_what_they_say_in_every_version() -> None:
    vectors = read("proof.json")
    second = proof.verify(raw(vectors["v2_b64"]))
    one, other = second.entries
    assert (one.n, one.size, one.body, other.body) == (3, 13, raw(vectors["body_b64"]), None)
    assert [list(pair) for pair in (*one.cosigned, *other.cosigned)] == vectors["cosigned"]
    assert [(seen.feed.party, seen.n) for seen in other.later_than] == [("XTV", 4)]
    assert one.later_than == ()
    first = proof.verify(raw(vectors["v1_b64"]))
    assert (first.version, first.cards, first.entries[0].body) == (1, {}, raw(vectors["body_b64"]))
