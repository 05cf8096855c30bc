"""Activities from a GeoJSON file: features with a footprint, heights, a window and claims. Which properties are read: `docs/guide/deconfliction.md`.

A feature that cannot be read, or a part of it, is a fault beside the others; a file is refused as a whole only where it is no GeoJSON of longitude and latitude on
WGS84. What would change the meaning if it were passed over (heights in coordinates, a radius under another name, a ring that is not closed) is a fault as well.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from stafftalks.formats import geojson_parts as parts
from stafftalks.planning.forces import Activity, Altitude
from stafftalks.values.errors import MisuseError, PeerError
from stafftalks.values.quantity import Quantity
from stafftalks.values.relative_time import ANCHORS, Instant

MAX_BYTES: Final = 256 * 1024 * 1024
"""The largest file read."""
_WGS84: Final = re.compile(
    r"(?:urn:ogc:def:crs:OGC:1\.3:CRS84|urn:ogc:def:crs:EPSG::4326|EPSG:4326|OGC:CRS84)", re.IGNORECASE
)


class FeatureFault(msgspec.Struct, frozen=True):
    """What of a feature could not be read: its activity's name, the property or "footprint", and a sentence."""

    activity: str
    field: str
    sentence: str


class GeoActivities(msgspec.Struct, frozen=True):
    """What a file holds. An activity of several parts stands several times under its name; only the first of them claims resources.

    `resources` is None where the file lists none. `features` counts all, also those that could not be read; `notes` say what was passed over.
    """

    activities: tuple[tuple[str, Activity], ...]
    faults: tuple[FeatureFault, ...]
    anchors: Mapping[str, Instant]
    resources: Mapping[str, Quantity | None] | None
    notes: tuple[str, ...]
    features: int


