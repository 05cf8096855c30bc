"""Own elements on the pages: written, revised beside others, found among thousands, asked to be released."""

from collections.abc import Callable

from django.urls import reverse

from stafftalks.planning.kinds import KINDS
from stafftalks.services import elements, releases
from tests.fakes import HEAD, OFFICER, PLANNER
from tests.web import world as worlds
from tests.web.conftest import Enter
from tests.web.world import World, content


def test_a_report_is_written_and_stays_at_home(opened: World, enter: Enter) -> None:
    answer = enter(PLANNER).post(
        reverse("element-new", args=["report"]), {"title": "Fog", "said": "Fog.", "do": "save"}, follow=True
    )
    assert "No partner knows that it exists." in answer.content.decode()
    assert elements.find(opened.hq, text="Fog")[0] == 1


def test_every_kind_has_a_form_that_can_be_opened(opened: World, enter: Enter) -> None:
    client = enter(HEAD)
    for kind in KINDS:
        assert client.get(reverse("element-new", args=[kind])).status_code == 200, kind
        assert enter(PLANNER).get(reverse("element-new", args=[kind])).status_code == (403 if kind == "letter" else 200)
    assert client.get(reverse("element-new", args=["nothing"])).status_code == 404


def test_a_form_with_faults_says_each_at_its_field_and_at_the_top_and_keeps_all(opened: World, enter: Enter) -> None:
    typed = {
        "title": "",
        "narrative": "Long work",
        "window.start": "someday",
        "branches.0.title": "A",
        "branches.0.likelihood": "maybe",
    }
    answer = enter(PLANNER).post(reverse("element-new", args=["scenario"]), {**typed, "do": "save"})
    html = answer.content.decode()
    assert answer.status_code == 422
    for said in (
        "#f-title",
        "#f-window-start",
        "#f-branches-0-likelihood",
        "Long work",
        'value="someday"',
        'value="maybe"',
    ):
        assert said in html
    assert html.count('aria-invalid="true"') == 3
    assert elements.find(opened.hq, kind="scenario")[0] == 0


def test_rows_are_added_and_removed_by_buttons_and_nothing_typed_is_lost(opened: World, enter: Enter) -> None:
    page = reverse("element-new", args=["scenario"])
    typed = {"title": "Case", "branches.0.title": "First", "branches.1.title": "Second"}
    more = enter(PLANNER).post(page, {**typed, "do": "add:branches"}).content.decode()
    assert 'name="branches.2.title"' in more
    assert more.count("autofocus") == 1
    fewer = enter(PLANNER).post(page, {**typed, "do": "remove:branches.0"}).content.decode()
    assert 'value="Second"' in fewer
    assert 'value="First"' not in fewer
    assert 'value="Case"' in fewer
    assert elements.find(opened.hq, kind="scenario")[0] == 0


def test_a_revision_beside_another_shows_both_and_saves_only_on_a_second_word(opened: World, enter: Enter) -> None:
    row = elements.add(opened.hq, PLANNER, content("report", title="Watch", said="One ship."))
    page, client = reverse("element-edit", args=[row.id]), enter(PLANNER)
    elements.revise(opened.hq, OFFICER, row.id, content("report", title="Watch", said="Two ships."), row.version)
    typed = {"title": "Watch", "said": "Three ships, I think.", "do": "save"}
    answer = client.post(page, {**typed, "based_on": row.version})
    html = answer.content.decode()
    assert answer.status_code == 422
    for kept in ("Three ships, I think.", "oda", "Two", "saved while you were writing"):
        assert kept in html
    assert elements.content(elements.get(opened.hq, row.id)).said == "Two ships."
    again = client.post(page, {**typed, "based_on": answer.context["draft"].based_on})
    assert again.status_code == 302
    assert elements.content(elements.get(opened.hq, row.id)).said == "Three ships, I think."


