"""A sweep on the cores of this machine: the way that needs nothing else."""

from collections.abc import Generator, Iterable

from stafftalks.services.check_ports import Workers
from stafftalks.services.sweep_batches import reckoned_piece
from stafftalks.services.sweep_ports import Span


class OnCores:
    """Batches shared among processes, or done here where there are few, or one core."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    def run(self, problem: bytes, spans: Iterable[Span]) -> Generator[bytes | None]:
        """The part of each span, in their order."""
        yield from self._workers.run(reckoned_piece, ((problem, span.first, span.last) for span in spans))
