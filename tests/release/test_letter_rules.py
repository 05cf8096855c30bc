"""Disclosure letters: one must permit all of a release, each of its rules says no by itself, and nobody's letter means nobody."""

from typing import Any

import msgspec
import pytest

from stafftalks.planning import element
from stafftalks.planning.forces import Activity, Force, Holding
from stafftalks.planning.letters import Ceiling, CountDetail, Detail, Letter, PositionDetail, TimeDetail
from stafftalks.planning.scenarios import Branch, Scenario
from stafftalks.release import cells, desk
from stafftalks.release.authority import Authority, past
from stafftalks.release.redaction import apply, needed
from stafftalks.values.errors import RefusedError
from stafftalks.values.ids import PartyId
from stafftalks.values.label import Marking
from stafftalks.values.person import Person
from stafftalks.values.place import LonLat, Point
from stafftalks.values.relative_time import Instant, Window
from tests.accord.cast import MERIDIA, NORRIN, THREE, TORVIA, Staff, raw_of
from tests.letters import NOW, authority, broad, standing
from tests.release.people import HEAD, OFFICER, refused, request

SECRET = Marking("XMR", "SECRET", ("REL TO XMR, XTV",))
PATROL = Activity(
    title="Patrol",
    what="Watch the strait",
    contingency="Vael",
    footprint=Point(name="Port of Mersel", at=LonLat(34_640_000, 36_850_000)),
    window=Window(Instant.parse("2027-05-04T06:00Z"), None),
)
SHIPS = Force(title="Frigates", holdings=(Holding(item="Frigate", on_hand=3, required=4),))


@pytest.fixture
def staff() -> Staff:
    staff = Staff(THREE)
    staff.open("scenarios", "exercises")
    return staff


def rules(staff: Staff, content: Any, given: Authority, *to: PartyId, decider: Person = OFFICER) -> list[str]:
    """The rules that say no; none where it may leave."""
    asked = request(raw_of(content, 1), *to)
    try:
        desk.admit_release(staff.accord(), MERIDIA, asked, decider, given)
    except RefusedError:
        return refused(lambda: desk.admit_release(staff.accord(), MERIDIA, asked, decider, given))
    return []


def only(**said: Any) -> Authority:
    return authority([broad(TORVIA, **said)])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, []),
        ({"valid_until": Instant.parse("2026-05-31")}, ["letter-expired"]),
        ({"valid_until": Instant.parse("2026-06-01")}, []),
        ({"valid_until": Instant.parse("2026-06-01T11:00Z")}, ["letter-expired"]),
        ({"valid_from": Instant.parse("2026-06-02")}, ["letter-expired"]),
        ({"ceilings": ()}, ["letter-ceiling"]),
        ({"ceilings": (Ceiling(policy="XTV", classification="SECRET", categories=("all",)),)}, ["letter-ceiling"]),
        ({"ceilings": (Ceiling(policy="XMR", classification="RESTRICTED", categories=("all",)),)}, ["letter-ceiling"]),
        ({"ceilings": (Ceiling(policy="XMR", classification="SECRET"),)}, ["letter-category"]),
        ({"ceilings": (Ceiling(policy="XMR", classification="SECRET", categories=("REL TO",)),)}, []),
        ({"ceilings": (Ceiling(policy="XMR", classification="HUSH", categories=("REL TO",)),)}, ["letter-ceiling"]),
        ({"categories_refused": ("REL TO XTV",)}, ["letter-category"]),
        ({"categories_refused": ("all",)}, ["letter-category"]),
        ({"kinds": ()}, ["letter-kind"]),
        ({"kinds": ("plan", "force")}, ["letter-kind"]),
        ({"kinds_refused": ("Scenario",)}, ["letter-kind"]),
        ({"kinds_refused": ("all",)}, ["letter-kind"]),
        ({"realms": ()}, ["letter-realm"]),
        ({"realms": ("exercises",)}, ["letter-realm"]),
        ({"contingencies": ()}, ["letter-scope"]),
        ({"contingencies": ("Ice",)}, ["letter-scope"]),
        ({"contingencies": ("VAEL",)}, []),
        ({"methods": ()}, ["letter-method"]),
        ({"methods": ("file",)}, ["letter-method"]),
        ({"methods": ("HTTPS",)}, []),
        ({"deciders": ()}, ["letter-decider"]),
        ({"deciders": ("somebody",)}, ["letter-decider"]),
        ({"deciders": ("ola",)}, []),
        ({"head_decides": ("scenario",)}, ["letter-head"]),
        ({"head_decides": ("plan",)}, []),
    ],
)
def test_each_rule_of_a_letter_says_no_by_itself(staff: Staff, said: dict[str, Any], expected: list[str]) -> None:
    content = Scenario(title="Strait closed", contingency="Vael", marking=SECRET)
    assert rules(staff, content, only(**said)) == expected


