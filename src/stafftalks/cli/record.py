"""`stafftalks record`: what an auditor asks: is it whole, what does it say, and can it be proved to others."""

from typing import Annotated

import msgspec
import typer

from stafftalks.cli import inputs, names
from stafftalks.cli.calls import Call, calling
from stafftalks.cli.failures import UnsoundError
from stafftalks.cli.options import AccordArg
from stafftalks.cli.screen import when
from stafftalks.record.proof import MAX_PROOF_BYTES
from stafftalks.services import accords, proof_account, proofs, records
from stafftalks.services.ports import Headquarters
from stafftalks.services.records import FeedReport, Line
from stafftalks.values.errors import MisuseError, PeerError
from stafftalks.values.ids import ElementId, PartyId, parse_element

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
    proof: Annotated[
        str,
        typer.Option(
            "--proof", metavar="FILE", help="Check a proof file instead; needs no headquarters on this machine."
        ),
    ] = "",
    *,
    show: Annotated[
        bool, typer.Option("--show", help="With --proof: print the exact texts that are in the file too.")
    ] = False,
) -> None:
    """Hashes every entry and checks every signature of the records held here, ours and the partners', again; or checks a proof file."""
    call = calling(ctx)
    if proof:
        _verify_proof(call, proof, show=show)
        return
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
    entry: Annotated[
        str, typer.Argument(metavar="ENTRY", help="An entry of a record: PARTY/n, or PARTY/epoch/n; n counts from 0.")
    ] = "",
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="A new file for the proof.")] = "",
    element: Annotated[
        str,
        typer.Option(
            "--element",
            metavar="ELEMENT",
            help="Instead of an entry, the whole story of an element in this accord: ours by its id, a partner's as PARTY/id.",
        ),
    ] = "",
    *,
    without_text: Annotated[
        bool,
        typer.Option("--without-text", help="Leave the texts out: what is proved is that they stand there, and when."),
    ] = False,
) -> None:
    """Writes a proof, complete in itself, that an entry, or all about an element, stands in its author's signed record."""
    call = calling(ctx)
    if not output:
        raise MisuseError("Say where the proof goes: --output FILE.")
    if bool(entry) == bool(element):
        raise MisuseError("Name an entry, or an element with --element.")
    hq = call.hq()
    view = accords.view(hq, names.accord(hq, accord))
    with inputs.new_file(output) as file:
        if element:
            party, found = _element(hq, element)
            file.write(proofs.of_element(hq, call.by(), view.row.id, party, found, text=not without_text))
            subject, spoken = str(found), f"all about the element {names.short(found)}"
        else:
            ref = names.entry(view.feeds, entry)
            file.write(proofs.make(hq, call.by(), view.row.id, [ref], text=not without_text))
            subject, spoken = names.spell(ref), f"entry {names.spell(ref)}"
    if call.screen.as_json:
        call.screen.document(Written(output, view.row.id, subject))
    else:
        call.screen.say(
            f"The proof of {spoken} is in {output}. Whoever has it can show it to others, for ever; anyone can check it with "
            f"`stafftalks record verify --proof {output}`."
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
    proofs.note_fork(hq, call.by(), row.feed)
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


def _verify_proof(call: Call, name: str, *, show: bool) -> None:
    found = proof_account.account(inputs.read_bytes(name, MAX_PROOF_BYTES))
    if call.screen.as_json:
        call.screen.document(found)
        return
    say = call.screen.say
    say(f"{name} holds: every hash and signature in it fits. It is of the accord {found.accord}.")
    call.screen.heading("By whom")
    for signer in found.signers:
        say(f"{signer.party}, “{signer.name}”, card {signer.card}: {signer.digits}")
    if not found.signers:
        say("By the key that is named in the file; whose it is the file does not say.")
    for one in found.entries:
        call.screen.heading(f"Entry {one.entry} ({one.type})")
        say(one.says, one.stands, *one.when)
        if show and one.text:
            say("Its exact text:", one.text)
    call.screen.heading("Not proved")
    say(*found.not_proved)


def _element(hq: Headquarters, text: str) -> tuple[PartyId, ElementId]:
    """Whose element it is, and its id: ours by a unique beginning, also where it was archived; a partner's in full."""
    party, slash, rest = text.partition("/")
    if not slash:
        return hq.party, names.element(hq, text).id
    try:
        return names.party(party), parse_element(rest.strip().lower())
    except PeerError as error:
        raise MisuseError(str(error)) from error


def _report(report: FeedReport) -> FeedLine:
    feed = report.feed
    receipts = tuple(ReceiptLine(receipt.party, receipt.at, receipt.size) for receipt in report.cosigned_by)
    return FeedLine(feed.accord, feed.party, feed.epoch, report.size, report.sound, report.sentence, receipts)


def _entry(party: str, epoch: str, line: Line) -> EntryLine:
    name = f"{party}/{epoch[:8]}/{line.n}"
    return EntryLine(name, line.n, line.at, line.type, line.sort, line.sentence, line.later_than, line.earlier_than)


def _cosigned(line: FeedLine) -> str:
    return ", ".join(f"{receipt.party} up to {receipt.size}" for receipt in line.cosigned_by) or "nobody"
