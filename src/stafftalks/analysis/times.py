"""How the ticks of an answer are said, and how moments become ticks: by dates, or counted from the anchor that most hang on where its date is not known."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from stafftalks.values.errors import MisuseError
from stafftalks.values.relative_time import Instant, Moment, RelativeTime, Window, resolve_moment

_HOUR: Final = 3600


class Times(msgspec.Struct, frozen=True):
    """Ticks of `tick_s` seconds, from tick 0 at `zero` (unix seconds) where `dated`, else at `anchor`; without either they are bare numbers, or time `since_start`. With a `shift`, tick 0 stands so many ticks later."""

    anchor: str = ""
    dated: bool = False
    tick_s: int = 1
    zero: int = 0
    shift: int = 0
    dates: Mapping[str, Instant] = {}
    since_start: bool = False

    def tick(self, moment: Moment) -> tuple[int | None, str]:
        """The tick of a moment; None with why, as the middle of a sentence."""
        if self.anchor and isinstance(moment, RelativeTime) and moment.anchor == self.anchor:
            seconds: int | None = moment.hours * _HOUR
        else:
            found = None if self.anchor else resolve_moment(moment, self.dates)
            seconds = None if found is None else found.seconds - self.zero
        if seconds is not None:
            return seconds // self.tick_s - self.shift, ""
        if isinstance(moment, RelativeTime):
            if str(moment) == moment.anchor:
                return None, f"the date of {moment.anchor} is not known here"
            return None, f"{moment} hangs on {moment.anchor}, whose date is not known here"
        return None, f"{moment} cannot be counted from {self.anchor or 'here'}, whose date is not known here"

    def window(self, window: Window) -> tuple[int | None, int | None, str]:
        """The ticks of both ends, None where open, and what stands against them."""
        start, why = (None, "") if window.start is None else self.tick(window.start)
        end, reason = (None, "") if window.end is None else self.tick(window.end)
        if why or reason:
            return None, None, why or reason
        if start is not None and end is not None and end < start:
            return None, None, f"it ends before it starts: {window}"
        return start, end, ""

    def said(self, tick: int | None, *, last: bool = False) -> str:
        """A tick as people write it; with `last` it is the last one included, said as the next where that is rounder. Empty where open."""
        if tick is None:
            return ""
        seconds = (tick + self.shift) * self.tick_s
        if last and self.tick_s == 1 and (seconds + self.zero) % 60 == 59:
            seconds += 1
        if self.anchor:
            day, rest = divmod(seconds, 24 * _HOUR)
            hour, left = divmod(rest, _HOUR)
            minutes = f":{left // 60:02d}" if left else ""
            return f"{self.anchor}{f'{day:+d}' if day else ''}{f'/H+{hour}{minutes}' if hour or left else ''}"
        if not self.dated:
            return _since_start(seconds) if self.since_start else f"{tick:,}"
        try:
            return str(Instant(seconds + self.zero)).replace("T", " ").removesuffix(":00Z")
        except (MisuseError, OverflowError):
            return str(tick)


def times_of(moments: Iterable[Moment], dates: Mapping[str, Instant], *, tick_s: int = 1, zero: int = 0) -> Times:
    """By dates, unless more moments hang on one anchor whose date is not known than have a date: then they are counted from it, and no date is needed.

    What cannot be counted so is for the caller to name and leave out (`Times.tick` says why). Without any moment, ticks count from the start.
    """
    anchors = Counter(moment.anchor if isinstance(moment, RelativeTime) else "" for moment in moments)
    dated = sum(count for anchor, count in anchors.items() if not anchor or anchor in dates)
    hanging = {anchor: count for anchor, count in anchors.items() if anchor and anchor not in dates}
    if hanging:
        anchor = min(hanging, key=lambda each: (-hanging[each], each))
        if hanging[anchor] > dated:
            return Times(anchor, tick_s=tick_s)
    return Times(dated=dated > 0, tick_s=tick_s, zero=zero, dates=dates, since_start=not dated)


def _since_start(seconds: int) -> str:
    sign, (hours, rest) = "-" if seconds < 0 else "+", divmod(abs(seconds), _HOUR)
    days, hour = divmod(hours, 24)
    minutes = f":{rest // 60:02d}" if rest else ""
    parts = [f"{days} d"] * bool(days) + [f"{hour}{minutes} h"] * bool(hour or minutes or not days)
    return f"start {sign}{' '.join(parts)}"
