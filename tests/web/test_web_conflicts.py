"""The page of conflicts: what collides is told with how surely, lived with for a reason, moved out of after confirmation, and spoken about only by way of the desk."""

import re

import pytest
from django.urls import reverse

from stafftalks.services import conflict_moves, conflicts, elements
from stafftalks.services.conflicts import Conflict
from stafftalks.values.ids import ElementId
from tests.browser.rooms import conflicts as room
from tests.fakes import AUDITOR, HEAD, PLANNER
from tests.web import world as worlds
from tests.web.conftest import Enter
from tests.web.world import World


@pytest.fixture
def world(story: World) -> World:
    room.prepare(story)
    return story


def text(answer: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))  # type: ignore[attr-defined]


def found(world: World, sort: str = "overlap", with_them: bool = False) -> Conflict:
    return next(
        each
        for each in conflicts.board(world.hq).conflicts
        if each.sort == sort and any(not piece.own for piece in each.pieces) == with_them
    )


def test_the_list_tells_what_collides_how_surely_and_what_was_left_out(world: World, enter: Enter) -> None:
    said = text(enter(PLANNER).get(reverse("conflicts")))
    for words in (
        "3 conflicts", "Mine sweep of the northern lane", "Tanker track Blue", "from 2500 to 3000 m", "Possible",
        "14 items of Ramp 3 at Mersel are claimed; there are 12 items, so it is 2 items too much.",
        "the footprint is the name “Port of Mersel” alone", "Our own people only",
    ):  # fmt: skip
        assert words in said
    assert said.index("Certain", said.index("3 conflicts")) < said.index("Possible", said.index("3 conflicts"))
    only = text(enter(PLANNER).get(reverse("conflicts") + "?party=XTV"))
    assert "1 conflict " in only
    assert "Ramp 3" not in only
    assert "Nothing here." in text(enter(PLANNER).get(reverse("conflicts") + "?state=accepted"))


def test_pictures_show_the_same_and_change_nothing(world: World, enter: Enter) -> None:
    client = enter(AUDITOR)
    drawn = client.get(reverse("conflicts-map")).json()["features"]
    assert {each["title"] for each in drawn} >= {"Drone patrol over the lane", "Tanker track Blue"}
    assert all(each["points"] and not each["change"] for each in drawn)
    one = found(world)
    features = client.get(reverse("conflict-map", args=[one.id])).json()["features"]
    (overlap,) = [each for each in features if each["kind"] == "overlap"]
    assert overlap["form"] == "area"
    assert len(overlap["points"]) > 3
    bars = client.get(reverse("conflict-timeline", args=[one.id])).json()["bars"]
    assert [(bar["start"]["text"], bar["end"]["text"]) for bar in bars] == [
        ("2027-05-04T06:00:00Z", "2027-05-04T12:00:00Z")
    ] * 2
    assert client.get(reverse("conflicts-timeline") + "?party=XTV").json()["bars"]
    assert len(client.get(reverse("conflict-map", args=[found(world, "claims").id])).json()["features"]) == 2


def test_it_is_lived_with_for_a_reason_until_one_is_revised(world: World, enter: Enter) -> None:
    one, client = found(world), enter(PLANNER)
    page = reverse("conflict-accept", args=[one.id])
    empty = client.post(page, {"ref": one.refs, "reason": " "})
    assert empty.status_code == 422
    assert "Say why it can be lived with." in text(empty)
    stale = client.post(page, {"ref": ("XMR/a/b",), "reason": "One leader."})
    assert stale.status_code == 422
    assert "was revised meanwhile" in text(stale)
    assert 'dir="auto">One leader.</textarea>' in stale.content.decode()
    assert client.post(page, {"ref": one.refs, "reason": "One leader for both."}).status_code == 302
    assert "One leader for both." in text(client.get(reverse("conflict", args=[one.id])))
    assert "Lived with" in text(client.get(reverse("conflicts") + "?state=accepted"))
    client.post(page, {"ref": one.refs, "do": "take-back"})
    assert conflicts.one(world.hq, one.id).accepted is None
    assert enter(AUDITOR).post(page, {"ref": one.refs, "reason": "No."}).status_code == 403


def test_a_move_is_looked_at_before_it_is_saved(world: World, enter: Enter) -> None:
    one, client = found(world), enter(PLANNER)
    offer = next(each for each in conflict_moves.moves(world.hq, one) if each.shift.of == "height")
    page = reverse("conflict-move", args=[one.id, offer.piece.element, "height", str(offer.shift.by)])
    assert page in client.get(reverse("conflict", args=[one.id])).content.decode()
    shown = text(client.get(page))
    for _field, before, after in offer.changes:
        assert before in shown
        assert after in shown
    row = elements.get(world.hq, ElementId(offer.piece.element))
    assert row.version == offer.piece.version, "nothing was saved by looking"
    assert client.post(page, {"based_on": row.version}).status_code == 302
    assert elements.get(world.hq, row.id).version != row.version
    assert one.id not in {each.id for each in conflicts.board(world.hq).conflicts}
    assert client.get(page).status_code == 404


def test_moves_that_are_none_are_refused(world: World, enter: Enter) -> None:
    one, client = found(world), enter(PLANNER)
    own = one.pieces[0].element
    assert client.get(reverse("conflict-move", args=[one.id, own, "time", "60"])).status_code == 422
    assert (
        client.post(
            reverse("conflict-move", args=[one.id, own, "time", "60"]), {"based_on": one.pieces[0].version}
        ).status_code
        == 422
    )
    assert client.get(reverse("conflict-move", args=[one.id, own, "colour", "60"])).status_code == 404
    assert client.get(reverse("conflict-move", args=[one.id, own, "time", "soon"])).status_code == 404
    assert client.get(reverse("conflict", args=["a" * 26])).status_code == 404


def test_speaking_about_it_goes_by_the_desk_and_is_not_written_for_anybody(world: World, enter: Enter) -> None:
    one = found(world, with_them=True)
    theirs = next(piece for piece in one.pieces if not piece.own)
    talk = reverse("talk-reply", args=[theirs.accord, theirs.party, theirs.element, "comment"])
    client = enter(PLANNER)
    assert talk in client.get(reverse("conflict", args=[one.id])).content.decode()
    ours = next(piece for piece in one.pieces if piece.own)
    assert ours.title not in client.get(talk).content.decode(), "what is ours is not put into what may leave"
    assert talk not in enter(AUDITOR).get(reverse("conflict", args=[one.id])).content.decode()


def test_nothing_to_compare_is_said_as_such(put, enter: Enter) -> None:  # type: ignore[no-untyped-def]
    put(worlds.empty())
    said = text(enter(HEAD).get(reverse("conflicts")))
    assert "There is nothing to compare yet" in said
    assert "0 conflicts" in said
