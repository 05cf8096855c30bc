"""`stafftalks pair`: giving our card, and taking a partner's after a person has compared its fingerprint."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from stafftalks.cli import inputs, names
from stafftalks.cli.calls import Call, calling
from stafftalks.cli.screen import when
from stafftalks.links import words
from stafftalks.record.card import MAX_CARD_BYTES, Card, digits
from stafftalks.record.card import fingerprint as card_fingerprint
from stafftalks.services import pairing
from stafftalks.services.rows import PartnerRow
from stafftalks.values.errors import MisuseError, RefusedError
from stafftalks.values.person import Role

NAME = "pair"
app = typer.Typer(no_args_is_help=True, help="Meet partners: exchange cards and compare fingerprints.")


class CardPage(msgspec.Struct, frozen=True):
    """A party's card: `words` and `digits` spell the same fingerprint; `issued_at` is unix seconds as claimed."""

    party: str
    name: str
    version: int
    addresses: tuple[str, ...]
    issued_at: int
    words: str
    digits: str


class PartnerLine(msgspec.Struct, frozen=True):
    """A paired party and how exchange with it stands; times in unix seconds, 0 for never."""

    party: str
    name: str
    card_version: int
    addresses: tuple[str, ...]
    words: str
    digits: str
    paired_at: int
    paired_by: str
    last_ok_at: int
    last_error: str


@app.command()
def card(
    ctx: typer.Context,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="Write the card there, to give to partners.")
    ] = "",
) -> None:
    """Shows our own card and its fingerprint, and writes it to a file that partners take with `pair add`."""
    call = calling(ctx)
    hq = call.hq()
    page = page_of(pairing.own_card(hq))
    if output:
        with inputs.new_file(output) as file:
            file.write(hq.keyring.card_document())
    if call.screen.as_json:
        call.screen.document(page)
        return
    draw(call, page)
    if output:
        call.screen.say(
            f"The card is in {output}: give it to partners by any way; they compare the fingerprint with you."
        )


@app.command()
def add(
    ctx: typer.Context,
    card: Annotated[
        str, typer.Argument(metavar="CARD", help="The partner's card file; - reads it from standard input.")
    ],
    fingerprint: Annotated[
        str,
        typer.Option(
            "--fingerprint",
            metavar="TEXT",
            help="The 12 words or 40 digits that the partner read out; else it is asked for.",
        ),
    ] = "",
    expect: Annotated[
        str, typer.Option("--expect", metavar="PARTY", help="Refuse the card where it is of another party.")
    ] = "",
) -> None:
    """Takes a partner's card, once the fingerprint that the partner reads out in person or by telephone is typed in.

    A renewed card of a party that is paired already needs no fingerprint: the keys of the old card vouch for it.
    """
    call = calling(ctx)
    hq = call.hq()
    person = call.person()
    document = inputs.read_bytes(card, MAX_CARD_BYTES)
    found, _ = pairing.fingerprint_of(document)
    expected = names.party(expect) if expect else None
    confirmed = None
    if hq.partners.partner(found.party) is None and expected in (None, found.party):
        if not call.screen.as_json:
            draw(call, page_of(found))
        confirmed = words.parse_fingerprint(fingerprint or _heard(found, from_stdin=card == "-"))
    row = pairing.add_partner(hq, person, document, confirmed, expected=expected)
    if call.screen.as_json:
        call.screen.document(_line(row))
    else:
        call.screen.say(f"Paired with {row.name} ({row.party}), card {found.version}.")


@app.command()
def renew(
    ctx: typer.Context,
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help="Our name, where it changes.")] = "",
    address: Annotated[
        list[str] | None,
        typer.Option(
            "--address",
            metavar="URL",
            help="https://host:port at which partners reach us from now on; repeat for more.",
        ),
    ] = None,
    roots: Annotated[
        str, typer.Option("--roots", metavar="DIR", help="The folder that holds root.key, where it is kept away.")
    ] = "",
    *,
    by_hand: Annotated[
        bool, typer.Option("--by-hand", help="No address any more: everything goes by sealed file.")
    ] = False,
    fresh_tls: Annotated[bool, typer.Option("--fresh-tls", help="Make a new TLS key and certificate too.")] = False,
) -> None:
    """Signs our next card, as after a change of address or TLS key; partners take it with `pair add`, without comparing again."""
    call = calling(ctx)
    hq = call.hq()
    person = call.person()
    refusal = person.lacking(Role.ADMINISTRATOR, Role.HEAD)
    if refusal:
        raise RefusedError(refusal)
    if by_hand and address:
        raise MisuseError(
            "--by-hand and --address exclude each other: say where partners reach us, or that they do not."
        )
    notes = call.site.renew_card(
        call.folder,
        name=name.strip() or None,
        addresses=() if by_hand else tuple(address) if address else None,
        fresh_tls=fresh_tls,
        roots=Path(roots) if roots else None,
        by=person.username,
    )
    page = page_of(pairing.own_card(hq))
    if call.screen.as_json:
        call.screen.document(page)
        return
    draw(call, page)
    call.screen.say(*notes)


@app.command("list")
def list_partners(ctx: typer.Context) -> None:
    """Lists the paired parties."""
    call = calling(ctx)
    lines = [_line(row) for row in call.hq().partners.partners()]
    if call.screen.as_json:
        call.screen.document(lines)
        return
    rows = [
        (
            line.party,
            line.name,
            str(line.card_version),
            ", ".join(line.addresses) or "by hand only",
            f"{when(line.paired_at)} by {line.paired_by}",
            when(line.last_ok_at),
        )
        for line in lines
    ]
    columns = ("Party", "Name", "Card", "Addresses", "Paired", "Last exchange")
    call.screen.table(
        columns, rows, empty="No partner is paired yet: `stafftalks pair add CARD` takes a partner's card."
    )


def _heard(card: Card, *, from_stdin: bool) -> str:
    """What the person types as heard from the partner; raises MisuseError where nobody is there to ask."""
    if not from_stdin:
        question = f"Have {card.party} read its fingerprint out to you, and type what you hear (12 words or 40 digits)"
        try:
            return str(typer.prompt(question, err=True))
        except typer.Abort:
            sys.stderr.write("\n")
    raise MisuseError(
        f"The fingerprint of {card.party}'s card was not given, so nothing was accepted. Have {card.party} read it out, and type it "
        "in, or give it with --fingerprint."
    )


def page_of(found: Card) -> CardPage:
    """A card with its fingerprint spelt out."""
    raw = card_fingerprint(found)
    return CardPage(
        found.party, found.name, found.version, found.addresses, found.issued_at, words.words(raw), digits(raw)
    )


def draw(call: Call, page: CardPage) -> None:
    """Prints a card, its fingerprint in words and in digits."""
    call.screen.say(
        f"{page.name} ({page.party}), card {page.version} of {when(page.issued_at)}",
        f"Addresses: {', '.join(page.addresses) or 'none: all goes by hand'}",
        f"Fingerprint in words:  {page.words}",
        f"Fingerprint in digits: {page.digits}",
    )


def _line(row: PartnerRow) -> PartnerLine:
    card = pairing.card_of(row)
    return PartnerLine(
        party=row.party,
        name=row.name,
        card_version=card.version,
        addresses=card.addresses,
        words=words.words(row.fingerprint),
        digits=digits(row.fingerprint),
        paired_at=row.paired_at,
        paired_by=row.paired_by,
        last_ok_at=row.sending.last_ok_at,
        last_error=row.sending.last_error,
    )
