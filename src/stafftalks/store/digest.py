"""Who wants mail that counts what waits, for which day or week each was last taken in hand, and what went wrong.

A period is claimed in one statement before its mail is sent, so of two processes one sends it, and after a crash none sends it again. A
failed sending gives the period back, to be tried again later.
"""

from datetime import UTC, datetime, timedelta
from typing import Final, Literal

import msgspec
from django.db.models import F

from stafftalks.store.edge import reading, writing
from stafftalks.store.models import Digest, User
from stafftalks.values.errors import MisuseError

Every = Literal["off", "daily", "weekly"]
EVERY: Final[tuple[Every, ...]] = ("off", "daily", "weekly")
_FIRST_WAIT, _LONGEST_WAIT = 300, 6 * 3_600


class Choice(msgspec.Struct, frozen=True):
    """What a person chose: how often, at which hour of the day (UTC), to which address; and how the last mail went."""

    every: Every = "off"
    hour: int = 6
    email: str = ""
    sent_at: int = 0
    failures: int = 0
    last_error: str = ""


class Due(msgspec.Struct, frozen=True):
    """A mail that is due and claimed: to whom, and from when (unix seconds) it counts."""

    person: str
    email: str
    language: str
    since: int
    period: str
    before: str


class Failing(msgspec.Struct, frozen=True):
    """Mail that could not be sent to a person: how many times in a row, and why."""

    person: str
    failures: int
    last_error: str


@reading()
def choice(person: str) -> Choice:
    """What this person chose; off where they never did."""
    email = User.objects.filter(username=person).values_list("email", flat=True).first() or ""
    row = Digest.objects.filter(person=person).first()
    if row is None:
        return Choice(email=email)
    every: Every = row.every if row.every in EVERY else "off"
    return Choice(every, row.hour, email, row.sent_at, row.failures, row.last_error)


@writing()
def choose(person: str, every: Every, hour: int, email: str, *, now: int) -> None:
    """Sets how often, when and where to; the first mail comes at the next time due. Raises MisuseError where no address is given."""
    if every != "off" and not email:
        raise MisuseError("Give the address to which the mail should go, or choose that none is sent.")
    if not 0 <= hour < 24:
        raise MisuseError("Choose an hour from 0 to 23.")
    User.objects.filter(username=person).update(email=email)
    values = {
        "every": every, "hour": hour, "period": period_of(every, hour, now), "since": now,
        "failures": 0, "next_try_at": 0, "last_error": "",
    }  # fmt: skip
    Digest.objects.update_or_create(person=person, defaults=values)


@writing()
def claim(now: int, limit: int = 100) -> tuple[Due, ...]:
    """The mails that are due at `now`, each now taken in hand for its period by this caller and nobody else."""
    rows = Digest.objects.exclude(every="off").filter(next_try_at__lte=now)
    waiting = [(row, period) for row in rows if (period := period_of(row.every, row.hour, now)) != row.period][:limit]
    people = {
        user.username: user
        for user in User.objects.filter(username__in=[row.person for row, _ in waiting], is_active=True)
    }
    found = []
    for row, period in waiting:
        user = people.get(row.person)
        mine = Digest.objects.filter(person=row.person, period=row.period).update(period=period)
        if mine and user is not None and user.email:
            since = max(row.since, user.last_seen_at)
            found.append(Due(row.person, user.email, user.language, since, period, row.period))
    return tuple(found)


@writing()
def sent(due: Due, *, now: int, mailed: bool) -> None:
    """Notes that the mail went, or that there was nothing to say; the next one counts from `now`."""
    changes: dict[str, object] = {"since": now, "failures": 0, "next_try_at": 0, "last_error": ""}
    Digest.objects.filter(person=due.person).update(**changes, **({"sent_at": now} if mailed else {}))


@writing()
def failed(due: Due, reason: str, *, now: int) -> None:
    """Gives the period back, to be tried again after a while that doubles with each failure up to six hours."""
    held = Digest.objects.filter(person=due.person, period=due.period)
    failures = held.values_list("failures", flat=True).first() or 0
    wait = min(_FIRST_WAIT * 2 ** min(failures, 16), _LONGEST_WAIT)
    held.update(period=due.before, failures=F("failures") + 1, next_try_at=now + wait, last_error=reason[:500])


@reading()
def failing() -> tuple[Failing, ...]:
    """Everyone whose last mail could not be sent, with the reason, by username."""
    rows = Digest.objects.exclude(every="off").filter(failures__gt=0)
    return tuple(Failing(row.person, row.failures, row.last_error) for row in rows)


@reading()
def asked_for() -> int:
    """How many people want such mail."""
    return Digest.objects.exclude(every="off").count()


def period_of(every: str, hour: int, now: int) -> str:
    """The name of the day or week (its Monday) whose time due was last reached by `now`: `2026-11-22`. Hours are UTC."""
    day = (datetime.fromtimestamp(now, UTC) - timedelta(hours=hour)).date()
    return (day - timedelta(days=day.weekday()) if every == "weekly" else day).isoformat()
