"""Two parties that could meet a flood together: what each would bring, as elements, and the run that says which mix holds up."""

import msgspec

from stafftalks.services import elements, releases, run_problems, run_reckoning, run_work, runs
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from stafftalks.services.run_rows import Limits, OptionsWanted, RunAsk, RunId
from stafftalks.values.ids import AccordId
from tests.fakes import OFFICER, PLANNER
from tests.services import scenes
from tests.web.world import content


class Flood(msgspec.Struct):
    """Our scenario and requirement, our force, and their force with the option in which they offer it."""

    ours: Headquarters
    theirs: Headquarters
    accord: AccordId
    scenario: ElementRow
    lift: ElementRow
    boats: ElementRow
    wing: ElementRow
    option: ElementRow
    ferries: ElementRow
    offer: ElementRow


def add(hq: Headquarters, kind: str, title: str, **fields: object) -> ElementRow:
    return elements.add(hq, PLANNER, content(kind, title=title, contingency="Vael", **fields))


def ref(hq: Headquarters, row: ElementRow) -> str:
    return f"{hq.party}/{row.id}"


def release(hq: Headquarters, accord: AccordId, row: ElementRow, *to: Headquarters) -> None:
    releases.release(hq, OFFICER, scenes.asked(hq, accord, row, to, "scenarios").id)


def flood(ours: Headquarters, theirs: Headquarters, *others: Headquarters) -> Flood:
    """Either branch needs something else: our wing meets the one, their ferries most of the other. All of theirs and what it answers is released; our wing and what we would bring is not."""
    accord = scenes.accepted(ours, theirs, *others)
    scenario = add(
        ours, "scenario", "Flood",
        branches=[{"id": "B1", "title": "Dam breaks", "likelihood": "30 %"}, {"id": "B2", "title": "It holds", "likelihood": "70 %"}],
        assumptions=[{"id": "A1", "text": "The dam holds", "validate_by": "C+1", "triggers": "B1"}],
    )  # fmt: skip
    about = {"scenario": ref(ours, scenario), "window": "C+5 to C+9"}
    lift = add(ours, "requirement", "Airlift", serial="1", capability="LIFT", quantity="400 t", branches="B1", **about)
    boats = add(
        ours, "requirement", "Boats", serial="2", capability="BOATS", quantity="4 items", branches="B2", **about
    )
    for row in (scenario, lift, boats):
        release(ours, accord, row, theirs)
    scenes.settle(ours, theirs, *others)
    ferries = add(theirs, "force", "Ferries", capabilities="BOATS", readiness={"notice": "3 d"})
    sea = {
        "what": "Ferries",
        "party": theirs.party,
        "requirement": ref(ours, boats),
        "force": ref(theirs, ferries),
        "quantity": "3 items",
    }
    offer = add(theirs, "option", "By sea", scenario=ref(ours, scenario), contributions=[sea])
    for row in (ferries, offer):
        release(theirs, accord, row, ours)
    scenes.settle(ours, theirs, *others)
    wing = add(ours, "force", "7 Wing", capabilities="LIFT", readiness={"notice": "2 d"})
    air = {
        "what": "Lift",
        "party": ours.party,
        "requirement": ref(ours, lift),
        "force": ref(ours, wing),
        "quantity": "300.5 t",
    }
    helicopters = {"what": "Helicopters", "party": ours.party, "requirement": ref(ours, lift), "quantity": "50 t"}
    option = add(ours, "option", "By air", scenario=ref(ours, scenario), contributions=[air, helicopters])
    return Flood(ours, theirs, accord, scenario, lift, boats, wing, option, ferries, offer)


def ask(*, private: bool = True, **wanted: object) -> RunAsk:
    return RunAsk(OptionsWanted(**wanted), "Vael", private, Limits(20, 512))


def reckoned(hq: Headquarters, asked: RunAsk | None = None) -> RunId:
    """A run of the question, reckoned here to its end."""
    run = runs.start(hq, PLANNER, asked or ask())
    taken = run_work.take(hq)
    assert taken is not None
    assert taken.row.id == run
    ticks = iter(range(10_000_000))
    frozen = run_problems.frozen(taken.problem)
    found = run_reckoning.reckon(frozen, 20, lambda: next(ticks) / 1000, lambda _progress: True, lambda _answered: None)
    run_work.keep(hq, run, run_problems.raw(found.answered))
    run_work.end(hq, run, "done", "", 1.0)
    return run
