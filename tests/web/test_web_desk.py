"""The desk on its pages: the queue, one request whole, redaction, the head of delegation, several in one act. All of it by forms alone."""

import re

import pytest
from django.urls import reverse

from stafftalks.services import desk_reviews, elements, judging, releases
from stafftalks.values.ids import PartyId
from tests.browser.rooms import desk as room
from tests.fakes import HEAD, OFFICER, PLANNER, permit
from tests.web.conftest import Enter
from tests.web.world import World, content

XTV = PartyId("XTV")


@pytest.fixture
def desk(story: World) -> World:
    """The story with a letter that lets places and counts go coarsely, and requests in every state."""
    room.prepare(story)
    return story


def page(name: str) -> str:
    return reverse("desk-review", args=[room.HELD[name].id])


def redacting(name: str) -> str:
    return reverse("desk-redact", args=[room.HELD[name].id])


def shown(world: World, name: str) -> str:
    return judging.shown_name(releases.get(world.hq, room.HELD[name].id).body)


def state(world: World, name: str) -> str:
    return releases.get(world.hq, room.HELD[name].id).state


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_queue_tells_for_whom_since_when_and_what_stands_against_each(desk: World, enter: Enter) -> None:
    html = words(enter(OFFICER).get(reverse("desk")).content.decode())
    for said in (
        "places too fine",
        "counts too fine",
        "marked below its portions",
        "no rule says no",
        "asked again",
        "redacted",
    ):
        assert said in html
    assert "The oldest was asked for 1 day ago and stands first" in html
    assert html.index("Closing of the Strait of Vael") < html.index("Coastal engineer regiment"), "the oldest first"


def test_the_queue_is_narrowed_by_partner_kind_person_and_words_and_counts_follow(desk: World, enter: Enter) -> None:
    client = enter(OFFICER)
    found = client.get(reverse("desk"), {"kind": "scenario", "whose": "others", "text": "MINES", "partner": "XTV"})
    titles = {line.title for line in found.context["rows"]}
    assert titles == {"Mines in the northern lane", "Mines in the southern lane"}
    assert {name: count for name, _words, count in found.context["tabs"]}["waiting"] == 2
    nobody = client.get(reverse("desk"), {"text": "no such words"}).content.decode()
    assert "Nothing matches" in nobody
    senseless = client.get(reverse("desk"), {"state": "nonsense", "partner": "XX", "kind": "letter'", "offset": "x"})
    assert senseless.context["queue"].state == "waiting"
    mine = client.get(reverse("desk"), {"whose": "mine"})
    assert {line.row.requested_by for line in mine.context["rows"]} == {OFFICER.username}


def test_without_any_letter_the_desk_says_that_nothing_leaves_and_what_to_do(story: World, enter: Enter) -> None:
    for held in story.hq.holdings.find(kind="letter")[1]:
        elements.archive(story.hq, HEAD, held.id, archived=True)
    html = enter(OFFICER).get(reverse("desk")).content.decode()
    assert "There is no disclosure letter yet, so nothing can leave" in html
    assert "no letter" in words(html)
    review = enter(OFFICER).get(reverse("desk-review", args=[story.requests[0]])).content.decode()
    assert "No letter lets anything go to them" in review
    assert 'value="release"' not in review


def test_one_request_shows_what_leaves_what_stays_and_what_is_known(desk: World, enter: Enter) -> None:
    html = words(enter(OFFICER).get(page("redacted")).content.decode())
    for said in (
        "Exactly what they would read", "Two minefields are laid by night.", "What stays home, and why",
        "Branches B2 : taken out", "The harbour pilots’ duty list is kept in Mersel.", "Marked S, which the letter",
        "The letter it stands under", "They hold no version of this text yet", "What it adds up to", "Third parties’ consent",
        "Who will see it there", "No rule stands against its release.",
    ):  # fmt: skip
        assert said in html.replace("Branches B2:", "Branches B2 :"), said


def test_what_the_letter_needs_is_taken_out_by_one_button_and_put_back_by_another(desk: World, enter: Enter) -> None:
    client = enter(OFFICER)
    assert client.post(redacting("force"), {"do": "needed", "shown": shown(desk, "force")}).status_code == 302
    row = releases.get(desk.hq, room.HELD["force"].id)
    assert row.redactions == ("cell place 5", "round holdings.0.on_hand 10")
    html = client.get(page("force")).content.decode()
    assert "36.123456" not in html.split('id="stays"')[0], "not in what leaves"
    assert 'value="release"' in html
    client.post(redacting("force"), {"do": "undo", "shown": shown(desk, "force")})
    assert releases.get(desk.hq, row.id).redactions == ()


def test_portions_are_ticked_and_places_told_more_coarsely(desk: World, enter: Enter) -> None:
    client = enter(OFFICER)
    sent = {
        "do": "redact", "shown": shown(desk, "force"), "take": ["contingency"], "tell": ["cell place 4", ""],
        "lines": "round holdings.0.on_hand 10\n\n",
    }  # fmt: skip
    assert client.post(redacting("force"), sent).status_code == 302
    assert set(releases.get(desk.hq, room.HELD["force"].id).redactions) == {
        "remove contingency", "cell place 4", "round holdings.0.on_hand 10",
    }  # fmt: skip
    drawn = client.get(page("force")).context["stays"]
    assert next(line for line in drawn.lines if line.path == "place").chosen == "cell place 4"
    assert next(line for line in drawn.lines if line.path == "contingency").ticked


