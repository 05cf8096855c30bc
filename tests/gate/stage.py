"""Meridia behind its gate and Torvia without one, on loopback: real keys, sealing, TLS and gate; only the tables are in memory."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from stafftalks.accord.bodies import Body, encode_body
from stafftalks.gate import log as gate_log
from stafftalks.gate.folder import GateConfig, GateFolder
from stafftalks.gate.rules import Ceiling, Letter, Partner, Rules
from stafftalks.gate.serving import GateServing
from stafftalks.links import keys
from stafftalks.links.carrier import HttpsCarrier
from stafftalks.links.gateseal import GatedSealer, read_gate_card
from stafftalks.links.gateway import GateCarrier
from stafftalks.links.keyring import FileKeyring
from stafftalks.links.limits import Limits
from stafftalks.links.sealing import HpkeSealer
from stafftalks.node.inner import InnerNode
from stafftalks.node.server import NodeServer
from stafftalks.record.card import fingerprint
from stafftalks.record.tree import Frontier
from stafftalks.services import accords, exchange
from stafftalks.services.ports import Headquarters
from stafftalks.values.ids import AccordId, FeedId, PartyId
from tests.fakes import HEAD, introduce, make_hq
from tests.gate.policies import PLAIN, US
from tests.node.house import free_place
from tests.services.scenes import ALL_REALMS, PROPOSAL

MOST = 1 << 24
QUICK = Limits(pins_age_s=0.0)
ALWAYS = datetime(2125, 1, 1, tzinfo=UTC)


def letter(**changes: object) -> Letter:
    """A letter that lets reports up to RESTRICTED go to Torvia."""
    permits = Letter(
        title="Torvia",
        partner="XTV",
        valid_until=ALWAYS,
        realms=("intelligence", "scenarios"),
        kinds=("report", "scenario"),
        contingencies=("all",),
        methods=("https", "file"),
        ceilings=(Ceiling("XMR", "RESTRICTED", ("REL TO", "EXERCISE")),),
    )
    return msgspec.structs.replace(permits, **changes)


def rules(*letters: Letter, **partner: object) -> Rules:
    """Rules of Meridia's gate for Torvia."""
    told = msgspec.structs.replace(Partner("XTV", accords=("all",), methods=("https", "file")), **partner)
    return Rules("XMR", policies=(PLAIN, US), partners=(told,), letters=letters or (letter(),))


def written(found: Rules) -> bytes:
    """Rules as a file. JSON's spelling of values is TOML's too, but for tables and times."""
    lines = [f'party = "{found.party}"']
    for policy in found.policies:
        lines += ["[[policies]]", *_lines(policy)]
    for partner in found.partners:
        lines += ["[[partners]]", *_lines(partner)]
    for one in found.letters:
        lines += ["[[letters]]", *_lines(one)]
        for ceiling in one.ceilings:
            lines += ["[[letters.ceilings]]", *_lines(ceiling)]
    return "\n".join(lines).encode()


def _lines(value: msgspec.Struct) -> list[str]:
    return [
        f"{name} = {held.isoformat() if isinstance(held, datetime) else msgspec.json.encode(held).decode()}"
        for name, held in msgspec.structs.asdict(value).items()
        if held is not None and name != "ceilings"
    ]


class House:
    """A headquarters with real keys, whose node listens."""

    def __init__(self, folder: Path, party: str, name: str) -> None:
        self.home = folder / party.lower()
        self.keys = self.home / "keys"
        self.place = free_place()
        keys.create_keys(self.keys, PartyId(party), name, [f"https://{self.place}"], 1_763_812_800)
        self.own_sealer = HpkeSealer(lambda: keys.read_hpke_key(self.keys / keys.HPKE), max_bytes=MOST)
        self.hq: Headquarters = msgspec.structs.replace(
            make_hq(party), keyring=FileKeyring(self.keys), sealer=self.own_sealer
        )
        self.taken = threading.Semaphore(0)

    def knows(self, *others: "House") -> None:
        for other in others:
            introduce(self.hq, other.hq)


