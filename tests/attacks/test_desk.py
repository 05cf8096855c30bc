"""Attacks on the desk from inside: one person who would be two, bytes changed between reading and deciding, and what is slipped into a batch.

Each is tried at the pages, where a form can be sent by hand, and at the use cases behind them.
"""

from collections.abc import Callable

import msgspec
import pytest
from django.test import Client
from django.urls import reverse

from stafftalks.release.redaction import Redaction
from stafftalks.services import accords, elements, judging, redacting, releases, together
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import Approval, RequestRow
from stafftalks.values.errors import MisuseError, RefusedError
from stafftalks.values.ids import PartyId
from stafftalks.values.person import Person, Role
from tests.fakes import HEAD, OFFICER, PLANNER, permit
from tests.web.conftest import Enter
from tests.web.world import World, content

XTV = PartyId("XTV")
BOTH = Person("bo", "Bo Both", frozenset({Role.PLANNER, Role.OFFICER, Role.HEAD}))
SEEN = {"title": "Lights", "said": "Lights were seen.", "contingency": "Vael"}


def ask(world: World, person: Person = PLANNER, title: str = "Lights") -> RequestRow:
    row = elements.add(world.hq, person, content("report", **{**SEEN, "title": title}))
    return releases.request(world.hq, person, world.accord, row.id, "intelligence", [XTV])


def given(world: World) -> set[str]:
    """What stands released of ours."""
    return set(accords.view(world.hq, world.accord).accord.sheet(world.hq.party).released)


def post(client: Client, row: RequestRow, **sent: str) -> int:
    """Sends the form of a decision by hand, as the page would after reading; gives the status of the answer."""
    form = {"do": "release", "read": "yes", "shown": judging.shown_name(row.body), **sent}
    return client.post(reverse("desk-review", args=[row.id]), form).status_code


def test_whoever_asked_never_decides_whatever_roles_they_hold(story: World, enter: Enter) -> None:
    before = given(story)
    row = ask(story, BOTH)
    assert post(enter(BOTH), row) == 422
    batch = {"request": [row.id], f"shown-{row.id}": judging.shown_name(row.body), "do": "release", "read": "yes"}
    assert enter(BOTH).post(reverse("desk-together"), batch).status_code == 422
    assert given(story) == before


@pytest.mark.parametrize("person", [PLANNER, HEAD])
def test_nobody_decides_without_the_role(story: World, enter: Enter, person: Person) -> None:
    before, row = given(story), ask(story, OFFICER)
    assert post(enter(person), row) == 422
    assert given(story) == before


def test_officer_and_head_are_never_one_person(story: World, enter: Enter) -> None:
    before = given(story)
    permit(story.hq, XTV, head_decides=("all",))
    row = ask(story)
    assert post(enter(BOTH), row) == 302
    assert releases.get(story.hq, row.id).state == "approved"
    assert post(enter(BOTH), row) == 422, "the officer who let it go is no third person"
    own = ask(story, BOTH, "Sounds")
    assert post(enter(OFFICER), own) == 302
    assert post(enter(BOTH), own) == 422, "whoever asked is no third person"
    assert given(story) == before


def test_an_approval_made_up_in_the_database_makes_no_third_person(story: World) -> None:
    before = given(story)
    permit(story.hq, XTV, head_decides=("all",))
    row = ask(story)
    made_up = (Approval(PLANNER.username, Role.OFFICER, 1),)
    story.hq.desk.put(msgspec.structs.replace(row, state="approved", approvals=made_up))
    with pytest.raises(RefusedError) as refused:
        releases.release(story.hq, HEAD, row.id)
    assert "two-person" in {refusal.rule for refusal in refused.value.refusals}
    story.hq.desk.put(msgspec.structs.replace(row, state="approved"))
    with pytest.raises(MisuseError, match="which officer"):
        releases.release(story.hq, HEAD, row.id)
    assert given(story) == before