def test_the_list_is_filtered_and_turned_page_by_page(opened: World, enter: Enter) -> None:
    for number in range(120):
        elements.add(
            opened.hq, PLANNER, content("report", title=f"Watch {number}", said="x", contingency=f"Case {number % 2}")
        )
    client, page = enter(PLANNER), reverse("elements")
    first = client.get(page + "?kind=report")
    assert "1 to 50 of 120" in first.content.decode()
    last = client.get(page + "?kind=report&offset=100")
    assert "101 to 120 of 120" in last.content.decode()
    assert client.get(page + "?contingency=Case+1").context["window"].total == 60
    assert client.get(page + "?text=Watch+119").context["window"].total == 1
    assert client.get(page + "?kind=plan").context["window"].total == 0
    assert client.get(page + "?offset=nonsense").status_code == 200


def test_release_is_asked_for_only_where_it_is_open_and_says_why_elsewhere(opened: World, enter: Enter) -> None:
    row = elements.add(opened.hq, PLANNER, content("comment", about=f"XTV/{'a' * 26}/{'a' * 52}", text="x"))
    html = enter(PLANNER).get(reverse("element-release", args=[row.id])).content.decode()
    assert "not accepted by: XTV" in html, "operations are closed"
    assert f'value="{opened.accord}.scenarios"' in html
    assert f'value="{opened.accord}.operations"' not in html


def test_nobody_is_chosen_beforehand_and_an_empty_audience_asks_for_nothing(opened: World, enter: Enter) -> None:
    row = elements.add(opened.hq, PLANNER, content("report", title="Watch", said="One ship."))
    page, client = reverse("element-release", args=[row.id]), enter(PLANNER)
    assert "checked" not in client.get(page).content.decode()
    typed = {"version": row.version, "way": f"{opened.accord}.intelligence"}
    assert client.post(page, typed).status_code == 422
    assert releases.find(opened.hq)[0] == 0
    assert client.post(page, {**typed, "audience": ["XTV"]}).status_code == 302
    assert releases.find(opened.hq, state="waiting")[0] == 1


def test_a_request_for_a_version_that_was_revised_meanwhile_asks_again(opened: World, enter: Enter) -> None:
    row = elements.add(opened.hq, PLANNER, content("report", title="Watch", said="One ship."))
    elements.revise(opened.hq, HEAD, row.id, content("report", title="Watch", said="Two ships."), row.version)
    typed = {"version": row.version, "way": f"{opened.accord}.intelligence", "audience": ["XTV"]}
    answer = enter(PLANNER).post(reverse("element-release", args=[row.id]), typed)
    assert answer.status_code == 422
    assert "while the form was open" in answer.content.decode()
    assert releases.find(opened.hq)[0] == 0


def test_an_element_is_put_away_and_brought_back(opened: World, enter: Enter) -> None:
    row = elements.add(opened.hq, PLANNER, content("report", title="Watch", said="One ship."))
    client = enter(PLANNER)
    client.post(reverse("element-archive", args=[row.id]), {"archived": "yes"})
    assert client.get(reverse("elements") + "?kind=report").context["window"].total == 0
    client.post(reverse("element-archive", args=[row.id]), {"archived": "no"})
    assert client.get(reverse("elements") + "?kind=report").context["window"].total == 1


def test_the_page_of_an_element_says_whose_it_is_and_who_holds_which_version(story: World, enter: Enter) -> None:
    html = enter(PLANNER).get(reverse("element", args=[story.ours[0].id])).content.decode()
    assert "Ours, released" in html
    assert "hold an older version" in html
    at_home = enter(PLANNER).get(reverse("element", args=[story.ours[1].id])).content.decode()
    assert "Ours, at home only" in at_home
    assert "Ours, released" not in at_home


def test_what_people_write_is_shown_and_never_run(put: Callable[[World], World], enter: Enter) -> None:
    world = put(worlds.opened())
    nasty = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    row = elements.add(world.hq, PLANNER, content("report", title=nasty, said=nasty))
    html = enter(PLANNER).get(reverse("element", args=[row.id])).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html
