"""What each kind asks for, read from its types: the one description that forms, differences and summaries share.

A new kind needs no code here: labels and help stand in the types (`text.ask`), and the widget follows from the type.
"""

from collections.abc import Callable
from enum import Enum
from functools import cache
from typing import Final, get_args

import msgspec
from msgspec import inspect

from stafftalks.planning.kinds import KINDS, LABELS, realms_of, type_of
from stafftalks.planning.plans import Paragraphs
from stafftalks.planning.refs import ElementRef, ExactRef
from stafftalks.values.label import Marking
from stafftalks.values.place import Place, parse_place
from stafftalks.values.quantity import Count, Quantity
from stafftalks.values.realm import Realm
from stafftalks.values.relative_time import Instant, Moment, Window, parse_moment
from stafftalks.values.scale import Grade, Likelihood, ScaleName, terms_of

_LONG_TEXT = 1_000
_LAST = ("contingency", "marking", "origins")
_LAST_OF_ROW = "mark"


class Choice(msgspec.Struct, frozen=True):
    """One value that may be chosen, and what it is called."""

    value: str
    label: str


class FieldSpec(msgspec.Struct, frozen=True):
    """One field of a form.

    `widget` is one of text, longtext, lines, integer, floor, ceiling (whole metres, typed as heights), boolean, choice, moment, instant, place, quantity, count, likelihood,
    grade, ref, exactref, refs (each one input named as the field; lines and refs take one item a line), or one that
    holds `fields`: window, marking, group, paragraphs (named `field.sub`) and rows (named `field.<number>.sub`).
    `choices` of a likelihood are proposals, not a closed list. `default` is what an empty input stands for.
    """

    name: str
    label: str
    help: str
    widget: str
    required: bool
    choices: tuple[Choice, ...] = ()
    fields: tuple["FieldSpec", ...] = ()
    default: str = ""
    minimum: int | None = None
    maximum: int | None = None


class KindSpec(msgspec.Struct, frozen=True):
    """One kind of element: what it is called, where it may flow, what it asks for."""

    kind: str
    label: str
    plural: str
    help: str
    realms: frozenset[Realm]
    fields: tuple[FieldSpec, ...]


LEAVES: Final[dict[str, tuple[tuple[type, ...], Callable[[str], object]]]] = {
    "moment": (get_args(Moment), parse_moment),
    "instant": ((Instant,), Instant.parse),
    "place": (get_args(Place), parse_place),
    "quantity": ((Quantity,), Quantity.parse),
    "count": ((Count,), Count.parse),
    "likelihood": ((Likelihood,), Likelihood.parse),
    "grade": ((Grade,), Grade.parse),
    "ref": ((ElementRef,), ElementRef.parse),
    "exactref": ((ExactRef,), ExactRef.parse),
}
"""Widgets whose value is a value type: which types, and how a person's text is read."""
_GROUPS: Final[dict[type, str]] = {Window: "window", Marking: "marking", Paragraphs: "paragraphs"}
# Window is a value type with no labels of its own.
_BORROWED: Final[dict[tuple[type, str], tuple[str, str]]] = {
    (Window, "start"): ("Start", "As C+3, D-2, D+1/H+6, or 2023-01-23. Empty leaves it open."),
    (Window, "end"): ("End", "As C+5 or 2023-01-26. Empty leaves it open."),
}


@cache
def describe(kind: str) -> KindSpec:
    """What `kind` asks for; raises MisuseError naming the kinds there are."""
    content = type_of(kind)
    fields = fields_of(content)
    ordered = [field for field in fields if field.name not in _LAST] + [
        field for field in fields if field.name in _LAST
    ]
    label, plural = LABELS[kind]
    return KindSpec(kind, label, plural, (content.__doc__ or "").strip(), realms_of(kind), tuple(ordered))


@cache
def fields_of(struct: type[msgspec.Struct]) -> tuple[FieldSpec, ...]:
    """The fields of one struct type, in their written order; a row's portion mark last."""
    info = inspect.type_info(struct)
    if not isinstance(info, inspect.StructType):
        return ()
    found = [_field(struct, field) for field in info.fields]
    return tuple(sorted(found, key=lambda field: field.name == _LAST_OF_ROW))


