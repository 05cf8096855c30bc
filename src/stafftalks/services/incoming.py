"""Taking in a bundle: nothing is believed before it is verified, and nothing already held is ever lost or changed by it.

Steps, in order, in one transaction:
1. the bundle is from a paired party and for us (`record.bundle.open_plaintext`), and from whoever holds the connection;
2. the accord is held, or its charter founds it: named after its bytes, us and the sender among its parties, root keys as on the cards;
3. each feed: certificate, opening, overlap with what is held, extension against its signed head; stored, then the head cosigned;
4. heads without entries: receipts are kept, contradictions noted;
5. disputes: where both sides' leaf hashes differ under two heads of one author, the fork is proved and the feed frozen;
6. what the sender holds is remembered, its accounts of our bundles are logged.
A feed that fails is left as it was, its sentence goes into the exchange log of both sides, and the other feeds go on.

Never here: own elements, appending to our own record. Entries of our own that a partner gives back after a restore are taken into the closed
epoch they belong to, because our own key signed them.
"""

import base64

import msgspec

from stafftalks.accord.bodies import Charter, Previous, Recall, Release, accord_id, decode_body, decode_charter
from stafftalks.record import bundle as bundles
from stafftalks.record import checkpoint as heads
from stafftalks.record import epoch as epochs
from stafftalks.record import feed as feeds
from stafftalks.record import note as notes
from stafftalks.record import tree
from stafftalks.record.b64 import url
from stafftalks.record.entry import VerifiedEntry
from stafftalks.record.leaf import SEALED, decode_leaf
from stafftalks.record.slip import commitment, parse_slip
from stafftalks.services import cosigning, forks, pairing, reading, roots
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import (
    AccordRow,
    Channel,
    EntryRow,
    ExchangeRow,
    FeedRow,
    Outcome,
    PeerHolding,
)
from stafftalks.values.errors import PeerError
from stafftalks.values.ids import AccordId, FeedId, PartyId

CLOCK_TOLERANCE_S = 24 * 3600
MAX_EPOCHS = 100
"""Of one party in one accord: more would no longer fit into a bundle that tells others of them."""


class Taken(msgspec.Struct, frozen=True):
    """What became of a bundle. `entries` were new; `refusals` say per feed what was left out and why; `remarks` what a reader should know."""

    partner: PartyId
    accord: AccordId | None
    bundle: str
    entries: int
    refusals: tuple[str, ...]
    remarks: tuple[str, ...]
    repeated: bool = False

    @property
    def outcome(self) -> str:
        """`accepted`, or `refused` where some feed in it was."""
        return "refused" if self.refusals else "accepted"

    @property
    def sentence(self) -> str:
        """One sentence or two for the log and the page."""
        what = "Already taken in before; nothing was added." if self.repeated else _count(self.entries)
        return " ".join((*self.refusals, what, *self.remarks))


def open_bundle(hq: Headquarters, plaintext: bytes, from_party: PartyId | None) -> bundles.Bundle:
    """The bundle, its sender and address verified; raises PeerError."""
    keys = {row.party: pairing.card_of(row).node_key for row in hq.partners.partners()}
    bundle = bundles.open_plaintext(plaintext, hq.party, keys, hq.policy.max_taken_bytes)
    sender = bundle.manifest.sender
    if from_party is not None and sender != from_party:
        raise PeerError(f"This bundle is from {sender}, but came over {from_party}'s connection: each sends its own.")
    return bundle


def take(hq: Headquarters, bundle: bundles.Bundle, *, channel: Channel) -> Taken:
    """What the bundle brought, stored durably; raises PeerError where it cannot be taken at all."""
    manifest = bundle.manifest
    repeated = hq.log.taken(manifest.sender, manifest.nonce)
    with hq.transactions.atomic():
        remarks = list(_clock_remarks(hq, manifest))
        _take_receipts(hq, manifest, channel)
        if manifest.accord is None:
            return Taken(manifest.sender, None, manifest.nonce, 0, (), tuple(remarks), repeated)
        row, charter = _accord(hq, manifest)
        work = _Work(hq, row, charter, bundle)
        work.take_feeds()
        work.take_notes()
        work.take_disputes()
        hq.records.put_holding(manifest.sender, row.id, work.holding())
        for party, size in work.cosigned:
            said = f"{party} has cosigned the first {size} entries of our record: it holds them, and no other record of ours."
            hq.log.add(ExchangeRow(hq.clock.now(), party, "out", channel, "", "cosigned", said, row.id))
    return Taken(
        manifest.sender, row.id, manifest.nonce, work.entries, tuple(work.refusals), (*remarks, *work.remarks), repeated
    )


