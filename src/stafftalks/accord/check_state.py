"""What a private check amounts to: frozen values, computed in `checks` from the sheets of the two parties."""

from typing import Literal

import msgspec

from stafftalks.accord.bodies import CheckConsent, CheckEnd, CheckProposal, CheckTerms, EntryRef
from stafftalks.accord.parts import CheckAct, PointsPart
from stafftalks.values.ids import PartyId

Progress = Literal["proposed", "declined", "lapsed", "running", "done", "stopped", "broken"]


class Fault(msgspec.Struct, frozen=True):
    """What is not as it must be in a check: by whose entry, and why. Where it `breaks`, nothing more is to be sent in the check."""

    party: PartyId
    ref: EntryRef
    sentence: str
    breaks: bool = True


class StepState(msgspec.Struct, frozen=True):
    """One message of a check: whose it is, how many points it has in all, in how many parts (0: none is there yet), and the parts that are there, in order."""

    step: Literal[1, 2, 3]
    sort: Literal["own", "returned"]
    party: PartyId
    points: int
    parts: int = 0
    seen: tuple[CheckAct, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every part of it is there."""
        return 0 < self.parts == len(self.seen)

    @property
    def received(self) -> int:
        """How many of its points are there."""
        return sum(act.body.count for act in self.seen if isinstance(act.body, PointsPart))


class CheckState(msgspec.Struct, frozen=True):
    """A private check as it stands. `answer` is the partner's, None where there is none that counts; `ends` are the first last word of each.

    `digest` is that of the proposal's exact body, which an answer names. `steps` are the messages in the order in which they are sent, none before consent.
    `transcript` is what the next message must state, empty before consent. `done` says that every point was sent, whether or not both have said that
    they have what they were to get.
    """

    ref: EntryRef
    at: int
    body: CheckProposal
    digest: str
    state: Progress
    answer: CheckAct | None
    steps: tuple[StepState, ...]
    ends: tuple[CheckAct, ...]
    faults: tuple[Fault, ...]
    transcript: str

    @property
    def terms(self) -> CheckTerms:
        """What was proposed."""
        return self.body.terms

    @property
    def proposer(self) -> PartyId:
        """Who proposed it."""
        return self.ref.party

    @property
    def partner(self) -> PartyId:
        """Whom it was proposed to."""
        return self.body.terms.to

    @property
    def consent(self) -> CheckConsent | None:
        """The partner's consent, None where it has given none."""
        body = self.answer.body if self.answer else None
        return body if isinstance(body, CheckConsent) and body.act == "consent" else None

    @property
    def due(self) -> StepState | None:
        """The message that is next while the check runs, perhaps in part there; None where nothing more is to be sent."""
        return next((step for step in self.steps if not step.complete), None) if self.state == "running" else None

    @property
    def next(self) -> PartyId | None:
        """Who must act for the check to go on; None where nobody must."""
        if self.state == "proposed":
            return self.partner
        return self.due.party if self.due else None

    @property
    def latest_at(self) -> int:
        """When the newest word in it claims to have been said, unix seconds."""
        said = (self.answer, *self.ends, *(act for step in self.steps for act in step.seen))
        return max(self.at, *(act.at for act in said if act is not None), 0)

    def other(self, me: PartyId) -> PartyId:
        """The other of the two."""
        return self.partner if me == self.proposer else self.proposer

    def learns(self, party: PartyId) -> bool:
        """Whether the terms let this party learn what collides."""
        return self.terms.learns in ("both", "proposer" if party == self.proposer else "partner")

    def has_learnt(self, party: PartyId) -> bool:
        """Whether everything is there from which this party learns what it is to learn."""
        return (
            bool(self.steps) and self.learns(party) and all(step.complete for step in self.steps if step.party != party)
        )

    def ended(self, party: PartyId) -> CheckEnd | None:
        """The party's last word, None where it has not said one."""
        said = next((act.body for act in self.ends if act.ref.party == party), None)
        return said if isinstance(said, CheckEnd) else None
