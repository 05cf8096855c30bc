"""Making proof files: one entry, or the whole story of an element, complete in itself for whoever holds nothing of ours.

A file is of one accord, so that who is shown it learns of no other. It carries what was signed and nothing of the desk or the journal: who asked and who
decided stays home. What it is made of is checked as its reader will check it, before it is given.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from stafftalks.accord.bodies import EntryRef, decode_charter
from stafftalks.accord.parts import ReleasedVersion
from stafftalks.accord.state import Accord
from stafftalks.planning import element as elements
from stafftalks.planning.element import UnknownContent
from stafftalks.planning.refs import ExactRef
from stafftalks.record import card as cards
from stafftalks.record import checkpoint as heads
from stafftalks.record import note as notes
from stafftalks.record import proof as files
from stafftalks.record import tree
from stafftalks.record.b64 import url
from stafftalks.record.leaf import decode_leaf
from stafftalks.record.proof import EntryPart, FeedPart, Proof, Witness
from stafftalks.services import proof_account, reading
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import EntryRow, FeedRow, JournalRow, ReceiptRow
from stafftalks.values.errors import HostError, MisuseError, PeerError
from stafftalks.values.ids import AccordId, ElementId, FeedId, PartyId
from stafftalks.values.person import Person

MADE = "proof made"
_LOOK_BACK = 256
"""Entries of a partner's record that are looked through for what it had seen of others."""


def build(hq: Headquarters, accord: AccordId, refs: Sequence[EntryRef], *, text: bool = True) -> bytes:
    """The proof file that these entries stand in their authors' records; without `text` it proves that and when, not what they say.

    Raises MisuseError where an entry is not held or its author's cards do not lead to the accord's charter.
    """
    row = reading.accord_row(hq, accord)
    if not refs:
        raise MisuseError("There is no entry to prove.")
    work = _Work(hq, accord, row.charter)
    entries = [work.entry(ref, text=text) for ref in dict.fromkeys(refs)]
    proof = Proof(accord, row.charter, {}, (), tuple(entries), tuple(work.bounds(refs)))
    raw = files.encode(msgspec.structs.replace(proof, feeds=work.feeds, cards=work.cards_needed()))
    try:
        proof_account.account(raw)
    except PeerError as error:
        raise HostError(
            f"What is held here does not make a proof that holds: {error} Run `stafftalks record verify`."
        ) from error
    return raw


def make(
    hq: Headquarters,
    by: Person | str,
    accord: AccordId,
    refs: Sequence[EntryRef],
    *,
    text: bool = True,
    about: str = "",
) -> bytes:
    """The proof file, to be taken out: the journal records it under `about`, the element or else the accord."""
    raw = build(hq, accord, refs, text=text)
    who = by if isinstance(by, str) else by.username
    count = len(dict.fromkeys(refs))
    sentence = f"A proof of {count} {'entry' if count == 1 else 'entries'}, {'with' if text else 'without'} the text."
    hq.journal.add(JournalRow(hq.clock.now(), who, MADE, about or accord, sentence))
    return raw


def note_fork(hq: Headquarters, by: str, feed: FeedId) -> None:
    """Records in the journal that the proof of a fork was taken out."""
    sentence = f"The proof that {feed.party} signed its record {feed.epoch[:8]} in two different forms."
    hq.journal.add(JournalRow(hq.clock.now(), by, MADE, feed.accord, sentence))


def story(accord: Accord, party: PartyId, element: ElementId) -> tuple[EntryRef, ...]:
    """Every entry of this accord that is about the element of `party`: its releases, recalls, what others answered to these and said of it.

    In the order of the records, its author's first; releases that were recalled too.
    """
    sheet = accord.sheet(party)
    found = [
        item.ref for item in sheet.journal.values() if isinstance(item, ReleasedVersion) and item.element == element
    ]
    recalls = [recall for recall in sheet.recalls if recall.element == element]
    found += [ref for recall in recalls for ref in recall.entries if ref.party == party]
    found += [recall.ref for recall in recalls]
    asked = {recall.ref for recall in recalls}
    for other in accord.others(party):
        theirs = accord.sheet(other)
        found += [said.ref for ref, said in theirs.confirmations.items() if ref in asked]
    for speaker in accord.parties:
        found += [
            item.ref
            for item in accord.sheet(speaker).journal.values()
            if isinstance(item, ReleasedVersion) and _about(item) == (party, element)
        ]
    rank = {
        part.epoch: (speaker != party, speaker, index)
        for speaker in accord.parties
        for index, part in enumerate(accord.sheet(speaker).epochs)
    }
    return tuple(sorted(dict.fromkeys(found), key=lambda ref: (rank.get(ref.epoch, (True, ref.party, 0)), ref.n)))


