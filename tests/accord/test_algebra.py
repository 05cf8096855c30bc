"""The sheet algebra, proved: no author's entry changes another's sheet, authors commute, and no hands are tied.

Sheets are an arbitrary sort and each author's update an arbitrary function of its own sheet and entry alone, which is the
type of `fold_sheet`; the standing machine is written out from the same table that the code runs. A proof is an
unsatisfiable negation; for each, a planted fault must be found, so that the proof is known to be able to fail.
"""

import inspect

import pytest
import z3

from stafftalks.accord import folding, standing
from stafftalks.accord.sheet import ACTS, STATES, TRANSITIONS

SHEET, ENTRY = z3.DeclareSort("Sheet"), z3.DeclareSort("Entry")
UPDATE = [z3.Function(f"update_{name}", SHEET, ENTRY, SHEET) for name in "abc"]
ABLE = z3.Function("able", SHEET, ENTRY, z3.BoolSort())
Sheets = tuple[z3.ExprRef, ...]


def proved(claim: z3.BoolRef) -> bool:
    solver = z3.Solver()
    solver.add(z3.Not(claim))
    result = solver.check()
    assert result != z3.unknown
    return result == z3.unsat


def said(sheets: Sheets, who: int, entry: z3.ExprRef) -> Sheets:
    """The product after party `who` said `entry`: only its own component moves."""
    return tuple(UPDATE[who](sheet, entry) if party == who else sheet for party, sheet in enumerate(sheets))


def world() -> tuple[Sheets, z3.ExprRef, z3.ExprRef]:
    return tuple(z3.Consts("a b c", SHEET)), *z3.Consts("e f", ENTRY)


def equal(left: Sheets, right: Sheets) -> z3.BoolRef:
    return z3.And(*(a == b for a, b in zip(left, right, strict=True)))


@pytest.mark.parametrize(("one", "two"), [(0, 1), (0, 2), (1, 2)])
def test_entries_of_different_authors_commute(one: int, two: int) -> None:
    sheets, e, f = world()
    assert proved(equal(said(said(sheets, one, e), two, f), said(said(sheets, two, f), one, e)))


def test_entries_of_one_author_do_not_commute_so_the_proof_says_something() -> None:
    sheets, e, f = world()
    assert not proved(equal(said(said(sheets, 0, e), 0, f), said(said(sheets, 0, f), 0, e)))


@pytest.mark.parametrize("other", [1, 2])
def test_no_inbound_entry_changes_my_sheet_or_my_ability_to_act(other: int) -> None:
    sheets, e, f = world()
    after = said(sheets, other, e)
    assert proved(z3.And(after[0] == sheets[0], ABLE(after[0], f) == ABLE(sheets[0], f)))


def test_a_planted_shared_counter_is_found() -> None:
    """A fault: every entry takes a number from one counter, and a sheet remembers the number it took."""
    numbered = z3.Function("numbered", SHEET, ENTRY, z3.IntSort(), SHEET)
    sheets, e, f = world()
    counter = z3.Int("counter")

    def fault(sheets: Sheets, count: z3.ArithRef, who: int, entry: z3.ExprRef) -> tuple[Sheets, z3.ArithRef]:
        moved = tuple(numbered(sheet, entry, count) if party == who else sheet for party, sheet in enumerate(sheets))
        return moved, count + 1

    one, _ = fault(*fault(sheets, counter, 0, e), 1, f)
    two, _ = fault(*fault(sheets, counter, 1, f), 0, e)
    assert not proved(equal(one, two))


def test_a_planted_inbound_write_is_found() -> None:
    """A fault: the other's entry is also applied to my sheet."""
    sheets, e, _ = world()
    touched = (UPDATE[1](sheets[0], e), UPDATE[1](sheets[1], e), sheets[2])
    assert not proved(touched[0] == sheets[0])


def test_the_fold_has_the_type_that_the_algebra_supposes() -> None:
    """An update takes one sheet and one entry and gives one sheet: there is no argument by which another could come in."""
    assert list(inspect.signature(folding.fold_sheet).parameters) == ["sheet", "entry"]
    assert list(inspect.signature(standing.advance).parameters) == ["standing", "said", "ref", "at"]


