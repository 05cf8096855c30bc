"""The Merkle tree: as a naive tree and the published roots have it, and every proof fails when anything in it is changed."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.record import tree
from stafftalks.values.errors import MisuseError, PeerError

# The leaves and roots that Certificate Transparency implementations test themselves with.
CT_LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def hashes_of(count: int, word: str = "leaf") -> list[bytes]:
    return [tree.leaf_hash(f"{word} {n}".encode()) for n in range(count)]


def naive_root(hashes: list[bytes]) -> bytes:
    """RFC 9162 section 2.1.1, word for word."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return hashlib.sha256(b"\x01" + naive_root(hashes[:k]) + naive_root(hashes[k:])).digest()


def naive_inclusion(hashes: list[bytes], m: int) -> list[bytes]:
    """RFC 9162 section 2.1.3.1, word for word."""
    if len(hashes) == 1:
        return []
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    if m < k:
        return [*naive_inclusion(hashes[:k], m), naive_root(hashes[k:])]
    return [*naive_inclusion(hashes[k:], m - k), naive_root(hashes[:k])]


def naive_consistency(hashes: list[bytes], m: int, *, whole: bool = True) -> list[bytes]:
    """RFC 9162 section 2.1.4.1, word for word."""
    if m == len(hashes):
        return [] if whole else [naive_root(hashes)]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    if m <= k:
        return [*naive_consistency(hashes[:k], m, whole=whole), naive_root(hashes[k:])]
    return [*naive_consistency(hashes[k:], m - k, whole=False), naive_root(hashes[:k])]


@pytest.mark.parametrize("count", range(9))
def test_the_published_roots_come_out(count: int) -> None:
    assert tree.root_of(tree.leaf_hashes(CT_LEAVES[:count])).hex() == CT_ROOTS[count]


@given(st.lists(st.integers(0, 70), max_size=6))
def test_a_frontier_grown_in_any_steps_has_the_naive_root(steps: list[int]) -> None:
    hashes = hashes_of(sum(steps))
    frontier, at = tree.Frontier.empty(), 0
    for step in steps:
        frontier = frontier.extend(hashes[at : at + step])
        at += step
        assert frontier.size == at
        assert frontier.root() == naive_root(hashes[:at])
        assert tree.Frontier.decode(frontier.encode()) == frontier


@given(st.integers(1, 130), st.data())
def test_inclusion_is_that_of_the_naive_tree_and_verifies(size: int, data: st.DataObject) -> None:
    hashes = hashes_of(size)
    i = data.draw(st.integers(0, size - 1))
    path = tree.inclusion_path(hashes, i)
    assert path == naive_inclusion(hashes, i)
    tree.verify_inclusion(hashes[i], i, size, path, naive_root(hashes))


@given(st.integers(0, 130), st.data())
def test_consistency_is_that_of_the_naive_tree_and_verifies(n: int, data: st.DataObject) -> None:
    hashes = hashes_of(n)
    m = data.draw(st.integers(0, n))
    path = tree.consistency_path(hashes, m)
    if m:
        assert path == naive_consistency(hashes, m)
    tree.verify_consistency(m, n, naive_root(hashes[:m]), naive_root(hashes), path)


def changed(hashes: list[bytes], data: st.DataObject) -> list[bytes]:
    """The list with one hash flipped, dropped, repeated, cut or added."""
    alterations = ["add", "flip", "drop", "cut"] if hashes else ["add"]
    match data.draw(st.sampled_from(alterations)):
        case "add":
            at = data.draw(st.integers(0, len(hashes)))
            return [*hashes[:at], bytes(32), *hashes[at:]]
        case "flip":
            at = data.draw(st.integers(0, len(hashes) - 1))
            return [*hashes[:at], bytes([hashes[at][0] ^ 1]) + hashes[at][1:], *hashes[at + 1 :]]
        case "cut":
            at = data.draw(st.integers(0, len(hashes) - 1))
            return [*hashes[:at], hashes[at][:-1], *hashes[at + 1 :]]
        case _:
            at = data.draw(st.integers(0, len(hashes) - 1))
            return [*hashes[:at], *hashes[at + 1 :]]


