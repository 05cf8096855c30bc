"""What reckons sweeps here, by one setting: the cores of this machine, workers that share our database, or a Dask cluster. The answer is the same."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from typing import Final

from stafftalks.links.workers import ProcessWorkers
from stafftalks.services.sweep_cores import OnCores
from stafftalks.services.sweep_ports import Reckoners
from stafftalks.site import wiring
from stafftalks.site.home import Home
from stafftalks.site.sweeping_cores import BoundedCores
from stafftalks.values.errors import MisuseError

WAYS: Final = ("pool", "jobs", "dask")


def reckoners(on: str, home: Home) -> AbstractContextManager[Reckoners]:
    """What was asked for, or where nothing was, what the configuration says. Raises MisuseError where it is no way to reckon, or what it needs is not here."""
    config = home.config()
    match on or config.sweeps_on:
        case "pool":
            return _pool()
        case "jobs":
            wiring.set_up_django(home)
            from stafftalks.site.sweeping_jobs import OnJobs

            return nullcontext(OnJobs())
        case "dask":
            from stafftalks.site.sweeping_dask import cluster

            return cluster(config.dask_scheduler)
        case other:
            raise MisuseError(f"Sweeps cannot be reckoned on {other[:40]!r}: choose one of {', '.join(WAYS)}.")


def within(home: Home, memory_mb: int) -> AbstractContextManager[Reckoners]:
    """What the configuration says, for runs of the pages: on the cores here each process may have so much memory and no more."""
    if home.config().sweeps_on == "pool":
        return nullcontext(BoundedCores(memory_mb))
    return reckoners("", home)


@contextmanager
def _pool() -> Iterator[Reckoners]:
    with closing(ProcessWorkers()) as workers:
        yield OnCores(workers)
