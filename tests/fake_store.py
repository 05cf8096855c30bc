"""The store's ports in memory, with the same promises as the real ones: the contract in `tests/store` holds both to them."""

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeVar

import msgspec

from stafftalks.accord.bodies import EntryRef
from stafftalks.planning.refs import ExactRef
from stafftalks.record.chain import Head, following
from stafftalks.record.chain import line as chained_line
from stafftalks.services.check_rows import BudgetRow, CheckFound, CheckInput, CheckRow, CheckWork, Job
from stafftalks.services.logs import ALL, EXCHANGE, JOURNAL, LinesWanted, LogLine, Says, exchange_says, journal_says
from stafftalks.services.rows import (
    AcceptanceRow,
    AccordRow,
    BesideRow,
    ElementRow,
    EntryRow,
    ExchangeRow,
    FeedRow,
    JournalRow,
    PartnerRow,
    PeerHolding,
    PolicyRow,
    ReceiptRow,
    RequestRow,
    SendingState,
    VersionRow,
)
from stafftalks.services.run_rows import RunId, RunRow, RunStands, State
from stafftalks.services.written_rows import WrittenRow
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import AccordId, ElementId, FeedId, PartyId, VersionHash
from stafftalks.values.label import Marking
from stafftalks.values.policy import folded
from tests.fake_catalogue import FakeCatalogue

Row = TypeVar("Row")