class _Work:
    """One bundle being taken in, inside its transaction."""

    def __init__(self, hq: Headquarters, row: AccordRow, charter: Charter, bundle: bundles.Bundle) -> None:
        self._hq = hq
        self._accord = row
        self._charter = charter
        self._bundle = bundle
        self._notes = {_origin(text): text.encode() for text in bundle.manifest.notes}
        self._conflicts: set[str] = set()
        self._given: dict[str, tuple[int, int]] = {}
        self.entries = 0
        self.cosigned: list[tuple[PartyId, int]] = []
        self.refusals: list[str] = []
        self.remarks: list[str] = []

    def take_feeds(self) -> None:
        """Step 3 for every feed that brings entries."""
        for found in self._bundle.manifest.feeds:
            try:
                # A part of the transaction of its own: a feed that fails is left exactly as it was.
                with self._hq.transactions.atomic():
                    self._take_feed(found)
                if found.feed.party == self._bundle.manifest.sender:
                    self._given[found.feed.origin] = (found.start, found.stop)
            except PeerError as error:
                self.refusals.append(f"{found.feed.party}'s entries {found.start} to {found.stop}: {error}")

    def take_notes(self) -> None:
        """Step 4 for every head in the manifest."""
        for origin, text in self._notes.items():
            row = self._hq.records.feed(FeedId.parse(origin), lock=True)
            if row is None:
                continue
            try:
                self._take_note(row, text)
            except PeerError as error:
                self.refusals.append(f"{row.feed.party}'s signed head: {error}")

    def take_disputes(self) -> None:
        """Step 5."""
        for dispute in self._bundle.manifest.disputes:
            row = self._hq.records.feed(FeedId.parse(dispute.origin), lock=True)
            if row is None or row.frozen:
                continue
            try:
                if forks.prove(self._hq, row, dispute.note.encode(), list(dispute.leaf_hashes), {}, {}):
                    self.remarks.append(
                        f"{row.feed.party} signed two different records: its record is frozen, and the proof kept."
                    )
            except PeerError as error:
                self.refusals.append(f"The dispute over {row.feed.party}'s record: {error}")

    def holding(self) -> dict[str, PeerHolding]:
        """What the sender holds, by feed origin."""
        have = self._bundle.manifest.have
        known = self._hq.records.holding(self._bundle.manifest.sender, self._accord.id)
        found: dict[str, PeerHolding] = {}
        for row in self._hq.records.feeds(self._accord.id):
            origin = row.feed.origin
            given = known[origin].given if origin in known else 0
            start, stop = self._given.get(origin, (0, 0))
            if start <= given:
                given = max(given, stop)
            if origin in have or given:
                found[origin] = PeerHolding(
                    have.get(origin, 0), self._notes.get(origin, b""), origin in self._conflicts, given
                )
        return found

    def _take_feed(self, found: bundles.FeedRange) -> None:
        leaves, slips = self._bundle.leaves[found.feed], self._bundle.slips[found.feed]
        row = self._hq.records.feed(found.feed, lock=True)
        if row is not None and row.frozen:
            raise PeerError(f"it is frozen since {row.frozen}")
        if row is None:
            row = self._founded(found, leaves, slips)
        start = self._trimmed(row, found, leaves, slips)
        if start is None:
            return
        fresh = leaves[start - found.start :]
        if not fresh:
            return
        note = self._notes.get(found.feed.origin)
        if note is None:
            raise PeerError("the bundle carries no signed head for these entries.")
        mine = {n: slip for n, slip in slips.items() if n >= start}
        extension = feeds.verify_extension(
            found.feed, row.public_key, tree.Frontier.decode(row.frontier), note, start, fresh, mine
        )
        self._store(row, extension, note)

    def _founded(self, found: bundles.FeedRange, leaves: list[bytes], slips: dict[int, bytes]) -> FeedRow:
        """A feed not held before, its key vouched for and its opening read; it is added with size 0."""
        feed = found.feed
        if feed.party not in {founder.party for founder in self._charter.parties}:
            raise PeerError(f"{feed.party} is not a party to this accord.")
        if found.start != 0:
            raise PeerError(f"nothing of this record is held here: waiting for 0-{found.start}.")
        epochs.check_feed_key(feed, found.public_key)
        self._verify_certificate(found)
        note = self._notes.get(feed.origin)
        if note is None or not leaves:
            raise PeerError("a new record must bring its first entries and their signed head.")
        # Verified in full before the row is added; the same entries are verified once more when they are stored.
        extension = feeds.verify_extension(feed, found.public_key, tree.Frontier.empty(), note, 0, leaves, slips)
        ordinal = self._ordinal(extension.entries[0])
        row = FeedRow(feed, ordinal, found.public_key, found.certificate, 0, tree.Frontier.empty().encode())
        self._hq.records.add_feed(row)
        if feed.party == self._hq.party:
            self._hq.records.close(feed)
            self.remarks.append(
                "An epoch of our own record that this database did not hold came back from the partner."
            )
        return self._hq.records.feed(feed, lock=True) or row

    def _verify_certificate(self, found: bundles.FeedRange) -> None:
        party = found.feed.party
        keys: tuple[bytes, ...]
        if party == self._hq.party:
            keys = (self._hq.keyring.card().node_key,)
        else:
            partner = self._hq.partners.partner(party)
            if partner is None:
                raise PeerError(
                    f"{party} is a party to this accord but not paired here: exchange cards with it; its entries wait."
                )
            keys = pairing.node_keys(partner)
        for position, key in enumerate(keys):
            try:
                epochs.verify_certificate(found.feed, found.public_key, found.certificate, key)
            except PeerError:
                if position == len(keys) - 1:
                    raise
            else:
                return

    def _ordinal(self, first: VerifiedEntry) -> int:
        """The place of a new epoch among its party's; raises PeerError where its opening does not continue what is held."""
        opening = reading.previous_of(first)
        if opening is None:
            raise PeerError("the record does not begin with a readable opening.")
        if opening.charter.encode() != self._accord.charter:
            raise PeerError("the record's opening names another charter than the accord's.")
        held = [row for row in self._hq.records.feeds(self._accord.id) if row.feed.party == first.feed.party]
        if len(held) >= MAX_EPOCHS:
            raise PeerError(
                f"{first.feed.party} has opened {len(held)} epochs here: no more are taken, found a new accord."
            )
        if opening.previous is None:
            if held:
                raise PeerError(
                    f"{first.feed.party} already has a record here, and this one does not say which it continues."
                )
            return 0
        return self._continues(opening.previous, held)

    def _continues(self, previous: Previous, held: list[FeedRow]) -> int:
        row = next((row for row in held if row.feed.epoch == previous.epoch), None)
        if row is None:
            raise PeerError(f"it continues epoch {previous.epoch[:8]}, which is not held here: waiting for it.")
        if previous.size < 0:
            raise PeerError(f"it says that epoch {previous.epoch[:8]} ended before it began: not taken.")
        if row.size < previous.size:
            raise PeerError(f"it continues epoch {previous.epoch[:8]}: waiting for {row.size}-{previous.size} of that.")
        root = tree.root_of(self._hq.records.leaf_hashes(row.feed, 0, previous.size))
        if base64.b64encode(root).decode() != previous.root:
            raise PeerError(f"it says that epoch {previous.epoch[:8]} ended otherwise than it did: not taken.")
        if any(other.ordinal > row.ordinal for other in held):
            raise PeerError(
                f"epoch {previous.epoch[:8]} was continued already by a later epoch held here. After a restore, take your own entries back "
                "from a partner first, then open a fresh epoch."
            )
        return row.ordinal + 1

    def _trimmed(
        self, row: FeedRow, found: bundles.FeedRange, leaves: list[bytes], slips: dict[int, bytes]
    ) -> int | None:
        """From which position on the leaves are new, the overlap being equal to what is held; None where a fork was proved."""
        if found.start >= row.size:
            return found.start
        held = self._hq.records.leaf_hashes(row.feed, found.start, min(found.stop, row.size))
        came = tree.leaf_hashes(leaves[: len(held)])
        if held != came:
            self._forked(row, found, leaves, slips)
            return None
        self._late_slips(row, found, leaves[: len(held)], slips)
        return row.size

    def _close(self, row: FeedRow) -> None:
        self._hq.records.close(row.feed)
        self.remarks.append(
            "The partner holds more of our own record than this database: it is older than what was sent. The entries were taken back, and the "
            "next act opens a fresh epoch."
        )

    def _forked(self, row: FeedRow, found: bundles.FeedRange, leaves: list[bytes], slips: dict[int, bytes]) -> None:
        """Two different leaves at one position: a fork if the author signed both, else a damaged bundle."""
        note = self._notes.get(row.feed.origin, b"")
        before = self._hq.records.leaf_hashes(row.feed, 0, found.start)
        branch = {found.start + i: leaf for i, leaf in enumerate(leaves)}
        hashes = before + tree.leaf_hashes(leaves)
        if not forks.prove(self._hq, row, note, hashes, branch, slips):
            raise PeerError("they differ from the entries held, and no signed head proves them: not taken.")
        self.refusals.append((self._hq.records.feed(row.feed) or row).frozen)

    def _late_slips(self, row: FeedRow, found: bundles.FeedRange, leaves: list[bytes], slips: dict[int, bytes]) -> None:
        """Texts that arrive after their entries; each is tied to its leaf before it is kept."""
        wanted = {n: slip for n, slip in slips.items() if n < found.start + len(leaves)}
        if not wanted:
            return
        frontier = tree.Frontier.empty().extend(self._hq.records.leaf_hashes(row.feed, 0, min(wanted)))
        for entry in self._hq.records.entries(row.feed, min(wanted), max(wanted) + 1):
            before, frontier = frontier, frontier.extend([entry.leaf_hash])
            slip = wanted.get(entry.n)
            if slip is None or entry.slip is not None or entry.cleared or not _fits(entry, slip):
                continue
            (verified,) = feeds.read_own(row.feed, before, frontier, [entry.leaf], {entry.n: slip})
            self._hq.records.add_slip(row.feed, entry.n, slip, self._audience(verified))

    def _store(self, row: FeedRow, extension: feeds.Extension, note: bytes) -> None:
        """Stores verified entries, then cosigns the head: persisted before signed, in one transaction."""
        unmatched = set(extension.unmatched_slips)
        rows = [
            EntryRow(
                entry.n,
                entry.leaf,
                leaf_hash,
                None if entry.n in unmatched else entry.slip,
                audience=self._audience(entry),
            )
            for entry, leaf_hash in zip(extension.entries, extension.leaf_hashes, strict=True)
        ]
        if row.feed.party == self._hq.party and not row.closed:
            # Only now, when our own key is known to have signed them: a partner's mere claim closes nothing of ours.
            self._close(row)
        self._hq.records.append(row.feed, rows, extension.frontier.encode())
        self.entries += len(rows)
        cosigning.keep(self._hq, self._charter, row, extension.checkpoint, note)

    def _audience(self, entry: VerifiedEntry) -> tuple[PartyId, ...]:
        """Whom this entry may be relayed to: those parties it says it is for, all of them where it says nothing of it."""
        everyone = tuple(founder.party for founder in self._charter.parties)
        if entry.body is None:
            return ()
        if entry.type != SEALED:
            return everyone
        try:
            body = decode_body(entry.body)
        except PeerError:
            return ()
        if not isinstance(body, Release | Recall):
            return ()
        # Its author wrote these names; only parties to the accord are kept of them.
        return tuple(party for party in everyone if party in body.to)

    def _take_note(self, row: FeedRow, text: bytes) -> None:
        if text == row.note:
            return  # the very bytes that were verified and kept before
        head = heads.open_checkpoint(text, row.public_key)
        if head.size > row.size:
            if row.feed.party == self._hq.party and not row.closed:
                self._close(row)
            return
        if roots.root_at(self._hq, row, head.size, self._bundle.manifest.sender) != head.root:
            self._conflicts.add(row.feed.origin)
            sentence = f"{row.feed.party} signed a head of {head.size} entries that does not fit those held here: proof was asked for."
            if not row.frozen:
                self.remarks.append(sentence)
            return
        by = cosigning.keep(self._hq, self._charter, row, head, text)
        if row.feed.party == self._hq.party:
            self.cosigned += [(party, head.size) for party in by]


