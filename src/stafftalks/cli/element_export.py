"""`stafftalks element export`: one version of an own element as a file. It releases nothing."""

from typing import Annotated, cast

import msgspec
import typer

from stafftalks.cli import inputs, names
from stafftalks.cli.calls import calling
from stafftalks.cli.options import ElementArg
from stafftalks.formats import handout
from stafftalks.formats.handout import Form, Handed
from stafftalks.planning.element import decode, version_hash_of_bytes
from stafftalks.services import elements, labels, prints, releases
from stafftalks.services.pairing import own_card
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from stafftalks.values.errors import MisuseError


class ExportedElement(msgspec.Struct, frozen=True):
    """A version of an own element written as a file."""

    file: str
    format: str
    id: str
    version: str
    bytes: int


def export_element(
    ctx: typer.Context,
    element: ElementArg,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="A new file.")],
    form: Annotated[
        str,
        typer.Option("--format", metavar="FORM", help="docx, pdf, xlsx or csv; told by the file's name if not given."),
    ] = "",
    version: Annotated[str, typer.Option("--version", metavar="VERSION", help="An earlier version.")] = "",
    accord: Annotated[
        str,
        typer.Option(
            "--accord", metavar="ACCORD", help="With --to: the version that the partner holds in this accord."
        ),
    ] = "",
    to: Annotated[str, typer.Option("--to", metavar="PARTY", help="The partner that it is handed to.")] = "",
) -> None:
    """Writes one version of an own element as a file, alone. No release: with --accord and --to it is what that partner holds already."""
    call = calling(ctx)
    hq = call.hq()
    person = call.person()
    wanted = form or output.rpartition(".")[2].lower()
    if wanted not in handout.TYPES:
        raise MisuseError(f"{wanted or output!r} is no form of file: give --format {', '.join(handout.TYPES)}.")
    if bool(accord) != bool(to) or (accord and version):
        raise MisuseError("Give --accord and --to for what a partner holds, or --version, or none of them.")
    row = names.element(hq, element)
    raw, at = _held(hq, row, accord, to) if accord else _own(hq, row, version)
    card = own_card(hq)
    handed = Handed(card.party, card.name, row.id, version_hash_of_bytes(raw), at, decode(raw).content)
    made = handout.file_of(cast("Form", wanted), handed, labels.policies(hq))
    with inputs.new_file(output) as file:
        file.write(made)
    what = f"{handed.kind}: {row.title}, version {handed.version[:8]}, as {wanted.upper()}"
    prints.note(hq, person, "taken out", row.id, f"{what} to {to.upper()}." if to else f"{what}.")
    if call.screen.as_json:
        call.screen.document(ExportedElement(output, wanted, row.id, handed.version, len(made)))
    else:
        call.screen.say(
            f"Wrote version {names.short(handed.version)} of {row.title!r} to {output}. This released nothing."
        )


def _own(hq: Headquarters, row: ElementRow, version: str) -> tuple[bytes, int]:
    found = elements.version(hq, row.id, names.version(hq, row, version) if version else row.version)
    return found.raw, found.at


def _held(hq: Headquarters, row: ElementRow, accord: str, to: str) -> tuple[bytes, int]:
    """What the partner holds of it and when it was given, from our record."""
    party = names.party(to)
    held = releases.partner_view(hq, names.accord(hq, accord), party)
    found = next((item for item in held if item.element == row.id), None)
    if found is None:
        raise MisuseError(f"{party} holds no version of {row.title!r} in this accord: nothing can be handed over.")
    return found.raw, found.at
