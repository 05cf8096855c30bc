"""Proof files: complete in themselves, read in plain words, and worth nothing once a byte of them is another."""

import json
import random

import msgspec
import pytest

from stafftalks.planning.refs import ExactRef
from stafftalks.planning.talk import Acknowledgement
from stafftalks.record import proof as files
from stafftalks.record.card import digits, fingerprint
from stafftalks.services import elements, proof_account, proofs, recalls, releases
from stafftalks.services.ports import Headquarters
from stafftalks.services.reading import load
from stafftalks.values.errors import MisuseError, PeerError
from stafftalks.values.ids import AccordId, ElementId
from tests.fakes import HEAD, OFFICER, PLANNER, FakeKeyring, _key
from tests.services.scenes import accepted, asked, house, released, revised, settle


def told() -> tuple[Headquarters, Headquarters, AccordId, ElementId]:
    """A report released, read, revised and recalled; the partner acknowledged it and confirmed the recall."""
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    element = released(meridia, accord, torvia, said="The bridge is open.")
    meridia.clock.advance(3_600)
    settle(meridia, torvia)
    (given,) = load(torvia, accord).state.sheets["XMR"].released[element]
    said = elements.add(
        torvia,
        PLANNER,
        Acknowledgement(title="Read", about=ExactRef(given.ref.party, element, given.version), readers=3),
    )
    releases.release(torvia, OFFICER, asked(torvia, accord, said, (meridia,), "intelligence").id)
    settle(meridia, torvia)
    meridia.clock.advance(3_600)
    revised(meridia, accord, element, torvia, said="The bridge is closed.")
    settle(meridia, torvia)
    recalls.recall(meridia, HEAD, accord, element, "Not for now.")
    settle(meridia, torvia)
    (pending,) = recalls.open_recalls(torvia, accord)
    recalls.confirm(torvia, HEAD, accord, pending.ref, "Done.")
    settle(meridia, torvia)
    return meridia, torvia, accord, element


@pytest.fixture(scope="module")
def scene() -> tuple[Headquarters, Headquarters, AccordId, ElementId]:
    return told()


@pytest.fixture(scope="module")
def whole(scene: tuple[Headquarters, Headquarters, AccordId, ElementId]) -> bytes:
    meridia, _, accord, element = scene
    return proofs.of_element(meridia, HEAD, accord, meridia.party, element)


Scene = tuple[Headquarters, Headquarters, AccordId, ElementId]


def test_the_whole_story_of_an_element_is_one_file(scene: Scene, whole: bytes) -> None:
    meridia, torvia, accord, element = scene
    found = proof_account.account(whole)
    assert (found.version, found.accord) == (2, accord)
    assert len(found.entries) == 5
    for one, title in zip(found.entries, ("The bridge is open.", "The bridge is closed."), strict=False):
        assert one.says.startswith(f"XMR gave XTV the report “{title}” (element {element}, version ")
    assert found.entries[2].says.startswith(f"XMR asked XTV to remove its element {element}, versions ")
    assert found.entries[2].says.endswith("It said with it: Not for now.")
    assert found.entries[3].says.startswith(
        f"XTV gave XMR the acknowledgement “Read” about XMR's element {element}, version "
    )
    assert found.entries[4].says.startswith("XTV said of the recall XMR/")
    assert [(one.party, one.name, one.digits) for one in found.signers] == [
        (hq.party, hq.keyring.card().name, digits(fingerprint(hq.keyring.card()))) for hq in (meridia, torvia)
    ]
    (line,) = meridia.journal.find(act=proofs.MADE, limit=1)[1]
    assert (line.person, line.subject, line.sentence) == (
        HEAD.username,
        element,
        "A proof of 5 entries, with the text.",
    )


def test_the_time_of_each_entry_is_an_interval_by_others_clocks(scene: Scene, whole: bytes) -> None:
    first, second = proof_account.account(whole).entries[:2]
    assert any(
        text.startswith("Written after XTV/") and "which XTV dates 2025-11-22 12:00:00 UTC" in text
        for text in first.when
    )
    # The earliest cosignature that covers it, and not only the one on the newest head.
    assert "Written before 2025-11-22 13:00:00 UTC by XTV's clock" in " ".join(first.when)
    assert "Written before 2025-11-22 14:00:00 UTC by XTV's clock" in " ".join(second.when)
    assert first.when[-1] == "XMR itself dates it 2025-11-22 12:00:00 UTC: that is a claim."


def test_a_file_without_text_proves_that_and_when_and_shows_no_word(scene: Scene, whole: bytes) -> None:
    meridia, _, accord, element = scene
    raw = proofs.of_element(meridia, HEAD, accord, meridia.party, element, text=False)
    found = proof_account.account(raw)
    with_text = proof_account.account(whole)
    assert [(one.entry, one.when) for one in found.entries] == [(one.entry, one.when) for one in with_text.entries]
    assert all(one.says.startswith("Its text is not in this file") and one.text == "" for one in found.entries)
    assert any("whose text is left out" in sentence for sentence in found.not_proved)
    assert element.encode() not in raw
    assert element in proof_account.account(whole).entries[0].text


def test_a_partners_entry_is_proved_by_its_holder(scene: Scene) -> None:
    meridia, torvia, accord, _ = scene
    ref = load(torvia, accord).state.sheets["XMR"].standing.ref
    found = proof_account.account(proofs.make(torvia, "terminal", accord, [ref]))
    assert found.entries[0].says.startswith("XMR said where it stands: accept, realms: exercises, ")
    assert {one.party for one in found.signers} == {"XMR", "XTV"}
    with pytest.raises(MisuseError, match="there is no entry 99"):
        proofs.make(torvia, "terminal", accord, [msgspec.structs.replace(ref, n=99)])
    with pytest.raises(MisuseError, match="no entry to prove"):
        proofs.make(torvia, "terminal", accord, [])
    with pytest.raises(MisuseError, match="is in any record of this accord"):
        proofs.of_element(torvia, "terminal", accord, meridia.party, ElementId("a" * 26))


