"""The third-party rule: nothing drawn from another party's release goes on without its consent, for that reader, those parts, until that day."""

from typing import Any

import pytest

from stafftalks.planning import element
from stafftalks.planning.intelligence import Assessment
from stafftalks.planning.portions import portion_hash, portions
from stafftalks.planning.refs import ElementRef, ExactRef
from stafftalks.planning.scenarios import Branch, Scenario
from stafftalks.planning.text import Origin
from stafftalks.release import desk
from stafftalks.release.authority import StandingConsent
from stafftalks.values.errors import RefusedError
from stafftalks.values.ids import AccordId, PartyId
from stafftalks.values.relative_time import Instant
from tests.accord.cast import MARKED, MERIDIA, NORRIN, THREE, TORVIA, Staff, exact, raw_of
from tests.letters import authority, broad
from tests.release.people import OFFICER, request

THEIRS = raw_of(
    Scenario(title="Closed", branches=(Branch(id="B1", title="Mines"), Branch(id="B2", title="Blockade"))), 5
)
SOURCE = exact(TORVIA, 5, THEIRS)
LATER = Instant.parse("2026-12-31")


@pytest.fixture
def staff() -> Staff:
    staff = Staff(THREE)
    staff.open("scenarios", "intelligence")
    staff.release(TORVIA, THEIRS, MERIDIA)
    return staff


def consent(source: ExactRef = SOURCE, to: str = "XNO", until: Instant = LATER, portions: tuple[str, ...] = ()) -> Any:
    return StandingConsent(exact(source.party, 9, THEIRS), AccordId("a" * 52), source, to, portions, until)


def hashes(*paths: str) -> tuple[str, ...]:
    found = portions(element.decode(THEIRS).content)
    return tuple(portion_hash(SOURCE.version, portion) for portion in found if portion.path in paths)


def drawn(*parts: str, source: ExactRef = SOURCE) -> Scenario:
    return Scenario(title="Ours", origins=(Origin(source=source, parts=parts, marking=MARKED),))


def rules(
    staff: Staff, content: Any, *consents: StandingConsent, to: tuple[PartyId, ...] = (NORRIN,), **said: Any
) -> list[str]:
    known = authority(
        [broad(party) for party in THREE], consents=consents, originals=said.pop("originals", {SOURCE: THEIRS}), **said
    )
    realm = "intelligence" if isinstance(content, Assessment) else "scenarios"
    try:
        desk.admit_release(
            staff.accord(MERIDIA), MERIDIA, request(raw_of(content, 1), *to, realm=realm), OFFICER, known
        )
    except RefusedError as error:
        return [refusal.rule for refusal in error.refusals]
    return []


def test_without_consent_it_goes_back_to_its_originator_alone(staff: Staff) -> None:
    assert rules(staff, drawn()) == ["consent-missing"]
    assert rules(staff, drawn(), to=(TORVIA,)) == []
    assert rules(staff, drawn(), to=(NORRIN, TORVIA)) == ["consent-missing"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (consent(), []),
        (consent(to="xno"), []),
        (consent(to="XTV"), ["consent-missing"]),
        (consent(source=ExactRef(TORVIA, SOURCE.element, exact(TORVIA, 1, THEIRS[:-1]).version)), ["consent-missing"]),
        (consent(until=Instant.parse("2026-05-31")), ["consent-expired"]),
        (consent(until=Instant.parse("2026-06-01")), []),
    ],
)
def test_a_consent_is_for_one_exact_version_one_reader_and_a_time(
    staff: Staff, given: StandingConsent, expected: list[str]
) -> None:
    assert rules(staff, drawn(), given) == expected


@pytest.mark.parametrize(
    ("parts", "granted", "expected"),
    [
        (("branches.B1",), ("branches.B1",), []),
        (("branches.B1.title",), ("branches.B1",), []),
        (("branches.B2",), ("branches.B1",), ["consent-missing"]),
        (("branches",), ("branches.B1",), ["consent-missing"]),
        (("branches",), ("branches.B1", "branches.B2"), []),
        ((), ("branches.B1",), ["consent-missing"]),
        ((), ("title", "branches.B1", "branches.B2"), []),
        (("branches.B7",), ("branches.B1",), ["consent-missing"]),
    ],
)
def test_a_consent_for_some_portions_covers_what_is_used_of_them(
    staff: Staff, parts: tuple[str, ...], granted: tuple[str, ...], expected: list[str]
) -> None:
    assert rules(staff, drawn(*parts), consent(portions=hashes(*granted))) == expected


def test_parts_are_not_known_to_be_covered_where_the_source_is_not_held(staff: Staff) -> None:
    assert rules(staff, drawn("branches.B1"), consent(portions=hashes("branches.B1")), originals={}) == [
        "consent-missing"
    ]
    assert rules(staff, drawn("branches.B1"), consent(), originals={}) == []


def test_what_the_originator_recalled_goes_nowhere(staff: Staff) -> None:
    assert "origin-recalled" in rules(staff, drawn(), consent(), recalled=frozenset({SOURCE}))


def test_the_sources_of_a_source_are_carried_on(staff: Staff) -> None:
    first = raw_of(Scenario(title="Norrin's"), 6)
    inner = exact(NORRIN, 6, first)
    carrying = raw_of(Scenario(title="Closed", origins=(Origin(source=inner, marking=MARKED),)), 5)
    source = exact(TORVIA, 5, carrying)
    mine = drawn(source=source)
    held = {source: carrying, inner: first}
    assert rules(staff, mine, consent(source), originals=held) == ["origins-carried"]
    both = Scenario(title="Ours", origins=(*mine.origins, Origin(source=inner, marking=MARKED)))
    assert rules(staff, both, consent(source), originals=held) == []


def test_what_is_consented_may_be_named_and_what_is_not_may_not(staff: Staff) -> None:
    mine = Assessment(
        title="Judged",
        question="?",
        judgement="!",
        scenario=ElementRef(TORVIA, SOURCE.element),
        origins=drawn().origins,
    )
    assert rules(staff, mine, consent()) == []
    assert rules(staff, mine) == ["refers-audience", "consent-missing"]


def test_our_own_text_needs_nobodys_consent(staff: Staff) -> None:
    own = raw_of(Scenario(title="Older"), 7)
    assert rules(staff, drawn(source=exact(MERIDIA, 7, own)), originals={}) == []
