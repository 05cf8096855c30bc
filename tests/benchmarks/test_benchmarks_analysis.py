"""The parts of the benchmark of analysis say every line they promise, at sizes that take no time; how fast anything is, no test decides."""

import pytest

from benchmarks import analysis, analysis_coverage, analysis_options, analysis_risk, analysis_schedule, analysis_sweep
from benchmarks.analysis_deployment import deployment
from tests.benchmarks.test_benchmarks_run import checked, silent


def test_every_part_is_found_by_its_name():
    found = set(analysis.parts())
    assert {f"benchmarks.analysis_{part}" for part in ("coverage", "options", "risk", "schedule")} <= found


@pytest.mark.xdist_group("compiled")
def test_monte_carlo_is_held_against_simpy_lists_and_memory(monkeypatch):
    monkeypatch.setattr(analysis_risk, "TASKS", 40)
    monkeypatch.setattr(analysis_risk, "DRAWS", 400)
    names = checked(list(analysis_risk.lines(quick=True, tell=silent)))
    for words in ("beside SimPy", "beside the memory", "beside lists in Python", "SimPy with containers"):
        assert any(words in name for name in names), words


def test_robust_allocation_is_held_against_both_solvers_used_plainly(monkeypatch):
    monkeypatch.setattr(analysis_options, "QUICK", ((24, 10, 3), 2.0, (1,)))
    names = checked(list(analysis_options.lines(quick=True, tell=silent)))
    for words in ("HiGHS used plainly", "CP-SAT used plainly", "worst case", "two sides bring", "drawn orders"):
        assert any(words in name for name in names), words


def test_coverage_is_measured_whole_and_after_an_edit(monkeypatch):
    monkeypatch.setattr(analysis_coverage, "COUNT", 400)
    names = checked(list(analysis_coverage.lines(quick=True, tell=silent)))
    assert [name for name in names if "after one edit" in name]


@pytest.mark.xdist_group("schedule")
def test_schedules_are_held_against_cp_sat_and_pyjobshop(tmp_path, monkeypatch):
    (tmp_path / "t").mkdir()
    # Two chains on a resource for one: the least is the sum of all, 9.
    (tmp_path / "t" / "t_1.rcp").write_text("6 1 1  0 0 2 2 3  2 1 1 4  3 1 1 5  2 1 1 6  2 1 1 6  0 0 0")
    (tmp_path / "best_known.csv").write_text("instance,lower_bound,best_known,optimal\nt_1,9,9,9\n")
    monkeypatch.setattr(analysis_schedule, "FOLDER", tmp_path)
    sizes = analysis_schedule.Sizes(0.5, ("t",), 1, (6,), 0.5)
    lines = list(analysis_schedule.measure(sizes, silent))
    names = [line.name for line in lines]
    for words in (
        "ours: mean gap",
        "CP-SAT used plainly: mean gap",
        "PyJobShop",
        "below a lower bound",
        "deployment, 6 movements",
    ):
        assert any(words in name for name in names), words
    assert [line.holds for line in lines if "below a lower bound" in line.name] == [True]
    assert [line.value for line in lines if "ours: mean gap" in line.name] == [0]


def test_without_instances_or_peer_it_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(analysis_schedule, "FOLDER", tmp_path)
    lines = list(analysis_schedule.measure(analysis_schedule.Sizes(0.5, ("t",), 1, (), 0.5), silent))
    assert [line.against for line in lines] == [f"not measured: {tmp_path} is not there"]


def test_a_deployment_is_the_same_for_the_same_seed():
    one = deployment(20, 3)
    assert one == deployment(20, 3) != deployment(20, 4)
    assert (len(one.activities), {len(each.modes) for each in one.activities}) == (20, {3})


@pytest.mark.xdist_group("schedule")
def test_a_sweep_on_two_cores_is_held_against_one(monkeypatch):
    monkeypatch.setattr(analysis_sweep, "QUICK", analysis_sweep.Sizes(6, 6, 1, 1, 8))
    names = checked(list(analysis_sweep.lines(quick=True, tell=silent)))
    for words in ("one core", "two cores, the same bytes", "handing out a batch"):
        assert any(words in name for name in names), words
