"""The group: published vectors, a second way of computing all of it, and what is no point or no scalar."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.deconflict import group
from stafftalks.values.errors import MisuseError, PeerError
from tests.deconflict import slow_group
from tests.vectors import make_group_vectors

VECTORS = Path(__file__).parents[1] / "vectors" / "group"
ONE, TWO = group.scalar(b"1" * 32), group.scalar(b"2" * 32)


def read(name: str) -> dict[str, list[dict[str, str]]]:
    return json.loads((VECTORS / name).read_text())


def test_expansion_is_that_of_rfc_9380():
    given_ = read("expand_message_xmd.json")
    for vector in given_["vectors"]:
        found = group.uniform(vector["message"].encode(), str(given_["tag"]).encode(), 32)
        assert found.hex() == vector["bytes"]


def test_points_are_made_as_bip_324_says():
    for raw, x in read("xswiftec.json")["pairs"]:
        assert group.point_of(bytes.fromhex(raw)).hex() == x


def test_masking_is_as_it_ever_was():
    for vector in read("masking.json")["vectors"]:
        scalar = group.scalar(bytes.fromhex(vector["seed"]))
        item, point = bytes.fromhex(vector["item"]), bytes.fromhex(vector["point"])
        assert scalar.hex() == vector["scalar"]
        assert group.public(scalar).hex() == vector["key"]
        assert group.hash_to_point(item) == point
        assert group.multiply(scalar, point).hex() == vector["product"]
        assert group.mask(scalar, [item]).hex() == vector["product"]


def test_the_vectors_are_those_of_whole_numbers():
    assert make_group_vectors.text() == (VECTORS / "masking.json").read_text()


@settings(max_examples=15, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.binary(min_size=64, max_size=64))
def test_the_library_computes_what_whole_numbers_do(seed: bytes, item: bytes, raw: bytes):
    scalar = group.scalar(seed)
    assert group.mask(scalar, [item]) == slow_group.masked(scalar, item)
    point = group.point_of(raw)
    assert int.from_bytes(point, "big") == slow_group.swift(
        int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    )
    product = slow_group.times(int.from_bytes(scalar, "big"), int.from_bytes(point, "big"))
    assert group.multiply(scalar, point) == product.to_bytes(32, "big")


def test_the_order_of_scalars_does_not_matter():
    items = [bytes([number]) * number for number in range(20)]
    assert group.remask(ONE, group.mask(TWO, items)) == group.remask(TWO, group.mask(ONE, items))


def test_many_are_multiplied_as_one_is():
    items = [b"a", b"b", b"c"]
    points = b"".join(map(group.hash_to_point, items))
    assert group.mask(ONE, items) == group.remask(ONE, points)
    assert group.mask(ONE, items) == b"".join(group.multiply(ONE, group.hash_to_point(item)) for item in items)
    assert group.mask(ONE, []) == group.remask(ONE, b"") == b""


def no_points() -> list[bytes]:
    """The identity has no spelling: nought is not on the curve. x of the twist; x + p, the second spelling of a small x."""
    twisted = next(x for x in range(2, 100) if not slow_group.on_curve(x))
    assert slow_group.on_curve(1)
    assert not slow_group.on_curve(0)
    return [bytes(32), twisted.to_bytes(32, "big"), (slow_group.P + 1).to_bytes(32, "big"), b"\xff" * 32]


def test_a_small_x_has_one_spelling():
    group.check((1).to_bytes(32, "big"))


@pytest.mark.parametrize("bad", no_points())
def test_what_is_no_point_never_meets_a_scalar(bad: bytes):
    good = group.hash_to_point(b"good")
    for call in (group.check, lambda point: group.multiply(ONE, point)):
        with pytest.raises(PeerError, match="Point 1 is not on the curve"):
            call(bad)
    for many in (group.check_all, lambda points: group.remask(ONE, points)):
        with pytest.raises(PeerError, match="Point 3 is not on the curve"):
            many(good + good + bad + good)


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_point_has_32_bytes(size: int):
    for call in (group.check, lambda point: group.multiply(ONE, point)):
        with pytest.raises(PeerError, match="32 bytes"):
            call(bytes(size))


def test_points_come_whole():
    for many in (group.check_all, lambda points: group.remask(ONE, points)):
        with pytest.raises(PeerError, match="not a whole number"):
            many(group.hash_to_point(b"good") + b"\0")


@pytest.mark.parametrize("bad", [bytes(32), group.ORDER.to_bytes(32, "big"), b"\xff" * 32, b"", bytes(31)])
def test_what_is_no_scalar_multiplies_nothing(bad: bytes):
    point = group.hash_to_point(b"good")
    for call in (lambda: group.mask(bad, [b"a"]), lambda: group.remask(bad, point), lambda: group.public(bad)):
        with pytest.raises(MisuseError, match="A scalar is 32 bytes"):
            call()


def test_scalars_and_points_are_made_of_enough():
    with pytest.raises(MisuseError, match="32 random bytes"):
        group.scalar(b"short")
    with pytest.raises(MisuseError, match="64 bytes"):
        group.point_of(bytes(32))


def test_the_ends_of_the_scalars_are_scalars():
    point = group.hash_to_point(b"good")
    for scalar in (1, group.ORDER - 1):
        assert group.multiply(scalar.to_bytes(32, "big"), point) == point
