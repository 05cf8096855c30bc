"""What every page of a plan room shares: who may do what, the tabs, what happens next, times with their dates."""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice

import msgspec
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stafftalks.planning import matrix
from stafftalks.planning.due import Due, due
from stafftalks.planning.forces import Activity
from stafftalks.planning.matrix import Entry, phase_finder
from stafftalks.planning.plans import DecisionPoint, Phase
from stafftalks.planning.scenarios import Assumption, AssumptionState
from stafftalks.services import plans, workspace
from stafftalks.services.plans import Room
from stafftalks.services.workspace import Piece
from stafftalks.values.ids import ElementId, PartyId
from stafftalks.values.relative_time import Instant, Moment, resolve_moment
from stafftalks.web import access, naming
from stafftalks.web.views.drafts import WRITERS

MOST_OFFERED = 300
"""How many elements a list of proposals holds."""
_TABS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("plan", lambda: _("Plan")),
    ("plan-timeline", lambda: _("Activities")),
    ("plan-matrix", lambda: _("Matrix")),
    ("plan-map", lambda: _("Map")),
    ("plan-forces", lambda: _("Forces")),
    ("plan-organisation", lambda: _("Task organisation")),
)


class Tab(msgspec.Struct, frozen=True):
    """One sub-page of the room."""

    name: str
    label: str
    url: str


class Timed(msgspec.Struct, frozen=True):
    """A time as written, and its date where it is known here."""

    text: str
    at: Instant | None = None


class Waiting(msgspec.Struct, frozen=True):
    """A decision or an assumption with when it is due, in words."""

    row: DecisionPoint | Assumption
    due: Due
    words: str


class PhaseLine(msgspec.Struct, frozen=True):
    """A phase with its times and the decisions that fall in it; None for the decisions that fall in none."""

    phase: Phase | None
    start: Timed
    end: Timed
    points: tuple[Waiting, ...]


class ActivityLine(msgspec.Struct, frozen=True):
    """An activity as the tables show it; `phase` is the id of the plan's phase, empty where it has none such."""

    piece: Piece
    content: Activity
    phase: str
    start: Timed
    end: Timed
    forces: tuple[tuple[str, str], ...]
    mine: bool

    @property
    def chosen(self) -> str:
        """What a tick in a form sends."""
        return f"{self.piece.element}:{self.piece.version}"

    @property
    def odd_phase(self) -> str:
        """The phase as written where the plan has none such."""
        return "" if self.phase else self.content.phase


def enter(party: PartyId, element: ElementId) -> Room:
    """The room of this plan; no such page where it is none that our people may read."""
    found = plans.room(access.headquarters(), party, element)
    if found is None:
        raise Http404
    return found


def enter_own(party: PartyId, element: ElementId) -> Room:
    """The room of this plan of ours; no such page where it is a partner's, which we read only."""
    found = enter(party, element)
    if not found.piece.own:
        raise Http404
    return found


def may_write(request: HttpRequest) -> bool:
    """Whether this person writes elements at all."""
    return access.person_of(request).lacking(*WRITERS) is None


def frame(request: HttpRequest, room: Room, tab: str) -> dict[str, object]:
    """What the frame of each page of the room shows."""
    where = [room.piece.party, room.piece.element]
    writer = may_write(request)
    return {
        "place": "plans",
        "room": room,
        "piece": room.piece,
        "plan": room.plan,
        "tab": tab,
        "tab_links": [Tab(name, label(), reverse(name, args=where)) for name, label in _TABS],
        "here": reverse(tab, args=where),
        "writer": writer,
        "may_change": writer and room.piece.own,
        "next_words": next_words(room),
    }


def next_words(room: Room) -> str:
    """What happens next with the plan, in one sentence: what is due first, or what to write first."""
    waiting = [
        *(Waiting(point, told, "") for point in room.plan.decision_points if (told := _due(room, point.ltiov)).at),
        *(
            Waiting(row, told, "")
            for row in room.plan.assumptions
            if row.state is AssumptionState.OPEN and (told := _due(room, row.validate_by)).at
        ),
    ]
    if waiting:
        first = min(waiting, key=lambda one: (_past_decision(one), one.due.days, one.row.id))
        if isinstance(first.row, DecisionPoint):
            said = _("Decision %(id)s, “%(what)s”: %(when)s.")
            what = first.row.decision
        else:
            said = _("Assumption %(id)s, “%(what)s”, must be known: %(when)s.")
            what = first.row.text.rstrip(".")
        return said % {"id": first.row.id, "what": what, "when": due_words(first.due)}
    if not room.piece.own:
        return _("We may comment, take a position, suggest or adopt. They alone change it.")
    if not room.plan.paragraphs.mission:
        return _("Write the mission, then the phases and the activities in them.")
    return _("Work on it at home; ask for its release where a partner should read it.")


