"""A person's own choices: kept for that person alone, and on every page from the next answer on."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from stafftalks.store import choices
from stafftalks.store.choices import Choices
from stafftalks.store.models import User
from stafftalks.values.errors import MisuseError
from stafftalks.web import keys, menu
from tests.fakes import ADMINISTRATOR, AUDITOR, HEAD, PLANNER
from tests.web.conftest import Enter, account
from tests.web.world import World

ALL_ON = sorted(keys.NAMES)


def root(client: Client, path: str = "/") -> str:
    found = re.search(r"<html[^>]*>", client.get(path).content.decode())
    return found[0] if found else ""


def keep(client: Client, **said: object) -> None:
    given = {"language": "", "look": "", "density": "", "keys_on": ALL_ON} | said
    assert client.post(reverse("me"), given).status_code == 302


def test_who_chose_nothing_gets_what_browser_and_system_ask(story: World, enter: Enter) -> None:
    said = root(enter(PLANNER))
    for part in ('lang="en"', 'dir="ltr"', 'data-look="system"', 'data-density="regular"'):
        assert part in said
    assert "data-keys-off" not in said


@pytest.mark.parametrize("look", ["light", "dark", "contrast"])
def test_a_look_holds_on_every_page_of_that_person_alone(story: World, enter: Enter, look: str) -> None:
    mine, other = enter(PLANNER), enter(HEAD)
    keep(mine, look=look, density="compact")
    for path in ("/", reverse("accords"), reverse("me"), "/nothing/"):
        assert f'data-look="{look}" data-density="compact"' in root(mine, path)
    assert 'data-look="system"' in root(other)
    scheme = "light dark" if look == "contrast" else look
    assert f'<meta name="color-scheme" content="{scheme}">' in mine.get("/").content.decode()


def test_the_language_chosen_wins_over_the_browsers(story: World, enter: Enter) -> None:
    client = enter(PLANNER)
    assert 'lang="ar"' in root(Client(headers={"accept-language": "ar"}), reverse("account_login"))
    keep(client, language="he")
    said = root(client)
    assert 'lang="he" dir="rtl"' in said
    answer = client.get("/", headers={"accept-language": "ar"})
    assert b'lang="he"' in answer.content
    assert answer["Content-Language"] == "he"
    keep(client, language="en")
    assert 'lang="en" dir="ltr"' in root(client)


def test_one_persons_language_does_not_stay_for_the_next_request(story: World, enter: Enter) -> None:
    mine, other = enter(PLANNER), enter(HEAD)
    keep(mine, language="ar")
    assert 'lang="ar"' in root(mine)
    assert 'lang="en"' in root(other)


def test_dates_follow_the_language(story: World, enter: Enter) -> None:
    client, path = enter(PLANNER), reverse("element", args=[story.ours[0].id])
    stamps = {}
    for language in ("en", "he", "ar"):
        keep(client, language=language)
        found = re.search(r"<time [^>]*>([^<]+)</time>", client.get(path).content.decode())
        stamps[language] = found[1] if found else ""
    assert re.fullmatch(r"\d+ Nov 2025, \d\d:\d\d", stamps["en"])
    assert len(set(stamps.values())) == 3


def test_a_shortcut_that_is_switched_off_is_told_to_the_script_and_the_list(story: World, enter: Enter) -> None:
    client = enter(PLANNER)
    keep(client, keys_on=[name for name in ALL_ON if name not in ("edit", "walk")])
    assert 'data-keys-off="edit walk"' in root(client)
    html = client.get(reverse("shortcuts")).content.decode()
    assert html.count('<span class="state no">off</span>') == 2


def test_what_cannot_be_chosen_is_said_at_its_field_and_nothing_is_kept(story: World, enter: Enter) -> None:
    client = enter(PLANNER)
    answer = client.post(reverse("me"), {"look": "pink", "density": "compact", "language": "xx"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'class="error"' in html
    assert re.search(r'value="compact"[^>]*checked', html), "what was typed stays"
    assert User.objects.get(username=PLANNER.username).density == ""


def test_the_store_refuses_what_is_no_choice(story: World) -> None:
    user = account(PLANNER)
    for wrong in (Choices(look="pink"), Choices(density="x"), Choices(language="xx"), Choices(keys_off=frozenset("q"))):
        with pytest.raises(MisuseError):
            choices.choose(user, wrong, keys=keys.NAMES)


def test_a_choice_that_this_release_no_longer_has_counts_as_none(story: World) -> None:
    user = account(PLANNER)
    user.look, user.language, user.density = "sepia", "tlh", "huge"
    assert choices.of(user) == Choices()


def test_the_menu_marks_where_one_is_once_in_each_form(story: World, enter: Enter) -> None:
    html = enter(PLANNER).get(reverse("accords")).content.decode()
    assert html.count(f'href="{reverse("accords")}" data-go="a" aria-current="page"') == 2


def test_the_menu_leaves_out_rooms_of_other_roles_and_rooms_that_are_not_here() -> None:
    def places(person: object) -> set[str]:
        return {way.room.place for _group, ways in menu.rooms(person.roles) for way in ways}  # type: ignore[attr-defined]

    assert "people" not in places(PLANNER)
    assert {"people", "journal"} <= places(ADMINISTRATOR)
    assert "journal" in places(AUDITOR)
    assert menu.url_of("no-such-room") == ""


def test_every_letter_after_g_leads_to_one_room() -> None:
    letters = [room.key for group in menu.GROUPS for room in group.rooms if room.key]
    assert len(letters) == len(set(letters))


def test_one_can_go_anywhere_without_a_script(story: World, enter: Enter) -> None:
    client = enter(PLANNER)
    everything = client.get(reverse("go")).content.decode().split("<main", 1)[1]
    for place in ("home", "accords", "elements", "exchange", "me"):
        assert f'href="{reverse(place)}"' in everything
    some = client.get(reverse("go"), {"q": "exch"}).content.decode().split("<main", 1)[1]
    assert f'href="{reverse("exchange")}"' in some
    assert f'href="{reverse("accords")}"' not in some
    assert 'value="exch"' in some


def test_the_design_system_is_open_to_every_role_and_marks_nothing(story: World, enter: Enter) -> None:
    for person in (PLANNER, HEAD, AUDITOR, ADMINISTRATOR):
        answer = enter(person).get(reverse("design"))
        assert answer.status_code == 200
        assert answer.content.decode().count("No marking given: our own people only") >= 2
