"""The `ExchangeLog` and `Journal` ports: chained lines that are added and never changed, listed newest first or read in their order."""

from collections.abc import Iterator
from typing import Any, Final, Literal, cast

from django.db.models import OuterRef, Q, Subquery
from django.db.models.query import QuerySet

from stafftalks.record.chain import START, Head
from stafftalks.services.logs import ALL, EXCHANGE, JOURNAL, LinesWanted, LogLine, Says, exchange_says, journal_says
from stafftalks.services.rows import ExchangeRow, JournalRow, Outcome
from stafftalks.store import chaining
from stafftalks.store.edge import reading, storable, writing

ACCEPTED: Final = ("received",)
"""Outcomes of an incoming bundle whose entries were taken."""
ACCOUNTED: Final = (*ACCEPTED, "refused")
"""Outcomes of an incoming bundle of which its sender is owed an account."""
_WINDOW: Final = 2_048
"""Lines read at a time: no cursor stays open, so a reader of a million lines never keeps a writer waiting."""


class _Chained:
    """What both logs have in common. `columns` are who, what about and which act, as the lines of this log have them."""

    log: str
    columns: tuple[str, str, str]

    @reading()
    def head(self) -> Head:
        """Where the log ends."""
        chaining.write_waiting()
        return chaining.head(self.log)

    def lines(self, start: int = 0, stop: int | None = None, wanted: LinesWanted = ALL) -> Iterator[LogLine]:
        """The lines n with start <= n (< stop) that are wanted, oldest first, streamed."""
        chaining.write_waiting()
        at, before = start, b""
        while True:
            with reading():
                found = self._wanted(wanted).filter(n__gte=at).order_by("n")
                found = found if stop is None else found.filter(n__lt=stop)
                # Of lines without a gap each tells what stands before the next, which is several times faster than looking it up.
                follow = wanted.everything and before
                window = list((found.values(*self._names()) if follow else self._values(found))[:_WINDOW])
            for row in window:
                line = self._line(row | {"before": before} if follow else row)
                yield line
                at, before = line.n + 1, line.value
            if len(window) < _WINDOW:
                return

    @reading()
    def window(self, wanted: LinesWanted, offset: int, limit: int) -> tuple[int, tuple[LogLine, ...]]:
        """How many lines are wanted and one window of them, newest first."""
        chaining.write_waiting()
        found = self._wanted(wanted)
        total = chaining.head(self.log).size if wanted.everything else found.count()
        window = self._values(found.order_by("-n"))[offset : offset + limit]
        return total, tuple(self._line(row) for row in window)

    def _lines(self) -> QuerySet[Any]:
        found: QuerySet[Any] = chaining.TABLES[self.log].objects.all()
        return found

    def _wanted(self, wanted: LinesWanted) -> QuerySet[Any]:
        named = zip(self.columns, (wanted.who, wanted.about, wanted.act), strict=True)
        condition = Q(**{name: storable(value) for name, value in named if value})
        if wanted.since:
            condition &= Q(at__gte=wanted.since)
        if wanted.until:
            condition &= Q(at__lte=wanted.until)
        if wanted.words:
            condition &= Q(sentence__icontains=storable(wanted.words))
        return self._lines().filter(condition)

    def _names(self) -> list[str]:
        return [field.name for field in chaining.TABLES[self.log]._meta.fields if field.name != "id"]  # noqa: SLF001

    def _values(self, found: QuerySet[Any]) -> QuerySet[Any]:
        before = self._lines().filter(n=OuterRef("n") - 1).values("chain")
        return found.values(*self._names(), before=Subquery(before))

    def _line(self, row: dict[str, Any]) -> LogLine:
        n, value, before = int(row.pop("n")), row.pop("chain"), row.pop("before")
        return LogLine(n, cast("Says", row), bytes(value), START if before is None else bytes(before))


class DjangoExchangeLog(_Chained):
    """The exchange log in the database of this process."""

    log = EXCHANGE
    columns = ("partner", "accord", "outcome")

    @writing()
    def add(self, row: ExchangeRow) -> None:
        """Adds a line."""
        chaining.add(EXCHANGE, _storable(exchange_says(row)))

    @reading()
    def find(
        self, *, partner: str = "", accord: str = "", outcome: str = "", offset: int = 0, limit: int = 50
    ) -> tuple[int, tuple[ExchangeRow, ...]]:
        """How many match and one window of them, newest first."""
        total, lines = self.window(LinesWanted(who=partner, about=accord, act=outcome), offset, limit)
        return total, tuple(_exchange_row(line.says) for line in lines)

    @reading()
    def taken(self, partner: str, bundle: str) -> bool:
        """Whether a bundle of this id from this partner was accepted before."""
        lines = self._lines().filter(partner=partner, bundle=bundle, direction="in")
        chaining.write_waiting()
        return lines.filter(outcome__in=ACCEPTED).exists()

    @reading()
    def told(self, partner: str, bundle: str, outcome: str) -> bool:
        """Whether this outcome of our outgoing `bundle` is already in the log."""
        lines = self._lines().filter(partner=partner, bundle=bundle, direction="out")
        chaining.write_waiting()
        return lines.filter(outcome=outcome).exists()

    @reading()
    def receipts(self, partner: str, limit: int = 32) -> tuple[ExchangeRow, ...]:
        """The newest incoming bundles of this partner that were accepted or refused, newest first: what we owe it an account of."""
        lines = self._lines().filter(partner=partner, direction="in", outcome__in=ACCOUNTED)
        chaining.write_waiting()
        return tuple(_exchange_row(row) for row in lines.exclude(bundle="").values()[:limit])


class DjangoJournal(_Chained):
    """The journal in the database of this process."""

    log = JOURNAL
    columns = ("person", "subject", "act")

    @writing()
    def add(self, row: JournalRow) -> None:
        """Adds a line."""
        chaining.add(JOURNAL, _storable(journal_says(row)))

    @reading()
    def find(
        self, *, person: str = "", subject: str = "", act: str = "", offset: int = 0, limit: int = 50
    ) -> tuple[int, tuple[JournalRow, ...]]:
        """How many match and one window of them, newest first."""
        total, lines = self.window(LinesWanted(who=person, about=subject, act=act), offset, limit)
        return total, tuple(_journal_row(line.says) for line in lines)


def _storable(says: Says) -> Says:
    """What a line says as the database keeps it: the chain runs over what can be read back."""
    return {name: storable(value) if isinstance(value, str) else value for name, value in says.items()}


def _journal_row(says: Says) -> JournalRow:
    return JournalRow(
        int(says["at"]), str(says["person"]), str(says["act"]), str(says["subject"]), str(says["sentence"])
    )


def _exchange_row(says: Says) -> ExchangeRow:
    return ExchangeRow(
        at=int(says["at"]),
        partner=str(says["partner"]),
        direction=cast("Literal['out', 'in']", says["direction"]),
        channel=cast("Literal['https', 'file']", says["channel"]),
        bundle=str(says["bundle"]),
        outcome=cast("Outcome", says["outcome"]),
        sentence=str(says["sentence"]),
        accord=str(says["accord"]),
        entries=int(says["entries"]),
        size_bytes=int(says["size_bytes"]),
    )
