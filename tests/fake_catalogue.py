"""The catalogue in memory: what the real one promises, said in the plainest way; the contract in `tests/store` holds both to it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from stafftalks.services.catalogue import (
    OWN,
    RULES,
    Combination,
    Described,
    Match,
    ReleasedEntry,
    Side,
    Standing,
    Term,
    TitleMatch,
    Wanted,
    describe,
)
from stafftalks.services.rows import ElementRow
from stafftalks.values.ids import AccordId, ElementId, PartyId

TALK = ("comment", "position", "suggestion", "adoption", "consent-request", "consent", "acknowledgement")


class Line(msgspec.Struct, frozen=True):
    """One element that can be found."""

    match: Match
    described: Described
    side: Side
    realm: str
    at: int
    score: tuple[int, ...] = ()


class FakeCatalogue:
    def __init__(self, memory: Any) -> None:
        self._memory = memory

    @property
    def _own(self) -> dict[ElementId, tuple[ElementRow, Described]]:
        return self._memory.table("own listed")

    @property
    def _released(self) -> dict[tuple[AccordId, PartyId, ElementId], ReleasedEntry]:
        return self._memory.table("released listed")

    def list_own(self, row: ElementRow) -> None:
        said = describe(row.raw, row.title)
        listed = msgspec.structs.replace(
            said, kind=row.kind, title=row.title or said.title, contingency=row.contingency
        )
        self._own.pop(row.id, None)
        self._own[row.id] = (row, listed)
        self._count()

    def drop_entries(self, accord: AccordId, party: PartyId, epoch: str, positions: Sequence[int]) -> None:
        for key, entry in list(self._released.items()):
            if key[:2] == (accord, party) and entry.epoch == epoch and entry.n in positions:
                del self._released[key]

    def marks(self) -> Mapping[str, str]:
        return dict(self._memory.table("marks"))

    def stamp(self) -> tuple[object, ...]:
        return (self._memory.table("stamp").get(1, 0), self._memory.table("changes").get(1, 0))

    def standing(self, accord: AccordId) -> Mapping[tuple[PartyId, ElementId], Standing]:
        return {
            key[1:]: Standing(entry.version, entry.epoch, entry.n, entry.agreed)
            for key, entry in self._released.items()
            if key[0] == accord
        }

    def renew(
        self,
        accord: AccordId,
        before: str,
        after: str,
        gone: Sequence[tuple[PartyId, ElementId]],
        come: Sequence[ReleasedEntry],
    ) -> bool:
        marks = self._memory.table("marks")
        if marks.get(accord, "") != before:
            return False
        marks[accord] = after
        for key in gone:
            self._released.pop((accord, *key), None)
        for entry in come:
            self._released[accord, entry.party, entry.element] = entry
        self._count()
        return True

    def rebuild(self) -> None:
        marks = self._memory.table("marks")
        marks.update({name: "" for name in marks if name != OWN})
        self._own.clear()
        for row in sorted(self._memory.table("elements").values(), key=lambda row: (row.revised_at, row.id)):
            self.list_own(row)
        marks[OWN] = RULES

    def window(self, wanted: Wanted, me: PartyId, offset: int, limit: int, *, many: bool = False) -> tuple[Match, ...]:
        found = sorted(
            self._found(wanted, me, filtered=True), key=lambda line: (line.score, -line.at, line.match.element)
        )
        return tuple(line.match for line in found[offset : offset + limit])

    def count(self, wanted: Wanted, me: PartyId) -> int:
        return sum(1 for _ in self._found(wanted, me, filtered=True))

    def combinations(self, wanted: Wanted, me: PartyId) -> tuple[Combination, ...]:
        counts: dict[tuple[Any, ...], int] = {}
        for line in self._found(wanted, me, filtered=False):
            said = line.described
            key = (said.kind, line.side, line.realm, said.marking, line.match.party, said.contingency)
            counts[key] = counts.get(key, 0) + 1
        return tuple(Combination(*key, count) for key, count in counts.items())

    def titles(self, terms: Sequence[Term], key: str, me: PartyId, limit: int) -> tuple[TitleMatch, ...]:
        lines = sorted(self._titled(me), key=lambda line: (-line.at, line.match.element))
        beginning = sorted((line for line in lines if key and line.described.key.startswith(key)), key=_key)
        worded = [line for line in lines if terms and _fits(tuple(terms), [line.described.key.split()])]
        lettered = [line for line in lines if key and key in line.described.key]
        found = {line.match: line for line in (*beginning, *worded, *lettered)}
        return tuple(_titled(line) for line in found.values())[:limit]

    def named(self, kind: str, me: PartyId, limit: int) -> tuple[TitleMatch, ...]:
        lines = [line for line in self._titled(me) if line.described.kind == kind]
        lines.sort(key=lambda line: (-line.at, line.match.element))
        return tuple(_titled(line) for line in lines[:limit])

    def referring(
        self,
        targets: Sequence[tuple[PartyId, ElementId]],
        me: PartyId,
        *,
        kinds: Sequence[str] = (),
        fields: Sequence[str] = (),
    ) -> tuple[Match, ...]:
        found = [
            line
            for line in self._lines(Wanted(), me)
            if not kinds or line.described.kind in kinds
            if any(
                (point.party, point.element) in targets and (not fields or point.field in fields)
                for point in line.described.points
            )
        ]
        found.sort(key=lambda line: (line.match.party != me, line.match.party, -line.at, line.match.element))
        return tuple(line.match for line in found)

    def drawing(self, parties: Sequence[PartyId], offset: int, limit: int) -> tuple[int, tuple[ElementId, ...]]:
        found = [
            row
            for row, said in self._own.values()
            if not row.archived
            and any(point.field == "origins.source" and point.party in parties for point in said.points)
        ]
        found.sort(key=lambda row: (-row.revised_at, row.id))
        return len(found), tuple(row.id for row in found[offset : offset + limit])

    def _titled(self, me: PartyId) -> Iterator[Line]:
        return (line for line in self._lines(Wanted(), me) if line.described.kind not in TALK)

    def _count(self) -> None:
        stamp = self._memory.table("stamp")
        stamp[1] = stamp.get(1, 0) + 1

    def _shown(self) -> dict[tuple[PartyId, ElementId], ReleasedEntry]:
        shown: dict[tuple[PartyId, ElementId], ReleasedEntry] = {}
        for entry in sorted(self._released.values(), key=lambda entry: (entry.at, entry.accord)):
            shown[entry.party, entry.element] = entry
        return shown

    def _lines(self, wanted: Wanted, me: PartyId) -> Iterator[Line]:
        shown = self._shown()
        for row, said in self._own.values():
            held = shown.get((me, row.id))
            side: Side = "ours" if held is None else "released"
            if held and held.agreed and held.version == row.version:
                side = "agreed"
            texts = [said, *([held.described] if held else [])]
            score = _best(wanted.terms, texts)
            if row.archived == wanted.archived and score is not None:
                realm = held.realm if held else ""
                yield Line(Match(me, row.id), said, side, realm, row.revised_at, score)
        for (party, element), entry in shown.items() if not wanted.archived else ():
            score = _best(wanted.terms, [entry.described])
            if party != me and score is not None:
                match = Match(party, element, entry.accord)
                yield Line(match, entry.described, "agreed" if entry.agreed else "theirs", entry.realm, entry.at, score)

    def _found(self, wanted: Wanted, me: PartyId, *, filtered: bool) -> Iterator[Line]:
        for line in self._lines(wanted, me):
            said, match = line.described, line.match
            named = wanted.scenario in (None, (match.party, match.element)) or any(
                (point.party, point.element) == wanted.scenario for point in said.points
            )
            fits = (
                (not wanted.kinds or said.kind in wanted.kinds)
                and wanted.side in ("", line.side)
                and wanted.realm in ("", line.realm)
                and wanted.marking in ("", said.marking)
                and wanted.party in ("", match.party)
                and wanted.contingency in ("", said.contingency)
            )
            if named and (fits or not filtered):
                yield line


def _best(terms: tuple[Term, ...], texts: Sequence[Described]) -> tuple[int, ...] | None:
    """Where all terms stand in one of the texts: whether in its title, then how often; None where they do not."""
    if not terms:
        return ()
    for said in texts:
        columns = [said.key.split(), said.body.split()]
        if _fits(terms, columns):
            titled = sum(_stands(term, columns[0]) > 0 for term in terms if not term.excluded)
            return (-titled, -sum(_stands(term, columns[1]) for term in terms))
    return None


def _fits(terms: Sequence[Term], columns: Sequence[list[str]]) -> bool:
    return all(any(_stands(term, words) for words in columns) != term.excluded for term in terms)


def _stands(term: Term, words: list[str]) -> int:
    """How often the term's words follow one another."""
    wanted, long = term.words, len(term.words)
    found = 0
    for at in range(len(words) - long + 1):
        part = tuple(words[at : at + long])
        last = part[-1].startswith(wanted[-1]) if term.prefix else part[-1] == wanted[-1]
        found += part[:-1] == wanted[:-1] and last
    return found


def _key(line: Line) -> tuple[str, int, str]:
    return line.described.key, -line.at, line.match.element


def _titled(line: Line) -> TitleMatch:
    return TitleMatch(line.match, line.described.title, line.described.kind, line.side)
