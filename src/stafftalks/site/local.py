"""What the commands ask of this machine: `cli.site_port.Site` over folders, Django and processes."""

import signal
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path
from types import FrameType

import msgspec

from stafftalks.cli.site_port import Account, DemoLine, Founding, Listening
from stafftalks.gate.folder import GateConfig, GateFolder
from stafftalks.links import keys
from stafftalks.planning.profiles import ProfileName
from stafftalks.services import registry
from stafftalks.services.check_ports import Workers
from stafftalks.services.ports import Carrier
from stafftalks.services.rows import JournalRow
from stafftalks.services.sweep_ports import Reckoners
from stafftalks.site import wiring
from stafftalks.site.home import Home
from stafftalks.values.errors import HostError, MisuseError
from stafftalks.values.person import Person, Role


class LocalSite:
    """The site of this machine. Modules that need Django set up are imported when first used."""

    def __init__(self) -> None:
        self._folder = Path()

    def init(self, folder: Path, founding: Founding) -> tuple[str, ...]:
        """Sets up a headquarters in `folder` and opens it."""
        from stafftalks.site import founding as founders

        notes = founders.found(folder, founding)
        self._folder = folder
        return notes

    def open(self, folder: Path) -> None:
        """Makes the headquarters in `folder` this process's own."""
        wiring.open_home(folder)
        self._folder = folder

    def migrate(self, folder: Path) -> tuple[str, ...]:
        """Brings the tables of the headquarters in `folder` up to this version."""
        from stafftalks.site import founding as founders

        home = Home(folder)
        if not home.exists:
            raise MisuseError(f"No headquarters is set up in {home.folder}: nothing to bring up to date.")
        notes = founders.migrate(home)
        return ("The tables are those of this version.", *notes)

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
        """Signs our next card with what is given changed, and keeps the configuration in step."""
        hq = registry.current()
        home = Home(folder)
        gate = home.config().gate
        if fresh_tls and gate:
            raise MisuseError(
                "The TLS key is with the gate, so no fresh one is made here: docs/guide/gate.md says how it is replaced. Nothing was changed."
            )
        now = hq.clock.now()
        card = keys.renew_card(home.keys, now=now, name=name, addresses=addresses, fresh_tls=fresh_tls, roots=roots)
        home.write_config(msgspec.structs.replace(home.config(), name=card.name, node_addresses=card.addresses))
        hq.journal.add(
            JournalRow(
                now,
                by,
                "card renewed",
                card.party,
                f"Card {card.version}: {', '.join(card.addresses) or 'by hand only'}.",
            )
        )
        return (
            f"This is card {card.version}. Give it to every partner (`pair card -o FILE`, there `pair add FILE`): the old card vouches for it, so no "
            "fingerprint is compared again.",
            "Start `stafftalks serve` anew.",
            *(("Give it to the gate's keeper too (`gate card FILE`).",) if gate else ()),
        )

    def set_up_gate(
        self, folder: Path, home: Path, *, listen: str, inner_listen: str, gate_listen: str
    ) -> tuple[str, ...]:
        """Sets up a gate in `folder` for the headquarters in `home`."""
        behind, gate = Home(home), GateFolder(folder)
        config = behind.config()
        if not behind.exists or config.gate:
            why = f"has a gate already, at {config.gate}" if config.gate else "is not set up"
            raise MisuseError(f"The headquarters in {behind.folder} {why}: nothing was changed.")
        settings = GateConfig(config.party, listen or config.node_listen, inner_listen, f"https://{gate_listen}")
        gate.set_up(settings, behind.keys)
        # In this order, whatever is cut off in between: once the line `gate` stands, the headquarters uses its TLS key no more.
        behind.write_config(msgspec.structs.replace(config, gate=f"https://{inner_listen}", gate_listen=gate_listen))
        gate.take_tls_key(behind.keys)
        return (
            f"The gate of {config.party} is set up in {gate.folder}: partners come to {settings.listen}, the headquarters to {inner_listen}.",
            f"The TLS key that partners know moved from {behind.keys} to {gate.tls.parent}; the headquarters cannot speak to a partner without the gate.",
            f"The headquarters listens for the gate on {gate_listen}, and seals to the gate's key alone ({behind.gate_keys}).",
            "The gate has no rules yet, so nothing leaves: `stafftalks letter export` at the headquarters, `stafftalks gate rules FILE` here; and take each "
            "partner's card with `stafftalks gate card CARD`.",
            "Start `stafftalks serve` anew, and `stafftalks gate serve`.",
        )

    def serve(self, folder: Path, ready: Callable[[Listening], None]) -> None:
        """Serves until interrupted (SIGINT or SIGTERM)."""
        wiring.set_up_django(Home(folder))
        from stafftalks.site.serving import Serving

        serving = Serving(folder)
        over = threading.Event()

        def end(_signal: int, _frame: FrameType | None) -> None:
            over.set()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, end)
        ready(serving.start())
        over.wait()
        serving.stop()

    def demo(
        self,
        folder: Path | None,
        *,
        headless: bool,
        tell: Callable[[DemoLine], None],
        profile: ProfileName = "military",
    ) -> bool:
        """Runs the demonstration."""
        from stafftalks.site.demo import demo

        return demo(folder, headless=headless, tell=tell, profile=profile)

    def carrier(self) -> Carrier:
        """The wire to partners' nodes."""
        registry.current()
        return wiring.carrier(Home(self._folder))

    def workers(self) -> AbstractContextManager[Workers]:
        """The machine's cores."""
        from stafftalks.links.workers import ProcessWorkers

        return closing(ProcessWorkers())

    def reckoners(self, on: str, folder: Path) -> AbstractContextManager[Reckoners]:
        """What reckons sweeps."""
        from stafftalks.site import sweeping

        return sweeping.reckoners(on, Home(folder))

    def work_on_sweeps(self, folder: Path, *, processes: int, until_idle: bool) -> None:
        """Works on batches of shared sweeps."""
        wiring.set_up_django(Home(folder))
        from stafftalks.site import sweeping_jobs

        sweeping_jobs.work_here(processes, until_idle=until_idle)

    def people(self) -> tuple[Account, ...]:
        """Everyone at the headquarters that is open, by username."""
        from stafftalks.store import people

        return tuple(Account(person, active) for person, active in people.everyone())

    def person(self, username: str) -> Person | None:
        """Who may act under this username."""
        from stafftalks.store import people

        return people.person(username)

    def add_person(self, person: Person, password: str, *, by: str) -> None:
        """Adds a person who can sign in."""
        from stafftalks.store import people

        people.add(person, password, by=by)

    def set_roles(self, username: str, roles: frozenset[Role], *, by: str) -> None:
        """Replaces a person's roles."""
        from stafftalks.store import people

        people.set_roles(username, roles, by=by)

    def set_password(self, username: str, password: str, *, by: str) -> None:
        """Replaces a password."""
        from stafftalks.store import people

        people.set_password(username, password, by=by)

    def send_digests(self, folder: Path) -> tuple[int, tuple[str, ...]]:
        """Sends the mails that are due now."""
        from stafftalks.site import mailing

        config = Home(folder).config()
        if not config.smtp_host:
            raise MisuseError("Mail is not set up here: name a server as smtp_host in stafftalks.toml.")
        told = mailing.send_due(registry.current(), config)
        return told.sent, told.failures

    def digest_status(self, folder: Path) -> tuple[str, ...]:
        """How mail stands."""
        from stafftalks.store import digest

        config = Home(folder).config()
        where = (
            f"Mail goes by {config.smtp_host}:{config.smtp_port}." if config.smtp_host else "Mail is not set up here."
        )
        asked = f"People who asked for it: {digest.asked_for()}."
        failing = (
            f"{one.person}: failed, times in a row: {one.failures}. {one.last_error}" for one in digest.failing()
        )
        return (where, asked, *failing)

    def send_logs(self, folder: Path) -> tuple[int, tuple[str, ...]]:
        """Sends what came since to what collects events."""
        from stafftalks.site import sending

        done = sending.LineSender(registry.current(), Home(folder)).look(force=True)
        return done.lines, done.failures

    def logs_status(self, folder: Path) -> tuple[str, ...]:
        """How far the logs were sent."""
        from stafftalks.site import sending

        return sending.status(Home(folder).config())

    def backup(self, folder: Path, target: Path, *, by: str) -> tuple[str, ...]:
        """Writes a consistent copy of the headquarters in `folder` to `target`, never its feed keys; the journal records it."""
        home = Home(folder)
        wiring.set_up_django(home)
        from stafftalks.store import backup

        notes = backup.write_backup(target, home.folder)
        hq = wiring.headquarters(home)
        line = JournalRow(hq.clock.now(), by, "backup written", hq.party, f"A backup was written to {target.name}.")
        try:
            hq.journal.add(line)
        except HostError as error:  # as before `migrate`, when the tables are of an older version
            return (*notes, f"The journal could not record that this backup was written: {error}")
        return notes

    def restore(self, archive: Path, folder: Path) -> tuple[str, ...]:
        """Sets up `folder` from a backup."""
        wiring.set_up_django(Home(folder))
        from stafftalks.store import backup

        return backup.restore(archive, Home(folder).folder)

    def log_file(self, folder: Path) -> Path:
        """Where unexpected errors of commands are written."""
        return Home(folder).folder / "stafftalks.log"
