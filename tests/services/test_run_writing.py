"""From a run's result to a draft of ours: what it says, on what it stands, whose consent it needs, and what the desk is told."""

import pytest

from stafftalks.planning.options import Option
from stafftalks.services import elements, run_problems, run_writing, runs, written
from stafftalks.services.run_problems import OptionsAnswered
from stafftalks.values.errors import MisuseError, RefusedError
from stafftalks.values.person import Person, Role
from tests.fakes import OFFICER, PLANNER
from tests.services import scenes
from tests.services.mixes import add, ask, flood, reckoned, ref, release


def test_a_mix_is_written_as_an_option_with_what_it_commits_and_meets_and_where_it_comes_from() -> None:
    ours, theirs = scenes.house("XMR", "XTV")
    there = flood(ours, theirs)
    run = reckoned(ours)
    result = runs.result(ours, run)
    assert result is not None
    assert isinstance(result.answered, OptionsAnswered)
    assert [row.latest for row in result.answered.waiting] != []
    made = run_writing.write(ours, PLANNER, run)
    said = elements.content(made)
    assert isinstance(said, Option)
    assert (said.contingency, str(said.scenario)) == ("Vael", f"{ref(ours, there.scenario)}/{there.scenario.version}")
    rows = {row.what: row for row in said.contributions}
    assert set(rows) == {"7 Wing", "Helicopters", "Ferries"}
    assert (rows["7 Wing"].party, str(rows["7 Wing"].quantity), str(rows["7 Wing"].window)) == (
        "XMR",
        "300.5 t",
        "C+5 to C+9",
    )
    assert str(rows["7 Wing"].requirement) == f"{ref(ours, there.lift)}/{there.lift.version}"
    # A version that only we have is not named: its hash could be tried out.
    assert str(rows["7 Wing"].force) == ref(ours, there.wing)
    assert str(rows["Ferries"].force) == f"{ref(theirs, there.ferries)}/{there.ferries.version}"
    assert rows["Helicopters"].force is None
    assert said.disadvantages == (
        "“Airlift” lacks 49.5 t of 400 t in “Dam breaks”.",
        "“Boats” lacks 1 items of 4 items in “It holds”.",
    )
    assert {str(origin.source.party) for origin in said.origins} == {"XTV"}
    assert [str(row.by) for row in said.open_decisions] == ["C+2", "C+3"]
    assert "nothing follows from it by itself" in said.summary
    assert made.kind == "option"
    assert ours.desk.find()[0] == 3  # nothing was asked for by writing it
    assert [line.act for line in ours.journal.find(subject=made.id)[1]] == ["written from an analysis", "element added"]


def test_what_a_draft_stands_on_is_told_at_home_seen_by_whoever_would_get_it() -> None:
    ours, theirs = scenes.house("XMR", "XTV")
    there = flood(ours, theirs)
    made = run_writing.write(ours, PLANNER, reckoned(ours))
    assert written.standing(ours, there.option.id) is None
    found = written.standing(ours, made.id, [theirs.party])
    assert found is not None
    assert sorted(each.title for each in found.private) == ["7 Wing", "By air"]
    assert {(each.input.title, each.parties) for each in found.unseen} == {("7 Wing", ("XTV",)), ("By air", ("XTV",))}
    assert (found.moved, found.revised) == ((), False)
    release(ours, there.accord, there.wing, theirs)
    elements.revise(ours, PLANNER, there.option.id, Option(title="By air", contingency="Vael"), there.option.version)
    found = written.standing(ours, made.id, [theirs.party])
    assert found is not None
    assert [each.title for each in found.private] == ["By air"]
    assert [(each.sort, each.title) for each in found.moved] == [("revised", "By air")]


def test_a_stale_result_is_not_written_and_what_was_written_from_it_is_no_news_to_it() -> None:
    ours, theirs = scenes.house("XMR", "XTV")
    there = flood(ours, theirs)
    run = reckoned(ours)
    run_writing.write(ours, PLANNER, run)
    assert runs.stale(ours, runs.one(ours, run)) == ()
    run_writing.write(ours, PLANNER, run, at=0)
    with pytest.raises(MisuseError, match="no such mix"):
        run_writing.write(ours, PLANNER, run, at=99)
    add(ours, "requirement", "Tents", serial="3", capability="TENTS", scenario=ref(ours, there.scenario))
    with pytest.raises(MisuseError, match="Run it again"):
        run_writing.write(ours, PLANNER, run)
    with pytest.raises(RefusedError):
        run_writing.write(ours, Person("aud", "Aud", frozenset({Role.AUDITOR})), reckoned(ours))
    waiting = runs.start(ours, OFFICER, ask())
    with pytest.raises(MisuseError, match="no result yet"):
        run_writing.write(ours, OFFICER, waiting)


def test_a_result_of_releases_alone_is_the_same_whatever_is_at_home_and_offers_nothing_twice() -> None:
    ours, theirs = scenes.house("XMR", "XTV")
    there = flood(ours, theirs)
    release(ours, there.accord, there.wing, theirs)
    before = ours.runs.problem(reckoned(ours, ask(private=False)))
    run_writing.write(ours, PLANNER, reckoned(ours))
    after = ours.runs.problem(reckoned(ours, ask(private=False)))
    assert before == after
    again = run_problems.frozen(ours.runs.problem(reckoned(ours)) or b"")
    assert len(again.choice.forces) == 3
