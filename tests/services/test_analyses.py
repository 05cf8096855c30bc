"""From elements to answers: what an answer stands on, who may see it, what stays home, and when it is stale."""

import time

from stafftalks.analysis import options, options_telling, options_waiting
from stafftalks.analysis.risk import Question
from stafftalks.analysis.risk_reading import estimates_of
from stafftalks.analysis.schedule_solving import Effort, solve
from stafftalks.services import (
    analyses,
    analyses_conflicts,
    analyses_coverage,
    analyses_options,
    analyses_planned,
    analyses_risk,
    analyses_schedule,
    analyses_waiting,
    elements,
    recalls,
    releases,
)
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from stafftalks.values.ids import AccordId
from tests.fakes import OFFICER, PLANNER
from tests.services import scenes
from tests.web.world import content


def add(hq: Headquarters, kind: str, title: str, **fields: object) -> ElementRow:
    return elements.add(hq, PLANNER, content(kind, title=title, contingency="Vael", **fields))


def release(hq: Headquarters, accord: AccordId, row: ElementRow, *to: Headquarters) -> None:
    releases.release(hq, OFFICER, scenes.asked(hq, accord, row, to, "scenarios").id)


def ref(hq: Headquarters, row: ElementRow) -> str:
    return f"{hq.party}/{row.id}"


def test_an_answer_stands_on_what_is_released_alone_and_goes_stale_when_that_moves_on() -> None:
    ours, theirs = scenes.house("XMR", "XTV")
    accord = scenes.accepted(ours, theirs)
    scenario = add(
        ours, "scenario", "Flood", branches=[{"id": "B1", "title": "Dam breaks"}, {"id": "B2", "title": "It holds"}]
    )
    need = add(
        ours, "requirement", "Airlift", serial="1", capability="LIFT", quantity="400 t", window="C+1 to C+9",
        scenario=ref(ours, scenario), branches="B1",
    )  # fmt: skip
    promised = {
        "what": "Wing",
        "party": "XMR",
        "requirement": ref(ours, need),
        "quantity": "300.5 t",
        "promise": "firm",
    }
    option = add(ours, "option", "By air", scenario=ref(ours, scenario), contributions=[promised])
    for row in (scenario, need):
        release(ours, accord, row, theirs)

    found = analyses_coverage.coverage(ours)
    assert found.coverage.counts()["gap"] == 1
    assert (found.basis.stays_home, found.basis.readers) == (False, ("XMR", "XTV"))
    assert {each.element for each in found.basis.inputs} == {ref(ours, scenario), ref(ours, need)}
    assert not found.faults
    (row,) = found.coverage.rows()
    assert (row.branch, found.times.said(row.stretches[0].start)) == ("B1", "C+1")

    home = analyses_coverage.coverage(ours, private=True)
    assert home.coverage.counts()["partial"] == 1
    assert (home.basis.stays_home, home.basis.readers) == (True, ("XMR",))
    assert [each.element for each in home.basis.inputs if each.private] == [ref(ours, option)]

    assert analyses.stale(ours, found.basis) == ()
    later = elements.revise(
        ours, PLANNER, need.id,
        content("requirement", title="Airlift", contingency="Vael", serial="1", capability="LIFT", quantity="200 t", scenario=ref(ours, scenario)),
        need.version,
    )  # fmt: skip
    assert analyses.stale(ours, found.basis) == ()
    assert [(each.sort, each.element) for each in analyses.stale(ours, home.basis)] == [("revised", ref(ours, need))]
    release(ours, accord, later, theirs)
    release(ours, accord, option, theirs)
    (new, revised) = analyses.stale(ours, found.basis)
    assert (new.sort, revised.sort, revised.version) == ("new", "revised", later.version)
    assert "“Airlift” was revised" in revised.sentence

    scenes.settle(ours, theirs)
    seen = analyses_coverage.coverage(theirs)
    assert seen.coverage.counts() == analyses_coverage.coverage(ours).coverage.counts()
    assert seen.basis.readers == ("XMR", "XTV")


