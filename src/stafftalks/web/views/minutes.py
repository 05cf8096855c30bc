"""Minutes of staff talks: series and sessions, one session with each side's positions beside the other's, and what is still to be done."""

from collections.abc import Mapping, Sequence

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from stafftalks.planning.compare import Change
from stafftalks.planning.meetings import Action, ActionState, AgendaItem, Minutes
from stafftalks.services import editing, elements, releases, sessions
from stafftalks.services.editing import FieldsError
from stafftalks.services.sessions import Session, Todo
from stafftalks.services.workspace import Piece
from stafftalks.values.errors import StafftalksError
from stafftalks.values.ids import ElementId, PartyId, VersionHash
from stafftalks.web import access, faults
from stafftalks.web.faults import Fault
from stafftalks.web.views.drafts import WRITERS
from stafftalks.web.windows import Window, offset_of

_DAY = 86_400
_FEW = 5
_ID = "agenda."


class Task(msgspec.Struct, frozen=True):
    """An action as listed: whether it is open, and how it stands to the time it is due, in words; `late` is whether that is past."""

    todo: Todo
    open: bool
    late: bool
    words: str


class Side(msgspec.Struct, frozen=True):
    """How one side stood on an item: its column."""

    party: str
    position: str
    reservation: str


class Field(msgspec.Struct, frozen=True):
    """One input of a small form."""

    name: str
    id: str
    label: str
    value: str
    error: str


class ItemRow(msgspec.Struct, frozen=True):
    """An agenda item as drawn: its number in the record, the positions side by side, its actions with how each stands, and what it is about."""

    number: int
    item: AgendaItem
    sides: tuple[Side, ...]
    reserved: bool
    actions: tuple[tuple[int, Action, Task | None], ...]
    adding: tuple[Field, ...]
    about: str = ""
    about_url: str = ""

    @property
    def wrong(self) -> bool:
        """Whether an action typed for it could not be kept."""
        return any(field.error for field in self.adding)


class NewSide(msgspec.Struct, frozen=True):
    """A side of an item being written: its number, its party and what was typed for it."""

    number: int
    party: str
    position: str
    reservation: str


class NewItem(msgspec.Struct, frozen=True):
    """The form for one more item, as typed so far; `errors` by field as forms name it, without the item's own path."""

    number: int
    typed: Mapping[str, str]
    sides: tuple[NewSide, ...]
    errors: Mapping[str, str]


