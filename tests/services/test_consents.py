"""Third parties: drawing on a partner's text, asking whether it may go on, answering, and what then counts and until when."""

import msgspec
import pytest

from stafftalks.planning.forms import parse_mapping
from stafftalks.planning.intelligence import Report
from stafftalks.planning.refs import ExactRef
from stafftalks.planning.talk import Verdict
from stafftalks.planning.text import Origin
from stafftalks.release.authority import StandingConsent
from stafftalks.services import accords, consents, drawing, elements, recalls, releases
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import MisuseError, RefusedError
from stafftalks.values.ids import AccordId
from stafftalks.values.label import Marking
from stafftalks.values.relative_time import Instant
from tests.fakes import OFFICER, PLANNER
from tests.services.scenes import accepted, asked, house, released, settle

DAY = 86_400
SECRET = Marking(policy="XTV", classification="SECRET", caveats=("REL TO XMR",))


class Scene(msgspec.Struct):
    """Torvia has given Meridia a marked report of two hops; Meridia has an accord with an outsider too."""

    meridia: Headquarters
    torvia: Headquarters
    accord: AccordId
    source: ExactRef

    def until(self, days: int = 10) -> Instant:
        return Instant((self.meridia.clock.now() // DAY + days) * DAY)

    def settle(self) -> None:
        settle(self.meridia, self.torvia)

    def asked(self, recipient: str = "XPA", **given: object) -> None:
        request = consents.ask(self.meridia, PLANNER, self.accord, self.source, recipient, self.until(), **given)
        releases.release(self.meridia, OFFICER, request.id)
        self.settle()

    def answered(self, verdict: Verdict = Verdict.GRANTED, **given: object) -> None:
        (asking,) = consents.board(self.torvia, self.accord).to_answer
        days = given.pop("days", 10)
        request = consents.answer(
            self.torvia, PLANNER, self.accord, asking.party, asking.element, verdict, self.until(days), **given
        )
        releases.release(self.torvia, OFFICER, request.id)
        self.settle()


def hops(title: str = "Two corvettes") -> Report:
    made = parse_mapping(
        "report",
        {
            "title": title,
            "said": "Two corvettes left port.\n\nThey went north.",
            "hops": [
                {"actor": "A fisherman", "relation": "observed"},
                {"actor": "The harbour", "relation": "reported"},
            ],
        },
    )
    assert isinstance(made, Report)
    return msgspec.structs.replace(made, marking=SECRET, contingency="Vael")


@pytest.fixture
def scene() -> Scene:
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    row = elements.add(torvia, PLANNER, hops())
    releases.release(torvia, OFFICER, asked(torvia, accord, row, (meridia,), "intelligence").id)
    settle(meridia, torvia)
    return Scene(meridia, torvia, accord, ExactRef(torvia.party, row.id, row.version))


def test_asking_and_granting_go_through_both_desks_and_then_count(scene: Scene) -> None:
    scene.asked(purpose="For the coast guard.")
    (asking,) = consents.board(scene.torvia, scene.accord).to_answer
    assert (asking.content.recipient, asking.content.purpose) == ("XPA", "For the coast guard.")
    assert asking.content.marking == SECRET, "talk about a text is marked as the text"
    assert consents.in_force(scene.meridia) == ()
    scene.answered(conditions="Name us as the source.")
    (one,) = consents.in_force(scene.meridia)
    assert (one.source, one.recipient, one.portions, one.until) == (scene.source, "XPA", (), scene.until())
    (term,) = consents.board(scene.meridia, scene.accord).received
    assert (term.days, term.over, term.given.content.conditions) == (10, False, "Name us as the source.")
    assert consents.in_force(scene.torvia) == (), "who gives it is not given it"


def test_an_answer_is_given_once_and_a_later_one_takes_its_place(scene: Scene) -> None:
    scene.asked()
    scene.answered()
    first = consents.board(scene.torvia, scene.accord).granted[0].given.element
    scene.answered(Verdict.REFUSED)
    (term,) = consents.board(scene.torvia, scene.accord).granted
    assert (term.given.element, term.given.granted) == (first, False)
    assert consents.in_force(scene.meridia) == ()


def test_a_recall_of_the_consent_ends_it(scene: Scene) -> None:
    scene.asked()
    scene.answered()
    (term,) = consents.board(scene.torvia, scene.accord).granted
    recalls.recall(scene.torvia, OFFICER, scene.accord, term.given.element, "No longer.")
    scene.settle()
    assert consents.in_force(scene.meridia) == ()
    assert consents.board(scene.meridia, scene.accord).asked[0].answer is None


def test_days_are_counted_to_the_last_one_and_past_it(scene: Scene) -> None:
    scene.asked()
    scene.answered(days=1)
    now = scene.meridia.clock
    assert [term.days for term in consents.board(scene.meridia, scene.accord).received] == [1]
    now.advance(DAY)
    (term,) = consents.board(scene.meridia, scene.accord).received
    assert (term.days, term.over) == (0, False)
    now.advance(DAY)
    (term,) = consents.board(scene.meridia, scene.accord).received
    assert (term.days, term.over) == (-1, True)
    assert consents.in_force(scene.meridia), "the desk itself compares the date, and says that it is past"


def test_parts_are_asked_for_and_granted_by_hash(scene: Scene) -> None:
    view = accords.view(scene.meridia, scene.accord)
    text = view.accord.sheet("XTV").released[scene.source.element][-1]
    named = {one.portion.path: one.hash for one in consents.named_portions(text)}
    parts = [named["said#1"], named["hops.0"]]
    scene.asked(parts=parts)
    with pytest.raises(RefusedError, match="asked for"):
        scene.answered(parts=[named["said#2"]])
    with pytest.raises(RefusedError, match="asked for"):
        scene.answered(parts=[])
    scene.answered(parts=parts[:1])
    assert consents.in_force(scene.meridia)[0].portions == (named["said#1"],)


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"recipient": " "}, "recipient"),
        ({"recipient": "xtv"}, "recipient"),
        ({"recipient": "XMR"}, "recipient"),
        ({"days": -1}, "until"),
        ({"parts": ["a" * 52]}, "portions"),
    ],
)
def test_what_has_no_meaning_is_not_asked(scene: Scene, given: dict[str, object], rule: str) -> None:
    recipient, days = str(given.pop("recipient", "XPA")), int(str(given.pop("days", 10)))
    with pytest.raises(RefusedError) as error:
        consents.ask(scene.meridia, PLANNER, scene.accord, scene.source, recipient, scene.until(days), **given)
    assert [refusal.rule for refusal in error.value.refusals] == [rule]
    assert scene.meridia.holdings.find(kind="consent-request") == (0, ())


