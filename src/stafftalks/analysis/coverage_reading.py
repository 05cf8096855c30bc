"""A coverage problem as people write it in a file: scenarios, requirements, contributions."""

from stafftalks.analysis.amounts import scaled, scales
from stafftalks.analysis.coverage import Coverage, cover
from stafftalks.analysis.coverage_values import Need, Offer, Scenario
from stafftalks.analysis.reading import Amount, ProblemFile, RowText, UnreadError, quantity
from stafftalks.values.quantity import Quantity


class _ScenarioText(RowText, frozen=True, kw_only=True):
    branches: tuple[str, ...] = ()


class _NeedText(RowText, frozen=True, kw_only=True):
    scenario: str = ""
    branches: tuple[str, ...] = ()
    quantity: Amount | None = None
    window: Amount = ""


class _OfferText(RowText, frozen=True, kw_only=True):
    requirement: str
    party: str
    option: str = ""
    branches: tuple[str, ...] = ()
    quantity: Amount | None = None
    window: Amount = ""
    firm: bool = False
    force: str = ""
    through: tuple[str, ...] = ()


def coverage_of(data: object, name: str) -> tuple[Coverage, ProblemFile, dict[str, int], dict[str, str]]:
    """The answer, the file as read with what could not be, the parts of each unit, and titles. Raises PeerError where it is no such file at all."""
    file = ProblemFile(data, name, ("scenarios", "requirements", "contributions"), "requirements")
    scenarios = tuple(file.rows("scenarios", _ScenarioText))
    read = [(row, *found) for row in file.rows("requirements", _NeedText) if (found := _measured(file, row))]
    offered = [(row, *found) for row in file.rows("contributions", _OfferText) if (found := _measured(file, row))]
    scale = scales([each[1] for each in (*read, *offered)])
    needs = [
        Need(row.id, row.scenario, row.branches, *scaled(amount, scale), start, end) for row, amount, start, end in read
    ]
    offers = [
        Offer(
            row.id,
            row.requirement,
            row.party,
            row.option,
            row.branches,
            *scaled(amount, scale),
            start,
            end,
            row.firm,
            row.force,
            row.through,
        )
        for row, amount, start, end in offered
    ]
    titles = {row.id: row.title for row in (*scenarios, *(each[0] for each in (*read, *offered))) if row.title}
    return cover([Scenario(row.id, row.branches) for row in scenarios], needs, offers), file, scale, titles


def _measured(
    file: ProblemFile, row: _NeedText | _OfferText
) -> tuple[Quantity | int | None, int | None, int | None] | None:
    try:
        return (quantity(row.quantity), *file.window(row.window))
    except UnreadError as error:
        file.left_out(row.id, error)
        return None
