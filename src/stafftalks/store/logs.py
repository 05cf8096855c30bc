"""The `ExchangeLog` and `Journal` ports: lines that are added and never changed, listed newest first."""

from typing import Final, Literal, cast

from stafftalks.services.rows import ExchangeRow, JournalRow, Outcome
from stafftalks.store.edge import reading, storable, writing
from stafftalks.store.models import ExchangeLine, JournalLine

ACCEPTED: Final = ("received",)
"""Outcomes of an incoming bundle whose entries were taken."""
ACCOUNTED: Final = (*ACCEPTED, "refused")
"""Outcomes of an incoming bundle of which its sender is owed an account."""


class DjangoExchangeLog:
    """The exchange log in the database of this process."""

    @writing()
    def add(self, row: ExchangeRow) -> None:
        """Adds a line."""
        ExchangeLine.objects.create(
            at=row.at,
            partner=storable(row.partner),
            direction=row.direction,
            channel=row.channel,
            bundle=storable(row.bundle),
            outcome=row.outcome,
            sentence=storable(row.sentence),
            accord=storable(row.accord),
            entries=row.entries,
            size_bytes=row.size_bytes,
        )

    @reading()
    def find(
        self, *, partner: str = "", accord: str = "", outcome: str = "", offset: int = 0, limit: int = 50
    ) -> tuple[int, tuple[ExchangeRow, ...]]:
        """How many match and one window of them, newest first."""
        wanted = {"partner": partner, "accord": accord, "outcome": outcome}
        found = ExchangeLine.objects.filter(**{name: value for name, value in wanted.items() if value})
        return found.count(), tuple(_exchange_row(line) for line in found[offset : offset + limit])

    @reading()
    def taken(self, partner: str, bundle: str) -> bool:
        """Whether a bundle of this id from this partner was accepted before."""
        lines = ExchangeLine.objects.filter(partner=partner, bundle=bundle, direction="in")
        return lines.filter(outcome__in=ACCEPTED).exists()

    @reading()
    def told(self, partner: str, bundle: str, outcome: str) -> bool:
        """Whether this outcome of our outgoing `bundle` is already in the log."""
        lines = ExchangeLine.objects.filter(partner=partner, bundle=bundle, direction="out")
        return lines.filter(outcome=outcome).exists()

    @reading()
    def receipts(self, partner: str, limit: int = 32) -> tuple[ExchangeRow, ...]:
        """The newest incoming bundles of this partner that were accepted or refused, newest first: what we owe it an account of."""
        lines = ExchangeLine.objects.filter(partner=partner, direction="in", outcome__in=ACCOUNTED)
        return tuple(_exchange_row(line) for line in lines.exclude(bundle="")[:limit])


class DjangoJournal:
    """The journal in the database of this process."""

    @writing()
    def add(self, row: JournalRow) -> None:
        """Adds a line."""
        JournalLine.objects.create(
            at=row.at, person=row.person, act=row.act, subject=storable(row.subject), sentence=storable(row.sentence)
        )

    @reading()
    def find(
        self, *, person: str = "", subject: str = "", offset: int = 0, limit: int = 50
    ) -> tuple[int, tuple[JournalRow, ...]]:
        """How many match and one window of them, newest first."""
        wanted = {"person": person, "subject": subject}
        found = JournalLine.objects.filter(**{name: value for name, value in wanted.items() if value})
        window = found[offset : offset + limit]
        return found.count(), tuple(
            JournalRow(row.at, row.person, row.act, row.subject, row.sentence) for row in window
        )


def _exchange_row(line: ExchangeLine) -> ExchangeRow:
    return ExchangeRow(
        at=line.at,
        partner=line.partner,
        direction=cast("Literal['out', 'in']", line.direction),
        channel=cast("Literal['https', 'file']", line.channel),
        bundle=line.bundle,
        outcome=cast("Outcome", line.outcome),
        sentence=line.sentence,
        accord=line.accord,
        entries=line.entries,
        size_bytes=line.size_bytes,
    )
