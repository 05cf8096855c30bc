"""The pictures' tables and data: what they say, to whom, and that either is written by the same plain forms."""

from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.planning.refs import ElementRef
from stafftalks.services import elements, workspace
from stafftalks.services.rows import ElementRow
from stafftalks.values.ids import PartyId
from stafftalks.values.place import parse_place
from stafftalks.values.scale import Likelihood
from stafftalks.web.pictures import likelihoods, trees
from stafftalks.web.pictures.shapes import KINDS_WITH_PLACES, shapes_of
from stafftalks.web.pictures.times import stand
from tests.fakes import AUDITOR, PLANNER
from tests.web.conftest import Enter
from tests.web.test_web_markup import faults_of
from tests.web.world import World, content

_PLAN = {
    "title": "Plan",
    "contingency": "Vael",
    "phases": [{"id": "P1", "name": "One", "start": "C", "end": "C+3"}],
    "decision_points": [{"id": "DP1", "decision": "Go", "ltiov": "C+1", "place": "36, 34"}],
    "organisation": [
        {"id": "T1", "name": "Headquarters"},
        {"id": "T2", "name": "Unit", "under": "T1"},
        {"id": "T3", "name": "Other", "under": "T1"},
    ],
}


def _plan(world: World) -> ElementRow:
    return elements.add(world.hq, PLANNER, content("plan", **_PLAN))


def _activity(world: World, plan: ElementRow, title: str = "Sweep", **fields: object) -> ElementRow:
    given_fields = {"window": "C+1 to C+2", "plan": f"XMR/{plan.id}", **fields}
    return elements.add(world.hq, PLANNER, content("activity", title=title, what="Work", **given_fields))


def _picture(what: str, element: str, party: str = "XMR") -> str:
    return reverse("picture", args=[what, party, element])


def test_pages_of_pictures_are_sound_for_writers_and_readers(story: World, enter: Enter) -> None:
    plan = _plan(story)
    _activity(story, plan, footprint="corridor 36, 34; 36.5, 34.5 half-width 500 m")
    for person in (PLANNER, AUDITOR):
        client = enter(person)
        for what, element in (
            ("map", plan.id),
            ("timeline", plan.id),
            ("organisation", plan.id),
            ("branches", story.ours[0].id),
        ):
            answer = client.get(_picture(what, element))
            assert answer.status_code == 200
            assert faults_of(answer.content.decode()) == []
            assert ("Save" in answer.content.decode().split("pic-rows")[-1]) == (
                person is PLANNER and what in ("map", "timeline")
            )


def test_a_picture_that_cannot_be_drawn_is_not_there(story: World, enter: Enter) -> None:
    client = enter(PLANNER)
    scenario, report = story.ours[0].id, story.ours[2].id
    for path in (_picture("timeline", scenario), _picture("branches", report), _picture("weather", scenario)):
        assert client.get(path).status_code == 404
    for path in (
        f"{reverse('picture-map')}?about=nothing",
        f"{reverse('picture-timeline')}?plan=XMR/{scenario}",
        f"{reverse('picture-tree')}?of=XMR/{scenario}&field=annexes",
        f"{reverse('picture-map')}?about=XTV/{'a' * 26}",
    ):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "sentence" in answer.json()
    assert Client().get(f"{reverse('picture-map')}?about=XMR/{scenario}").status_code == 302


def test_the_map_holds_what_stands_around_a_plan_and_offers_ours_alone_to_change(story: World, enter: Enter) -> None:
    plan = _plan(story)
    force = elements.add(
        story.hq, PLANNER, content("force", title="Group", sidc="10033000001204000000", place="36, 34")
    )
    theirs = elements.add(
        story.torvia,
        PLANNER,
        content("activity", title="Theirs", what="Patrol", plan=f"XMR/{plan.id}", footprint="36.5, 34.5"),
    )
    kept = elements.add(
        story.torvia,
        PLANNER,
        content("activity", title="Not released", what="Hide", plan=f"XMR/{plan.id}", footprint="1, 1"),
    )
    story.release(story.torvia, theirs, "scenarios", "XMR")
    story.settle()
    _activity(story, plan, footprint="circle 36, 34 radius 5 km", forces=[f"XMR/{force.id}"])
    data = enter(PLANNER).get(reverse("picture-map"), {"about": f"XMR/{plan.id}"}).json()
    drawn = {(one["title"], one["field"]): one for one in data["features"]}
    assert {title for title, _ in drawn} == {"Plan", "Group", "Theirs", "Sweep"}
    assert drawn["Theirs", "footprint"]["side"] == "theirs"
    assert drawn["Theirs", "footprint"]["change"] == ""
    assert drawn["Sweep", "footprint"]["points"] == [[34.0, 36.0]]
    assert drawn["Sweep", "footprint"]["metres"] == 5_000
    assert drawn["Group", "place"]["sidc"] == "10033000001204000000"
    assert drawn["Plan", "decision_points.0.place"]["row"] == "DP1"
    assert kept.id not in str(data)


def test_the_timeline_dates_only_anchors_that_have_a_date_here(story: World, enter: Enter) -> None:
    plan = _plan(story)
    _activity(story, plan, "On C")
    _activity(story, plan, "On D", window="D+1/H+6 to D+2")
    elements.add(story.hq, PLANNER, content("anchor", title="C-day", anchor="C", at="2027-05-04", contingency="Vael"))
    data = enter(PLANNER).get(reverse("picture-timeline"), {"plan": f"XMR/{plan.id}"}).json()
    assert data["anchors"] == {"C": 1_809_388_800}
    assert [(bar["title"], bar["start"]) for bar in data["bars"]] == [
        ("On C", {"text": "C+1", "on": "C", "hours": 24}),
        ("On D", {"text": "D+1/H+6", "on": "D", "hours": 30}),
    ]
    assert data["bands"][0]["field"] == "phases.0"
    assert data["marks"][0]["at"]["text"] == "C+1"


