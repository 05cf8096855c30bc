"""What an auditor finds in the files of a private check: pure sums over what is in them, on any machine, with no headquarters.

1. The transcript files prove who said what; terms, consent and every part of points are read from them, and that each states what was said before it.
2. Each opening is signed by its party's node key, as a card in the transcript vouches for it, and is of this check.
3. Root, scalar, keys, padding and points of each side that opened are recomputed (`deconflict.private.audit`).
4. Of what the auditor was shown of a party's plans, in plans files or as releases in proof files, all that was current when it decided and lies in the area must be
   among what it opened.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import msgspec

from stafftalks.accord import check_transcript
from stafftalks.accord.bodies import CheckPoints, CheckProposal, CheckTerms, EntryRef, decode_body, decode_charter
from stafftalks.accord.parts import CheckAct, ReleasedVersion, Sheet
from stafftalks.accord.reading import read_entry
from stafftalks.accord.state import Accord, CheckState, StepState, check_at
from stafftalks.deconflict import covers
from stafftalks.deconflict.covers import Role
from stafftalks.deconflict.private import audit as sums
from stafftalks.deconflict.private.audit import Case, Keys, Shown
from stafftalks.deconflict.private.work import Piece
from stafftalks.planning import element as elements
from stafftalks.planning.element import UnknownContent
from stafftalks.record import dsse
from stafftalks.record import feed as feeds
from stafftalks.record import proof as proof_files
from stafftalks.record.b64 import parse_url
from stafftalks.record.proof import Proved
from stafftalks.services import check_inputs, check_openings, proof_account
from stafftalks.services.check_openings import Opened, Planned
from stafftalks.values.errors import PeerError
from stafftalks.values.ids import AccordId, ElementId, PartyId

if TYPE_CHECKING:
    from stafftalks.record.card import Card

ROLES: Final[tuple[Role, Role]] = ("proposer", "partner")
Runner = Callable[[Iterable[Piece]], Iterable[bytes]]


class AuditFinding(msgspec.Struct, frozen=True):
    """Something that does not fit: at whom, about what (`deconflict.private.audit.About`), in a sentence; `title` is the activity's, empty where it is about none."""

    party: PartyId
    about: str
    sentence: str
    title: str = ""