def test_what_is_at_home_makes_no_difference_to_an_answer_that_may_be_shown() -> None:
    told = []
    for secret in (False, True):
        ours, theirs = scenes.house("XMR", "XTV")
        accord = scenes.accepted(ours, theirs)
        scenario = add(ours, "scenario", "Flood")
        need = add(
            ours, "requirement", "Airlift", serial="1", capability="LIFT", quantity="400 t", window="C+1 to C+9", scenario=ref(ours, scenario)
        )  # fmt: skip
        sweep = add(
            ours,
            "activity",
            "Sweep",
            what="Sweep",
            window="C+1 to C+9",
            resources=[{"name": "Quay", "quantity": "1 items"}],
        )
        for row in (scenario, need, sweep):
            release(ours, accord, row, theirs)
        if secret:
            add(ours, "anchor", "C", anchor="C", at="2027-05-01")
            add(ours, "resource", "Quay", capacity="0 items")
            part = {"what": "Wing", "party": "XMR", "requirement": ref(ours, need), "quantity": "300 t"}
            add(ours, "option", "By air", scenario=ref(ours, scenario), contributions=[part])
            add(
                ours,
                "activity",
                "Escort",
                what="Escort",
                window="C+1 to C+9",
                resources=[{"name": "Quay", "quantity": "1 items"}],
            )
            revised = content("activity", title="Hide", what="Hide", contingency="Vael", window="C+3 to C+4")
            later = elements.revise(ours, PLANNER, sweep.id, revised, sweep.version)
            elements.archive(ours, PLANNER, later.id, archived=True)
        found = analyses_coverage.coverage(ours)
        rows = [(row.state, row.stretches) for row in found.coverage.rows()]
        clashing = analyses_conflicts.conflicts(ours)
        risky = analyses_risk.answered(*analyses_risk.prepared(ours), Question(draws=20))
        _work, schedule = analyses_schedule.prepared(ours, {})
        choice = analyses_options.prepared(ours)
        for basis in (found.basis, clashing.basis, risky.basis, choice.basis):
            assert (basis.stays_home, basis.readers) == (False, ("XMR", "XTV"))
        kept = {
            name.replace(ref(ours, scenario), "S").replace(ref(ours, need), "N").replace(ref(ours, sweep), "A")
            for name in map(repr, (rows, clashing.found, clashing.faults, risky.risk, risky.faults, schedule, choice.choice))
        }  # fmt: skip
        told.append((kept, found.times.said(24 * 3600)))
    assert told[0] == told[1]


def test_a_recall_is_told_in_an_answer_that_may_be_shown_only_to_those_who_know_it() -> None:
    ours, theirs, third = scenes.house("XMR", "XTV", "XKD")
    accord, other = scenes.accepted(ours, theirs), scenes.accepted(ours, third)
    tanker = add(third, "force", "Tankers")
    release(third, other, tanker, ours)
    scenes.settle(ours, third)
    option = add(
        ours,
        "option",
        "Fuel",
        contributions=[{"what": "Fuel", "party": "XKD", "force": f"XKD/{tanker.id}", "window": "C+1"}],
    )
    recalls.recall(third, OFFICER, other, tanker.id)
    scenes.settle(ours, third)
    release(ours, accord, option, theirs)
    shown = analyses_conflicts.conflicts(ours)
    assert (shown.basis.readers, shown.found) == (("XMR", "XTV"), ())
    add(ours, "activity", "Ours", what="Ours")
    assert [each.sort for each in analyses_conflicts.conflicts(ours, private=True).found] == ["recalled"]


def test_anchors_are_resolved_and_what_cannot_be_is_named() -> None:
    (ours,) = scenes.house("XMR")
    add(ours, "anchor", "C", anchor="C", at="2027-05-01")
    add(ours, "requirement", "Airlift", serial="1", capability="LIFT", quantity="4 items", window="C+1 to C+9")
    row = add(ours, "requirement", "Fuel", serial="2", capability="FUEL", quantity="4 items", window="E+1 to M+2")
    found = analyses_coverage.coverage(ours, private=True)
    (only,) = found.coverage.rows()
    assert found.times.said(only.stretches[0].start) == "2027-05-02 00:00"
    (fault,) = found.faults
    assert (fault.element, fault.field) == (ref(ours, row), "window")
    assert fault.sentence == "“Fuel”: E+1 hangs on E, whose date is not known here; it is left out."


