"""Whatever bytes come in, taking them gives `Taken` or raises PeerError, nothing else; and what was held stays held."""

import random

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from stafftalks.record import dsse
from stafftalks.services import accords, exchange, incoming, overview, records
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import PeerError
from tests.always_true.test_nothing_reaches_in import attack, stage
from tests.attacks.hostile import Hostile, spoilt
from tests.fakes import HEAD

QUICK = settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])
SEEDS = st.integers(0, 2**32)


def held(hq: Headquarters) -> dict[object, tuple[bytes, bytes | None]]:
    """Every entry held: nothing that comes in may take one away or change its bytes, or its text."""
    return {
        (row.feed, entry.n): (entry.leaf, entry.slip)
        for accord in hq.records.accords()
        for row in hq.records.feeds(accord.id)
        for entry in hq.records.entries(row.feed, 0, row.size)
    }


def take(hq: Headquarters, sealed: bytes) -> None:
    before = held(hq)
    try:
        found = exchange.take(hq, sealed, "file")
    except PeerError:
        assert held(hq) == before, "what is refused whole changes nothing held"
    else:
        assert isinstance(found, incoming.Taken)
        after = held(hq)
        assert all(after[place][0] == leaf for place, (leaf, _) in before.items())
        assert all(after[place][1] == slip for place, (_, slip) in before.items() if slip is not None)


def look(hq: Headquarters, hostile: Hostile) -> None:
    """What people look at afterwards can be looked at, whatever was taken in."""
    for view in accords.views(hq):
        records.verify(hq, view.row.id)
        for row in view.feeds:
            records.page(hq, row.feed, 0, 1000)
    overview.needs(hq, HEAD)
    overview.news(hq, 0)


@QUICK
@given(seed=SEEDS)
def test_forged_bundles_of_a_partner_that_signs_anything(seed: int) -> None:
    meridia, _, hostile = stage()
    pick = random.Random(seed)
    for _ in range(3):
        take(meridia, attack(hostile, meridia, pick))
    look(meridia, hostile)


@QUICK
@given(seed=SEEDS)
def test_bytes_changed_in_what_was_sealed(seed: int) -> None:
    meridia, _, hostile = stage()
    pick = random.Random(seed)
    bundle = hostile.plaintext(hostile.honest(meridia))
    take(meridia, spoilt(hostile.hq.sealer.seal(bundle, [meridia.keyring.card().hpke_key]), pick))
    take(meridia, hostile.hq.sealer.seal(spoilt(bundle, pick), [meridia.keyring.card().hpke_key]))


@QUICK
@given(seed=SEEDS)
def test_manifests_changed_and_signed_again(seed: int) -> None:
    """The mutated payload is signed by the partner's own key, so that what follows the signature check is reached."""
    meridia, _, hostile = stage()
    pick = random.Random(seed)
    accords.ask(hostile.hq, HEAD, hostile.accord, "What next?")
    raw = hostile.plaintext(hostile.honest(meridia))
    size = 4 + int.from_bytes(raw[:4])
    payload = dsse.parse(raw[4:size], max_bytes=1 << 24).payload
    for _ in range(4):
        changed = spoilt(payload, pick)
        signed = hostile.signed(changed, raw[size:])
        take(meridia, hostile.hq.sealer.seal(signed, [meridia.keyring.card().hpke_key]))
    look(meridia, hostile)


@QUICK
@given(raw=st.binary(max_size=400))
@example(raw=b"")
@example(raw=b"\x00\x00\x00\x02{}")
def test_any_bytes_at_all(raw: bytes) -> None:
    meridia, _, hostile = stage()
    for sender in (None, hostile.hq.party):
        try:
            incoming.open_bundle(meridia, raw, sender)
        except PeerError:
            continue
        raise AssertionError("nobody signed these bytes")
    take(meridia, raw)
