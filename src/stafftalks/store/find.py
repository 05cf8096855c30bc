"""The `Catalogue` port: what is found by words, filters and references, on SQLite (FTS5) and PostgreSQL (tsvector, GIN).

Both are given words that are folded already (`services.catalogue`), so that both find the same. Own elements are listed in the transaction that
keeps them (`list_own`); what is cleared of a record leaves in the transaction that clears it (`drop_entries`).
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from stafftalks.services.catalogue import (
    OWN,
    RULES,
    Combination,
    Described,
    Match,
    ReleasedEntry,
    Standing,
    Term,
    TitleMatch,
    Wanted,
    describe,
)
from stafftalks.services.rows import ElementRow
from stafftalks.store import find_sql as sql
from stafftalks.store.edge import reading, storable, writing
from stafftalks.store.models import Catalogued, Change, Element, OwnListed, OwnPoint, ReleasedListed
from stafftalks.values.ids import AccordId, ElementId, PartyId, VersionHash

_PART = 2_000
_LONGEST_CONTINGENCY = 500


class DjangoCatalogue:
    """The catalogue in the database of this process."""

    @reading()
    def marks(self) -> Mapping[str, str]:
        """How far each accord is catalogued, by its id; under `own` by which rules our own elements are."""
        return dict(Catalogued.objects.values_list("name", "mark"))

    @reading()
    def stamp(self) -> tuple[object, ...]:
        """A value that differs whenever something catalogued has changed."""
        newest = [model.objects.order_by("-id").values_list("id", flat=True).first() or 0 for model in _LISTED]
        marks = Catalogued.objects.order_by("name").values_list("name", "mark")
        return (*newest, Change.objects.values_list("count", flat=True).first() or 0, *marks)

    @reading()
    def standing(self, accord: AccordId) -> Mapping[tuple[PartyId, ElementId], Standing]:
        """What is catalogued of the accord."""
        rows = ReleasedListed.objects.filter(accord=accord)
        found = rows.values_list("party", "element", "version", "epoch", "n", "agreed")
        return {
            (PartyId(party), ElementId(element)): Standing(VersionHash(version), epoch, n, agreed)
            for party, element, version, epoch, n, agreed in found.iterator(chunk_size=_PART)
        }

    @writing()
    def renew(
        self,
        accord: AccordId,
        before: str,
        after: str,
        gone: Sequence[tuple[PartyId, ElementId]],
        come: Sequence[ReleasedEntry],
    ) -> bool:
        """Takes out what is gone, puts in what came, and moves the mark; False, and nothing changed, where the mark is not `before`."""
        Catalogued.objects.get_or_create(name=accord)
        if not Catalogued.objects.filter(name=accord, mark=before).update(mark=after):
            return False
        touched = [*gone, *((entry.party, entry.element) for entry in come)]
        _drop_released(accord, touched)
        _insert_released(come)
        _show_newest(touched)
        if gone:
            sql.purge()
        return True

    @writing()
    def rebuild(self) -> None:
        """Lists every own element anew, and forgets how far accords are catalogued, so that they are when next asked for."""
        Catalogued.objects.exclude(name=OWN).update(mark="")
        OwnListed.objects.all().delete()
        sql.run("DELETE FROM store_ownpoint")
        rows = Element.objects.order_by("revised_at", "id").iterator(chunk_size=_PART)
        while part := list(islice(rows, _PART)):
            _insert_own([(row, describe(bytes(row.raw), row.title)) for row in part])
        Catalogued.objects.update_or_create(name=OWN, defaults={"mark": RULES})

    @reading()
    def window(self, wanted: Wanted, me: PartyId, offset: int, limit: int, *, many: bool = False) -> tuple[Match, ...]:
        """One window of what matches: by words the best first, else the newest first; of `many` only some are weighed."""
        rows = sql.window(wanted, me, offset, limit, many=many)
        return tuple(_match(own, party, element, accord) for own, party, element, accord in rows)

    @reading()
    def count(self, wanted: Wanted, me: PartyId) -> int:
        """How many match."""
        return sql.count(wanted, me)

    @reading()
    def combinations(self, wanted: Wanted, me: PartyId) -> tuple[Combination, ...]:
        """How many of what has these words (and names this scenario) share each kind, side, realm, marking, party and contingency."""
        return tuple(
            Combination(kind, side, realm, marking, PartyId(party), contingency, count)
            for kind, side, realm, marking, party, contingency, count in sql.combinations(wanted, me)
        )

    @reading()
    def titles(self, terms: Sequence[Term], key: str, me: PartyId, limit: int) -> tuple[TitleMatch, ...]:
        """Elements whose title begins so, then those with such words in it, then those with these letters in it."""
        found: dict[tuple[str, str], TitleMatch] = {}
        for stage in (sql.titles_beginning, sql.titles_with_words, sql.titles_with_letters):
            for own, party, element, accord, title, kind, side in stage(tuple(terms), key, me, limit):
                match = TitleMatch(_match(own, party, element, accord), title, kind, side)
                found.setdefault((party, element), match)
            if len(found) >= limit:
                break
        return tuple(found.values())[:limit]

    @reading()
    def referring(
        self,
        targets: Sequence[tuple[PartyId, ElementId]],
        me: PartyId,
        *,
        kinds: Sequence[str] = (),
        fields: Sequence[str] = (),
    ) -> tuple[Match, ...]:
        """What points at any of the elements, of these kinds and by these fields: ours first, each the newest first."""
        rows = sql.referring(targets, me, kinds, fields) if targets else []
        return tuple(_match(own, by, of, accord) for own, by, of, accord in rows)

    @reading()
    def drawing(self, parties: Sequence[PartyId], offset: int, limit: int) -> tuple[int, tuple[ElementId, ...]]:
        """How many own elements, none put away, say that they are drawn on a text of any of these parties; one window of them, newest first."""
        sources = OwnPoint.objects.filter(field="origins.source", to_party__in=parties).values("element")
        found = OwnListed.objects.filter(element__in=sources, archived=False).order_by("-at", "element")
        return found.count(), tuple(ElementId(one.element) for one in found[offset : offset + limit])

    @reading()
    def named(self, kind: str, me: PartyId, limit: int) -> tuple[TitleMatch, ...]:
        """The newest elements of a kind with their titles: what a filter offers."""
        rows = sql.named(kind, me, limit)
        return tuple(
            TitleMatch(_match(own, party, element, accord), title, kind, side)
            for own, party, element, accord, title, kind, side in rows
        )


_LISTED = (OwnListed, ReleasedListed)


def list_own(row: ElementRow) -> None:
    """Lists the own element as it stands now; called in the transaction that keeps it."""
    sql.run("DELETE FROM store_ownpoint WHERE element = %s", row.id)
    sql.run("DELETE FROM store_ownlisted WHERE element = %s", row.id)
    _insert_own([(row, describe(row.raw, row.title))])


def list_new(rows: Sequence[ElementRow]) -> None:
    """Lists own elements that were not there before; called in the transaction that keeps them."""
    for at in range(0, len(rows), _PART):
        _insert_own([(row, describe(row.raw, row.title)) for row in rows[at : at + _PART]])


def drop_entries(accord: AccordId, party: PartyId, epoch: str, positions: Sequence[int]) -> None:
    """Takes out what these entries of a record released, words and all; called in the transaction that clears them."""
    touched: list[tuple[PartyId, ElementId]] = []
    for at in range(0, len(positions), _PART):
        rows = ReleasedListed.objects.filter(accord=accord, party=party, epoch=epoch, n__in=positions[at : at + _PART])
        touched += [(party, ElementId(element)) for element in rows.values_list("element", flat=True)]
    _drop_released(accord, touched)
    _show_newest(touched)
    # Words of versions that were replaced before may wait in the index still.
    sql.purge()


def _insert_own(rows: Sequence[tuple[ElementRow | Element, Described]]) -> None:
    sql.many(
        "INSERT INTO store_ownlisted (element, version, kind, title, key, contingency, marking, at, archived) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            (row.id, row.version, row.kind, storable(row.title or said.title), said.key, storable(row.contingency),
             storable(said.marking), row.revised_at, row.archived)
            for row, said in rows
        ),
    )  # fmt: skip
    sql.index_own((row.id, said) for row, said in rows)
    sql.many(
        "INSERT INTO store_ownpoint (element, field, to_party, to_element) VALUES (%s, %s, %s, %s)",
        ((row.id, point.field, point.party, point.element) for row, said in rows for point in said.points),
    )


def _insert_released(entries: Sequence[ReleasedEntry]) -> None:
    sql.many(
        "INSERT INTO store_releasedlisted (accord, party, element, version, kind, title, key, contingency, marking, realm, at, epoch, n, "
        "agreed, shown) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            (one.accord, one.party, one.element, one.version, storable(one.described.kind)[:64],
             storable(one.described.title), one.described.key, storable(one.described.contingency)[:_LONGEST_CONTINGENCY],
             storable(one.described.marking), storable(one.realm), one.at, one.epoch, one.n, one.agreed, True)
            for one in entries
        ),
    )  # fmt: skip
    sql.index_released((one.accord, one.party, one.element, one.described) for one in entries)
    sql.many(
        "INSERT INTO store_releasedpoint (accord, party, element, field, to_party, to_element) VALUES (%s, %s, %s, %s, %s, %s)",
        (
            (one.accord, one.party, one.element, point.field, point.party, point.element)
            for one in entries
            for point in one.described.points
        ),
    )


def _drop_released(accord: AccordId, keys: Iterable[tuple[PartyId, ElementId]]) -> None:
    rows = [(accord, party, element) for party, element in keys]
    for table in ("store_releasedpoint", "store_releasedlisted"):
        sql.many(f"DELETE FROM {table} WHERE accord = %s AND party = %s AND element = %s", rows)  # noqa: S608


def _show_newest(keys: Sequence[tuple[PartyId, ElementId]]) -> None:
    """Of each element that is listed in several accords, the one released last is shown."""
    if Catalogued.objects.exclude(name=OWN).count() > 1:
        sql.many(sql.SHOW_NEWEST, keys)


def _match(own: object, party: str, element: str, accord: str) -> Match:
    return Match(PartyId(party), ElementId(element), AccordId("") if own else AccordId(accord))


__all__ = ["DjangoCatalogue", "drop_entries", "list_own"]
