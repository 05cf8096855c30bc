"""Canonical JSON: one spelling a value, and nothing else is read."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.record import canon
from stafftalks.values.errors import MisuseError, PeerError

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
INTEGERS = st.integers(-(2**53) + 1, 2**53 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | TEXT,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="ascii"), max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(VALUES)
def test_every_value_comes_back_from_its_bytes(value: canon.JsonValue) -> None:
    assert canon.decode(canon.encode(value)) == value


@given(VALUES)
def test_the_bytes_are_those_of_an_independent_writer(value: canon.JsonValue) -> None:
    assert canon.encode(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


@given(VALUES, st.data())
def test_whatever_is_read_is_spelt_the_one_way(value: canon.JsonValue, data: st.DataObject) -> None:
    raw = canon.encode(value)
    at = data.draw(st.integers(0, len(raw) - 1))
    changed = raw[:at] + bytes([data.draw(st.integers(0, 255))]) + raw[at + 1 :]
    try:
        read = canon.decode(changed)
    except PeerError:
        return
    assert canon.encode(read) == changed


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" 1",
        b"1 ",
        b"1\n",
        b"1.0",
        b"1e3",
        b"-0",
        b"01",
        b"+1",
        b"NaN",
        b"9007199254740992",
        b"-9007199254740992",
        b"12345678901234567890123",
        b"9" * 5000,
        b'{"a":1,"a":1}',
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b"[1, 2]",
        '{"é":1}'.encode(),
        b'{"\\u0061":1}',
        b'"\\u00e9"',
        b'"\\/"',
        b'"\\u001F"',
        b'"\\u0008"',
        b'"\x01"',
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b'"\\ud800"',
        b'"\\ud83d\\ude00"',
        b'\xef\xbb\xbf"a"',
        b"[1]x",
        b"[" * 65 + b"]" * 65,
        b"[" * 100_000,
        b'{"a":' * 30_000,
    ],
)
def test_other_spellings_are_refused(raw: bytes) -> None:
    with pytest.raises(PeerError):
        canon.decode(raw, max_bytes=1_000_000)


def test_sixty_four_levels_are_read_and_one_more_is_not() -> None:
    assert canon.decode(b"[" * 64 + b"]" * 64)
    with pytest.raises(PeerError, match="64 levels"):
        canon.decode(b"[" * 65 + b"]" * 65)


def test_a_text_over_the_limit_is_refused_by_its_length() -> None:
    assert canon.decode(b'"aaaa"', max_bytes=6) == "aaaa"
    with pytest.raises(PeerError, match="at most 5"):
        canon.decode(b'"aaaa"', max_bytes=5)


@pytest.mark.parametrize(
    "value", [1.5, 2**53, -(2**53), {"é": 1}, {1: 2}, "\ud800", {"\ud800": 1}, {1, 2}, b"raw", [[[object()]]]]
)
def test_what_has_no_canonical_spelling_cannot_be_written(value: object) -> None:
    with pytest.raises(MisuseError):
        canon.encode(value)  # type: ignore[arg-type]


def test_writing_endless_nesting_is_refused_and_not_a_crash() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(MisuseError, match="levels"):
        canon.encode(endless)  # type: ignore[arg-type]
