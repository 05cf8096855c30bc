"""The `Runs` port over the database of this process: long analyses as they stand at home."""

from typing import TYPE_CHECKING

import msgspec

from stafftalks.analysis.faults import Fault
from stafftalks.services.analyses_basis import Basis
from stafftalks.services.run_rows import RunAsk, RunId, RunRow, RunStands, State
from stafftalks.store.edge import check_transaction, reading, storable, writing
from stafftalks.store.models import Run
from stafftalks.values.errors import MisuseError
from stafftalks.values.label import Marking

if TYPE_CHECKING:
    from django.db import models


class _Asked(msgspec.Struct, frozen=True):
    """What of a run is fixed, in one cell."""

    ask: RunAsk
    basis: Basis
    faults: tuple[Fault, ...]
    markings: tuple[Marking, ...]


_ASKED = msgspec.msgpack.Decoder(_Asked)
_STANDS = msgspec.msgpack.Decoder(RunStands)


class DjangoRuns:
    """Runs at home. It holds no state of its own, so threads may share it."""

    @writing()
    def add(self, row: RunRow, problem: bytes) -> None:
        """Keeps a new run; raises MisuseError where one of this id is kept already."""
        Run.objects.create(
            run=row.id,
            analysis=row.ask.analysis,
            by=storable(row.by),
            at=row.at,
            asked=msgspec.msgpack.encode(_Asked(row.ask, row.basis, row.faults, row.markings)),
            problem=problem,
            state=row.stands.state,
            stands=msgspec.msgpack.encode(row.stands),
        )

    @reading()
    def run(self, run: RunId, *, lock: bool = False) -> RunRow | None:
        """The run; with `lock` its row is held until the transaction ends."""
        found = _listed().filter(run=run)
        if lock:
            check_transaction()
            found = found.select_for_update()
        row = found.first()
        return _row(row) if row else None

    @reading()
    def problem(self, run: RunId) -> bytes | None:
        """What it reckons, as it was frozen; None where no such run is kept."""
        raw = Run.objects.filter(run=run).values_list("problem", flat=True).first()
        return None if raw is None else bytes(raw)

    @reading()
    def find(
        self,
        *,
        states: tuple[State, ...] = (),
        analysis: str = "",
        by: str = "",
        oldest: bool = False,
        offset: int = 0,
        limit: int = 50,
    ) -> tuple[int, tuple[RunRow, ...]]:
        """How many match and one window of them, newest first, or the oldest first."""
        found = _listed()
        if states:
            found = found.filter(state__in=states)
        if analysis:
            found = found.filter(analysis=analysis)
        if by:
            found = found.filter(by=by)
        ordered = found.order_by("id" if oldest else "-id")
        return found.count(), tuple(_row(row) for row in ordered[offset : offset + limit])

    @writing()
    def put_stands(self, run: RunId, stands: RunStands) -> None:
        """Replaces how it stands; raises MisuseError where no such run is kept."""
        raw = msgspec.msgpack.encode(stands)
        if not Run.objects.filter(run=run).update(state=stands.state, stands=raw):
            raise _missing()

    @writing()
    def put_answer(self, run: RunId, answer: bytes) -> None:
        """Keeps an answer in place of one that was kept before; raises MisuseError where no such run is kept."""
        if not Run.objects.filter(run=run).update(answer=answer):
            raise _missing()

    @reading()
    def answer(self, run: RunId) -> bytes | None:
        """The answer that is kept, None where there is none."""
        raw = Run.objects.filter(run=run).values_list("answer", flat=True).first()
        return None if raw is None else bytes(raw)

    @writing()
    def forget(self, run: RunId) -> None:
        """Deletes the run with everything of it; no effect where it is not kept."""
        Run.objects.filter(run=run).delete()


def _listed() -> "models.QuerySet[Run]":
    return Run.objects.defer("problem", "answer")


def _missing() -> MisuseError:
    return MisuseError("No run of this name is kept here.")


def _row(found: Run) -> RunRow:
    asked = _ASKED.decode(bytes(found.asked))
    stands = _STANDS.decode(bytes(found.stands))
    return RunRow(RunId(found.run), asked.ask, found.by, found.at, asked.basis, asked.faults, asked.markings, stands)
