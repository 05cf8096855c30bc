"""The result of options: which forces, what each scenario comes to, and what stands beside."""

from django.http import HttpRequest

from stafftalks.services.run_problems import OptionsAnswered, OptionsFrozen
from stafftalks.services.run_rows import RunRow
from stafftalks.services.runs import Result


def context(_request: HttpRequest, _run: RunRow, result: Result) -> dict[str, object]:
    """What `web/analyses/result_options.html` shows. Shortfalls are in requirements of the least urgent priority that are wholly missing."""
    frozen, answered = result.frozen, result.answered
    if not isinstance(frozen, OptionsFrozen) or not isinstance(answered, OptionsAnswered):
        return {}
    option, titles = answered.option, frozen.titles
    parties = {force.id: force.party for force in frozen.choice.forces}

    def called(name: str) -> str:
        return titles.get(name, name)

    def short(value: float) -> str:
        return f"{value / frozen.whole:,.3f}"

    return {
        "option": option,
        "goals": [
            ("worst", short(option.worst.value), short(option.worst.bound), option.worst.proven),
            ("expected", short(option.expected.value), short(option.expected.bound), option.expected.proven),
            ("forces", f"{option.cost.value:,.0f}", f"{option.cost.bound:,.0f}", option.cost.proven),
        ],
        "committed": [(called(each), parties.get(each, "")) for each in option.committed],
        "outcomes": [
            (
                called(each.scenario),
                called(met.requirement),
                frozen.said(met.requirement, met.needed),
                ", ".join(called(serving.force) for serving in met.served),
                frozen.said(met.requirement, met.short) if met.short else "",
            )
            for each in option.outcomes
            for met in each.met
        ],
        "front": [
            (f"{each.cost.value:,.0f}", short(each.worst.value), short(each.expected.value), len(each.committed))
            for each in (answered.front.options if answered.front else ())
        ],
        "sides": [
            (each.rank, each.name, short(each.alone), short(each.marginal), short(each.shapley))
            for each in (answered.sides.shares if answered.sides else ())
        ],
        "singles": [
            (
                called(each.scenario),
                short(each.shortfall),
                short(each.worst),
                called(each.worst_in),
                len(each.committed),
            )
            for each in answered.singles
        ],
    }
