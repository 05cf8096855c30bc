"""Third parties: a consent counts where its originator gave it to who asked, for what was asked, and while all of that stands."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.accord import state
from stafftalks.accord.bodies import EntryRef, Recall, Standing
from stafftalks.planning.talk import Acknowledgement, Consent, ConsentRequest, Verdict
from stafftalks.values.ids import PartyId
from stafftalks.values.relative_time import Instant
from tests.accord.cast import MERIDIA, NORRIN, THREE, TORVIA, Staff, an_id, exact, raw_of, reopening, scenario, version

TEXT = scenario(1)
UNTIL = Instant(2_000_000_000)
PARTS = tuple(letter * 52 for letter in "ab")


def asking(recipient: str = "XPA", *parts: str, about: bytes = TEXT, party: PartyId = TORVIA) -> bytes:
    return raw_of(ConsentRequest(about=exact(party, 1, about), recipient=recipient, portions=parts, until=UNTIL), 10)


def consent(
    asked: bytes, recipient: str = "XPA", *parts: str, verdict: Verdict = Verdict.GRANTED, source: PartyId = TORVIA,
    text: bytes = TEXT, number: int = 20,
) -> bytes:  # fmt: skip
    content = Consent(
        about=exact(MERIDIA, 10, asked), source=exact(source, 1, text), recipient=recipient, portions=parts,
        verdict=verdict, until=UNTIL,
    )  # fmt: skip
    return raw_of(content, number)


@pytest.fixture
def staff() -> Staff:
    """Torvia has released a text to Meridia."""
    made = Staff(THREE)
    made.open("scenarios")
    made.release(TORVIA, TEXT, MERIDIA)
    return made


def granted(staff: Staff) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.content.recipient, one.content.portions) for one in state.granted_to(staff.accord(), MERIDIA)]


def fault(staff: Staff) -> str:
    return state.given(staff.accord())[-1].fault


def test_a_consent_counts_for_who_asked_and_ends_with_its_recall(staff: Staff) -> None:
    asked = asking()
    staff.release(MERIDIA, asked, TORVIA)
    assert [one.answer for one in state.askings(staff.accord())] == [None]
    place = staff.release(TORVIA, consent(asked), MERIDIA)
    assert granted(staff) == [("XPA", ())]
    assert state.granted_to(staff.accord(), NORRIN) == ()
    (found,) = state.askings(staff.accord())
    assert found.answer is not None
    assert found.answer.granted
    staff[TORVIA].say(Recall(an_id(20), (place,), (version(consent(asked)),)))
    assert granted(staff) == []
    assert state.askings(staff.accord())[0].answer is None


def test_only_the_originator_can_consent(staff: Staff) -> None:
    asked = asking()
    staff.release(MERIDIA, asked, TORVIA)
    staff.release(NORRIN, consent(asked), MERIDIA)
    assert granted(staff) == []
    assert "only XTV can let" in fault(staff)
    staff.release(NORRIN, consent(asked, source=NORRIN), MERIDIA)
    assert granted(staff) == []
    assert state.askings(staff.accord())[0].answer is None


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (consent(asking(), "XOU"), "another recipient"),
        (consent(asking("XPA", *PARTS), "XPA"), "more parts"),
        (consent(asking("XPA", PARTS[0]), "XPA", *PARTS), "more parts"),
        (consent(asking(), text=scenario(1, "Port struck")), "another text"),
        (consent(asking("XEQ")), "does not stand"),
    ],
)
def test_a_consent_for_something_else_than_was_asked_lets_nothing_pass(staff: Staff, answer: bytes, why: str) -> None:
    for asked in (asking(), asking("XPA", *PARTS), asking("XPA", PARTS[0])):
        if version(asked) in answer.decode():
            staff.release(MERIDIA, asked, TORVIA)
    staff.release(TORVIA, answer, MERIDIA)
    assert granted(staff) == []
    assert why in fault(staff)


def test_less_may_be_granted_than_was_asked(staff: Staff) -> None:
    asked = asking("XPA", *PARTS)
    staff.release(MERIDIA, asked, TORVIA)
    staff.release(TORVIA, consent(asked, "XPA", PARTS[1]), MERIDIA)
    assert granted(staff) == [("XPA", (PARTS[1],))]


def test_a_later_refusal_ends_an_earlier_consent_however_it_is_worded(staff: Staff) -> None:
    asked = asking()
    staff.release(MERIDIA, asked, TORVIA)
    staff.release(TORVIA, consent(asked), MERIDIA)
    staff.release(TORVIA, consent(asked, "XOU", verdict=Verdict.REFUSED, number=21), MERIDIA)
    assert granted(staff) == []
    assert state.askings(staff.accord())[0].answer.content.verdict is Verdict.REFUSED
    assert [bool(one.fault) for one in state.given(staff.accord())] == [True, False]


def test_a_consent_ends_with_the_request_the_text_or_the_standing_that_it_rests_on(staff: Staff) -> None:
    asked = asking()
    request = staff.release(MERIDIA, asked, TORVIA)
    staff.release(TORVIA, consent(asked), MERIDIA)
    whole = staff.accord()
    text = whole.sheet(TORVIA).released[an_id(1)][0].ref
    ends: list[tuple[PartyId, Recall | Standing]] = [
        (MERIDIA, Recall(an_id(10), (request,), (version(asked),))),
        (TORVIA, Recall(an_id(1), (text,), (version(TEXT),))),
        (TORVIA, Standing("suspend")),
        (MERIDIA, Standing("withdraw")),
    ]
    assert granted(staff) == [("XPA", ())]
    for party, body in ends:
        writer = staff[party]
        before = len(writer.leaves)
        writer.say(body)
        assert granted(staff) == [], body
        del writer.leaves[before:], writer.slips[before:]
    assert granted(staff) == [("XPA", ())]


def test_an_asking_about_ones_own_text_or_to_somebody_else_has_no_meaning(staff: Staff) -> None:
    staff.release(MERIDIA, scenario(1), TORVIA)
    staff.release(MERIDIA, asking(party=MERIDIA), TORVIA)
    assert "its own text" in state.askings(staff.accord())[0].fault
    other = Staff(THREE)
    other.open("scenarios")
    other.release(TORVIA, TEXT, MERIDIA, NORRIN)
    other.release(MERIDIA, asking(), NORRIN)
    assert "was not given this request" in state.askings(other.accord())[0].fault
    assert [one.rule for one in state.what_happens_next(other.accord(), TORVIA)].count("answer-consent") == 0


def test_the_originator_is_prompted_until_it_answers(staff: Staff) -> None:
    asked = asking()
    staff.release(MERIDIA, asked, TORVIA)
    prompts = [one for one in state.what_happens_next(staff.accord(), TORVIA) if one.rule == "answer-consent"]
    assert [one.sentence for one in prompts] == [
        f"XMR asks whether it may pass element {an_id(1)} on to XPA: grant or refuse."
    ]
    staff.release(TORVIA, consent(asked, verdict=Verdict.REFUSED), MERIDIA)
    assert not [one for one in state.what_happens_next(staff.accord(), TORVIA) if one.rule == "answer-consent"]


def test_many_recalls_are_one_prompt() -> None:
    staff = Staff()
    for number in range(1, 9):
        place = staff.release(MERIDIA, scenario(number))
        staff[MERIDIA].say(Recall(an_id(number), (place,), (version(scenario(number)),), "", (TORVIA,)))
    for party, rule in ((MERIDIA, "recall-unconfirmed"), (TORVIA, "confirm-recall")):
        said = [one.sentence for one in state.what_happens_next(staff.accord(), party) if one.rule == rule]
        assert len(said) == 1
        assert "8 elements" in said[0]


def acknowledgement(readers: int | None, number: int = 30, party: PartyId = TORVIA, text: bytes = TEXT) -> bytes:
    return raw_of(Acknowledgement(about=exact(party, 1, text), readers=readers), number)


def told(staff: Staff, text: bytes = TEXT) -> dict[PartyId, int | None]:
    found = state.tellings(staff.accord()).get(exact(TORVIA, 1, text), ())
    return {one.party: one.content.readers for one in found}


def test_the_latest_word_of_each_holder_counts_and_two_never_add_up(staff: Staff) -> None:
    staff.release(MERIDIA, acknowledgement(3), TORVIA)
    staff.release(MERIDIA, acknowledgement(4, 31), TORVIA)
    assert told(staff) == {MERIDIA: 4}


def test_who_was_not_given_a_version_tells_nothing_of_it(staff: Staff) -> None:
    staff.release(NORRIN, acknowledgement(1_000_000), TORVIA)
    staff.release(MERIDIA, acknowledgement(5, 32, text=scenario(1, "Port struck")), TORVIA)
    staff.release(TORVIA, acknowledgement(6, 33), MERIDIA)
    assert told(staff) == {}
    assert told(staff, scenario(1, "Port struck")) == {}


def test_what_was_told_of_a_version_stays_told_once_it_is_recalled(staff: Staff) -> None:
    staff.release(MERIDIA, acknowledgement(None), TORVIA)
    text: EntryRef = staff.accord().sheet(TORVIA).released[an_id(1)][0].ref
    staff[TORVIA].say(Recall(an_id(1), (text,), (version(TEXT),), "", (MERIDIA,)))
    assert told(staff) == {MERIDIA: None}


def test_tellings_and_consents_are_not_listed_as_texts(staff: Staff) -> None:
    staff.release(MERIDIA, acknowledgement(1), TORVIA)
    staff.release(MERIDIA, asking(), TORVIA)
    assert state.texts(staff.accord(), MERIDIA) == ()


def test_a_consent_that_a_restore_forgot_does_not_count(staff: Staff) -> None:
    asked = asking()
    staff.release(MERIDIA, asked, TORVIA)
    size = len(staff[TORVIA].leaves)
    staff.release(TORVIA, consent(asked), MERIDIA)
    later = reopening(staff, staff[TORVIA], size)
    entries = [entry for writer in (*staff.writers.values(), later) for entry in writer.read(MERIDIA)]
    accord = state.fold_accord(staff.id, staff.charter, entries)
    assert state.granted_to(accord, MERIDIA) == ()
    assert state.askings(accord)[0].answer is None


_RECIPIENTS, _PARTIES = st.sampled_from(["XPA", "XOU"]), st.sampled_from(THREE)
_ASKS = st.builds(asking, _RECIPIENTS, st.sampled_from(PARTS), party=st.sampled_from([TORVIA, MERIDIA]))
_CONSENTS = st.builds(
    consent, _ASKS, _RECIPIENTS, st.sampled_from(PARTS), verdict=st.sampled_from([Verdict.GRANTED, Verdict.GRANTED, Verdict.REFUSED]),
    source=st.sampled_from([TORVIA, MERIDIA, NORRIN]), number=st.integers(20, 21),
)  # fmt: skip
_SAID = st.tuples(
    _PARTIES, st.sampled_from(["text", "ask", "consent", "recall", "standing"]), _ASKS, _CONSENTS, st.integers(1, 6)
)
Line = tuple[PartyId, str, bytes, bytes, int]


HONEST: list[Line] = [
    (TORVIA, "text", b"", b"", 0),
    (MERIDIA, "ask", asking("XPA", PARTS[0]), b"", 0),
    (TORVIA, "consent", b"", consent(asking("XPA", PARTS[0]), "XPA", PARTS[0]), 0),
]
"""What counts, before anybody says anything odd."""


def told_by(lines: list[Line]) -> Staff:
    staff = Staff(THREE)
    staff.open("scenarios")
    for party, what, asked, answer, n in HONEST + lines:
        match what:
            case "text":
                staff.release(party, TEXT)
            case "ask":
                staff.release(party, asked)
            case "consent":
                staff.release(party, answer)
            case "recall":
                place = EntryRef(party, staff[party].feed.epoch, n)
                staff[party].say(Recall(an_id(n), (place,), (version(TEXT),)))
            case _:
                staff[party].say(Standing("suspend" if n % 2 else "resume"))
    return staff


@settings(max_examples=150)
@given(st.lists(_SAID, max_size=14))
def test_whatever_is_said_a_consent_that_counts_is_its_originators_for_what_stands(lines: list[Line]) -> None:
    accord = told_by(lines).accord()
    for party in accord.parties:
        for one in state.granted_to(accord, party):
            source = one.content.source
            assert one.party == source.party != party == one.asker == one.content.about.party
            request = state.release_of(accord, one.content.about)
            text = state.release_of(accord, source)
            assert request is not None
            assert one.party in request.to
            assert text is not None
            assert party in text.to
            assert accord.sheet(one.party).standing.state == accord.sheet(party).standing.state == "accepted"
            assert one.element in accord.sheet(one.party).released
    assert {one.answer for one in state.askings(accord) if one.answer} <= set(state.given(accord))


@settings(max_examples=60)
@given(st.lists(_SAID, max_size=14), st.randoms(use_true_random=False))
def test_the_order_in_which_records_arrive_changes_no_consent_and_no_telling(lines: list[Line], pick: Random) -> None:
    staff = told_by([*lines, (MERIDIA, "ask", acknowledgement(3), TEXT, 1)])
    entries = [entry for writer in staff.writers.values() for entry in writer.read()]
    by_party = {party: [entry for entry in entries if entry.feed.party == party] for party in THREE}
    mixed = []
    while any(by_party.values()):
        mixed.append(by_party[pick.choice([party for party in THREE if by_party[party]])].pop(0))
    one, other = state.fold_accord(staff.id, staff.charter, entries), state.fold_accord(staff.id, staff.charter, mixed)
    assert state.given(one) == state.given(other)
    assert state.askings(one) == state.askings(other)
    assert state.tellings(one) == state.tellings(other)
