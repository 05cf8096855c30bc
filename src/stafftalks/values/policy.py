"""A marking policy: which classifications and categories there are, what may stand together, and how they are written.

The model is that of Open XML SPIF 2.1; policies that come with the product are values of the same model. A policy says what its marks mean for
combining: whether leaving a permissive tag out permits nobody (`REL TO`), anybody (`ONLY`), or is not said by it, in which case labels that bear the
tag and labels that do not are never made one.
"""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

import msgspec

from stafftalks.values.errors import WrongValueError
from stafftalks.values.label import TagType

_SPELLABLE: Final = re.compile(r"[^\x00-\x1f\x7f=;\"|]{1,200}")


class Absent(StrEnum):
    """Whom a permissive tag permits where a label does not bear it."""

    NOBODY = "nobody"
    ANYBODY = "anybody"
    UNSAID = "unsaid"


class Opening(StrEnum):
    """Which values a tag takes besides those listed: none, codes of parties, or any words."""

    CLOSED = "closed"
    PARTIES = "parties"
    WORDS = "words"


class Operation(StrEnum):
    """How many of a group of categories a label must bear."""

    ONLY_ONE = "onlyOne"
    ONE_OR_MORE = "oneOrMore"
    ALL = "all"


class Applied(StrEnum):
    """In which direction an equivalence holds: labels of this policy outward, of the other inward, or both."""

    OUTWARD = "encrypt"
    INWARD = "decrypt"
    BOTH = "both"


class Phrase(msgspec.Struct, frozen=True, kw_only=True):
    """Words that stand for something in a marking, in one language; the empty language is any."""

    text: str = ""
    language: str = ""
    replaces_policy: bool = False
    hides_name: bool = False
    hides_classification: bool = False


class Qualifier(msgspec.Struct, frozen=True, kw_only=True):
    """What stands before, between and after the values of a tag, or a whole marking, in one language."""

    language: str = ""
    prefix: str = ""
    separator: str = ""
    suffix: str = ""


class Reference(msgspec.Struct, frozen=True):
    """A value of a tag, or with an empty value all of them."""

    tag: str
    value: str = ""


class Group(msgspec.Struct, frozen=True):
    """Categories of which a label must bear one, some or all."""

    operation: Operation
    references: tuple[Reference, ...]


class Equivalent(msgspec.Struct, frozen=True, kw_only=True):
    """What counts for the same under another policy, by its code there; for a category `tag_set` is the id of its set."""

    policy: str
    code: str
    tag_set: str = ""
    applied: Applied = Applied.BOTH


class Classification(msgspec.Struct, frozen=True, kw_only=True):
    """One rung of a policy; a higher rank is more narrow."""

    name: str
    rank: int
    code: str = ""
    portion: str = ""
    aliases: tuple[str, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    colour: str = ""
    obsolete: bool = False
    required: tuple[Group, ...] = ()
    excluded: tuple[Reference, ...] = ()
    equivalents: tuple[Equivalent, ...] = ()


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a tag, and what may not or must stand with it. `home_only` ends releases to anyone but the policy's owner."""

    name: str
    code: str = ""
    portion: str = ""
    aliases: tuple[str, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    obsolete: bool = False
    home_only: bool = False
    excluded_classes: tuple[str, ...] = ()
    required: tuple[Group, ...] = ()
    excluded: tuple[Reference, ...] = ()
    equivalents: tuple[Equivalent, ...] = ()


class Tag(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of category. `audience`: its values name who may receive; `first`: the value that is written before all others.

    The first qualifier is how the tag is written, the others are read too. Tags of one `block` stand together, divided by `/`.
    """

    name: str
    type: TagType
    values: tuple[Value, ...] = ()
    set_name: str = ""
    set_id: str = ""
    opening: Opening = Opening.CLOSED
    single: bool = False
    audience: bool = False
    absent: Absent = Absent.UNSAID
    qualifiers: tuple[Qualifier, ...] = ()
    excluded: tuple[Reference, ...] = ()
    block: str = ""
    first: str = ""

    def value(self, name: str) -> Value | None:
        """The listed value of that exact name; None for values that are open or unknown."""
        return next((value for value in self.values if value.name == name), None)

    def ordered(self, names: Iterable[str]) -> tuple[str, ...]:
        """Each of these values once, in the order in which the policy writes them."""
        places = {value.name: place for place, value in enumerate(self.values)}
        return tuple(
            sorted(frozenset(names), key=lambda name: (name != self.first, places.get(name, len(places)), name))
        )


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """A policy by its name and, where it has one, its identifier (a URI, `urn:oid:…` for an object identifier).

    `owner` is the party whose policy it is, as its code, where that is known. Without classifications, labels bear none.
    Raises WrongValueError for names that cannot be written in a marking or told apart.
    """

    name: str
    uri: str = ""
    aliases: tuple[str, ...] = ()
    owner: str = ""
    classifications: tuple[Classification, ...] = ()
    tags: tuple[Tag, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    qualifiers: tuple[Qualifier, ...] = ()

    def __post_init__(self) -> None:
        _distinct("policy", [self.name])
        _distinct("classification", [one.name for one in self.classifications])
        _distinct("tag", [tag.name for tag in self.tags])
        for tag in self.tags:
            _distinct(f"value of {tag.name}", [value.name for value in tag.values])

    def classification(self, name: str) -> Classification | None:
        """The classification of that exact name."""
        return next((one for one in self.classifications if one.name == name), None)

    def rank(self, name: str) -> int:
        """How high a classification stands; -1 where the policy has none of that name, so that it dominates nothing."""
        found = self.classification(name)
        return -1 if found is None else found.rank

    def tag(self, name: str) -> Tag | None:
        """The tag of that exact name."""
        return next((tag for tag in self.tags if tag.name == name), None)

    def order(self, tag: str) -> int:
        """Where the tag stands in a marking."""
        return next((place for place, one in enumerate(self.tags) if one.name == tag), len(self.tags))

    def known_as(self) -> Iterator[str]:
        """Every name it goes by: its own, its aliases, its identifier."""
        yield from (name for name in (self.name, *self.aliases, self.uri) if name)


def folded(text: str) -> str:
    """The text as names are compared: without regard to case and to how much space stands between words."""
    return " ".join(text.casefold().split())


def spellable(name: str) -> bool:
    """Whether a name can stand in a marking and be read back from there."""
    return _SPELLABLE.fullmatch(name) is not None and "//" not in name and name == " ".join(name.split())


def _distinct(what: str, names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if not spellable(name):
            raise WrongValueError(
                f"{name[:60]!r} cannot be the name of a {what}: 1 to 200 characters on one line, single spaces, without // = ; | and quotation marks."
            )
        if folded(name) in seen:
            raise WrongValueError(f"Two things are called {name}: each {what} needs a name of its own.")
        seen.add(folded(name))
