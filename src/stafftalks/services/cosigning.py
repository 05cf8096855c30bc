"""What is kept of a signed head that came in: its receipts for good, and of the newest head one line a party, with our own cosignature.

The head's own signature is verified before (`checkpoint.open_checkpoint`). Cosigners' lines are verified here; lines of keys that we do not
know are not carried on. However many lines a party signs, one of its own stands in the note, so that no partner can make a head too long.
"""

from stafftalks.accord.bodies import Charter
from stafftalks.record import checkpoint as heads
from stafftalks.record import note as notes
from stafftalks.record.canon import INTEGER_BOUND
from stafftalks.services import pairing
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import FeedRow, ReceiptRow
from stafftalks.values.errors import PeerError
from stafftalks.values.ids import FeedId, PartyId

MAX_LINES_READ = 4
"""Of one cosigner under one head; an honest one has one, and two after a restore."""


def keep(hq: Headquarters, charter: Charter, row: FeedRow, head: heads.Checkpoint, text: bytes) -> tuple[PartyId, ...]:
    """Keeps the receipts on the verified head `text`; where it is the newest head, also the head itself, with our own cosignature.

    Returns the parties whose cosignature the newest head of this feed did not bear before.
    """
    lines = _verified_receipts(hq, charter, row, head, text)
    current = hq.records.feed(row.feed) or row
    if head.size < current.size:
        return ()
    merged = notes.parse(text)
    lines += [line.line for line in merged.signatures if _by_author(line, row)]
    held = notes.parse(current.note) if current.note else None
    if held is not None and held.body == merged.body:
        lines += [signature.line for signature in held.signatures]
    me = heads.cosigner_name(hq.party)
    ours = any(notes.parse_line(line).name == me for line in lines)
    if row.feed.party != hq.party and not ours:
        now = hq.clock.now()
        node_key = hq.keyring.card().node_key
        line = heads.cosign_checkpoint(text, hq.party, node_key, hq.keyring.sign_as_node, time_s=now)
        lines.append(line)
        hq.records.add_receipt(row.feed, ReceiptRow(hq.party, head.size, now, line))
    whole = _note(merged.body, row.feed, lines)
    if whole == current.note:
        return ()
    hq.records.put_note(row.feed, whole)
    before = {line.name for line in held.signatures} if held is not None and held.body == merged.body else set()
    after = {line.name for line in notes.parse(whole).signatures} - before
    names = {heads.cosigner_name(founder.party): founder.party for founder in charter.parties}
    return tuple(names[name] for name in sorted(after) if name in names and names[name] != hq.party)


def _verified_receipts(
    hq: Headquarters, charter: Charter, row: FeedRow, head: heads.Checkpoint, text: bytes
) -> list[bytes]:
    """The lines of cosigners we know, each verified and its receipt kept."""
    found: list[bytes] = []
    opened = notes.parse(text)
    for party in (founder.party for founder in charter.parties):
        name = heads.cosigner_name(party)
        for line in [signature for signature in opened.signatures if signature.name == name][:MAX_LINES_READ]:
            at = _receipt_time(hq, party, notes.Note(opened.body, (line,)))
            if at is not None:
                hq.records.add_receipt(row.feed, ReceiptRow(party, head.size, at, line.line))
                found.append(line.line)
    return found


def _receipt_time(hq: Headquarters, party: PartyId, single: notes.Note) -> int | None:
    """When `party` cosigned, by any key its cards have named; None where it did not, or at no time that can be."""
    for key in _node_keys(hq, party):
        try:
            at = heads.verify_receipt(single.raw, party, key)
        except PeerError:
            continue
        return at if at < INTEGER_BOUND else None
    return None


def _node_keys(hq: Headquarters, party: PartyId) -> tuple[bytes, ...]:
    if party == hq.party:
        return (hq.keyring.card().node_key,)
    partner = hq.partners.partner(party)
    return pairing.node_keys(partner) if partner else ()


def _by_author(signature: notes.Signature, row: FeedRow) -> bool:
    """Whether this line is of the feed's own key; `open_checkpoint` has verified every such line."""
    name = row.feed.origin
    return signature.name == name and signature.key_id == notes.key_id(name, row.public_key)


def _note(body: bytes, feed: FeedId, lines: list[bytes]) -> bytes:
    """The note with one line a name, the earliest, the author's first: the same wherever it is put together, and never longer.

    A cosignature begins with its time, so the smallest bytes are the earliest.
    """
    earliest: dict[str, notes.Signature] = {}
    for signature in map(notes.parse_line, lines):
        held = earliest.get(signature.name)
        if held is None or (signature.signature, signature.key_id) < (held.signature, held.key_id):
            earliest[signature.name] = signature
    ordered = sorted(earliest.values(), key=lambda signature: (signature.name != feed.origin, signature.name))
    return notes.Note(body, tuple(ordered)).raw