class Memory:
    """Everything one fake headquarters has stored; a failed transaction puts it back as it was."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[Any, Any]] = {}
        self.depth = 0
        self.lock = threading.RLock()

    def table(self, name: str) -> dict[Any, Any]:
        return self.tables.setdefault(name, {})

    @contextmanager
    def atomic(self) -> Iterator[None]:
        with self.lock:
            before = {name: dict(table) for name, table in self.tables.items()}
            self.depth += 1
            try:
                yield
            except BaseException:
                self.tables = before
                raise
            finally:
                self.depth -= 1

    def check_transaction(self) -> None:
        if not self.depth:
            raise MisuseError("A row can only be locked inside a transaction.")


class FakeTransactions:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def atomic(self) -> AbstractContextManager[None]:
        return self._memory.atomic()


class FakeRecords:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    @property
    def _accords(self) -> dict[AccordId, AccordRow]:
        return self._memory.table("accords")

    @property
    def _feeds(self) -> dict[FeedId, FeedRow]:
        return self._memory.table("feeds")

    @property
    def _entries(self) -> dict[FeedId, tuple[EntryRow, ...]]:
        return self._memory.table("entries")

    def accords(self) -> tuple[AccordRow, ...]:
        return tuple(sorted(self._accords.values(), key=lambda row: (row.opened_at, row.id)))

    def accord(self, accord: AccordId) -> AccordRow | None:
        return self._accords.get(accord)

    def add_accord(self, row: AccordRow) -> None:
        self._accords.setdefault(row.id, row)

    def feeds(self, accord: AccordId) -> tuple[FeedRow, ...]:
        rows = [row for row in self._feeds.values() if row.feed.accord == accord]
        return tuple(sorted(rows, key=lambda row: (row.feed.party, row.ordinal, row.feed.epoch)))

    def all_feeds(self) -> tuple[FeedRow, ...]:
        return tuple(row for accord in sorted(self._accords) for row in self.feeds(accord))

    def feed(self, feed: FeedId, *, lock: bool = False) -> FeedRow | None:
        if lock:
            self._memory.check_transaction()
        return self._feeds.get(feed)

    def add_feed(self, row: FeedRow) -> None:
        if row.size or row.feed in self._feeds or row.feed.accord not in self._accords:
            raise MisuseError(f"The feed {row.feed.origin} is held already, not empty, or of an unknown accord.")
        self._feeds[row.feed] = row
        self._entries[row.feed] = ()

    def append(self, feed: FeedId, rows: Sequence[EntryRow], frontier: bytes) -> None:
        if not rows:
            return
        held = self._require(feed)
        if held.frozen:
            raise MisuseError(f"The feed {feed.origin} takes no more entries: {held.frozen}")
        for n, row in enumerate(rows, held.size):
            if row.n != n:
                raise MisuseError(f"Entry {row.n} cannot be appended to {feed.origin}: the next is {n}.")
        self._entries[feed] += tuple(_kept(row) for row in rows)
        self._feeds[feed] = msgspec.structs.replace(held, size=held.size + len(rows), frontier=frontier)

    def entries(self, feed: FeedId, start: int, stop: int) -> Iterator[EntryRow]:
        yield from self._entries.get(feed, ())[max(0, start) : max(0, stop)]

    def leaf_hashes(self, feed: FeedId, start: int, stop: int) -> list[bytes]:
        return [row.leaf_hash for row in self.entries(feed, start, stop)]

    def audiences(self, feed: FeedId, positions: Sequence[int]) -> dict[int, tuple[PartyId, ...]]:
        rows = self._entries.get(feed, ())
        return {n: rows[n].audience for n in positions if 0 <= n < len(rows) and (rows[n].slip or rows[n].cleared)}

    def add_slip(self, feed: FeedId, n: int, slip: bytes, audience: Sequence[PartyId]) -> None:
        held = self._require(feed)
        if not 0 <= n < held.size:
            raise MisuseError(f"There is no entry {n} in {feed.origin} for this slip.")
        entry = self._entries[feed][n]
        if entry.slip is None and not entry.cleared:
            self._replace(feed, msgspec.structs.replace(entry, slip=slip, audience=tuple(audience)))
            self._count_change()

    def clear_slips(self, feed: FeedId, positions: Sequence[int]) -> int:
        self._require(feed)
        held = [row for row in self._entries[feed] if row.n in set(positions) and row.slip is not None]
        for row in held:
            self._replace(feed, msgspec.structs.replace(row, slip=None, cleared=True))
        if held:
            self._count_change()
            FakeCatalogue(self._memory).drop_entries(feed.accord, feed.party, feed.epoch, positions)
        return len(held)

    def drop_points(self, feed: FeedId, kept: Mapping[int, bytes]) -> int:
        self._require(feed)
        held = [row for row in self._entries[feed] if row.n in kept and row.slip is not None]
        for row in held:
            self._replace(feed, msgspec.structs.replace(row, slip=None, cleared=True, kept=kept[row.n]))
        return len(held)

    def dropped(self, feed: FeedId) -> frozenset[int]:
        return frozenset(row.n for row in self._entries.get(feed, ()) if row.kept)

    def put_note(self, feed: FeedId, note: bytes) -> None:
        self._feeds[feed] = msgspec.structs.replace(self._require(feed), note=note)

    def add_receipt(self, feed: FeedId, receipt: ReceiptRow) -> None:
        self._require(feed)
        self._memory.table("receipts").setdefault((feed, receipt.size, receipt.party, receipt.at), receipt)

    def receipts(self, feed: FeedId) -> tuple[ReceiptRow, ...]:
        rows = [row for (of, *_), row in self._memory.table("receipts").items() if of == feed]
        return tuple(sorted(rows, key=lambda row: (row.size, row.party, row.at)))

    def close(self, feed: FeedId) -> None:
        self._feeds[feed] = msgspec.structs.replace(self._require(feed), closed=True)

    def freeze(self, feed: FeedId, sentence: str, evidence: bytes, frozen_at: int) -> None:
        held = self._require(feed)
        if not sentence:
            raise MisuseError("A feed is frozen with a sentence that says why; this one is empty.")
        if held.frozen and held.evidence and held.frozen_at <= frozen_at:
            return
        earliest = min(held.frozen_at, frozen_at) if held.frozen else frozen_at
        self._feeds[feed] = msgspec.structs.replace(
            held, frozen=sentence, evidence=evidence or held.evidence, frozen_at=earliest
        )
        self._count_change()

    def holding(self, partner: PartyId, accord: AccordId) -> Mapping[str, PeerHolding]:
        return dict(self._memory.table("holdings of partners").get((partner, accord), {}))

    def put_holding(self, partner: PartyId, accord: AccordId, holding: Mapping[str, PeerHolding]) -> None:
        self._memory.table("holdings of partners")[partner, accord] = dict(holding)

    def changes(self) -> int:
        return self._memory.table("changes").get(1, 0)

    def _require(self, feed: FeedId) -> FeedRow:
        if feed not in self._feeds:
            raise MisuseError(f"The feed {feed.origin} is not held.")
        return self._feeds[feed]

    def _replace(self, feed: FeedId, row: EntryRow) -> None:
        held = self._entries[feed]
        self._entries[feed] = (*held[: row.n], row, *held[row.n + 1 :])

    def _count_change(self) -> None:
        self._memory.table("changes")[1] = self.changes() + 1


class FakeHoldings:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    @property
    def _elements(self) -> dict[ElementId, ElementRow]:
        return self._memory.table("elements")

    def put(self, row: ElementRow, based_on: VersionHash | None) -> bool:
        held = self._elements.get(row.id)
        if (held.version if held else None) != based_on:
            return False
        self._elements[row.id] = row
        if row.version != based_on:
            versions = self._memory.table("versions")
            version = VersionRow(row.id, row.version, row.raw, row.revised_at, row.revised_by)
            versions[row.id] = (*versions.get(row.id, ()), version)
        FakeCatalogue(self._memory).list_own(row)
        return True

    def add_all(self, rows: Sequence[ElementRow]) -> None:
        if len({row.id for row in rows}) < len(rows) or any(row.id in self._elements for row in rows):
            raise MisuseError("One of these elements is held already: revise it instead of adding it.")
        for row in rows:
            self.put(row, None)

    def element(self, element: ElementId) -> ElementRow | None:
        return self._elements.get(element)

    def elements(self, elements: Sequence[ElementId]) -> dict[ElementId, ElementRow]:
        return {element: self._elements[element] for element in elements if element in self._elements}

    def titles(self, elements: Sequence[ElementId]) -> dict[ElementId, str]:
        return {element: self._elements[element].title for element in elements if element in self._elements}

    def versions(self, element: ElementId) -> tuple[VersionRow, ...]:
        return self._memory.table("versions").get(element, ())

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
        found = [
            row
            for row in self._elements.values()
            if row.archived == archived
            and kind in ("", row.kind)
            and contingency in ("", row.contingency)
            and text.casefold() in "\n".join((row.title, *_texts(msgspec.json.decode(row.raw)))).casefold()
        ]
        found.sort(key=lambda row: (-row.revised_at, row.id))
        return len(found), tuple(found[offset : offset + limit])

    def contingencies(self) -> tuple[tuple[str, int], ...]:
        live = [row.contingency for row in self._elements.values() if row.contingency and not row.archived]
        return tuple((name, live.count(name)) for name in sorted(set(live)))


class FakeDesk:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    @property
    def _requests(self) -> dict[str, RequestRow]:
        return self._memory.table("requests")

    def put(self, row: RequestRow) -> None:
        self._requests[row.id] = row

    def put_all(self, rows: Sequence[RequestRow]) -> None:
        self._requests.update((row.id, row) for row in rows)

    def request(self, request: str, *, lock: bool = False) -> RequestRow | None:
        if lock:
            self._memory.check_transaction()
        return self._requests.get(request)

    def requests(self, requests: Sequence[str], *, lock: bool = False) -> dict[str, RequestRow]:
        if lock:
            self._memory.check_transaction()
        return {request: self._requests[request] for request in requests if request in self._requests}

    def of_entries(self, entries: Mapping[EntryRef, ElementId]) -> dict[EntryRef, RequestRow]:
        rows = (row for row in self._requests.values() if row.state == "released")
        return {row.entry: row for row in rows if row.entry is not None and row.entry in entries}

    def find(
        self,
        *,
        state: str = "",
        accord: str = "",
        element: str = "",
        oldest: bool = False,
        offset: int = 0,
        limit: int = 50,
        **wanted: str,
    ) -> tuple[int, tuple[RequestRow, ...]]:
        found = [
            row
            for row in self._matching(**wanted)
            if state in ("", row.state) and accord in ("", row.accord) and element in ("", row.element)
        ]
        found.sort(key=lambda row: (row.requested_at if oldest else -row.requested_at, row.id))
        return len(found), tuple(found[offset : offset + limit])

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
        found = [
            row
            for row in self._matching(partner=partner, text=text)
            if row.state == "released"
            and who in ("", row.requested_by, row.decided_by, *(approval.person for approval in row.approvals))
            and since <= row.decided_at
            and (not until or row.decided_at <= until)
        ]
        found.sort(key=lambda row: (-row.decided_at, row.id))
        return len(found), tuple(found[offset : offset + limit])

    def tally(self, **wanted: str) -> Mapping[str, int]:
        return Counter(row.state for row in self._matching(**wanted))

    def letters_of(self, elements: Sequence[ElementId]) -> Mapping[EntryRef, tuple[ExactRef, ...]]:
        return {
            row.entry: row.letters
            for row in self._requests.values()
            if row.entry is not None and row.element in elements
        }

    def _matching(
        self, *, partner: str = "", kind: str = "", by: str = "", besides: str = "", text: str = ""
    ) -> Iterator[RequestRow]:
        for row in self._requests.values():
            whose = by in ("", row.requested_by) and besides != row.requested_by
            to = not partner or partner in row.audience
            said = text.casefold() in f"{row.title}\n{row.note}".casefold()
            if whose and to and said and kind in ("", row.kind):
                yield row


class FakeReaders:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def note(self, person: str, about: ExactRef, at: int) -> None:
        self._memory.table("readers").setdefault((about, person), at)

    def counts(self, about: Sequence[ExactRef]) -> dict[ExactRef, int]:
        read = [of for of, _ in self._memory.table("readers")]
        return {one: read.count(one) for one in about if one in read}


class FakeAcceptances:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def put(self, row: AcceptanceRow) -> None:
        self._memory.table("acceptances")[row.subject] = row

    def standing(self) -> dict[str, AcceptanceRow]:
        return {subject: row for subject, row in self._memory.table("acceptances").items() if row.reason}


class FakeChecks:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def add(self, row: CheckRow, inputs: Sequence[CheckInput]) -> None:
        if row.proposal in self._rows or row.inputs != len(inputs):
            raise MisuseError(
                "A private check of this proposal is kept already, or its inputs are not those it states."
            )
        self._rows[row.proposal] = row
        self._memory.table("check inputs")[row.proposal] = tuple(inputs)

    def check(self, proposal: EntryRef, *, lock: bool = False) -> CheckRow | None:
        if lock:
            self._memory.check_transaction()
        return self._rows.get(proposal)

    def checks(self) -> tuple[CheckRow, ...]:
        return tuple(reversed(self._rows.values()))

    def inputs(self, proposal: EntryRef) -> tuple[CheckInput, ...]:
        return self._memory.table("check inputs").get(proposal, ())

    def put_work(self, proposal: EntryRef, work: CheckWork) -> None:
        self._rows[proposal] = msgspec.structs.replace(self._required(proposal), work=work)

    def put_chunk(self, proposal: EntryRef, job: Job, number: int, points: bytes) -> None:
        self._required(proposal)
        self._chunks.setdefault((proposal, job, number), points)

    def chunks(self, proposal: EntryRef, job: Job) -> Iterator[bytes]:
        number = 0
        while (points := self._chunks.get((proposal, job, number))) is not None:
            yield points
            number += 1

    def chunk_count(self, proposal: EntryRef, job: Job) -> int:
        return sum(key[:2] == (proposal, job) for key in self._chunks)

    def drop_chunks(self, proposal: EntryRef) -> None:
        for key in [key for key in self._chunks if key[0] == proposal]:
            del self._chunks[key]

    def put_found(self, proposal: EntryRef, found: CheckFound) -> None:
        self._required(proposal)
        if self._memory.table("check found").setdefault(proposal, found) != found:
            raise MisuseError("What this private check told us is kept already, and is something else.")

    def found(self, proposal: EntryRef) -> CheckFound | None:
        return self._memory.table("check found").get(proposal)

    def forget_secret(self, proposal: EntryRef) -> None:
        self._rows[proposal] = msgspec.structs.replace(self._required(proposal), secret=b"")

    def put_budget(self, row: BudgetRow) -> None:
        self._memory.table("check budgets")[row.partner] = row

    def budgets(self) -> dict[PartyId, BudgetRow]:
        return dict(self._memory.table("check budgets"))

    @property
    def _rows(self) -> dict[EntryRef, CheckRow]:
        return self._memory.table("checks")

    @property
    def _chunks(self) -> dict[tuple[EntryRef, Job, int], bytes]:
        return self._memory.table("check chunks")

    def _required(self, proposal: EntryRef) -> CheckRow:
        if proposal not in self._rows:
            raise MisuseError("No private check of this proposal is kept here.")
        return self._rows[proposal]


class FakeRuns:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def add(self, row: RunRow, problem: bytes) -> None:
        if row.id in self._rows:
            raise MisuseError("A run of this name is kept already.")
        self._rows[row.id] = row
        self._memory.table("run problems")[row.id] = problem

    def run(self, run: RunId, *, lock: bool = False) -> RunRow | None:
        if lock:
            self._memory.check_transaction()
        return self._rows.get(run)

    def problem(self, run: RunId) -> bytes | None:
        return self._memory.table("run problems").get(run)

    def find(
        self,
        *,
        states: tuple[State, ...] = (),
        analysis: str = "",
        by: str = "",
        oldest: bool = False,
        offset: int = 0,
        limit: int = 50,
    ) -> tuple[int, tuple[RunRow, ...]]:
        found = [
            row
            for row in self._rows.values()
            if (not states or row.stands.state in states) and analysis in ("", row.ask.analysis) and by in ("", row.by)
        ]
        ordered = found if oldest else found[::-1]
        return len(found), tuple(ordered[offset : offset + limit])

    def put_stands(self, run: RunId, stands: RunStands) -> None:
        self._rows[run] = msgspec.structs.replace(self._required(run), stands=stands)

    def put_answer(self, run: RunId, answer: bytes) -> None:
        self._required(run)
        self._memory.table("run answers")[run] = answer

    def answer(self, run: RunId) -> bytes | None:
        return self._memory.table("run answers").get(run)

    def forget(self, run: RunId) -> None:
        for name in ("runs", "run problems", "run answers"):
            self._memory.table(name).pop(run, None)

    @property
    def _rows(self) -> dict[RunId, RunRow]:
        return self._memory.table("runs")

    def _required(self, run: RunId) -> RunRow:
        if run not in self._rows:
            raise MisuseError("No run of this name is kept here.")
        return self._rows[run]


class FakeWritten:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def put(self, row: WrittenRow) -> None:
        if row.element in self._rows:
            raise MisuseError("This element was written from an analysis before.")
        self._rows[row.element] = row

    def of(self, element: ElementId) -> WrittenRow | None:
        return self._rows.get(element)

    def among(self, elements: Collection[ElementId]) -> dict[ElementId, WrittenRow]:
        return {element: self._rows[element] for element in self._rows if element in elements}

    def from_run(self, run: RunId) -> tuple[WrittenRow, ...]:
        return tuple(row for row in self._rows.values() if row.run == run)

    @property
    def _rows(self) -> dict[ElementId, WrittenRow]:
        return self._memory.table("written")


class FakePartners:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    @property
    def _partners(self) -> dict[PartyId, PartnerRow]:
        return self._memory.table("partners")

    def partners(self) -> tuple[PartnerRow, ...]:
        return tuple(self._partners[party] for party in sorted(self._partners))

    def partner(self, party: PartyId) -> PartnerRow | None:
        return self._partners.get(party)

    def put(self, row: PartnerRow) -> None:
        held = self._partners.get(row.party)
        if row.cards[-1:] != (row.card,) or (held and row.cards[: len(held.cards)] != held.cards):
            raise MisuseError(f"Cards accepted from {row.party} are never dropped, and the newest stands last.")
        self._partners[row.party] = msgspec.structs.replace(row, sending=held.sending) if held else row

    def put_sending(self, party: PartyId, sending: SendingState) -> None:
        if party not in self._partners:
            raise MisuseError(f"{party} is not paired with this headquarters.")
        self._partners[party] = msgspec.structs.replace(self._partners[party], sending=sending)


class FakeExchangeLog:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def add(self, row: ExchangeRow) -> None:
        _add_line(self._memory, EXCHANGE, row, exchange_says(row))

    def head(self) -> Head:
        return _head(self._memory, EXCHANGE)

    def lines(self, start: int = 0, stop: int | None = None, wanted: LinesWanted = ALL) -> Iterator[LogLine]:
        return _between(self._memory, EXCHANGE, start, stop, wanted)

    def window(self, wanted: LinesWanted, offset: int, limit: int) -> tuple[int, tuple[LogLine, ...]]:
        return _window(self._memory, EXCHANGE, wanted, offset, limit)

    def find(
        self, *, partner: str = "", accord: str = "", outcome: str = "", offset: int = 0, limit: int = 50
    ) -> tuple[int, tuple[ExchangeRow, ...]]:
        found = self._lines(
            lambda row: partner in ("", row.partner) and accord in ("", row.accord) and outcome in ("", row.outcome)
        )
        return len(found), found[offset : offset + limit]

    def taken(self, partner: str, bundle: str) -> bool:
        key = (partner, bundle, "in", "received")
        return bool(self._lines(lambda row: (row.partner, row.bundle, row.direction, row.outcome) == key))

    def told(self, partner: str, bundle: str, outcome: str) -> bool:
        key = (partner, bundle, "out", outcome)
        return bool(self._lines(lambda row: (row.partner, row.bundle, row.direction, row.outcome) == key))

    def receipts(self, partner: str, limit: int = 32) -> tuple[ExchangeRow, ...]:
        def owed(row: ExchangeRow) -> bool:
            accounted = row.direction == "in" and row.outcome in {"received", "refused"}
            return row.partner == partner and accounted and row.bundle != ""

        return self._lines(owed)[:limit]

    def _lines(self, wanted: Callable[[ExchangeRow], bool]) -> tuple[ExchangeRow, ...]:
        return _newest(self._memory, EXCHANGE, wanted)


class FakeJournal:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def add(self, row: JournalRow) -> None:
        _add_line(self._memory, JOURNAL, row, journal_says(row))

    def head(self) -> Head:
        return _head(self._memory, JOURNAL)

    def lines(self, start: int = 0, stop: int | None = None, wanted: LinesWanted = ALL) -> Iterator[LogLine]:
        return _between(self._memory, JOURNAL, start, stop, wanted)

    def window(self, wanted: LinesWanted, offset: int, limit: int) -> tuple[int, tuple[LogLine, ...]]:
        return _window(self._memory, JOURNAL, wanted, offset, limit)

    def find(
        self, *, person: str = "", subject: str = "", act: str = "", offset: int = 0, limit: int = 50
    ) -> tuple[int, tuple[JournalRow, ...]]:
        def wanted(row: JournalRow) -> bool:
            return person in ("", row.person) and subject in ("", row.subject) and act in ("", row.act)

        found = _newest(self._memory, JOURNAL, wanted)
        return len(found), found[offset : offset + limit]


_TABLES = {JOURNAL: "journal", EXCHANGE: "exchange log"}
_COLUMNS = {JOURNAL: ("person", "subject", "act"), EXCHANGE: ("partner", "accord", "outcome")}


def _add_line(memory: Memory, log: str, row: object, says: Says) -> None:
    lines, before = memory.table(_TABLES[log]), _head(memory, log)
    says = {name: _storable(value) if isinstance(value, str) else value for name, value in says.items()}
    value = following(log, before.value, chained_line(before.size, says))
    lines[before.size] = (row, LogLine(before.size, says, value, before.value))


def _storable(text: str) -> str:
    """As a database keeps it: no NUL, no half of a pair."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")


