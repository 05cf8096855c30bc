"""Envelopes: what is signed is the type and the payload, and a threshold counts keys, not names of keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.record import canon, dsse
from stafftalks.values.errors import MisuseError, PeerError
from tests.record.cast import MERIDIA, OUTSIDER, SMALL_ORDER_KEYS, TORVIA

TYPE = "application/vnd.stafftalks.test+json"
KEYS = {"a": MERIDIA.node.public, "b": TORVIA.node.public}
SIGNED = dsse.sign(TYPE, b"payload", [("a", MERIDIA.node.sign), ("b", TORVIA.node.sign)])


def test_what_is_signed_is_the_published_encoding() -> None:
    # The example of the DSSE specification.
    assert dsse.pre_authentication("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


@given(st.binary(max_size=300))
def test_every_payload_comes_back(payload: bytes) -> None:
    raw = dsse.sign(TYPE, payload, [("a", MERIDIA.node.sign)])
    assert dsse.open_envelope(raw, TYPE, KEYS, 1) == payload


def test_the_threshold_counts_distinct_keys() -> None:
    assert dsse.open_envelope(SIGNED, TYPE, KEYS, 2) == b"payload"
    twice = dsse.sign(TYPE, b"payload", [("a", MERIDIA.node.sign), ("c", MERIDIA.node.sign)])
    with pytest.raises(PeerError, match="signed by 1 of the expected keys; 2 are needed"):
        dsse.open_envelope(twice, TYPE, {"a": MERIDIA.node.public, "c": MERIDIA.node.public}, 2)


def test_a_threshold_of_nothing_still_needs_one_key() -> None:
    stranger = dsse.sign(TYPE, b"payload", [("x", OUTSIDER.node.sign)])
    with pytest.raises(PeerError, match="signed by 0"):
        dsse.open_envelope(stranger, TYPE, KEYS, 0)


def test_unknown_signers_are_ignored_and_known_ones_must_verify() -> None:
    mixed = dsse.sign(TYPE, b"payload", [("x", OUTSIDER.node.sign), ("a", MERIDIA.node.sign)])
    assert dsse.open_envelope(mixed, TYPE, KEYS, 1) == b"payload"
    forged = dsse.sign(TYPE, b"payload", [("a", MERIDIA.node.sign), ("b", OUTSIDER.node.sign)])
    with pytest.raises(PeerError, match="does not fit"):
        dsse.open_envelope(forged, TYPE, KEYS, 1)


def test_another_type_is_refused() -> None:
    with pytest.raises(PeerError, match="expected"):
        dsse.open_envelope(SIGNED, TYPE + "2", KEYS, 1)


@given(st.integers(0, len(SIGNED) * 8 - 1))
def test_no_bit_of_an_envelope_can_change_when_all_must_sign(bit: int) -> None:
    raw = bytearray(SIGNED)
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(PeerError):
        dsse.open_envelope(bytes(raw), TYPE, KEYS, 2)


@pytest.mark.parametrize("key", SMALL_ORDER_KEYS)
def test_a_small_order_key_signs_nothing(key: bytes) -> None:
    raw = dsse.sign(TYPE, b"payload", [("a", lambda _message: key + bytes(32))])
    with pytest.raises(PeerError, match="not a sound"):
        dsse.open_envelope(raw, TYPE, {"a": key}, 1)


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        {"payload": "", "payloadType": TYPE, "signatures": []},
        {"payload": "", "payloadType": TYPE, "signatures": [{"keyid": "a", "sig": "AAAA"}]},
        {"payload": "", "payloadType": TYPE, "signatures": [{"keyid": "a", "sig": "A" * 86 + "=="}] * 2},
        {
            "payload": "",
            "payloadType": TYPE,
            "signatures": [{"keyid": f"{n}", "sig": "A" * 86 + "=="} for n in range(17)],
        },
        {"payload": "AAA", "payloadType": TYPE, "signatures": [{"keyid": "a", "sig": "A" * 86 + "=="}]},
        {"payload": "AAB=", "payloadType": TYPE, "signatures": [{"keyid": "a", "sig": "A" * 86 + "=="}]},
        {"payload": "", "payloadType": TYPE, "signatures": [{"keyid": "a", "sig": "A" * 86 + "=="}], "more": 1},
        {"payload": "", "payloadType": 1, "signatures": [{"keyid": "a", "sig": "A" * 86 + "=="}]},
    ],
)
def test_what_is_not_an_envelope_is_refused(value: canon.JsonInput) -> None:
    with pytest.raises(PeerError):
        dsse.parse(canon.encode(value))


def test_an_envelope_over_the_limit_is_refused() -> None:
    with pytest.raises(PeerError, match="at most 100"):
        dsse.parse(SIGNED, max_bytes=100)


def test_a_signer_that_returns_something_else_is_noticed() -> None:
    with pytest.raises(MisuseError):
        dsse.sign(TYPE, b"", [("a", lambda _message: b"short")])
