"""A choice between mixes of forces as people write it in a file. Amounts are whole numbers, in whatever unit each capability is counted."""

from collections.abc import Mapping

from stafftalks.analysis import options_telling
from stafftalks.analysis.options_problem import Choice, Force, Limit, Offer, Requirement, Scenario
from stafftalks.analysis.reading import Amount, ProblemFile, RowText, UnreadError
from stafftalks.values.errors import PeerError


class _ForceText(RowText, frozen=True, kw_only=True):
    party: str
    capabilities: Mapping[str, int]
    cost: int = 0
    lift: int = 0
    notice: float | str = 0


class _RequirementText(RowText, frozen=True, kw_only=True):
    capability: str
    quantity: int
    weight: int = 1
    window: Amount = ""


class _ScenarioText(RowText, frozen=True, kw_only=True):
    likelihood: Mapping[str, int] = {}
    branch: str = ""
    needs: Mapping[str, int] = {}
    present: Mapping[str, int] = {}
    lift: int | None = None


class _LimitText(RowText, frozen=True, kw_only=True):
    forces: int | None = None
    cost: int | None = None


class _OfferText(RowText, frozen=True, kw_only=True):
    force: str
    requirement: str


def choice_of(data: object, name: str) -> tuple[Choice, ProblemFile, dict[str, str]]:
    """The choice, the file as read with what could not be, and titles. Raises PeerError where it is no such file at all."""
    lists = ("forces", "requirements", "scenarios", "limits", "offers", *options_telling.LISTS)
    file = ProblemFile(data, name, lists, "requirements", ("budget",))
    budget = file.data.get("budget")
    if budget is not None and (isinstance(budget, bool) or not isinstance(budget, int)):
        raise PeerError(f"{name}: `budget` is {str(budget)[:40]!r}; write a whole number.")
    forces, requirements, titles = [], [], {}
    for row in file.rows("forces", _ForceText):
        titles[row.id] = row.title or row.id
        try:
            notice = round(file.lasting(row.notice, "notice"))
            forces.append(Force(row.id, row.party, row.capabilities, row.cost, row.lift, notice))
        except UnreadError as error:
            file.left_out(row.id, error)
    for line in file.rows("requirements", _RequirementText):
        titles[line.id] = line.title or line.id
        try:
            needed = (line.id, line.capability, line.quantity, line.weight)
            requirements.append(Requirement(*needed, *file.window(line.window)))
        except UnreadError as error:
            file.left_out(line.id, error)
    scenarios = []
    for each in file.rows("scenarios", _ScenarioText):
        titles[each.id] = each.title or each.id
        scenarios.append(Scenario(each.id, each.likelihood, each.branch, each.needs, each.present, each.lift))
    limits = tuple(Limit(each.id, each.forces, each.cost) for each in file.rows("limits", _LimitText))
    offers = tuple(Offer(each.force, each.requirement) for each in file.rows("offers", _OfferText))
    offered = offers if "offers" in file.data else None
    return Choice(tuple(forces), tuple(requirements), tuple(scenarios), limits, offered, budget), file, titles
