"""Problem files of an analysis, already read to plain lists and mappings: rows of the types asked for, moments as ticks, quantities as whole numbers.

What cannot be read of a row is a sentence naming it and the field; the row is left out and the rest is read all the same. The forms of the files stand in docs/guide/analysis.md.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar

import msgspec

from stafftalks.analysis.faults import Fault
from stafftalks.analysis.times import Times
from stafftalks.values.errors import MisuseError, PeerError
from stafftalks.values.quantity import Quantity
from stafftalks.values.relative_time import Instant, Moment, RelativeTime, parse_moment, parse_window

GUIDE: Final = "docs/guide/analysis.md shows one"
Amount = int | str
_HEAD: Final = ("title", "anchor", "anchors", "tick_hours")
_HOUR: Final = 3600
_PART: Final = re.compile(r"(\d{1,9}(?:\.\d{1,6})?) *(days?|d|hours?|h)\b *")


class RowText(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A row of a problem file, as it stands there."""

    id: str
    title: str = ""


_Row = TypeVar("_Row", bound=RowText)


class UnreadError(Exception):
    """Which field of a row cannot be read, and why."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field
        self.why = why


class ProblemFile:
    """A file with these lists of rows. Raises PeerError where it is no such file at all."""

    def __init__(
        self, data: object, name: str, lists: tuple[str, ...], needed: str, more: tuple[str, ...] = ()
    ) -> None:
        if not isinstance(data, dict) or not isinstance(data.get(needed), list):
            raise PeerError(f"{name}: a mapping with a list of `{needed}` is expected; {GUIDE}.")
        known = (*_HEAD, *lists, *more)
        if strangers := [str(key)[:40] for key in data if key not in known]:
            raise PeerError(f"{name}: `{strangers[0]}` is no part of it; these are: {', '.join(known)}. {GUIDE}.")
        self.data: Mapping[str, Any] = data
        self.faults: list[Fault] = []
        self.name = name
        self.title = str(data.get("title") or name)
        hours = data.get("tick_hours", 1)
        if isinstance(hours, bool) or not isinstance(hours, int) or not 1 <= hours <= 24 or 24 % hours:
            raise PeerError(f"{name}: `tick_hours` is {hours!r}; write 1, 2, 3, 4, 6, 8, 12 or 24.")
        self.times = self._times(hours * _HOUR)

    def rows(self, field: str, shape: type[_Row]) -> Iterator[_Row]:
        """The rows of a list that can be read; of each other one a fault."""
        rows = self.data.get(field) or []
        if not isinstance(rows, list):
            self.faults.append(Fault("", field, f"`{field}` is no list; it is left out."))
            return
        for number, row in enumerate(rows, 1):
            key = str(row.get("id", "")) if isinstance(row, dict) else ""
            try:
                numbered = isinstance(row, dict) and isinstance(row.get("id"), int)
                yield msgspec.convert({**row, "id": key} if numbered else row, shape)
            except msgspec.ValidationError as error:
                why, _at, path = str(error).partition(" - at `$")
                field_name = path.strip("`.").split(".")[0].split("[")[0] or field
                at = f" (at `{path.strip('`.')}`)" if path else ""
                sentence = f"“{key or f'{field} {number}'}”: {why}{at}. It is left out."
                self.faults.append(Fault(key, field_name, sentence))

    def left_out(self, key: str, error: UnreadError) -> None:
        """Notes that a row was left out."""
        self.faults.append(Fault(key, error.field, f"“{key}”: {error.why}; it is left out."))

    def window(self, text: str | int, field: str = "window") -> tuple[int | None, int | None]:
        """Both ends of a window as ticks, both included; raises UnreadError."""
        if not isinstance(text, str):
            return text, text
        if not text.strip():
            return None, None
        ends = text.split("..")
        if len(ends) == 2 and all(not end.strip() or end.strip().lstrip("-").isdigit() for end in ends):
            low, high = (int(end) if end.strip() else None for end in ends)
            return low, high
        try:
            start, end, why = self.times.window(parse_window(text))
        except MisuseError as error:
            raise UnreadError(field, str(error).rstrip(".")) from error
        if why:
            raise UnreadError(field, why)
        return start, end

    def lasting(self, given: float | str, field: str = "duration") -> float:
        """A length in ticks: a number of them, or `3 days 12 hours`; raises UnreadError."""
        if not isinstance(given, str):
            return given
        sign, text = (-1, given.strip()[1:]) if given.strip().startswith("-") else (1, given.strip())
        parts = _PART.findall(text)
        if not parts or _PART.sub("", text):
            raise UnreadError(
                field, f"{given[:40]!r} is no length of time; write a number of ticks, 3 days, or 12 hours"
            )
        hours = sum(float(number) * (24 if unit.startswith("d") else 1) for number, unit in parts)
        return sign * hours * _HOUR / self.times.tick_s

    def tick(self, given: str | int, field: str) -> int:
        """A moment as a tick; raises UnreadError."""
        if not isinstance(given, str):
            return given
        try:
            found, why = self.times.tick(parse_moment(given))
        except MisuseError as error:
            raise UnreadError(field, str(error).rstrip(".")) from error
        if found is None:
            raise UnreadError(field, why)
        return found

    def _times(self, tick_s: int) -> Times:
        anchor, given = str(self.data.get("anchor") or ""), self.data.get("anchors") or {}
        if not isinstance(given, dict):
            raise PeerError(f"{self.name}: `anchors` must be a mapping, as {{C: 2027-05-01}}.")
        moments: dict[str, Moment] = {}
        for letter, value in given.items():
            try:
                moments[str(letter)] = parse_moment(str(value))
            except MisuseError as error:
                raise PeerError(f"{self.name}: the anchor {str(letter)[:10]}: {error}") from error
        zero = moments.get(anchor) if anchor else None
        base = zero.seconds if isinstance(zero, Instant) else 0
        dates: dict[str, Instant] = {anchor: Instant(base)} if anchor else {}
        for letter, moment in moments.items():
            if isinstance(moment, Instant):
                if anchor and not isinstance(zero, Instant):
                    raise PeerError(f"{self.name}: the anchor {letter} has a date, and {anchor} has none.")
                dates[letter] = moment
            elif isinstance(moment, RelativeTime) and moment.anchor == anchor and letter != anchor:
                dates[letter] = Instant(base + moment.hours * _HOUR)
            else:
                raise PeerError(
                    f"{self.name}: the anchor {letter} must be a date, or hang on {anchor or 'the anchor of the file'}."
                )
        if anchor:
            return FileTimes(anchor, tick_s=tick_s, zero=base, dates=dates, dated=isinstance(zero, Instant))
        return Times(tick_s=tick_s, dates=dates, dated=bool(dates))


class FileTimes(Times, frozen=True):
    """Counted from an anchor whose date is known or not; other anchors may hang on it."""

    def tick(self, moment: Moment) -> tuple[int | None, str]:
        """The tick of a moment; None with why, as the middle of a sentence."""
        if isinstance(moment, Instant) and not self.dated:
            return None, f"{moment} can be counted only where `anchors` gives the date of {self.anchor}"
        if isinstance(moment, RelativeTime) and moment.anchor not in self.dates:
            return None, f"{moment} hangs on {moment.anchor}, whose date `anchors` does not give"
        found = moment if isinstance(moment, Instant) else moment.resolve(self.dates)
        return (
            (None, f"{moment} leaves the calendar")
            if found is None
            else ((found.seconds - self.zero) // self.tick_s, "")
        )


def quantity(given: Amount | None, field: str = "quantity") -> Quantity | int | None:
    """An amount as a file gives it: a bare whole number, or a quantity with a unit; raises UnreadError."""
    if not isinstance(given, str):
        return given
    try:
        return Quantity.parse(given)
    except MisuseError as error:
        raise UnreadError(field, str(error).rstrip(".")) from error
