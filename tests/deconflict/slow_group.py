"""The group once more, in whole numbers and by other ways: Jacobian doubling and adding, SwiftEC as BIP 324 states it, RFC 9380's expansion in full."""

import hashlib

P = 2**256 - 2**32 - 977
Q = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = 0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798
ROOT_OF_MINUS_3 = 0x0A2D2BA93507F1DF233770C2A797962CC61F6D15DA14ECD47D8D27AE1CD5F852
TAG = b"STAFFTALKS-V01-CS01-with-secp256k1_XMD:SHA-512_XSWIFTEC_RO_"


def root(square: int) -> int | None:
    found = pow(square, (P + 1) // 4, P)
    return found if found * found % P == square % P else None


def on_curve(x: int) -> bool:
    return root(x**3 + 7) is not None


def times(factor: int, x: int) -> int:
    """The x of so many times the point with this x."""
    y = root(x**3 + 7)
    if y is None:
        raise ValueError("not on the curve")
    total, base = (0, 1, 0), (x, y, 1)  # no point, and the point, in Jacobian coordinates
    for bit in bin(factor % Q)[2:]:
        total = _added(total, total)
        if bit == "1":
            total = _added(total, base)
    inverse = pow(total[2], -1, P)
    return total[0] * inverse * inverse % P


def swift(u: int, t: int) -> int:
    """Source: BIP 324, XSwiftEC."""
    u, t = u % P or 1, t % P or 1
    if (u**3 + t**2 + 7) % P == 0:
        t = 2 * t % P
    x = (u**3 + 7 - t**2) * pow(2 * t, -1, P) % P
    y = (x + t) * pow(ROOT_OF_MINUS_3 * u, -1, P) % P
    x_by_y, half = x * pow(y, -1, P), pow(2, -1, P)
    candidates = (u + 4 * y * y, (-x_by_y - u) * half, (x_by_y - u) * half)
    return next(found % P for found in candidates if on_curve(found % P))


def expanded(data: bytes, tag: bytes, size: int) -> bytes:
    """Source: RFC 9380 section 5.3.1, with SHA-512."""
    tag += bytes([len(tag)])
    first = hashlib.sha512(bytes(128) + data + size.to_bytes(2, "big") + b"\0" + tag).digest()
    blocks = [hashlib.sha512(first + b"\1" + tag).digest()]
    while 64 * len(blocks) < size:
        mixed = bytes(one ^ other for one, other in zip(first, blocks[-1], strict=True))
        blocks.append(hashlib.sha512(mixed + bytes([len(blocks) + 1]) + tag).digest())
    return b"".join(blocks)[:size]


def hashed(data: bytes) -> int:
    raw = expanded(data, TAG, 64)
    return swift(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))


def masked(scalar: bytes, data: bytes) -> bytes:
    return times(int.from_bytes(scalar, "big"), hashed(data)).to_bytes(32, "big")


def _added(one: tuple[int, int, int], other: tuple[int, int, int]) -> tuple[int, int, int]:
    if one[2] == 0:
        return other
    if other[2] == 0:
        return one
    (x1, y1, z1), (x2, y2, z2) = one, other
    u1, u2 = x1 * z2 * z2 % P, x2 * z1 * z1 % P
    s1, s2 = y1 * z2**3 % P, y2 * z1**3 % P
    if u1 == u2 and s1 != s2:
        return 0, 1, 0
    if u1 == u2:
        slope, z = 3 * x1 * x1 % P, 2 * y1 * z1 % P
        across = 4 * x1 * y1 * y1 % P
        x = (slope * slope - 2 * across) % P
        return x, (slope * (across - x) - 8 * y1**4) % P, z
    h, r = u2 - u1, s2 - s1
    x = (r * r - h**3 - 2 * u1 * h * h) % P
    return x, (r * (u1 * h * h - x) - s1 * h**3) % P, h * z1 * z2 % P
