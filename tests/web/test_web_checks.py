"""Pages of private checks: what each side will know stands before every button; what comes out is told of our own activities only; officers decide, planners read."""

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from stafftalks.accord.bodies import EntryRef
from stafftalks.services import check_budgets, check_drops, check_results, check_work, checks
from stafftalks.values.relative_time import Instant
from tests.browser.pages import Page
from tests.browser.rooms import checks as room
from tests.fakes import AUDITOR, HEAD, OFFICER, PLANNER, FakeWorkers, permit
from tests.web import world as worlds
from tests.web.conftest import Enter
from tests.web.test_web_query_counts import counts, on_the_store
from tests.web.world import World

LANE = {"lat": ["37.4", "37.4", "36.3", "36.3"], "lon": ["34.1", "35.4", "35.4", "34.1"]}


@pytest.fixture
def world(story: World) -> World:
    """Both sides have plans in the lane; no check was proposed."""
    room.lavish(story.hq, story.torvia)
    room.planned(story)
    return story


def text(answer: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))  # type: ignore[attr-defined]


def typed(world: World, **said: object) -> dict[str, object]:
    """What a form of terms sends."""
    return {
        "way": f"{world.accord}.XTV", "purpose": "Keep clear of each other.", "area_from": "drawn", **LANE, "radius_km": "",
        "start": "2027-05-03T00:00", "end": "2027-05-06T00:00", "floor_m": "0", "ceiling_m": "6000", "take": "all", "mode": "which",
        "learns": "both", "number": "10", "auditor": "", "days": "7", **said,
    }  # fmt: skip


def seen(answer: object) -> str:
    return re.search(r'name="seen" value="([0-9a-f]+)"', answer.content.decode())[1]  # type: ignore[attr-defined,index]


def url(name: str, ref: EntryRef) -> str:
    return reverse(name, args=[ref.party, ref.epoch, ref.n])


def theirs(world: World, **said: object) -> EntryRef:
    """A proposal of theirs that has arrived."""
    ref = checks.propose(
        world.torvia, OFFICER, world.accord, room.terms(world.torvia, "XMR", **said), room.own(world.torvia)
    )
    world.settle()
    return ref


def posted(client: Client, world: World, **said: object) -> object:
    return client.post(reverse("check-new"), typed(world, **said))


def test_an_empty_list_says_what_a_private_check_is(put, enter: Enter) -> None:  # type: ignore[no-untyped-def]
    put(worlds.empty())
    said = text(enter(OFFICER).get(reverse("checks")))
    assert "Two partners find out whether activities that neither has shown the other would collide." in said
    assert "No private check has been made yet." in said
    assert "there is nobody to propose a check to" in text(enter(OFFICER).get(reverse("check-new")))


def test_what_it_costs_and_tells_stands_before_the_button(world: World, enter: Enter) -> None:
    client = enter(OFFICER)
    bare = client.get(reverse("check-new"))
    assert "Propose this check" not in text(bare), "nothing to press before it stands there what it tells"
    shown = posted(client, world, do="cost")
    said = text(shown)
    for words in (
        "It can begin now.", "What each side will know", "What Torvia will know", "That something of ours is in those cells at those times.",
        "Titles, texts, forces, exact places and times", "10 at most, to feel out where the other side is", "% is allowed", "Propose this check",
    ):  # fmt: skip
        assert words in said
    assert not checks.history(world.hq)
    pressed = posted(client, world, do="propose", seen="0" * 32)
    assert pressed.status_code == 422  # type: ignore[attr-defined]
    changed = posted(client, world, do="propose", seen=seen(shown), learns="partner")
    assert "is not what stood here" in text(changed)
    assert not checks.history(world.hq)
    assert posted(client, world, do="propose", seen=seen(shown)).status_code == 302  # type: ignore[attr-defined]
    (view,) = checks.history(world.hq)
    assert (view.state.state, view.ours, view.row.inputs) == ("proposed", True, 2)  # type: ignore[union-attr]
    world.settle()
    assert [one.state.ref for one in checks.waiting(world.torvia)] == [view.state.ref]


