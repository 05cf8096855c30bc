"""Talk over all accords, minutes of two sides, engagements, reports by source, and notes that stay home."""

import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stafftalks.planning.meetings import ActionState, Minutes
from stafftalks.planning.refs import ElementRef
from stafftalks.planning.talk import Comment
from stafftalks.services import editing, elements, releases, sessions, sources
from stafftalks.services import threads as talk
from stafftalks.services.rows import ElementRow
from stafftalks.store import notes
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import PartyId, VersionHash
from tests.browser.rooms import talks as room
from tests.fakes import ADMINISTRATOR, AUDITOR, HEAD, OFFICER, PLANNER
from tests.web.conftest import Enter, account
from tests.web.world import World, content

XTV, XMR = PartyId("XTV"), PartyId("XMR")


@pytest.fixture
def talked(story: World) -> Iterator[World]:
    """The story with the room's own additions."""
    room.prepare(story)
    yield story
    room.HELD.clear()


def html_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def comment(world: World, about: str, text: str) -> ElementRow:
    return elements.add(world.hq, PLANNER, content("comment", about=about, text=text))


# Threads


def test_a_thread_shows_the_part_as_it_stood_and_what_changed_since(talked: World, enter: Enter) -> None:
    html = words_of(html_of(enter(PLANNER), reverse("thread", args=["XTV", talked.theirs[0].id])))
    for said in (
        "Branches B1 , as it stood",
        "Closed to tankers only",
        "stale: the text has moved on",
        "What changed since",
        "Closed to tankers by the coast guard",
        "Closed to tankers by whom?",
        "By the coast guard; see the narrative.",
    ):
        assert said in html


def test_a_reply_nests_under_the_remark_it_is_about(talked: World) -> None:
    found = talk.thread(talked.hq, XTV, talked.theirs[0].id)
    assert found is not None
    node = next(node for node in found.trees if node.said.said.element == room.HELD["said"].id)
    (reply,) = node.replies
    assert reply.said.said.party == XTV
    assert reply.said.answers
    assert not reply.said.stale
    assert node.said.stale


def test_a_draft_of_ours_stands_in_the_thread_as_ours_at_home_only_and_asks_to_leave_with_one_click(
    talked: World, enter: Enter
) -> None:
    client, draft = enter(PLANNER), room.HELD["draft"]
    page = reverse("thread", args=["XTV", talked.theirs[0].id])
    html = html_of(client, page)
    piece = html[html.index(f'id="r-{draft.id}"') :]
    piece = piece[: piece.index("</li>")]
    assert "Ours, at home only" in piece
    assert "said in the accord" not in piece
    form = dict(re.findall(r'name="(version|way|audience)" value="([^"]+)"', piece))
    assert form == {"version": draft.version, "way": f"{talked.accord}.scenarios", "audience": "XTV"}
    answer = client.post(reverse("element-release", args=[draft.id]), form)
    assert answer.status_code == 302
    (request,) = talked.hq.desk.find(element=draft.id)[1]
    assert (request.state, request.audience, request.requested_by) == ("waiting", ("XTV",), "pia")
    assert "its release is asked for; a different person decides" in html_of(client, page)
    found = talk.thread(talked.hq, XTV, talked.theirs[0].id)
    assert {node.said.said.where for node in found.trees if node.said.said.element == draft.id} == {"asked"}


def test_a_comment_written_in_the_thread_is_kept_at_home_and_nothing_of_it_leaves(talked: World, enter: Enter) -> None:
    client = enter(PLANNER)
    page = reverse("thread", args=["XTV", talked.theirs[0].id])
    about = client.get(page).context["about"]
    answer = client.post(page, {"about": about, "text": "What of the pilots?", "field": "branches.1", "do": "say"})
    assert answer.status_code == 302
    (row,) = [row for row in talked.hq.holdings.find(kind="comment")[1] if "pilots" in row.raw.decode()]
    assert elements.content(row).field == "branches.1"
    assert answer["Location"].endswith(f"#r-{row.id}")
    talked.settle()
    assert all("pilots" not in item.said.content.text for item in _all(talked.torvia, XTV, talked.theirs[0].id))


