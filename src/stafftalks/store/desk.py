"""The `Desk` port: requests to release, and what was decided about each."""

import re
from collections.abc import Mapping, Sequence
from typing import cast

import msgspec
from django.db.models import Count, Q, QuerySet, TextField
from django.db.models.functions import Cast

from stafftalks.accord.bodies import EntryRef
from stafftalks.planning.refs import ExactRef
from stafftalks.services.rows import Approval, RequestRow, RequestState
from stafftalks.store.edge import check_transaction, reading, writing
from stafftalks.store.holdings import folded
from stafftalks.store.models import Request
from stafftalks.values.ids import AccordId, ElementId, EpochId, PartyId, VersionHash

_BATCH = 500
_USERNAME = re.compile(r"[\w.@+-]{1,150}", re.ASCII)
_MANY = 10_000  # SQLite bounds the parameters of one statement at 32,766


class DjangoDesk:
    """Requests in the database of this process."""

    @writing()
    def put(self, row: RequestRow) -> None:
        """Adds or replaces a request."""
        Request(id=row.id, **_columns(row)).save()

    @writing()
    def put_all(self, rows: Sequence[RequestRow]) -> None:
        """Adds or replaces requests, set-based, all or none."""
        Request.objects.bulk_create(
            [Request(id=row.id, **_columns(row)) for row in rows], batch_size=_BATCH,
            update_conflicts=True, unique_fields=["id"], update_fields=_COLUMNS,
        )  # fmt: skip

    @reading()
    def request(self, request: str, *, lock: bool = False) -> RequestRow | None:
        """The request; with `lock` its row is held until the transaction ends."""
        return self.requests([request], lock=lock).get(request)

    @reading()
    def requests(self, requests: Sequence[str], *, lock: bool = False) -> dict[str, RequestRow]:
        """Those of `requests` that there are, by id; with `lock` their rows are held until the transaction ends."""
        if lock:
            check_transaction()
        found: dict[str, RequestRow] = {}
        for at in range(0, len(requests), _MANY):
            # By id, so that two who lock some of the same rows wait for each other and never in a ring.
            rows = Request.objects.filter(id__in=requests[at : at + _MANY]).order_by("id")
            found.update((row.id, _request_row(row)) for row in (rows.select_for_update() if lock else rows))
        return found

    @reading()
    def find(
        self,
        *,
        state: str = "",
        accord: str = "",
        element: str = "",
        partner: str = "",
        kind: str = "",
        by: str = "",
        besides: str = "",
        text: str = "",
        oldest: bool = False,
        offset: int = 0,
        limit: int = 50,
    ) -> tuple[int, tuple[RequestRow, ...]]:
        """How many match and one window of them, newest first or the oldest first, then by id."""
        found = _matching(partner=partner, kind=kind, by=by, besides=besides, text=text)
        wanted = {"state": state, "accord": accord, "element": element}
        found = found.filter(**{name: value for name, value in wanted.items() if value})
        ordered = found.order_by("requested_at", "id") if oldest else found
        return found.count(), tuple(_request_row(row) for row in ordered[offset : offset + limit])

    @reading()
    def of_entries(self, entries: Mapping[EntryRef, ElementId]) -> dict[EntryRef, RequestRow]:
        """The request by which each of these entries of our record was released, as far as there is one; the element of each is given."""
        wanted, found = list(entries), dict[EntryRef, RequestRow]()
        for at in range(0, len(wanted), _BATCH):
            part = wanted[at : at + _BATCH]
            # By element, which is indexed; by place, so that an element released a thousand times costs no more than what is asked for.
            rows = Request.objects.filter(
                element__in={entries[ref] for ref in part}, entry_n__in={ref.n for ref in part}, state="released"
            )
            read = (_request_row(row) for row in rows)
            found.update((row.entry, row) for row in read if row.entry is not None and row.entry in entries)
        return found

    @reading()
    def let_go(
        self,
        *,
        partner: str = "",
        who: str = "",
        text: str = "",
        since: int = 0,
        until: int = 0,
        offset: int = 0,
        limit: int = 50,
    ) -> tuple[int, tuple[RequestRow, ...]]:
        """How many released requests match and one window of them, the last let go first, then by id."""
        found = _matching(partner=partner, kind="", by="", besides="", text=text).filter(state="released")
        if who:
            # An approval is kept as JSON text; usernames hold nothing that JSON would spell otherwise.
            approved = Q(said__contains=f'"person": "{who}"') if _USERNAME.fullmatch(who) else Q(pk__in=())
            found = found.annotate(said=Cast("approvals", TextField()))
            found = found.filter(Q(requested_by=who) | Q(decided_by=who) | approved)
        if since:
            found = found.filter(decided_at__gte=since)
        if until:
            found = found.filter(decided_at__lte=until)
        return found.count(), tuple(map(_request_row, found.order_by("-decided_at", "id")[offset : offset + limit]))

    @reading()
    def tally(
        self, *, partner: str = "", kind: str = "", by: str = "", besides: str = "", text: str = ""
    ) -> Mapping[str, int]:
        """How many match in each state; states without any are left out."""
        found = _matching(partner=partner, kind=kind, by=by, besides=besides, text=text)
        return dict(found.order_by().values_list("state").annotate(Count("id")))

    @reading()
    def letters_of(self, elements: Sequence[ElementId]) -> Mapping[EntryRef, tuple[ExactRef, ...]]:
        """Under which letters each release of these elements was let go, by its entry in our record."""
        found: dict[EntryRef, tuple[ExactRef, ...]] = {}
        wanted = ("entry_party", "entry_epoch", "entry_n", "letters")
        for at in range(0, len(elements), _MANY):
            rows = Request.objects.filter(element__in=elements[at : at + _MANY], entry_n__isnull=False).order_by()
            for party, epoch, number, letters in rows.values_list(*wanted):
                ref = EntryRef(PartyId(party), EpochId(epoch), number)
                found[ref] = tuple(ExactRef.parse(letter) for letter in letters)
        return found