def due_words(found: Due) -> str:
    """When something is due, in words; empty where no time is given."""
    match found.state:
        case "none":
            return ""
        case "unknown":
            return _("date not known here")
        case "overdue" if found.days == 0:
            return _("overdue since today")
        case "overdue":
            return ngettext("overdue by %d day", "overdue by %d days", -found.days) % -found.days
        case _ if found.days == 0:
            return _("due today")
        case _:
            return ngettext("in %d day", "in %d days", found.days) % found.days


def decisions(room: Room) -> list[Waiting]:
    """The plan's decision points with when each is due."""
    return [
        Waiting(point, told, due_words(told))
        for point in room.plan.decision_points
        for told in (_due(room, point.ltiov),)
    ]


def assumptions(room: Room) -> list[Waiting]:
    """The plan's assumptions with when each must be known; no date presses where one is settled."""
    return [
        Waiting(row, told, due_words(told) if row.state is AssumptionState.OPEN else "")
        for row in room.plan.assumptions
        for told in (_due(room, row.validate_by),)
    ]


def phase_lines(room: Room) -> list[PhaseLine]:
    """The phases in order, each with the decisions that fall in it by when their information ends."""
    words = {one.row.id: one for one in decisions(room)}
    columns = matrix.matrix(room.plan.phases, (), (), room.plan.decision_points, room.dates).columns
    return [
        PhaseLine(
            column.phase,
            timed(room, column.phase.start if column.phase else None),
            timed(room, column.phase.end if column.phase else None),
            tuple(words[point.id] for point in column.points),
        )
        for column in columns
        if column.phase is not None or column.points
    ]


def timed(room: Room, moment: Moment | None) -> Timed:
    """A time as written, with its date where it is relative and its anchor has one here."""
    if moment is None:
        return Timed("")
    at = None if isinstance(moment, Instant) else resolve_moment(moment, room.dates)
    return Timed(_instant(moment) if isinstance(moment, Instant) else str(moment), at)


def _instant(moment: Instant) -> str:
    """An instant without what says nothing: midnight and whole minutes."""
    text = str(moment)
    return text[:10] if text.endswith("T00:00:00Z") else text[:16].replace("T", " ") + "Z"


def activity_lines(
    request: HttpRequest, room: Room, found: Iterable[Piece], titles: Mapping[str, str] | None = None
) -> list[ActivityLine]:
    """The activities as lines, in the order given; forces are called by `titles`, by their id where it has none."""
    find, writer, names = phase_finder(room.plan.phases), may_write(request), titles or {}
    return [
        ActivityLine(
            piece, content, find(content.phase), timed(room, content.window.start), timed(room, content.window.end),
            tuple((str(ref), names.get(f"{ref.party}/{ref.element}", f"{ref.party}/{ref.element[:8]}")) for ref in content.forces),
            writer and piece.own,
        )
        for piece in found
        if isinstance(content := piece.content, Activity)
    ]  # fmt: skip


def entries(room: Room, found: Iterable[Piece]) -> list[Entry]:
    """The activities as the matrix places them, each by its key; a phase that the plan lacks is none."""
    find = phase_finder(room.plan.phases)
    return [
        Entry(piece.key, find(content.phase), content.function, content.window)
        for piece in found
        if isinstance(content := piece.content, Activity)
    ]


def functions(room_activities: Iterable[Piece]) -> tuple[str, ...]:
    """The functions that lists offer: the profile's in their order, then those used besides."""
    offered = {" ".join(name.split()).casefold(): name for name in naming.profile().functions}
    for piece in room_activities:
        if isinstance(piece.content, Activity) and piece.content.function.strip():
            offered.setdefault(" ".join(piece.content.function.split()).casefold(), piece.content.function.strip())
    return tuple(offered.values())


def force_pieces() -> dict[str, Piece]:
    """Every force that we may read, by `PARTY/element`, in the order of their titles."""
    return {piece.key: piece for piece in plans.forces(access.headquarters())}


def titles_of(pieces: Mapping[str, Piece]) -> dict[str, str]:
    """What pieces are called, by their key and in their order."""
    return {key: piece.title for key, piece in pieces.items()}


def offered(pieces: Mapping[str, Piece]) -> tuple[Piece, ...]:
    """Those of the pieces that a list of proposals holds."""
    return tuple(islice(pieces.values(), MOST_OFFERED))


def scenario_pieces() -> dict[str, Piece]:
    """Every scenario that we may read, by `PARTY/element`."""
    return {piece.key: piece for piece in workspace.pieces(access.headquarters(), kinds=("scenario",))}


def _past_decision(waiting: Waiting) -> bool:
    """Whether this is a decision whose time has gone by: nothing here knows whether it was taken, so it presses last."""
    return isinstance(waiting.row, DecisionPoint) and waiting.due.state == "overdue"


def _due(room: Room, moment: Moment | None) -> Due:
    return due(moment, room.dates, room.now)
