"""Coverage of 100,000 elements: all of it, and after one edit."""

import random
import statistics
import time
from collections.abc import Callable, Iterator

import msgspec

from benchmarks.lines import Line, below
from stafftalks.analysis.coverage import cover
from stafftalks.analysis.coverage_kept import Kept
from stafftalks.analysis.coverage_values import Need, Offer, Scenario

COUNT = 100_000


def world(count: int, seed: int = 1) -> tuple[list[Scenario], list[Need], list[Offer]]:
    """A quarter requirements, three quarters contributions to them; a scenario has three branches."""
    rng = random.Random(seed)
    scenarios = [Scenario(f"S{number}", ("B1", "B2", "B3")) for number in range(max(1, count // 1000))]
    needs = []
    for number in range(count // 4):
        start = rng.randrange(300)
        branches = () if rng.random() < 0.6 else (rng.choice(("B1", "B2", "B3")),)
        scenario = rng.choice(scenarios).id
        needs.append(Need(f"N{number}", scenario, branches, rng.randint(1, 30), "t", start, start + rng.randint(5, 60)))
    offers = []
    for number in range(count - len(needs)):
        need = rng.choice(needs)
        start = (need.start or 0) + rng.randint(-10, 20)
        offers.append(
            Offer(
                f"O{number}",
                need.id,
                rng.choice(("ALFA", "BRAVO")),
                rng.choice(("one", "two")),
                (),
                rng.randint(1, 15),
                "t",
                start,
                start + rng.randint(5, 60),
                rng.random() < 0.5,
                f"F{rng.randrange(count // 10)}",
                (f"airfield {rng.randrange(60)}",),
            )
        )
    return scenarios, needs, offers


def lines(*, quick: bool, tell: Callable[[str], None]) -> Iterator[Line]:
    count = COUNT
    tell(f"coverage of {count:,} elements")
    scenarios, needs, offers = world(count)
    spent, alone = [], []
    for _ in range(1 if quick else 3):
        before = time.process_time()
        found = cover(scenarios, needs, offers)
        counts = found.counts()
        spent.append(time.process_time() - before)
        before = time.process_time()
        block = next(iter(found.held.blocks.values()))
        things = len(block.dependent[0].stretch)
        alone.append(time.process_time() - before)
    found = cover(scenarios, needs, offers)
    rows = sum(counts.values())
    yield below(f"coverage of {count:,} elements: {rows:,} rows, {counts['gap']:,} gaps", min(spent), "CPU s", 1)
    yield Line(f"what each row hangs on alone: {things:,} stretches and things", min(alone), "CPU s")
    rng = random.Random(2)
    edits = []
    for _ in range(20):
        offer = msgspec.structs.replace(rng.choice(offers), quantity=rng.randint(1, 20))
        before = time.process_time()
        found = found.edit(offers=[offer])
        found.counts()
        found.of(offer.need)
        edits.append((time.process_time() - before) * 1000)
    yield below("after one edit, with its rows, median", statistics.median(edits), "CPU ms", 50)
    kept = Kept()
    kept.cover("all", scenarios, needs, offers)
    spent = []
    for _ in range(5):
        place = rng.randrange(len(offers))
        offers = [
            *offers[:place],
            msgspec.structs.replace(offers[place], quantity=rng.randint(1, 20)),
            *offers[place + 1 :],
        ]
        before = time.process_time()
        kept.cover("all", scenarios, needs, offers).counts()
        spent.append((time.process_time() - before) * 1000)
    yield Line("all of it given again with one edit, median", statistics.median(spent), "CPU ms")
    before = time.process_time()
    changes = found.without(("through", "airfield 7"))
    yield Line(
        f"what opens without one airfield: {len(changes):,} rows", (time.process_time() - before) * 1000, "CPU ms"
    )