@pytest.mark.parametrize(
    "sent",
    [
        {"do": "redact", "lines": "hide everything"},
        {"do": "redact", "take": "branches.B9"},
        {"do": "redact", "take": "title"},
    ],
)
def test_a_redaction_that_cannot_be_made_is_refused_and_nothing_changes(
    desk: World, enter: Enter, sent: dict[str, str]
) -> None:
    answer = enter(OFFICER).post(redacting("mines"), {**sent, "shown": shown(desk, "mines")})
    assert answer.status_code == 422
    assert releases.get(desk.hq, room.HELD["mines"].id).redactions == ()


def test_a_decision_or_redaction_from_a_page_drawn_before_a_change_is_refused(desk: World, enter: Enter) -> None:
    client, before = enter(OFFICER), shown(desk, "redacted")
    client.post(redacting("redacted"), {"do": "redact", "shown": before, "take": "branches.B2"})
    for late in (
        client.post(page("redacted"), {"do": "release", "read": "yes", "shown": before}),
        client.post(page("redacted"), {"do": "release", "read": "yes"}),
        client.post(redacting("redacted"), {"do": "undo", "shown": before}),
    ):
        assert late.status_code == 422
        assert "changed since it was shown to you" in late.content.decode()
    assert state(desk, "redacted") == "waiting"
    assert (
        client.post(page("redacted"), {"do": "release", "read": "yes", "shown": shown(desk, "redacted")}).status_code
        == 302
    )
    assert state(desk, "redacted") == "released"


def test_the_head_of_delegation_decides_as_a_third_person(desk: World, enter: Enter) -> None:
    assert "Mine hunters" in enter(HEAD).get("/").content.decode(), "it waits on the head's own page"
    html = enter(HEAD).get(page("head")).content.decode()
    assert "As head of delegation you let it go too, or refuse." in html
    officer = enter(OFFICER).get(page("head")).content.decode()
    assert 'value="release"' not in officer
    assert (
        enter(OFFICER).post(page("head"), {"do": "release", "read": "yes", "shown": shown(desk, "head")}).status_code
        == 422
    )
    assert (
        enter(HEAD).post(page("head"), {"do": "release", "read": "yes", "shown": shown(desk, "head")}).status_code
        == 302
    )
    assert state(desk, "head") == "released"


def test_an_officers_yes_says_that_it_waits_for_the_head(desk: World, enter: Enter) -> None:
    need = elements.add(
        desk.hq, PLANNER, content("requirement", title="Divers", serial="8", capability="Diving", contingency="Vael")
    )
    asked = releases.request(desk.hq, PLANNER, desk.accord, need.id, "scenarios", [XTV])
    client, where = enter(OFFICER), reverse("desk-review", args=[asked.id])
    assert "Let it go to the head of delegation" in client.get(where).content.decode()
    sent = {"do": "release", "read": "yes", "shown": judging.shown_name(asked.body)}
    assert "the head of delegation decides as well" in client.post(where, sent, follow=True).content.decode()
    assert releases.get(desk.hq, asked.id).state == "approved"


def test_what_was_handed_back_is_asked_again_with_what_was_chosen_before(desk: World, enter: Enter) -> None:
    client = enter(PLANNER)
    back = client.get(page("returned")).content.decode()
    link = reverse("element-release", args=[room.HELD["returned"].element]) + f"?again={room.HELD['returned'].id}"
    assert link in back
    form = client.get(link)
    assert "Who saw them?" in form.content.decode()
    way = f"{desk.accord}.intelligence"
    assert form.context["form"]["way"].value() == way
    row = elements.get(desk.hq, room.HELD["returned"].element)
    sent = {
        "way": way,
        "audience": ["XTV"],
        "note": "The keeper.",
        "version": row.version,
        "again": room.HELD["returned"].id,
    }
    client.post(link, sent)
    newest = releases.asked_after(desk.hq, room.HELD["returned"])
    assert newest is not None
    html = enter(OFFICER).get(reverse("desk-review", args=[newest.id])).content.decode()
    assert "Who saw them?" in html


def test_asking_for_release_tells_beforehand_what_the_letters_say(desk: World, enter: Enter) -> None:
    html = words(enter(PLANNER).get(reverse("element-release", args=[room.HELD["force"].element])).content.decode())
    assert "after redaction: places too fine, counts too fine" in html


def test_a_letter_is_never_asked_for(desk: World, enter: Enter) -> None:
    letter = room.LETTER[0].id
    assert enter(PLANNER).get(reverse("element-release", args=[letter])).status_code == 404
    html = enter(PLANNER).get(reverse("element", args=[letter])).content.decode()
    assert "Open the letter" in html
    assert reverse("element-release", args=[letter]) not in html