def _all(hq: object, party: PartyId, element: str) -> list[talk.Talked]:
    found = talk.thread(hq, party, element)
    waiting, told = list(found.trees) if found else [], []
    while waiting:
        node = waiting.pop()
        told.append(node.said)
        waiting.extend(node.replies)
    return [one for one in told if one.said.kind == "comment"]


def test_a_comment_on_a_text_that_was_revised_meanwhile_keeps_the_words_and_shows_what_changed(
    talked: World, enter: Enter
) -> None:
    client, theirs = enter(PLANNER), talked.theirs[0]
    page = reverse("thread", args=["XTV", theirs.id])
    old = f"XTV/{theirs.id}/{theirs.version}"
    answer = client.post(page, {"about": old, "text": "My long comment", "do": "say"})
    assert answer.status_code == 422
    html = answer.content.decode()
    for kept in ("My long comment", "revised while you were writing", "What was revised meanwhile"):
        assert kept in html
    again = client.post(page, {"about": answer.context["typed"].about, "text": "My long comment", "do": "say"})
    assert again.status_code == 302


def test_an_empty_answer_says_so_at_the_field(talked: World, enter: Enter) -> None:
    client, said = enter(PLANNER), room.HELD["said"]
    page = reverse("thread", args=["XTV", talked.theirs[0].id])
    answer = client.post(page, {"about": f"XMR/{said.id}/{said.version}", "text": "", "do": "say"})
    assert answer.status_code == 422
    assert 'class="field wrong"' in answer.content.decode()


def test_a_remark_of_ours_is_taken_over_to_the_new_version_at_home(talked: World, enter: Enter) -> None:
    client, said = enter(PLANNER), room.HELD["said"]
    page = reverse("thread", args=["XTV", talked.theirs[0].id])
    html = html_of(client, page)
    piece = html[html.index(f'id="r-{said.id}"') :]
    newest = re.search(r'name="newest" value="([^"]+)"', piece)[1]
    form = {"based_on": said.version, "newest": newest, "do": f"take:{said.id}"}
    answer = client.post(page, form)
    assert answer.status_code == 302
    row = elements.get(talked.hq, said.id)
    moved = elements.content(row)
    assert isinstance(moved, Comment)
    assert (moved.about.version, moved.text) == (newest, "Closed to tankers by whom?")
    after = html_of(client, page)
    assert "A new wording of what we said" in words_of(after)
    assert after.count(f'id="r-{said.id}-home"') == 1
    asked = releases.request(talked.hq, PLANNER, talked.accord, said.id, "scenarios", [XTV])
    releases.release(talked.hq, OFFICER, asked.id)
    talked.settle()
    theirs = [one for one in _all(talked.torvia, XTV, talked.theirs[0].id) if one.said.element == said.id]
    assert [one.stale for one in theirs] == [False]
    assert client.post(page, form).status_code == 302
    assert elements.get(talked.hq, said.id).version == row.version
    stale = {**form, "newest": said.version}
    assert client.post(page, stale).status_code == 422


def test_only_our_own_remark_and_only_to_what_stands_now_is_taken_over(talked: World) -> None:
    with pytest.raises(MisuseError, match="Only a comment"):
        talk.take_over(talked.hq, PLANNER, talked.ours[0].id, talked.ours[0].version, VersionHash("a" * 52))
    position = next(row for row in talked.hq.holdings.find(kind="position")[1] if "one report" in row.raw.decode())
    with pytest.raises(MisuseError, match="Only a comment"):
        talk.take_over(talked.hq, PLANNER, position.id, position.version, VersionHash("a" * 52))
    said = room.HELD["said"]
    with pytest.raises(MisuseError, match="not the version that stands"):
        talk.take_over(talked.hq, PLANNER, said.id, said.version, VersionHash("a" * 52))


def test_threads_stand_with_what_is_new_first_then_the_newest(talked: World, enter: Enter) -> None:
    heads = talk.heads(talked.hq, since=0)
    assert [bool(head.unread) for head in heads] == sorted((bool(head.unread) for head in heads), reverse=True)
    assert talk.heads(talked.hq, since=10**12)[0].unread == 0
    assert {head.party for head in talk.heads(talked.hq, about=XMR)} == {XMR}
    assert {head.element for head in talk.heads(talked.hq, accord=talked.accord)} == {head.element for head in heads}
    html = html_of(enter(PLANNER), reverse("threads") + f"?accord={talked.accord}&of=XTV")
    assert "Mines in the southern approach" in html
    assert "about an older version" in words_of(html)


