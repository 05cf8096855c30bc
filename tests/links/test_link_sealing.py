import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.links import sealing
from stafftalks.links.sealing import BLOCK_BYTES, MAGIC, TAG_BYTES, HpkeSealer, public_key
from stafftalks.values.errors import MisuseError, PeerError

OURS, THEIRS, OUTSIDER = (sealing.new_private_key() for _ in range(3))
LIMIT = 6 * BLOCK_BYTES
SEALED_BLOCK = BLOCK_BYTES + TAG_BYTES
VECTORS = Path(__file__).parent.parent / "vectors" / "links" / "bundle-v1.json"


def sealer(key: bytes) -> HpkeSealer:
    return HpkeSealer(lambda: key, max_bytes=LIMIT)


def seal(plaintext: bytes, *keys: bytes) -> bytes:
    return sealer(THEIRS).seal(plaintext, [public_key(key) for key in keys or (OURS,)])


def blocks_of(sealed: bytes) -> tuple[bytes, list[bytes]]:
    start = len(MAGIC) + 2 + (8 + 2 + sealing.SEALED_KEY_BYTES)
    return sealed[:start], [sealed[i : i + SEALED_BLOCK] for i in range(start, len(sealed), SEALED_BLOCK)]


def refused(sealed: bytes, *, by: bytes = OURS) -> str:
    with pytest.raises(PeerError) as caught:
        sealer(by).unseal(sealed)
    return str(caught.value)


@pytest.mark.parametrize("size", [0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 3 * BLOCK_BYTES, LIMIT])
def test_what_is_sealed_is_what_is_opened_at_every_block_boundary(size):
    plaintext = bytes(i % 251 for i in range(size))
    sealed = seal(plaintext)
    assert sealer(OURS).unseal(sealed) == plaintext
    assert len(sealed) == sealing.sealed_size(size, 1)


def test_each_recipient_opens_it_and_nobody_else():
    sealed = seal(b"for both", OURS, THEIRS)
    assert sealer(OURS).unseal(sealed) == sealer(THEIRS).unseal(sealed) == b"for both"
    assert "not sealed to this headquarters" in refused(sealed, by=OUTSIDER)


def test_two_sealings_of_one_plaintext_share_no_byte_that_tells():
    assert seal(b"same")[len(MAGIC) + 2 + 10 :] != seal(b"same")[len(MAGIC) + 2 + 10 :]


def test_each_corruption_has_its_own_sentence():
    header, (a, b, c) = blocks_of(seal(bytes(2 * BLOCK_BYTES + 10)))
    flipped = bytes([a[0] ^ 1]) + a[1:]
    said = {
        "truncated": refused(header + a + b),
        "added": refused(header + a + b + c + bytes(SEALED_BLOCK)),
        "swapped": refused(header + b + a + c),
        "repeated": refused(header + a + a + b + c),
        "flipped": refused(header + flipped + b + c),
        "short": refused(header + a + b + c[:-1]),
        "long": refused(header + a + b + c + b"x"),
        "header only": refused(header),
        "changed header": refused(header[:-1] + bytes([header[-1] ^ 1]) + a + b + c),
        "nobody": refused(MAGIC + bytes(2) + bytes(16)),
        "not one": refused(b"PK\x03\x04 something else"),
        "later version": refused(b"stafftalks/bundle/v2\n" + header + a),
        "first bytes": refused(MAGIC[:5]),
    }
    assert "cut short: after block 2" in said["truncated"]
    assert "out of order: block 2 stands in the place of block 1" in said["swapped"]
    assert "Block 1 of this bundle is repeated in the place of block 2" in said["repeated"]
    assert "Block 1 of 3" in said["flipped"]
    assert "last block (3)" in said["short"]
    assert said["short"] == said["long"]
    assert "key does not open" in said["changed header"]
    assert "names 0 recipients" in said["nobody"]
    assert "does not begin as one" in said["not one"]
    assert "version" in said["later version"]
    assert "ends after 5 bytes" in said["first bytes"]
    assert len(set(said.values())) == len(said) - 1, "only a last block cut short or added to cannot be told apart"


def test_a_full_last_block_followed_by_more_is_said_to_be_added_to():
    sealed = seal(bytes(2 * BLOCK_BYTES))
    assert "added to this bundle after its end, which is block 2" in refused(sealed + bytes(100))


def test_a_block_of_another_bundle_does_not_fit():
    header, (a, _) = blocks_of(seal(bytes(BLOCK_BYTES + 1)))
    _, (_, other) = blocks_of(seal(bytes(BLOCK_BYTES + 1)))
    assert "does not open" in refused(header + a + other)


def test_the_recipient_list_cannot_be_changed():
    sealed = bytearray(seal(b"x", OURS, THEIRS))
    sealed[len(MAGIC) + 2 + 10 + sealing.SEALED_KEY_BYTES] ^= 1  # the other recipient's key id
    assert "does not open" in refused(bytes(sealed))


def test_too_much_is_refused_on_both_sides_before_it_is_opened():
    with pytest.raises(MisuseError, match="over the limit"):
        seal(bytes(LIMIT + 1))
    big = HpkeSealer(lambda: THEIRS, max_bytes=2 * LIMIT).seal(bytes(LIMIT + 1), [public_key(OURS)])
    assert "over the limit" in refused(big)


def test_sealing_to_nobody_or_to_a_bad_key_is_refused():
    with pytest.raises(MisuseError):
        sealer(OURS).seal(b"x", [])
    with pytest.raises(PeerError):
        sealer(OURS).seal(b"x", [b"short"])
    with pytest.raises(PeerError):
        sealing.check_public_key(b"\xff" * sealing.PUBLIC_KEY_BYTES)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=3000))
def test_any_bytes_give_a_value_or_a_peer_error(noise):
    for raw in (noise, MAGIC + noise):
        with pytest.raises(PeerError):
            sealer(OURS).unseal(raw)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_change_to_a_sound_bundle_is_a_peer_error(data):
    sealed = _SOUND
    kind = data.draw(st.sampled_from(["flip", "cut", "add", "insert", "drop"]))
    at = data.draw(st.integers(0, len(sealed) - 1))
    match kind:
        case "flip":
            changed = sealed[:at] + bytes([sealed[at] ^ data.draw(st.integers(1, 255))]) + sealed[at + 1 :]
        case "cut":
            changed = sealed[:at]
        case "add":
            changed = sealed + data.draw(st.binary(min_size=1, max_size=40))
        case "insert":
            changed = sealed[:at] + data.draw(st.binary(min_size=1, max_size=40)) + sealed[at:]
        case _:
            changed = sealed[:at] + sealed[at + data.draw(st.integers(1, 100)) :]
    if changed != sealed:
        with pytest.raises(PeerError):
            sealer(OURS).unseal(changed)


_SOUND = seal(bytes(BLOCK_BYTES + 500))


def test_the_committed_bundle_still_opens():
    for vector in json.loads(VECTORS.read_text()):
        key = bytes.fromhex(vector["private_key"])
        assert public_key(key).hex() == vector["public_key"]
        assert sealer(key).unseal(bytes.fromhex(vector["sealed"])).hex() == vector["plaintext"]
