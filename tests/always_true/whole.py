"""One whole headquarters as it is driven by `nursery`: what Meridia does towards Torvia and by itself, and what Torvia sees of it.

What Torvia sees is recorded at Torvia, as an adversary would: every byte that its node reads and its own requests are answered with, below HTTP and
above TLS; what it finds in each bundle once unsealed; what its people's pages then show; and the files that it is given. Nothing is compared but
that. The only things left out are dates in HTTP heads, which say when, and the sealed bytes themselves, of which the length is compared and the
content after unsealing: sealing draws its own randomness.

Randomness is coupled as in `worlds`: what Meridia draws while it deals with Torvia comes from streams of its own, alike in both lives.
"""

import base64
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from stafftalks.cli.site_port import Founding
from stafftalks.links import sealing, tls
from stafftalks.planning.intelligence import Report
from stafftalks.planning.refs import ExactRef
from stafftalks.planning.scenarios import Assumption, Branch, Scenario
from stafftalks.release.redaction import Redaction
from stafftalks.services import (
    accords,
    desk_reviews,
    elements,
    exchange,
    labels,
    pairing,
    recalls,
    redacting,
    registry,
    releases,
)
from stafftalks.services.ports import Headquarters, Policy
from stafftalks.site import founding, wiring
from stafftalks.site.home import Home
from stafftalks.values.errors import PeerError, RefusedError, StafftalksError
from stafftalks.values.ids import AccordId, ElementId, PartyId, element_id
from stafftalks.values.label import Marking
from stafftalks.values.person import Person, Role
from tests.always_true.worlds import Dice
from tests.fakes import HEAD, OFFICER, PLANNER, FakeCarrier, FakeClock, make_hq, permit
from tests.services.scenes import ALL_REALMS, PROPOSAL

