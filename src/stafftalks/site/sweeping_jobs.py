"""Sweeps shared among workers by durable jobs on PostgreSQL (procrastinate): any machine with access to the database may take part, and one that dies costs its batch alone.

A job is three numbers: which sweep, from which point to which. The problem is plain values in a table of ours, and what comes back is a Parquet part in another: nothing that was written by hand into the job
tables can be carried out as code. psycopg and procrastinate are imported only here, and only when asked for.
"""

import asyncio
import multiprocessing
import os
import time
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from django.db import close_old_connections, connection

from stafftalks import __version__
from stafftalks.analysis import sweep, sweep_points
from stafftalks.services.sweep_batches import reckoned
from stafftalks.services.sweep_ports import Span
from stafftalks.services.sweeps import MOST_IN_BATCH
from stafftalks.site import wiring
from stafftalks.site.home import Home
from stafftalks.store import job_tables, shared_sweeps
from stafftalks.store.shared_sweeps import Came, Shared
from stafftalks.values.errors import HostError, MisuseError, StafftalksError

if TYPE_CHECKING:
    from procrastinate import App

QUEUE: Final = "sweeps"
TASK: Final = "stafftalks sweep batch"
AHEAD: Final = 64
"""How many batches wait or are at work at most: enough for as many cores, and few to take back where it is stopped."""
PATIENCE_S: Final = 30.0
_LOOK_S: Final = 0.2
_Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class Job(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that a job says."""

    sweep: _Number
    first: _Number
    last: _Number


def need_jobs() -> None:
    """Nothing; raises MisuseError where there are no jobs here, with what is missing."""
    if connection.vendor != "postgresql":
        raise MisuseError(
            "Jobs are shared through PostgreSQL, and the tables here are on SQLite: name the server in DATABASE_URL, or reckon on the pool."
        )
    if not job_tables.installed():
        raise MisuseError(
            "procrastinate is not installed here: install the extra `stafftalks[postgresql]`, or reckon on the pool."
        )
    if not job_tables.standing():
        raise MisuseError("The tables of jobs are not there: run `stafftalks migrate` as the owner of the tables.")


def app(*, role: str = "") -> "App":
    """Procrastinate over this process's database, in a schema of its own; with `role`, under that role."""
    from procrastinate import App, PsycopgConnector
    from psycopg.conninfo import make_conninfo

    settings = connection.settings_dict
    options = f"-c search_path={job_tables.SCHEMA}" + (f" -c role={role}" if role else "")
    said: dict[str, Any] = {
        name: value
        for name, value in settings.get("OPTIONS", {}).items()
        if isinstance(value, (str, int)) and name != "options"
    }
    conninfo = make_conninfo(
        dbname=settings["NAME"],
        user=settings["USER"] or None,
        password=settings["PASSWORD"] or None,
        host=settings["HOST"] or None,
        port=settings["PORT"] or None,
        options=options,
        **said,
    )
    made = App(connector=PsycopgConnector(conninfo=conninfo, min_size=1, max_size=4))
    made.task(name=TASK, queue=QUEUE)(_work_and_let_go)
    return made


def work(**given: Any) -> None:
    """Reckons one job, and gives back its part or why there is none. Raises where the job says anything but three numbers."""
    job = msgspec.convert(given, Job)
    found = shared_sweeps.shared(job.sweep)
    if found is not None:
        shared_sweeps.give(job.sweep, _came(found, Span(job.first, job.last)))


def _work_and_let_go(**given: Any) -> None:
    try:
        work(**given)
    finally:
        close_old_connections()


def _came(found: Shared, span: Span) -> Came:
    if found.software != __version__:
        return Came(
            span,
            b"",
            f"A worker has version {__version__} of this software, and the sweep is of {found.software}: bring both to the same.",
        )
    try:
        if sweep.problem_hash(found.problem) != found.hash:
            raise MisuseError("The problem that a worker found is not the one that was shared: it was changed.")
        total = sweep_points.count(sweep.decoded(found.problem).sweep)
        if not 0 <= span.first < span.last <= total or span.last - span.first > MOST_IN_BATCH:
            raise MisuseError(f"Points {span.first:,} to {span.last:,} are no batch of this sweep.")
        return Came(span, reckoned(found.problem, span.first, span.last), "")
    except StafftalksError as error:
        return Came(span, b"", str(error))


class OnJobs:
    """Batches as jobs; gives up where no worker is alive for as long as its patience lasts."""

    def __init__(
        self,
        *,
        patience_s: float = PATIENCE_S,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        role: str = "",
    ) -> None:
        need_jobs()
        self._patience_s = patience_s
        self._clock = clock
        self._sleep = sleep
        self._role = role

    def run(self, problem: bytes, spans: Iterable[Span]) -> Generator[bytes | None]:
        """The part of each span, as they come. Raises HostError where no worker is there, or one could not reckon a batch."""
        number = shared_sweeps.share(Shared(sweep.problem_hash(problem), __version__, problem))
        try:
            with asyncio.Runner() as loop:
                jobs = _Jobs(loop, app(role=self._role), number)
                try:
                    yield from self._parts(jobs, spans)
                finally:
                    jobs.close()
        finally:
            shared_sweeps.forget(number)

    def _parts(self, jobs: "_Jobs", spans: Iterable[Span]) -> Generator[bytes | None]:
        rest, quiet = iter(spans), self._clock()
        while True:
            while len(jobs.out) < AHEAD and (span := next(rest, None)) is not None:
                jobs.defer(span)
            if not jobs.out:
                return
            came = [each for each in shared_sweeps.take(jobs.number) if jobs.out.pop(each.span, None) is not None]
            for each in came:
                if each.fault:
                    raise HostError(
                        f"A worker could not reckon points {each.span.first:,} to {each.span.last:,}: {each.fault}"
                    )
                yield each.part
            if came:
                quiet = self._clock()
                continue
            if self._clock() - quiet > self._patience_s:
                if not jobs.revived():
                    raise HostError(
                        "No worker takes the batches of this sweep: start `stafftalks analyse worker` on any machine with access to the database, then go on with --resume. What is finished is kept."
                    )
                quiet = self._clock()
            yield None
            self._sleep(_LOOK_S)


class _Jobs:
    """The jobs of one sweep that wait or are at work."""

    def __init__(self, loop: asyncio.Runner, jobs: "App", number: int) -> None:
        self.number = number
        self.out: dict[Span, int] = {}
        self._loop = loop
        self._app = jobs
        loop.run(self._opened())

    async def _opened(self) -> None:
        await self._app.open_async()

    def defer(self, span: Span) -> None:
        """Hands out a batch."""
        task = self._app.configure_task(TASK, queue=QUEUE)
        self.out[span] = self._loop.run(task.defer_async(sweep=self.number, first=span.first, last=span.last))

    def revived(self) -> bool:
        """Whether any worker is alive; what dead ones were at is then handed out anew."""
        return self._loop.run(self._revived())

    def close(self) -> None:
        """Takes back what no worker has begun."""
        self._loop.run(self._closed())

    async def _revived(self) -> bool:
        manager = self._app.job_manager
        own = set(self.out.values())
        for job in await manager.get_stalled_jobs(queue=QUEUE):
            if job.id in own:
                await manager.retry_job(job)
        alive = await self._app.connector.execute_query_one_async(
            "SELECT count(*) AS workers FROM procrastinate_workers WHERE last_heartbeat > now() - interval '30 seconds'"
        )
        return bool(alive["workers"])

    async def _closed(self) -> None:
        try:
            for number in self.out.values():
                await self._app.job_manager.cancel_job_by_id_async(number, delete_job=True)
        finally:
            await self._app.close_async()


def serve(*, until_idle: bool = False, role: str = "") -> None:
    """Works on batches of shared sweeps until interrupted, or with `until_idle` until none waits. Raises MisuseError where there are no jobs here."""
    need_jobs()
    app(role=role).run_worker(
        queues=[QUEUE], concurrency=1, wait=not until_idle, delete_jobs="always", name=f"stafftalks {__version__}"
    )


def work_here(processes: int, *, until_idle: bool) -> None:
    """As `serve`, in so many processes; all end with this one."""
    need_jobs()
    context = multiprocessing.get_context("spawn")
    others = [
        context.Process(target=_beside, args=(os.environ["STAFFTALKS_HOME"], until_idle), daemon=True)
        for _ in range(processes - 1)
    ]
    for other in others:
        other.start()
    serve(until_idle=until_idle)
    for other in others:
        other.terminate()
        other.join()


def _beside(folder: str, until_idle: bool) -> None:  # noqa: FBT001 - as a process takes its arguments
    wiring.set_up_django(Home(Path(folder)))
    serve(until_idle=until_idle)
