"""One headquarters in a process of its own, told what to do a line of JSON at a time: `python -m benchmarks.headquarters FOLDER PARTY ADDRESS`.

It is the product as `stafftalks serve` runs it, without people's pages: the node, the background sender, SQLite, real keys and TLS. Times are
of the monotonic clock, which processes on one machine share.
"""

import base64
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from benchmarks.children import ROOT
from stafftalks.values.ids import AccordId, ElementId, PartyId
from stafftalks.values.person import Person, Role

if TYPE_CHECKING:
    from stafftalks.planning.letters import Letter

WHO: Final = {"XMR": "Meridia", "XTV": "Torvia"}
HEAD: Final = Person("head", "Head of delegation", frozenset({Role.HEAD, Role.ADMINISTRATOR}))
PLANNER: Final = Person("planner", "Planner", frozenset({Role.PLANNER}))
OFFICER: Final = Person("officer", "Disclosure officer", frozenset({Role.OFFICER}))
REALMS: Final = ("intelligence", "scenarios")
PATIENCE_S: Final = 120.0
_LOOK_EVERY_S: Final = 0.0005


def _letter(partner: PartyId) -> "Letter":
    """What the benchmarks release may leave for the partner."""
    from stafftalks.planning.letters import Ceiling, Letter
    from stafftalks.values.relative_time import Instant

    return Letter(
        title="What is measured", partner=partner, ceilings=(Ceiling(policy="PLAIN", classification="RESTRICTED"),),
        realms=("all",), kinds=("all",), contingencies=("all",), methods=("all",), deciders=("all",), together=True,
        valid_until=Instant.parse("2999-12-31"),
    )  # fmt: skip


