"""Two worlds that a partner must not be able to tell apart: the same headquarters doing the same towards it, with other private lives.

In each world Meridia (XMR) has a partner Torvia (XTV), who looks, and another partner (XPA), of whom Torvia must learn nothing. Everything that
leaves towards Torvia is kept in `World.seen`: bundle plaintext before sealing with the sealed length, file exports, and error sentences.

Randomness is coupled, not shared: what is drawn while Meridia deals with Torvia comes from streams of its own, the same in both worlds, as if
both had thrown the same dice. Real draws are independent of each other, so nothing is assumed that does not hold; a stream that private
acts move as well shows at once.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, Literal

import msgspec

from stafftalks.links import sealing
from stafftalks.planning.forces import Activity
from stafftalks.planning.intelligence import Report
from stafftalks.planning.letters import Ceiling
from stafftalks.planning.refs import ExactRef
from stafftalks.planning.talk import Acknowledgement
from stafftalks.planning.text import Origin
from stafftalks.services import accords, checks, conflicts, desk_reviews, elements, exchange, left, recalls, releases
from stafftalks.services.ports import Headquarters, Policy
from stafftalks.services.rows import ExchangeRow
from stafftalks.values.errors import HostError, MisuseError, PeerError, RefusedError
from stafftalks.values.ids import AccordId, ElementId, PartyId, VersionHash, element_id
from stafftalks.values.person import Person
from stafftalks.values.place import parse_place
from stafftalks.values.relative_time import parse_window
from tests.accord.check_words import proposal as check_proposal
from tests.fakes import HEAD, MARKED, OFFICER, PLANNER, FakeCarrier, FakeClock, FakeKeyring, make_hq, pair
from tests.letters import broad
from tests.services.scenes import ALL_REALMS, PROPOSAL, settle

TORVIA = PartyId("XTV")
Plant = Callable[["World", Headquarters], Headquarters]


class Dice:
    """Entropy and feed keys by what they are drawn for: `side` says whether Meridia now deals with Torvia, or is by itself."""

    def __init__(self) -> None:
        self.side: Literal["towards Torvia", "private"] = "towards Torvia"
        self._drawn: dict[tuple[str, str], int] = {}

    def draw(self, purpose: str, count: int) -> bytes:
        key = (self.side, purpose)
        self._drawn[key] = self._drawn.get(key, 0) + 1
        return hashlib.shake_256(f"{self.side} {purpose} {self._drawn[key]}".encode()).digest(count)


class SharedDice(Dice):
    """A planted fault: one stream for everything, so private draws move what is drawn for what leaves."""

    def draw(self, purpose: str, count: int) -> bytes:
        self._drawn["all", ""] = self._drawn.get(("all", ""), 0) + 1
        return hashlib.shake_256(f"{purpose} {self._drawn['all', '']}".encode()).digest(count)


class Watched:
    """Meridia's sealer: what is sealed to Torvia is seen, with its sealed length."""

    def __init__(self, sealer: Any, key: bytes, seen: list[object]) -> None:
        self._sealer = sealer
        self._key = key
        self._seen = seen

    def seal(self, plaintext: bytes, hpke_keys: Sequence[bytes]) -> bytes:
        if self._key in hpke_keys:
            self._seen.append(("bundle", plaintext, sealing.sealed_size(len(plaintext), len(hpke_keys))))
        return self._sealer.seal(plaintext, hpke_keys)

    def unseal(self, sealed: bytes) -> bytes:
        return self._sealer.unseal(sealed)


class DicedKeyring(FakeKeyring):
    """Feed keys drawn with the dice: a new one for another accord moves nothing for this one."""

    dice: Dice

    def new_feed_key(self) -> bytes:
        self._made = int.from_bytes(self.dice.draw("feed key", 6))
        return super().new_feed_key()