def _matching(*, partner: str, kind: str, by: str, besides: str, text: str) -> QuerySet[Request]:
    found = Request.objects.all()
    if kind:
        found = found.filter(kind=kind)
    if by:
        found = found.filter(requested_by=by)
    if besides:
        found = found.exclude(requested_by=besides)
    if partner:
        alone, first = Q(audience=partner), Q(audience__startswith=f"{partner} ")
        found = found.filter(alone | first | Q(audience__endswith=f" {partner}") | Q(audience__contains=f" {partner} "))
    if text:
        found = found.filter(search__contains=folded(text))
    return found


def _columns(row: RequestRow) -> dict[str, object]:
    return {
        "accord": row.accord,
        "element": row.element,
        "version": row.version,
        "kind": row.kind,
        "title": row.title,
        "body": row.body,
        "realm": row.realm,
        "audience": " ".join(row.audience),
        "requested_by": row.requested_by,
        "requested_at": row.requested_at,
        "note": row.note,
        "state": row.state,
        "decided_by": row.decided_by,
        "decided_at": row.decided_at,
        "reason": row.reason,
        "entry_party": row.entry.party if row.entry else "",
        "entry_epoch": row.entry.epoch if row.entry else "",
        "entry_n": row.entry.n if row.entry else None,
        "asked": row.asked,
        "redactions": list(row.redactions),
        "approvals": msgspec.to_builtins(row.approvals),
        "letters": [str(letter) for letter in row.letters],
        "follows": row.follows,
        "search": folded(f"{row.title}\n{row.note}"),
    }


_COLUMNS = [field.attname for field in Request._meta.concrete_fields if not field.primary_key]  # noqa: SLF001 - Django documents `_meta`


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
        asked=bytes(found.asked),
        redactions=tuple(found.redactions),
        approvals=msgspec.convert(found.approvals, tuple[Approval, ...]),
        letters=tuple(ExactRef.parse(letter) for letter in found.letters),
        follows=found.follows,
    )
