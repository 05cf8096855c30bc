"""Telling an author how many have read: counted from who opened the text, by a person's choice, through the desk."""

import pytest

from stafftalks.accord import state
from stafftalks.planning.refs import ExactRef
from stafftalks.planning.talk import Acknowledgement
from stafftalks.services import accords, acknowledgements, elements, left, releases
from stafftalks.values.errors import MisuseError, RefusedError
from tests.fakes import OFFICER, PLANNER
from tests.services.scenes import accepted, asked, house, released, revised, settle


def scene():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    element = released(meridia, accord, torvia, said="Ten ships.")
    settle(meridia, torvia)
    return meridia, torvia, accord, element


def about(hq, accord, element) -> ExactRef:
    return ExactRef("XMR", element, accords.view(hq, accord).accord.sheet("XMR").released[element][-1].version)


def told(meridia) -> list[tuple[int | None, str]]:
    return [(holder.readers, holder.said) for one in left.window(meridia)[1] for holder in one.holders]


def test_the_number_is_counted_here_each_person_once_and_leaves_only_by_the_desk():
    meridia, torvia, accord, element = scene()
    ref = about(torvia, accord, element)
    for person in ("pia", "oda", "pia"):
        torvia.readers.note(person, ref, torvia.clock.now())
    settle(torvia, meridia)
    assert told(meridia) == [(None, "")], "reading alone tells nothing"
    request = acknowledgements.tell(torvia, PLANNER, accord, "XMR", element, readers=True, statement="Read with care.")
    settle(torvia, meridia)
    assert told(meridia) == [(None, "")], "asking tells nothing"
    releases.release(torvia, OFFICER, request.id)
    settle(torvia, meridia)
    assert told(meridia) == [(2, "Read with care.")]


def test_it_can_be_told_as_received_without_a_number():
    meridia, torvia, accord, element = scene()
    torvia.readers.note("pia", about(torvia, accord, element), 1)
    request = acknowledgements.tell(torvia, PLANNER, accord, "XMR", element, readers=False)
    releases.release(torvia, OFFICER, request.id)
    settle(torvia, meridia)
    assert told(meridia) == [(None, "")]
    (sent,) = left.window(meridia)[1]
    assert sent.holders[0].told_at


def test_telling_again_revises_the_one_before_and_the_same_is_not_told_twice():
    meridia, torvia, accord, element = scene()
    ref = about(torvia, accord, element)
    torvia.readers.note("pia", ref, 1)
    releases.release(torvia, OFFICER, acknowledgements.tell(torvia, PLANNER, accord, "XMR", element, readers=True).id)
    with pytest.raises(RefusedError, match="exactly this already"):
        acknowledgements.tell(torvia, PLANNER, accord, "XMR", element, readers=True)
    torvia.readers.note("oda", ref, 2)
    request = acknowledgements.tell(torvia, PLANNER, accord, "XMR", element, readers=True)
    seen = acknowledgements.telling(torvia, accord, "XMR", element)
    assert (seen.readers, seen.told.content.readers, seen.waits.id) == (2, 1, request.id)
    releases.release(torvia, OFFICER, request.id)
    settle(torvia, meridia)
    assert len(accords.view(meridia, accord).accord.sheet("XTV").released) == 1
    assert told(meridia) == [(2, "")]


def test_a_revision_is_counted_anew():
    meridia, torvia, accord, element = scene()
    torvia.readers.note("pia", about(torvia, accord, element), 1)
    revised(meridia, accord, element, torvia, said="Twelve ships.")
    settle(meridia, torvia)
    assert acknowledgements.telling(torvia, accord, "XMR", element).readers == 0


def test_nothing_is_told_of_what_was_not_given_and_no_telling_is_told_of():
    meridia, torvia, accord, element = scene()
    row = elements.add(meridia, PLANNER, elements.content(elements.get(meridia, element)))
    with pytest.raises(MisuseError, match="stands released to us"):
        acknowledgements.tell(torvia, PLANNER, accord, "XMR", row.id, readers=False)
    assert acknowledgements.telling(meridia, accord, "XMR", element) is None, "our own text"
    request = acknowledgements.tell(torvia, PLANNER, accord, "XMR", element, readers=False)
    releases.release(torvia, OFFICER, request.id)
    settle(torvia, meridia)
    (ack,) = accords.view(meridia, accord).accord.sheet("XTV").released
    assert acknowledgements.telling(meridia, accord, "XTV", ack) is None


def test_the_desk_refuses_to_acknowledge_what_is_ours_or_to_tell_it_to_somebody_else():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    element = released(meridia, accord, torvia)
    settle(meridia, torvia)
    row = elements.add(meridia, PLANNER, Acknowledgement(about=about(meridia, accord, element), readers=1_000_000))
    with pytest.raises(RefusedError) as error:
        releases.release(meridia, OFFICER, asked(meridia, accord, row, (torvia,), "intelligence").id)
    assert "acknowledgement-own" in {refusal.rule for refusal in error.value.refusals}
    assert state.tellings(accords.view(meridia, accord).accord) == {}
