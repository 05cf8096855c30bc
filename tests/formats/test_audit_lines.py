"""Lines of the logs as they go out: neutral in a spreadsheet, checkable from the file alone, and events that no text of a partner can forge."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.formats import audit_lines
from stafftalks.formats.audit_lines import Chained
from stafftalks.record.chain import START, BrokenError, following, line
from stafftalks.values.errors import PeerError

NOON = 1_763_812_800


def chained(*sentences: str, log: str = "journal") -> list[Chained]:
    before, found = START, []
    for n, sentence in enumerate(sentences):
        says: dict[str, str | int]
        says = {"act": "release asked", "at": NOON + n, "person": "pia", "sentence": sentence, "subject": "r1"}
        if log == "exchange":
            says = {
                "accord": "a" * 52, "at": NOON + n, "bundle": "b", "channel": "file", "direction": "in", "entries": 3, "outcome": "refused",
                "partner": "XTV", "sentence": sentence, "size_bytes": 9,
            }  # fmt: skip
        value = following(log, before, line(n, says))
        found.append(Chained(log, n, says, value, before))
        before = value
    return found


def file_of(lines: list[Chained]) -> list[bytes]:
    return [audit_lines.json_line(one) for one in lines]


def test_a_file_of_json_lines_is_checked_from_itself_alone() -> None:
    lines = chained("One.", "Two “ל”.", "=1+1", "Four.")
    (found,) = audit_lines.check_json_lines(file_of(lines))
    assert (found.lines, found.first, found.head.size, found.gaps) == (4, 0, 4, 0)
    assert found.head.value == lines[-1].value
    assert [audit_lines.read_json_line(raw) for raw in file_of(lines)] == lines


def test_where_lines_were_left_out_each_that_is_there_still_fits() -> None:
    lines = chained(*"abcdef")
    (found,) = audit_lines.check_json_lines(file_of([lines[1], lines[2], lines[5]]))
    assert (found.lines, found.first, found.head.size, found.gaps) == (3, 1, 6, 1)


def test_both_logs_may_stand_in_one_file() -> None:
    journal, exchange = chained("a", "b"), chained("c", log="exchange")
    found = audit_lines.check_json_lines(file_of([journal[0], *exchange, journal[1]]))
    assert {one.log: one.lines for one in found} == {"journal": 2, "exchange": 1}


@pytest.mark.parametrize("at", range(4))
def test_a_line_that_was_changed_moved_or_put_in_is_named(at: int) -> None:
    lines = chained(*"abcd")
    changed = file_of(lines)
    changed[at] = changed[at].replace(b'"person":"pia"', b'"person":"oda"')
    with pytest.raises(BrokenError) as caught:
        audit_lines.check_json_lines(changed)
    assert caught.value.n == at
    for others in (
        file_of(lines)[::-1],
        file_of(lines[: at + 1] + lines[at:]),
        file_of(lines[:at] + chained(*"zyxw")[at:]),
    ):
        if at or others[0] != file_of(chained(*"zyxw"))[0]:
            with pytest.raises(BrokenError):
                audit_lines.check_json_lines(others)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"[]",
        b'{"before":1,"chain":"","log":"journal","n":0}',
        b'{"before":"","chain":"","log":"journal","n":true}',
        b"\xff",
    ],
)
def test_what_is_no_line_is_said_with_its_place_in_the_file(raw: bytes) -> None:
    with pytest.raises(PeerError, match="Line 2 of the file: "):
        audit_lines.check_json_lines([*file_of(chained("One.")), raw])


@given(st.binary(max_size=200))
def test_any_bytes_are_a_line_or_a_peers_fault(raw: bytes) -> None:
    try:
        audit_lines.read_json_line(raw)
    except PeerError:
        return


def test_no_cell_of_the_csv_is_run_by_a_spreadsheet() -> None:
    lines = chained("=cmd|'/c calc'!A0", "@sum(1)", "+1", "Plain, with a comma\nand a line.")
    columns = ("at", "person", "act", "subject", "sentence")
    text = "".join(audit_lines.csv_lines("journal", lines, columns)).removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["n", "time", *columns, "chain", "log"]
    assert [row[6] for row in rows[1:]] == ["'=cmd|'/c calc'!A0", "'@sum(1)", "+1", "Plain, with a comma\nand a line."]
    assert rows[1][1] == "2025-11-22 12:00:00"
    assert all(not re.match(r"[=@\t\r]", cell) for row in rows for cell in row)


def test_an_event_says_who_did_what_and_where_in_the_chain_it_stands() -> None:
    (one,) = chained("scenario: Flood")
    text = audit_lines.cef(one, "XMR", "1.2")
    assert text.startswith(
        "CEF:0|Stafftalks|Stafftalks|1.2|journal:release asked|release asked|3|rt=1763812800000 dvchost=XMR "
    )
    assert " suser=pia cs1Label=subject cs1=r1 msg=scenario: Flood cn1Label=line cn1=0 cs6Label=chain cs6=" in text
    (two,) = chained("No.", log="exchange")
    event = audit_lines.cef(two, "XMR", "1.2")
    assert "|exchange:in refused|in refused|6|" in event
    assert "cs2=XTV" in event
    assert "deviceDirection=0 in=9 " in event


@pytest.mark.parametrize("text", ["a=b", "a|b\\c", "line\nanother act=forged", "\u202etext\x00\x1b[31m", "x" * 9_000])
def test_no_text_makes_an_event_say_more_than_it_does(text: str) -> None:
    (one,) = chained(text)
    event = audit_lines.cef(one, "XMR", "1|2")
    assert "\n" not in event
    assert "\x00" not in event
    assert "\u202e" not in event
    header, _, extension = re.split(r"(?<!\\)\|", event, maxsplit=7)[4:7][0], "", event.rsplit("|", 1)[-1]
    assert header == "journal:release asked"
    names = re.findall(r"(?:^| )([A-Za-z0-9]+)=", re.sub(r"\\.", "", extension))
    assert len(names) == len(set(names))
    assert len(event) < 2_000 + len("CEF:0")


def test_a_message_of_syslog_has_its_priority_time_and_host() -> None:
    (one,) = chained("No.", log="exchange")
    raw = audit_lines.as_syslog(one, "XMR", "1.2", "hq.xmr.example")
    assert raw.startswith(b"<108>1 2025-11-22T12:00:00Z hq.xmr.example stafftalks - exchange - CEF:0|")
    (two,) = chained("Yes.")
    assert audit_lines.as_syslog(two, "XMR", "1.2", "not a host").startswith(
        b"<110>1 2025-11-22T12:00:00Z - stafftalks - journal - CEF:0|"
    )
