"""The `Labels` port over the database of this process."""

from collections.abc import Collection, Mapping

import msgspec
from django.db import connection
from django.db.models import Max

from stafftalks.planning.refs import ExactRef
from stafftalks.services.rows import BesideRow, PolicyRow
from stafftalks.store.edge import reading, storable, writing
from stafftalks.store.models import BesideLine, PolicyLine
from stafftalks.values.ids import ElementId, PartyId, VersionHash
from stafftalks.values.label import Marking
from stafftalks.values.policy import folded

_MARKING = msgspec.json.Decoder(Marking)
_PIECE = 500


class DjangoLabels:
    """Policies and markings beside. It holds no state of its own, so threads may share it."""

    @reading()
    def policies(self) -> tuple[PolicyRow, ...]:
        """The policies that are loaded now, by name without regard to case."""
        newest = PolicyLine.objects.order_by().values("key").annotate(last=Max("id")).values("last")
        found = PolicyLine.objects.filter(id__in=newest).order_by("key")
        return tuple(
            PolicyRow(line.name, "spif" if line.kind == "spif" else "plain", bytes(line.raw), line.at, line.by)
            for line in found
            if line.kind
        )

    @writing()
    def put_policy(self, row: PolicyRow) -> None:
        """Loads a policy, in place of one of the same name, however that is cased."""
        PolicyLine.objects.create(
            key=folded(row.name), name=row.name, kind=row.kind, raw=row.raw, at=row.loaded_at, by=row.loaded_by
        )

    @writing()
    def remove_policy(self, name: str, at: int, by: str) -> None:
        """Takes a policy out; that it was loaded stays. No effect where none of that name is loaded."""
        last = PolicyLine.objects.filter(key=folded(name)).order_by("-id").first()
        if last is not None and last.kind:
            PolicyLine.objects.create(key=last.key, name=last.name, kind="", raw=b"", at=at, by=by)

    @reading()
    def stamp(self) -> tuple[int, int]:
        """Two numbers: one grows whenever a policy is loaded or taken out, the other whenever a marking is put beside or taken back."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT (SELECT MAX(id) FROM store_policyline), (SELECT MAX(id) FROM store_besideline)")
            policies, markings = cursor.fetchone()
        return policies or 0, markings or 0

    @writing()
    def put_beside(self, row: BesideRow) -> None:
        """Puts a marking of ours beside an exact version, in place of one that stands there."""
        BesideLine.objects.create(
            party=row.ref.party,
            element=row.ref.element,
            version=row.ref.version,
            marking=storable(msgspec.json.encode(row.marking).decode()).encode(),
            at=row.at,
            by=row.by,
        )

    @reading()
    def beside(self, refs: Collection[ExactRef] | None = None) -> Mapping[ExactRef, BesideRow]:
        """What stands beside these exact versions, or all that stands anywhere; what was taken back does not."""
        if refs is None:
            found = {row.ref: row for row in map(_row, BesideLine.objects.order_by("id"))}
            return {ref: row for ref, row in found.items() if row.marking != Marking()}
        wanted = sorted({str(ref.version) for ref in refs})
        found = {}
        for start in range(0, len(wanted), _PIECE):
            lines = BesideLine.objects.filter(version__in=wanted[start : start + _PIECE]).order_by("id")
            found |= {row.ref: row for row in map(_row, lines)}
        return {ref: found[ref] for ref in dict.fromkeys(refs) if ref in found and found[ref].marking != Marking()}


def _row(line: BesideLine) -> BesideRow:
    ref = ExactRef(PartyId(line.party), ElementId(line.element), VersionHash(line.version))
    return BesideRow(ref, _MARKING.decode(bytes(line.marking)), line.by, line.at)
