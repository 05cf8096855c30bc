"""What a person is typing, kept while they type, and which colleagues have a form open; each row is its person's own.

Every call names the person first and can reach no other's kept text. Of an open form colleagues learn who, since when and when they last
typed; never what. Texts are cleared on saving, on throwing away, and after KEPT_DAYS.
"""

from typing import Final

import msgspec

from stafftalks.store.edge import reading, storable, writing
from stafftalks.store.models import KeptForm, OpenForm, User
from stafftalks.values.errors import MisuseError

KEPT_DAYS: Final = 90
MAX_BYTES: Final = 1_048_576
"""The most that is kept of one form, in bytes of its JSON."""
MAX_FORMS: Final = 200
"""The most forms kept for one person; the ones typed in longest ago go first."""
OPEN_FOR: Final = 12 * 3_600
"""For how long a form counts as open, in seconds since its page was last heard of."""
_FIELDS: Final = msgspec.json.Decoder(dict[str, str])


class Kept(msgspec.Struct, frozen=True):
    """What was typed into `form` by the time `at`, unix seconds; `based_on` is the version that it began from, empty for a new element."""

    form: str
    fields: dict[str, str]
    at: int
    based_on: str = ""


class Opened(msgspec.Struct, frozen=True):
    """A colleague who has a form open; times in unix seconds, `typed_at` 0 where nothing was typed yet."""

    username: str
    name: str
    opened_at: int
    alive_at: int
    typed_at: int


@writing()
def keep(person: str, form: str, fields: dict[str, str], *, at: int, based_on: str = "") -> None:
    """Keeps what was typed in place of what was kept before; raises MisuseError, and keeps the old, where it is too much."""
    raw = msgspec.json.encode({storable(name): storable(text) for name, text in fields.items()})
    if len(raw) > MAX_BYTES:
        raise MisuseError(
            f"This is too much to be kept while you type ({len(raw):,} bytes, at most {MAX_BYTES:,}): save it, or divide it."
        )
    values = {"fields": raw.decode(), "at": at, "based_on": based_on[:52]}
    _row, made = KeptForm.objects.update_or_create(person=person, form=form[:500], defaults=values)
    if made:
        _trim(person, at)


@reading()
def kept(person: str, form: str) -> Kept | None:
    """What this person typed into `form` and has not saved."""
    row = KeptForm.objects.filter(person=person, form=form[:500]).first()
    return Kept(row.form, _FIELDS.decode(row.fields), row.at, row.based_on) if row else None


@reading()
def unfinished(person: str, limit: int = 20) -> tuple[tuple[str, int], ...]:
    """The forms with kept text of this person and when they last typed, newest first."""
    found = KeptForm.objects.filter(person=person).values_list("form", "at")
    return tuple(found[:limit])


@writing()
def drop(person: str, form: str) -> bool:
    """Clears what is kept of this form for this person; False where nothing was."""
    gone, _ = KeptForm.objects.filter(person=person, form=form[:500]).delete()
    return gone > 0


@writing()
def purge(now: int) -> int:
    """Clears what nobody came back to for KEPT_DAYS, and forms no longer open; returns how many texts went."""
    OpenForm.objects.filter(alive_at__lt=now - OPEN_FOR).delete()
    gone, _ = KeptForm.objects.filter(at__lt=now - KEPT_DAYS * 86_400).delete()
    return gone


@writing()
def opened(person: str, element: str, *, at: int, typed: bool = False) -> None:
    """Notes that this person has the element's form open now, and whether they have typed since it was last heard of."""
    changes = {"alive_at": at, **({"typed_at": at} if typed else {})}
    OpenForm.objects.update_or_create(
        element=element, person=person, defaults=changes, create_defaults={"opened_at": at, **changes}
    )


@writing()
def closed(person: str, element: str) -> None:
    """Notes that this person has left the element's form."""
    OpenForm.objects.filter(element=element, person=person).delete()


@reading()
def others(person: str, element: str, *, now: int) -> tuple[Opened, ...]:
    """The colleagues of `person` who have the element's form open, who typed last first."""
    rows = OpenForm.objects.filter(element=element, alive_at__gte=now - OPEN_FOR).exclude(person=person)
    found = sorted(rows, key=lambda row: (-row.typed_at, row.person))
    names = {user.username: str(user) for user in User.objects.filter(username__in=[row.person for row in found])}
    return tuple(
        Opened(row.person, names.get(row.person, row.person), row.opened_at, row.alive_at, row.typed_at)
        for row in found
    )


def _trim(person: str, now: int) -> None:
    surplus = list(KeptForm.objects.filter(person=person).values_list("id", flat=True)[MAX_FORMS:])
    if surplus:
        KeptForm.objects.filter(id__in=surplus).delete()
    KeptForm.objects.filter(person=person, at__lt=now - KEPT_DAYS * 86_400).delete()