def test_the_fragment_says_the_same_for_each_mode_and_for_whom(world: World, enter: Enter) -> None:
    client = enter(OFFICER)
    for mode, learns, words in (
        ("count", "both", "How many keys both sides hold"),
        ("any", "proposer", "is a rule of our software, which they cannot check"),
        ("any", "partner", "is a rule of their software, which we cannot check"),
        ("which", "partner", "Nothing: not even whether anything came out."),
    ):
        said = text(client.post(reverse("check-cost"), typed(world, mode=mode, learns=learns, purpose="")))
        assert words in said
        assert "Private checks" not in said, "a fragment, and no page"
    planner = text(enter(PLANNER).post(reverse("check-cost"), typed(world)))
    assert "What each side will know" in planner
    assert "Propose this check" not in planner


def test_what_cannot_be_proposed_is_said_and_what_was_typed_stays(world: World, enter: Enter) -> None:
    client = enter(OFFICER)
    wrong: list[tuple[dict[str, object], str]] = [
        (
            {"lat": ["36", "37"], "lon": ["34", "35"]},
            "An area has three corners or more; a circle has one, and a radius.",
        ),
        ({"lat": ["", ""], "lon": ["", ""]}, "Give the area: draw it on the map, or type its corners."),
        ({"lat": ["99", "37", "38"], "lon": ["34", "35", "36"]}, "off the globe"),
        ({"lat": ["here", "37", "38"], "lon": ["34", "35", "36"]}, "The corners cannot be read: write degrees"),
        ({"radius_km": "5"}, "A circle has one centre"),
        ({"end": "2027-05-01T00:00"}, "The window ends before it begins."),
        ({"floor_m": "FL300"}, "The highest height is below the lowest."),
        ({"floor_m": "high"}, "is no height"),
        ({"take": "chosen"}, "None is ticked"),
        ({"purpose": ""}, "Purpose:"),
        ({"way": "a.b"}, "With whom, and in which accord:"),
    ]
    for said, sentence in wrong:
        answer = posted(client, world, do="propose", **said)
        assert answer.status_code == 422  # type: ignore[attr-defined]
        assert sentence in text(answer)
        assert 'value="6000"' in answer.content.decode()  # type: ignore[attr-defined]
    assert not checks.history(world.hq)


def test_more_corners_are_had_without_a_script(world: World, enter: Enter) -> None:
    page = posted(enter(OFFICER), world, do="rows").content.decode()  # type: ignore[attr-defined]
    assert page.count('name="lat"') == 10
    assert 'value="35.4"' in page
    around = text(posted(enter(OFFICER), world, do="cost", area_from="own", lat=[], lon=[], start="2027-05-04T00:00"))
    assert "What each side will know" in around


def test_the_map_to_draw_on_shows_ours_alone(world: World, enter: Enter) -> None:
    data = enter(OFFICER).get(reverse("check-area-map")).json()
    assert "Minesweeping by night" in {one["title"] for one in data["features"]}
    assert all(not one["change"] for one in data["features"])
    assert data["area"]["points"] == []
    assert data["words"]["drawArea"]


def test_we_agree_to_exactly_what_stood_there_and_only_knowingly(world: World, enter: Enter) -> None:
    ref, client = theirs(world), enter(OFFICER)
    page = client.get(url("check", ref))
    digest = re.search(r'name="terms" value="([^"]+)"', page.content.decode())[1]  # type: ignore[index]
    said = text(page)
    for words in (
        "What they propose",
        "What each side will know",
        "1 of our activities is left out",
        "I have read what each side will know",
    ):
        assert words in said
    act = url("check-answer", ref)
    blind = client.post(act, {"terms": digest, "take": "all", "do": "consent", "statement": "Yes."})
    assert blind.status_code == 422
    assert "you agree to exactly that" in text(blind)
    assert ">Yes.</textarea>" in blind.content.decode()
    assert client.post(act, {"terms": "x", "take": "all", "do": "consent", "sure": "yes"}).status_code == 422
    assert client.post(act, {"terms": digest, "take": "all", "do": "consent", "sure": "yes"}).status_code == 302
    assert checks.view(world.hq, ref).state.state == "running"


def test_what_they_write_is_text_and_their_area_is_seen_with_ours_in_it(world: World, enter: Enter) -> None:
    ref, client = theirs(world, purpose="<script>alert(1)</script>"), enter(OFFICER)
    for page in (reverse("checks"), url("check", ref)):
        assert "&lt;script&gt;alert(1)" in client.get(page).content.decode()
        assert "<script>alert(1)" not in client.get(page).content.decode()
    drawn = client.get(url("check-map", ref)).json()["features"]
    assert [one["title"] for one in drawn if one["kind"] == "activity"] == ["Minesweeping by night"]
    assert next(one for one in drawn if one["kind"] == "cell")["title"].startswith("The area: ")


