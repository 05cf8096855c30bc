"""Finding: what our people may read, by words and filters, with how many there are of each sort, and where the words stand.

What is found is looked up again before it is shown, as our people may read it now; snippets are cut from that text. So whatever the catalogue should
still hold, a page never shows what was recalled or is not ours to see.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from stafftalks.accord import state
from stafftalks.planning.element import decode
from stafftalks.services import accords, cataloguing, reading, workspace
from stafftalks.services.accords import AccordView
from stafftalks.services.catalogue import (
    Combination,
    Side,
    Term,
    TitleMatch,
    Wanted,
    key_of,
    marked,
    parse_terms,
    texts_in,
)
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from stafftalks.services.workspace import Piece
from stafftalks.values.ids import ElementId, PartyId

FacetName = Literal["side", "kind", "party", "realm", "marking", "contingency"]
FACETS: tuple[FacetName, ...] = ("side", "kind", "party", "realm", "marking", "contingency")
SIDES: tuple[Side, ...] = ("ours", "released", "agreed", "theirs")
TITLES_SHOWN = 12
_SCENARIOS_OFFERED = 100
_REMEMBERED = 16
_MANY = 4_000
_AROUND = 90
_LONGEST_SNIPPET = 280

Parts = tuple[tuple[str, bool], ...]


class Question(msgspec.Struct, frozen=True):
    """What somebody looks for, as typed: words, and at most one value for each filter; an empty one does not narrow."""

    text: str = ""
    side: str = ""
    kind: str = ""
    party: str = ""
    realm: str = ""
    marking: str = ""
    contingency: str = ""
    scenario: tuple[PartyId, ElementId] | None = None
    archived: bool = False


class Result(msgspec.Struct, frozen=True):
    """One element found. `snippet` is a passage of its text, in parts, each with whether it is a word that was asked for.

    `earlier` is whether the words stand only in the version that partners hold of our element, not in the one at home.
    """

    piece: Piece
    snippet: Parts = ()
    earlier: bool = False


class Value(msgspec.Struct, frozen=True):
    """One value of a filter, and how many of what is found have it."""

    value: str
    count: int
    chosen: bool


class Facet(msgspec.Struct, frozen=True):
    """One filter: each of its values that something found has, under the other filters, the most frequent first."""

    name: FacetName
    values: tuple[Value, ...]


class Found(msgspec.Struct, frozen=True):
    """A page of what was found. `asked` is whether there were words to look for; `scenarios` are offered as a filter."""

    total: int
    results: tuple[Result, ...]
    facets: tuple[Facet, ...]
    scenarios: tuple[TitleMatch, ...]
    asked: bool


def search(hq: Headquarters, question: Question, offset: int = 0, limit: int = 50) -> Found:
    """What matches, by words the best first, else the newest first. No text fails: what cannot be a word is no word."""
    loads = reading.load_all(hq)
    cataloguing.follow(hq, loads)
    views = accords.views_of(hq, loads)
    wanted = _wanted(question)
    scenarios = hq.catalogue.named("scenario", hq.party, _SCENARIOS_OFFERED)
    if wanted is None:
        return Found(0, (), (), scenarios, asked=True)
    combinations = _combinations(hq, wanted)
    many = sum(one.count for one in combinations) > _MANY
    pieces = workspace.of_matches(hq, views, hq.catalogue.window(wanted, hq.party, offset, limit, many=many))
    results = tuple(_result(piece, wanted.terms, views) for piece in pieces)
    total = sum(one.count for one in combinations if _fits(one, question, FACETS))
    facets = tuple(_facet(name, combinations, question) for name in FACETS)
    return Found(total, results, facets, scenarios, asked=bool(wanted.terms))


def own_window(
    hq: Headquarters, *, kind: str, contingency: str, text: str, archived: bool, offset: int, limit: int = 50
) -> tuple[int, tuple[ElementRow, ...]]:
    """How many own elements match and one window of them: by words the best first, else last revised first."""
    if not text.strip():
        return hq.holdings.find(kind=kind, contingency=contingency, archived=archived, offset=offset, limit=limit)
    cataloguing.follow(hq)
    wanted = _wanted(Question(text, kind=kind, contingency=contingency, party=hq.party, archived=archived))
    if wanted is None:
        return 0, ()
    names = [match.element for match in hq.catalogue.window(wanted, hq.party, offset, limit)]
    rows = hq.holdings.elements(names)
    return hq.catalogue.count(wanted, hq.party), tuple(rows[name] for name in names if name in rows)


def titles(hq: Headquarters, text: str, limit: int = TITLES_SHOWN) -> tuple[TitleMatch, ...]:
    """Elements that may be meant by what is typed of their title: those that begin so, then those with such words, then with such letters."""
    cataloguing.follow(hq)
    key = key_of(text)
    return hq.catalogue.titles(parse_terms(text), key, hq.party, limit) if key else ()


def _wanted(question: Question) -> Wanted | None:
    """The question to the catalogue; None where there is text to look for but no word in it."""
    terms = parse_terms(question.text)
    if question.text.strip() and not terms:
        return None
    side = next((side for side in SIDES if side == question.side), None)
    if question.side and side is None:
        return None
    return Wanted(
        terms, (question.kind,) if question.kind else (), question.scenario, side or "", question.realm,
        question.marking, question.party, question.contingency, question.archived,
    )  # fmt: skip


def _combinations(hq: Headquarters, wanted: Wanted) -> tuple[Combination, ...]:
    """As the catalogue counts them; remembered for the last few questions until something catalogued changes."""
    key = (hq.catalogue.stamp(), wanted.terms, wanted.scenario, wanted.archived)
    held = hq.memory.get("combinations")
    known: tuple[tuple[object, tuple[Combination, ...]], ...] = held if isinstance(held, tuple) else ()
    for past, combinations in known:
        if past == key:
            return combinations
    combinations = hq.catalogue.combinations(wanted, hq.party)
    hq.memory["combinations"] = ((key, combinations), *known[: _REMEMBERED - 1])
    return combinations


def _fits(one: Combination, question: Question, facets: Sequence[FacetName]) -> bool:
    return all(getattr(question, name) in ("", getattr(one, name)) for name in facets)


def _facet(name: FacetName, combinations: Sequence[Combination], question: Question) -> Facet:
    others = [other for other in FACETS if other != name]
    counts: dict[str, int] = {}
    for one in combinations:
        value = getattr(one, name)
        if value and _fits(one, question, others):
            counts[value] = counts.get(value, 0) + one.count
    chosen = getattr(question, name)
    if chosen:
        counts.setdefault(chosen, 0)
    values = [Value(value, count, value == chosen) for value, count in counts.items()]
    if name == "side":
        values.sort(key=lambda value: SIDES.index(value.value) if value.value in SIDES else len(SIDES))
    else:
        values.sort(key=lambda value: (-value.count, value.value))
    return Facet(name, tuple(values))


def _result(piece: Piece, terms: tuple[Term, ...], views: Sequence[AccordView]) -> Result:
    if not terms:
        return Result(piece)
    snippet = _snippet(texts_in(piece.content), terms, piece.title)
    if snippet or not (piece.own and piece.held) or any(word for _, word in marked(piece.title, terms)):
        return Result(piece, snippet)
    for view in views:
        given = state.current_version(view.accord, piece.party, piece.element)
        passage = _snippet(texts_in(decode(given.raw).content), terms, "") if given else ()
        if passage:
            return Result(piece, passage, earlier=True)
    return Result(piece)


def _snippet(texts: Sequence[str], terms: tuple[Term, ...], title: str) -> Parts:
    """The passage with the most of the words that were asked for; none where they stand in the title alone."""
    best: Parts = ()
    most = 0
    for text in texts:
        if text == title:
            continue
        parts = marked(text, terms)
        count = len({part.casefold() for part, word in parts if word})
        if count > most:
            best, most = parts, count
    return _cut(best)


def _cut(parts: Parts) -> Parts:
    """The parts around the first word that was asked for, with an ellipsis where text is left out."""
    first = next((at for at, (_, word) in enumerate(parts) if word), None)
    if first is None:
        return ()
    found: list[tuple[str, bool]] = []
    before = "".join(part for part, _ in parts[:first])
    found.append(("… " + before[-_AROUND:].partition(" ")[2] if len(before) > _AROUND else before, False))
    room = _LONGEST_SNIPPET - len(found[0][0])
    for part, word in parts[first:]:
        if len(part) > room:
            found.append((part[:room].rpartition(" ")[0] + " …" if not word else part, word))
            break
        found.append((part, word))
        room -= len(part)
    return tuple((part, word) for part, word in found if part)
