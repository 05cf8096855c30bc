"""What the commands ask of `site`, which alone knows folders, Django and processes.

`site` passes one `Site` to `cli.app.build`. Every call raises only StafftalksError for what can be foreseen: MisuseError for what
the person asked, HostError for what the machine would not do. Sentences returned are printed as they stand, one a line.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import msgspec

from stafftalks.planning.profiles import ProfileName
from stafftalks.services.check_ports import Workers
from stafftalks.services.ports import Carrier
from stafftalks.services.sweep_ports import Reckoners
from stafftalks.values.ids import PartyId
from stafftalks.values.person import Person, Role


class Founding(msgspec.Struct, frozen=True):
    """What `stafftalks init` was told. Addresses are https URLs at which partners will reach us; none: all goes by hand.

    The first person is an administrator, with further roles as given, so that someone can sign in and add the others.
    `web_listen` and `node_listen` are `host:port`. `profile` chooses the words of the pages. `default_marking` is what new elements are marked
    where nobody says otherwise: policy, classification, caveats.
    """

    party: PartyId
    name: str
    addresses: tuple[str, ...]
    web_listen: str
    node_listen: str
    username: str
    person_name: str
    roles: frozenset[Role]
    password: str
    profile: ProfileName = "military"
    default_marking: tuple[str, ...] = ()


class Listening(msgspec.Struct, frozen=True):
    """Where a headquarters now answers: the pages' URL, and the partners' URL (empty where all goes by hand)."""

    web: str
    node: str


class Account(msgspec.Struct, frozen=True):
    """Someone who may sign in here; `active` is False where signing in and acting were taken away."""

    person: Person
    active: bool = True


class DemoLine(msgspec.Struct, frozen=True):
    """One line of the demonstration. `ok` is None for plain words, else whether the step `step` did what it should."""

    sentence: str
    step: int = 0
    ok: bool | None = None


class Site(Protocol):
    """Set-up and opening of headquarters, and what else only the process's owner can do."""

    def init(self, folder: Path, founding: Founding) -> tuple[str, ...]:
        """Sets up a headquarters in `folder`: configuration, keys, tables, first person. Raises MisuseError where one is there.

        Returns what the person must know now, as where the root key lies.
        """

    def open(self, folder: Path) -> None:
        """Makes the headquarters in `folder` this process's own: `registry.current()` is it. Raises MisuseError where none is."""

    def migrate(self, folder: Path) -> tuple[str, ...]:
        """Brings the tables of the headquarters in `folder` up to this version. Raises MisuseError where none is there.

        Returns what was done.
        """

    def renew_card(
        self,
        folder: Path,
        *,
        name: str | None,
        addresses: tuple[str, ...] | None,
        fresh_tls: bool,
        roots: Path | None,
        by: str,
    ) -> tuple[str, ...]:
        """Signs our next card with what is given changed; `roots` is the folder that holds the root keys where they are kept away.

        Raises HostError where the root key is not there. Returns what the person must do next.
        """

    def set_up_gate(
        self, folder: Path, home: Path, *, listen: str, inner_listen: str, gate_listen: str
    ) -> tuple[str, ...]:
        """Sets up a gate in `folder` for the headquarters in `home`, whose TLS key moves there; returns what was done.

        Partners come to `listen` (empty: where they came before), the headquarters to `inner_listen`, the gate to `gate_listen`. Raises MisuseError
        where a gate is there already.
        """

    def serve(self, folder: Path, ready: Callable[[Listening], None]) -> None:
        """Serves pages and partners and sends in the background until interrupted; calls `ready` once both answer."""

    def demo(
        self,
        folder: Path | None,
        *,
        headless: bool,
        tell: Callable[[DemoLine], None],
        profile: ProfileName = "military",
    ) -> bool:
        """Runs two headquarters with the story told, in `folder` (None: a temporary one); False where a step failed.

        Headless it runs the main job and ends; otherwise it serves both until interrupted.
        """

    def carrier(self) -> Carrier:
        """The wire to partners' nodes, for the headquarters that is open."""

    def workers(self) -> AbstractContextManager[Workers]:
        """The machine's cores, for as long as they are needed; for any command, also without a headquarters."""

    def reckoners(self, on: str, folder: Path) -> AbstractContextManager[Reckoners]:
        """What reckons sweeps: `pool`, `jobs` or `dask`; where empty, as the configuration in `folder` says, and the pool where none is there.

        Raises MisuseError where that is not set up here, or what it needs is not installed.
        """

    def work_on_sweeps(self, folder: Path, *, processes: int, until_idle: bool) -> None:
        """Works on batches of sweeps that share our database, in so many processes, until interrupted, or with `until_idle` until none waits.

        No headquarters need be in `folder`. Raises MisuseError where jobs are not shared here.
        """

    def people(self) -> tuple[Account, ...]:
        """Everyone at the headquarters that is open, by username."""

    def person(self, username: str) -> Person | None:
        """Who may act under this username; None where there is no such person, or it is not active."""

    def add_person(self, person: Person, password: str, *, by: str) -> None:
        """Adds a person who can sign in. Raises MisuseError where the username is taken or the password too weak (says why).

        `by` is who asked, for the journal.
        """

    def set_roles(self, username: str, roles: frozenset[Role], *, by: str) -> None:
        """Replaces a person's roles; raises MisuseError where there is no such person, or no administrator would be left."""

    def set_password(self, username: str, password: str, *, by: str) -> None:
        """Replaces a password; raises MisuseError where there is no such person or it is too weak (says why)."""

    def send_digests(self, folder: Path) -> tuple[int, tuple[str, ...]]:
        """Sends the mails that are due now: how many went, and a sentence for each that did not. Raises MisuseError where mail is not set up."""

    def digest_status(self, folder: Path) -> tuple[str, ...]:
        """Sentences on whether mail is set up, how many asked for it, and each whose last one failed."""

    def send_logs(self, folder: Path) -> tuple[int, tuple[str, ...]]:
        """Sends what came since to what collects events: how many lines went, and a sentence for each log that did not.

        Raises MisuseError where the logs are sent nowhere.
        """

    def logs_status(self, folder: Path) -> tuple[str, ...]:
        """Sentences on whether the logs are sent anywhere, and how far."""

    def backup(self, folder: Path, target: Path, *, by: str) -> tuple[str, ...]:
        """Writes a consistent copy of the headquarters in `folder` to the file `target`, never its feed keys. `by` is who asked, for the journal.

        Raises MisuseError where `target` exists. Returns what is in it and what is not.
        """

    def restore(self, archive: Path, folder: Path) -> tuple[str, ...]:
        """Sets up `folder`, which must not hold a headquarters, from a backup. Every epoch of ours in it is closed for good.

        Returns what the person must do next.
        """

    def log_file(self, folder: Path) -> Path:
        """Where unexpected errors of commands are written; its folder may not exist yet."""