@pytest.mark.parametrize("query", ["?accord=x", f"?accord={'a' * 52}"])
def test_an_accord_that_is_none_names_no_page(talked: World, enter: Enter, query: str) -> None:
    assert enter(PLANNER).get(reverse("threads") + query).status_code == 404
    assert enter(PLANNER).get(reverse("thread", args=["XTV", talked.theirs[0].id]) + query).status_code == 404


def test_a_text_that_nobody_knows_has_no_thread(talked: World, enter: Enter) -> None:
    assert enter(PLANNER).get(reverse("thread", args=["XTV", "a" * 26])).status_code == 404


def test_a_text_that_was_recalled_keeps_its_thread_without_its_words(talked: World, enter: Enter) -> None:
    html = words_of(html_of(enter(HEAD), reverse("thread", args=["XTV", talked.theirs[1].id])))
    assert "was recalled" in html
    assert "3rd Frigate Squadron" not in html


def test_an_auditor_reads_threads_and_writes_nothing(talked: World, enter: Enter) -> None:
    page, client = reverse("thread", args=["XTV", talked.theirs[0].id]), enter(AUDITOR)
    html = html_of(client, page)
    assert "<textarea" not in html
    about = f"XTV/{talked.theirs[0].id}/{talked.theirs[0].version}"
    assert client.post(page, {"about": about, "text": "x"}).status_code == 403


# Minutes


def test_two_records_of_one_session_stand_beside_each_other_and_neither_is_called_agreed(
    talked: World, enter: Enter
) -> None:
    client = enter(PLANNER)
    listed = words_of(html_of(client, reverse("minutes")))
    assert "2 records of it, not agreed" in listed
    html = words_of(html_of(client, reverse("minutes-session", args=["XMR", room.HELD["ours"].id])))
    for said in (
        "Agreed minute, by our record; not adopted by all",
        "Their record of it",
        "It differs from the one above in",
        "One convoy a day until mines are cleared.",
        "Subject to clearance of the approach.",
        "overdue by 3 days",
    ):
        assert said in html
    assert "Agreed by all" not in html


def test_minutes_are_called_agreed_only_where_every_party_adopted_this_exact_text(talked: World, enter: Enter) -> None:
    ours = room.HELD["ours"]
    about = f"XMR/{ours.id}/{ours.version}"
    page, client = reverse("minutes-session", args=["XMR", ours.id]), enter(PLANNER)
    adopted = content("adoption", about=about)
    talked.release(talked.torvia, elements.add(talked.torvia, PLANNER, adopted), "scenarios", "XMR")
    talked.settle()
    assert "Agreed by all" not in html_of(client, page)
    talked.release(talked.hq, elements.add(talked.hq, PLANNER, adopted), "scenarios", "XTV")
    html = words_of(html_of(client, page))
    assert "Agreed by all" in html
    assert "Agreed minute, adopted by all" in html
    elements.revise(talked.hq, PLANNER, ours.id, content("minutes", title="Reworded", session="2"), ours.version)
    assert "Agreed by all" not in html_of(client, page)


def test_records_are_matched_by_a_suggestion_that_names_the_other(talked: World) -> None:
    one = elements.add(talked.hq, PLANNER, content("minutes", title="Our note of the call"))
    other = elements.add(talked.torvia, PLANNER, content("minutes", title="Minutes of the call"))
    talked.release(talked.torvia, other, "scenarios", "XMR")
    talked.settle()
    assert len(sessions.session_of(talked.hq, f"XMR/{one.id}").records) == 1
    suggested = content(
        "suggestion",
        about=f"XTV/{other.id}/{other.version}",
        field="title",
        rationale=f"See XMR/{one.id} in its place.",
    )
    elements.add(talked.hq, PLANNER, suggested)
    found = sessions.session_of(talked.hq, f"XMR/{one.id}")
    assert (found.linked, {piece.party for piece in found.records}) == (True, {XMR, XTV})


