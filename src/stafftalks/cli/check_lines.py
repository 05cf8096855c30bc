"""Private checks as commands print them: in a list, before and after they are decided, while they run, and what came out."""

from typing import TYPE_CHECKING

import msgspec

from stafftalks.accord.bodies import CheckTerms
from stafftalks.accord.state import CheckState
from stafftalks.cli import names
from stafftalks.services import check_tells
from stafftalks.values.ids import PartyId

if TYPE_CHECKING:
    from stafftalks.services.check_budgets import Budget
    from stafftalks.services.check_costs import Cost
    from stafftalks.services.check_results import Flagged
    from stafftalks.services.checks import CheckView


class PrivateCheck(msgspec.Struct, frozen=True):
    """A private check in a list. `check` is the entry of its proposal, by which commands know it; `next` is who must act, empty where nobody must.

    `state` is proposed, declined, lapsed, running, done, stopped or broken; `mode` and `learns` are as in `CheckTermsLine`; `faults` are sentences.
    """

    check: str
    accord: str
    proposer: str
    partner: str
    purpose: str
    state: str
    next: str
    mode: str
    learns: str
    at: int
    expires: int
    faults: tuple[str, ...]


class CheckTermsLine(msgspec.Struct, frozen=True):
    """What is agreed on. `mode` is which, count or any; `learns` proposer, partner or both. Heights are null where open; `refines` is the check whose shared cells it divides, or empty."""

    to: str
    purpose: str
    cells: tuple[str, ...]
    start: int
    end: int
    floor_m: int | None
    ceiling_m: int | None
    resources: bool
    mode: str
    learns: str
    activities: int
    proposer_points: int
    partner_points: int
    expires: int
    auditor: str
    refines: str


class CheckCost(msgspec.Struct, frozen=True):
    """What a check would cost. `activities` are our own that take part, `share_percent` how much of the area one side could feel out with activities that it made up; `left` checks are left in seven days.

    `next_at` is when the next is possible, 0 where it is now. `left_out` says what of ours does not take part and why; with `refusals` it cannot begin.
    """

    points: int
    megabytes: float
    seconds: float
    share_percent: float
    activities: int
    left: int
    next_at: int
    left_out: tuple[str, ...]
    refusals: tuple[str, ...]


class CheckTell(msgspec.Struct, frozen=True):
    """What each side will know: about what, what we will and what they will."""

    about: str
    we: str
    they: str


class CheckDraft(msgspec.Struct, frozen=True):
    """A check before it is proposed or consented to, and after. `entry` is what our record now says, empty where nothing was said; `limits` is what such a check cannot prevent."""

    check: str
    accord: str
    entry: str
    terms: CheckTermsLine
    cost: CheckCost
    tells: tuple[CheckTell, ...]
    limits: tuple[str, ...]


class CheckRun(msgspec.Struct, frozen=True):
    """How far a check is: `percent` of all points are sent. `doing` is own, theirs, waiting or empty; `sentence` is why it does not go on here; `over`: nothing is left to do here."""

    check: str
    state: str
    percent: int
    doing: str
    sentence: str
    over: bool


class CheckSpot(msgspec.Struct, frozen=True):
    """Where and when something is shared: a cell or a claimed resource, unix seconds, metres that are null where open."""

    cell: str
    start: int
    end: int
    low_m: int | None
    high_m: int | None
    resource: str


class CheckFlagged(msgspec.Struct, frozen=True):
    """An own activity that shares a place and a time with the other side's, in the version that was put in; `revised` where it was revised or put away since."""

    element: str
    version: str
    title: str
    revised: bool
    spots: tuple[CheckSpot, ...]


class CheckOutcome(msgspec.Struct, frozen=True):
    """What a check told us, by its mode: `flagged`, or `count`, or `any`, null where it does not tell. `told` is what was told to whom, in sentences.

    `known` is whether anything was told to us yet; `put_in` counts our activities that took part. `dropped` says that the points are kept no more.
    """

    check: str
    state: str
    mode: str
    known: bool
    put_in: int
    flagged: tuple[CheckFlagged, ...]
    count: int | None
    any: bool | None
    told: tuple[str, ...]
    dropped: str = ""


