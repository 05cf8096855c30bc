"""Elements on paper: banners on every page, whose text it is, portion marks, the five paragraphs, and never a release."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stafftalks.formats import packing
from stafftalks.formats import paper as papers
from stafftalks.planning.refs import ElementRef
from stafftalks.services import elements, labels, prints
from stafftalks.web.papers import paper_of
from tests.fakes import AUDITOR, HEAD, PLANNER
from tests.web.conftest import Enter
from tests.web.world import PLAN, World, content

MARKED = {"policy": "XMR", "classification": "RESTRICTED"}


def plan_of(world: World, activities: int = 3) -> elements.ElementRow:
    fields = {
        **PLAN,
        "marking": MARKED,
        "annexes": [
            {"letter": "A", "title": "Task Organization", "state": "included", "text": "As in the table."},
            {"letter": "R", "title": "Reports"},
        ],
        "organisation": [{"id": "T1", "name": "Escort group"}, {"id": "T2", "name": "3rd Squadron", "under": "T1"}],
        "decision_points": [{"id": "DP1", "decision": "Stop the convoys?", "ltiov": "C+2"}],
    }
    plan = elements.add(world.hq, PLANNER, content("plan", **fields))
    for n in range(activities):
        made = content(
            "activity", title=f"Convoy {n:05d}", what="Escort", window=f"C+{n % 20} to C+{n % 20 + 1}",
            phase="P2" if n % 2 else "P1", plan=f"{world.hq.party}/{plan.id}",
            marking={"policy": "XMR", "classification": "SECRET"} if n == 1 else {},
        )  # fmt: skip
        elements.add(world.hq, PLANNER, made)
    return plan


def test_a_plan_is_printed_as_pdf_and_the_journal_records_it(story: World, enter: Enter) -> None:
    plan = plan_of(story)
    answer = enter(PLANNER).get(reverse("print-pdf", args=[story.hq.party, plan.id]))
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
    _total, lines = story.hq.journal.find(subject=plan.id, limit=1)
    assert lines[0].act == "printed"


def test_the_print_view_says_whose_it_is_and_marks_each_part(story: World, enter: Enter) -> None:
    plan = plan_of(story)
    html = enter(PLANNER).get(reverse("print-view", args=[story.hq.party, plan.id])).content.decode()
    assert html.count("XMR SECRET") >= 3, "the highest marking of what is printed stands at top and bottom"
    assert "(R)" in html
    assert '<td dir="auto" class="long">(S)</td>' in html, "each row of a table bears its own"
    for words in (
        "1 Situation", "2 Mission", "3 Execution", "4 Administration and logistics", "5 Command and control",
        "Nothing written.", "Annex R (Reports) omitted", "Annex A: Task Organization", "Escort group", "Stop the convoys?",
        "Ours, at home only", "Our own people only", "not a release",
    ):  # fmt: skip
        assert words in html, words


def test_a_partners_text_prints_as_theirs(story: World, enter: Enter) -> None:
    theirs = elements.add(story.torvia, PLANNER, content("scenario", title="Ice in the lane"))
    story.release(story.torvia, theirs, "scenarios", "XMR")
    story.settle()
    html = enter(HEAD).get(reverse("print-view", args=["XTV", theirs.id])).content.decode()
    assert "Theirs: Torvia (XTV)" in html
    assert "Ours" not in html.split("<article")[1].split("</article>")[0]


def test_what_cannot_be_read_cannot_be_printed(story: World, enter: Enter) -> None:
    client = enter(AUDITOR)
    assert client.get(reverse("print-pdf", args=["XTV", "a" * 26])).status_code == 404
    assert client.get(reverse("print-view", args=["XMR", "a" * 26])).status_code == 404


def test_nothing_typed_becomes_markup(story: World) -> None:
    hostile = '#read("/etc/passwd") #import "@preview/x:1.0.0": * $x^2$ *b* <label> @ref \\ ` // /* '
    row = elements.add(story.hq, PLANNER, content("report", title=hostile, said=hostile * 3, contingency=hostile))
    material = prints.gather(story.hq, ElementRef(story.hq.party, row.id))
    assert material is not None
    paper = paper_of(material, labels.policies(story.hq), person=PLANNER, hq_party=story.hq.party, names={}, now=0)
    assert papers.pdf(paper).startswith(b"%PDF-")


@pytest.mark.parametrize("kind", ["scenario", "report", "option", "minutes", "force", "requirement"])
def test_every_kind_can_be_printed(
    story: World, enter: Enter, kind: str, every: Callable[[str], dict[str, object]]
) -> None:
    row = elements.add(story.hq, PLANNER, content(kind, **every(kind)))
    client = enter(PLANNER)
    assert client.get(reverse("print-view", args=[story.hq.party, row.id])).status_code == 200
    assert client.get(reverse("print-pdf", args=[story.hq.party, row.id])).content.startswith(b"%PDF-")


@pytest.fixture
def every() -> Callable[[str], dict[str, object]]:
    """What a kind needs at least."""
    needed = {"said": "Said.", "serial": "1", "capability": "Tankers", "series": "Staff talks", "session": "1"}

    def fields(kind: str) -> dict[str, object]:
        from stafftalks.planning.forms import describe

        names = {field.name for field in describe(kind).fields if field.required}
        return {"title": "שם בעברית", **{name: text for name, text in needed.items() if name in names}}

    return fields


def test_right_to_left_text_carries_its_direction(story: World) -> None:
    assert papers.direction("123 שלום") == "rtl"
    assert papers.direction("12 (C+3)") == "ltr"
    assert papers.direction("36.85, 34.64") == "ltr"
    assert papers.direction("…") is None
    row = elements.add(story.hq, PLANNER, content("report", title="דוח", said="טקסט\n\nLatin"))
    material = prints.gather(story.hq, ElementRef(story.hq.party, row.id))
    assert material is not None
    paper = paper_of(
        material, labels.policies(story.hq), person=PLANNER, hq_party=story.hq.party, names={}, now=0, turned=True
    )
    assert paper.direction == "rtl"
    assert len(papers.pictures(paper)) == 1


def test_printing_asks_no_more_of_the_database_with_more_activities(story: World, enter: Enter) -> None:
    client, counts = enter(PLANNER), []
    for count in (2, 60):
        plan = plan_of(story, count)
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("print-view", args=[story.hq.party, plan.id]))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_pages_are_numbered_and_bear_the_banner(story: World) -> None:
    plan = plan_of(story, 120)
    material = prints.gather(story.hq, ElementRef(story.hq.party, plan.id))
    assert material is not None
    paper = paper_of(material, labels.policies(story.hq), person=PLANNER, hq_party=story.hq.party, names={}, now=0)
    pages = papers.pictures(paper, 20)
    assert len(pages) > 3
    assert len(re.findall(rb"/Type\s*/Page\b", papers.pdf(paper))) == len(pages)


def handed_out(client: Client, world: World, element: str, form: str) -> HttpResponse:
    return client.get(reverse("handout", args=[world.accord, "XTV", element, form]))


def test_what_a_partner_holds_is_handed_over_from_the_record_alone(story: World, enter: Enter) -> None:
    secret = elements.add(story.hq, PLANNER, content("scenario", title="Blockade of Mersel"))
    plan = elements.add(
        story.hq, PLANNER, content("plan", **{**PLAN, "marking": MARKED, "contingency": "Vael"})
    )  # fmt: skip
    story.release(story.hq, plan, "scenarios", "XTV")
    changed = content("plan", **{**PLAN, "marking": MARKED, "title": "Not yet told"})
    elements.revise(story.hq, PLANNER, plan.id, changed, plan.version)
    files = {form: handed_out(enter(PLANNER), story, plan.id, form) for form in ("docx", "pdf", "xlsx", "csv")}
    for form, answer in files.items():
        assert answer.status_code == 200
        assert answer["Content-Disposition"] == f'attachment; filename="XMR-plan-{plan.version[:8]}.{form}"'
        assert answer.content == handed_out(enter(HEAD), story, plan.id, form).content, "whoever takes it out"
        everything = (
            b"\n".join(packing.unpacked(answer.content).values()) if form in ("docx", "xlsx") else answer.content
        )
        for private in ("Not yet told", "Blockade", PLANNER.name, PLANNER.username, HEAD.name, HEAD.username):
            assert private.encode() not in everything, (form, private)
    assert PLAN["title"].encode() in packing.unpacked(files["docx"].content)["word/document.xml"]
    assert b"(R)" in packing.unpacked(files["docx"].content)["word/document.xml"]
    assert b'"(R)"' in files["csv"].content
    assert b"XMR RESTRICTED" in files["csv"].content
    _total, lines = story.hq.journal.find(person=HEAD.username, limit=1)
    assert lines[0].act == "taken out to hand over"
    assert handed_out(enter(HEAD), story, secret.id, "docx").status_code == 404
    assert handed_out(enter(HEAD), story, plan.id, "exe").status_code == 404


def test_a_handout_is_in_english_unless_a_language_is_asked_for(story: World, enter: Enter) -> None:
    plan = elements.add(story.hq, PLANNER, content("plan", **PLAN))
    story.release(story.hq, plan, "scenarios", "XTV")
    client = enter(PLANNER)
    plain = handed_out(client, story, plan.id, "docx").content
    client.cookies["django_language"] = "he"
    assert handed_out(client, story, plan.id, "docx").content == plain
    address = reverse("handout", args=[story.accord, "XTV", plan.id, "docx"])
    hebrew = packing.unpacked(client.get(f"{address}?language=he").content)["word/document.xml"]
    assert b"<w:bidiVisual/>" in hebrew
    assert client.get(f"{address}?language=xx").status_code == 404


def test_all_of_a_kind_that_a_partner_holds_is_one_table(story: World, enter: Enter) -> None:
    for n in range(2):
        row = elements.add(story.hq, PLANNER, content("report", title=f"Report {n}", said="Said.", marking=MARKED))
        story.release(story.hq, row, "intelligence", "XTV")
    elements.add(story.hq, PLANNER, content("report", title="At home", said="Said."))
    client = enter(PLANNER)
    answer = client.get(reverse("handout-table", args=[story.accord, "XTV", "report", "csv"]))
    assert answer["Content-Disposition"] == 'attachment; filename="XMR-report.csv"'
    assert answer.content.count(b'"(R)"') >= 2
    assert b"At home" not in answer.content
    page = client.get(reverse("partner-view", args=[story.accord, "XTV"])).content.decode()
    assert reverse("handout-table", args=[story.accord, "XTV", "report", "xlsx"]) in page
    assert client.get(reverse("handout-table", args=[story.accord, "XTV", "force", "csv"])).status_code == 404


def test_a_print_becomes_a_document_that_does_not_say_who_took_it_out(story: World, enter: Enter) -> None:
    plan = plan_of(story)
    address = reverse("print-docx", args=[story.hq.party, plan.id])
    answer = enter(PLANNER).get(address)
    main = packing.unpacked(answer.content)["word/document.xml"].decode()
    assert "Convoy 00001" in main, "activities stand in a paper for home"
    assert "(S)" in main
    assert answer.content == enter(HEAD).get(address).content
    assert PLANNER.name not in "".join(part.decode() for part in packing.unpacked(answer.content).values())
