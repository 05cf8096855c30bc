"""Work shared among processes comes back in order, once each, and is done here where no process can do it."""

import os
import signal
from collections.abc import Iterator

import pytest

from stafftalks.links.workers import FEWEST, ProcessWorkers


def doubled(number: int) -> tuple[int, int]:
    return number * 2, os.getpid()


def failing(number: int) -> int:
    raise ValueError(f"{number} cannot be done.")


def killing(number: int) -> int:
    """Ends the process that does it, unless it is the one that asked."""
    if number == 2 and os.getppid() == int(os.environ["TEST_WORKERS_PARENT"]):
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.fixture(scope="module")
def workers() -> Iterator[ProcessWorkers]:
    found = ProcessWorkers(2)
    yield found
    found.close()


def test_results_come_in_order_from_other_processes(workers: ProcessWorkers) -> None:
    found = list(workers.run(doubled, iter(range(30))))
    assert [number for number, _ in found] == [2 * number for number in range(30)]
    assert os.getpid() not in {process for _, process in found}


def test_pieces_are_drawn_only_as_they_are_needed_and_closing_gives_up_the_rest(workers: ProcessWorkers) -> None:
    drawn: list[int] = []

    def pieces() -> Iterator[int]:
        for number in range(1_000):
            drawn.append(number)
            yield number

    run = workers.run(doubled, pieces())
    assert next(run)[0] == 0
    run.close()
    assert len(drawn) < 10
    assert [number for number, _ in workers.run(doubled, range(6))] == [0, 2, 4, 6, 8, 10]


def test_what_work_raises_comes_back_and_harms_nobody_else(workers: ProcessWorkers) -> None:
    with pytest.raises(ValueError, match="0 cannot be done"):
        list(workers.run(failing, range(8)))
    assert len(list(workers.run(doubled, range(8)))) == 8


def test_little_work_and_one_core_need_no_process() -> None:
    for workers, count in ((ProcessWorkers(2), FEWEST - 1), (ProcessWorkers(1), 9)):
        assert list(workers.run(doubled, range(count))) == [(2 * number, os.getpid()) for number in range(count)]
        workers.close()


def test_where_the_processes_die_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_WORKERS_PARENT", str(os.getpid()))
    workers = ProcessWorkers(2)
    assert list(workers.run(killing, range(9))) == list(range(9))
    assert list(workers.run(doubled, range(9)))[8] == (16, os.getpid())
    workers.close()
