"""A real headquarters in a process of its own, told what to do over its standard input: a process opens one headquarters in its life.

worker = Worker(folder)    starts `python -m tests.always_true.worker FOLDER`
worker.ask("export", accord=...)         any of the functions in `DOES`, its answer as JSON values and bytes
"""

import base64
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec

from stafftalks.values.errors import StafftalksError

ROOT = Path(__file__).parents[2]


class Worker:
    """The other end of the pipe."""

    def __init__(self, folder: Path) -> None:
        hidden = ("DJANGO", "STAFFTALKS", "DATABASE_URL")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.always_true.worker", str(folder)],
            env={**environment, "PYTHONPATH": os.pathsep.join(("src", "."))},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def ask(self, does: str, **told: object) -> Any:
        """What the headquarters answered; raises the sentence of an error as RuntimeError."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode((does, told)) + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the headquarters died when it was asked to {does}"
        sort, answer = msgspec.json.decode(line)
        if sort == "error":
            raise RuntimeError(answer)
        return base64.b64decode(answer) if sort == "bytes" else answer

    def stop(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


def _serve(folder: Path) -> None:
    from stafftalks.accord.bodies import EntryRef
    from stafftalks.cli.site_port import Founding
    from stafftalks.planning.intelligence import Report
    from stafftalks.record.card import fingerprint, open_card
    from stafftalks.services import accords, elements, exchange, pairing, proofs, recalls, records, releases
    from stafftalks.site import founding, wiring
    from stafftalks.site.local import LocalSite
    from stafftalks.values.ids import AccordId, PartyId
    from stafftalks.values.person import Role
    from tests.fakes import ADMINISTRATOR, HEAD, OFFICER, PLANNER, permit
    from tests.services.scenes import ALL_REALMS, PROPOSAL

    site = LocalSite()

    def hq() -> Any:
        return wiring.open_home(folder)

    def found() -> object:
        told = Founding(
            party=PartyId("XMR"),
            name="Meridia",
            addresses=("https://127.0.0.1:1",),
            web_listen="127.0.0.1:0",
            node_listen="127.0.0.1:0",
            username="hal",
            person_name="Hal",
            roles=frozenset({Role.HEAD}),
            password="a long password",
            default_marking=("PLAIN", "RESTRICTED"),
        )
        return founding.found(folder, told)

    def pair(card: str) -> object:
        document = card.encode()
        row = pairing.add_partner(hq(), ADMINISTRATOR, document, fingerprint(open_card(document)))
        permit(hq(), row.party)
        return row.party

    def give(accord: str, text: str) -> object:
        one = hq()
        row = elements.add(one, PLANNER, Report(title="Given", said=text))
        asked = releases.request(one, PLANNER, AccordId(accord), row.id, "intelligence", [PartyId("XTV")])
        releases.release(one, OFFICER, asked.id)
        return row.id

    def state(accord: str) -> object:
        one = hq()
        view = accords.view(one, AccordId(accord))
        mine = [row for row in view.feeds if row.feed.party == one.party]
        return {
            "released": sorted(view.accord.sheets[one.party].released),
            "questions": [asked.text for asked in view.accord.sheets[one.party].questions],
            "sizes": [row.size for row in mine],
            "closed": [row.closed for row in mine],
            "can sign": [one.keyring.can_sign(row.feed.epoch) for row in mine],
            "marks": [one.keyring.high_water(row.feed.epoch) for row in mine],
            "frozen": [row.frozen for row in view.feeds if row.frozen],
            "sound": [report.sound for report in records.verify(one, view.row.id)],
        }

    does: dict[str, Any] = {
        "found": found,
        "card": lambda: pairing.own_card(hq()) and hq().keyring.card_document(),
        "pair": pair,
        "propose": lambda: accords.propose(hq(), HEAD, [PartyId("XTV")], PROPOSAL),
        "accept": lambda accord: list(msgspec.to_builtins(accords.accept(hq(), HEAD, AccordId(accord), ALL_REALMS)).values()),
        "say": lambda accord, text: msgspec.to_builtins(accords.ask(hq(), HEAD, AccordId(accord), text)),
        "give": give,
        "recall": lambda accord, element: msgspec.to_builtins(recalls.recall(hq(), HEAD, AccordId(accord), element, "An error.")),
        "reopen": lambda accord: accords.reopen(hq(), ADMINISTRATOR, AccordId(accord)).feed.epoch,
        "export": lambda accord: exchange.export(hq(), PartyId("XTV"), AccordId(accord)),
        "take": lambda sealed: exchange.take(hq(), base64.b64decode(sealed), "file").sentence,
        "reply": lambda sealed: exchange.reply(hq(), base64.b64decode(sealed), PartyId("XTV")),
        "state": state,
        "log": lambda: [row.sentence for row in hq().log.find(limit=1000)[1]],
        "backup": lambda target: site.backup(folder, Path(target), by="terminal"),
        "restore": lambda archive: site.restore(Path(archive), folder),
        "migrate": lambda: site.migrate(folder),
        "proof": lambda accord, n, epoch: proofs.make(hq(), "terminal", AccordId(accord), [EntryRef(PartyId("XMR"), epoch, n)]),
    }  # fmt: skip
    for line in sys.stdin.buffer:
        name, told = msgspec.json.decode(line)
        try:
            answer = does[name](**told)
            found_ = ("bytes", base64.b64encode(answer).decode()) if isinstance(answer, bytes) else ("value", answer)
        except StafftalksError as error:
            found_ = ("error", str(error))
        sys.stdout.buffer.write(msgspec.json.encode(found_) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
