"""Accounts of this headquarters: what an administrator does to them. Every change is a line in the journal, and each refusal a sentence."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from stafftalks.services import registry
from stafftalks.services.rows import JournalRow
from stafftalks.store.models import User
from stafftalks.values.errors import MisuseError
from stafftalks.values.person import Person, Role


def everyone() -> tuple[tuple[Person, bool], ...]:
    """Every account's person, and whether it may sign in and act, by username."""
    return tuple((user.person(), user.is_active) for user in User.objects.all())


def person(username: str) -> Person | None:
    """Who may act under this username; None where there is no such account, or it is not active."""
    user = User.objects.filter(username=username, is_active=True).first()
    return user.person() if user else None


@transaction.atomic
def add(person: Person, password: str, *, by: str) -> User:
    """The new account. Raises MisuseError where the username is taken in any case, not fit, or the password too weak."""
    if User.objects.filter(username__iexact=person.username).exists():
        raise MisuseError(f"There is an account {person.username} already: choose another username.")
    if not person.roles:
        raise MisuseError(f"Give {person.username} at least one role: without one the account could do nothing.")
    user = User(username=person.username, name=person.name, roles=sorted(person.roles))
    try:
        user.full_clean(exclude=("password",))
    except ValidationError as error:
        raise MisuseError(f"The account {person.username!r} cannot be made: {' '.join(error.messages)}") from error
    _set_password(user, password)
    user.save()
    _note(by, "person added", person.username, f"{person.name}: {', '.join(sorted(person.roles))}")
    return user


@transaction.atomic
def set_roles(username: str, roles: frozenset[Role], *, by: str) -> None:
    """Replaces an account's roles; raises MisuseError where no active administrator would be left."""
    user = _locked(username)
    user.roles = sorted(roles)
    user.save(update_fields=["roles"])
    _need_administrator()
    _note(by, "roles changed", username, ", ".join(sorted(roles)) or "no role")


@transaction.atomic
def set_password(username: str, password: str, *, by: str) -> None:
    """Replaces a password; raises MisuseError where it is too weak, with what would do."""
    user = _locked(username)
    _set_password(user, password)
    user.save(update_fields=["password"])
    _note(by, "password changed", username, "A new password was set.")


@transaction.atomic
def set_active(username: str, *, active: bool, by: str) -> None:
    """Lets an account sign in and act, or no longer; raises MisuseError where no active administrator would be left."""
    user = _locked(username)
    user.is_active = active
    user.save(update_fields=["is_active"])
    _need_administrator()
    _note(
        by,
        "account opened" if active else "account closed",
        username,
        "May sign in again." if active else "May no longer sign in.",
    )


def _locked(username: str) -> User:
    user = User.objects.select_for_update().filter(username=username).first()
    if user is None:
        raise MisuseError(f"There is no account {username}: `people list` shows those there are.")
    return user


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise MisuseError(f"This password will not do: {' '.join(error.messages)} Choose another.") from error
    user.set_password(password)


def _need_administrator() -> None:
    if not any(Role.ADMINISTRATOR in user.person().roles for user in User.objects.filter(is_active=True)):
        raise MisuseError("Somebody must stay administrator: give the role to another account first.")


def _note(by: str, act: str, subject: str, sentence: str) -> None:
    hq = registry.current()
    hq.journal.add(JournalRow(hq.clock.now(), by, act, subject, sentence))
