"""Leaves and slips: what is written can be read, what is not of the format is not, and a slip fits one commitment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.record import canon, slip
from stafftalks.record.leaf import Leaf, decode_leaf, encode_leaf
from stafftalks.values.errors import MisuseError, PeerError
from tests.record.cast import MERIDIA, NOON, TORVIA

COMMITMENT = slip.commitment(b"\x00" * 32 + b"body")
COUNTS = st.integers(0, 2**53 - 1)
LEAVES = st.builds(
    Leaf,
    at=COUNTS,
    commitment=st.binary(min_size=32, max_size=64).map(slip.commitment),
    n=COUNTS,
    type=st.from_regex(r"[a-z][a-z0-9._-]{0,63}", fullmatch=True),
    seen=st.dictionaries(st.sampled_from([MERIDIA.feed.origin, TORVIA.feed.origin]), COUNTS),
)


@given(LEAVES)
def test_every_leaf_comes_back_from_its_bytes(leaf: Leaf) -> None:
    assert decode_leaf(encode_leaf(leaf)) == leaf


def test_a_leaf_is_the_documented_bytes() -> None:
    leaf = Leaf(NOON, COMMITMENT, 1234, "release", {TORVIA.feed.origin: 512})
    assert encode_leaf(leaf) == (
        b'{"at":1763830000,"c":"%s","n":1234,"seen":{"%s":512},"t":"release","v":1}'
        % (COMMITMENT.encode(), TORVIA.feed.origin.encode())
    )


def test_seen_is_absent_when_nothing_changed() -> None:
    raw = encode_leaf(Leaf(NOON, COMMITMENT, 0, "sealed"))
    assert b"seen" not in raw
    with pytest.raises(PeerError):
        decode_leaf(raw.replace(b',"t"', b',"seen":{},"t"'))


def _raw(**changes: canon.JsonInput) -> bytes:
    value: dict[str, canon.JsonInput] = {"at": NOON, "c": COMMITMENT, "n": 1, "t": "release", "v": 1, **changes}
    return canon.encode(value)


@pytest.mark.parametrize(
    "raw",
    [
        _raw(v=2),
        _raw(v=True),
        _raw(n=-1),
        _raw(at=None),
        _raw(t=""),
        _raw(t="Release"),
        _raw(t="a" * 65),
        _raw(c=COMMITMENT[:-1]),
        _raw(c=COMMITMENT[:-1] + "B"),
        _raw(c=COMMITMENT[:-1] + "="),
        _raw(seen={"somewhere": 1}),
        _raw(seen={TORVIA.feed.origin: -1}),
        _raw(extra=1),
        _raw().replace(b'"n":1', b'"n":1.0'),
        _raw().replace(b'"n":1', b'"n":9007199254740992'),
        _raw().replace(b'"n":1', b'"n":1,"n":1'),
        _raw().replace(b'{"at"', b'{ "at"'),
        b"[]",
        b"",
        b"{}",
        b"\xff",
        _raw(t="a" * 65_535),
    ],
)
def test_what_is_not_a_leaf_is_refused(raw: bytes) -> None:
    with pytest.raises(PeerError):
        decode_leaf(raw)


def test_our_own_bad_leaf_is_our_own_fault() -> None:
    with pytest.raises(MisuseError):
        encode_leaf(Leaf(NOON, COMMITMENT, 0, "Not a type"))


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
def test_every_slip_comes_back_from_its_bytes(salt: bytes, body: bytes) -> None:
    made = slip.Slip(salt, body)
    assert slip.parse_slip(made.raw) == made


@given(st.binary(min_size=32, max_size=100), st.binary(min_size=32, max_size=100))
def test_two_slips_share_a_commitment_only_if_they_are_the_same(one: bytes, other: bytes) -> None:
    assert (slip.commitment(one) == slip.commitment(other)) == (one == other)


def test_a_slip_of_the_wrong_size_is_refused_on_both_sides() -> None:
    with pytest.raises(PeerError, match="cut short"):
        slip.parse_slip(b"\x00" * 31)
    with pytest.raises(PeerError, match="too long"):
        slip.parse_slip(bytes(slip.MAX_SLIP_BYTES + 1))
    assert slip.parse_slip(bytes(slip.MAX_SLIP_BYTES)).body == bytes(slip.MAX_BODY_BYTES)
    with pytest.raises(MisuseError, match="salt"):
        slip.Slip(b"\x00" * 31, b"")
    with pytest.raises(MisuseError, match="split it"):
        slip.Slip(b"\x00" * 32, bytes(slip.MAX_BODY_BYTES + 1))
