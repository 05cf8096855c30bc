"""What is catalogued of an element and what may be asked of the catalogue: words folded alike everywhere, references, filters.

Words are folded here (compatibility forms joined, marks above letters dropped, case folded) and given to the databases already folded, so that the
fake of the tests, SQLite and PostgreSQL find the same. The catalogue never holds a text to show: what a page shows is cut from the element itself.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, Literal

import msgspec

from stafftalks.planning.element import Element, UnknownContent, decode
from stafftalks.planning.kinds import Content
from stafftalks.planning.plain import to_plain
from stafftalks.planning.refs import ElementRef, ExactRef
from stafftalks.planning.summary import headline
from stafftalks.values.errors import PeerError
from stafftalks.values.ids import AccordId, ElementId, PartyId, VersionHash

Side = Literal["ours", "released", "theirs", "agreed"]
RULES: Final = "1"
"""Grows when these rules change: what was catalogued by older ones is catalogued again."""
OWN: Final = "own"
"""The name of the mark of our own elements; an accord's is its id."""
MAX_WORDS: Final = 16_000
MAX_TERMS: Final = 16
_LONGEST_WORD = 40
_LONGEST_KEY = 200
_LONGEST_QUERY = 400
_WORD = re.compile(r"[^\W_]+")
# A word as it is spelt, with the marks of Latin, Hebrew and Arabic letters that stand apart from them.
_SPELT = re.compile(
    r"[^\W_][^\W_\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]*(?:[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]+[^\W_]*)*"
)
_TERM = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')
_UNREAD = frozenset({"kind", "version", "element", "scale", "time", "shape"})


class Pointer(msgspec.Struct, frozen=True, order=True):
    """A reference that an element holds: the field, without row numbers, and the element it names."""

    field: str
    party: PartyId
    element: ElementId


class Described(msgspec.Struct, frozen=True):
    """What the catalogue keeps of an element's bytes. `key` is its folded title; `body` the folded words of its text, divided by spaces."""

    kind: str
    title: str
    key: str
    contingency: str
    marking: str
    body: str
    points: tuple[Pointer, ...]


class ReleasedEntry(msgspec.Struct, frozen=True):
    """One element that stands released in an accord, in its newest version there, and where in its author's record it stands."""

    accord: AccordId
    party: PartyId
    element: ElementId
    version: VersionHash
    realm: str
    at: int
    epoch: str
    n: int
    agreed: bool
    described: Described


class Standing(msgspec.Struct, frozen=True):
    """What the catalogue holds of a released element: enough to tell whether it is still right."""

    version: VersionHash
    epoch: str
    n: int
    agreed: bool


class Term(msgspec.Struct, frozen=True):
    """Words that must stand together. `prefix`: the last may go on; `excluded`: they must not stand there."""

    words: tuple[str, ...]
    prefix: bool = True
    excluded: bool = False


class Wanted(msgspec.Struct, frozen=True):
    """What is looked for: all `terms`, and each filter that is not empty. `scenario` is an element that must be named, or be it."""

    terms: tuple[Term, ...] = ()
    kinds: tuple[str, ...] = ()
    scenario: tuple[PartyId, ElementId] | None = None
    side: Side | Literal[""] = ""
    realm: str = ""
    marking: str = ""
    party: str = ""
    contingency: str = ""
    archived: bool = False


class Match(msgspec.Struct, frozen=True):
    """An element that was found: whose, and where it stands. `accord` is empty where it was found among our own."""

    party: PartyId
    element: ElementId
    accord: AccordId | Literal[""] = ""


class TitleMatch(msgspec.Struct, frozen=True):
    """An element found by its title."""

    match: Match
    title: str
    kind: str
    side: Side


class Combination(msgspec.Struct, frozen=True):
    """How many of what was found share all of these."""

    kind: str
    side: Side
    realm: str
    marking: str
    party: PartyId
    contingency: str
    count: int


def fold(text: str) -> str:
    """`text` as it is compared: compatibility forms joined, marks above and below letters dropped, case folded."""
    if text.isascii():
        return text.lower()
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return unicodedata.normalize("NFKD", plain.casefold())


