"""What came of a private check, for our own people: which of our activities are flagged and where, and what was told to whom, in plain words."""

from collections.abc import Iterator, Sequence

import msgspec

from stafftalks.accord.bodies import CheckTerms, EntryRef
from stafftalks.accord.state import CheckState
from stafftalks.services import check_costs, checks
from stafftalks.services.check_rows import CheckFound, CheckHit, CheckInput
from stafftalks.services.checks import CheckView
from stafftalks.services.ports import Headquarters
from stafftalks.values.ids import ElementId, PartyId, VersionHash
from stafftalks.values.relative_time import Instant


class Flagged(msgspec.Struct, frozen=True):
    """An own activity, in the version that was put in, with where it shares a key with the partner's: cells, windows and heights to draw, in order.

    `revised` is whether it was revised or put away since.
    """

    element: ElementId
    version: VersionHash
    title: str
    hits: tuple[CheckHit, ...]
    revised: bool = False


class CheckResult(msgspec.Struct, frozen=True):
    """What a check told us. By mode: `flagged` with where, how many keys both hold (`count`), or only whether there are any (`any`); None where it does not tell.

    `put_in` counts the own activities that were compared, flagged or not.
    """

    view: CheckView
    at: int
    put_in: int
    flagged: tuple[Flagged, ...]
    count: int | None
    any: bool | None


def result(hq: Headquarters, proposal: EntryRef) -> CheckResult | None:
    """What the check told us; None where it has told nothing, or is not to."""
    found, kept = checks.view(hq, proposal), hq.checks.found(proposal)
    if kept is None:
        return None
    inputs = hq.checks.inputs(proposal)
    flagged = tuple(_flagged(hq, inputs, kept))
    return CheckResult(found, kept.at, len(inputs), flagged, kept.count, kept.any)


def put_in(hq: Headquarters, proposal: EntryRef) -> tuple[CheckInput, ...]:
    """The own activities that were put into the check, in the versions of that day."""
    return hq.checks.inputs(proposal)


def told(hq: Headquarters, proposal: EntryRef) -> tuple[str, ...]:
    """What was told to whom in this check so far, in sentences, from what stands in the records."""
    found = checks.view(hq, proposal)
    return tuple(_told(found.state, hq.party, hq.checks.found(proposal)))


def refined(hq: Headquarters, proposal: EntryRef, *, activities: int, expires: int, purpose: str) -> CheckTerms:
    """The terms of a second, finer check on what the first found, for `propose` and as a measure for `consent`.

    Raises MisuseError where not both learned which of theirs collide, as proposing it would tell the partner where, or there is nothing to refine.
    """
    found = checks.view(hq, proposal)
    terms = found.state.terms
    grid = checks.finer_grid(terms, hq.checks.found(proposal), activities)
    whole = msgspec.structs.replace(
        terms,
        to=found.state.other(hq.party),
        purpose=purpose,
        cells=grid.cells,
        start=grid.start,
        end=grid.end,
        floor_m=grid.floor_m,
        ceiling_m=grid.ceiling_m,
        cover=grid.cover,
        finest=grid.finest,
        granule_s=grid.granule_s,
        band_m=grid.band_m,
        resources=grid.resources,
        activities=grid.activities,
        expires=expires,
        refines=proposal,
    )
    return check_costs.sized(whole)


def _flagged(hq: Headquarters, inputs: Sequence[CheckInput], kept: CheckFound) -> Iterator[Flagged]:
    by_activity: dict[int, list[CheckHit]] = {}
    for hit in kept.hits:
        by_activity.setdefault(hit.activity, []).append(hit)
    held = hq.holdings.elements([inputs[number].element for number in by_activity])
    for number, hits in sorted(by_activity.items()):
        one = inputs[number]
        row = held.get(one.element)
        revised = row is None or row.archived or row.version != one.version
        yield Flagged(one.element, one.version, one.title, tuple(hits), revised)


def _told(state: CheckState, me: PartyId, kept: CheckFound | None) -> Iterator[str]:
    other = state.other(me)
    proposed = f"{Instant(state.at)}: {state.proposer} told {state.partner} the terms of this check: purpose, area, window, heights and sizes."
    yield proposed
    if state.answer is not None:
        verb = "consented" if state.consent is not None else "declined"
        yield f"{Instant(state.answer.at)}: {state.partner} {verb}."
    sent = {(step.sort, step.party): step for step in state.steps if step.seen}
    for party, to in ((me, other), (other, me)):
        if ("own", party) in sent:
            yield f"{party} gave {to} its points, {sent['own', party].received:,} of {sent['own', party].points:,}, padding among them: by themselves they tell nothing of what is planned."
        if ("returned", party) in sent:
            yield f"{party} returned {to}'s points, {sent['returned', party].received:,} of {sent['returned', party].points:,}."
    for party, partner in ((me, other), (other, me)):
        if not state.learns(party):
            yield f"{party} is not to learn what came out."
        elif state.has_learnt(party):
            yield f"{party} holds all that it needs to know {_OUT[state.terms.mode].format(partner=partner)}."
        elif state.state in ("stopped", "broken", "lapsed"):
            yield f"{party} has not learnt what came out."
    if kept is not None and kept.any is False:
        yield "Nothing in common was found."
    for end in state.ends:
        statement = getattr(end.body, "statement", "")
        if getattr(end.body, "outcome", "") == "stopped":
            yield f"{Instant(end.at)}: {end.ref.party} stopped the check.{f' It said: {statement}' if statement else ''}"


_OUT = {
    "which": "which of its activities share a cell, a time and a height with {partner}'s, and so that something of {partner}'s is there",
    "count": "how many keys both hold",
    "any": "whether anything is shared; from what it received it could also count",
}
