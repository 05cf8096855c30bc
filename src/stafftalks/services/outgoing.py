"""What a partner lacks of an accord, as one bundle: entries from where it said it stands, heads with the receipts on them, and accounts.

Everything here reads records and the exchange log only. Own elements, drafts and requests are out of its sight: the bytes that leave are a function
of what was released and of what came in. A text that its author has recalled is not sent any more, also where the recall came before the text had
been sent to this partner: its entry goes, and the recall, and nothing that could be read.
"""

from collections.abc import Iterator, Mapping

import msgspec

from stafftalks.accord.bodies import EntryRef
from stafftalks.record import bundle as bundles
from stafftalks.record import checkpoint as heads
from stafftalks.record import note as notes
from stafftalks.record import tree
from stafftalks.record.b64 import url
from stafftalks.record.manifest import MAX_DISPUTES
from stafftalks.services import pairing, reading
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import AccordRow, EntryRow, FeedRow, PartnerRow, PeerHolding
from stafftalks.values.ids import PartyId

NONCE_BYTES = 16
DISPUTED_MAX = 50_000
RELAYED_MAX_BYTES = 12 * 1024 * 1024


class Outgoing(msgspec.Struct, frozen=True):
    """A bundle's plaintext and what it is. `news` is False where it carries nothing that the partner lacks; `more` where it was cut.

    `stops` says how far each record goes in it, by origin, for a further bundle that goes on from there.
    """

    plaintext: bytes
    bundle: str
    entries: int
    news: bool
    more: bool
    stops: Mapping[str, int] = {}


class Slice(msgspec.Struct, frozen=True):
    """Entries of one feed that go into a bundle, and the head that covers exactly them."""

    row: FeedRow
    start: int
    rows: tuple[EntryRow, ...]
    note: bytes
    cut: bool

    @property
    def stop(self) -> int:
        """The size that the head covers."""
        return self.start + len(self.rows)


def compose(
    hq: Headquarters, accord: AccordRow, partner: PartnerRow, beyond: Mapping[str, int] | None = None
) -> Outgoing:
    """The bundle for `partner` about `accord`, as of now. Before it is returned, the sizes of our heads in it are durably marked.

    `beyond` are the `stops` of a bundle that is to be taken in before this one: it goes on from there.
    """
    holding = hq.records.holding(partner.party, accord.id)
    feeds = hq.records.feeds(accord.id)
    room = hq.policy.max_bundle_bytes
    slices: list[Slice] = []
    for row in feeds:
        if not row.size or not row.note:
            continue
        start = max(_start(row, holding.get(row.feed.origin), partner.party), (beyond or {}).get(row.feed.origin, 0))
        found = _slice(hq, row, start, room, partner.party)
        room -= sum(map(_size, found.rows))
        slices.append(found)
    for found in slices:
        if found.row.feed.party == hq.party and hq.keyring.can_sign(found.row.feed.epoch):
            hq.keyring.raise_high_water(found.row.feed.epoch, found.stop)
    carried = [found for found in slices if found.rows]
    recalled = _recalled(hq, accord) if carried else frozenset()
    manifest = bundles.Manifest(
        sender=hq.party,
        recipients=(partner.party,),
        nonce=url(hq.entropy.draw("nonce", NONCE_BYTES)),
        made_at=hq.clock.now(),
        accord=accord.id,
        feeds=tuple(_range(hq, found) for found in carried),
        notes=tuple(found.note.decode() for found in slices),
        have={row.feed.origin: _held(row, holding.get(row.feed.origin), partner.party) for row in feeds},
        receipts=tuple(_receipts(hq, partner.party)),
        disputes=tuple(_disputes(hq, feeds, holding)),
        charter=accord.charter,
    )
    bundle = bundles.Bundle(
        manifest,
        {found.row.feed: [entry.leaf for entry in found.rows] for found in carried},
        {found.row.feed: _slips(found, partner.party, recalled) for found in carried},
    )
    plaintext = bundles.encode(bundle, hq.keyring.sign_as_node)
    news = bool(carried) or any(_tells(found, holding.get(found.row.feed.origin)) for found in slices)
    return Outgoing(
        plaintext,
        manifest.nonce,
        sum(len(found.rows) for found in carried),
        news,
        any(found.cut for found in slices),
        {found.row.feed.origin: found.stop for found in slices},
    )


def has_news(hq: Headquarters, accord: AccordRow, partner: PartyId) -> bool:
    """Whether the partner lacks entries or receipts of this accord, as far as it has told us; reads no entries."""
    holding = hq.records.holding(partner, accord.id)
    for row in hq.records.feeds(accord.id):
        held = holding.get(row.feed.origin)
        if (
            row.size
            and row.note
            and (_start(row, held, partner) < row.size or (held is not None and held.note != row.note))
        ):
            return True
    return False


