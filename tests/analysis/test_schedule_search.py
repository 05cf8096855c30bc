"""The search without a compiler makes the same schedules, and what it makes of an order is worth what it says."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from stafftalks.analysis.schedule_columns import columns
from stafftalks.analysis.schedule_search import Search
from tests.analysis.schedules import crossing

pytestmark = pytest.mark.xdist_group("schedule")
SCRIPT = """
import json
from stafftalks.analysis.schedule_columns import columns
from stafftalks.analysis.schedule_search import Search
from tests.analysis.schedules import crossing
search = Search(columns(crossing(12, money=9)), 5)
search.go_on(420)
print(json.dumps([search.value, search.schedules, *(each.tolist() for each in search.best)]))
"""


def test_the_plain_way_makes_the_same_schedules() -> None:
    plain = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    search = Search(columns(crossing(12, money=9)), 5)
    search.go_on(420)
    expected = [list(search.value), search.schedules, *(each.tolist() for each in search.best)]
    assert json.loads(plain.stdout) == expected


def test_what_was_found_elsewhere_is_gone_on_from() -> None:
    net = columns(crossing(24, money=20))
    far = Search(net, 1)
    far.go_on(2000)
    near = Search(net, 2)
    near.go_on(1)
    near.learn(*far.best, far.value[1:])
    assert near.value == far.value
    near.go_on(300)
    assert near.value <= far.value
    worse = near.best
    near.learn(*far.best, (10_000, 0))
    assert [each.tolist() for each in near.best] == [each.tolist() for each in worse]


def test_more_schedules_are_never_worse_and_seeds_differ() -> None:
    net = columns(crossing(24))
    values = []
    search = Search(net, 1)
    for _ in range(4):
        search.go_on(200)
        values.append(search.value)
    assert values == sorted(values, reverse=True)
    other = Search(net, 2)
    other.go_on(800)
    assert not np.array_equal(other.best[0], search.best[0])
