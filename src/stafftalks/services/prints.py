"""What was printed or taken out as a file: gathered for paper, and recorded. Printing releases nothing; it is our own people's reading."""

from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import JournalRow
from stafftalks.values.person import Person


def note(hq: Headquarters, person: Person, act: str, subject: str, sentence: str) -> None:
    """Records in the journal that this person printed something, or took it out as a file."""
    hq.journal.add(JournalRow(hq.clock.now(), person.username, act, subject, sentence))
