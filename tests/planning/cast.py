"""Elements of two allies for every kind, and Hypothesis strategies for content as people could have typed it."""

import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import strategies as st

from stafftalks.planning import kinds
from stafftalks.planning.fields import FieldSpec, describe
from stafftalks.planning.plain import to_plain
from stafftalks.planning.refs import ElementRef, ExactRef
from stafftalks.values.ids import ElementId, PartyId, VersionHash, base32, element_id
from stafftalks.values.place import Area, Circle, Corridor, LonLat, NamedPlace, Point
from stafftalks.values.quantity import Count, Quantity, Unit
from stafftalks.values.relative_time import ANCHORS, Instant, RelativeTime, Window, compare_moments
from stafftalks.values.scale import Grade, Likelihood, Reliability, ScaleName, terms_of

SHARED = Path(__file__).parents[3] / "shared" / "data"
VECTORS = Path(__file__).parents[1] / "vectors" / "planning"
MERIDIA, TORVIA = PartyId("XMR"), PartyId("XTV")
AN_ID: ElementId = element_id(bytes(range(16)))
A_VERSION = VersionHash(base32(bytes(range(32))))

_LETTERS = st.characters(exclude_categories=("Cs", "Cc"))


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


lines = st.text(_LETTERS, max_size=20).map(_tidy)
names = lines.filter(bool)
longs = st.lists(lines, max_size=4).map(lambda parts: _tidy("\n".join(parts)))
relative = st.one_of(
    st.builds(
        RelativeTime, st.sampled_from([a for a in ANCHORS if a != "H"]), st.integers(-999, 999), st.integers(-99, 99)
    ),
    st.builds(RelativeTime, st.just("H"), st.just(0), st.integers(-99_999, 99_999)),
)
instants = st.builds(Instant, st.integers(-62_135_596_800, 253_402_300_799))
moments = relative | instants
_ends = st.none() | moments
windows = (
    st.tuples(_ends, _ends)
    .filter(lambda pair: None in pair or (compare_moments(*pair) or 0) <= 0)
    .map(lambda pair: Window(*pair))
)
positions = st.builds(LonLat, st.integers(-180_000_000, 180_000_000), st.integers(-90_000_000, 90_000_000))


def _names_nothing(name: str) -> bool:
    try:
        NamedPlace(name=name or "x")
    except ValueError:
        return False
    return True


place_names = lines.filter(_names_nothing)
metres = st.integers(1, 20_000_000)
places = st.one_of(
    st.builds(Point, name=place_names, at=positions),
    st.builds(Circle, name=place_names, centre=positions, radius_m=metres),
    st.builds(
        Corridor, name=place_names, points=st.lists(positions, min_size=2, max_size=5).map(tuple), half_width_m=metres
    ),
    st.builds(Area, name=place_names, ring=st.lists(positions, min_size=3, max_size=5, unique=True).map(tuple)),
    st.builds(NamedPlace, name=place_names.filter(bool)),
)


def _quantity(scaled: int, unit: Unit, decimals: int) -> Quantity:
    while decimals and scaled % 10 == 0:
        scaled, decimals = scaled // 10, decimals - 1
    return Quantity(scaled, unit, decimals)


quantities = st.builds(_quantity, st.integers(-(10**12), 10**12), st.sampled_from(Unit), st.integers(0, 6))
counts = st.builds(Count, st.integers(0, 2**53 - 1), st.booleans())
lengths_of_time = st.builds(Quantity, st.integers(0, 10**9), st.sampled_from([Unit.HOURS, Unit.DAYS]))
_terms = [(scale, term) for scale in ScaleName for term in terms_of(scale)]
likelihoods = st.sampled_from(_terms).map(lambda pair: Likelihood(*pair)) | st.tuples(
    st.integers(0, 100), st.integers(0, 100)
).map(lambda pair: Likelihood.parse(f"{min(pair)}-{max(pair)}"))
grades = st.builds(Grade, st.sampled_from(Reliability), st.integers(1, 6))
parties = st.sampled_from([MERIDIA, TORVIA])
element_ids = st.binary(min_size=16, max_size=16).map(element_id)
versions = st.binary(min_size=32, max_size=32).map(base32)
refs = st.builds(ElementRef, parties, element_ids, st.none() | versions)
exact_refs = st.builds(ExactRef, parties, element_ids, versions)
_LEAF: dict[str, st.SearchStrategy[Any]] = {
    "moment": moments,
    "instant": instants,
    "place": places,
    "quantity": quantities,
    "count": counts,
    "likelihood": likelihoods,
    "grade": grades,
    "ref": refs,
    "exactref": exact_refs,
}