@pytest.mark.parametrize("shown", ["", "a" * 52, None])
def test_nothing_is_decided_on_bytes_that_were_not_shown(story: World, enter: Enter, shown: str | None) -> None:
    before, row = given(story), ask(story)
    client = enter(OFFICER)
    redacting.redact(story.hq, PLANNER, row.id, [Redaction.parse("remove contingency")])
    form = {"do": "release", "read": "yes"} | ({} if shown is None else {"shown": shown})
    assert client.post(reverse("desk-review", args=[row.id]), form).status_code == 422
    assert post(client, row) == 422, "shown before it was changed"
    assert given(story) == before


def _other_body(hq: Headquarters, row: RequestRow) -> RequestRow:
    other = releases.request(hq, PLANNER, row.accord, elements.add(hq, PLANNER, content("report", **{**SEEN, "said": "A secret."})).id,
                             "intelligence", [XTV])  # fmt: skip
    return msgspec.structs.replace(row, body=other.body)


def _other_redaction(hq: Headquarters, row: RequestRow) -> RequestRow:
    taken = redacting.redact(hq, OFFICER, row.id, [Redaction.parse("remove contingency")])
    return msgspec.structs.replace(taken, redactions=())


def _other_asked(hq: Headquarters, row: RequestRow) -> RequestRow:
    taken = redacting.redact(hq, OFFICER, row.id, [Redaction.parse("remove contingency")])
    return msgspec.structs.replace(taken, asked=_other_body(hq, row).body)


@pytest.mark.parametrize("forge", [_other_body, _other_redaction, _other_asked])
def test_a_request_changed_in_the_database_does_not_leave(
    story: World,
    forge: Callable[[Headquarters, RequestRow], RequestRow],
) -> None:
    before, row = given(story), ask(story)
    story.hq.desk.put(forge(story.hq, row))
    with pytest.raises(MisuseError):
        releases.release(story.hq, OFFICER, row.id)
    assert given(story) == before


def test_nothing_is_smuggled_into_a_batch(story: World, enter: Enter) -> None:
    before, client = given(story), enter(OFFICER)
    read, unread, own = ask(story), ask(story, title="Sounds"), ask(story, OFFICER, "My own")
    shown = {f"shown-{read.id}": judging.shown_name(read.body), "do": "release", "read": "yes"}
    for slipped in (
        {"request": [read.id, unread.id]},
        {"request": [read.id, unread.id], f"shown-{unread.id}": judging.shown_name(read.body)},
        {"request": [read.id, own.id], f"shown-{own.id}": judging.shown_name(own.body)},
        {"request": [read.id, "aaaaaaaaaaaaaaaa"]},
    ):
        assert client.post(reverse("desk-together"), {**shown, **slipped}).status_code in (400, 422)
        assert given(story) == before
    again = [read.id] * 40
    assert client.post(reverse("desk-together"), {**shown, "request": again}).status_code == 302, (
        "named often, released once"
    )
    assert given(story) == before | {read.element}


def test_a_batch_does_not_outrun_a_letter_that_was_put_away_meanwhile(story: World) -> None:
    rows = [ask(story, title=title).id for title in ("Lights", "Sounds")]
    assert together.batch(story.hq, OFFICER, rows).stands
    for held in story.hq.holdings.find(kind="letter")[1]:
        elements.archive(story.hq, HEAD, held.id, archived=True)
    with pytest.raises(RefusedError) as refused:
        together.decide(story.hq, OFFICER, rows)
    assert {refusal.rule for refusal in refused.value.refusals} == {"letter-missing"}


def test_a_letter_is_not_a_planners_to_write(story: World) -> None:
    letter = permit(story.hq, XTV)
    wider = elements.content(letter)
    with pytest.raises(RefusedError):
        elements.add(story.hq, PLANNER, wider)
    with pytest.raises(RefusedError):
        elements.revise(story.hq, PLANNER, letter.id, msgspec.structs.replace(wider, title="Wider"), letter.version)
    with pytest.raises(RefusedError):
        elements.archive(story.hq, PLANNER, letter.id, archived=True)
