"""What a private check would cost, in words: how much is sent and computed, how much of the area could be felt out, and what the budget leaves."""

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stafftalks.release import check_rules
from stafftalks.services import accords, authority, check_budgets
from stafftalks.services.check_budgets import Budget
from stafftalks.services.check_costs import Cost
from stafftalks.services.ports import Headquarters
from stafftalks.values.ids import AccordId, PartyId
from stafftalks.values.person import Person
from stafftalks.web import check_words


class CostSaid(msgspec.Struct, frozen=True):
    """A cost as drawn; `refusals` say why such a check cannot begin now."""

    sentence: str
    megabytes: float
    points: int
    time: str
    share: str
    budget: str
    taking: int
    left_out: tuple[str, ...]
    refusals: tuple[str, ...]


def said(
    hq: Headquarters, partner: PartyId, cost: Cost, *, finer: bool = False, against: tuple[str, ...] = ()
) -> CostSaid:
    """The cost of a check with this partner in words; `finer` where it looks only at what both know to be shared, `against` what the letters say no to."""
    budget = check_budgets.budget(hq, partner)
    named = {"share": _percent(cost.share_percent), "most": budget.row.share_percent}
    share = (
        _("%(share)s %% of these cells, which both know already: nothing is set against it")
        if finer
        else _("%(share)s %%, where %(most)d %% is allowed")
    ) % named
    sentence = (
        _("It can begin now.")
        if cost.possible and not against
        else _("As it stands it cannot begin: see below what is against it.")
    )
    refusals = (*against, *cost.over, *(refusal.sentence for refusal in cost.refusals))
    return CostSaid(
        sentence, cost.megabytes, cost.points, time(cost.seconds), share, left(hq, budget), cost.activities,
        tuple(one.sentence for one in cost.left_out), refusals,
    )  # fmt: skip


def impossible(refusals: tuple[str, ...]) -> CostSaid:
    """A check that cannot be, with why."""
    sentence = _("As it stands it cannot begin: see below what is against it.")
    return CostSaid(sentence, 0, 0, "–", "–", "–", 0, (), refusals)


def left(hq: Headquarters, budget: Budget) -> str:
    """What a budget leaves, and when the next check is possible."""
    count = ngettext(
        "%(left)d of %(all)d check left in seven days",
        "%(left)d of %(all)d checks left in seven days",
        budget.row.checks_a_week,
    ) % {
        "left": budget.left,
        "all": budget.row.checks_a_week,
    }
    if budget.next_at <= hq.clock.now():
        return count
    return f"{count}; {_('the next is possible from %(when)s') % {'when': check_words.moment(budget.next_at)}}"


def time(seconds: float) -> str:
    """How long computing takes, roughly."""
    if seconds < 1:
        return _("less than a second")
    if seconds < 90:
        return ngettext("about %d second", "about %d seconds", round(seconds)) % round(seconds)
    minutes = round(seconds / 60)
    return ngettext("about %d minute", "about %d minutes", minutes) % minutes


def hours(seconds: int) -> str:
    """A pause in hours or days."""
    count = -(-seconds // 3600)
    if count < 72:
        return ngettext("%d hour", "%d hours", count) % count
    return ngettext("%d day", "%d days", count // 24) % (count // 24)


def _percent(share: float) -> str:
    return "<0.1" if 0 < share < 0.1 else f"{share:.1f}"


def letters_against(hq: Headquarters, accord: AccordId, partner: PartyId, person: Person) -> tuple[str, ...]:
    """What our letters say against holding a check with this partner, were it for this person to decide; nothing where they permit it."""
    held = accords.view(hq, accord).accord
    verdict = check_rules.letter_for(held, partner, person, authority.about(hq, partner))
    return tuple(refusal.sentence for refusal in verdict.refusals)
