"""Notes stay as they were written, call those they mention, and can only be taken back."""

import pytest
from django.db import IntegrityError, connection, transaction

from stafftalks.planning.refs import ElementRef, ExactRef
from stafftalks.store import notes, people
from stafftalks.store.models import Mention, Note
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import ElementId, PartyId, VersionHash
from stafftalks.values.person import Person, Role
from tests.store.conftest import as_app_role

PIA = Person("pia", "Pia Planner", frozenset({Role.PLANNER}))
ODA = Person("oda", "Oda Officer", frozenset({Role.OFFICER}))
ADA = Person("ada", "Ada", frozenset({Role.ADMINISTRATOR}))
THEIRS = ElementRef(PartyId("XTV"), ElementId("a" * 26))
EXACT = ExactRef(PartyId("XTV"), ElementId("a" * 26), VersionHash("b" * 52))
OURS = ElementRef(PartyId("XMR"), ElementId("a" * 26))

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def cast(database: object) -> None:
    for person in (PIA, ODA, ADA):
        people.add(person, "a long enough phrase", by="root")


def test_a_note_is_read_beside_its_element_and_beside_no_other() -> None:
    first, _unknown = notes.write(PIA, EXACT, "Mines again.", at=100)
    second, _unknown = notes.write(ODA, THEIRS, "See the annex.", at=200)
    notes.write(PIA, OURS, "Elsewhere.", at=300)
    total, found = notes.about(PartyId("XTV"), ElementId("a" * 26))
    assert (total, found) == (2, (second, first))
    assert (first.version, second.version) == (EXACT.version, "")
    assert (first.by, first.at, first.text) == ("pia", 100, "Mines again.")


def test_those_mentioned_are_called_once_in_whatever_case_and_nobody_else_is() -> None:
    written, unknown = notes.write(
        PIA, THEIRS, "@Oda, ask @nobody; write to oda@example.org. @oda!", at=100, calling=["@pia", "", "ODA"]
    )
    assert written.mentions == ("oda", "pia")
    assert unknown == ("nobody",)
    (mention,) = notes.mentions_of("oda")
    assert mention.note.number == written.number
    assert mention.sentence.startswith("pia mentions you: “@Oda, ask")
    assert mention.target == ("notes", "XTV", "a" * 26, str(written.number))
    assert notes.mentions_of("hal") == ()


def test_a_barred_person_is_mentioned_no_more() -> None:
    people.set_active("oda", active=False, by="root")
    assert notes.write(PIA, THEIRS, "@oda?", at=100)[1] == ("oda",)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@pia", ("pia",)),
        ("(@pia) and @oda.", ("pia", "oda")),
        ("a@b.org, http://x/@pia", ()),
        ("@pia.p+1 says", ("pia.p+1",)),
        ("@@pia", ()),
        ("@", ()),
    ],
)
def test_a_mention_is_a_name_after_an_at_sign_that_stands_alone(text: str, names: tuple[str, ...]) -> None:
    assert notes.mentioned(text) == names


def test_a_mention_is_unread_until_it_is_read() -> None:
    for number in range(3):
        notes.write(PIA, THEIRS, f"@oda {number}", at=100 + number)
    newest = notes.mentions_of("oda", limit=1)[0]
    assert newest.note.text == "@oda 2"
    assert notes.count_mentions("oda") == 3
    assert notes.mark_read("oda", at=500, notes=[newest.note.number]) == 1
    assert [row.note.text for row in notes.mentions_of("oda")] == ["@oda 1", "@oda 0"]
    assert [row.read_at for row in notes.mentions_of("oda", unread=False)] == [500, 0, 0]
    assert notes.mark_read("oda", at=600) == 2
    assert notes.mark_read("oda", at=700) == 0
    assert (notes.count_mentions("oda"), notes.count_mentions("oda", unread=False)) == (0, 3)


@pytest.mark.parametrize("text", ["", " \r\n ", "x" * (notes.MAX_CHARACTERS + 1)])
def test_a_note_says_something_and_fits(text: str) -> None:
    with pytest.raises(MisuseError, match=r"empty|fit"):
        notes.write(PIA, THEIRS, text, at=100)
    assert not Note.objects.exists()


def test_its_author_alone_takes_a_note_back_and_it_calls_nobody_any_more() -> None:
    with as_app_role():
        written, _unknown = notes.write(PIA, THEIRS, "@oda: not for the file.", at=100)
        with pytest.raises(MisuseError, match="Only the person who wrote"):
            notes.take_back(ODA, written.number)
        with pytest.raises(MisuseError):
            notes.take_back(PIA, written.number + 1)
        assert notes.take_back(PIA, written.number).taken_back
        assert notes.take_back(PIA, written.number).text == ""
        assert notes.mentions_of("oda", unread=False) == ()
        assert notes.about(THEIRS.party, THEIRS.element)[1][0].taken_back
        notes.mark_read("oda", at=200)


def test_notes_are_counted_for_many_elements_with_one_question(django_assert_num_queries: object) -> None:
    notes.write(PIA, THEIRS, "One.", at=1)
    notes.write(PIA, THEIRS, "Two.", at=2)
    notes.take_back(PIA, notes.write(PIA, THEIRS, "Three.", at=3)[0].number)
    notes.write(PIA, OURS, "Four.", at=4)
    wanted = [(THEIRS.party, THEIRS.element), (PartyId("XPA"), OURS.element)]
    with django_assert_num_queries(1):
        assert notes.count_about(wanted) == {(THEIRS.party, THEIRS.element): 2}


def test_reading_notes_takes_as_many_questions_for_many_as_for_few(django_assert_num_queries: object) -> None:
    for number in range(60):
        notes.write(PIA, THEIRS, f"@oda {number}", at=number)
    with django_assert_num_queries(3):
        assert len(notes.about(THEIRS.party, THEIRS.element)[1]) == 60
    with django_assert_num_queries(3):
        assert notes.recent(limit=50)[0] == 60
    with django_assert_num_queries(1):
        assert len(notes.mentions_of("oda", limit=60)) == 60


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE store_note SET text = 'Something else.'",
        "UPDATE store_note SET text = ''",
        "UPDATE store_note SET text = '', taken_back = TRUE, at = 5",
        "UPDATE store_note SET by = 'oda', text = '', taken_back = TRUE",
        "DELETE FROM store_note",
        "UPDATE store_mention SET username = 'pia'",
        "DELETE FROM store_mention",
    ],
)
def test_the_database_itself_refuses_to_change_or_lose_a_note(statement: str) -> None:
    notes.write(PIA, THEIRS, "@oda, look.", at=100)
    spelt = statement.replace(" by ", ' "by" ')
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(spelt)
    assert (Note.objects.get().text, Mention.objects.get().username) == ("@oda, look.", "oda")


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_no_note_or_mention_is_replaced() -> None:
    notes.write(PIA, THEIRS, "@oda, look.", at=100)
    for table in ("store_note", "store_mention"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
