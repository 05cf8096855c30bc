"""What reckons sweeps, by one setting: a Dask cluster gives the same bytes as one core, and what is not here is said."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from stafftalks.analysis import sweep as engine
from stafftalks.analysis.coverage_values import Need, Offer
from stafftalks.analysis.sweep_points import Sweep
from stafftalks.analysis.sweep_values import CoverageSubject
from stafftalks.services import sweeps
from stafftalks.services.sweep_cores import OnCores
from stafftalks.services.sweeps import About, Kept, Memory
from stafftalks.site import sweeping, sweeping_dask
from stafftalks.site.home import Config, Home
from stafftalks.site.sweeping_cores import BoundedCores
from stafftalks.values.errors import HostError, MisuseError
from stafftalks.values.ids import PartyId
from tests.analysis.sweeping import COVERAGE, SWEEP
from tests.fakes import FakeWorkers


def begun() -> Kept:
    problem, ready = engine.frozen(COVERAGE, SWEEP, {})
    return sweeps.begin(Memory(), problem, ready, About("North"))


def ticking() -> Any:
    at = iter(range(10**9))
    return lambda: float(next(at))


def test_a_cluster_gives_the_same_bytes_as_one_core() -> None:
    distributed = pytest.importorskip("distributed")
    alone, shared = begun(), begun()
    sweeps.run(alone, OnCores(FakeWorkers()), ticking())
    with (
        distributed.LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None) as local,
        sweeping_dask.cluster(local.scheduler_address) as reckoners,
    ):
        assert sweeps.run(shared, reckoners, ticking()).done == 42
        with pytest.raises(HostError, match="The cluster could not reckon a batch: These bytes are no problem"):
            list(reckoners.run(b"no problem", [sweeps.Span(0, 1)]))
    assert shared.result() == alone.result()


def home(folder: Path, **said: str) -> Home:
    made = Home(folder)
    made.write_config(msgspec.convert({"party": PartyId("XMR"), **said}, Config))
    return made


def test_one_setting_says_what_reckons_and_what_lacks_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sweeping.reckoners("", Home(tmp_path / "none")) as pool:
        assert isinstance(pool, OnCores)
    with pytest.raises(MisuseError, match="No Dask cluster is named"):
        sweeping.reckoners("", home(tmp_path, sweeps_on="dask")).__enter__()
    with pytest.raises(MisuseError, match="choose one of pool, jobs, dask"):
        sweeping.reckoners("moon", home(tmp_path))
    monkeypatch.setattr(sweeping_dask, "find_spec", lambda _name: None)
    with pytest.raises(MisuseError, match=r"install the extra `stafftalks\[dask\]`"):
        sweeping.reckoners("dask", home(tmp_path, dask_scheduler="tcp://127.0.0.1:1")).__enter__()


def test_a_scheduler_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(sweeping_dask, "_CONNECT_S", 0.3)
    with pytest.raises(HostError, match="cannot be reached"):
        sweeping_dask.cluster("tcp://127.0.0.1:9").__enter__()


def test_two_processes_give_the_same_bytes_as_one_core_and_break_off_beyond_their_memory() -> None:
    alone, shared = begun(), begun()
    sweeps.run(alone, OnCores(FakeWorkers()), ticking())
    sweeps.run(shared, BoundedCores(1024, 2), lambda: 0.0, here=False)
    assert shared.result() == alone.result()
    needs = tuple(Need(f"N{number}", quantity=5) for number in range(9_000))
    large = CoverageSubject(
        (), needs, tuple(Offer(need.id[1:], need.id, "XMR", quantity=3, force="F") for need in needs)
    )
    many = engine.frozen(large, Sweep(forces=("F",)), {})[0]
    with pytest.raises(HostError, match="needed more than the 1 MB of memory"):
        list(BoundedCores(1, 1).run(engine.encoded(many), [sweeps.Span(1, 2)]))
