"""What left, recalls in one act, consents and tellings, on the pages."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from stafftalks.accord import state
from stafftalks.services import accords, consents, elements, recalls, releases
from stafftalks.services.rows import SendingState
from stafftalks.values.ids import ElementId
from tests.browser.rooms import left as room
from tests.fakes import AUDITOR, HEAD, OFFICER, PLANNER
from tests.web.conftest import Enter
from tests.web.world import World, content


@pytest.fixture
def told(story: World) -> World:
    """The story with what left, and with third parties."""
    room.prepare(story)
    return story


def html(client: Client, name: str, *args: object, query: str = "", status: int = 200) -> str:
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == status
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_what_left_says_who_asked_who_let_it_go_when_and_what_is_known_of_it_since(told: World, enter: Enter) -> None:
    page = html(enter(OFFICER), "element-left", told.ours[0].id)
    for said in ("Asked by pia", "let go by oda", "as we claim; provably later than", "and earlier than", "by their clock", "Read by 3 persons, as they chose to tell. Read with care."):  # fmt: skip
        assert said in page
    listed = html(enter(OFFICER), "left", query="?fate=not+confirmed")
    assert "Two corvettes left port" in listed
    assert "Their headquarters has had our recall since" in listed
    assert "has not answered: whether it was removed is not known" in listed
    assert "Closing of the Strait of Vael" not in listed
    by_element = html(enter(PLANNER), "left", query="?by=element&partner=XTV")
    assert "stands with them: 1" in by_element


def test_a_partner_out_of_reach_or_gone_is_said_to_be_so_and_the_recall_to_stand(told: World, enter: Enter) -> None:
    told.hq.partners.put_sending("XTV", SendingState(failures=3, last_ok_at=told.hq.clock.now() - 86_400))
    recalls.recall(told.hq, OFFICER, told.accord, told.ours[0].id, "Wrong date.")
    page = html(enter(OFFICER), "left", query="?fate=not+confirmed")
    assert "Our recall is not known to have reached them. It stands in our record" in page
    assert "out of reach since 22 Nov 2025" in page
    assert "out of reach since" in html(enter(OFFICER), "accord-recalls", told.accord)
    assert "deleted" not in page


def test_several_are_recalled_from_the_list_after_a_page_that_says_what_that_does(told: World, enter: Enter) -> None:
    client, page = enter(OFFICER), reverse("left-recall")
    chosen = [f"{told.accord}.{item.element}" for item in state.live_releases(accords.view(told.hq, told.accord).accord, "XMR")[:3]]  # fmt: skip
    asked = client.post(page, {"what": chosen})
    assert asked.status_code == 200
    assert "Nobody can make another party forget" in asked.content.decode()
    assert asked.content.decode().count('name="what"') == 3
    before = len(state.recalls(accords.view(told.hq, told.accord).accord))
    assert client.post(page, {"what": chosen, "do": "recall", "reason": "Sent in error."}).status_code == 302
    made = accords.view(told.hq, told.accord).accord.sheet("XMR").recalls
    assert [recall.reason for recall in made[-3:]] == ["Sent in error."] * 3
    assert len(state.recalls(accords.view(told.hq, told.accord).accord)) == before + 3
    assert client.post(page, {"what": ["nonsense", "x.y"]}).status_code == 422
    assert client.post(page, {"what": chosen, "do": "recall"}).status_code == 422, "nothing of these stands any more"
    assert enter(PLANNER).post(page, {"what": chosen}).status_code == 403


def test_everything_is_recalled_in_one_act_and_then_nothing_is_left_to_recall(told: World, enter: Enter) -> None:
    client, page = enter(HEAD), reverse("recall-everything", args=[told.accord])
    standing = recalls.standing(accords.view(told.hq, told.accord).accord, "XMR")
    assert f"{len(standing)} elements of ours stand with partners" in html(client, "recall-everything", told.accord)
    assert client.post(page, {"reason": "We begin anew."}).status_code == 302
    assert accords.view(told.hq, told.accord).accord.sheet("XMR").released == {}
    assert "Nothing of ours stands released" in html(client, "recall-everything", told.accord)


@pytest.mark.parametrize("recalling", [True, False])
def test_withdrawing_offers_to_recall_everything_and_both_sides_say_what_they_keep(
    told: World, enter: Enter, *, recalling: bool
) -> None:
    client, page = enter(HEAD), reverse("accord-stand", args=[told.accord, "withdraw"])
    form = client.get(page)
    assert "Recall everything of ours that stands with the partners" in form.content.decode()
    shown = form.context["shown"]
    data = {"statement": "We go.", "keeps": "Minutes of our talks.", "reason": "We go.", "sure": "on", "shown": shown}
    answer = client.post(page, data | ({"recall": "on"} if recalling else {}))
    assert answer.status_code == 302
    sheet = accords.view(told.hq, told.accord).accord.sheet("XMR")
    assert sheet.standing.state == "withdrawn"
    assert (sheet.released == {}) == recalling
    if not recalling:
        return
    told.settle()
    waiting = [one.ref for one in recalls.open_recalls(told.torvia, told.accord)]
    recalls.answer_many(told.torvia, OFFICER, told.accord, waiting, "removed", "Backups keep it for 30 days.")
    told.settle()
    said = html(client, "accord", told.accord)
    assert "What each side keeps" in said
    assert "Says it keeps: Minutes of our talks." in said
    assert f"confirmed removed {len(waiting)} elements that XMR recalled" in said
    assert "Backups keep it for 30 days." in said


def test_an_act_without_anything_to_recall_offers_no_recall(opened: World, enter: Enter) -> None:
    form = enter(HEAD).get(reverse("accord-stand", args=[opened.accord, "suspend"])).content.decode()
    assert "Recall everything" not in form
    assert "What we keep" in form


def test_all_recalls_of_a_partner_are_answered_in_one_act_with_what_we_keep(told: World, enter: Enter) -> None:
    for row in told.theirs[:1]:
        recalls.recall(told.torvia, OFFICER, told.accord, row.id, "Superseded.")
    told.settle()
    client, page = enter(OFFICER), reverse("answer-recalls", args=[told.accord, "XTV"])
    waiting = len(recalls.open_recalls(told.hq, told.accord))
    assert waiting == 2
    assert client.post(page, {"do": "remove", "shown": "1", "reason": ""}).status_code == 422, (
        "others wait than were read"
    )
    assert client.post(page, {"do": "refuse", "shown": "2", "reason": ""}).status_code == 422
    assert client.post(page, {"do": "remove", "shown": "2", "reason": "Backups."}).status_code == 302
    assert recalls.open_recalls(told.hq, told.accord) == ()
    assert client.get(page).status_code == 404


def test_revising_what_left_leads_from_the_form_to_asking_for_release_in_the_same_place(
    told: World, enter: Enter
) -> None:
    client, row = enter(PLANNER), told.ours[0]
    edit = reverse("element-edit", args=[row.id]) + f"?ask={told.accord}.scenarios"
    assert edit.replace("&", "&amp;") in client.get(reverse("element-left", args=[row.id])).content.decode()
    form = client.get(edit)
    typed = dict(form.context["draft"].typed)
    answer = client.post(edit, typed | {"based_on": row.version, "narrative": "Revised.", "do": "save"})
    assert answer.status_code == 302
    assert answer["Location"] == reverse("element-release", args=[row.id]) + f"?way={told.accord}.scenarios"


def test_third_parties_lists_what_draws_on_theirs_and_consents_with_the_days_left(told: World, enter: Enter) -> None:
    page = html(enter(OFFICER), "accord-consents", told.accord)
    for said in (
        "XTV asks whether “Closing of the Strait of Vael” may go on to XPA",
        "granted by us",
        "Mines: what we make of it",
        "may go on to XPA until",
        "“Mines in the southern approach” to XNO",
        "(30 days left)",
        "(10 days left)",
        "Name us as the source.",
    ):
        assert said in page


def test_consent_is_asked_for_and_answered_on_the_pages_and_waits_at_the_desk(told: World, enter: Enter) -> None:
    client, theirs = enter(PLANNER), told.theirs[0]
    ask = reverse("consent-ask", args=[told.accord, "XTV", theirs.id])
    form = client.get(ask)
    version = form.context["text"].version
    part = form.context["form"].fields["portions"].choices[0][0]
    good = {"version": version, "recipient": "xou", "portions": [part], "until": "2026-03-01", "purpose": "Why."}
    for bad in ({"recipient": "XTV"}, {"until": "2020-01-01"}, {"version": "x" * 52}, {"portions": ["y"]}):
        assert client.post(ask, good | bad).status_code == 422
    made = client.post(ask, good)
    assert made.status_code == 302
    row = releases.get(told.hq, made["Location"].strip("/").split("/")[-1])
    assert (row.kind, row.audience, row.state) == ("consent-request", ("XTV",), "waiting")
    assert "Waiting at our desk" in html(client, "accord-consents", told.accord)
    asking = next(one for one in consents.board(told.hq, told.accord).to_answer if one.answer is None)
    page = reverse("consent-answer", args=[told.accord, "XTV", asking.element])
    typed = {"version": asking.version, "until": "2025-12-24", "conditions": "Never the coordinates."}
    assert client.post(page, typed).status_code == 422, "nothing is answered beforehand"
    answered = client.post(page, typed | {"verdict": "granted"})
    assert answered.status_code == 302
    assert releases.get(told.hq, answered["Location"].strip("/").split("/")[-1]).kind == "consent"
    assert client.get(reverse("consent-answer", args=[told.accord, "XTV", theirs.id])).status_code == 404


def test_drawing_fills_a_new_form_with_exact_version_parts_and_the_originators_marking(
    told: World, enter: Enter
) -> None:
    marked = elements.add(told.torvia, PLANNER, content("report", title="Marked", said="One.\n\nTwo.", marking={"policy": "XTV", "classification": "SECRET"}))  # fmt: skip
    told.release(told.torvia, marked, "intelligence", "XMR")
    told.settle()
    client, page = enter(PLANNER), reverse("draw", args=[told.accord, "XTV", marked.id])
    led = client.post(page, {"parts": ["said#1"], "onto": "new:assessment"})
    assert led.status_code == 302
    typed = client.get(led["Location"]).context["draft"].typed
    assert typed["origins.0.source"] == f"XTV/{marked.id}/{marked.version}"
    assert (typed["origins.0.parts"], typed["origins.0.marking.policy"]) == ("said#1", "XTV")
    own = elements.add(told.hq, PLANNER, content("assessment", title="Ours", question="Q?", judgement="J."))
    added = client.post(page, {"parts": [], "onto": f"own:{own.id}"})
    assert added["Location"] == reverse("element", args=[own.id])
    assert elements.content(elements.get(told.hq, own.id)).origins[0].marking.classification == "SECRET"
    assert client.post(page, {"parts": ["nowhere"], "onto": "new:plan"}).status_code == 422
    assert client.get(reverse("element-new", args=["plan"]) + "?draws=nonsense").status_code == 400


def test_opening_a_partners_text_is_counted_once_a_person_and_told_only_by_choice(told: World, enter: Enter) -> None:
    theirs = told.theirs[0]
    page = reverse("their-element", args=[told.accord, "XTV", theirs.id])
    for person in (PLANNER, OFFICER, PLANNER):
        enter(person).get(page)
    enter(HEAD).get(reverse("scenario", args=["XTV", theirs.id]))
    said = html(enter(PLANNER), "their-element", told.accord, "XTV", theirs.id)
    assert "3 persons here have opened this version. Its author is told nothing of that unless we choose to." in said
    assert "Tell them it was read by 3" in said
    client, tell = enter(PLANNER), reverse("tell", args=[told.accord, "XTV", theirs.id])
    assert client.post(tell, {"readers": "1000000"}).status_code == 422, "a number cannot be typed"
    made = client.post(tell, {"readers": "readers", "statement": "Useful."})
    row = releases.get(told.hq, made["Location"].strip("/").split("/")[-1])
    content_ = elements.content(elements.get(told.hq, ElementId(row.element)))
    assert (row.kind, content_.readers) == ("acknowledgement", 3)
    assert client.get(reverse("tell", args=[told.accord, "XMR", told.ours[0].id])).status_code == 404


def test_who_may_only_read_is_offered_nothing_to_do(told: World, enter: Enter) -> None:
    client, theirs = enter(AUDITOR), told.theirs[0]
    page = client.get(reverse("left")).content.decode()
    assert 'name="what"' not in page
    for name in ("draw", "tell", "consent-ask"):
        assert client.get(reverse(name, args=[told.accord, "XTV", theirs.id])).status_code == 403


def test_where_nothing_left_and_nobody_asked_the_pages_say_so(opened: World, enter: Enter) -> None:
    assert "Nothing of ours has ever left this headquarters." in html(enter(OFFICER), "left")
    page = html(enter(OFFICER), "accord-consents", opened.accord)
    assert "Nothing of ours says that it draws on a text of theirs." in page
    assert "No partner has consented to anything here." in page
    row = elements.add(opened.hq, PLANNER, content("report", title="At home", said="One."))
    assert "Nothing of it has ever left" in html(enter(OFFICER), "element-left", row.id)
    html(enter(OFFICER), "element-left", ElementId("a" * 26), status=404)
    assert "Nothing of ours stands released" in html(enter(OFFICER), "recall-everything", opened.accord)