def test_the_table_of_the_timeline_is_turned_page_by_page(story: World, enter: Enter) -> None:
    plan = _plan(story)
    for number in range(60):
        _activity(story, plan, f"Work {number:02d}", window=f"C+{number} to C+{number + 1}")
    client, path = enter(PLANNER), _picture("timeline", plan.id)
    first, second = client.get(path).content.decode(), client.get(f"{path}?timeline_from=25").content.decode()
    assert "Work 24" in first
    assert "Work 25" not in first
    assert "Work 25" in second
    assert "?timeline_from=50#" in second
    assert client.get(f"{path}?timeline_from=9999999").status_code == 200


def test_no_query_is_added_by_more_rows(story: World, enter: Enter) -> None:
    plan, client = _plan(story), enter(PLANNER)
    _activity(story, plan, footprint="36, 34")
    paths = [_picture("map", plan.id), _picture("timeline", plan.id)]
    paths += [
        f"{reverse('picture-map')}?about=XMR/{plan.id}",
        f"{reverse('picture-timeline')}?plan=XMR/{plan.id}",
    ]
    before = [_queries(client, path) for path in paths]
    for number in range(40):
        _activity(story, plan, f"More {number}", footprint="36, 34")
    assert [_queries(client, path) for path in paths] == before


def _queries(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def test_two_rows_of_a_tree_change_places_by_a_plain_form(story: World, enter: Enter) -> None:
    plan = _plan(story)
    piece = workspace.piece(story.hq, ElementRef(PartyId("XMR"), plan.id))
    twigs = {twig.id: twig for twig in trees.twigs_of(piece, "organisation")}
    assert (twigs["T2"].before, twigs["T2"].behind, twigs["T2"].depth) == (None, 2, 2)
    sent = {f"f.{path}": text for path, text in trees.exchanged(twigs["T2"], twigs["T3"], "organisation").items()}
    enter(PLANNER).post(reverse("element-change", args=[plan.id]), {**sent, "based_on": plan.version})
    rows = elements.content(elements.get(story.hq, plan.id)).organisation
    assert [(row.id, row.under, row.name) for row in rows] == [
        ("T1", "", "Headquarters"),
        ("T3", "T1", "Other"),
        ("T2", "T1", "Unit"),
    ]
    assert trees.twigs_of(piece, "branches") == ()


def test_every_kind_with_a_place_says_where(story: World) -> None:
    pictured = {"activity", "engagement", "exercise", "force", "minutes", "plan", "requirement", "resource", "scenario"}
    assert pictured == set(KINDS_WITH_PLACES)
    spelt = ("36.85, 34.64", "circle 36, 34 radius 500 m", "corridor 0, 179; 0, -179 half-width 1 m", "Port of Mersel")
    for text in spelt:
        (shape,) = shapes_of(content("force", title="F", place=text))
        assert shape.text == str(parse_place(text))
        assert bool(shape.points) == (text != "Port of Mersel")
    (empty,) = shapes_of(content("force", title="F"))
    assert empty.form == "none"


def test_moments_keep_what_they_hang_on() -> None:
    plan = content("plan", title="P", phases=[{"id": "P1", "name": "One", "start": "D-2/H-3", "end": "2027-05-04"}])
    start, end = stand(plan.phases[0].start), stand(plan.phases[0].end)
    assert (start.on, start.hours) == ("D", -51)
    assert (end.on, end.at) == ("", 1_809_388_800)
    assert stand(None) is None


_RANGES = st.tuples(st.integers(0, 100), st.integers(0, 100)).map(sorted)


@given(st.lists(_RANGES, min_size=2, max_size=5))
def test_what_divides_judgements_is_what_their_ranges_leave_between_them(ranges: list[list[int]]) -> None:
    rows = [likelihoods.Judged("A", "ours", "XMR", "x", low, high) for low, high in ranges]
    found = likelihoods.divergence(rows)
    shared = [at for at in range(101) if all(low <= at <= high for low, high in ranges)]
    match found.verdict:
        case "same":
            assert all(pair == ranges[0] for pair in ranges)
        case "overlap":
            assert shared == list(range(found.low, found.high + 1))
        case "meet":
            assert shared == [found.low]
        case "apart":
            assert shared == []
            assert found.low in {high for _low, high in ranges}
            assert found.high in {low for low, _high in ranges}
        case "one":
            raise AssertionError


def test_likelihoods_beside_each_other_are_said_in_words() -> None:
    ours, theirs = Likelihood.parse("likely"), Likelihood.parse("unlikely")
    apart = _bars(("Ours", "ours", "XMR", ours), ("Theirs", "theirs", "XTV", theirs))
    assert "Ours: likely (ICD 203), 55 to 80 %. Theirs: unlikely (ICD 203), 20 to 45 %." in apart
    assert "They do not overlap: 10 points apart." in apart
    assert "pic-hatch" in apart
    alone = _bars(("Ours", "ours", "XMR", ours), ("Theirs", "theirs", "XTV", None))
    assert "There is no second judgement" in alone
    assert "no likelihood given" in alone
    assert "pic-hatch" not in alone
    near = _bars(("Ours", "ours", "XMR", ours), ("Theirs", "theirs", "XTV", Likelihood.parse("60-70 %")))
    assert "They overlap from 60 to 70 %." in near


def _bars(*rows: tuple[str, str, str, Likelihood | None]) -> str:
    return " ".join(Template("{% load pictures %}{% likelihood_bars rows %}").render(Context({"rows": rows})).split())