def of_element(
    hq: Headquarters, by: Person | str, accord: AccordId, party: PartyId, element: ElementId, *, text: bool = True
) -> bytes:
    """The proof file of the whole story of an element in this accord; raises MisuseError where nothing of it ever left there."""
    refs = story(reading.load(hq, accord).state, party, element)
    held = {row.feed.epoch: row.size for row in hq.records.feeds(accord)}
    refs = tuple(ref for ref in refs if ref.n < held.get(ref.epoch, 0))
    if not refs:
        raise MisuseError(f"Nothing of the element {element[:12]} of {party} is in any record of this accord.")
    return make(hq, by, accord, refs, text=text, about=element)


def _about(item: ReleasedVersion) -> tuple[PartyId, ElementId] | None:
    """Whose element a released element speaks about, where it speaks about one."""
    if item.kind not in _TALK:
        return None
    try:
        content = elements.decode(item.raw).content
    except PeerError:
        return None
    about = None if isinstance(content, UnknownContent) else getattr(content, "about", None)
    return (about.party, about.element) if isinstance(about, ExactRef) else None


_TALK = frozenset({"acknowledgement", "adoption", "comment", "consent-request", "position", "suggestion"})


class _Feed(msgspec.Struct):
    """A feed in the making: its row, the leaf hashes under its newest head, and who cosigned which of its heads."""

    row: FeedRow
    head: heads.Checkpoint
    hashes: list[bytes]
    receipts: tuple[ReceiptRow, ...]
    place: int
    part: FeedPart


