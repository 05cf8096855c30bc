"""The commands as one program: what holds for every one of them, and how each kind of failure ends.

`--home`, `--as`, `--json` and `--debug` may stand anywhere on the command line, as they mean the same everywhere.
"""

import errno
import io
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from stafftalks import __version__
from stafftalks.cli import (
    accord,
    analyse,
    analyse_basis,
    analyse_conflicts,
    analyse_coverage,
    analyse_options,
    analyse_risk,
    analyse_runs,
    analyse_sweep,
    analyse_waiting,
    audit,
    check,
    conflicts,
    consent,
    digest,
    element,
    element_export,
    exchange,
    gate,
    home,
    label,
    left,
    letter,
    pair,
    people,
    recalls,
    record,
    release,
)
from stafftalks.cli.calls import Call
from stafftalks.cli.failures import EXIT_CODES, UNEXPECTED, Failure, failure_of, lines_of, log_unexpected
from stafftalks.cli.screen import Screen
from stafftalks.cli.site_port import Site
from stafftalks.values.errors import StafftalksError

_WITH_VALUE: Final = ("--home", "--as")
_FLAGS: Final = ("--json", "--debug")
_EPILOG: Final = "Exit codes: " + "; ".join(f"{code} {meaning}" for code, meaning in EXIT_CODES.items()) + "."
_EVERYWHERE: Final = "--home DIR, --as USERNAME, --json and --debug work here too: see `stafftalks --help`."


class Commands(TyperGroup):
    """The root of the commands: options for all of them stand anywhere, and no foreseeable failure is a traceback."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments read, with the options for every command brought to the front."""
        return super().parse_args(ctx, hoist(args))

    def invoke(self, ctx: Any) -> Any:
        """What the command returns; failures end the process with their exit code, as `failures` says."""
        try:
            return super().invoke(ctx)
        except StafftalksError as error:
            failure = failure_of(error)
            _show(ctx.obj, failure)
            raise typer.Exit(failure.exit_code) from error
        except Exception as error:
            # These end commands in the ordinary way: typer's own, and a reader of our output that went away.
            known = type(error).__module__.startswith("typer.") or isinstance(error, EOFError)
            if known or (isinstance(error, OSError) and error.errno == errno.EPIPE):
                raise
            call = ctx.obj
            if not isinstance(call, Call) or call.debug:
                raise
            sentence = log_unexpected(error, call.site.log_file(call.folder))
            _show(call, Failure(sentence, UNEXPECTED))
            raise typer.Exit(UNEXPECTED) from error


# Once, however often the program is built: what is added to a room stays in it.
analyse.app.command("coverage")(analyse_coverage.coverage)
analyse.app.command("conflicts")(analyse_conflicts.conflicts)
analyse.app.command("risk")(analyse_risk.risk)
analyse.app.command("options")(analyse_options.options)
analyse.app.command("waiting")(analyse_waiting.waiting)
analyse.app.command("sweep")(analyse_sweep.sweep)
analyse.app.command("worker")(analyse_sweep.worker)
analyse.app.add_typer(analyse_runs.app, name=analyse_runs.NAME)
analyse.app.command("stale")(analyse_basis.stale)
element.app.command("export")(element_export.export_element)
release.app.command("recall")(recalls.recall)
release.app.command("confirm")(recalls.confirm)
release.app.command("left")(left.list_left)
release.app.command("acknowledge")(left.acknowledge)


def build(site: Site) -> typer.Typer:
    """The program `stafftalks`, on `site`."""
    app = typer.Typer(
        cls=Commands,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        epilog=_EPILOG,
    )

    @app.callback()
    def root(
        ctx: typer.Context,
        home: Annotated[
            Path, typer.Option("--home", metavar="DIR", envvar="STAFFTALKS_HOME", help="The headquarters' folder.")
        ] = Path("stafftalks-hq"),
        username: Annotated[
            str, typer.Option("--as", metavar="USERNAME", envvar="STAFFTALKS_AS", help="Who acts.")
        ] = "",
        *,
        json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of words.")] = False,
        debug: Annotated[bool, typer.Option("--debug", help="Show unexpected faults in full.")] = False,
        _version: Annotated[
            bool, typer.Option("--version", is_eager=True, callback=_say_version, help="Say the version and end.")
        ] = False,
    ) -> None:
        """Plan together, decide alone: joint contingency planning between sovereign partners, each in its own headquarters."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        ctx.obj = Call(site, home, username, Screen(as_json=json), debug=debug)

    home.add_to(app)
    app.command()(conflicts.conflicts)
    for room in (
        pair, accord, analyse, element, label, release, consent, check, exchange, record, audit, people, digest, letter, gate,
    ):  # fmt: skip
        app.add_typer(room.app, name=room.NAME)
    _mention_everywhere(app)
    return app


def _say_version(wanted: bool) -> None:  # noqa: FBT001 - typer's signature
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


def hoist(args: Iterable[str]) -> list[str]:
    """`args` with the options for every command first; what follows `--` stays as it is."""
    front: list[str] = []
    rest: list[str] = []
    words = iter(args)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in _WITH_VALUE:
            front += [word, *([value] if (value := next(words, None)) is not None else [])]
        elif word in _FLAGS or word.startswith(tuple(f"{option}=" for option in _WITH_VALUE)):
            front.append(word)
        else:
            rest.append(word)
    return front + rest


def _show(call: object, failure: Failure) -> None:
    screen = call.screen if isinstance(call, Call) else Screen(as_json=False)
    screen.warn(*lines_of(failure))
    # A command that found faults has printed them as its document already, and prints no second one.
    if screen.as_json and not screen.documented:
        screen.document(failure)


def _mention_everywhere(app: typer.Typer) -> None:
    for command in app.registered_commands:
        command.epilog = _EVERYWHERE
    for group in app.registered_groups:
        if group.typer_instance is not None:
            _mention_everywhere(group.typer_instance)