def test_what_plans_book_twice_and_assume_against_each_other_is_told() -> None:
    (ours,) = scenes.house("XMR")
    force = add(ours, "force", "7 Wing")
    add(ours, "resource", "Port Y", sort="port", capacity="400 t")
    north, south = (
        add(ours, "plan", title, assumptions=[{"id": "A1", "text": text}])
        for title, text in (("North", "Port Y is open."), ("South", "Port Y is closed"))
    )
    for title, plan, window, tons in (
        ("Sweep", north, "C+1 to C+3", "300.5 t"), ("Escort", south, "C+3 to C+5", "200 t"), ("Later", south, "C+6 to C+7", "9 t"),
    ):  # fmt: skip
        claim = [{"name": "port y", "quantity": tons}]
        add(
            ours, "activity", title, what=title, window=window, plan=ref(ours, plan), forces=ref(ours, force), resources=claim
        )  # fmt: skip
    add(ours, "activity", "Whenever", what="Whenever", forces=ref(ours, force))
    counted = [{"what": "Lift", "party": "XMR", "force": ref(ours, force), "window": "C+3"}]
    add(ours, "option", "By air", plan=ref(ours, north), contributions=counted)
    found = analyses_conflicts.conflicts(ours, private=True)
    said = [each.sentence for each in found.found]
    assert said == [
        "“North (XMR)” takes for granted that port y is open, and “South (XMR)” that it is not so.",
        next(each for each in said if each.startswith("The force “7 Wing” is counted on by")),
        next(each for each in said if each.startswith("Of “port y” 500.5 t are booked by")),
    ]
    assert said[1].endswith("at once, at C+3.")
    assert said[2].endswith("and there are 400 t, at C+3.")
    assert [(each.sort, each.start, each.end) for each in found.found[1:]] == [
        ("force", 3 * 86400, 3 * 86400),
        ("place", 3 * 86400, 3 * 86400),
    ]
    assert [fault.sentence for fault in found.faults] == [
        "“Whenever”: no window is given; say from when to when; what it books is left out."
    ]
    assert found.basis.stays_home


def test_a_plan_that_relies_on_a_release_that_was_recalled_is_told_until_another_stands() -> None:
    ours, theirs = scenes.house("XMR", "XTV")
    accord = scenes.accepted(ours, theirs)
    tanker = add(theirs, "force", "Tankers")
    release(theirs, accord, tanker, ours)
    scenes.settle(ours, theirs)
    plan = add(ours, "plan", "North", organisation=[{"id": "T1", "name": "Fuel", "force": f"XTV/{tanker.id}"}])
    before = analyses_conflicts.conflicts(ours, private=True)
    assert before.found == ()
    assert f"XTV/{tanker.id}" in {each.element for each in before.basis.inputs}
    recalls.recall(theirs, OFFICER, accord, tanker.id, "No longer ours to lend.")
    scenes.settle(ours, theirs)
    (found,) = analyses_conflicts.conflicts(ours, private=True).found
    assert (found.sort, found.elements[0]) == ("recalled", ref(ours, plan))
    assert "“North” relies on" in found.sentence
    assert [each.sort for each in analyses.stale(ours, before.basis)] == ["gone"]
    release(theirs, accord, tanker, ours)
    scenes.settle(ours, theirs)
    assert analyses_conflicts.conflicts(ours, private=True).found == ()


def deployment(ours: Headquarters) -> dict[str, ElementRow]:
    """Two movements over one port, and what comes after the second."""
    port = add(ours, "resource", "Port Y", sort="port", capacity="400 t")
    plan = add(ours, "plan", "North", phases=[{"id": "P1", "name": "Closed", "end": "C+4"}])
    rows = {"port": port, "plan": plan}
    for title, window, tons, after in (
        ("Brigade", "C+1 to C+3", "300 t", ""), ("Guns", "C+1 to C+2", "200.5 t", ""), ("March", "C+3 to C+4", "1 items", "Brigade"),
    ):  # fmt: skip
        claim = [{"name": "port y", "quantity": tons}]
        rows[title] = add(
            ours, "activity", title, what=title, window=window, plan=ref(ours, plan), phase="P1", resources=claim,
            after=ref(ours, rows[after]) if after else "",
        )  # fmt: skip
    return rows


