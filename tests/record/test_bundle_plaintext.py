"""The plaintext of bundles: what arrives is what was sent, by whom it says, to us; every other thing has its own sentence."""

import struct

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.record import bundle, dsse, feed, fork, manifest, note, tree
from stafftalks.values.errors import MisuseError, PeerError
from stafftalks.values.ids import PartyId
from tests.record.bundles import MAX_BYTES, MINE, MY_SLIPS, NODE_KEYS, THEIRS, announced, full, nonce
from tests.record.cast import ACCORD, MERIDIA, NOON, OTHER_ACCORD, OUTSIDER, PARTIAL, SMALL_ORDER_KEYS, TORVIA, written

RAW = bundle.encode(full(), MERIDIA.node.sign)
ENVELOPE_END = 4 + int.from_bytes(RAW[:4], "big")


def opened(raw: bytes, me: PartyId = TORVIA.party, max_bytes: int = MAX_BYTES) -> bundle.Bundle:
    return bundle.open_plaintext(raw, me, NODE_KEYS, max_bytes)


def resigned(content: bytes, changed: manifest.Manifest | None = None) -> bytes:
    """A bundle whose sender signs whatever content: what a hostile partner can make."""
    payload = manifest.encode_payload(changed or full().manifest, manifest.Content.of(content))
    envelope = dsse.sign(manifest.PAYLOAD_TYPE, payload, [(MERIDIA.party, MERIDIA.node.sign)])
    return struct.pack(">I", len(envelope)) + envelope + content


def with_manifest(**fields: object) -> bytes:
    return resigned(RAW[ENVELOPE_END:], msgspec.structs.replace(full().manifest, **fields))


def test_a_bundle_opens_to_what_was_sent() -> None:
    assert opened(RAW) == full()
    assert opened(RAW, PARTIAL.party) == full()


def test_the_entries_of_a_bundle_are_ready_to_be_verified() -> None:
    found = opened(RAW)
    mine = found.manifest.feeds[0]
    extension = feed.verify_extension(
        mine.feed,
        mine.public_key,
        tree.Frontier.empty().extend(tree.leaf_hashes(MINE[:12])),
        found.manifest.notes[0].encode(),
        mine.start,
        found.leaves[mine.feed],
        found.slips[mine.feed],
    )
    assert [entry.n for entry in extension.entries if entry.body] == [12, 13, 19]


def test_a_dispute_is_enough_to_build_a_fork_proof() -> None:
    dispute = opened(RAW).manifest.disputes[0]
    proof = fork.build(PARTIAL.head(THEIRS), tree.leaf_hashes(THEIRS), dispute.note.encode(), dispute.leaf_hashes)
    assert fork.verify_fork(proof, PARTIAL.feed_key.public) == PARTIAL.feed
    assert proof.i == 6


@given(st.lists(st.tuples(st.binary(max_size=300), st.booleans()), max_size=300))
def test_any_leaves_and_slips_arrive_byte_for_byte(parts: list[tuple[bytes, bool]]) -> None:
    leaves = [leaf for leaf, _ in parts]
    slips = {n + 7: leaf + b"slip" for n, (leaf, kept) in enumerate(parts) if kept}
    sent = bundle.Bundle(
        bundle.Manifest(
            MERIDIA.party, (TORVIA.party,), nonce("x"), NOON, ACCORD, (announced(MERIDIA, 7, 7 + len(leaves)),)
        ),
        {MERIDIA.feed: leaves},
        {MERIDIA.feed: slips},
    )
    assert opened(bundle.encode(sent, MERIDIA.node.sign)) == sent


def test_a_bundle_with_nothing_but_receipts_needs_no_accord() -> None:
    receipts = (bundle.Receipt(nonce("earlier"), "accepted", "", ""),)
    sent = bundle.Bundle(bundle.Manifest(MERIDIA.party, (TORVIA.party,), nonce("x"), NOON, receipts=receipts), {}, {})
    assert opened(bundle.encode(sent, MERIDIA.node.sign)) == sent


@given(st.integers(0, len(RAW) * 8 - 1))
def test_no_bit_of_a_bundle_can_change(bit: int) -> None:
    raw = bytearray(RAW)
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(PeerError):
        opened(bytes(raw))


@given(st.integers(0, len(RAW) - 1))
def test_a_bundle_cut_anywhere_is_called_truncated(length: int) -> None:
    with pytest.raises(PeerError, match="truncated"):
        opened(RAW[:length])


def test_added_bytes_are_noticed() -> None:
    with pytest.raises(PeerError, match="changed or added to"):
        opened(RAW + b"\x00")


def test_an_oversized_bundle_is_named_so() -> None:
    assert opened(RAW, max_bytes=len(RAW))
    with pytest.raises(PeerError, match="oversized"):
        opened(RAW, max_bytes=len(RAW) - 1)
    with pytest.raises(PeerError, match="manifest is oversized"):
        opened(b"\xff\xff\xff\xff" + RAW[4:])


def test_a_bundle_for_somebody_else_is_wrongly_addressed() -> None:
    with pytest.raises(PeerError, match="wrongly addressed: it is for XTV, XPA, and this is XOU"):
        opened(RAW, OUTSIDER.party)


def test_a_bundle_from_a_stranger_or_signed_by_another_is_wrongly_signed() -> None:
    with pytest.raises(PeerError, match="no card of XMR is held here"):
        bundle.open_plaintext(RAW, TORVIA.party, {PARTIAL.party: PARTIAL.node.public}, MAX_BYTES)
    with pytest.raises(PeerError, match="wrongly signed"):
        opened(bundle.encode(full(), OUTSIDER.node.sign))
    for key in SMALL_ORDER_KEYS:
        with pytest.raises(PeerError, match="wrongly signed"):
            bundle.open_plaintext(RAW, TORVIA.party, {MERIDIA.party: key}, MAX_BYTES)


