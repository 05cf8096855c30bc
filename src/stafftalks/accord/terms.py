"""What terms may say: the realms that exist, the duties that exist, and why consent is not one of them."""

from collections.abc import Iterable
from typing import Final

from stafftalks.values.errors import Refusal
from stafftalks.values.realm import Realm

DUTIES: Final = ("none", "inform", "consult")
"""The duties a clause may carry. The list is closed on purpose: see `refuse_consent`."""

_REALMS: Final[dict[str, Realm]] = {realm.value: realm for realm in Realm}


def known_realm(name: str) -> Realm | None:
    """The realm that `name` names, or None where this version knows none of that name."""
    return _REALMS.get(name)


def known_realms(names: Iterable[str]) -> frozenset[Realm]:
    """The realms among `names`."""
    return frozenset(_REALMS[name] for name in names if name in _REALMS)


def unknown_realms(names: Iterable[str]) -> tuple[str, ...]:
    """The names that name no realm of this version, sorted: they are shown as written and never open."""
    return tuple(sorted({name for name in names if name not in _REALMS}))


def refuse_consent(duty: str) -> Refusal:
    """The refusal of a clause whose duty is `duty`, which is none of `DUTIES`: for our own people and for partners' bytes."""
    sentence = (
        f"The duty {duty[:40]!r} is not one that a clause can carry. A consent clause would make one party's act wait on "
        "another's; here each decides alone. Use 'consult' to oblige a party to hear the other first, 'inform' to oblige "
        "it to tell, or 'none'."
    )
    return Refusal("clause-duty", sentence)
