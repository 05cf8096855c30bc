"""What the port of labels promises, held against fake and database alike."""

import pytest

from stafftalks.planning.refs import ExactRef
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import BesideRow, PolicyRow
from stafftalks.store.models import PolicyLine
from stafftalks.store.ports import StorePorts
from stafftalks.values.ids import ElementId, PartyId, VersionHash
from stafftalks.values.label import Marking


def policy(name: str, raw: bytes = b"<SPIF/>", at: int = 1) -> PolicyRow:
    return PolicyRow(name, "spif" if raw else "plain", raw, at, "ada")


def ref(version: str, element: str = "a", party: str = "XTV") -> ExactRef:
    return ExactRef(PartyId(party), ElementId(element * 26), VersionHash(version * 52))


def test_a_policy_stands_under_its_name_however_it_is_cased_and_the_newest_counts(store: Headquarters) -> None:
    assert (store.labels.policies(), store.labels.stamp()) == ((), (0, 0))
    store.labels.put_policy(policy("NATO"))
    store.labels.put_policy(policy("Isles", b""))
    first = store.labels.stamp()
    store.labels.put_policy(policy("nato", b"<other/>", at=2))
    assert store.labels.policies() == (policy("Isles", b""), policy("nato", b"<other/>", at=2))
    assert store.labels.stamp() > first


def test_what_was_taken_out_is_gone_and_can_come_back(store: Headquarters) -> None:
    store.labels.put_policy(policy("NATO"))
    before = store.labels.stamp()
    store.labels.remove_policy("moon", 2, "ada")
    assert store.labels.stamp() == before
    store.labels.remove_policy(" nato ", 2, "ada")
    assert store.labels.policies() == ()
    after = store.labels.stamp()
    assert after > before
    store.labels.remove_policy("NATO", 3, "ada")
    assert store.labels.stamp() == after
    store.labels.put_policy(policy("NATO", at=4))
    assert store.labels.policies() == (policy("NATO", at=4),)


def test_a_marking_stands_beside_one_exact_version_and_can_be_taken_back(store: Headquarters) -> None:
    ours = BesideRow(ref("b"), Marking("XMR", "SECRET", ("REL TO XTV",)), "pia", 1)
    newer = BesideRow(ref("b"), Marking("XMR", "RESTRICTED"), "oda", 2)
    other = BesideRow(ref("b", element="c"), Marking("TLP", "RED"), "pia", 1)
    store.labels.put_beside(ours)
    store.labels.put_beside(other)
    assert store.labels.beside([ref("b"), ref("d")]) == {ours.ref: ours}
    store.labels.put_beside(newer)
    assert store.labels.beside([other.ref, ref("b")]) == {other.ref: other, newer.ref: newer}
    store.labels.put_beside(BesideRow(ref("b"), Marking(), "oda", 3))
    assert store.labels.beside([ref("b")]) == {}
    assert store.labels.beside([]) == {}
    assert store.labels.beside() == {other.ref: other}
    assert store.labels.stamp() > (0, 0)


def test_that_a_policy_was_loaded_and_taken_out_stays(database: StorePorts) -> None:
    database.labels.put_policy(policy("NATO"))
    database.labels.remove_policy("NATO", 2, "ada")
    assert [(line.kind, line.by, line.at) for line in PolicyLine.objects.all()] == [("spif", "ada", 1), ("", "ada", 2)]


@pytest.mark.django_db(transaction=True)
def test_a_failed_transaction_loads_nothing(store: Headquarters) -> None:
    def fails() -> None:
        with store.transactions.atomic():
            store.labels.put_policy(policy("NATO"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert store.labels.policies() == ()
