"""What released plans add up to, as an actor can be asked for it: the analyses that a page or a command would make, of one contingency."""

import time
from typing import Final

from stafftalks.services import analyses_coverage, analyses_options, analyses_schedule
from stafftalks.services.ports import Headquarters
from stafftalks.site.demo.lines import Args, CoverageSeen, OptionsSeen, ScheduleSeen
from stafftalks.site.demo.verbs import Verb
from stafftalks.values.person import Person

_SECONDS: Final = 3.0
"""How long an analysis may take at most; those of the demonstration are proven in a few hundredths."""


def _coverage(hq: Headquarters, _: Person, args: Args) -> CoverageSeen:
    private = args.text("private", "") == "yes"
    found = analyses_coverage.coverage(hq, contingency=args.text("contingency"), private=private)
    rows = {found.titles[row.need]: str(row.state) for row in found.coverage.rows()}
    return CoverageSeen(rows, found.basis.stays_home, found.basis.readers)


def _schedule(hq: Headquarters, _: Person, args: Args) -> ScheduleSeen:
    """With windows and phases that must be kept, and, where that cannot be, with the first of what would do taken as given."""
    # Here: solvers take a second to load, and most actors never schedule.
    from stafftalks.analysis.schedule_answering import InTheWay, scheduled
    from stafftalks.analysis.schedule_solving import Effort

    effort = Effort(seconds=_SECONDS, workers=1)
    contingency = args.text("contingency")
    _made, problem = analyses_schedule.prepared(hq, {}, contingency=contingency, must=True)
    found = scheduled(problem, effort, time.monotonic)
    told = found.in_the_way or InTheWay()
    grants = told.remedies[0].changes if told.remedies else ()
    _made, eased = analyses_schedule.prepared(hq, {}, contingency=contingency, must=True, grants=grants)
    then = scheduled(eased, effort, time.monotonic).answer
    closes = {closure.phase: eased.ticks.said(closure.closes) for closure in then.closures}
    would_do = tuple(each.sentence for each in told.remedies)
    return ScheduleSeen(found.answer.state, told.why, would_do, then.state, closes)


def _options(hq: Headquarters, _: Person, args: Args) -> OptionsSeen:
    from stafftalks.analysis import options, options_front

    found = analyses_options.prepared(hq, contingency=args.text("contingency"))
    best = options.solve(found.choice, seconds=_SECONDS)
    singles = options_front.singles(found.choice, seconds=_SECONDS)
    return OptionsSeen(
        tuple(found.titles[name] for name in best.committed),
        best.worst.value / found.whole,
        {found.titles[each.scenario]: each.worst / found.whole for each in singles},
        proven=best.worst.proven and all(each.proven for each in singles),
    )


ANALYSES: Final[dict[str, Verb]] = {
    "analyse coverage": _coverage,
    "analyse schedule": _schedule,
    "analyse options": _options,
}
"""Looks, by name."""
