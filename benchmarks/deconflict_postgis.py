"""The same pairs by PostGIS: Debian's server on loopback, asked as one who knows it would ask.

Flat geometry, which is its fastest and not its truest.
"""

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import shapely

from benchmarks.deconflict_runs import Result, flat
from benchmarks.deconflict_world import World, world

_TABLE = "CREATE UNLOGGED TABLE {0} (id int, shape geometry, win int8range, band int4range)"
_PAIRS = """SELECT count(*) FROM one JOIN other ON one.win && other.win AND one.band && other.band
AND ST_Intersects(one.shape, other.shape)"""
COLUMNS = {"shape": "geometry", "shape, win, band": "geometry, window and band"}
"""What its index is over: as its manual has it, and as one would who knows that three things are asked at once."""


def missing() -> str:
    """Why PostGIS cannot be measured here; empty where it can."""
    if _binaries() is None:
        return "no PostgreSQL server with PostGIS from the system's packages"
    if importlib.util.find_spec("psycopg") is None:
        return "psycopg is not installed"
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        return "the server does not run as root, and runuser is not installed"
    return ""


def by_postgis(count: int, columns: str) -> Result:
    """Counting the pairs, and before that loading both sets and making a GiST index on each over `columns`: CPU seconds of the one session that does it all."""
    import psycopg

    with _server() as address, psycopg.connect(address, autocommit=True) as server:
        session = psutil.Process(server.info.backend_pid)
        server.execute("CREATE EXTENSION postgis")
        server.execute("SET max_parallel_workers_per_gather = 0")
        server.execute("SET max_parallel_maintenance_workers = 0")
        server.execute("SET work_mem = '512MB'")
        for name, seed in (("one", 1), ("other", 2)):
            server.execute(_TABLE.format(name))
            _load(server, name, world(count, seed))
            server.execute(f"CREATE INDEX ON {name} USING gist ({columns})")
            server.execute(f"VACUUM ANALYZE {name}")
        made, begun = _cpu(session), time.perf_counter()
        row = server.execute(_PAIRS).fetchone()
        return Result(int(row[0]) if row else 0, time.perf_counter() - begun, _cpu(session) - made, made, 0.0)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _load(server: object, name: str, made: World) -> None:
    shapes = shapely.to_wkb(flat(made), hex=True)
    rows = zip(
        range(len(shapes)),
        shapes,
        made.start.tolist(),
        made.end.tolist(),
        made.low.tolist(),
        made.high.tolist(),
        strict=True,
    )
    with server.cursor() as cursor, cursor.copy(f"COPY {name} FROM STDIN") as copy:  # type: ignore[attr-defined]
        for number, shape, start, end, low, high in rows:
            copy.write_row((number, shape, f"[{start},{end}]", f"[{low},{high}]"))


@contextmanager
def _server() -> Iterator[str]:
    """The address of a server of our own, in a folder of its own, gone afterwards."""
    binaries = _binaries()
    if binaries is None:
        raise RuntimeError(missing())
    folder = Path(tempfile.mkdtemp(prefix="stafftalks-postgis-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    as_user = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]

    def run(*command: str) -> None:
        subprocess.run(
            [*as_user, *command], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    settings = f"-c listen_addresses=127.0.0.1 -p {port} -c shared_buffers=512MB -c fsync=off -c unix_socket_directories={folder}"
    try:
        run(str(binaries / "initdb"), "-D", str(folder / "data"), "-U", "bench", "-A", "trust")
        run(
            str(binaries / "pg_ctl"),
            "-D",
            str(folder / "data"),
            "-w",
            "-o",
            settings,
            "-l",
            str(folder / "log"),
            "start",
        )
        yield f"postgresql://bench@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run(
            [*as_user, str(binaries / "pg_ctl"), "-D", str(folder / "data"), "-w", "-m", "immediate", "stop"],
            cwd="/",
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path | None:
    """The newest of the system's servers that has PostGIS."""
    for control in sorted(Path("/usr/share/postgresql").glob("*/extension/postgis.control"), reverse=True):
        folder = Path("/usr/lib/postgresql") / control.parts[4] / "bin"
        if (folder / "initdb").exists():
            return folder
    return None
