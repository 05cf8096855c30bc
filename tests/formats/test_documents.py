"""Files for office programs: the marking in every section, a mark on every portion, and nothing in the file that its text does not say."""

import re
import zipfile
from io import BytesIO

import docx
import msgspec
import openpyxl
import pytest
from hypothesis import given, settings
from lxml import etree

from stafftalks.formats import binding_4778, document, headings, labelling, laid_out, packing, writing
from stafftalks.formats import paper as papers
from stafftalks.formats.paper import Paper, Part
from stafftalks.planning.annexes import Annex, AnnexState
from stafftalks.planning.plans import Paragraphs, Phase, Plan, Situation
from stafftalks.values.ids import PartyId
from stafftalks.values.label import Marking
from stafftalks.values.policies import builtin
from tests.planning.cast import contents
from tests.planning.make_vectors import content_of

BANNER = "XMR SECRET//REL TO XMR, XTV"
MARKS = laid_out.Marks(
    lambda typed: typed or "S", lambda text: ("R", text[4:]) if text.startswith("(R) ") else ("", text)
)
PLAN = Plan(
    title="Convoys through the strait",
    paragraphs=Paragraphs(situation=Situation(general="First.\n\n(R) Second.", mark="C"), mission="Keep it open."),
    phases=(Phase(id="P1", name="Sweep", mark="R"), Phase(id="P2", name="Escort")),
    annexes=(
        Annex(letter="B", title="Intelligence", state=AnnexState.INCLUDED, text="What is known."),
        Annex(letter="C", title="Operations", state=AnnexState.INCLUDED, text="What is done.", mark="R"),
        Annex(letter="R", title="Reports"),
    ),
)  # fmt: skip
NAMES = (b"docx", b"openpyxl", b"microsoft", b"macintosh", b"libreoffice", b"typst", b"stafftalks")
NAMESPACES = re.compile(
    rb"urn:schemas-microsoft-com[^\"<]*|http://schemas\.microsoft\.com[^\"<]*|application/vnd\.[^\"<]*"
)


def paper(*parts: Part, **changes: object) -> Paper:
    made = Paper(
        title="Convoys through the strait", kind="Plan", author="Meridia (XMR)", banner=BANNER, language="en", direction="ltr",
        cover=(("Whose text", "Meridia (XMR)"),), foot="Meridia (XMR)", page="Page", of="of", parts=parts,
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)


def plan() -> Paper:
    return paper(*laid_out.parts(PLAN, marks=MARKS))


def lines(raw: bytes) -> list[str]:
    return [found.text for found in docx.Document(BytesIO(raw)).paragraphs if found.text]


def test_the_marking_stands_in_the_header_and_footer_of_every_section() -> None:
    opened = docx.Document(BytesIO(document.docx_of(plan())))
    assert len(opened.sections) == 3, "the plan, and each annex that is there"
    for section in opened.sections:
        assert not section.header.is_linked_to_previous
        assert not section.footer.is_linked_to_previous
        assert [found.text for found in section.header.paragraphs] == [BANNER]
        assert section.footer.paragraphs[0].text == BANNER


def test_the_five_paragraphs_stand_numbered_and_annexes_follow() -> None:
    said = lines(document.docx_of(plan()))
    wanted = [
        "1 Situation",
        "2 Mission",
        "3 Execution",
        "4 Administration and logistics",
        "5 Command and control",
        "Annexes",
    ]
    assert [line for line in said if line in wanted] == wanted
    assert "(R) Annex C: Operations" in said
    assert "(S) Annex R (Reports) omitted" in said


def test_each_paragraph_is_led_by_its_mark_and_each_table_has_a_column_of_them() -> None:
    raw = document.docx_of(plan())
    said = lines(raw)
    assert said[said.index("a. General") + 1 :][:2] == ["(C) First.", "(R) Second."]
    assert "(S) Keep it open." in said
    assert "(S) Nothing written." in said
    opened = docx.Document(BytesIO(raw))
    text = [found for found in opened.paragraphs if found.text and found.style.name in ("Normal", "List Bullet")]
    assert text
    assert all(re.match(r"\([A-Z]+\) ", found.text) for found in text)
    tables = opened.tables[1:]  # the first is the cover, which says the marking in words
    for table in tables:
        assert all(row.cells[0].text in ("(R)", "(S)", "Portion mark") for row in table.rows)
    phases = next(table for table in tables if "Escort" in [cell.text for cell in table.columns[2].cells])
    assert [row.cells[0].text for row in phases.rows] == ["Portion mark", "(R)", "(S)"]


def test_where_nothing_is_marked_nothing_is_invented() -> None:
    said = lines(document.docx_of(paper(*laid_out.parts(PLAN))))
    assert "Keep it open." in said
    assert not any(line.startswith("(S)") for line in said)


