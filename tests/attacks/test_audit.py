"""Somebody with the database in hand, its guards switched off, changes what the logs say: each way is found, or needs a head from elsewhere to be."""

from collections.abc import Callable

import msgspec
import pytest
from django.db import connection

from stafftalks.record.chain import START, Head, following, line
from stafftalks.services import audit
from stafftalks.services.audit import Check
from stafftalks.services.logs import EXCHANGE, JOURNAL, LOGS
from stafftalks.services.ports import Headquarters
from stafftalks.store import chaining
from stafftalks.store.ports import django_ports
from tests.fakes import make_hq
from tests.guards import lifted
from tests.store.rows import exchange_row, journal_row

pytestmark = pytest.mark.django_db(transaction=True)
LINES = 6


@pytest.fixture
def hq() -> Headquarters:
    """A headquarters with six lines in each log."""
    store = django_ports()
    ports = {"journal": store.journal, "log": store.log, "transactions": store.transactions}
    made = msgspec.structs.replace(make_hq("XMR"), **ports)
    for n in range(LINES):
        made.journal.add(journal_row(f"Line {n}.", at=1_700_000_000 + n))
        made.log.add(exchange_row(f"b{n}", at=1_700_000_000 + n))
    return made


def word(log: str, n: int) -> str:
    """What line `n` said."""
    return journal_row(f"Line {n}.").sentence if log == JOURNAL else exchange_row(f"b{n}").sentence


def tamper(log: str, *statements: str) -> None:
    """Runs the statements with no guard in the way; `{t}` is the log's table."""
    with lifted(connection), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.format(t=chaining.TABLES[log]._meta.db_table))


def checked(hq: Headquarters, log: str, *since: Head) -> Check:
    (found,) = [check for check in audit.verify(hq, since) if check.log == log]
    return found


def test_a_changed_line_is_found(hq: Headquarters) -> None:
    said, at = "sentence = 'It never happened.'", "at = at + 60"
    for log, n, change in ((JOURNAL, 0, said), (JOURNAL, LINES - 1, at), (EXCHANGE, 3, said), (EXCHANGE, 0, at)):
        before = audit.log_of(hq, log).head()
        tamper(log, f"UPDATE {{t}} SET {change} WHERE n = {n}")
        found = checked(hq, log, before)
        assert (found.sound, found.n) == (False, n)
        assert f"Line {n} of " in found.sentence
        back = f"sentence = '{word(log, n)}'" if change == said else "at = at - 60"
        tamper(log, f"UPDATE {{t}} SET {back} WHERE n = {n}")
        assert checked(hq, log, before).sound


def test_a_removed_line_is_found_numbered_anew_or_not(hq: Headquarters) -> None:
    for log in LOGS:
        tamper(log, "DELETE FROM {t} WHERE n = 2")
        found = checked(hq, log)
        assert (found.n, "is missing" in found.sentence) == (2, True)
        tamper(log, *(f"UPDATE {{t}} SET n = {n - 1} WHERE n = {n}" for n in range(3, LINES)))
        assert checked(hq, log).n == 2


def test_an_inserted_line_is_found(hq: Headquarters) -> None:
    for log in LOGS:
        names = ", ".join(field.column for field in chaining.TABLES[log]._meta.fields if field.name not in ("id", "n"))
        tamper(
            log,
            *(f"UPDATE {{t}} SET n = {n + 1} WHERE n = {n}" for n in reversed(range(3, LINES))),
            f"INSERT INTO {{t}} ({names}, n) SELECT {names}, 3 FROM {{t}} WHERE n = 1",
        )
        assert checked(hq, log).n == 3


def test_lines_in_another_order_are_found(hq: Headquarters) -> None:
    for log in LOGS:
        tamper(log, *(f"UPDATE {{t}} SET n = {to} WHERE n = {n}" for n, to in ((2, 99), (3, 2), (99, 3))))
        assert checked(hq, log).n == 2


def test_lines_cut_off_the_end_are_found_by_the_head_that_is_kept(hq: Headquarters) -> None:
    for log in LOGS:
        tamper(log, f"DELETE FROM {{t}} WHERE n >= {LINES - 2}")
        found = checked(hq, log)
        assert (found.n, "were removed from its end" in found.sentence) == (LINES - 2, True)
        tamper(log, "DELETE FROM {t}")
        assert checked(hq, log).n == 0


def rewritten(log: str, kept: int, says: Callable[[dict[str, object]], dict[str, object]]) -> None:
    """The log as someone leaves it who can compute: every line, value and head made anew, so that all of it fits."""
    lines = list((django_ports().journal if log == JOURNAL else django_ports().log).lines())[:kept]
    value = START
    table = chaining.TABLES[log]._meta.db_table
    with lifted(connection), connection.cursor() as cursor:
        for found in lines:
            said = says(dict(found.says))
            value = following(log, value, line(found.n, said))
            cursor.execute(
                f"UPDATE {table} SET sentence = %s, chain = %s WHERE n = %s", [said["sentence"], value, found.n]
            )
        cursor.execute(f"DELETE FROM {table} WHERE n >= {kept}")
        cursor.execute("UPDATE store_loghead SET size = %s, value = %s WHERE log = %s", [kept, value, log])


def test_a_log_written_anew_from_the_first_line_shows_only_against_a_head_from_elsewhere(hq: Headquarters) -> None:
    for log in LOGS:
        before = audit.log_of(hq, log).head()
        rewritten(log, LINES, lambda said: {**said, "sentence": "It never happened."})
        assert checked(hq, log).sound  # said so in docs/threats.md
        assert checked(hq, log, before).n == LINES - 1
        rewritten(log, LINES - 1, lambda said: said)
        assert checked(hq, log).sound
        assert "or an older backup was restored" in checked(hq, log, before).sentence


def test_a_log_goes_on_after_a_fault_and_the_fault_stays_found(hq: Headquarters) -> None:
    for log in LOGS:
        tamper(log, "UPDATE {t} SET sentence = 'It never happened.' WHERE n = 1")
    hq.journal.add(journal_row("After."))
    hq.log.add(exchange_row("after"))
    assert [check.n for check in audit.verify(hq)] == [1, 1]
