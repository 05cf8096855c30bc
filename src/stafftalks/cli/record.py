"""`stafftalks record`: what an auditor asks: is it whole, what does it say, and can it be proved to others."""

from typing import Annotated

import msgspec
import typer

from stafftalks.cli import inputs, names
from stafftalks.cli.calls import calling
from stafftalks.cli.failures import UnsoundError
from stafftalks.cli.options import AccordArg, EntryArg
from stafftalks.cli.screen import when
from stafftalks.services import accords, records
from stafftalks.services.records import FeedReport, Line

NAME = "record"
app = typer.Typer(no_args_is_help=True, help="Verify, read and prove the signed records.")
_LINES = 50


class ReceiptLine(msgspec.Struct, frozen=True):
    """A party's cosignature: by its own clock it held everything below entry `size` at `at`, unix seconds."""

    party: str
    at: int
    size: int


class FeedLine(msgspec.Struct, frozen=True):
    """What verification found of one party's record in one accord and epoch."""

    accord: str
    party: str
    epoch: str
    size: int
    sound: bool
    sentence: str
    cosigned_by: tuple[ReceiptLine, ...]


class EntryLine(msgspec.Struct, frozen=True):
    """One entry. It was written after all in `later_than` and before `earlier_than` (unix seconds; 0 where nothing bounds it)."""

    entry: str
    n: int
    at: int
    type: str
    sort: str
    sentence: str
    later_than: tuple[str, ...]
    earlier_than: int


class RecordPage(msgspec.Struct, frozen=True):
    """A window on one party's record in one accord and epoch."""

    accord: str
    party: str
    epoch: str
    size: int
    offset: int
    frozen: str
    entries: tuple[EntryLine, ...]


class Reopened(msgspec.Struct, frozen=True):
    """The fresh epoch of our record in an accord."""

    accord: str
    epoch: str


class Written(msgspec.Struct, frozen=True):
    """A proof that was written to a file."""

    file: str
    accord: str
    subject: str


@app.command()
def verify(
    ctx: typer.Context,
    accord: Annotated[str, typer.Argument(metavar="ACCORD", help="One accord only; every accord otherwise.")] = "",
) -> None:
    """Hashes every entry and checks every signature of the records held here, ours and the partners', again."""
    call = calling(ctx)
    hq = call.hq()
    wanted = [names.accord(hq, accord)] if accord else [row.id for row in hq.records.accords()]
    lines: list[FeedLine] = []
    for one in wanted:
        total = sum(row.size for row in hq.records.feeds(one))
        with call.screen.progress(f"accord {names.short(one)}", total) as steps:
            lines += [_report(report) for report in records.verify(hq, one, lambda done, _: steps.reached(done))]
    if call.screen.as_json:
        call.screen.document(lines)
    else:
        rows = [
            (names.short(line.accord), f"{line.party}/{line.epoch[:8]}", "sound" if line.sound else "NOT SOUND", _cosigned(line), line.sentence)
            for line in lines
        ]  # fmt: skip
        columns = ("Accord", "Record", "Verdict", "Cosigned by", "What was found")
        call.screen.table(columns, rows, empty="No record is held here yet.")
    unsound = [
        f"{line.party}/{line.epoch[:8]} in accord {names.short(line.accord)}" for line in lines if not line.sound
    ]
    if unsound:
        raise UnsoundError(f"{len(unsound)} of {len(lines)} records are not sound: {', '.join(unsound)}.")


