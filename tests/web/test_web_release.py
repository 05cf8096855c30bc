"""The release desk, the partner's view and recalls, on the pages."""

from django.urls import reverse

from stafftalks.services import elements, judging, recalls, releases
from tests.fakes import HEAD, OFFICER, PLANNER
from tests.web.conftest import Enter
from tests.web.world import World, content


def _page(world: World, at: int = 0) -> str:
    return reverse("desk-review", args=[world.requests[at]])


def test_the_decider_reads_exactly_what_would_leave_what_is_new_and_who_would_read_it(
    story: World, enter: Enter
) -> None:
    html = enter(OFFICER).get(_page(story)).content.decode()
    for said in (
        "Exactly what they would read",
        "The coastal state offers inspection instead.",
        "This would be new to them:",
        "Everyone whom Torvia (XTV) lets into its headquarters",
        "can prove your release to third parties for ever",
    ):
        assert said in html


def test_a_release_takes_a_tick_that_it_was_read(story: World, enter: Enter) -> None:
    client = enter(OFFICER)
    shown = judging.shown_name(releases.get(story.hq, story.requests[0]).body)
    assert client.post(_page(story), {"do": "release", "shown": shown}).status_code == 422
    assert releases.get(story.hq, story.requests[0]).state == "waiting"
    assert client.post(_page(story), {"do": "release", "read": "yes", "shown": shown}).status_code == 302
    assert releases.get(story.hq, story.requests[0]).state == "released"


def test_whoever_asked_cannot_decide_and_is_told_so(story: World, enter: Enter) -> None:
    client = enter(OFFICER)
    own = _page(story, 1)
    html = client.get(own).content.decode()
    assert "You asked for this, so a different person decides it." in html
    assert 'value="release"' not in html
    assert client.post(own, {"do": "release", "read": "yes"}).status_code == 422
    assert releases.get(story.hq, story.requests[1]).state == "waiting"
    assert client.post(own, {"do": "cancel"}).status_code == 302


def test_refusing_and_handing_back_take_a_sentence(story: World, enter: Enter) -> None:
    client = enter(OFFICER)
    empty = client.post(_page(story), {"do": "refuse", "refuse-reason": ""})
    assert empty.status_code == 422
    client.post(_page(story), {"do": "back", "back-reason": "Which coast?"})
    assert releases.get(story.hq, story.requests[0]).reason == "Which coast?"
    html = enter(PLANNER).get(_page(story)).content.decode()
    assert "Which coast?" in html
    assert "Ask again" in html


def test_every_rule_that_says_no_is_listed(story: World, enter: Enter) -> None:
    from stafftalks.services import accords

    accords.suspend(story.hq, HEAD, story.accord)
    html = enter(OFFICER).get(_page(story)).content.decode()
    assert "stands against its release now" in html or "stand against its release now" in html
    answer = enter(OFFICER).post(_page(story), {"do": "release", "read": "yes"})
    assert answer.status_code == 422
    assert releases.get(story.hq, story.requests[0]).state == "waiting"


def test_the_partner_view_shows_what_they_hold_and_nothing_newer(story: World, enter: Enter) -> None:
    html = enter(OFFICER).get(reverse("partner-view", args=[story.accord, "XTV"])).content.decode()
    assert "Closing of the Strait of Vael" in html
    assert "The coastal state offers inspection instead." not in html, "revised at home, not released"
    assert "Two corvettes left port" not in html, "recalled"
    assert "Escort of tankers" not in html, "never released"


def test_a_recall_says_what_cannot_be_known_and_then_asks_the_holders(story: World, enter: Enter) -> None:
    client, page = enter(OFFICER), reverse("recall", args=[story.accord, "XTV", story.ours[0].id])
    html = client.get(page).content.decode()
    assert "Nobody can make another party forget" in html
    assert "deleted" not in html
    assert client.post(page, {"reason": "Wrong date."}).status_code == 302
    after = client.get(reverse("accord-recalls", args=[story.accord])).content.decode()
    assert "Wrong date." in after
    assert "not confirmed: whether it was removed is not known" in after
    assert client.get(page).status_code == 404, "nothing of it stands released now"


def test_a_partners_recall_is_honoured_or_refused_with_a_statement(story: World, enter: Enter) -> None:
    client = enter(OFFICER)
    (waiting,) = recalls.open_recalls(story.hq, story.accord)
    page = reverse("answer-recall", args=[story.accord, waiting.ref.party, waiting.ref.epoch, waiting.ref.n])
    assert client.post(page, {"do": "refuse", "reason": ""}).status_code == 422
    assert client.post(page, {"do": "remove", "reason": ""}).status_code == 302
    assert recalls.open_recalls(story.hq, story.accord) == ()
    assert "confirmed removed" in client.get(reverse("accord-recalls", args=[story.accord])).content.decode()


def test_a_reply_is_prefilled_with_the_exact_version_and_leads_to_asking_for_release(
    story: World, enter: Enter
) -> None:
    theirs = story.theirs[0]
    page = reverse("talk-reply", args=[story.accord, "XTV", theirs.id, "comment"])
    about = f"XTV/{theirs.id}/{theirs.version}"
    client = enter(PLANNER)
    assert f'value="{about}"' in client.get(page).content.decode()
    answer = client.post(page, {"about": about, "text": "Noted.", "do": "save"})
    assert answer.status_code == 302
    assert f"way={story.accord}.scenarios" in answer["Location"]


def test_a_reply_written_while_the_partner_revises_shows_what_changed_and_keeps_the_words(
    story: World, enter: Enter
) -> None:
    from tests.web.world import SCENARIO

    theirs, torvia = story.theirs[0], story.torvia
    page = reverse("talk-reply", args=[story.accord, "XTV", theirs.id, "comment"])
    about = f"XTV/{theirs.id}/{theirs.version}"
    newer = {**SCENARIO, "title": "Mines in both approaches", "marking": {}}
    story.release(
        torvia,
        elements.revise(torvia, PLANNER, theirs.id, content("scenario", **newer), theirs.version),
        "scenarios",
        "XMR",
    )
    story.settle()
    client = enter(PLANNER)
    answer = client.post(page, {"about": about, "text": "My long comment", "do": "save"})
    html = answer.content.decode()
    assert answer.status_code == 422
    for kept in ("My long comment", "revised this text while you were writing", "Mines in both approaches"):
        assert kept in html
    assert client.post(page, {"about": answer.context["about"], "text": "My long comment"}).status_code == 302


def test_a_partners_text_is_marked_theirs_and_a_remark_on_an_old_version_says_so(story: World, enter: Enter) -> None:
    theirs = (
        enter(PLANNER).get(reverse("their-element", args=[story.accord, "XTV", story.theirs[0].id])).content.decode()
    )
    assert "Theirs: Torvia" in theirs
    assert "Agreed by all" in theirs
    story.release(story.hq, story.ours[0], "scenarios", "XTV")
    talk = enter(PLANNER).get(reverse("accord-talk", args=[story.accord])).content.decode()
    assert "about an older version" in talk
