"""Always true, 2: nothing that comes in changes own elements, own desk, own journal, own record and sheet, or what we may do.

One exception, and only that: entries that our own key signed, given back by a partner to an epoch that a restore has closed.
"""

import random
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stafftalks.services import accords, elements, exchange, incoming, recalls
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import Channel
from stafftalks.values.errors import PeerError
from stafftalks.values.ids import AccordId, PartyId
from tests.always_true.own import again, own_row, own_things
from tests.attacks.hostile import FORGERIES, Hostile, leaves, sayings, spoilt
from tests.fakes import HEAD, PLANNER
from tests.services.scenes import accepted, asked, house, released, report, revised, settle, talk, twin

QUICK = settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])


@cache
def built() -> tuple[tuple[Headquarters, ...], AccordId]:
    meridia, torvia, other = house("XMR", "XTV", "XEQ")
    accord = accepted(meridia, torvia, other)
    element = released(meridia, accord, torvia, other, said="Released to both.")
    revised(meridia, accord, element, torvia, other, said="Released to both, revised.")
    released(meridia, accord, torvia, said="Released to Torvia alone.")
    draft = elements.add(meridia, PLANNER, report("A draft that stays at home."))
    asked(meridia, accord, draft, (torvia,), "intelligence")
    accords.ask(other, HEAD, accord, "What is the scope?")
    released(other, accord, meridia, torvia, said="Something to recall.")
    released(torvia, accord, other, said="Torvia to the other alone: Meridia holds the entry without its text.")
    settle(meridia, torvia, other)
    return (meridia, torvia, other), accord


def stage() -> tuple[Headquarters, Headquarters, Hostile]:
    """Meridia with things of its own, its ally Torvia, and a hostile third party, all in one accord."""
    hqs, accord = built()
    meridia, torvia, other = again(*hqs)
    return meridia, torvia, Hostile(other, accord)


def taken(hq: Headquarters, sealed: bytes, sender: PartyId, *, as_request: bool) -> str:
    """What became of the bundle. Anything but an answer or a PeerError fails the test."""
    try:
        if as_request:
            exchange.reply(hq, sealed, sender)
            return "answered"
        return exchange.take(hq, sealed, "file").outcome
    except PeerError as error:
        refusal = str(error)
    assert refusal.endswith("."), f"not a sentence: {refusal}"
    return "refused"


def attack(hostile: Hostile, victim: Headquarters, pick: random.Random) -> bytes:
    """One sealed bundle of the hostile party, honest but for what it says, forged, or spoilt."""
    match pick.randrange(6):
        case 0 | 1:
            for kind, body in pick.sample(list(sayings(hostile, victim, pick)), pick.randrange(1, 6)):
                hostile.says(kind, body)
        case 2:
            hostile.writes(leaves(pick), pick.choice((None, b"z" * 40)))
    bundle = hostile.honest(victim)
    for forgery in pick.sample(FORGERIES, pick.choice((0, 1, 1, 2))):
        bundle = forgery(hostile, victim, bundle, pick)
    plaintext = hostile.plaintext(bundle)
    if pick.random() < 0.2:
        plaintext = spoilt(plaintext, pick)
    return hostile.hq.sealer.seal(plaintext, [victim.keyring.card().hpke_key])


@QUICK
@given(seed=st.integers(0, 2**32), rounds=st.lists(st.booleans(), min_size=1, max_size=6))
def test_no_bundle_of_a_hostile_partner_changes_anything_of_our_own(seed: int, rounds: list[bool]) -> None:
    meridia, torvia, hostile = stage()
    pick = random.Random(seed)
    before = own_things(meridia)
    for as_request in rounds:
        taken(meridia, attack(hostile, meridia, pick), hostile.hq.party, as_request=as_request)
        assert own_things(meridia) == before
    # And nothing stops us: an act of each sort is done, sent to the ally, and held there.
    accords.suspend(meridia, HEAD, hostile.accord, "We suspend.")
    accords.resume(meridia, HEAD, hostile.accord)
    talk(meridia, torvia)
    mine = meridia.records.feeds(hostile.accord)
    epochs = [row for row in mine if row.feed.party == meridia.party]
    assert len(epochs) == 1, "no fresh epoch was forced on us"
    assert torvia.records.feed(epochs[0].feed).size == epochs[0].size


def test_what_an_honest_partner_says_changes_nothing_of_our_own_either() -> None:
    meridia, torvia, hostile = stage()
    before = own_things(meridia)
    accords.withdraw(torvia, HEAD, hostile.accord, "We leave.")
    talk(torvia, meridia)
    assert own_things(meridia) == before
    assert accords.view(meridia, hostile.accord).accord.sheets[torvia.party].standing.state == "withdrawn"


def test_an_import_that_honours_a_recall_by_itself_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: taking in a bundle writes to our own record."""
    meridia, torvia, hostile = stage()
    element = released(torvia, hostile.accord, meridia, said="Soon recalled.")
    settle(meridia, torvia)
    honest = incoming.take

    def faulty(hq: Headquarters, bundle: object, *, channel: Channel) -> incoming.Taken:
        found = honest(hq, bundle, channel=channel)
        recalls.honour_recalls(hq)
        return found

    before = own_things(meridia)
    recalls.recall(torvia, HEAD, hostile.accord, element, "Sent in error.")
    sealed = exchange.export(torvia, meridia.party, hostile.accord)
    monkeypatch.setattr(incoming, "take", faulty)
    exchange.take(meridia, sealed, "file")
    after = own_things(meridia)
    assert after != before
    assert {name.split()[0] for name in after if after[name] != before[name]} >= {"record", "sheet", "journal"}


def test_the_one_exception_is_what_our_own_key_signed_before_a_restore() -> None:
    meridia, torvia, hostile = stage()
    accord = hostile.accord
    restored = twin(meridia)
    released(meridia, accord, torvia, hostile.hq, said="After the backup.")
    accords.ask(meridia, HEAD, accord, "Asked after the backup?")
    settle(meridia, torvia)
    before = own_things(restored)
    talk(restored, torvia)
    after = own_things(restored)
    changed = {name.split()[0] for name in after if after[name] != before[name]}
    assert changed == {"record", "sheet", "acts"}
    ((_, held),) = before[f"record {accord}"]
    ((now, given),) = after[f"record {accord}"]
    (lost,) = [row for row in meridia.records.feeds(accord) if row.feed.party == meridia.party]
    assert given[: len(held)] == held, "what was held is as it was"
    original = list(meridia.records.entries(lost.feed, len(held), lost.size))
    assert [entry.leaf for entry in given[len(held) :]] == [entry.leaf for entry in original], (
        "and the rest is our own, byte for byte"
    )
    assert (now.closed, now.size) == (True, lost.size)
    assert now.note == own_row(lost).note


def test_a_partner_cannot_claim_a_restore_that_never_was() -> None:
    """A range of our record beyond its end once closed our epoch before any signature was looked at."""
    meridia, _, hostile = stage()
    before = own_things(meridia)
    for seed in range(8):
        bundle = FORGERIES[1](hostile, meridia, hostile.honest(meridia), random.Random(seed))
        taken(meridia, hostile.sealed(bundle, meridia), hostile.hq.party, as_request=bool(seed % 2))
    assert own_things(meridia) == before
