"""What one entry says, read by itself: a journal item for the fold, whatever the bytes are.

Nothing here looks at another entry, so an item is a pure function of its entry. Bytes that cannot be read, types that are not
known and bodies that ask for what no party can ask become notices; nothing raises.
"""

from sys import intern

from stafftalks.accord.bodies import (
    BODY_TYPES,
    MAX_BODY_BYTES,
    POINT_BYTES,
    CheckConsent,
    CheckEnd,
    CheckPoints,
    CheckProposal,
    Confirmation,
    EntryRef,
    Opening,
    Recall,
    Release,
    accord_id,
    decode_body,
    digest,
)
from stafftalks.accord.parts import CheckAct, Item, Notice, NoticeSort, PointsPart, ReleasedVersion, Said
from stafftalks.accord.terms import DUTIES, refuse_consent
from stafftalks.planning import element
from stafftalks.record import b64, canon
from stafftalks.record.entry import Reading, VerifiedEntry
from stafftalks.values.errors import PeerError
from stafftalks.values.ids import PartyId

SEALED_TYPE = "sealed"
"""What a leaf says instead of its type where the type itself is kept in the slip."""


def read_entry(entry: VerifiedEntry, ref: EntryRef) -> Item:
    """What `entry`, whose place is `ref`, says; a notice where it says nothing that this version can take in."""
    if entry.reading is Reading.unreadable:
        return Notice(ref, "unreadable", "The entry itself cannot be read. Its bytes are kept and relayed.")
    if entry.body is None:
        return Notice(ref, "sealed", _sealed_sentence(entry.type))
    try:
        body = decode_body(entry.body)
    except PeerError as error:
        return _undecodable(entry.body, ref, str(error))
    said = type(body).__struct_config__.tag
    if entry.type not in (SEALED_TYPE, said):
        if entry.type not in BODY_TYPES:
            return _unknown(ref, entry.type)
        sentence = f"Its leaf says {entry.type!r} and its content says {said!r}, so it is not taken to say either."
        return Notice(ref, "unreadable", sentence)
    if isinstance(body, Release):
        return _read_release(body, ref, entry.at)
    if isinstance(body, CheckProposal | CheckConsent | CheckEnd):
        return CheckAct(ref, entry.at, body, digest(entry.body))
    if isinstance(body, CheckPoints):
        return CheckAct(ref, entry.at, points_part(body), digest(entry.body))
    if isinstance(body, Opening | Recall | Confirmation):
        why = _empty_gesture(body, entry, ref)
        if why:
            return Notice(ref, "without_effect", why)
    return Said(ref, entry.at, body)


def _read_release(body: Release, ref: EntryRef, at: int) -> ReleasedVersion | Notice:
    """The release as held, or why it gives nobody anything. Words that many releases share are held once."""
    if not set(body.to) - {ref.party}:
        return Notice(ref, "without_effect", "It releases an element to nobody: an empty audience means nobody.")
    raw = body.element.encode()
    try:
        found = element.decode(raw)
    except PeerError as error:
        return Notice(ref, "unreadable", f"It releases an element that cannot be read: {error}")
    return ReleasedVersion(
        element=found.id,
        kind=intern(found.kind),
        version=element.version_hash_of_bytes(raw),
        raw=raw,
        realm=intern(body.realm),
        to=tuple(PartyId(intern(code)) for code in body.to),
        replaces=body.replaces,
        ref=ref,
        at=at,
    )


def points_part(body: CheckPoints) -> PointsPart:
    """What a sheet keeps of a part of points. They are looked at once, here, and counted; only their number is kept."""
    return PointsPart(
        proposal=body.proposal,
        step=body.step,
        sort=body.sort,
        part=body.part,
        parts=body.parts,
        count=_count(body.points),
        transcript=body.transcript,
        to=PartyId(intern(body.to)),
    )


def _count(points: str) -> int:
    """How many points of one length a text spells; 0 where it spells none, or anything else."""
    try:
        raw = b64.parse_url(points, "A part of points")
    except PeerError:
        return 0
    return 0 if len(raw) % POINT_BYTES else len(raw) // POINT_BYTES


def taken_back_by(body: Recall, ref: EntryRef) -> tuple[EntryRef, ...]:
    """The entries that the recall at `ref` takes back: those of its own party, and in its own epoch those before it."""
    return tuple(
        entry for entry in body.entries if entry.party == ref.party and (entry.epoch != ref.epoch or entry.n < ref.n)
    )


def _empty_gesture(body: Opening | Recall | Confirmation, entry: VerifiedEntry, ref: EntryRef) -> str:
    """Why `body` can have no effect at its place, whatever else its party has said; empty where it can."""
    match body:
        case Opening():
            if ref.n:
                return "It opens a record, but only the first entry of an epoch can."
            if accord_id(body.charter.encode()) != entry.feed.accord:
                return "It opens a record under another charter than that of this accord."
        case Recall():
            if not taken_back_by(body, ref):
                return "It recalls, but names no earlier entry of its own record."
        case Confirmation():
            if body.recall.party == ref.party:
                return "It confirms a recall of its own party; only a holder can confirm."
    return ""


def _undecodable(raw: bytes, ref: EntryRef, why: str) -> Notice:
    """The notice for a body that is not one this version reads."""
    try:
        value = canon.decode(raw, max_bytes=MAX_BODY_BYTES)
    except PeerError:
        return Notice(ref, "unreadable", why)
    if not isinstance(value, dict):
        return Notice(ref, "unreadable", why)
    said = value.get("type")
    if isinstance(said, str) and said not in BODY_TYPES:
        return _unknown(ref, said)
    duty = _foreign_duty(value)
    if duty is not None:
        return Notice(ref, "without_effect", refuse_consent(duty).sentence)
    return Notice(ref, "unreadable", why)


def _foreign_duty(value: dict[str, canon.JsonValue]) -> str | None:
    """The first duty among the clauses of `value` that no clause can carry, or None."""
    clauses = value.get("clauses")
    for clause in clauses if isinstance(clauses, list) else ():
        duty = clause.get("duty") if isinstance(clause, dict) else None
        if isinstance(duty, str) and duty not in DUTIES:
            return duty
    return None


def _unknown(ref: EntryRef, said: str) -> Notice:
    sort: NoticeSort = "unknown"
    return Notice(ref, sort, f"It is of the type {said[:40]!r}, which this version does not know. It is kept as it is.")


def _sealed_sentence(said: str) -> str:
    if said == SEALED_TYPE:
        return "Its content is not held here: not sent to us, recalled or removed."
    return f"Its content ({said[:40]}) is not held here: not sent to us, recalled or removed."
