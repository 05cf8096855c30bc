"""A paired partner gone bad: it signs whatever it likes with its own keys, and knows every byte that it was ever given.

What it cannot do is sign with anybody else's keys. `FORGERIES` are ways to spoil an honest bundle; `sayings` are entries no honest
headquarters would write. Both are told with a `random.Random` of the test's, so that a failure can be played again.
"""

import random
from collections.abc import Callable, Iterator
from unittest import mock

import msgspec

from stafftalks.accord.bodies import CheckEnd, Confirmation, EntryRef, Opening, Recall, Release, Standing, encode_body
from stafftalks.planning import element as elements
from stafftalks.record import bundle as bundles
from stafftalks.record import canon, dsse, tree
from stafftalks.record import checkpoint as heads
from stafftalks.record import epoch as epochs
from stafftalks.record import manifest as manifests
from stafftalks.record import note as notes
from stafftalks.record.b64 import url
from stafftalks.record.bundle import Bundle
from stafftalks.record.slip import commitment
from stafftalks.services import appending, outgoing
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import EntryRow, FeedRow
from stafftalks.values.errors import PeerError
from stafftalks.values.ids import AccordId, ElementId, FeedId, PartyId, VersionHash
from tests.accord import check_words
from tests.services.scenes import report

SALT = b"s" * 32


class Hostile:
    """A headquarters in hostile hands, and the accord it is a party to."""

    def __init__(self, hq: Headquarters, accord: AccordId) -> None:
        self.hq = hq
        self.accord = accord

    @property
    def row(self) -> FeedRow:
        """Its own newest epoch."""
        row = appending.latest_epoch(self.hq, self.accord)
        assert row is not None, "let it take part in the accord first"
        return row

    def says(self, kind: str, body: bytes, *, at: int = 0) -> EntryRef:
        """Appends any body under any type to its own record."""
        slip = SALT + body
        leaf = {"at": at or self.hq.clock.now(), "c": commitment(slip), "n": self.row.size, "t": kind, "v": 1}
        return self.writes(canon.encode(leaf), slip)

    def writes(self, leaf: bytes, slip: bytes | None) -> EntryRef:
        """Appends any leaf to its own record, and signs the head over it."""
        row = self.row
        everyone = tuple(partner.party for partner in self.hq.partners.partners())
        entry = EntryRow(row.size, leaf, tree.leaf_hash(leaf), slip, audience=everyone)
        frontier = tree.Frontier.decode(row.frontier).extend([entry.leaf_hash])
        self.hq.records.append(row.feed, [entry], frontier.encode())
        self.hq.records.put_note(row.feed, self.head(row, frontier.size, frontier.root()))
        return EntryRef(self.hq.party, row.feed.epoch, entry.n)

    def head(self, row: FeedRow, size: int, root: bytes) -> bytes:
        """A head of its own record, over anything."""
        return heads.sign_checkpoint(
            heads.Checkpoint(row.feed, size, root),
            row.public_key,
            lambda body: self.hq.keyring.sign_as_feed(row.feed.epoch, body),
        ).raw

    def honest(self, to: Headquarters) -> Bundle:
        """What it would send as an honest partner, but for what it holds back: its own bad entries do not stop it, and it takes nothing back."""
        row = self.hq.records.accord(self.accord)
        partner = self.hq.partners.partner(to.party)
        assert row is not None
        assert partner is not None
        with mock.patch.object(outgoing, "_recalled", return_value=frozenset()):
            plaintext = outgoing.compose(self.hq, row, partner).plaintext
        keys = {self.hq.party: self.hq.keyring.card().node_key}
        return bundles.open_plaintext(plaintext, to.party, keys, 1 << 30)

    def plaintext(self, bundle: Bundle) -> bytes:
        """Any bundle as it travels, signed by its own node key, whatever rule of the format it breaks."""
        content = b"".join(
            len(leaf).to_bytes(2, "big") + leaf
            for found in bundle.manifest.feeds
            for leaf in bundle.leaves.get(found.feed, [])
        )
        for index, found in enumerate(bundle.manifest.feeds):
            for n, slip in sorted(bundle.slips.get(found.feed, {}).items()):
                content += index.to_bytes(2, "big") + n.to_bytes(8, "big") + len(slip).to_bytes(4, "big") + slip
        return self.signed(
            manifests.encode_payload(bundle.manifest, manifests.Content.of(content)), content, bundle.manifest.sender
        )

    def signed(self, payload: bytes, content: bytes, sender: str = "") -> bytes:
        """Any manifest before any content, signed by its own node key."""
        signer = [(sender or self.hq.party, self.hq.keyring.sign_as_node)]
        envelope = dsse.sign(manifests.PAYLOAD_TYPE, payload, signer)
        return len(envelope).to_bytes(4, "big") + envelope + content

    def sealed(self, bundle: Bundle, to: Headquarters) -> bytes:
        """Any bundle, sealed to `to`."""
        return self.hq.sealer.seal(self.plaintext(bundle), [to.keyring.card().hpke_key])


