"""Whoever can write into the job tables of shared sweeps writes jobs by hand: code instead of numbers, pickles instead of problems. Nothing of it is carried out."""

import pickle
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stafftalks import __version__
from stafftalks.analysis import sweep
from stafftalks.services.sweep_ports import Span
from stafftalks.site import sweeping_jobs
from stafftalks.store import shared_sweeps
from stafftalks.store.shared_sweeps import Shared

pytestmark = [pytest.mark.django_db]


class Canary:
    """Carried out, it leaves a file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> Any:
        return Path.touch, (self.file,)


def test_a_job_says_three_numbers_and_nothing_else(tmp_path: Path) -> None:
    touch = f"__import__('pathlib').Path({str(tmp_path / 'ran')!r}).touch()"
    for given in (
        {},
        {"sweep": touch, "first": 0, "last": 1},
        {"sweep": 1, "first": 0, "last": 1, "task": touch},
        {"sweep": 1, "first": 0, "last": 1.5},
        {"sweep": 1, "first": "0", "last": 1},
        {"sweep": -1, "first": 0, "last": 1},
        {"sweep": 1, "first": 0, "last": 10**30},
        {"sweep": [1], "first": {"__reduce__": touch}, "last": None},
    ):
        with pytest.raises(msgspec.ValidationError):
            sweeping_jobs.work(**given)
    assert list(tmp_path.iterdir()) == []


def test_a_pickle_in_place_of_a_problem_is_not_opened(tmp_path: Path) -> None:
    pickled = pickle.dumps(Canary(tmp_path / "ran"))
    number = shared_sweeps.share(Shared(sweep.problem_hash(pickled), __version__, pickled))
    sweeping_jobs.work(sweep=number, first=0, last=1)
    (came,) = shared_sweeps.take(number)
    assert (came.span, came.part) == (Span(0, 1), b"")
    assert "no problem of a sweep" in came.fault
    assert list(tmp_path.iterdir()) == []