class Headquarters:
    """The headquarters of this process."""

    def __init__(self, folder: Path, party: PartyId, address: str) -> None:
        from stafftalks.cli.site_port import Founding
        from stafftalks.site import founding

        founding.found(
            folder,
            Founding(
                party=party,
                name=WHO[party],
                addresses=(f"https://{address}",),
                web_listen="127.0.0.1:1",
                node_listen=address,
                username="head",
                person_name=HEAD.name,
                roles=HEAD.roles,
                password=base64.b64encode(os.urandom(24)).decode(),
                default_marking=("PLAIN", "RESTRICTED"),
            ),
        )
        from stafftalks.site.serving import Serving

        self._serving = Serving(folder, with_web=False)
        self._serving.start()
        self._hq = self._serving.hq

    def card(self) -> str:
        return base64.b64encode(self._hq.keyring.card_document()).decode()

    def pair(self, document: str) -> str:
        from stafftalks.services import elements, pairing

        raw = base64.b64decode(document)
        partner = pairing.add_partner(self._hq, HEAD, raw, pairing.fingerprint_of(raw)[1]).party
        elements.add(self._hq, HEAD, _letter(partner))
        return partner

    def propose(self, partner: str) -> str:
        from stafftalks.accord.bodies import Clause, Proposal
        from stafftalks.services import accords

        clauses = (Clause("1", "Scope", "Each side shares what it decides to share."),)
        proposal = Proposal("Joint planning", "To plan together.", REALMS, clauses)
        return accords.propose(self._hq, HEAD, [PartyId(partner)], proposal)

    def accept(self, accord: str) -> None:
        from stafftalks.services import accords

        self._until("the proposal", lambda: self._hq.records.accord(AccordId(accord)) is not None)
        accords.accept(self._hq, HEAD, AccordId(accord), REALMS)

    def opened(self, accord: str) -> None:
        """Returns once the realms are open as seen here."""
        from stafftalks.accord import state
        from stafftalks.services import accords

        self._until("open realms", lambda: state.open_realms(accords.view(self._hq, AccordId(accord)).accord))

    def fill(self, accord: str, count: int) -> float:
        """Appends `count` entries to our own record in bulk, signed by its own key, as if they had been said one by one; when they were there."""
        from benchmarks import feeds
        from stafftalks.record import checkpoint, tree
        from stafftalks.services.rows import EntryRow

        hq = self._hq
        row = next(row for row in hq.records.feeds(AccordId(accord)) if row.feed.party == hq.party)
        author = feeds.Author(feed=row.feed)
        author.frontier = tree.Frontier.decode(row.frontier)
        audience = (PartyId("XTV" if hq.party == "XMR" else "XMR"),)
        with hq.transactions.atomic():
            for start, leaves, slips in author.batches(count):
                hashes = tree.leaf_hashes(leaves)
                rows = [
                    EntryRow(start + i, leaf, hashes[i], slips[i], audience=audience) for i, leaf in enumerate(leaves)
                ]
                hq.records.append(row.feed, rows, author.frontier.encode())
            head = checkpoint.Checkpoint(row.feed, author.frontier.size, author.frontier.root())
            hq.records.put_note(
                row.feed,
                checkpoint.sign_checkpoint(
                    head, row.public_key, lambda body: hq.keyring.sign_as_feed(row.feed.epoch, body)
                ).raw,
            )
        hq.wake()
        return time.monotonic()

    def now(self) -> float:
        return time.monotonic()

    def grown(self, accord: str, party: str, size: int) -> None:
        """Returns once `size` entries of the party's record are held here."""
        self._until(f"{size} entries", lambda: self.size(accord, party) >= size)

    def size(self, accord: str, party: str) -> int:
        """How many entries of the party's record are held here."""
        rows = self._hq.records.feeds(AccordId(accord))
        return sum(row.size for row in rows if row.feed.party == party)

    def release(self, accord: str, partner: str, said: str) -> tuple[str, float, float]:
        """A new report, asked for and then released: its id, and when the decision was begun and was durable."""
        from stafftalks.planning.intelligence import Report
        from stafftalks.services import elements, releases

        row = elements.add(self._hq, PLANNER, Report(title=said[:60], said=said))
        asked = releases.request(self._hq, PLANNER, AccordId(accord), row.id, "intelligence", [PartyId(partner)])
        begun = time.monotonic()
        releases.release(self._hq, OFFICER, asked.id)
        return row.id, begun, time.monotonic()

    def readable(self, accord: str, party: str, element: str) -> float:
        """When the element of `party` could be read here, in the accord's view; waits for it."""
        from stafftalks.services import accords

        def look() -> bool:
            # The view is asked for only when the record has grown: looking must not take the time that is measured.
            if self.size(accord, party) == seen[0]:
                return False
            seen[0] = self.size(accord, party)
            return ElementId(element) in accords.view(self._hq, AccordId(accord)).accord.sheets[PartyId(party)].released

        seen = [-1]
        self._until("the released element", look)
        return time.monotonic()

    def settled(self, accord: str, partner: str) -> None:
        """Returns once the partner is known to hold, and to have acknowledged, everything held here."""
        from stafftalks.services import outgoing
        from stafftalks.services.reading import accord_row

        row = accord_row(self._hq, AccordId(accord))
        self._until("the partner's receipts", lambda: not outgoing.has_news(self._hq, row, PartyId(partner)))

    def ask(self, accord: str, times: int) -> tuple[float, float]:
        """Asks `times` questions one after another, nothing sent meanwhile: median wall and CPU seconds of one act."""
        from stafftalks.services import accords

        quiet = msgspec.structs.replace(self._hq, wake=lambda: None)
        walls, cpus = [], []
        for turn in range(times):
            wall, cpu = time.perf_counter(), time.thread_time()
            accords.ask(quiet, HEAD, AccordId(accord), f"Question {turn}?")
            walls.append(time.perf_counter() - wall)
            cpus.append(time.thread_time() - cpu)
        return statistics.median(walls), statistics.median(cpus)

    def bundle_bytes(self) -> int:
        """The size of the newest bundle that carried one entry to the partner."""
        _, rows = self._hq.log.find(outcome="sent", limit=200)
        return next(row.size_bytes for row in rows if row.entries == 1)

    def stop(self) -> None:
        self._serving.stop()

    def _until(self, what: str, look: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not look():
            if time.monotonic() > deadline:
                raise TimeoutError(f"Waited {PATIENCE_S:g} s in vain for {what}.")
            time.sleep(_LOOK_EVERY_S)


class Remote:
    """A headquarters in a child process: its methods by name."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self.heard()

    def tell(self, verb: str, *args: object) -> None:
        """Has it begin; `heard` gives the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode([verb, args]) + b"\n")
        self._process.stdin.flush()

    def heard(self) -> Any:
        """The answer to what it was told."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("A headquarters of the benchmark ended unasked; what it said last stands above.")
        return msgspec.json.decode(line)

    def do(self, verb: str, *args: object) -> Any:
        self.tell(verb, *args)
        return self.heard()


@contextmanager
def two(folder: Path) -> Iterator[tuple[Remote, Remote, str]]:
    """Two headquarters at work, paired, with an accord whose realms are open: Meridia, Torvia and the accord."""
    with ExitStack() as leaving:
        remotes = [leaving.enter_context(_one(folder, party)) for party in WHO]
        meridia, torvia = remotes
        meridia.do("pair", torvia.do("card"))
        torvia.do("pair", meridia.do("card"))
        accord = meridia.do("propose", "XTV")
        torvia.do("accept", accord)
        meridia.do("accept", accord)
        for remote in remotes:
            remote.do("opened", accord)
        yield meridia, torvia, accord


@contextmanager
def _one(folder: Path, party: str) -> Iterator[Remote]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    home = folder / party
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.headquarters", str(home), party, address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**kept, "STAFFTALKS_HOME": str(home)},
    )
    try:
        yield Remote(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main() -> None:
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    hq = Headquarters(Path(sys.argv[1]), PartyId(sys.argv[2]), sys.argv[3])
    out.write(b"null\n")
    out.flush()
    for line in iter(sys.stdin.buffer.readline, b""):
        verb, args = msgspec.json.decode(line)
        out.write(msgspec.json.encode(getattr(hq, verb)(*args)) + b"\n")
        out.flush()
    hq.stop()


if __name__ == "__main__":
    main()