def test_what_came_out_is_told_of_our_own_activities_alone(world: World, enter: Enter) -> None:
    ref, client = room.ended(world, room.agreed(world, world.hq, world.torvia)), enter(PLANNER)
    page = client.get(url("check", ref))
    said = text(page)
    for words in (
        "1 of our activities shares a place and a time with something of theirs.", "Minesweeping by night", "That is not yet a collision",
        "What was told to whom", "Our activities that took part", "PLAIN RESTRICTED",
    ):  # fmt: skip
        assert words in said
    assert "Sonar trial" not in said
    drawn = client.get(url("check-map", ref)).json()["features"]
    assert {one["kind"] for one in drawn} == {"activity", "cell"}
    assert {one["title"] for one in drawn if one["kind"] == "activity"} == {"Minesweeping by night"}
    bars = client.get(url("check-timeline", ref)).json()["bars"]
    assert [bar["title"] for bar in bars] == ["Minesweeping by night", "Shared: Minesweeping by night"]
    eight = Instant.parse("2027-05-04T20:00Z").seconds
    assert bars[1]["start"]["at"] <= eight <= bars[1]["end"]["at"]


def test_a_side_that_is_not_to_learn_is_told_so_and_nothing_more(world: World, enter: Enter) -> None:
    ref = room.ended(world, room.agreed(world, world.hq, world.torvia, learns="partner"))
    said = text(enter(OFFICER).get(url("check", ref)))
    assert "By its terms Torvia alone is told." in said
    assert "share a place and a time with something" not in said
    assert check_results.result(world.hq, ref) is None
    assert check_results.result(world.torvia, ref) is not None


def test_it_is_declined_with_a_reason(world: World, enter: Enter) -> None:
    ref, client = theirs(world), enter(OFFICER)
    digest = checks.view(world.hq, ref).state.digest
    client.post(url("check-answer", ref), {"terms": digest, "do": "decline", "statement": "Too wide."})
    world.settle()
    assert checks.view(world.torvia, ref).state.state == "declined"
    assert "Too wide." in text(client.get(url("check", ref)))
    assert "We declined it." in text(client.get(reverse("checks")))


def test_what_stopping_costs_stands_before_it_is_stopped(world: World, enter: Enter) -> None:
    ref, client = room.agreed(world, world.hq, world.torvia), enter(OFFICER)
    check_work.advance(world.hq, ref, FakeWorkers())
    fragment = client.get(url("check-progress", ref))
    assert "HX-Refresh" not in fragment
    assert "hx-get" in fragment.content.decode()
    assert "33 %" in text(fragment) or "25 %" in text(fragment)
    assert "What the other side has received it keeps." in text(client.get(url("check-stop", ref)))
    assert client.post(url("check-stop", ref), {"do": "yes", "statement": "Enough."}).status_code == 302
    assert checks.view(world.hq, ref).state.state == "stopped"
    assert client.get(url("check-progress", ref))["HX-Refresh"] == "true"
    assert client.get(url("check-stop", ref)).status_code == 404


def test_planners_read_and_do_not_decide(world: World, enter: Enter) -> None:
    ref, client = theirs(world), enter(PLANNER)
    said = text(client.get(url("check", ref)))
    assert "A disclosure officer answers it." in said
    assert "Agree to this check" not in said
    assert client.post(url("check-answer", ref), {"terms": "x", "do": "decline"}).status_code == 403
    assert posted(client, world, do="propose", seen=seen(posted(enter(OFFICER), world, do="cost"))).status_code == 403  # type: ignore[attr-defined]
    assert client.get(reverse("check-budget", args=["XTV"])).status_code == 403
    assert enter(AUDITOR).get(reverse("checks")).status_code == 200


