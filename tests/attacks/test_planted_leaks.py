"""Leaks planted in a whole headquarters, each of a kind of its own, and each found by what compares two of its lives.

Those planted in the services alone are in `always_true/test_two_worlds.py`. A plant that was not found would mean that the comparison looks away.
"""

from collections.abc import Callable

import pytest

from tests.always_true.stage import Stage, first_difference
from tests.attacks.whole_plants import IN_FILES, ON_THE_WIRE, House

pytestmark = pytest.mark.xdist_group("whole")
Plant = Callable[[House], None]


def compared(stage: Stage, plant: str, *, wire: bool) -> str:
    """Where a quiet and a busy life of a headquarters with this plant part."""
    steps = stage.wire_steps() if wire else stage.file_steps()
    quiet, busy = (stage.live_through(private, plant, steps) for private in ([], stage.few_acts()))
    return first_difference(quiet, busy)


@pytest.mark.parametrize("plant", ON_THE_WIRE, ids=lambda plant: plant.__name__)
def test_a_leak_planted_on_the_wire_is_found(whole_stage: Stage, plant: Plant) -> None:
    assert compared(whole_stage, plant.__name__, wire=True) != ""


@pytest.mark.parametrize("plant", IN_FILES, ids=lambda plant: plant.__name__)
def test_a_leak_planted_in_files_is_found(whole_stage: Stage, plant: Plant) -> None:
    assert compared(whole_stage, plant.__name__, wire=False) != ""


def test_without_a_plant_the_same_lives_cannot_be_told_apart(whole_stage: Stage) -> None:
    assert compared(whole_stage, "", wire=True) == ""
    assert compared(whole_stage, "", wire=False) == ""
