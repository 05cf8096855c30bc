"""Party cards: whole only with both signatures, compared by a full fingerprint, replaced only by a successor."""

import hashlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.record import card, dsse
from stafftalks.values.errors import MisuseError, PeerError
from tests.record.cast import MERIDIA, OUTSIDER, SMALL_ORDER_KEYS, TORVIA, Key, Party

DOCUMENT = MERIDIA.card_document()


def signed(changed: card.Card, party: Party = MERIDIA) -> bytes:
    return card.sign_card(changed, party.root.sign, party.node.sign)


def replaced(**fields: object) -> card.Card:
    return msgspec.structs.replace(MERIDIA.card(), **fields)


def test_a_card_opens_to_what_was_signed() -> None:
    assert card.open_card(DOCUMENT) == MERIDIA.card()
    by_hand_only = replaced(addresses=())
    assert card.open_card(signed(by_hand_only)) == by_hand_only


@given(st.integers(0, len(DOCUMENT) * 8 - 1))
def test_no_bit_of_a_card_can_change(bit: int) -> None:
    raw = bytearray(DOCUMENT)
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(PeerError):
        card.open_card(bytes(raw))


def test_a_card_needs_both_its_signatures() -> None:
    payload, mine = card.encode_payload(MERIDIA.card()), MERIDIA.card()
    root, node = dsse.key_id(mine.root_key), dsse.key_id(mine.node_key)
    for signers in (
        [(root, MERIDIA.root.sign)],
        [(node, MERIDIA.node.sign)],
        [(root, MERIDIA.root.sign), (node, OUTSIDER.node.sign)],
        [(root, OUTSIDER.root.sign), (node, MERIDIA.node.sign)],
        [(root, MERIDIA.root.sign), ("another", MERIDIA.root.sign)],
    ):
        with pytest.raises(PeerError):
            card.open_card(dsse.sign(card.PAYLOAD_TYPE, payload, signers))


def test_nobody_can_put_anothers_node_key_on_its_card() -> None:
    stolen = msgspec.structs.replace(OUTSIDER.card(), node_key=MERIDIA.node.public)
    with pytest.raises(PeerError, match="does not fit"):
        card.open_card(card.sign_card(stolen, OUTSIDER.root.sign, OUTSIDER.node.sign))


@pytest.mark.parametrize("key", SMALL_ORDER_KEYS)
def test_small_order_keys_are_refused(key: bytes) -> None:
    for field in ("root_key", "node_key"):
        with pytest.raises(MisuseError, match="not a sound"):
            card.encode_payload(replaced(**{field: key}))


@pytest.mark.parametrize(
    "fields",
    [
        {"party": "xmr"},
        {"party": "X"},
        {"name": ""},
        {"name": "   "},
        {"name": "a" * 81},
        {"name": "Mer\u202eaidi"},
        {"name": "Mer\nidia"},
        {"version": 0},
        {"version": 2**53},
        {"issued_at": -1},
        {"root_key": bytes(31)},
        {"node_key": MERIDIA.root.public},
        {"next_root_hash": bytes(31)},
        {"hpke_key": b""},
        {"hpke_key": bytes(4_097)},
        {"tls_certificate": b""},
        {"tls_certificate": bytes(8_193)},
        {"addresses": ("http://hq.example:1",)},
        {"addresses": ("https://hq.example",)},
        {"addresses": ("https://hq.example:0",)},
        {"addresses": ("https://hq.example:65536",)},
        {"addresses": ("https://hq.example:443/path",)},
        {"addresses": ("https://user@hq.example:443",)},
        {"addresses": ("https://hq.example:443", "https://hq.example:443")},
        {"addresses": tuple(f"https://hq{n}.example:443" for n in range(17))},
    ],
)
def test_a_field_that_breaks_the_format_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(MisuseError):
        card.encode_payload(replaced(**fields))


@pytest.mark.parametrize(
    "address", ["https://10.0.0.7:8443", "https://[fd00::7]:443", "https://hq:1", "https://a.b-c.example:65535"]
)
def test_addresses_of_every_sort_are_kept(address: str) -> None:
    assert card.open_card(signed(replaced(addresses=(address,)))).addresses == (address,)


def test_names_in_other_scripts_are_kept() -> None:
    for name in ("ستاد می\u200cرود", "Πολιτική Προστασία", "統合幕僚"):
        assert card.open_card(signed(replaced(name=name))).name == name


def test_an_oversized_card_is_refused() -> None:
    with pytest.raises(PeerError, match="at most 65536"):
        card.open_card(DOCUMENT + b" " * 65_536)


def test_a_fingerprint_is_of_the_payload_and_changes_with_every_field() -> None:
    payload = card.encode_payload(MERIDIA.card())
    expected = hashlib.sha256(b"stafftalks/card/v1\n" + payload).digest()[:16]
    assert card.fingerprint(MERIDIA.card()) == card.fingerprint(payload) == expected
    others = [replaced(version=2), replaced(name="Merídia"), replaced(addresses=()), TORVIA.card()]
    assert len({card.fingerprint(other) for other in others} | {expected}) == 5


def test_a_fingerprint_is_read_out_as_forty_digits() -> None:
    assert card.digits(bytes(16)) == " ".join(["00000"] * 8)
    assert card.digits(b"\xff" * 16) == "03402 82366 92093 84634 63374 60743 17682 11455"
    assert int(card.digits(bytes(range(16))).replace(" ", "")) == int.from_bytes(bytes(range(16)), "big")
    with pytest.raises(MisuseError):
        card.digits(bytes(15))


def test_a_higher_version_under_the_same_root_follows() -> None:
    card.verify_successor(MERIDIA.card(1), replaced(version=2, node_key=Key("fresh node").public))


def test_the_announced_root_follows_and_may_announce_the_next() -> None:
    after_next = card.root_hash(Key("third root").public)
    card.verify_successor(
        MERIDIA.card(1), replaced(version=2, root_key=MERIDIA.next_root.public, next_root_hash=after_next)
    )


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "version 1 is held already"),
        ({"version": 2, "party": "XTV"}, "never changes its party"),
        ({"version": 2, "root_key": OUTSIDER.root.public}, "did not announce"),
        ({"version": 2, "next_root_hash": card.root_hash(OUTSIDER.root.public)}, "changes the next one"),
    ],
)
def test_anything_else_does_not_follow(fields: dict[str, object], sentence: str) -> None:
    with pytest.raises(PeerError, match=sentence):
        card.verify_successor(MERIDIA.card(1), replaced(**fields))
