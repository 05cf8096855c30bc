"""The auditor's pages: what left and on whose authority, the journal and whether it is as it was written, proofs and files to carry away."""

import json

import msgspec
import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from stafftalks.formats import audit_lines
from stafftalks.services import elements, proof_account, recalls
from stafftalks.services.rows import JournalRow
from stafftalks.values.ids import ElementId
from stafftalks.web.views import journal as journal_views
from tests.fakes import ADMINISTRATOR, AUDITOR, HEAD, OFFICER, PLANNER
from tests.web.conftest import Enter
from tests.web.world import World

AWAY = ElementId("a" * 26)


def left(world: World) -> ElementId:
    """An element of ours that was released, recalled, and its recall confirmed."""
    row = world.ours[0]
    recalls.recall(world.hq, HEAD, world.accord, row.id, "Not for now.")
    world.settle()
    (pending,) = [one for one in recalls.open_recalls(world.torvia, world.accord) if one.element == row.id]
    recalls.confirm(world.torvia, HEAD, world.accord, pending.ref, "Done.")
    world.settle()
    return row.id


def body(answer: HttpResponse) -> str:
    return answer.content.decode()


@pytest.mark.parametrize("person", [PLANNER, OFFICER, HEAD, ADMINISTRATOR])
def test_only_an_auditor_reads_what_left(story: World, enter: Enter, person: object) -> None:
    client, element = enter(person), story.ours[0].id
    for page in (reverse("audit"), reverse("audit-element", args=[element])):
        assert client.get(page).status_code == 403
    assert client.post(reverse("audit-proof", args=[element, story.accord])).status_code == 403
    assert reverse("audit") not in body(client.get("/"))


def test_an_element_s_whole_way_is_on_one_page_also_when_it_was_put_away(story: World, enter: Enter) -> None:
    element = left(story)
    elements.archive(story.hq, PLANNER, element, archived=True)
    html = body(enter(AUDITOR).get(reverse("audit-element", args=[element])))
    for said in (
        "Put away.",
        "recalled, confirmed removed",
        "Not for now.",
        "Done.",
        "Asked by",
        "Let go by",
        PLANNER.username,
        OFFICER.username,
    ):
        assert said in html, said
    assert html.count("release that was recalled") >= 1
    assert "answer to the recall" in html
    assert "release asked" in html.lower()


def test_what_left_is_found_by_words_partner_person_and_day(story: World, enter: Enter) -> None:
    client = enter(AUDITOR)
    page = client.get(reverse("audit"))
    total, first = page.context["window"].total, page.context["rows"][0].request
    assert total > 1

    def count(**asked: str) -> int:
        return client.get(reverse("audit"), asked).context["window"].total

    assert count(partner="XTV") == total
    assert count(who=OFFICER.username) == count(who=PLANNER.username) == total
    assert count(who="nobody") == count(partner="XQQ") == count(until="2020-01-01") == count(since="2040-01-01") == 0
    assert count(since="2020-01-01", until="2040-01-01") == count(since="no day") == total
    assert 0 < count(words=first.title) <= total
    found = client.get(reverse("audit"), {"words": first.element.upper()})
    assert found["Location"] == reverse("audit-element", args=[first.element])
    assert client.get(reverse("audit"), {"words": AWAY}).context["window"].total == 0
    assert client.get(reverse("audit-element", args=[AWAY])).status_code == 404


def test_the_whole_story_is_carried_away_as_one_proof(story: World, enter: Enter) -> None:
    element, client = left(story), enter(AUDITOR)
    address = reverse("audit-proof", args=[element, story.accord])
    whole = client.post(address, {"text": "yes"})
    assert whole["Content-Disposition"] == f'attachment; filename="proof-XMR-{element}.json"'
    found = proof_account.account(whole.content)
    assert any("Not for now." in one.says for one in found.entries)
    bare = proof_account.account(client.post(address, {"text": "no"}).content)
    assert all(not one.text for one in bare.entries)
    assert story.hq.journal.find(act="proof made", person=AUDITOR.username, subject=element)[0] == 2
    assert client.post(reverse("audit-proof", args=[AWAY, story.accord])).status_code == 400
    assert client.get(address).status_code == 405


