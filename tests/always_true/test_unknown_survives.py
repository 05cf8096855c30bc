"""Always true, 5: nothing is silently dropped. What cannot be read is kept, shown as such, relayed byte for byte, and has no effect."""

import msgspec
import pytest

from stafftalks.accord import state
from stafftalks.accord.bodies import EntryRef, Release, Standing, encode_body
from stafftalks.planning import element as elements
from stafftalks.record import canon
from stafftalks.services import accords, records
from stafftalks.services.ports import Headquarters
from stafftalks.values.ids import ElementId
from tests.attacks.hostile import Hostile
from tests.fakes import HEAD
from tests.services.scenes import accepted, house, report, settle, talk

ELEMENT = ElementId("a" * 26)


def scene() -> tuple[Headquarters, Headquarters, Headquarters, Hostile]:
    meridia, torvia, partial = house("XMR", "XTV", "XPA")
    accord = accepted(meridia, torvia, partial)
    return meridia, torvia, partial, Hostile(partial, accord)


def body(**value: object) -> bytes:
    return canon.encode(value)


def known_element() -> dict[str, object]:
    return msgspec.json.decode(elements.encode(elements.Element(ELEMENT, report("A report."))))


def release_of(element: dict[str, object], realm: str = "intelligence") -> bytes:
    return encode_body(Release(realm, ("XMR", "XTV"), canon.encode(element).decode()))


SAYINGS = {
    "a type from a later version": ("forecast.v9", body(type="forecast.v9", says="Rain."), "unknown"),
    "a known type with an unknown body": ("release", body(type="handover", of="everything"), "unknown"),
    "a body that is no JSON": ("question", b"\x00\xff not JSON", "unreadable"),
    "a consent clause": (
        "amendment",
        body(type="amendment", clauses=[{"duty": "consent", "heading": "H", "id": "9", "text": "T"}]),
        "without_effect",
    ),
    "a second opening": ("opening", body(type="opening", charter="{}", reason="restore"), "without_effect"),
}  # fmt: skip


@pytest.mark.parametrize("name", SAYINGS)
def test_an_entry_that_cannot_be_read_is_kept_shown_and_relayed_without_effect(name: str) -> None:
    kind, raw, sort = SAYINGS[name]
    meridia, torvia, partial, author = scene()
    before = accords.view(torvia, author.accord).accord
    ref = author.says(kind, raw)
    talk(partial, meridia)
    talk(meridia, torvia)  # Torvia has it by way of Meridia alone
    same_bytes(ref, author, meridia, torvia)
    for hq in (meridia, torvia):
        sheet = accords.view(hq, author.accord).accord.sheets[partial.party]
        (notice,) = [found for found in sheet.notices if found.ref == ref]
        assert notice.sort == sort
        assert notice.sentence.endswith(".")
        assert all(report.sound for report in records.verify(hq, author.accord))
    after = accords.view(torvia, author.accord).accord
    assert after.sheets[meridia.party] == before.sheets[meridia.party]
    for field in ("standing", "released", "questions", "answers", "proposal", "recalls"):
        assert getattr(after.sheets[partial.party], field) == getattr(before.sheets[partial.party], field)


def same_bytes(ref: EntryRef, author: Hostile, *holders: Headquarters) -> None:
    (original,) = author.hq.records.entries(author.row.feed, ref.n, ref.n + 1)
    for hq in holders:
        (held,) = hq.records.entries(author.row.feed, ref.n, ref.n + 1)
        assert (held.leaf, held.slip) == (original.leaf, original.slip)


LEAVES = {
    "junk": b"\x00\xffjunk",
    "empty": b"",
    "another version": canon.encode({"at": 1, "c": "A" * 43, "n": 3, "t": "question", "v": 2}),
    "a lie about its place": canon.encode({"at": 1, "c": "A" * 43, "n": 999, "t": "question", "v": 1}),
}  # fmt: skip


@pytest.mark.parametrize("name", LEAVES)
def test_a_leaf_that_cannot_be_read_is_kept_shown_and_relayed(name: str) -> None:
    meridia, torvia, partial, author = scene()
    ref = author.writes(LEAVES[name], b"s" * 32 + b"its text, which nothing ties to it")
    author.says("standing", encode_body(Standing("suspend", statement="And we suspend.")))
    talk(partial, meridia)
    talk(meridia, torvia)
    for hq in (meridia, torvia):
        (held,) = hq.records.entries(author.row.feed, ref.n, ref.n + 1)
        assert held.leaf == LEAVES[name]
        assert held.slip is None, "a text that cannot be checked is not kept"
        (line,) = records.page(hq, author.row.feed, ref.n, 1)
        assert line.sort == "unreadable"
        assert f"#{ref.n}" in line.sentence
        sheet = accords.view(hq, author.accord).accord.sheets[partial.party]
        assert sheet.standing.state == "suspended", "what comes after it is read as ever"
    accords.ask(torvia, HEAD, author.accord, "What was that?")
    settle(meridia, torvia, partial)


def test_an_element_of_an_unknown_kind_is_held_as_its_bytes_and_shown_as_unknown() -> None:
    meridia, torvia, partial, author = scene()
    raw = known_element()
    raw["content"] = (
        {**raw["content"], "kind": "hologram"} if isinstance(raw.get("content"), dict) else raw.get("content")
    )
    if not isinstance(raw.get("content"), dict):
        raw["kind"] = "hologram"
    ref = author.says("release", release_of(raw))
    talk(partial, meridia)
    talk(meridia, torvia)
    same_bytes(ref, author, meridia, torvia)
    for hq in (meridia, torvia):
        sheet = accords.view(hq, author.accord).accord.sheets[partial.party]
        (held,) = sheet.released[ELEMENT]
        assert held.raw == canon.encode(raw)
        assert held.kind == "hologram"
        assert isinstance(elements.decode(held.raw).content, elements.UnknownContent)


def test_an_unknown_realm_is_kept_as_named_and_opens_nothing() -> None:
    meridia, torvia, partial, author = scene()
    author.says("standing", encode_body(Standing("accept", ("intelligence", "orbital"))))
    ref = author.says("release", release_of(known_element(), "orbital"))
    talk(partial, meridia)
    talk(meridia, torvia)
    same_bytes(ref, author, meridia, torvia)
    for hq in (meridia, torvia):
        accord = accords.view(hq, author.accord).accord
        assert accord.sheets[partial.party].standing.unknown_realms == ("orbital",)
        assert {realm.value for realm in state.open_realms(accord)} == {"intelligence"}
        (notice,) = [found for found in accord.sheets[partial.party].notices if found.ref == ref]
        assert "orbital" in notice.sentence
