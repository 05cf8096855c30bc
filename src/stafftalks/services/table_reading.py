"""One row of a table as a person would have typed it into the form, and what is wrong with it.

Every row is read by the same `forms.parse` that reads what people type, so a table can bring in nothing that a form could not. References are
written as `PARTY/element` or by title: a title is looked for among the other rows first, then among what is held here.
"""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from stafftalks.formats import shaping
from stafftalks.formats.headings import Target, target
from stafftalks.planning import forms
from stafftalks.planning.forms import FormErrors
from stafftalks.planning.kinds import Content
from stafftalks.planning.refs import ElementRef
from stafftalks.services import workspace
from stafftalks.services.elements import content
from stafftalks.services.ports import Headquarters
from stafftalks.services.table_rows import Fault, Line, TableRow, element_of
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import ElementId, VersionHash

_WINDOW = 1_000
_MOST_NOTES = 40
_REFERS: Mapping[str, tuple[str, ...]] = {
    "plan": ("plan",),
    "scenario": ("scenario",),
    "after": ("activity",),
    "forces": ("force",),
    "bears_on": ("scenario", "assessment"),
    "reports": ("report",),
}
"""Which kinds of element a field's titles are looked for among."""
_INSTEAD: Mapping[str, tuple[tuple[str, str], ...]] = {
    "activity": (("what", "title"), ("title", "what")),
    "requirement": (("title", "capability"), ("capability", "title")),
    "indicator": (("watched", "title"), ("title", "watched")),
    "report": (("said", "title"), ("title", "said")),
    "assessment": (("question", "title"), ("title", "question")),
}
"""What stands for a field that is needed where no column fills it: (field, the one taken instead)."""


class Known(msgspec.Struct):
    """What rows are compared with: own elements by serial or title, titles that references may use, and the rows of the table itself."""

    own: dict[tuple[str, str, str], tuple[ElementId, VersionHash]] = {}
    titles: dict[str, dict[str, tuple[str, ...]]] = {}
    rows: dict[str, ElementId] = {}
    serials: dict[tuple[str, str, str], int] = {}


class Read(msgspec.Struct, frozen=True):
    """A row as typed, by field path; its faults; the content it spells where it has none; the own element it matches."""

    typed: dict[str, str]
    faults: tuple[Fault, ...]
    content: Content | None = None
    match: tuple[ElementId, VersionHash] | None = None


class RowReader:
    """Reads the rows of one table with one matching. `notes` gather what was read otherwise than it stands."""

    def __init__(self, row: TableRow) -> None:
        self._row = row
        self._columns: list[tuple[int, Target]] = []
        for at, path in sorted(row.matching.items()):
            found = target(row.kind, path)
            if found is not None and at < len(row.columns):
                self._columns.append((at, found))
        self._paths = {found.path: at for at, found in self._columns}
        self.notes: dict[str, None] = {}

    @property
    def refers(self) -> tuple[str, ...]:
        """The paths of the fields filled here that may name elements by title."""
        return tuple(path for path in {*self._paths, *self._row.common} if path in _REFERS)

    def typed(self, line: Line) -> dict[str, str]:
        """What the row's cells and the values for all rows fill, by path; references as they stand."""
        filled = {path: text for path, text in self._row.common.items() if text}
        for at, found in self._columns:
            cell = line.cells[at] if at < len(line.cells) else ""
            if cell:
                filled[found.path] = shaping.shape(found, self._row.columns[at], cell, self._note)
        for path, other in instead(self._row.kind):
            if path not in filled and path not in self._paths and other in filled:
                filled[path] = _first_line(filled[other])
        return filled

    def read(self, line: Line, known: Known) -> Read:
        """The row with everything found out about it."""
        typed = self.typed(line)
        faults: list[Fault] = []
        self._refer(typed, known, faults)
        spread: dict[str, str] = {}
        for path, text in typed.items():
            found = target(self._row.kind, path)
            if found is not None and found.spec.widget == "rows":
                if sentence := shaping.too_many_parts(found, text):
                    faults.append(Fault(self._paths.get(path, -1), sentence))
                spread |= shaping.spread(found, text)
            else:
                spread[path] = text
        parsed = forms.parse(self._row.kind, {path: [text] for path, text in spread.items()})
        if isinstance(parsed, FormErrors):
            faults += [self._fault(path, sentence, line) for path, sentence in parsed.errors.items()]
        faults += self._twice(typed, line, known)
        match = next((known.own[key] for key in keys(self._row.kind, typed) if key in known.own), None)
        good = parsed if not faults and not isinstance(parsed, FormErrors) else None
        return Read(spread, tuple(dict.fromkeys(faults)), good, match)

    def learn(self, line: Line, known: Known) -> None:
        """Lets other rows refer to this one by its title, and finds serials that stand twice."""
        typed = self.typed(line)
        held = next((known.own[key][0] for key in keys(self._row.kind, typed) if key in known.own), None)
        if title := typed.get("title", ""):
            new = held is None or (line.choice or self._row.existing) == "add"
            known.rows.setdefault(folded(title), element_of(self._row, line) if new or held is None else held)
        if typed.get("serial"):
            known.serials.setdefault(keys(self._row.kind, typed)[0], line.n)

    def _twice(self, typed: Mapping[str, str], line: Line, known: Known) -> Iterable[Fault]:
        if typed.get("serial"):
            first = known.serials.get(keys(self._row.kind, typed)[0], line.n)
            if first != line.n:
                yield Fault(
                    self._paths.get("serial", -1),
                    f"The serial {typed['serial'][:40]!r} stands in row {first:,} already: give each line its own.",
                )

    def _refer(self, typed: dict[str, str], known: Known, faults: list[Fault]) -> None:
        """Puts references in place of titles; a title that nothing or more than one thing bears is a fault."""
        for path in self.refers:
            if path not in typed:
                continue
            found = []
            for item in typed[path].split("\n"):
                try:
                    found.append(_refer(item, path, self._row, known))
                except MisuseError as error:
                    faults.append(Fault(self._paths.get(path, -1), str(error)))
            typed[path] = "\n".join(found)

    def _fault(self, path: str, sentence: str, line: Line) -> Fault:
        parts = path.split(".")
        for end in range(len(parts), 0, -1):
            at = self._paths.get(".".join(parts[:end]))
            if at is not None:
                cell = line.cells[at] if at < len(line.cells) else ""
                twofold = " A day written so can be read in two ways." if shaping.ambiguous(cell) else ""
                return Fault(at, sentence + twofold)
        inner = [at for name, at in self._paths.items() if path and name.startswith(f"{path}.")]
        return Fault(min(inner, default=-1), sentence)

    def _note(self, sentence: str) -> None:
        column = sentence.partition(":")[0]
        if len(self.notes) < _MOST_NOTES and not any(note.startswith(f"{column}:") for note in self.notes):
            self.notes[sentence] = None


