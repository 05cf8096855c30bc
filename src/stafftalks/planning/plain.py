"""Content as plain JSON values and back, one spelling each: a field that holds its default is left out.

Leaving defaults out keeps version hashes steady when a kind gains an optional field later.
"""

from enum import Enum
from functools import cache

import msgspec

from stafftalks.record.canon import JsonValue
from stafftalks.values.errors import MisuseError


def to_plain(value: object) -> JsonValue:
    """`value` (a struct, enumeration member, tuple, text, integer, boolean or None) as JSON values.

    Raises MisuseError for anything else; nothing in an element is a float.
    """
    match value:
        case None | bool():
            return value
        case Enum():
            return str(value.value)
        case str():
            return str(value)
        case int():
            return value
        case tuple() | list():
            return [to_plain(item) for item in value]
        case msgspec.Struct():
            return _of_struct(value)
        case _:
            raise MisuseError(f"An element cannot hold a {type(value).__name__}.")


def _of_struct(value: msgspec.Struct) -> dict[str, JsonValue]:
    config = value.__struct_config__
    plain: dict[str, JsonValue] = {}
    if config.tag is not None and config.tag_field is not None:
        plain[config.tag_field] = str(config.tag)
    for name, default in _defaults(type(value)):
        held = getattr(value, name)
        # Equal is not enough: a boolean equals 0 and 1.
        if type(held) is not type(default) or held != default:
            plain[name] = to_plain(held)
    return plain


@cache
def _defaults(kind: type[msgspec.Struct]) -> tuple[tuple[str, object], ...]:
    return tuple((field.encode_name, field.default) for field in msgspec.structs.fields(kind))