# The standing machine, written out from the table that the code runs.

STATE, STATE_OF = z3.EnumSort("State", list(STATES))
ACT, ACT_OF = z3.EnumSort("Act", list(ACTS))
STATE_NAMED = dict(zip(STATES, STATE_OF, strict=True))
ACT_NAMED = dict(zip(ACTS, ACT_OF, strict=True))
Table = dict[tuple[str, str], str]


def following(table: Table, state: z3.ExprRef, act: z3.ExprRef) -> z3.ExprRef:
    """The next state by `table`; where it has no row, the same state: kept without effect."""
    result = state
    for (before, doing), after in table.items():
        here = z3.And(state == STATE_NAMED[before], act == ACT_NAMED[doing])
        result = z3.If(here, STATE_NAMED[after], result)
    return result


def leads_out(table: Table, state: z3.ExprRef, act: str) -> z3.BoolRef:
    rows = [state == STATE_NAMED[before] for (before, doing) in table if doing == act]
    return z3.Or(*rows) if rows else z3.BoolVal(False)


def withdraw_is_always_available(table: Table) -> bool:
    state = z3.Const("state", STATE)
    gone = STATE_NAMED["withdrawn"]
    reaches = following(table, state, ACT_NAMED["withdraw"]) == gone
    return proved(z3.Implies(state != gone, z3.And(leads_out(table, state, "withdraw"), reaches)))


def narrowing_is_always_available(table: Table) -> bool:
    """From accepted, accepting again (with fewer realms), suspending and declining all have effect."""
    accepted = STATE_NAMED["accepted"]
    again = following(table, accepted, ACT_NAMED["accept"]) == accepted
    rows = [leads_out(table, accepted, act) for act in ("accept", "suspend", "decline")]
    return proved(z3.And(again, *rows))


def only_i_move_me(table: Table, *, consent: bool = False) -> bool:
    """Whether what my act does is the same whatever the other's state; `consent` plants the fault."""
    mine, theirs, otherwise = z3.Consts("mine theirs otherwise", STATE)
    act = z3.Const("act", ACT)

    def step(mine: z3.ExprRef, theirs: z3.ExprRef) -> z3.ExprRef:
        free = following(table, mine, act)
        if not consent:
            return free
        return z3.If(theirs == STATE_NAMED["accepted"], free, mine)

    return proved(step(mine, theirs) == step(mine, otherwise))


def test_withdrawing_is_always_available_and_final() -> None:
    table: Table = dict(TRANSITIONS)
    assert withdraw_is_always_available(table)
    act = z3.Const("act", ACT)
    gone = STATE_NAMED["withdrawn"]
    assert proved(following(table, gone, act) == gone)


def test_narrowing_is_always_available_when_accepted() -> None:
    assert narrowing_is_always_available(dict(TRANSITIONS))


def test_accepting_is_available_from_every_state_but_withdrawn() -> None:
    state = z3.Const("state", STATE)
    table: Table = dict(TRANSITIONS)
    assert proved(leads_out(table, state, "accept") == (state != STATE_NAMED["withdrawn"]))


def test_no_transition_of_mine_reads_anothers_state() -> None:
    assert only_i_move_me(dict(TRANSITIONS))


def test_a_planted_consent_state_is_found() -> None:
    """Two forms of the fault: an act that waits for the other's acceptance, and a state that only the other can end."""
    assert not only_i_move_me(dict(TRANSITIONS), consent=True)
    waiting = {row: after for row, after in TRANSITIONS.items() if row != ("suspended", "withdraw")}
    assert not withdraw_is_always_available(dict(waiting))
    locked = {row: after for row, after in TRANSITIONS.items() if row != ("accepted", "suspend")}
    assert not narrowing_is_always_available(dict(locked))


def test_the_machine_in_code_is_the_table() -> None:
    for state in STATES:
        for act in ACTS:
            assert standing.next_state(state, act) == TRANSITIONS.get((state, act))
