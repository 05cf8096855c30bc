"""Notes of our own people stay home: what leaves is equal with and without them, and nothing that speaks with partners can read them."""

import ast
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import stafftalks
from stafftalks.planning.refs import ElementRef
from stafftalks.services import accords, exchange, overview, recalls
from stafftalks.services.ports import Headquarters
from stafftalks.store import notes
from stafftalks.store.models import Mention, Note
from stafftalks.store.ports import django_ports
from stafftalks.values.ids import AccordId, ElementId
from tests.fakes import HEAD, OFFICER, PLANNER, FakeCarrier, make_hq, pair
from tests.services.scenes import accepted, released, revised, settle
from tests.web.conftest import account

SRC = Path(stafftalks.__file__).parent
SECRET = "only-for-our-own-eyes"
TABLES = (Note._meta.db_table, Mention._meta.db_table)

pytestmark = pytest.mark.django_db(transaction=True)


def over_the_database(party: str) -> Headquarters:
    """A headquarters over the real store; keys, clock, chance and sealing in memory, so that two runs are equal."""
    ports = django_ports()
    names = ("transactions", "records", "holdings", "desk", "partners", "log", "journal")
    return msgspec.structs.replace(make_hq(party), **{name: getattr(ports, name) for name in names})


def told(
    meridia: Headquarters,
    note: Callable[[Headquarters, ElementId, Headquarters, ElementId], None],
    watch: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> list[bytes]:
    """Every byte that Meridia sends, over the wire and as files, while its people work and `note` things."""
    torvia = make_hq("XTV")
    for person in (PLANNER, OFFICER, HEAD):
        account(person)
    pair(meridia, torvia)
    accord = accepted(meridia, torvia)
    ours = released(meridia, accord, torvia, said="Told.")
    theirs = released(torvia, accord, meridia, said="Told to us.")
    settle(meridia, torvia)
    sent: list[bytes] = []

    def speak() -> None:
        with watch():
            sent.append(exchange.export(meridia, torvia.party, accord))
            wire = FakeCarrier(meridia, [torvia])
            exchange.run(meridia, wire, torvia.party, force=True)
            sent.extend(sealed for _, sealed in wire.sent)
            sent.append(exchange.reply(meridia, exchange.export(torvia, meridia.party, accord), torvia.party))

    note(meridia, ours, torvia, theirs)
    speak()
    revised(meridia, accord, ours, torvia, said="Told anew.")
    note(meridia, ours, torvia, theirs)
    speak()
    recalls.recall(torvia, OFFICER, accord, theirs, "Sent in error.")
    settle(meridia, torvia)
    note(meridia, ours, torvia, theirs)
    recalls.honour_recalls(meridia)
    speak()
    return sent


def many_notes(meridia: Headquarters, ours: ElementId, torvia: Headquarters, theirs: ElementId) -> None:
    """Notes about our element and theirs, mentions read and unread, one taken back."""
    for party, element in ((meridia.party, ours), (torvia.party, theirs)):
        for number in range(3):
            notes.write(PLANNER, ElementRef(party, element), f"@oda {SECRET} {number}", at=5 + number)
    last, _unknown = notes.write(OFFICER, ElementRef(torvia.party, theirs), SECRET, at=50)
    notes.mark_read("oda", at=9)
    notes.take_back(OFFICER, last.number)


def no_notes(*_ignored: object) -> None:
    """Nothing."""


def test_every_byte_that_leaves_is_equal_with_and_without_notes() -> None:
    without = told(make_hq("XMR"), no_notes)  # in memory, where there is no place for a note
    noted = told(over_the_database("XMR"), many_notes)
    assert Note.objects.count() == 21
    assert noted == without
    assert len(noted) > 6
    assert not any(SECRET.encode() in sealed for sealed in noted)


def test_this_comparison_sees_a_note_that_leaks() -> None:
    def leaking(meridia: Headquarters, ours: ElementId, torvia: Headquarters, theirs: ElementId) -> None:
        many_notes(meridia, ours, torvia, theirs)
        accord = meridia.records.accords()[0].id
        _say_aloud(meridia, accord, notes.mentions_of("oda", unread=False)[0].note.text)

    assert told(over_the_database("XMR"), leaking) != told(make_hq("XMR"), no_notes)


def test_nothing_that_is_sent_or_answered_asks_for_a_note() -> None:
    asked: list[str] = []

    class Watch(CaptureQueriesContext):
        def __exit__(self, *raised: object) -> None:
            super().__exit__(*raised)
            asked.extend(query["sql"] for query in self.captured_queries)

    told(over_the_database("XMR"), many_notes, lambda: Watch(connection))
    assert len(asked) > 30
    assert [sql for sql in asked if any(table in sql for table in TABLES)] == []


def test_only_pages_for_our_own_people_can_reach_notes() -> None:
    readers = {path.relative_to(SRC).parts[0] for path in SRC.rglob("*.py") if _reaches_notes(path)}
    assert readers == {"web", "store", "site"}
    away = {path.name for path in (SRC / "site").rglob("*.py") if _reaches_notes(path)}
    assert away == {"mailing.py"}  # it counts a person's own mentions, for a mail to that person
    inside = {
        path.relative_to(SRC / "store").as_posix() for path in (SRC / "store").rglob("*.py") if _reaches_notes(path)
    }
    assert inside == {"notes.py", "roles.py", "models/__init__.py"}


def test_what_a_person_needs_is_told_without_notes_by_the_services() -> None:
    """The services know of no note: the home page asks the store for mentions itself."""
    meridia = over_the_database("XMR")
    account(OFFICER)
    notes.write(PLANNER, ElementRef(meridia.party, ElementId("a" * 26)), f"@oda {SECRET}", at=5)
    assert SECRET not in str(overview.needs(meridia, OFFICER))
    assert SECRET in notes.mentions_of("oda")[0].sentence


def _reaches_notes(path: Path) -> bool:
    """Whether a module names the notes' module, or their models, in an import."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            if names & _NOTED or node.module in ("stafftalks.store.notes", "stafftalks.store.models.notes"):
                return True
        if isinstance(node, ast.Import) and any(alias.name in _NOTED for alias in node.names):
            return True
    return False


_NOTED = {
    "stafftalks.store.notes",
    "stafftalks.store.models.notes",
    "stafftalks.store.models.Note",
    "stafftalks.store.models.Mention",
}


def _say_aloud(meridia: Headquarters, accord: AccordId, text: str) -> None:
    accords.ask(meridia, HEAD, accord, text)
