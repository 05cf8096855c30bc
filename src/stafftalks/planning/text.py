"""The texts inside elements, their limits, and how a field says what it asks for.

Every field of every kind is declared once, with its label and help, as `Annotated[type, ask(label, help)]`; forms,
differences, summaries and the specification are all read from there. Text that people type is brought to NFC when it
is typed (see `forms`); bytes that arrive are kept as they are, because which characters NFC changes depends on the
Unicode version of the reader.
"""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from stafftalks.planning.refs import ExactRef
from stafftalks.values.label import LineItem, LineText, Marking

MAX_TEXT = 200_000
"""Characters in a long text."""
MAX_ROWS = 10_000
"""Rows in a table."""

Line = LineText
Text = Annotated[str, Meta(max_length=MAX_TEXT, pattern=r"\A[^\x00-\x08\x0b-\x1f\x7f]*\Z")]
"""Text of any number of lines, separated by LF; no control characters but tab and LF."""
Name = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\A[^\x00-\x1f\x7f]+\Z")]
"""A line that may not be empty."""
Prose = Annotated[str, Meta(min_length=1, max_length=MAX_TEXT, pattern=r"\A[^\x00-\x08\x0b-\x1f\x7f]+\Z")]
"""Text that may not be empty."""
RowId = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"\A[^\s\x00-\x1f\x7f]+\Z")]
"""A row's own name inside its element, as `B1`: without spaces, unique among its rows, kept when the row moves."""
Lines = Annotated[tuple[LineItem, ...], Meta(max_length=MAX_ROWS)]
"""Short texts, one a line."""


def ask(label: str, description: str, *, widget: str = "") -> Meta:
    """What a field is called and what to write into it; `widget` only where the type does not say."""
    return Meta(title=label, description=description, extra={"widget": widget} if widget else None)


MARK_LABEL: Final = "Portion mark"
"""What the field with a row's own marking is called."""
Contingency = Annotated[Line, ask("Contingency", "A name that groups elements made for the same case. May be empty.")]
Mark = Annotated[Marking, ask("Marking", "The confidentiality marking, exactly as its originator gives it.")]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A named group of fields inside an element, marked as what it stands in."""

    def derived(self) -> tuple[tuple[str, str], ...]:
        """Further (label, text) that follow from these fields, to be shown with them and never stored."""
        return ()


class Row(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A portion of an element: one line of a table, or a paragraph, which may bear a marking of its own."""

    mark: Annotated[
        Line,
        ask(
            MARK_LABEL,
            "Its own marking under the element's policy, as S or R//REL TO XMR. Empty: as what it stands in.",
        ),
    ] = ""


class Origin(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an element is drawn from: somebody's exact release, with the marking that its originator gave it."""

    source: Annotated[ExactRef, ask("Source", "The exact version drawn on, as PARTY/element/version.")]
    parts: Annotated[Lines, ask("Parts used", "Which parts, as branches.B1, one a line. Empty: all of it.")] = ()
    marking: Annotated[Marking, ask("Its marking", "As its originator gave it; never changed.")] = Marking()


Origins = Annotated[
    tuple[Origin, ...],
    Meta(max_length=MAX_ROWS),
    ask("Drawn from", "Releases of others that this draws on. Passing it on needs their consent."),
]


class Titled(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """What every content has; the tag `kind` says which it is."""

    title: Annotated[Name, ask("Title", "A short name that tells this element apart.")]
    contingency: Contingency = ""
    marking: Mark = Marking()
    origins: Origins = ()


class Talk(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """What every content about another element has; its title may be empty."""

    title: Annotated[Line, ask("Title", "A short heading. May be empty.")] = ""
    contingency: Contingency = ""
    marking: Mark = Marking()
    origins: Origins = ()
