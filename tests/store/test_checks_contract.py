"""What the port of private checks promises, held against fake and database alike."""

import msgspec
import pytest

from stafftalks.accord.bodies import EntryRef
from stafftalks.services.check_rows import BudgetRow, CheckFound, CheckHit, CheckInput, CheckRow, CheckWork
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import AccordId, ElementId, EpochId, PartyId, VersionHash

FIRST = EntryRef(PartyId("XMR"), EpochId("e" * 26), 7)
SECOND = EntryRef(PartyId("XTV"), EpochId("f" * 26), 0)
INPUTS = tuple(
    CheckInput(ElementId("a" * 26), VersionHash(str(number) * 52), f"Patrol {number}", bytes([number, 0, 255]))
    for number in range(3)
)


def row(proposal: EntryRef = FIRST, at: int = 1) -> CheckRow:
    return CheckRow(AccordId("c" * 52), proposal, "oda", at, b"s" * 32, 3)


def test_a_check_is_kept_once_with_what_was_put_into_it(store: Headquarters) -> None:
    checks = store.checks
    assert checks.checks() == ()
    assert checks.check(FIRST) is None
    assert checks.inputs(FIRST) == ()
    checks.add(row(), INPUTS)
    checks.add(row(SECOND, at=2), INPUTS)
    assert checks.checks() == (row(SECOND, at=2), row())
    assert checks.check(FIRST) == row()
    assert checks.inputs(FIRST) == INPUTS
    with pytest.raises(MisuseError):
        checks.add(row(), INPUTS)
    with pytest.raises(MisuseError):
        checks.add(row(EntryRef(FIRST.party, FIRST.epoch, 8)), INPUTS[:1])
    with pytest.raises(MisuseError):
        checks.check(FIRST, lock=True)
    with store.transactions.atomic():
        assert checks.check(FIRST, lock=True) == row()


def test_what_was_computed_is_kept_chunk_by_chunk(store: Headquarters) -> None:
    checks = store.checks
    checks.add(row(), INPUTS)
    for number in range(20):
        checks.put_chunk(FIRST, "own", number, bytes([number]) * 64)
    checks.put_chunk(FIRST, "own", 3, b"another")  # the first stands
    checks.put_chunk(FIRST, "own", 21, b"behind a gap")
    checks.put_chunk(FIRST, "theirs", 0, b"x")
    assert list(checks.chunks(FIRST, "own")) == [bytes([number]) * 64 for number in range(20)]
    assert (checks.chunk_count(FIRST, "own"), checks.chunk_count(FIRST, "theirs")) == (21, 1)
    work = CheckWork("own", 20, 22, "opened", "digest", "", 5)
    checks.put_work(FIRST, work)
    assert checks.check(FIRST) == msgspec.structs.replace(row(), work=work)
    checks.drop_chunks(FIRST)
    assert list(checks.chunks(FIRST, "own")) == []
    assert checks.check(FIRST) == msgspec.structs.replace(row(), work=work)


def test_what_a_check_told_is_kept_once_and_its_secret_is_forgotten_for_good(store: Headquarters) -> None:
    checks = store.checks
    checks.add(row(), INPUTS)
    found = CheckFound(9, (CheckHit(1, 100, 200, "89c25", 0, 300), CheckHit(2, 0, 5, resource="range")))
    assert checks.found(FIRST) is None
    checks.put_found(FIRST, found)
    checks.put_found(FIRST, found)
    with pytest.raises(MisuseError):
        checks.put_found(FIRST, CheckFound(9, count=0))
    assert checks.found(FIRST) == found
    checks.forget_secret(FIRST)
    assert checks.check(FIRST) == msgspec.structs.replace(row(), secret=b"")


def test_of_a_check_that_is_not_kept_nothing_is_written(store: Headquarters) -> None:
    checks = store.checks
    for write in (
        lambda: checks.put_work(FIRST, CheckWork()),
        lambda: checks.put_chunk(FIRST, "own", 0, b"x"),
        lambda: checks.put_found(FIRST, CheckFound(1, count=0)),
        lambda: checks.forget_secret(FIRST),
    ):
        with pytest.raises(MisuseError):
            write()
    assert checks.checks() == ()


def test_the_newest_budget_of_each_partner_counts(store: Headquarters) -> None:
    strict = BudgetRow(PartyId("XTV"), 1, 7 * 86_400, 5, "hal", 3)
    store.checks.put_budget(BudgetRow(PartyId("XTV"), 9, 60, 50, "hal", 1))
    store.checks.put_budget(BudgetRow(PartyId("XPA"), by="hal", at=2))
    store.checks.put_budget(strict)
    assert store.checks.budgets() == {"XPA": BudgetRow(PartyId("XPA"), by="hal", at=2), "XTV": strict}
