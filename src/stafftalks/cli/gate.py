"""`stafftalks gate`: the second process that must agree before a byte leaves. `--home` is the gate's own folder, never the headquarters'."""

import logging
import signal
import threading
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from stafftalks.cli import inputs
from stafftalks.cli.calls import calling
from stafftalks.cli.options import LimitOption, OffsetOption
from stafftalks.cli.screen import when
from stafftalks.gate import log as gate_log
from stafftalks.gate.folder import GateFolder
from stafftalks.gate.judging import Judged
from stafftalks.gate.log import LogLine
from stafftalks.gate.passing import MAX_PLAINTEXT_BYTES, Gate, GateRefusedError
from stafftalks.gate.rules import MAX_RULES_BYTES, Rules
from stafftalks.links import files, words
from stafftalks.record.card import MAX_CARD_BYTES, digits, fingerprint, open_card
from stafftalks.values.errors import Refusal, RefusedError
from stafftalks.values.ids import AccordId

NAME = "gate"
app = typer.Typer(
    no_args_is_help=True,
    help="The gate: a second process that opens and judges all that leaves. --home is its own folder.",
)
_MAX_SEALED_BYTES = MAX_PLAINTEXT_BYTES + 1024 * 1024


class GateSetUp(msgspec.Struct, frozen=True):
    """A gate set up: its folder, and what was done."""

    folder: str
    notes: tuple[str, ...]


class GateListening(msgspec.Struct, frozen=True):
    """Where a gate now answers partners and its headquarters, as host:port."""

    partners: str
    headquarters: str


class RulesLine(msgspec.Struct, frozen=True):
    """The rules that are in force: whose, when the headquarters wrote them, the partners they name, and how many letters and policies."""

    party: str
    written_at: str
    partners: tuple[str, ...]
    letters: int
    policies: int


class CardTaken(msgspec.Struct, frozen=True):
    """A card that the gate now holds."""

    party: str
    name: str
    version: int


class Verdict(msgspec.Struct, frozen=True):
    """What the gate says to one bundle; it passes where there are no refusals. `releases` are the elements whose releases it carries."""

    partner: str
    bundle: str
    accord: str
    entries: int
    releases: tuple[str, ...]
    refusals: tuple[Refusal, ...]


class FilePassed(msgspec.Struct, frozen=True):
    """A bundle that was judged and sealed to the partner, and where it is."""

    file: str
    partner: str
    bytes: int


class GateLogPage(msgspec.Struct, frozen=True):
    """A window on the gate's log, newest first; `total` counts all that match."""

    total: int
    offset: int
    lines: tuple[LogLine, ...]


@app.command()
def init(
    ctx: typer.Context,
    home: Annotated[
        Path,
        typer.Option("--from", metavar="DIR", help="The folder of the headquarters, whose TLS key moves to the gate."),
    ],
    listen: Annotated[
        str,
        typer.Option("--listen", metavar="HOST:PORT", help="Where partners come; where they came before, otherwise."),
    ] = "",
    inner_listen: Annotated[
        str, typer.Option("--inner-listen", metavar="HOST:PORT", help="Where the headquarters comes, as it reaches it.")
    ] = "127.0.0.1:8444",
    hq_listen: Annotated[
        str, typer.Option("--hq-listen", metavar="HOST:PORT", help="Where the headquarters listens for the gate.")
    ] = "127.0.0.1:8445",
) -> None:
    """Sets up a gate in the folder, and puts the headquarters behind it. Stop the headquarters first."""
    call = calling(ctx)
    notes = call.site.set_up_gate(call.folder, home, listen=listen, inner_listen=inner_listen, gate_listen=hq_listen)
    if call.screen.as_json:
        call.screen.document(GateSetUp(str(call.folder), notes))
    else:
        call.screen.say(*notes)


@app.command()
def serve(ctx: typer.Context) -> None:
    """Stands between the headquarters and its partners until interrupted."""
    from stafftalks.gate.serving import GateServing

    call = calling(ctx)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    folder = GateFolder(call.folder)
    serving, over = GateServing(folder), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    serving.start()
    listening = GateListening(serving.outer.address, serving.inner.address)
    if call.screen.as_json:
        call.screen.document(listening)
    else:
        call.screen.say(
            f"Partners: {listening.partners}", f"Headquarters: {listening.headquarters}", "Stop with Ctrl-C."
        )
    over.wait()
    serving.stop()


