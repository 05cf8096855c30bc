"""Reading a tree of typed texts field by field into plain values, gathering a sentence for each that cannot be read.

Nothing is raised for what a person typed: every fault of a form is found in one pass.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import TypeAlias, Union

import msgspec

from stafftalks.planning.fields import LEAVES, FieldSpec
from stafftalks.planning.plain import to_plain
from stafftalks.planning.text import MAX_ROWS
from stafftalks.record.canon import JsonValue
from stafftalks.values.errors import MisuseError
from stafftalks.values.height import whole_metres
from stafftalks.values.relative_time import parse_window

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_PATH = re.compile(r" - at `\$(.*)`\Z", re.DOTALL)
_LINE_LENGTH = 500
_VALUE_LENGTH = 200
_YES = frozenset({"on", "yes", "true", "1"})
_NO = frozenset({"", "off", "no", "false", "0"})


class _Absent:
    """The mark of a field left empty, so that its default stands."""


_ABSENT = _Absent()
_Read: TypeAlias = "JsonValue | _Absent"


class Faults:
    """Sentences by field path, and where the rows that were kept stood in what was typed."""

    def __init__(self, *, strict: bool) -> None:
        self.strict = strict
        self.sentences: dict[str, str] = {}
        self.typed_rows: dict[str, str] = {}

    def add(self, path: str, sentence: str) -> None:
        """Keep the first sentence of each path."""
        self.sentences.setdefault(path, sentence)

    def add_validation(self, fields: tuple[FieldSpec, ...], error: msgspec.ValidationError) -> None:
        """Keep what the final check of the whole found, at the input where the person typed it."""
        text, path = str(error), ""
        if match := _PATH.search(text):
            text, path = text[: match.start()], re.sub(r"\[(\d+|\.\.\.)\]", r".\1", match[1]).lstrip(".")
        sentence = text if error.__cause__ is not None else f"This cannot be kept: {text}."
        self.add(self._typed(_form_path(fields, path.split("."))), sentence)

    def _typed(self, kept: str) -> str:
        """The path as typed of a path among the kept rows."""
        head, rest = kept, ""
        while head:
            if typed := self.typed_rows.get(head):
                return typed + rest
            head, _, last = head.rpartition(".")
            rest = f".{last}{rest}"
        return kept


class _Spot(msgspec.Struct, frozen=True):
    """Where reading stands: the path as typed, and the path among the rows that are kept (blank ones gone)."""

    typed: str = ""
    kept: str = ""

    def under(self, name: object, kept: object | None = None) -> "_Spot":
        """The spot of a part; `kept` where its number among the kept rows differs."""
        name, kept = str(name), str(name if kept is None else kept)
        return _Spot(f"{self.typed}.{name}" if self.typed else name, f"{self.kept}.{kept}" if self.kept else kept)


def read_content(fields: tuple[FieldSpec, ...], node: Mapping[str, object], faults: Faults) -> dict[str, JsonValue]:
    """The plain values of a whole form or mapping; empty fields are left out, faults are gathered in `faults`."""
    return _read_fields(fields, node, _Spot(), faults)


def _form_path(fields: tuple[FieldSpec, ...], parts: list[str]) -> str:
    """As much of a path as names an input; the rest lies inside one value."""
    named: list[str] = []
    for part in parts:
        if part.isdecimal() or part == "...":
            named.append(part)
            continue
        field = next((field for field in fields if field.name == part), None)
        if field is None:
            break
        named.append(part)
        fields = field.fields
    return ".".join(named)


def _read_fields(
    fields: tuple[FieldSpec, ...], node: Mapping[str, object], spot: _Spot, faults: Faults
) -> dict[str, JsonValue]:
    if faults.strict:
        names = {field.name for field in fields}
        for name in node:
            if name not in names:
                known = ", ".join(field.name for field in fields)
                sentence = f"There is no field called {str(name)[:40]!r} here: use one of {known}."
                faults.add(spot.under(name).typed, sentence)
    plain: dict[str, JsonValue] = {}
    for field in fields:
        here = spot.under(field.name)
        value = _read(field, node.get(field.name), here, faults)
        if not isinstance(value, _Absent):
            plain[field.name] = value
        elif field.required:
            faults.add(here.typed, f"{field.label} is needed. {field.help}".strip())
    return plain


def _read(field: FieldSpec, node: object, spot: _Spot, faults: Faults) -> _Read:
    try:
        if field.widget == "rows":
            return _read_rows(field, node, spot, faults)
        if field.fields:
            return _read_group(field, node, spot, faults)
        if field.widget in ("lines", "refs"):
            return _read_lines(field, node)
        if isinstance(node, Mapping) and field.widget in LEAVES:
            return to_plain(_structured(field, node, field.widget))
        return _read_text(field, _text(node))
    except MisuseError as error:
        faults.add(spot.typed, str(error))
        return _ABSENT


def _read_rows(field: FieldSpec, node: object, spot: _Spot, faults: Faults) -> _Read:
    rows = [(index, row) for index, row in _numbered(field, node) if faults.strict or not _is_blank(field.fields, row)]
    if len(rows) > MAX_ROWS:
        raise MisuseError(
            f"{field.label} has {len(rows):,} rows; at most {MAX_ROWS:,} can be held. Divide the element."
        )
    has_ids = any(inner.name == "id" for inner in field.fields)
    taken = {_text(row["id"]) for _, row in rows if has_ids and isinstance(row, Mapping) and "id" in row}
    plain: list[JsonValue] = []
    for position, (index, row) in enumerate(rows):
        here = spot.under(index, position)
        faults.typed_rows[here.kept] = here.typed
        if not isinstance(row, Mapping):
            faults.add(here.typed, f"A row of {field.label} needs its fields by name.")
            continue
        named = {**row, "id": _fresh_id(field, taken)} if has_ids and not _text(row.get("id")) else row
        plain.append(dict(_read_fields(field.fields, named, here, faults)))
    return plain or _ABSENT


def _numbered(field: FieldSpec, node: object) -> list[tuple[int, object]]:
    match node:
        case None | "":
            return []
        case list() | tuple():
            return list(enumerate(node))
        case Mapping():
            numbers = [str(name) for name in node]
            if all(number.isascii() and number.isdecimal() and len(number) <= 9 for number in numbers):
                return sorted(((int(str(number)), row) for number, row in node.items()), key=lambda pair: pair[0])
    raise MisuseError(f"{field.label} is a list of rows, each with its fields by name.")


def _is_blank(fields: tuple[FieldSpec, ...], node: object) -> bool:
    """Whether nothing was typed: every input is empty or still holds what it was offered with."""
    if not isinstance(node, Mapping):
        return not node
    specs = {field.name: field for field in fields}
    for name, value in node.items():
        spec = specs.get(name)
        if spec is None:
            continue
        if spec.widget == "rows" and isinstance(value, Mapping):
            if not all(_is_blank(spec.fields, row) for row in value.values()):
                return False
        elif isinstance(value, Mapping):
            if not _is_blank(spec.fields, value):
                return False
        elif value is not None and str(value).strip() not in ("", spec.default):
            return False
    return True


def _fresh_id(field: FieldSpec, taken: set[str]) -> str:
    initials = "".join(word[0] for word in field.label.split()).upper()
    name = next(f"{initials}{number}" for number in range(1, MAX_ROWS + 2) if f"{initials}{number}" not in taken)
    taken.add(name)
    return name


def _read_group(field: FieldSpec, node: object, spot: _Spot, faults: Faults) -> _Read:
    parts = {} if node is None or node == "" else node
    if field.widget == "window" and not isinstance(parts, Mapping):
        return to_plain(parse_window(_text(parts)))
    if not isinstance(parts, Mapping):
        raise MisuseError(f"{field.label} has parts: {', '.join(inner.name for inner in field.fields)}.")
    return dict(_read_fields(field.fields, parts, spot, faults)) or _ABSENT


def _read_lines(field: FieldSpec, node: object) -> _Read:
    items = node if isinstance(node, list | tuple) else [node]
    lines = [line for item in items for line in _lines_of(field, item)]
    if len(lines) > MAX_ROWS:
        raise MisuseError(f"{field.label} has {len(lines):,} lines; at most {MAX_ROWS:,} can be held.")
    if field.widget == "lines":
        for line in lines:
            _need_line(field, line, _LINE_LENGTH)
        return list(lines) or _ABSENT
    return [to_plain(LEAVES["ref"][1](line)) for line in lines] or _ABSENT


def _lines_of(field: FieldSpec, item: object) -> list[str]:
    if isinstance(item, Mapping) and field.widget == "refs":
        return [str(_structured(field, item, "ref"))]
    return [line.strip() for line in _text(item).split("\n") if line.strip()]


def _structured(field: FieldSpec, node: Mapping[str, object], widget: str) -> object:
    """The value of the widget's types that a mapping in the form of the bytes spells; raises MisuseError."""
    try:
        return msgspec.convert(dict(node), Union[LEAVES[widget][0]])  # noqa: UP007  (the types are only known here)
    except msgspec.ValidationError as error:
        raise MisuseError(f"{field.label} cannot be read: {str(error).rstrip('.')}.") from None


