"""Writing our own record: the only way anything is appended to it, and what guards it against a fork.

An epoch is continued only while its key is here and the store is no older than the newest note that may have left (`high_water`). Otherwise
a fresh epoch is opened, naming where the old one ends as held here. So a restore cannot fork the record, and cannot stop us from acting.
"""

import base64
from collections.abc import Sequence
from typing import Literal

from stafftalks.accord.bodies import EntryRef, Opening, Previous
from stafftalks.record import checkpoint as heads
from stafftalks.record import epoch as epochs
from stafftalks.record import tree
from stafftalks.record.leaf import SEALED, Leaf, encode_leaf
from stafftalks.record.slip import SALT_BYTES, Slip, commitment
from stafftalks.release import desk
from stafftalks.release.released import Released
from stafftalks.services import reading
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import EntryRow, FeedRow
from stafftalks.values.errors import HostError
from stafftalks.values.ids import AccordId, FeedId

Reason = Literal["founding", "restore", "rotation"]


def append(hq: Headquarters, loaded: reading.Loaded, released: Released) -> EntryRef:
    """The place in our record where `released` now stands, durably. Must be called inside a transaction.

    Opens our first epoch in this accord, or a fresh one where the last may not be continued.
    """
    (ref,) = append_all(hq, loaded, [released])
    return ref


def append_all(hq: Headquarters, loaded: reading.Loaded, released: Sequence[Released]) -> tuple[EntryRef, ...]:
    """The places in our record where each of `released` now stands, in their order and under one signed head; else as `append`."""
    return _append(hq, _writable(hq, loaded), loaded, released)


def open_epoch(hq: Headquarters, loaded: reading.Loaded, reason: Reason) -> FeedRow:
    """A fresh epoch of our own record, its opening entry appended. Must be called inside a transaction."""
    own = loaded.own(hq.party)
    public_key = hq.keyring.new_feed_key()
    feed = FeedId(loaded.row.id, hq.party, epochs.epoch_id(public_key))
    previous = None
    if own:
        last = own[-1]
        frontier = tree.Frontier.decode(last.frontier)
        hq.records.close(last.feed)
        previous = Previous(last.feed.epoch, last.size, base64.b64encode(frontier.root()).decode())
    certificate = hq.keyring.sign_as_node(epochs.certificate_statement(feed, public_key))
    empty = tree.Frontier.empty()
    hq.records.add_feed(FeedRow(feed, len(own), public_key, certificate, 0, empty.encode()))
    opening = Opening(loaded.row.charter.decode(), reason, previous)
    row = hq.records.feed(feed, lock=True)
    if row is None:
        raise HostError("The database did not keep the new epoch of our record: nothing was changed, try again.")
    _append(hq, row, loaded, [desk.admit_opening(loaded.state, hq.party, opening)])
    reopened = hq.records.feed(feed, lock=True)
    return reopened or row


def _writable(hq: Headquarters, loaded: reading.Loaded) -> FeedRow:
    own = loaded.own(hq.party)
    if not own:
        return open_epoch(hq, loaded, "founding")
    row = hq.records.feed(own[-1].feed, lock=True) or own[-1]
    return row if continues(hq, row) else open_epoch(hq, loaded, "restore")


def _append(
    hq: Headquarters, row: FeedRow, loaded: reading.Loaded, released: Sequence[Released]
) -> tuple[EntryRef, ...]:
    if not released:
        return ()
    everyone = {founder.party for founder in loaded.state.charter.parties} - {hq.party}
    seen = _newly_seen(hq, loaded)
    entries = []
    for n, one in enumerate(released, row.size):
        slip = Slip(hq.entropy.draw("salt", SALT_BYTES), one.body)
        leaf = encode_leaf(
            Leaf(
                at=hq.clock.now(),
                commitment=commitment(slip.raw),
                n=n,
                type=one.type if set(one.audience) == everyone else SEALED,
                seen=seen if n == row.size else {},
            )
        )
        entries.append(EntryRow(n, leaf, tree.leaf_hash(leaf), slip.raw, audience=one.audience))
    frontier = tree.Frontier.decode(row.frontier).extend([entry.leaf_hash for entry in entries])
    hq.records.append(row.feed, entries, frontier.encode())
    head = heads.Checkpoint(row.feed, frontier.size, frontier.root())
    signed = heads.sign_checkpoint(
        head, row.public_key, lambda message: hq.keyring.sign_as_feed(row.feed.epoch, message)
    )
    hq.records.put_note(row.feed, signed.raw)
    return tuple(EntryRef(hq.party, row.feed.epoch, entry.n) for entry in entries)


def continues(hq: Headquarters, row: FeedRow) -> bool:
    """Whether this epoch of ours may be written on: its key is here, and nothing that left is missing from the store, as after a restore."""
    epoch = row.feed.epoch
    held = row.size >= hq.keyring.high_water(epoch)
    return held and not row.closed and not row.frozen and hq.keyring.can_sign(epoch)


def _newly_seen(hq: Headquarters, loaded: reading.Loaded) -> dict[str, int]:
    """The sizes of others' feeds that our record has not acknowledged yet."""
    sizes = {row.feed.origin: row.size for row in loaded.feeds if row.feed.party != hq.party and row.size}
    return {origin: size for origin, size in sizes.items() if loaded.acknowledged.get(origin) != size}


def latest_epoch(hq: Headquarters, accord: AccordId) -> FeedRow | None:
    """The newest epoch of our own record in the accord, None before we have said anything in it."""
    own = [row for row in hq.records.feeds(accord) if row.feed.party == hq.party]
    return own[-1] if own else None
