"""The plan room: a plan with what belongs to it, and the steps that build it: activities, anchor dates, annexes, task organisation.

A partner's plan is read with the same words and never changed. Steps that take several elements do all of them or none.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from stafftalks.planning import annexes, forms
from stafftalks.planning.annexes import AnnexTemplate
from stafftalks.planning.forces import Activity, Force
from stafftalks.planning.forms import FormErrors
from stafftalks.planning.plans import Plan
from stafftalks.planning.refs import ElementRef, ExactRef
from stafftalks.planning.task_organisation import TaskedForce
from stafftalks.planning.timing import AnchorDate
from stafftalks.services import editing, elements, workspace
from stafftalks.services.editing import FieldsError
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from stafftalks.services.workspace import Piece
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import ElementId, PartyId, VersionHash
from stafftalks.values.person import Person
from stafftalks.values.relative_time import Instant

MOST_AT_ONCE = 500
"""How many activities are moved, taken in or added in one step."""


class Room(msgspec.Struct, frozen=True):
    """A plan as our people read it now. `dates` are the anchors whose date is known here; `now` is unix seconds."""

    piece: Piece
    plan: Plan
    dates: Mapping[str, Instant]
    now: int

    @property
    def ref(self) -> ElementRef:
        """How elements point at this plan, whichever version stands."""
        return ElementRef(self.piece.party, self.piece.element)


class Belonging(msgspec.Struct, frozen=True):
    """The activities of a plan, anybody's; and our own of the same contingency that no plan has taken in."""

    activities: tuple[Piece, ...] = ()
    loose: tuple[Piece, ...] = ()


class Tasked(msgspec.Struct, frozen=True):
    """A force that a plan names: the lines of the task organisation it is, and how many activities are done with it."""

    piece: Piece
    force: Force
    lines: tuple[str, ...] = ()
    activities: int = 0


class Strength(msgspec.Struct, frozen=True):
    """The forces a plan names: those we may read, and the references to those we may not, or no longer."""

    forces: tuple[Tasked, ...] = ()
    unread: tuple[str, ...] = ()


class Chosen(msgspec.Struct, frozen=True):
    """An own element somebody ticked, in the version they looked at."""

    element: ElementId
    version: VersionHash

    @classmethod
    def parse(cls, text: str) -> "Chosen":
        """What `element:version` names; raises MisuseError."""
        element, colon, version = text.partition(":")
        if not colon or not element or not version:
            raise MisuseError("This form is not whole: open the page again, then choose anew.")
        return cls(ElementId(element), VersionHash(version))


def plans(hq: Headquarters) -> tuple[Piece, ...]:
    """Every plan that our people may read, by contingency (those without one last), ours first, then by title."""
    found = (piece for piece in workspace.pieces(hq, kinds=("plan",)) if isinstance(piece.content, Plan))
    return tuple(
        sorted(
            found, key=lambda piece: (not piece.contingency, piece.contingency, not piece.own, piece.title, piece.key)
        )
    )


def room(hq: Headquarters, party: PartyId, element: ElementId) -> Room | None:
    """The plan with the anchor dates that hold for it; None where it is no plan, or our people may not read it."""
    piece = workspace.piece(hq, ElementRef(party, element))
    if piece is None or not isinstance(piece.content, Plan):
        return None
    ref = ElementRef(party, element)
    dates = workspace.anchor_dates(hq, contingency=piece.contingency, plan=ref)
    return Room(piece, piece.content, dates, hq.clock.now())


def belonging(hq: Headquarters, room: Room) -> Belonging:
    """What is done in this plan, and what of its contingency is in no plan yet."""
    inside: list[Piece] = []
    loose: list[Piece] = []
    for piece in workspace.pieces(hq, kinds=("activity",)):
        if not isinstance(piece.content, Activity):
            continue
        if _names(piece.content.plan, room.ref):
            inside.append(piece)
        elif (
            piece.own
            and piece.content.plan is None
            and piece.contingency
            and piece.contingency == room.piece.contingency
        ):
            loose.append(piece)
    return Belonging(tuple(inside), tuple(loose))