class World:
    """One of the two: the same three headquarters, built alike."""

    def __init__(self, plant: Plant | None = None, dice: type[Dice] = Dice) -> None:
        self.seen: list[object] = []
        self.dice = dice()
        self.clock = FakeClock()
        self.staff = (PLANNER, OFFICER, HEAD)
        small = Policy(max_bundle_bytes=3_000)
        torvia, third = make_hq("XTV", clock=self.clock), make_hq("XPA", clock=self.clock)
        keyring = DicedKeyring(PartyId("XMR"), "Meridia", addresses=("https://xmr.example:8443",))
        keyring.dice = self.dice
        meridia = make_hq("XMR", clock=self.clock, policy=small)
        sealer = Watched(meridia.sealer, torvia.keyring.card().hpke_key, self.seen)
        meridia = msgspec.structs.replace(meridia, entropy=self.dice, keyring=keyring, sealer=sealer)
        pair(meridia, torvia)
        pair(meridia, third)
        self.meridia = plant(self, meridia) if plant else meridia
        self.torvia, self.third = torvia, third
        self.accord = accords.propose(self.meridia, HEAD, [TORVIA], PROPOSAL)
        settle(self.meridia, torvia)
        for hq in (self.meridia, torvia):
            accords.accept(hq, HEAD, self.accord, ALL_REALMS)
        settle(self.meridia, torvia)
        self.given: list[ElementId] = []
        self.others: list[AccordId] = []
        self.checks = 0

    # What Torvia sees, the same in both worlds.

    def low(self, act: Callable[["World"], object]) -> str:
        """Does `act` towards Torvia; returns how it ended, which must be the same in both worlds too."""
        self.dice.side = "towards Torvia"
        try:
            act(self)
        except RefusedError as error:
            return "refused: " + ", ".join(refusal.rule for refusal in error.refusals)
        except (PeerError, MisuseError, HostError) as error:
            return f"{type(error).__name__}: {error}"
        return "done"

    def give(self, text: str) -> None:
        """Releases a new element: given content, given id."""
        element = element_id(hashlib.sha256(b"given %d" % len(self.given)).digest()[:16])
        planner, officer, _ = self.staff
        elements.add(self.meridia, planner, Report(title="Given", said=text), element)
        row = releases.request(self.meridia, planner, self.accord, element, "intelligence", [TORVIA])
        releases.release(self.meridia, officer, row.id)
        self.given.append(element)

    def give_anew(self, which: int, text: str) -> None:
        """Revises what was given and releases that version."""
        element = self.given[which % len(self.given)]
        planner, officer, _ = self.staff
        now = elements.get(self.meridia, element)
        revised = Report(title="Given", said=text, marking=MARKED)
        elements.revise(self.meridia, planner, element, revised, now.version)
        row = releases.request(self.meridia, planner, self.accord, element, "intelligence", [TORVIA])
        releases.release(self.meridia, officer, row.id)

    def recall(self, which: int) -> None:
        recalls.recall(self.meridia, self.staff[1], self.accord, self.given[which % len(self.given)], "Sent in error.")

    def converse(self, fault: str, *, force: bool) -> None:
        """The background sender's turn: only if Torvia is due."""
        if force or TORVIA in exchange.due(self.meridia):
            self.seen.append("spoke")
            carrier = FakeCarrier(self.meridia, [self.torvia], [fault] if fault else [])
            exchange.run(self.meridia, carrier, TORVIA, force=force)

    def asked_by_torvia(self, fault: str) -> None:
        exchange.run(
            self.torvia,
            FakeCarrier(self.torvia, [self.meridia], [fault] if fault else []),
            self.meridia.party,
            force=True,
        )

    def export(self) -> None:
        exchange.export(self.meridia, TORVIA, self.accord)

    def hear(self, sealed: bytes) -> None:
        """Torvia sends any bytes; the answer or the error sentence is seen."""
        try:
            self.seen.append(("answer", len(exchange.reply(self.meridia, sealed, TORVIA))))
        except PeerError as error:
            self.seen.append(("error", str(error)))

    # What Torvia must not see.

    def by_itself(self, act: Callable[["World"], object]) -> None:
        """Does `act` in private. What the rules refuse is no matter."""
        self.dice.side = "private"
        try:
            act(self)
        except (MisuseError, HostError):
            pass
        finally:
            self.dice.side = "towards Torvia"

    def draft(self, text: str) -> None:
        elements.add(self.meridia, self.staff[0], Report(title="Draft", said=text))

    def redraft(self, which: int, text: str) -> None:
        """Revises any own element at home, those given to Torvia among them."""
        row = self._own(which)
        elements.revise(self.meridia, self.staff[0], row.id, Report(title=row.title, said=text), row.version)

    def put_away(self, which: int) -> None:
        elements.archive(self.meridia, self.staff[0], self._own(which).id, archived=True)

    def consider(self, which: int, outcome: str) -> None:
        """A release of a draft to Torvia is asked for, and comes to nothing."""
        planner, officer, _ = self.staff
        row = releases.request(self.meridia, planner, self.accord, self._own(which).id, "intelligence", [TORVIA], "?")
        desk_reviews.review(self.meridia, row.id, officer)
        match outcome:
            case "refused":
                releases.refuse(self.meridia, officer, row.id, "Not to Torvia.")
            case "handed back":
                releases.hand_back(self.meridia, officer, row.id, "Why now?")
            case "cancelled":
                releases.cancel(self.meridia, planner, row.id)

    def change_staff(self, number: int) -> None:
        """Other people do the same work from now on, and are more."""
        self.staff = tuple(
            msgspec.structs.replace(person, username=f"{person.username}{number}")
            for person in (PLANNER, OFFICER, HEAD)
        )  # type: ignore[assignment]

    def found_another(self, title: str) -> None:
        other = accords.propose(
            self.meridia, self.staff[2], [self.third.party], msgspec.structs.replace(PROPOSAL, title=title)
        )
        self.others.append(other)

    def deal_with_the_other(self, text: str, fault: str) -> None:
        """Traffic with the third party: entries and releases both ways, bundles, and bundles refused."""
        if not self.others:
            return
        accord = self.others[-1]
        carrier = FakeCarrier(self.meridia, [self.third], [fault] if fault else [])
        exchange.run(self.meridia, carrier, self.third.party, force=True)
        accords.ask(self.meridia, self.staff[2], accord, text)
        if self.third.records.accord(accord):
            accords.accept(self.third, HEAD, accord, ALL_REALMS)
            accords.accept(self.meridia, self.staff[2], accord, ALL_REALMS)
            exchange.run(self.meridia, carrier, self.third.party, force=True)
            row = elements.add(self.meridia, self.staff[0], Report(title="For the third", said=text))
            asked = releases.request(self.meridia, self.staff[0], accord, row.id, "intelligence", [self.third.party])
            releases.release(self.meridia, self.staff[1], asked.id)
            self.check_with_the_other(accord)
        try:
            exchange.take(self.meridia, b"junk of the third party", "https", from_party=self.third.party)
        except PeerError:
            exchange.run(self.meridia, carrier, self.third.party, force=True)

    def check_with_the_other(self, accord: AccordId) -> None:
        """A private check is proposed to the third party, once, which declines it."""
        if self.checks:
            return
        self.checks += 1
        body = check_proposal(f"{self.checks}", to=self.third.party, expires=self.clock.now() + 86_400)
        with self.meridia.transactions.atomic():
            (said,) = checks.say(self.meridia, self.staff[1], accord, self.third.party, [body])
        carrier = FakeCarrier(self.meridia, [self.third])
        exchange.run(self.meridia, carrier, self.third.party, force=True)
        checks.decline(self.third, OFFICER, said, "Not now.")
        exchange.run(self.meridia, carrier, self.third.party, force=True)

    def write_letter(self, partner: str, classification: str) -> None:
        """Another letter stands at home from now on, beside those that there are."""
        ceiling = Ceiling(policy="PLAIN", classification=classification, categories=("all",))
        letter = broad(PartyId(partner), ceilings=(ceiling,), title=f"Up to {classification}")
        elements.add(self.meridia, self.staff[2], letter)

    def look_around(self) -> None:
        """People read, one draws on what was read, and one writes to its author how many have: none of it is told."""
        theirs = ExactRef(TORVIA, element_id(b"t" * 16), VersionHash("t" * 52))
        for person in self.staff:
            self.meridia.readers.note(person.username, theirs, self.clock.now())
        drawn = Report(title="Drawn", said="From theirs.", origins=(Origin(source=theirs),))
        elements.add(self.meridia, self.staff[0], drawn)
        told = elements.add(self.meridia, self.staff[0], Acknowledgement(about=theirs, readers=len(self.staff)))
        releases.request(self.meridia, self.staff[0], self.accord, told.id, "intelligence", [TORVIA])
        self.plan_two_that_collide()
        left.window(self.meridia)
        accords.views(self.meridia)
        exchange.status(self.meridia)
        self.meridia.memory.clear()

    def plan_two_that_collide(self) -> None:
        """Two activities are planned, found to collide, and lived with: of a conflict, too, nothing is told."""
        here, soon = parse_place("circle 36, 34 radius 5 km"), parse_window("2027-05-04 to 2027-05-05")
        for title in ("Sweep", "Patrol"):
            planned = Activity(title=title, what=title, footprint=here, window=soon)
            elements.add(self.meridia, self.staff[0], planned)
        for found in conflicts.board(self.meridia).conflicts[:1]:
            conflicts.accept(self.meridia, self.staff[0], found.id, found.refs, "One leader for both.")

    def _own(self, which: int) -> Any:
        """Some own element that is no letter: a letter that is changed may rightly change what may be released."""
        rows = [row for row in self.meridia.holdings.find(limit=1000)[1] if row.kind != "letter"]
        if not rows:
            raise MisuseError("Nothing is held.")
        return rows[which % len(rows)]


