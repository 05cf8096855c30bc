"""An element as the parts of a paper, in the order in which it is read: one layout for print views, PDF, documents and workbooks.

A plan stands in its five numbered paragraphs, each of which is there even where it says nothing, with its annexes behind; every other kind stands
in the order of its form, as `planning.summary` lays it out for pages. Where anything is marked every part bears its portion mark: a row's or
paragraph's own, else that of what it stands in. Nothing is read here but the content that is given.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from stafftalks.formats.paper import Part, heading, table
from stafftalks.planning import summary
from stafftalks.planning.annexes import AnnexState
from stafftalks.planning.element import UnknownContent
from stafftalks.planning.fields import FieldSpec, choice_label, describe
from stafftalks.planning.kinds import Content
from stafftalks.planning.plans import Plan
from stafftalks.planning.portions import paragraphs
from stafftalks.planning.task_organisation import OrganisationNode, organisation_tree
from stafftalks.planning.text import MARK_LABEL, Row
from stafftalks.planning.wording import text_of

_LETTERS: Final = "abcdefgh"


def _as_it_is(text: str) -> str:
    return text


class Words(msgspec.Struct, frozen=True):
    """What is not the planners' own: `say` gives a label in the reader's words, `called` a text with what it refers to by name."""

    say: Callable[[str], str] = _as_it_is
    called: Callable[[str], str] = _as_it_is
    annex: str = "Annex"
    nothing: str = "Nothing written."


class Marks(msgspec.Struct, frozen=True):
    """How the portions of one element are marked.

    `of` gives the portion mark of what was typed on a row (empty: the element's own); `split` takes a paragraph's own mark off its text, as the
    portion mark (empty: none of its own) and the rest.
    """

    of: Callable[[str], str]
    split: Callable[[str], tuple[str, str]]


UNMARKED: Final = Marks(lambda _typed: "", lambda text: ("", text))
"""For a paper on which nothing is marked."""


class Beside(msgspec.Struct, frozen=True):
    """What stands with a plan that is no part of it: the activities, ready laid out, and the elements that are its annexes, by their reference."""

    activities: tuple[Part, ...] = ()
    annexes: Mapping[str, tuple[Part, ...]] = {}


def parts(
    content: Content | UnknownContent,
    words: Words = Words(),  # noqa: B008 - frozen
    marks: Marks = UNMARKED,
    beside: Beside = Beside(),  # noqa: B008 - frozen
) -> Iterator[Part]:
    """The whole element."""
    if isinstance(content, Plan):
        yield from _Plan(words, marks, beside).parts(content)
    else:
        yield from sections(content, words, marks)


def sections(content: Content | UnknownContent, words: Words, marks: Marks, above: int = 0) -> Iterator[Part]:
    """An element in the order of its form, its headings `above` levels lower."""
    for at, section in enumerate(summary.sections(content)):
        mark = marks.of(section.mark)
        if at:
            name = section.name or words.say(section.heading)
            yield heading(name, section.level - 1 + above, mark=mark if section.name else "")
        pairs = tuple((words.say(label), words.called(text)) for label, text in section.facts if label != MARK_LABEL)
        if pairs:
            yield Part(sort="facts", pairs=pairs, mark=mark)
        for text in section.paragraphs:
            yield from _text(text, mark, words, marks)
        if section.items:
            yield Part(sort="items", items=tuple(map(words.called, section.items)), mark=mark)
        if section.table:
            kept = [at for at, column in enumerate(section.table.columns) if column != MARK_LABEL]
            cells = [[words.called(row[at]) for at in kept] for row in section.table.rows]
            columns = [words.say(section.table.columns[at]) for at in kept]
            yield marked_table(
                columns, cells, [marks.of(typed or section.mark) for typed in section.table.marks], words
            )


def marked_table(columns: Sequence[str], rows: Iterable[Sequence[str]], marks: Sequence[str], words: Words) -> Part:
    """A table whose first column is the portion mark of each row, where any has one."""
    if not any(marks):
        return table(columns, rows)
    lines = [(f"({mark})" if mark else "", *row) for mark, row in zip(marks, rows, strict=True)]
    return table((words.say(MARK_LABEL), *columns), lines)


class _Plan:
    """Lays a plan out."""

    def __init__(self, words: Words, marks: Marks, beside: Beside) -> None:
        self._words = words
        self._marks = marks
        self._beside = beside
        self._fields = {field.name: field for field in describe("plan").fields}

    def parts(self, plan: Plan) -> Iterator[Part]:
        fields, say = self._fields, self._words.say
        level = (say(fields["detail_level"].label), choice_label(text_of(plan.detail_level)))
        yield Part(sort="facts", pairs=(level,), mark=self._marks.of(""))
        yield from self._rows(fields["scenarios"], plan.scenarios, 1)
        for paragraph in fields["paragraphs"].fields:
            yield heading(say(paragraph.label))
            yield from self._paragraph(paragraph, getattr(plan.paragraphs, paragraph.name))
            if paragraph.name == "situation":
                yield from self._rows(fields["assumptions"], plan.assumptions, 2)
            if paragraph.name == "execution":
                yield from self._rows(fields["phases"], plan.phases, 2)
                yield from self._beside.activities
                yield from self._rows(fields["decision_points"], plan.decision_points, 2)
            if paragraph.name == "command" and plan.organisation:
                yield heading(say(fields["organisation"].label), 2)
                yield self._organisation(plan)
        yield from self._rows(fields["origins"], plan.origins, 1)
        yield from self._annexes(plan)

    def _paragraph(self, field: FieldSpec, held: object) -> Iterator[Part]:
        """One of the five, with its parts by letter; one that says nothing says so, so that none seems to be missing."""
        typed = held.mark if isinstance(held, Row) else ""
        mark = self._marks.of(typed)
        if isinstance(held, str):
            yield from tuple(_text(held, mark, self._words, self._marks)) or self._nothing(mark)
            return
        inside = [inner for inner in field.fields if inner.label != MARK_LABEL]
        written = [(inner, text) for inner in inside if (text := str(getattr(held, inner.name)))]
        if not written:
            yield from self._nothing(mark)
        for letter, (inner, text) in zip(_LETTERS, written, strict=False):
            yield heading(f"{letter}. {self._words.say(inner.label)}", 2)
            yield from _text(text, mark, self._words, self._marks)

    def _organisation(self, plan: Plan) -> Part:
        rows: list[tuple[str, ...]] = []
        marks: list[str] = []
        waiting: list[OrganisationNode] = list(reversed(organisation_tree(plan.organisation)))
        while waiting:
            node = waiting.pop()
            line = node.line
            name = "› " * (node.depth - 1) + line.name
            force = self._words.called(text_of(line.force))
            rows.append((name, text_of(line.command_state), str(line.window), force))
            marks.append(self._marks.of(line.mark))
            waiting.extend(reversed(node.below))
        columns = [self._words.say(label) for label in ("Name", "Command state", "Window", "Force")]
        return marked_table(columns, rows, marks, self._words)

    def _annexes(self, plan: Plan) -> Iterator[Part]:
        """All annexes in a list, the omitted ones too; then each that says anything, on a page of its own.

        Text of one that is called omitted stands there too: paper never holds back what the element says.
        """
        if not plan.annexes:
            return
        say = self._words.say
        yield heading(say("Annexes"))
        for annex in plan.annexes:
            state = "" if annex.state is AnnexState.INCLUDED else f" {say(choice_label(annex.state)).lower()}"
            line = f"{self._words.annex} {annex.letter} ({annex.title}){state}"
            yield Part(sort="items", items=(line,), mark=self._marks.of(annex.mark))
        for annex in plan.annexes:
            if not (annex.text or annex.element):
                continue
            mark = self._marks.of(annex.mark)
            yield heading(f"{self._words.annex} {annex.letter}: {annex.title}", apart=True, mark=mark)
            yield from _text(annex.text, mark, self._words, self._marks)
            if annex.element is not None:
                named = (say("Element"), self._words.called(str(annex.element)))
                yield from self._beside.annexes.get(
                    str(annex.element), (Part(sort="facts", pairs=(named,), mark=mark),)
                )

    def _rows(self, field: FieldSpec, rows: Sequence[Row | msgspec.Struct], level: int) -> Iterator[Part]:
        if not rows:
            return
        inside = [inner for inner in field.fields if inner.label != MARK_LABEL]
        cells = [[self._words.called(_cell(inner, getattr(row, inner.name))) for inner in inside] for row in rows]
        marks = [self._marks.of(row.mark if isinstance(row, Row) else "") for row in rows]
        columns = [self._words.say(inner.label) for inner in inside]
        yield heading(self._words.say(field.label), level)
        yield marked_table(columns, cells, marks, self._words)

    def _nothing(self, mark: str) -> tuple[Part, ...]:
        return (Part(sort="text", text=self._words.nothing, mark=mark),)


def _text(text: str, mark: str, words: Words, marks: Marks) -> Iterator[Part]:
    """A long text, one part for each paragraph, each with its own mark where it has one."""
    for part in paragraphs(text):
        own, rest = marks.split(part)
        yield Part(sort="text", text=words.called(rest), mark=own or mark)


def _cell(field: FieldSpec, value: object) -> str:
    return choice_label(text_of(value)) if field.widget == "choice" else text_of(value)
