"""What stands in the way of a schedule, and what would do, in sentences of names, amounts and times."""

from itertools import pairwise

import numpy as np

from stafftalks.analysis.schedule import Change as Level
from stafftalks.analysis.schedule import Problem, Resource
from stafftalks.analysis.schedule_assumptions import Assumption
from stafftalks.analysis.schedule_bounds import level, work_done_by
from stafftalks.analysis.schedule_columns import Columns, columns
from stafftalks.analysis.schedule_conflicts import Conflict
from stafftalks.analysis.schedule_relaxations import Change, Relaxation
from stafftalks.analysis.schedule_standing import Held

_LISTED = 4
_A_DAY = " a day"
"""How the unit ends of what is handled in a day."""
_TOLD = 8


def conflict_said(problem: Problem, conflict: Conflict) -> str:
    """`“Phase 1” cannot close by C+9: “port Y” handles 400 t, and … `; the empty text where nothing was proven."""
    if not conflict.proven:
        return ""
    words = _Words(problem)
    reasons = list(conflict.assumptions)
    head = next((each for kind in ("phase", "deadline") for each in reasons if each.kind == kind), None)
    if head is not None:
        reasons.remove(head)
    told = [words.reason(each) for each in reasons]
    drawn = words.drawn(reasons)
    told += [drawn] if drawn else []
    chain = words.chain(conflict.assumptions)
    told += [chain] if chain else []
    work = words.work(head, reasons)
    told += [work] if work else []
    opening = words.cannot(head) if head is not None else "There is no schedule"
    if not told:
        return f"{opening}, in whatever order."
    rest = (
        ""
        if conflict.minimal
        else " (Perhaps not all of this is needed to make it impossible: that was not settled in the time.)"
    )
    return f"{opening}: {_reasons(told)}.{rest}"


def relaxation_said(problem: Problem, relaxation: Relaxation) -> str:
    """`40 t more of “port Y”, and “Phase 1” closing 2 days later.`"""
    words = _Words(problem)
    least = "" if relaxation.least else " (less may do: that was not settled in the time)"
    told = [words.change(each.assumption, each.amount) for each in relaxation.changes[:_TOLD]]
    more = len(relaxation.changes) - _TOLD
    return f"{_listed([*told, *([f'{more} more changes'] if more > 0 else [])])}{least}."


def change_said(problem: Problem, change: Change) -> str:
    """`40 t more of “port Y” at all times`: one change of a relaxation."""
    return _Words(problem).change(change.assumption, change.amount)


def reason_said(problem: Problem, assumption: Assumption) -> str:
    """`there are 400 t of “port Y” at a time`: one of what cannot hold together."""
    return _Words(problem).reason(assumption)


def held_said(problem: Problem, held: Held) -> str:
    """`It waits for “Port Y”, which “Guns” gives back then.`: why an activity is not earlier."""
    words = _Words(problem)
    match held.how:
        case "after":
            return f"It comes after {words.titles(held.by)}."
        case "busy":
            return f"It waits for {words.title(held.resource)}, which {words.titles(held.by)} gives back then."
        case "less":
            return f"Before, there is not enough of {words.title(held.resource)}."
        case "window":
            return "Its window opens then."
        case "start":
            return "It starts as soon as anything may."
        case "free":
            return "It could start earlier, and nothing that matters would come sooner."


