"""The sheet room's front door: the values of a sheet, the fold that makes it and the table of standings."""

from stafftalks.accord.folding import fold, fold_sheet
from stafftalks.accord.parts import (
    Answered,
    Asked,
    ConfirmationState,
    EpochPart,
    Notice,
    ProposalState,
    Recalled,
    ReleasedVersion,
    Sheet,
)
from stafftalks.accord.standing import ACTS, STATES, TRANSITIONS, StandingState

__all__ = [
    "ACTS",
    "STATES",
    "TRANSITIONS",
    "Answered",
    "Asked",
    "ConfirmationState",
    "EpochPart",
    "Notice",
    "ProposalState",
    "Recalled",
    "ReleasedVersion",
    "Sheet",
    "StandingState",
    "fold",
    "fold_sheet",
]
