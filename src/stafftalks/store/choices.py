"""What a person chooses for itself: language, look, density, shortcuts. Nobody else sees it, and the journal does not record it."""

from collections.abc import Collection
from typing import Final

import msgspec
from django.conf import settings

from stafftalks.store.edge import writing
from stafftalks.store.models import User
from stafftalks.values.errors import MisuseError

LOOKS: Final = ("", "light", "dark", "contrast")
"""Empty: as the person's system asks."""
DENSITIES: Final = ("", "compact")


class Choices(msgspec.Struct, frozen=True):
    """One person's choices; each empty where the person left it to its browser or system."""

    language: str = ""
    look: str = ""
    density: str = ""
    keys_off: frozenset[str] = frozenset()


def of(user: User) -> Choices:
    """What this person chose; what this release does not know, or has no longer, counts as not chosen."""
    return Choices(
        user.language if user.language in dict(settings.LANGUAGES) else "",
        user.look if user.look in LOOKS else "",
        user.density if user.density in DENSITIES else "",
        frozenset(name for name in user.keys_off if isinstance(name, str)),
    )


@writing()
def choose(user: User, choices: Choices, *, keys: Collection[str]) -> None:
    """Keeps the choices for this person, whose shortcuts are `keys`; raises MisuseError where one cannot be chosen."""
    known = {"language": ("", *dict(settings.LANGUAGES)), "look": LOOKS, "density": DENSITIES}
    for name, possible in known.items():
        if getattr(choices, name) not in possible:
            raise MisuseError(f"{getattr(choices, name)} is no {name} that can be chosen here: choose one of the list.")
    if unknown := choices.keys_off.difference(keys):
        raise MisuseError(f"There is no shortcut {', '.join(sorted(unknown))}: choose among those of the list.")
    User.objects.filter(pk=user.pk).update(
        language=choices.language, look=choices.look, density=choices.density, keys_off=sorted(choices.keys_off)
    )