# Planted faults: each makes something private show, in a way that has happened to others.


class Port:
    """A port that behaves as another but for what a subclass says."""

    def __init__(self, port: Any, meridia: Headquarters) -> None:
        self._port = port
        self._meridia = meridia

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)

    def _drafts(self) -> int:
        return self._meridia.holdings.find()[0]


class CountingNonces(Port):
    def draw(self, purpose: str, count: int) -> bytes:
        drawn = self._port.draw(purpose, count)
        return drawn[:-1] + bytes([self._drafts() % 256]) if purpose == "nonce" else drawn


class SilentWhileBusy(Port):
    def receipts(self, partner: str, limit: int = 32) -> tuple[ExchangeRow, ...]:
        waiting, _ = self._meridia.desk.find(state="waiting")
        return () if waiting else self._port.receipts(partner, limit)


class ReceiptsOfAll(Port):
    def receipts(self, partner: str, limit: int = 32) -> tuple[ExchangeRow, ...]:
        found = [row for one in ("XPA", "XTV") for row in self._port.receipts(one, limit)]
        return tuple(found[:limit])


class SharedCounter(Port):
    """Positions of all records from one clock: how much is said elsewhere shows."""

    def now(self) -> int:
        rows = [row for accord in self._meridia.records.accords() for row in self._meridia.records.feeds(accord.id)]
        return self._port.now() + sum(row.size for row in rows)


