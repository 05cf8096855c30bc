"""Who can sign in at this headquarters. Accounts are made by an administrator; there is no sign-up."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.db import models
from django.db.models.functions import Lower

from stafftalks.values.person import Person, Role


class UserManager(BaseUserManager["User"]):
    """Makes accounts; the checks that a person reads are in `people.add`."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """A saved account with a hashed password; without one, it cannot sign in by password."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """An account. `roles` lists role names; `last_seen_at` (unix seconds) is up to when its person has seen what changed.

    What its person chose for itself: `language` (empty: as the browser asks), `look` (empty: as the system asks), `density` (empty: regular),
    `keys_off` (the shortcuts that are switched off, by name).
    """

    username = models.CharField(max_length=150, unique=True, validators=(ASCIIUsernameValidator(),))
    name = models.CharField(max_length=150, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=10, blank=True, default="")
    look = models.CharField(max_length=10, blank=True, default="")
    density = models.CharField(max_length=10, blank=True, default="")
    keys_off = models.JSONField(default=list, blank=True)
    last_seen_at = models.BigIntegerField(default=0)
    roles = models.JSONField(default=list, blank=True)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ("username",)
        constraints = (
            # Two-person rules compare user names, so `Ana` and `ana` must never be two accounts.
            models.UniqueConstraint(Lower("username"), name="username_once_in_any_case"),
        )

    def __str__(self) -> str:
        return self.name or self.username

    def person(self) -> Person:
        """Who this account is to the services; a role name this release does not know gives nothing."""
        known = {role.value for role in Role}
        return Person(self.username, str(self), frozenset(Role(role) for role in self.roles if role in known))

    def get_full_name(self) -> str:
        """The name people read."""
        return str(self)

    def get_short_name(self) -> str:
        """The name people read."""
        return str(self)