Forgery = Callable[[Hostile, Headquarters, Bundle, random.Random], Bundle]


def sayings(hostile: Hostile, victim: Headquarters, pick: random.Random) -> Iterator[tuple[str, bytes]]:
    """Entries (type, body) that try to act for the victim, to bind it, or to break whoever reads them."""
    own = appending.latest_epoch(victim, hostile.accord)
    ours = EntryRef(victim.party, own.feed.epoch if own else hostile.row.feed.epoch, pick.randrange(9))
    theirs = EntryRef(hostile.hq.party, hostile.row.feed.epoch, pick.randrange(9))
    someone = ElementId("a" * 26)
    text = elements.encode(elements.Element(someone, report("A report of the hostile party."))).decode()
    versions = (VersionHash("b" * 52),)
    for body in (
        Recall(someone, (ours,), versions, "Your own release, taken back for you.", (victim.party,)),
        Recall(someone, (theirs,), versions, "Forget it.", (victim.party,)),
        Confirmation(ours, "removed", ("payload",), "You have removed it."),
        Opening("{}", "restore"),
        Standing("withdraw", statement="And so do you."),
        Standing("accept", ("operations", "everything", "nuclear"), ("c" * 52,)),
        Release("intelligence", (victim.party,), text),
        Release("nowhere", (PartyId("a b"), PartyId("X" * 9000), PartyId("\x00"), victim.party), text),
        Release("", (), text),
        Release("scenarios", (victim.party,), '{"kind":"unheard of"}'),
        check_words.proposal(pick.choice("ab"), to=victim.party, activities=pick.choice((10, 2**50))),
        check_words.consent(ours, check_words.proposal(), pick.choice("ab")),
        check_words.points(
            pick.choice((ours, theirs)), pick.choice((1, 2, 3)), part=pick.randrange(9), transcript="x" * 43
        ),
        CheckEnd(pick.choice((ours, theirs)), "stopped", "You stop it."),
    ):
        yield (pick.choice((body.__struct_config__.tag, "sealed")), encode_body(body))
    consent = {"duty": "consent", "heading": "Veto", "id": "9", "text": "You wait for our consent."}
    for kind, value in (
        ("proposal", {"clauses": [consent], "purpose": "", "realms": ["scenarios"], "title": "T", "type": "proposal"}),
        ("amendment", {"clauses": [consent], "type": "amendment"}),
        ("lock", {"holder": hostile.hq.party, "type": "lock"}),
        ("standing", {"act": "suspend", "for": victim.party, "type": "standing"}),
        ("release", {"element": "", "realm": 7, "to": "everyone", "type": "release"}),
    ):
        yield kind, canon.encode(value)
    yield "question", pick.randbytes(40)
    yield "release", b""
    yield "opening", b"[" * 70_000
    yield "answer", b'{"question":{"epoch":"","n":-1,"party":""},"text":"\\ud800","type":"answer"}'


def leaves(pick: random.Random) -> bytes:
    """A leaf nobody can read, or that lies about its place."""
    return pick.choice(
        (
            pick.randbytes(pick.randrange(1, 90)),
            b"",
            canon.encode({"at": 1, "c": "A" * 43, "n": pick.randrange(99), "t": "release", "v": 1}),
            canon.encode({"at": 1, "c": "A" * 43, "n": 0, "t": "release", "v": 2}),
            b"\xff" * 65_535,
        )
    )


def _changed(bundle: Bundle, **changes: object) -> Bundle:
    return msgspec.structs.replace(bundle, manifest=msgspec.structs.replace(bundle.manifest, **changes))


def _feed_of(hq: Headquarters, holder: Headquarters, accord: AccordId) -> FeedRow | None:
    """The newest epoch of `hq` as `holder` has it."""
    found = [row for row in holder.records.feeds(accord) if row.feed.party == hq.party]
    return found[-1] if found else None


def claims_to_hold_much(hostile: Hostile, victim: Headquarters, bundle: Bundle, pick: random.Random) -> Bundle:
    have = {origin: pick.choice((0, 10**9, canon.INTEGER_BOUND - 1)) for origin in bundle.manifest.have}
    for _ in range(pick.randrange(20)):
        have[FeedId(hostile.accord, victim.party, epochs.epoch_id(pick.randbytes(32))).origin] = 7
    return _changed(bundle, have=have)


