"""A paper as a Word document (DOCX): the same parts, in the same order, as the PDF and the page to be printed.

The marking stands in the header and footer of every section, which each has of its own, so that no section loses it when it is moved; every
paragraph is led by its portion mark, and every table has a column of them. The document begins from a template of ours and not from the library's
own, which brings along another program's name, a picture of a page and dates. It asks office programs to leave out names and dates when they save.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from io import BytesIO
from typing import Final

import docx
from docx.document import Document
from docx.enum.section import WD_SECTION
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm
from lxml import etree

from stafftalks.formats import packing
from stafftalks.formats.packing import Binding
from stafftalks.formats.paper import Direction, Paper, Part, direction

TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MAIN: Final = "word/document.xml"
"""The part that the document is, which a label is bound to."""
_LINE_MM: Final = 170
_TWENTIETHS_IN_MM: Final = 1440 / 25.4
_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PROGRAMS: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ILLEGAL: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_LOWEST: Final = 4


def docx_of(paper: Paper, *, binding: Binding | None = None) -> bytes:
    """The paper as DOCX with its labels bound to it; the same paper gives the same bytes."""
    document = docx.Document(BytesIO(_template(paper.language)))
    writer = _Writer(document, paper)
    writer.front()
    for part in paper.parts:
        writer.add(part)
    out = BytesIO()
    document.save(out)
    return packing.bare(out.getvalue(), MAIN, title=_legal(paper.title), language=paper.language, binding=binding)


class _Writer:
    """Puts the parts of a paper into a document one after another."""

    def __init__(self, document: Document, paper: Paper) -> None:
        self._document = document
        self._paper = paper
        self._body = document.element.body
        self._dress(document.sections[0])

    def front(self) -> None:
        """What stands above the first part: kind, title, cover."""
        self._put(self._paragraph("Subtitle", self._paper.kind))
        self._put(self._paragraph("Title", self._paper.title))
        self._put(self._table("TableFacts", (), self._paper.cover, (1, 3)))

    def add(self, part: Part) -> None:
        """One more part at the end; one that stands apart begins a section."""
        match part.sort:
            case "heading":
                if part.apart:
                    self._dress(self._document.add_section(WD_SECTION.NEW_PAGE))
                self._put(self._paragraph(f"Heading{min(part.level, _LOWEST)}", part.text, part.mark))
            case "text":
                self._put(self._paragraph("Normal", part.text, part.mark))
            case "items":
                for item in part.items:
                    self._put(self._paragraph("ListBullet", item, part.mark))
            case "facts" if part.mark:
                rows = [(f"({part.mark})", *pair) for pair in part.pairs]
                self._put(self._table("TableFacts", (), rows, (2, 3, 7)))
            case "facts":
                self._put(self._table("TableFacts", (), part.pairs, (1, 3)))
            case "table":
                if part.mark:
                    self._put(self._paragraph("Cell", "", part.mark))
                self._put(self._table("TableGrid", part.columns, part.rows, part.widths))

    def _dress(self, section: Section) -> None:
        """Gives a section its own header and footer, and the page of the paper."""
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(20)
        section.top_margin, section.bottom_margin = Mm(26), Mm(29)
        if self._paper.direction == "rtl":
            section._sectPr.append(_tag("w:bidi"))  # noqa: SLF001 - python-docx has no name for it
        header, footer = section.header, section.footer
        header.is_linked_to_previous = footer.is_linked_to_previous = False
        for paragraph in (*header.paragraphs, *footer.paragraphs):
            paragraph._p.getparent().remove(paragraph._p)  # noqa: SLF001
        header._element.append(self._paragraph("Header", self._paper.banner, bold=True))  # noqa: SLF001
        foot = footer._element  # noqa: SLF001
        foot.append(self._paragraph("Footer", self._paper.banner, bold=True))
        foot.append(self._paragraph("Footer", self._paper.foot))
        foot.append(self._page_number())

    def _page_number(self) -> "etree._Element":
        paragraph = self._paragraph("Footer", "")
        for word, field in ((self._paper.page, "PAGE"), (self._paper.of, "NUMPAGES")):
            paragraph.extend((_run(f"{word} "), _tag("w:fldSimple", _run("1"), instr=field), _run(" ")))
        return paragraph

    def _put(self, block: "etree._Element") -> None:
        self._body.insert(len(self._body) - 1, block)  # the last child is the properties of the last section
        if block.tag == qn("w:tbl"):  # tables that follow each other would grow together
            self._body.insert(len(self._body) - 1, self._paragraph("Cell", ""))

    def _paragraph(self, style: str, text: str, mark: str = "", *, bold: bool = False) -> "etree._Element":
        """A paragraph in the direction of its text, led by its portion mark."""
        way = direction(text) or self._paper.direction
        about = _tag("w:pPr", _tag("w:pStyle", val=style), *_if(way == "rtl", "w:bidi"))
        lead = (_run(f"({mark})", style="PortionMark"), _run(" ", way=way)) if mark else ()
        return _tag("w:p", about, *lead, *((_run(text, bold=bold, way=way),) if text else ()))

    def _table(
        self, style: str, columns: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]
    ) -> "etree._Element":
        """A table whose headings are repeated on every page and whose rows are not divided."""
        whole = round(_LINE_MM * _TWENTIETHS_IN_MM)
        shares = [str(whole * width // sum(widths)) for width in widths]
        about = _tag(
            "w:tblPr",
            _tag("w:tblStyle", val=style),
            *_if(self._paper.direction == "rtl", "w:bidiVisual"),
            _tag("w:tblW", w=str(whole), type="dxa"),
            _tag("w:tblLayout", type="fixed"),
        )
        headings = [self._row(columns, shares, heading=True)] if any(columns) else []
        grid = _tag("w:tblGrid", *(_tag("w:gridCol", w=share) for share in shares))
        return _tag("w:tbl", about, grid, *headings, *(self._row(row, shares) for row in rows))

    def _row(self, cells: Sequence[str], shares: Sequence[str], *, heading: bool = False) -> "etree._Element":
        about = _tag("w:trPr", _tag("w:cantSplit"), *_if(heading, "w:tblHeader"))
        filled = (
            _tag(
                "w:tc", _tag("w:tcPr", _tag("w:tcW", w=share, type="dxa")), self._paragraph("Cell", text, bold=heading)
            )
            for text, share in zip(cells, shares, strict=True)
        )
        return _tag("w:tr", about, *filled)


def _run(text: str, *, bold: bool = False, style: str = "", way: Direction | None = None) -> "etree._Element":
    """A run of text; line ends in it stay line ends."""
    said = []
    for at, line in enumerate(_legal(text).split("\n")):
        said += [_tag("w:br")] if at else []
        for number, piece in enumerate(line.split("\t")):
            said += [_tag("w:tab")] if number else []
            said.append(_tag("w:t"))
            said[-1].text = piece
            said[-1].set(_SPACE, "preserve")
    about = (
        *((_tag("w:rStyle", val=style),) if style else ()),
        *_if(bold, "w:b", "w:bCs"),
        *_if(way == "rtl", "w:rtl"),
    )
    return _tag("w:r", *((_tag("w:rPr", *about),) if about else ()), *said)


def _tag(name: str, *inside: "etree._Element", **attributes: str) -> "etree._Element":
    """An element of WordprocessingML with these attributes and what stands in it."""
    made = etree.Element(qn(name), {qn(f"w:{attribute}"): value for attribute, value in attributes.items()})
    made.extend(inside)
    return made


def _if(so: bool, *names: str) -> tuple["etree._Element", ...]:  # noqa: FBT001
    return tuple(_tag(name) for name in names) if so else ()


def _legal(text: str) -> str:
    """`text` with what XML cannot hold written as the sign for it."""
    return _ILLEGAL.sub("\ufffd", text)


@cache
def _template(language: str) -> bytes:
    """An empty document: styles of ours, a bullet, and settings that keep names and dates out."""
    styles = resources.files(__package__).joinpath("document_styles.xml").read_text("utf-8")
    plain = re.sub(r"[^A-Za-z-]", "", language) or "en"
    word = f'xmlns:w="{_WORD}"'
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{MAIN}" ContentType="{_PROGRAMS}.document.main+xml"/>'
        + "".join(
            f'<Override PartName="/word/{name}.xml" ContentType="{_PROGRAMS}.{name}+xml"/>'
            for name in ("styles", "settings", "numbering")
        )
        + "</Types>",
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="document" Type="{_RELATIONS}/officeDocument" Target="{MAIN}"/></Relationships>',
        "word/_rels/document.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + "".join(
            f'<Relationship Id="{name}" Type="{_RELATIONS}/{name}" Target="{name}.xml"/>'
            for name in ("styles", "settings", "numbering")
        )
        + "</Relationships>",
        MAIN: f"<w:document {word}><w:body><w:sectPr/></w:body></w:document>",
        "word/styles.xml": styles.replace('w:lang w:val="en"', f'w:lang w:val="{plain}"'),
        "word/settings.xml": f"<w:settings {word}><w:removePersonalInformation/><w:removeDateAndTime/>"
        '<w:defaultTabStop w:val="720"/><w:compat><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>',
        "word/numbering.xml": f'<w:numbering {word}><w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="singleLevel"/>'
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="left"/>'
        '<w:pPr><w:ind w:left="360" w:hanging="280"/></w:pPr></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>',
    }
    return packing.packed({name: part.encode() for name, part in parts.items()})
