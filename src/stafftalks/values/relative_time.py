"""Times as planners write them: relative to an anchor (`C+3`, `D-2`, `D+1/H+6`) or absolute in UTC.

A relative time is kept as it was written and resolved only by who holds the anchor's date, so a plan can be shared
without revealing D-day. Two moments are compared only where both are absolute or both hang on the same anchor;
everything else is "cannot be told", never a guess.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta

from stafftalks.values.errors import MisuseError, WrongValueError

Anchor = Literal["C", "D", "H", "N", "M", "R", "W", "G", "E"]
ANCHORS: tuple[str, ...] = get_args(Anchor)
MOST_OFFSET = 99_999
"""Days or hours, before an anchor or after it."""
_Offset = Annotated[int, Meta(ge=-MOST_OFFSET, le=MOST_OFFSET)]

_RELATIVE = re.compile(r"([A-Za-z])(?:[- ]?(?:day|hour))?(?:([+-])(\d{1,5}))?(?:/H([+-])(\d{1,5}))?", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?(?:\.0+)?(Z|[+-]\d\d:\d\d)?)?")
_GROUP = re.compile(r"(\d\d)(\d\d)(\d\d)Z ?([A-Z]{3}) ?(\d\d)")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RELATIVE_HELP = f"write an anchor ({', '.join(ANCHORS)}) and days, as C+3, D-2 or D+1/H+6"
_INSTANT_HELP = "write a UTC time, as 2023-01-23, 2023-01-23T06:00Z or 230600ZJAN23"


class Instant(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True, tag_field="time", tag="instant"):
    """An absolute time in whole unix seconds (UTC), years 1 to 9999."""

    seconds: Annotated[int, Meta(ge=-62_135_596_800, le=253_402_300_799)]

    def __str__(self) -> str:
        """ISO 8601 UTC to the second, `2023-01-23T06:00:00Z`."""
        return (_EPOCH + timedelta(seconds=self.seconds)).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")

    @classmethod
    def parse(cls, text: str) -> "Instant":
        """The instant a person wrote: ISO 8601 (no zone means UTC; no time means 00:00) or a date-time group.

        Raises MisuseError with a sentence where it is neither, or no such day exists.
        """
        cleaned = text.strip()
        moment = _from_iso(cleaned) or _from_group(cleaned.upper())
        if moment is None:
            raise MisuseError(f"{text[:40]!r} is not a time: {_INSTANT_HELP}.")
        return cls((moment - _EPOCH) // timedelta(seconds=1))


class RelativeTime(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="time", tag="relative"):
    """Days and hours from an anchor; `H+6` alone is six hours, so anchor H carries hours only."""

    anchor: Anchor
    day_offset: _Offset = 0
    hour_offset: _Offset = 0

    def __post_init__(self) -> None:
        if self.anchor == "H" and self.day_offset:
            raise WrongValueError("H is an hour, not a day: count hours from it (H+6), or name the day (D+1/H+6).")

    @property
    def hours(self) -> int:
        """The whole offset in hours; a day counts 24."""
        return self.day_offset * 24 + self.hour_offset

    def __str__(self) -> str:
        """The one spelling of this value: `C+3`, `D-2`, `D`, `D+1/H+6`, `H+6`."""
        if self.anchor == "H":
            return f"H{_signed(self.hour_offset)}"
        hours = f"/H{self.hour_offset:+d}" if self.hour_offset else ""
        return f"{self.anchor}{_signed(self.day_offset)}{hours}"

    def __lt__(self, other: "RelativeTime") -> bool:
        """Whether this is earlier; raises MisuseError where the anchors differ."""
        self._need_same_anchor(other)
        return self.hours < other.hours

    def __le__(self, other: "RelativeTime") -> bool:
        """Whether this is no later; raises MisuseError where the anchors differ."""
        self._need_same_anchor(other)
        return self.hours <= other.hours

    def resolve(self, anchor_dates: Mapping[str, Instant]) -> Instant | None:
        """The instant meant, or None where the anchor has no date (or the result leaves the calendar)."""
        start = anchor_dates.get(self.anchor)
        if start is None:
            return None
        seconds = start.seconds + self.hours * 3600
        return Instant(seconds) if -62_135_596_800 <= seconds <= 253_402_300_799 else None

    @classmethod
    def parse(cls, text: str) -> "RelativeTime":
        """The relative time a person wrote: `C+3`, `d-2`, `C-Day+10`, `N+0`, `D+1/H+6`, bare `D`.

        Raises MisuseError with a sentence where it cannot be read.
        """
        cleaned = re.sub(r"\s*([+/−–-])\s*", r"\1", text.strip()).replace("−", "-").replace("–", "-")
        match = _RELATIVE.fullmatch(cleaned)
        if match is None or match[1].upper() not in ANCHORS:
            raise MisuseError(f"{text[:40]!r} is not a relative time: {_RELATIVE_HELP}.")
        letter, offset, hours = match[1].upper(), _number(match[2], match[3]), _number(match[4], match[5])
        if letter == "H":
            if match[4]:
                raise MisuseError(f"{text[:40]!r} names the hour twice: write H+6, or a day and an hour as D+1/H+6.")
            return cls("H", 0, offset)
        return cls(next(anchor for anchor in get_args(Anchor) if anchor == letter), offset, hours)

    def _need_same_anchor(self, other: "RelativeTime") -> None:
        if self.anchor != other.anchor:
            raise MisuseError(f"{self} and {other} hang on different anchors; which is earlier cannot be told.")


Moment = RelativeTime | Instant


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A closed stretch of time; None leaves that end open."""

    start: Moment | None = None
    end: Moment | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and (compare_moments(self.start, self.end) or 0) > 0:
            raise WrongValueError(f"The window ends before it starts: {self.start} to {self.end}. Exchange the two.")

    def __str__(self) -> str:
        """`C+3 to C+5`, `from C+3`, `until C+5` or the empty text."""
        if self.start is None:
            return "" if self.end is None else f"until {self.end}"
        return f"from {self.start}" if self.end is None else f"{self.start} to {self.end}"


