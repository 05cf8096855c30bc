"""A run in words: what it is, how it stands, how far it is, what was asked."""

from collections.abc import Iterator

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stafftalks.analysis.watching import Progress
from stafftalks.services.run_problems import Frozen, OptionsFrozen, RiskFrozen, ScheduleFrozen, SweepFrozen
from stafftalks.services.run_rows import (
    OVER,
    OptionsWanted,
    RiskWanted,
    RunAnalysis,
    RunAsk,
    RunRow,
    ScheduleWanted,
    State,
    SweepWanted,
    SweptAnalysis,
)
from stafftalks.web.templatetags.stafftalks import number


class Line(msgspec.Struct, frozen=True):
    """A run in a list: how it stands in a word, with its mark; what it is of; how far it is in a few words."""

    row: RunRow
    name: str
    of: str
    mark: str
    word: str
    far: str


class Figure(msgspec.Struct, frozen=True):
    """One figure with what it is."""

    label: str
    said: str


class ProgressSaid(msgspec.Struct, frozen=True):
    """How far a run is: what is being done, in how many hundredths (None where that cannot be said), and the figures so far."""

    sentence: str
    percent: int | None
    figures: tuple[Figure, ...]


def line(row: RunRow) -> Line:
    """A run as a list shows it."""
    mark, word = standing(row.stands.state)
    return Line(row, name(row.ask.analysis), of(row.ask), mark, word, _far(row))


def name(analysis: RunAnalysis) -> str:
    """What an analysis is called."""
    match analysis:
        case "schedule":
            return _("Schedule")
        case "options":
            return _("Options")
        case "risk":
            return _("Uncertainty")
        case "sweep":
            return _("What-ifs")


def about(analysis: RunAnalysis) -> str:
    """What an analysis answers."""
    match analysis:
        case "schedule":
            return _(
                "When the activities of plans can be done with the forces and resources they share, and whether phases close in time."
            )
        case "options":
            return _("Which of the forces that are offered hold up best across all branches of all scenarios.")
        case "risk":
            return _(
                "How sure it is that everything, or a phase, is done by a date; what is critical, and what moves it most."
            )
        case "sweep":
            return _(
                "Where an answer holds and where not: the same question again and again, with other branches, assumptions that do not hold, forces left out."
            )


def of(ask: RunAsk) -> str:
    """Of which elements it is."""
    return ask.contingency or _("all contingencies")


def standing(state: State) -> tuple[str, str]:
    """The mark of a state, and its word."""
    match state:
        case "waiting":
            return "wait", _("waits for its turn")
        case "running":
            return "wait", _("is being reckoned")
        case "done":
            return "yes", _("done")
        case "stopped":
            return "no", _("ended early")
        case "failed":
            return "bad", _("broke off")
        case "lost":
            return "bad", _("lost")


def next_of(row: RunRow) -> str:
    """What happens next."""
    match row.stands.state:
        case "waiting":
            return _("It begins when the runs before it have ended. You can leave this page.")
        case "running" if row.stands.stop_asked_by:
            return _("It was asked to stop, and ends with the best it has.")
        case "running":
            return _("It goes on by itself, and ends after its time at the latest. You can leave this page.")
        case "done" | "stopped":
            return _("Read it, compare it with others. Nothing follows from it by itself, and nothing of it leaves.")
        case "failed" | "lost":
            return _("Begin it again: with what stands now, and with other limits where these were too narrow.")


def asked(ask: RunAsk) -> tuple[Figure, ...]:
    """What was asked, one line each."""
    return (
        Figure(_("Of which elements"), of(ask)),
        Figure(_("Our unreleased elements"), _("count too") if ask.private else _("do not count")),
        *_wanted(ask),
        Figure(_("Time"), lasting(ask.limits.seconds)),
        Figure(_("Memory"), _("%(count)s MB") % {"count": number(ask.limits.memory_mb)}),
    )


def lasting(seconds: float) -> str:
    """A length of time in words."""
    whole = round(seconds)
    if whole < 60:
        return ngettext("%d second", "%d seconds", whole) % whole
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [
        *([ngettext("%d hour", "%d hours", hours) % hours] if hours else ()),
        *([ngettext("%d minute", "%d minutes", minutes) % minutes] if minutes else ()),
        *([ngettext("%d second", "%d seconds", rest) % rest] if rest and not hours else ()),
    ]
    return " ".join(parts)


def progress(row: RunRow, frozen: Frozen) -> ProgressSaid:
    """How far a run is, with its best value so far and what nothing can be below, as people write them."""
    stands, told = row.stands, row.stands.progress
    best, bound = _said(told, told.best, frozen), _said(told, told.bound, frozen)
    figures = [
        *([Figure(_("Best so far: %(what)s") % {"what": _measure(told)}, best)] if best else ()),
        *([Figure(_("No better than"), bound)] if bound else ()),
        *(
            [Figure(_("May be too high by"), gap(told) if told.gap else _("nothing: it is proven"))]
            if told.gap is not None and best
            else ()
        ),
        *([Figure(_("Done"), _done(told))] if told.done is not None else ()),
        Figure(_("Taken so far"), lasting(stands.elapsed_s)),
    ]
    percent = None if told.share is None else min(round(100 * told.share), 100)
    if told.done is not None and told.of:
        percent = min(round(100 * told.done / told.of), 100)
    return ProgressSaid(_step(row), percent, tuple(figures))


def gap(told: Progress) -> str:
    """How far the best can at most be from the best there is; empty where that is not known, or nothing."""
    return f"{told.gap:.1%}" if told.gap else ""