def _read_text(field: FieldSpec, text: str) -> _Read:
    if field.widget == "boolean":
        return _read_boolean(field, text)
    if not text:
        return _ABSENT
    match field.widget:
        case "text":
            _need_line(field, text, field.maximum or _LINE_LENGTH)
            return text
        case "longtext":
            if _CONTROL.search(text) or (field.maximum and len(text) > field.maximum):
                raise MisuseError(f"{field.label} holds a control character or more than {field.maximum:,} characters.")
            return text
        case "integer":
            return _read_integer(field, text)
        case "floor" | "ceiling":
            return _read_integer(field, str(whole_metres(text, upwards=field.widget == "ceiling")))
        case "choice":
            return _read_choice(field, text)
        case widget:
            if widget != "place" and len(text) > _VALUE_LENGTH:
                raise MisuseError(f"{field.label} is {len(text):,} characters long; at most {_VALUE_LENGTH} are read.")
            return to_plain(LEAVES[widget][1](text))


def _read_boolean(field: FieldSpec, text: str) -> _Read:
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return _ABSENT
    raise MisuseError(f"{field.label} is yes or no, not {text[:40]!r}.")


def _read_integer(field: FieldSpec, text: str) -> int:
    digits = text.replace(",", "").replace(" ", "")
    if not re.fullmatch(r"[+-]?[0-9]{1,16}", digits):
        raise MisuseError(f"{field.label} is a whole number, not {text[:40]!r}.")
    number = int(digits)
    if (field.minimum is not None and number < field.minimum) or (field.maximum is not None and number > field.maximum):
        raise MisuseError(f"{field.label} lies between {field.minimum:,} and {field.maximum:,}; {number:,} does not.")
    return number


def _read_choice(field: FieldSpec, text: str) -> str:
    for choice in field.choices:
        if text.lower() in (choice.value.lower(), choice.label.lower()):
            return choice.value
    values = ", ".join(choice.value for choice in field.choices)
    raise MisuseError(f"{field.label} cannot be {text[:40]!r}: choose one of {values}.")


def _need_line(field: FieldSpec, text: str, bound: int) -> None:
    if len(text) > bound:
        raise MisuseError(f"{field.label} is {len(text):,} characters long; at most {bound:,} can be held.")
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise MisuseError(f"{field.label} is one line: leave out line breaks and control characters.")


def _text(node: object) -> str:
    """What was typed, as NFC text with LF line ends and no outer white space; raises MisuseError for other things."""
    match node:
        case None:
            return ""
        case str():
            text = node
        case bool():
            text = "yes" if node else "no"
        case datetime() | date():
            text = node.isoformat()
        case int() | float():
            text = str(node)
        case list() if node and all(isinstance(item, str) for item in node):
            # The same input twice in a form: the last one counts, as in a checkbox behind its hidden default.
            text = str(node[-1])
        case _:
            raise MisuseError(f"A text or a number is needed here, not a {type(node).__name__}.")
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
