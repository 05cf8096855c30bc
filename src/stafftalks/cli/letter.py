"""`stafftalks letter`: disclosure letters, as the gate's keeper needs them. They are written and revised as elements of kind `letter`."""

from typing import Annotated

import msgspec
import typer

from stafftalks.cli import inputs
from stafftalks.cli.calls import calling
from stafftalks.services import gate_rules
from stafftalks.values.errors import RefusedError
from stafftalks.values.person import Role

NAME = "letter"
app = typer.Typer(no_args_is_help=True, help="Disclosure letters: what may be released to a partner. They never leave.")


class LettersExported(msgspec.Struct, frozen=True):
    """The rules written for the gate: the file, the partners they speak of, how many letters, and what was left out and why."""

    file: str
    partners: tuple[str, ...]
    letters: int
    remarks: tuple[str, ...]


@app.callback()
def letters() -> None:
    """Holds the commands together."""


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
