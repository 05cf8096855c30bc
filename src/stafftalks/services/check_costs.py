"""What a private check would cost, before anybody decides: points, bytes, time, the share of the area, and what of ours would stay out."""

from collections.abc import Sequence
from typing import Final

import msgspec

from stafftalks.accord.bodies import POINT_BYTES, CheckTerms
from stafftalks.accord.state import CheckState, messages
from stafftalks.deconflict import covers
from stafftalks.deconflict.covers import Role
from stafftalks.services import check_budgets, check_inputs
from stafftalks.services.check_inputs import LeftOut
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import Refusal
from stafftalks.values.ids import ElementId

MULTIPLICATIONS_A_SECOND: Final = 20_000
"""Of one core, about; to tell people how long it takes."""
ROLES: Final[tuple[Role, Role]] = ("proposer", "partner")
_SPELT: Final = 4 / 3
"""How much longer points are as text."""


class Cost(msgspec.Struct, frozen=True):
    """What a check would cost us and tell. `points` are those of one side's own, padded; `keys` how many of ours are real, which nobody is told.

    `megabytes` is everything that both send; `seconds` how long one core computes here. `over` says which buckets hold too much, and `refusals` what the
    partner's budget or the size says no to: with either nothing can be sent.
    """

    points: int
    keys: int
    activities: int
    megabytes: float
    seconds: float
    share_percent: float
    left_out: tuple[LeftOut, ...]
    over: tuple[str, ...]
    refusals: tuple[Refusal, ...]

    @property
    def possible(self) -> bool:
        """Whether a check on these terms could begin now."""
        return not self.over and not self.refusals


def sized(terms: CheckTerms) -> CheckTerms:
    """The terms with the numbers of points that follow from them. Raises WrongValueError where they make no grid."""
    buckets = covers.buckets(check_inputs.grid_of(terms))
    proposer, partner = (sum(bucket.cap(role) for bucket in buckets) for role in ROLES)
    return msgspec.structs.replace(terms, proposer_points=proposer, partner_points=partner)


def draft_cost(
    hq: Headquarters, terms: CheckTerms, activities: Sequence[ElementId], answering: CheckState | None = None
) -> Cost:
    """What a check on these terms with these own activities would cost; `answering` is the proposal that it would consent to, None for one of ours.

    Raises WrongValueError where the terms make no grid, MisuseError where one of the activities is not ours, RefusedError where they are too many.
    """
    terms = sized(terms)
    proposer = hq.party if answering is None else answering.proposer
    put = check_inputs.put(hq, terms, "proposer" if answering is None else "partner", activities)
    partner = terms.to if answering is None else proposer
    sent = sum(step.points for step in messages(terms, proposer))
    return Cost(
        points=terms.proposer_points if answering is None else terms.partner_points,
        keys=sum(len(filled.keys) for filled in put.covered.filled),
        activities=len(put.inputs),
        megabytes=sent * POINT_BYTES * _SPELT / 1_000_000,
        seconds=(terms.proposer_points + terms.partner_points) / MULTIPLICATIONS_A_SECOND,
        share_percent=check_budgets.share_percent(terms),
        left_out=put.left_out,
        over=tuple(over.sentence for over in put.covered.over),
        refusals=check_budgets.refusals(hq, partner, terms, answering),
    )