@app.command()
def show(
    ctx: typer.Context,
    accord: AccordArg,
    record: Annotated[
        str, typer.Argument(metavar="RECORD", help="PARTY, or PARTY/epoch; our own newest epoch if not given.")
    ] = "",
    offset: Annotated[
        int, typer.Option("--offset", min=-1, help="The first entry to show, from 0; -1 for the newest ones.")
    ] = -1,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="The most entries to show.")] = _LINES,
) -> None:
    """Shows the entries of a party's record in an accord, with the interval in which each was written."""
    call = calling(ctx)
    hq = call.hq()
    view = accords.view(hq, names.accord(hq, accord))
    row = names.feed(view.feeds, record or hq.party)
    first = max(0, row.size - limit) if offset < 0 else offset
    page = RecordPage(
        accord=view.row.id,
        party=row.feed.party,
        epoch=row.feed.epoch,
        size=row.size,
        offset=first,
        frozen=row.frozen,
        entries=tuple(
            _entry(row.feed.party, row.feed.epoch, line) for line in records.page(hq, row.feed, first, limit)
        ),
    )
    if call.screen.as_json:
        call.screen.document(page)
        return
    call.screen.say(f"Record {page.party}/{page.epoch} in accord {page.accord}: {page.size} entries")
    if page.frozen:
        call.screen.say(f"Frozen: {page.frozen}")
    rows = [
        (line.entry, line.type, when(line.at), ", ".join(line.later_than), when(line.earlier_than) if line.earlier_than else "not bounded", line.sentence)
        for line in page.entries
    ]  # fmt: skip
    columns = ("Entry", "Type", "Claimed time", "Later than", "Earlier than", "Remark")
    call.screen.table(columns, rows, empty="No entry there.")
    if page.entries and len(page.entries) < page.size:
        call.screen.say(f"{first} to {first + len(page.entries) - 1} of {page.size}; --offset and --limit show others.")


@app.command()
def proof(
    ctx: typer.Context,
    accord: AccordArg,
    entry: EntryArg,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="A new file for the proof.")],
) -> None:
    """Writes a proof, complete in itself, that an entry stands in its author's signed record."""
    call = calling(ctx)
    hq = call.hq()
    view = accords.view(hq, names.accord(hq, accord))
    ref = names.entry(view.feeds, entry)
    raw = records.proof(hq, view.row.id, ref)
    with inputs.new_file(output) as file:
        file.write(raw)
    if call.screen.as_json:
        call.screen.document(Written(output, view.row.id, names.spell(ref)))
    else:
        call.screen.say(
            f"The proof of entry {names.spell(ref)} is in {output}. Whoever has it can show it to others, for ever."
        )


@app.command("fork-proof")
def fork_proof(
    ctx: typer.Context,
    accord: AccordArg,
    record: Annotated[str, typer.Argument(metavar="RECORD", help="PARTY, or PARTY/epoch.")],
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="A new file for the proof.")],
) -> None:
    """Writes the proof that a party signed two different records, where one is held."""
    call = calling(ctx)
    hq = call.hq()
    view = accords.view(hq, names.accord(hq, accord))
    row = names.feed(view.feeds, record)
    raw = records.fork_proof(hq, row.feed)
    with inputs.new_file(output) as file:
        file.write(raw)
    subject = f"{row.feed.party}/{row.feed.epoch[:8]}"
    if call.screen.as_json:
        call.screen.document(Written(output, view.row.id, subject))
    else:
        call.screen.say(f"The proof that {subject} was signed in two different forms is in {output}.")


@app.command()
def reopen(ctx: typer.Context, accord: AccordArg) -> None:
    """Opens a fresh epoch of our own record in an accord, as after a restore or where its key is lost."""
    call = calling(ctx)
    hq = call.hq()
    row = accords.reopen(hq, call.person(), names.accord(hq, accord))
    if call.screen.as_json:
        call.screen.document(Reopened(row.feed.accord, row.feed.epoch))
    else:
        call.screen.say(f"Our record goes on in a fresh epoch, {row.feed.party}/{row.feed.epoch[:8]}.")


def _report(report: FeedReport) -> FeedLine:
    feed = report.feed
    receipts = tuple(ReceiptLine(receipt.party, receipt.at, receipt.size) for receipt in report.cosigned_by)
    return FeedLine(feed.accord, feed.party, feed.epoch, report.size, report.sound, report.sentence, receipts)


def _entry(party: str, epoch: str, line: Line) -> EntryLine:
    name = f"{party}/{epoch[:8]}/{line.n}"
    return EntryLine(name, line.n, line.at, line.type, line.sort, line.sentence, line.later_than, line.earlier_than)


def _cosigned(line: FeedLine) -> str:
    return ", ".join(f"{receipt.party} up to {receipt.size}" for receipt in line.cosigned_by) or "nobody"
