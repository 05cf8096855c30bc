"""The `Desk` port: requests to release, and what was decided about each."""

from typing import cast

from stafftalks.accord.bodies import EntryRef
from stafftalks.services.rows import RequestRow, RequestState
from stafftalks.store.edge import check_transaction, reading, writing
from stafftalks.store.models import Request
from stafftalks.values.ids import AccordId, ElementId, EpochId, PartyId, VersionHash


class DjangoDesk:
    """Requests in the database of this process."""

    @writing()
    def put(self, row: RequestRow) -> None:
        """Adds or replaces a request."""
        Request(
            id=row.id,
            accord=row.accord,
            element=row.element,
            version=row.version,
            kind=row.kind,
            title=row.title,
            body=row.body,
            realm=row.realm,
            audience=" ".join(row.audience),
            requested_by=row.requested_by,
            requested_at=row.requested_at,
            note=row.note,
            state=row.state,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
            reason=row.reason,
            entry_party=row.entry.party if row.entry else "",
            entry_epoch=row.entry.epoch if row.entry else "",
            entry_n=row.entry.n if row.entry else None,
        ).save()

    @reading()
    def request(self, request: str, *, lock: bool = False) -> RequestRow | None:
        """The request; with `lock` its row is held until the transaction ends."""
        rows = Request.objects.filter(id=request)
        if lock:
            check_transaction()
            rows = rows.select_for_update()
        found = rows.first()
        return _request_row(found) if found else None

    @reading()
    def find(
        self, *, state: str = "", accord: str = "", element: str = "", offset: int = 0, limit: int = 50
    ) -> tuple[int, tuple[RequestRow, ...]]:
        """How many match and one window of them, newest first, then by id."""
        wanted = {"state": state, "accord": accord, "element": element}
        found = Request.objects.filter(**{name: value for name, value in wanted.items() if value})
        return found.count(), tuple(_request_row(row) for row in found[offset : offset + limit])


def _request_row(found: Request) -> RequestRow:
    entry = None
    if found.entry_n is not None:
        entry = EntryRef(PartyId(found.entry_party), EpochId(found.entry_epoch), found.entry_n)
    return RequestRow(
        id=found.id,
        accord=AccordId(found.accord),
        element=ElementId(found.element),
        version=VersionHash(found.version),
        kind=found.kind,
        title=found.title,
        body=bytes(found.body),
        realm=found.realm,
        audience=tuple(PartyId(party) for party in found.audience.split()),
        requested_by=found.requested_by,
        requested_at=found.requested_at,
        note=found.note,
        state=cast("RequestState", found.state),
        decided_by=found.decided_by,
        decided_at=found.decided_at,
        reason=found.reason,
        entry=entry,
    )