@app.command()
def rules(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Rules that were read and found right; without it, those in force.")
    ] = "",
) -> None:
    """Checks a file of rules and puts it into force, or says what is in force. A file with any fault changes nothing."""
    call = calling(ctx)
    folder = GateFolder(call.folder)
    found = folder.install(inputs.read_bytes(file, MAX_RULES_BYTES)) if file else folder.rules()
    if call.screen.as_json:
        call.screen.document(_rules_line(found))
        return
    call.screen.say(f"In force: the rules of {found.party}, written {found.written_at or 'at a time not said'}.")
    rows = [
        (
            letter.partner,
            letter.title,
            ", ".join(f"{one.policy} {one.level}" for one in letter.ceilings),
            f"{letter.valid_until:%Y-%m-%d}",
        )
        for letter in found.letters
    ]
    call.screen.table(("Partner", "Letter", "Up to", "Until"), rows, empty="No letter: no element leaves.")


@app.command()
def card(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="CARD", help="A partner's card, or our own renewed one.")],
    typed: Annotated[
        str,
        typer.Option(
            "--fingerprint",
            metavar="TEXT",
            help="The 12 words or 40 digits that the partner read out; else it is asked for.",
        ),
    ] = "",
) -> None:
    """Takes a partner's card, once its fingerprint was compared; a renewed card is vouched for by the one held."""
    call = calling(ctx)
    folder, document = GateFolder(call.folder), inputs.read_bytes(file, MAX_CARD_BYTES)
    found, confirmed = open_card(document), None
    if found.party not in folder.cards():
        call.screen.say(f"{found.name} ({found.party}), card {found.version}: {digits(fingerprint(found))}")
        confirmed = words.parse_fingerprint(
            typed or typer.prompt("Its fingerprint, as the partner reads it out", err=True)
        )
    folder.take_card(document, confirmed)
    if call.screen.as_json:
        call.screen.document(CardTaken(found.party, found.name, found.version))
    else:
        call.screen.say(f"The gate holds card {found.version} of {found.name} ({found.party}).")


@app.command()
def check(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="BUNDLE", help="A file that the headquarters exported.")],
) -> None:
    """Says whether a bundle would pass as a file, and by which rules it would not; nothing is written."""
    call = calling(ctx)
    judged, _ = Gate(GateFolder(call.folder)).judge(files.read_bundle(Path(file), max_bytes=_MAX_SEALED_BYTES), "file")
    if call.screen.as_json:
        call.screen.document(_verdict(judged))
    elif not judged.refusals:
        call.screen.say(
            f"It would pass to {judged.partner}: {judged.entries} entries, releases of {len(judged.releases)} elements."
        )
    if judged.refusals:
        raise RefusedError(*judged.refusals)


@app.command("pass")
def pass_file(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="IN", help="A file that the headquarters exported.")],
    target: Annotated[str, typer.Argument(metavar="OUT", help="A new file for the partner, or a folder to put it in.")],
) -> None:
    """Judges a bundle that is to be carried by hand, and seals it to the partner; a refused one is logged and nothing is written."""
    call = calling(ctx)
    folder = GateFolder(call.folder)
    try:
        passed = Gate(folder).let_out(files.read_bundle(Path(source), max_bytes=_MAX_SEALED_BYTES), "file")
    except GateRefusedError as refused:
        raise RefusedError(*refused.judged.refusals) from None
    partner, sealed = passed.partner.opened, passed.sealed
    name = files.bundle_name(folder.config().party, partner.party, AccordId(passed.judged.accord), sealed)
    written = files.write_bundle(Path(target), sealed, name)
    if call.screen.as_json:
        call.screen.document(FilePassed(str(written), partner.party, len(sealed)))
    else:
        call.screen.say(
            f"Sealed for {partner.name}: {written} ({len(sealed):,} bytes). Only {partner.party} can open it."
        )


@app.command("log")
def show_log(
    ctx: typer.Context,
    offset: OffsetOption = 0,
    limit: LimitOption = 50,
    *,
    refused: Annotated[bool, typer.Option("--refused", help="Only what was refused.")] = False,
) -> None:
    """Lists what passed the gate and what it refused, newest first."""
    call = calling(ctx)
    folder = GateFolder(call.folder)
    found = [line for line in gate_log.read(folder.log_file) if not refused or line.outcome == "refused"][::-1]
    window = tuple(found[offset : offset + limit])
    if call.screen.as_json:
        call.screen.document(GateLogPage(len(found), offset, window))
        return
    rows = [(when(line.at), line.partner, line.way, line.outcome, str(line.entries), line.sentence) for line in window]
    call.screen.table(
        ("Time", "Partner", "Way", "Outcome", "Entries", "What happened"), rows, empty="Nothing stands in the log."
    )


def _rules_line(found: Rules) -> RulesLine:
    partners = tuple(partner.party for partner in found.partners)
    return RulesLine(found.party, found.written_at, partners, len(found.letters), len(found.policies))


def _verdict(judged: Judged) -> Verdict:
    return Verdict(judged.partner, judged.bundle, judged.accord, judged.entries, judged.releases, judged.refusals)
