"""`stafftalks letter`: disclosure letters. They are written and revised as elements of the kind `letter`, and never leave."""

from typing import Annotated

import msgspec
import typer

from stafftalks.cli import inputs, names, sections
from stafftalks.cli.calls import calling
from stafftalks.cli.options import LimitOption, OffsetOption
from stafftalks.cli.screen import when
from stafftalks.planning import summary
from stafftalks.planning.kinds import realms_of
from stafftalks.planning.plain import to_plain
from stafftalks.planning.summary import Section
from stafftalks.release.authority import ends_at
from stafftalks.services import gate_rules, letters
from stafftalks.services.letters import HeldLetter
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import MisuseError, Refusal, RefusedError
from stafftalks.values.ids import ElementId
from stafftalks.values.person import Role

NAME = "letter"
app = typer.Typer(
    no_args_is_help=True, help="Disclosure letters: what may be released to whom. No letter: nothing leaves."
)
LetterArg = Annotated[str, typer.Argument(metavar="LETTER", help="A disclosure letter: its id or a unique beginning.")]


class LetterLine(msgspec.Struct, frozen=True):
    """A letter: `standing` is in force, not yet, expired or put away; `ends_at` the first second, unix, in which it permits nothing more."""

    id: str
    version: str
    partner: str
    title: str
    standing: str
    ends_at: int


class LetterPage(msgspec.Struct, frozen=True):
    """A letter whole: `content` are its fields by name."""

    letter: LetterLine
    content: object
    sections: tuple[Section, ...]


class AllowedLine(msgspec.Struct, frozen=True):
    """An element of ours before one letter; `mendable` where redactions could mend all that stands against it."""

    id: str
    kind: str
    title: str
    allowed: bool
    mendable: bool
    refusals: tuple[Refusal, ...]


class AllowedList(msgspec.Struct, frozen=True):
    """What a letter would allow of a window of our elements; `total` counts all there are."""

    letter: LetterLine
    total: int
    offset: int
    elements: tuple[AllowedLine, ...]


class LettersExported(msgspec.Struct, frozen=True):
    """The rules written for the gate: the file, the partners they speak of, how many letters, and what was left out and why."""

    file: str
    partners: tuple[str, ...]
    letters: int
    remarks: tuple[str, ...]


@app.command("list")
def list_letters(
    ctx: typer.Context,
    *,
    archived: Annotated[bool, typer.Option("--archived", help="Those that were put away.")] = False,
) -> None:
    """Lists the letters by partner, those in force first."""
    call = calling(ctx)
    found = [_line(held) for held in letters.letters(call.hq(), archived=archived)]
    if call.screen.as_json:
        call.screen.document(found)
        return
    cells = [(names.short(one.id), one.partner, one.title, one.standing, when(one.ends_at)) for one in found]
    call.screen.table(
        ("Letter", "Partner", "Title", "Stands", "Ends"), cells, empty="No letter: nothing leaves. Write one."
    )


@app.command()
def show(ctx: typer.Context, letter: LetterArg) -> None:
    """Shows a letter whole."""
    call = calling(ctx)
    held = _letter(call.hq(), letter)
    laid_out = summary.sections(held.letter)
    if call.screen.as_json:
        call.screen.document(LetterPage(_line(held), to_plain(held.letter), laid_out))
        return
    call.screen.say(
        f"For releases to {held.letter.partner}; {held.standing}; ends {when(ends_at(held.letter.valid_until))}"
    )
    sections.draw(laid_out, call.screen)


@app.command()
def check(
    ctx: typer.Context,
    letter: LetterArg,
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="Of one kind of element.")] = "",
    offset: OffsetOption = 0,
    limit: LimitOption = 50,
) -> None:
    """Tells what a letter would allow of our elements as they stand at home, as if it were in force, and why not where it would not."""
    call = calling(ctx)
    hq = call.hq()
    if kind and not realms_of(kind):
        raise MisuseError(f"Elements of kind {kind!r} are never released.")
    held = _letter(hq, letter)
    total, rows = hq.holdings.find(kind=kind, offset=offset, limit=limit)
    found = letters.allowed(hq, held, [row for row in rows if realms_of(row.kind)])
    lines = tuple(
        AllowedLine(one.row.id, one.row.kind, one.row.title, not one.refusals, one.mendable, one.refusals)
        for one in found
    )
    if call.screen.as_json:
        call.screen.document(AllowedList(_line(held), total, offset, lines))
        return
    for line in lines:
        verdict = (
            "would be allowed"
            if line.allowed
            else "would be allowed after redaction"
            if line.mendable
            else "would not be"
        )
        call.screen.say(f"{names.short(line.id)} {line.kind} {line.title!r} {verdict}")
        call.screen.say(*(f"  {refusal.sentence} [{refusal.rule}]" for refusal in line.refusals))
    if not lines:
        call.screen.say("There is nothing to judge.")


@app.command()
def export(
    ctx: typer.Context,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="The new file to write.")],
) -> None:
    """Writes our letters as rules for the gate, which its keeper reads and puts into force there with `stafftalks gate rules`."""
    call = calling(ctx)
    hq, person = call.hq(), call.person()
    refusal = person.lacking(Role.OFFICER, Role.HEAD, Role.ADMINISTRATOR)
    if refusal:
        raise RefusedError(refusal)
    found = gate_rules.export(hq)
    with inputs.new_file(output) as file:
        file.write(found.text.encode())
    if call.screen.as_json:
        call.screen.document(LettersExported(output, found.partners, found.letters, found.remarks))
    else:
        call.screen.say(
            f"{found.letters} letters for {', '.join(found.partners) or 'nobody'} are written to {output}.",
            *found.remarks,
        )
        call.screen.say(
            "The gate's keeper reads the file, then puts it into force: `stafftalks --home GATE gate rules FILE`."
        )


def _letter(hq: Headquarters, text: str) -> HeldLetter:
    held = {one.row.id: one for archived in (False, True) for one in letters.letters(hq, archived=archived)}
    titles = {str(name): f"to {one.letter.partner} {one.row.title!r}" for name, one in held.items()}
    return letters.get(hq, ElementId(names.pick(text, titles, "letter", "stafftalks letter list")))


def _line(held: HeldLetter) -> LetterLine:
    return LetterLine(
        held.row.id,
        held.row.version,
        held.letter.partner,
        held.row.title,
        held.standing,
        ends_at(held.letter.valid_until),
    )
