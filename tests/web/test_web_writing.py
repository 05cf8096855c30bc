"""Writing: beside a colleague, through the end of a sign-in, and over days; nothing typed is lost, and nothing is anybody else's to read."""

import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from stafftalks.services import elements
from stafftalks.services.rows import ElementRow
from stafftalks.store import kept
from tests.fakes import HEAD, OFFICER, PLANNER
from tests.web import world as worlds
from tests.web.conftest import Enter, account
from tests.web.world import World, content

BRANCHES = {"branches": [{"id": "B1", "title": "Calm"}, {"id": "B2", "title": "Storm"}]}


@pytest.fixture
def empty(put: Callable[[World], World]) -> World:
    return put(worlds.empty())


@pytest.fixture
def row(empty: World) -> ElementRow:
    return elements.add(empty.hq, PLANNER, content("scenario", title="Vael", narrative="One.\n\nTwo.", **BRANCHES))


def form(client: Client, row: ElementRow) -> dict[str, str]:
    """What the element's form holds."""
    draft = client.get(reverse("element-edit", args=[row.id])).context["draft"]
    return {**draft.typed, "based_on": draft.based_on, "do": "save"}


def now(world: World, row: ElementRow) -> object:
    return elements.content(elements.get(world.hq, row.id))


def test_two_who_change_different_fields_both_stand_and_it_is_said_what_was_taken_in(
    empty: World, row: ElementRow, enter: Enter
) -> None:
    one, other = enter(PLANNER), enter(HEAD)
    page, mine, theirs = reverse("element-edit", args=[row.id]), form(one, row), form(other, row)
    other.post(page, {**theirs, "branches.1.title": "Gale"})
    answer = one.post(page, {**mine, "title": "Vael closed"}, follow=True)
    html = answer.content.decode()
    assert "saved while you were writing; both stand now" in html
    assert "Gale" in html
    assert now(empty, row).title == "Vael closed"
    assert now(empty, row).branches[1].title == "Gale"


def test_what_both_changed_is_shown_with_three_texts_and_settled_one_by_one(
    empty: World, row: ElementRow, enter: Enter
) -> None:
    one, other = enter(PLANNER), enter(HEAD)
    page, mine, theirs = reverse("element-edit", args=[row.id]), form(one, row), form(other, row)
    other.post(page, {**theirs, "branches.1.title": "Hurricane", "title": "Theirs", "contingency": "Case"})
    answer = one.post(page, {**mine, "branches.1.title": "Gale", "title": "Mine"})
    html = answer.content.decode()
    assert answer.status_code == 422
    for said in (
        "Storm",
        "Hurricane",
        "Gale",
        "Hal Head saved while you were writing",
        'name="settle.branches.B2.title"',
    ):
        assert said in html
    assert now(empty, row).title == "Theirs", "nothing was overwritten"
    again = {**drawn(answer), "settle.title": "mine"}
    half = one.post(page, again)
    assert half.status_code == 422
    assert "Choose what stands." in half.content.decode()
    done = one.post(page, {**drawn(half), "settle.title": "mine", "settle.branches.B2.title": "theirs"})
    assert done.status_code == 302
    assert (now(empty, row).title, now(empty, row).branches[1].title) == ("Mine", "Hurricane")
    assert now(empty, row).contingency == "Case"


def drawn(answer: object) -> dict[str, str]:
    """The form as it was drawn, ready to be sent again."""
    draft, context = answer.context["draft"], answer.context
    fields = {**draft.typed, "based_on": draft.based_on, "do": "save"}
    if draft.dispute is not None:
        fields |= {
            "dispute.base": draft.dispute.base, "dispute.by": draft.dispute.by, "dispute.mine": context["dispute_mine"],
        }  # fmt: skip
    return fields


def test_a_hand_edit_made_while_settling_stands(empty: World, row: ElementRow, enter: Enter) -> None:
    one, other = enter(PLANNER), enter(HEAD)
    page, mine, theirs = reverse("element-edit", args=[row.id]), form(one, row), form(other, row)
    other.post(page, {**theirs, "title": "Theirs"})
    answer = one.post(page, {**mine, "title": "Mine"})
    one.post(page, {**drawn(answer), "title": "Both of ours", "settle.title": "hand"})
    assert now(empty, row).title == "Both of ours"


