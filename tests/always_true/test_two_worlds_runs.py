"""Always true, of long analyses: what is asked of releases alone is frozen to the same bytes whatever we keep at home, on both sides; and no run changes a byte that leaves."""

from collections.abc import Callable

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stafftalks.services import elements, exchange, releases, run_work, runs
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from stafftalks.services.run_rows import OptionsWanted, RiskWanted, RunAsk, RunRow, ScheduleWanted, SweepWanted, Wanted
from tests.fakes import OFFICER, PLANNER
from tests.services import scenes
from tests.web.world import content

WANTED: tuple[Wanted, ...] = (
    ScheduleWanted(),
    RiskWanted(draws=20, by=("C+20",)),
    OptionsWanted(all_forces=True),
    SweepWanted(of="schedule", leave_out=("each",), effort=20),
)


class Shared:
    """Two headquarters and what stands released between them: of ours a scenario, a need, a port, two activities, a force, a date; of theirs an option."""

    def __init__(self) -> None:
        self.ours, self.theirs = scenes.house("XMR", "XTV")
        self.accord = scenes.accepted(self.ours, self.theirs)
        self.flood = self.add("scenario", title="Flood", branches=[{"id": "B1", "title": "Dam breaks"}])
        self.need = self.add(
            "requirement", title="Airlift", serial="1", capability="LIFT", quantity="400 t", window="C+1 to C+9", scenario=self.ref(self.flood)
        )  # fmt: skip
        self.port = self.add("resource", title="Port", sort="port", capacity="1 item")
        self.wing = self.add("force", title="Wing", capabilities="LIFT")
        self.load = self.work("Load", "C+1 to C+2")
        self.unload = self.work("Unload", "C+1 to C+3")
        self.date = self.add("anchor", title="C-day", anchor="C", at="2027-05-01")
        for row in (self.flood, self.need, self.port, self.wing, self.load, self.unload, self.date):
            self.release(row)
        scenes.settle(self.ours, self.theirs)

    def add(self, kind: str, **fields: object) -> ElementRow:
        return elements.add(self.ours, PLANNER, content(kind, contingency="Vael", **fields))

    def work(self, title: str, window: str) -> ElementRow:
        return self.add("activity", **self.activity(title, window))

    def activity(self, title: str, window: str) -> dict[str, object]:
        claimed = [{"name": "Port", "quantity": "1 item"}]
        return {"title": title, "what": title, "window": window, "resources": claimed, "forces": self.ref(self.wing)}

    def ref(self, row: ElementRow) -> str:
        return f"XMR/{row.id}"

    def release(self, row: ElementRow) -> None:
        releases.release(self.ours, OFFICER, scenes.asked(self.ours, self.accord, row, (self.theirs,), "scenarios").id)

    def revise(self, row: ElementRow, kind: str, **fields: object) -> None:
        current = elements.get(self.ours, row.id)
        made = content(kind, contingency="Vael", **{"title": row.title, **fields})
        elements.revise(self.ours, PLANNER, row.id, made, current.version)


PLANTS: tuple[Callable[[Shared], object], ...] = (
    lambda shared: shared.work("Secret sweep", "C+1 to C+6"),
    lambda shared: shared.revise(shared.load, "activity", **shared.activity("Load it all", "C+1 to C+8") | {"title": "Load it all"}),
    lambda shared: shared.revise(shared.port, "resource", sort="port", capacity="9 items"),
    lambda shared: shared.add("anchor", title="The real C-day", anchor="C", at="2027-06-09"),
    lambda shared: shared.add("force", title="Secret squadron", capabilities="LIFT"),
    lambda shared: shared.add("option", title="Secret option", scenario=shared.ref(shared.flood), contributions=[
        {"what": "Lift", "party": "XMR", "requirement": shared.ref(shared.need), "quantity": "400 t", "promise": "firm"}
    ]),
    lambda shared: elements.archive(shared.ours, PLANNER, shared.wing.id, archived=True),
    lambda shared: shared.add("requirement", title="Secret need", serial="2", capability="LIFT", quantity="9 t", scenario=shared.ref(shared.flood)),
)  # fmt: skip


def frozen(hq: Headquarters, wanted: Wanted, *, private: bool = False) -> tuple[bytes | None, RunRow]:
    """What a run of this would reckon, and how it is kept apart from its name and time."""
    run = runs.start(hq, PLANNER, RunAsk(wanted, private=private))
    row = runs.one(hq, run)
    return hq.runs.problem(run), msgspec.structs.replace(row, id=row.id[:0], at=0)


@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.permutations(range(len(PLANTS))))
def test_what_is_asked_of_releases_is_the_same_whatever_is_kept_at_home(order: list[int]) -> None:
    plain, planted = Shared(), Shared()
    half = len(PLANTS) // 2
    for part in (order[:half], order[half:]):
        for at in part:
            PLANTS[at](planted)
        for wanted in WANTED:
            expected, row = frozen(plain.ours, wanted)
            assert frozen(planted.ours, wanted) == (expected, row)
            assert (row.basis.stays_home, row.basis.readers) == (False, ("XMR", "XTV"))
            there, their_row = frozen(planted.theirs, wanted)
            assert there == expected, "whoever holds the same releases reckons the same"
            assert {(each.element, each.version) for each in their_row.basis.inputs} == {
                (each.element, each.version) for each in row.basis.inputs
            }


def test_asked_with_our_drafts_a_run_stays_home_and_is_another() -> None:
    """Else the test above would see no difference that there is."""
    plain, planted = Shared(), Shared()
    for plant in PLANTS:
        plant(planted)
    for wanted in WANTED:
        problem, row = frozen(planted.ours, wanted, private=True)
        assert problem != frozen(plain.ours, wanted)[0]
        assert (row.basis.stays_home, row.basis.readers) == (True, ("XMR",))


def test_a_run_changes_no_byte_that_leaves() -> None:
    quiet, busy = Shared(), Shared()
    for shared in (quiet, busy):
        for plant in PLANTS:
            plant(shared)
    kept = runs.start(busy.ours, PLANNER, RunAsk(ScheduleWanted(), private=True))
    runs.stop(busy.ours, PLANNER, runs.start(busy.ours, PLANNER, RunAsk(OptionsWanted(), private=True)))
    run_work.take(busy.ours)
    run_work.end(busy.ours, kept, "failed", "It broke off.", 1.0)
    runs.forget(busy.ours, PLANNER, kept)
    for shared in (quiet, busy):
        shared.release(shared.work("Later", "C+4 to C+5"))
    one, other = (exchange.export(shared.ours, shared.theirs.party, shared.accord) for shared in (quiet, busy))
    assert one == other
