"""Notes of our own people about an element, ours or a partner's, and the mentions in them. They stay at this headquarters.

Per-person rows, as accounts are: web pages call this module, and nothing that makes outgoing bytes can (services import no store).
"""

import re
from collections.abc import Collection

import msgspec
from django.db.models import Count, Q, QuerySet

from stafftalks.planning.refs import ElementRef, ExactRef
from stafftalks.store.edge import reading, storable, writing
from stafftalks.store.models import Mention, Note, User
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import ElementId, PartyId
from stafftalks.values.person import Person

MAX_CHARACTERS = 20_000
_MENTION = re.compile(r"(?<![\w@./+-])@([A-Za-z0-9](?:[\w.@+-]*\w)?)", re.ASCII)
_SHOWN = 120


class NoteRow(msgspec.Struct, frozen=True):
    """A note: about which element, in which exact version where one was named, by whom and when (unix seconds).

    `mentions` are usernames, in order. Where `taken_back`, the text is empty.
    """

    number: int
    party: PartyId
    element: ElementId
    version: str
    text: str
    by: str
    at: int
    taken_back: bool
    mentions: tuple[str, ...] = ()


class MentionRow(msgspec.Struct, frozen=True):
    """A note in which somebody is mentioned. `sentence` says so on one line; `target` leads there (see `web.targets`)."""

    note: NoteRow
    username: str
    read_at: int
    sentence: str
    target: tuple[str, ...]
    at: int


def mentioned(text: str) -> tuple[str, ...]:
    """The names after an @ in `text`, each once, as written; an e-mail address mentions nobody."""
    return tuple(dict.fromkeys(match[1] for match in _MENTION.finditer(text)))


@writing()
def write(
    person: Person, about: ElementRef | ExactRef, text: str, *, at: int, calling: Collection[str] = ()
) -> tuple[NoteRow, tuple[str, ...]]:
    """The new note, and the mentioned names that nobody here has (they are kept as plain words).

    Mentioned are those named with an @ in `text` and those in `calling`, in any case. `at` is unix seconds.
    Raises MisuseError where the text is empty or too long.
    """
    said = storable(text.replace("\r\n", "\n")).strip()
    if not said:
        raise MisuseError("The note is empty: write what our own people should know.")
    if len(said) > MAX_CHARACTERS:
        raise MisuseError(
            f"The note has {len(said):,} characters and {MAX_CHARACTERS:,} fit: shorten it, or write two."
        )
    named = dict.fromkeys((*mentioned(said), *(name.strip().removeprefix("@") for name in calling if name.strip())))
    known = {
        user.username.lower(): user.username
        for user in User.objects.filter(is_active=True)
        if user.username.lower() in {name.lower() for name in named}
    }
    note = Note.objects.create(
        party=about.party, element=about.element, version=about.version or "", text=said, by=person.username, at=at
    )
    called = tuple(dict.fromkeys(known[name.lower()] for name in named if name.lower() in known))
    Mention.objects.bulk_create([Mention(note=note, username=name) for name in called])
    return _row(note, called), tuple(name for name in named if name.lower() not in known)


@writing()
def take_back(person: Person, number: int) -> NoteRow:
    """The note emptied of its text; that it was written stays. Raises MisuseError unless `person` wrote it."""
    note = Note.objects.select_for_update().filter(id=number).first()
    if note is None or note.by != person.username:
        raise MisuseError("Only the person who wrote a note can take it back.")
    if not note.taken_back:
        note.text, note.taken_back = "", True
        note.save(update_fields=("text", "taken_back"))
    return _row(note, ())


@reading()
def about(party: PartyId, element: ElementId, *, offset: int = 0, limit: int = 200) -> tuple[int, tuple[NoteRow, ...]]:
    """How many notes there are about this element, and one window of them, newest first."""
    found = Note.objects.filter(party=party, element=element).order_by("-id")
    return found.count(), tuple(_rows(found[offset : offset + limit]))


@reading()
def recent(*, offset: int = 0, limit: int = 50) -> tuple[int, tuple[NoteRow, ...]]:
    """How many notes there are, and one window of them, newest first."""
    found = Note.objects.order_by("-id")
    return found.count(), tuple(_rows(found[offset : offset + limit]))


@reading()
def mentions_of(username: str, *, unread: bool = True, offset: int = 0, limit: int = 50) -> tuple[MentionRow, ...]:
    """One window of the notes in which this person is mentioned, newest first; without `unread`, those already read too.

    A note that was taken back is left out.
    """
    found = _mentions(username, unread=unread).select_related("note")[offset : offset + limit]
    return tuple(
        MentionRow(
            row := _row(mention.note, ()),
            mention.username,
            mention.read_at,
            f"{row.by} mentions you: “{_on_one_line(row.text)}”",
            ("notes", row.party, row.element, str(row.number)),
            row.at,
        )
        for mention in found
    )


@reading()
def count_mentions(username: str, *, unread: bool = True) -> int:
    """How many notes mention this person, and were not yet read by them (or at all, without `unread`)."""
    return _mentions(username, unread=unread).count()


@reading()
def count_about(refs: Collection[tuple[PartyId, ElementId]]) -> dict[tuple[PartyId, ElementId], int]:
    """How many notes there are about each of these elements; those without are left out. One query."""
    wanted = {element for _, element in refs}
    counted = Note.objects.filter(element__in=wanted, taken_back=False).values("party", "element").order_by()
    found = {
        (PartyId(row["party"]), ElementId(row["element"])): int(row["many"])
        for row in counted.annotate(many=Count("id"))
    }
    return {ref: many for ref, many in found.items() if ref in set(refs)}


@writing()
def mark_read(username: str, *, at: int, notes: Collection[int] | None = None) -> int:
    """Remembers that this person has read these notes (all where None) at `at`; returns how many were unread."""
    unread = Mention.objects.filter(username=username, read_at=0)
    if notes is not None:
        unread = unread.filter(note_id__in=list(notes))
    return unread.update(read_at=max(at, 1))


def _mentions(username: str, *, unread: bool) -> QuerySet[Mention]:
    wanted = Q(username=username, note__taken_back=False)
    return Mention.objects.filter(wanted & Q(read_at=0) if unread else wanted).order_by("-id")


def _rows(found: QuerySet[Note]) -> list[NoteRow]:
    return [
        _row(note, tuple(mention.username for mention in sorted(note.mentions.all(), key=lambda one: one.pk)))
        for note in found.prefetch_related("mentions")
    ]


def _row(note: Note, mentions: tuple[str, ...]) -> NoteRow:
    return NoteRow(
        note.pk, PartyId(note.party), ElementId(note.element), note.version, note.text, note.by, note.at,
        note.taken_back, mentions,
    )  # fmt: skip


def _on_one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1].rstrip() + "…"
