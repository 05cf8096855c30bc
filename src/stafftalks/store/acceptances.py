"""The `Acceptances` port over the database of this process."""

from collections.abc import Mapping

import msgspec
from django.db.models import Max

from stafftalks.services.rows import AcceptanceRow
from stafftalks.store.edge import reading, storable, writing
from stafftalks.store.models import AcceptanceLine

_REFS = msgspec.json.Decoder(tuple[str, ...])


class DjangoAcceptances:
    """Conflicts accepted. It holds no state of its own, so threads may share it."""

    @writing()
    def put(self, row: AcceptanceRow) -> None:
        """Keeps that a conflict was accepted, or that this was taken back, in place of what was said of it before."""
        AcceptanceLine.objects.create(
            subject=row.subject,
            refs=msgspec.json.encode(row.refs),
            reason=storable(row.reason),
            at=row.at,
            by=row.by,
        )

    @reading()
    def standing(self) -> Mapping[str, AcceptanceRow]:
        """What stands, by the conflict's id; what was taken back does not."""
        newest = AcceptanceLine.objects.order_by().values("subject").annotate(last=Max("id")).values("last")
        return {
            line.subject: AcceptanceRow(line.subject, _REFS.decode(bytes(line.refs)), line.reason, line.by, line.at)
            for line in AcceptanceLine.objects.filter(id__in=newest).order_by("id")
            if line.reason
        }
