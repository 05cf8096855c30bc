"""Reading markings for the gate: a ladder of levels and a list of caveats, compared as text.

This is written apart from the headquarters' own reading of labels, and simpler on purpose: it knows the spellings that its rules list, and what it does not
know is a `MarkError`. Nothing is guessed, and nothing is ever read as lower than it was written.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Annotated, Final

import msgspec

from stafftalks.values.errors import PeerError

_Spellings = Annotated[tuple[Annotated[str, msgspec.Meta(min_length=1)], ...], msgspec.Meta(min_length=1)]
_PARENTHESES: Final = re.compile(r"\(([^()\n]{1,500})\)")
_BULLET: Final = re.compile(r"\s*(?:(?:[-*+>#\u2022\u2013\u2014]|\(?[0-9A-Za-z]{1,3}[.)])\s+)*")
_DIVIDED: Final = re.compile(r"/|-(?=[A-Z]{2,}$)")
_SLASHES: Final = re.compile(r"(?<!:)//")  # the two slashes of an address follow a colon


class MarkError(PeerError):
    """A marking that these rules cannot read; `str(error)` is the end of a sentence."""


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """One marking policy as the gate knows it.

    `levels` go from the lowest to the highest, each with every spelling; `caveats` likewise, the first spelling being its name. `audiences` are the words
    before and after a list of readers, as ("REL TO", "") and ("", "ONLY").
    """

    name: Annotated[str, msgspec.Meta(min_length=1)]
    levels: Annotated[tuple[_Spellings, ...], msgspec.Meta(min_length=1)]
    also: tuple[str, ...] = ()
    caveats: tuple[_Spellings, ...] = ()
    audiences: tuple[tuple[str, str], ...] = ()

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """How high each spelling stands, with the policy's name before it or without; where two levels share one, the higher counts."""
        found: dict[str, int] = {}
        for rank, level in enumerate(self.levels):
            for spelling in level:
                led = (f"{name}{between}{spelling}" for name in (self.name, *self.also) for between in (" ", ":"))
                found |= dict.fromkeys(map(folded, (spelling, *led)), rank)
        return found

    @cached_property
    def named(self) -> Mapping[str, "Caveat"]:
        """The listed caveats by each spelling."""
        return {folded(one): Caveat(folded(spellings[0])) for spellings in self.caveats for one in spellings}


class Caveat(msgspec.Struct, frozen=True):
    """One caveat: its name, and the readers that it lists where it lists any. `known` is False where the policy does not list it."""

    name: str
    readers: frozenset[str] | None = None
    known: bool = True


class Mark(msgspec.Struct, frozen=True):
    """A marking read: how high its level stands, how that is spelt, and its caveats."""

    rank: int
    level: str
    caveats: tuple[Caveat, ...]


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """`text` as spellings are compared: one form of each character, capitals, single spaces, nothing invisible."""
    return " ".join(_visible(text).upper().split())