def test_a_colleague_who_has_the_form_open_is_named(empty: World, row: ElementRow, enter: Enter) -> None:
    page = reverse("element-edit", args=[row.id])
    one, other = enter(PLANNER), enter(HEAD)
    one.get(page)
    assert "Pia Planner has this form open" in other.get(page).content.decode()
    empty.advance(120)
    one.post(reverse("writing-keep"), {"element": row.id, "form": page, "fields": json.dumps({"title": "x"})})
    said = other.post(reverse("writing-keep"), {"element": row.id, "based_on": row.version}).json()
    assert said["beside"] == ["Pia Planner has this form open, last typed just now."]
    one.post(reverse("writing-leave"), {"element": row.id})
    assert other.post(reverse("writing-keep"), {"element": row.id}).json()["beside"] == []


def test_a_revision_saved_while_the_form_is_open_is_told(empty: World, row: ElementRow, enter: Enter) -> None:
    elements.revise(empty.hq, HEAD, row.id, content("scenario", title="New"), row.version)
    account(HEAD)
    said = enter(PLANNER).post(reverse("writing-keep"), {"element": row.id, "based_on": row.version}).json()
    assert said["revised"] == "Hal Head saved a new version of this just now."


def test_what_was_kept_is_drawn_again_and_gone_once_saved_or_thrown_away(
    empty: World, row: ElementRow, enter: Enter
) -> None:
    client, page = enter(PLANNER), reverse("element-edit", args=[row.id])
    typed = {**form(client, row), "title": "Half a thou"}
    client.post(reverse("writing-keep"), {"form": page, "fields": json.dumps(typed)})
    empty.advance(86_400)
    again = enter(PLANNER).get(page)
    assert "You were writing this on" in again.content.decode()
    assert again.context["draft"].typed["title"] == "Half a thou"
    assert "You were editing “Vael” and had not saved it." in client.get(reverse("home")).content.decode()
    assert client.post(page, {**typed, "do": "save"}).status_code == 302
    assert "You were writing this on" not in client.get(page).content.decode()
    client.post(reverse("writing-keep"), {"form": page, "fields": json.dumps(typed)})
    client.post(reverse("writing-drop"), {"form": page})
    assert "You were writing this on" not in client.get(page).content.decode()


def test_without_a_script_a_form_with_faults_or_a_new_row_is_kept_too(
    empty: World, row: ElementRow, enter: Enter
) -> None:
    client, page = enter(PLANNER), reverse("element-new", args=["report"])
    client.post(page, {"title": "Fog at sea", "said": "", "do": "save"})
    assert enter(PLANNER).get(page).context["draft"].typed["title"] == "Fog at sea"


def test_one_person_never_reads_or_clears_what_another_typed(empty: World, row: ElementRow, enter: Enter) -> None:
    page = reverse("element-edit", args=[row.id])
    enter(PLANNER).post(reverse("writing-keep"), {"form": page, "fields": json.dumps({"title": "Secret half thought"})})
    other = enter(OFFICER)
    assert "Secret half thought" not in other.get(page).content.decode()
    assert "fields" not in other.get(reverse("writing-kept"), {"form": page}).json()
    assert "Secret half thought" not in other.post(reverse("writing-keep"), {"element": row.id}).content.decode()
    other.post(reverse("writing-drop"), {"form": page})
    assert kept.kept(PLANNER.username, page).fields == {"title": "Secret half thought"}


def test_too_much_to_be_kept_is_said_and_what_was_kept_stays(empty: World, row: ElementRow, enter: Enter) -> None:
    client, page = enter(PLANNER), reverse("element-edit", args=[row.id])
    client.post(reverse("writing-keep"), {"form": page, "fields": json.dumps({"title": "Small"})})
    answer = client.post(reverse("writing-keep"), {"form": page, "fields": json.dumps({"title": "x" * 2_000_000})})
    assert answer.status_code == 422
    assert "save it, or divide it" in answer.json()["sentence"]
    assert kept.kept(PLANNER.username, page).fields == {"title": "Small"}


def test_a_form_that_was_taken_clears_what_its_script_kept(story: World, enter: Enter) -> None:
    client, page = enter(HEAD), reverse("accord-terms", args=[story.accord])
    kept.keep(HEAD.username, f"{page}#ask", {"ask-whole-text": "Half"}, at=1)
    client.post(
        page, {"do": "ask:", "ask-whole-clause": "", "ask-whole-text": "A whole question?", "kept_as": f"{page}#ask"}
    )
    assert kept.kept(HEAD.username, f"{page}#ask") is None