class _Work:
    """One proof file in the making."""

    def __init__(self, hq: Headquarters, accord: AccordId, charter: bytes) -> None:
        self._hq = hq
        self._accord = accord
        self._roots = {founder.party: founder.root_key for founder in decode_charter(charter).parties}
        self._cards: dict[PartyId, tuple[bytes, ...]] = {}
        self._opened: dict[PartyId, tuple[cards.Card, ...]] = {}
        self._feeds: dict[FeedId, _Feed] = {}
        self._signed: set[PartyId] = set()

    @property
    def feeds(self) -> tuple[FeedPart, ...]:
        """The feeds taken up so far, by their place."""
        return tuple(feed.part for feed in self._feeds.values())

    def cards_needed(self) -> Mapping[PartyId, tuple[bytes, ...]]:
        """The card documents of everyone who signed something that is in the file."""
        return {party: self._documents(party) for party in sorted(self._signed)}

    def entry(self, ref: EntryRef, *, text: bool, bound: bool = False) -> EntryPart:
        """The entry with its way to its feed's newest head; a bound needs no witness of its own."""
        feed = self._feed(FeedId(self._accord, ref.party, ref.epoch))
        if not 0 <= ref.n < feed.head.size:
            raise MisuseError(
                f"{ref.party}'s record has {feed.head.size} signed entries in this epoch, numbered from 0: there is no entry {ref.n}."
            )
        (row,) = self._hq.records.entries(feed.row.feed, ref.n, ref.n + 1)
        path = tuple(tree.inclusion_path(feed.hashes, ref.n))
        witnesses = () if bound else tuple(self._witnesses(feed, ref.n))
        return EntryPart(feed.place, ref.n, row.leaf, path, row.slip if text else None, witnesses)

    def bounds(self, refs: Sequence[EntryRef]) -> Iterator[EntryPart]:
        """Entries that tell what the authors had seen by then: of each other record the newest that they acknowledge."""
        taken = {(ref.epoch, ref.n) for ref in refs}
        for ref in refs:
            for n, origin, size in self._seen_before(ref):
                other = FeedId.parse(origin)
                wanted = (EntryRef(ref.party, ref.epoch, n), EntryRef(other.party, other.epoch, size - 1))
                if other.accord == self._accord and self._held(other, size):
                    for one in wanted:
                        if (one.epoch, one.n) not in taken and len(taken) < files.MAX_ENTRIES:
                            taken.add((one.epoch, one.n))
                            yield self.entry(one, text=False, bound=True)

    def _held(self, feed: FeedId, size: int) -> bool:
        """Whether the first `size` entries of this feed are here under a head that a proof can carry."""
        row = self._hq.records.feed(feed)
        if size < 1 or row is None or not row.note or not self._bound(feed.party):
            return False
        return heads.parse_body(notes.parse(row.note).body).size >= size

    def _seen_before(self, ref: EntryRef) -> list[tuple[int, str, int]]:
        """Of each other record: at which entry, with this one or before it, the author last said how far it had seen it."""
        if ref.party == self._hq.party:
            steps = reading.load(self._hq, self._accord).steps.get(ref.epoch, ())
            found = {step.origin: (step.n, step.origin, step.size) for step in steps if step.n <= ref.n}
            return sorted(found.values())
        feed = FeedId(self._accord, ref.party, ref.epoch)
        newest: dict[str, tuple[int, str, int]] = {}
        for row in self._hq.records.entries(feed, max(0, ref.n - _LOOK_BACK), ref.n + 1):
            newest.update({origin: (row.n, origin, size) for origin, size in _seen(row).items()})
        return sorted(newest.values())

    def _feed(self, feed: FeedId) -> _Feed:
        found = self._feeds.get(feed)
        if found is None:
            row = self._hq.records.feed(feed)
            if row is None:
                raise MisuseError(
                    f"This headquarters holds no such record of {feed.party}: see the accord's record page."
                )
            if not row.note:
                raise MisuseError("No signed head is held for this record, so nothing can be proved yet.")
            if not self._bound(feed.party):
                raise MisuseError(
                    f"No card of {feed.party} is held here that bears the root key by which the accord's charter names it, so nobody could be "
                    "shown whose record this is."
                )
            head = heads.open_checkpoint(row.note, row.public_key)
            hashes = self._hq.records.leaf_hashes(feed, 0, head.size)
            note = self._readable(row)
            part = FeedPart(feed, row.public_key, row.certificate, note)
            self._signed.add(feed.party)
            self._signed.update(self._cosigners(note))
            found = _Feed(row, head, hashes, self._hq.records.receipts(feed), len(self._feeds), part)
            self._feeds[feed] = found
        return found

    def _readable(self, row: FeedRow) -> bytes:
        """The newest head with the author's line and those of cosigners whose cards a reader can be given."""
        opened = notes.parse(row.note)
        names = {heads.cosigner_name(party): party for party in self._roots if self._bound(party)}
        kept = [
            line
            for line in opened.signatures
            if line.name == row.feed.origin
            or (line.name in names and self._cosigned(opened.body, line, names[line.name]) is not None)
        ]
        return notes.Note(opened.body, tuple(kept)).raw

    def _cosigners(self, note: bytes) -> Iterable[PartyId]:
        names = {heads.cosigner_name(party): party for party in self._roots}
        return [names[line.name] for line in notes.parse(note).signatures if line.name in names]

    def _witnesses(self, feed: _Feed, n: int) -> Iterator[Witness]:
        """The heads that bear each other party's earliest cosignature that covers the entry, but for what the newest head bears itself."""
        earliest: dict[PartyId, tuple[int, int, bytes]] = {}
        for receipt in feed.receipts:
            usable = n < receipt.size <= feed.head.size and receipt.line and receipt.party != feed.row.feed.party
            if usable and self._bound(receipt.party):
                earliest[receipt.party] = min(
                    earliest.get(receipt.party, (receipt.at + 1, 0, b"")), (receipt.at, receipt.size, receipt.line)
                )
        by_size: dict[int, list[tuple[PartyId, bytes]]] = {}
        for party, (_, size, line) in sorted(earliest.items()):
            if line not in feed.part.note:
                by_size.setdefault(size, []).append((party, line))
        for size, lines in sorted(by_size.items()):
            body = heads.Checkpoint(feed.row.feed, size, tree.root_of(feed.hashes[:size])).body()
            sound = [
                (party, line)
                for party, line in lines
                if self._cosigned(body, notes.parse_line(line), party) is not None
            ]
            if sound:
                self._signed.update(party for party, _ in sound)
                note = notes.Note(body, tuple(notes.parse_line(line) for _, line in sound))
                yield Witness(note.raw, tuple(tree.inclusion_path(feed.hashes[:size], n)))

    def _cosigned(self, body: bytes, line: notes.Signature, party: PartyId) -> int | None:
        """When `party` signed this line under `body` by a key of its cards, None where it did not."""
        for found in self._opened[party]:
            try:
                return heads.verify_receipt(notes.Note(body, (line,)).raw, party, found.node_key)
            except PeerError:
                continue
        return None

    def _bound(self, party: PartyId) -> bool:
        """Whether cards of this party are held, one of them with the root key by which the charter names it."""
        if party not in self._opened:
            self._opened[party] = tuple(cards.open_card(document) for document in self._documents(party))
        return self._roots.get(party) in {url(found.root_key) for found in self._opened[party]}

    def _documents(self, party: PartyId) -> tuple[bytes, ...]:
        if party not in self._cards:
            if party == self._hq.party:
                self._cards[party] = self._hq.keyring.card_documents()
            else:
                partner = self._hq.partners.partner(party)
                self._cards[party] = partner.cards if partner else ()
        return self._cards[party]


def _seen(row: EntryRow) -> Mapping[str, int]:
    try:
        return decode_leaf(row.leaf).seen
    except PeerError:
        return {}
