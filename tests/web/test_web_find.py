"""The page for finding: words, filters, views kept, titles for the palette; for each person only what is theirs to read."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from stafftalks.planning.kinds import KINDS
from stafftalks.services import elements, recalls
from stafftalks.store import saved_views
from stafftalks.values.errors import MisuseError
from tests.fakes import HEAD, OFFICER, PLANNER
from tests.web import world as worlds
from tests.web.conftest import Enter, account
from tests.web.world import World, content

SECRET = "quetzalcoatl"


def page(client: Client, **query: str) -> str:
    answer = client.get(reverse("find"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_shows_the_latest_then_what_has_the_words_with_the_words_marked(story: World, enter: Enter) -> None:
    client = enter(PLANNER)
    assert "The latest" in page(client)
    html = page(client, q="tankers -mines")
    assert "<mark>tankers</mark>" in html
    assert "Closing of the Strait of Vael" in html
    assert "Mines in the southern approach</a>" not in html


def test_each_line_says_whose_text_it_is_who_sees_it_and_its_marking(story: World, enter: Enter) -> None:
    html = page(enter(PLANNER), q="closing")
    for said in ("Ours, released", "Seen by:", "XMR RESTRICTED//REL TO XMR, XTV"):
        assert said in html


def test_a_filter_is_a_link_that_keeps_the_rest_and_can_be_taken_off(story: World, enter: Enter) -> None:
    client = enter(PLANNER)
    assert "/find/?q=tankers&amp;side=ours&amp;kind=plan" in page(client, q="tankers", side="ours")
    html = page(client, q="tankers", side="released")
    assert '/find/?q=tankers"' in html
    assert "(take this filter off)" in html
    assert "Nothing that you may read matches" in page(client, q="tankers", kind="force")


@pytest.mark.parametrize("kind", [*KINDS, "nothing"])
def test_any_filter_gives_a_page(story: World, enter: Enter, kind: str) -> None:
    page(enter(PLANNER), kind=kind, side=kind, realm=kind, marking=kind, party=kind, scenario=kind, offset=kind)


@pytest.mark.parametrize("text", ['"', "-", "a*", "AND", "NEAR(", "title:", "((", "%", "x" * 9_000, "\0", "🙂", "'"])
def test_any_text_gives_a_page(story: World, enter: Enter, text: str) -> None:
    page(enter(PLANNER), q=text)
    assert enter(PLANNER).get(reverse("find-titles"), {"q": text}).status_code == 200


def test_elements_that_name_a_scenario_are_found_by_it(story: World, enter: Enter) -> None:
    about = f"XMR/{story.ours[0].id}"
    row = elements.add(
        story.hq, PLANNER, content("plan", title="Sweep", detail_level="CONPLAN", scenarios=[{"scenario": about}])
    )
    html = page(enter(PLANNER), scenario=about)
    assert reverse("element", args=[row.id]) in html
    assert reverse("element", args=[story.ours[1].id]) not in html


def test_titles_come_as_json_with_where_they_lead(story: World, enter: Enter) -> None:
    found = enter(PLANNER).get(reverse("find-titles"), {"q": "mines"}).json()
    where = reverse("their-element", args=[story.accord, "XTV", story.theirs[0].id])
    assert found == [
        {"title": "Mines in the southern approach", "kind": "Scenario", "url": where, "side": "Agreed by all"}
    ]
    assert enter(PLANNER).get(reverse("find-titles")).json() == []


def test_there_are_at_most_twelve_titles(story: World, enter: Enter) -> None:
    for number in range(20):
        elements.add(story.hq, PLANNER, content("report", title=f"Watch {number}", said="Quiet."))
    assert len(enter(PLANNER).get(reverse("find-titles"), {"q": "wat"}).json()) == 12


def test_the_words_of_our_elements_list_are_those_of_finding(story: World, enter: Enter) -> None:
    html = enter(PLANNER).get(reverse("elements"), {"text": "STRAIT vael"}).content.decode()
    assert "Closing of the Strait of Vael" in html
    assert "Escort of tankers" not in html


def test_a_view_is_kept_used_renamed_put_home_and_removed(story: World, enter: Enter) -> None:
    client = enter(PLANNER)
    kept = client.post(reverse("find-save"), {"query": "side=released&q=tankers&next=//evil", "name": " My  tankers "})
    assert kept["Location"] == f"{reverse('find')}?q=tankers&side=released"
    html = page(client, q="tankers", side="released")
    assert "What you see is your view “My tankers”." in html
    (view,) = saved_views.of(account(PLANNER))
    where = reverse("find-view", args=[view.id])
    client.post(where, {"do": "rename", "name": "Tankers"})
    client.post(where, {"do": "home"})
    assert [(one.name, one.home) for one in saved_views.of(account(PLANNER))] == [("Tankers", True)]
    assert f"{reverse('find')}?q=tankers&amp;side=released" in client.get(reverse("home")).content.decode()
    client.post(where, {"do": "away"})
    assert "Your views" not in client.get(reverse("home")).content.decode()
    client.post(where, {"do": "remove"})
    assert saved_views.of(account(PLANNER)) == ()
    assert client.post(where, {"do": "rename", "name": "x"}).status_code == 422
    assert client.post(where, {"do": "anything"}).status_code == 404


@pytest.mark.parametrize(("name", "said"), [("  ", "Give the view a name"), ("n" * 81, "at most 80 characters")])
def test_a_name_that_cannot_be_kept_is_said_and_what_was_typed_stays(
    story: World, enter: Enter, name: str, said: str
) -> None:
    answer = enter(PLANNER).post(reverse("find-save"), {"query": "q=tankers", "name": name})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert said in html
    assert 'value="tankers"' in html
    assert name.strip() in html


def test_a_name_twice_and_views_without_end_are_refused(db: None) -> None:
    user = account(PLANNER)
    first, second = saved_views.save(user, "One", "q=a"), saved_views.save(user, "Two", "q=b")
    with pytest.raises(MisuseError, match="Another of your views"):
        saved_views.rename(user, second.id, "One")
    assert saved_views.save(user, "One", "q=c").id == first.id
    for number in range(saved_views.MOST - 2):
        saved_views.save(user, f"View {number}", "q=a")
    with pytest.raises(MisuseError, match="remove one"):
        saved_views.save(user, "One too many", "q=a")


def test_nobody_reads_or_changes_another_persons_views(story: World, enter: Enter) -> None:
    view = saved_views.save(account(PLANNER), "My suspicion", f"q={SECRET}", home=True)
    head = enter(HEAD)
    assert SECRET not in page(head)
    assert "My suspicion" not in head.get(reverse("home")).content.decode()
    for deed in ("rename", "home", "away", "remove"):
        head.post(reverse("find-view", args=[view.id]), {"do": deed, "name": "Taken over"})
    assert [(one.name, one.home) for one in saved_views.of(account(PLANNER))] == [("My suspicion", True)]


def test_who_is_not_signed_in_finds_nothing(story: World) -> None:
    for name in ("find", "find-titles"):
        assert reverse("account_login") in Client().get(reverse(name), {"q": "tankers"})["Location"]


@pytest.mark.parametrize(
    "title", ["<script>alert(1)</script>", "<mark>x</mark>", '" onmouseover="x', "a\u202eb", "{{ 7|add:7 }}"]
)
def test_a_partners_markup_is_shown_as_it_was_written(opened: World, enter: Enter, title: str) -> None:
    said = content("report", title=title, said=f"A heron. {title}", contingency=title)
    row = elements.add(opened.torvia, PLANNER, said)
    opened.release(opened.torvia, row, "intelligence", "XMR")
    opened.settle()
    html = page(enter(HEAD), q="heron", contingency=title)
    assert "<mark>heron</mark>" in html
    for alive in ("<script>alert", "<mark>x</mark>", '" onmouseover="', "{{", ">14<"):
        assert alive not in html.replace("{{ 7|add:7 }}", "")


def test_after_a_recall_the_page_and_the_palette_know_nothing_of_it(opened: World, enter: Enter) -> None:
    row = elements.add(opened.torvia, PLANNER, content("report", title=f"{SECRET} leaves", said="At dawn."))
    opened.release(opened.torvia, row, "intelligence", "XMR")
    opened.settle()
    client = enter(HEAD)
    query = {"kind": "report"}
    assert SECRET in page(client, **query)
    assert SECRET in client.get(reverse("find-titles"), {"q": SECRET[:5]}).content.decode()
    recalls.recall(opened.torvia, OFFICER, opened.accord, row.id)
    opened.settle()
    assert SECRET not in page(client, **query)
    assert "0 elements" in page(client, **query)
    assert client.get(reverse("find-titles"), {"q": SECRET[:5]}).json() == []


def test_ten_thousand_are_shown_in_windows(put: Callable[[World], World], enter: Enter) -> None:
    world = put(worlds.opened())
    for number in range(120):
        elements.add(
            world.hq, PLANNER, content("report", title=f"Watch {number}", said="Quiet.", contingency=f"Case {number}")
        )
    html = page(enter(PLANNER), q="watch", offset="50")
    assert "51 to 100 of 120" in html
    assert html.count("<mark>Watch</mark>") == 0  # it stands in titles alone
    assert "92 more" in html
    assert quote("Case 7") in html or "Case+7" in html