def test_risk_stands_on_activities_with_estimates_of_how_long_they_last() -> None:
    (ours,) = scenes.house("XMR")
    rows = deployment(ours)
    bare = analyses_risk.answered(*analyses_risk.prepared(ours, private=True), Question(draws=50))
    (whole, closed) = bare.risk.closings
    assert (closed.name, whole.mean and whole.mean.value) == ("North: Closed", 72)
    assert bare.times.said(72) == "C+4"
    assert [fault.sentence for fault in bare.faults] == [
        "“March”: “port y” is claimed in items and counted in t: this is left out."
    ]
    given = {
        "activities": [
            {"id": "brigade", "duration": [48, "3 days", "6 days"]},
            {"id": ref(ours, rows["March"]), "duration": 24},
        ]
    }
    estimates, _file = estimates_of(given, "estimates")
    found = analyses_risk.answered(*analyses_risk.prepared(ours, estimates, private=True), Question(draws=200))
    assert found.risk.closings[0].mean is not None
    assert found.risk.closings[0].mean.value > 90
    assert found.titles[found.risk.critical[0].task] in ("Brigade", "March")
    assert found.basis.stays_home
    assert {each.kind for each in found.basis.inputs} == {"plan", "activity", "resource"}


def test_a_party_that_adopted_a_scenario_takes_its_likelihoods_until_the_scenario_is_revised() -> None:
    ours, theirs = scenes.house("XMR", "XTV")
    accord = scenes.accepted(ours, theirs)
    flood = {"branches": [{"id": "B1", "title": "Dam breaks", "likelihood": "30 %"}]}
    scenario = add(ours, "scenario", "Flood", **flood)
    need = add(
        ours, "requirement", "Boats", serial="1", capability="BOATS", quantity="4 items", window="C+3 to C+9",
        scenario=ref(ours, scenario),
    )  # fmt: skip
    for row in (scenario, need):
        release(ours, accord, row, theirs)
    scenes.settle(ours, theirs)
    release(theirs, accord, add(theirs, "adoption", "", about=f"{ref(ours, scenario)}/{scenario.version}"), ours)
    scenes.settle(ours, theirs)
    (way,) = analyses_options.prepared(ours).choice.scenarios
    assert way.likelihood == {"XMR": 60 * 200, "XTV": 60 * 200}
    later = elements.revise(
        ours, PLANNER, scenario.id, content("scenario", title="Flood again", contingency="Vael", **flood), scenario.version
    )  # fmt: skip
    release(ours, accord, later, theirs)
    (way,) = analyses_options.prepared(ours).choice.scenarios
    assert way.likelihood == {"XMR": 60 * 200}


def test_options_take_what_is_offered_branch_by_branch_with_each_party_s_likelihoods() -> None:
    (ours,) = scenes.house("XMR")
    scenario = add(
        ours, "scenario", "Flood",
        branches=[{"id": "B1", "title": "Dam breaks", "likelihood": "30 %"}, {"id": "B2", "title": "It holds", "likelihood": "70 %"}],
    )  # fmt: skip
    wing = add(ours, "force", "7 Wing", capabilities="LIFT", readiness={"notice": "2 d"})
    slow = add(ours, "force", "Ferries", capabilities="BOATS", readiness={"notice": "9 d"})
    air = add(
        ours, "requirement", "Airlift", serial="1", capability="LIFT", quantity="400 t", window="C+3 to C+9", priority="1",
        scenario=ref(ours, scenario), branches="B1",
    )  # fmt: skip
    sea = add(
        ours, "requirement", "Boats", serial="2", capability="boats", quantity="4 items", window="C+3 to C+9", priority="5",
        scenario=ref(ours, scenario),
    )  # fmt: skip
    add(ours, "requirement", "Something", serial="3", capability="LIFT", scenario=ref(ours, scenario))
    rows = [
        {
            "what": "Lift",
            "party": "XMR",
            "requirement": ref(ours, air),
            "force": ref(ours, wing),
            "quantity": "300.5 t",
        },
        {"what": "Lighters", "party": "XTV", "requirement": ref(ours, sea), "quantity": "3 items"},
        {
            "what": "Ferries",
            "party": "XMR",
            "requirement": ref(ours, sea),
            "force": ref(ours, slow),
            "quantity": "9 items",
        },
        {"what": "Words", "party": "XTV", "requirement": ref(ours, sea), "quantity": "2 t"},
    ]
    add(ours, "option", "By air", scenario=ref(ours, scenario), contributions=rows)
    found = analyses_options.prepared(ours, private=True)
    assert [(found.titles[each.id], each.likelihood) for each in found.choice.scenarios] == [
        ("Dam breaks", {"XMR": 60 * 200}),
        ("It holds", {"XMR": 140 * 200}),
    ]
    answer = options.solve(found.choice, seconds=5)
    assert {found.titles[name] for name in answer.committed} == {"7 Wing", "Lighters (XTV)"}
    short = {
        (found.titles[each.scenario], found.titles[met.requirement]): found.said(met.requirement, met.short)
        for each in answer.outcomes
        for met in each.met
    }
    assert short == {
        ("Dam breaks", "Airlift"): "99.5 t",
        ("Dam breaks", "Boats"): "1 items",
        ("It holds", "Boats"): "1 items",
    }
    # What another option counts on by the same words is the same thing, and there once.
    again = [{"what": "lighters", "party": "XTV", "requirement": ref(ours, sea), "quantity": "3 items"}]
    add(ours, "option", "By sea", scenario=ref(ours, scenario), contributions=again)
    assert analyses_options.prepared(ours, private=True).choice.forces == found.choice.forces
    # A quarter of the boats, and twice as much weight on a quarter of the lift.
    assert abs(answer.worst.value / found.whole - (0.25 + 2 * 99.5 / 400)) < 0.01
    assert [(each.field, each.sentence) for each in found.faults] == [
        ("quantity", "“Something”: no quantity is given, so it cannot be said what is short; it is left out."),
        ("contributions.3.quantity", "“By air, contributions 4” is offered in t for “Boats”: it is not counted there."),
    ]