NAMES = {"XMR": "Meridia", "XTV": "Torvia", "XPA": "Partial Partner"}
FORMS = ("docx", "pdf", "xlsx", "csv")
OTHER = {"XMR": PartyId("XTV"), "XTV": PartyId("XMR")}
MARKED = Marking("PLAIN", "RESTRICTED", ("REL TO XMR, XTV",))
_HEAD = re.compile(rb"(?:HTTP/1\.1 \d{3}|[A-Z]+ /)[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_DATE = re.compile(rb"(?i)(\r\ndate: *)[^\r\n]*")
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


class Tape:
    """What came in over TLS, put together again as HTTP messages."""

    def __init__(self) -> None:
        self._lines: dict[int, bytearray] = {}

    def heard(self, line: object, data: bytes) -> None:
        self._lines.setdefault(id(line), bytearray()).extend(data)

    def messages(self) -> Iterator[tuple[str, str]]:
        """Each message once: its head without its date, and its body, or how long it is where it is sealed."""
        lines, self._lines = self._lines, {}
        for line in lines.values():
            rest = bytes(line)
            while rest:
                found = _HEAD.match(rest)
                head = found[0] if found else rest
                length = _LENGTH.search(head)
                end = len(head) + (int(length[1]) if length else 0)
                body, rest = rest[len(head) : end], rest[end:]
                sealed = body.startswith(sealing.MAGIC)
                yield (
                    _DATE.sub(rb"\1-", head).decode("latin-1"),
                    f"{len(body)} sealed" if sealed else body.decode("latin-1"),
                )


class House:
    """One headquarters, in a nursery or in a life."""

    def __init__(self, folder: Path, party: str) -> None:
        self.party = PartyId(party)
        self.home = Home(folder)
        self.dice = Dice()
        self.clock = FakeClock()
        self.tape = Tape()
        self.seen: list[tuple[str, ...]] = []
        self.staff: tuple[Person, Person, Person] = (PLANNER, OFFICER, HEAD)
        self.hidden = ""
        self.third: Headquarters | None = None
        self.others: list[AccordId] = []
        self._hq: Headquarters | None = None
        self._node: Any = None
        self._carrier: Any = None

    @property
    def hq(self) -> Headquarters:
        if self._hq is None:
            wired = wiring.headquarters(self.home)
            policy = Policy(max_bundle_bytes=20_000)
            self._hq = msgspec.structs.replace(
                wired, entropy=self.dice, clock=self.clock, policy=policy, sealer=Unsealed(wired.sealer, self.seen)
            )
            registry.install(self._hq)
        return self._hq

    # --- beginning and ending

    def found(self, address: str) -> str:
        """Sets the headquarters up, with people; its card."""
        told = Founding(
            party=self.party, name=NAMES[self.party], addresses=(f"https://{address}",), web_listen="127.0.0.1:1",
            node_listen=address, username="ada", person_name="Ada Administrator", roles=frozenset({Role.ADMINISTRATOR}),
            password="a long enough passphrase 7",
        )  # fmt: skip
        founding.found(self.home.folder, told)
        for person in self.staff:
            self._account(person)
        return base64.b64encode(self.hq.keyring.card_document()).decode()

    def pair(self, card: str) -> None:
        document = base64.b64decode(card)
        found = pairing.fingerprint_of(document)[1]
        pairing.add_partner(self.hq, Person("ada", "Ada", frozenset({Role.ADMINISTRATOR})), document, found)

    def permit(self) -> None:
        """A letter that permits the partner everything."""
        permit(self.hq, OTHER[self.party])

    def warm(self, accord: str) -> None:
        """Has read once what every life reads: imports, addresses and templates. Nothing that starts threads."""
        import typst  # noqa: F401

        client = self._client(HEAD)
        for path in self._paths(accord, []):
            client.get(path)
        self.rest()

    def rest(self) -> None:
        """Lets go of everything, before a life begins from here."""
        self._hq = None
        wiring.let_go()

    def wake(self, plant: str = "") -> None:
        """Begins a life: the node listens, and everything that comes in is recorded."""
        self._hq = None
        if plant:
            from tests.attacks.whole_plants import PLANTS

            PLANTS[plant](self)
        _record(self.tape)
        from stafftalks.links.keys import TLS
        from stafftalks.links.limits import Limits
        from stafftalks.node.server import NodeServer

        own = self.home.keys / TLS
        self._carrier = wiring.carrier(self.home)
        limits = Limits(pins_age_s=0.0)
        self._node = NodeServer(self.home.config().node_listen, self.hq, own, between=wiring.let_go, limits=limits)
        self._node.start()

    def sleep(self) -> None:
        if self._node is not None:
            self._node.stop()
            self._carrier.close()
        wiring.let_go()

    def told(self) -> list[list[str]]:
        """What was seen since this was last asked."""
        self.seen.extend(("http", *message) for message in self.tape.messages())
        seen, self.seen[:] = list(self.seen), []
        return [list(found) for found in seen]

    def advance(self, seconds: int) -> None:
        self.clock.advance(seconds)

    # --- both sides, towards each other

    def propose(self) -> str:
        return accords.propose(self.hq, HEAD, [OTHER[self.party]], PROPOSAL)

    def accept(self, accord: str) -> None:
        accords.accept(self.hq, HEAD, AccordId(accord), ALL_REALMS)

    def export(self, accord: str) -> str:
        return base64.b64encode(exchange.export(self.hq, OTHER[self.party], AccordId(accord))).decode()

    def take(self, sealed: str) -> str:
        raw = base64.b64decode(sealed)
        self.seen.append(("file", str(len(raw))))
        return exchange.take(self.hq, raw, "file").sentence

    def talk(self, force: bool = True) -> list[str]:
        """One turn of the sender: what became of it."""
        other = OTHER[self.party]
        if not force and other not in exchange.due(self.hq):
            return ["not due"]
        return [round_.error or round_.sentence for round_ in exchange.run(self.hq, self._carrier, other, force=force)]

    def act(self, name: str, accord: str, *told: str) -> str:
        """An act in the accord: how it ended."""
        by = self.staff[2]
        try:
            getattr(accords, name)(self.hq, by, AccordId(accord), *told)
        except RefusedError as error:
            return "refused: " + ", ".join(refusal.rule for refusal in error.refusals)
        return "done"

    def give(self, accord: str, number: int, said: str) -> str:
        """A report of this number comes to stand released. What is hidden stands at home alone: it is taken out at the desk."""
        first = Report(title=f"Report {number}", said=said, marking=MARKED)
        if not self.hidden:
            return self._give(accord, number, first, "intelligence", ())
        whole = msgspec.structs.replace(first, said=f"{said}\n\n{self.hidden}", citation=self.hidden)
        return self._give(accord, number, whole, "intelligence", ("remove said#2", "remove citation"))

    def give_scenario(self, accord: str, number: int, said: str) -> str:
        """A scenario of this number comes to stand released, with two branches; what is hidden is a branch between them, and all that names it."""
        branches = (Branch(id="B1", title="Closed to tankers"), Branch(id="B3", title="Closed to all", after="B1"))
        first = Scenario(title=f"Scenario {number}", narrative=said, branches=branches, marking=MARKED)
        if not self.hidden:
            return self._give(accord, number, first, "scenarios", ())
        between = Branch(id="B2", title=self.hidden, after="B1")
        triggered = Assumption(id="A1", text=self.hidden, triggers="B2")
        whole = msgspec.structs.replace(first, branches=(branches[0], between, branches[1]), assumptions=(triggered,))
        return self._give(accord, number, whole, "scenarios", ("remove branches.B2", "remove assumptions.A1"))

    def _give(self, accord: str, number: int, content: Any, realm: str, taken_out: tuple[str, ...]) -> str:
        element = numbered(number)
        planner, officer, _ = self.staff
        held = self.hq.holdings.element(element)
        if held is None:
            elements.add(self.hq, planner, content, element)
        else:
            elements.revise(self.hq, planner, element, content, held.version)
        asked = releases.request(self.hq, planner, AccordId(accord), element, realm, [OTHER[self.party]])
        if taken_out:
            redacting.redact(self.hq, officer, asked.id, [Redaction.parse(line) for line in taken_out])
        releases.release(self.hq, officer, asked.id)
        return element

    def recall(self, accord: str, number: int) -> None:
        recalls.recall(self.hq, self.staff[1], AccordId(accord), numbered(number), "Sent in error.")

    def honour(self) -> int:
        return recalls.honour_recalls(self.hq)

    # --- what Torvia sees besides

    def probe(self, accord: str, many: int = 10) -> None:
        """Asks the partner's node for what it should not be asked, and what it cannot take."""
        sealed = exchange.export(self.hq, OTHER[self.party], AccordId(accord))
        damaged = bytes([*sealed[:-1], sealed[-1] ^ 1])
        bundle = "Content-Type: application/vnd.stafftalks.bundle"
        asked = (
            b"GET /v1/hello HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n",
            b"GET /v1/hello?drafts=1 HTTP/1.1\r\nHost: node\r\nIf-None-Match: *\r\nConnection: close\r\n\r\n",
            b"GET /elements/ HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n",
            b"HEAD /v1/bundles HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n",
            b"NONSENSE\r\n\r\n",
            _posted(b"junk", bundle),
            _posted(b"junk", "Content-Type: text/plain"),
            _posted(damaged, bundle),
            _posted(sealed, bundle),
            _posted(sealed, bundle),
        )
        for raw in asked[:many]:
            self._ask(raw)

    def pages(self, accord: str, numbers: list[int]) -> None:
        """Its people's pages on what they were given."""
        client = self._client(HEAD)
        for path in self._paths(accord, numbers):
            answer = client.get(path)
            body = answer.content.decode("latin-1")
            self.seen.append(("page", path, str(answer.status_code), _TOKEN.sub("", body)))

    def _paths(self, accord: str, numbers: list[int]) -> list[str]:
        paths = [
            "/", "/accords/", f"/accords/{accord}/", f"/accords/{accord}/released/", f"/accords/{accord}/recalls/",
            f"/accords/{accord}/record/", "/elements/", "/scenarios/", "/plans/", "/find/?q=report", "/find/?q=strait",
            "/exchange/log/",
        ]  # fmt: skip
        paths += [f"/accords/{accord}/theirs/{OTHER[self.party]}/{numbered(number)}/" for number in numbers]
        return paths + [f"/print/{OTHER[self.party]}/{numbered(number)}/docx" for number in numbers]

    def handouts(self, accord: str, numbers: list[int], forms: Sequence[str] = FORMS) -> list[list[str]]:
        """Files to hand over, as our people take them out for the partner: what it is then given."""
        given: list[list[str]] = []
        client = self._client(self.staff[1])
        there = f"/accords/{accord}/released/{OTHER[self.party]}"
        paths = [f"{there}/{numbered(number)}/file.{form}" for number in numbers for form in forms]
        tables = [f"{there}/{kind}.{form}" for kind in ("report", "plan") for form in forms if form in ("xlsx", "csv")]
        for path in (*paths, *tables):
            answer = client.get(path)
            found = answer.content.decode("latin-1") if answer.status_code == 200 else ""
            named = [
                str(answer.get(name, "")) for name in ("Content-Disposition", "Content-Type", "ETag", "Last-Modified")
            ]
            given.append(["handout", path, str(answer.status_code), *named, found])
        return given

    # --- by itself

    def private(self, name: str, *told: Any) -> str:
        """Does something of which the partner must not learn. What the rules refuse is no matter."""
        self.dice.side = "private"
        try:
            getattr(self, f"_private_{name}")(*told)
        except StafftalksError as error:
            return str(error)
        finally:
            self.dice.side = "towards Torvia"
        return "done"

    def _private_hide(self, said: str) -> None:
        """From now on everything that is given says more at home, which is taken out of it before it leaves."""
        self.hidden = said

    def _private_letters(self, more: int) -> None:
        """Letters about the partner and others change, and are more; what they permit the partner stays what it was."""
        permit(self.hq, OTHER[self.party], general="Worded anew. " * more)
        for number in range(more):
            permit(self.hq, PartyId(f"XO{number}"), title=f"To the {number}th other")

    def _private_mark_beside(self, accord: str, number: int) -> None:
        """Our marking is put beside what the partner gave us."""
        history = (
            accords.view(self.hq, AccordId(accord)).accord.sheets[OTHER[self.party]].released.get(numbered(number))
        )
        if not history:
            return  # in this order it is not given yet, or taken back
        held = history[-1]
        ref = ExactRef(OTHER[self.party], held.element, held.version)
        labels.put_beside(self.hq, self.staff[1], ref, Marking("PLAIN", "SECRET"))

    def _private_drafts(self, count: int) -> None:
        for number in range(count):
            elements.add(self.hq, self.staff[0], Report(title=f"Draft {number}", said="Private. " * 30, marking=MARKED))

    def _private_redraft(self, number: int) -> None:
        row = elements.get(self.hq, numbered(number))
        elements.revise(self.hq, self.staff[0], row.id, Report(title="Redrafted", said="Not told yet."), row.version)

    def _private_put_away(self, number: int) -> None:
        elements.archive(self.hq, self.staff[0], numbered(number), archived=True)

    def _private_consider(self, accord: str, outcome: str) -> None:
        """A release that is asked for and comes to nothing."""
        planner, officer, _ = self.staff
        row = elements.add(self.hq, planner, Report(title="Considered", said="Perhaps.\n\nNever.", marking=MARKED))
        asked = releases.request(self.hq, planner, AccordId(accord), row.id, "intelligence", [OTHER[self.party]], "?")
        desk_reviews.look(self.hq, officer, [asked])
        desk_reviews.review(self.hq, asked.id, officer)
        match outcome:
            case "redacted":
                redacting.redact(self.hq, officer, asked.id, [Redaction.parse("remove said#2")])
            case "refused":
                releases.refuse(self.hq, officer, asked.id, "Not to Torvia.")
            case "returned":
                releases.hand_back(self.hq, officer, asked.id, "Why now?")
            case "cancelled":
                releases.cancel(self.hq, planner, asked.id)

    def _private_people(self, number: int) -> None:
        """Others do the same work from now on, and are more."""
        self.staff = tuple(
            msgspec.structs.replace(person, username=f"{person.username}{number}", name=f"{person.name} {number}")
            for person in (PLANNER, OFFICER, HEAD)
        )  # type: ignore[assignment]
        for person in self.staff:
            self._account(person)

    def _private_pair(self) -> None:
        """A third party is paired, of whom the partner knows nothing."""
        private = sealing.new_private_key()
        third = make_hq("XPA", clock=self.clock)
        third.keyring.renew(hpke_key=sealing.public_key(private))  # type: ignore[attr-defined]
        self.third = msgspec.structs.replace(third, sealer=sealing.HpkeSealer(lambda: private, max_bytes=1 << 25))
        self.pair(base64.b64encode(self.third.keyring.card_document()).decode())
        permit(self.hq, self.third.party)
        self.third.partners.put(
            msgspec.structs.replace(self._row_of_ours(), paired_at=self.clock.now(), paired_by="ada")
        )

    def _private_deal(self, text: str) -> None:
        """An accord with the third party: entries, releases and bundles both ways, and one refused."""
        third = self.third
        assert third is not None
        carrier = FakeCarrier(self.hq, [third])
        other = accords.propose(self.hq, self.staff[2], [third.party], msgspec.structs.replace(PROPOSAL, title=text))
        self.others.append(other)
        exchange.run(self.hq, carrier, third.party, force=True)
        for hq, by in ((third, HEAD), (self.hq, self.staff[2])):
            accords.accept(hq, by, other, ALL_REALMS)
        exchange.run(self.hq, carrier, third.party, force=True)
        told = Report(title=text, said=text * 20, marking=Marking("PLAIN", "RESTRICTED"))
        row = elements.add(self.hq, self.staff[0], told)
        asked = releases.request(self.hq, self.staff[0], other, row.id, "intelligence", [third.party])
        releases.release(self.hq, self.staff[1], asked.id)
        exchange.run(self.hq, carrier, third.party, force=True)
        try:
            exchange.take(self.hq, b"junk of the third party", "https", from_party=third.party)
        except PeerError:
            accords.ask(self.hq, self.staff[2], other, text)

    def _private_look(self, accord: str) -> None:
        """Our people look around: pages, words looked for, files taken out for home."""
        client = self._client(self.staff[0])
        for path in ("/", "/elements/", "/desk/", "/find/?q=draft", "/journal/", f"/accords/{accord}/", "/exports/"):
            client.get(path)
        for _number, row in enumerate(self.hq.holdings.find(limit=2)[1]):
            client.get(f"/print/{self.party}/{row.id}/docx")
        self.hq.memory.clear()

    # --- within

    def _account(self, person: Person) -> None:
        from stafftalks.store.models import User

        user = User(username=person.username, name=person.name, roles=sorted(person.roles))
        user.set_unusable_password()
        user.save()

    def _client(self, person: Person) -> Any:
        from django.test import Client

        from stafftalks.store.models import User

        self.hq  # the pages are those of this headquarters  # noqa: B018
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(User.objects.get(username=person.username))
        return client

    def _row_of_ours(self) -> Any:
        from stafftalks.record.card import fingerprint
        from stafftalks.services.rows import PartnerRow

        document, card = self.hq.keyring.card_document(), self.hq.keyring.card()
        return PartnerRow(card.party, card.name, document, (document,), fingerprint(card), 0, "")

    def _ask(self, raw: bytes) -> None:
        from stafftalks.links.keys import TLS

        (partner,) = [row for row in self.hq.partners.partners() if row.party == OTHER[self.party]]
        card = pairing.card_of(partner)
        host, _, port = card.addresses[0].removeprefix("https://").rpartition(":")
        context = tls.client_context(self.home.keys / TLS, card.tls_certificate)
        context.sslsocket_class = ssl.SSLSocket  # not on the tape: what comes back is noted here
        with context.wrap_socket(socket.create_connection((host, int(port)), timeout=10)) as line:
            got = bytearray()
            try:
                line.sendall(raw)
                while piece := line.recv(65_536):
                    got += piece
            except OSError as error:
                got += type(error).__name__.encode()
        tape = Tape()
        tape.heard(line, bytes(got))
        self.seen.extend(("probe", raw[:40].decode("latin-1"), *message) for message in tape.messages())


class Unsealed:
    """A sealer that notes what it finds in what was sealed to it."""

    def __init__(self, sealer: Any, seen: list[tuple[str, ...]]) -> None:
        self._sealer = sealer
        self._seen = seen

    def seal(self, plaintext: bytes, hpke_keys: Any) -> bytes:
        return bytes(self._sealer.seal(plaintext, hpke_keys))

    def unseal(self, sealed: bytes) -> bytes:
        found = bytes(self._sealer.unseal(sealed))
        self._seen.append(("bundle", str(len(sealed)), found.decode("latin-1")))
        return found


def numbered(number: int) -> ElementId:
    """The id of the element of this number: the same in every life."""
    return element_id(b"element %08d" % number)


def _posted(body: bytes, sort: str) -> bytes:
    head = (
        f"POST /v1/bundles HTTP/1.1\r\nHost: node\r\n{sort}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


def _record(tape: Tape) -> None:
    """Everything that is read from TLS in this process goes on the tape: by the node, and by the carrier."""
    from stafftalks.links.wire import NodeSocket

    def taping(read: Callable[..., int]) -> Callable[..., int]:
        def recv_into(self: Any, buffer: Any, *more: Any) -> int:
            count = read(self, buffer, *more)
            tape.heard(self, bytes(memoryview(buffer)[:count]))
            return count

        return recv_into

    NodeSocket.recv_into = taping(NodeSocket.recv_into)  # type: ignore[method-assign]
    context_of = tls.client_context

    class Taped(ssl.SSLSocket):
        def recv(self, *told: Any) -> bytes:
            data = super().recv(*told)
            tape.heard(self, data)
            return bytes(data)

    def taped(*told: Any) -> Any:
        context = context_of(*told)
        context.sslsocket_class = Taped
        return context

    tls.client_context = taped