def _accord(hq: Headquarters, manifest: bundles.Manifest) -> tuple[AccordRow, Charter]:
    """Step 2: the accord, founded here by its charter where it is new."""
    accord = manifest.accord or AccordId("")
    row = hq.records.accord(accord)
    charter = decode_charter(row.charter) if row else None
    if row is None or charter is None or manifest.sender not in {founder.party for founder in charter.parties}:
        # Held or not: who is no party to an accord reads the same sentence, and so cannot learn whether it exists here.
        if not manifest.charter:
            raise PeerError(
                f"This bundle brings no charter, and no accord {accord[:8]} to which {manifest.sender} is a party is held here."
            )
        row = AccordRow(accord_id(manifest.charter), manifest.charter, hq.clock.now())
        charter = decode_charter(manifest.charter)
        _check_charter(hq, charter, manifest.sender)
        _check_room(hq, manifest.sender)
        hq.records.add_accord(row)
    return row, charter


def _check_charter(hq: Headquarters, charter: Charter, sender: PartyId) -> None:
    roots = {founder.party: founder.root_key for founder in charter.parties}
    if sender not in roots:
        raise PeerError(f"{sender} is not a party to the accord by the charter it sent: nothing was taken in or told.")
    if hq.party not in roots:
        raise PeerError("The charter does not name this party: not taken.")
    if charter.fold != 1:
        raise PeerError(
            f"The charter asks for fold version {charter.fold}; this version of Stafftalks knows 1: upgrade, then import again."
        )
    if roots[hq.party] != url(hq.keyring.card().root_key):
        raise PeerError(
            "The charter names another root key for us than ours: the partner holds a card that is not ours. Pair again."
        )
    partner = hq.partners.partner(sender)
    if partner is None or roots[sender] != url(pairing.card_of(partner).root_key):
        raise PeerError(f"The charter names another root key for {sender} than its card: not taken. Pair again.")