@cache
def all_messages() -> tuple[str, ...]:
    """Every label, help text and choice that pages show, each once: what translators need."""
    found: dict[str, None] = {}

    def gather(fields: tuple[FieldSpec, ...]) -> None:
        for field in fields:
            found.update(dict.fromkeys((field.label, field.help, *(choice.label for choice in field.choices))))
            gather(field.fields)

    for kind in KINDS:
        spec = describe(kind)
        found.update(dict.fromkeys((spec.label, spec.plural, spec.help)))
        gather(spec.fields)
    return tuple(message for message in found if message)


def choice_label(value: str) -> str:
    """What a choice is called: its value with a capital first letter."""
    return value[:1].upper() + value[1:]


def _field(owner: type[msgspec.Struct], field: inspect.Field) -> FieldSpec:
    label, description, widget, kind = "", "", "", field.type
    label, description = _BORROWED.get((owner, field.name), (label, description))
    optional, low, high = False, None, None
    while True:
        if isinstance(kind, inspect.Metadata):
            schema, extra = kind.extra_json_schema or {}, kind.extra or {}
            label, description = schema.get("title", label), schema.get("description", description)
            widget, kind = extra.get("widget", widget), kind.type
        elif isinstance(kind, inspect.UnionType) and any(isinstance(part, inspect.NoneType) for part in kind.types):
            rest = tuple(part for part in kind.types if not isinstance(part, inspect.NoneType))
            optional, kind = True, rest[0] if len(rest) == 1 else inspect.UnionType(rest)
        else:
            break
    if isinstance(kind, inspect.IntType):
        low, high = kind.ge, kind.le
    elif isinstance(kind, inspect.StrType):
        low, high = kind.min_length, kind.max_length
    found, choices, fields = _shape(kind)
    required = field.required and not optional
    default = str(field.default.value) if isinstance(field.default, Enum) else ""
    return FieldSpec(
        field.name, label or field.name, description, widget or found, required, choices, fields, default, low, high
    )


def _shape(kind: inspect.Type) -> tuple[str, tuple[Choice, ...], tuple[FieldSpec, ...]]:
    """The widget for a type, its choices and its inner fields."""
    match kind:
        case inspect.StrType(max_length=bound):
            return ("longtext" if bound is None or bound > _LONG_TEXT else "text"), (), ()
        case inspect.IntType():
            return "integer", (), ()
        case inspect.BoolType():
            return "boolean", (), ()
        case inspect.EnumType(cls=members):
            values = [str(member.value) for member in members]
            return "choice", tuple(Choice(value, choice_label(value)) for value in values), ()
        case inspect.LiteralType(values=values):
            return "choice", tuple(Choice(str(value), str(value)) for value in values), ()
        case inspect.VarTupleType(item_type=item):
            return _shape_of_many(item)
        case inspect.StructType(cls=struct) if struct is Instant:
            return "instant", (), ()
        case inspect.StructType(cls=struct):
            if leaf := _leaf_of(struct):
                return leaf, _proposals(leaf), ()
            return _GROUPS.get(struct, "group"), (), fields_of(struct)
        case inspect.UnionType(types=(inspect.StructType(cls=struct), *_)):
            if leaf := _leaf_of(struct):
                return leaf, (), ()
    raise TypeError(f"No widget is known for {kind}; teach planning.fields one.")


def _shape_of_many(item: inspect.Type) -> tuple[str, tuple[Choice, ...], tuple[FieldSpec, ...]]:
    while isinstance(item, inspect.Metadata):
        item = item.type
    if isinstance(item, inspect.StrType):
        return "lines", (), ()
    widget, choices, fields = _shape(item)
    return ("refs", (), ()) if widget == "ref" else ("rows", choices, fields)


def _leaf_of(struct: type) -> str | None:
    return next((widget for widget, (types, _) in LEAVES.items() if struct in types), None)


def _proposals(widget: str) -> tuple[Choice, ...]:
    if widget != "likelihood":
        return ()
    terms = [Likelihood(scale, term) for scale in ScaleName for term in terms_of(scale)]
    return tuple(Choice(str(term), choice_label(str(term))) for term in terms)