def _head(memory: Memory, log: str) -> Head:
    lines = memory.table(_TABLES[log])
    return Head(log, len(lines), lines[len(lines) - 1][1].value) if lines else Head(log)


def _chained(memory: Memory, log: str, wanted: LinesWanted) -> list[LogLine]:
    names = _COLUMNS[log]

    def fits(line: LogLine) -> bool:
        asked = zip(names, (wanted.who, wanted.about, wanted.act), strict=True)
        at = int(line.says["at"])
        return (
            all(value in ("", line.says[name]) for name, value in asked)
            and wanted.since <= at
            and (not wanted.until or at <= wanted.until)
            and wanted.words.casefold() in str(line.says["sentence"]).casefold()
        )

    return [line for _, (_, line) in sorted(memory.table(_TABLES[log]).items()) if fits(line)]


def _between(memory: Memory, log: str, start: int, stop: int | None, wanted: LinesWanted) -> Iterator[LogLine]:
    return iter([line for line in _chained(memory, log, wanted) if start <= line.n and (stop is None or line.n < stop)])


def _window(memory: Memory, log: str, wanted: LinesWanted, offset: int, limit: int) -> tuple[int, tuple[LogLine, ...]]:
    found = _chained(memory, log, wanted)[::-1]
    return len(found), tuple(found[offset : offset + limit])