def test_the_same_paper_gives_the_same_bytes_and_tells_nothing_besides() -> None:
    made = plan()
    raw = document.docx_of(made)
    assert raw == document.docx_of(made)
    with zipfile.ZipFile(BytesIO(raw)) as pack:
        assert {member.date_time for member in pack.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert len({(one.create_system, one.external_attr, one.comment, one.extra) for one in pack.infolist()}) == 1
        assert pack.comment == b""
    parts = packing.unpacked(raw)
    assert [name for name in parts if name.startswith(("docProps/", "customXml/"))] == ["docProps/core.xml"]
    assert not any("thumbnail" in name or name.endswith((".jpeg", ".png")) for name in parts)
    core = etree.fromstring(parts["docProps/core.xml"])
    assert {etree.QName(found).localname: found.text for found in core} == {"title": made.title, "language": "en"}
    for name, part in parts.items():
        assert not any(word in NAMESPACES.sub(b"", part).lower() for word in NAMES), name
        assert b"rsid" not in part, name
    assert b"removePersonalInformation" in parts["word/settings.xml"]
    assert b"removeDateAndTime" in parts["word/settings.xml"]


def test_a_workbook_tells_nothing_besides_and_keeps_its_marking() -> None:
    fields = headings.targets("force")[:2]
    rows = [["(S)", "1st Squadron", "1 SQN"], ["(R)", "2nd Squadron", "2 SQN"]]
    raw = writing.workbook("Forces", fields, ["Portion mark", "Title", "Short name"], rows, BANNER)
    assert raw == writing.workbook("Forces", fields, ["Portion mark", "Title", "Short name"], rows, BANNER)
    parts = packing.unpacked(raw)
    assert [name for name in parts if name.startswith("docProps/")] == ["docProps/core.xml"]
    for name, part in parts.items():
        if "theme" not in name:  # the names of fonts
            assert not any(word in NAMESPACES.sub(b"", part).lower() for word in NAMES), name
    book = openpyxl.load_workbook(BytesIO(raw))
    sheet = book.active
    assert sheet["A1"].value == BANNER
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["Portion mark", "(S)", "(R)"]
    assert sheet.oddHeader.center.text == sheet.oddFooter.center.text == BANNER
    assert set(sheet.defined_names) == {"_xlnm.Print_Titles"} or not sheet.defined_names
    assert not book.defined_names


@pytest.mark.parametrize("form", ["docx", "xlsx"])
def test_the_binding_of_a_label_is_in_the_file_and_belongs_to_what_it_is_about(form: str) -> None:
    policies = builtin(PartyId("XMR"))
    content = msgspec.structs.replace(PLAN, marking=Marking("XMR", "SECRET", ("REL TO XMR, XTV",)))
    bound = labelling.binding_of(policies, [labelling.labelling(policies, content)], 1_763_812_800)
    if form == "docx":
        raw, main = document.docx_of(plan(), binding=bound), document.MAIN
    else:
        raw, main = writing.workbook("T", (), ["Portion mark"], [["(S)"]], BANNER, binding=bound), writing.MAIN
    parts = packing.unpacked(raw)
    ((label, uris),) = binding_4778.bound(parts["customXml/item1.xml"])
    assert label.label.classification == "SECRET"
    assert f"pack:///{main}" in uris
    assert {uri.removeprefix("pack:///") for uri in uris} < set(parts)
    folder, name = main.split("/")
    relations = etree.fromstring(parts[f"{folder}/_rels/{name}.rels"])
    (found,) = [one for one in relations if one.get("Type").endswith("/customXml")]
    assert found.get("Target") == "../customXml/item1.xml"
    assert b"itemProps1.xml" in parts["customXml/_rels/item1.xml.rels"]
    assert b"/customXml/itemProps1.xml" in parts["[Content_Types].xml"]
    opened = docx.Document(BytesIO(raw)) if form == "docx" else openpyxl.load_workbook(BytesIO(raw))
    assert opened is not None


def test_a_pdf_bears_no_date_and_no_program() -> None:
    raw = papers.pdf(plan())
    assert raw == papers.pdf(plan())
    assert b"Typst" not in raw
    assert b"CreationDate" not in raw
    assert b"ModDate" not in raw
    # What was left out keeps its place: the table of objects at the end still points at each.
    at = int(re.search(rb"startxref\s+(\d+)", raw)[1])
    assert raw[at : at + 4] == b"xref"
    starts = [int(found) for found in re.findall(rb"(\d{10}) 00000 n", raw[at:])]
    assert all(re.match(rb"\d+ 0 obj", raw[start : start + 12]) for start in starts)


def test_a_title_that_looks_like_the_name_of_the_program_stays_as_it_is() -> None:
    title = "/Creator(Typst 0.15.1)<xmp:CreatorTool>Typst 0.15.1</xmp:CreatorTool>"
    said = papers.pdf(paper(title=title))
    assert said.count(b"Typst 0.15.1") == 4, "twice in each place where titles stand, and nowhere else"


def test_text_stays_text() -> None:
    hostile = "</w:t></w:r><w:p/> &amp; <!DOCTYPE x> {=1+1} \ufffe\tx\nnext \"q\" 's' ]]>"
    said = lines(document.docx_of(paper(Part(sort="text", text=hostile, mark="S"), title=hostile)))
    assert hostile.replace("\ufffe", "\ufffd") in said
    assert f"(S) {hostile}".replace("\ufffe", "\ufffd") in said


def test_right_to_left_text_is_set_so() -> None:
    raw = document.docx_of(
        paper(Part(sort="text", text="עברית"), Part(sort="text", text="Latin"), direction="rtl", language="he")
    )
    main = packing.unpacked(raw)["word/document.xml"].decode()
    assert re.search(r"<w:bidi/></w:pPr><w:r><w:rPr><w:rtl/></w:rPr><w:t [^>]*>עברית", main)
    assert re.search(r"</w:pPr><w:r><w:t [^>]*>Latin", main)
    assert "<w:bidiVisual/>" in main
    assert 'w:lang w:val="he"' in packing.unpacked(raw)["word/styles.xml"].decode()


@settings(max_examples=25, deadline=None)
@given(contents())
def test_every_kind_becomes_a_document_that_holds_all_its_text(content: object) -> None:
    raw = document.docx_of(paper(*laid_out.parts(content, marks=MARKS)))
    opened = docx.Document(BytesIO(raw))
    said = "".join("".join(opened.element.itertext()).split())
    for part in laid_out.parts(content, marks=MARKS):
        for text in (
            part.text,
            *part.items,
            *(cell for pair in part.pairs for cell in pair),
            *(cell for row in part.rows for cell in row),
        ):
            legal = re.sub(r"[\ufffe\uffff]", "\ufffd", text)
            assert "".join(legal.split()) in said


def test_a_plan_of_thousands_of_rows_is_written_quickly() -> None:
    rows = tuple(Phase(id=f"P{n}", name=f"Phase {n}") for n in range(3_000))
    raw = document.docx_of(
        paper(*laid_out.parts(msgspec.structs.replace(content_of("plan"), phases=rows), marks=MARKS))
    )
    assert len(docx.Document(BytesIO(raw)).element.body.xpath(".//w:tr")) > 3_000


def test_portions_are_marked_as_the_policy_writes_them_and_the_banner_covers_them_all() -> None:
    policies = builtin(PartyId("XMR"))
    marking = Marking("XMR", "RESTRICTED", ("REL TO XMR, XTV",))
    situation = Situation(general="First.\n\n(SECRET) Second.\n\n(US) Embassies.", mark="C//REL TO XTV")
    content = msgspec.structs.replace(PLAN, marking=marking, paragraphs=Paragraphs(situation=situation))
    one = labelling.labelling(policies, content)
    assert one.marks.of("") == "R//REL TO XMR, XTV"
    assert one.marks.of("CONFIDENTIAL") == "C"
    assert one.marks.of("no mark") == "no mark"
    assert one.marks.split("(SECRET) Second.") == ("S", "Second.")
    assert one.marks.split("(US) Embassies.") == ("", "(US) Embassies.")
    assert labelling.banner(policies, [one]).startswith("XMR SECRET"), "the highest of its portions"
    unmarked = labelling.labelling(policies, Plan(title="Unmarked"), "none")
    assert not unmarked.marked
    assert unmarked.marks.of("") == "none"
    odd = labelling.labelling(policies, msgspec.structs.replace(PLAN, marking=Marking("ELSE", "DEEP"), phases=()))
    together = labelling.banner(policies, [one, odd])
    assert {"ELSE DEEP", "XMR SECRET"} <= set(together.split(" | ")), "what cannot be read stands beside the rest"
    assert {label.policy for label in labelling.labels(policies, [one, odd])} == {"XMR"}


def test_labels_that_permit_nobody_together_are_not_bound_in_part() -> None:
    policies = builtin(PartyId("XMR"))
    several = [
        labelling.labelling(policies, Plan(title="P", marking=Marking("XMR", "SECRET", (caveat,))))
        for caveat in ("XTV ONLY", "XPA ONLY")
    ]
    bound = labelling.binding_of(policies, several, 0)
    assert (bound([f"pack:///{document.MAIN}"]) == b"") == any(
        category.values == () for label in labelling.labels(policies, several) for category in label.categories
    )
    raw = document.docx_of(plan(), binding=bound)
    assert docx.Document(BytesIO(raw)).sections
