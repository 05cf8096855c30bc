"""What holds of checks whatever is said: others than the two change nothing, what is broken stays so, and the bytes of points are kept by nobody."""

from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.accord.bodies import Body, EntryRef, Standing
from stafftalks.accord.state import CheckState, checks
from stafftalks.values.ids import PartyId
from tests.accord.cast import MERIDIA, NORRIN, THREE, TORVIA, Staff, epoch_of
from tests.accord.check_cast import Check
from tests.accord.check_words import check_bodies

ABOUT = st.builds(
    lambda party, n: EntryRef(party, epoch_of(f"{party} first"), n),
    st.sampled_from([MERIDIA, TORVIA]),
    st.integers(1, 3),
)
SAID: st.SearchStrategy[Body] = check_bodies(ABOUT) | st.just(Standing("suspend"))
TURNS = st.lists(st.tuples(st.sampled_from([MERIDIA, TORVIA]), SAID), max_size=8)


def begun() -> Staff:
    """An accord in which a check runs, half of it sent, so that what is said meets something."""
    staff = Staff(THREE)
    check = Check(staff)
    check.consent()
    check.send(MERIDIA, 1)
    return staff


def told(staff: Staff) -> dict[EntryRef, CheckState]:
    return {one.ref: one for one in checks(staff.accord())}


def say(staff: Staff, party: PartyId, body: Body) -> None:
    staff[party].say(body, to=THREE)


@given(TURNS, st.lists(SAID, max_size=6))
@settings(max_examples=60)
def test_whatever_a_third_says_changes_nothing_of_a_check(turns: list, third: list) -> None:
    alone, beside = begun(), begun()
    for staff in (alone, beside):
        for party, body in turns:
            say(staff, party, body)
    for body in third:
        say(beside, NORRIN, body)
    before, after = told(alone), {ref: one for ref, one in told(beside).items() if ref.party != NORRIN}
    assert before.keys() == after.keys()
    for ref, one in before.items():
        assert [fault for fault in after[ref].faults if fault.party != NORRIN] == list(one.faults)
        assert after[ref].state == one.state
        assert (after[ref].steps, after[ref].answer, after[ref].ends) == (one.steps, one.answer, one.ends)
        assert not [fault for fault in after[ref].faults if fault.party == NORRIN and fault.breaks]


@given(TURNS)
@settings(max_examples=60)
def test_what_is_over_stays_over(turns: list) -> None:
    staff = begun()
    was = told(staff)
    for party, body in turns:
        say(staff, party, body)
        now = told(staff)
        for ref, one in was.items():
            match one.state:
                case "broken":
                    assert now[ref].state in ("broken", "declined")
                case "stopped":
                    assert now[ref].state in ("stopped", "broken", "declined")
                case "declined":
                    assert now[ref].state == "declined"
                case _:
                    pass
            if one.state not in ("proposed", "running"):
                assert now[ref].next is None
        was = now


@given(TURNS)
@settings(max_examples=60)
def test_no_party_can_send_for_the_other(turns: list) -> None:
    staff = begun()
    for party, body in turns:
        say(staff, party, body)
    for one in told(staff).values():
        for step in one.steps:
            assert {act.ref.party for act in step.seen} <= {step.party}
            assert step.received <= step.points or one.state == "broken"
        assert one.answer is None or one.answer.ref.party == one.partner
