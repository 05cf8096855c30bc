"""Activities as two staffs might plan them in a year over one theatre: circles, areas and corridors, hours to weeks long, stacked in height."""

from collections.abc import Iterator

import msgspec
import numpy as np
import numpy.typing as npt

from stafftalks.deconflict.volume import Volume
from stafftalks.values.place import Area, Circle, Corridor, LonLat, Place

Floats = npt.NDArray[np.float64]
DAY = 86_400
CORNERS = 6
_SOUTH, _WEST, _HIGH, _WIDE = 22.0, 30.0, 18.0, 20.0


class World(msgspec.Struct):
    """Activities as columns. `form` is 0 for a circle, 1 for an area, 2 for a corridor; `size_m` is a radius, or a tenth of it half a width; `turns` and `far` are an area's corners, `to` a corridor's end."""

    form: npt.NDArray[np.int64]
    lon: Floats
    lat: Floats
    size_m: Floats
    turns: Floats
    far: Floats
    to_lon: Floats
    to_lat: Floats
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    low: npt.NDArray[np.int64]
    high: npt.NDArray[np.int64]


def world(count: int, seed: int, dense_as: int = 100_000) -> World:
    """`count` activities, as many to a square kilometre and a day as `dense_as` of them have in the theatre as it is: beyond, it grows.

    At 100,000 against 100,000 each meets about two and a half of the others'.
    """
    rng = np.random.default_rng(seed)
    grown = (count / dense_as) ** 0.5
    form = rng.choice(3, count, p=[0.4, 0.4, 0.2])
    # A theatre that grows keeps its middle; in the east it may pass the antimeridian, in no case the poles.
    lat = np.clip(_SOUTH + _HIGH / 2 + (rng.random(count) - 0.5) * _HIGH * grown, -80, 80)
    lon = _WEST + _WIDE / 2 + (rng.random(count) - 0.5) * _WIDE * grown
    size = rng.lognormal(np.log(35e3), 0.6, count)
    narrow = 111_000 * np.cos(np.radians(lat))
    turns = np.sort(rng.uniform(0, 2 * np.pi, (count, CORNERS)), axis=1)
    bearing, length = rng.uniform(0, 2 * np.pi, count), 3 * size
    start = rng.integers(0, 365 * DAY, count)
    low = rng.integers(0, 10, count) * 1000
    return World(
        form,
        (lon + 180) % 360 - 180,
        lat,
        size,
        turns,
        1.2 * size,
        (lon + length * np.sin(bearing) / narrow + 180) % 360 - 180,
        lat + length * np.cos(bearing) / 111_000,
        start,
        start + rng.lognormal(np.log(30 * 3600), 0.9, count).astype(np.int64),
        low,
        low + rng.integers(1, 4, count) * 1000,
    )


def volumes_of(made: World, name: str) -> Iterator[Volume]:
    """The same as volumes, one by one."""
    bounds = zip(made.start.tolist(), made.end.tolist(), made.low.tolist(), made.high.tolist(), strict=True)
    for number, (place, (start, end, low, high)) in enumerate(zip(_places(made), bounds, strict=True)):
        activity = f"{name}{number}"
        yield Volume(activity=activity, title=activity, place=place, start=start, end=end, low_m=low, high_m=high)


def _places(made: World) -> Iterator[Place]:
    lon, lat, to_lon, to_lat = (
        np.round(each * 1e6).astype(int) for each in (made.lon, made.lat, made.to_lon, made.to_lat)
    )
    corner_lon, corner_lat = (np.round(each * 1e6).astype(int).tolist() for each in corners(made))
    for number, form in enumerate(made.form.tolist()):
        at = LonLat(int(lon[number]), int(lat[number]))
        if form == 0:
            yield Circle(centre=at, radius_m=int(made.size_m[number]))
        elif form == 1:
            yield Area(ring=tuple(map(LonLat, corner_lon[number], corner_lat[number])))
        else:
            to = LonLat(int(to_lon[number]), int(to_lat[number]))
            yield Corridor(points=(at, to), half_width_m=max(1, int(made.size_m[number] / 10)))


def corners(made: World) -> tuple[Floats, Floats]:
    """Longitudes and latitudes of the corners of each as an area, in degrees."""
    narrow = 111_000 * np.cos(np.radians(made.lat))
    lon = made.lon[:, None] + made.far[:, None] * np.sin(made.turns) / narrow[:, None]
    return (lon + 180) % 360 - 180, made.lat[:, None] + made.far[:, None] * np.cos(made.turns) / 111_000