class Open(House):
    """One that meets its partners by itself."""

    def __init__(self, folder: Path, party: str, name: str) -> None:
        super().__init__(folder, party, name)
        self.carrier = HttpsCarrier(self.keys / keys.TLS, max_answer_bytes=MOST)
        self.server = NodeServer(self.place, self.hq, self.keys / keys.TLS, limits=QUICK)
        self.server.start()

    def run(self, other: House) -> tuple[exchange.Round, ...]:
        return exchange.run(self.hq, self.carrier, other.hq.party, force=True)

    def close(self) -> None:
        self.carrier.close()
        self.server.stop()


class Gated(House):
    """One behind a gate. `dishonest` has it append and seal what it likes: only the gate stands between it and its partner."""

    def __init__(self, folder: Path, party: str, name: str) -> None:
        super().__init__(folder, party, name)
        self.gate = GateFolder(folder / "gate")
        inner, hq_place = free_place(), free_place()
        self.gate.set_up(GateConfig(self.hq.party, self.place, inner, f"https://{hq_place}"), self.keys)
        self.gate.take_tls_key(self.keys)
        there = self.keys / "gate"
        self.hq = msgspec.structs.replace(
            self.hq,
            sealer=GatedSealer(self.own_sealer, lambda: read_gate_card(there)[0], self._frontier),
            policy=msgspec.structs.replace(self.hq.policy, gate=f"https://{inner}"),
        )
        self.carrier = GateCarrier(f"https://{inner}", there, max_answer_bytes=MOST)
        self.server = InnerNode(hq_place, self.hq, there, received=self.taken.release)
        self.server.start()
        self.serving: GateServing | None = GateServing(self.gate, limits=QUICK)
        self.serving.start()

    def permits(self, found: Rules) -> None:
        self.gate.install(written(found))

    def takes(self, *others: House) -> None:
        self.knows(*others)
        for other in others:
            self.gate.take_card(other.hq.keyring.card_document(), fingerprint(other.hq.keyring.card()))

    def run(self, other: House) -> tuple[exchange.Round, ...]:
        return exchange.run(self.hq, self.carrier, other.hq.party, force=True)

    def stop_gate(self) -> None:
        if self.serving is not None:
            self.serving.stop()
            self.serving = None

    def close(self) -> None:
        self.carrier.close()
        self.server.stop()
        self.stop_gate()

    def _frontier(self, feed: FeedId, size: int) -> bytes:
        return Frontier.empty().extend(self.hq.records.leaf_hashes(feed, 0, size)).encode()


def agreed(meridia: Gated, torvia: House) -> AccordId:
    """An accord between them with every realm open, held by both."""
    accord = accords.propose(meridia.hq, HEAD, [torvia.hq.party], PROPOSAL)
    assert not any(done.error for done in meridia.run(torvia))
    accords.accept(torvia.hq, HEAD, accord, ALL_REALMS)
    accords.accept(meridia.hq, HEAD, accord, ALL_REALMS)
    assert not any(done.error for done in meridia.run(torvia))
    return accord


def size(hq: Headquarters, accord: AccordId, party: str) -> int:
    """How many entries of a party's record are held."""
    return sum(row.size for row in hq.records.feeds(accord) if row.feed.party == party)


def raw(body: Body) -> bytes:
    """The canonical bytes of a body."""
    return encode_body(body)


@contextmanager
def two_sides(folder: Path) -> Iterator[tuple[Gated, Open]]:
    """Both at work, paired, with the usual rules in force."""
    meridia, torvia = Gated(folder, "XMR", "Meridia"), Open(folder, "XTV", "Torvia")
    try:
        meridia.takes(torvia)
        torvia.knows(meridia)
        meridia.permits(rules())
        yield meridia, torvia
    finally:
        meridia.close()
        torvia.close()


def refused(meridia: Gated) -> list[tuple[str, tuple[str, ...]]]:
    """By which way and by which rules its gate refused bundles, oldest first."""
    return [(line.way, line.rules) for line in gate_log.read(meridia.gate.log_file) if line.outcome == "refused"]