def test_no_letter_for_a_recipient_means_that_nothing_leaves_for_anybody(staff: Staff) -> None:
    content = Scenario(title="Strait closed")
    assert rules(staff, content, authority([])) == ["letter-missing"]
    assert rules(staff, content, only(), NORRIN) == ["letter-missing"]
    assert rules(staff, content, only(), NORRIN, TORVIA) == ["letter-missing"]
    assert rules(staff, content, authority([broad(TORVIA), broad(NORRIN)]), NORRIN, TORVIA) == []


def test_how_it_would_travel_must_be_known_and_every_way_permitted(staff: Staff) -> None:
    content = Scenario(title="Strait closed")
    for methods, expected in ((set(), ["letter-method"]), ({"https", "file"}, ["letter-method"]), ({"file"}, [])):
        given = authority([broad(TORVIA, methods=("file",))], methods={TORVIA: frozenset(methods)})
        assert rules(staff, content, given) == expected


def test_one_letter_must_permit_all_of_it_and_the_nearest_one_is_told(staff: Staff) -> None:
    kinds = broad(TORVIA, title="Kinds alone", kinds=("scenario",), realms=("exercises",), methods=())
    realm = broad(TORVIA, title="Realms alone", kinds=("plan",))
    old = broad(TORVIA, title="Long over", kinds=("plan",), valid_until=Instant.parse("2020-01-01"))
    content = Scenario(title="Strait closed")
    for letters in ([kinds, realm, old], [old, realm, kinds]):
        asked = request(raw_of(content, 1))
        (verdict,) = desk.verdicts(asked, OFFICER, authority(letters))
        assert verdict.letter is not None
        assert verdict.letter.name == "Realms alone"
        assert [refusal.rule for refusal in verdict.refusals] == ["letter-kind"]
        assert "Realms alone" in verdict.refusals[0].sentence
    assert rules(staff, content, authority([kinds, realm, broad(TORVIA, title="Whole")])) == []


def test_a_release_says_under_which_letters_it_was_let_go_and_no_byte_of_it_does(staff: Staff) -> None:
    letters = [broad(TORVIA, title="One secret title"), broad(NORRIN, title="Another")]
    asked = request(raw_of(Scenario(title="Strait closed"), 1), NORRIN, TORVIA)
    released = desk.admit_release(staff.accord(), MERIDIA, asked, OFFICER, authority(letters))
    assert set(released.letters) == {standing(letter, number).ref for number, letter in enumerate(letters)}
    assert b"secret title" not in released.body
    other = [broad(TORVIA, title="Short"), broad(NORRIN, general="A long text. " * 50)]
    again = desk.admit_release(staff.accord(), MERIDIA, asked, OFFICER, authority(other))
    assert again.body == released.body


def test_the_head_decides_named_kinds_as_a_third_person(staff: Staff) -> None:
    content = Scenario(title="Strait closed")
    letters = [broad(TORVIA, head_decides=("scenario",))]
    clerk = Person("hedda", "Hedda", OFFICER.roles)
    asking_head = Person("pia", "Pia", HEAD.roles)
    for head, expected in (
        (HEAD, []),
        (clerk, ["letter-head"]),
        (asking_head, ["letter-head"]),
        (None, ["letter-head"]),
    ):
        assert rules(staff, content, authority(letters, head=head)) == expected
    both = Person("ola", "Ola", OFFICER.roles | HEAD.roles)
    assert rules(staff, content, authority(letters, head=both), decider=both) == ["letter-head"]


