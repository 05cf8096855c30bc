"""What cannot be compared is said with its activity and field, and the rest is compared all the same."""

import pytest

from stafftalks.deconflict import exact
from stafftalks.deconflict.volume import Fault, Volume, volume_of
from stafftalks.deconflict.volumes import volumes
from stafftalks.planning.forces import Activity, Altitude, Resource
from stafftalks.values.errors import WrongValueError
from stafftalks.values.place import NamedPlace, Place
from stafftalks.values.quantity import Quantity
from stafftalks.values.relative_time import Instant, RelativeTime, Window
from tests.deconflict.cast import area, circle, corridor, volume

GOOD = circle(11, 11, 50_000)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (area((10, 10), (12, 12), (10, 12), (12, 10)), "crosses or touches itself near 11.00"),
        (area((10, 10), (10, 11), (11, 11), (10, 11)), "crosses or touches itself"),
        (area((10, 1), (11, 1), (12, 1)), "crosses or touches itself near 11."),
        (area((10, 10), (11, 10), (10, 10), (10, 11)), "crosses or touches itself"),
        (NamedPlace(name="Port of Mersin"), "is the name “Port of Mersin” alone: give its coordinates"),
        (circle(0, 0, 5_000_001), "at most 5,000 km can be checked"),
        (corridor(6_000_000, (0, 0), (1, 1)), "reaches 6,000 km"),
        (corridor(10, (0, 0), (1, 179)), "has an edge longer than 10,000 km"),
        (area((0, 0), (0, 80), (0, 160), (0, -120), (0, -40)), "two halves alike"),
        (area((-20, 0), (-20, 70), (-20, 140), (-20, -150), (-20, -80), (10, -30), (10, -80), (-20, -30)), "crosses or touches itself"),
        (corridor(10, *((0, 89 * (number % 2)) for number in range(100))), "edges of more than 800,000 km"),
    ],
)  # fmt: skip
def test_a_footprint_that_cannot_be_one_is_told_and_meets_nothing(place: Place, words: str) -> None:
    made, faults = volumes([volume("good", GOOD), volume("bad", place), volume("other", GOOD)])
    (fault,) = faults
    assert (fault.activity, fault.field) == ("bad", "footprint")
    assert words in fault.sentence
    assert fault.sentence.startswith("“Activity bad”: the footprint ")
    assert fault.sentence.endswith(".")
    assert [
        (made.activities[a], made.activities[b])
        for block in exact.within(made)
        for a, b in zip(block.one, block.other, strict=True)
    ] == [("good", "other")]


def test_repeated_points_change_nothing() -> None:
    made, faults = volumes(
        [
            volume("a", corridor(10, (1, 1), (1, 1), (1, 2), (1, 2))),
            volume("b", corridor(10, (1, 1), (1, 1))),
            volume("c", circle(1, 1, 1)),
        ]
    )
    assert faults == ()
    assert sum(len(block.one) for block in exact.within(made)) == 3


def activity(window: Window = Window(Instant(0), Instant(60)), **fields: object) -> Activity:  # noqa: B008
    return Activity(title="Sweep", what="Sweep", window=window, **{"footprint": GOOD, **fields})  # type: ignore[arg-type]


def test_an_activity_is_a_volume_once_its_anchors_have_dates() -> None:
    found, faults = volume_of(
        "XMR/a",
        activity(
            Window(RelativeTime("C", 1), RelativeTime("D", 2)),
            altitude=Altitude(low_m=100, high_m=2000),
            resources=(Resource(name="Ramp", quantity=Quantity.parse("3 items")),),
        ),
        {"C": Instant(1_000_000), "D": Instant(2_000_000)},
    )
    assert faults == ()
    assert found is not None
    assert (found.start, found.end, found.low_m, found.high_m) == (1_086_400, 2_172_800, 100, 2000)
    assert (found.title, found.place, found.claims[0].resource) == ("Sweep", GOOD, "Ramp")


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (Window(), "no window is given"),
        (Window(RelativeTime("C", 1), Instant(60)), "the window hangs on C, whose date is not known here"),
        (Window(RelativeTime("D", 1), RelativeTime("E", 1)), "the window ends before it starts"),
        (Window(RelativeTime("W", 90_000), None), "the window leaves the calendar"),
    ],
)  # fmt: skip
def test_a_window_that_is_at_no_time_leaves_the_activity_out(window: Window, words: str) -> None:
    dates = {"D": Instant(2_000_000), "E": Instant(1_000), "W": Instant(253_000_000_000)}
    found, faults = volume_of("XMR/a", activity(window), dates)
    assert found is None
    assert [(fault.activity, fault.field) for fault in faults] == [("XMR/a", "window")]
    assert words in faults[0].sentence


def test_without_a_footprint_claims_are_compared() -> None:
    found, faults = volume_of("XMR/a", activity(footprint=None), {})
    assert found is not None
    assert found.place is None
    assert faults == (Fault("XMR/a", "footprint", "“Sweep”: no footprint is given; say where."),)


def test_a_volume_cannot_be_upside_down() -> None:
    for bounds in ({"start": 2, "end": 1}, {"low_m": 2, "high_m": 1}):
        with pytest.raises(WrongValueError):
            Volume(activity="a", title="A", **bounds)
