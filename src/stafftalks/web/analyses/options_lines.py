"""The lines of a page of options: values in words, each with where it is read."""

import msgspec
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from stafftalks.analysis.options_answer import Stage
from stafftalks.services.run_problems import OptionsFrozen


class Named(msgspec.Struct, frozen=True):
    """Something of an element: what it is called, where it is read (empty where nowhere any more), and whose it is where that is told."""

    title: str
    url: str
    party: str = ""


class MixLine(msgspec.Struct, frozen=True, kw_only=True):
    """One mix beside others: its place in the front, None for the one that holds up best or was made for one branch (`made_for`); what it commits, what stays short, and how sure that is."""

    place: int | None
    robust: bool
    made_for: Named | None
    committed: tuple[Named, ...]
    worst: str
    worst_in: str
    expected: str
    forces: int
    sure: str
    proven: bool


class UseLine(msgspec.Struct, frozen=True):
    """What a committed force meets: which requirement, how much of it at most, and in how many of the branches."""

    requirement: Named
    amount: str
    where: str


class ForceLine(msgspec.Struct, frozen=True):
    """A force that is committed, with what it is for."""

    force: Named
    uses: tuple[UseLine, ...]


class MetLine(msgspec.Struct, frozen=True):
    """What a requirement gets in a branch: from which forces, and what stays short; `state` is filled, partial or gap."""

    requirement: Named
    needed: str
    served: tuple[tuple[Named, str], ...]
    short: str
    state: str


class BranchLine(msgspec.Struct, frozen=True):
    """What the mix comes to in one branch."""

    branch: Named
    short: str
    worst: bool
    met: tuple[MetLine, ...]


class ShareLine(msgspec.Struct, frozen=True):
    """What one side takes off; `tied` are those that cannot be told apart from it."""

    party: str
    rank: int
    alone: str
    marginal: str
    shapley: str
    error: str
    tied: tuple[str, ...]


class StepLine(msgspec.Struct, frozen=True):
    """The last time at which no more than `before` need stay short; after it `after`, as these are too late for something."""

    until: str
    before: str
    after: str
    lost: tuple[Named, ...]


class TellLine(msgspec.Struct, frozen=True):
    """What tells of a branch, or is to be decided for it; `late` where that would come after the time at which it has its whole value."""

    what: Named
    sort: str
    when: str
    state: str
    who: str
    late: bool


class DecisionLine(msgspec.Struct, frozen=True):
    """One branch: until when it can be decided for itself, what that opens, and what waiting until it shows is worth."""

    branch: Named
    until: str
    opens: tuple[Named, ...]
    now: str
    alone: str
    shows: str
    gain: str
    gains: bool | None
    steps: tuple[StepLine, ...]
    tells: tuple[TellLine, ...]
    decisions: tuple[TellLine, ...]
    proven: bool


def short(frozen: OptionsFrozen, value: float) -> str:
    """A weighted shortfall as people read it: 1 is a requirement of the least urgent priority that is wholly missing."""
    return number_format(value / frozen.whole, 2, force_grouping=True)


def sure(frozen: OptionsFrozen, stage: Stage) -> str:
    """How sure a shortfall is the least there is."""
    if stage.proven:
        return _("proven: no mix leaves less")
    said = {"bound": short(frozen, stage.bound), "gap": f"{number_format(100 * stage.gap, 1)} %"}
    return _("not proven: nothing can be below %(bound)s; it may be too high by %(gap)s") % said
