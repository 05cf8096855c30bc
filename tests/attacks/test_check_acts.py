"""Attacks on private checks by what is said in a record: each breaks the check at once and is told by its author, or changes nothing.

What is wrong with points as points (not on the curve, returned in an order they must not have) is in `test_private_check`.
"""

import msgspec
import pytest

from stafftalks.accord.bodies import CheckBody, CheckConsent, CheckEnd, CheckPoints, EntryRef, encode_body
from stafftalks.accord.parts import Notice
from stafftalks.accord.state import CheckState, check_at, what_happens_next
from stafftalks.accord.state import checks as states
from stafftalks.record.b64 import url
from stafftalks.services import accords, checks
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import RefusedError
from tests.accord.check_words import PARTNER_POINTS, POINTS, consent, points, proposal
from tests.attacks.hostile import Hostile
from tests.fakes import OFFICER
from tests.services.scenes import accepted, house, settle

LEFT = 86_400


class Scene:
    """Meridia and Torvia hold checks in an accord that a third party shares; Torvia, or the third, says what it likes."""

    def __init__(self) -> None:
        self.meridia, self.torvia, self.third = house("XMR", "XTV", "XPA")
        self.accord = accepted(self.meridia, self.torvia, self.third)
        self.number = 0

    def say(self, hq: Headquarters, body: CheckBody, to: Headquarters) -> EntryRef:
        """As an honest headquarters says it, by its desk."""
        with hq.transactions.atomic():
            (ref,) = checks.say(hq, OFFICER, self.accord, to.party, [body])
        settle(self.meridia, self.torvia, self.third)
        return ref

    def forge(self, hq: Headquarters, *bodies: CheckBody) -> EntryRef:
        """As nothing holds it back from saying it, to everybody."""
        hostile = Hostile(hq, self.accord)
        refs = [hostile.says("sealed", encode_body(body)) for body in bodies]
        hq.memory.clear()
        settle(self.meridia, self.torvia, self.third)
        return refs[-1]

    def proposed(self, by: Headquarters, to: Headquarters) -> EntryRef:
        self.number += 1
        body = proposal(f"{self.number}", to=to.party, expires=self.meridia.clock.now() + LEFT)
        return self.say(by, body, to)

    def running(self) -> EntryRef:
        """Proposed by us and consented to, and our own points sent."""
        ref = self.proposed(self.meridia, self.torvia)
        self.say(self.torvia, consent(ref, self.now(ref).body, f"answer {self.number}"), self.meridia)
        self.say(self.meridia, points(ref, 1, transcript=self.now(ref).transcript), self.torvia)
        return ref

    def now(self, ref: EntryRef, hq: Headquarters | None = None) -> CheckState:
        at = (hq or self.meridia).clock.now()
        found = check_at(accords.view(hq or self.meridia, self.accord).accord, ref, at)
        assert found is not None
        return found

    def theirs(self, ref: EntryRef, step: int = 2, sort: str = "own", **said: object) -> CheckPoints:
        count = PARTNER_POINTS if sort == "own" else POINTS
        return points(ref, step, sort, **{"count": count, "transcript": self.now(ref).transcript, **said})  # type: ignore[arg-type]


@pytest.fixture
def scene() -> Scene:
    return Scene()


def broken(scene: Scene, ref: EntryRef, words: str) -> None:
    """Broken by Torvia as both see it; our desk sends nothing more in it, and lets us stop."""
    for hq in (scene.meridia, scene.torvia):
        found = scene.now(ref, hq)
        assert found.state == "broken"
        assert any(fault.party == "XTV" and fault.breaks and words in fault.sentence for fault in found.faults)
    with pytest.raises(RefusedError) as refused:
        scene.say(scene.meridia, points(ref, 3, "returned", count=PARTNER_POINTS), scene.torvia)
    assert refused.value.refusals[0].rule == "check-broken"
    assert "stop-check" in {one.rule for one in what_happens_next(view(scene), scene.meridia.party)}
    scene.say(scene.meridia, CheckEnd(ref, "stopped", "It is broken."), scene.torvia)


def view(scene: Scene, hq: Headquarters | None = None):
    return accords.view(hq or scene.meridia, scene.accord).accord


