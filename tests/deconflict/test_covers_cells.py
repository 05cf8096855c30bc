"""Cells are one tree; their tokens say so, and their outlines lie where they are."""

import itertools

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from stafftalks.deconflict import covers_cells
from stafftalks.deconflict.covers import area_cells, outline
from stafftalks.deconflict.earth import directions
from stafftalks.deconflict.faces import drawn, nearest
from stafftalks.values.place import LonLat, Point

TOKENS = st.builds(
    lambda face, tail: face + "".join(tail),
    st.sampled_from("abcdef"),
    st.lists(st.sampled_from("0123"), max_size=covers_cells.FINEST),
)


@hypothesis.given(TOKENS)
def test_a_cell_is_spelt_in_one_way(spelt: str) -> None:
    level, code = covers_cells.cell(spelt)
    assert covers_cells.token(level, code) == spelt
    face, across, up = covers_cells.sides(level, np.array([code]))
    assert covers_cells.numbers(level, face, across, up).tolist() == [code]
    if level:
        assert covers_cells.cell(spelt[:-1]) == (level - 1, code >> 2)


@pytest.mark.parametrize("spelt", ["", "g", "0", "D0", "d4", "d0 ", "d" + "0" * 17, "d0\n", "dé"])
def test_what_is_no_cell_is_refused(spelt: str) -> None:
    with pytest.raises(ValueError, match="is not a cell"):
        covers_cells.cell(spelt)


@hypothesis.given(
    st.integers(-180_000_000, 180_000_000), st.integers(-90_000_000, 90_000_000), st.sampled_from([0, 5, 16])
)
@hypothesis.settings(max_examples=60)
def test_a_point_lies_in_its_cell_at_every_level(lon_e6: int, lat_e6: int, level: int) -> None:
    """One cell, or those on both sides where it is within a metre of a line between them."""
    found = area_cells(Point(at=LonLat(lon_e6, lat_e6)), level)
    assert 1 <= len(found) <= 4
    place = directions(np.array([lon_e6]), np.array([lat_e6]))
    x, y, _along = drawn(place, nearest(place))
    number = (1 << level) - 1
    line = covers_cells.line(level, np.arange(number + 2))
    across = np.clip(np.searchsorted(line, x, side="right") - 1, 0, number)
    up = np.clip(np.searchsorted(line, y, side="right") - 1, 0, number)
    own = covers_cells.token(level, int(covers_cells.numbers(level, nearest(place), across, up)[0]))
    assert any(own.startswith(each) for each in found), "four neighbours may be one larger cell"


def test_cells_fill_their_cell_and_are_of_about_one_size() -> None:
    assert covers_cells.normal(("d1", "d00", "d01", "d02", "d03", "d3", "d2", "d123")) == ("d",)
    assert covers_cells.normal(("d00", "d01", "d02", "e")) == ("d00", "d01", "d02", "e")
    sizes = []
    for spelt in ("c0000", "c0333", "c1111", "c3333"):
        ring = outline(spelt)
        assert len(ring) == len(set(ring))
        lon, lat = (np.array(each) for each in zip(*ring, strict=True))
        assert (np.abs(np.diff(lon)) <= 180).all()
        places = directions(
            np.round(((lon + 180) % 360 - 180) * 1e6).astype(np.int64), np.round(lat * 1e6).astype(np.int64)
        )
        following = np.roll(places, -1, axis=0)
        middle = places.mean(axis=0)
        sizes.append(
            float(np.abs(np.cross(places - middle, following - middle) @ (middle / np.linalg.norm(middle))).sum() / 2)
        )
    assert max(sizes) / min(sizes) < 2.2
    assert sum(sizes) / len(sizes) == pytest.approx(4 * np.pi / 6 / 4**4, rel=0.3)


def test_neighbours_share_their_side() -> None:
    """The outlines of the four in a cell meet where their lines do."""
    for face, level in itertools.product("abcdef", (1, 5)):
        corners = [_spots(outline(face + "1" * (level - 1) + digit)) for digit in "0123"]
        assert len(set.intersection(*corners)) == 1


def _spots(ring: tuple[tuple[float, float], ...]) -> set[tuple[int, ...]]:
    lon, lat = np.radians(np.array(ring)).T
    found = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
    return {tuple(spot) for spot in np.round(found * 1e8).astype(int).tolist()}