def test_an_item_is_added_on_the_sessions_own_page(talked: World, enter: Enter) -> None:
    client, ours = enter(PLANNER), room.HELD["ours"]
    page = reverse("minutes-session", args=["XMR", ours.id])
    form = {
        "based_on": ours.version, "do": "item", "new.id": "", "new.item": "Pilots",
        "new.positions.0.party": "XMR", "new.positions.0.position": "Ours.", "new.positions.0.reservation": "",
        "new.positions.1.party": "XTV", "new.positions.1.position": "", "new.positions.1.reservation": "",
        "new.agreed_minute": "", "new.actions.0.what": "", "new.actions.0.owner": "", "new.actions.0.due": "",
    }  # fmt: skip
    assert client.post(page, form).status_code == 302
    minutes = elements.content(elements.get(talked.hq, ours.id))
    assert isinstance(minutes, Minutes)
    added = minutes.agenda[-1]
    assert (added.id, added.item, added.actions) == ("3", "Pilots", ())
    assert [side.party for side in added.positions] == ["XMR", "XTV"]


def test_an_item_that_cannot_be_kept_says_why_at_the_field_and_keeps_what_was_typed(
    talked: World, enter: Enter
) -> None:
    client, ours = enter(PLANNER), room.HELD["ours"]
    page = reverse("minutes-session", args=["XMR", ours.id])
    typed = {
        "based_on": ours.version, "do": "item", "new.item": "", "new.agreed_minute": "Long words.",
        "new.positions.0.party": "XMR", "new.positions.0.position": "Kept words.", "new.actions.0.what": "Send it",
        "new.actions.0.due": "the day after",
    }  # fmt: skip
    answer = client.post(page, typed)
    assert answer.status_code == 422
    html = answer.content.decode()
    for kept in ("Long words.", "Kept words.", "Send it", "the day after"):
        assert kept in html
    for name in ("item", "actions-0-due"):
        assert re.search(rf'id="f-agenda-2-{name}"', html)
        assert f'href="#f-agenda-2-{name}"' in html


def test_an_action_is_added_and_set_done_where_it_stands(talked: World, enter: Enter) -> None:
    client, ours = enter(PLANNER), room.HELD["ours"]
    page = reverse("minutes-session", args=["XMR", ours.id])
    wrong = client.post(page, {"based_on": ours.version, "do": "action:1", "act1.what": "Book it", "act1.due": "soon"})
    assert wrong.status_code == 422
    assert 'value="Book it"' in wrong.content.decode()
    assert client.post(page, {"based_on": ours.version, "do": "action:1", "act1.what": "Book it"}).status_code == 302
    now = elements.get(talked.hq, ours.id)
    assert client.post(page, {"based_on": now.version, "do": "state:1.0", "state": "done"}).status_code == 302
    action = elements.content(elements.get(talked.hq, ours.id)).agenda[1].actions[0]
    assert (action.what, action.state) == ("Book it", ActionState.DONE)
    for wrong_place in ("state:1.7", "state:9.0", "state:1", "action:9", "action:x", "nothing", "state:1.0.0"):
        form = {"based_on": now.version, "do": wrong_place, "state": "done"}
        assert client.post(page, form).status_code == 404, wrong_place


def test_someone_elses_minutes_are_not_written_on(talked: World, enter: Enter) -> None:
    page = reverse("minutes-session", args=["XTV", room.HELD["theirs"].id])
    client = enter(PLANNER)
    assert "Add an item" not in html_of(client, page)
    assert client.post(page, {"do": "item", "new.item": "x"}).status_code == 404
    assert enter(AUDITOR).post(page, {"do": "next"}).status_code == 403


def test_open_items_are_carried_over_and_each_action_is_listed_once(talked: World, enter: Enter) -> None:
    client, ours = enter(PLANNER), room.HELD["ours"]
    answer = client.post(reverse("minutes-session", args=["XMR", ours.id]), {"do": "next"})
    assert answer.status_code == 302
    (row,) = [row for row in talked.hq.holdings.find(kind="minutes")[1] if "session 3" in row.title]
    carried = elements.content(row)
    assert (carried.series, carried.session) == (room.SERIES, "3")
    assert [item.id for item in carried.agenda] == ["1"]
    assert [action.what for action in carried.agenda[0].actions] == [
        "Send the list of pilots",
        "Draw the assembly area",
    ]
    assert [side.position for side in carried.agenda[0].positions] == ["", ""]
    todos = sessions.todos(talked.hq, sessions.series(talked.hq))
    listed = [todo.action.what for todo in todos]
    assert len(listed) == len(set(listed)) == 3
    assert {todo.session.name for todo in todos if todo.action.state is ActionState.OPEN} == {"3"}
    html = words_of(html_of(client, reverse("minutes-actions")))
    assert "Ask the port about berths" not in html
    assert "Ask the port about berths" in html_of(client, reverse("minutes-actions") + "?state=all")
    assert "Draw the assembly area" not in html_of(client, reverse("minutes-actions") + "?owner=Colonel Thole")


