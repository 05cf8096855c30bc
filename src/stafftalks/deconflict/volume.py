"""A volume: what one activity takes up in place, height and time, and what it claims meanwhile. And what keeps an activity from having one.

An activity that states no footprint, or only a name, is nowhere and is not compared in place; one without a window is at no time. Each is a `Fault`, beside
what is left: claims are still compared. An open end of a window or band reaches on for ever; no band at all is every height.
"""

from collections.abc import Mapping

import msgspec

from stafftalks.planning.forces import Activity
from stafftalks.values.errors import WrongValueError
from stafftalks.values.place import Place
from stafftalks.values.quantity import Quantity
from stafftalks.values.relative_time import Instant, Moment, RelativeTime, resolve_moment


class Claim(msgspec.Struct, frozen=True):
    """So much of a resource, for as long as the activity lasts. Names are compared without regard to case and spaces."""

    resource: str
    quantity: Quantity


class Volume(msgspec.Struct, frozen=True, kw_only=True):
    """What an activity takes up. `activity` is its name for programs, `title` for people.

    Metres above mean sea level; unix seconds, UTC. Bounds belong to it; None leaves one open. Without a place only its claims are compared.
    """

    activity: str
    title: str
    place: Place | None = None
    low_m: int | None = None
    high_m: int | None = None
    start: int | None = None
    end: int | None = None
    claims: tuple[Claim, ...] = ()

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.start > self.end:
            window = f"{Instant(self.start)} to {Instant(self.end)}"
            raise WrongValueError(f"“{self.title}”: the window ends before it starts, {window}. Exchange the two.")
        if self.low_m is not None and self.high_m is not None and self.low_m > self.high_m:
            band = f"{self.low_m} m to {self.high_m} m"
            raise WrongValueError(f"“{self.title}”: the altitude band is upside down, {band}. Exchange the two.")


class Fault(msgspec.Struct, frozen=True, order=True):
    """Why a field of an activity could not be compared, and so was left out of the answer."""

    activity: str
    field: str
    sentence: str


def volume_of(name: str, activity: Activity, dates: Mapping[str, Instant]) -> tuple[Volume | None, tuple[Fault, ...]]:
    """The volume of an activity where the anchors have these dates, and what of it cannot be compared. None where nothing can."""
    title, window = activity.title, activity.window
    if window.start is None and window.end is None:
        return None, (Fault(name, "window", f"“{title}”: no window is given; say from when to when."),)
    start, start_fault = _resolved(window.start, dates)
    end, end_fault = _resolved(window.end, dates)
    if fault := start_fault or end_fault:
        return None, (Fault(name, "window", f"“{title}”: the window {fault}."),)
    faults: tuple[Fault, ...] = ()
    if activity.footprint is None:
        faults = (Fault(name, "footprint", f"“{title}”: no footprint is given; say where."),)
    band = activity.altitude
    claims = tuple(Claim(row.name, row.quantity) for row in activity.resources)
    try:
        found = Volume(
            activity=name,
            title=title,
            place=activity.footprint,
            low_m=band.low_m,
            high_m=band.high_m,
            start=start,
            end=end,
            claims=claims,
        )
    except WrongValueError as error:  # the two ends hang on different anchors, whose dates stand the other way round
        return None, (Fault(name, "window", str(error)),)
    return found, faults


def _resolved(moment: Moment | None, dates: Mapping[str, Instant]) -> tuple[int | None, str]:
    """Unix seconds, and what stands against them, behind "The window"."""
    if moment is None:
        return None, ""
    found = resolve_moment(moment, dates)
    if found is not None:
        return found.seconds, ""
    if isinstance(moment, RelativeTime) and moment.anchor not in dates:
        return None, f"hangs on {moment.anchor}, whose date is not known here"
    return None, f"leaves the calendar at {moment}"
