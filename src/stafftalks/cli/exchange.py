"""`stafftalks exchange`: what goes to partners and comes from them, over the wire or as sealed files carried by hand."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from stafftalks.cli import inputs, names
from stafftalks.cli.calls import Call, calling
from stafftalks.cli.options import LimitOption, OffsetOption
from stafftalks.cli.screen import when
from stafftalks.links import files
from stafftalks.services import exchange
from stafftalks.services.exchange import PartnerStatus, Round
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ExchangeRow
from stafftalks.values.errors import HostError, MisuseError, PeerError
from stafftalks.values.ids import PartyId

NAME = "exchange"
app = typer.Typer(no_args_is_help=True, help="Exchange records with partners, over the wire or by hand.")


class RoundLine(msgspec.Struct, frozen=True):
    """One bundle there and one back: entries sent and taken. `error` is empty where both arrived."""

    partner: str
    accord: str
    sent: int
    taken: int
    sentence: str
    error: str


class Exported(msgspec.Struct, frozen=True):
    """A sealed bundle written for hand carriage; `further` are the files that go on where it ends, in the order in which they are taken in."""

    file: str
    partner: str
    accord: str
    bytes: int
    further: tuple[str, ...] = ()


class ImportedBundle(msgspec.Struct, frozen=True):
    """What a sealed bundle brought; `refused` are the sentences of what in it was not taken."""

    partner: str
    accord: str
    bundle: str
    entries: int
    sentence: str
    refused: tuple[str, ...]


class AccordHeld(msgspec.Struct, frozen=True):
    """How much of our `size` entries a partner is known to hold in one accord; null where it has not said."""

    accord: str
    size: int
    held: int | None


class StatusLine(msgspec.Struct, frozen=True):
    """How exchange stands with a partner; times in unix seconds, 0 for never. `unsent` counts entries not known to have arrived.

    `gate` is where our own gate is, empty without one, and `gate_refused` what it last refused to this partner.
    """

    party: str
    name: str
    sentence: str
    unsent: int
    last_ok_at: int
    next_try_at: int
    failures: int
    last_error: str
    accords: tuple[AccordHeld, ...]
    gate: str
    gate_refused: str


class LogPage(msgspec.Struct, frozen=True):
    """A window on the exchange log, newest first; `total` counts all that match."""

    total: int
    offset: int
    exchanges: tuple[ExchangeRow, ...]


@app.command()
def run(
    ctx: typer.Context,
    partner: Annotated[
        str,
        typer.Option("--partner", metavar="PARTY", help="One partner only; every partner with an address otherwise."),
    ] = "",
) -> None:
    """Talks to partners over the wire now, accord by accord, until neither side has news."""
    call = calling(ctx)
    hq = call.hq()
    parties = [names.party(partner)] if partner else [row.party for row in hq.partners.partners()]
    if not parties:
        raise MisuseError("No partner is paired yet: `stafftalks pair add CARD` takes a partner's card.")
    found: list[RoundLine] = []
    failed: dict[PartyId, str] = {}
    carrier = call.site.carrier()
    with call.screen.progress("exchanging", len(parties)) as steps:
        for party in parties:
            try:
                rounds = exchange.run(hq, carrier, party, force=True)
            except MisuseError as error:
                if partner:
                    raise
                # Of all partners, one that is served by hand is nothing amiss.
                call.screen.say(str(error))
                rounds = ()
            found += [_told(call, party, one) for one in rounds]
            failed.update((party, one.error) for one in rounds if one.error)
            steps.done(f"exchanged with {party}")
    if call.screen.as_json:
        call.screen.document(found)
    elif not found and not hq.records.accords():
        call.screen.say("There is no accord to exchange yet.")
    _fail(hq, failed)


@app.command()
def export(
    ctx: typer.Context,
    to: Annotated[str, typer.Option("--to", metavar="PARTY", help="The partner that will take it in.")],
    accord: Annotated[
        str, typer.Option("--accord", metavar="ACCORD", help="The accord: its id or a unique beginning.")
    ],
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="A new file, or a folder to put it in.")
    ] = ".",
) -> None:
    """Writes a sealed file with all that the partner is not known to hold of an accord, to be carried by hand; several where it does not fit into one."""
    call = calling(ctx)
    hq = call.hq()
    party, found, place = names.party(to), names.accord(hq, accord), Path(output)
    # Looked at before the bundle is made, because making it is logged as sent.
    if not place.is_dir() and (place.exists() or not place.parent.is_dir()):
        why = "exists already and is left as it is" if place.exists() else "is in a folder that does not exist"
        raise MisuseError(f"{place} {why}: give another name.")
    written: list[Path] = []
    length = 0
    for part, sealed in enumerate(exchange.export_all(hq, party, found), 1):
        name = files.bundle_name(hq.party, party, found, sealed, part)
        at = place if part == 1 or place.is_dir() else place.with_stem(f"{place.stem}-part{part}")
        written.append(files.write_bundle(at, sealed, name))
        exchange.note_carried(hq, call.by(), party, found, len(sealed))
        length = length or len(sealed)
    if call.screen.as_json:
        call.screen.document(Exported(str(written[0]), party, found, length, tuple(map(str, written[1:]))))
        return
    if hq.policy.gate:
        call.screen.say(
            f"Sealed for our gate: {written[0]} ({length:,} bytes). It goes to {party} once the gate has passed it:"
        )
        call.screen.say(f"`stafftalks --home GATE gate pass {written[0].name} OUT`.")
    else:
        call.screen.say(
            f"Sealed for {party}: {written[0]} ({length:,} bytes). Only {party} can open it; it takes it in with"
        )
        call.screen.say(f"`stafftalks exchange import {written[0].name}`.")
    if written[1:]:
        further = ", ".join(path.name for path in written[1:])
        call.screen.say(
            f"It did not fit into one file. Further parts, to be taken in after it in this order: {further}."
        )


@app.command("import")
def import_bundle(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A sealed file from a partner; - for standard input.")],
) -> None:
    """Takes in a sealed file from a partner. What is wrong with it is said, and told to the partner with the next exchange."""
    call = calling(ctx)
    hq = call.hq()
    limit = hq.policy.max_taken_bytes
    sealed = inputs.read_bytes("-", limit) if file == "-" else files.read_bundle(Path(file), max_bytes=limit)
    exchange.note_carried(hq, call.by(), None, "", len(sealed))
    taken = exchange.take(hq, sealed, "file")
    if call.screen.as_json:
        document = ImportedBundle(
            taken.partner, taken.accord or "", taken.bundle, taken.entries, taken.sentence, taken.refusals
        )
        call.screen.document(document)
    elif taken.refusals:
        call.screen.say(
            f"From {taken.partner}: not all of it was taken in; {taken.entries} entries were.", *taken.remarks
        )
    else:
        call.screen.say(f"From {taken.partner}: {taken.sentence}")
    if taken.refusals:
        raise PeerError(" ".join(taken.refusals))


@app.command()
def status(ctx: typer.Context) -> None:
    """Shows how exchange stands with each partner: what waits, what was last heard, what failed."""
    call = calling(ctx)
    hq = call.hq()
    lines = [_status(hq, status) for status in exchange.status(hq)]
    if call.screen.as_json:
        call.screen.document(lines)
        return
    if hq.policy.gate:
        call.screen.say(f"Everything leaves through the gate at {hq.policy.gate}, which judges it by rules of its own.")
        call.screen.say(*(f"Last refused to {line.party}: {line.gate_refused}" for line in lines if line.gate_refused))
    rows = [(line.party, line.name, str(line.unsent), when(line.last_ok_at), line.sentence) for line in lines]
    columns = ("Party", "Name", "Waiting", "Last exchange", "How it stands")
    call.screen.table(
        columns, rows, empty="No partner is paired yet: `stafftalks pair add CARD` takes a partner's card."
    )


@app.command("log")
def show_log(
    ctx: typer.Context,
    partner: Annotated[str, typer.Option("--partner", metavar="PARTY", help="Exchanges with one partner.")] = "",
    accord: Annotated[str, typer.Option("--accord", metavar="ACCORD", help="Exchanges of one accord.")] = "",
    outcome: Annotated[
        str,
        typer.Option("--outcome", metavar="OUTCOME", help="As sent, received, cosigned, refused, failed, repeated."),
    ] = "",
    offset: OffsetOption = 0,
    limit: LimitOption = 50,
) -> None:
    """Lists what went out and came in, with what became of it, newest first."""
    call = calling(ctx)
    hq = call.hq()
    party = names.party(partner) if partner else ""
    found = names.accord(hq, accord) if accord else ""
    total, rows = hq.log.find(partner=party, accord=found, outcome=outcome, offset=offset, limit=limit)
    if call.screen.as_json:
        call.screen.document(LogPage(total, offset, rows))
        return
    cells = [
        (
            when(row.at),
            row.partner,
            row.direction,
            row.channel,
            row.outcome,
            names.short(row.accord),
            str(row.entries),
            row.sentence,
        )
        for row in rows
    ]
    columns = ("Time", "Partner", "Way", "By", "Outcome", "Accord", "Entries", "What happened")
    call.screen.table(columns, cells, empty="Nothing was exchanged that matches.")
    if total > len(rows):
        call.screen.say(f"{offset + 1} to {offset + len(rows)} of {total}; --offset and --limit show others.")


def _told(call: Call, party: PartyId, one: Round) -> RoundLine:
    if one.error:
        call.screen.say(f"{party}, accord {names.short(one.accord)}: failed.")
    else:
        call.screen.say(
            f"{party}, accord {names.short(one.accord)}: {one.sent} sent, {one.taken} taken. {one.sentence}"
        )
    return RoundLine(party, one.accord, one.sent, one.taken, one.sentence, one.error)


def _fail(hq: Headquarters, failed: dict[PartyId, str]) -> None:
    """Raises PeerError where what partners sent is all that is at fault, HostError where one could not be reached."""
    if not failed:
        return
    sentences = " ".join(f"{party}: {error}" for party, error in failed.items())
    last = [hq.log.find(partner=party, limit=1)[1] for party in failed]
    if all(rows and rows[0].outcome == "refused" for rows in last):
        raise PeerError(sentences)
    raise HostError(sentences)


def _status(hq: Headquarters, found: PartnerStatus) -> StatusLine:
    sending = found.partner.sending
    return StatusLine(
        party=found.partner.party,
        name=found.partner.name,
        sentence=found.sentence,
        unsent=found.unsent,
        last_ok_at=sending.last_ok_at,
        next_try_at=sending.next_try_at,
        failures=sending.failures,
        last_error=sending.last_error,
        accords=tuple(AccordHeld(item.accord, item.size, item.held) for item in found.accords),
        gate=hq.policy.gate,
        gate_refused=found.gate_refused.sentence if found.gate_refused else "",
    )
