"""The guard: nobody sees a page without signing in, nothing is cached, nothing inline runs, and nothing typed is lost at the door."""

import pytest
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from stafftalks.services.desk_reviews import LOOKED
from stafftalks.services.rows import JournalRow
from stafftalks.values.person import Person
from tests.browser.pages import pages
from tests.fakes import ADMINISTRATOR, AUDITOR, HEAD, OFFICER, PLANNER
from tests.web.conftest import PASSWORD, Enter, account
from tests.web.world import World

OPEN = {"account_login", "health"}
CAST = (PLANNER, OFFICER, HEAD, AUDITOR, ADMINISTRATOR)


def _paths_without_arguments() -> list[tuple[str, str]]:
    names = {str(name): None for name in get_resolver().reverse_dict if isinstance(name, str)}
    found = []
    for name in names:
        try:
            found.append((name, reverse(name)))
        except NoReverseMatch:
            continue
    return found


def test_every_page_but_sign_in_and_health_turns_the_signed_out_away(furnished: World) -> None:
    client = Client()
    paths = [(page.name, page.path) for page in pages(furnished) if page.person] + _paths_without_arguments()
    assert len(paths) > 50
    for name, path in paths:
        if name in OPEN or name == "mfa_authenticate":
            continue
        answer = client.get(path)
        assert answer.status_code == 302, name
        assert answer["Location"].startswith(reverse("account_login")), name


def test_signing_in_works_with_a_password_and_leads_home(story: World) -> None:
    account(PLANNER)
    client = Client()
    answer = client.post(reverse("account_login"), {"login": "pia", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/").status_code == 200


def test_a_wrong_password_is_said_in_a_sentence_and_the_name_is_kept(story: World) -> None:
    account(PLANNER)
    answer = Client().post(reverse("account_login"), {"login": "pia", "password": "wrong"})
    assert answer.status_code == 200
    assert 'value="pia"' in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()


def test_nobody_can_sign_up(story: World, enter: Enter) -> None:
    assert Client().get(reverse("account_signup")).status_code == 302
    assert enter().get(reverse("account_signup")).status_code == 404


def test_every_answer_forbids_inline_code_and_caching(story: World, enter: Enter) -> None:
    for client, path in ((Client(), reverse("account_login")), (enter(), "/"), (enter(), "/nothing/")):
        answer = client.get(path)
        assert "default-src 'self'" in answer["Content-Security-Policy"]
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Frame-Options"] == "DENY"


def test_health_tells_nothing_but_that_it_answers(story: World) -> None:
    assert Client().get("/health").content == b"ok\n"


def test_live_update_after_the_sign_in_ended_never_brings_the_sign_in_page(story: World) -> None:
    answer = Client().get(reverse("news") + "?known=0", headers={"HX-Request": "true"})
    assert answer.status_code == 286, "the status that stops polling"
    assert "<form" not in answer.content.decode()
    assert "still here" in answer.content.decode()


def test_what_was_typed_when_the_sign_in_ended_is_given_back(story: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get(reverse("account_login"))
    token = client.cookies[next(name for name in client.cookies if "csrf" in name)].value
    path = reverse("accord-terms", args=[story.accord])
    typed = {"csrfmiddlewaretoken": token, "ask-whole-text": "A long <b>question</b>", "do": "ask:"}
    answer = client.post(path, typed)
    assert answer.status_code == 401
    assert "A long &lt;b&gt;question&lt;/b&gt;" in answer.content.decode()


def test_a_form_of_another_site_is_refused_and_not_echoed(story: World) -> None:
    answer = Client(enforce_csrf_checks=True).post("/accords/propose/", {"title": "Planted"})
    assert answer.status_code == 403
    assert "Planted" not in answer.content.decode()


@pytest.mark.parametrize("person", CAST, ids=lambda person: person.username)
def test_every_role_gets_every_page_or_a_sentence_which_role_it_takes(
    furnished: World, enter: Enter, person: Person
) -> None:
    client = enter(person)
    for page in pages(furnished):
        answer = client.get(page.path)
        assert answer.status_code in (200, 302, 403, 404), page.name
        if answer.status_code == 403:
            assert "An administrator can give the role." in answer.content.decode(), page.name


def test_who_lacks_the_role_cannot_act_by_sending_the_form_anyway(story: World, enter: Enter) -> None:
    planner, before = enter(PLANNER), _acts(story)
    refused = [
        planner.post(reverse("accord-stand", args=[story.accord, "withdraw"]), {"sure": "on"}),
        planner.post(reverse("accord-terms", args=[story.accord]), {"do": "ask:", "ask-whole-text": "May I?"}),
        planner.post(reverse("desk-review", args=[story.requests[0]]), {"do": "release", "read": "yes"}),
        planner.post(reverse("people-add"), {"username": "eve", "name": "Eve", "roles": ["administrator"]}),
        planner.post(reverse("recall", args=[story.accord, "XTV", story.ours[0].id]), {"reason": ""}),
        enter(AUDITOR).post(reverse("element-new", args=["report"]), {"title": "A", "said": "B"}),
    ]
    assert [answer.status_code for answer in refused] == [403, 422, 422, 403, 403, 403]
    assert _acts(story) == before


def _acts(world: World) -> list[JournalRow]:
    """What people did; that a request was read is no act."""
    return [line for line in world.hq.journal.find(limit=1000)[1] if line.act != LOOKED]
