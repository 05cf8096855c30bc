"""References are read by title where this headquarters knows one, and stand as they are where it does not."""

from stafftalks.planning.summary import Section
from stafftalks.services import accords
from stafftalks.web import naming
from tests.services.scenes import accepted, house, released, settle

STRANGE = "XTV/aaaaaaaaaaaaaaaaaaaaaaaaaa"


def test_references_to_own_and_to_released_elements_are_read_by_title() -> None:
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    ours = released(meridia, accord, torvia, said="Ours.")
    theirs = released(torvia, accord, meridia, said="Theirs.")
    settle(meridia, torvia)
    text = f"After XMR/{ours}, XTV/{theirs} and {STRANGE}."
    titles = naming.references(meridia, [Section("", 1, paragraphs=(text,))])
    shown = naming.called(text, titles)
    assert shown == f"After “Ours.” (XMR/{ours[:8]}), “Theirs.” (XTV/{theirs[:8]}) and {STRANGE}."
    assert accords.view(meridia, accord).partners == ("XTV",)


def test_what_was_not_released_to_us_is_not_called_by_its_title() -> None:
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    theirs = released(torvia, accord, meridia, said="Not sent yet.")
    assert naming.references(meridia, [Section("", 1, items=(f"XTV/{theirs}",))]) == {}
