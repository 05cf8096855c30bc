"""Who asks, and of which headquarters: the only way views learn either."""

from typing import cast

from django.http import HttpRequest

from stafftalks.services import registry
from stafftalks.services.ports import Headquarters
from stafftalks.store.models import User
from stafftalks.values.errors import RefusedError
from stafftalks.values.person import Person, Role


def user_of(request: HttpRequest) -> User:
    """The account signed in; the guard lets nobody else through to a view that asks."""
    return cast("User", request.user)


def person_of(request: HttpRequest) -> Person:
    """Who acts."""
    return user_of(request).person()


def headquarters() -> Headquarters:
    """The headquarters that this process serves."""
    return registry.current()


def need_role(request: HttpRequest, *roles: Role) -> Person:
    """Who acts, holding one of `roles`; raises RefusedError, which becomes a page that says which role it takes."""
    person = person_of(request)
    refusal = person.lacking(*roles)
    if refusal:
        raise RefusedError(refusal)
    return person
