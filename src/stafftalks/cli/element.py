"""`stafftalks element`: own planning content, at home. Nothing here leaves."""

from collections.abc import Sequence
from typing import Annotated, TypeAlias

import msgspec
import typer

from stafftalks.cli import contents, inputs, names, sections
from stafftalks.cli.calls import Call, calling
from stafftalks.cli.options import ElementArg, LimitOption, OffsetOption
from stafftalks.cli.screen import when
from stafftalks.formats.reading import MAX_BYTES
from stafftalks.planning import summary
from stafftalks.planning.compare import Change
from stafftalks.planning.kinds import KINDS, Content
from stafftalks.planning.plain import to_plain
from stafftalks.services import elements
from stafftalks.services.rows import ElementRow
from stafftalks.services.table_whole import whole
from stafftalks.values.errors import MisuseError, Refusal, RefusedError
from stafftalks.values.ids import ElementId

NAME = "element"
app = typer.Typer(no_args_is_help=True, help="Own reports, scenarios, plans, forces and so on: at home until released.")

KindOption: TypeAlias = Annotated[str, typer.Option("--kind", metavar="KIND", help=f"One of {', '.join(KINDS)}.")]
FileOption: TypeAlias = Annotated[
    str, typer.Option("--file", metavar="FILE", help="YAML or JSON: the fields by name; - for standard input.")
]
SetOption: TypeAlias = Annotated[
    list[str],
    typer.Option(
        "--set", metavar="FIELD=TEXT", help="One field, as title=Storm surge or window.start=C+3; repeat for more."
    ),
]


class ElementLine(msgspec.Struct, frozen=True):
    """An own element at its current version."""

    id: str
    kind: str
    title: str
    contingency: str
    version: str
    revised_at: int
    revised_by: str
    archived: bool


class ElementList(msgspec.Struct, frozen=True):
    """A window on the own elements; `total` counts all that match."""

    total: int
    offset: int
    elements: tuple[ElementLine, ...]


class VersionLine(msgspec.Struct, frozen=True):
    """One version of an own element."""

    version: str
    at: int
    by: str


class ElementPage(msgspec.Struct, frozen=True):
    """An own element whole: `version` is the one shown, `content` its fields by name, `versions` all there are, oldest first."""

    id: str
    kind: str
    version: str
    current: bool
    archived: bool
    content: object
    versions: tuple[VersionLine, ...]


class Difference(msgspec.Struct, frozen=True):
    """What changed between two versions of an own element."""

    id: str
    before: str
    after: str
    changes: tuple[Change, ...]


class Imported(msgspec.Struct, frozen=True):
    """What `element import` added, and what it left out with `--only-clean`."""

    added: tuple[ElementLine, ...]
    left_out: tuple[str, ...]


@app.command()
def add(ctx: typer.Context, kind: KindOption = "", file: FileOption = "", setting: SetOption = []) -> None:  # noqa: B006
    """Adds an own element from a file, from `--set`, or from a file with `--set` over it."""
    call = calling(ctx)
    if not (file or setting):
        raise MisuseError("Give the content: --file FILE, or --set FIELD=TEXT for each field.")
    content = contents.one(kind, file, setting)
    row = elements.add(call.hq(), call.person(), content)
    if call.screen.as_json:
        call.screen.document(_line(row))
    else:
        call.screen.say(f"Added the {row.kind} {row.title!r}: {row.id}. It stays at home until it is released.")


@app.command()
def revise(
    ctx: typer.Context,
    element: ElementArg,
    file: FileOption = "",
    setting: SetOption = [],  # noqa: B006
    based_on: Annotated[
        str,
        typer.Option(
            "--based-on", metavar="VERSION", help="The version that was read; refused where there is a newer one."
        ),
    ] = "",
) -> None:
    """Revises an own element: a whole new content from a file, or single fields with `--set`."""
    call = calling(ctx)
    hq = call.hq()
    person = call.person()
    if not (file or setting):
        raise MisuseError("Give the new content: --file FILE, or --set FIELD=TEXT for each field that changes.")
    current = names.element(hq, element)
    base = names.version(hq, current, based_on) if based_on else current.version
    row = elements.revise(hq, person, current.id, contents.changed(elements.content(current), file, setting), base)
    if call.screen.as_json:
        call.screen.document(_line(row))
    elif row.version == current.version:
        call.screen.say("Nothing changed: it is the same version.")
    else:
        call.screen.say(
            f"Revised the {row.kind} {row.title!r}: version {names.short(row.version)}. What was released stays as it was."
        )


@app.command("import")
def import_elements(
    ctx: typer.Context,
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="YAML or JSON: a list of {kind, ...}. With --kind, a table: CSV or XLSX. - for standard input.",
        ),
    ],
    kind: Annotated[
        str,
        typer.Option("--kind", metavar="KIND", help="The file is a table, and each of its rows an element of KIND."),
    ] = "",
    *,
    only_clean: Annotated[
        bool, typer.Option("--only-clean", help="Add the items without faults and say which were left out.")
    ] = False,
) -> None:
    """Adds own elements from a file, all of them or none: every fault is told with its item and field."""
    call = calling(ctx)
    hq = call.hq()
    person = call.person()
    clean, faults = _table(call, file, kind) if kind else _listed(file)
    if faults and not only_clean:
        raise RefusedError(*faults)
    left_out = tuple(fault.sentence for fault in faults)
    call.screen.warn(*left_out)
    with hq.transactions.atomic():
        rows = tuple(elements.add(hq, person, found, element) for element, found in clean)
    if call.screen.as_json:
        call.screen.document(Imported(tuple(_line(row) for row in rows), left_out))
    else:
        call.screen.table(_COLUMNS, [_cells(_line(row)) for row in rows], empty="Nothing was added.")
        call.screen.say(f"{len(rows)} added.")


