"""How far a private check is, in words: which messages there are, who sends each, and what our side computes."""

import msgspec
from django.utils.translation import gettext as _

from stafftalks.accord.state import CheckState, StepState
from stafftalks.services.check_work import Progress
from stafftalks.values.ids import PartyId
from stafftalks.web import check_words
from stafftalks.web.templatetags.stafftalks import number


class StepSaid(msgspec.Struct, frozen=True):
    """One message: how it stands with its mark, and what it is."""

    mark: str
    words: str
    sentence: str


class ProgressSaid(msgspec.Struct, frozen=True):
    """How far a check is; `trouble` is why it does not go on here, empty where it does."""

    sentence: str
    percent: int
    steps: tuple[StepSaid, ...]
    trouble: str


def said(state: CheckState, me: PartyId, name: str, progress: Progress) -> ProgressSaid:
    """The progress of a check that runs."""
    steps = tuple(_step(step, state.due, me, name) for step in state.steps)
    return ProgressSaid(check_words.next_of(state, me, name), percent(state, me, progress), steps, progress.sentence)


def percent(state: CheckState, me: PartyId, progress: Progress) -> int:
    """How much of all points has been sent, with what our side has computed of the message that is next."""
    everything = sum(step.points for step in state.steps)
    there = float(sum(step.received for step in state.steps))
    due = state.due
    if due is not None and due.party == me and progress.total:
        there += (due.points - due.received) * 0.9 * progress.done / progress.total
    return min(int(100 * there / everything), 100) if everything else 0


def _step(step: StepState, due: StepState | None, me: PartyId, name: str) -> StepSaid:
    named = {"there": number(step.received), "all": number(step.points), "partner": name}
    ours = step.party == me
    if step.sort == "own":
        what = (
            _("Our masked points: %(there)s of %(all)s")
            if ours
            else _("The masked points of %(partner)s: %(there)s of %(all)s")
        )
    else:
        what = (
            _("Their points, masked by us too and returned: %(there)s of %(all)s")
            if ours
            else _("Our points, returned by %(partner)s: %(there)s of %(all)s")
        )
    if step.complete:
        return StepSaid("yes", _("sent") if ours else _("received"), what % named)
    if due is not None and (due.step, due.sort) == (step.step, step.sort):
        return StepSaid("wait", _("now"), what % named)
    return StepSaid("no", _("later"), what % named)
