"""The pure fold of one party's own entries to its sheet.

Two layers. Reading turns an entry into one journal item, by itself. Effect applies the items of the epochs that count, in
order. The rules kept:

1. Total: every verified entry gives a sheet. What cannot be read or has no meaning becomes a notice.
2. The order in which epochs arrive, and the sizes of the batches, do not matter.
3. A later epoch continues its predecessor up to the size it names. Entries beyond are forgotten by their author and have no
   effect, with one exception: what a forgotten recall took back stays taken back, for its bytes may already be gone.
4. A recall takes back entries by their place. Whether their slips were read before leaves no trace in the sheet.

What it does not do: look at any other party's record, at the charter's parties, or at the clock.
"""

from collections.abc import Iterable, Mapping

from stafftalks.accord.bodies import EntryRef, Opening, Previous, Recall
from stafftalks.accord.effects import Effects
from stafftalks.accord.parts import CheckAct, EpochPart, Item, Notice, ReleasedVersion, Said, Sheet
from stafftalks.accord.reading import read_entry, taken_back_by
from stafftalks.record.entry import VerifiedEntry
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import EpochId

_FORGOTTEN = "It is not remembered by its author after a restore: kept, without effect."
_FORGOTTEN_RECALL = (
    "It is a recall that is not remembered by its author after a restore. What it took back stays taken back; if it was "
    "released again, that later release stands."
)


def fold(
    entries: Iterable[VerifiedEntry], start: Sheet | None = None, kept: Mapping[EntryRef, CheckAct] | None = None
) -> Sheet:
    """The sheet that `start` (empty where None) becomes with `entries`, in time linear in both.

    Within an epoch entries come in order of n; epochs may come in any order. Entries of another party, and entries read
    before, change nothing; an entry that was sealed and is now readable is taken in at its place. `kept` says what
    was kept of points of checks that are held no more: their entries are read as if they were there; it may be filled while
    `entries` come. Raises MisuseError where there is
    neither a start nor an entry, for then no party is named.
    """
    stream = iter(entries)
    remembered = (
        {} if kept is None else kept
    )  # whoever reads the entries may fill it as they come: empty now is not none
    if start is None:
        first = next(stream, None)
        if first is None:
            raise MisuseError("There is no entry to read and no sheet to start from. Start from Sheet.empty(party).")
        builder = _Builder(Sheet.empty(first.feed.party), remembered)
        builder.take(first)
    else:
        builder = _Builder(start, remembered)
    for entry in stream:
        builder.take(entry)
    return builder.sheet()


def fold_sheet(sheet: Sheet, entry: VerifiedEntry) -> Sheet:
    """The sheet with one more entry; for many, `fold` reads a batch in one pass."""
    return fold((entry,), sheet)


class _Part:
    """One epoch while it is read."""

    __slots__ = ("opened_at", "previous", "size")

    def __init__(self, known: EpochPart | None = None) -> None:
        self.size = known.size if known else 0
        self.opened_at = known.opened_at if known else 0
        self.previous: Previous | None = known.previous if known else None