class AuditReport(msgspec.Struct, frozen=True):
    """What was audited and what was found. `opened` are the parties that opened, `checked` and `unchecked` sentences on what was looked at and what could not be."""

    accord: AccordId
    proposal: EntryRef
    terms: CheckTerms
    opened: tuple[PartyId, ...]
    findings: tuple[AuditFinding, ...]
    checked: tuple[str, ...]
    unchecked: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether all that was looked at fits."""
        return not self.findings


def audit(files: Mapping[str, bytes], runner: Runner = sums.serially) -> AuditReport:
    """What the files, by name, show of one private check: its transcript, openings, and what is known of the plans; in any order.

    `runner` does the sums, on whatever cores. Raises PeerError, naming the file, where one is damaged, forged, or of another check.
    """
    case = _Case(files)
    findings = list(case.faults())
    openings = {}
    for role in ROLES:
        if role in case.openings:
            unread = tuple(case.unread(role))
            findings += unread
            if not unread:
                openings[role] = case.openings[role].opening
    known = {role: case.known(role) for role in openings}
    found = sums.recompute(case.shown(), openings, case.cover, known, runner)
    for one in found:
        activities = known[one.side] if one.about == "omitted" else openings[one.side].activities
        title = _title(activities[one.activity]) if one.activity is not None else ""
        findings.append(AuditFinding(case.party(one.side), one.about, one.sentence, title))
    opened = tuple(case.party(role) for role in ROLES if role in case.openings)
    return AuditReport(
        case.accord,
        case.state.ref,
        case.state.terms,
        opened,
        tuple(findings),
        tuple(case.checked()),
        tuple(case.unchecked()),
    )


class _Case:
    """The files of one check, read and verified, but for what is recomputed."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._cards: dict[PartyId, tuple[Card, ...]] = {}
        self._bodies: dict[EntryRef, bytes] = {}
        self._acts: dict[EntryRef, CheckAct] = {}
        self._plans: dict[PartyId, list[Planned]] = {}
        self.openings: dict[Role, Opened] = {}
        proofs = {name: raw for name, raw in files.items() if _is_proof(raw)}
        self.accord, self.state = self._read_proofs(proofs)
        for name, raw in files.items():
            if name not in proofs:
                with _named(name):
                    self._take_other(raw)

    def party(self, role: Role) -> PartyId:
        """Who stands on this side."""
        return self.state.proposer if role == "proposer" else self.state.partner

    def faults(self) -> Iterator[AuditFinding]:
        """What the records themselves show not to be as it must be."""
        for fault in self.state.faults:
            yield AuditFinding(fault.party, "form", fault.sentence)

    def unread(self, role: Role) -> Iterator[AuditFinding]:
        """What this side opened and nobody could have put in: then nothing of its can be recomputed."""
        for number, raw in enumerate(self.openings[role].opening.activities, 1):
            try:
                if raw != check_inputs.NOTHING:
                    check_inputs.volume(raw)
            except PeerError as error:
                yield AuditFinding(
                    self.party(role), "form", f"Activity {number} of those opened cannot be compared: {error}"
                )

    def shown(self) -> Case:
        """What the slips show."""
        state, answer = self.state, self.state.answer
        if answer is None or state.consent is None:
            raise PeerError("The transcript holds no consent: a check that nobody consented to has nothing to audit.")
        opened = check_transcript.opened(self.accord, state.digest, answer.digest)
        proposer = self._shown("proposer", state.body.root, state.body.key)
        partner = self._shown("partner", state.consent.root, state.consent.key)
        return Case(parse_url(opened, "A transcript"), state.terms.mode, proposer, partner)

    def cover(self, activities: tuple[bytes, ...], role: Role) -> Keys:
        """The keys of activities for a side under the terms agreed."""
        found = check_inputs.covered(activities, self.state.terms, role)
        numbers = {check_inputs.volume(raw).activity: number for number, raw in enumerate(activities) if raw}
        owners = tuple(
            tuple(
                tuple(numbers[ElementId(name)] for name in found.owners(filled.bucket.number, key))
                for key in range(len(filled.keys))
            )
            for filled in found.filled
        )
        return Keys(tuple(filled.keys for filled in found.filled), owners)

    def known(self, role: Role) -> tuple[bytes, ...]:
        """What was shown of this side's plans, was current when it decided, lies in the area, and is not among what it opened."""
        decided = self.state.at if role == "proposer" or self.state.answer is None else self.state.answer.at
        brought = {check_inputs.element_of(raw) for raw in self.openings[role].opening.activities if raw}
        current: dict[str, Planned] = {}
        for one in sorted(self._plans.get(self.party(role), ()), key=lambda one: one.at):
            if one.at <= decided:
                current[elements.decode(one.element.encode()).id] = one
        left = [one for _, one in sorted(current.items()) if one.element.encode() not in brought]
        return tuple(raw for one in left if (raw := self._inside(one, role)) is not None)

    def checked(self) -> Iterator[str]:
        """What was looked at."""
        one, other = self.state.proposer, self.state.partner
        yield f"{one} proposed and {other} consented, in signed records: terms, roots and keys are those on which both agreed."
        for step in self.state.steps:
            if step.complete:
                yield f"All {step.points:,} points that {step.party} sent ({step.sort}, step {step.step}) are there."
        for role in self.openings:
            count = sum(1 for raw in self.openings[role].opening.activities if raw)
            yield f"{self.party(role)} opened {count} activities: its root, its key and its points were computed again."

    def unchecked(self) -> Iterator[str]:
        """What could not be looked at."""
        for step in self.state.steps:
            if not step.complete:
                yield f"The points of {step.party} ({step.sort}, step {step.step}) are not all in these files."
        for role in ROLES:
            party = self.party(role)
            if role not in self.openings:
                yield f"{party} did not open: whether it kept to the rules is not told."
            elif party not in self._plans:
                yield f"Nothing of {party}'s plans is in these files: what it left out of the check would not be found."

    def _inside(self, one: Planned, role: Role) -> bytes | None:
        """What would have been committed to of this activity, None where none of its keys lies in the area."""
        raw = check_inputs.commit(one.element.encode(), one.start, one.end)
        try:
            found = check_inputs.covered([raw], self.state.terms, role)
        except PeerError:  # it has no place or time, so nobody could have put it in
            return None
        return raw if any(filled.keys for filled in found.filled) else None

    def _shown(self, role: Role, root: str, key: str) -> Shown:
        caps = tuple(bucket.cap(role) for bucket in covers.buckets(check_inputs.grid_of(self.state.terms)))
        sent = {step.sort: step for step in self.state.steps if step.party == self.party(role)}
        returned = sent.get("returned")
        return Shown(
            parse_url(root, "The root"),
            parse_url(key, "The key"),
            caps,
            self._points(sent["own"]),
            self._points(returned) if returned is not None and returned.complete else None,
        )

    def _points(self, step: StepState) -> bytes:
        bodies = (decode_body(self._bodies[act.ref]) for act in step.seen)
        return b"".join(parse_url(body.points, "A part of points") for body in bodies if isinstance(body, CheckPoints))

    def _read_proofs(self, proofs: Mapping[str, bytes]) -> tuple[AccordId, CheckState]:
        charters: dict[AccordId, bytes] = {}
        for name, raw in proofs.items():
            with _named(name):
                proof_account.account(raw)
                found = proof_files.verify(raw)
                charters[found.accord] = found.charter
                for party, cards in found.cards.items():
                    self._cards[party] = max(self._cards.get(party, ()), cards, key=len)
                for one in found.entries:
                    self._take_entry(one)
        proposals = [act for act in self._acts.values() if isinstance(act.body, CheckProposal)]
        if len(charters) != 1 or len(proposals) != 1:
            raise PeerError(
                f"There are transcripts of {len(proposals)} checks among these files: give those of one, made by `stafftalks check open`."
            )
        ((accord, charter),) = charters.items()
        state = check_at(self._folded(accord, charter), proposals[0].ref)
        if state is None:
            raise PeerError("The proposal in these files is by none of the accord's parties.")
        return accord, state

    def _folded(self, accord: AccordId, charter: bytes) -> Accord:
        """The accord as far as these entries tell it."""
        read = decode_charter(charter)
        sheets = {}
        for founder in read.parties:
            acts = tuple(act for ref, act in sorted(self._acts.items()) if ref.party == founder.party)
            said = {act.ref: act for act in acts}
            sheets[founder.party] = msgspec.structs.replace(Sheet.empty(founder.party), checks=acts, journal=said)
        return Accord(accord, read, sheets)

    def _take_entry(self, one: Proved) -> None:
        ref = EntryRef(one.feed.party, one.feed.epoch, one.n)
        whole = feeds.read_proved(one)
        self._bodies[ref] = whole.body or b""
        item = read_entry(whole, ref)
        if isinstance(item, CheckAct):
            self._acts[ref] = item
        elif isinstance(item, ReleasedVersion) and item.kind == "activity":
            start, end = check_inputs.own_times(item.raw)
            self._plans.setdefault(ref.party, []).append(Planned(one.at, item.raw.decode(), end, start))

    def _take_other(self, raw: bytes) -> None:
        kind = dsse.parse(raw, max_bytes=check_openings.MAX_FILE_BYTES).payload_type
        if kind == check_openings.OPENING:
            envelope, opened = check_openings.read_opening(raw)
            self._check_signed(envelope, kind, opened.party)
            roles = {self.state.proposer: ROLES[0], self.state.partner: ROLES[1]}
            if (opened.accord, opened.proposal) != (self.accord, self.state.ref) or opened.party not in roles:
                raise PeerError("This opening is of another check.")
            self.openings[roles[opened.party]] = opened
        else:
            envelope, plans = check_openings.read_plans(raw)
            self._check_signed(envelope, kind, plans.party)
            self._plans.setdefault(plans.party, []).extend(plans.activities)

    def _check_signed(self, envelope: dsse.Envelope, kind: str, party: PartyId) -> None:
        keys = {dsse.key_id(card.node_key): card.node_key for card in self._cards.get(party, ())}
        dsse.verify(envelope, kind, keys, threshold=1)


@contextmanager
def _named(name: str) -> Iterator[None]:
    """What is wrong with a file is said with its name."""
    try:
        yield
    except PeerError as error:
        raise PeerError(f"{name}: {error}") from error


def _is_proof(raw: bytes) -> bool:
    return raw.startswith(b'{"accord"')


def _title(raw: bytes) -> str:
    content = elements.decode(check_inputs.element_of(raw)).content
    return content.kind if isinstance(content, UnknownContent) else content.title
