"""Accounts as the command line and the administrator's page manage them; every change of them is in the journal.

There is always an active administrator left, so that nobody can lock a headquarters from inside.
"""

import time

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db.models.query import QuerySet

from stafftalks.services.rows import JournalRow
from stafftalks.store.edge import reading, storable, writing
from stafftalks.store.logs import DjangoJournal
from stafftalks.store.models import User
from stafftalks.values.errors import MisuseError
from stafftalks.values.person import Person, Role


@reading()
def everyone() -> tuple[tuple[Person, bool], ...]:
    """Each person with an account and whether it is active, by username."""
    return tuple((user.person(), user.is_active) for user in User.objects.order_by("username"))


@reading()
def person(username: str) -> Person | None:
    """Who may act under this username; None where there is no such person, or it is not active."""
    user = User.objects.filter(username=username, is_active=True).first()
    return user.person() if user else None


@writing()
def add(person: Person, password: str, *, by: str) -> None:
    """Adds a person who can sign in. Raises MisuseError where the username is taken or unfit, or the password too weak (says why)."""
    user = User(username=person.username, name=storable(person.name), roles=_names(person.roles))
    try:
        user.clean_fields(exclude=("password",))
    except ValidationError as error:
        raise MisuseError(f"This person cannot be added: {' '.join(error.messages)}") from error
    if User.objects.filter(username__iexact=person.username).exists():
        raise MisuseError(f"The username {person.username} is taken, in this or another case: choose another.")
    _set_password(user, password)
    user.save()
    _note(by, "person added", user, f"{user} was added as {_spelt(person.roles)}.")


@writing()
def set_roles(username: str, roles: frozenset[Role], *, by: str) -> None:
    """Replaces a person's roles; raises MisuseError where there is no such person, or no administrator would be left."""
    user = _required(username)
    user.roles = _names(roles)
    user.save(update_fields=("roles",))
    _check_administrator()
    _note(by, "roles set", user, f"{user} is now {_spelt(roles)}.")


@writing()
def set_password(username: str, password: str, *, by: str) -> None:
    """Replaces a password; raises MisuseError where there is no such person or it is too weak (says why)."""
    user = _required(username)
    _set_password(user, password)
    user.save(update_fields=("password",))
    _note(by, "password set", user, f"The password of {user} was replaced.")


@writing()
def set_active(username: str, *, active: bool, by: str) -> None:
    """Lets a person sign in and act, or no longer; raises MisuseError where no active administrator would be left."""
    user = _required(username)
    user.is_active = active
    user.save(update_fields=("is_active",))
    _check_administrator()
    _note(
        by,
        "person activated" if active else "person barred",
        user,
        f"{user} may {'again' if active else 'no longer'} sign in.",
    )


def _accounts() -> QuerySet[User]:
    """All accounts, held until the transaction ends, so that two changes cannot remove the last two administrators at once."""
    return User.objects.select_for_update()


def _required(username: str) -> User:
    user = next((user for user in _accounts() if user.username == username), None)
    if user is None:
        raise MisuseError(f"Nobody here has the username {username}: `stafftalks people list` shows who does.")
    return user


def _check_administrator() -> None:
    if not any(user.is_active and Role.ADMINISTRATOR in user.person().roles for user in _accounts()):
        raise MisuseError("No active administrator would be left: give the role to another person first.")


def _set_password(user: User, password: str) -> None:
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise MisuseError(f"This password is too weak: {' '.join(error.messages)}") from error
    user.set_password(password)


def _names(roles: frozenset[Role]) -> list[str]:
    return sorted(role.value for role in roles)


def _spelt(roles: frozenset[Role]) -> str:
    return ", ".join(_names(roles)) or "a person without a role"


def _note(by: str, act: str, user: User, sentence: str) -> None:
    DjangoJournal().add(JournalRow(int(time.time()), by, act, user.username, sentence))
