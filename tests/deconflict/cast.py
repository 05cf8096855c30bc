"""Footprints of every form, where geometry is easy and where it is not; volumes and activities made from them."""

from collections.abc import Sequence

from geographiclib.geodesic import Geodesic
from hypothesis import strategies as st

from stafftalks.deconflict.volume import Claim, Volume
from stafftalks.values.place import Area, Circle, Corridor, LonLat, Place, Point
from stafftalks.values.quantity import Quantity
from tests.deconflict import oracle

HOURS = 3600
HARD = [
    (90, 0), (-90, 0), (89.9, 50), (0, 180), (52, -179.9), (35.2644, 45), (-35.2644, -135), (0, 45), (45.2, 0), (52, 5), (10, 10), (36, 33),
]  # fmt: skip
"""Latitude and longitude of poles, the antimeridian, corners and edges of the cube's faces, and of nothing in particular."""


def spot(lat: float, lon: float) -> LonLat:
    around = round(((lon + 180) % 360 - 180) * 1e6)
    return LonLat(around, round(max(-90.0, min(90.0, lat)) * 1e6))


def away(lat: float, lon: float, azimuth: float, metres: float) -> LonLat:
    found = Geodesic.WGS84.Direct(lat, lon, azimuth, metres)
    return spot(found["lat2"], found["lon2"])


def area(*corners: tuple[float, float]) -> Area:
    return Area(ring=tuple(spot(*corner) for corner in corners))


def ringed(*corners: LonLat) -> Place:
    """The area with these corners; where they are too few, at a pole or after rounding, the first of them."""
    return Area(ring=corners) if len(set(corners)) > 2 and corners[0] != corners[-1] else Point(at=corners[0])


def circle(lat: float, lon: float, metres: int) -> Circle:
    return Circle(centre=spot(lat, lon), radius_m=metres)


def corridor(half_width_m: int, *points: tuple[float, float]) -> Corridor:
    return Corridor(points=tuple(spot(*point) for point in points), half_width_m=half_width_m)


def volume(
    name: str,
    place: Place | None = None,
    window: tuple[int | None, int | None] = (0, 0),
    band: tuple[int | None, int | None] = (None, None),
    claims: Sequence[tuple[str, str]] = (),
) -> Volume:
    return Volume(
        activity=name,
        title=f"Activity {name}",
        place=place,
        start=window[0],
        end=window[1],
        low_m=band[0],
        high_m=band[1],
        claims=tuple(Claim(resource, Quantity.parse(quantity)) for resource, quantity in claims),
    )


@st.composite
def places(draw: st.DrawFn, around: tuple[float, float], size_m: float) -> Place:
    """A footprint about as large as `size_m` and about as far from `around`."""
    azimuths = st.floats(0, 360)
    lat, lon = around
    centre = away(lat, lon, draw(azimuths), size_m * draw(st.floats(0, 2)))
    middle = centre.lat_e6 / 1e6, centre.lon_e6 / 1e6
    match draw(st.sampled_from(["point", "circle", "corridor", "area"])):
        case "point":
            return Point(at=centre)
        case "circle":
            return Circle(centre=centre, radius_m=max(1, int(size_m * draw(st.floats(0.1, 1)))))
        case "corridor":
            points = draw(st.lists(st.tuples(azimuths, st.floats(0, 1.5)), min_size=2, max_size=4))
            width = max(1, int(size_m * draw(st.floats(0.01, 0.3))))
            return Corridor(points=tuple(away(*middle, a, size_m * far) for a, far in points), half_width_m=width)
        case _:
            turns = draw(st.lists(st.integers(0, 71), min_size=3, max_size=8, unique=True))
            far = draw(st.lists(st.floats(0.2, 1), min_size=len(turns), max_size=len(turns)))
            ring = [away(*middle, 5 * turn, size_m * part) for turn, part in zip(sorted(turns), far, strict=True)]
            return ringed(*ring)


@st.composite
def touching(draw: st.DrawFn, place: Place, size_m: float) -> Place:
    """A footprint that shares a corner, an edge or a place on an edge with another, or that all but touches it from outside."""
    corners = [edge.at(0) for edge in oracle.edges(place)]
    number = draw(st.integers(0, len(corners) - 1))
    corner, following = corners[number], corners[(number + 1) % len(corners)]
    beyond = [away(*corner, draw(st.floats(0, 360)), size_m * draw(st.floats(1.5, 4))) for _ in range(2)]
    match draw(st.sampled_from(["corner", "edge", "circle", "line", "on"])):
        case "corner":
            return ringed(spot(*corner), *beyond)
        case "edge" if len(corners) > 2:
            return ringed(spot(*corner), spot(*following), beyond[0])
        case "circle":
            centre = beyond[0].lat_e6 / 1e6, beyond[0].lon_e6 / 1e6
            nearest = min(
                oracle.metres(centre, edge.at(edge.length * part / 8))
                for edge in oracle.edges(place)
                for part in range(9)
            )
            radius = round(nearest - oracle.reach(place)) + draw(st.integers(-3, 3))
            return Circle(centre=beyond[0], radius_m=max(1, radius))
        case "line":
            return Corridor(points=(spot(*corner), beyond[0]), half_width_m=1)
        case _:
            edge = oracle.edges(place)[number]
            return Circle(centre=spot(*edge.at(edge.length * draw(st.floats(0, 1)))), radius_m=1)