def continues_our_record(hostile: Hostile, victim: Headquarters, bundle: Bundle, pick: random.Random) -> Bundle:
    """Entries after the last of ours, under our head as it is or a head it signed itself."""
    row = _feed_of(victim, hostile.hq, hostile.accord)
    if row is None:
        return bundle
    start = pick.choice((row.size, row.size + 3, 0, max(0, row.size - 2)))
    added = [leaves(pick) for _ in range(pick.randrange(1, 4))]
    kept = [entry.leaf for entry in hostile.hq.records.entries(row.feed, start, row.size)]
    found = bundles.FeedRange(
        row.feed, start, start + len(kept) + len(added), row.public_key, row.certificate, 1
    )  # fmt: skip
    feeds = (*(other for other in bundle.manifest.feeds if other.feed != row.feed), found)
    note = row.note
    if pick.random() < 0.5:
        opened = notes.parse(row.note)
        body = opened.body.replace(b"\n%d\n" % row.size, b"\n%d\n" % (row.size + len(added)))
        note = notes.Note(body, opened.signatures).raw
    forged = (*(text for text in bundle.manifest.notes if row.feed.origin not in text), note.decode())
    return Bundle(
        msgspec.structs.replace(bundle.manifest, feeds=feeds, notes=forged),
        {**bundle.leaves, row.feed: [*kept, *added]},
        {**bundle.slips, row.feed: {}},
    )


def opens_an_epoch_for_us(hostile: Hostile, victim: Headquarters, bundle: Bundle, pick: random.Random) -> Bundle:
    """An epoch of ours under a key of its own, vouched for by itself, or by our own certificate of another epoch."""
    public = hostile.hq.keyring.new_feed_key()
    feed = FeedId(hostile.accord, victim.party, epochs.epoch_id(public))
    statement = epochs.certificate_statement(feed, public)
    held = _feed_of(victim, hostile.hq, hostile.accord)
    certificate = held.certificate if held and pick.random() < 0.5 else hostile.hq.keyring.sign_as_node(statement)
    leaf = canon.encode({"at": 1, "c": "A" * 43, "n": 0, "t": "opening", "v": 1})
    head = heads.Checkpoint(feed, 1, tree.root_of([tree.leaf_hash(leaf)]))
    note = heads.sign_checkpoint(head, public, lambda body: hostile.hq.keyring.sign_as_feed(feed.epoch, body)).raw
    return Bundle(
        msgspec.structs.replace(
            bundle.manifest,
            feeds=(*bundle.manifest.feeds, bundles.FeedRange(feed, 0, 1, public, certificate, 1)),
            notes=(*bundle.manifest.notes, note.decode()),
        ),
        {**bundle.leaves, feed: [leaf]},
        {**bundle.slips, feed: {}},
    )


def disputes_our_record(hostile: Hostile, victim: Headquarters, bundle: Bundle, pick: random.Random) -> Bundle:
    row = _feed_of(victim, hostile.hq, hostile.accord)
    if row is None:
        return bundle
    size = heads.parse_body(notes.parse(row.note).body).size
    hashes = hostile.hq.records.leaf_hashes(row.feed, 0, size)
    if pick.random() < 0.7 and hashes:
        hashes[pick.randrange(len(hashes))] = pick.randbytes(32)
    dispute = bundles.Dispute(row.feed.origin, row.note.decode(), tuple(hashes))
    return _changed(bundle, disputes=(dispute,) * pick.choice((1, 2, 17)))


def signs_lines_without_end(hostile: Hostile, victim: Headquarters, bundle: Bundle, pick: random.Random) -> Bundle:
    """Heads with as many cosignatures of its own as fit, at any time, and lines under others' names."""
    forged = []
    card = hostile.hq.keyring.card()
    for text in bundle.manifest.notes:
        try:
            opened = notes.parse(text.encode())
        except PeerError:  # another forgery came first
            forged.append(text)
            continue
        lines = list(opened.signatures)
        for _ in range(pick.choice((1, 5, notes.MAX_SIGNATURES - len(lines)))):
            at = pick.choice((0, pick.randrange(2**40), 2**53, 2**63 - 1))
            signer = hostile.hq.keyring.sign_as_node
            name = heads.cosigner_name(hostile.hq.party)
            raw = notes.cosign(opened.body, name, card.node_key, signer, time_s=at)
            lines.append(notes.parse_line(raw))
        if pick.random() < 0.5:
            name = heads.parse_body(opened.body).feed.origin
            lines[-1] = notes.Signature(name, pick.randbytes(4), pick.randbytes(64))
        if pick.random() < 0.3:
            late = (2**64 - 1).to_bytes(8, "big")
            message = notes.cosigned_message(opened.body, 2**64 - 1)
            key_id = notes.key_id(heads.cosigner_name(hostile.hq.party), card.node_key, notes.COSIGNATURE)
            signature = late + hostile.hq.keyring.sign_as_node(message)
            lines[-1] = notes.Signature(heads.cosigner_name(hostile.hq.party), key_id, signature)
        forged.append(notes.Note(opened.body, tuple(lines)).raw.decode())
    return _changed(bundle, notes=tuple(forged))


