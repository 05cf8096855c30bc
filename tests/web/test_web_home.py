"""Home: what needs whom, in order; what is unread, until it is opened; what arrives while a page is open."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stafftalks.services import accords, elements, releases
from stafftalks.store import notes
from stafftalks.values.ids import PartyId
from stafftalks.web import pulse
from tests.fakes import HEAD, OFFICER, PLANNER
from tests.web import world as worlds
from tests.web.conftest import Enter, account
from tests.web.world import World, content, ref

DAY = 86_400


def groups(client: object) -> dict[str, list[str]]:
    return {group.key: [line.sentence for line in group.lines] for group in client.get("/").context["needs"]}


def test_what_needs_me_is_grouped_by_importance_and_says_what_to_press(story: World, enter: Enter) -> None:
    page = enter(HEAD).get("/")
    keys = [group.key for group in page.context["needs"]]
    assert keys == [key for key in ("partner", "time", "decide", "said", "trouble", "keep") if key in keys]
    assert keys[0] == "partner", "a waiting partner comes first"
    assert "Answer the recall" in page.content.decode()
    officer = groups(enter(OFFICER))
    assert any("asks to release" in sentence for sentence in officer["decide"])
    assert any("May the phases be shown to them?" in sentence for sentence in groups(enter(PLANNER))["said"])


def test_times_that_have_come_are_told_where_their_anchor_has_a_date(opened: World, enter: Enter) -> None:
    hq = opened.hq
    elements.add(
        hq,
        PLANNER,
        content("plan", title="Escort", decision_points=[{"id": "DP1", "decision": "Escort or wait", "ltiov": "C+2"}]),
    )
    assert "time" not in groups(enter(PLANNER)), "C-day has no date here"
    elements.add(hq, PLANNER, content("anchor", title="C-day", anchor="C", at="2026-03-01"))
    before = groups(enter(PLANNER)).get("time", [])
    opened.advance(40 * 365 * DAY)
    (sentence,) = groups(enter(PLANNER))["time"]
    assert "Escort or wait" in sentence
    assert "overdue by" in sentence
    assert before == [] or "overdue" not in before[0]


def test_indicators_long_unlooked_at_are_told_last(opened: World, enter: Enter) -> None:
    elements.add(opened.hq, PLANNER, content("indicator", title="Tugs leave port", watched="Tugs at sea."))
    page = groups(enter(PLANNER))
    assert page["keep"] == ["The indicator “Tugs leave port” was never looked at: look, and note what was seen."]


def test_a_mention_leads_to_the_note(opened: World, enter: Enter) -> None:
    row = elements.add(opened.hq, HEAD, content("report", title="Fog", said="Fog."))
    account(PLANNER)
    notes.write(HEAD, ref("XMR", row.id), "Please look, @pia", at=opened.hq.clock.now())
    assert any("Please look" in sentence for sentence in groups(enter(PLANNER))["said"])


def test_opening_what_news_is_about_clears_its_mark_and_no_other(story: World, enter: Enter) -> None:
    client = enter(HEAD)
    client.post(reverse("seen"), {"now": story.hq.clock.now()})
    story.advance(60)
    for title in ("First new text", "Second new text"):
        row = elements.add(story.torvia, PLANNER, content("report", title=title, said=title))
        story.release(story.torvia, row, "intelligence", "XMR")
    story.settle()
    first = next(one for one in elements.find(story.torvia, text="First new")[1])
    page = client.get("/")
    assert page.context["news_count"] == 2
    assert "2 new" in client.get(reverse("accords")).content.decode()
    assert "2 new" in client.get(reverse("accord", args=[story.accord])).content.decode()
    client.get(reverse("their-element", args=[story.accord, "XTV", first.id]))
    html = client.get("/").content.decode()
    assert "First new text" not in html
    assert "Second new text" in html
    assert enter(OFFICER).get("/").context["news_count"] > 1, "each person's marks are their own"
    client.post(reverse("seen"), {"now": story.hq.clock.now()})
    assert client.get("/").context["news_count"] == 0


def test_standing_and_recalls_come_before_releases_and_releases_before_talk(story: World, enter: Enter) -> None:
    (accord,) = enter(HEAD).get("/").context["news"]
    said = [line.sentence for line in accord.lines]
    first_release = next((at for at, sentence in enumerate(said) if " released " in sentence), len(said))
    assert all("released the" not in sentence for sentence in said[:first_release])
    assert any("recalled" in sentence or "accepted" in sentence for sentence in said[:first_release])


def test_what_colleagues_wrote_stands_apart_and_goes_once_opened(opened: World, enter: Enter) -> None:
    client = enter(PLANNER)
    client.post(reverse("seen"), {"now": opened.hq.clock.now()})
    opened.advance(60)
    account(HEAD)
    row = elements.add(opened.hq, HEAD, content("report", title="Written by Hal", said="x"))
    elements.add(opened.hq, PLANNER, content("report", title="Written by Pia", said="x"))
    html = client.get("/").content.decode()
    assert "Hal Head wrote in “Written by Hal”." in html
    assert "Written by Pia" not in html
    client.get(reverse("element", args=[row.id]))
    assert "Written by Hal" not in client.get("/").content.decode()


def test_arrivals_are_told_in_words_by_partner_and_accord(story: World, enter: Enter) -> None:
    client, known = enter(HEAD), pulse.spelt(pulse.sizes(story.hq))
    asked = {"known": known, "here": reverse("accord-released", args=[story.accord])}
    assert client.get(reverse("news"), asked).status_code == 204
    accords.ask(story.torvia, HEAD, story.accord, "One more thing?")
    accords.ask(story.torvia, HEAD, story.accord, "And another?")
    story.settle()
    html = client.get(reverse("news"), asked).content.decode()
    assert "2 new entries from Torvia in “Strait of Vael: joint contingency planning”." in html
    assert "Show 2 new" in html
    form = client.get(reverse("news"), {**asked, "here": "/elements/new/report/"}).content.decode()
    assert "Show 2 new" not in form, "a page with a form to write in is left alone"
    away = client.get(reverse("news"), {**asked, "here": "//evil.example/"}).content.decode()
    assert "evil.example" not in away.replace("here=", "").split("hx-get")[0] + away.split("hx-trigger")[1]


def test_a_page_is_told_that_a_colleague_revised_what_it_shows(opened: World, enter: Enter) -> None:
    row = elements.add(opened.hq, PLANNER, content("report", title="Fog", said="Fog."))
    account(HEAD)
    client, page = enter(PLANNER), reverse("element", args=[row.id])
    asked = {"known": pulse.spelt(pulse.sizes(opened.hq)), "here": page, "element": row.id, "version": row.version}
    assert client.get(reverse("news"), asked).status_code == 204
    elements.revise(opened.hq, HEAD, row.id, content("report", title="Fog", said="Thick fog."), row.version)
    answer = client.get(reverse("news"), asked)
    assert "Hal Head saved a new version of this" in answer.content.decode()
    assert "Show the new version" in answer.content.decode()
    again = client.get(reverse("news"), {**asked, "shown": answer.context["shown"]})
    assert again.status_code == 204, "the same is not told twice"


def test_asking_for_news_costs_a_few_queries_and_home_no_more_with_more_rows(
    put: Callable[[World], World], enter: Enter
) -> None:
    world = put(worlds.story())
    client = enter(HEAD)
    asked = {"known": pulse.spelt(pulse.sizes(world.hq)), "here": "/"}
    client.get("/")
    with CaptureQueriesContext(
        connection,
    ) as quiet:
        client.get(reverse("news"), asked)
    assert len(quiet) <= 4, [query["sql"] for query in quiet]
    with CaptureQueriesContext(connection) as few:
        client.get("/")
    for number in range(60):
        row = elements.add(world.torvia, PLANNER, content("report", title=f"R{number}", said="x"))
        asked_for = releases.request(world.torvia, PLANNER, world.accord, row.id, "intelligence", [PartyId("XMR")])
        releases.release(world.torvia, OFFICER, asked_for.id)
        elements.add(world.hq, PLANNER, content("indicator", title=f"I{number}", watched="x"))
    world.settle()
    with CaptureQueriesContext(connection) as many:
        page = client.get("/")
    assert page.context["news_count"] > 60
    assert len(many) == len(few)


@pytest.mark.parametrize("known", ["", "nonsense", "9" * 40, "1~x", "5~abc.XTV.1"])
def test_a_page_that_knows_nonsense_is_answered_all_the_same(story: World, enter: Enter, known: str) -> None:
    assert enter(HEAD).get(reverse("news"), {"known": known}).status_code in (200, 204)


def test_mail_is_chosen_by_each_person_and_its_failure_told_to_the_administrator(opened: World, enter: Enter) -> None:
    from stafftalks.store import digest
    from tests.fakes import ADMINISTRATOR

    client, page = enter(HEAD), reverse("me-digest")
    wrong = client.post(page, {"every": "daily", "hour": "7", "email": ""})
    assert wrong.status_code == 422
    assert client.post(page, {"every": "daily", "hour": "7", "email": "hal@meridia.example"}).status_code == 302
    assert digest.choice(HEAD.username).email == "hal@meridia.example"
    opened.advance(DAY)
    (due,) = digest.claim(opened.hq.clock.now())
    digest.failed(due, "550 no such mailbox", now=opened.hq.clock.now())
    assert any("550 no such mailbox" in one for one in groups(enter(ADMINISTRATOR))["trouble"])
    assert "550 no such mailbox" in client.get(page).content.decode()