def anchors(hq: Headquarters, room: Room) -> tuple[Piece, ...]:
    """The anchor dates that could hold for this plan: its own before its contingency's, ours before a partner's."""
    found = [
        piece
        for piece in workspace.pieces(hq, kinds=("anchor",))
        if isinstance(piece.content, AnchorDate)
        and (
            _names(piece.content.plan, room.ref)
            or (piece.content.plan is None and piece.contingency in ("", room.piece.contingency))
        )
    ]
    return tuple(sorted(found, key=lambda piece: (_anchor(piece).anchor, _anchor(piece).plan is None, not piece.own)))


def strength(hq: Headquarters, room: Room, activities: Iterable[Piece]) -> Strength:
    """The forces that the task organisation and the activities name, by title."""
    lines: dict[tuple[PartyId, ElementId], list[str]] = {}
    doing: dict[tuple[PartyId, ElementId], int] = {}
    for line in room.plan.organisation:
        if line.force is not None:
            lines.setdefault((line.force.party, line.force.element), []).append(line.name)
    for piece in activities:
        for ref in piece.content.forces if isinstance(piece.content, Activity) else ():
            doing[ref.party, ref.element] = doing.get((ref.party, ref.element), 0) + 1
    named = {*lines, *doing}
    held = {(piece.party, piece.element): piece for piece in forces(hq)} if named else {}
    found = [
        Tasked(held[ref], content, tuple(lines.get(ref, ())), doing.get(ref, 0))
        for ref in named & held.keys()
        if isinstance(content := held[ref].content, Force)
    ]
    unread = sorted(f"{party}/{element}" for party, element in named - held.keys())
    return Strength(tuple(sorted(found, key=lambda one: (one.piece.title, one.piece.key))), tuple(unread))


def forces(hq: Headquarters) -> tuple[Piece, ...]:
    """Every force that our people may read, by title."""
    found = (piece for piece in workspace.pieces(hq, kinds=("force",)) if isinstance(piece.content, Force))
    return tuple(sorted(found, key=lambda piece: (piece.title, piece.key)))


def add_activities(
    hq: Headquarters, person: Person, room: Room, rows: Mapping[int, Mapping[str, str]]
) -> tuple[ElementRow, ...]:
    """New own activities of this plan from what was typed, by row number: all of them, or none.

    Each takes its title from what is done, and the plan's contingency and marking. Raises FieldsError with a sentence at each
    `<row>.<field>`, RefusedError where this person may not write.
    """
    made: list[Activity] = []
    errors: dict[str, str] = {}
    for number, typed in rows.items():
        whole = {**typed, "title": typed.get("title") or typed.get("what", ""), "plan": str(room.ref)}
        whole["contingency"] = room.piece.contingency
        content = forms.parse("activity", {name: [text] for name, text in whole.items()})
        if isinstance(content, FormErrors):
            errors |= {f"{number}.{name}": said for name, said in content.errors.items() if name != "title"}
        elif isinstance(content, Activity):
            made.append(msgspec.structs.replace(content, marking=room.plan.marking))
    if not made and not errors:
        errors["0.what"] = "Say what is done in at least one row."
    if len(made) > MOST_AT_ONCE:
        errors[""] = f"At most {MOST_AT_ONCE} activities are added at once: divide them."
    if errors:
        raise FieldsError(errors)
    return elements.add_all(hq, person, made)


def change_all(
    hq: Headquarters, person: Person, chosen: Sequence[Chosen], fields: Mapping[str, str]
) -> tuple[ElementRow, ...]:
    """These own elements with these fields as typed: all of them, or none. Raises as `editing.change`."""
    if not chosen:
        raise MisuseError("Nothing was chosen: tick at least one line first.")
    if len(chosen) > MOST_AT_ONCE:
        raise MisuseError(f"At most {MOST_AT_ONCE} can be changed at once: choose fewer.")
    with hq.transactions.atomic():
        return tuple(editing.change(hq, person, one.element, one.version, fields).row for one in chosen)