def words(text: str) -> list[str]:
    """The folded words of `text`, in order; a long one is cut."""
    return [word[:_LONGEST_WORD] for word in _WORD.findall(fold(text))]


def parse_terms(text: str) -> tuple[Term, ...]:
    """What `text` asks for: words (each may go on), "exact phrases", -excluded ones. Whatever is typed is some question; none fails.

    Exclusions alone ask for nothing: then no term is left.
    """
    found = []
    for sign, phrase, word in _TERM.findall(text[:_LONGEST_QUERY]):
        asked = tuple(words(phrase or word))
        if asked:
            found.append(Term(asked, prefix=not phrase, excluded=bool(sign)))
    terms = tuple(found[:MAX_TERMS])
    return terms if any(not term.excluded for term in terms) else ()


def describe(raw: bytes, title: str = "") -> Described:
    """What the catalogue keeps of the element in `raw`; bytes that are no element are catalogued by their text alone."""
    try:
        element: Element | None = decode(raw)
    except PeerError:
        element = None
    content = element.content if element else None
    texts = list(_texts(raw))
    if content is None or isinstance(content, UnknownContent):
        named = title or (headline(content) if content else "")
        kind = content.kind if content else ""
        return Described(kind, named, key_of(named), "", "", _body(texts), ())
    named = content.title or headline(content)
    points = tuple(sorted({Pointer(name, ref.party, ref.element) for name, ref in references(content)}))
    kind = str(content.__struct_config__.tag)
    return Described(
        kind, named, key_of(named), content.contingency, content.marking.banner(), _body(texts), points
    )  # fmt: skip


def key_of(title: str) -> str:
    """The folded title: its words divided by single spaces, cut."""
    return " ".join(words(title))[:_LONGEST_KEY]


def references(content: Content | UnknownContent) -> Iterator[tuple[str, ElementRef | ExactRef]]:
    """Every reference to an element in `content`, with the name of the field that holds it, without row numbers."""
    if not isinstance(content, UnknownContent):
        yield from _references(content, "")


def texts_in(content: Content | UnknownContent) -> tuple[str, ...]:
    """The texts that people wrote in `content`, as the catalogue has words of them: what a snippet is cut from."""
    raw = content.raw if isinstance(content, UnknownContent) else msgspec.json.encode(to_plain(content))
    return tuple(_texts(raw))


def marked(text: str, terms: tuple[Term, ...]) -> tuple[tuple[str, bool], ...]:
    """`text` in parts, in order, each with whether it is a word that was asked for."""
    asked = [
        (word, term.prefix and at == len(term.words) - 1)
        for term in terms
        if not term.excluded
        for at, word in enumerate(term.words)
    ]
    parts: list[tuple[str, bool]] = []
    last = 0
    for match in _SPELT.finditer(text):
        said = words(match[0])
        if any(word == wanted or (goes_on and word.startswith(wanted)) for word in said for wanted, goes_on in asked):
            parts += [(text[last : match.start()], False), (match[0], True)]
            last = match.end()
    return tuple(part for part in (*parts, (text[last:], False)) if part[0])


def _references(holder: object, prefix: str) -> Iterator[tuple[str, ElementRef | ExactRef]]:
    if isinstance(holder, ElementRef | ExactRef):
        yield prefix, holder
    elif isinstance(holder, tuple):
        for item in holder:
            yield from _references(item, prefix)
    elif isinstance(holder, msgspec.Struct):
        for name in holder.__struct_fields__:
            yield from _references(getattr(holder, name), f"{prefix}.{name}" if prefix else name)


def _body(texts: list[str]) -> str:
    found: list[str] = []
    for text in texts:
        found += words(text)
        if len(found) >= MAX_WORDS:
            break
    return " ".join(found[:MAX_WORDS])


def _texts(raw: bytes) -> Iterator[str]:
    try:
        whole: object = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return
    yield from _strings(whole.get("content", whole) if isinstance(whole, dict) else whole)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            if not (name in _UNREAD and isinstance(inner, str)):
                yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
