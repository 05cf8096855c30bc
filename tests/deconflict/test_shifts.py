"""A suggested shift clears what it is to clear, meets nothing new, and no smaller one does."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.deconflict import exact
from stafftalks.deconflict.accounts import accounts, excesses
from stafftalks.deconflict.shifts import Shift, shifts
from stafftalks.deconflict.volume import Volume
from stafftalks.deconflict.volumes import volumes
from stafftalks.values.quantity import Quantity
from tests.deconflict.cast import area, circle, volume

HERE = area((10, 10), (10, 11), (11, 11))
FAR = circle(40, 10, 900)
CAPACITIES = {"Ramp": Quantity.parse("3 items")}
windows = st.tuples(st.integers(-9, 9), st.integers(0, 3)).map(lambda pair: (60 * pair[0], 60 * (pair[0] + pair[1])))
bands = st.tuples(st.integers(-9, 9), st.integers(0, 3)).map(lambda pair: (10 * pair[0], 10 * (pair[0] + pair[1])))
others = st.lists(st.tuples(st.sampled_from([HERE, FAR]), windows, bands, st.integers(0, 3)), min_size=1, max_size=6)


def moved(one: Volume, shift: Shift) -> Volume:
    if shift.of == "time":
        return msgspec.structs.replace(one, start=one.start + shift.by, end=one.end + shift.by)  # type: ignore[operator]
    return msgspec.structs.replace(one, low_m=one.low_m + shift.by, high_m=one.high_m + shift.by)  # type: ignore[operator]


def meets(one: Volume, rest: list[Volume]) -> set[str]:
    other = volumes(rest)[0]
    found = {other.activities[b] for block in exact.between(volumes([one])[0], other) for b in block.other.tolist()}
    for account in accounts([volumes([one, *rest])[0]], CAPACITIES)[0]:
        if any((0, one.activity) in excess.users for excess in excesses(account, both=False)):
            found.add("Ramp")
    return found


@settings(max_examples=40)
@given(windows, bands, others, st.integers(0, 3), st.booleans())
def test_the_smallest_shift_each_way(window, band, rows, own: int, everything: bool) -> None:  # type: ignore[no-untyped-def]
    def claims(count: int) -> list[tuple[str, str]]:
        return [("Ramp", f"{count} items")] if count else []

    one = volume("one", HERE, window, band, claims(own))
    rest = [volume(str(n), place, when, height, claims(count)) for n, (place, when, height, count) in enumerate(rows)]
    today = meets(one, rest)
    allowed = set() if everything else today - {"0", "Ramp"}
    wanted = None if everything else ["0"]
    found = shifts(volumes([one])[0], volumes([*rest, one])[0], clear=wanted, resources=None, capacities=CAPACITIES)
    told = {(shift.of, shift.by > 0): shift.by for shift in found}
    assert len(told) == len(found)
    for of, step in (("time", 60), ("height", 10)):
        for ahead in (True, False):
            for count in range(1, 30):
                shift = Shift(of, step * count * (1 if ahead else -1))  # type: ignore[arg-type]
                left = meets(moved(one, shift), rest) - allowed
                if of == "height":
                    left -= {"Ramp"}  # no height helps against a claim
                if told.get((of, ahead)) == shift.by:
                    assert not left
                    break
                assert left, f"{shift} would do"
            else:
                raise AssertionError("nothing was found, though all lies within reach")


def test_nothing_is_suggested_where_nothing_helps() -> None:
    always = volume("x", HERE, (None, None), (None, None))
    assert shifts(volumes([volume("a", HERE, (0, 60), (0, 10))])[0], volumes([always])[0]) == ()
    assert shifts(volumes([volume("a", HERE, (0, 60))])[0], volumes([always])[0]) == ()


def test_a_ceiling_is_lowered_where_the_floor_is_open() -> None:
    other = volume("x", HERE, (None, None), (500, None))
    assert shifts(volumes([volume("a", HERE, (0, 60), (None, 800))])[0], volumes([other])[0]) == (
        Shift("height", -310),
    )


def test_bounds_of_the_sky_are_kept() -> None:
    low = volume("x", HERE, (0, 60), (None, 99_990))
    assert shifts(volumes([volume("a", HERE, (0, 60), (0, 100))])[0], volumes([low])[0])[-1].of == "time"


def test_an_activity_of_several_volumes_moves_as_one() -> None:
    rows = [volume("a", HERE, (0, 60)), volume("a", FAR, (120, 180))]
    others_ = [volume("x", HERE, (30, 60)), volume("y", FAR, (200, 250))]
    assert shifts(volumes(rows)[0], volumes(others_)[0]) == (Shift("time", -60), Shift("time", 180))
