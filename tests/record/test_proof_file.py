"""Proof files as bytes: what is in them is all verified, what is not of the form is refused, and nothing but PeerError comes of bad ones."""

import base64
import json
import pathlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.record import proof
from stafftalks.values.errors import MisuseError, PeerError

VECTORS = json.loads((pathlib.Path(__file__).parents[1] / "vectors" / "record" / "proof.json").read_bytes())
SECOND = base64.b64decode(VECTORS["v2_b64"])
FIRST = base64.b64decode(VECTORS["v1_b64"])


def changed(**members: object) -> bytes:
    return msgspec.json.encode(json.loads(SECOND) | members, order="sorted")


def test_a_file_is_written_again_as_the_same_bytes() -> None:
    assert proof.encode(proof.decode(SECOND)) == SECOND


@given(st.integers(0, len(SECOND) - 1), st.integers(1, 255))
def test_another_byte_anywhere_in_the_second_form_is_refused(at: int, by: int) -> None:
    raw = bytearray(SECOND)
    raw[at] ^= by
    with pytest.raises(PeerError):
        proof.verify(bytes(raw))


@given(st.integers(0, len(FIRST) - 1), st.integers(1, 255))
def test_another_byte_anywhere_in_the_first_form_is_refused_or_proves_nothing_else(at: int, by: int) -> None:
    raw = bytearray(FIRST)
    raw[at] ^= by
    try:
        found = proof.verify(bytes(raw))
    except PeerError:
        return
    assert found == proof.verify(FIRST)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_proof_or_a_peers_fault(raw: bytes) -> None:
    for tried in (
        raw,
        b'{"format":"stafftalks/proof/v1",' + raw,
        SECOND[: len(raw)],
        SECOND[:200] + raw + SECOND[200:],
    ):
        if tried != SECOND:
            with pytest.raises(PeerError):
                proof.verify(tried)


def test_what_nothing_in_the_file_is_about_has_no_place_in_it() -> None:
    document = json.loads(SECOND)
    with pytest.raises(PeerError, match="holds a record of which it holds no entry"):
        proof.verify(changed(bounds=[]))
    lone = changed(bounds=[], feeds=document["feeds"][:1])
    assert proof.verify(lone).entries[1].later_than == ()
    alone = json.loads(lone)["entries"][1] | {"witnesses": []}
    note = document["feeds"][0]["note"]
    plain = document["feeds"][0] | {"note": note[: note.index("— stafftalks.org/p1/")]}
    with pytest.raises(PeerError, match="a card of XTV, who signed nothing in it"):
        proof.verify(changed(bounds=[], feeds=[plain], entries=[alone]))
    with pytest.raises(PeerError, match="of whom it holds no card"):
        proof.verify(changed(bounds=[], feeds=document["feeds"][:1], cards={"XMR": document["cards"]["XMR"]}))
    bound = document["bounds"][0]
    with pytest.raises(PeerError, match="there for its time alone"):
        proof.verify(changed(bounds=[document["entries"][0]], entries=[document["entries"][1], bound]))


def test_what_breaks_the_form_is_not_written() -> None:
    sound = proof.decode(SECOND)
    for broken in (
        msgspec.structs.replace(sound, entries=()),
        msgspec.structs.replace(sound, charter=b"\xff"),
        msgspec.structs.replace(sound, entries=sound.entries * 501),
    ):
        with pytest.raises(MisuseError, match="This proof cannot be written"):
            proof.encode(broken)


def test_an_oversized_file_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "MAX_PROOF_BYTES", len(FIRST) - 1)
    for raw in (FIRST, SECOND):
        with pytest.raises(PeerError, match="bytes long; at most"):
            proof.verify(raw)
