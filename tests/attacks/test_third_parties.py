"""Passing on another's text by a consent that was not given for that: each way is stopped with a sentence; and tellings that claim too much.

Whoever attacks signs what it likes with its own keys, past every rule of its own desk.
"""

from collections.abc import Iterable

import msgspec
import pytest

from stafftalks.accord import state
from stafftalks.accord.bodies import Release, encode_body
from stafftalks.planning import element as encoding
from stafftalks.planning.element import Element
from stafftalks.planning.kinds import Content
from stafftalks.planning.refs import ExactRef
from stafftalks.planning.talk import Acknowledgement, Consent, ConsentRequest, Verdict
from stafftalks.release import desk
from stafftalks.release.consent_rules import consent_refusals
from stafftalks.services import accords, authority, consents, drawing, elements, left, outgoing, recalls, releases
from stafftalks.services.ports import Headquarters
from stafftalks.values.ids import AccordId, ElementId, PartyId, element_id
from stafftalks.values.label import Marking
from stafftalks.values.relative_time import Instant
from tests.attacks.hostile import Hostile
from tests.fakes import OFFICER, PLANNER
from tests.services.scenes import accepted, house, released, report, revised, settle

DAY = 86_400
PARTIAL = PartyId("XPA")


class Scene(msgspec.Struct):
    """Torvia gave Meridia a text and Meridia draws on it; the partial partner is a party to the accord too, and would be given it."""

    meridia: Headquarters
    torvia: Headquarters
    partial: Headquarters
    accord: AccordId
    source: ExactRef
    ours: ElementId

    def settle(self) -> None:
        settle(self.meridia, self.torvia, self.partial)

    def until(self, days: int = 5) -> Instant:
        return Instant((self.meridia.clock.now() // DAY + days) * DAY)

    def asks(self, recipient: str = PARTIAL, parts: Iterable[str] = (), source: ExactRef | None = None) -> state.Asking:
        made = consents.ask(
            self.meridia, PLANNER, self.accord, source or self.source, recipient, self.until(), parts=tuple(parts)
        )
        releases.release(self.meridia, OFFICER, made.id)
        self.settle()
        return consents.board(self.meridia, self.accord).asked[-1]

    def says(self, hostile: Headquarters, content: Content, number: int = 9) -> None:
        """`hostile` signs `content` for Meridia, past any desk."""
        raw = encoding.encode(Element(element_id(bytes([number]) * 16), content)).decode()
        Hostile(hostile, self.accord).says("release", encode_body(Release("intelligence", (self.meridia.party,), raw)))
        self.settle()

    def consent(self, asking: state.Asking, **changes: object) -> Consent:
        honest = Consent(
            about=asking.exact, source=asking.content.about, recipient=asking.content.recipient,
            portions=asking.content.portions, verdict=Verdict.GRANTED, until=self.until(),
        )  # fmt: skip
        return msgspec.structs.replace(honest, **changes)

    def rules(self, recipient: PartyId = PARTIAL) -> set[str]:
        """Which rules about consent stop Meridia's element on its way to `recipient`."""
        row = elements.get(self.meridia, self.ours)
        request = desk.Request(row.raw, row.version, "intelligence", (recipient,), "pia")
        known = authority.of(self.meridia, [request])
        found = consent_refusals(known, self.meridia.party, encoding.decode(row.raw), (recipient,))
        return {refusal.rule for refusal in found}


@pytest.fixture
def scene() -> Scene:
    meridia, torvia, partial = house("XMR", "XTV", "XPA")
    accord = accepted(meridia, torvia, partial)
    element = released(torvia, accord, meridia, said="Two corvettes left port.")
    settle(meridia, torvia, partial)
    version = accords.view(meridia, accord).accord.sheet("XTV").released[element][-1].version
    source = ExactRef(torvia.party, element, version)
    row = elements.add(meridia, PLANNER, report("Drawn."))
    drawing.draw(meridia, PLANNER, source, [], row.id)
    return Scene(meridia, torvia, partial, accord, source, row.id)


def test_without_consent_nothing_goes_on_and_with_it_only_to_whom_it_names(scene: Scene) -> None:
    assert scene.rules() == {"consent-missing"}
    assert scene.rules(scene.torvia.party) == set(), "giving back what was given needs nobody's consent"
    asking = scene.asks()
    assert scene.rules() == {"consent-missing"}, "asking is not being answered"
    scene.says(scene.torvia, scene.consent(asking))
    assert scene.rules() == set()
    assert scene.rules(PartyId("XOU")) == {"consent-missing"}


@pytest.mark.parametrize("spelt", ["XOU", "XPAX", "XP", "Partial Partner"])
def test_a_consent_for_another_recipient_lets_nothing_pass(scene: Scene, spelt: str) -> None:
    scene.says(scene.torvia, scene.consent(scene.asks(spelt)))
    assert scene.rules() == {"consent-missing"}


def test_a_consent_that_names_another_recipient_than_was_asked_lets_nothing_pass(scene: Scene) -> None:
    scene.says(scene.torvia, scene.consent(scene.asks("XOU"), recipient=PARTIAL))
    assert scene.rules() == {"consent-missing"}


def test_a_consent_for_another_version_lets_nothing_pass(scene: Scene) -> None:
    asking = scene.asks()
    scene.says(scene.torvia, scene.consent(asking))
    revised(scene.torvia, scene.accord, scene.source.element, scene.meridia, said="Two corvettes, and a frigate.")
    scene.settle()
    newest = accords.view(scene.meridia, scene.accord).accord.sheet("XTV").released[scene.source.element][-1].version
    row = elements.add(scene.meridia, PLANNER, report("Drawn on what is new."))
    drawing.draw(scene.meridia, PLANNER, ExactRef("XTV", scene.source.element, newest), [], row.id)
    assert scene.rules() == set(), "the version that it was given for"
    scene.ours = row.id
    assert scene.rules() == {"consent-missing"}
    swapped = scene.consent(asking, source=ExactRef("XTV", scene.source.element, newest))
    scene.says(scene.torvia, swapped, 10)
    assert scene.rules() == {"consent-missing"}, "an answer about another version than was asked about"


def test_an_expired_consent_lets_nothing_pass_and_is_said_to_be_past(scene: Scene) -> None:
    scene.says(scene.torvia, scene.consent(scene.asks()))
    scene.meridia.clock.advance(6 * DAY)
    assert scene.rules() == {"consent-expired"}
    (term,) = consents.board(scene.meridia, scene.accord).received
    assert term.over


def test_a_recalled_consent_lets_nothing_pass(scene: Scene) -> None:
    scene.says(scene.torvia, scene.consent(scene.asks()))
    (term,) = consents.board(scene.meridia, scene.accord).received
    recalls.recall(scene.torvia, OFFICER, scene.accord, term.given.element)
    scene.settle()
    assert scene.rules() == {"consent-missing"}


def test_a_consent_by_somebody_who_is_not_the_originator_lets_nothing_pass(scene: Scene) -> None:
    asking = scene.asks()
    for number, source in enumerate((scene.source, ExactRef(PARTIAL, scene.source.element, scene.source.version)), 11):
        scene.says(scene.partial, scene.consent(asking, source=source), number)
    assert scene.rules() == {"consent-missing"}
    faults = [one.fault for one in state.given(accords.view(scene.meridia, scene.accord).accord)]
    assert len(faults) == 2
    assert all(faults), "both are shown with the reason why they do not count"


def test_a_consent_to_a_request_that_the_originator_made_up_lets_nothing_pass(scene: Scene) -> None:
    asking = scene.asks()
    made_up = ExactRef("XMR", asking.element, "c" * 52)
    scene.says(scene.torvia, scene.consent(asking, about=made_up))
    own = ConsentRequest(about=scene.source, recipient=PARTIAL, until=scene.until())
    raw = encoding.encode(Element(element_id(b"q" * 16), own))
    about = ExactRef("XTV", element_id(b"q" * 16), encoding.version_hash_of_bytes(raw))
    scene.says(scene.torvia, own, ord("q"))
    scene.says(scene.torvia, scene.consent(asking, about=about), 13)
    assert scene.rules() == {"consent-missing"}


def test_a_consent_for_some_parts_does_not_cover_others(scene: Scene) -> None:
    text = accords.view(scene.meridia, scene.accord).accord.sheet("XTV").released[scene.source.element][-1]
    title = next(one.hash for one in consents.named_portions(text) if one.portion.path == "title")
    asking = scene.asks(parts=[title])
    scene.says(scene.torvia, scene.consent(asking))
    assert scene.rules() == {"consent-missing"}, "all of it is used"
    scene.says(scene.torvia, scene.consent(asking, portions=()), 14)
    assert scene.rules() == {"consent-missing"}, "more was granted than was asked for"
    row = elements.add(scene.meridia, PLANNER, report("Drawn on the title."))
    drawing.draw(scene.meridia, PLANNER, scene.source, ["title"], row.id)
    scene.says(scene.torvia, scene.consent(asking), 15)
    scene.ours = row.id
    assert scene.rules() == set()


def test_a_text_that_was_recalled_is_passed_on_by_no_consent(scene: Scene) -> None:
    scene.says(scene.torvia, scene.consent(scene.asks()))
    recalls.recall(scene.torvia, OFFICER, scene.accord, scene.source.element)
    scene.settle()
    assert "origin-recalled" in scene.rules()
    assert "consent-missing" in scene.rules()


def test_an_originators_marking_cannot_be_told_lower_than_it_was_given(scene: Scene) -> None:
    scene.says(scene.torvia, scene.consent(scene.asks()))
    assert scene.rules() == set()
    row = elements.get(scene.meridia, scene.ours)
    content = elements.content(row)
    lower = Marking(policy="XTV", classification="UNCLASSIFIED")
    lowered = tuple(msgspec.structs.replace(origin, marking=lower) for origin in content.origins)
    elements.revise(scene.meridia, PLANNER, row.id, msgspec.structs.replace(content, origins=lowered), row.version)
    assert scene.rules() == {"origin-marking"}


@pytest.mark.parametrize("claimed", [0, 7, 1_000_000])
def test_a_telling_counts_for_the_teller_alone_and_adds_up_with_nothing(scene: Scene, claimed: int) -> None:
    element = released(scene.meridia, scene.accord, scene.torvia, said="For Torvia alone.")
    scene.settle()
    version = accords.view(scene.meridia, scene.accord).accord.sheet("XMR").released[element][-1].version
    about = ExactRef("XMR", element, version)
    scene.says(scene.partial, Acknowledgement(about=about, readers=claimed), 20)
    (sent,) = left.window(scene.meridia, element=element)[1]
    assert [(holder.party, holder.readers, holder.told_at) for holder in sent.holders] == [("XTV", None, 0)]
    for number in (21, 22):
        scene.says(scene.torvia, Acknowledgement(about=about, readers=claimed), number)
    (sent,) = left.window(scene.meridia, element=element)[1]
    assert [holder.readers for holder in sent.holders] == [claimed], "its own word, once, and told as its word"
    other = Acknowledgement(about=ExactRef("XMR", element, "d" * 52), readers=claimed)
    scene.says(scene.torvia, other, 23)
    assert left.window(scene.meridia, element=element)[1] == (sent,)


def test_nothing_about_readers_or_sources_is_in_what_is_sent(scene: Scene) -> None:
    """Who reads here, how many, and what ours draws on stay at home until a person tells it."""
    row, partner = scene.meridia.records.accord(scene.accord), scene.meridia.partners.partner("XTV")
    assert row is not None
    assert partner is not None
    before = outgoing.compose(scene.meridia, row, partner)
    for person in ("pia", "oda", "hal"):
        scene.meridia.readers.note(person, scene.source, scene.meridia.clock.now())
    drawing.draw(scene.meridia, PLANNER, scene.source, ["title"], elements.add(scene.meridia, PLANNER, report("X.")).id)
    after = outgoing.compose(scene.meridia, row, partner)
    assert (before.entries, before.news, len(before.plaintext)) == (after.entries, after.news, len(after.plaintext))