def set_anchor(hq: Headquarters, person: Person, room: Room, anchor: str, at: str, title: str) -> ElementRow:
    """The date of an anchor for this plan, at home only: our earlier one moved, or a new element called `title`.

    Raises FieldsError at `anchor` or `at`.
    """
    typed = {"title": title, "anchor": anchor, "at": at, "plan": str(room.ref), "contingency": room.piece.contingency}
    content = forms.parse("anchor", {name: [text] for name, text in typed.items()})
    if isinstance(content, FormErrors):
        raise FieldsError(content.errors)
    ours = (piece for piece in anchors(hq, room) if piece.own and _names(_anchor(piece).plan, room.ref))
    earlier = next((piece for piece in ours if _anchor(piece).anchor == anchor), None)
    if earlier is not None:
        return editing.change(hq, person, earlier.element, earlier.version, {"at": at}).row
    return elements.add(hq, person, msgspec.structs.replace(content, marking=room.plan.marking))


def fill_annexes(
    hq: Headquarters, person: Person, element: ElementId, based_on: VersionHash, template: AnnexTemplate
) -> ElementRow:
    """The plan with every annex of the template listed; those it has keep what they hold, new ones are omitted."""
    content = _own_plan(hq, element)
    return elements.revise(
        hq, person, element, msgspec.structs.replace(content, annexes=annexes.fill(template, content.annexes)), based_on
    )


def add_line(
    hq: Headquarters, person: Person, element: ElementId, based_on: VersionHash, typed: Mapping[str, str]
) -> ElementRow:
    """The plan with one more line in its task organisation; a line without a name is called as its force is. Raises as `editing.change`."""
    content = _own_plan(hq, element, based_on)
    fields = dict(typed)
    if not fields.get("name", "").strip() and fields.get("force", "").strip():
        fields["name"] = _called(hq, fields["force"])
    number = len(content.organisation)
    named = {f"organisation.{number}.{name}": text for name, text in fields.items()}
    taken = (*content.organisation, *_own_plan(hq, element).organisation)
    named.setdefault(f"organisation.{number}.id", free_id(taken))
    return editing.change(hq, person, element, based_on, named).row


def remove_line(
    hq: Headquarters, person: Person, element: ElementId, based_on: VersionHash, line: str
) -> tuple[ElementRow, int]:
    """The plan without this line, and how many lines moved up to where it stood. Raises MisuseError where it has none such."""
    content = _own_plan(hq, element, based_on)
    at = line_number(hq, element, based_on, line)
    under = content.organisation[at].under
    moved = {
        f"organisation.{number}.under": under for number, row in enumerate(content.organisation) if row.under == line
    }
    row = editing.change(hq, person, element, based_on, moved, removed=[f"organisation.{at}"]).row
    return row, len(moved)


def free_id(lines: Sequence[TaskedForce]) -> str:
    """The first of T1, T2, … that no line has."""
    taken = {line.id for line in lines}
    return next(name for number in range(1, len(lines) + 2) if (name := f"T{number}") not in taken)


def _called(hq: Headquarters, force: str) -> str:
    """The title of the force that a reference spells; empty where it spells none that we may read, so that the form says so."""
    try:
        found = workspace.piece(hq, ElementRef.parse(force))
    except MisuseError:
        return ""
    return found.title if found is not None else ""


def line_number(hq: Headquarters, element: ElementId, based_on: VersionHash, line: str) -> int:
    """The row number of this line in that version of the plan. Raises MisuseError where it has none such."""
    rows = _own_plan(hq, element, based_on).organisation
    at = next((at for at, row in enumerate(rows) if row.id == line), None)
    if at is None:
        raise MisuseError(f"The task organisation has no line {line[:40]!r}: someone may have removed it meanwhile.")
    return at


def _own_plan(hq: Headquarters, element: ElementId, version: VersionHash | None = None) -> Plan:
    """An own plan as it stands, or in the version that somebody looked at: row numbers are those of that version."""
    content = elements.content(elements.version(hq, element, version) if version else elements.get(hq, element))
    if not isinstance(content, Plan):
        raise MisuseError("This element is not a plan: open it from the list of plans.")
    return content


def _anchor(piece: Piece) -> AnchorDate:
    if not isinstance(piece.content, AnchorDate):
        raise MisuseError("This element is not an anchor date.")
    return piece.content


def _names(ref: ElementRef | ExactRef | None, plan: ElementRef) -> bool:
    return ref is not None and (ref.party, ref.element) == (plan.party, plan.element)
