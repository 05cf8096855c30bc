"""Staff talks: series and their sessions, each party's record of a session beside the other's, and what is still to be done.

A session is *agreed* only where every party of an accord has adopted the exact text of a record of it; else there is our record and theirs.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

import msgspec

from stafftalks.planning import compare
from stafftalks.planning.compare import Change
from stafftalks.planning.meetings import Action, ActionState, AgendaItem, Minutes, SidePosition
from stafftalks.planning.talk import Suggestion
from stafftalks.services import elements, workspace
from stafftalks.services.dating import Dates
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from stafftalks.services.workspace import Piece
from stafftalks.values.person import Person
from stafftalks.values.relative_time import Instant

_REFERENCE = re.compile(r"\b[A-Z][A-Z0-9]{1,7}/[a-z2-7]{26}\b")
_NUMBER = re.compile(r"[0-9]{1,9}")
_NOT_YET = 1 << 60


class Session(msgspec.Struct, frozen=True):
    """One session: the records of it, agreed first, then ours, then theirs; `at` is when it began, where that can be dated.

    `linked` is whether the records were matched by a suggestion that names one, and not by series and session.
    """

    series: str
    name: str
    at: Instant | None
    records: tuple[Piece, ...]
    linked: bool = False

    @property
    def agreed(self) -> Piece | None:
        """The record that every party has adopted word for word."""
        return self.records[0] if self.records[0].side == "agreed" else None


class Series(msgspec.Struct, frozen=True):
    """A series of talks and its sessions, newest first; `name` is empty for sessions that name none."""

    name: str
    sessions: tuple[Session, ...]


class Todo(msgspec.Struct, frozen=True):
    """An action of a session as it stands in the newest session that names it. `at` is its place: agenda item, then action, from 0.

    `due` is an absolute time where it can be dated; `otherwise` is the state that another record of the same session gives, where it differs.
    """

    action: Action
    item: AgendaItem
    session: Session
    record: Piece
    place: tuple[int, int]
    due: Instant | None
    otherwise: ActionState | Literal[""] = ""


def series(hq: Headquarters) -> tuple[Series, ...]:
    """Every series, the one with the newest session first."""
    found = workspace.pieces(hq, kinds=("minutes",))
    links = _links(workspace.pieces(hq, kinds=("suggestion",)), {piece.key for piece in found})
    dates = Dates(hq)
    sessions = [_session(records, dates, linked=linked) for records, linked in _matched(found, links)]
    named: dict[str, list[Session]] = {}
    for session in sessions:
        named.setdefault(_folded(session.series), []).append(session)
    made = [Series(together[0].series, _newest_first(together)) for _, together in sorted(named.items())]
    return tuple(sorted(made, key=lambda one: (not one.name, -_latest(one), one.name)))


def session_of(hq: Headquarters, key: str) -> Session | None:
    """The session of which `key` (`XMR/<element>`) is a record."""
    return next(
        (
            session
            for one in series(hq)
            for session in one.sessions
            if any(piece.key == key for piece in session.records)
        ),
        None,
    )


def todos(hq: Headquarters, found: Sequence[Series]) -> tuple[Todo, ...]:
    """Every action of these series, each once: overdue first, then by when it is due, those without a date last.

    One that was carried over stands as the newest session has it; within a session the agreed record speaks first, then ours.
    """
    dates = Dates(hq)
    made: list[Todo] = []
    for one in found:
        known: dict[tuple[str, str], int] = {}
        for session in one.sessions:
            for record in session.records:
                for todo in _todos(session, record, dates):
                    name = (_folded(todo.action.what), _folded(todo.action.owner))
                    if not one.name:  # sessions outside any series carry nothing over
                        name = (f"{session.records[0].key} {name[0]}", name[1])
                    if name not in known:
                        known[name] = len(made)
                        made.append(todo)
                        continue
                    first = made[known[name]]
                    if first.session is session and first.action.state != todo.action.state:
                        made[known[name]] = msgspec.structs.replace(first, otherwise=todo.action.state)
    return tuple(
        sorted(made, key=lambda todo: (todo.due is None, todo.due.seconds if todo.due else 0, todo.action.what))
    )


def differences(one: Piece, other: Piece) -> tuple[Change, ...]:
    """What differs from one record of a session to the other, in words."""
    if isinstance(one.content, Minutes) and isinstance(other.content, Minutes):
        return compare.diff(one.content, other.content)
    return ()


def next_session(minutes: Minutes) -> Minutes:
    """Minutes for the session after this one: who met, and each item that has open actions, with the sides and nothing said yet."""
    number = _NUMBER.fullmatch(minutes.session.strip())
    session = str(int(minutes.session) + 1) if number else ""
    name = minutes.series or minutes.title
    title = f"{name}, session {session}" if session else f"{name}, next session"
    items = []
    for item in minutes.agenda:
        actions = tuple(action for action in item.actions if action.state is ActionState.OPEN)
        if actions:
            sides = tuple(SidePosition(party=side.party) for side in item.positions)
            items.append(AgendaItem(id=item.id, item=item.item, about=item.about, positions=sides, actions=actions))
    return Minutes(
        title=title[:500], series=minutes.series, session=session, place=minutes.place, attendees=minutes.attendees,
        agenda=tuple(items), contingency=minutes.contingency, marking=minutes.marking,
    )  # fmt: skip


def prepare_next(hq: Headquarters, person: Person, record: Piece) -> ElementRow:
    """A draft of ours, at home only, for the session after the one that `record` tells of; what was left open is carried over."""
    content = record.content
    return elements.add(
        hq, person, next_session(content if isinstance(content, Minutes) else Minutes(title=record.title))
    )


def own_record(session: Session) -> Piece | None:
    """Our record of the session, where we keep one."""
    return next((piece for piece in session.records if piece.own), None)


def _links(suggestions: Sequence[Piece], minutes: set[str]) -> list[tuple[str, str]]:
    """Pairs of minutes of which one was suggested in place of the other: a suggestion about one that names the other."""
    found = []
    for piece in suggestions:
        content = piece.content
        if isinstance(content, Suggestion):
            about = f"{content.about.party}/{content.about.element}"
            for other in _REFERENCE.findall(f"{content.proposed}\n{content.rationale}"):
                if about in minutes and other in minutes and other != about:
                    found.append((about, other))
    return found


def _matched(found: Sequence[Piece], links: Sequence[tuple[str, str]]) -> list[tuple[list[Piece], bool]]:
    """The records that tell of one session, and whether only a suggestion says so."""
    by_key = {piece.key: piece for piece in found}
    together: dict[str, set[str]] = {key: {key} for key in by_key}
    named: dict[tuple[str, str], str] = {}

    def join(one: str, other: str) -> None:
        joined = together[one] | together[other]
        for key in joined:
            together[key] = joined

    for piece in found:
        content = piece.content
        if isinstance(content, Minutes) and _folded(content.series) and _folded(content.session):
            join(named.setdefault((_folded(content.series), _folded(content.session)), piece.key), piece.key)
    for one, other in links:
        join(one, other)
    linked = {key for pair in links for key in pair}
    groups = {min(keys): keys for keys in together.values()}
    return [
        (
            sorted((by_key[key] for key in keys), key=lambda piece: (piece.side != "agreed", not piece.own, piece.key)),
            bool(keys & linked) and not _same_name([by_key[key] for key in keys]),
        )
        for _, keys in sorted(groups.items())
    ]


def _same_name(pieces: Sequence[Piece]) -> bool:
    """Whether all of them name one series and one session."""
    names = {_name(piece) for piece in pieces}
    return len(names) == 1 and all(next(iter(names)))


def _name(piece: Piece) -> tuple[str, str]:
    content = piece.content
    return (_folded(content.series), _folded(content.session)) if isinstance(content, Minutes) else ("", "")


def _session(records: Sequence[Piece], dates: Dates, *, linked: bool) -> Session:
    contents = [piece.content for piece in records if isinstance(piece.content, Minutes)]
    series = next((content.series for content in contents if content.series), "")
    name = next((content.session for content in contents if content.session), "")
    at = None
    for piece in records:
        if at is None and isinstance(piece.content, Minutes) and piece.content.window.start is not None:
            at = dates.of(piece.content.window.start, piece.contingency)
    return Session(series, name, at, tuple(records), linked)


def _todos(session: Session, record: Piece, dates: Dates) -> list[Todo]:
    if not isinstance(record.content, Minutes):
        return []
    return [
        Todo(
            action, item, session, record, (at, number),
            dates.of(action.due, record.contingency),
        )
        for at, item in enumerate(record.content.agenda)
        for number, action in enumerate(item.actions)
    ]  # fmt: skip


def _newest_first(sessions: Sequence[Session]) -> tuple[Session, ...]:
    """The sessions of a series: by number where each has one, else by when they were held, one without a date before all others."""
    numbered = all(_NUMBER.fullmatch(session.name.strip()) for session in sessions)

    def place(session: Session) -> tuple[int, str]:
        if numbered:
            return int(session.name), session.name
        return (session.at.seconds if session.at else _NOT_YET), session.name

    return tuple(sorted(sessions, key=place, reverse=True))


def _latest(series: Series) -> int:
    """When the newest dated session of the series was held, unix seconds; 0 where none is dated."""
    return max((session.at.seconds for session in series.sessions if session.at), default=0)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
