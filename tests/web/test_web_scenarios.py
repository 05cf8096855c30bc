"""The scenario room's pages: what stands on them, what is sent from them, and what is never lost."""

import re
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from django.test import Client
from django.urls import reverse

from stafftalks.planning.element import Element, encode, version_hash
from stafftalks.planning.intelligence import Indicator
from stafftalks.planning.scenarios import Scenario
from stafftalks.services import editing, elements
from stafftalks.services.rows import ElementRow
from stafftalks.store.find import DjangoCatalogue
from stafftalks.store.holdings import DjangoHoldings
from stafftalks.values.ids import ElementId, PartyId, base32
from tests.browser.rooms import scenarios as told
from tests.fakes import AUDITOR, NOON, PLANNER, permit
from tests.web import world as worlds
from tests.web.conftest import Enter
from tests.web.world import World, content


@pytest.fixture
def stage(put: Callable[[World], World]) -> World:
    """An accord with both scenarios, judgements and talk."""
    world = worlds.opened()
    told.prepare(world)
    return put(world)


def _ours(world: World) -> str:
    return reverse("scenario", args=["XMR", told.named(world, told.OURS).id])


def _theirs(world: World) -> str:
    return reverse("scenario", args=["XTV", told.partners(world, told.THEIRS).id])


def _send(client: Client, path: str, form: str, deed: str, row: ElementRow, **typed: str) -> Any:
    data = {f"{form}.{name}": text for name, text in typed.items()}
    return client.post(path, {"form": form, "do": deed, "based_on": row.version, **data})


def _scenario(world: World) -> Scenario:
    found = elements.content(told.named(world, told.OURS))
    assert isinstance(found, Scenario)
    return found


def _text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_room_says_first_what_needs_looking_after(stage: World, enter: Enter) -> None:
    said = _text(enter(PLANNER).get(_ours(stage)))
    for words in (
        "A1 was to be known by C-3 (17 Nov 2025): overdue by 5 days",
        "A2 is invalid (The crews go on working.): it leads to branch B2",
        "Observed: Crew meetings",
        "XTV suggests a change to B2, Title",
        "Judgements differ most on B2 “The company stays closed”: 20 points apart",
        "The date of D-day is not set here",
    ):
        assert words in said


def test_a_planner_changes_a_branch_where_it_stands(stage: World, enter: Enter) -> None:
    row = told.named(stage, told.OURS)
    answer = _send(
        enter(PLANNER), _ours(stage), "edit.branches.0", "save", row,
        title="Crossings resume", condition="", likelihood="60 %", after="B2", sort="branch",
    )  # fmt: skip
    assert answer.status_code == 302
    assert answer.url.endswith("#branches-0")
    branch = _scenario(stage).branches[0]
    assert (branch.title, branch.condition, str(branch.likelihood), branch.after) == (
        "Crossings resume",
        "",
        "60 %",
        "B2",
    )


def test_a_branch_is_hung_at_the_top_again(stage: World, enter: Enter) -> None:
    row = told.named(stage, told.OURS)
    _send(enter(PLANNER), _ours(stage), "edit.branches.2", "save", row, title="By air", after="-")
    assert _scenario(stage).branches[2].after == ""