def _wanted(ask: RunAsk) -> tuple[Figure, ...]:
    match ask.wanted:
        case ScheduleWanted(must, seed, _workers, given):
            kept = _("must be kept") if must else _("are aimed at; lateness counts against a schedule")
            changed = ngettext("%d change that no plan makes", "%d changes that no plan makes", len(given)) % len(given)
            taken = [Figure(_("Taken as given"), changed)] if given else []
            return (Figure(_("Windows and phases"), kept), *taken, Figure(_("Seed"), str(seed)))
        case OptionsWanted(budget, all_forces):
            counted = _("all, for what they are capable of") if all_forces else _("only what is offered")
            most = number(budget) if budget is not None else _("as many as help")
            return (Figure(_("Forces"), counted), Figure(_("At most so many"), most))
        case RiskWanted(draws, seed, goal, by, _error, unlimited, ways):
            lines = [
                Figure(_("What is to be closed"), _("everything") if goal == "all" else goal),
                Figure(_("Draws"), number(draws)),
                Figure(_("Seed"), str(seed)),
                *([Figure(_("Dates"), ", ".join(by))] if by else ()),
                *([Figure(_("Where there are several ways"), _("as a schedule chose"))] if ways else ()),
                *([Figure(_("Forces and resources"), _("as if none were short"))] if unlimited else ()),
            ]
            return tuple(lines)
        case SweepWanted() as swept:
            return tuple(_swept(swept))


def swept(of: SweptAnalysis) -> str:
    """What is asked again and again."""
    match of:
        case "coverage":
            return _("Coverage")
        case "schedule" | "risk" | "options":
            return name(of)


def _swept(asked: SweepWanted) -> Iterator[Figure]:
    yield Figure(_("Asked again and again"), swept(asked.of))
    if asked.branches:
        yield Figure(_("Branches"), ", ".join(asked.branches))
    for text in asked.assumptions:
        yield Figure(_("May be otherwise"), text)
    if asked.leave_out:
        yield Figure(_("May be left out"), ", ".join(asked.leave_out))
        yield Figure(_("At most so many at once"), number(asked.at_most))
    if asked.seeds > 1:
        yield Figure(_("Seeds"), number(asked.seeds))
    if asked.of == "risk":
        yield Figure(_("What is to be closed"), _("everything") if asked.goal == "all" else asked.goal)
        if asked.by:
            yield Figure(_("Date"), asked.by)
    if asked.of != "coverage":
        yield Figure(_("Effort at each point"), number(asked.effort))


def _far(row: RunRow) -> str:
    stands = row.stands
    if stands.state == "waiting":
        return ""
    parts = [lasting(stands.elapsed_s)] if stands.elapsed_s >= 1 else []
    if stands.state == "running" and stands.progress.share is not None:
        parts.append(f"{min(round(100 * stands.progress.share), 100)} %")
    if stands.state != "failed" and gap(stands.progress):
        far = stands.progress.gap
        parts.append(
            _("may be too high by %(gap)s") % {"gap": gap(stands.progress)} if far else _("proven: none is better")
        )
    return " · ".join(parts)


def _step(row: RunRow) -> str:
    if row.stands.state in OVER:
        return standing(row.stands.state)[1]
    if row.stands.state == "waiting":
        return _("It waits for its turn.")
    return {
        "": _("The program is being loaded."),
        "compiling": _("The program is being made ready: at its first start on a machine this takes half a minute."),
        "search": _("Schedules are made and bettered."),
        "solver": _("A solver looks for a better schedule, and proves how good it can get."),
        "what stands in the way": _("There is no schedule: what stands in the way is looked for."),
        "what would do": _("There is no schedule: what would do is looked for."),
        "points": _("One point after another is reckoned."),
        "draws": _("Everything is played through again and again."),
        "worst case": _("The least shortfall in the worst case is looked for."),
        "expected shortfall": _("Of those as good in the worst case, the best on average is looked for."),
        "cost": _("Of those as good, the one with the fewest forces is looked for."),
        "budgets": _("The best with fewer forces is looked for."),
        "coalitions": _("What each party brings is reckoned."),
        "orders": _("What each party brings is reckoned."),
        "single scenarios": _("The best for each scenario alone is looked for."),
        "branches": _("Until when each branch can be decided for itself is looked for."),
    }.get(row.stands.progress.step, row.stands.progress.step)


def _measure(told: Progress) -> str:
    match told.measured or told.step:
        case "lateness":
            return _("weighted hours of lateness")
        case "end":
            return _("end of the last activity")
        case "worst case":
            return _("shortfall in the worst case")
        case "cost":
            return _("forces")
        case "error":
            return _("error of the quantile in hours")
        case other:
            return other


def _said(told: Progress, value: float | None, frozen: Frozen) -> str:
    """A value as people write it; empty where it would say nothing to them."""
    if value is None:
        return ""
    match frozen:
        case ScheduleFrozen(problem):
            return problem.ticks.said(int(value)) if told.measured == "end" else number(round(value))
        case OptionsFrozen():
            if told.step == "worst case":
                return f"{value / frozen.whole:,.3f}"
            return number(round(value)) if told.step == "cost" else ""
        case RiskFrozen():
            return f"{value:,.1f}"
        case SweepFrozen():
            return ""


def _done(told: Progress) -> str:
    named = {"done": number(told.done or 0), "all": number(told.of or 0)}
    return _("%(done)s of %(all)s") % named if told.of else number(told.done or 0)
