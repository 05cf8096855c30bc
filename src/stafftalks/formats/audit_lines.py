"""Lines of the chained logs going out: CSV for a spreadsheet, JSON lines that can be checked from the file alone, CEF for what collects events.

    CSV     one row a line; what a spreadsheet would run is neutralised, so its cells may differ from what was chained by an apostrophe
    JSON    one canonical object a line: what the line says, `n`, `log`, `chain` and `before`, the value of the line before it; where lines were
            left out, each line that is there still leads from `before` to `chain`, and where none were, `before` is the last `chain`
    CEF     ArcSight's Common Event Format, version 0; `as_syslog` puts it into a message of RFC 5424

Nothing here reads a clock or the network.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from stafftalks.formats import writing
from stafftalks.record import b64, canon
from stafftalks.record.chain import VALUE_BYTES, BrokenError, Head, Walk, in_words
from stafftalks.values.errors import PeerError

Says = Mapping[str, str | int]

MAX_LINE_BYTES: Final = 1024 * 1024
"""The longest JSON line read."""
FACILITY: Final = 13
"""Of syslog: log audit."""
_SENTENCE: Final = 1_500
"""Characters of a sentence in CEF; the other two forms hold the whole."""
_TOP = 253_402_300_799
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_HOST = re.compile(r"[!-~]{1,255}")
_OUR_NAMES: Final = frozenset({"before", "chain", "log", "n"})
_GRAVE: Final = {
    "log found broken": 10,
    "sign-in failed": 6,
    "person barred": 5,
    "roles set": 5,
    "log taken out": 5,
    "backup written": 5,
    "refused": 6,
    "failed": 4,
    "frozen": 8,
}
"""How grave an act or outcome is, 0 to 10; what is not named is an act as any other: 3."""


class Chained(msgspec.Struct, frozen=True):
    """A line as it goes out: its log and number, what it says, its value and that of the line before it."""

    log: str
    n: int
    says: Says
    value: bytes
    before: bytes


class FileCheck(msgspec.Struct, frozen=True):
    """What a file of JSON lines amounts to for one log: how many of its lines are there, from which on, and how many times some are left out between.

    `head` is where the last of them ends; `confirmed` the sizes at which it agreed with heads that were written down.
    """

    log: str
    lines: int
    first: int
    head: Head
    gaps: int = 0
    confirmed: tuple[int, ...] = ()


def csv_lines(log: str, lines: Iterable[Chained], columns: Sequence[str]) -> Iterator[str]:
    """A CSV file, streamed: `columns` are what lines of this log say; the time stands as UTC in words and as unix seconds."""
    headings = ["n", "time", *columns, "chain", "log"]
    rows = (
        [str(one.n), _utc(one.says), *(str(one.says.get(name, "")) for name in columns), b64.url(one.value), log]
        for one in lines
    )
    return writing.csv_lines(headings, rows)


def json_line(one: Chained) -> bytes:
    """The line as one canonical object, ended by a newline."""
    ours: dict[str, str | int] = {
        "before": b64.url(one.before),
        "chain": b64.url(one.value),
        "log": one.log,
        "n": one.n,
    }
    return canon.encode({**one.says, **ours}) + b"\n"


def read_json_line(raw: bytes) -> Chained:
    """The line in `raw`, nothing checked but its form; raises PeerError where it is not one that `json_line` writes."""
    value = canon.decode(raw.rstrip(b"\n"), max_bytes=MAX_LINE_BYTES)
    if not isinstance(value, dict) or not value.keys() >= _OUR_NAMES:
        raise PeerError("This is not a line of a log: it lacks n, log, chain or before.")
    log, n = value["log"], value["n"]
    says = {name: found for name, found in value.items() if name not in _OUR_NAMES}
    plain = {
        name: found for name, found in says.items() if isinstance(found, str | int) and not isinstance(found, bool)
    }
    if not isinstance(log, str) or not isinstance(n, int) or isinstance(n, bool) or n < 0 or plain != says:
        raise PeerError("This is not a line of a log: what it says must be texts and whole numbers.")
    return Chained(log, n, plain, _value(value["chain"]), _value(value["before"]))


def check_json_lines(raws: Iterable[bytes], heads: Sequence[Head] = ()) -> tuple[FileCheck, ...]:
    """What the lines of a file amount to, by log, every line held to what stands before it; raises BrokenError at the first that does not fit.

    `heads` were written down before, and are held to the lines that they end with, where those are there.

    Raises PeerError, with the number of the line in the file, where one cannot be read.
    """
    found: dict[str, FileCheck] = {}
    for number, raw in enumerate(raws, 1):
        try:
            one = read_json_line(raw)
        except PeerError as error:
            raise PeerError(f"Line {number} of the file: {error}") from None
        known = found.get(one.log)
        ends = known.head if known is not None else Head(one.log)
        if one.n < ends.size:
            raise BrokenError(
                one.log,
                one.n,
                f"Line {one.n} of {in_words(one.log)} stands after its line {ends.size - 1} in the file: lines were repeated or put in another "
                "order.",
            )
        if one.n == ends.size and one.before != ends.value:
            raise BrokenError(
                one.log,
                one.n,
                f"Line {one.n} of {in_words(one.log)} does not follow the line before it: one of the two was changed.",
            )
        walk = Walk(Head(one.log, one.n, one.before))
        walk.take(one.n, one.says, one.value)
        confirmed = known.confirmed if known is not None else ()
        for head in heads:
            if head.log == one.log and head.size == one.n + 1:
                walk.check_head(head)
                confirmed = (*confirmed, head.size)
        if known is None:
            found[one.log] = FileCheck(one.log, 1, one.n, walk.head, 0, confirmed)
        else:
            gaps = known.gaps + (one.n > ends.size)
            found[one.log] = FileCheck(one.log, known.lines + 1, known.first, walk.head, gaps, confirmed)
    return tuple(found.values())


def cef(one: Chained, party: str, version: str) -> str:
    """The line as one event in the Common Event Format: what, how grave, when, who, and its place in the chain."""
    says = {name: str(found) for name, found in one.says.items()}
    act = says.get("act") or " ".join(word for word in (says.get("direction", ""), says.get("outcome", "")) if word)
    head = ("Stafftalks", "Stafftalks", version, f"{one.log}:{act}", act, str(gravity(one.says)))
    extension = {
        "rt": str(_seconds(one.says) * 1000),
        "dvchost": party,
        "act": act,
        **_parts(one.log, says),
        "msg": _shortened(says.get("sentence", "")),
        **_custom("cn1", "line", str(one.n)),
        **_custom("cs6", "chain", b64.url(one.value)),
    }
    fields = " ".join(f"{name}={_extension(value)}" for name, value in extension.items() if value)
    return f"CEF:0|{'|'.join(_header(part) for part in head)}|{fields}"


def gravity(says: Says) -> int:
    """How grave what a line says is, from 0 to 10."""
    return _GRAVE.get(str(says.get("act") or says.get("outcome", "")), 3)


def as_syslog(one: Chained, party: str, version: str, host: str) -> bytes:
    """The event as a message of RFC 5424, without framing: facility 13 (log audit), time of the line, `host` where it can be written."""
    grave = gravity(one.says)
    severity = 2 if grave >= 8 else 4 if grave >= 5 else 6
    when = datetime.fromtimestamp(_seconds(one.says), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    name = host if _HOST.fullmatch(host) else "-"
    return f"<{FACILITY * 8 + severity}>1 {when} {name} stafftalks - {one.log} - {cef(one, party, version)}".encode()


def _parts(log: str, says: Mapping[str, str]) -> dict[str, str]:
    """Who, about what, and what else a line of this log says, under CEF's names."""
    if log == "journal":
        return {"suser": says.get("person", ""), **_custom("cs1", "subject", says.get("subject", ""))}
    inbound = says.get("direction") == "in"
    return {
        **_custom("cs2", "partner", says.get("partner", "")),
        **_custom("cs3", "accord", says.get("accord", "")),
        **_custom("cs4", "bundle", says.get("bundle", "")),
        "app": says.get("channel", ""),
        "outcome": says.get("outcome", ""),
        "deviceDirection": "0" if inbound else "1",
        "in" if inbound else "out": says.get("size_bytes", ""),
        **_custom("cn2", "entries", says.get("entries", "")),
    }


def _custom(name: str, label: str, value: str) -> dict[str, str]:
    """A field that CEF has no name for, with its label; nothing where it is empty."""
    return {f"{name}Label": label, name: value} if value else {}


def _header(text: str) -> str:
    return _CONTROL.sub("", " ".join(text.split())).replace("\\", "\\\\").replace("|", "\\|")


def _extension(text: str) -> str:
    plain = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return plain.replace("\\", "\\\\").replace("=", "\\=").replace("\n", "\\n")


def _shortened(text: str) -> str:
    return text if len(text) <= _SENTENCE else f"{text[:_SENTENCE]}… (cut here)"


def _seconds(says: Says) -> int:
    at = says.get("at", 0)
    return min(max(at, 0), _TOP) if isinstance(at, int) else 0


def _utc(says: Says) -> str:
    return datetime.fromtimestamp(_seconds(says), UTC).strftime("%Y-%m-%d %H:%M:%S")


def _value(text: object) -> bytes:
    if not isinstance(text, str):
        raise PeerError("This is not a line of a log: its values in the chain must be text.")
    return b64.parse_url(text, "A value in the chain", size=VALUE_BYTES)