def test_the_head_of_delegation_sets_the_budget(world: World, enter: Enter) -> None:
    page, client = reverse("check-budget", args=["XTV"]), enter(HEAD)
    assert client.post(page, {"checks_a_week": "-1", "cooldown_h": "24", "share_percent": "20"}).status_code == 422
    assert client.post(page, {"checks_a_week": "0", "cooldown_h": "48", "share_percent": "20"}).status_code == 302
    row = check_budgets.budget(world.hq, worlds.PartyId("XTV")).row
    assert (row.checks_a_week, row.cooldown_s, row.share_percent) == (0, 172_800, 20)
    refused = text(posted(enter(OFFICER), world, do="cost"))
    assert "As it stands it cannot begin" in refused
    assert "No private check with XTV is allowed" in refused
    assert enter(OFFICER).get(page).status_code == 403
    assert client.get(reverse("check-budget", args=["XZZ"])).status_code == 404


def test_what_the_letters_say_no_to_stands_before_the_button(world: World, enter: Enter) -> None:
    permit(world.hq, worlds.PartyId("XTV"), kinds=("plan",))
    said = text(posted(enter(OFFICER), world, do="cost"))
    assert "As it stands it cannot begin" in said
    assert "does not permit a private check" in said
    assert "does not permit a private check" in text(enter(OFFICER).get(url("check", theirs(world))))


def test_only_what_was_agreed_to_be_audited_is_opened(world: World, enter: Enter) -> None:
    closed = room.ended(world, room.agreed(world, world.hq, world.torvia))
    opened = room.ended(world, room.agreed(world, world.hq, world.torvia, auditor="The umpire"))
    client = enter(OFFICER)
    assert "Open it to the auditor" not in text(client.get(url("check", closed)))
    assert client.post(url("check-opening", closed), {"do": "opening"}).status_code == 422
    assert "kept here no more" not in text(client.get(url("check", closed)))
    while check_drops.drop_some(world.hq):
        pass
    assert "kept here no more" in text(client.get(url("check", closed)))
    assert "kept here no more" not in text(client.get(url("check", opened)))
    assert "to The umpire and to nobody else" in text(client.get(url("check-opening", opened)))
    file = client.post(url("check-opening", opened), {"do": "opening"})
    assert "attachment" in file["Content-Disposition"]
    assert b"check-opening" in file.content
    whole = zipfile.ZipFile(io.BytesIO(client.post(url("check-opening", opened), {"do": "transcript"}).content))
    assert whole.namelist()[0].endswith("transcript-1.json")
    assert enter(PLANNER).get(url("check-opening", opened)).status_code == 403


def test_a_proposal_of_theirs_is_a_prompt_and_news_until_it_is_opened(world: World, enter: Enter) -> None:
    ref, client = theirs(world), enter(OFFICER)
    page = client.get(reverse("home")).content.decode()
    assert "XTV proposes a private check" in page
    assert reverse("checks") in page
    news = "Torvia proposed a private check: “Keep clear of each other in the lane.”"
    assert news in page
    assert f'href="{url("check", ref)}"' in page
    client.get(url("check", ref))
    assert news not in client.get(reverse("home")).content.decode()


def test_what_is_none_is_not_found(world: World, enter: Enter) -> None:
    nowhere = EntryRef(worlds.PartyId("XTV"), "a" * 26, 3)  # type: ignore[arg-type]
    for name in ("check", "check-stop", "check-opening", "check-finer", "check-map"):
        assert enter(OFFICER).get(url(name, nowhere)).status_code == 404


def test_more_checks_and_activities_take_no_more_queries(
    put: Callable[[World], World], enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = worlds.make_hq
    monkeypatch.setattr(
        worlds,
        "make_hq",
        lambda party, **said: on_the_store(make(party, **said)) if party == "XMR" else make(party, **said),
    )
    world = put(worlds.opened())
    room.lavish(world.hq, world.torvia)
    room.planned(world)
    done = room.ended(world, room.agreed(world, world.hq, world.torvia))
    waiting = theirs(world)
    listed = [
        Page("list", reverse("checks"), OFFICER),
        Page("new", reverse("check-new"), OFFICER),
        *(Page(name, url(name, done), OFFICER) for name in ("check", "check-map", "check-timeline", "check-finer")),
        Page("waiting", url("check", waiting), OFFICER),
    ]
    few = {name: count for name, (count, _said) in counts(world, enter, listed).items()}
    room.planned(world)
    room.many(world, 4)
    assert {name: count for name, (count, _said) in counts(world, enter, listed).items()} == few
