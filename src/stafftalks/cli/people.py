"""`stafftalks people`: who may sign in here, with which roles.

Whoever can read this folder can read its keys, so these commands ask for no `--as`; what they do is in the journal all the same.
"""

import sys
from typing import Annotated, TypeAlias

import msgspec
import typer

from stafftalks.cli.calls import Call, calling
from stafftalks.cli.site_port import Account
from stafftalks.values.errors import MisuseError
from stafftalks.values.person import Person, Role

NAME = "people"
app = typer.Typer(no_args_is_help=True, help="People of this headquarters and their roles.")

UsernameArg: TypeAlias = Annotated[str, typer.Argument(metavar="USERNAME", help="The name to sign in with.")]
RolesOption: TypeAlias = Annotated[
    list[str],
    typer.Option("--role", metavar="ROLE", help=f"{', '.join(Role)}; give it several times, or separate by commas."),
]
StdinOption: TypeAlias = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from the first line of standard input.")
]


class PersonLine(msgspec.Struct, frozen=True):
    """Someone of this headquarters."""

    username: str
    name: str
    roles: tuple[str, ...]
    active: bool


@app.command("list")
def list_people(ctx: typer.Context) -> None:
    """Lists the people of this headquarters."""
    call = calling(ctx)
    call.open()
    lines = [_line(account) for account in call.site.people()]
    if call.screen.as_json:
        call.screen.document(lines)
        return
    rows = [
        (line.username, line.name, ", ".join(line.roles) or "none", "yes" if line.active else "no") for line in lines
    ]
    columns = ("Username", "Name", "Roles", "May sign in")
    call.screen.table(columns, rows, empty="Nobody is entered here yet: `stafftalks people add` enters someone.")


@app.command()
def add(
    ctx: typer.Context,
    username: UsernameArg,
    role: RolesOption,
    name: Annotated[
        str, typer.Option("--name", metavar="TEXT", help="The person's name; the username if not given.")
    ] = "",
    *,
    password_stdin: StdinOption = False,
) -> None:
    """Enters a person, with a password to sign in with at the pages."""
    call = calling(ctx)
    call.open()
    person = Person(username, name.strip() or username, roles(role))
    call.site.add_person(person, password(from_stdin=password_stdin), by=call.by())
    if call.screen.as_json:
        call.screen.document(_line(Account(person)))
    else:
        call.screen.say(f"{person.name} may now sign in as {username}: {', '.join(sorted(person.roles))}.")


@app.command("roles")
def set_roles(ctx: typer.Context, username: UsernameArg, role: RolesOption) -> None:
    """Gives a person these roles, in place of those held before."""
    call = calling(ctx)
    call.open()
    wanted = roles(role)
    call.site.set_roles(username, wanted, by=call.by())
    if call.screen.as_json:
        _document(call, username)
    else:
        call.screen.say(f"{username} is now: {', '.join(sorted(wanted))}.")


@app.command("password")
def set_password(ctx: typer.Context, username: UsernameArg, *, password_stdin: StdinOption = False) -> None:
    """Gives a person a new password."""
    call = calling(ctx)
    call.open()
    call.site.set_password(username, password(from_stdin=password_stdin), by=call.by())
    if call.screen.as_json:
        _document(call, username)
    else:
        call.screen.say(f"{username} signs in with the new password from now on.")


def roles(texts: list[str]) -> frozenset[Role]:
    """The roles in `texts`, each of which may hold several, separated by commas; raises MisuseError for a word that is none."""
    known = {str(role): role for role in Role}
    given = [" ".join(part.split()).lower() for text in texts for part in text.split(",") if part.strip()]
    wrong = [name for name in given if name not in known]
    if wrong:
        raise MisuseError(f"{wrong[0]!r} is not a role; the roles are {', '.join(known)}.")
    if not given:
        raise MisuseError(f"Give at least one role; the roles are {', '.join(known)}.")
    return frozenset(known[name] for name in given)


def password(*, from_stdin: bool) -> str:
    """The password as typed twice without being shown, or the first line of the standard input."""
    if from_stdin:
        typed = sys.stdin.readline().rstrip("\r\n")
    else:
        try:
            typed = str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
        except typer.Abort:
            raise MisuseError(
                "No password was given; where nobody is there to type it, use --password-stdin."
            ) from None
    if not typed:
        raise MisuseError("The password is empty.")
    return typed


def _document(call: Call, username: str) -> None:
    """Prints the person as the site now has it."""
    found = [account for account in call.site.people() if account.person.username == username]
    if not found:
        raise MisuseError(f"There is nobody called {username} here.")
    call.screen.document(_line(found[0]))


def _line(account: Account) -> PersonLine:
    person = account.person
    return PersonLine(person.username, person.name, tuple(sorted(person.roles)), account.active)
