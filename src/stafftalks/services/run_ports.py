"""A place for long analyses: what was asked, the problem as it was frozen, how far it is, what came of it. Nothing of it is read by what makes outgoing bundles."""

from typing import Protocol

from stafftalks.services.run_rows import RunId, RunRow, RunStands, State


class Runs(Protocol):
    """Runs at home. What was asked, the problem and its basis never change; a run can only be forgotten whole."""

    def add(self, row: RunRow, problem: bytes) -> None:
        """Keeps a new run; raises MisuseError where one of this id is kept already."""

    def run(self, run: RunId, *, lock: bool = False) -> RunRow | None:
        """The run; with `lock` its row is held until the transaction ends."""

    def problem(self, run: RunId) -> bytes | None:
        """What it reckons, as it was frozen; None where no such run is kept."""

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

    def put_stands(self, run: RunId, stands: RunStands) -> None:
        """Replaces how it stands; raises MisuseError where no such run is kept."""

    def put_answer(self, run: RunId, answer: bytes) -> None:
        """Keeps an answer in place of one that was kept before; raises MisuseError where no such run is kept."""

    def answer(self, run: RunId) -> bytes | None:
        """The answer that is kept, None where there is none."""

    def forget(self, run: RunId) -> None:
        """Deletes the run with everything of it; no effect where it is not kept."""
