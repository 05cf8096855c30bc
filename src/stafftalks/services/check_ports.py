"""What private checks ask of the world beside the other ports: a place for what stays home of them, and the machine's cores."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

from stafftalks.accord.bodies import EntryRef
from stafftalks.services.check_rows import BudgetRow, CheckFound, CheckInput, CheckRow, CheckWork, Job
from stafftalks.values.ids import PartyId

Piece = TypeVar("Piece")
Result = TypeVar("Result")


class Checks(Protocol):
    """Private checks as they stand at home. The inputs of a check, once kept, never change, nor does its secret: it can only be forgotten."""

    def add(self, row: CheckRow, inputs: Sequence[CheckInput]) -> None:
        """Keeps a check with what was put into it; raises MisuseError where one of this proposal is kept already."""

    def check(self, proposal: EntryRef, *, lock: bool = False) -> CheckRow | None:
        """The check; with `lock` its row is held until the transaction ends."""

    def checks(self) -> tuple[CheckRow, ...]:
        """All of them, the newest first."""

    def inputs(self, proposal: EntryRef) -> tuple[CheckInput, ...]:
        """What was put into it, in the order in which it was committed to."""

    def put_work(self, proposal: EntryRef, work: CheckWork) -> None:
        """Replaces how far its computing has come."""

    def put_chunk(self, proposal: EntryRef, job: Job, number: int, points: bytes) -> None:
        """Keeps what one chunk came to; no effect where it is kept already."""

    def chunks(self, proposal: EntryRef, job: Job) -> Iterator[bytes]:
        """What its chunks came to, in their order, streamed; they stand at 0, 1, 2, ... without a gap."""

    def chunk_count(self, proposal: EntryRef, job: Job) -> int:
        """How many of them are kept."""

    def drop_chunks(self, proposal: EntryRef) -> None:
        """Forgets all chunks of the check."""

    def put_found(self, proposal: EntryRef, found: CheckFound) -> None:
        """Keeps what the check told us; raises MisuseError where something else is kept already."""

    def found(self, proposal: EntryRef) -> CheckFound | None:
        """What it told us, None where nothing did yet."""

    def forget_secret(self, proposal: EntryRef) -> None:
        """Forgets its secret for good."""

    def put_budget(self, row: BudgetRow) -> None:
        """Keeps what a partner's budget is from now on, in place of what was said of it before."""

    def budgets(self) -> Mapping[PartyId, BudgetRow]:
        """The budgets that were set, by partner."""


class Workers(Protocol):
    """The machine's cores."""

    def run(self, work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[Result]:
        """`work` of each of `pieces`, in their order, as they come; closing the iterator gives up what has not begun.

        `work` is a function of a module and pieces can be pickled, so that other processes can do it. Pieces are drawn as they are needed.
        """
