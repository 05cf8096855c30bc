"""The `Written` port over the database of this process."""

from collections.abc import Collection, Mapping

import msgspec

from stafftalks.services.run_rows import RunId
from stafftalks.services.written_rows import WrittenRow
from stafftalks.store.edge import reading, writing
from stafftalks.store.models import WrittenLine
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import ElementId

_SAID = msgspec.msgpack.Decoder(WrittenRow)


class DjangoWritten:
    """What was written from results. It holds no state of its own, so threads may share it."""

    @writing()
    def put(self, row: WrittenRow) -> None:
        """Keeps that an element was written so; raises MisuseError where something of this element is kept already."""
        if WrittenLine.objects.filter(element=row.element).exists():
            raise MisuseError("This element was written from an analysis before: it is kept from which.")
        WrittenLine.objects.create(element=row.element, run=row.run, said=msgspec.msgpack.encode(row))

    @reading()
    def of(self, element: ElementId) -> WrittenRow | None:
        """What the element was written from, None where by hand."""
        raw = WrittenLine.objects.filter(element=element).values_list("said", flat=True).first()
        return None if raw is None else _SAID.decode(bytes(raw))

    @reading()
    def among(self, elements: Collection[ElementId]) -> Mapping[ElementId, WrittenRow]:
        """What these elements were written from, in one look-up; those written by hand are left out."""
        found = WrittenLine.objects.filter(element__in=list(elements)).order_by("id").values_list("said", flat=True)
        rows = [_SAID.decode(bytes(raw)) for raw in found]
        return {row.element: row for row in rows}

    @reading()
    def from_run(self, run: RunId) -> tuple[WrittenRow, ...]:
        """Everything that was written from a run's result, the oldest first."""
        found = WrittenLine.objects.filter(run=run).order_by("id").values_list("said", flat=True)
        return tuple(_SAID.decode(bytes(raw)) for raw in found)