def _start(row: FeedRow, held: PeerHolding | None, partner: PartyId) -> int:
    """From where the partner lacks the feed. Its own feed it has, unless it said that it has less than we do."""
    if held is None:
        return row.size if row.feed.party == partner else 0
    return min(held.size, row.size)


def _held(row: FeedRow, known: PeerHolding | None, partner: PartyId) -> int:
    """How much of the feed we say we hold. To its author: no more than it has itself given us, so that texts which a relay could not
    or would not give are sent by the one who can."""
    if row.feed.party != partner:
        return row.size
    return min(row.size, known.given if known else 0)


def _slice(hq: Headquarters, row: FeedRow, start: int, room: int, partner: PartyId) -> Slice:
    """Entries from `start` with their head, cut to about `room` bytes where the head can be signed anew at the cut. Texts are counted where
    the partner may have them: what two others said to each other takes no room."""
    own = row.feed.party == hq.party and not row.closed and hq.keyring.can_sign(row.feed.epoch)
    taken: list[EntryRow] = []
    used = 0
    for held in hq.records.entries(row.feed, start, row.size):
        entry = held if partner in held.audience else msgspec.structs.replace(held, slip=None)
        used += _size(entry)
        if own and taken and used > room:
            return Slice(row, start, tuple(taken), _head_at(hq, row, start + len(taken)), cut=True)
        if used > RELAYED_MAX_BYTES and not own:
            # Another's head covers all or nothing; what is too long to relay in one bundle must come from its author.
            return Slice(row, row.size, (), row.note, cut=False)
        taken.append(entry)
    return Slice(row, start, tuple(taken), row.note, cut=False)


def _size(entry: EntryRow) -> int:
    return len(entry.leaf) + len(entry.slip or b"")


def _head_at(hq: Headquarters, row: FeedRow, size: int) -> bytes:
    """Our own signed head at a size below the newest one."""
    root = tree.root_of(hq.records.leaf_hashes(row.feed, 0, size))
    head = heads.Checkpoint(row.feed, size, root)
    return heads.sign_checkpoint(head, row.public_key, lambda body: hq.keyring.sign_as_feed(row.feed.epoch, body)).raw


def _range(hq: Headquarters, found: Slice) -> bundles.FeedRange:
    row = found.row
    return bundles.FeedRange(
        row.feed, found.start, found.stop, row.public_key, row.certificate, _card_version(hq, row.feed.party), b""
    )


def _card_version(hq: Headquarters, party: PartyId) -> int:
    if party == hq.party:
        return hq.keyring.card().version
    partner = hq.partners.partner(party)
    return pairing.card_of(partner).version if partner else 0


def _recalled(hq: Headquarters, accord: AccordRow) -> frozenset[EntryRef]:
    """Every entry of this accord that its own author has taken back, as far as is known here."""
    return frozenset().union(*(sheet.taken_back for sheet in reading.load(hq, accord.id).state.sheets.values()))


def _slips(found: Slice, partner: PartyId, recalled: frozenset[EntryRef]) -> dict[int, bytes]:
    """The slips that `partner` may have: nobody is in an empty audience, and what was recalled is for nobody."""
    party, epoch = found.row.feed.party, found.row.feed.epoch
    return {
        entry.n: entry.slip
        for entry in found.rows
        if entry.slip is not None and partner in entry.audience and EntryRef(party, epoch, entry.n) not in recalled
    }


def _receipts(hq: Headquarters, partner: PartyId) -> Iterator[bundles.Receipt]:
    for row in hq.log.receipts(partner):
        if row.bundle:
            refused = row.outcome == "refused"
            yield bundles.Receipt(
                row.bundle, "refused" if refused else "accepted", "refused" if refused else "", row.sentence[:900]
            )


def _disputes(
    hq: Headquarters, feeds: tuple[FeedRow, ...], holding: Mapping[str, PeerHolding]
) -> Iterator[bundles.Dispute]:
    """Heads that contradict what the partner holds, with our leaf hashes, so that it can build the fork proof for itself."""
    room, told = DISPUTED_MAX, 0
    conflicts = {row.feed.origin: (held := holding.get(row.feed.origin)) is not None and held.conflict for row in feeds}
    # What the partner itself holds otherwise comes first: a forger's other forks must not crowd it out.
    for row in sorted(feeds, key=lambda row: not conflicts[row.feed.origin]):
        if row.note and row.size <= room and told < MAX_DISPUTES and (row.frozen or conflicts[row.feed.origin]):
            size = heads.parse_body(notes.parse(row.note).body).size
            room, told = room - size, told + 1
            yield bundles.Dispute(row.feed.origin, row.note.decode(), tuple(hq.records.leaf_hashes(row.feed, 0, size)))


def _tells(found: Slice, held: PeerHolding | None) -> bool:
    """Whether the head carries a signature that the partner has not shown to hold."""
    return held is None or held.note != found.note
