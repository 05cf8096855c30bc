"""What is taken to the auditor on whom both parties of a private check agreed: a side's opening, the transcript, and what its plans were.

An opening holds in full what a side put in, and the secrets it masked it with, signed by its node key. The transcript is the proof file of every entry of
the check. Each is a file of its own; nothing of it is ever sent by itself.

    opening   DSSE of type `application/vnd.stafftalks.check-opening.v1+json` over canonical JSON
              {"accord":..,"activities":[{"activity":..,"salt":..}],"padding":..,"party":..,"proposal":{..},"scalar":..}
    plans     DSSE of type `application/vnd.stafftalks.check-plans.v1+json` over canonical JSON
              {"activities":[{"at":..,"element":..,"end":..,"start":..}],"party":..}
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from stafftalks.accord.bodies import EntryRef
from stafftalks.deconflict.private.audit import Opening
from stafftalks.deconflict.private.keeping import Inputs, Secrets
from stafftalks.record import canon, dsse
from stafftalks.record.b64 import parse_url, url
from stafftalks.services import check_drops, check_inputs, checks, elements, proofs
from stafftalks.services.checks import CheckView
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import JournalRow
from stafftalks.values.errors import MisuseError, PeerError, Refusal, RefusedError
from stafftalks.values.ids import AccordId, PartyId
from stafftalks.values.person import Person, Role

OPENING: Final = "application/vnd.stafftalks.check-opening.v1+json"
PLANS: Final = "application/vnd.stafftalks.check-plans.v1+json"
MAX_FILE_BYTES: Final = 64 * 1024 * 1024
_FILE_ENTRIES: Final = 20
"""Entries of one transcript file: each may hold two megabytes."""


class _WireActivity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    activity: str
    salt: str


class _WireOpening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    accord: AccordId
    activities: tuple[_WireActivity, ...]
    padding: str
    party: PartyId
    proposal: EntryRef
    scalar: str


class Planned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version of an activity as it stood from `at` on, in its exact bytes, with its times as they were dated when the file was made."""

    at: int
    element: str
    end: int | None
    start: int | None


