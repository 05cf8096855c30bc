"""`stafftalks check`: private checks. Proposed, answered, computed and read; and recomputed by an auditor, who needs no headquarters.

Nothing is proposed or consented to without `--yes`: without it the command says what it would cost and what each side would know, and that is all. What
the commands do is loaded when one is run: geometry takes a third of a second to load.
"""

from typing import Annotated, TypeAlias

import typer

from stafftalks.cli import check_terms
from stafftalks.cli.calls import calling
from stafftalks.cli.check_terms import Said
from stafftalks.cli.options import StatementOption

NAME = "check"
app = typer.Typer(
    no_args_is_help=True,
    help="Private checks: whether activities that neither side has shown the other would collide.",
)
CheckArg: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="CHECK", help="The entry of its proposal, as PARTY/n or PARTY/epoch/n; `check list` gives it."
    ),
]
YesOption: TypeAlias = Annotated[
    bool, typer.Option("--yes", help="Do it. Without this it is only said what it costs and what each side will know.")
]
ActivityOption: TypeAlias = Annotated[
    list[str],
    typer.Option(
        "--activity",
        metavar="ELEMENT",
        help="An own activity that takes part; repeat for more. None: all that lie in the area and window.",
    ),
]


@app.command()
def propose(
    ctx: typer.Context,
    accord: Annotated[str, typer.Argument(metavar="ACCORD", help="The accord: its id or a unique beginning.")],
    to: Annotated[str, typer.Option("--to", metavar="PARTY", help="The partner's code.")] = "",
    purpose: Annotated[str, typer.Option("--purpose", metavar="TEXT", help="Why; the partner reads it.")] = "",
    area: check_terms.AreaOption = "",
    start: check_terms.FromOption = "",
    end: check_terms.UntilOption = "",
    floor: check_terms.FloorOption = "",
    ceiling: check_terms.CeilingOption = "",
    activity: ActivityOption = [],  # noqa: B006 typer reads it and never changes it
    mode: check_terms.ModeOption = "which",
    learns: check_terms.LearnsOption = "both",
    number: check_terms.NumberOption = 50,
    auditor: check_terms.AuditorOption = "",
    days: check_terms.DaysOption = 7,
    refines: Annotated[
        str,
        typer.Option(
            "--refines",
            metavar="CHECK",
            help="A finer check of what that one found to be shared; its area and window are taken.",
        ),
    ] = "",
    *,
    own_area: Annotated[
        bool,
        typer.Option(
            "--own-area", help="A circle around our own activities; the partner sees from it where they are, roughly."
        ),
    ] = False,
    resources: Annotated[bool, typer.Option("--resources", help="Compare claims on named resources too.")] = False,
    yes: YesOption = False,
) -> None:
    """Proposes a private check to a partner, with --yes; without it says what it would cost and what each side would know."""
    from stafftalks.cli import check_deciding

    said = Said(
        to=to, purpose=purpose, area=area, own_area=own_area, start=start, end=end, floor=floor, ceiling=ceiling, resources=resources,
        mode=mode, learns=learns, number=number, auditor=auditor, days=days, refines=refines,
    )  # fmt: skip
    check_deciding.propose(calling(ctx), accord, said, activity, yes=yes)


@app.command()
def consent(
    ctx: typer.Context,
    check: CheckArg,
    activity: ActivityOption = [],  # noqa: B006
    statement: StatementOption = "",
    *,
    yes: YesOption = False,
) -> None:
    """Consents to a check that a partner proposed, with --yes; without it says what it would cost and what each side would know."""
    from stafftalks.cli import check_deciding

    check_deciding.consent(calling(ctx), check, activity, statement, yes=yes)


@app.command()
def decline(ctx: typer.Context, check: CheckArg, statement: StatementOption = "") -> None:
    """Declines a check that a partner proposed; nothing of ours is told."""
    from stafftalks.cli import check_deciding

    check_deciding.decline(calling(ctx), check, statement)


@app.command()
def stop(ctx: typer.Context, check: CheckArg, statement: StatementOption = "") -> None:
    """Stops a check, or takes our own proposal back. What the partner has received it keeps, and the check counts against the budget."""
    from stafftalks.cli import check_deciding

    check_deciding.stop(calling(ctx), check, statement)


@app.command()
def drop(ctx: typer.Context, check: CheckArg) -> None:
    """Says that nothing of a check that is over is to be audited any more: its points, which fill the store, are then dropped. What it told stays."""
    from stafftalks.cli import check_deciding

    check_deciding.drop(calling(ctx), check)


@app.command()
def run(
    ctx: typer.Context,
    check: Annotated[
        str, typer.Argument(metavar="[CHECK]", help="One check; none: all in which something is to be done here.")
    ] = "",
) -> None:
    """Computes what is next in a check and puts it into our record, in the foreground. Ctrl-C interrupts; it goes on from there next time.

    `stafftalks serve` does so by itself. What was computed goes to the partner with the next exchange.
    """
    from stafftalks.cli import check_deciding

    check_deciding.run(calling(ctx), check)


@app.command("list")
def list_checks(
    ctx: typer.Context,
    partner: Annotated[str, typer.Option("--with", metavar="PARTY", help="Those with one partner.")] = "",
    *,
    waiting: Annotated[bool, typer.Option("--waiting", help="Those that wait for our answer.")] = False,
) -> None:
    """Lists the private checks that we proposed or that were proposed to us, the newest first."""
    from stafftalks.cli import check_reading

    check_reading.list_checks(calling(ctx), partner, waiting=waiting)


@app.command()
def result(ctx: typer.Context, check: CheckArg) -> None:
    """Says what came out of a check for us, and what was told to whom."""
    from stafftalks.cli import check_reading

    check_reading.result(calling(ctx), check)


@app.command("open")
def open_(
    ctx: typer.Context,
    check: CheckArg,
    folder: Annotated[
        str, typer.Option("-o", "--output", metavar="DIR", help="Where the files are written; never over others.")
    ] = ".",
    *,
    plans: Annotated[
        bool, typer.Option("--plans", help="Also all our activities in every version, to show that none was left out.")
    ] = False,
) -> None:
    """Writes what the agreed auditor needs: our side of the check opened in full, and its transcript. Nothing is sent anywhere."""
    from stafftalks.cli import check_auditing

    check_auditing.open_(calling(ctx), check, folder, plans=plans)


@app.command()
def audit(
    ctx: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="The transcript's files, and what either side opened; in any order."),
    ],
) -> None:
    """Recomputes a check from its files, and names what does not fit. Needs no headquarters. Ends with 5 where something does not fit."""
    from stafftalks.cli import check_auditing

    check_auditing.audit(calling(ctx), files)


@app.command()
def budget(
    ctx: typer.Context,
    partner: Annotated[str, typer.Argument(metavar="[PARTY]", help="One partner; none: all.")] = "",
    checks_a_week: Annotated[
        int | None, typer.Option("--checks", metavar="N", min=0, help="Sets how many in seven days.")
    ] = None,
    hours: Annotated[
        int | None, typer.Option("--hours", metavar="N", min=0, help="Sets how many hours between two.")
    ] = None,
    share: Annotated[
        int | None,
        typer.Option(
            "--share", metavar="PERCENT", min=0, max=100, help="Sets how much of an area's keys one check may hold."
        ),
    ] = None,
) -> None:
    """Says how much private checks with a partner may cost, and when the next is possible; with an option sets it, as the head of delegation."""
    from stafftalks.cli import check_reading

    check_reading.budget(calling(ctx), partner, checks_a_week, hours, share)
