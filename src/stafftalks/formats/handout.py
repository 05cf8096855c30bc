"""Files to hand over: exact versions alone, as DOCX, PDF, XLSX or CSV, made of their content and of nothing else.

What is given is a version's content and whose it is; so the file is the same whoever takes it out, whenever, and whatever else is held here. It refers
to other elements as the content does, by id: what they are called here is not told. It does not say who else may read it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, Literal, assert_never

import msgspec

from stafftalks.formats import document, headings, labelling, laid_out, writing
from stafftalks.formats import paper as papers
from stafftalks.formats.paper import Direction, Paper
from stafftalks.planning import forms, summary
from stafftalks.planning.element import UnknownContent
from stafftalks.planning.kinds import LABELS, Content, kind_of
from stafftalks.planning.text import MARK_LABEL
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import ElementId, PartyId, VersionHash
from stafftalks.values.policies import Policies

Form = Literal["docx", "pdf", "xlsx", "csv"]
TYPES: Final[Mapping[str, str]] = {
    "docx": document.TYPE,
    "pdf": "application/pdf",
    "xlsx": writing.TYPE,
    "csv": "text/csv; charset=utf-8",
}
"""What each form is called on the wire."""


class Handed(msgspec.Struct, frozen=True):
    """An exact version to hand over, and whose it is: `name` is what the party calls itself on its card.

    `at` is when it was given, by its release, or made, where it was not released: the time of its label.
    """

    party: PartyId
    name: str
    element: ElementId
    version: VersionHash
    at: int
    content: Content | UnknownContent

    @property
    def kind(self) -> str:
        """The kind, known here or not."""
        return self.content.kind if isinstance(self.content, UnknownContent) else kind_of(self.content)

    @property
    def whose(self) -> str:
        """`Meridia (XMR)`."""
        return f"{self.name} ({self.party})" if self.name and self.name != self.party else str(self.party)


class Reader(msgspec.Struct, frozen=True):
    """In which words and direction a file is written; English, where nothing is said."""

    language: str = "en"
    direction: Direction = "ltr"
    say: Callable[[str], str] = str


def file_of(form: Form, handed: Handed, policies: Policies, reader: Reader = Reader()) -> bytes:  # noqa: B008 - frozen
    """The version as a file. Raises MisuseError where its kind is not known here and the form is a table."""
    match form:
        case "docx":
            one = labelling.labelling(policies, handed.content)
            bound = labelling.binding_of(policies, (one,), handed.at)
            return document.docx_of(paper(handed, policies, reader), binding=bound)
        case "pdf":
            return papers.pdf(paper(handed, policies, reader))
        case "xlsx" | "csv":
            return table(form, (handed,), policies)
        case _:
            assert_never(form)


def paper(handed: Handed, policies: Policies, reader: Reader = Reader()) -> Paper:  # noqa: B008 - frozen
    """The version as paper: its cover says whose it is, which version, and how it is marked."""
    say = reader.say
    one = labelling.labelling(policies, handed.content)
    none = say("No marking was given")
    marking, contingency = "", ""
    if not isinstance(handed.content, UnknownContent):
        marking, contingency = handed.content.marking.banner(), handed.content.contingency
    words = laid_out.Words(say, annex=say("Annex"), nothing=say("Nothing written."))
    return Paper(
        title=summary.headline(handed.content),
        kind=say(LABELS[handed.kind][0]) if handed.kind in LABELS else handed.kind,
        author=handed.whose,
        banner=labelling.banner(policies, (one,)) or none,
        language=reader.language,
        direction=reader.direction,
        cover=(
            (say("Whose text"), handed.whose),
            (say("Version"), f"{handed.version[:8]} ({handed.version})"),
            (say("Marking"), marking or none),
            *(((say("Contingency"), contingency),) if contingency else ()),
        ),
        foot=f"{handed.whose}, {handed.version[:8]}",
        page=say("Page"),
        of=say("of"),
        parts=tuple(laid_out.parts(handed.content, words, labelling.marks_of(one, shown=one.marked))),
    )


def table(form: Literal["xlsx", "csv"], several: Iterable[Handed], policies: Policies) -> bytes:
    """Versions of one kind as the rows of a table. Raises MisuseError where they are of several kinds, or of one not known here."""
    rows = tuple(several)
    known = [(one, one.content) for one in rows if not isinstance(one.content, UnknownContent)]
    kinds = {one.kind for one in rows}
    if len(kinds) != 1 or len(known) < len(rows) or not kinds <= set(headings.kinds()):
        raise MisuseError("A table holds elements of one kind that has columns: take the others out as documents.")
    (kind,) = kinds
    flats = [forms.flatten(content) for _one, content in known]
    labelled = [labelling.labelling(policies, content) for _one, content in known]
    fields = writing.columns(kind, flats)
    names = [MARK_LABEL, *(field.label for field in fields), "Party", "Element"]
    cells = [
        [*writing.row(fields, flat, marks.marks.of("")), one.party, f"{one.party}/{one.element}"]
        for one, flat, marks in zip(rows, flats, labelled, strict=True)
    ]
    banner = labelling.banner(policies, labelled)
    if form == "csv":
        return "".join(writing.csv_lines(names, cells, banner)).encode()
    bound = labelling.binding_of(policies, labelled, max(one.at for one in rows))
    return writing.workbook(LABELS[kind][1], fields, names, cells, banner, binding=bound)