class SmallerWhenFull:
    honour_recalls = "ask"
    max_taken_bytes = 12_000
    gate = ""
    poll_seconds = 60
    max_unanswered_accords = 64
    default_marking = MARKED

    def __init__(self, meridia: Headquarters) -> None:
        self._meridia = meridia

    @property
    def max_bundle_bytes(self) -> int:
        return max(100, 3_000 - 700 * self._meridia.holdings.find()[0])


PLANTS: dict[str, tuple[Plant | None, type[Dice]]] = {
    "a draft count in the manifest": (
        lambda _, hq: msgspec.structs.replace(hq, entropy=CountingNonces(hq.entropy, hq)), Dice,
    ),
    "one stream for draft ids and salts": (None, SharedDice),
    "acknowledgement that waits for a private desk": (
        lambda _, hq: msgspec.structs.replace(hq, log=SilentWhileBusy(hq.log, hq)), Dice,
    ),
    "a batch limit that private drafts lower": (
        lambda _, hq: msgspec.structs.replace(hq, policy=SmallerWhenFull(hq)), Dice,
    ),
    "the size of another accord": (
        lambda _, hq: msgspec.structs.replace(hq, clock=SharedCounter(hq.clock, hq)), Dice,
    ),
    "another partner's receipts": (
        lambda _, hq: msgspec.structs.replace(hq, log=ReceiptsOfAll(hq.log, hq)), Dice,
    ),
}  # fmt: skip

__all__ = ["PLANTS", "Dice", "Person", "Plant", "World"]