def test_what_tells_of_a_branch_and_what_is_to_be_decided_for_it_stand_beside_until_when_it_can_be() -> None:
    (ours,) = scenes.house("XMR")
    scenario = add(
        ours, "scenario", "Flood", branches=[{"id": "B1", "title": "Dam breaks"}, {"id": "B2", "title": "It holds"}],
        assumptions=[
            {"id": "A1", "text": "The dam holds", "owner": "J2", "validate_by": "C+1", "triggers": "B1"},
            {"id": "A2", "text": "It rains", "validate_by": "E+1", "triggers": "B1"},
        ],
    )  # fmt: skip
    judged = add(
        ours, "assessment", "Cracks", question="Will it break?", judgement="It may.", scenario=ref(ours, scenario), branch="B2",
    )  # fmt: skip
    add(ours, "indicator", "Gauge", watched="Above 4 m.", state="observed", bears_on=ref(ours, judged))
    wing = add(ours, "force", "7 Wing", readiness={"notice": "2 d"})
    need = add(
        ours, "requirement", "Airlift", serial="1", capability="LIFT", quantity="4 items", window="C+5 to C+9",
        scenario=ref(ours, scenario), branches="B1",
    )  # fmt: skip
    row = {
        "what": "Lift",
        "party": "XMR",
        "requirement": ref(ours, need),
        "force": ref(ours, wing),
        "quantity": "3 items",
    }
    add(
        ours, "option", "By air", scenario=ref(ours, scenario), branches="B1", contributions=[row],
        open_decisions=[{"id": "OD1", "decision": "Load", "authority": "J4", "by": "C+2"}],
    )  # fmt: skip
    add(
        ours, "plan", "North", scenarios=[{"scenario": ref(ours, scenario)}],
        decision_points=[{"id": "DP1", "decision": "Go north", "ltiov": "C+4", "linked": "B1"}, {"id": "DP2", "decision": "Stay"}],
    )  # fmt: skip
    found = analyses_waiting.prepared(ours, private=True)
    titles, said = found.prepared.titles, found.prepared.times.said
    assert [
        (titles[each.branch], each.sort, each.title, said(each.tick), each.state, each.who) for each in found.tells
    ] == [
        ("Dam breaks", "assumption", "The dam holds", "C+1", "open", "J2"),
        ("Dam breaks", "assumption", "It rains", "", "open", ""),
        ("It holds", "indicator", "Gauge", "", "observed", ""),
        ("Dam breaks", "decision", "Go north", "C+4", "", ""),
        ("Dam breaks", "decision", "Load", "C+2", "", "J4"),
    ]
    assert {"plan", "indicator"} <= {each.kind for each in found.prepared.basis.inputs}
    branches = [way.id for way in found.prepared.choice.scenarios]
    rows, _faults = options_waiting.waiting(
        found.prepared.choice, options_telling.shows(branches, found.tells), seconds=1
    )
    broken, held = rows
    assert (said(broken.latest), said(broken.indicator), broken.gain, held.latest) == ("C+3", "C+1", 0, None)


