"""What entries say: the bodies that slips carry, one frozen type each.

A body is canonical JSON tagged by `type`. Entries name each other's content by hash or by place in a record, never by
order of arrival. There is no body that makes one party's act wait for another's: a duty is to inform or to consult.
"""

import hashlib
from typing import Literal, get_args

import msgspec

from stafftalks.record import b64, canon
from stafftalks.values.errors import PeerError
from stafftalks.values.ids import AccordId, ElementId, EpochId, PartyId, VersionHash, base32, parse_party

FOLD_VERSION = 1
MAX_PARTIES = 64
"""Of one accord: as many as a bundle can be sealed to."""
POINT_BYTES = 32
"""Of each point of a private check. What points are is no matter of this room."""


class Founder(msgspec.Struct, frozen=True):
    """A party named in a charter, with its root public key (base64url)."""

    party: PartyId
    root_key: str


class Charter(msgspec.Struct, frozen=True):
    """Who the parties are. Its hash is the accord's id, so membership cannot change under an accord's feet."""

    parties: tuple[Founder, ...]
    fold: int
    nonce: str


class EntryRef(msgspec.Struct, frozen=True, order=True, gc=False):
    """The place of an entry: whose record, which epoch, which position."""

    party: PartyId
    epoch: EpochId
    n: int


class Previous(msgspec.Struct, frozen=True):
    """Where the epoch before this one ended: its size and base64 root."""

    epoch: EpochId
    size: int
    root: str


class Clause(msgspec.Struct, frozen=True):
    """One term. `duty` says whether it obliges to inform or to consult; to wait for consent is not expressible."""

    id: str
    heading: str
    text: str
    duty: Literal["none", "inform", "consult"] = "none"


class Opening(msgspec.Struct, frozen=True, tag="opening", tag_field="type"):
    """First entry of every epoch. `charter` is the charter's exact text; `previous` is absent in the first epoch."""

    charter: str
    reason: Literal["founding", "restore", "rotation"]
    previous: Previous | None = None


class Proposal(msgspec.Struct, frozen=True, tag="proposal", tag_field="type"):
    """A proposal of joint planning with its terms, clause by clause, and the realms proposed."""

    title: str
    purpose: str
    realms: tuple[str, ...]
    clauses: tuple[Clause, ...]
    message: str = ""


class Amendment(msgspec.Struct, frozen=True, tag="amendment", tag_field="type"):
    """This party's own wording of some clauses: put in `clauses`, struck out by id in `struck`; realms None: as before."""

    clauses: tuple[Clause, ...] = ()
    struck: tuple[str, ...] = ()
    realms: tuple[str, ...] | None = None
    message: str = ""


class Question(msgspec.Struct, frozen=True, tag="question", tag_field="type"):
    """What a party asks before it answers. It hangs on the exact clause `clause` (its hash), or on the whole where empty."""

    text: str
    clause: str = ""


class Answer(msgspec.Struct, frozen=True, tag="answer", tag_field="type"):
    """A reply to the question whose entry is `question`."""

    question: EntryRef
    text: str


class Standing(msgspec.Struct, frozen=True, tag="standing", tag_field="type"):
    """Where a party stands. Only an acceptance carries realms and the hashes of the clauses accepted."""

    act: Literal["accept", "decline", "suspend", "resume", "withdraw"]
    realms: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    statement: str = ""
    keeps: str = ""


class Release(msgspec.Struct, frozen=True, tag="release", tag_field="type"):
    """An exact element given to `to`, in one realm. `element` is the element's canonical JSON, as text, never re-encoded."""

    realm: str
    to: tuple[PartyId, ...]
    element: str
    replaces: VersionHash | None = None


class Recall(msgspec.Struct, frozen=True, tag="recall", tag_field="type"):
    """A request that the holders of `element` remove every version that the entries `entries` carried.

    `to` are those to whom these entries went. It stands here because their slips are deleted with the recall; where it is
    empty every other party is asked.
    """

    element: ElementId
    entries: tuple[EntryRef, ...]
    versions: tuple[VersionHash, ...]
    reason: str = ""
    to: tuple[PartyId, ...] = ()


class Confirmation(msgspec.Struct, frozen=True, tag="confirmation", tag_field="type"):
    """An answer to another's recall: what was removed here, or that it was refused, and what is kept regardless."""

    recall: EntryRef
    outcome: Literal["removed", "refused"]
    removed: tuple[str, ...] = ()
    statement: str = ""


class CheckTerms(msgspec.Struct, frozen=True):
    """What a private check would compare, and what each side would learn: all of it is consented to, and none of it says what anybody plans.

    `cells` are tokens of the area's cells, normalised and sorted; times are unix seconds, closed; `floor_m` and `ceiling_m` None: open. `cover` names the
    way of covering, with its finest level of cells, finest time node in seconds, and height of altitude bands in metres. Each side pads to the size
    of `activities`: it sends exactly `proposer_points` or `partner_points` of its own, whatever it plans. `resources`: claims on named resources are
    compared too. Consent is given, and every point sent, until `expires`. `auditor` names who may be shown the openings; `refines` is the check
    whose hits this one divides.
    """

    to: PartyId
    purpose: str
    cells: tuple[str, ...]
    start: int
    end: int
    floor_m: int | None
    ceiling_m: int | None
    cover: str
    finest: int
    granule_s: int
    band_m: int
    resources: bool
    mode: Literal["which", "count", "any"]
    learns: Literal["proposer", "partner", "both"]
    activities: int
    proposer_points: int
    partner_points: int
    expires: int
    auditor: str = ""
    refines: EntryRef | None = None