def exchanges_texts(hostile: Hostile, victim: Headquarters, bundle: Bundle, pick: random.Random) -> Bundle:
    slips = {feed: dict(held) for feed, held in bundle.slips.items()}
    for found in bundle.manifest.feeds:
        for n in range(found.start, found.stop):
            match pick.randrange(4):
                case 0:
                    slips[found.feed][n] = pick.randbytes(pick.choice((3, 31, 32, 200)))
                case 1:
                    slips[found.feed].pop(n, None)
    return msgspec.structs.replace(bundle, slips=slips)


def sends_everything_again(hostile: Hostile, victim: Headquarters, bundle: Bundle, pick: random.Random) -> Bundle:
    """Every record it holds from the first entry, some leaves changed, some texts wrong."""
    feeds, leaf_map, slip_map, texts = [], {}, {}, []
    for row in hostile.hq.records.feeds(hostile.accord):
        rows = list(hostile.hq.records.entries(row.feed, 0, row.size))
        if not rows:
            continue
        raw = [entry.leaf for entry in rows]
        if pick.random() < 0.3:
            raw[pick.randrange(len(raw))] = leaves(pick)
        feeds.append(bundles.FeedRange(row.feed, 0, len(raw), row.public_key, row.certificate, 1))
        leaf_map[row.feed] = raw
        slip_map[row.feed] = {
            entry.n: entry.slip if pick.random() < 0.8 else b"x" * 40 for entry in rows if entry.slip is not None
        }
        if pick.random() < 0.3:
            slip_map[row.feed][rows[-1].n] = b"y" * 40
        texts.append(row.note.decode())
    changed = msgspec.structs.replace(bundle.manifest, feeds=tuple(feeds), notes=tuple(texts))
    return Bundle(changed, leaf_map, slip_map)


def lies_in_small_things(hostile: Hostile, victim: Headquarters, bundle: Bundle, pick: random.Random) -> Bundle:
    receipt = bundles.Receipt(url(pick.randbytes(16)), "refused", "rule", "We refuse\x00 your \ud7ff bundle. <script>")
    return _changed(
        bundle,
        **pick.choice(
            (
                {"made_at": 0},
                {"made_at": canon.INTEGER_BOUND - 1},
                {"receipts": (receipt,) * pick.choice((1, 30))},
                {"accord": None},
                {"accord": AccordId("a" * 52)},
                {"charter": b""},
                {"charter": bundle.manifest.charter.replace(b'"fold":1', b'"fold":2')},
                {"nonce": "x"},
                {"recipients": ()},
                {"recipients": (hostile.hq.party,)},
                {"recipients": (victim.party, victim.party)},
                {"sender": victim.party},
                {"sender": PartyId("XTV")},
                {"notes": ("junk",)},
                {"notes": bundle.manifest.notes * 2},
                {"notes": ()},
                {"feeds": bundle.manifest.feeds * 2},
                {"have": {"junk": 1}},
            )
        ),
    )


FORGERIES: tuple[Forgery, ...] = (
    claims_to_hold_much,
    continues_our_record,
    opens_an_epoch_for_us,
    disputes_our_record,
    signs_lines_without_end,
    exchanges_texts,
    sends_everything_again,
    lies_in_small_things,
)


def spoilt(raw: bytes, pick: random.Random) -> bytes:
    """`raw` with bytes flipped, cut, repeated or added."""
    data = bytearray(raw)
    for _ in range(pick.randrange(1, 4)):
        at = pick.randrange(len(data) + 1)
        match pick.randrange(5):
            case 0 if at < len(data):
                data[at] ^= 1 << pick.randrange(8)
            case 1:
                del data[at : at + pick.choice((1, 2, 100, len(data)))]
            case 2:
                data[at:at] = pick.randbytes(pick.choice((1, 4, 70)))
            case 3:
                data[at:at] = data[at : at + 200]
            case _:
                data[at : at + 4] = pick.choice((b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x7f\xff\xff\xff"))
    return bytes(data)