@app.command("list")
def list_elements(
    ctx: typer.Context,
    kind: KindOption = "",
    contingency: Annotated[str, typer.Option("--contingency", metavar="TEXT")] = "",
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="Words in the title or the text.")] = "",
    offset: OffsetOption = 0,
    limit: LimitOption = 50,
    *,
    archived: Annotated[bool, typer.Option("--archived", help="Those put away.")] = False,
) -> None:
    """Lists own elements, the last revised first."""
    call = calling(ctx)
    total, rows = elements.find(
        call.hq(), kind=kind, contingency=contingency, text=text, archived=archived, offset=offset, limit=limit
    )
    found = ElementList(total, offset, tuple(_line(row) for row in rows))
    if call.screen.as_json:
        call.screen.document(found)
        return
    call.screen.table(_COLUMNS, [_cells(line) for line in found.elements], empty="No own element matches.")
    if total > len(rows):
        call.screen.say(f"{offset + 1} to {offset + len(rows)} of {total}; --offset and --limit show others.")


@app.command()
def show(
    ctx: typer.Context,
    element: ElementArg,
    version: Annotated[str, typer.Option("--version", metavar="VERSION", help="An earlier version.")] = "",
) -> None:
    """Shows an own element and its versions."""
    call = calling(ctx)
    hq = call.hq()
    row = names.element(hq, element)
    wanted = names.version(hq, row, version) if version else row.version
    content = elements.content(elements.version(hq, row.id, wanted))
    history = tuple(VersionLine(held.version, held.at, held.by) for held in elements.versions(hq, row.id))
    if call.screen.as_json:
        current = wanted == row.version
        page = ElementPage(row.id, row.kind, wanted, current, row.archived, to_plain(content), history)
        call.screen.document(page)
        return
    call.screen.say(f"Element {row.id}, version {names.short(wanted)}{', put away' if row.archived else ''}")
    sections.draw(summary.sections(content), call.screen)
    call.screen.heading("Versions, oldest first")
    rows = [(names.short(line.version), when(line.at), line.by) for line in history]
    call.screen.table(("Version", "Made", "By"), rows, empty="")


@app.command()
def diff(
    ctx: typer.Context,
    element: ElementArg,
    before: Annotated[
        str, typer.Argument(metavar="BEFORE", help="A version; the one before the current if not given.")
    ] = "",
    after: Annotated[str, typer.Argument(metavar="AFTER", help="A version; the current one if not given.")] = "",
) -> None:
    """Shows what changed between two versions of an own element."""
    call = calling(ctx)
    hq = call.hq()
    row = names.element(hq, element)
    history = elements.versions(hq, row.id)
    if not before and len(history) < 2:
        raise MisuseError(f"{row.title!r} has one version only: there is nothing to compare.")
    first = names.version(hq, row, before) if before else history[-2].version
    last = names.version(hq, row, after) if after else row.version
    changes = elements.diff(hq, row.id, first, last)
    if call.screen.as_json:
        call.screen.document(Difference(row.id, first, last, changes))
        return
    call.screen.say(f"{row.kind} {row.title!r}: {names.short(first)} to {names.short(last)}")
    call.screen.say(*(f"- {change.sentence}" for change in changes) if changes else ("Nothing changed.",))


@app.command()
def archive(
    ctx: typer.Context,
    element: ElementArg,
    *,
    bring_back: Annotated[bool, typer.Option("--bring-back", help="Take it out of the archive again.")] = False,
) -> None:
    """Puts an own element away, or brings it back; its versions stay, and so does whatever was released."""
    call = calling(ctx)
    hq = call.hq()
    row = elements.archive(hq, call.person(), names.element(hq, element).id, archived=not bring_back)
    if call.screen.as_json:
        call.screen.document(_line(row))
    else:
        call.screen.say(f"{row.title!r} is {'put away' if row.archived else 'back'}.")


_COLUMNS = ("Element", "Kind", "Title", "Contingency", "Version", "Revised", "By")


def _line(row: ElementRow) -> ElementLine:
    return ElementLine(
        row.id, row.kind, row.title, row.contingency, row.version, row.revised_at, row.revised_by, row.archived
    )


def _cells(line: ElementLine) -> tuple[str, ...]:
    title = f"{line.title} (put away)" if line.archived else line.title
    revised = when(line.revised_at)
    return (
        names.short(line.id),
        line.kind,
        title,
        line.contingency,
        names.short(line.version),
        revised,
        line.revised_by,
    )


_Items: TypeAlias = tuple[Sequence[tuple[ElementId | None, Content]], Sequence[Refusal]]


def _listed(file: str) -> _Items:
    """The clean items of a list of elements, and what is wrong with the others."""
    clean, faults = contents.many(file)
    return [(None, content) for content in clean], faults


def _table(call: Call, file: str, kind: str) -> _Items:
    """A table's good rows as elements to add by id, and what is wrong with the others; how it was read is told."""
    found = whole(call.hq(), call.person(), inputs.read_bytes(file, MAX_BYTES), kind, file)
    call.screen.warn(*found.notes)
    return found.elements, found.faults