def test_another_records_state_of_an_action_is_told(talked: World) -> None:
    ours = room.HELD["ours"]
    minutes = elements.content(elements.get(talked.torvia, room.HELD["theirs"].id))
    fields = {"agenda.0.actions.0.state": "done"}
    changed = editing.change(talked.torvia, PLANNER, room.HELD["theirs"].id, room.HELD["theirs"].version, fields)
    talked.release(talked.torvia, changed.row, "scenarios", "XMR")
    talked.settle()
    todos = {todo.action.what: todo for todo in sessions.todos(talked.hq, sessions.series(talked.hq))}
    assert todos["Send the list of pilots"].otherwise == ActionState.DONE
    assert todos["Send the list of pilots"].record.element == ours.id
    assert minutes.agenda[0].actions[0].state is ActionState.OPEN


# Reports and engagements


def test_reports_of_one_root_are_counted_as_one_source_and_the_recalled_one_as_none(
    talked: World, enter: Enter
) -> None:
    sentence = "Rests on 5 reports, of which 1 is not held here any more; the rest go back to 3 independent sources."
    page = reverse("source", args=["XMR", room.HELD["assessment"].id])
    html = words_of(html_of(enter(PLANNER), page))
    for said in (
        sentence,
        "recalled by",
        "passes on “A proposal for joint planning was made”",
        "1 hop withheld by Torvia",
    ):
        assert said in html
    assert "Ammunition was landed" not in html
    beside = words_of(html_of(enter(PLANNER), reverse("element", args=[room.HELD["assessment"].id])))
    assert sentence in beside


def test_a_report_says_what_rests_on_it_and_what_it_tells_of(talked: World, enter: Enter) -> None:
    html = words_of(html_of(enter(PLANNER), reverse("source", args=["XMR", room.HELD["axios"].id])))
    for said in (
        "US officials",
        "B3 usually reliable, possibly true",
        "Weakest graded step: 2, Axios",
        "Will the partner take up the proposal?",
        "Visit of the chairman",
        "1 other report goes back to the same source",
    ):
        assert said in html


def test_a_grade_that_a_partner_gives_is_weighed_like_ours_and_no_page_is_made_of_what_is_no_source(
    talked: World, enter: Enter
) -> None:
    client = enter(PLANNER)
    assert "Coast guard patrols doubled" in html_of(client, reverse("source", args=["XTV", room.HELD["patrols"].id]))
    assert client.get(reverse("source", args=["XMR", talked.ours[0].id])).status_code == 404
    assert client.get(reverse("engagement", args=["XMR", talked.ours[0].id])).status_code == 404
    assert client.get(reverse("minutes-session", args=["XMR", talked.ours[0].id])).status_code == 404


def test_engagements_stand_in_order_of_time_and_tell_who_met_us_how_often(talked: World, enter: Enter) -> None:
    client = enter(PLANNER)
    html = words_of(html_of(client, reverse("engagements")))
    titles = ["Visit of the minister", "Call between the staffs", "Visit of the chairman"]
    assert [html.index(title) for title in titles] == sorted(html.index(title) for title in titles)
    assert "General Aster XTV Chairman of the Joint Chiefs met us 3 times" in html
    narrowed = words_of(html_of(client, reverse("engagements") + "?who=Minister Vane"))
    assert "1 engagement" in narrowed
    none = words_of(html_of(client, reverse("engagements") + "?contingency=Nowhere"))
    assert "0 engagements" in none


