"""Content from what people type and from what files hold, and back.

Names are dotted paths: `title`, `window.start`, `branches.0.title`. Whatever cannot be read is answered with one
sentence per field and everything that was typed is kept. Text is brought to NFC, line ends to LF, and outer white space
is dropped; wholly blank rows are dropped; a row without an id is given one.
"""

from collections.abc import Mapping

import msgspec

from stafftalks.planning import fields
from stafftalks.planning.annexes import LISTED_AS
from stafftalks.planning.exercises import ITEMISED_SUM
from stafftalks.planning.fields import (
    Choice,
    FieldSpec,
    KindSpec,
    choice_label,
    describe,
    fields_of,
)
from stafftalks.planning.kinds import Content, kind_of, type_of
from stafftalks.planning.reading import Faults, read_content
from stafftalks.planning.summary import UNKNOWN_LABELS
from stafftalks.planning.wording import text_of

__all__ = [
    "Choice",
    "FieldSpec",
    "FormErrors",
    "KindSpec",
    "all_messages",
    "choice_label",
    "describe",
    "fields_of",
    "flatten",
    "parse",
    "parse_mapping",
]
_MAX_PARTS = 16


class FormErrors(msgspec.Struct, frozen=True):
    """Why a form could not be read: a sentence per field path ("" for the whole), and everything that was typed."""

    errors: dict[str, str]
    data: dict[str, list[str]]


def all_messages() -> tuple[str, ...]:
    """Every label, heading, help text and choice that forms and summaries show: what translators need."""
    return (*fields.all_messages(), ITEMISED_SUM, LISTED_AS, *UNKNOWN_LABELS)


def parse(kind: str, data: Mapping[str, list[str]]) -> Content | FormErrors:
    """The content that a submitted form spells, or what is wrong with it field by field.

    Names that are not fields of `kind` (a token, a button) are left alone. Raises MisuseError only for an unknown kind.
    """
    result = _content(kind, _nested(data), strict=False)
    return (
        FormErrors(result, {name: list(values) for name, values in data.items()})
        if isinstance(result, dict)
        else result
    )


def parse_mapping(kind: str, mapping: Mapping[str, object]) -> Content | FormErrors:
    """The content that a nested mapping (from YAML or JSON) spells, or what is wrong with it path by path.

    Values may be texts as in forms (`window: C+3 to C+5`) or the structured form of the bytes. A name that is no field
    is an error, never ignored. Raises MisuseError only for an unknown kind.
    """
    rest = {name: value for name, value in mapping.items() if name != "kind"}
    result = _content(kind, rest, strict=True)
    if isinstance(result, dict):
        typed: dict[str, list[str]] = {}
        _spread("", rest, typed)
        return FormErrors(result, typed)
    return result


def flatten(content: Content) -> dict[str, str]:
    """The form names and texts that `parse` reads back as `content`; every field is there, empty ones as ""."""
    flat: dict[str, str] = {}
    _flatten_fields(describe(kind_of(content)).fields, content, "", flat)
    return flat


def _content(kind: str, tree: Mapping[str, object], *, strict: bool) -> Content | dict[str, str]:
    faults = Faults(strict=strict)
    spec, content = describe(kind), type_of(kind)
    plain = read_content(spec.fields, tree, faults)
    if faults.sentences:
        return faults.sentences
    try:
        return msgspec.convert({**plain, "kind": kind}, content)
    except msgspec.ValidationError as error:
        faults.add_validation(spec.fields, error)
        return faults.sentences


def _nested(data: Mapping[str, list[str]]) -> dict[str, object]:
    """Dotted names as a tree; where a name is both a field and a group, the group wins."""
    tree: dict[str, object] = {}
    for name, values in sorted(data.items()):
        parts = name.split(".")
        if len(parts) > _MAX_PARTS:
            continue
        node = tree
        for part in parts[:-1]:
            below = node.get(part)
            if not isinstance(below, dict):
                below = node[part] = {}
            node = below
        if not isinstance(node.get(parts[-1]), dict):
            node[parts[-1]] = values[0] if len(values) == 1 else list(values)
    return tree


def _flatten_fields(specs: tuple[FieldSpec, ...], holder: object, prefix: str, flat: dict[str, str]) -> None:
    for field in specs:
        value, name = getattr(holder, field.name), prefix + field.name
        if field.widget == "rows":
            for index, row in enumerate(value):
                _flatten_fields(field.fields, row, f"{name}.{index}.", flat)
        elif field.fields:
            _flatten_fields(field.fields, value, f"{name}.", flat)
        else:
            flat[name] = text_of(value)


def _spread(prefix: str, value: object, typed: dict[str, list[str]]) -> None:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _spread(f"{prefix}.{name}" if prefix else str(name), inner, typed)
    elif isinstance(value, list | tuple) and any(isinstance(item, Mapping) for item in value):
        for index, inner in enumerate(value):
            _spread(f"{prefix}.{index}", inner, typed)
    elif isinstance(value, list | tuple):
        typed[prefix] = ["\n".join(str(item) for item in value)]
    else:
        typed[prefix] = ["" if value is None else str(value)]