class Compared(msgspec.Struct, frozen=True):
    """Another record of the same session, and what differs from the one shown."""

    record: Piece
    changes: tuple[Change, ...]


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Every series with its sessions, newest first, and the first of what is still to be done."""
    hq = access.headquarters()
    found = sessions.series(hq)
    tasks = [task for task in _tasks(found) if task.open]
    rows = [(one, session) for one in found for session in one.sessions]
    offset = offset_of(request)
    shown: dict[str, list[Session]] = {}
    for one, session in rows[offset : offset + 50]:
        shown.setdefault(one.name, []).append(session)
    context = {
        "place": "minutes",
        "series": list(shown.items()),
        "window": Window(len(rows), offset),
        "tasks": tasks[:_FEW],
        "more_tasks": max(0, len(tasks) - _FEW),
        "late": sum(task.late for task in tasks),
        "new_url": _new_url(hq.party, releases.partner_names(hq)),
        "may_write": access.person_of(request).lacking(*WRITERS) is None,
    }
    return faults.page(request, "web/talks/minutes.html", context)


@require_GET
def actions(request: HttpRequest) -> HttpResponse:
    """Every action of every session: the open ones, or all; by owner and by series where that is asked."""
    hq = access.headquarters()
    found = sessions.series(hq)
    state, owner, named = (request.GET.get(name, "") for name in ("state", "owner", "series"))
    tasks = _tasks([one for one in found if not named or one.name == named])
    owners = sorted({task.todo.action.owner for task in tasks if task.todo.action.owner})
    wanted = [
        task for task in tasks if (state == "all" or task.open) and (not owner or task.todo.action.owner == owner)
    ]
    offset = offset_of(request)
    context = {
        "place": "minutes",
        "tasks": wanted[offset : offset + 50],
        "window": Window(len(wanted), offset),
        "owners": owners,
        "series": [one.name for one in found if one.name],
        "state": state,
        "owner": owner,
        "named": named,
    }
    return faults.page(request, "web/talks/actions.html", context)


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, party: PartyId, element: ElementId) -> HttpResponse:
    """One record of a session, with the other records of it; ours can be written on here, item by item."""
    session, record = _record(party, element)
    if request.method == "GET":
        return _page(request, session, record, {}, {}, ())
    person, hq = access.need_role(request, *WRITERS), access.headquarters()
    deed, _colon, at = request.POST.get("do", "").partition(":")
    if deed == "next":
        row = sessions.prepare_next(hq, person, record)
        messages.success(request, _("Minutes for the next session are drafted at home, with what was left open."))
        return HttpResponseRedirect(reverse("minutes-session", args=[hq.party, row.id]))
    if not record.own or not isinstance(record.content, Minutes):
        raise Http404
    fields, back = _fields(request, record.content, deed, at)
    based_on = VersionHash(request.POST.get("based_on", ""))
    try:
        editing.change(hq, person, element, based_on, fields)
    except FieldsError as error:
        listed = tuple(Fault(sentence, _input_id(name)) for name, sentence in error.errors.items())
        return _page(request, session, record, request.POST.dict(), error.errors, listed)
    except StafftalksError as error:
        session, record = _record(party, element)
        return _page(request, session, record, request.POST.dict(), {}, faults.of_error(error))
    messages.success(request, _("Saved at home. What partners hold has not changed."))
    return HttpResponseRedirect(f"{reverse('minutes-session', args=[party, element])}#{back}")


def _fields(request: HttpRequest, content: Minutes, deed: str, at: str) -> tuple[dict[str, str], str]:
    """What a form of the page changes, by dotted path, and the part of the page to come back to; a page not there where it names none."""
    if deed == "item":
        number = len(content.agenda)
        typed = {name: str(text) for name, text in request.POST.items() if name.startswith("new.")}
        fields = {f"{_ID}{number}.{name.removeprefix('new.')}": text for name, text in typed.items()}
        return {**fields, f"{_ID}{number}.id": typed.get("new.id", "").strip() or _next_id(content)}, f"item-{number}"
    place = at.split(".")
    if not all(part.isascii() and part.isdecimal() and len(part) < 6 for part in place):
        raise Http404
    item = int(place[0])
    if item >= len(content.agenda):
        raise Http404
    if deed == "action":
        number = len(content.agenda[item].actions)
        typed = {name: request.POST.get(f"act{item}.{name}", "") for name in ("what", "owner", "due")}
        return {f"{_ID}{item}.actions.{number}.{name}": text for name, text in typed.items()}, f"item-{item}"
    state = request.POST.get("state", "")
    if (
        deed == "state"
        and len(place) == 2
        and int(place[1]) < len(content.agenda[item].actions)
        and state in set(ActionState)
    ):
        return {f"{_ID}{item}.actions.{int(place[1])}.state": state}, f"item-{item}"
    raise Http404


def _page(
    request: HttpRequest,
    session: Session,
    record: Piece,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    found: Sequence[Fault],
) -> HttpResponse:
    hq = access.headquarters()
    content = record.content
    stand = {task.todo.place: task for task in _tasks_of(session, record)}
    items = _items(content, stand, typed, errors) if isinstance(content, Minutes) else []
    others = [
        Compared(other, sessions.differences(record, other)) for other in session.records if other.key != record.key
    ]
    own = sessions.own_record(session)
    context = {
        "place": "minutes",
        "session": session,
        "record": record,
        "content": content,
        "items": items,
        "others": others,
        "own": own,
        "party": record.party,
        "element": record.element,
        "new": _new_item(content, hq.party, typed, errors) if isinstance(content, Minutes) else None,
        "states": list(ActionState),
        "may_write": access.person_of(request).lacking(*WRITERS) is None,
        "may_change": record.own and access.person_of(request).lacking(*WRITERS) is None,
        "titles": {},
    }
    return faults.page(request, "web/talks/session.html", context, found)


def _items(
    content: Minutes, stand: Mapping[tuple[int, int], Task], typed: Mapping[str, str], errors: Mapping[str, str]
) -> list[ItemRow]:
    """The agenda, each item with its own sides in the order in which sides first spoke in the session."""
    hq = access.headquarters()
    order = list(dict.fromkeys(side.party for item in content.agenda for side in item.positions))
    refs = {(item.about.party, item.about.element) for item in content.agenda if item.about is not None}
    titles = elements.titles_of(hq, refs) if refs else {}
    rows = []
    for number, item in enumerate(content.agenda):
        sides = sorted(item.positions, key=lambda side: order.index(side.party))
        told = tuple(Side(one.party, one.position, one.reservation) for one in sides)
        title = url = ""
        if item.about is not None:
            party, element = item.about.party, item.about.element
            title = titles.get((party, element), "") or str(item.about)
            if (party, element) in titles:
                at_home = party == hq.party
                url = reverse("element", args=[element]) if at_home else reverse("thread", args=[party, element])
        actions = tuple((at, action, stand.get((number, at))) for at, action in enumerate(item.actions))
        adding = _adding(number, len(item.actions), typed, errors)
        rows.append(ItemRow(number, item, told, any(one.reservation for one in sides), actions, adding, title, url))
    return rows


def _adding(item: int, number: int, typed: Mapping[str, str], errors: Mapping[str, str]) -> tuple[Field, ...]:
    labels = {"what": _("What"), "owner": _("Owner"), "due": _("Due, as C+3 or a date")}
    return tuple(
        Field(
            f"act{item}.{name}", _input_id(f"{_ID}{item}.actions.{number}.{name}"), label,
            typed.get(f"act{item}.{name}", ""), errors.get(f"{_ID}{item}.actions.{number}.{name}", ""),
        )
        for name, label in labels.items()
    )  # fmt: skip


def _tasks(found: Sequence[sessions.Series]) -> list[Task]:
    hq = access.headquarters()
    return [_task(todo, hq.clock.now()) for todo in sessions.todos(hq, found)]


def _tasks_of(session: Session, record: Piece) -> list[Task]:
    hq = access.headquarters()
    alone = msgspec.structs.replace(session, records=(record,))
    found = sessions.todos(hq, (sessions.Series(session.series, (alone,)),))
    return [_task(todo, hq.clock.now()) for todo in found]


def _task(todo: Todo, now: int) -> Task:
    """How an action stands to its day: a day that is due is not yet late."""
    still = todo.action.state is ActionState.OPEN
    if todo.due is None:
        return Task(
            todo, still, late=False, words=_("when its anchor has a date") if todo.action.due is not None else ""
        )
    days = (now - todo.due.seconds) // _DAY
    if not still:
        return Task(todo, still, late=False, words="")
    if days >= 1:
        return Task(todo, still, late=True, words=ngettext("overdue by %d day", "overdue by %d days", days) % days)
    left = -(-(todo.due.seconds - now) // _DAY)
    if left <= 0:
        return Task(todo, still, late=False, words=_("due now"))
    return Task(todo, still, late=False, words=ngettext("due in %d day", "due in %d days", left) % left)


def _record(party: PartyId, element: ElementId) -> tuple[Session, Piece]:
    session = sessions.session_of(access.headquarters(), f"{party}/{element}")
    if session is None:
        raise Http404
    return session, next(piece for piece in session.records if (piece.party, piece.element) == (party, element))


def _new_item(content: Minutes, me: PartyId, typed: Mapping[str, str], errors: Mapping[str, str]) -> NewItem:
    number = len(content.agenda)
    kept = {
        name.removeprefix("new.").replace(".", "_"): text for name, text in typed.items() if name.startswith("new.")
    }
    sides = tuple(
        NewSide(at, party, kept.get(f"positions_{at}_position", ""), kept.get(f"positions_{at}_reservation", ""))
        for at, party in enumerate(_sides_for_new(content, me))
    )
    prefix = f"{_ID}{number}."
    told = {
        name.removeprefix(prefix).replace(".", "_"): sentence
        for name, sentence in errors.items()
        if name.startswith(prefix)
    }
    return NewItem(number, {"id": _next_id(content), **kept}, sides, told)


def _sides_for_new(content: Minutes, me: PartyId) -> list[str]:
    """The sides that a new item starts with: those that spoke in this session, or were at it, else we and every partner."""
    named = [side.party for item in content.agenda for side in item.positions]
    named += [attendee.party for attendee in content.attendees if attendee.party]
    known = list(releases.partner_names(access.headquarters()))
    return list(dict.fromkeys(named))[:8] or [str(me), *(str(party) for party in known if party != me)][:2]


def _next_id(content: Minutes) -> str:
    """A number that no item of the agenda has."""
    taken = {item.id for item in content.agenda}
    return next(
        str(number)
        for number in range(len(content.agenda) + 1, len(content.agenda) * 2 + 2)
        if str(number) not in taken
    )


def _new_url(me: PartyId, names: Mapping[PartyId, str]) -> str:
    """The form for new minutes, with a first item and a row for each side."""
    sides = [me, *(party for party in names if party != me)][:2]
    typed = {"agenda.0.id": "1", **{f"agenda.0.positions.{at}.party": party for at, party in enumerate(sides)}}
    return f"{reverse('element-new', args=['minutes'])}?{urlencode(typed)}"


def _input_id(name: str) -> str:
    return "f-" + name.replace(".", "-")
