"""Sweeps that are kept: the same bytes on one core and two, in whatever batches; stopped and taken up again; what is torn or of another problem is set aside."""

import itertools
from collections.abc import Generator, Iterable
from pathlib import Path

import msgspec
import pytest

from stafftalks.analysis import sweep as engine
from stafftalks.analysis.sweep_points import Sweep
from stafftalks.analysis.watching import Progress
from stafftalks.formats import parquet
from stafftalks.links.shelf import FolderShelf
from stafftalks.services import sweep_subjects, sweeps
from stafftalks.services.sweep_batches import reckoned
from stafftalks.services.sweep_cores import OnCores
from stafftalks.services.sweep_ports import Span
from stafftalks.services.sweeps import About, Kept, Memory
from stafftalks.values.errors import MisuseError, PeerError
from tests.analysis.sweeping import COVERAGE, SWEEP
from tests.fakes import FakeWorkers


class Backwards:
    """Reckons all batches, the last first."""

    def run(self, problem: bytes, spans: Iterable[Span]) -> Generator[bytes]:
        for span in reversed(list(spans)):
            yield reckoned(problem, span.first, span.last)


def begun(shelf=None, varied: Sweep = SWEEP) -> Kept:
    problem, ready = engine.frozen(COVERAGE, varied, {})
    return sweeps.begin(shelf or Memory(), problem, ready, About("North"))


def slow() -> float:
    """A clock by which a batch of one point takes long enough."""
    return next(_ticks)


_ticks = itertools.count()


def test_the_same_bytes_in_whatever_batches_and_in_any_order():
    alone, back = begun(), begun()
    sweeps.run(alone, OnCores(FakeWorkers()), lambda: 0.0)
    sweeps.run(back, Backwards(), slow)
    assert len(alone.shelf.names()) == 4
    assert len(back.shelf.names()) == 2 + 41  # two are reckoned to see what they cost, and each other one by itself
    growing = begun()
    sweeps.run(growing, OnCores(FakeWorkers()), lambda: 0.0, here=False)
    assert alone.result() == back.result() == growing.result()
    read = parquet.read(alone.result(), "result")
    assert len(read.rows) == 42
    assert msgspec.json.decode(read.beside["stafftalks"])["title"] == "North"


def test_a_stopped_sweep_goes_on_where_it_stood(tmp_path: Path):
    told: list[Progress] = []

    def some(progress: Progress) -> bool:
        told.append(progress)
        return progress.done < 10

    kept = begun(FolderShelf(tmp_path / "kept"))
    outcome = sweeps.run(kept, OnCores(FakeWorkers()), slow, some)
    assert (outcome.stopped, outcome.done) == (True, 10)
    assert [(each.done, each.of) for each in told][-1] == (10, 42)
    again = sweeps.opened(FolderShelf(tmp_path / "kept"))
    assert list(again.lacking()) == [Span(10, 42)]
    asked: list[Span] = []

    class Counting(Backwards):
        def run(self, problem, spans):
            asked.extend(spans)
            yield from super().run(problem, asked)

    assert sweeps.run(again, Counting(), slow).done == 42
    assert min(span.first for span in asked) == 12
    whole = begun()
    sweeps.run(whole, Backwards(), lambda: 0.0)
    assert again.result() == whole.result()
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "kept").iterdir()} == {0o600}
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o700


def test_a_stop_that_is_asked_for_from_outside_ends_it(tmp_path: Path):
    kept = begun(FolderShelf(tmp_path))

    class Stopped(Backwards):
        def run(self, problem, spans):
            for part in super().run(problem, spans):
                sweeps.stop(FolderShelf(tmp_path))
                yield part

    outcome = sweeps.run(kept, Stopped(), slow)
    assert outcome.stopped
    assert outcome.done < 42
    assert sweeps.run(kept, Backwards(), slow).done == 42


def test_parts_that_are_torn_or_of_another_problem_are_set_aside_and_reckoned_again(tmp_path: Path):
    shelf = FolderShelf(tmp_path)
    kept = begun(shelf)
    sweeps.run(kept, Backwards(), slow)
    whole = kept.result()
    names = [name for name in shelf.names() if name.startswith("part-")]
    other, _ready = engine.frozen(COVERAGE, Sweep(forces=("Wing 7", "Wing 9")), {})
    shelf.write(names[0], (tmp_path / names[0]).read_bytes()[:-30])
    shelf.write(names[1], reckoned(engine.encoded(other), 2, 3))
    shelf.write(names[2], b"")
    shelf.write("part-0000900-0000901.parquet", (tmp_path / names[3]).read_bytes())
    again = sweeps.opened(shelf)
    assert len(again.refused) == 3
    assert "is torn" in again.refused[0]
    assert "is of another problem" in again.refused[1]
    assert all("its points are reckoned again" in each for each in again.refused)
    assert again.done == 42 - 4
    assert sweeps.run(again, Backwards(), slow).done == 42
    assert again.result() == whole


def test_a_place_is_refused_that_holds_another_sweep_or_was_changed(tmp_path: Path):
    shelf = FolderShelf(tmp_path)
    with pytest.raises(MisuseError, match="No sweep is kept there"):
        sweeps.opened(shelf)
    with pytest.raises(MisuseError, match="No sweep is kept there"):
        sweeps.stop(shelf)
    kept = begun(shelf)
    assert begun(shelf).manifest == kept.manifest
    with pytest.raises(MisuseError, match="Another sweep is kept there"):
        begun(shelf, Sweep(forces=("Wing 7",)))
    manifest = (tmp_path / "manifest.json").read_bytes()
    problem = (tmp_path / "problem.msgpack").read_bytes()
    shelf.write("problem.msgpack", problem.replace(b"Wing 7", b"Wing 8"))
    with pytest.raises(PeerError, match="is not the one that the manifest names"):
        sweeps.opened(shelf)
    shelf.write("problem.msgpack", problem)
    for old, new, error in (
        (b'"0.1.0"', b'"0.0.9"', MisuseError),
        (b'"points": 42', b'"points": 43', PeerError),
        (b'"points": 42', b'"points": "many"', PeerError),
    ):
        shelf.write("manifest.json", manifest.replace(old, new))
        with pytest.raises(error):
            sweeps.opened(shelf)
    for name in ("../out", "a/b", "", ".hidden"):
        with pytest.raises(MisuseError):
            shelf.write(name, b"")


def test_what_was_reckoned_elsewhere_is_checked_before_it_is_kept():
    kept = begun()
    other = parquet.written((("point", "whole"),), [(0,)], {})
    for wrong in (b"PAR1", other, reckoned(kept.problem, 0, 2)[:-8]):
        with pytest.raises(PeerError):
            kept.take(wrong)
    rows = kept.ready.rows(0, 2)
    beside = parquet.read(reckoned(kept.problem, 0, 2), "x").beside
    columns = tuple((column.name, column.type) for column in kept.ready.columns)
    with pytest.raises(PeerError, match="has not the columns and points"):
        kept.take(parquet.written(columns, rows[:1], beside))
    assert kept.done == 0


def test_a_file_stands_on_nothing_here():
    from stafftalks.analysis.sweep_files import Effort, subject_of

    data = {"forces": [], "requirements": [{"id": "r", "capability": "x", "quantity": 1}], "scenarios": [{"id": "s"}]}
    here = sweep_subjects.of_file(subject_of("options", data, "x.yaml", Effort()))
    assert (here.about.basis, here.about.marking, here.gathered) == (None, (), None)
