"""What must hold of a headquarters and its partner after anything whatever happened to its process, its disk or its backup."""

from collections.abc import Iterable

from stafftalks.record import bundle as bundles
from stafftalks.record import checkpoint as heads
from stafftalks.record import note as notes
from stafftalks.services import accords, exchange, records
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import FeedRow
from stafftalks.values.ids import AccordId
from tests.fakes import HEAD, FakeCarrier


def own_feeds(hq: Headquarters, accord: AccordId) -> list[FeedRow]:
    return [row for row in hq.records.feeds(accord) if row.feed.party == hq.party]


def opened(sealed: bytes, sender: Headquarters, recipient: Headquarters) -> bundles.Bundle:
    """A bundle that has left, as its recipient reads it."""
    keys = {sender.party: sender.keyring.card().node_key}
    return bundles.open_plaintext(recipient.sealer.unseal(sealed), recipient.party, keys, 1 << 30)


def check_sound(hq: Headquarters, accord: AccordId) -> None:
    """Every byte held adds up."""
    for report in records.verify(hq, accord):
        assert report.sound, report.sentence


def check_what_left(hq: Headquarters, partner: Headquarters, accord: AccordId, left: Iterable[bytes]) -> None:
    """Every head that left is covered by the mark, and everything a bundle vouched for is held: nothing was said too early."""
    sizes = {row.feed.origin: row.size for row in hq.records.feeds(accord)}
    own = {row.feed.origin: row for row in own_feeds(hq, accord)}
    for sealed in left:
        manifest = opened(sealed, hq, partner).manifest
        for text in manifest.notes:
            head = heads.parse_body(notes.parse(text.encode()).body)
            origin = head.feed.origin
            assert head.size <= sizes.get(origin, 0), f"a head of {head.size} left, and {sizes.get(origin, 0)} are held"
            if origin in own and hq.keyring.can_sign(head.feed.epoch):
                assert head.size <= hq.keyring.high_water(head.feed.epoch), (
                    "a head left before its mark was on the disk"
                )
        for origin, size in manifest.have.items():
            assert size <= sizes.get(origin, 0), "more was acknowledged than is held"


def check_goes_on(hq: Headquarters, partner: Headquarters, accord: AccordId) -> None:
    """The next append works, the partner takes everything, nobody's record is forked, and both read the same."""
    ref = accords.ask(hq, HEAD, accord, "And now?")
    for one, other in ((partner, hq), (partner, hq)):
        for round_ in exchange.run(one, FakeCarrier(one, [other]), other.party, force=True):
            assert not round_.error, round_.error
    check_no_fork(hq, partner, accord)
    mine = {row.feed: row.size for row in own_feeds(hq, accord)}
    theirs = {row.feed: row.size for row in partner.records.feeds(accord) if row.feed.party == hq.party}
    assert mine == theirs, "the partner holds all we said"
    assert ref.n < max(mine.values())
    ours, as_read = (accords.view(one, accord).accord.sheets[hq.party] for one in (hq, partner))
    assert ours == as_read
    check_sound(partner, accord)


def check_no_fork(hq: Headquarters, partner: Headquarters, accord: AccordId) -> None:
    """No record is frozen, and no head was ever seen that does not fit."""
    for one in (hq, partner):
        for row in one.records.feeds(accord):
            assert not row.frozen, row.frozen
        for line in one.log.find(accord=accord, limit=1_000_000)[1]:
            assert "does not fit those held" not in line.sentence, line.sentence
            assert "two different records" not in line.sentence, line.sentence