def test_a_partner_cannot_speak_in_anothers_name() -> None:
    forged = msgspec.structs.replace(
        full(), manifest=msgspec.structs.replace(full().manifest, sender=PARTIAL.party, recipients=(TORVIA.party,))
    )
    with pytest.raises(PeerError, match="wrongly signed: it says it is from XPA"):
        opened(bundle.encode(forged, MERIDIA.node.sign))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"feeds": (announced(MERIDIA, 12, 20), announced(MERIDIA, 12, 20))}, "repeats a range"),
        ({"feeds": (announced(MERIDIA, 20, 12),)}, "runs backwards"),
        ({"feeds": (announced(MERIDIA, 0, 2_000_000),)}, "announces 2000000 entries"),
        (
            {"feeds": (msgspec.structs.replace(announced(MERIDIA, 0, 1), public_key=TORVIA.feed_key.public),)},
            "not the one its epoch",
        ),
        ({"feeds": (msgspec.structs.replace(announced(MERIDIA, 0, 1), certificate=b"short"),)}, "64 bytes"),
        (
            {"feeds": (announced(MERIDIA, 0, 1, note.parse(TORVIA.head(THEIRS)).body),)},
            "not an earlier one of the same record",
        ),
        ({"feeds": (announced(MERIDIA, 0, 1, b"\xff"),)}, "ASCII"),
        ({"accord": OTHER_ACCORD}, "which is of another"),
        ({"accord": None}, "which is of another"),
        ({"charter": b"another charter"}, "not the one its accord is named after"),
        ({"recipients": ()}, "wrongly addressed: it is for nobody"),
        ({"recipients": (TORVIA.party, TORVIA.party)}, "each once"),
        ({"recipients": (TORVIA.party, MERIDIA.party)}, "not its sender"),
        ({"nonce": "short"}, "id"),
        ({"notes": ("not a note",)}, "signed note"),
        ({"have": {"elsewhere": 1}}, "does not name a record"),
        ({"receipts": (bundle.Receipt(nonce("x"), "perhaps", "", ""),)}, "not the manifest"),  # type: ignore[arg-type]
        ({"disputes": (bundle.Dispute(TORVIA.feed.origin, PARTIAL.head(THEIRS).decode(), ()),)}, "its own note"),
        ({"made_at": -1}, "not the manifest"),
    ],
)
def test_a_manifest_that_breaks_a_rule_is_refused_though_well_signed(fields: dict[str, object], sentence: str) -> None:
    with pytest.raises(PeerError, match=sentence):
        opened(with_manifest(**fields))


def test_content_that_does_not_keep_the_manifest_is_refused_though_well_signed() -> None:
    content = RAW[ENVELOPE_END:]
    first = struct.pack(">HQI", 0, 12, len(MY_SLIPS[12])) + MY_SLIPS[12]
    slips_at = content.index(first)
    tiles, slips = content[:slips_at], content[slips_at:]
    for changed, sentence in [
        (tiles[:-1], "truncated at entry 8"),
        (tiles + first[:5], "truncated in the frame"),
        (tiles + first[:-1], "truncated in the body for entry 12"),
        (tiles + first + first, "out of order or repeated at entry 12"),
        (tiles + slips + first, "out of order or repeated at entry 12"),
        (tiles + struct.pack(">HQI", 0, 20, 0), "body for entry 20"),
        (tiles + struct.pack(">HQI", 0, 11, 0), "body for entry 11"),
        (tiles + struct.pack(">HQI", 2, 12, 0), "body for entry 12 of a record"),
    ]:
        with pytest.raises(PeerError, match=sentence):
            opened(resigned(changed))


def test_we_send_only_what_the_manifest_announces() -> None:
    sent = full()
    leaves, slips = sent.leaves, sent.slips
    for wrong in [
        msgspec.structs.replace(sent, leaves={**leaves, MERIDIA.feed: MINE}),
        msgspec.structs.replace(sent, leaves={}),
        msgspec.structs.replace(sent, leaves={**leaves, TORVIA.feed: []}),
        msgspec.structs.replace(sent, slips={**slips, MERIDIA.feed: {11: MY_SLIPS[11]}}),
        msgspec.structs.replace(sent, leaves={**leaves, MERIDIA.feed: [*MINE[12:19], bytes(65_536)]}),
        msgspec.structs.replace(sent, manifest=msgspec.structs.replace(sent.manifest, accord=OTHER_ACCORD)),
    ]:
        with pytest.raises(MisuseError):
            bundle.encode(wrong, MERIDIA.node.sign)


def test_a_manifest_without_sender_or_recipients_says_so() -> None:
    for payload, sentence in [(b"{}", "who sent it"), (b"[]", "who sent it"), (b'{"sender":"XMR"}', "whom it is for")]:
        envelope = dsse.sign(manifest.PAYLOAD_TYPE, payload, [(MERIDIA.party, MERIDIA.node.sign)])
        with pytest.raises(PeerError, match=sentence):
            opened(struct.pack(">I", len(envelope)) + envelope)


def test_thousands_of_entries_fit_in_one_bundle() -> None:
    leaves, slips = written(0, 5_000)
    sent = bundle.Bundle(
        bundle.Manifest(MERIDIA.party, (TORVIA.party,), nonce("x"), NOON, ACCORD, (announced(MERIDIA, 0, 5_000),)),
        {MERIDIA.feed: leaves},
        {MERIDIA.feed: slips},
    )
    raw = bundle.encode(sent, MERIDIA.node.sign)
    assert opened(raw, max_bytes=8_000_000) == sent