class _Builder:
    """A fold under way. `stale` says that effects must be computed again from the journal, once, at the end."""

    def __init__(self, sheet: Sheet, kept: Mapping[EntryRef, CheckAct]) -> None:
        self.kept = kept
        self.party = sheet.party
        self.parts = {part.epoch: _Part(part) for part in sheet.epochs}
        self.tip = next(iter(_chain(self.parts)), None)
        self.journal = dict(sheet.journal)
        self.taken_back = set(sheet.taken_back)
        self.effects = Effects(sheet)
        self.stale = False

    def take(self, entry: VerifiedEntry) -> None:
        """Takes in one entry."""
        if entry.feed.party != self.party:
            return
        epoch = entry.feed.epoch
        ref = EntryRef(self.party, epoch, entry.n)
        part = self.parts.get(epoch)
        if part is None:
            part = self.parts[epoch] = _Part()
            part.opened_at = entry.at
            self.stale = self.tip is not None
            self.tip = self.tip or epoch
        if entry.n < part.size:
            held = self.journal.get(ref)
            if entry.body is None or not (held is None or (isinstance(held, Notice) and held.sort == "sealed")):
                return
            self.stale = True
        else:
            part.size = entry.n + 1
            self.stale = self.stale or epoch != self.tip
        dropped = self.kept.get(ref) if entry.body is None else None
        self._note(dropped or read_entry(entry, ref), part)

    def _note(self, item: Item, part: _Part) -> None:
        """Writes `item` into the journal and, where effects are current, applies it."""
        if isinstance(item, Said):
            if isinstance(item.body, Opening):
                part.previous = item.body.previous
            elif isinstance(item.body, Recall):
                self._take_back(taken_back_by(item.body, item.ref))
        elif item.ref in self.taken_back and not isinstance(item, CheckAct):
            return
        self.journal[item.ref] = item
        if not self.stale:
            self.effects.apply(item)

    def _take_back(self, refs: tuple[EntryRef, ...]) -> None:
        for ref in refs:
            self.taken_back.add(ref)
            item = self.journal.get(ref)
            # Only what could have been a release goes: a recall cannot unsay a question, an acceptance or a check.
            if isinstance(item, ReleasedVersion | Notice):
                del self.journal[ref]
                self.effects.take_back(item)

    def sheet(self) -> Sheet:
        """The result, frozen."""
        chain = _chain(self.parts)
        if self.stale:
            self.effects = self._effects_again(chain)
        parts = self._epoch_parts(chain)
        effects = self.effects
        rank = {part.epoch: index for index, part in enumerate(parts)}
        return Sheet(
            party=self.party,
            standing=effects.standing,
            proposal=effects.wording.frozen() if effects.wording else None,
            questions=tuple(effects.questions),
            answers=tuple(effects.answers),
            released=effects.released(),
            recalled=effects.recalled,
            recalls=tuple(effects.recalls),
            confirmations=effects.confirmations,
            checks=tuple(effects.checks),
            notices=effects.notices(rank),
            size=sum(part.size for part in parts),
            epochs=parts,
            journal=self.journal,
            taken_back=frozenset(self.taken_back),
        )

    def _effects_again(self, chain: dict[EpochId, int]) -> Effects:
        """The effects of the whole journal: epochs that count oldest first, and notices for what is forgotten."""
        by_epoch: dict[EpochId, list[Item]] = {epoch: [] for epoch in reversed(chain)}
        forgotten: list[Item] = []
        for ref, item in self.journal.items():
            counts = ref.n < chain.get(ref.epoch, 0)
            (by_epoch[ref.epoch] if counts else forgotten).append(item)
        effects = Effects(Sheet.empty(self.party))
        for items in by_epoch.values():
            for item in sorted(items, key=lambda item: item.ref.n):
                effects.apply(item)
        for item in forgotten:
            recall = isinstance(item, Said) and isinstance(item.body, Recall)
            effects.apply(Notice(item.ref, "forgotten", _FORGOTTEN_RECALL if recall else _FORGOTTEN))
        return effects

    def _epoch_parts(self, chain: dict[EpochId, int]) -> tuple[EpochPart, ...]:
        others = sorted((part.opened_at, epoch) for epoch, part in self.parts.items() if epoch not in chain)
        ordered = [*reversed(chain), *(epoch for _, epoch in others)]
        return tuple(
            EpochPart(epoch, part.size, min(part.size, chain.get(epoch, 0)), part.opened_at, part.previous)
            for epoch, part in ((epoch, self.parts[epoch]) for epoch in ordered)
        )


def _chain(parts: Mapping[EpochId, _Part]) -> dict[EpochId, int]:
    """The epochs that count, newest first, each with the number of its entries that its successor remembers.

    The newest is the epoch that no other names as its predecessor; where a party left several (it restored twice from one
    backup), the one it claims to have opened last, so that every headquarters decides alike whatever arrived first.
    """
    if not parts:
        return {}
    named = {part.previous.epoch for part in parts.values() if part.previous}
    ends = [epoch for epoch in parts if epoch not in named] or list(parts)
    epoch = max(ends, key=lambda end: (parts[end].opened_at, end))
    chain = {epoch: parts[epoch].size}
    while (previous := parts[epoch].previous) and previous.epoch in parts and previous.epoch not in chain:
        epoch = previous.epoch
        chain[epoch] = previous.size
    return chain
