"""A stage for the commands: two headquarters in memory, each in a folder of its own name, and a terminal to type at."""

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import msgspec
from typer.testing import CliRunner

from stafftalks.cli.app import build
from stafftalks.cli.site_port import Account, DemoLine, Founding, Listening
from stafftalks.services import registry
from stafftalks.services.ports import Headquarters
from stafftalks.services.sweep_cores import OnCores
from stafftalks.values.errors import HostError, MisuseError
from stafftalks.values.person import Person, Role
from tests.fakes import ADMINISTRATOR, AUDITOR, HEAD, OFFICER, PLANNER, FakeCarrier, FakeWorkers, make_hq

CAST = (ADMINISTRATOR, AUDITOR, HEAD, OFFICER, PLANNER)


class FakeSite:
    """A site in memory: `hqs` maps a folder's name to the headquarters in it. `wire` is False where nobody can be reached."""

    def __init__(self, log: Path, *hqs: Headquarters) -> None:
        self.hqs = {hq.party.lower(): hq for hq in hqs}
        self.accounts = {person.username: Account(person) for person in CAST}
        self.passwords: dict[str, str] = {}
        self.told_by: list[str] = []
        self.wire = True
        self.fault: Exception | None = None
        self.demo_fails = False
        self.digests: tuple[int, tuple[str, ...]] = (2, ())
        self._log = log
        self._open: Headquarters | None = None

    def init(self, folder: Path, founding: Founding) -> tuple[str, ...]:
        if folder.name in self.hqs:
            raise MisuseError(f"{folder} holds a headquarters already.")
        self.hqs[folder.name] = make_hq(founding.party, addresses=founding.addresses)
        self.founding = founding
        return ("The root key is in root.key: take it offline.",)

    def open(self, folder: Path) -> None:
        if self.fault is not None:
            raise self.fault
        if folder.name not in self.hqs:
            raise MisuseError(f"There is no headquarters in {folder}: `stafftalks init` sets one up.")
        self._open = self.hqs[folder.name]
        registry.install(self._open)

    def set_up_gate(self, folder: Path, home: Path, **where: str) -> tuple[str, ...]:
        return (f"The gate of {self.hqs[home.name].party} is set up in {folder}.", str(sorted(where)))

    def serve(self, folder: Path, ready: Callable[[Listening], None]) -> None:
        self.open(folder)
        ready(Listening("http://127.0.0.1:8000", "https://127.0.0.1:8443"))

    def demo(
        self, folder: Path | None, *, headless: bool, tell: Callable[[DemoLine], None], profile: str = "military"
    ) -> bool:
        tell(DemoLine("Two headquarters are set up."))
        tell(DemoLine("Meridia proposes.", 1, ok=True))
        tell(DemoLine("Torvia reads it.", 2, ok=not self.demo_fails))
        return not self.demo_fails

    def carrier(self) -> FakeCarrier:
        if self._open is None:
            raise HostError("No headquarters is open.")
        return FakeCarrier(self._open, self.hqs.values() if self.wire else ())

    def workers(self) -> AbstractContextManager[FakeWorkers]:
        return nullcontext(FakeWorkers())

    def reckoners(self, on: str, folder: Path) -> AbstractContextManager[OnCores]:
        if on not in ("", "pool"):
            raise MisuseError(f"Sweeps cannot be reckoned on {on!r} here.")
        return nullcontext(OnCores(FakeWorkers()))

    def work_on_sweeps(self, folder: Path, *, processes: int, until_idle: bool) -> None:
        raise MisuseError(f"The tables here are in memory: {processes} processes cannot share them.")

    def people(self) -> tuple[Account, ...]:
        return tuple(account for _, account in sorted(self.accounts.items()))

    def person(self, username: str) -> Person | None:
        account = self.accounts.get(username)
        return account.person if account and account.active else None

    def add_person(self, person: Person, password: str, *, by: str) -> None:
        if person.username in self.accounts:
            raise MisuseError(f"There is a {person.username} here already.")
        self.accounts[person.username] = Account(person)
        self.set_password(person.username, password, by=by)

    def set_roles(self, username: str, roles: frozenset[Role], *, by: str) -> None:
        account = self._account(username)
        self.accounts[username] = Account(msgspec.structs.replace(account.person, roles=roles), account.active)
        self.told_by.append(by)

    def set_password(self, username: str, password: str, *, by: str) -> None:
        self._account(username)
        self.passwords[username] = password
        self.told_by.append(by)

    def renew_card(
        self, folder: Path, *, name, addresses, fresh_tls: bool, roots: Path | None, by: str
    ) -> tuple[str, ...]:
        changes = {"name": name, "addresses": addresses}
        self._open.keyring.renew(**{key: value for key, value in changes.items() if value is not None})
        self.told_by.append(by)
        return ("Give the new card to every partner.",)

    def send_digests(self, folder: Path) -> tuple[int, tuple[str, ...]]:
        return self.digests

    def digest_status(self, folder: Path) -> tuple[str, ...]:
        return ("Mail is not set up here.",)

    def send_logs(self, folder: Path) -> tuple[int, tuple[str, ...]]:
        return self.digests

    def logs_status(self, folder: Path) -> tuple[str, ...]:
        return ("The logs are sent nowhere.",)

    def backup(self, folder: Path, target: Path, *, by: str) -> tuple[str, ...]:
        if target.exists():
            raise MisuseError(f"{target} exists already.")
        target.write_text(folder.name)
        return ("The keys that sign the record are not in it.",)

    def restore(self, archive: Path, folder: Path) -> tuple[str, ...]:
        self.hqs[folder.name] = self.hqs[archive.read_text()]
        return ("Exchange with every partner before anything else.",)

    def migrate(self, folder: Path) -> tuple[str, ...]:
        self.open(folder)
        return ("The tables are those of this version.",)

    def log_file(self, folder: Path) -> Path:
        return self._log

    def _account(self, username: str) -> Account:
        if username not in self.accounts:
            raise MisuseError(f"There is nobody called {username} here.")
        return self.accounts[username]


class Typed:
    """What came of a command: its exit code, what it printed, and its errors."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    @property
    def json(self) -> Any:
        """The one JSON document printed."""
        return json.loads(self.out)


class Terminal:
    """Types commands at the headquarters in the folder `home`; `who` acts where nothing else is said."""

    def __init__(self, site: FakeSite, home: str, who: str = "hal") -> None:
        self.site = site
        self.home = home
        self.who = who

    def type(
        self, *words: str, who: str | None = None, heard: str | None = None, env: Mapping[str, str] | None = None
    ) -> Typed:
        """Runs the words as a command; `heard` is what the person types when asked."""
        acting = self.who if who is None else who
        front = ["--home", self.home, *(["--as", acting] if acting else [])]
        result = CliRunner().invoke(
            build(self.site), [*front, *words], input=heard, env={"COLUMNS": "200", **(env or {})}
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Typed(result.exit_code, result.stdout, result.stderr)

    def does(self, *words: str, who: str | None = None, heard: str | None = None) -> Typed:
        """Runs a command that must succeed."""
        typed = self.type(*words, who=who, heard=heard)
        assert typed.code == 0, f"{words} ended with {typed.code}: {typed.out} {typed.err}"
        return typed

    def reads(self, *words: str, who: str | None = None) -> Any:
        """The JSON document of a command that must succeed."""
        return self.does(*words, "--json", who=who).json