def _check_room(hq: Headquarters, sender: PartyId) -> None:
    """A partner cannot fill this headquarters with accords nobody here has answered."""
    open_ = 0
    for row in hq.records.accords():
        parties = {feed.feed.party for feed in hq.records.feeds(row.id) if feed.size}
        open_ += sender in parties and hq.party not in parties
    if open_ >= hq.policy.max_unanswered_accords:
        raise PeerError(
            f"{open_} proposals by {sender} wait unanswered here; no further one is taken in until some are answered."
        )


def _clock_remarks(hq: Headquarters, manifest: bundles.Manifest) -> tuple[str, ...]:
    skew = manifest.made_at - hq.clock.now()
    if abs(skew) <= CLOCK_TOLERANCE_S:
        return ()
    days = abs(skew) // 86400
    side = "ahead of" if skew > 0 else "behind"
    return (
        f"{manifest.sender}'s clock is {days} days {side} ours (or the bundle was long on its way); its times are shown as it claims them.",
    )


def _take_receipts(hq: Headquarters, manifest: bundles.Manifest, channel: Channel) -> None:
    """Step 6, the partner's account of what we sent it: each outcome is logged once.

    A partner repeats its last accounts in every bundle: those found in the log before are remembered and not looked up again.
    """
    key = f"accounts {manifest.sender}"
    known = hq.memory.get(key)
    found: set[tuple[str, str]] = set()
    fresh: dict[tuple[str, str], ExchangeRow] = {}
    for receipt in manifest.receipts:
        outcome: Outcome = "refused" if receipt.outcome == "refused" else "received"
        account = (receipt.bundle, outcome)
        if (isinstance(known, frozenset) and account in known) or hq.log.told(manifest.sender, *account):
            found.add(account)
            continue
        said = f"{manifest.sender} says: {receipt.sentence}"
        accord = manifest.accord or ""
        row = ExchangeRow(hq.clock.now(), manifest.sender, "out", channel, receipt.bundle, outcome, said, accord)
        fresh.setdefault(account, row)
    for row in fresh.values():
        hq.log.add(row)
    hq.memory[key] = frozenset(found)  # what was added just now is not among them: this transaction may yet fail


def _origin(text: str) -> str:
    return heads.parse_body(notes.parse(text.encode()).body).feed.origin


def _fits(entry: EntryRow, slip: bytes) -> bool:
    """Whether the leaf can be read and this is the text it commits to; raises PeerError where it commits to another."""
    try:
        leaf = decode_leaf(entry.leaf)
    except PeerError:
        return False
    if leaf.n != entry.n:
        return False
    if commitment(slip) != leaf.commitment:
        raise PeerError(f"the text sent for entry {entry.n} is not the one its author committed to.")
    parse_slip(slip)
    return True


def _count(entries: int) -> str:
    if not entries:
        return "Nothing new; what we hold is what they hold."
    return f"{entries} new {'entry' if entries == 1 else 'entries'} taken in and acknowledged."