class _Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for a whole file: its member `stafftalks`."""

    anchors: dict[str, str] = {}
    resources: dict[str, str | None] | None = None
    altitude_unit: str = ""
    altitude_datum: str = ""


class _File(msgspec.Struct, frozen=True):
    type: str
    features: list[msgspec.Raw] = []
    crs: object = None
    stafftalks: _Settings = _Settings()


class _Feature(msgspec.Struct, frozen=True):
    type: str
    geometry: dict[str, object] | None = None
    properties: dict[str, object] | None = None
    id: str | int | float | None = None


def read(raw: bytes, called: str) -> GeoActivities:
    """The activities in a file that people call `called`; raises PeerError where it is not GeoJSON, or not on WGS84."""
    whole = _decoded(raw, called)
    faults: list[FeatureFault] = []
    anchors = {letter: at for letter, text in whole.stafftalks.anchors.items() if (at := _anchor(letter, text, faults))}
    features = [msgspec.Raw(raw)] if whole.type == "Feature" else whole.features
    taken: dict[str, int] = {}
    passed: Counter[str] = Counter()
    activities: list[tuple[str, Activity]] = []
    for number, feature in enumerate(features, 1):
        try:
            found = msgspec.json.decode(feature, type=_Feature)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            faults.append(FeatureFault(str(number), "feature", f"Feature {number} is not a GeoJSON Feature: {error}."))
            continue
        passed.update((found.properties or {}).keys() - parts.READ)
        activities += _activities(found, number, whole.stafftalks, taken, faults)
    notes = [
        f"Not read: the property “{parts.line(name)}” of {count:,} features." for name, count in sorted(passed.items())
    ]
    resources = _resources(whole.stafftalks.resources, faults)
    return GeoActivities(tuple(activities), tuple(faults), anchors, resources, tuple(notes[:20]), len(features))


def _decoded(raw: bytes, called: str) -> _File:
    if len(raw) > MAX_BYTES:
        raise PeerError(f"{called} has {len(raw):,} bytes; at most {MAX_BYTES:,} are read. Divide it.")
    try:
        whole = msgspec.json.decode(raw, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PeerError(f"{called} is not GeoJSON: {str(error).rstrip('.')}.") from None
    if whole.type not in ("FeatureCollection", "Feature"):
        raise PeerError(
            f"{called} holds a GeoJSON {whole.type[:40]!r}: a FeatureCollection, or one Feature, is needed."
        )
    named = whole.crs.get("properties") if isinstance(whole.crs, Mapping) else None
    name = named.get("name") if isinstance(named, Mapping) else None
    if whole.crs is not None and not (isinstance(name, str) and _WGS84.fullmatch(name)):
        raise PeerError(
            f"{called} is in another reference system than WGS84: export it as longitude and latitude (EPSG:4326)."
        )
    return whole


def _activities(
    feature: _Feature, number: int, settings: _Settings, taken: dict[str, int], faults: list[FeatureFault]
) -> Iterator[tuple[str, Activity]]:
    """The activity of a feature, once for each of its parts; none where it is at no time that can be read."""
    properties = feature.properties or {}
    title = parts.line(properties.get("title") or properties.get("name") or "") or f"Feature {number}"
    name = _own_name(feature, number, taken)

    def fault(field: str, error: MisuseError) -> None:
        faults.append(FeatureFault(name, field, f"“{title}”: {error}"))

    if feature.type != "Feature":
        fault("feature", MisuseError(f"this is a GeoJSON {feature.type[:40]!r}, not a Feature."))
        return
    try:
        window = parts.window(properties)
    except MisuseError as error:
        fault("window", error)
        return
    try:
        places = tuple(parts.places(feature.geometry, properties))
    except MisuseError as error:
        fault("footprint", error)
        places = ()
    try:
        band = parts.altitude(properties, settings.altitude_unit, settings.altitude_datum)
    except MisuseError as error:
        fault("altitude", error)
        places, band = (), Altitude()  # a band that cannot be read is no band: it would meet everything
    claims = []
    try:
        for given in parts.claims(properties):
            try:
                claims.append(parts.claim(given))
            except MisuseError as error:
                fault("resources", error)
    except MisuseError as error:
        fault("resources", error)
    first = Activity(
        title=title,
        what=title,
        footprint=places[0] if places else None,
        altitude=band,
        window=window,
        resources=tuple(claims),
    )
    yield name, first
    for place in places[1:]:
        yield name, msgspec.structs.replace(first, footprint=place, resources=())


def _own_name(feature: _Feature, number: int, taken: dict[str, int]) -> str:
    """The feature's id, or its number; what is given twice gets a number behind it, so that the two are compared."""
    given = feature.id if feature.id is not None else (feature.properties or {}).get("id")
    name = parts.line(given) if isinstance(given, str | int | float) and not isinstance(given, bool) else ""
    name = name or str(number)
    while name in taken:
        taken[name] += 1
        name = f"{name}#{taken[name]}"
    taken[name] = 1
    return name


def _resources(
    given: Mapping[str, str | None] | None, faults: list[FeatureFault]
) -> Mapping[str, Quantity | None] | None:
    if given is None:
        return None
    found: dict[str, Quantity | None] = {}
    for name, text in given.items():
        try:
            found[parts.line(name)] = None if text is None else Quantity.parse(text)
        except MisuseError as error:
            faults.append(FeatureFault("", "resources", f"“{parts.line(name)}”: its capacity cannot be read: {error}"))
            found[parts.line(name)] = None
    return found


def _anchor(letter: str, text: str, faults: list[FeatureFault]) -> Instant | None:
    if letter not in ANCHORS:
        sentence = f"“{parts.line(letter)}” is no anchor: use one of {', '.join(ANCHORS)}."
        faults.append(FeatureFault("", "anchors", sentence))
        return None
    try:
        return Instant.parse(text)
    except MisuseError as error:
        faults.append(FeatureFault("", "anchors", f"The date of {letter} cannot be read: {error}"))
        return None