def instead(kind: str) -> tuple[tuple[str, str], ...]:
    """What stands for a field that is needed where no column fills it, as (field, the one taken instead), by path."""
    return _INSTEAD.get(kind, ())


def folded(title: str) -> str:
    """A title as it is compared: without case and with single spaces."""
    return " ".join(title.casefold().split())


def keys(kind: str, typed: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """What a row and an own element are the same by, within their contingency: the serial where they have one, else the title."""
    case = folded(typed.get("contingency", ""))
    found = ("serial", case, folded(typed.get("serial", ""))) if kind == "requirement" else ("title", case, "")
    return (found,) if found[2] else (("title", case, folded(typed.get("title", ""))),)


def known(hq: Headquarters, row: TableRow, refers: Iterable[str], keep_on: Callable[[], bool]) -> Known:
    """What the rows of this table are compared with, but for the rows themselves."""
    found = Known()
    offset = 0
    while keep_on():
        _total, held = hq.holdings.find(kind=row.kind, offset=offset, limit=_WINDOW)
        for element in held:
            flat = {"title": element.title, "contingency": element.contingency}
            if row.kind == "requirement":
                flat["serial"] = str(getattr(content(element), "serial", ""))
            for key in keys(row.kind, flat):
                found.own.setdefault(key, (element.id, element.version))
        if len(held) < _WINDOW:
            break
        offset += _WINDOW
    for path in refers:
        titles: dict[str, tuple[str, ...]] = {}
        for piece in workspace.pieces(hq, kinds=_REFERS[path]):
            name = folded(piece.title)
            titles[name] = (*titles.get(name, ()), piece.key)
        found.titles[path] = titles
    return found


def _refer(item: str, path: str, row: TableRow, known: Known) -> str:
    text = item.strip()
    try:
        return str(ElementRef.parse(text))
    except MisuseError:
        pass
    name = folded(text)
    if row.kind in _REFERS[path] and name in known.rows:
        element = known.rows[name]
        return f"{row.party}/{element}"
    held = known.titles.get(path, {}).get(name, ())
    if len(held) == 1:
        return held[0]
    what = " or ".join(_REFERS[path])
    if held:
        raise MisuseError(
            f"{text[:60]!r} is the title of {len(held)} elements: write PARTY/element for the one that is meant."
        )
    raise MisuseError(f"No {what} here is called {text[:60]!r}: write its title as it stands, or PARTY/element.")


def _first_line(text: str) -> str:
    line = text.strip().split("\n", 1)[0]
    return line if len(line) <= 200 else f"{line[:199]}…"