def test_a_schedule_of_activities_says_when_phases_close_and_that_they_cannot() -> None:
    (ours,) = scenes.house("XMR")
    rows = deployment(ours)
    effort = Effort(seconds=2, schedules=50, workers=1)
    work, made = analyses_schedule.prepared(ours, {}, private=True)
    answer = solve(made, effort, time.monotonic)
    placed = {
        work.titles[each.activity]: (made.ticks.said(each.start), made.ticks.said(each.end)) for each in answer.placed
    }
    assert placed["Brigade"] == ("C+1", "C+3")
    assert placed["Guns"] == ("C+3", "C+4")
    assert (answer.state, answer.closures[0].phase, answer.closures[0].lateness) == ("optimal", "North: Closed", 0)
    assert made.ticks.lasting(30) == "1 day 6 hours"
    assert work.gathered.basis.stays_home

    _work, strict = analyses_schedule.prepared(ours, {}, private=True, must=True)
    assert solve(strict, effort, time.monotonic).state == "infeasible"
    given = {
        "activities": [{"id": "guns", "duration": "2 days"}, {"id": ref(ours, rows["March"]), "duration": [12, 12, 12]}]
    }
    estimates, _file = estimates_of(given, "estimates")
    _work, made = analyses_schedule.prepared(ours, estimates.durations, private=True)
    assert {one.id: one.modes[0].duration for one in made.activities}[ref(ours, rows["March"])] == 12


def test_a_schedule_stands_beside_what_plans_say_now() -> None:
    (ours,) = scenes.house("XMR")
    rows = deployment(ours)
    work, made = analyses_schedule.prepared(ours, {}, private=True)
    answer = solve(made, Effort(seconds=2, schedules=50, workers=1), time.monotonic)
    ask = work.gathered.basis.ask
    first = analyses_planned.compared(ours, ask, work.times, answer.placed)
    assert {(each.title, each.sort) for each in first.apart} <= {("Guns", "later"), ("March", "later")}
    guns = rows["Guns"]
    earlier = content(
        "activity", title="Guns", contingency="Vael", what="Guns", window="C to C+1", plan=ref(ours, rows["plan"])
    )
    elements.revise(ours, PLANNER, guns.id, earlier, guns.version)
    elements.archive(ours, PLANNER, rows["March"].id, archived=True)
    add(ours, "activity", "Bridges", what="Bridges", window="C+1 to C+2")
    now = {
        each.title or each.activity: each
        for each in analyses_planned.compared(ours, ask, work.times, answer.placed).apart
    }
    assert (now["Guns"].sort, now["Guns"].by, now["Guns"].window) == ("later", 72, "C to C+1")
    assert now[ref(ours, rows["March"])].sort == "gone"
    assert now["Bridges"].sort == "new"
    told = elements.get(ours, guns.id)
    assert told.version != guns.version, "and the schedule revised nothing itself"


def test_requirements_of_two_contingencies_each_count_from_an_anchor_of_their_own() -> None:
    ours, theirs = scenes.house("XMR", "XTV")
    scenes.accepted(ours, theirs)
    needs = {}
    for name, window in (("Airlift", "C+1 to C+9"), ("Sealift", "C+2 to C+9"), ("Search", "D to D+7")):
        fields = {"serial": name, "capability": name, "quantity": "4 items", "window": window}
        needs[name] = ref(ours, add(ours, "requirement", name, **fields))
    teams = {
        "what": "Two teams", "party": "XMR", "requirement": needs["Search"], "quantity": "4 items", "window": "D to D+3", "promise": "firm",
    }  # fmt: skip
    add(ours, "option", "Teams", contributions=[teams])
    found = analyses_coverage.coverage(ours, private=True)
    assert not found.faults
    states = {
        row.need: [(part.state, found.clock(row.need).said(part.start)) for part in row.stretches]
        for row in found.coverage.rows()
    }
    assert states[needs["Airlift"]] == [("gap", "C+1")]
    assert [state for state, _start in states[needs["Search"]]] == ["filled", "gap"]
    assert states[needs["Search"]][0][1] == "D"
