"""Our side of one private check that was consented to: what it is computed from, out of what we keep and what stands in the records."""

import hashlib
from functools import cached_property

from stafftalks.accord import check_transcript
from stafftalks.accord.bodies import CheckPoints, EntryRef, decode_body
from stafftalks.accord.state import StepState
from stafftalks.deconflict import covers
from stafftalks.deconflict.covers import Bucket, Covered, Grid, Role
from stafftalks.deconflict.private import work
from stafftalks.deconflict.private.keeping import Secrets
from stafftalks.deconflict.private.messages import Mode
from stafftalks.deconflict.private.work import OwnPlan, Plan
from stafftalks.record.b64 import parse_url, url
from stafftalks.record.slip import parse_slip
from stafftalks.services import check_inputs
from stafftalks.services.check_rows import CheckInput, CheckRow
from stafftalks.services.checks import CheckView
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import HostError, MisuseError, PeerError
from stafftalks.values.ids import AccordId, FeedId


class Side:
    """What our side of the check computes from; each part is made when it is first asked for."""

    def __init__(self, hq: Headquarters, found: CheckView, row: CheckRow) -> None:
        self._hq = hq
        self._view = found
        self._row = row
        self.role: Role = "proposer" if found.ours else "partner"
        self.other: Role = "partner" if found.ours else "proposer"

    @property
    def mode(self) -> Mode:
        """What comes out."""
        return self._view.state.terms.mode

    @cached_property
    def opened(self) -> str:
        """The transcript after consent, under which keys are hashed."""
        state = self._view.state
        if state.answer is None or state.consent is None:
            raise MisuseError("This check was not consented to, so there is nothing to compute.")
        return check_transcript.opened(self._view.accord, state.digest, state.answer.digest)

    @cached_property
    def grid(self) -> Grid:
        """What is compared."""
        return check_inputs.grid_of(self._view.state.terms)

    @cached_property
    def buckets(self) -> tuple[Bucket, ...]:
        """The buckets of the grid."""
        return covers.buckets(self.grid)

    @cached_property
    def secrets(self) -> Secrets:
        """Scalar, padding and salts."""
        return Secrets.of(self._row.secret)

    @cached_property
    def inputs(self) -> tuple[CheckInput, ...]:
        """What was frozen with the decision."""
        return self._hq.checks.inputs(self._row.proposal)

    @cached_property
    def covered(self) -> Covered:
        """The keys of it."""
        terms = self._view.state.terms
        try:
            return check_inputs.covered([one.committed for one in self.inputs], terms, self.role)
        except PeerError:  # its sentence would name an activity of ours, and the partner is told what breaks a check
            raise HostError(
                "What was put into this check cannot be read here any more: the database is damaged."
            ) from None

    @cached_property
    def own(self) -> OwnPlan:
        """The plan for our own points."""
        keys = [filled.keys for filled in self.covered.filled]
        return work.plan_own(_bytes(self.opened), self.caps(self.role), keys, self.secrets.padding)

    @cached_property
    def theirs(self) -> Plan:
        """The plan for the partner's points, their form checked. Raises PeerError."""
        ours = b"" if self.role == "partner" else self.sent("own", self.role)
        return work.plan_returned(self.sent("own", self.other), self.caps(self.other), ours, self.caps(self.role))

    @property
    def theirs_digest(self) -> str:
        """By what the partner's points are known."""
        return url(hashlib.sha256(self.theirs.points).digest())

    def caps(self, role: Role) -> tuple[int, ...]:
        """How many points this side sends of its own, bucket by bucket."""
        return tuple(bucket.cap(role) for bucket in self.buckets)

    def sent(self, sort: str, by: Role) -> bytes:
        """All points of a message that stands in the records. Raises MisuseError where it is not there in full."""
        state = self._view.state
        party = state.proposer if by == "proposer" else state.partner
        step = next((step for step in state.steps if step.sort == sort and step.party == party), None)
        if step is None or not step.complete:
            raise MisuseError("The points of this message are not all here yet.")
        return points_of(self._hq, self._view.accord, step)


def points_of(hq: Headquarters, accord: AccordId, step: StepState) -> bytes:
    """The points of a message, as far as its parts are there, read from the records."""
    return b"".join(_points(body_at(hq, accord, act.ref)) for act in step.seen)


def body_at(hq: Headquarters, accord: AccordId, ref: EntryRef) -> bytes:
    """The exact bytes of what an entry says; raises MisuseError where its text is not held any more."""
    entries = tuple(hq.records.entries(FeedId(accord, ref.party, ref.epoch), ref.n, ref.n + 1))
    slip = entries[0].slip if entries else None
    if slip is None:
        raise MisuseError(f"The text of entry {ref.n} of {ref.party}'s record is not held here.")
    return parse_slip(slip).body


def _points(raw: bytes) -> bytes:
    said = decode_body(raw)
    return parse_url(said.points, "A part of points") if isinstance(said, CheckPoints) else b""


def _bytes(text: str) -> bytes:
    return parse_url(text, "A transcript")
