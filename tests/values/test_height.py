"""Heights are read in metres, feet and flight levels, and a band is never narrower than it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.planning import forms
from stafftalks.planning.forces import Activity, Altitude
from stafftalks.values.errors import MisuseError
from stafftalks.values.height import METRES, measured, whole_metres


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("1500", 1500, 1500),
        ("-20 m", -20, -20),
        ("5000 ft", 1524, 1524),
        ("5,001ft", 1524, 1525),
        ("fl120", 3657, 3658),
        ("FL 0", 0, 0),
        ("12.5", 12, 13),
    ],
)
def test_a_height_is_rounded_so_that_nothing_is_cut_off(text: str, low: int, high: int) -> None:
    assert whole_metres(text, upwards=False) == low
    assert whole_metres(text, upwards=True) == high


@pytest.mark.parametrize("text", ["", "high", "FL1200", "5 km", "12 ft m", "1e3", "FL-1"])
def test_what_is_no_height_is_answered_with_a_sentence(text: str) -> None:
    with pytest.raises(MisuseError, match="is no height"):
        whole_metres(text, upwards=True)


@given(st.integers(-1_500, 300_000), st.sampled_from(["m", "ft"]))
def test_whole_metres_are_the_nearest_outside(number: int, unit: str) -> None:
    exact = number * METRES[unit.upper()]
    low, high = (whole_metres(f"{number} {unit}", upwards=up) for up in (False, True))
    assert low <= exact + 1e-6
    assert high >= exact - 1e-6
    assert high - low <= 1
    assert measured(f"{number} {unit}") == (exact, unit.upper())


def test_a_form_takes_feet_and_flight_levels() -> None:
    typed = {"title": ["Tanker"], "what": ["Refuel"], "altitude.low_m": ["5000 ft"], "altitude.high_m": ["FL120"]}
    read = forms.parse("activity", typed)
    assert isinstance(read, Activity)
    assert read.altitude == Altitude(low_m=1524, high_m=3658)
    wrong = forms.parse("activity", {**typed, "altitude.low_m": ["FL400 m"]})
    assert isinstance(wrong, forms.FormErrors)
    assert "FL120" in wrong.errors["altitude.low_m"]
