"""Saved views: a person's named sets of filters. They are theirs alone, and say nothing about what is found."""

import time

from django.db import IntegrityError

from stafftalks.store.edge import reading, storable, writing
from stafftalks.store.models import SavedView, User
from stafftalks.values.errors import MisuseError

MOST = 100
"""How many one person may keep."""
_LONGEST_NAME = 80
_LONGEST_QUERY = 2000


@reading()
def of(user: User) -> tuple[SavedView, ...]:
    """The person's views, by name."""
    return tuple(SavedView.objects.filter(user=user))


@reading()
def at_home(user: User) -> tuple[SavedView, ...]:
    """Those of them that stand on the person's first page, by name."""
    return tuple(SavedView.objects.filter(user=user, home=True))


@writing()
def save(user: User, name: str, query: str, *, home: bool = False) -> SavedView:
    """Keeps a view; one of the same name is replaced. Raises MisuseError where it has no name, or there are too many."""
    called = _named(name)
    if len(query) > _LONGEST_QUERY:
        raise MisuseError("These filters are too long to be kept: look for fewer words.")
    held = SavedView.objects.filter(user=user)
    if not held.filter(name=called).exists() and held.count() >= MOST:
        raise MisuseError(f"You keep {MOST} views already: remove one that you no longer need.")
    found, _ = held.update_or_create(
        user=user, name=called, defaults={"query": storable(query), "home": home, "at": int(time.time())}
    )
    return found


@writing()
def rename(user: User, view: int, name: str) -> None:
    """Calls the person's view otherwise; raises MisuseError where there is none, or another has that name."""
    called = _named(name)
    held = _one(user, view)
    if SavedView.objects.filter(user=user, name=called).exclude(id=held.id).exists():
        raise MisuseError(f"Another of your views is called “{called}”: choose another name.")
    try:
        SavedView.objects.filter(id=held.id).update(name=called)
    except IntegrityError as error:
        raise MisuseError(f"Another of your views is called “{called}”: choose another name.") from error


@writing()
def put_home(user: User, view: int, *, home: bool) -> None:
    """Puts the person's view on their first page, or takes it off; raises MisuseError where there is none."""
    SavedView.objects.filter(id=_one(user, view).id).update(home=home)


@writing()
def remove(user: User, view: int) -> None:
    """Removes the person's view; no effect where there is none."""
    SavedView.objects.filter(user=user, id=view).delete()


def _one(user: User, view: int) -> SavedView:
    held = SavedView.objects.filter(user=user, id=view).first()
    if held is None:
        raise MisuseError("This saved view is not there any more: it may have been removed in another window.")
    return held


def _named(name: str) -> str:
    called = " ".join(storable(name).split())
    if not called:
        raise MisuseError("Give the view a name, so that you find it again.")
    if len(called) > _LONGEST_NAME:
        raise MisuseError(f"A view's name has at most {_LONGEST_NAME} characters; this one has {len(called)}.")
    return called
