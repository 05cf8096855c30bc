"""What of ours goes into a private check: which activities, as which volumes, under which keys. All of it stays home.

What is committed to of each activity is its exact bytes and from when to when it is, as its anchors were dated when somebody decided: so an auditor can cover it
again, and a date that moves afterwards moves nothing.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from stafftalks.accord.bodies import CheckTerms
from stafftalks.deconflict import covers
from stafftalks.deconflict.covers import Covered, Grid, Role
from stafftalks.deconflict.volume import Fault, Volume, volume_of
from stafftalks.planning import element as elements
from stafftalks.planning.forces import Activity
from stafftalks.planning.refs import ElementRef
from stafftalks.record import canon
from stafftalks.services import workspace
from stafftalks.services.check_rows import CheckInput
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from stafftalks.services.workspace import Piece
from stafftalks.values.errors import MisuseError, PeerError, Refusal, RefusedError
from stafftalks.values.ids import ElementId
from stafftalks.values.relative_time import Instant, Window

_MAX_BYTES: Final = 2 * elements.MAX_BYTES
NOTHING: Final = b""
"""What is committed to where nothing is put in: an empty tree would have a root that tells so."""
MOST: Final = 10_000
"""So many own activities are looked through for those that a check could hold."""


class LeftOut(msgspec.Struct, frozen=True):
    """Why an activity does not go into the check, or not all of it. `field` is empty where it is about the whole."""

    element: ElementId
    title: str
    field: str
    sentence: str


class Put(msgspec.Struct, frozen=True):
    """What would go into a check: the activities in order, their keys, and what stays out."""

    inputs: tuple[CheckInput, ...]
    covered: Covered
    left_out: tuple[LeftOut, ...]


class _Committed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is committed to of one activity."""

    element: str
    end: int | None
    start: int | None


def grid_of(terms: CheckTerms) -> Grid:
    """The grid that these terms agree on. Raises WrongValueError where there is none."""
    return Grid(
        cells=terms.cells,
        start=terms.start,
        end=terms.end,
        floor_m=terms.floor_m,
        ceiling_m=terms.ceiling_m,
        finest=terms.finest,
        granule_s=terms.granule_s,
        band_m=terms.band_m,
        resources=terms.resources,
        activities=terms.activities,
        cover=terms.cover,
    )


def activities(hq: Headquarters) -> tuple[ElementRow, ...]:
    """Every own activity that is not put away, the last revised first."""
    return hq.holdings.find(kind="activity", limit=MOST)[1]


def put(hq: Headquarters, terms: CheckTerms, role: Role, chosen: Sequence[ElementId]) -> Put:
    """What these own activities put into a check under the terms, in the order of their ids; raises MisuseError where one is no own activity.

    What lies wholly outside the area, or cannot be placed in time or space, is left out, and it is said why.
    """
    held = hq.holdings.elements(sorted(set(chosen)))
    missing = [element for element in chosen if element not in held or held[element].kind != "activity"]
    if missing:
        raise MisuseError(f"There is no own activity {missing[0]}: choose among those that are held here.")
    left_out: list[LeftOut] = []
    found: list[tuple[CheckInput, Volume]] = []
    anchors = workspace.pieces(hq, kinds=("anchor",))
    for _, row in sorted(held.items()):
        made, faults = _volume(row.raw, anchors)
        left_out += [LeftOut(row.id, row.title, fault.field, fault.sentence) for fault in faults]
        if made is not None:
            whole = commit(row.raw, made.start, made.end)
            found.append((CheckInput(row.id, row.version, row.title, whole), made))
    covered = covers.keys([volume for _, volume in found], grid_of(terms), role)
    titles = {element: row.title for element, row in held.items()}
    left_out += [
        LeftOut(ElementId(fault.activity), titles[ElementId(fault.activity)], fault.field, fault.sentence)
        for fault in covered.faults
    ]
    left_out += [
        LeftOut(ElementId(name), titles[ElementId(name)], "", f"“{titles[ElementId(name)]}” lies outside the area, window or heights.")
        for name in covered.outside
    ]  # fmt: skip
    # What stands for no key takes no part: it would count against the number agreed on, and be opened to the auditor, for nothing.
    compared = {covered.activities[owner] for filled in covered.filled for owner in set(filled.owner.tolist())}
    inputs = tuple(one for one, volume in found if volume.activity in compared)
    if len(inputs) > terms.activities:
        sentence = (
            f"{len(inputs)} activities lie in the area, and the terms are for {terms.activities} a side: "
            "leave some out, or agree on more."
        )
        raise RefusedError(Refusal("check-many", sentence))
    return Put(inputs, covered, tuple(left_out))


def covered(inputs: Sequence[bytes], terms: CheckTerms, role: Role) -> Covered:
    """The keys of what was committed to. Raises PeerError where it cannot be read."""
    return covers.keys([volume(raw) for raw in inputs if raw != NOTHING], grid_of(terms), role)


def volume(raw: bytes) -> Volume:
    """What a committed activity takes up, by its element's id. Raises PeerError where it cannot be read."""
    said = _read(raw)
    found = elements.decode(said.element.encode())
    if not isinstance(found.content, Activity):
        raise PeerError(f"The element {found.id} is no activity: it is a {found.kind}.")
    made, faults = _of(found.id, found.content, said.start, said.end)
    if made is None:
        raise PeerError(faults[0].sentence)
    return made


def element_of(raw: bytes) -> bytes:
    """The exact bytes of the element of a committed activity. Raises PeerError where it cannot be read."""
    return _read(raw).element.encode()


def _read(raw: bytes) -> _Committed:
    canon.decode(raw, max_bytes=_MAX_BYTES)
    try:
        return msgspec.json.decode(raw, type=_Committed)
    except msgspec.MsgspecError as error:
        raise PeerError(f"This is not an activity as checks commit to it: {error}.") from None


def commit(raw: bytes, start: int | None, end: int | None) -> bytes:
    """What is committed to of an element's exact bytes, and from when to when it is."""
    return canon.encode({"element": raw.decode(), "end": end, "start": start})


def times(hq: Headquarters, raws: Sequence[bytes]) -> tuple[tuple[int | None, int | None], ...]:
    """From when to when each of these own activities is, as anchors are dated now; None where open or not known."""
    anchors = workspace.pieces(hq, kinds=("anchor",))
    found = (_volume(raw, anchors)[0] for raw in raws)
    return tuple((None, None) if made is None else (made.start, made.end) for made in found)


def _of(name: str, activity: Activity, start: int | None, end: int | None) -> tuple[Volume | None, tuple[Fault, ...]]:
    """The volume of an activity whose times are known."""
    moments = (None if second is None else Instant(second) for second in (start, end))
    return volume_of(name, msgspec.structs.replace(activity, window=Window(*moments)), {})


def own_times(raw: bytes) -> tuple[int | None, int | None]:
    """From when to when an activity is, by what stands in it alone; None where open, or hanging on an anchor."""
    made, _ = _volume(raw, ())
    return (None, None) if made is None else (made.start, made.end)


def _volume(raw: bytes, anchors: Sequence[Piece]) -> tuple[Volume | None, tuple[Fault, ...]]:
    """The volume of an activity of ours as these anchors date it; None where nothing of it can be compared."""
    found = elements.decode(raw)
    content = found.content
    if not isinstance(content, Activity):
        return None, ()
    plan = None if content.plan is None else ElementRef(content.plan.party, content.plan.element)
    return volume_of(found.id, content, workspace.dates_among(anchors, contingency=content.contingency, plan=plan))