class _Words:
    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._activities = {each.id: each for each in problem.activities}
        self._resources = {each.id: each for each in problem.resources}
        self._phases = {each.id: each for each in problem.phases}

    def title(self, name: str) -> str:
        for known in (self._activities, self._resources, self._phases):
            if name in known:
                return f"“{known[name].title or name}”"
        return f"“{name}”"

    def titles(self, names: tuple[str, ...]) -> str:
        more = [f"{len(names) - _LISTED} more"] if len(names) > _LISTED else []
        return _listed([*map(self.title, names[:_LISTED]), *more])

    def cannot(self, head: Assumption) -> str:
        said = self._problem.ticks.said
        if head.kind == "phase":
            return f"{self.title(head.name)} cannot close by {said(self._phases[head.name].due)}"
        ends = sorted({said(self._activities[each].spans[0].end or 0) for each in head.about})
        return f"{self.titles(head.about)} cannot end by {_listed(ends[:_LISTED])}"

    def reason(self, assumption: Assumption) -> str:
        said = self._problem.ticks.said
        first = self._activities.get(assumption.about[0]) if assumption.about else None
        match assumption.kind:
            case "resource":
                return _listed([self._there(self._resources[each]) for each in assumption.about])
            case "phase":
                return f"{self.title(assumption.name)} is to close by {said(self._phases[assumption.name].due)}"
            case "deadline" if first:
                return f"{self.titles(assumption.about)} is to end by {said(first.spans[0].end or 0)}"
            case "ready" if first:
                return f"{self.titles(assumption.about)} cannot start before {said(first.spans[0].start or 0)}"
            case "windows":
                return f"{self.titles(assumption.about)} fits only in its windows"
            case _:
                return f"the order “{assumption.name}” is kept"

    def _there(self, resource: Resource) -> str:
        unit = f" {resource.unit}" if resource.unit else ""
        title = self.title(resource.id)
        if not resource.renewable:
            return f"there are {resource.capacity:,}{unit} of {title} in all"
        if resource.capacity == 1 and not unit and not resource.changes:
            return f"{title} serves one thing at a time"
        if not unit and {0, 1} == {resource.capacity, *(change.capacity for change in resource.changes)}:
            return f"{title} serves one thing at a time, and that {self._there_at(resource)} alone"
        if (daily := resource.unit.removesuffix(_A_DAY)) != resource.unit:
            return f"{title} handles {resource.capacity:,} {daily}{_A_DAY}{self._otherwise(resource)}"
        return f"there are {resource.capacity:,}{unit} of {title} at a time{self._otherwise(resource)}"

    def _there_at(self, resource: Resource) -> str:
        """From when to when there is any of it."""
        said = self._problem.ticks.said
        edges: list[Level | None] = [Level(self._problem.start, resource.capacity), *resource.changes, None]
        spans = []
        for now, then in pairwise(edges):
            if now is not None and now.capacity:
                begins = [f"from {said(now.at)}"] if now.at > self._problem.start else []
                spans.append(" ".join([*begins, *([f"until {said(then.at)}"] if then else [])]))
        return _listed(spans)

    def _otherwise(self, resource: Resource) -> str:
        """When there is more or less of it; empty where there never is."""
        said = self._problem.ticks.said
        edges = [*resource.changes, None]
        spans = [
            f"{now.capacity:,} from {said(now.at)}{f' to {said(then.at)}' if then else ' on'}"
            for now, then in pairwise(edges)
            if now is not None and now.capacity != resource.capacity
        ]
        if len(spans) > _LISTED:
            amounts = [change.capacity for change in resource.changes]
            return f", and between {min(amounts):,} and {max(amounts):,} at {len(spans)} other times"
        return f", and {_listed(spans)}" if spans else ""

    def drawn(self, reasons: list[Assumption]) -> str:
        """What all activities draw at least of the stocks that are in the way; of several, that less of one is more of another."""
        names = [name for each in reasons if each.kind == "resource" for name in each.about]
        stocks = [self._resources[name] for name in names if not self._resources[name].renewable]
        if not stocks or len(stocks) < len(names):
            return ""
        told = [f"{self._least_draw(stock.id):,} of {self.title(stock.id)}" for stock in stocks]
        if any(self._least_draw(stock.id) > stock.capacity for stock in stocks):
            return f"in their most sparing modes all activities together draw at least {_listed(told)}"
        return (
            f"all together could do with {_listed(told)}, but the modes that draw less of one draw more of another"
            if len(stocks) > 1
            else ""
        )

    def _stocks(self, assumption: Assumption) -> bool:
        return not any(self._resources[name].renewable for name in assumption.about)

    def _least_draw(self, stock: str) -> int:
        least = 0
        for activity in self._problem.activities:
            modes = [mode for mode in activity.modes if mode.duration >= 0]
            drawn = [sum(use.amount for use in mode.uses if use.resource == stock) for mode in modes]
            least += min(drawn, default=0)
        return least

    def chain(self, assumptions: tuple[Assumption, ...]) -> str:
        """The longest way of activities, one after the other, through what the conflict is about; of one alone where nothing else stands in the way; empty where time plays no part."""
        if assumptions and all(each.kind == "resource" and self._stocks(each) for each in assumptions):
            return ""
        about = self._about(assumptions)
        made = columns(self._problem)
        net = made.net
        ready = self._ready(assumptions, made)
        # When each can have ended at the earliest, from when on without a pause, and by which way.
        longest: dict[int, tuple[int, int, list[int]]] = {}
        for at in net.topological.tolist():
            modes = range(net.mode_first[at], net.mode_first[at + 1])
            duration = min((int(net.duration[mode]) for mode in modes), default=0)
            start = begin = ready.get(at, 0)
            way = list[int]()
            for row in range(net.before_first[at], net.before_first[at + 1]):
                ended, began, before = longest[int(net.before[row])]
                if ended + int(net.before_lag[row]) > start or (not way and at not in ready):
                    start, begin, way = max(ended + int(net.before_lag[row]), 0), began, before
            longest[at] = start + duration, begin, [*way, at]
        ends = [at for at, each in enumerate(self._problem.activities) if each.id in about] or list(longest)
        ended, begin, way = max((longest[at] for at in ends), default=(0, 0, []))
        length = ended - begin
        ways = [at for at in way if net.duration[net.mode_first[at] : net.mode_first[at + 1]].any()]
        names = tuple(self._problem.activities[at].id for at in ways)
        lasting = self._problem.ticks.lasting(length * made.scale)
        if len(ways) < 2:
            alone = ways and not any(each.kind in ("resource", "windows") for each in assumptions)
            return f"{self.titles(names)} alone takes {lasting}" if alone else ""
        return f"{self.titles(names)} come one after the other and take at least {lasting}"

    def _ready(self, assumptions: tuple[Assumption, ...], made: Columns) -> dict[int, int]:
        """When what the conflict says may not start earlier may start, in columns' ticks, by the number of the activity."""
        waiting = {name for each in assumptions if each.kind == "ready" for name in each.about}
        return {
            at: max((each.spans[0].start or 0) - self._problem.start, 0) // made.scale
            for at, each in enumerate(self._problem.activities)
            if each.id in waiting and each.spans
        }

    def work(self, head: Assumption | None, reasons: list[Assumption]) -> str:
        """That a resource cannot have done by the date what is asked of it, where plain sums show it."""
        if head is None or head.kind != "phase":
            return ""
        phase = self._phases[head.name]
        made = columns(self._problem)
        members = [at for at, each in enumerate(self._problem.activities) if each.id in phase.activities]
        due = max((phase.due - self._problem.start) // made.scale, 0)
        for reason in reasons:
            for at, resource in enumerate(made.renewable):
                if reason.kind == "resource" and resource.id in reason.about:
                    asked = _work(made, members, at)
                    done = int(np.sum(level(made, at)[:due]))
                    if asked > done and work_done_by(made, members) > due:
                        daily = resource.unit.removesuffix(_A_DAY)
                        unit = f" {resource.unit}" if resource.unit else ""
                        counted = self._problem.ticks.counted
                        days = "days" if counted else "ticks"
                        per = made.scale / self._problem.ticks.per_day if counted else made.scale
                        if counted and daily != resource.unit:
                            return (
                                f"what is to be done by then is at least {asked * per:,.0f} {daily} over "
                                f"{self.title(resource.id)}, which handles {done * per:,.0f} {daily} till then"
                            )
                        return (
                            f"what is to be done by then takes at least {asked * per:,.0f}{unit} times {days} of "
                            f"{self.title(resource.id)}, which has {done * per:,.0f} till then"
                        )
        return ""

    def change(self, assumption: Assumption, amount: int) -> str:
        lasting = self._problem.ticks.lasting(abs(amount))
        names = self.titles(assumption.about)
        more, later, earlier = ("more", "later", "earlier") if amount >= 0 else ("less", "earlier", "later")
        match assumption.kind:
            case "resource":
                unit = self._resources[assumption.about[0]].unit
                of = "in all" if not self._resources[assumption.about[0]].renewable else "at all times"
                return f"{abs(amount):,}{f' {unit}' if unit else ''} {more} of {names} {of}"
            case "phase":
                return f"{names} closing {lasting} {later}"
            case "deadline":
                return f"{names} ending {lasting} {later}"
            case "ready":
                return f"{names} starting {lasting} {earlier}"
            case "windows":
                return f"{names} free of its windows"
            case _:
                return f"the order “{assumption.name}” given up"

    def _about(self, assumptions: tuple[Assumption, ...]) -> set[str]:
        found: set[str] = set()
        for each in assumptions:
            if each.kind == "phase":
                found |= set(self._phases[each.name].activities)
            elif each.kind == "deadline":
                found |= set(each.about)
        return found


def _work(made: Columns, members: list[int], resource: int) -> int:
    net = made.net
    return sum(
        min(
            int(made.use[mode, resource] * net.duration[mode])
            for mode in range(net.mode_first[activity], net.mode_first[activity + 1])
        )
        for activity in members
        if net.mode_first[activity] < net.mode_first[activity + 1]
    )


def _reasons(told: list[str]) -> str:
    """Clauses of which each may name several things."""
    return told[0] if len(told) == 1 else f"{'; '.join(told[:-1])}; and {told[-1]}"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