class _WirePlans(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    activities: tuple[Planned, ...]
    party: PartyId


class Opened(msgspec.Struct, frozen=True):
    """An opening file, read: whose, of which check, and what it opens. Nothing in it is verified."""

    party: PartyId
    accord: AccordId
    proposal: EntryRef
    opening: Opening


class Plans(msgspec.Struct, frozen=True):
    """A file of plans, read; nothing in it is verified."""

    party: PartyId
    activities: tuple[Planned, ...]


def opening(hq: Headquarters, by: Person, proposal: EntryRef) -> bytes:
    """The opening file of our side. Raises RefusedError where no auditor was agreed or `by` may not, MisuseError where the secret is forgotten."""
    found = _to_audit(hq, by, proposal)
    row = hq.checks.check(proposal)
    if row is None or not row.secret:
        raise MisuseError("What would be opened of this check is not kept any more.")
    secrets = Secrets.of(row.secret)
    inputs = Inputs.of(checks.commitments(hq.checks.inputs(proposal)), secrets.salt)
    activities = [
        {"activity": activity.decode(), "salt": url(salt)}
        for activity, salt in zip(inputs.activities, inputs.salts, strict=True)
    ]
    payload = canon.encode(
        {
            "accord": found.accord,
            "activities": activities,
            "padding": url(secrets.padding),
            "party": hq.party,
            "proposal": {"epoch": proposal.epoch, "n": proposal.n, "party": proposal.party},
            "scalar": url(secrets.scalar),
        }
    )
    said = (
        f"The opening of our side of a private check, for {found.state.terms.auditor}: {row.inputs} activities in full."
    )
    return _signed(hq, by, OPENING, payload, found, said)


def plans_file(hq: Headquarters, by: Person, proposal: EntryRef) -> bytes:
    """All our own activities in every version, for the auditor to see what might have been left out of the check. Raises as `opening`."""
    found = _to_audit(hq, by, proposal)
    activities = [msgspec.to_builtins(one) for one in _planned(hq)]
    payload = canon.encode({"activities": activities, "party": hq.party})
    return _signed(hq, by, PLANS, payload, found, f"All own activities, for {found.state.terms.auditor}.")


def transcript_files(hq: Headquarters, by: Person, proposal: EntryRef) -> tuple[bytes, ...]:
    """The transcript of the check as proof files, as many as its points need: every entry by which it was proposed, answered, computed and ended.

    Raises MisuseError where its points were dropped.
    """
    refusal = by.lacking(Role.OFFICER, Role.HEAD, Role.AUDITOR)
    if refusal:
        raise RefusedError(refusal)
    found = checks.view(hq, proposal)
    state = found.state
    if check_drops.dropped(hq, found):
        raise MisuseError("The points of this check are kept here no more, so its transcript can no longer be made.")
    refs = [state.ref]
    refs += [state.answer.ref] if state.answer else []
    refs += [act.ref for step in state.steps for act in step.seen]
    refs += [end.ref for end in state.ends]
    starts = range(0, len(refs), _FILE_ENTRIES)
    return tuple(proofs.make(hq, by, found.accord, refs[start : start + _FILE_ENTRIES]) for start in starts)


def read_opening(raw: bytes) -> tuple[dsse.Envelope, Opened]:
    """The opening in a file, and the envelope that is to be verified. Raises PeerError."""
    envelope, payload = _payload(raw, OPENING)
    try:
        wire = msgspec.json.decode(payload, type=_WireOpening)
    except msgspec.MsgspecError as error:
        raise PeerError(f"This opening cannot be read: {error}.") from None
    return envelope, Opened(
        wire.party,
        wire.accord,
        wire.proposal,
        Opening(
            tuple(one.activity.encode() for one in wire.activities),
            tuple(parse_url(one.salt, "A salt", size=32) for one in wire.activities),
            parse_url(wire.scalar, "The scalar", size=32),
            parse_url(wire.padding, "The padding's seed", size=32),
        ),
    )


def read_plans(raw: bytes) -> tuple[dsse.Envelope, Plans]:
    """The plans in a file, and the envelope that is to be verified. Raises PeerError."""
    envelope, payload = _payload(raw, PLANS)
    try:
        wire = msgspec.json.decode(payload, type=_WirePlans)
    except msgspec.MsgspecError as error:
        raise PeerError(f"These plans cannot be read: {error}.") from None
    return envelope, Plans(wire.party, wire.activities)


def _payload(raw: bytes, kind: str) -> tuple[dsse.Envelope, bytes]:
    envelope = dsse.parse(raw, max_bytes=MAX_FILE_BYTES)
    if envelope.payload_type != kind:
        raise PeerError(f"This file holds {envelope.payload_type[:80]!r}; expected {kind!r}.")
    canon.decode(envelope.payload, max_bytes=MAX_FILE_BYTES)
    return envelope, envelope.payload


def _to_audit(hq: Headquarters, by: Person, proposal: EntryRef) -> CheckView:
    refusal = by.lacking(Role.OFFICER, Role.HEAD)
    if refusal:
        raise RefusedError(refusal)
    found = checks.view(hq, proposal)
    if not found.state.terms.auditor:
        sentence = "No auditor was agreed for this check, so nothing of it is opened to anybody."
        raise RefusedError(Refusal("check-no-auditor", sentence))
    return found


def _planned(hq: Headquarters) -> Iterator[Planned]:
    rows = sorted(check_inputs.activities(hq), key=lambda row: row.id)
    versions = [version for row in rows for version in elements.versions(hq, row.id)]
    times = check_inputs.times(hq, [version.raw for version in versions])
    for version, (start, end) in zip(versions, times, strict=True):
        yield Planned(version.at, version.raw.decode(), end, start)


def _signed(hq: Headquarters, by: Person, kind: str, payload: bytes, found: CheckView, said: str) -> bytes:
    key = dsse.key_id(hq.keyring.card().node_key)
    raw = dsse.sign(kind, payload, [(key, hq.keyring.sign_as_node)])
    if len(raw) > MAX_FILE_BYTES:
        raise MisuseError(f"This file would be {len(raw):,} bytes long; at most {MAX_FILE_BYTES:,} can be read.")
    hq.journal.add(JournalRow(hq.clock.now(), by.username, "check opened", found.accord, said))
    return raw
