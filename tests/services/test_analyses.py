"""From elements to answers: what an answer stands on, who may see it, what stays home, and when it is stale."""

from stafftalks.services import analyses, analyses_coverage, elements, releases
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
        need = add(ours, "requirement", "Airlift", serial="1", capability="LIFT", quantity="400 t", window="C+1 to C+9")
        release(ours, accord, need, theirs)
        if secret:
            add(ours, "anchor", "C", anchor="C", at="2027-05-01")
            row = {"what": "Wing", "party": "XMR", "requirement": ref(ours, need), "quantity": "300 t"}
            add(ours, "option", "By air", contributions=[row])
        found = analyses_coverage.coverage(ours)
        told.append([(row.state, row.stretches) for row in found.coverage.rows()] + [found.times.said(24 * 3600)])
        assert not found.basis.stays_home
    assert told[0] == told[1]


def test_anchors_are_resolved_and_what_cannot_be_is_named() -> None:
    (ours,) = scenes.house("XMR")
    add(ours, "anchor", "C", anchor="C", at="2027-05-01")
    add(ours, "requirement", "Airlift", serial="1", capability="LIFT", quantity="4 items", window="C+1 to C+9")
    row = add(ours, "requirement", "Fuel", serial="2", capability="FUEL", quantity="4 items", window="from E+1")
    found = analyses_coverage.coverage(ours, private=True)
    (only,) = found.coverage.rows()
    assert found.times.said(only.stretches[0].start) == "2027-05-02 00:00"
    (fault,) = found.faults
    assert (fault.element, fault.field) == (ref(ours, row), "window")
    assert fault.sentence == "“Fuel”: E+1 hangs on E, whose date is not known here; it is left out."
