"""The accord room's front door: the product of sheets and everything that is computed from it."""

from stafftalks.accord.clauses import ClauseState, Thread, Variant, clause_states, clauses_written, threads
from stafftalks.accord.product import (
    Accord,
    HolderState,
    RealmRow,
    RecallState,
    asked_by,
    audience_of,
    current_version,
    fold_accord,
    holdings_of,
    live_releases,
    open_realms,
    realm_matrix,
    recalls,
    release_of,
)
from stafftalks.accord.prompts import Prompt, what_happens_next
from stafftalks.accord.talks import Agreed, Remark, TalkContent, adoptions, agreed, positions, talk, title_of

__all__ = [
    "Accord",
    "Agreed",
    "ClauseState",
    "HolderState",
    "Prompt",
    "RealmRow",
    "RecallState",
    "Remark",
    "TalkContent",
    "Thread",
    "Variant",
    "adoptions",
    "agreed",
    "asked_by",
    "audience_of",
    "clause_states",
    "clauses_written",
    "current_version",
    "fold_accord",
    "holdings_of",
    "live_releases",
    "open_realms",
    "positions",
    "realm_matrix",
    "recalls",
    "release_of",
    "talk",
    "threads",
    "title_of",
    "what_happens_next",
]
