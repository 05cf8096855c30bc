"""Base64 with one spelling: every other text for the same bytes is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.record import b64
from stafftalks.values.errors import PeerError


@given(st.binary(max_size=100))
def test_bytes_come_back_from_both_alphabets(raw: bytes) -> None:
    assert b64.parse_url(b64.url(raw), "It") == raw
    assert b64.parse_standard(b64.standard(raw), "It") == raw


@given(st.text(st.sampled_from("ABab01-_+/=\n é"), max_size=9))
def test_a_text_is_read_only_if_it_is_the_one_spelling(text: str) -> None:
    for parse, spell in [(b64.parse_url, b64.url), (b64.parse_standard, b64.standard)]:
        try:
            raw = parse(text, "It")
        except PeerError:
            continue
        assert spell(raw) == text


@pytest.mark.parametrize("text", ["QR", "QQ==", "A", "+A", "QQ\n", " QQ", "é"])
def test_other_url_safe_spellings_are_refused(text: str) -> None:
    with pytest.raises(PeerError):
        b64.parse_url(text, "It")


@pytest.mark.parametrize("text", ["QR==", "QQ", "QQ=", "-A==", "QQ==\n", "QQ==QQ==", "é"])
def test_other_standard_spellings_are_refused(text: str) -> None:
    with pytest.raises(PeerError):
        b64.parse_standard(text, "It")


def test_sizes_are_kept() -> None:
    with pytest.raises(PeerError, match="must be 2 bytes and is 1"):
        b64.parse_url("QQ", "It", size=2)
    with pytest.raises(PeerError, match="at most 0"):
        b64.parse_standard("QQ==", "It", max_bytes=0)
