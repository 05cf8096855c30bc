"""`stafftalks audit`: are the logs as they were written, where do they end, and how they are taken out or sent to what collects events."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from stafftalks import __version__
from stafftalks.cli import inputs
from stafftalks.cli.calls import Call, calling
from stafftalks.cli.failures import UnsoundError
from stafftalks.cli.screen import when
from stafftalks.formats import audit_lines
from stafftalks.formats.audit_lines import Chained, FileCheck
from stafftalks.record.b64 import url
from stafftalks.record.chain import BrokenError, Head, in_words
from stafftalks.services import audit
from stafftalks.services.audit import Check
from stafftalks.services.logs import JOURNAL, LOGS, LinesWanted, columns
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import HostError, MisuseError

NAME = "audit"
app = typer.Typer(no_args_is_help=True, help="Check, export and send the journal and the exchange log.")
FORMS = ("jsonl", "csv", "cef")


class HeadLine(msgspec.Struct, frozen=True):
    """Where a log ends: how many lines it has, and the value of the last; `head` is both in one, to be written down."""

    log: str
    size: int
    value: str
    head: str


class CheckLine(msgspec.Struct, frozen=True):
    """What a check of a log found: `n` is the first line that does not fit, -1 where all do."""

    log: str
    size: int
    sound: bool
    n: int
    head: str
    sentence: str


class TakenOut(msgspec.Struct, frozen=True):
    """Lines of the logs that were written to a file."""

    file: str
    lines: int


class LinesSent(msgspec.Struct, frozen=True):
    """The JSON document of `audit send`: how many lines went, and a sentence for each log that did not go."""

    lines: int
    failures: tuple[str, ...]


class AuditStatus(msgspec.Struct, frozen=True):
    """The JSON document of `audit status`: how far the logs were checked and sent, in sentences."""

    sentences: tuple[str, ...]


@app.command()
def head(ctx: typer.Context) -> None:
    """Prints where each log ends. Write it down where nobody here can change it: `audit verify --since` then proves what stood before."""
    call = calling(ctx)
    found = [_head(one) for one in audit.heads(call.hq())]
    if call.screen.as_json:
        call.screen.document(found)
    else:
        call.screen.say(*(line.head for line in found))


@app.command()
def verify(
    ctx: typer.Context,
    since: Annotated[
        list[str] | None,
        typer.Option(
            "--since", metavar="HEAD", help="A head that was written down, as `audit head` prints it; repeat for more."
        ),
    ] = None,
    since_file: Annotated[
        str, typer.Option("--since-file", metavar="FILE", help="A file of such heads, divided by white space.")
    ] = "",
    file: Annotated[
        str,
        typer.Option(
            "--file", metavar="FILE", help="Check an exported file of JSON lines instead; needs no headquarters."
        ),
    ] = "",
) -> None:
    """Holds every line of both logs to the line before it, and to heads that were written down; names the first that does not fit."""
    call = calling(ctx)
    texts = list(since or [])
    if since_file:
        texts.append(inputs.read_bytes(since_file, inputs.MAX_TEXT_BYTES).decode("utf-8", "replace"))
    heads = audit.parse_heads(texts)
    lines = _verify_file(file, heads) if file else _verify_logs(call, heads)
    if call.screen.as_json:
        call.screen.document(lines)
    else:
        call.screen.say(*(line.sentence for line in lines))
    broken = [line.log for line in lines if not line.sound]
    if broken:
        raise UnsoundError(f"Not as it was written: {', '.join(in_words(log) for log in broken)}.")


@app.command()
def export(
    ctx: typer.Context,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="A new file for the lines.")],
    log: Annotated[str, typer.Option("--log", metavar="LOG", help="journal, exchange, or both.")] = JOURNAL,
    form: Annotated[
        str, typer.Option("--form", metavar="FORM", help="jsonl (can be checked from the file alone), csv or cef.")
    ] = "jsonl",
    after: Annotated[
        str,
        typer.Option("--from", metavar="TIME", help="Not before this day or time, UTC: 2026-11-22, 2026-11-22T14:00."),
    ] = "",
    until: Annotated[str, typer.Option("--until", metavar="TIME", help="Not after this day or time, UTC.")] = "",
    who: Annotated[
        str,
        typer.Option("--who", metavar="NAME", help="Of the journal: this person; of the exchange log: this partner."),
    ] = "",
    about: Annotated[
        str,
        typer.Option("--about", metavar="ID", help="Of the journal: this subject; of the exchange log: this accord."),
    ] = "",
    act: Annotated[
        str, typer.Option("--act", metavar="ACT", help="Of the journal: this act; of the exchange log: this outcome.")
    ] = "",
) -> None:
    """Writes lines of the logs to a file; the journal records it."""
    call = calling(ctx)
    hq = call.hq()
    logs = LOGS if log == "both" else (log,)
    for one in logs:
        audit.log_of(hq, one)
    if form not in FORMS:
        raise MisuseError(f"There is no form {form[:40]!r}: choose one of {', '.join(FORMS)}.")
    if form == "csv" and len(logs) > 1:
        raise MisuseError("The two logs have different columns: write each to a CSV file of its own.")
    wanted = LinesWanted(_time(after), _time(until, last=True), who, about, act)
    with inputs.new_file(output) as file, call.screen.progress("writing", 0) as steps:
        count = 0
        stops = {one: audit.note_taken_out(hq, call.by(), one, form.upper(), wanted) for one in logs}
        for piece, written in _written(hq, form, logs, stops, wanted):
            file.write(piece)
            count += written
            steps.reached(count)
    if call.screen.as_json:
        call.screen.document(TakenOut(output, count))
    else:
        call.screen.say(
            f"Lines written to {output}: {count}. They name our people and what they work on: keep the file as safe as the logs."
        )


@app.command()
def send(ctx: typer.Context) -> None:
    """Sends what came since to the place that `audit_target` names, now; `serve` does so by itself."""
    call = calling(ctx)
    call.open()
    lines, failures = call.site.send_logs(call.folder)
    if call.screen.as_json:
        call.screen.document(LinesSent(lines, failures))
    else:
        call.screen.say(f"Lines sent: {lines}.", *failures)
    if failures:
        raise HostError(f"Logs that could not be sent: {len(failures)}. They are tried again later.")


@app.command()
def status(ctx: typer.Context) -> None:
    """Says how far the logs were last checked, and how far they were sent."""
    call = calling(ctx)
    lines = (*map(_standing, audit.standings(call.hq())), *call.site.logs_status(call.folder))
    if call.screen.as_json:
        call.screen.document(AuditStatus(lines))
    else:
        call.screen.say(*lines)


def _verify_logs(call: Call, heads: tuple[Head, ...]) -> list[CheckLine]:
    hq = call.hq()
    total = sum(one.size for one in audit.heads(hq))
    with call.screen.progress("checking the logs", total) as steps:
        checks = audit.verify(hq, heads, lambda done, _: steps.reached(done))
    audit.note(hq, call.by(), checks)
    return [_check(check) for check in checks]


def _verify_file(name: str, heads: tuple[Head, ...]) -> list[CheckLine]:
    try:
        with Path(name).open("rb") as file:
            found = audit_lines.check_json_lines(file, heads)
    except OSError as error:
        raise MisuseError(f"{name} cannot be read: {error.strerror}.") from error
    except BrokenError as error:
        return [CheckLine(error.log, error.n, sound=False, n=error.n, head="", sentence=str(error))]
    return [_file_check(one) for one in found]


def _file_check(found: FileCheck) -> CheckLine:
    last = found.head.size - 1
    said = f"{in_words(found.log).capitalize()}: {found.lines} lines, from {found.first} to {last}; each is as it was written after the one before it."
    if found.gaps:
        said += f" At {found.gaps} places lines are left out: of those this file says nothing."
    if found.confirmed:
        said += f" It agrees with the heads that were written down at {', '.join(map(str, found.confirmed))} lines."
    return CheckLine(found.log, found.lines, sound=True, n=-1, head=str(found.head), sentence=said)


def _written(
    hq: Headquarters, form: str, logs: Iterable[str], stops: dict[str, int], wanted: LinesWanted
) -> Iterator[tuple[bytes, int]]:
    """The pieces of the file, each with how many lines it adds."""
    for log in logs:
        lines = (
            Chained(log, line.n, line.says, line.value, line.before)
            for line in audit.log_of(hq, log).lines(0, stops[log], wanted)
        )
        match form:
            case "csv":
                for number, text in enumerate(audit_lines.csv_lines(log, lines, columns(log))):
                    yield text.encode(), int(number > 1)
            case "cef":
                for one in lines:
                    yield f"{audit_lines.cef(one, hq.party, __version__)}\n".encode(), 1
            case _:
                for one in lines:
                    yield audit_lines.json_line(one), 1


def _time(text: str, *, last: bool = False) -> int:
    """Unix seconds of a day or time in UTC, 0 where nothing is given; of a day its last second where `last`."""
    if not text:
        return 0
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise MisuseError(f"{text[:40]!r} is no day or time: write 2026-11-22 or 2026-11-22T14:00, in UTC.") from error
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    if last and len(text) == len("2026-11-22"):
        found += timedelta(days=1, seconds=-1)
    return int(found.timestamp())


def _head(one: Head) -> HeadLine:
    return HeadLine(one.log, one.size, url(one.value), str(one))


def _check(check: Check) -> CheckLine:
    return CheckLine(check.log, check.head.size, check.sound, check.n, str(check.head), check.sentence)


def _standing(one: audit.Standing) -> str:
    name = in_words(one.head.log).capitalize()
    if one.broken:
        return f"{name}: {one.broken}"
    if not one.at:
        return f"{name} has {one.head.size} lines and was never checked."
    return f"{name} was checked to line {one.checked.size - 1} on {when(one.at)} by {one.by}; lines since then: {one.unchecked}."
