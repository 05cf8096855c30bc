"""A table on the pages: pasted, matched, mended, brought in; nothing is an element before that, and nothing typed is lost."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from stafftalks.services import elements, table_steps, tables
from stafftalks.web.views.tables import TABLES
from tests.fakes import AUDITOR, HEAD, PLANNER
from tests.web.conftest import Enter
from tests.web.world import World

HEADINGS = "Activity\tStart\tEnd\tFunction\tRemarks\tFancy"


def lines(count: int, bad: tuple[int, ...] = ()) -> str:
    rows = [
        f"Escort of convoy {n}\t{'C+x' if n in bad else f'C+{n % 20}'}\tC+{n % 20 + 2}\tProtection\tNorthern lane\tz"
        for n in range(1, count + 1)
    ]
    return "\n".join([HEADINGS, *rows])


def give(client: Client, text: str, kind: str = "activity", **more: str) -> str:
    answer = client.post(reverse("tables"), {"kind": kind, "text": text, **more})
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def columns(client: Client, page: str) -> dict[str, str]:
    row = client.get(page).context["row"]
    return {f"column.{at}": path for at, path in row.matching.items()}


def test_a_pasted_table_is_matched_mended_and_brought_in(opened: World, enter: Enter) -> None:
    client = enter(PLANNER)
    page = give(client, lines(200, bad=(3, 77, 150)))
    matching = client.get(page)
    html = matching.content.decode()
    assert "1 column is left out" in html
    assert [column.heading for column in matching.context["unmatched"]] == ["Fancy"]
    assert elements.find(opened.hq, kind="activity")[0] == 0
    checked = client.post(page, {"do": "match", **columns(client, page), "set.contingency": "Vael"}, follow=True)
    assert checked.context["row"].counts.faulty == 3
    html = checked.content.decode()
    assert "Row 4" in html
    assert "Column “Start”: &#x27;C+x&#x27; is not a relative time" in html
    refused = client.post(page, {"do": "bring", "which": "all"})
    assert refused.status_code == 422
    assert elements.find(opened.hq, kind="activity")[0] == 0
    cells = {cell.name: "C+5" for one in checked.context["bad"] for cell in one.cells if cell.heading == "Start"}
    cells |= {cell.name: "C+9" for one in checked.context["bad"] for cell in one.cells if cell.heading == "End"}
    mended = client.post(page, {"do": "mend", **cells}, follow=True)
    assert mended.context["row"].counts.faulty == 0
    done = client.post(page, {"do": "bring", "which": "all"}, follow=True)
    assert done.context["row"].counts.added == 200
    assert elements.find(opened.hq, kind="activity", contingency="Vael")[0] == 200
    assert opened.hq.journal.find(subject=done.context["row"].id)[0] == 1


def test_only_the_good_rows_come_in_and_the_rest_can_be_downloaded_with_reasons(opened: World, enter: Enter) -> None:
    client = enter(PLANNER)
    page = give(client, lines(20, bad=(7,)))
    client.post(page, {"do": "match", **columns(client, page)})
    done = client.post(page, {"do": "bring", "which": "good"}, follow=True)
    assert (done.context["row"].counts.added, done.context["row"].counts.left) == (19, 1)
    answer = client.get(page + "left-out.csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert len(rows) == 2
    assert rows[1][0] == "8"
    assert "C+x" in rows[1][1]


def test_rows_that_match_are_merged_and_never_put_in_place(opened: World, enter: Enter) -> None:
    client = enter(PLANNER)
    page = give(client, lines(3))
    client.post(page, {"do": "match", **columns(client, page)})
    client.post(page, {"do": "bring", "which": "all"})
    page = give(client, "Activity\tPhase\tStart\nEscort of convoy 2\tAssembly\t\nSweep\tEscort\tC+1")
    checked = client.post(page, {"do": "match", **columns(client, page)}, follow=True)
    assert checked.context["row"].counts.known == 1
    assert client.post(page, {"do": "bring", "which": "all"}).status_code == 422
    done = client.post(page, {"do": "bring", "which": "all", "existing": "revise"}, follow=True)
    assert (done.context["row"].counts.revised, done.context["row"].counts.added) == (1, 1)
    _total, found = elements.find(opened.hq, text="convoy 2")
    merged = elements.content(found[0])
    assert (merged.phase, str(merged.window), merged.function) == ("Assembly", "C+2 to C+4", "Protection")
    assert len(elements.versions(opened.hq, found[0].id)) == 2


def test_the_order_of_columns_does_not_matter_and_a_matching_is_kept_by_name(opened: World, enter: Enter) -> None:
    client = enter(PLANNER)
    page = give(client, "Blah\tWord\nC+3\tSweep")
    kept = {"do": "preview", "column.0": "window.start", "column.1": "what", "keep_as": "Ours"}
    assert "kept as “Ours”" in client.post(page, kept, follow=True).content.decode()
    page = give(client, "Word\tOther\tBlah\nEscort\t1\tC+5")
    row = client.get(page).context["row"]
    assert row.matching == {0: "what", 2: "window.start"}
    assert set(row.why.values()) == {"saved"}


def test_one_field_filled_twice_is_an_error_at_the_column_and_the_choices_stay(opened: World, enter: Enter) -> None:
    client = enter(PLANNER)
    page = give(client, lines(2))
    sent = {"do": "match", "column.0": "what", "column.1": "what", "set.contingency": "Vael"}
    answer = client.post(page, sent)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert 'id="column-1-e"' in html
    assert 'value="Vael"' in html


def test_a_workbook_is_read_and_says_what_was_not(opened: World, enter: Enter) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["Activity", "Start"])
    book.active.append(["=cmd|' /C calc'!A0", "C+1"])
    hidden = book.create_sheet("Secret")
    hidden.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    client = enter(PLANNER)
    upload = SimpleUploadedFile("plan.xlsx", out.getvalue())
    answer = client.post(reverse("tables"), {"kind": "activity", "file": upload}, follow=True)
    html = answer.content.decode()
    assert "Hidden sheets were not read: “Secret”" in html
    assert "hold formulas" in html


def test_a_broken_file_gives_a_sentence_and_can_be_thrown_away(opened: World, enter: Enter) -> None:
    client = enter(PLANNER)
    upload = SimpleUploadedFile("plan.xlsx", b"PK\x03\x04 not a workbook")
    answer = client.post(reverse("tables"), {"kind": "activity", "file": upload}, follow=True)
    assert "not a workbook that can be read" in answer.content.decode()
    page = answer.redirect_chain[0][0]
    client.post(page, {"do": "discard"})
    assert client.get(page).status_code == 404


def test_nothing_given_is_an_error_on_the_page(opened: World, enter: Enter) -> None:
    answer = enter(PLANNER).post(reverse("tables"), {"kind": "activity", "text": "  "})
    assert answer.status_code == 422
    assert "Nothing was given" in answer.content.decode()


def test_a_table_is_its_persons_own_and_takes_a_writers_role(opened: World, enter: Enter) -> None:
    page = give(enter(PLANNER), lines(2))
    assert enter(HEAD).get(page).status_code == 404
    assert enter(AUDITOR).get(reverse("tables")).status_code == 403


@pytest.mark.slow
def test_ten_megabytes_can_be_pasted_here_and_nowhere_else(opened: World, enter: Enter) -> None:
    client = enter(PLANNER)
    text = lines(20) + "\n" + "\n".join(f"Note {n}\t\t\t\t{'long words ' * 1_000}\t" for n in range(950))
    assert len(text) > 10_000_000
    page = give(client, text)
    row = client.get(page).context["row"]
    assert row.state == "reading"
    assert table_steps.work(opened.hq, TABLES, row.id, PLANNER)
    assert client.get(page).context["row"].rows == 970
    elsewhere = client.post(reverse("element-new", args=["report"]), {"title": "Long", "said": text})
    assert elsewhere.status_code == 400


def test_a_large_table_waits_for_the_worker_shows_how_far_it_is_and_can_be_stopped(opened: World, enter: Enter) -> None:
    client = enter(PLANNER)
    page = give(client, lines(1_500))
    client.post(page, {"do": "match", **columns(client, page)})
    row = client.get(page).context["row"]
    assert row.state == "checking"
    assert "being checked" in client.get(page + "progress").content.decode()
    table_steps.work(opened.hq, TABLES, row.id, PLANNER)
    client.post(page, {"do": "bring", "which": "all"})
    steps = iter([True, True, False])
    assert not table_steps.work(opened.hq, TABLES, row.id, PLANNER, keep_on=lambda: next(steps, False))
    assert "table is" not in client.post(page, {"do": "stop"}, follow=True).content.decode()
    stopped = client.get(page).context["row"]
    assert stopped.state == "stopped"
    assert stopped.counts.added == elements.find(opened.hq, kind="activity")[0]
    client.post(page, {"do": "resume"})
    table_steps.work(opened.hq, TABLES, row.id, PLANNER)
    answer = client.get(page + "progress")
    assert answer["HX-Refresh"] == "true"
    assert elements.find(opened.hq, kind="activity")[0] == 1_500


def test_the_pages_ask_no_more_of_the_database_with_more_rows(
    opened: World, enter: Enter, django_assert_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = enter(PLANNER)
    counts = []
    for size in (60, 900):
        page = give(client, lines(size, bad=tuple(range(1, size, 2))))
        client.post(page, {"do": "match", **columns(client, page)})
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(page).status_code == 200
        counts.append(len(asked))
        tables.discard(opened.hq, TABLES, PLANNER, page.split("/")[-2])
    assert counts[0] == counts[1]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_taken_out_can_be_brought_in_again(opened: World, enter: Enter, form: str) -> None:
    client = enter(PLANNER)
    page = give(client, lines(12) + "\n=1+1\tD-2\tD+1/H+6\t@x\t-dash\t")
    client.post(page, {"do": "match", **columns(client, page)})
    client.post(page, {"do": "bring", "which": "all"})
    answer = client.get(reverse("export-table", args=["activity", form]))
    raw = b"".join(answer) if answer.streaming else answer.content
    if form == "csv":
        assert b"'=1+1" in raw
    upload = SimpleUploadedFile(f"t.{form}", raw)
    page = client.post(reverse("tables"), {"kind": "activity", "file": upload})["Location"]
    checked = client.post(page, {"do": "match", **columns(client, page)}, follow=True)
    assert (checked.context["row"].counts.known, checked.context["row"].counts.faulty) == (13, 0)
    done = client.post(page, {"do": "bring", "which": "all", "existing": "revise"}, follow=True)
    assert (done.context["row"].counts.same, done.context["row"].counts.revised) == (13, 0)