class CheckBudget(msgspec.Struct, frozen=True):
    """How much checks with a partner may cost. `used` and `left` are of the last seven days; `next_at` is when the next is possible, 0 where it is now; `by` is empty where nobody set it."""

    partner: str
    checks_a_week: int
    cooldown_s: int
    share_percent: int
    used: int
    left: int
    next_at: int
    by: str


class CheckFiles(msgspec.Struct, frozen=True):
    """Files that were written for the auditor."""

    check: str
    files: tuple[str, ...]


class CheckFault(msgspec.Struct, frozen=True):
    """Something that does not fit: at whom, about what, and of which activity where it is about one."""

    party: str
    about: str
    title: str
    sentence: str


class CheckAudit(msgspec.Struct, frozen=True):
    """What an auditor found. `opened` are the parties that opened what they put in; `checked` and `unchecked` say what was looked at and what could not be."""

    accord: str
    check: str
    terms: CheckTermsLine
    opened: tuple[str, ...]
    sound: bool
    faults: tuple[CheckFault, ...]
    checked: tuple[str, ...]
    unchecked: tuple[str, ...]


def check_line(view: "CheckView") -> PrivateCheck:
    """The check as a list shows it."""
    state, terms = view.state, view.state.terms
    return PrivateCheck(
        names.spell(state.ref), view.accord, state.proposer, state.partner, terms.purpose, state.state, state.next or "", terms.mode,
        terms.learns, state.at, terms.expires, tuple(f"{fault.party}: {fault.sentence}" for fault in state.faults),
    )  # fmt: skip


def terms_line(terms: CheckTerms) -> CheckTermsLine:
    """What these terms say."""
    return CheckTermsLine(
        terms.to, terms.purpose, terms.cells, terms.start, terms.end, terms.floor_m, terms.ceiling_m, terms.resources, terms.mode, terms.learns,
        terms.activities, terms.proposer_points, terms.partner_points, terms.expires, terms.auditor, names.spell(terms.refines) if terms.refines else "",
    )  # fmt: skip


def cost_line(cost: "Cost", budget: "Budget", now: int) -> CheckCost:
    """What the check would cost, and what the budget leaves."""
    return CheckCost(
        cost.points, round(cost.megabytes, 2), round(cost.seconds, 1), round(cost.share_percent, 2), cost.activities, budget.left,
        budget.next_at if budget.next_at > now else 0, tuple(dict.fromkeys(one.sentence for one in cost.left_out)),
        (*cost.over, *(refusal.sentence for refusal in cost.refusals)),
    )  # fmt: skip


def tells(terms: CheckTerms, *, proposing: bool) -> tuple[tuple[CheckTell, ...], tuple[str, ...]]:
    """What each side will know by these terms, and what a check cannot prevent."""
    named = {"count": f"{terms.activities:,}", "auditor": terms.auditor}
    told = check_tells.tells(terms.mode, terms.learns, proposing=proposing)
    return (
        tuple(CheckTell(tell.about % named, tell.we % named, tell.they % named) for tell in told),
        tuple(sentence % named for sentence in check_tells.limits(terms.mode, auditor=terms.auditor)),
    )


def flagged_line(flagged: "Flagged") -> CheckFlagged:
    """An own activity that shares something."""
    spots = tuple(CheckSpot(hit.cell, hit.start, hit.end, hit.low_m, hit.high_m, hit.resource) for hit in flagged.hits)
    return CheckFlagged(flagged.element, flagged.version, flagged.title, flagged.revised, spots)


def budget_line(partner: PartyId, budget: "Budget", now: int) -> CheckBudget:
    """A partner's budget."""
    row = budget.row
    next_at = budget.next_at if budget.next_at > now else 0
    return CheckBudget(
        partner, row.checks_a_week, row.cooldown_s, row.share_percent, budget.used, budget.left, next_at, row.by
    )


def percent(state: CheckState) -> int:
    """How much of all points is sent."""
    everything = sum(step.points for step in state.steps)
    return 100 * sum(step.received for step in state.steps) // everything if everything else 0