@given(st.integers(1, 40), st.data())
def test_a_fault_planted_in_an_inclusion_proof_is_caught(size: int, data: st.DataObject) -> None:
    hashes = hashes_of(size)
    i = data.draw(st.integers(0, size - 1))
    root, path = naive_root(hashes), tree.inclusion_path(hashes, i)
    faults = [
        (hashes[i], i, size, changed(path, data), root),
        (tree.leaf_hash(b"another"), i, size, path, root),
        (hashes[i], i, size, path, tree.leaf_hash(b"another")),
        (hashes[i], size, size, path, root),
        (hashes[i], -1, size, path, root),
    ]
    if size > 1:
        faults.append((hashes[i], (i + 1) % size, size, path, root))
    for fault in faults:
        with pytest.raises(PeerError):
            tree.verify_inclusion(*fault)


@given(st.integers(1, 40), st.data())
def test_a_fault_planted_in_a_consistency_proof_is_caught(n: int, data: st.DataObject) -> None:
    hashes = hashes_of(n)
    m = data.draw(st.integers(1, n))
    old, new, path = naive_root(hashes[:m]), naive_root(hashes), tree.consistency_path(hashes, m)
    forked = naive_root([*hashes[: m - 1], tree.leaf_hash(b"another")])
    for fault in [
        (m, n, old, new, changed(path, data)),
        (m, n, forked, new, path),
        (m, n, old, tree.leaf_hash(b"another"), path),
        (n + 1, n, old, new, path),
        (-1, n, old, new, path),
        (0, n, old, new, path),
    ]:
        with pytest.raises(PeerError):
            tree.verify_consistency(*fault)


def test_an_empty_record_is_consistent_only_with_the_empty_root() -> None:
    tree.verify_consistency(0, 0, tree.EMPTY_ROOT, tree.EMPTY_ROOT, [])
    with pytest.raises(PeerError):
        tree.verify_consistency(0, 0, tree.EMPTY_ROOT, bytes(32), [])
    with pytest.raises(PeerError):
        tree.verify_consistency(0, 5, bytes(32), bytes(32), [])


def test_a_leaf_can_not_pass_for_a_node() -> None:
    left, right = hashes_of(2)
    assert tree.leaf_hash(left + right) != tree.node_hash(left, right)


def test_asking_for_a_proof_of_what_is_not_there_is_misuse() -> None:
    for i in (-1, 3):
        with pytest.raises(MisuseError):
            tree.inclusion_path(hashes_of(3), i)
    for m in (-1, 4):
        with pytest.raises(MisuseError):
            tree.consistency_path(hashes_of(3), m)


@pytest.mark.parametrize(
    "raw", [b"", bytes(7), bytes(9), (1).to_bytes(8, "big"), (3).to_bytes(8, "big") + bytes(32), b"\xff" * 520]
)
def test_a_frontier_of_the_wrong_length_is_refused(raw: bytes) -> None:
    with pytest.raises(PeerError):
        tree.Frontier.decode(raw)


def test_a_proof_for_a_smaller_tree_is_not_one_for_a_larger() -> None:
    hashes = hashes_of(4)
    root, path = naive_root(hashes), tree.inclusion_path(hashes, 1)
    tree.verify_inclusion(hashes[1], 1, 4, path, root)
    for size in (2, 5, 8, 16):
        with pytest.raises(PeerError, match=r"cut short|too long|does not lead"):
            tree.verify_inclusion(hashes[1], 1, size, path, root)
    with pytest.raises(PeerError, match="cut short"):
        tree.verify_inclusion(hashes[0], 0, 5, [], hashes[0])


def test_a_consistency_proof_for_other_sizes_is_refused() -> None:
    hashes = hashes_of(8)
    path = tree.consistency_path(hashes, 4)
    tree.verify_consistency(4, 8, naive_root(hashes[:4]), naive_root(hashes), path)
    for m, n in [(4, 9), (4, 16), (2, 8)]:
        with pytest.raises(PeerError):
            tree.verify_consistency(m, n, naive_root(hashes[:4]), naive_root(hashes), path)
    with pytest.raises(PeerError, match="cut short"):
        tree.verify_consistency(3, 8, bytes(32), naive_root(hashes), [])