def _visible(text: str) -> str:
    """`text` in one form of each character, without those that cannot be seen."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")


def read(policy: Policy, level: str, caveats: Iterable[str]) -> Mark:
    """The mark of this level and these caveats under `policy`; raises MarkError where the level is not on its ladder."""
    rank, name = _level(policy, level)
    pieces = [piece for caveat in caveats for piece in _SLASHES.split(folded(caveat))]
    return Mark(rank, name, tuple(found for piece in pieces for found in _caveats(policy, piece)))


def read_line(policy: Policy, line: str) -> Mark:
    """The mark that a line such as `S//REL TO XMR, XTV` is under `policy`; raises as `read`."""
    level, *caveats = _SLASHES.split(line)
    return read(policy, level, caveats)


def caveat_of(policy: Policy, line: str) -> Caveat:
    """What one line of a letter permits or refuses: a caveat, or with no readers any list of that form, as `REL TO`."""
    text = folded(line)
    for before, after in policy.audiences:
        if text == folded(f"{before} {after}"):
            return Caveat(_form(before, after))
    return _caveat(policy, text)


def covers(given: Caveat, wanted: Caveat) -> bool:
    """Whether a letter that names `given` speaks of `wanted`: the same caveat, and no reader that it does not list."""
    if given.name != wanted.name:
        return False
    return given.readers is None or (wanted.readers is not None and wanted.readers <= given.readers)


def marks_in(text: str, levels: Collection[str]) -> Iterator[str]:
    """Every marking that stands in a text: in parentheses at the beginning of a line, in parentheses with `//` anywhere, or as a line of its own.

    `levels` are the spellings of every level of every policy, folded. What begins a line in parentheses with one of them, or has `//` in it, is taken for
    a marking: under a policy that does not know it, it is then refused. `(see annex B)` and the address of a page are text.
    """
    if text.isascii() and "//" not in text and "(" not in text:
        return  # most texts
    for raw in text.splitlines():
        line = _visible(raw)
        start = _BULLET.match(line)
        begins = start.end() if start else 0
        for found in _PARENTHESES.finditer(line):
            inner = found[1]
            begun = found.start() <= begins and _begins_with(inner, levels)
            if begun or _SLASHES.search(inner):
                yield inner
        if "//" in line and folded(_SLASHES.split(line[begins:])[0]) in levels:
            yield line[begins:]


def _begins_with(inner: str, levels: Collection[str]) -> bool:
    """Whether what stands in parentheses begins with a level: alone, before a slash or a hyphen, or before further capitals."""
    text = folded(inner)
    if _DIVIDED.split(text)[0].strip() in levels:
        return True
    return inner == inner.upper() and any(text.startswith(f"{level} ") for level in levels)


def _level(policy: Policy, text: str) -> tuple[int, str]:
    rank = policy.ranks.get(folded(text), -1)
    if not text.strip():
        raise MarkError(f"names no level of {policy.name}")
    if rank < 0:
        raise MarkError(f"has {text.strip()[:40]!r} for a level, which the ladder of {policy.name} does not know")
    return rank, policy.levels[rank][0]


def _caveats(policy: Policy, text: str) -> Iterator[Caveat]:
    """One caveat, or several between slashes or commas where each of these is known."""
    whole = _caveat(policy, text)
    parts = [] if whole.known else [_caveat(policy, piece.strip()) for piece in re.split(r"/|[,;]", text)]
    slashed = [_caveat(policy, piece.strip()) for piece in text.split("/")]
    for found in (parts, slashed):
        if found and all(caveat.known for caveat in found):
            yield from found
            return
    yield whole


def _caveat(policy: Policy, text: str) -> Caveat:
    if text in policy.named:
        return policy.named[text]
    for before, after in sorted(policy.audiences, key=lambda form: -len("".join(form))):
        head, tail = folded(before), folded(after)
        inner = text[len(head) : len(text) - len(tail)]
        readers = frozenset(re.split(r"\s*[,;]\s*|\s+AND\s+", inner.strip()))
        if text == f"{head}{inner}{tail}" and all(readers) and _spaced(inner, head, tail):
            return Caveat(_form(before, after), readers)
    return Caveat(text, known=False)


def _spaced(inner: str, head: str, tail: str) -> bool:
    return (not head or inner.startswith(" ")) and (not tail or inner.endswith(" "))


def _form(before: str, after: str) -> str:
    return folded(f"{before} * {after}")


def not_permitted(mark: Mark, policy: Policy, lines: Collection[str]) -> Iterator[str]:
    """The caveats of `mark` that `lines` of a letter do not permit; `all` permits every caveat that the policy lists."""
    given = [caveat_of(policy, line) for line in lines]
    everything = "ALL" in map(folded, lines)
    for caveat in mark.caveats:
        if not (everything and caveat.known) and not any(covers(one, caveat) for one in given):
            yield named(caveat)


def refused(mark: Mark, policy: Policy, lines: Collection[str]) -> Iterator[str]:
    """The caveats of `mark` that `lines` of a letter refuse, whoever their readers are."""
    names = {caveat_of(policy, line).name for line in lines}
    return (named(caveat) for caveat in mark.caveats if caveat.name in names)


def named(caveat: Caveat) -> str:
    """The caveat as a person writes it."""
    return caveat.name.replace("*", ", ".join(sorted(caveat.readers or ()))).strip() if caveat.readers else caveat.name