def test_the_proof_page_says_what_is_proved_and_gives_the_file(story: World, enter: Enter) -> None:
    client = enter(AUDITOR)
    row = next(feed for feed in story.hq.records.feeds(story.accord) if feed.feed.party == "XMR")
    (given,) = story.hq.desk.let_go(limit=1)[1]
    assert given.entry is not None
    address = reverse("record-proof", args=[story.accord, row.feed.party, given.entry.epoch, given.entry.n])
    html = body(client.get(address))
    for said in (
        "What it proves",
        "signed the first",
        "What it does not prove",
        "stafftalks record verify --proof FILE",
        "Download all about its element",
    ):
        assert said in html, said
    before = story.hq.journal.head()
    client.get(address)
    assert story.hq.journal.head() == before, "only what is taken out is noted"
    entries = {
        of: proof_account.account(client.post(address, {"of": of}).content).entries for of in ("entry", "bare", "story")
    }
    assert [bool(entries[of][0].text) for of in ("entry", "bare")] == [True, False]
    assert len(entries["story"]) >= 1
    assert story.hq.journal.find(act="proof made")[0] == 3


def test_the_logs_are_checked_on_the_page_and_the_journal_says_how_far(story: World, enter: Enter) -> None:
    client, page = enter(ADMINISTRATOR), reverse("journal")
    assert body(client.get(page)).count("Never checked") == 2
    head = story.hq.journal.head()
    html = body(client.post(reverse("journal-check"), {"heads": str(head)}, follow=True))
    assert f"Nothing in its first {head.size} lines was changed since that head was written down." in html
    assert f"Checked to line {head.size - 1} by ada" in html
    assert "2 lines since" in html
    wrong = client.post(reverse("journal-check"), {"heads": "journal:x"})
    assert wrong.status_code == 422
    assert "is not the head of a log" in body(wrong)
    spoil(story)
    html = body(client.post(reverse("journal-check"), follow=True))
    assert html.count("Line 1 of the journal does not fit the line before it") == 3
    assert enter(PLANNER).post(reverse("journal-check")).status_code == 403


def spoil(world: World) -> None:
    lines = world.hq.journal._memory.table("journal")
    row, line = lines[1]
    lines[1] = (row, msgspec.structs.replace(line, says=line.says | {"sentence": "It never happened."}))


def test_logs_too_long_to_wait_for_are_left_to_the_command(
    story: World, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_views, "MOST_AT_ONCE", 1)
    answer = enter(AUDITOR).post(reverse("journal-check"))
    assert answer.status_code == 422
    assert "run `stafftalks audit verify`" in body(answer)


def test_the_journal_is_filtered_by_person_act_words_and_day(story: World, enter: Enter) -> None:
    client = enter(AUDITOR)
    total = client.get(reverse("journal")).context["window"].total

    def count(**asked: str) -> int:
        return client.get(reverse("journal"), asked).context["window"].total

    assert 0 < count(person=PLANNER.username) < total
    assert 0 < count(act="release asked") < total
    assert count(words="RELEASE") <= total
    assert count(since="2040-01-01") == count(until="2020-01-01") == 0
    assert count(since="2020-01-01", until="2040-01-01") == total


def taken(client: Client, log: str, **more: str) -> bytes:
    answer = client.post(reverse("log-take-out", args=[log]), more)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_lines_are_taken_out_in_each_form_as_they_are_filtered(story: World, enter: Enter) -> None:
    client = enter(AUDITOR)
    story.hq.journal.add(JournalRow(1, "pia", "element added", "x", "=cmd|'/c calc'!A0"))
    (whole,) = audit_lines.check_json_lines(taken(client, "journal", form="jsonl").splitlines())
    assert (whole.gaps, whole.head) == (0, story.hq.journal.head())
    some = taken(client, "journal", form="jsonl", person="pia", act="element added").splitlines()
    assert {json.loads(raw)["person"] for raw in some} == {"pia"}
    table = taken(client, "journal", form="csv", person="pia").decode()
    assert "\"'=cmd|'/c calc'!A0\"" in table
    assert taken(client, "exchange", form="cef").startswith(b"CEF:0|Stafftalks|")
    lines = story.hq.journal.find(act="log taken out", person=AUDITOR.username)[1]
    assert [line.subject for line in lines] == ["exchange", "journal", "journal", "journal"]
    assert client.post(reverse("log-take-out", args=["journal"]), {"form": "xml"}).status_code == 404
    assert client.post(reverse("log-take-out", args=["others"]), {"form": "csv"}).status_code == 404
    assert client.get(reverse("log-take-out", args=["journal"])).status_code == 405
    assert enter(PLANNER).post(reverse("log-take-out", args=["journal"]), {"form": "csv"}).status_code == 403
    assert "Take these lines out" in body(client.get(reverse("exchange-log")))
    assert "Take these lines out" not in body(enter(PLANNER).get(reverse("exchange-log")))