def test_points_of_another_check_are_no_answer(scene: Scene) -> None:
    first, second = scene.running(), scene.running()
    replayed = scene.theirs(first)
    scene.say(scene.torvia, replayed, scene.meridia)
    scene.forge(scene.torvia, msgspec.structs.replace(replayed, proposal=second))
    assert scene.now(first).state == "running"
    broken(scene, second, "answered something else")


def test_replies_that_are_swapped_are_seen(scene: Scene) -> None:
    ref = scene.running()
    scene.say(scene.torvia, scene.theirs(ref), scene.meridia)
    one = scene.theirs(ref, sort="returned", part=1, parts=2, count=3)
    other = msgspec.structs.replace(scene.theirs(ref, sort="returned", part=2, parts=2, count=3, name="other"), part=1)
    scene.forge(scene.torvia, msgspec.structs.replace(other, transcript=one.transcript))
    scene.forge(scene.torvia, msgspec.structs.replace(one, part=2))
    broken(scene, ref, "answered something else")


def test_two_answers_in_one_place_are_proof_against_who_gave_them(scene: Scene) -> None:
    ref = scene.running()
    scene.forge(scene.torvia, scene.theirs(ref), scene.theirs(ref, name="other"))
    broken(scene, ref, "two different parts 1")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"count": 40_001}, "not 1 to 40000 points of one length"),
        ({"count": PARTNER_POINTS + 1}, "by the terms it has 4"),
        ({"part": 3, "parts": 2}, "part 3 of 2"),
        ({"parts": 10**9}, "1 to 64 parts"),
        ({"step": 1}, "in which it is XMR's turn"),
    ],
)
def test_points_that_are_too_many_or_out_of_place_are_not_taken_for_any(scene: Scene, said: dict, words: str) -> None:
    ref = scene.running()
    scene.forge(scene.torvia, scene.theirs(ref, **said))
    broken(scene, ref, words)


def test_text_in_place_of_points_is_not_taken_for_any(scene: Scene) -> None:
    ref = scene.running()
    scene.forge(scene.torvia, msgspec.structs.replace(scene.theirs(ref), points=url(b"The bridge is mined.")))
    broken(scene, ref, "points of one length")


def test_points_before_consent_break_what_was_proposed(scene: Scene) -> None:
    ref = scene.proposed(scene.meridia, scene.torvia)
    scene.forge(scene.torvia, points(ref, 2, count=PARTNER_POINTS))
    broken(scene, ref, "before the check was consented to")


def test_a_consent_to_other_terms_is_none(scene: Scene) -> None:
    ref = scene.proposed(scene.meridia, scene.torvia)
    asked = scene.now(ref).body
    wider = msgspec.structs.replace(asked, terms=msgspec.structs.replace(asked.terms, learns="partner"))
    scene.forge(scene.torvia, consent(ref, wider))
    broken(scene, ref, "other terms than those proposed")


def test_our_own_key_given_back_is_no_consent(scene: Scene) -> None:
    ref = scene.proposed(scene.meridia, scene.torvia)
    asked = scene.now(ref).body
    scene.forge(scene.torvia, msgspec.structs.replace(consent(ref, asked), key=asked.key))
    broken(scene, ref, "the key of the proposal")


def test_a_session_or_key_used_before_is_refused_and_told(scene: Scene) -> None:
    first = scene.proposed(scene.torvia, scene.meridia)
    used = scene.now(first).body
    again = scene.forge(
        scene.torvia, msgspec.structs.replace(proposal("fresh", to=scene.meridia.party), session=used.session)
    )
    assert scene.now(again).state == "broken"
    ours = scene.now(scene.proposed(scene.meridia, scene.torvia)).body
    terms = msgspec.structs.replace(used.terms, purpose="Another.")
    for copied in ({"session": ours.session}, {"key": ours.key}):
        self_made = msgspec.structs.replace(proposal(f"copy {sorted(copied)}"), terms=terms, **copied)
        copy = scene.forge(scene.torvia, self_made)
        with pytest.raises(RefusedError) as refused:
            scene.say(scene.meridia, consent(copy, scene.now(copy).body, f"to {sorted(copied)}"), scene.torvia)
        assert "check-fresh" in {one.rule for one in refused.value.refusals}


