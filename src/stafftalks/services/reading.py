"""The present state of an accord: every party's sheet, folded from the entries held, and only the new ones folded anew.

The rows come from our own store, so they are hashed again against the frontier stored with them before they are believed. What is
folded is kept in memory, per feed, and thrown away whenever a slip was added late or cleared; points of a check that were dropped leave all as it is.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from stafftalks.accord.bodies import EntryRef, Opening, decode_body, decode_charter
from stafftalks.accord.folding import fold
from stafftalks.accord.parts import CheckAct, Sheet
from stafftalks.accord.state import Accord
from stafftalks.record import feed as feeds
from stafftalks.record import tree
from stafftalks.record.entry import VerifiedEntry
from stafftalks.services import check_kept
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import AccordRow, EntryRow, FeedRow
from stafftalks.values.errors import HostError, MisuseError, PeerError
from stafftalks.values.ids import AccordId, EpochId, FeedId, PartyId

BATCH = 4096
BATCH_BYTES = 16 * 1024 * 1024
"""Texts that are in memory at once while a record is read, about: entries that carry points of a check are long."""


class Step(msgspec.Struct, frozen=True, gc=False):
    """That our own entry `n` says to have seen the feed `origin` up to `size`."""

    n: int
    origin: str
    size: int


class FoldedParty(msgspec.Struct, frozen=True):
    """One party's sheet, the frontier it was folded to in each of its feeds, and the sizes of others' feeds it has acknowledged.

    `steps` say, for our own party only, at which entries of each epoch these sizes grew.
    """

    sheet: Sheet
    frontiers: tuple[tuple[FeedId, tree.Frontier], ...]
    acknowledged: dict[str, int]
    steps: Mapping[EpochId, tuple[Step, ...]] = {}


class Folded(msgspec.Struct, frozen=True):
    """What is remembered of an accord between reads. `state` is the same value until some sheet is another."""

    changes: int
    parties: dict[PartyId, FoldedParty]
    state: Accord


class Loaded(msgspec.Struct, frozen=True):
    """An accord as it stands: its row, state and feeds, what our own record has acknowledged of others so far, and how many slips had changed.

    `steps` say at which entries of each epoch of ours it did.
    """

    row: AccordRow
    state: Accord
    feeds: tuple[FeedRow, ...]
    acknowledged: dict[str, int]
    changes: int = 0
    steps: Mapping[EpochId, tuple[Step, ...]] = {}

    def own(self, party: PartyId) -> tuple[FeedRow, ...]:
        """The feeds of `party`, oldest epoch first."""
        return tuple(row for row in self.feeds if row.feed.party == party)


def accord_row(hq: Headquarters, accord: AccordId) -> AccordRow:
    """The accord; raises MisuseError where this headquarters holds none of that id."""
    row = hq.records.accord(accord)
    if row is None:
        raise MisuseError(f"This headquarters holds no accord {accord[:8]}: see `accord list`.")
    return row


def load(hq: Headquarters, accord: AccordId) -> Loaded:
    """The accord as it stands now, from what is held here."""
    return _load(hq, accord_row(hq, accord), hq.records.feeds(accord), hq.records.changes())


def load_all(hq: Headquarters) -> tuple[Loaded, ...]:
    """Every accord as it stands now, oldest first; the number of look-ups does not grow with them."""
    held: dict[AccordId, list[FeedRow]] = {}
    for row in hq.records.all_feeds():
        held.setdefault(row.feed.accord, []).append(row)
    changes = hq.records.changes()
    return tuple(_load(hq, row, tuple(held.get(row.id, ())), changes) for row in hq.records.accords())


def _load(hq: Headquarters, row: AccordRow, held: tuple[FeedRow, ...], changes: int) -> Loaded:
    with hq.folding:
        past = hq.memory.get(row.id)
        known = past if isinstance(past, Folded) and past.changes == changes else None
        charter = known.state.charter if known else decode_charter(row.charter)
        parties = {
            founder.party: _folded(hq, founder.party, held, known.parties if known else {})
            for founder in charter.parties
        }
        sheets = {party: folded.sheet for party, folded in parties.items()}
        same = known is not None and all(known.state.sheets[party] is sheet for party, sheet in sheets.items())
        state = known.state if known is not None and same else Accord(row.id, charter, sheets)
        hq.memory[row.id] = Folded(changes, parties, state)
    own = parties.get(hq.party)
    return Loaded(row, state, held, dict(own.acknowledged) if own else {}, changes, own.steps if own else {})


def entries(
    hq: Headquarters,
    row: FeedRow,
    start: int,
    stop: int,
    before: tree.Frontier | None = None,
    kept: dict[EntryRef, CheckAct] | None = None,
) -> Iterator[VerifiedEntry]:
    """The entries of a feed held here, verified against the leaf hashes on which its stored frontier stands, streamed in batches.

    What was kept of points that were dropped is put into `kept` before their entries come.
    """
    frontier = before
    if frontier is None or frontier.size != start:
        frontier = tree.Frontier.empty().extend(hq.records.leaf_hashes(row.feed, 0, start))
    while frontier.size < stop:
        rows = _batch(hq.records.entries(row.feed, frontier.size, min(frontier.size + BATCH, stop)))
        after = frontier.extend([entry.leaf_hash for entry in rows])
        slips = {entry.n: entry.slip for entry in rows if entry.slip is not None}
        if not rows or (after.size == row.size and after.encode() != row.frontier):
            raise HostError(
                f"The entries of {row.feed.origin} in this store are not those its stored frontier was made from: the disk or database is "
                "damaged. Restore from a backup; nothing was signed."
            )
        read = feeds.read_own(row.feed, frontier, after, [entry.leaf for entry in rows], slips)
        if kept is not None:
            for stored, entry in zip(rows, read, strict=True):
                if stored.kept:
                    ref = EntryRef(row.feed.party, row.feed.epoch, entry.n)
                    kept[ref] = check_kept.decode(stored.kept, ref, entry.at)
        yield from read
        frontier = after


def _batch(rows: Iterable[EntryRow]) -> list[EntryRow]:
    """The first of these entries, as many as fit into a batch; one at least."""
    taken: list[EntryRow] = []
    used = 0
    for entry in rows:
        taken.append(entry)
        used += len(entry.slip or b"")
        if used >= BATCH_BYTES:
            break
    return taken


def previous_of(entry: VerifiedEntry) -> Opening | None:
    """The opening that `entry` states, or None where it is not one that can be read."""
    if entry.n != 0 or entry.body is None:
        return None
    try:
        body = decode_body(entry.body)
    except PeerError:
        return None
    return body if isinstance(body, Opening) else None


def _folded(
    hq: Headquarters, party: PartyId, held: Iterable[FeedRow], known: dict[PartyId, FoldedParty]
) -> FoldedParty:
    """The party's sheet over its feeds as held, going on from what is known of it."""
    past = known.get(party) or FoldedParty(Sheet.empty(party), (), {})
    folded_to = dict(past.frontiers)
    acknowledged = dict(past.acknowledged)
    steps: dict[EpochId, list[Step]] = {}
    kept: dict[EntryRef, CheckAct] = {}
    grown = [row for row in held if row.feed.party == party and _size(folded_to.get(row.feed)) < row.effective]

    def fresh() -> Iterator[VerifiedEntry]:
        for row in grown:
            before = folded_to.get(row.feed, tree.Frontier.empty())
            for entry in entries(hq, row, before.size, row.effective, before, kept):
                acknowledged.update(entry.seen)
                if entry.seen and party == hq.party:
                    told = steps.setdefault(row.feed.epoch, [])
                    told += (Step(entry.n, origin, size) for origin, size in entry.seen.items())
                yield entry
            folded_to[row.feed] = _frontier(hq, row)

    sheet = fold(fresh(), past.sheet, kept) if grown else past.sheet
    told = {epoch: (*past.steps.get(epoch, ()), *new) for epoch, new in steps.items()}
    return FoldedParty(sheet, tuple(folded_to.items()), acknowledged, {**past.steps, **told})


def _size(frontier: tree.Frontier | None) -> int:
    return frontier.size if frontier else 0


def _frontier(hq: Headquarters, row: FeedRow) -> tree.Frontier:
    """The frontier at the feed's effective size."""
    if row.effective == row.size:
        return tree.Frontier.decode(row.frontier)
    return tree.Frontier.empty().extend(hq.records.leaf_hashes(row.feed, 0, row.effective))