def parse_moment(text: str) -> Moment:
    """The moment a person wrote, relative or absolute; raises MisuseError naming both forms."""
    cleaned = text.strip()
    if cleaned[:1].isdigit():
        return Instant.parse(cleaned)
    if cleaned[:1].upper() in ANCHORS:
        return RelativeTime.parse(cleaned)
    raise MisuseError(f"{text[:40]!r} is not a time: {_RELATIVE_HELP}; or {_INSTANT_HELP}.")


def parse_window(text: str) -> Window:
    """`C+3 to C+5`, `from C+3`, `until C+5`, or one moment (start and end alike); raises MisuseError."""
    cleaned = text.strip()
    if match := re.fullmatch(r"(.+?) to (.+)", cleaned, re.IGNORECASE):
        return Window(parse_moment(match[1].removeprefix("from ")), parse_moment(match[2]))
    if match := re.fullmatch(r"(from|until) (.+)", cleaned, re.IGNORECASE):
        moment = parse_moment(match[2])
        return Window(moment, None) if match[1].lower() == "from" else Window(None, moment)
    moment = parse_moment(cleaned)
    return Window(moment, moment)


def compare_moments(one: Moment, other: Moment) -> int | None:
    """-1, 0 or 1 as `one` is earlier than, at, or later than `other`; None where it cannot be told."""
    match one, other:
        case Instant(), Instant():
            return (one.seconds > other.seconds) - (one.seconds < other.seconds)
        case RelativeTime(), RelativeTime() if one.anchor == other.anchor:
            return (one.hours > other.hours) - (one.hours < other.hours)
        case _:
            return None


def resolve_moment(moment: Moment, anchor_dates: Mapping[str, Instant]) -> Instant | None:
    """`moment` as an instant, or None where its anchor has no date."""
    return moment if isinstance(moment, Instant) else moment.resolve(anchor_dates)


def _signed(offset: int) -> str:
    return f"{offset:+d}" if offset else ""


def _number(sign: str | None, digits: str | None) -> int:
    if digits is None:
        return 0
    return -int(digits) if sign == "-" else int(digits)


def _from_iso(text: str) -> datetime | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    try:
        local = datetime(year, month, day, hour, minute, second, tzinfo=_zone(match[7]))
        return local.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise MisuseError(f"{text!r} is not on the calendar or the clock: {_INSTANT_HELP}.") from error


def _zone(text: str | None) -> timezone:
    if text is None or text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[4:6])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _from_group(text: str) -> datetime | None:
    match = _GROUP.fullmatch(text)
    if match is None or match[4] not in _MONTHS:
        return None
    day, hour, minute, year = (int(match[index]) for index in (1, 2, 3, 5))
    try:
        # Two-digit years are those of the present century: plans look forward.
        return datetime(2000 + year, _MONTHS.index(match[4]) + 1, day, hour, minute, tzinfo=UTC)
    except ValueError as error:
        raise MisuseError(f"{text!r} is not on the calendar or the clock: {_INSTANT_HELP}.") from error
