"""The gate's folder: its configuration, its keys, the cards of partners and the rules. It stands apart from the headquarters', as a rule on another machine.

gate.toml               where it listens, and where the headquarters is
keys/tls.key            what partners know us by; nowhere else       keys/hpke.key     opens what the headquarters seals to the gate
keys/line.key           the gate's end of the private line           keys/hq.crt       the headquarters' end
cards/<PARTY>.<n>.card  every card that its keeper has taken, ours too
rules.toml              what may leave; gate.log what left and what was refused
"""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

from stafftalks.gate import rules as gate_rules
from stafftalks.gate.judging import Author
from stafftalks.gate.rules import Rules
from stafftalks.links import durable, gateline, gateseal, keys, sealing, tls
from stafftalks.links.wire import Pins
from stafftalks.record import b64
from stafftalks.record.card import MAX_CARD_BYTES, Card, fingerprint, open_card, verify_successor
from stafftalks.values.errors import HostError, MisuseError, PeerError
from stafftalks.values.ids import PartyId

_MAX_FILE_BYTES: Final = 65_536


class GateConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`gate.toml`. Partners come to `listen`, our headquarters to `inner_listen`; `headquarters` is where the gate reaches it."""

    party: PartyId
    listen: str
    inner_listen: str
    headquarters: str


class HeldCard(msgspec.Struct, frozen=True):
    """A card as it was taken: the signed document, and what it says."""

    card: bytes
    opened: Card


class GateFolder:
    """Paths in the gate's folder, and what is read from it at each use: what its keeper changes holds at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.tls = self.folder / "keys" / keys.TLS
        self.line = self.folder / "keys" / gateline.LINE
        self.rules_file = self.folder / "rules.toml"
        self.log_file = self.folder / "gate.log"
        self._config_file = self.folder / "gate.toml"
        self._cards = self.folder / "cards"

    def config(self) -> GateConfig:
        """The configuration; raises MisuseError where no gate is set up here, or the file cannot be read."""
        content = durable.read(self._config_file, max_bytes=_MAX_FILE_BYTES)
        if content is None:
            raise MisuseError(
                f"No gate is set up in {self.folder}: run `stafftalks --home {self.folder} gate init --from HOME`."
            )
        try:
            return msgspec.convert(tomllib.loads(content.decode()), GateConfig)
        except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
            raise MisuseError(f"{self._config_file} cannot be read: {error}. Mend that line.") from error

    def rules(self) -> Rules:
        """The rules in force; raises MisuseError naming the line where there are none, and then nothing may leave."""
        content = durable.read(self.rules_file, max_bytes=gate_rules.MAX_RULES_BYTES)
        if content is None:
            raise MisuseError(
                f"The gate has no rules ({self.rules_file} is missing): its keeper installs them with `stafftalks gate rules FILE`."
            )
        return _parsed(content)

    def install(self, raw: bytes) -> Rules:
        """The rules in `raw`, in force from now on; raises MisuseError where they cannot be read or are another party's, and then nothing changes."""
        found, us = gate_rules.parse(raw), self.config().party
        if found.party != us:
            raise MisuseError(
                f"These are rules for a gate of {found.party}, and this is the gate of {us}: nothing was changed."
            )
        durable.write(self.rules_file, raw, replace=True)
        return found

    def hpke_key(self) -> bytes:
        """The private key that opens what the headquarters seals to the gate."""
        return keys.read_hpke_key(self.folder / "keys" / keys.HPKE)

    def headquarters_certificate(self) -> bytes:
        """The certificate (DER) of the headquarters' end of the line."""
        content = durable.read(self.folder / "keys" / "hq.crt", max_bytes=_MAX_FILE_BYTES)
        if content is None:
            raise HostError(f"The headquarters' certificate is missing in {self.folder}: set the gate up again.")
        return content

    def cards(self) -> Mapping[PartyId, tuple[HeldCard, ...]]:
        """Every card held, by party, newest first; a file that holds no card is a HostError."""
        found: dict[PartyId, list[HeldCard]] = {}
        for path in sorted(self._cards.glob("*.card")):
            document = durable.read(path, max_bytes=MAX_CARD_BYTES) or b""
            try:
                card = _opened(document)
            except PeerError as error:
                raise HostError(f"{path} is damaged ({error}): take the card again.") from error
            found.setdefault(card.party, []).append(HeldCard(document, card))
        return {party: tuple(sorted(held, key=lambda one: -one.opened.version)) for party, held in found.items()}

    def authors(self) -> Mapping[PartyId, Author]:
        """Every party of which a card is held, ours too."""
        return {party: Author(party, tuple(one.opened for one in held)) for party, held in self.cards().items()}

    def take_card(self, document: bytes, confirmed: bytes | None) -> Card:
        """The card in `document`, held from now on. Of a party not known yet its fingerprint must be `confirmed` by a person who compared it.

        Raises PeerError where it is no card, or not one that may follow the card held; MisuseError where it was not compared.
        """
        card, held = open_card(document), self.cards()
        known = held.get(card.party)
        if known is not None:
            verify_successor(known[0].opened, card)
        elif confirmed != fingerprint(card):
            raise MisuseError(
                f"The fingerprint of {card.party}'s card was not compared, or is another: nothing was taken."
            )
        for party, others in held.items():
            borne = {others[0].opened.node_key, others[0].opened.hpke_key, others[0].opened.tls_certificate}
            if party != card.party and borne & {card.node_key, card.hpke_key, card.tls_certificate}:
                raise MisuseError(f"The card of {card.party} bears a key of {party}: nothing was taken.")
        durable.write(self._cards / f"{card.party}.{card.version}.card", document, replace=False)
        return card

    def current(self) -> Pins:
        """Who may come to the gate's outer door: partners by the certificates on their newest cards."""
        newest = {party: held[0].opened for party, held in self.cards().items() if party != self.config().party}
        return Pins(
            {tls.pin(card.tls_certificate): party for party, card in newest.items()},
            frozenset(card.tls_certificate for card in newest.values()),
        )

    def party_of(self, pin: str) -> PartyId | None:
        """The partner whose newest card bears the certificate of this pin."""
        return self.current().parties.get(pin)

    def set_up(self, config: GateConfig, home_keys: Path) -> None:
        """Makes the gate of the headquarters whose keys are in `home_keys`, and the headquarters' end of the line in `home_keys/gate`.

        Its TLS key is copied here, and is still there: `take_tls_key` takes it away. Raises MisuseError where either is set up already.
        """
        if self.folder.exists() and any(self.folder.iterdir()):
            raise MisuseError(f"{self.folder} is not empty: a gate needs a folder of its own.")
        there = home_keys / "gate"
        if there.exists():
            raise MisuseError(
                f"{there} exists: this headquarters has a gate already. Move that folder away to set up another."
            )
        document, tls_key = (
            keys.read_card_document(home_keys),
            durable.read_secret(home_keys / keys.TLS, max_bytes=_MAX_FILE_BYTES),
        )
        if tls_key is None:
            raise MisuseError(
                f"There is no TLS key in {home_keys}: bring it back from the gate that has it, or renew the card with a fresh one."
            )
        hpke = sealing.new_private_key()
        line, certificate = tls.new_certificate([f"https://{config.inner_listen}"])
        hq_line, hq_certificate = tls.new_certificate([config.headquarters])
        for made in (self.folder, self.tls.parent, self._cards, there):
            durable.make_folder(made)
        card = gateseal.GateCard(b64.url(sealing.public_key(hpke)), b64.url(certificate))
        lines = ["# The gate. Changes take effect at the next `stafftalks gate serve`."]
        lines += [
            f"{name} = {msgspec.json.encode(value).decode()}" for name, value in msgspec.structs.asdict(config).items()
        ]
        for path, content in {
            self.tls.with_name(keys.HPKE): b"hpke " + b64.url(hpke).encode() + b"\n",
            self.line: line,
            self.tls.with_name("hq.crt"): hq_certificate,
            self._cards / f"{config.party}.{open_card(document).version}.card": document,
            there / gateline.LINE: hq_line,
            there / gateseal.GATE: msgspec.json.encode(card),
            self.tls: tls_key,
            self._config_file: "\n".join([*lines, ""]).encode(),
        }.items():
            durable.write(path, content, replace=False)

    def take_tls_key(self, home_keys: Path) -> None:
        """Removes the TLS key from `home_keys`, once it is here: from then on only the gate can speak to a partner."""
        if durable.read(self.tls, max_bytes=_MAX_FILE_BYTES) != durable.read(
            home_keys / keys.TLS, max_bytes=_MAX_FILE_BYTES
        ):
            raise HostError(f"The TLS key in {self.folder} is not the one in {home_keys}: nothing was removed.")
        (home_keys / keys.TLS).unlink()
        durable.flush_folder(home_keys)


_parsed = lru_cache(maxsize=2)(gate_rules.parse)


@lru_cache(maxsize=1024)
def _opened(document: bytes) -> Card:
    card = open_card(document)
    tls.check_certificate(card.tls_certificate)
    return card