def test_what_cannot_be_read_comes_back_at_its_field_as_it_was_typed(stage: World, enter: Enter) -> None:
    row = told.named(stage, told.OURS)
    answer = _send(
        enter(PLANNER), _ours(stage), "edit.branches.0", "save", row, title="Crossings <resume>", likelihood="perhaps"
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="perhaps"' in page
    assert "Crossings &lt;resume&gt;" in page
    assert 'href="#f-edit-branches-0-likelihood"' in page
    assert re.search(r'id="branches-0-edit" open', page)
    assert _scenario(stage).branches[0].title == "Crossings resume by day"


def test_a_branch_is_added_below_another(stage: World, enter: Enter) -> None:
    row = told.named(stage, told.OURS)
    answer = _send(enter(PLANNER), _ours(stage), "new.branches.0", "add", row, title="At night too", sort="sequel")
    assert answer.url.endswith("#branches-4")
    added = _scenario(stage).branches[4]
    assert (added.title, added.after, added.sort.value, bool(added.id)) == ("At night too", "B1", "sequel", True)


def test_a_branch_and_an_assumption_are_taken_out(stage: World, enter: Enter) -> None:
    client = enter(PLANNER)
    _send(client, _ours(stage), "edit.branches.1", "remove", told.named(stage, told.OURS))
    assert [(one.id, one.after) for one in _scenario(stage).branches] == [("B1", ""), ("B3", ""), ("B4", "B3")]
    _send(client, _ours(stage), "edit.assumptions.0", "remove", told.named(stage, told.OURS))
    assert [one.id for one in _scenario(stage).assumptions] == ["A2", "A3", "A4"]


def test_an_assumption_proved_invalid_says_what_it_leads_to(stage: World, enter: Enter) -> None:
    client, row = enter(PLANNER), told.named(stage, told.OURS)
    _send(client, _ours(stage), "edit.assumptions.1", "state:open", row)
    assert _scenario(stage).assumptions[1].state == "open"
    answer = _send(client, _ours(stage), "edit.assumptions.1", "state:invalid", told.named(stage, told.OURS))
    assert "A2 is invalid: it leads to branch B2, “The company stays closed”." in _text(client.get(answer.url))


def test_an_assumption_is_added(stage: World, enter: Enter) -> None:
    row = told.named(stage, told.OURS)
    _send(
        enter(PLANNER),
        _ours(stage),
        "new.assumption",
        "add",
        row,
        text="The road is open.",
        validate_by="C-1",
        triggers="B1",
    )
    added = _scenario(stage).assumptions[4]
    assert (added.text, str(added.validate_by), added.triggers) == ("The road is open.", "C-1", "B1")


def test_a_check_is_recorded_with_the_present_where_no_time_is_typed(stage: World, enter: Enter) -> None:
    _total, rows = elements.find(stage.hq, kind="indicator")
    row = next(one for one in rows if one.title == "Fog forecasts")
    answer = _send(enter(PLANNER), _ours(stage), f"check.{row.id}", "check", row, state="ambiguous", last_checked=" ")
    assert answer.url.endswith(f"#i-{row.id}")
    found = elements.content(elements.get(stage.hq, row.id))
    assert isinstance(found, Indicator)
    assert (found.state.value, found.last_checked.seconds) == ("ambiguous", stage.hq.clock.now())
    assert stage.hq.clock.now() >= NOON


def test_a_check_that_cannot_be_read_keeps_what_was_typed(stage: World, enter: Enter) -> None:
    row = next(one for one in elements.find(stage.hq, kind="indicator")[1] if one.title == "Fog forecasts")
    answer = _send(
        enter(PLANNER), _ours(stage), f"check.{row.id}", "check", row, state="observed", last_checked="noonish"
    )
    assert answer.status_code == 422
    assert (
        f'id="f-check-{row.id}-last_checked" name="check.{row.id}.last_checked" value="noonish"'
        in answer.content.decode()
    )


def test_a_suggestion_is_taken_in_from_where_it_stands(stage: World, enter: Enter) -> None:
    client, row = enter(PLANNER), told.named(stage, told.OURS)
    page = client.get(_ours(stage)).content.decode()
    found = re.search(r'name="suggestion" value="(XTV/[a-z2-7]{26})"', page)
    assert found
    data = {"form": "take-in", "do": "take-in", "based_on": row.version, "suggestion": found[1]}
    answer = client.post(_ours(stage), data)
    assert _scenario(stage).branches[1].title == "The company stays closed for a month"
    said = _text(client.get(answer.url))
    assert "Taken in, at home. Ask for release of the new version to answer XTV." in said
    assert "our text at home says so" in said


def test_each_field_changed_of_a_partners_branch_becomes_a_suggestion(stage: World, enter: Enter) -> None:
    client, row = enter(PLANNER), told.partners(stage, told.THEIRS)
    typed = {"title": "The hull breaks in two", "condition": "", "likelihood": "likely", "after": "-", "sort": "branch"}
    answer = _send(
        client, _theirs(stage), "suggest.branches.2", "suggest", row, **typed, rationale="Our divers say so."
    )
    assert answer.url.endswith("#branches-2")
    made = [elements.content(one) for one in elements.find(stage.hq, kind="suggestion")[1]]
    assert {(one.field, one.proposed, one.rationale) for one in made} == {
        ("branches.2.title", "The hull breaks in two", "Our divers say so."),
        ("branches.2.likelihood", "likely", "Our divers say so."),
    }
    assert {str(one.about) for one in made} == {f"XTV/{row.id}/{row.version}"}
    said = client.get(answer.url).content.decode()
    assert said.count('">Ask for release</a>') == 2


def test_one_suggestion_leads_on_to_its_release(stage: World, enter: Enter) -> None:
    row = told.partners(stage, told.THEIRS)
    typed = {
        "title": "The hull holds",
        "condition": "the sea stays calm",
        "likelihood": "likely (ICD 203)",
        "after": "-",
        "sort": "branch",
    }
    answer = _send(enter(PLANNER), _theirs(stage), "suggest.branches.1", "suggest", row, **typed)
    made = elements.find(stage.hq, kind="suggestion")[1][0]
    assert answer.url == reverse("element-release", args=[made.id]) + f"?way={stage.accord}.scenarios"


def test_a_suggestion_that_changes_nothing_is_not_made(stage: World, enter: Enter) -> None:
    row = told.partners(stage, told.THEIRS)
    answer = _send(
        enter(PLANNER), _theirs(stage), "suggest.branches.1", "suggest", row, title="The hull  holds", rationale="None."
    )
    assert answer.status_code == 422
    assert "Nothing differs from their text" in answer.content.decode()
    assert "None.</textarea>" in answer.content.decode()
    assert elements.find(stage.hq, kind="suggestion")[0] == 0


def test_a_comment_is_about_the_part_and_the_version_that_was_read(stage: World, enter: Enter) -> None:
    row = told.partners(stage, told.THEIRS)
    _send(enter(PLANNER), _theirs(stage), "comment.assumptions.0", "comment", row, text="From where?")
    made = elements.content(elements.find(stage.hq, kind="comment")[1][0])
    assert (made.field, made.text, made.about.version) == ("assumptions.0", "From where?", row.version)


def test_a_text_revised_while_a_reply_was_typed_shows_the_change_and_keeps_the_reply_at_its_branch(
    stage: World, enter: Enter
) -> None:
    client, row = enter(PLANNER), told.partners(stage, told.THEIRS)
    changed = editing.change(stage.torvia, PLANNER, row.id, row.version, {}, removed=["branches.0"])
    stage.release(stage.torvia, changed.row, "scenarios", "XMR")
    stage.settle()
    answer = _send(client, _theirs(stage), "comment.branches.2", "comment", row, text="Which hull now?")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "revised this text while you were writing" in page
    assert "What was changed meanwhile" in page
    assert re.search(r'name="comment\.branches\.1\.text"[^>]*>Which hull now\?</textarea>', page)
    again = _send(client, _theirs(stage), "comment.branches.1", "comment", changed.row, text="Which hull now?")
    assert again.status_code == 302


def test_what_was_typed_about_a_branch_that_is_gone_is_shown_apart(stage: World, enter: Enter) -> None:
    row = told.named(stage, told.OURS)
    editing.change(stage.hq, PLANNER, row.id, row.version, {}, removed=["branches.0"])
    answer = _send(enter(PLANNER), _ours(stage), "edit.branches.0", "save", row, title="Crossings resume at dawn")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Crossings resume at dawn" in page
    assert 'value="Crossings resume at dawn"' not in page
    assert [one.id for one in _scenario(stage).branches] == ["B2", "B3", "B4"]


def test_a_partners_text_is_never_changed_from_its_room(stage: World, enter: Enter) -> None:
    row = told.partners(stage, told.THEIRS)
    for deed in ("save", "remove", "add", "state:invalid", "take-in"):
        answer = _send(enter(PLANNER), _theirs(stage), "edit.branches.0", deed, row, title="Ours now")
        assert answer.status_code == 422
        assert "This text is a partner’s" in answer.content.decode()


def test_whoever_may_not_write_reads_and_sends_nothing(stage: World, enter: Enter) -> None:
    client = enter(AUDITOR)
    page = client.get(_ours(stage)).content.decode()
    assert "Take in" not in page
    assert "Save at home" not in page
    answer = _send(client, _ours(stage), "edit.branches.0", "save", told.named(stage, told.OURS), title="No")
    assert answer.status_code == 403


def test_a_long_list_inside_the_room_is_turned_page_by_page_and_acts_stay_on_their_page(
    stage: World, enter: Enter
) -> None:
    client, key = enter(PLANNER), f"XMR/{told.named(stage, told.OURS).id}"
    rows = [_row(at, "indicator", title=f"Watch {at:02d}", watched="W", bears_on=key) for at in range(40)]
    stage.hq.holdings.add_all(rows)
    stage.hq.holdings.add_all(
        [
            _row(100 + at, "requirement", title=f"Need {at}", serial="1", capability="C", scenario=key)
            for at in range(30)
        ]
    )
    page = client.get(_ours(stage)).content.decode()
    assert page.count(">Record the check<") == 25
    assert "1 to 25 of 42" in page
    assert "1 to 25 of 32" in page
    later = _ours(stage) + "?indicators_from=25"
    page = client.get(later).content.decode()
    assert page.count(">Record the check<") == 17
    row = next(row for row in rows if f"check.{row.id}" in page)
    assert f'action="{later}"' in page
    answer = _send(client, later, f"check.{row.id}", "check", row, state="observed")
    assert answer.url == f"{later}#i-{row.id}"


def test_of_many_remarks_on_one_part_those_that_wait_are_shown(stage: World, enter: Enter) -> None:
    row = told.named(stage, told.OURS)
    about = f"XMR/{row.id}/{row.version}"
    stage.hq.holdings.add_all(
        [_row(at, "comment", about=about, text=f"Remark {at:02d}", field="branches.1") for at in range(20)]
    )
    client = enter(PLANNER)
    page = client.get(_ours(stage)).content.decode()
    assert "16 more remarks on this part" in page
    assert "waits for our answer" in page
    assert page.count("Remark ") == 4
    assert client.get(_ours(stage) + "?open=branches.1").content.decode().count("Remark ") == 20


@pytest.mark.parametrize(
    ("form", "deed"),
    [("", ""), ("edit.branches.99", "remove"), ("edit.text", "remove"), ("new.branches.77", "add"), ("check.nothing", "check"), ("edit.x.0", "state:open")],
)  # fmt: skip
def test_buttons_that_are_not_on_the_page_do_nothing(stage: World, enter: Enter, form: str, deed: str) -> None:
    row = told.named(stage, told.OURS)
    answer = _send(enter(PLANNER), _ours(stage), form, deed, row)
    assert answer.status_code == 422
    assert told.named(stage, told.OURS).version == row.version


def test_an_empty_scenario_says_what_to_write_next_with_everything_filled(stage: World, enter: Enter) -> None:
    row = elements.add(stage.hq, PLANNER, content("scenario", title="A new one", contingency="New & old"))
    page = enter(PLANNER).get(reverse("scenario", args=["XMR", row.id])).content.decode()
    for words in (
        "No narrative yet.",
        "No branch yet.",
        "No assumption yet.",
        "No indicator bears on it yet.",
        "No requirement yet.",
    ):
        assert words in page
    filled = f"?bears_on=XMR%2F{row.id}&amp;contingency=New%20%26%20old"
    assert filled in page
    assert f"?scenario=XMR%2F{row.id}" in page
    form = enter(PLANNER).get(reverse("element-new", args=["assessment"]) + f"?scenario=XMR/{row.id}&branch=B1")
    assert f'value="XMR/{row.id}"' in form.content.decode()


def test_another_partys_room_that_we_may_not_read_is_not_there(stage: World, enter: Enter) -> None:
    hidden = elements.add(stage.torvia, PLANNER, content("scenario", title="Theirs alone"))
    assert enter(PLANNER).get(reverse("scenario", args=["XTV", hidden.id])).status_code == 404


def test_the_list_is_filtered_and_turned_page_by_page(stage: World, enter: Enter) -> None:
    client = enter(PLANNER)
    for number in range(60):
        elements.add(stage.hq, PLANNER, content("scenario", title=f"Case {number:02d}", contingency="Many"))
    page = client.get(reverse("scenarios")).content.decode()
    assert page.count('class="scenario-line') == 50
    assert "1 to 50 of 62" in page
    later = client.get(reverse("scenarios") + "?offset=50").content.decode()
    assert later.count('class="scenario-line') == 12
    theirs = client.get(reverse("scenarios") + "?party=XTV").content.decode()
    assert told.THEIRS in theirs
    assert told.OURS not in theirs
    assert "Nothing matches." in client.get(reverse("scenarios") + "?text=nowhere").content.decode()


def test_a_scenario_of_hundreds_of_parts_brings_one_parts_forms_at_a_time(stage: World, enter: Enter) -> None:
    branches = [{"id": f"B{at}", "title": f"Way {at}"} for at in range(300)]
    row = elements.add(stage.hq, PLANNER, content("scenario", title="Very much", branches=branches))
    path = reverse("scenario", args=["XMR", row.id])
    page = enter(PLANNER).get(path).content.decode()
    assert 'name="edit.branches.0.title"' not in page
    assert '?open=branches.299#branches-299"' in page
    opened = enter(PLANNER).get(path + "?open=branches.299").content.decode()
    assert 'name="edit.branches.299.title"' in opened
    assert 'name="edit.branches.298.title"' not in opened


def _on_the_database(world: World) -> None:
    """Our own elements and the catalogue are kept in the database: the fakes would ask it nothing."""
    world.hq = msgspec.structs.replace(world.hq, holdings=DjangoHoldings(), catalogue=DjangoCatalogue())
    permit(world.hq, PartyId("XTV"))


def _row(number: int, kind: str, **fields: object) -> ElementRow:
    """An element of ours as it is stored, by a number of its own."""
    made = content(kind, **fields)
    whole = Element(ElementId(base32(number.to_bytes(16, "big"))), made)
    return ElementRow(
        whole.id, kind, made.title, "", version_hash(whole), encode(whole), NOON, PLANNER.username, archived=False
    )


def _hang(world: World, key: str, numbers: range) -> None:
    """Adds so many of everything that the room of `key` shows."""
    version = told.named(world, told.OURS).version
    rows = []
    for at in numbers:
        report = _row(at * 10, "report", title=f"S{at}", said="It was said.")
        judged = _row(
            at * 10 + 1, "assessment", title=f"J{at}", question="?", judgement="!", likelihood="likely", scenario=key,
            branch=f"B{at}", reports=f"XMR/{report.id}",
        )  # fmt: skip
        rows += [report, judged]
        rows.append(
            _row(at * 10 + 2, "requirement", title=f"R{at}", serial="1", capability="C", scenario=key, branches="B1")
        )
        rows.append(_row(at * 10 + 3, "indicator", title=f"I{at}", watched="W", bears_on=f"{key}\nXMR/{judged.id}"))
        rows.append(_row(at * 10 + 4, "plan", title=f"P{at}", scenarios=[{"scenario": key}]))
        rows.append(_row(at * 10 + 5, "option", title=f"O{at}", scenario=key))
        rows.append(_row(at * 10 + 6, "comment", about=f"{key}/{version}", text=f"C{at}", field="narrative"))
    world.hq.holdings.add_all(rows)


def test_no_query_is_added_by_what_hangs_on_a_scenario(
    put: Callable[[World], World], enter: Enter, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    world = worlds.opened()
    _on_the_database(world)
    told.prepare(world)
    put(world)
    client, key = enter(PLANNER), f"XMR/{told.named(world, told.OURS).id}"
    _hang(world, key, range(3))
    client.get(_ours(world))
    with django_assert_max_num_queries(60) as few:
        assert client.get(_ours(world)).status_code == 200
    _hang(world, key, range(3, 300))
    with django_assert_max_num_queries(len(few)):
        assert "1 to 25 of 302" in client.get(_ours(world)).content.decode()
    assert any("element" in query["sql"] for query in few.captured_queries)


def test_no_query_is_added_by_the_lists_rows(
    put: Callable[[World], World], enter: Enter, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    world = worlds.opened()
    _on_the_database(world)
    told.prepare(world)
    put(world)
    client = enter(PLANNER)
    client.get(reverse("scenarios"))
    with django_assert_max_num_queries(60) as few:
        client.get(reverse("scenarios"))
    world.hq.holdings.add_all([_row(at, "scenario", title=f"Case {at}") for at in range(300)])
    with django_assert_max_num_queries(len(few)):
        assert "1 to 50 of 302" in client.get(reverse("scenarios")).content.decode()
