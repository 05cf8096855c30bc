"""Private checks as an actor can be told to decide and to look at them; what is computed in between, its headquarters does by itself."""

from typing import Final

from stafftalks.accord.bodies import CheckTerms, EntryRef
from stafftalks.deconflict import covers
from stafftalks.links.workers import ProcessWorkers
from stafftalks.services import check_budgets, check_results, check_work, checks
from stafftalks.services.ports import Headquarters
from stafftalks.site.demo.lines import Args, CheckSeen
from stafftalks.site.demo.verbs import Verb, accord_of, parties_of, ref_of
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import ElementId, parse_element
from stafftalks.values.person import Person
from stafftalks.values.place import Circle, parse_place
from stafftalks.values.relative_time import Instant, parse_window

GRANULE_S: Final = 7_200
BAND_M: Final = 3_000
CEILING_M: Final = 12_000
A_SIDE: Final = "4"
"""For how many activities a check of the demonstration is made that is computed while people wait."""
_WEEK_S: Final = 7 * 86_400


def _propose(hq: Headquarters, person: Person, args: Args) -> EntryRef:
    (partner,) = parties_of(args, "to")
    area, window = parse_place(args.text("area")), parse_window(args.text("window"))
    if not isinstance(area, Circle) or not isinstance(window.start, Instant) or not isinstance(window.end, Instant):
        raise MisuseError("The demonstration's checks are over a circle, between two absolute times.")
    finest = covers.finest_for(area)
    terms = CheckTerms(
        to=partner,
        purpose=args.text("purpose"),
        cells=covers.area_cells(area, finest),
        start=window.start.seconds,
        end=window.end.seconds,
        floor_m=0,
        ceiling_m=CEILING_M,
        cover=covers.COARSE,
        finest=finest,
        granule_s=GRANULE_S,
        band_m=BAND_M,
        resources=True,
        mode="which",
        learns="both",
        activities=int(args.text("a_side", A_SIDE)),
        proposer_points=0,
        partner_points=0,
        expires=hq.clock.now() + _WEEK_S,
    )
    return checks.propose(hq, person, accord_of(args), terms, _chosen(args))


def _consent(hq: Headquarters, person: Person, args: Args) -> EntryRef:
    return checks.consent(hq, person, ref_of(args, "check"), _chosen(args))


def _set_budget(hq: Headquarters, person: Person, args: Args) -> int:
    (partner,) = parties_of(args, "partner")
    return check_budgets.set_budget(hq, person, partner, checks_a_week=5, cooldown_s=0, share_percent=25).left


def _view(hq: Headquarters, _: Person, args: Args) -> CheckSeen:
    proposal = ref_of(args, "check")
    found, told = checks.view(hq, proposal), check_results.result(hq, proposal)
    return CheckSeen(
        state=found.state.state,
        over=check_work.progress(hq, proposal).over,
        points=found.state.terms.proposer_points,
        flagged=None if told is None else tuple(one.title for one in told.flagged),
        places=() if told is None else tuple(sorted({hit.cell for one in told.flagged for hit in one.hits})),
        faults=tuple(fault.sentence for fault in found.state.faults),
    )


def _run(hq: Headquarters, person: Person, args: Args) -> CheckSeen:
    """What the runner of a headquarters that serves does by itself."""
    workers = ProcessWorkers()
    try:
        check_work.advance(hq, ref_of(args, "check"), workers)
    finally:
        workers.close()
    return _view(hq, person, args)


def _chosen(args: Args) -> list[ElementId]:
    return [parse_element(element) for element in args.texts("activities")]


CHECKS: Final[dict[str, Verb]] = {
    "propose check": _propose,
    "consent to check": _consent,
    "set check budget": _set_budget,
    "run check": _run,
    "view check": _view,
}
"""Acts and looks, by name."""
