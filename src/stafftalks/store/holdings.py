"""The `Holdings` port: own elements at their current version, every version before, and a plain search over title and text."""

import unicodedata
from collections.abc import Iterator, Sequence

import msgspec
from django.db.models import Count

from stafftalks.services.rows import ElementRow, VersionRow
from stafftalks.store import find
from stafftalks.store.edge import reading, writing
from stafftalks.store.models import Element, Version
from stafftalks.values.ids import ElementId, VersionHash

_BATCH = 500
_LISTED = ("id", "kind", "title", "contingency", "version", "raw", "revised_at", "revised_by", "archived")
_MANY = 10_000  # SQLite bounds the parameters of one statement at 32,766


class DjangoHoldings:
    """Own elements in the database of this process."""

    @writing()
    def put(self, row: ElementRow, based_on: VersionHash | None) -> bool:
        """Adds or revises; False, and nothing changed, where the current version is not `based_on` (None: not there yet).

        A version is kept whenever it differs from the one before; archiving alone makes none.
        """
        fields = _columns(row)
        if based_on is None:
            _, done = Element.objects.get_or_create(id=row.id, defaults=fields)
        else:
            done = bool(Element.objects.filter(id=row.id, version=based_on).update(**fields))
        if done and row.version != based_on:
            Version.objects.create(
                element_id=row.id, version=row.version, raw=row.raw, at=row.revised_at, by=row.revised_by
            )
        if done:
            find.list_own(row)
        return done

    @writing()
    def add_all(self, rows: Sequence[ElementRow]) -> None:
        """Adds new elements, set-based, all or none; raises MisuseError where one of them is held already."""
        Element.objects.bulk_create([Element(id=row.id, **_columns(row)) for row in rows], batch_size=_BATCH)
        versions = [
            Version(element_id=row.id, version=row.version, raw=row.raw, at=row.revised_at, by=row.revised_by)
            for row in rows
        ]
        Version.objects.bulk_create(versions, batch_size=_BATCH)
        find.list_new(rows)

    @reading()
    def element(self, element: ElementId) -> ElementRow | None:
        """The element at its current version."""
        found = Element.objects.filter(id=element).only(*_LISTED).first()
        return _element_row(found) if found else None

    @reading()
    def elements(self, elements: Sequence[ElementId]) -> dict[ElementId, ElementRow]:
        """Those of `elements` that are held, archived ones too, each at its current version."""
        found: dict[ElementId, ElementRow] = {}
        for at in range(0, len(elements), _MANY):
            rows = Element.objects.filter(id__in=elements[at : at + _MANY]).only(*_LISTED)
            found.update((ElementId(row.id), _element_row(row)) for row in rows)
        return found

    @reading()
    def titles(self, elements: Sequence[ElementId]) -> dict[ElementId, str]:
        """The titles of those of `elements` that are held, archived ones too."""
        found: dict[ElementId, str] = {}
        for at in range(0, len(elements), _MANY):
            held = Element.objects.filter(id__in=elements[at : at + _MANY]).values_list("id", "title")
            found.update((ElementId(name), title) for name, title in held)
        return found

    @reading()
    def versions(self, element: ElementId) -> tuple[VersionRow, ...]:
        """All its versions, oldest first; one taken up again after another stands twice."""
        found = Version.objects.filter(element_id=element)
        return tuple(VersionRow(element, VersionHash(row.version), bytes(row.raw), row.at, row.by) for row in found)

    @reading()
    def find(
        self,
        *,
        kind: str = "",
        contingency: str = "",
        text: str = "",
        archived: bool = False,
        offset: int = 0,
        limit: int = 50,
    ) -> tuple[int, tuple[ElementRow, ...]]:
        """How many match and one window of them, last revised first, then by id. `archived` asks for those put away, and only those.

        `text` is looked for in titles and text, whatever the case.
        """
        found = Element.objects.filter(archived=archived)
        if kind:
            found = found.filter(kind=kind)
        if contingency:
            found = found.filter(contingency=contingency)
        if text:
            found = found.filter(search__contains=folded(text))
        window = found.only(*_LISTED)[offset : offset + limit]
        return found.count(), tuple(_element_row(row) for row in window)

    @reading()
    def contingencies(self) -> tuple[tuple[str, int], ...]:
        """The contingencies' names with how many live elements each has, by name; elements without one are not counted."""
        live = Element.objects.filter(archived=False).exclude(contingency="").order_by()
        return tuple(sorted(live.values_list("contingency").annotate(Count("id"))))


def folded(text: str) -> str:
    """`text` as it is compared in a search: compatible forms joined, case folded."""
    return unicodedata.normalize("NFKC", text).casefold()


def searchable(title: str, raw: bytes) -> str:
    """What a search looks in: the title and every text in the element's JSON, folded."""
    try:
        content: object = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        content = ""
    return folded("\n".join((title, *_texts(content)))).replace("\0", " ")


def _columns(row: ElementRow) -> dict[str, object]:
    return {
        "kind": row.kind,
        "title": row.title,
        "contingency": row.contingency,
        "version": row.version,
        "raw": row.raw,
        "search": searchable(row.title, row.raw),
        "revised_at": row.revised_at,
        "revised_by": row.revised_by,
        "archived": row.archived,
    }


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _element_row(found: Element) -> ElementRow:
    return ElementRow(
        id=ElementId(found.id),
        kind=found.kind,
        title=found.title,
        contingency=found.contingency,
        version=VersionHash(found.version),
        raw=bytes(found.raw),
        revised_at=found.revised_at,
        revised_by=found.revised_by,
        archived=found.archived,
    )
