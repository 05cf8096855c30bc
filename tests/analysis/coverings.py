"""Requirements and contributions made by chance, and coverage reckoned tick by tick."""

import random

from stafftalks.analysis.coverage_values import Alone, Need, Offer, Row, Scenario, Stretch, things

LAST = 24
"""Ticks run from 0 to here; open windows reach one beyond on either side."""


def world(seed: int, *, needs: int = 6, offers: int = 18) -> tuple[list[Scenario], list[Need], list[Offer]]:
    rng = random.Random(seed)
    scenarios = [Scenario("flood", ("B1", "B2", "B3")), Scenario("drought")]

    def window() -> tuple[int | None, int | None]:
        low = rng.choice((None, rng.randint(0, 18)))
        high = rng.choice((None, rng.randint(low or 0, LAST)))
        return low, high

    asked = []
    for number in range(needs):
        scenario = rng.choice(("flood", "flood", "drought", ""))
        branches = tuple(rng.sample(("B1", "B2", "B3"), 2)) if scenario == "flood" and rng.random() < 0.4 else ()
        asked.append(Need(f"N{number}", scenario, branches, rng.choice((None, 2, 5, 9)), "t", *window()))
    given = [
        Offer(
            f"O{number}",
            rng.choice(asked).id,
            rng.choice(("ALFA", "BRAVO")),
            rng.choice(("one", "two", "")),
            rng.choice(((), (), ("B1",), ("B2", "B3"))),
            rng.choice((None, 1, 2, 4)),
            "t",
            *window(),
            rng.random() < 0.5,
            rng.choice(("", "F1", "F2", "F3")),
            rng.choice(((), ("Oban airfield",), ("Oban airfield", "Leith port"))),
            rng.random() < 0.2,
        )
        for number in range(offers)
    ]
    return scenarios, asked, given


def slow(scenarios: list[Scenario], needs: list[Need], offers: list[Offer]) -> list[Row]:
    """Every row, by asking at each tick who is there; equal neighbours are one stretch."""
    branches = {scenario.id: scenario.branches for scenario in scenarios}
    rows = []
    for need in needs:
        own = branches.get(need.scenario, ()) or ("",)
        for branch in own:
            if not need.branches or branch in need.branches:
                rows.append(_row(need, branch, [offer for offer in offers if offer.need == need.id]))
    return rows


def _row(need: Need, branch: str, offers: list[Offer]) -> Row:
    counted = [offer for offer in offers if not offer.branches or branch in offer.branches]
    low, high = -1 if need.start is None else need.start, LAST + 1 if need.end is None else need.end
    parts: list[tuple[int, int, tuple]] = []
    for tick in range(low, high + 1):
        there = [
            one for one in counted if (one.start is None or one.start <= tick) and (one.end is None or tick <= one.end)
        ]
        told = _told(need, there)
        if parts and parts[-1][2] == told:
            parts[-1] = (parts[-1][0], tick, told)
        else:
            parts.append((tick, tick, told))
    stretches, alone = [], []
    for start, end, (offered, firm, state, by, left) in parts:
        ticks = (None if start < 0 else start, None if end > LAST else end)
        missing = None if need.quantity is None else max(0, need.quantity - offered)
        stretches.append(Stretch(*ticks, offered, firm, missing, state, by))
        alone += [Alone(*thing, *ticks, rest) for thing, rest in left]
    order = ("gap", "partial", "unmeasured", "filled", "over-offered")
    state = min((part.state for part in stretches), key=order.index)
    return Row(need.scenario, branch, need.id, need.quantity, state, tuple(stretches), tuple(alone))


def _told(need: Need, there: list[Offer]) -> tuple:
    offered, firm = _sum(there), _sum([one for one in there if one.firm])
    left = []
    if need.quantity is None:
        state = "unmeasured" if there else "gap"
    elif offered > need.quantity:
        state = "over-offered"
    elif offered == need.quantity:
        state = "filled"
    elif offered:
        state = "partial"
    else:
        state = "unmeasured" if there else "gap"
    if need.quantity and offered >= need.quantity:
        for thing in sorted({thing for one in there for thing in things(one)}):
            rest = _sum([one for one in there if thing not in things(one)])
            if rest < need.quantity:
                left.append((thing, rest))
    return offered, firm, state, tuple(one.id for one in there), left


def _sum(offers: list[Offer]) -> int:
    best: dict[str, int] = {}
    for party in {one.party for one in offers}:
        for option in {one.option for one in offers}:
            amount = sum(one.quantity or 0 for one in offers if (one.party, one.option) == (party, option))
            best[party] = max(best.get(party, 0), amount)
    return sum(best.values())
