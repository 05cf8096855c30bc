"""Two lives that released the same and drafted differently: what analyses say of releases, and what is written from that, is the same to the byte. Planted leaks of each kind are found.

How long a solver took is no part of any of it that is written or told to others, and is left out of the comparison.
"""

from collections.abc import Callable

import msgspec
import pytest

from stafftalks.analysis.faults import Fault
from stafftalks.planning.plain import to_plain
from stafftalks.record import canon
from stafftalks.services import (
    analyses,
    analyses_conflicts,
    analyses_coverage,
    analyses_options,
    elements,
    run_writing,
    runs,
)
from stafftalks.services.ports import Headquarters
from stafftalks.services.run_problems import OptionsAnswered
from tests.fakes import PLANNER
from tests.services import scenes
from tests.services.mixes import Flood, add, ask, flood, reckoned, ref, release
from tests.web.world import content


def quiet() -> Flood:
    """Everything that is in the mix is released, and nothing else was drafted."""
    there = flood(*scenes.house("XMR", "XTV"))
    release(there.ours, there.accord, there.wing, there.theirs)
    release(there.ours, there.accord, there.option, there.theirs)
    return there


def busy() -> Flood:
    """The same, and at home much more: forces, requirements, offers, newer versions, a date, what tells, a result with all of it and its draft."""
    there = quiet()
    hq = there.ours
    about = {"scenario": ref(hq, there.scenario)}
    hidden = add(hq, "force", "9 Wing", capabilities="LIFT", readiness={"notice": "1 d"})
    more = {
        "what": "More",
        "party": "XMR",
        "requirement": ref(hq, there.lift),
        "force": ref(hq, hidden),
        "quantity": "900 t",
    }
    add(hq, "option", "With everything", contributions=[more], **about)
    add(hq, "requirement", "Tents", serial="3", capability="TENTS", quantity="7 items", window="C+2 to C+9", **about)
    add(hq, "anchor", "C", anchor="C", at="2027-05-01T00:00Z")
    add(hq, "indicator", "Gauge", watched="Above 4 m.", bears_on=ref(hq, there.scenario))
    revised = content(
        "requirement", title="Airlift, now twice", contingency="Vael", serial="1", capability="LIFT", quantity="800 t", window="C+5 to C+9", **about,
    )  # fmt: skip
    elements.revise(hq, PLANNER, there.lift.id, revised, there.lift.version)
    elements.archive(hq, PLANNER, there.boats.id, archived=True)
    run_writing.write(hq, PLANNER, reckoned(hq))
    return there


def shared(hq: Headquarters) -> dict[str, bytes]:
    """Everything that may be shown to those who hold the releases, as bytes; without how long anything took."""
    encode = msgspec.json.encode
    run = reckoned(hq, ask(private=False))
    row, result = runs.one(hq, run), runs.result(hq, run)
    assert result is not None
    assert isinstance(result.answered, OptionsAnswered)
    told = [result.answered.option, *(result.answered.front.options if result.answered.front else ())]
    untimed = [msgspec.structs.replace(each, seconds=0.0) for each in told]
    written = elements.content(run_writing.write(hq, PLANNER, run))
    coverage, clashes = analyses_coverage.coverage(hq), analyses_conflicts.conflicts(hq)
    return {
        "basis": encode([row.basis, row.faults, row.markings]),
        "problem": hq.runs.problem(run) or b"",
        "answer": encode([untimed, result.answered.sides, result.answered.singles, result.answered.waiting]),
        "written": canon.encode(to_plain(written)),
        "coverage": encode(
            [coverage.basis, coverage.coverage.counts(), tuple(coverage.coverage.rows()), coverage.faults]
        ),
        "clashes": encode([clashes.basis, clashes.found, clashes.faults]),
    }


def parted(one: Headquarters, other: Headquarters) -> list[str]:
    """In what the two can be told apart."""
    before, after = shared(one), shared(other)
    return [name for name in before if before[name] != after[name]]


def test_what_may_be_shown_is_the_same_whatever_is_drafted_at_home() -> None:
    assert parted(quiet().ours, busy().ours) == []


def drafts(hq: Headquarters) -> int:
    return hq.holdings.find(limit=1)[0]


def by_id(patch: pytest.MonkeyPatch) -> None:
    """A draft is taken for what was released of it."""
    patch.setattr(analyses, "_as_released", lambda _hq, piece: piece)


def by_order(patch: pytest.MonkeyPatch) -> None:
    """What was revised last stands first, where anything was drafted."""

    def gathered(hq: Headquarters, asked: analyses.Ask) -> analyses.Gathered:
        found = before(hq, asked)
        backwards = found.pieces[:: -1 if hq.holdings.find(kind="force")[0] > 1 else 1]
        return analyses.Gathered(asked, backwards, hq.party)

    before = analyses.gather
    patch.setattr(analyses, "gather", gathered)


def by_count(patch: pytest.MonkeyPatch) -> None:
    """How many drafts there are is said among what was left out."""

    def prepared(hq: Headquarters, **said: object) -> analyses_options.Prepared:
        found = before(hq, **said)  # type: ignore[arg-type]
        fault = Fault("", "", f"{drafts(hq)} elements were looked at.")
        return msgspec.structs.replace(found, faults=(*found.faults, fault))

    before = analyses_options.prepared
    patch.setattr(analyses_options, "prepared", prepared)


@pytest.mark.parametrize("plant", [by_id, by_order, by_count], ids=lambda plant: plant.__name__)
def test_a_leak_planted_in_what_may_be_shown_is_found(
    plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = quiet().ours, busy().ours
    plant(monkeypatch)
    assert parted(one, other) != []