@pytest.mark.parametrize(
    ("content", "detail", "expected"),
    [
        (PATROL, Detail(), ["letter-detail-position", "letter-detail-time"]),
        (PATROL, Detail(positions=PositionDetail.EXACT, times=TimeDetail.EXACT), []),
        (PATROL, Detail(positions=PositionDetail.CELL, cell=5, times=TimeDetail.DAY), ["letter-detail-position", "letter-detail-time"]),
        (SHIPS, Detail(), ["letter-detail-count"]),
        (SHIPS, Detail(counts=CountDetail.ROUNDED, round_to=10), ["letter-detail-count"]),
        (SHIPS, Detail(counts=CountDetail.EXACT), []),
    ],
)  # fmt: skip
def test_what_is_told_more_finely_is_refused_and_what_is_needed_mends_it(
    staff: Staff, content: Any, detail: Detail, expected: list[str]
) -> None:
    letter = broad(TORVIA, detail=detail)
    given = authority([letter])
    assert rules(staff, content, given) == expected
    marked = element.decode(raw_of(content, 1)).content
    left = apply(marked, needed(marked, letter, given.policies))  # type: ignore[arg-type]
    assert rules(staff, left, given) == []


def test_needed_takes_out_what_is_marked_above_the_letter_or_for_others(staff: Staff) -> None:
    content = Scenario(
        title="Strait closed",
        narrative="Calm.\n\n(S//REL TO XMR, XTV) A source tells more.\n(R//REL TO XMR) For us alone.",
        marking=Marking("XMR", "RESTRICTED", ("REL TO XMR, XTV",)),
        branches=(Branch(id="B1", title="Mines", mark="TS"), Branch(id="B2", title="Talks")),
        area=Point(at=LonLat(34_640_000, 36_850_000)),
    )
    letter = broad(
        TORVIA,
        ceilings=(Ceiling(policy="XMR", classification="RESTRICTED", categories=("REL TO",)),),
        detail=Detail(positions=PositionDetail.CELL, cell=4, times=TimeDetail.EXACT),
    )
    given = authority([letter])
    wanted = needed(content, letter, given.policies)
    assert [str(item) for item in wanted] == [
        "remove narrative#2",
        "remove narrative#3",
        "remove branches.B1",
        "cell area 4",
    ]
    left = apply(content, wanted)
    assert isinstance(left, Scenario)
    assert left.area == cells.outline(cells.cell_of(content.area, 4) or "")  # type: ignore[arg-type]
    assert rules(staff, left, given) == []
    assert "label-below-portions" in rules(staff, content, given)


def test_a_letter_says_a_day_and_means_all_of_it() -> None:
    day = Instant.parse("2026-06-01")
    assert not past(day, Instant.parse("2026-06-01T23:59Z"))
    assert past(day, Instant.parse("2026-06-02"))
    assert not past(NOW, NOW)
    assert past(NOW, Instant(NOW.seconds + 1))


def test_a_letter_itself_never_leaves(staff: Staff) -> None:
    letter: Letter = broad(TORVIA)
    assert "kind-realm" in rules(staff, letter, only())


def test_redactions_are_checked_against_what_was_asked_for(staff: Staff) -> None:
    asked = Scenario(
        title="Strait closed",
        narrative="Branch B2 is the likelier.",
        branches=(Branch(id="B1", title="Mines"), Branch(id="B2", title="Blockade by night")),
    )

    def found(left: Scenario, *lines: str) -> list[str]:
        raw, before = raw_of(left, 1), raw_of(asked, 1)
        wanted = request(raw)
        wanted = msgspec.structs.replace(wanted, asked_raw=before, redactions=lines)
        try:
            desk.admit_release(staff.accord(), MERIDIA, wanted, OFFICER, only())
        except RefusedError as error:
            return [refusal.rule for refusal in error.refusals]
        return []

    left = Scenario(title="Strait closed", branches=asked.branches[:1])
    assert found(left, "remove branches.B2", "remove narrative") == []
    told = Scenario(title="Strait closed", narrative=asked.narrative, branches=asked.branches[:1])
    assert found(told, "remove branches.B2") == ["redaction-trace"]
    assert found(left, "remove branches.B2") == ["redaction-mismatch"]
    assert found(left, "remove branches.B9") == ["redaction-mismatch"]
    assert found(left, "nonsense") == ["redaction-mismatch"]
    assert found(asked) == []
