"""Marking policies at a headquarters: loaded by administrators, taken out only when nothing of ours needs them; our markings beside partners'."""

from pathlib import Path

import msgspec
import pytest

from stafftalks.formats.spif import SpifError
from stafftalks.planning.intelligence import Report
from stafftalks.planning.refs import ExactRef
from stafftalks.services import elements, labels
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import MisuseError, RefusedError
from stafftalks.values.ids import ElementId, VersionHash
from stafftalks.values.label import LabelError, Marking
from tests.fakes import ADMINISTRATOR, OFFICER, PLANNER, make_hq

ISLES = (Path(__file__).parents[1] / "vectors" / "labels" / "isles.xml").read_bytes()


def marked(hq: Headquarters, policy: str, classification: str = "OPEN") -> elements.ElementRow:
    return elements.add(
        hq, PLANNER, Report(title="Mines", said="Two were seen.", hops=(), marking=Marking(policy, classification))
    )


def acts(hq: Headquarters) -> list[str]:
    return [row.act for row in hq.journal.find()[1]]


def test_a_headquarters_knows_its_house_policy_and_what_is_loaded() -> None:
    hq = make_hq("XMR")
    assert labels.policies(hq).names == ("XMR", "PLAIN", "TLP", "US")
    assert labels.policies(hq) is labels.policies(hq)
    loaded = labels.load_spif(hq, ADMINISTRATOR, ISLES)
    assert (loaded.policy.name, loaded.unread) == ("ISLES", 0)
    labels.add_plain(hq, ADMINISTRATOR, " XTV ")
    assert labels.policies(hq).names == ("ISLES", "XTV", "XMR", "PLAIN", "TLP", "US")
    assert acts(hq) == ["policy loaded", "policy loaded"]
    assert labels.policies(hq).read(Marking("XTV", "R"))


def test_only_an_administrator_loads_and_takes_out() -> None:
    hq = make_hq("XMR")
    for act in (
        lambda: labels.load_spif(hq, OFFICER, ISLES),
        lambda: labels.add_plain(hq, PLANNER, "XTV"),
        lambda: labels.remove(hq, PLANNER, "XTV"),
    ):
        with pytest.raises(RefusedError):
            act()
    assert acts(hq) == []


def test_a_file_with_faults_changes_nothing() -> None:
    hq = make_hq("XMR")
    with pytest.raises(SpifError):
        labels.load_spif(hq, ADMINISTRATOR, ISLES.replace(b'"2.1"', b'"3.0"'))
    for name in ("", "A//B", "x" * 300):
        with pytest.raises(MisuseError):
            labels.add_plain(hq, ADMINISTRATOR, name)
    assert hq.labels.stamp() == (0, 0)


def test_a_policy_that_own_elements_or_letters_use_is_not_taken_out() -> None:
    hq = make_hq("XMR")
    labels.load_spif(hq, ADMINISTRATOR, ISLES)
    row = marked(hq, "isles")
    marked(hq, "urn:oid:2.25.1234567890")
    with pytest.raises(RefusedError) as caught:
        labels.remove(hq, ADMINISTRATOR, "Isles")
    assert "2 of our elements" in str(caught.value)
    for one in hq.holdings.find()[1]:
        elements.archive(hq, PLANNER, one.id, archived=True)
    labels.remove(hq, ADMINISTRATOR, "Isles")
    assert labels.policies(hq).get("ISLES") is None
    assert elements.get(hq, row.id).raw == row.raw
    for name in ("Isles", "TLP"):
        with pytest.raises(MisuseError):
            labels.remove(hq, ADMINISTRATOR, name)


def test_a_policy_that_replaces_one_says_how_many_elements_it_no_longer_reads() -> None:
    hq = make_hq("XMR")
    labels.load_spif(hq, ADMINISTRATOR, ISLES)
    marked(hq, "ISLES")
    marked(hq, "ISLES", "GUARDED")
    changed = ISLES.replace(b'name="GUARDED"', b'name="HELD"')
    assert labels.load_spif(hq, ADMINISTRATOR, changed).unread == 1


def test_a_row_that_can_no_longer_be_read_is_an_unknown_policy() -> None:
    hq = make_hq("XMR")
    labels.load_spif(hq, ADMINISTRATOR, ISLES)
    (row,) = hq.labels.policies()
    hq.labels.put_policy(msgspec.structs.replace(row, raw=b"<gone/>"))
    with pytest.raises(LabelError):
        labels.policies(hq).read(Marking("ISLES", "OPEN"))


def test_a_wrong_marking_is_told_and_none_is_no_fault() -> None:
    known = labels.policies(make_hq("XMR"))
    assert labels.faults(known, Marking()) == labels.faults(known, Marking("XMR", "S")) == ()
    assert [refusal.rule for refusal in labels.faults(known, Marking("XMR", "SECERT"))] == ["label-classification"]


def test_nothing_is_put_beside_what_is_ours_or_not_held() -> None:
    hq = make_hq("XMR")
    for party in ("XMR", "XTV"):
        ref = ExactRef(hq.party if party == "XMR" else make_hq("XTV").party, ElementId("a" * 26), VersionHash("b" * 52))
        with pytest.raises(MisuseError):
            labels.put_beside(hq, PLANNER, ref, Marking("XMR", "SECRET"))
    with pytest.raises(RefusedError):
        labels.put_beside(hq, ADMINISTRATOR, ref, Marking("XMR", "SECRET"))
