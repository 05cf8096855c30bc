"""Commands on the headquarters as a whole: setting it up, serving it, showing the product, keeping it safe."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from stafftalks.cli import names, pair, people
from stafftalks.cli.calls import calling
from stafftalks.cli.failures import UnsoundError
from stafftalks.cli.site_port import DemoLine, Founding, Listening
from stafftalks.planning.profiles import PROFILES, ProfileName
from stafftalks.services import pairing
from stafftalks.values.errors import MisuseError
from stafftalks.values.person import Role


class Founded(msgspec.Struct, frozen=True):
    """The JSON document of `init`. `notes` are what the person must know now."""

    folder: str
    card: pair.CardPage
    notes: tuple[str, ...]


class Kept(msgspec.Struct, frozen=True):
    """The JSON document of `backup`, `restore` and `migrate`: the file or folder written, and what the person must know now."""

    path: str
    notes: tuple[str, ...]


_ProfileOption = Annotated[
    str,
    typer.Option(
        "--profile",
        metavar="PROFILE",
        help="Whose words the pages use: military (allied staffs) or civil (civil protection).",
    ),
]


def _profile(text: str) -> ProfileName:
    """The profile that was typed; raises MisuseError naming those there are."""
    found = PROFILES.get(text.strip().lower())
    if found is None:
        raise MisuseError(f"There is no profile {text[:40]!r}: use one of {', '.join(PROFILES)}.")
    return found.name


def add_to(app: typer.Typer) -> None:
    """Adds these commands to the root of all commands."""
    for command in (init, serve, demo, backup, restore, migrate):
        app.command()(command)


def init(
    ctx: typer.Context,
    party: Annotated[
        str, typer.Option("--party", metavar="CODE", help="Our code: 2 to 8 capital letters or digits, as XMR.")
    ],
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help="Our name, as partners read it.")],
    username: Annotated[
        str, typer.Option("--username", metavar="USERNAME", help="The first person, an administrator.")
    ],
    person_name: Annotated[str, typer.Option("--person-name", metavar="TEXT", help="That person's name.")] = "",
    role: Annotated[
        list[str], typer.Option("--role", metavar="ROLE", help="A further role for that person; repeat for more.")
    ] = [],  # noqa: B006 typer reads it and never changes it
    address: Annotated[
        list[str],
        typer.Option(
            "--address",
            metavar="URL",
            help="https://host:port at which partners reach us; repeat for more. Without it all goes by hand.",
        ),
    ] = [],  # noqa: B006
    web_listen: Annotated[
        str, typer.Option("--web-listen", metavar="HOST:PORT", help="Where pages are served.")
    ] = "127.0.0.1:8000",
    node_listen: Annotated[
        str, typer.Option("--node-listen", metavar="HOST:PORT", help="Where partners' exchanges are taken.")
    ] = "127.0.0.1:8443",
    *,
    profile: _ProfileOption = "military",
    password_stdin: people.StdinOption = False,
) -> None:
    """Sets up a headquarters in the folder: configuration, keys, tables and its first person."""
    call = calling(ctx)
    roles = frozenset({Role.ADMINISTRATOR}) | (people.roles(role) if role else frozenset())
    code = names.party(party)
    founding = Founding(
        party=code,
        name=name.strip(),
        addresses=tuple(address),
        web_listen=web_listen,
        node_listen=node_listen,
        username=username,
        person_name=person_name.strip() or username,
        roles=roles,
        password=people.password(from_stdin=password_stdin),
        profile=_profile(profile),
    )
    notes = call.site.init(call.folder, founding)
    card = pair.page_of(pairing.own_card(call.hq()))
    if call.screen.as_json:
        call.screen.document(Founded(str(call.folder), card, notes))
        return
    call.screen.say(f"The headquarters of {founding.name} ({code}) is set up in {call.folder}.", *notes)
    pair.draw(call, card)
    call.screen.say("Next: `stafftalks serve` starts it; `stafftalks pair card -o FILE` writes the card for partners.")


def serve(ctx: typer.Context) -> None:
    """Serves the pages and the partners, and sends in the background, until interrupted."""
    call = calling(ctx)

    def ready(listening: Listening) -> None:
        if call.screen.as_json:
            call.screen.document(listening)
        else:
            node = f"Partners: {listening.node}" if listening.node else "Partners: by hand only"
            call.screen.say(f"Pages: {listening.web}", node, "Stop with Ctrl-C.")

    call.site.serve(call.folder, ready)


def demo(
    ctx: typer.Context,
    folder: Annotated[
        str,
        typer.Option(
            "--folder", metavar="DIR", help="Where both headquarters are set up; a temporary folder otherwise."
        ),
    ] = "",
    *,
    profile: _ProfileOption = "military",
    headless: Annotated[
        bool, typer.Option("--headless", help="Run the whole main job between two processes, a line a step, and end.")
    ] = False,
) -> None:
    """Starts two headquarters on this machine with the story told, and prints how to sign in to each."""
    call = calling(ctx)
    told: list[DemoLine] = []

    def tell(line: DemoLine) -> None:
        told.append(line)
        call.screen.say(_step(line))

    good = call.site.demo(Path(folder) if folder else None, headless=headless, tell=tell, profile=_profile(profile))
    if call.screen.as_json:
        call.screen.document(told)
    if not good:
        failed = ", ".join(str(line.step) for line in told if line.ok is False)
        raise UnsoundError(f"The demonstration did not do what it should: step {failed or 'unknown'} failed.")


def backup(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the backup; never over another file.")],
) -> None:
    """Writes a consistent copy of the headquarters to a file, without the keys that sign the record."""
    call = calling(ctx)
    notes = call.site.backup(call.folder, file, by=call.by())
    if call.screen.as_json:
        call.screen.document(Kept(str(file), notes))
    else:
        call.screen.say(f"Backed up to {file}.", *notes)


def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup made by `stafftalks backup`.")],
) -> None:
    """Sets up the folder from a backup. Our records go on in a fresh epoch, so a restore can never fork them."""
    call = calling(ctx)
    notes = call.site.restore(file, call.folder)
    if call.screen.as_json:
        call.screen.document(Kept(str(call.folder), notes))
    else:
        call.screen.say(f"Restored to {call.folder}.", *notes)


def migrate(ctx: typer.Context) -> None:
    """Brings the headquarters' tables up to the installed version, as after an upgrade."""
    call = calling(ctx)
    notes = call.site.migrate(call.folder)
    if call.screen.as_json:
        call.screen.document(Kept(str(call.folder), notes))
    else:
        call.screen.say(*notes)


def _step(line: DemoLine) -> str:
    if line.ok is None:
        return line.sentence
    return f"{'ok    ' if line.ok else 'FAILED'} {line.step:>2}. {line.sentence}"
