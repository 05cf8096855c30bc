"""A private check between two allies, said act by act in their records."""

from typing import Any

from stafftalks.accord.bodies import CheckBody, CheckEnd, EntryRef
from stafftalks.accord.state import CheckState, check_at
from stafftalks.values.ids import PartyId
from tests.accord.cast import MERIDIA, TORVIA, Staff
from tests.accord.check_words import PARTNER_POINTS, POINTS, consent, points, proposal


class Check:
    """One check under way: each method is the next act of the one whose turn it is, sealed to the two."""

    def __init__(
        self, staff: Staff, proposer: PartyId = MERIDIA, partner: PartyId = TORVIA, name: str = "first", **said: Any
    ) -> None:
        self.staff, self.proposer, self.partner, self.name = staff, proposer, partner, name
        self.body = proposal(name, to=partner, **said)
        self.ref = self.say(proposer, self.body)

    def say(self, party: PartyId, body: CheckBody, at: int = 0) -> EntryRef:
        return self.staff[party].say(body, to=(self.proposer, self.partner), at=at)

    def consent(self) -> EntryRef:
        return self.say(self.partner, consent(self.ref, self.body, f"answer {self.name}"))

    def send(self, party: PartyId, step: int, sort: str = "own", **said: Any) -> EntryRef:
        """The points of a step, as many as the terms say and stating what was said so far, where nothing else is said."""
        count = PARTNER_POINTS if (step, sort) in ((2, "own"), (3, "returned")) else POINTS
        return self.say(
            party, points(self.ref, step, sort, **{"count": count, "transcript": self.now().transcript, **said})
        )

    def now(self, at: int = 0) -> CheckState:
        found = check_at(self.staff.accord(), self.ref, at)
        assert found is not None
        return found

    def end(self, party: PartyId, outcome: str = "done", statement: str = "") -> EntryRef:
        return self.say(party, CheckEnd(self.ref, outcome, statement))  # type: ignore[arg-type]

    def run(self) -> None:
        """From consent to the last point, as the terms say."""
        self.consent()
        self.send(self.proposer, 1)
        self.send(self.partner, 2)
        if self.body.terms.learns != "partner":
            self.send(self.partner, 2, "returned")
        if self.body.terms.learns != "proposer":
            self.send(self.proposer, 3, "returned")
