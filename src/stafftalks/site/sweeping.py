"""What reckons sweeps here, by one setting: the cores of this machine, workers that share our database, or a Dask cluster. The answer is the same."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Final

from stafftalks.links.workers import ProcessWorkers
from stafftalks.services.sweep_cores import OnCores
from stafftalks.services.sweep_ports import Reckoners
from stafftalks.site.home import Home
from stafftalks.values.errors import MisuseError

WAYS: Final = ("pool",)


def reckoners(on: str, home: Home) -> AbstractContextManager[Reckoners]:
    """What was asked for, or where nothing was, what the configuration says; raises MisuseError where it is no way to reckon."""
    chosen = on or home.config().sweeps_on
    if chosen not in WAYS:
        raise MisuseError(f"Sweeps cannot be reckoned on {chosen[:40]!r}: choose one of {', '.join(WAYS)}.")
    return _pool()


@contextmanager
def _pool() -> Iterator[Reckoners]:
    with closing(ProcessWorkers()) as workers:
        yield OnCores(workers)
