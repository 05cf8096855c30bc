"""A paper to be printed: parts in order, set by typst into a paginated PDF with the banner at the top and bottom of every page.

Everything typed by people goes to typst as data (one JSON text) and is set as strings; the template is ours and is part of this package. typst
compiles in this process, downloads nothing, and reads no file but fonts. Each text that runs against the paper's direction carries its own.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from typing import Final, Literal

import msgspec
import typst

from stafftalks.values.errors import HostError

Direction = Literal["ltr", "rtl"]
Sort = Literal["heading", "text", "facts", "items", "table", "picture"]
_STRONG: Final = {"L": "ltr", "R": "rtl", "AL": "rtl"}
_PROGRAM: Final = re.compile(
    rb"(/Creator\()(Typst [0-9.]{1,20})(?=\)>>\nendobj)"
    rb"|(\nstream\n<\?xpacket [^\n]*?<xmp:CreatorTool>)(Typst [0-9.]{1,20})(?=</xmp:CreatorTool>)"
)
_NUMBERS: Final = re.compile(r"-?\d+(?:\.\d+)?(?:\s*[,;/–-]\s*-?\d+(?:\.\d+)?)+")


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a paper. `mark` is its portion mark, empty where it bears none; `apart` begins a page; `widths` are shares of the line; `svg` is a picture, which `text` says in words."""

    sort: Sort
    text: str = ""
    level: int = 1
    apart: bool = False
    mark: str = ""
    pairs: tuple[tuple[str, str], ...] = ()
    items: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    svg: str = ""


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What stands around whatever a paper shows: `cover` says whose it is and who can see it, `foot` stands on every page, `page` and `of` are the words of `Page 1 of 9`."""

    kind: str
    author: str
    banner: str
    language: str
    direction: Direction
    cover: tuple[tuple[str, str], ...]
    foot: str
    page: str
    of: str


class Paper(Frame, frozen=True, kw_only=True):
    """A whole paper. `single` sets all of it on one sheet, as tall as it needs: a picture to be put into other documents."""

    title: str
    parts: tuple[Part, ...]
    single: bool = False


def heading(text: str, level: int = 1, *, mark: str = "", apart: bool = False) -> Part:
    """A heading; level 1 is the largest."""
    return Part(sort="heading", text=text, level=level, mark=mark, apart=apart)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, mark: str = "", wide: Sequence[int] = ()) -> Part:
    """A table without the columns that no row fills; `wide` gives the columns' shares of the line, in the order of `columns`."""
    listed = [tuple(row) for row in rows]
    kept = [at for at in range(len(columns)) if any(row[at] for row in listed)] or [0]
    return Part(
        sort="table",
        mark=mark,
        columns=tuple(columns[at] for at in kept),
        widths=tuple(wide[at] if wide else _width(listed, at) for at in kept),
        rows=tuple(tuple(row[at] for at in kept) for row in listed),
    )


def direction(text: str) -> Direction | None:
    """The direction of `text` by its first letter that has one; None where neither letter nor digit has.

    Digits alone run from the left: set the other way, `36.85, 34.64` would name another place.
    """
    for mark in text:
        if found := _STRONG.get(unicodedata.bidirectional(mark)):
            return "rtl" if found == "rtl" else "ltr"
    return "ltr" if any(mark.isdigit() for mark in text) else None


def pdf(paper: Paper) -> bytes:
    """The paper as PDF, tagged for screen readers; the same paper gives the same bytes. Raises HostError where it cannot be set.

    It bears no date, and its ids follow from what it says. With which program it was set is left out; both places keep their length, because the
    rest of a PDF is found by position. No title can look like either: the one ends with its line, the other stands where angles are escaped.
    """
    return _PROGRAM.sub(_unsaid, b"".join(_set(paper, "pdf")))


def pictures(paper: Paper, ppi: int = 72) -> list[bytes]:
    """Each page as PNG: what the PDF looks like."""
    return _set(paper, "png", ppi)


def drawings(paper: Paper) -> list[bytes]:
    """Each page as SVG, its words as outlines: it looks the same everywhere and needs no font."""
    return _set(paper, "svg")


def _unsaid(found: re.Match[bytes]) -> bytes:
    before, program = (group for group in found.groups() if group is not None)
    return before + b" " * len(program)


def _set(paper: Paper, form: str, ppi: int = 72) -> list[bytes]:
    data = msgspec.json.encode(_plain(paper)).decode()
    try:
        made = typst.compile(_template(), format=form, ppi=float(ppi), sys_inputs={"paper": data})  # type: ignore[call-overload]
    except RuntimeError as error:
        raise HostError(f"The paper could not be set for printing: {str(error)[:300]}") from error
    return [bytes(page) for page in made] if isinstance(made, list) else [bytes(made or b"")]


@cache
def _template() -> bytes:
    return resources.files(__package__).joinpath("paper.typ").read_bytes()


def _plain(paper: Paper) -> dict[str, object]:
    """The paper as the template reads it: each text as itself, or with its direction before it where that is not the paper's."""

    def said(text: str) -> object:
        found = direction(text)
        if found == "rtl":
            # Several numbers stay in the order they are written in, as latitude before longitude.
            text = _NUMBERS.sub("\u2066\\g<0>\u2069", text)
        return text if found in (None, paper.direction) else [found, text]

    plain = msgspec.structs.asdict(paper)
    plain["name"] = said(paper.title)
    plain["cover"] = [(label, said(text)) for label, text in paper.cover]
    plain["parts"] = [
        {
            "sort": part.sort,
            "text": said(part.text),
            "level": part.level,
            "apart": part.apart,
            "mark": part.mark,
            "pairs": [(label, said(text)) for label, text in part.pairs],
            "items": [said(item) for item in part.items],
            "columns": part.columns,
            "widths": part.widths,
            "rows": [[said(cell) for cell in row] for row in part.rows],
            "svg": part.svg,
        }
        for part in paper.parts
    ]
    return plain


def _width(rows: Sequence[Sequence[str]], at: int) -> int:
    """A column's share: what its longer cells need, within bounds."""
    lengths = sorted(len(row[at]) for row in rows[:500])
    return min(40, max(7, lengths[int(len(lengths) * 0.9)] if lengths else 7))