class CheckProposal(msgspec.Struct, frozen=True, tag="check-proposal", tag_field="type"):
    """A proposal of a private check. `session` are 16 fresh bytes, `root` commits to the activities, `key` to the secret (all base64url)."""

    terms: CheckTerms
    session: str
    root: str
    key: str


class CheckConsent(msgspec.Struct, frozen=True, tag="check-consent", tag_field="type"):
    """The partner's answer. `terms` is the `digest` of the proposal's exact body; root and key are empty where it declines.

    In each answer, part and end `to` is the other of the two, so that every byte says for whom it is; the desk writes it.
    """

    proposal: EntryRef
    terms: str
    act: Literal["consent", "decline"]
    statement: str = ""
    root: str = ""
    key: str = ""
    to: PartyId = PartyId("")


class CheckPoints(msgspec.Struct, frozen=True, tag="check-points", tag_field="type"):
    """Part `part` of `parts`, counted from 1, of one message. `points` are points of `POINT_BYTES` each, one after the other, in base64url.

    `transcript` says what was said before it in the check (`check_transcript`), so that a changed or swapped message is seen by both.
    """

    proposal: EntryRef
    step: Literal[1, 2, 3]
    sort: Literal["own", "returned"]
    part: int
    parts: int
    points: str
    transcript: str
    to: PartyId = PartyId("")


class CheckEnd(msgspec.Struct, frozen=True, tag="check-end", tag_field="type"):
    """A party's last word in a check: it has what it was to get, or it stops and says why."""

    proposal: EntryRef
    outcome: Literal["done", "stopped"]
    statement: str = ""
    transcript: str = ""
    to: PartyId = PartyId("")


CheckBody = CheckProposal | CheckConsent | CheckPoints | CheckEnd
"""What the two parties of a private check say to each other, and to nobody else."""

Body = Opening | Proposal | Amendment | Question | Answer | Standing | Release | Recall | Confirmation | CheckBody
"""Everything a party can say in its record; the union is closed, an unknown `type` is kept and has no effect."""

BODY_TYPES: frozenset[str] = frozenset(str(said.__struct_config__.tag) for said in get_args(Body))

_DECODER: msgspec.json.Decoder[Body] = msgspec.json.Decoder(Body)
MAX_BODY_BYTES = 4 * 1024 * 1024


def encode_body(body: Body) -> bytes:
    """The canonical JSON of `body`: the exact bytes that a slip commits to."""
    return canon.encode(msgspec.to_builtins(body))


def decode_body(raw: bytes) -> Body:
    """The body in `raw`; raises PeerError where it is not canonical JSON or not one of the known bodies."""
    canon.decode(raw, max_bytes=MAX_BODY_BYTES)
    try:
        return _DECODER.decode(raw)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise PeerError(f"An entry's body is not one this version reads: {error}.") from error


def digest(raw: bytes) -> str:
    """43 characters of base64url: SHA-256 of the exact bytes of a body, by which acts of a check name each other."""
    return b64.url(hashlib.sha256(raw).digest())


def encode_charter(charter: Charter) -> bytes:
    """The canonical JSON of `charter`, with its parties in order of their codes."""
    ordered = msgspec.structs.replace(
        charter, parties=tuple(sorted(charter.parties, key=lambda founder: founder.party))
    )
    return canon.encode(msgspec.to_builtins(ordered))


def decode_charter(raw: bytes) -> Charter:
    """The charter in `raw`; raises PeerError where it is not one, or names fewer than two different parties."""
    canon.decode(raw)
    try:
        charter = msgspec.json.decode(raw, type=Charter)
    except (msgspec.DecodeError, ValueError) as error:
        raise PeerError(f"The charter cannot be read: {error}.") from error
    names = [parse_party(founder.party) for founder in charter.parties]
    if len(names) > MAX_PARTIES:
        raise PeerError(f"The charter names {len(names)} parties; at most {MAX_PARTIES} can share an accord.")
    if len(names) < 2 or names != sorted(set(names)):
        raise PeerError("The charter must name two or more different parties, in order of their codes.")
    return charter


def accord_id(charter: bytes) -> AccordId:
    """The id of the accord that the exact bytes `charter` found."""
    return AccordId(base32(hashlib.sha256(charter).digest()))


def clause_hash(clause: Clause) -> str:
    """base32(SHA-256) of the exact clause, heading, text and duty: what an acceptance names."""
    content = canon.encode(msgspec.to_builtins(clause))
    return base32(hashlib.sha256(b"stafftalks/clause/v1\n" + content).digest())
