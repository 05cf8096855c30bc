"""The `Checks` port over the database of this process: what stays home of private checks."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from django.db import models

from stafftalks.accord.bodies import EntryRef
from stafftalks.services.check_rows import BudgetRow, CheckFound, CheckInput, CheckRow, CheckWork, Job
from stafftalks.store.edge import check_transaction, reading, storable, writing
from stafftalks.store.models import BudgetLine, Check, CheckChunk
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import AccordId, EpochId, PartyId
from stafftalks.values.person import Role

_INPUTS = msgspec.msgpack.Decoder(tuple[CheckInput, ...])
_WORK = msgspec.msgpack.Decoder(CheckWork)
_FOUND = msgspec.msgpack.Decoder(CheckFound)
_AT_ONCE = 16
"""So many chunks are read together: each may hold some hundred kilobytes."""


class DjangoChecks:
    """Private checks at home. It holds no state of its own, so threads may share it."""

    @writing()
    def add(self, row: CheckRow, inputs: Sequence[CheckInput]) -> None:
        """Keeps a check with what was put into it; raises MisuseError where one of this proposal is kept already."""
        if row.inputs != len(inputs):
            raise MisuseError(f"This private check states {row.inputs} inputs and comes with {len(inputs)}.")
        Check.objects.create(
            accord=row.accord,
            party=row.proposal.party,
            epoch=row.proposal.epoch,
            n=row.proposal.n,
            by=storable(row.by),
            roles=list(row.roles),
            at=row.at,
            secret=row.secret,
            size=row.inputs,
            inputs=msgspec.msgpack.encode(tuple(inputs)),
            work=msgspec.msgpack.encode(row.work),
        )

    @reading()
    def check(self, proposal: EntryRef, *, lock: bool = False) -> CheckRow | None:
        """The check; with `lock` its row is held until the transaction ends."""
        found = _of(proposal).defer("inputs", "found")
        if lock:
            check_transaction()
            found = found.select_for_update()
        row = found.first()
        return _row(row) if row else None

    @reading()
    def checks(self) -> tuple[CheckRow, ...]:
        """All of them, the newest first."""
        return tuple(_row(row) for row in Check.objects.defer("inputs", "found"))

    @reading()
    def inputs(self, proposal: EntryRef) -> tuple[CheckInput, ...]:
        """What was put into it, in the order in which it was committed to."""
        raw = _of(proposal).values_list("inputs", flat=True).first()
        return _INPUTS.decode(bytes(raw)) if raw is not None else ()

    @writing()
    def put_work(self, proposal: EntryRef, work: CheckWork) -> None:
        """Replaces how far its computing has come."""
        if not _of(proposal).update(work=msgspec.msgpack.encode(work)):
            raise _missing()

    @writing()
    def put_chunk(self, proposal: EntryRef, job: Job, number: int, points: bytes) -> None:
        """Keeps what one chunk came to; no effect where it is kept already."""
        chunk = CheckChunk(check_of_id=_number(proposal), job=job, number=number, points=points)
        CheckChunk.objects.bulk_create([chunk], ignore_conflicts=True)

    def chunks(self, proposal: EntryRef, job: Job) -> Iterator[bytes]:
        """What its chunks came to, in their order, streamed; they stand at 0, 1, 2, ... without a gap."""
        start = 0
        while found := _chunks(proposal, job, start):
            yield from found
            start += len(found)

    @reading()
    def chunk_count(self, proposal: EntryRef, job: Job) -> int:
        """How many of them are kept."""
        return CheckChunk.objects.filter(check_of_id=_number(proposal), job=job).count()

    @writing()
    def drop_chunks(self, proposal: EntryRef) -> None:
        """Forgets all chunks of the check."""
        CheckChunk.objects.filter(check_of_id=_number(proposal)).delete()

    @writing()
    def put_found(self, proposal: EntryRef, found: CheckFound) -> None:
        """Keeps what the check told us; raises MisuseError where something else is kept already."""
        _number(proposal)
        raw = msgspec.msgpack.encode(found)
        if not _of(proposal).filter(found=None).update(found=raw) and self.found(proposal) != found:
            raise MisuseError("What this private check told us is kept already, and is something else.")

    @reading()
    def found(self, proposal: EntryRef) -> CheckFound | None:
        """What it told us, None where nothing did yet."""
        raw = _of(proposal).values_list("found", flat=True).first()
        return _FOUND.decode(bytes(raw)) if raw is not None else None

    @writing()
    def forget_secret(self, proposal: EntryRef) -> None:
        """Forgets its secret for good."""
        if not _of(proposal).update(secret=b""):
            raise _missing()

    @writing()
    def put_budget(self, row: BudgetRow) -> None:
        """Keeps what a partner's budget is from now on, in place of what was said of it before."""
        BudgetLine.objects.create(**msgspec.structs.asdict(row))

    @reading()
    def budgets(self) -> Mapping[PartyId, BudgetRow]:
        """The budgets that were set, by partner."""
        newest = BudgetLine.objects.order_by().values("partner").annotate(last=models.Max("id")).values("last")
        lines = BudgetLine.objects.filter(id__in=newest).order_by("partner")
        return {PartyId(line.partner): _budget(line) for line in lines}


def _of(proposal: EntryRef) -> "models.QuerySet[Check]":
    return Check.objects.filter(party=proposal.party, epoch=proposal.epoch, n=proposal.n)


def _number(proposal: EntryRef) -> int:
    number = _of(proposal).values_list("id", flat=True).first()
    if number is None:
        raise _missing()
    return number


def _missing() -> MisuseError:
    return MisuseError("No private check of this proposal is kept here.")


@reading()
def _chunks(proposal: EntryRef, job: Job, start: int) -> list[bytes]:
    """The chunks from `start` on that follow one another without a gap, some at a time."""
    found = CheckChunk.objects.filter(check_of_id=_number(proposal), job=job, number__gte=start)
    rows = found.order_by("number").values_list("number", "points")[:_AT_ONCE]
    return [bytes(points) for at, (number, points) in enumerate(rows, start) if number == at]


def _row(found: Check) -> CheckRow:
    return CheckRow(
        accord=AccordId(found.accord),
        proposal=EntryRef(PartyId(found.party), EpochId(found.epoch), found.n),
        by=found.by,
        at=found.at,
        secret=bytes(found.secret),
        inputs=found.size,
        roles=tuple(Role(role) for role in found.roles),
        work=_WORK.decode(bytes(found.work)),
    )


def _budget(line: BudgetLine) -> BudgetRow:
    return BudgetRow(PartyId(line.partner), line.checks_a_week, line.cooldown_s, line.share_percent, line.by, line.at)
