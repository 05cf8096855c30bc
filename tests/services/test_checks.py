"""Private checks from proposal to result: each learns which of its own collide, and only what the terms say; budgets, ends and refusals."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from stafftalks.accord.bodies import CheckTerms, EntryRef
from stafftalks.deconflict.private import messages, work
from stafftalks.record import tree
from stafftalks.record.b64 import url
from stafftalks.services import check_budgets, check_costs, check_results, check_work, checks, elements
from stafftalks.services.check_results import CheckResult
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import MisuseError, RefusedError
from stafftalks.values.ids import AccordId
from tests.fakes import HEAD, OFFICER, PLANNER, FakeWorkers, permit
from tests.services import checking
from tests.services.checking import DAY, MERIDIAN, TORVIAN, agreed, carry, own, plan, planned, run, terms
from tests.services.scenes import accepted, house, talk

HANDS = checking.QuickWorkers()
TRUE_HANDS = FakeWorkers()
Scene = tuple[Headquarters, Headquarters, AccordId]


def scene(*, ours: Any = MERIDIAN, theirs: Any = TORVIAN) -> Scene:
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    plan(meridia, ours)
    plan(torvia, theirs)
    return meridia, torvia, accord


def result(hq: Headquarters, proposal: EntryRef) -> CheckResult:
    found = check_results.result(hq, proposal)
    assert found is not None
    return found


def titles(hq: Headquarters, proposal: EntryRef) -> list[str]:
    return [flagged.title for flagged in result(hq, proposal).flagged]


def refused(act: Callable[[], object]) -> set[str]:
    with pytest.raises(RefusedError) as told:
        act()
    return {refusal.rule for refusal in told.value.refusals}


def sentence(act: Callable[[], object]) -> str:
    with pytest.raises(MisuseError) as told:
        act()
    return str(told.value)


def test_both_find_the_planted_collision_and_no_near_miss() -> None:
    meridia, torvia, accord = scene()
    proposal = agreed(meridia, torvia, accord)
    run(meridia, torvia, proposal, TRUE_HANDS)
    assert checks.view(meridia, proposal).state.state == "done"
    assert titles(meridia, proposal) == ["Minesweeping"]
    assert titles(torvia, proposal) == ["Sonar trial"]
    (flagged,) = result(meridia, proposal).flagged
    assert all(hit.cell and hit.start <= hit.end for hit in flagged.hits)
    assert {(hit.low_m, hit.high_m) for hit in flagged.hits} == {(0, 2_999)}
    assert not flagged.revised
    elements.archive(meridia, PLANNER, flagged.element, archived=True)
    assert result(meridia, proposal).flagged[0].revised


def test_what_is_claimed_of_the_same_resource_is_found_wherever_it_is() -> None:
    north = (
        "Exercise",
        "circle 36.6, 34 radius 1 km",
        "2027-05-05T06:00Z to 2027-05-05T12:00Z",
        (0, 100),
        ["Range 7", "Tug"],
    )
    south = ("Trials", "circle 35.5, 34 radius 1 km", "2027-05-05T07:00Z to 2027-05-05T12:00Z", (0, 100), [" range 7"])
    meridia, torvia, accord = scene(ours=[north], theirs=[south])
    proposal = agreed(meridia, torvia, accord)
    run(meridia, torvia, proposal, HANDS)
    assert {hit.resource for hit in result(meridia, proposal).flagged[0].hits} == {"Range 7"}
    assert titles(torvia, proposal) == ["Trials"]


@pytest.mark.parametrize("learns", ["proposer", "partner", "both"])
@pytest.mark.parametrize("mode", ["which", "count", "any"])
def test_each_learns_what_the_terms_say_and_nothing_more(mode: str, learns: str) -> None:
    meridia, torvia, accord = scene()
    proposal = agreed(meridia, torvia, accord, mode=mode, learns=learns)
    run(meridia, torvia, proposal, HANDS)
    assert checks.view(torvia, proposal).state.state == "done"
    for hq, side in ((meridia, "proposer"), (torvia, "partner")):
        if learns not in (side, "both"):
            assert check_results.result(hq, proposal) is None
            continue
        found = result(hq, proposal)
        assert found.any
        assert bool(found.flagged) == (mode == "which")
        assert (found.count is None) == (mode == "any")
        sentences = " ".join(check_results.told(hq, proposal))
        assert "XMR told XTV the terms" in sentences
        assert ("is not to learn" in sentences) == (learns != "both")


def test_by_carried_files_alone_the_same_is_found() -> None:
    meridia, torvia, accord = scene()
    proposal = checks.propose(meridia, OFFICER, accord, terms(torvia), own(meridia))
    carry(meridia, torvia, accord)
    (waiting,) = checks.waiting(torvia)
    assert waiting.state.ref == proposal
    checks.consent(torvia, OFFICER, proposal, own(torvia))
    for _ in range(4):
        carry(torvia, meridia, accord)
        for hq in (meridia, torvia):
            check_work.advance(hq, proposal, HANDS)
    assert titles(meridia, proposal) == ["Minesweeping"]
    assert titles(torvia, proposal) == ["Sonar trial"]


def test_where_nothing_is_planned_nothing_is_found_and_the_root_does_not_tell() -> None:
    meridia, torvia, accord = scene(theirs=())
    proposal = agreed(meridia, torvia, accord)
    run(meridia, torvia, proposal, HANDS)
    assert result(torvia, proposal).any is False
    assert titles(meridia, proposal) == []
    empty = tree.root_of(())
    consent = checks.view(meridia, proposal).state.consent
    assert consent is not None
    assert consent.root != url(empty)


def test_the_secret_is_forgotten_with_the_last_word_and_so_is_what_was_computed() -> None:
    meridia, torvia, accord = scene()
    proposal = agreed(meridia, torvia, accord)
    for hq in (meridia, torvia):
        row = hq.checks.check(proposal)
        assert row is not None
        assert len(row.secret) == 32
    run(meridia, torvia, proposal, HANDS)
    for hq in (meridia, torvia):
        row = hq.checks.check(proposal)
        assert row is not None
        assert not row.secret
        assert list(hq.checks.chunks(proposal, "own")) == list(hq.checks.chunks(proposal, "theirs")) == []
        assert check_work.runnable(hq) == ()
    assert titles(meridia, proposal) == ["Minesweeping"]


def test_progress_is_kept_chunk_by_chunk_and_a_stop_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "PIECE_POINTS", 200)
    meridia, torvia, accord = scene()
    proposal = agreed(meridia, torvia, accord)
    hands, seen = checking.QuickWorkers(), []
    while check_work.runnable(meridia):
        done = check_work.advance(meridia, proposal, hands, lambda progress: seen.append(progress) or False)
    assert [progress.done for progress in seen if progress.doing == "own"] == list(range(1, seen[0].total + 1))
    assert hands.done == seen[0].total
    assert done.doing == "waiting"
    assert not done.sentence
    assert check_work.progress(meridia, proposal) == msgspec.structs.replace(done, moved=False)


# Deciding.


def test_what_it_costs_is_told_before_anybody_decides() -> None:
    meridia, torvia, accord = scene()
    outside = planned("Elsewhere", "circle 10, 10 radius 1 km", "2027-05-05 to 2027-05-06", (0, 100))
    elements.add(meridia, PLANNER, outside)
    elements.add(meridia, PLANNER, msgspec.structs.replace(outside, title="Whenever", window=type(outside.window)()))
    cost = check_costs.draft_cost(meridia, terms(torvia), own(meridia))
    assert cost.possible
    assert cost.activities == 3
    assert cost.points > cost.keys > 3
    assert 0 < cost.share_percent < 25
    assert {one.title for one in cost.left_out} == {"Elsewhere", "Whenever"}
    assert cost.seconds < 1 < cost.megabytes * 10
    proposal = checks.propose(meridia, OFFICER, accord, terms(torvia), own(meridia))
    talk(meridia, torvia)
    state = checks.view(torvia, proposal).state
    theirs = check_costs.draft_cost(torvia, state.terms, own(torvia), state)
    assert theirs.possible
    assert theirs.points == state.terms.partner_points


def test_a_planner_decides_no_check_and_without_a_letter_nothing_leaves() -> None:
    meridia, torvia, accord = scene()
    assert "act-role" in refused(lambda: checks.propose(meridia, PLANNER, accord, terms(torvia), own(meridia)))
    permit(meridia, torvia.party, kinds=("report",))
    assert "letter-kind" in refused(lambda: checks.propose(meridia, OFFICER, accord, terms(torvia), own(meridia)))
    assert meridia.checks.checks() == ()
    assert checks.history(meridia) == ()


def test_a_letter_that_ends_meanwhile_holds_the_points_back_until_there_is_another() -> None:
    meridia, torvia, accord = scene()
    proposal = agreed(meridia, torvia, accord)
    permit(meridia, torvia.party, kinds=("report",))
    held = check_work.advance(meridia, proposal, HANDS)
    assert "does not permit a private check" in held.sentence
    permit(meridia, torvia.party)
    assert check_work.advance(meridia, proposal, HANDS).moved
    run(meridia, torvia, proposal, HANDS)
    assert titles(torvia, proposal) == ["Sonar trial"]


def test_more_than_was_agreed_is_refused_before_anything_leaves() -> None:
    meridia, torvia, accord = scene()
    plan(meridia, [(f"More {number}", *MERIDIAN[0][1:]) for number in range(3)])
    few = terms(torvia, activities=4)
    assert refused(lambda: checks.propose(meridia, OFFICER, accord, few, own(meridia))) == {"check-many"}
    assert checks.history(meridia) == ()


def test_a_probe_of_the_whole_area_goes_over_the_caps() -> None:
    """Activities that lie side by side over the area and its window, to feel out where the other side is."""
    meridia, torvia, accord = scene(ours=())
    area = "area 35.4, 33.3; 36.6, 33.3; 36.6, 34.7; 35.4, 34.7"
    for hour in range(4):
        probe = planned(f"Probe {hour}", area, f"2027-05-0{4 + hour}T00:00Z to 2027-05-0{5 + hour}T00:00Z", (0, 12_000))
        elements.add(meridia, PLANNER, probe)
    fine = terms(torvia, finest=11, granule_s=900)
    cost = check_costs.draft_cost(meridia, fine, own(meridia))
    assert cost.over
    assert refused(lambda: checks.propose(meridia, OFFICER, accord, fine, own(meridia))) >= {"check-over"}


def test_who_computes_otherwise_is_not_answered() -> None:
    meridia, torvia, accord = scene()
    proposal = checks.propose(meridia, OFFICER, accord, terms(torvia), own(meridia))
    talk(meridia, torvia)
    view = checks.view(torvia, proposal)
    body = msgspec.structs.replace(view.state.body, terms=msgspec.structs.replace(view.state.terms, partner_points=9))
    changed = msgspec.structs.replace(view, state=msgspec.structs.replace(view.state, body=body))
    assert refused(lambda: checks._check_terms(changed)) == {"check-terms"}


def test_a_declined_check_tells_nothing_and_costs_nothing() -> None:
    meridia, torvia, accord = scene()
    proposal = checks.propose(meridia, OFFICER, accord, terms(torvia), own(meridia))
    assert check_budgets.budget(meridia, torvia.party).used == 1
    talk(meridia, torvia)
    checks.decline(torvia, OFFICER, proposal, "Not this week.")
    talk(meridia, torvia)
    assert check_work.advance(meridia, proposal, HANDS).over
    row = meridia.checks.check(proposal)
    assert row is not None
    assert not row.secret
    assert check_budgets.budget(meridia, torvia.party).used == check_budgets.budget(torvia, meridia.party).used == 0
    assert any("declined" in told for told in check_results.told(meridia, proposal))


# Budgets.


def test_checks_with_a_partner_are_few_a_week_with_a_pause_between_them() -> None:
    meridia, torvia, accord = scene()
    begun = []
    for day in range(3):
        proposal = agreed(*((meridia, torvia) if day != 1 else (torvia, meridia)), accord)
        begun.append(proposal)
        checks.stop(meridia, OFFICER, proposal, "Enough for now.")
        talk(meridia, torvia)
        told = sentence(lambda: checks.propose(meridia, OFFICER, accord, terms(torvia), own(meridia)))
        assert "the next is possible at" in told
        assert ("24 hours must lie between two" in told) == (day < 2)
        meridia.clock.advance(DAY)
    assert check_budgets.budget(meridia, torvia.party).left == 0
    assert "3 private checks with XTV were begun" in sentence(
        lambda: checks.propose(meridia, OFFICER, accord, terms(torvia), own(meridia))
    )
    meridia.clock.advance(4 * DAY)
    assert check_budgets.budget(meridia, torvia.party).left == 1
    checks.propose(meridia, OFFICER, accord, terms(torvia), own(meridia))


def test_consenting_costs_as_proposing_does() -> None:
    meridia, torvia, accord = scene()
    first = agreed(meridia, torvia, accord)
    run(meridia, torvia, first, HANDS)
    meridia.clock.advance(DAY // 2)
    check_budgets.set_budget(meridia, HEAD, torvia.party, checks_a_week=9, cooldown_s=0, share_percent=25)
    second = checks.propose(meridia, OFFICER, accord, terms(torvia), own(meridia))
    talk(meridia, torvia)
    assert refused(lambda: checks.consent(torvia, OFFICER, second, own(torvia))) == {"check-budget"}
    meridia.clock.advance(DAY)
    checks.consent(torvia, OFFICER, second, own(torvia))


def test_the_head_of_delegation_sets_the_budget_and_it_is_in_the_journal() -> None:
    meridia, torvia, accord = scene()

    def set_to(by: Any, **said: int) -> check_budgets.Budget:
        known = {"checks_a_week": 1, "cooldown_s": 7_200, "share_percent": 5, **said}
        return check_budgets.set_budget(meridia, by, torvia.party, **known)

    assert refused(lambda: set_to(OFFICER)) == {"role"}
    for wrong in ({"checks_a_week": -1}, {"cooldown_s": -1}, {"share_percent": 101}):
        sentence(lambda wrong=wrong: set_to(HEAD, **wrong))  # type: ignore[misc]
    assert set_to(HEAD).row.share_percent == 5
    assert "at most 5 %" in sentence(lambda: checks.propose(meridia, OFFICER, accord, terms(torvia), own(meridia)))
    set_to(HEAD, checks_a_week=0, share_percent=25)
    assert "No private check" in sentence(lambda: checks.propose(meridia, OFFICER, accord, terms(torvia), own(meridia)))
    assert [row.act for row in meridia.journal.find()[1]].count("check budget set") == 2


# Ends.


def test_who_stops_after_learning_is_told_of_and_has_paid() -> None:
    meridia, torvia, accord = scene()
    proposal = agreed(meridia, torvia, accord)
    check_work.advance(meridia, proposal, HANDS)
    talk(meridia, torvia)
    check_work.advance(torvia, proposal, HANDS)
    talk(meridia, torvia)
    # Meridia's headquarters learns, and its officer stops before it returns Torvia's points.
    monitor = check_work.advance(meridia, proposal, HANDS, lambda progress: meridia.checks.found(proposal) is None)
    assert monitor.state == "running"
    assert titles(meridia, proposal) == ["Minesweeping"]
    checks.stop(meridia, OFFICER, proposal, "We have seen enough.")
    talk(meridia, torvia)
    state = checks.view(torvia, proposal).state
    assert state.state == "stopped"
    assert any("stopped after it had what it was to learn" in fault.sentence for fault in state.faults)
    assert check_budgets.budget(meridia, torvia.party).used == check_budgets.budget(torvia, meridia.party).used == 1
    assert any("We have seen enough." in told for told in check_results.told(torvia, proposal))
    assert check_work.advance(torvia, proposal, HANDS).over


@pytest.mark.parametrize("points", [b"\xff" * 32, b"", bytes(32)])
def test_points_that_are_none_break_the_check_with_a_sentence(points: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    meridia, torvia, accord = scene()
    proposal = agreed(meridia, torvia, accord)
    right = work.assemble_own
    with monkeypatch.context() as lying:
        lying.setattr(work, "assemble_own", lambda *args: _with_last(right(*args), points))
        check_work.advance(meridia, proposal, TRUE_HANDS)
    talk(meridia, torvia)
    ended = check_work.advance(torvia, proposal, TRUE_HANDS)
    assert ended.over
    state = checks.view(torvia, proposal).state
    assert not any(step.seen for step in state.steps if step.party == torvia.party)
    talk(meridia, torvia)
    assert checks.view(meridia, proposal).state.state in ("stopped", "broken")
    assert check_budgets.budget(torvia, meridia.party).used == 1


def _with_last(made: work.Own, points: bytes) -> work.Own:
    kept = made.points[: len(made.points) - 32] + (points or made.points[-64:-32])
    return msgspec.structs.replace(made, points=kept)


def test_a_restored_headquarters_does_not_go_on_with_a_check() -> None:
    meridia, torvia, accord = scene()
    proposal = agreed(meridia, torvia, accord)
    (restored,) = checking.copied(meridia)
    restored.keyring.lose_feed_keys()
    check_work.advance(meridia, proposal, HANDS)
    talk(meridia, torvia)
    hands = FakeWorkers()
    ended = check_work.advance(restored, proposal, hands)
    assert hands.done == 0
    assert ended.over
    assert "restored" in ended.sentence
    talk(restored, torvia)
    assert checks.view(torvia, proposal).state.state == "stopped"
    row = restored.checks.check(proposal)
    assert row is not None
    assert not row.secret


def test_what_was_said_in_time_is_still_computed_with_when_it_arrives_by_hand_later() -> None:
    meridia, torvia, accord = scene()
    proposal = agreed(meridia, torvia, accord, learns="proposer")
    check_work.advance(meridia, proposal, HANDS)
    talk(meridia, torvia)
    check_work.advance(torvia, proposal, HANDS)
    meridia.clock.advance(40 * DAY)
    late = check_work.advance(meridia, proposal, HANDS)
    assert late.state == "lapsed"
    assert meridia.checks.check(proposal).secret  # type: ignore[union-attr]
    carry(torvia, meridia, accord)
    assert check_work.advance(meridia, proposal, HANDS).over
    assert titles(meridia, proposal) == ["Minesweeping"]


def test_of_a_check_that_lapsed_long_ago_nothing_is_kept() -> None:
    meridia, torvia, accord = scene()
    waiting = checks.propose(meridia, OFFICER, accord, terms(torvia, auditor="Col Audit"), own(meridia))
    meridia.clock.advance(59 * DAY)
    assert check_work.runnable(meridia) == ()
    meridia.clock.advance(2 * DAY)
    assert check_work.runnable(meridia) == (waiting,)
    check_work.advance(meridia, waiting, HANDS)
    row = meridia.checks.check(waiting)
    assert row is not None
    assert not row.secret
    assert check_work.runnable(meridia) == ()


# A second, finer stage.


def test_a_finer_check_looks_only_where_the_first_was_hit() -> None:
    meridia, torvia, accord = scene()
    proposal = agreed(meridia, torvia, accord)
    run(meridia, torvia, proposal, HANDS)
    finer: CheckTerms = check_results.refined(
        meridia, proposal, activities=4, expires=meridia.clock.now() + DAY, purpose="Nearer."
    )
    assert finer.refines == proposal
    assert finer.finest > 10
    second = checks.propose(meridia, OFFICER, accord, finer, own(meridia))
    talk(meridia, torvia)
    assert check_costs.draft_cost(torvia, finer, own(torvia), checks.view(torvia, second).state).activities == 1
    checks.consent(torvia, OFFICER, second, own(torvia))
    talk(meridia, torvia)
    run(meridia, torvia, second, HANDS)
    assert titles(meridia, second) == ["Minesweeping"]
    assert check_budgets.budget(meridia, torvia.party).used == 2


def test_a_finer_check_of_other_places_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    meridia, torvia, accord = scene()
    proposal = agreed(meridia, torvia, accord)
    run(meridia, torvia, proposal, HANDS)
    finer = check_results.refined(meridia, proposal, activities=4, expires=meridia.clock.now() + DAY, purpose="Nearer.")
    wider = msgspec.structs.replace(finer, cells=terms(torvia).cells)
    assert refused(lambda: checks.propose(meridia, OFFICER, accord, wider, own(meridia))) == {"check-refines"}
    with monkeypatch.context() as careless:
        careless.setattr(checks, "_check_refines", lambda *_: None)
        second = checks.propose(meridia, OFFICER, accord, wider, own(meridia))
    talk(meridia, torvia)
    assert refused(lambda: checks.consent(torvia, OFFICER, second, own(torvia))) == {"check-refines"}


def test_only_where_both_learned_which_a_finer_check_is_offered() -> None:
    meridia, torvia, accord = scene()
    proposal = agreed(meridia, torvia, accord, learns="proposer")
    run(meridia, torvia, proposal, HANDS)
    assert "both learned" in sentence(
        lambda: check_results.refined(meridia, proposal, activities=4, expires=meridia.clock.now() + DAY, purpose="N.")
    )


# Two plans under the same terms.


def test_two_plans_under_the_same_terms_send_messages_of_equal_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "MAX_PART_POINTS", 600)
    sizes = []
    for ours, theirs in ((MERIDIAN, TORVIAN), ((), TORVIAN[:1]), (MERIDIAN[:1], ())):
        meridia, torvia, accord = scene(ours=ours, theirs=theirs)
        proposal = agreed(meridia, torvia, accord)
        run(meridia, torvia, proposal, HANDS)
        sizes.append(
            [
                [
                    (entry.n, len(entry.leaf), len(entry.slip or b""))
                    for entry in hq.records.entries(row.feed, 0, row.size)
                ]
                for hq in (meridia, torvia)
                for row in hq.records.feeds(accord)
            ]
        )
    assert sizes[0] == sizes[1] == sizes[2]