def test_a_file_of_a_party_that_renewed_its_keys_holds_and_leads_from_the_old_card_to_the_new() -> None:
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    meridia.keyring.renew(name="Meridia renamed")
    element = released(meridia, accord, torvia)
    found = proof_account.account(proofs.of_element(meridia, HEAD, accord, meridia.party, element))
    assert (found.signers[0].party, found.signers[0].card, found.signers[0].name) == ("XMR", 2, "Meridia renamed")
    assert "By when they were written: nobody but their author has signed for it." in found.not_proved
    assert found.entries[0].when[-2] == "No other party's signature in this file says by when it was written."


def test_whoever_is_not_the_party_of_the_charter_proves_nothing_in_its_name(whole: bytes) -> None:
    """A whole file made by somebody else with another charter, or with another's cards, is refused."""
    document = json.loads(whole)
    for forged in (
        document | {"charter": document["charter"].replace('"fold":1', '"fold":2')},
        document | {"cards": document["cards"] | {"XMR": document["cards"]["XTV"]}},
        document | {"cards": {"XMR": document["cards"]["XMR"]}},
        document | {"bounds": [], "feeds": document["feeds"][::-1]},
    ):
        with pytest.raises(PeerError):
            proof_account.account(msgspec.json.encode(forged, order="sorted"))


def _meaning(raw: bytes) -> dict[str, object]:
    """What a file says, but for who and what is merely listed."""
    found = proof_account.account(raw)
    return {one.entry: (one.type, one.stands, one.says, frozenset(one.when), one.text) for one in found.entries}


def test_whatever_byte_is_another_the_file_is_refused_or_proves_nothing_else(whole: bytes) -> None:
    chance = random.Random(20260101)
    meant = _meaning(whole)
    places = {*range(0, len(whole), max(1, len(whole) // 400)), *(chance.randrange(len(whole)) for _ in range(300))}
    accepted_changes = 0
    for at in sorted(places):
        changed = bytearray(whole)
        changed[at] ^= 1 << chance.randrange(8)
        try:
            said = _meaning(bytes(changed))
        except PeerError:
            continue
        accepted_changes += 1
        assert said == meant, f"byte {at} made it say something else"
    assert accepted_changes == 0, "every byte of the file counts"


def test_cut_repeated_and_padded_files_are_refused(whole: bytes) -> None:
    document = json.loads(whole)
    entry, bound = document["entries"][0], document["bounds"][0]
    for changed in (
        document | {"entries": [*document["entries"], entry]},
        document | {"entries": [*document["entries"], bound | {"slip": entry["slip"]}]},
        document | {"bounds": [*document["bounds"], document["bounds"][0]]},
        document | {"entries": []},
        document | {"feeds": [*document["feeds"], document["feeds"][0]]},
        document | {"entries": [entry | {"n": entry["n"] + 1}, *document["entries"][1:]]},
        document | {"entries": [entry | {"feed": 1}, *document["entries"][1:]]},
        document | {"entries": [entry | {"feed": 9}, *document["entries"][1:]]},
        document | {"entries": [entry | {"path": entry["path"][1:]}, *document["entries"][1:]]},
        document | {"entries": [entry | {"slip": document["entries"][1]["slip"]}, *document["entries"][1:]]},
        document | {"more": 1},
        document | {"format": "stafftalks/proof/v3"},
    ):
        with pytest.raises(PeerError):
            proof_account.account(msgspec.json.encode(changed, order="sorted"))
    for raw in (
        b"",
        b"{}",
        whole[:-1],
        whole + b"\n",
        whole.replace(b'":', b'": ', 1),
        b'{"format":"stafftalks/proof/v1"}',
    ):
        with pytest.raises(PeerError):
            proof_account.account(raw)


def test_a_party_whose_cards_do_not_lead_to_the_charter_is_said_so(scene: Scene) -> None:
    """A stranger's cards that are sound in themselves: everything fits but the root key in the charter."""
    meridia, torvia, accord, _ = scene
    ref = load(torvia, accord).state.sheets["XMR"].standing.ref
    other = FakeKeyring(meridia.party, "Meridia", addresses=())
    other._root, other._node = _key("a stranger"), meridia.keyring._node
    other._issue(msgspec.structs.replace(meridia.keyring.card(), root_key=bytes(other._root.verify_key)))
    impostor = msgspec.structs.replace(meridia, keyring=other)
    with pytest.raises(MisuseError, match="bears the root key by which the accord's charter names it"):
        proofs.make(impostor, HEAD, accord, [ref])
    document = json.loads(proofs.make(meridia, HEAD, accord, [ref]))
    document["cards"]["XMR"] = [other.card_document().decode()]
    with pytest.raises(PeerError, match="do not bear the root key by which the charter names it"):
        proof_account.account(msgspec.json.encode(document, order="sorted"))


def test_leaving_entries_or_witnesses_out_proves_less_and_never_other_things(whole: bytes) -> None:
    document = json.loads(whole)
    meant = _meaning(whole)
    fewer = document | {"entries": [one | {"witnesses": []} for one in document["entries"]]}
    said = _meaning(msgspec.json.encode(fewer, order="sorted"))
    assert said.keys() == meant.keys()
    assert said != meant
    assert files.decode(whole).accord == document["accord"]
