"""Sweeps shared among workers by jobs on PostgreSQL: the same bytes as on one core, under the roles that headquarters and workers have; nothing written by hand is carried out."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from stafftalks import __version__
from stafftalks.analysis import sweep as engine
from stafftalks.services import sweeps
from stafftalks.services.sweep_batches import reckoned
from stafftalks.services.sweep_cores import OnCores
from stafftalks.services.sweep_ports import Span
from stafftalks.services.sweeps import About, Kept, Memory
from stafftalks.site import sweeping_jobs
from stafftalks.site.sweeping_jobs import OnJobs
from stafftalks.store import job_tables, shared_sweeps
from stafftalks.store.models import SharedPart, SharedSweep
from stafftalks.store.roles import grants
from stafftalks.store.shared_sweeps import Came, Shared
from stafftalks.values.errors import HostError, MisuseError
from tests.analysis.sweeping import COVERAGE, SWEEP
from tests.fakes import FakeWorkers
from tests.store.conftest import APP_ROLE, as_app_role

WORKER_ROLE = "stafftalks_worker"
pytestmark = [pytest.mark.django_db(transaction=True)]
postgresql_only = pytest.mark.skipif("connection.vendor != 'postgresql'")


def begun() -> Kept:
    problem, ready = engine.frozen(COVERAGE, SWEEP, {})
    return sweeps.begin(Memory(), problem, ready, About("North"))


def ticking() -> Any:
    """A clock by which each batch is of one point."""
    at = iter(range(10**9))
    return lambda: float(next(at))


@pytest.fixture
def jobs() -> Iterator[None]:
    assert job_tables.apply() == ()
    with as_app_role():
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [WORKER_ROLE])
        if not cursor.fetchone():
            cursor.execute(f"CREATE ROLE {WORKER_ROLE} LOGIN")
    call_command("grant_app_role", WORKER_ROLE, "--worker", "--apply", stdout=StringIO())
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA {job_tables.SCHEMA} CASCADE")


@contextmanager
def worker() -> Iterator[None]:
    """A worker in a thread of its own, with a worker's rights and no others, until the block ends."""
    app = sweeping_jobs.app(role=WORKER_ROLE)
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            app.run_worker(
                queues=[sweeping_jobs.QUEUE], wait=False, delete_jobs="always", install_signal_handlers=False
            )
            stop.wait(0.02)

    def as_worker(**given: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {WORKER_ROLE}")
        sweeping_jobs.work(**given)

    app.tasks[sweeping_jobs.TASK].func = as_worker
    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@postgresql_only
def test_jobs_give_the_same_bytes_as_one_core_and_leave_nothing_behind(jobs: None) -> None:
    alone, shared = begun(), begun()
    sweeps.run(alone, OnCores(FakeWorkers()), ticking())
    with worker(), as_app_role():
        assert sweeps.run(shared, OnJobs(role=APP_ROLE), ticking()).done == 42
    assert shared.result() == alone.result()
    assert (SharedSweep.objects.count(), SharedPart.objects.count()) == (0, 0)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {job_tables.SCHEMA}.procrastinate_jobs")
        assert cursor.fetchone() == (0,)


@postgresql_only
def test_without_a_worker_it_says_so_keeps_what_is_finished_and_takes_its_jobs_back(jobs: None) -> None:
    kept = begun()
    with as_app_role(), pytest.raises(HostError, match="start `stafftalks analyse worker`"):
        sweeps.run(kept, OnJobs(patience_s=0.3, sleep=lambda _s: None, role=APP_ROLE), ticking())
    assert kept.done == 2
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {job_tables.SCHEMA}.procrastinate_jobs")
        assert cursor.fetchone() == (0,)


@postgresql_only
def test_jobs_that_were_written_by_hand_are_dropped_and_work_goes_on(jobs: None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL search_path TO {job_tables.SCHEMA}")
        for task, args in (
            ("os.system", '{"command": "touch ran"}'),
            ("pathlib.Path.touch", "{}"),
            (sweeping_jobs.TASK, '{"sweep": "1; DROP TABLE store_entry", "first": 0, "last": 1}'),
            (sweeping_jobs.TASK, '{"sweep": 1, "first": 0, "last": 1, "code": "import os"}'),
        ):
            cursor.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('sweeps', %s, %s)",
                [task, args],
            )
    kept = begun()
    with worker(), as_app_role():
        assert sweeps.run(kept, OnJobs(role=APP_ROLE), lambda: 0.0).done == 42


@postgresql_only
def test_a_worker_can_read_no_record_and_no_element(jobs: None) -> None:
    with connection.cursor() as cursor:
        for table in ("store_entry", "store_element", "store_user", "store_run", "store_sharedpart"):
            cursor.execute(f"SELECT has_table_privilege('{WORKER_ROLE}', '{table}', 'SELECT')")
            assert cursor.fetchone() == (False,), table
        cursor.execute(f"SELECT has_table_privilege('{WORKER_ROLE}', 'store_sharedsweep', 'SELECT')")
        assert cursor.fetchone() == (True,)


@postgresql_only
def test_migrating_again_changes_nothing_and_an_older_schema_is_brought_up(jobs: None) -> None:
    standing = job_tables.standing()
    assert job_tables.apply() == ()
    with connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON SCHEMA {job_tables.SCHEMA} IS '99.99.99_99_later'")
    assert job_tables.apply() == ()
    assert job_tables.standing() == "99.99.99_99_later"
    assert standing
    assert any(job_tables.SCHEMA in statement for statement in grants(APP_ROLE))


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_on_sqlite_there_are_no_jobs_and_it_is_said() -> None:
    assert (job_tables.apply(), job_tables.standing()) == ((), "")
    with pytest.raises(MisuseError, match="the tables here are on SQLite"):
        OnJobs()


def test_what_is_shared_is_taken_once_and_forgotten_whole() -> None:
    number = shared_sweeps.share(Shared("h", "v", b"\x00p"))
    assert shared_sweeps.shared(number) == Shared("h", "v", b"\x00p")
    with as_app_role():
        shared_sweeps.give(number, Came(Span(0, 2), b"one", ""))
        shared_sweeps.give(number, Came(Span(0, 2), b"other", ""))
        shared_sweeps.give(number, Came(Span(2, 3), b"", "torn \x00"))
        assert shared_sweeps.take(number) == [Came(Span(0, 2), b"one", ""), Came(Span(2, 3), b"", "torn �")]
        assert shared_sweeps.take(number) == []
        shared_sweeps.give(number, Came(Span(5, 6), b"late", ""))
        shared_sweeps.forget(number)
    assert shared_sweeps.shared(number) is None
    assert SharedPart.objects.count() == 0


def given_back(shared: Shared, first: int, last: int) -> str:
    number = shared_sweeps.share(shared)
    sweeping_jobs.work(sweep=number, first=first, last=last)
    (came,) = shared_sweeps.take(number)
    assert (came.part == b"") == bool(came.fault)
    return came.fault


def test_a_job_gives_back_its_part_or_why_there_is_none() -> None:
    data = engine.encoded(engine.frozen(COVERAGE, SWEEP, {})[0])
    good = Shared(engine.problem_hash(data), __version__, data)
    assert given_back(good, 3, 5) == ""
    number = shared_sweeps.share(good)
    sweeping_jobs.work(sweep=number, first=3, last=5)
    assert shared_sweeps.take(number)[0].part == reckoned(data, 3, 5)
    assert "no batch of this sweep" in given_back(good, 5, 5)
    assert "no batch of this sweep" in given_back(good, 0, 10**12)
    assert "bring both to the same" in given_back(Shared(good.hash, "0.0.1", data), 0, 1)
    assert "it was changed" in given_back(Shared(good.hash, __version__, data + b"\x00"), 0, 1)
    junk = b"\x80\x04cos\nsystem\n"
    assert "no problem of a sweep" in given_back(Shared(engine.problem_hash(junk), __version__, junk), 0, 1)
    sweeping_jobs.work(sweep=10**6, first=0, last=1)  # nobody waits for it any more
