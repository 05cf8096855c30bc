"""A table read in one go, for whoever has no use for its steps: every row an element to add, or a fault that says why not.

Columns are matched by their headings and contents alone. A row that matches an own element is a fault here: merging it takes a person's word.
"""

import msgspec

from stafftalks.formats import headings, matching
from stafftalks.formats.reading import read
from stafftalks.planning.kinds import Content
from stafftalks.services import table_reading
from stafftalks.services.ports import Headquarters
from stafftalks.services.table_reading import RowReader
from stafftalks.services.table_rows import Line, TableRow, element_of
from stafftalks.services.table_steps import said
from stafftalks.values.errors import MisuseError, Refusal
from stafftalks.values.ids import ElementId, element_id
from stafftalks.values.person import Person


class Whole(msgspec.Struct, frozen=True):
    """What a table holds: elements to add by id, a refusal for each fault of a row, and what to tell about how it was read."""

    elements: tuple[tuple[ElementId, Content], ...]
    faults: tuple[Refusal, ...]
    notes: tuple[str, ...]


def whole(hq: Headquarters, person: Person, source: bytes, kind: str, name: str) -> Whole:
    """Everything in the table; raises MisuseError where it cannot be read at all."""
    if kind not in headings.kinds():
        raise MisuseError(
            f"A table cannot hold elements of kind {kind[:40]!r}: use one of {', '.join(headings.kinds())}."
        )
    found = read(source, knows=lambda heading: headings.knows(kind, heading))
    lines = [Line(n, cells) for n, cells in found.rows]
    proposed = matching.propose(kind, found.columns, [line.cells for line in lines[:200]])
    row = TableRow(
        id="", owner=person.username, party=hq.party, kind=kind, name=name, at=hq.clock.now(), state="checking",
        seed=element_id(hq.entropy.draw("element", 16)), columns=found.columns,
        matching={at: one.path for at, one in proposed.items()},
    )  # fmt: skip
    left = [column for at, column in enumerate(found.columns) if at not in proposed]
    notes = [*found.notes, *([f"Left out, because nothing says what they fill: {', '.join(left)}."] if left else [])]
    reader = RowReader(row)
    known = table_reading.known(hq, row, reader.refers, lambda: True)
    for line in lines:
        reader.learn(line, known)
    good: list[tuple[ElementId, Content]] = []
    faults: list[Refusal] = []
    for line in lines:
        one = reader.read(line, known)
        sentences = [said(row, fault.column, fault.sentence) for fault in one.faults]
        if one.match is not None:
            sentences.append(
                "An element with this serial or title is here already: bring the table in on the page to merge them."
            )
        faults += [Refusal("import", f"{name}, row {line.n}: {sentence}") for sentence in sentences]
        if one.content is not None and not sentences:
            good.append((element_of(row, line), one.content))
    return Whole(tuple(good), tuple(faults), (*notes, *reader.notes))
