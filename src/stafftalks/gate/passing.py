"""One bundle through the gate: opened, judged, written down, and sealed to the partner by the key on the card that the gate itself holds.

The very bytes that were judged are the bytes that are sealed. Whatever fails on the way, a rule, a file, a key, the log, nothing passes.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import msgspec

from stafftalks.gate import log
from stafftalks.gate.folder import GateFolder, HeldCard
from stafftalks.gate.judging import Case, Judged, judge
from stafftalks.gate.log import LogLine
from stafftalks.gate.rules import Method
from stafftalks.links import gateseal
from stafftalks.links.sealing import HpkeSealer
from stafftalks.values.errors import HostError, MisuseError, PeerError, Refusal
from stafftalks.values.ids import PartyId

MAX_PLAINTEXT_BYTES: Final = 32 * 1024 * 1024
REFUSED: Final = "The gate let nothing through"
"""How every refusal begins; the headquarters finds them in its exchange log by it (`services.exchange.GATE_REFUSED`)."""
_MAX_SENTENCE: Final = 900


class GateRefusedError(PeerError):
    """The gate refused a bundle: `judged` says by which rules."""

    def __init__(self, judged: Judged) -> None:
        said = " ".join(f"{refusal.sentence} [{refusal.rule}]" for refusal in judged.refusals)
        super().__init__(f"{REFUSED} to {judged.partner}: {said}"[:_MAX_SENTENCE])
        self.judged = judged


class Passed(msgspec.Struct, frozen=True):
    """A bundle that may go: for whom, and sealed to them alone."""

    partner: HeldCard
    sealed: bytes
    judged: Judged


class Gate:
    """Opens, judges and seals. `now` gives the present, in UTC."""

    def __init__(self, folder: GateFolder, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.folder = folder
        self.now = now
        self._sealer = HpkeSealer(folder.hpke_key, max_bytes=MAX_PLAINTEXT_BYTES)

    def judge(self, sealed: bytes, method: Method, to: PartyId | None = None) -> tuple[Judged, bytes]:
        """What the headquarters gave, judged, and its plaintext; `to` is the only partner that it may be for, where that is known."""
        try:
            packed = gateseal.unpack(self._sealer.unseal(sealed))
        except PeerError as error:
            return Judged(to or "nobody", refusals=(Refusal("gate-bundle", str(error)),)), b""
        if to is not None and packed.to != to:
            sentence = f"What the headquarters gave is for {packed.to}, and {to} waits for it."
            return Judged(to, refusals=(Refusal("gate-recipient", sentence),)), b""
        try:
            rules, authors = self.folder.rules(), self.folder.authors()
            us = authors.get(self.folder.config().party)
        except (MisuseError, HostError) as error:
            return Judged(packed.to, refusals=(Refusal("gate-rules", str(error)),)), b""
        if us is None or packed.to not in authors or packed.to == us.party:
            return Judged(packed.to, refusals=(Refusal("gate-card", f"The gate holds no card of {packed.to}."),)), b""
        case = Case(rules, us, authors, method, self.now())
        return judge(packed.plaintext, packed.to, packed.frontiers, case), packed.plaintext

    def let_out(self, sealed: bytes, way: str, to: PartyId | None = None) -> Passed:
        """What may go to the partner; raises GateRefusedError, after a line in the log, where a rule says no, and HostError where the log cannot be written."""
        judged, plaintext = self.judge(sealed, "file" if way == "file" else "https", to)
        if judged.refusals:
            refused = GateRefusedError(judged)
            self.note(way, judged, "refused", str(refused), len(plaintext))
            raise refused
        partner = self.folder.cards()[PartyId(judged.partner)][0]
        if (
            judged.entries or way == "file"
        ):  # partners ask each other every minute: what carries nothing is not written down
            count = f"{judged.entries} {'entry' if judged.entries == 1 else 'entries'}"
            self.note(way, judged, "passed", f"Passed to {judged.partner}: {count}.", len(plaintext))
        return Passed(partner, self._sealer.seal(plaintext, [partner.opened.hpke_key]), judged)

    def note(self, way: str, judged: Judged, outcome: log.Outcome, sentence: str, size: int = 0) -> None:
        """Writes a line into the log."""
        rules = tuple(dict.fromkeys(refusal.rule for refusal in judged.refusals))
        log.write(
            self.folder.log_file,
            LogLine(
                int(self.now().timestamp()), way, judged.partner, outcome, sentence, rules,
                judged.bundle, judged.accord, judged.entries, judged.releases, size,
            ),
        )  # fmt: skip
