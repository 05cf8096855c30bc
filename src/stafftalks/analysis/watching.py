"""How a long analysis tells how far it is, and asks whether it may go on.

The engine reads no clock: whoever calls gives a `Watch`, which is asked between pieces of work, and a `Clock` where a budget of seconds is to be kept.
"""

from collections.abc import Callable

import msgspec


class Progress(msgspec.Struct, frozen=True):
    """How far a run is: what is being done, the share that is done where it can be said (0 to 1), and the best value and its bound so far.

    `measured` says what value and bound count, as `lateness` or `end` (a tick); less is better. It changes within a run: values of two measures are not to be compared. `done` counts pieces, of `of` where
    that is known.
    """

    step: str
    share: float | None = None
    best: float | None = None
    bound: float | None = None
    measured: str = ""
    done: int | None = None
    of: int | None = None

    @property
    def gap(self) -> float | None:
        """How far the best so far can at most be from the best there is, as a share of it; None where no bound is known."""
        if self.best is None or self.bound is None:
            return None
        return max(self.best - self.bound, 0.0) / self.best if self.best > 0 else 0.0


Watch = Callable[[Progress], bool]
"""Told how far it is; gives False to have the run stop, with the best it has so far."""
Clock = Callable[[], float]
"""Seconds that only grow, as `time.monotonic` gives them."""


def unwatched(_progress: Progress) -> bool:
    """A watch that never stops a run."""
    return True
