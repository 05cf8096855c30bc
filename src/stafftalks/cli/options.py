"""Arguments and options that several commands share, worded once."""

from typing import Annotated, TypeAlias

import typer

AccordArg: TypeAlias = Annotated[
    str, typer.Argument(metavar="ACCORD", help="The accord: its id or a unique beginning.")
]
ElementArg: TypeAlias = Annotated[
    str, typer.Argument(metavar="ELEMENT", help="An own element: its id or a unique beginning.")
]
RequestArg: TypeAlias = Annotated[
    str, typer.Argument(metavar="REQUEST", help="A request to release: its id or a unique beginning.")
]
EntryArg: TypeAlias = Annotated[
    str, typer.Argument(metavar="ENTRY", help="An entry of a record: PARTY/n, or PARTY/epoch/n; n counts from 0.")
]
TextArg: TypeAlias = Annotated[str, typer.Argument(metavar="TEXT", help="What to say; - reads it from standard input.")]
StatementOption: TypeAlias = Annotated[
    str, typer.Option("--statement", metavar="TEXT", help="What to say with it; the partners read it.")
]
KeepsOption: TypeAlias = Annotated[
    str, typer.Option("--keeps", metavar="TEXT", help="What we keep of what we were given; the partners read it.")
]
RealmsOption: TypeAlias = Annotated[
    list[str],
    typer.Option(
        "--realm",
        metavar="REALM",
        help="intelligence, scenarios, exercises or operations; give it several times, or separate by commas.",
    ),
]
PartiesOption: TypeAlias = Annotated[
    list[str],
    typer.Option("--to", metavar="PARTY", help="A party's code; give it several times, or separate by commas."),
]
OffsetOption: TypeAlias = Annotated[int, typer.Option("--offset", min=0, help="How many lines to pass over.")]
LimitOption: TypeAlias = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="The most lines to show.")]
