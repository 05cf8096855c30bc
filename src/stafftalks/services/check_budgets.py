"""How much a partner may learn by private checks: so many a week, with a pause between two, each able to feel out at most a share of its area.

What was used is counted from the records, so that a restore forgets nothing that the partner still holds. A check counts once its partner has consented, whoever
proposed it and however it ended; our own proposals count while they wait. A check that refines another needs no pause, and no share is set against it: it looks
only where both know already that something is.
"""

from typing import Final

import msgspec

from stafftalks.accord.bodies import CheckTerms
from stafftalks.accord.state import CheckState, checks
from stafftalks.deconflict import covers
from stafftalks.services import pairing, reading
from stafftalks.services.check_inputs import grid_of
from stafftalks.services.check_rows import BudgetRow
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import JournalRow
from stafftalks.values.errors import MisuseError, Refusal, RefusedError
from stafftalks.values.ids import PartyId
from stafftalks.values.person import Person, Role
from stafftalks.values.relative_time import Instant

WEEK_S: Final = 7 * 86_400
MOST_A_WEEK: Final = 1_000
LONGEST_COOLDOWN_S: Final = 366 * 86_400


class Budget(msgspec.Struct, frozen=True):
    """What checks with a partner may still cost. `used` counts those of the last seven days, `waiting` our own proposals among them that wait for an answer.

    `next_at` is when the next is possible, unix seconds; in the past where it is now.
    """

    row: BudgetRow
    used: int
    waiting: int
    last_at: int
    next_at: int

    @property
    def left(self) -> int:
        """How many more are possible this week."""
        return max(self.row.checks_a_week - self.used, 0)


def budget(hq: Headquarters, partner: PartyId) -> Budget:
    """What checks with this partner may cost now."""
    return _budget(hq, partner, _counted(hq, partner))


def set_budget(
    hq: Headquarters, by: Person, partner: PartyId, *, checks_a_week: int, cooldown_s: int, share_percent: int
) -> Budget:
    """Sets a partner's budget. Raises RefusedError from anyone but the head of delegation, MisuseError where a number makes no sense."""
    refusal = by.lacking(Role.HEAD)
    if refusal:
        raise RefusedError(refusal)
    pairing.partner(hq, partner)
    if not 0 <= checks_a_week <= MOST_A_WEEK:
        raise MisuseError(f"A budget is for 0 to {MOST_A_WEEK:,} checks a week, not for {checks_a_week:,}.")
    if not 0 <= cooldown_s <= LONGEST_COOLDOWN_S:
        raise MisuseError("The pause between two checks is at least 0 seconds and at most a year.")
    if not 0 <= share_percent <= 100:
        raise MisuseError(f"The share of an area is 0 to 100 per cent, not {share_percent}.")
    row = BudgetRow(partner, checks_a_week, cooldown_s, share_percent, by.username, hq.clock.now())
    said = f"Private checks with {partner}: {checks_a_week} a week, {_duration(cooldown_s)} between two, at most {share_percent} % of an area felt out by one."
    with hq.transactions.atomic():
        hq.checks.put_budget(row)
        hq.journal.add(JournalRow(row.at, by.username, "check budget set", partner, said))
    return budget(hq, partner)


def share_percent(terms: CheckTerms) -> float:
    """How much of the area one side could feel out under these terms with activities that it made up, in per cent."""
    return 100 * covers.share(grid_of(terms))


def refusals(
    hq: Headquarters, partner: PartyId, terms: CheckTerms, besides: CheckState | None = None
) -> tuple[Refusal, ...]:
    """Why a check on these terms would cost more than the partner's budget allows now; none where it does not.

    `besides` is the check that is being answered: it does not count against itself.
    """
    counted = [state for state in _counted(hq, partner) if besides is None or state.ref != besides.ref]
    found = _budget(hq, partner, counted, refines=terms.refines is not None)
    now, said = hq.clock.now(), []
    if now < found.next_at:
        why = (
            f"{found.used} private checks with {partner} were begun in the last seven days, and {found.row.checks_a_week} a week are allowed"
            if not found.left
            else f"The last private check with {partner} was begun at {Instant(found.last_at)}, and {_duration(found.row.cooldown_s)} must lie between two"
        )
        said.append(Refusal("check-budget", f"{why}: the next is possible at {Instant(found.next_at)}."))
    elif not found.row.checks_a_week:
        said.append(
            Refusal(
                "check-budget", f"No private check with {partner} is allowed: the head of delegation sets how many are."
            )
        )
    share = 0.0 if terms.refines is not None else share_percent(terms)  # both know where a finer check looks
    if share > found.row.share_percent:
        sentence = (
            f"With activities that it made up, one side could feel out {share:.1f} % of this area, and at most {found.row.share_percent} % is allowed: "
            "take a larger area or window, finer cells, or fewer activities a side."
        )
        said.append(Refusal("check-share", sentence))
    return tuple(said)


def begun_at(state: CheckState, me: PartyId) -> int:
    """When a check began to count for us: our proposal or our consent, by our own clock; 0 where it does not count."""
    if state.proposer == me:
        return state.at if state.consent is not None or state.state == "proposed" else 0
    return state.answer.at if state.consent is not None and state.answer is not None else 0


def _counted(hq: Headquarters, partner: PartyId) -> list[CheckState]:
    """Every check with this partner that counts, in whatever accord, the newest first."""
    now = hq.clock.now()
    found = [
        state
        for loaded in reading.load_all(hq)
        for state in checks(loaded.state, now)
        if {state.proposer, state.partner} == {hq.party, partner} and begun_at(state, hq.party)
    ]
    return sorted(found, key=lambda state: -begun_at(state, hq.party))


def _budget(hq: Headquarters, partner: PartyId, counted: list[CheckState], *, refines: bool = False) -> Budget:
    row = hq.checks.budgets().get(partner, BudgetRow(partner))
    now = hq.clock.now()
    begun = [at for state in counted if (at := begun_at(state, hq.party)) > now - WEEK_S]
    last_at = begun_at(counted[0], hq.party) if counted else 0
    pause = last_at + row.cooldown_s if counted and not refines else 0
    # Once the oldest of so many is a week old, one more is possible.
    full = begun[row.checks_a_week - 1] + WEEK_S if 0 < row.checks_a_week <= len(begun) else 0
    waiting = sum(state.state == "proposed" for state in counted)
    return Budget(row, len(begun), waiting, last_at, max(pause, full))


def _duration(seconds: int) -> str:
    hours = -(-seconds // 3600)
    return f"{hours} {'hour' if hours == 1 else 'hours'}" if hours < 72 else f"{-(-hours // 24)} days"