def test_nothing_counts_after_a_last_word(scene: Scene) -> None:
    ref = scene.running()
    scene.forge(scene.torvia, CheckEnd(ref, "stopped", "Enough."), scene.theirs(ref))
    found = scene.now(ref)
    assert found.state == "stopped"
    assert found.steps[1].seen == ()
    assert [fault.breaks for fault in found.faults] == [False]


def test_who_leaves_once_it_has_learnt_is_told_so(scene: Scene) -> None:
    ref = scene.proposed(scene.torvia, scene.meridia)
    scene.say(scene.meridia, consent(ref, scene.now(ref).body, "ours"), scene.torvia)
    scene.say(scene.torvia, points(ref, 1, transcript=scene.now(ref).transcript), scene.meridia)
    scene.say(scene.meridia, scene.theirs(ref), scene.torvia)
    scene.say(scene.meridia, scene.theirs(ref, sort="returned"), scene.torvia)
    scene.forge(scene.torvia, CheckEnd(ref, "done"))
    found = scene.now(ref)
    assert found.state == "stopped"
    assert "XTV says that it is done" in found.faults[0].sentence
    assert "it stopped after it had what it was to learn, and before XMR had" in found.faults[0].sentence


def test_a_third_party_can_neither_read_nor_answer_nor_stop_a_check_of_two(scene: Scene) -> None:
    ref = scene.running()
    before = scene.now(ref)
    held = view(scene, scene.third)
    assert states(held) == ()
    sealed = [item for item in held.sheet(scene.meridia.party).journal.values() if isinstance(item, Notice)]
    assert [item.sort for item in sealed] == ["sealed", "sealed"]
    for row in scene.third.records.feeds(scene.accord):
        for entry in scene.third.records.entries(row.feed, 0, row.size):
            assert entry.slip is None or b"check-" not in entry.slip
    scene.forge(
        scene.third,
        consent(ref, before.body, "stranger"),
        points(ref, 2, count=PARTNER_POINTS, transcript=before.transcript),
        CheckConsent(ref, before.digest, "decline"),
        CheckEnd(ref, "stopped", "So it ends."),
    )
    after = scene.now(ref)
    assert msgspec.structs.replace(after, faults=()) == before
    assert {(fault.party, fault.breaks) for fault in after.faults} == {(scene.third.party, False)}


def test_a_check_proposed_to_another_is_none_of_ours(scene: Scene) -> None:
    body = proposal("others", to=scene.third.party, expires=scene.meridia.clock.now() + LEFT)
    ref = scene.forge(scene.torvia, body)
    with pytest.raises(RefusedError) as refused:
        scene.say(scene.meridia, consent(ref, body), scene.torvia)
    assert [one.rule for one in refused.value.refusals] == ["check-unknown"]
    assert not [one for one in what_happens_next(view(scene), scene.meridia.party) if "check" in one.rule]


def test_absurd_terms_are_shown_as_broken_and_can_be_declined(scene: Scene) -> None:
    most = 2**53 - 1
    for number, absurd in enumerate((
        {"start": -most, "end": most}, {"expires": most}, {"purpose": "x" * 100_000}, {"cells": ("\u202e",) * 50_000},
        {"activities": most, "proposer_points": most}, {"finest": -1}, {"auditor": "y" * 5_000}, {"to": scene.torvia.party},
    )):  # fmt: skip
        body = proposal(
            f"absurd {number}", **{"to": scene.meridia.party, "expires": scene.meridia.clock.now() + LEFT, **absurd}
        )
        ref = scene.forge(scene.torvia, body)
        assert scene.now(ref).state == "broken"
    assert what_happens_next(view(scene), scene.meridia.party)
    first = states(view(scene))[0]
    scene.say(scene.meridia, CheckConsent(first.ref, first.digest, "decline"), scene.torvia)
    assert scene.now(first.ref).state == "declined"


def test_a_flood_of_proposals_is_one_line(scene: Scene) -> None:
    scene.forge(scene.torvia, *(proposal(f"flood {number}", to=scene.meridia.party) for number in range(60)))
    prompts = [one for one in what_happens_next(view(scene), scene.meridia.party) if one.rule == "answer-check"]
    assert [one.sentence for one in prompts] == [
        "60 private checks are proposed to you: consent to each, or decline it."
    ]
