"""The terms of a private check, as options give them: an area from a file or as text, a window, heights, what comes out and for whom."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import msgspec
import typer

from stafftalks.accord.bodies import CheckTerms
from stafftalks.cli import inputs, names
from stafftalks.services.check_tells import LEARNS, MODES
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import MisuseError, WrongValueError
from stafftalks.values.height import whole_metres
from stafftalks.values.ids import ElementId
from stafftalks.values.place import Area, Circle, Place, from_geojson, parse_place
from stafftalks.values.relative_time import Instant

AreaOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--area", metavar="FILE|PLACE", help="A GeoJSON file with one polygon (or a point with radius_m), or as “circle 36.8, 34.6 radius 50 km” or “area a; b; c”."
    ),
]  # fmt: skip
FromOption: TypeAlias = Annotated[
    str, typer.Option("--from", metavar="TIME", help="Start of the window, UTC, as 2027-05-04T06:00Z.")
]
UntilOption: TypeAlias = Annotated[str, typer.Option("--until", metavar="TIME", help="End of the window, UTC.")]
FloorOption: TypeAlias = Annotated[
    str, typer.Option("--floor", metavar="HEIGHT", help="Lowest height: metres, or as 5000 ft or FL120; none: open.")
]
CeilingOption: TypeAlias = Annotated[str, typer.Option("--ceiling", metavar="HEIGHT", help="Highest height, likewise.")]
ModeOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--mode", metavar="MODE", help="What comes out: which (of one's own), count (a number) or any (yes or no)."
    ),
]
LearnsOption: TypeAlias = Annotated[
    str, typer.Option("--learns", metavar="WHO", help="Who is told: both, proposer or partner.")
]
NumberOption: TypeAlias = Annotated[
    int,
    typer.Option("--number", metavar="N", min=1, max=1_000, help="To the size of how many activities each side pads."),
]
AuditorOption: TypeAlias = Annotated[
    str,
    typer.Option("--auditor", metavar="NAME", help="Who may be shown afterwards what was put in; nobody where empty."),
]
DaysOption: TypeAlias = Annotated[
    int, typer.Option("--days", metavar="N", min=1, max=90, help="Days to answer and to run.")
]
_MAX_AREA_BYTES: Final = 1024 * 1024


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What the options of a proposal say, as typed."""

    to: str
    purpose: str
    area: str
    own_area: bool
    start: str
    end: str
    floor: str
    ceiling: str
    resources: bool
    mode: str
    learns: str
    number: int
    auditor: str
    days: int
    refines: str


def terms(hq: Headquarters, said: Said) -> CheckTerms:
    """The terms that these options say; raises MisuseError with a sentence where one of them is missing or says nothing."""
    from stafftalks.services import check_drafts
    from stafftalks.services.check_drafts import DAY_S, Draft

    if not said.to:
        raise MisuseError("Say with whom: --to PARTY.")
    if not said.purpose.strip():
        raise MisuseError("Say what the check is for: --purpose TEXT. The partner reads it.")
    if not said.start or not said.end:
        raise MisuseError("Give the window: --from TIME and --until TIME, as 2027-05-04T06:00Z.")
    if bool(said.area) == said.own_area:
        raise MisuseError(
            "Give the area, once: --area FILE or PLACE, or --own-area for a circle around our own activities."
        )
    if said.mode not in MODES:
        raise MisuseError(f"{said.mode!r} is not what a check can tell: give one of {', '.join(MODES)}.")
    if said.learns not in LEARNS:
        raise MisuseError(f"{said.learns!r} is nobody who can be told: give one of {', '.join(LEARNS)}.")
    since, until = Instant.parse(said.start).seconds, Instant.parse(said.end).seconds
    if until < since:
        raise MisuseError("The window ends before it begins: exchange --from and --until.")
    return check_drafts.terms(
        Draft(
            to=names.party(said.to),
            purpose=said.purpose,
            area=check_drafts.around(hq, since, until) if said.own_area else _area(said.area),
            start=since,
            end=until,
            expires=hq.clock.now() + said.days * DAY_S,
            floor_m=whole_metres(said.floor, upwards=False) if said.floor else None,
            ceiling_m=whole_metres(said.ceiling, upwards=True) if said.ceiling else None,
            resources=said.resources,
            mode=said.mode,
            learns=said.learns,
            activities=said.number,
            auditor=said.auditor,
        )
    )


def activities(hq: Headquarters, given: Sequence[str]) -> tuple[ElementId, ...]:
    """The own activities named, or all; raises MisuseError for one that is none."""
    from stafftalks.services import check_drafts

    if not given:
        return check_drafts.all_activities(hq)
    rows = [names.element(hq, text) for text in given]
    wrong = next((row for row in rows if row.kind != "activity"), None)
    if wrong is not None:
        raise MisuseError(f"{wrong.title!r} is a {wrong.kind}, and only activities take part in a check.")
    return tuple(dict.fromkeys(row.id for row in rows))


def _area(text: str) -> Area | Circle:
    is_file = Path(text).suffix.lower() in (".json", ".geojson") or text == "-"
    place = _of_file(text) if is_file else parse_place(text)
    if not isinstance(place, Area | Circle):
        raise MisuseError("The area must be a polygon, or a circle: a point, a corridor or a name alone is none.")
    return place


def _of_file(name: str) -> Place:
    """The one place in a GeoJSON file."""
    try:
        read = json.loads(inputs.read_bytes(name, _MAX_AREA_BYTES))
    except (ValueError, RecursionError) as error:
        raise MisuseError(f"{name} is not GeoJSON: {error}.") from error
    if isinstance(read, dict) and read.get("type") == "FeatureCollection":
        features = read.get("features")
        if not isinstance(features, list) or len(features) != 1:
            raise MisuseError(f"{name} must hold one feature: the area of the check.")
        (read,) = features
    if not isinstance(read, dict):
        raise MisuseError(f"{name} is not GeoJSON: a geometry or a feature is needed.")
    try:
        return from_geojson(read)
    except WrongValueError as error:
        raise MisuseError(f"{name}: {error}") from error
