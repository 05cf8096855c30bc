"""Checking the logs of a headquarters, and what a check leaves behind."""

import pytest

from stafftalks.record.chain import Head
from stafftalks.services import audit, elements
from stafftalks.services.logs import EXCHANGE, JOURNAL, LinesWanted
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import MisuseError, PeerError
from tests.fakes import PLANNER
from tests.services.scenes import accepted, house, released, report


def busy() -> Headquarters:
    meridia, torvia = house("XMR", "XTV")
    released(meridia, accepted(meridia, torvia), torvia)
    return meridia


def test_the_logs_of_a_headquarters_at_work_are_sound() -> None:
    hq = busy()
    told: list[tuple[int, int]] = []
    checks = audit.verify(hq, (), lambda done, total: told.append((done, total)))
    assert [check.log for check in checks] == [JOURNAL, EXCHANGE]
    assert all(check.sound and check.head.size > 2 for check in checks)
    assert checks[0].sentence == f"The journal: every line from 0 to {checks[0].head.size - 1} fits the one before it."
    assert told[-1][0] == told[-1][1] == sum(check.head.size for check in checks)


def test_a_head_that_was_written_down_proves_what_stood_before_it() -> None:
    hq = busy()
    since = audit.parse_heads([" ".join(map(str, audit.heads(hq)))])
    elements.add(hq, PLANNER, report("More."))
    checks = audit.verify(hq, since)
    assert all(check.sound for check in checks)
    assert f"Nothing in its first {since[0].size} lines was changed since that head" in checks[0].sentence
    other = Head(JOURNAL, since[0].size, bytes(32))
    (journal, _) = audit.verify(hq, [other])
    assert (journal.sound, journal.n) == (False, since[0].size - 1)
    longer = Head(JOURNAL, since[0].size + 9, bytes(32))
    (journal, exchange) = audit.verify(hq, [longer])
    assert "lines were removed from its end, or an older backup was restored" in journal.sentence
    assert exchange.sound


def test_a_check_is_a_line_of_the_journal_and_says_how_far_it_went() -> None:
    hq = busy()
    assert [(one.at, one.unchecked) for one in audit.standings(hq)] == [
        (0, one.head.size) for one in audit.standings(hq)
    ]
    checks = audit.verify(hq)
    audit.note(hq, "ava", checks)
    journal, exchange = audit.standings(hq)
    assert (journal.checked, journal.by, journal.unchecked) == (checks[0].head, "ava", 2)
    assert (exchange.checked, exchange.unchecked, exchange.broken) == (checks[1].head, 0, "")
    hq.clock.advance(5)
    audit.note(hq, "ava", [audit.Check(JOURNAL, Head(JOURNAL, 1), "Line 1 of the journal does not fit.", 1)])
    assert audit.standings(hq)[0].broken == "Line 1 of the journal does not fit."
    hq.clock.advance(5)
    audit.note(hq, "ava", audit.verify(hq))
    assert audit.standings(hq)[0].broken == ""


def test_taking_lines_out_is_the_last_line_that_is_taken_out() -> None:
    hq = busy()
    stop = audit.note_taken_out(hq, "ava", JOURNAL, "CSV", LinesWanted(who="pia"))
    assert stop == hq.journal.head().size
    (line,) = hq.journal.lines(stop - 1)
    assert (line.says["act"], line.says["person"]) == (audit.TAKEN_OUT, "ava")
    assert line.says["sentence"] == "The journal, the lines that were asked for, as CSV."


def test_what_is_no_head_or_of_no_log_is_refused() -> None:
    with pytest.raises(PeerError, match="is of no log"):
        audit.parse_heads([str(Head("others", 0))])
    with pytest.raises(PeerError):
        audit.parse_heads(["journal:1:x"])
    with pytest.raises(MisuseError, match="There is no log 'others'"):
        audit.log_of(busy(), "others")
    assert audit.parse_heads([""]) == ()
