"""No tied hands: nothing that partners write changes whether we may step back, leave or recall, nor what that says."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.accord.bodies import Body, Opening, Recall, Standing, encode_body
from stafftalks.accord.parts import ReleasedVersion
from stafftalks.accord.sheet import STATES
from stafftalks.accord.state import Accord
from stafftalks.release.desk import Released, admit_act, admit_opening
from stafftalks.values.errors import RefusedError
from tests.accord.cast import MERIDIA, NORRIN, PROPOSAL, THREE, TORVIA, Staff, an_id, record, said, scenario
from tests.release.people import HEAD, PLANNER

lines = st.lists(said, max_size=10)
PEOPLE = (HEAD, PLANNER)


def outcome(accord: Accord, body: Body) -> tuple[list[object], ...]:
    """What the desk says to each person: what leaves, or every rule that refuses it."""
    results = []
    for person in PEOPLE:
        try:
            results.append([admit_act(accord, MERIDIA, person, body)])
        except RefusedError as error:
            results.append(list(error.refusals))
    return tuple(results)


def own_acts(accord: Accord) -> list[Body]:
    """Stepping back in every way, and recalling everything that stands released."""
    acts: list[Body] = [Standing(act) for act in ("decline", "suspend", "resume", "withdraw")]
    acts += [Standing("accept", realms) for realms in ((), ("scenarios",))]
    for item in accord.sheet(MERIDIA).journal.values():
        if isinstance(item, ReleasedVersion):
            acts.append(Recall(item.element, (item.ref,), (item.version,)))
    return [*acts, Recall(an_id(1), (), ())]


@given(lines, lines, lines)
def test_own_acts_are_admitted_whatever_partners_wrote(mine: list, theirs: list, others: list) -> None:
    alone, together = Staff(THREE), Staff(THREE)
    record(MERIDIA, mine, alone)
    record(MERIDIA, mine, together)
    record(TORVIA, theirs, together)
    record(NORRIN, others, together)
    was, now = alone.accord(MERIDIA), together.accord(MERIDIA)
    for body in own_acts(was):
        assert outcome(was, body) == outcome(now, body)
    opening = Opening(alone.text.decode(), "founding")
    assert admit_opening(was, MERIDIA, opening) == admit_opening(now, MERIDIA, opening)


PATHS: dict[str, tuple[Body, ...]] = {
    "silent": (),
    "proposed": (PROPOSAL,),
    "accepted": (Standing("accept", ("scenarios",)),),
    "declined": (Standing("decline"),),
    "suspended": (Standing("accept", ("scenarios",)), Standing("suspend")),
    "withdrawn": (Standing("withdraw"),),
}


@pytest.mark.parametrize("mine", STATES)
def test_from_every_standing_of_ours_the_desk_says_the_same_whatever_standing_the_others_have(mine: str) -> None:
    said: set[str] = set()
    for theirs, others in itertools.product(STATES, STATES):
        staff = Staff(THREE)
        for party, state in ((MERIDIA, mine), (TORVIA, theirs), (NORRIN, others)):
            for body in PATHS[state]:
                staff[party].say(body)
        staff.release(MERIDIA, scenario(1))
        accord = staff.accord(MERIDIA)
        assert [accord.sheet(party).standing.state for party in (MERIDIA, TORVIA, NORRIN)] == [mine, theirs, others]
        said.add(repr([outcome(accord, body) for body in own_acts(accord)]))
    assert len(said) == 1


@given(lines, lines)
def test_leaving_is_always_admitted_until_one_has_left(mine: list, theirs: list) -> None:
    staff = Staff(THREE)
    record(MERIDIA, mine, staff)
    record(TORVIA, theirs, staff)
    accord = staff.accord(MERIDIA)
    if accord.sheet(MERIDIA).standing.state == "withdrawn":
        with pytest.raises(RefusedError, match="final"):
            admit_act(accord, MERIDIA, HEAD, Standing("withdraw"))
    else:
        released = admit_act(accord, MERIDIA, HEAD, Standing("withdraw"))
        assert released.body == encode_body(Standing("withdraw"))


@given(lines, lines)
def test_whatever_the_desk_admits_has_its_effect_when_it_is_folded(mine: list, theirs: list) -> None:
    staff = Staff(THREE)
    record(MERIDIA, mine, staff)
    record(TORVIA, theirs, staff)
    accord = staff.accord(MERIDIA)
    for body in own_acts(accord):
        try:
            released: Released = admit_act(accord, MERIDIA, HEAD, body)
        except RefusedError:
            continue
        trial = Staff(THREE)
        record(MERIDIA, mine, trial)
        ref = trial[MERIDIA].say(released.body, type_=released.type)
        sheet = trial.accord(MERIDIA).sheet(MERIDIA)
        assert ref not in {notice.ref for notice in sheet.notices}
        if isinstance(body, Standing):
            assert sheet.standing.ref == ref
        else:
            assert sheet.recalls[-1].ref == ref
