"""How a long analysis tells how far it is, and asks whether it may go on.

The engine reads no clock: whoever calls gives a `Watch`, which is asked between pieces of work, and a `Clock` where a budget of seconds is to be kept.
"""

from collections.abc import Callable

import msgspec


class Progress(msgspec.Struct, frozen=True):
    """How far a run is: what is being done, the share that is done where it can be said (0 to 1), and the best value and its bound so far."""

    step: str
    share: float | None = None
    best: float | None = None
    bound: float | None = None


Watch = Callable[[Progress], bool]
"""Told how far it is; gives False to have the run stop, with the best it has so far."""
Clock = Callable[[], float]
"""Seconds that only grow, as `time.monotonic` gives them."""


def unwatched(_progress: Progress) -> bool:
    """A watch that never stops a run."""
    return True
