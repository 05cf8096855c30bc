"""Canonical JSON: one value, one spelling, so that equal values are equal bytes.

The rules: UTF-8; no whitespace; object keys ASCII, sorted, each once; integers only, of magnitude below 2^53; strings escape
`"`, `\\` and the control characters below U+0020 and nothing else; at most 64 levels of nesting. This is RFC 8785 without
floats and with ASCII keys. A reader accepts exactly what a writer here would have written. Signed bytes are never
re-serialised: decode reads them, and the received bytes stay the ones that count.
"""

from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from stafftalks.values.errors import MisuseError, PeerError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

JsonValue: TypeAlias = "bool | int | str | list[JsonValue] | dict[str, JsonValue] | None"
JsonInput: TypeAlias = "bool | int | str | Sequence[JsonInput] | Mapping[str, JsonInput] | None"

MAX_DEPTH: Final = 64
INTEGER_BOUND: Final = 2**53
"""Integers must be smaller than this in magnitude, so that every JSON reader holds them exactly."""

_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODER = msgspec.json.Decoder()


def encode(value: JsonInput) -> bytes:
    """The canonical bytes of `value` (tuples are written as arrays).

    Raises MisuseError where `value` holds anything canonical JSON cannot: floats, big integers, non-ASCII keys, lone
    surrogates, other types, or more than 64 levels.
    """
    fault = _first_fault(value)
    if fault:
        raise MisuseError(f"This value cannot be written as canonical JSON: {fault}.")
    try:
        return _ENCODER.encode(value)
    except UnicodeEncodeError:
        raise MisuseError("This value cannot be written as canonical JSON: a text holds a lone surrogate.") from None


def decode(raw: bytes, *, max_bytes: int = 65_535) -> JsonValue:
    """The value that `raw` spells.

    Raises PeerError where `raw` is longer than `max_bytes` or is not the canonical spelling of a value.
    """
    if len(raw) > max_bytes:
        raise PeerError(f"This JSON text is {len(raw)} bytes long; at most {max_bytes} are read.")
    try:
        value: JsonValue = _DECODER.decode(raw)
    except RecursionError:
        raise PeerError(f"This JSON text is nested deeper than {MAX_DEPTH} levels.") from None
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise PeerError(f"These bytes are not JSON: {error}.") from None
    fault = _first_fault(value)
    if fault:
        raise PeerError(f"This JSON text is not canonical: {fault}.")
    # Repeated keys, unsorted keys, whitespace, other escapes and -0 all come out differently when written again.
    if _ENCODER.encode(value) != raw:
        raise PeerError(
            "This JSON text is not canonical: keys must be sorted and appear once, without whitespace or other escapes."
        )
    return value


def _first_fault(value: object) -> str:
    """What breaks the type rules, or an empty text; walks without recursion, so depth cannot exhaust the stack."""
    layer: list[object] = [value]
    for depth in range(MAX_DEPTH + 1):
        below: list[object] = []
        for item in layer:
            kind = type(item)
            if kind is str or kind is bool or item is None:
                continue
            if kind is int:
                if not -INTEGER_BOUND < item < INTEGER_BOUND:  # type: ignore[operator]
                    return "an integer is not smaller than 2^53"
            elif isinstance(item, list | tuple | dict) and depth == MAX_DEPTH:
                return f"it is nested deeper than {MAX_DEPTH} levels"
            elif isinstance(item, list | tuple):
                below.extend(item)
            elif isinstance(item, dict):
                if not all(type(key) is str and key.isascii() for key in item):
                    return "an object has a key that is not ASCII text"
                below.extend(item.values())
            else:
                return f"it holds a {kind.__name__}"
        if not below:
            break
        layer = below
    return ""