def test_an_engagement_leads_to_its_reports_and_to_the_accord_that_followed(talked: World, enter: Enter) -> None:
    html = words_of(html_of(enter(PLANNER), reverse("engagement", args=["XMR", room.HELD["visit"].id])))
    for said in (
        "Not rejected; what it would extend to must be made clear.",
        "A proposal for joint planning was made",
        "Strait of Vael: joint contingency planning",
        "19 days after they met",
    ):
        assert said in html


def test_an_engagement_says_that_a_report_of_it_was_recalled(talked: World, enter: Enter) -> None:
    library = sources.library(talked.hq)
    (gone,) = [
        key
        for key in library.recalled
        if key.startswith("XTV/") and key not in library.reports and key in str(library.citing)
    ]
    made = elements.add(talked.hq, PLANNER, content("engagement", title="A talk", reports=[gone]))
    html = words_of(html_of(enter(PLANNER), reverse("engagement", args=["XMR", made.id])))
    assert "recalled by its party" in html


# Notes


def test_a_note_stands_beside_the_element_as_ours_and_calls_who_is_mentioned(talked: World, enter: Enter) -> None:
    account(OFFICER)
    client, theirs = enter(PLANNER), talked.theirs[0]
    page = reverse("their-element", args=[talked.accord, "XTV", theirs.id])
    form = {
        "text": "@oda and @nobody: see the harbour.",
        "version": theirs.version,
        "next": page + "#notes",
        "do": "write",
    }
    answer = client.post(reverse("notes-on", args=["XTV", theirs.id]), form, follow=True)
    html = words_of(answer.content.decode())
    assert answer.redirect_chain[0][0].startswith(page)
    for said in ("Stays at this headquarters", "see the harbour", "Nobody here has the username nobody"):
        assert said in html
    assert "Ours, at home only" in html
    told = notes.mentions_of("oda")[0]
    assert "see the harbour" in told.sentence
    officer = enter(OFFICER)
    assert "see the harbour" in html_of(officer, reverse("notes"))
    officer.get(page)
    assert notes.mentions_of("oda")[0].note.number != told.note.number


def test_a_note_is_never_led_out_of_this_house(talked: World, enter: Enter) -> None:
    form = {"text": "x", "next": "https://example.org/", "do": "write"}
    answer = enter(PLANNER).post(reverse("notes-on", args=["XTV", talked.theirs[0].id]), form)
    assert answer["Location"].startswith("/notes/")


def test_a_note_stays_when_its_text_is_recalled_and_says_so(talked: World, enter: Enter) -> None:
    client, gone = enter(OFFICER), talked.theirs[1]
    html = words_of(html_of(client, reverse("notes-on", args=["XTV", gone.id])))
    assert "was recalled by its party" in html
    assert "they took the squadron back" in html
    assert "3rd Frigate Squadron" not in html
    listed = words_of(html_of(client, reverse("notes")))
    assert "the text was recalled" in listed
    assert client.post(reverse("notes-on", args=["XTV", gone.id]), {"text": "More.", "do": "write"}).status_code == 302
    assert client.get(reverse("notes-on", args=["XTV", "a" * 26])).status_code == 404


def test_an_empty_note_is_refused_and_only_its_author_takes_one_back(talked: World, enter: Enter) -> None:
    page, client = reverse("notes-on", args=["XTV", talked.theirs[0].id]), enter(PLANNER)
    answer = client.post(page, {"text": " ", "do": "write", "calling": "oda"})
    assert answer.status_code == 422
    assert "The note is empty" in answer.content.decode()
    assert 'value="oda"' in answer.content.decode()
    mine = next(row for row in notes.about(XTV, talked.theirs[0].id)[1] if row.by == "pia")
    assert enter(HEAD).post(page, {"do": f"back:{mine.number}"}).status_code == 422
    assert client.post(page, {"do": f"back:{mine.number}"}).status_code == 302
    assert "Taken back by its author." in html_of(client, page)


def test_mentions_are_marked_as_read_by_hand_too(talked: World, enter: Enter) -> None:
    client = enter(OFFICER)
    unread = client.get(reverse("notes")).context["unread"]
    assert len(unread) == 2
    assert client.post(reverse("notes"), {"note": [str(unread[0]), "x"]}).status_code == 302
    assert client.get(reverse("notes")).context["unread"] == unread[1:]
    assert "Not before the pilots are asked." in html_of(client, reverse("notes") + "?all=yes")


