"""Requirements and contributions as given, and what an answer about them says: plain values."""

from typing import Final, Literal

import msgspec

State = Literal["gap", "partial", "filled", "over-offered", "unmeasured"]
MOST: Final = 10**11
"""Beyond, ticks and sums could not be kept exactly."""
STATES: Final[tuple[State, ...]] = ("gap", "partial", "filled", "over-offered", "unmeasured")
WORST: Final = (0, 1, 4, 2, 3)
"""From the worst state to the best: what is not measured is told before what is filled."""


class Scenario(msgspec.Struct, frozen=True):
    """A scenario and the ids of its branches; without any it is one way."""

    id: str
    branches: tuple[str, ...] = ()


class Need(msgspec.Struct, frozen=True):
    """A requirement: how much in its unit (None: not said), from tick to tick (both included, None open), in which branches of its scenario (none named: all)."""

    id: str
    scenario: str = ""
    branches: tuple[str, ...] = ()
    quantity: int | None = None
    unit: str = ""
    start: int | None = None
    end: int | None = None


class Offer(msgspec.Struct, frozen=True):
    """A contribution: what a party would bring to a requirement, in which option and its branches. `through` are what it hangs on beside its force and party: airfields, ports, lift."""

    id: str
    need: str
    party: str
    option: str = ""
    branches: tuple[str, ...] = ()
    quantity: int | None = None
    unit: str = ""
    start: int | None = None
    end: int | None = None
    firm: bool = False
    force: str = ""
    through: tuple[str, ...] = ()
    private: bool = False


class Stretch(msgspec.Struct, frozen=True):
    """Part of a requirement's window in which nothing changes; ticks are both included, None open. `by` are the contributions that count in it."""

    start: int | None
    end: int | None
    offered: int
    firm: int
    missing: int | None
    state: State
    by: tuple[str, ...]


class Alone(msgspec.Struct, frozen=True):
    """One thing on which it hangs alone that a requirement is filled: what it is, from when to when, and what would be left."""

    sort: Literal["force", "party", "through"]
    name: str
    start: int | None
    end: int | None
    left: int


class Row(msgspec.Struct, frozen=True):
    """A requirement in a branch; `state` is its worst stretch's."""

    scenario: str
    branch: str
    need: str
    needed: int | None
    state: State
    stretches: tuple[Stretch, ...]
    alone: tuple[Alone, ...]


class Change(msgspec.Struct, frozen=True):
    """What becomes of a row: over the ticks at which anything changes, `start` to `end` (None is open), the worst state and the most that is missing, before and after."""

    scenario: str
    branch: str
    need: str
    before: State
    after: State
    missing_before: int | None
    missing_after: int | None
    start: int | None = None
    end: int | None = None


Sort = Literal["force", "party", "through"]
Thing = tuple[Sort, str]


def things(offer: Offer) -> tuple[Thing, ...]:
    """Everything that a contribution hangs on."""
    own: tuple[Thing, ...] = (("party", offer.party),)
    if offer.force:
        own = (("force", offer.force), *own)
    return (*own, *(("through", name) for name in offer.through)) if offer.through else own


def wrong(start: int | None, end: int | None, quantity: int | None) -> str:
    """Why a window and a quantity have no meaning, as the middle of a sentence; empty where they have."""
    if start is not None and end is not None and end < start:
        return f"it ends at {end}, before it starts at {start}"
    for tick in (start, end):
        if tick is not None and abs(tick) >= MOST:
            return f"tick {tick} is too far away"
    if quantity is not None and not 0 <= quantity <= MOST:
        return f"{quantity} is not a quantity from 0 to {MOST:,}"
    return ""