def test_nothing_is_asked_about_a_text_that_was_not_given_or_answered_that_was_not_asked(scene: Scene) -> None:
    other = ExactRef(scene.source.party, scene.source.element, "b" * 52)
    with pytest.raises(RefusedError, match="does not stand released to us"):
        consents.ask(scene.meridia, PLANNER, scene.accord, other, "XPA", scene.until())
    own = released(scene.meridia, scene.accord, scene.torvia)
    with pytest.raises(MisuseError, match="no request"):
        consents.answer(scene.torvia, PLANNER, scene.accord, "XMR", own, Verdict.GRANTED, scene.until())


def test_a_recipient_is_a_code_in_capitals_or_a_name_as_typed(scene: Scene) -> None:
    scene.asked(recipient=" xpa ")
    scene.asked(recipient="The  Coast Guard of Norrin")
    recipients = {one.content.recipient for one in consents.board(scene.torvia, scene.accord).to_answer}
    assert recipients == {"XPA", "The Coast Guard of Norrin"}


def test_drawing_names_the_exact_version_with_its_marking_and_carries_on_what_it_draws_on(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = Origin(
        source=ExactRef("XPA", scene.source.element, "c" * 52), marking=Marking("XTV", "R", ("REL TO XMR",))
    )
    torvia, accord = scene.torvia, scene.accord
    row = elements.add(torvia, PLANNER, msgspec.structs.replace(hops("Drawn itself"), origins=(earlier,)))
    let_go = StandingConsent(earlier.source, accord, earlier.source, "XMR", (), scene.until())
    with monkeypatch.context() as as_if_asked:
        as_if_asked.setattr(consents, "in_force", lambda hq, held=None: (let_go,))
        releases.release(torvia, OFFICER, asked(torvia, accord, row, (scene.meridia,), "intelligence").id)
    scene.settle()
    source = ExactRef("XTV", row.id, row.version)
    found = drawing.origins(scene.meridia, source, ["hops.0", "hops.0"])
    assert found == (Origin(source=source, parts=("hops.0",), marking=SECRET), earlier)
    ours = elements.add(scene.meridia, PLANNER, hops("Ours"))
    drawn = drawing.draw(scene.meridia, PLANNER, source, ["hops.0"], ours.id)
    again = drawing.draw(scene.meridia, PLANNER, source, ["said#1"], ours.id, drawn.version)
    assert elements.content(again).origins == (
        Origin(source=source, parts=("hops.0", "said#1"), marking=SECRET),
        earlier,
    )
    whole = drawing.draw(scene.meridia, PLANNER, source, [], ours.id)
    assert elements.content(whole).origins[0].parts == (), "all of it is more than parts of it"
    with pytest.raises(MisuseError, match="no part"):
        drawing.origins(scene.meridia, source, ["branches.B1"])
    with pytest.raises(MisuseError, match="not held"):
        drawing.origins(scene.meridia, earlier.source)


def test_what_of_theirs_ours_draws_on_is_listed_with_what_they_consented_to(scene: Scene) -> None:
    ours = elements.add(scene.meridia, PLANNER, hops("Ours"))
    assert consents.drawn(scene.meridia, scene.accord) == (0, ())
    drawing.draw(scene.meridia, PLANNER, scene.source, [], ours.id)
    scene.asked()
    scene.answered()
    total, (line,) = consents.drawn(scene.meridia, scene.accord)
    assert (total, line.row.id, line.title, line.origin.source) == (1, ours.id, "Two corvettes", scene.source)
    assert [term.given.content.recipient for term in line.terms] == ["XPA"]
    elements.archive(scene.meridia, PLANNER, ours.id, archived=True)
    assert consents.drawn(scene.meridia, scene.accord) == (0, ())


def test_the_parts_that_can_be_drawn_on_are_told_once_each(scene: Scene) -> None:
    paths = [part.path for part in drawing.parts(hops())]
    assert paths == ["title", "said#1", "said#2", "hops.0", "hops.1", "contingency"]
