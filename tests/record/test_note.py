"""Signed notes: the published notes verify, ours are the same format, and no line fits another text, name, key or time."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.record import note
from stafftalks.values.errors import MisuseError, PeerError
from tests.record.cast import MERIDIA, NOON, OUTSIDER, SMALL_ORDER_KEYS, TORVIA, Key

# From the documentation and tests of the Go package golang.org/x/mod/sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_TEXT = b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
GO_SECOND = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
GO_NOTE = GO_TEXT + b"\n" + GO_LINE.encode()
# The example of the C2SP signed-note specification.
C2SP_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
C2SP_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
).encode()

BODY = b"a text\nof two lines\n"
NAME = "stafftalks.org/p1/XMR"


def public_key(verifier: str) -> tuple[str, bytes, bytes]:
    """Name, key id and raw key of a verifier key in the Go notation."""
    name, key_id, encoded = verifier.split("+", 2)
    raw = base64.b64decode(encoded)
    assert raw[0] == note.ED25519
    return name, bytes.fromhex(key_id), raw[1:]


@pytest.mark.parametrize(("verifier", "raw"), [(GO_KEY, GO_NOTE), (C2SP_KEY, C2SP_NOTE)])
def test_the_published_notes_verify(verifier: str, raw: bytes) -> None:
    name, key_id, key = public_key(verifier)
    assert note.key_id(name, key) == key_id
    opened = note.parse(raw)
    assert opened.raw == raw
    note.verify_signature(opened, name, key)


def test_our_signature_over_the_published_text_is_the_published_note() -> None:
    from nacl.bindings import crypto_sign, crypto_sign_seed_keypair

    name, _, key = public_key(GO_KEY)
    found, secret = crypto_sign_seed_keypair(base64.b64decode(GO_SEED)[1:])
    assert found == key
    assert note.sign(GO_TEXT, name, key, lambda message: crypto_sign(message, secret)[:64]).raw == GO_NOTE


def test_lines_of_unknown_keys_are_kept_and_ignored() -> None:
    name, _, key = public_key(GO_KEY)
    both = note.with_signature(note.parse(GO_NOTE), GO_SECOND.encode())
    assert both.raw == GO_NOTE + GO_SECOND.encode()
    note.verify_signature(note.parse(both.raw), name, key)


@given(st.integers(0, len(GO_NOTE) * 8 - 1))
def test_no_bit_of_a_signed_note_can_change(bit: int) -> None:
    name, _, key = public_key(GO_KEY)
    changed = bytearray(GO_NOTE)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(PeerError):
        note.verify_signature(note.parse(bytes(changed)), name, key)


def test_a_signature_under_another_name_or_key_is_not_found() -> None:
    signed = note.sign(BODY, NAME, MERIDIA.node.public, MERIDIA.node.sign)
    note.verify_signature(signed, NAME, MERIDIA.node.public)
    for name, key in [("other", MERIDIA.node), (NAME, OUTSIDER.node)]:
        with pytest.raises(PeerError, match="carries no signature"):
            note.verify_signature(signed, name, key.public)


def test_a_signature_made_by_another_key_does_not_verify() -> None:
    forged = note.sign(BODY, NAME, MERIDIA.node.public, OUTSIDER.node.sign)
    with pytest.raises(PeerError, match="does not fit"):
        note.verify_signature(forged, NAME, MERIDIA.node.public)


def test_one_bad_line_of_the_expected_key_spoils_the_note() -> None:
    good = note.sign(BODY, NAME, MERIDIA.node.public, MERIDIA.node.sign)
    bad = note.sign(BODY, NAME, MERIDIA.node.public, OUTSIDER.node.sign).signatures[0]
    with pytest.raises(PeerError):
        note.verify_signature(note.with_signature(good, bad.line), NAME, MERIDIA.node.public)


@pytest.mark.parametrize("key", SMALL_ORDER_KEYS)
def test_a_small_order_key_verifies_nothing(key: bytes) -> None:
    # R = the key or the identity, S = 0: under a small-order key this "signature" fits many texts.
    for r in (key, b"\x01" + bytes(31)):
        forged = note.sign(BODY, NAME, key, lambda _message, r=r: r + bytes(32))
        with pytest.raises(PeerError, match="not a sound"):
            note.verify_signature(forged, NAME, key)


@given(st.integers(0, 2**62))
def test_a_cosignature_gives_back_its_time(time_s: int) -> None:
    signed = note.sign(BODY, "log", TORVIA.node.public, TORVIA.node.sign)
    line = note.cosign(BODY, NAME, MERIDIA.node.public, MERIDIA.node.sign, time_s=time_s)
    both = note.parse(note.with_signature(signed, line).raw)
    assert note.verify_cosignature(both, NAME, MERIDIA.node.public) == time_s


def test_a_cosignature_is_bound_to_its_time_and_text() -> None:
    signed = note.sign(BODY, "log", TORVIA.node.public, TORVIA.node.sign)
    line = note.parse_line(note.cosign(BODY, NAME, MERIDIA.node.public, MERIDIA.node.sign, time_s=NOON))
    later = note.Signature(line.name, line.key_id, (NOON + 1).to_bytes(8, "big") + line.signature[8:])
    with pytest.raises(PeerError, match="does not fit"):
        note.verify_cosignature(note.with_signature(signed, later.line), NAME, MERIDIA.node.public)
    other = note.with_signature(note.sign(BODY + b"more\n", "log", TORVIA.node.public, TORVIA.node.sign), line.line)
    with pytest.raises(PeerError, match="does not fit"):
        note.verify_cosignature(other, NAME, MERIDIA.node.public)
    short = note.Signature(line.name, line.key_id, line.signature[:-1])
    with pytest.raises(PeerError, match="length"):
        note.verify_cosignature(note.with_signature(signed, short.line), NAME, MERIDIA.node.public)


def test_a_cosignature_is_not_a_signature_nor_the_other_way_round() -> None:
    signed = note.sign(BODY, NAME, MERIDIA.node.public, MERIDIA.node.sign)
    with pytest.raises(PeerError, match="carries no signature"):
        note.verify_cosignature(signed, NAME, MERIDIA.node.public)
    line = note.cosign(BODY, NAME, MERIDIA.node.public, MERIDIA.node.sign, time_s=NOON)
    with pytest.raises(PeerError, match="carries no signature"):
        note.verify_signature(note.parse(BODY + b"\n" + line), NAME, MERIDIA.node.public)


def test_of_two_cosignatures_the_earlier_counts() -> None:
    signed = note.sign(BODY, "log", TORVIA.node.public, TORVIA.node.sign)
    for time_s in (NOON + 5, NOON, NOON + 9):
        signed = note.with_signature(
            signed, note.cosign(BODY, NAME, MERIDIA.node.public, MERIDIA.node.sign, time_s=time_s)
        )
    assert note.verify_cosignature(signed, NAME, MERIDIA.node.public) == NOON


def test_adding_a_line_twice_changes_nothing_and_a_full_note_says_so() -> None:
    signed = note.sign(BODY, "log", TORVIA.node.public, TORVIA.node.sign)
    line = signed.signatures[0].line
    assert note.with_signature(signed, line) is signed
    full = note.Note(BODY, tuple(note.Signature(f"k{n}", b"abcd", b"sig") for n in range(note.MAX_SIGNATURES)))
    with pytest.raises(PeerError, match="already carries"):
        note.with_signature(full, line)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"text\n",
        b"text\n\n",
        b"text\n\nnot a line\n",
        b"text\n\n- name eHh4eHh4\n",
        "text\n\n— name eHh4eHh4".encode(),
        "text\n\n— name  eHh4eHh4\n".encode(),
        "text\n\n—  eHh4eHh4\n".encode(),
        "text\n\n— na+me eHh4eHh4\n".encode(),
        "text\n\n— na\u2003me eHh4eHh4\n".encode(),
        "text\n\n— name eHh4eHh4 \n".encode(),
        "text\n\n— name eHh4eHh\n".encode(),
        "text\n\n— name eHh4eA==\n".encode(),
        "text\n\n— name eHh4eHh=\n".encode(),
        "te\txt\n\n— name eHh4eHh4\n".encode(),
        "te\rxt\n\n— name eHh4eHh4\n".encode(),
        b"\xff\n\n" + "— name eHh4eHh4\n".encode(),
        "text\n— name eHh4eHh4\n".encode(),
        ("text\n\n" + "— name eHh4eHh4\n" * 65).encode(),
        b"a" * 70_000 + "\n\n— name eHh4eHh4\n".encode(),
    ],
)
def test_what_is_not_a_note_is_refused(raw: bytes) -> None:
    with pytest.raises(PeerError):
        note.parse(raw)


@pytest.mark.parametrize("body", [b"no newline", b"tab\t\n", b"\xff\n", b"a" * 40_000 + b"\n"])
def test_a_text_that_cannot_stand_in_a_note_is_not_signed(body: bytes) -> None:
    with pytest.raises(MisuseError):
        note.sign(body, NAME, MERIDIA.node.public, MERIDIA.node.sign)
    with pytest.raises(MisuseError):
        note.cosign(body, NAME, MERIDIA.node.public, MERIDIA.node.sign, time_s=0)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u00a0b"])
def test_a_name_that_cannot_stand_in_a_note_does_not_sign(name: str) -> None:
    with pytest.raises(MisuseError):
        note.sign(BODY, name, MERIDIA.node.public, MERIDIA.node.sign)


def test_a_signer_that_returns_something_else_is_noticed() -> None:
    with pytest.raises(MisuseError, match="64"):
        note.sign(BODY, NAME, MERIDIA.node.public, lambda message: Key("x").sign(message)[:63])
    with pytest.raises(MisuseError):
        note.cosign(BODY, NAME, MERIDIA.node.public, MERIDIA.node.sign, time_s=-1)