# All of them


def _fill(world: World, many: int) -> None:
    """`many` more of everything that the pages list."""
    theirs = world.theirs[0]
    for number in range(many):
        comment(world, f"XTV/{theirs.id}/{theirs.version}", f"Remark {number}")
        report = elements.add(
            world.hq, PLANNER,
            content("report", title=f"Report {number}", said="Said.", contingency=f"Case {number}",
                    hops=[{"actor": f"Actor {number % 3}", "relation": "stated", "at": "2025-01-02"}]),
        )  # fmt: skip
        elements.add(
            world.hq, PLANNER,
            content("assessment", title=f"A {number}", question="?", judgement="Yes.", reports=[f"XMR/{report.id}"]),
        )  # fmt: skip
        elements.add(
            world.hq, PLANNER,
            content(
                "minutes", title=f"M {number}", series=f"S {number % 4}", session=str(number), contingency=f"Case {number}",
                window={"start": "C+1"},
                agenda=[{"id": "1", "item": "I", "about": f"XMR/{report.id}", "actions": [{"what": f"Do {number}", "due": "C+2"}]}],
            ),
        )  # fmt: skip
        elements.add(
            world.hq, PLANNER,
            content("engagement", title=f"E {number}", at="C+1", contingency=f"Case {number}",
                    attendees=[{"name": f"N {number}", "party": "XTV"}, {"name": "Us", "party": "XMR"}]),
        )  # fmt: skip
        notes.write(PLANNER, ElementRef(XTV, theirs.id), f"@oda {number}", at=1_000 + number)


def test_no_page_asks_the_database_more_for_many_rows_than_for_few(talked: World, enter: Enter) -> None:
    client = enter(OFFICER)
    theirs = talked.theirs[0].id
    pages = [
        *(reverse(name) for name in ("threads", "minutes", "minutes-actions", "sources", "engagements", "notes")),
        reverse("sources") + "?show=assessments",
        reverse("notes") + "?all=yes",
        reverse("thread", args=["XTV", theirs]),
        reverse("notes-on", args=["XTV", theirs]),
        reverse("minutes-session", args=["XMR", room.HELD["ours"].id]),
        reverse("source", args=["XMR", room.HELD["assessment"].id]),
        reverse("engagement", args=["XMR", room.HELD["visit"].id]),
        reverse("element", args=[room.HELD["assessment"].id]),
        reverse("their-element", args=[talked.accord, "XTV", theirs]),
        reverse("accord-talk", args=[talked.accord]),
    ]
    counts: dict[str, list[int]] = {}
    for many in (2, 40):
        _fill(talked, many)
        for page in pages:
            client.get(page)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert client.get(page).status_code == 200
            counts.setdefault(page, []).append(len(asked))
    assert {page: few_many for page, few_many in counts.items() if few_many[1] > few_many[0]} == {}


def test_every_page_of_the_room_opens_for_every_role(talked: World, enter: Enter) -> None:
    for person in (PLANNER, OFFICER, HEAD, AUDITOR, ADMINISTRATOR):
        client = enter(person)
        for page in room.pages(talked):
            assert client.get(page.path).status_code == 200, (person.username, page.name)


def test_what_is_typed_by_people_is_never_read_as_markup(talked: World, enter: Enter) -> None:
    evil = "<script>alert(1)</script>"
    theirs = talked.theirs[0]
    comment(talked, f"XTV/{theirs.id}/{theirs.version}", evil)
    elements.add(
        talked.hq, PLANNER, content("minutes", title=evil, agenda=[{"id": "1", "item": evil, "agreed_minute": evil}])
    )
    report = elements.add(
        talked.hq, PLANNER,
        content("report", title=evil, said=evil, root=evil, hops=[{"actor": evil, "relation": "stated", "withheld_by": evil}]),
    )  # fmt: skip
    elements.add(
        talked.hq, PLANNER, content("engagement", title=evil, attendees=[{"name": evil}], raised=[{"topic": evil}])
    )
    notes.write(PLANNER, ElementRef(XTV, theirs.id), evil, at=5)
    client = enter(PLANNER)
    paths = [page.path for page in room.pages(talked)] + [reverse("source", args=["XMR", report.id])]
    for path in paths:
        assert evil not in html_of(client, path), path
