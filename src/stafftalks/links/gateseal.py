"""What a headquarters behind a gate seals: every bundle to the gate's key alone, with what the gate needs to judge it.

    "stafftalks/gate/v1\\n" || u32be length || canonical JSON {"frontiers":{origin:base64url},"to":PARTY} || plaintext of a bundle

Nobody but the gate can open that. A frontier is what comes before the entries of a record that is relayed, so that the gate, which remembers nothing, can
still prove them to be their author's. `keys/gate/gate.json` says what the gate's keys are.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from stafftalks.links import durable
from stafftalks.links.sealing import HpkeSealer
from stafftalks.record import b64, canon
from stafftalks.record import bundle as bundles
from stafftalks.values.errors import HostError, PeerError
from stafftalks.values.ids import FeedId, PartyId, parse_party

MAGIC: Final = b"stafftalks/gate/v1\n"
GATE: Final = "gate.json"
_MAX_HEAD_BYTES: Final = 1024 * 1024
_MAX_FILE_BYTES: Final = 65_536


class Packed(msgspec.Struct, frozen=True):
    """A bundle's plaintext, the partner it is for, and what comes before relayed entries, by the record's origin."""

    to: PartyId
    frontiers: Mapping[str, bytes]
    plaintext: bytes


class GateCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the headquarters knows its gate by: the key it seals to, and the certificate of the gate's end of the line (both base64url)."""

    hpke_key: str
    certificate: str


def pack(packed: Packed) -> bytes:
    """The bytes to be sealed to the gate."""
    frontiers = {origin: b64.url(raw) for origin, raw in packed.frontiers.items()}
    head = canon.encode({"frontiers": frontiers, "to": packed.to})
    return b"".join((MAGIC, len(head).to_bytes(4, "big"), head, packed.plaintext))


def unpack(raw: bytes) -> Packed:
    """What the headquarters packed; raises PeerError where these are not such bytes."""
    at = len(MAGIC) + 4
    length = int.from_bytes(raw[len(MAGIC) : at])
    if not raw.startswith(MAGIC) or length > _MAX_HEAD_BYTES or len(raw) < at + length:
        raise PeerError(
            "This is not what a headquarters gives its gate: it was sealed to the gate's key by something else."
        )
    head = canon.decode(raw[at : at + length], max_bytes=_MAX_HEAD_BYTES)
    if not isinstance(head, dict) or head.keys() != {"frontiers", "to"} or not isinstance(head["frontiers"], dict):
        raise PeerError("What the headquarters gave does not say for whom it is.")
    frontiers = {
        origin: b64.parse_url(str(text), "What comes before a relayed record")
        for origin, text in head["frontiers"].items()
    }
    return Packed(parse_party(str(head["to"])), frontiers, raw[at + length :])


def read_gate_card(folder: Path) -> tuple[bytes, bytes]:
    """The gate's HPKE key and its certificate on the line (DER), from the headquarters' `keys/gate`; raises HostError where they are not there."""
    content = durable.read(folder / GATE, max_bytes=_MAX_FILE_BYTES)
    try:
        card = msgspec.json.decode(content or b"", type=GateCard)
        return b64.parse_url(card.hpke_key, "The gate's key"), b64.parse_url(card.certificate, "The gate's certificate")
    except (msgspec.MsgspecError, UnicodeDecodeError, PeerError) as error:
        raise HostError(
            f"{folder / GATE} does not say what the gate's keys are: run `stafftalks gate init` again, or restore the keys folder."
        ) from error


class GatedSealer:
    """Seals to the gate, whoever a bundle is for; opens what partners sealed to us as `own` does.

    `frontier` gives, encoded, what comes before a place in a record held here.
    """

    def __init__(
        self, own: HpkeSealer, gate_key: Callable[[], bytes], frontier: Callable[[FeedId, int], bytes]
    ) -> None:
        self._own = own
        self._gate_key = gate_key
        self._frontier = frontier

    def seal(self, plaintext: bytes, hpke_keys: Sequence[bytes]) -> bytes:  # noqa: ARG002 - the partner's key is the gate's business
        """The bundle for the gate, with what it needs to judge relayed records; sealed to nobody else."""
        manifest = bundles.own_manifest(plaintext)
        frontiers = {
            found.feed.origin: self._frontier(found.feed, found.start)
            for found in manifest.feeds
            if found.start and found.feed.party != manifest.sender
        }
        packed = pack(Packed(manifest.recipients[0], frontiers, plaintext))
        return self._own.seal(packed, [self._gate_key()])

    def unseal(self, sealed: bytes) -> bytes:
        """As the sealer of the headquarters."""
        return self._own.unseal(sealed)
