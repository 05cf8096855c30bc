"""The last answers about coverage, kept so that the next is made of the one before by what has changed: the same answer as a new one, in the same order, sooner.

An answer follows from what is given and nothing else, so that it does not matter who asked for it before; one that counts private contributions is never gone on from by one that does
not, nor the other way round. No more than `most` are kept, the one asked for longest ago goes first.
"""

from collections.abc import Hashable, Sequence
from typing import Final

from stafftalks.analysis.coverage import Coverage, again, cover
from stafftalks.analysis.coverage_values import Need, Offer, Scenario

MOST: Final = 8


class Kept:
    """Answers by what they are about; any number of threads may ask."""

    def __init__(self, most: int = MOST) -> None:
        """Nothing kept yet."""
        self._most = most
        self.held: dict[tuple[Hashable, bool], Coverage] = {}

    def cover(
        self,
        about: Hashable,
        scenarios: Sequence[Scenario],
        needs: Sequence[Need],
        offers: Sequence[Offer],
        *,
        private: bool = False,
    ) -> Coverage:
        """What `cover` gives; of what was given the last time for the same `about`, only what is different is reckoned."""
        key = about, private
        before = self.held.get(key)
        if before is None:
            found = cover(scenarios, needs, offers, private=private)
        else:
            found = again(before, scenarios, needs, offers)
        # Each step is one of Python's own, which no other thread comes between; what is lost by two at once is only time.
        self.held.pop(key, None)
        self.held[key] = found
        for old in list(self.held)[: -self._most]:
            self.held.pop(old, None)
        return found
