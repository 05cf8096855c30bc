"""Several parties' likelihoods of the same thing beside each other, with what divides them said in words and drawn."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from stafftalks.planning import likelihoods
from stafftalks.values.scale import Likelihood, ScaleName, terms_of

Verdict = Literal["one", "same", "overlap", "meet", "apart"]


class Judged(msgspec.Struct, frozen=True):
    """One party's judgement: what it is called here, whose it is, and its range in percent where it gave one."""

    label: str
    side: str
    party: str
    term: str = ""
    low: int = 0
    high: int = 0

    @property
    def given(self) -> bool:
        """Whether it gave one."""
        return bool(self.term)

    @property
    def width(self) -> int:
        """How many points the range spans."""
        return self.high - self.low


class Divergence(msgspec.Struct, frozen=True):
    """How the ranges stand to each other: `low` to `high` is what they share, or the gap between the two that lie farthest apart."""

    verdict: Verdict
    low: int
    high: int

    @property
    def points(self) -> int:
        """The width of what they share, or of the gap."""
        return self.high - self.low


class Tick(msgspec.Struct, frozen=True):
    """A border of the scale's terms, in percent."""

    at: int
    major: bool


def judged(label: str, side: str, party: str, likelihood: Likelihood | None) -> Judged:
    """One line of the chart."""
    if likelihood is None:
        return Judged(label, side, party)
    low, high = likelihood.range()
    return Judged(label, side, party, str(likelihood), low, high)


_VERDICTS: Mapping[likelihoods.Sort, Verdict] = {
    "none": "one", "one": "one", "same": "same", "overlap": "overlap", "touching": "meet", "apart": "apart",
}  # fmt: skip


def divergence(rows: Sequence[Judged]) -> Divergence:
    """What the given ranges share, or the gap between the lowest and the highest of them; `one` where fewer than two are given."""
    found = likelihoods.spread_of({str(at): (row.low, row.high) for at, row in enumerate(rows) if row.given})
    if not found.comparable:
        return Divergence("one", 0, 0)
    return Divergence(_VERDICTS[found.sort], found.low, found.high)


def ticks_of(rows: Sequence[Likelihood | None]) -> tuple[Tick, ...]:
    """0, 50 and 100, and the borders of the terms on every scale that is used."""
    scales = {row.scale for row in rows if row is not None} or {ScaleName.ICD203}
    borders = {bound for scale in scales for term in terms_of(scale) for bound in Likelihood(scale, term).range()}
    return tuple(Tick(at, at in (0, 50, 100)) for at in sorted({0, 50, 100, *borders}))
