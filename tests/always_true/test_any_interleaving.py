"""Always true, 3: no order matters. Any interleaving of different parties' entries, over any wire, gives the same accord."""

import random
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stafftalks.accord import state
from stafftalks.accord.bodies import Amendment, Clause
from stafftalks.services import accords, elements, exchange, recalls, records, releases
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import PeerHolding
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import AccordId
from tests.always_true.own import again
from tests.fakes import HEAD, OFFICER, PLANNER, FakeCarrier
from tests.services.scenes import ALL_REALMS, accepted, house, released, report, settle, state_of

QUICK = settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))


@cache
def built() -> tuple[tuple[Headquarters, ...], AccordId]:
    hqs = house("XMR", "XTV", "XPA")
    return hqs, accepted(*hqs)


def stage() -> tuple[tuple[Headquarters, ...], AccordId]:
    """Three allies in one accord that all have accepted."""
    hqs, accord = built()
    return again(*hqs), accord


def acts(hq: Headquarters, others: tuple[Headquarters, ...], accord: AccordId, pick: random.Random) -> None:
    """Anything that `hq` may say now, by itself."""
    sheet = accords.view(hq, accord).accord.sheets[hq.party]
    match pick.randrange(9):
        case 0:
            accords.ask(hq, HEAD, accord, f"Question {pick.randrange(99)}?")
        case 1:
            clause = Clause(pick.choice(("scope", "consult", "new")), "Heading", f"Wording {pick.randrange(99)}.")
            accords.amend(hq, HEAD, accord, Amendment((clause,)))
        case 2:
            accords.accept(hq, HEAD, accord, pick.sample(ALL_REALMS, pick.randrange(5)))
        case 3:
            pick.choice((accords.suspend, accords.resume))(hq, HEAD, accord, "So we stand.")
        case 4 | 5:
            released(
                hq, accord, *pick.sample(others, pick.randint(1, len(others))), said=f"Report {pick.randrange(999)}."
            )
        case 6 if sheet.released:
            element = pick.choice(sorted(sheet.released))
            to = [hq_ for hq_ in others if hq_.party in sheet.released[element][-1].to]
            row = elements.get(hq, element)
            elements.revise(hq, PLANNER, element, report(f"Revised {pick.randrange(999)}."), row.version)
            asked = releases.request(hq, PLANNER, accord, element, "intelligence", [other.party for other in to])
            releases.release(hq, OFFICER, asked.id)
        case 7 if sheet.released:
            recalls.recall(hq, OFFICER, accord, pick.choice(sorted(sheet.released)), "Sent in error.")
        case _:
            recalls.honour_recalls(hq)


def moves(hqs: tuple[Headquarters, ...], accord: AccordId, pick: random.Random) -> None:
    """Bytes move: a conversation with any fault, a file, or a relay; or time passes."""
    one, other = pick.sample(hqs, 2)
    match pick.randrange(4):
        case 0 | 1:
            fault = pick.choice(([], [], ["down"], ["answer lost"], ["twice"]))
            exchange.run(one, FakeCarrier(one, [other], fault), other.party, force=pick.random() < 0.8)
        case 2:
            exchange.take(other, exchange.export(one, other.party, accord), "file")
        case 3:
            one.clock.advance(pick.choice((1, 70, 700)))


@QUICK
@given(seed=st.integers(0, 2**32), steps=st.integers(5, 40))
def test_after_any_acts_over_any_wire_all_hold_the_same_accord(seed: int, steps: int) -> None:
    hqs, accord = stage()
    pick = random.Random(seed)
    for _ in range(steps):
        hq = pick.choice(hqs)
        if pick.random() < 0.5:
            try:
                acts(hq, tuple(other for other in hqs if other is not hq), accord, pick)
            except MisuseError:
                continue  # the rules said no: nothing was said
        else:
            moves(hqs, accord, pick)
    for _ in range(2):
        for hq in hqs:
            recalls.honour_recalls(hq)
        settle(*hqs)
    same(hqs, accord)


def same(hqs: tuple[Headquarters, ...], accord: AccordId) -> None:
    """All hold the same records byte for byte, and read the same in what all may read, each pair also in what only they may."""
    leaves = [
        {
            row.feed: [entry.leaf for entry in hq.records.entries(row.feed, 0, row.size)]
            for row in hq.records.feeds(accord)
        }
        for hq in hqs
    ]
    assert leaves[0] == leaves[1] == leaves[2]
    found = [accords.view(hq, accord).accord for hq in hqs]
    for shared in (state.open_realms, state.realm_matrix, state.clause_states, state.threads):
        assert shared(found[0]) == shared(found[1]) == shared(found[2])
    for author, at_author in zip(hqs, found, strict=True):
        for holder, at_holder in zip(hqs, found, strict=True):
            theirs = state.holdings_of(at_author, author.party, holder.party)
            assert theirs == state.holdings_of(at_holder, author.party, holder.party)
    for hq in hqs:
        assert all(report.sound for report in records.verify(hq, accord))
        assert not any(row.frozen or row.closed for row in hq.records.feeds(accord))
        assert exchange.due(hq) == (), "and nobody has anything more to say"


def carried(seed: int) -> tuple[Headquarters, AccordId, list[bytes]]:
    """Partial's headquarters before, and bundles for it by two authors, each from where the one before ended."""
    (meridia, torvia, partial), accord = stage()
    pick = random.Random(seed)
    bundles: list[bytes] = []
    for _ in range(6):
        author = pick.choice((meridia, torvia))
        try:
            acts(author, (partial,), accord, pick)
        except MisuseError:
            continue
        bundles.append(exchange.export(author, partial.party, accord))
        held = {row.feed.origin: PeerHolding(row.size, row.note) for row in author.records.feeds(accord)}
        author.records.put_holding(partial.party, accord, held)
    return partial, accord, bundles


def delivered(partial: Headquarters, bundles: list[bytes]) -> Headquarters:
    """What the headquarters became when the bundles arrived in this order, each brought again until it was taken whole."""
    (hq,) = again(partial)
    waiting = bundles
    for _ in range(len(bundles) + 1):
        waiting = [sealed for sealed in waiting if exchange.take(hq, sealed, "file").outcome == "refused"]
        if not waiting:
            break
    assert not waiting, "every bundle is taken once those before it are"
    return hq


@QUICK
@given(seed=st.integers(0, 2**20), order=st.randoms(use_true_random=False))
def test_any_order_of_delivery_of_the_same_bundles_gives_the_same_accord(seed: int, order: random.Random) -> None:
    partial, accord, bundles = carried(seed)
    shuffled = bundles * 2
    order.shuffle(shuffled)
    one, other = delivered(partial, bundles), delivered(partial, shuffled)
    assert state_of(one, accord) == state_of(other, accord)
    assert [row.note for row in one.records.feeds(accord)] == [row.note for row in other.records.feeds(accord)]


def test_the_comparison_would_notice_one_party_left_behind() -> None:
    hqs, accord = stage()
    accords.ask(hqs[0], HEAD, accord, "Not told to anybody yet.")
    with pytest.raises(AssertionError):
        same(hqs, accord)
