"""The parts of the benchmark of analysis say every line they promise, at sizes that take no time; how fast anything is, no test decides."""

import pytest

from benchmarks import analysis, analysis_coverage, analysis_options, analysis_risk
from tests.benchmarks.test_benchmarks_run import checked, silent


def test_every_part_is_found_by_its_name():
    found = set(analysis.parts())
    assert {f"benchmarks.analysis_{part}" for part in ("coverage", "options", "risk")} <= found


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