def strict(person: object) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(account(person))
    return client


def token(client: Client, page: str) -> str:
    client.get(page)
    return client.cookies[
        "csrftoken" if "csrftoken" in client.cookies else next(n for n in client.cookies if "csrf" in n)
    ].value


def test_what_was_typed_outlives_a_sign_in_that_ended_and_is_put_back_in_one_step(
    empty: World, row: ElementRow
) -> None:
    client, page = strict(PLANNER), reverse("element-edit", args=[row.id])
    typed = {"title": "Typed for an hour", "based_on": row.version, "csrfmiddlewaretoken": token(client, page)}
    client.cookies.pop(next(name for name in client.cookies if "session" in name))
    answer = client.post(page, {**typed, "do": "save"})
    assert answer.status_code == 401
    assert "Put it back into the form" in answer.content.decode()
    sealed = answer.context["sealed"]
    early = client.post(page, {"typed": sealed, "do": "put-back"})
    assert early.status_code == 401, "pressed before signing in: the same page again"
    assert early.context["sealed"]
    client.force_login(account(PLANNER))
    back = client.post(page, {"typed": sealed, "do": "put-back"})
    assert back.status_code == 200
    assert back.context["draft"].typed["title"] == "Typed for an hour"
    assert now(empty, row).title == "Vael", "putting back writes nothing"
    assert kept.kept(PLANNER.username, page) is None


def test_putting_back_opens_no_way_in_for_a_forged_form(empty: World, row: ElementRow) -> None:
    client, page = strict(PLANNER), reverse("element-edit", args=[row.id])
    forged = {"title": "Forged", "based_on": row.version}
    assert client.post(page, {**forged, "do": "save"}).status_code == 403
    drawn_page = client.post(page, {**forged, "do": "put-back", "typed": "made up"})
    assert "Forged" not in drawn_page.content.decode()
    assert now(empty, row).title == "Vael"
    new = reverse("element-new", args=["report"])
    assert client.post(new, {"title": "Forged", "said": "x", "do": "save"}).status_code == 403
    assert elements.find(empty.hq, kind="report")[0] == 0


def test_a_seal_for_one_form_opens_no_other(empty: World, row: ElementRow) -> None:
    client, page = strict(PLANNER), reverse("element-edit", args=[row.id])
    typed = {"title": "Typed", "csrfmiddlewaretoken": token(client, page)}
    client.logout()
    sealed = client.post(page, {**typed, "do": "save"}).context["sealed"]
    client.force_login(account(PLANNER))
    other = client.post(reverse("element-new", args=["scenario"]), {"typed": sealed, "do": "put-back"})
    assert "could not be put back" in other.content.decode()


def test_a_form_older_than_the_sign_in_gives_back_what_was_typed_and_a_foreign_one_nothing(
    empty: World, row: ElementRow
) -> None:
    client, page = strict(PLANNER), reverse("element-edit", args=[row.id])
    typed = {"title": "Typed before", "csrfmiddlewaretoken": "stale", "do": "save"}
    ours = client.post(page, typed, headers={"Origin": "http://testserver"})
    assert ours.status_code == 403
    assert "Typed before" in ours.content.decode()
    assert ours.context["sealed"]
    foreign = client.post(page, typed, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert "Typed before" not in foreign.content.decode()


def test_passwords_are_never_given_back(empty: World, row: ElementRow) -> None:
    answer = Client().post(reverse("people-add"), {"name": "Nina", "password": "hunter2 hunter2"})
    assert "Nina" in answer.content.decode()
    assert "hunter2" not in answer.content.decode()


def test_a_change_of_one_field_beside_another_is_refused_with_the_three_texts(
    empty: World, row: ElementRow, enter: Enter
) -> None:
    page = reverse("element-change", args=[row.id])
    enter(HEAD).post(page, {"based_on": row.version, "f.branches.1.title": "Hurricane"})
    answer = enter(PLANNER).post(
        page, {"based_on": row.version, "f.branches.1.title": "Gale"}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 409
    (conflict,) = answer.json()["conflicts"]
    assert (conflict["before"], conflict["theirs"], conflict["mine"]) == ("Storm", "Hurricane", "Gale")