def contents(kind: str | None = None) -> st.SearchStrategy[Any]:
    """Content of `kind`, or of any kind, such as forms can make."""
    if kind is None:
        return st.sampled_from(sorted(kinds.KINDS)).flatmap(contents)
    return _plain(kind).map(lambda plain: msgspec.convert(plain, kinds.KINDS[kind]))


@cache
def _plain(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    return _struct(describe(kind).fields).map(lambda plain: {**plain, "kind": kind})


@st.composite
def _struct(draw: st.DrawFn, fields: tuple[FieldSpec, ...]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for field in fields:
        if field.required or draw(st.booleans()):
            plain[field.name] = draw(_value(field))
    if plain.get("positions") == "cell":
        plain.setdefault("cell", 5)
    if plain.get("counts") == "rounded":
        plain.setdefault("round_to", 10)
    if "valid_from" in plain:
        early, late = sorted((plain["valid_from"]["seconds"], plain["valid_until"]["seconds"]))
        plain["valid_from"]["seconds"], plain["valid_until"]["seconds"] = early, late
    if "low_m" in plain and "high_m" in plain:
        plain["low_m"], plain["high_m"] = sorted((plain["low_m"], plain["high_m"]))
    if "likeliest" in {field.name for field in fields}:
        points = sorted(
            (draw(lengths_of_time) for _ in fields), key=lambda each: each.scaled * (1, 24)[each.unit == "d"]
        )
        plain = {field.name: to_plain(each) for field, each in zip(fields, points, strict=True) if field.name in plain}
        plain = plain if "likeliest" in plain else {}
    for row in plain.get("stretches", []):
        plain.setdefault("capacity", to_plain(Quantity(12, Unit.ITEMS)))
        row["capacity"] = {
            **row["capacity"],
            "scaled": abs(row["capacity"]["scaled"]),
            "unit": plain["capacity"]["unit"],
        }
    branch_ids = [branch["id"] for branch in plain.get("branches", []) if "sort" in _names(fields, "branches")]
    for assumption in plain.get("assumptions", []):
        if assumption.get("triggers"):
            assumption["triggers"] = draw(st.sampled_from(["", *branch_ids])) if branch_ids else ""
    return plain


def _names(fields: tuple[FieldSpec, ...], name: str) -> set[str]:
    return {inner.name for field in fields if field.name == name for inner in field.fields}


def _value(field: FieldSpec) -> st.SearchStrategy[Any]:
    if field.name == "sidc":
        return st.sampled_from(["", "10031000001211000000", "100310000012110000001234567890", "SFGPUCI----K---"])
    if field.name in ("party", "partner") and field.help.endswith("by code."):
        return st.sampled_from(["XMR", "XTV"])
    if field.name == "portions":
        return st.lists(versions, max_size=3)
    if field.name == "lag":
        return lengths_of_time.map(to_plain)
    if field.widget in _LEAF:
        return _LEAF[field.widget].map(to_plain)
    match field.widget:
        case "text":
            return names if field.required else lines
        case "longtext":
            return longs.filter(bool) if field.required else longs
        case "integer" | "floor" | "ceiling":
            return st.integers(field.minimum or 0, field.maximum or 2**53 - 1)
        case "boolean":
            return st.booleans()
        case "choice":
            return st.sampled_from([choice.value for choice in field.choices])
        case "lines":
            return st.lists(names, max_size=3)
        case "refs":
            return st.lists(refs.map(to_plain), max_size=3)
        case "window":
            return windows.map(to_plain)
        case "rows":
            return _rows(field)
        case _:
            return _struct(field.fields)


@st.composite
def _rows(draw: st.DrawFn, field: FieldSpec) -> list[dict[str, Any]]:
    rows = draw(st.lists(_struct(field.fields), max_size=3))
    key = field.fields[0].name
    if key in ("id", "letter", "criterion") or field.name == "modes":
        ids = draw(
            st.lists(st.sampled_from([f"R{n}" for n in range(9)]), min_size=len(rows), max_size=len(rows), unique=True)
        )
        rows = [{**row, key: name} for row, name in zip(rows, ids, strict=True)]
    if field.name == "branches":  # each hangs on an earlier one or stands at the top, so there is no circle
        for index, row in enumerate(rows):
            row["after"] = draw(st.sampled_from(["", *(earlier["id"] for earlier in rows[:index])]))
    if field.name == "organisation":
        for index, row in enumerate(rows):
            row["under"] = draw(st.sampled_from(["", *(earlier["id"] for earlier in rows[:index])]))
    return rows
