"""What every command has at hand: the headquarters' folder, who acts, and where to write."""

from pathlib import Path

import typer

from stafftalks.cli.screen import Screen
from stafftalks.cli.site_port import Site
from stafftalks.services import registry
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import MisuseError
from stafftalks.values.person import Person


class Call:
    """One run of one command; the headquarters is opened when first asked for, so that `--help` and `init` need none."""

    def __init__(self, site: Site, folder: Path, username: str, screen: Screen, *, debug: bool) -> None:
        self.site = site
        self.folder = folder
        self.username = username
        self.screen = screen
        self.debug = debug
        self._opened = False

    def open(self) -> None:
        """Opens the headquarters in the folder; raises MisuseError where none is there."""
        if not self._opened:
            self.site.open(self.folder)
            self._opened = True

    def hq(self) -> Headquarters:
        """The headquarters in the folder; raises MisuseError where none is there."""
        self.open()
        return registry.current()

    def person(self) -> Person:
        """Who acts; raises MisuseError, naming the people there are, where nobody was named or the name is not theirs."""
        self.open()
        if not self.username:
            raise MisuseError(f"Say who acts: --as USERNAME, or STAFFTALKS_AS in the environment. {self._people()}")
        person = self.site.person(self.username)
        if person is None:
            raise MisuseError(f"Nobody acts here as {self.username!r}. {self._people()}")
        return person

    def by(self) -> str:
        """Who is written into the journal for acts that the holder of this folder may do without being named."""
        return self.username or "terminal"

    def _people(self) -> str:
        listed = [
            f"{account.person.username} ({', '.join(sorted(account.person.roles)) or 'no role'})"
            for account in self.site.people()
            if account.active
        ]
        if not listed:
            return "Nobody is entered here yet: `stafftalks people add` enters someone."
        return f"People here: {'; '.join(listed)}."


def calling(ctx: typer.Context) -> Call:
    """The call that the root of the commands made; raises MisuseError where a command was run without it."""
    if not isinstance(ctx.obj, Call):
        raise MisuseError("This command was started without its root; run `stafftalks`.")
    return ctx.obj