def test_several_are_released_in_one_act_and_one_is_left_out(desk: World, enter: Enter) -> None:
    client = enter(OFFICER)
    names = ["redacted", "again"]
    chosen = {"request": [room.HELD[name].id for name in [*names, "mines"]]}
    drawn = client.post(reverse("desk-together"), chosen)
    assert "marked below its portions" in words(drawn.content.decode())
    sent = {f"shown-{line.row.id}": line.shown for line in drawn.context["lines"]} | {"do": "release", "read": "yes"}
    refused = client.post(reverse("desk-together"), {**sent, **chosen})
    assert refused.status_code == 422
    assert "Nothing was decided" in refused.content.decode()
    assert {state(desk, name) for name in (*names, "mines")} == {"waiting"}
    done = client.post(
        reverse("desk-together"), {**sent, "request": [room.HELD[name].id for name in names]}, follow=True
    )
    assert "2 were released in one act." in done.content.decode()
    assert [state(desk, name) for name in (*names, "mines")] == ["released", "released", "waiting"]


def test_nothing_can_be_slipped_into_a_batch_that_was_not_shown(desk: World, enter: Enter) -> None:
    client = enter(OFFICER)
    drawn = client.post(reverse("desk-together"), {"request": [room.HELD["redacted"].id]})
    sent = {f"shown-{line.row.id}": line.shown for line in drawn.context["lines"]} | {"do": "release", "read": "yes"}
    late = client.post(reverse("desk-together"), {**sent, "request": [room.HELD["redacted"].id, room.HELD["again"].id]})
    assert late.status_code == 422
    assert {state(desk, name) for name in ("redacted", "again")} == {"waiting"}
    unread = client.post(reverse("desk-together"), {**sent, "read": "", "request": [room.HELD["redacted"].id]})
    assert unread.status_code == 422
    assert client.post(reverse("desk-together"), {}).status_code == 422
    assert enter(PLANNER).get(reverse("desk-together")).status_code == 403


def test_all_that_a_filter_shows_is_taken_together(desk: World, enter: Enter) -> None:
    drawn = enter(OFFICER).get(reverse("desk-together"), {"kind": "report", "state": "waiting"})
    assert [line.row.id for line in drawn.context["lines"]] == [room.HELD["again"].id]


def test_what_was_redacted_is_told_where_the_element_stands(desk: World, enter: Enter) -> None:
    releases.release(desk.hq, OFFICER, room.HELD["redacted"].id)
    html = words(enter(PLANNER).get(reverse("element", args=[room.HELD["redacted"].element])).content.decode())
    assert "hold this version, redacted" in html
    assert "made of the version at home, redacted" in html


def test_who_read_a_request_stands_in_the_journal(desk: World, enter: Enter) -> None:
    enter(OFFICER).get(page("mines"))
    enter(OFFICER).get(page("mines"))
    lines = desk.hq.journal.find(subject=room.HELD["mines"].id)[1]
    assert [line.person for line in lines if line.act == desk_reviews.LOOKED] == [OFFICER.username]


def test_an_unknown_deed_decides_nothing(desk: World, enter: Enter) -> None:
    assert enter(OFFICER).post(page("redacted"), {"do": "nonsense"}).status_code == 422
    assert state(desk, "redacted") == "waiting"


def test_letters_are_told_by_partner_in_plain_words(desk: World, enter: Enter) -> None:
    html = words(enter(PLANNER).get(reverse("letters")).content.decode())
    for said in (
        "As grid cells of about 250 km² each",
        "Rounded to the nearest 10.",
        "years left",
        "Must decide too",
        "Requirements",
    ):
        assert said in html
    assert "Write a letter" not in html, "a planner writes none"
    assert "Write a letter" in enter(HEAD).get(reverse("letters")).content.decode()


def test_a_letter_that_lets_nothing_go_says_so_and_an_empty_house_says_what_to_do(story: World, enter: Enter) -> None:
    row = permit(story.hq, XTV, kinds=(), methods=())
    html = enter(HEAD).get(reverse("letter", args=[row.id])).content.decode()
    assert "As it stands, this letter lets nothing go" in html
    assert "No way is named, so nothing may leave." in html
    elements.archive(story.hq, HEAD, row.id, archived=True)
    assert "No letter: nothing leaves to this partner." in enter(HEAD).get(reverse("letters")).content.decode()
    assert "put away" in words(enter(HEAD).get(reverse("letters") + "?archived=yes").content.decode())


def test_what_a_letter_would_allow_of_our_elements_is_judged_and_said(desk: World, enter: Enter) -> None:
    client, where = enter(HEAD), reverse("letter-check", args=[room.LETTER[0].id])
    html = words(client.get(where).content.decode())
    assert "would be allowed" in html
    assert "after redaction: places too fine, counts too fine" in html
    forces = client.get(where, {"kind": "force"}).context["lines"]
    assert {line.allowed.row.kind for line in forces} == {"force"}
    assert client.get(reverse("letter-check", args=[room.HELD["force"].element])).status_code == 404