def _newest(memory: Memory, log: str, wanted: Callable[[Row], bool]) -> tuple[Row, ...]:
    return tuple(row for _, (row, _) in sorted(memory.table(_TABLES[log]).items(), reverse=True) if wanted(row))


def _kept(row: EntryRow) -> EntryRow:
    """An audience is kept with its slip: an entry that has none, neither held nor cleared, has no audience either."""
    return msgspec.structs.replace(row, audience=()) if row.slip is None and not row.cleared else row


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from _texts(inner)
        case list():
            for inner in value:
                yield from _texts(inner)
        case _:
            return


class FakeLabels:
    """Policies by folded name with how often they changed, and markings by exact version."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def policies(self) -> tuple[PolicyRow, ...]:
        rows = self._memory.table("policies")
        return tuple(rows[key] for key in sorted(rows) if rows[key] is not None)

    def put_policy(self, row: PolicyRow) -> None:
        self._memory.table("policies")[folded(row.name)] = row
        self._count()

    def remove_policy(self, name: str, at: int, by: str) -> None:
        if self._memory.table("policies").pop(folded(name), None) is not None:
            self._count()

    def stamp(self) -> tuple[int, int]:
        counts = self._memory.table("labels stamp")
        return counts.get(0, 0), counts.get(1, 0)

    def put_beside(self, row: BesideRow) -> None:
        self._memory.table("beside")[row.ref] = row
        self._count(1)

    def beside(self, refs: Collection[ExactRef] | None = None) -> Mapping[ExactRef, BesideRow]:
        rows = self._memory.table("beside")
        return {
            ref: rows[ref] for ref in (rows if refs is None else refs) if ref in rows and rows[ref].marking != Marking()
        }

    def _count(self, which: int = 0) -> None:
        counts = self._memory.table("labels stamp")
        counts[which] = counts.get(which, 0) + 1
