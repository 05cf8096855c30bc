"""A problem as people write it in a YAML or JSON file, already read to plain lists and mappings: ids, titles, `C+3`, `3 days`, `window: C+3 to C+9`.

What cannot be read of one element is a sentence naming it and the field; the element is left out and the rest is read all the same. The form of the file stands in
docs/guide/schedules.md.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar

from stafftalks.analysis.faults import Fault
from stafftalks.analysis.schedule import Activity, Arc, Change, Mode, Phase, Problem, Resource, Span, Ticks, Use
from stafftalks.values.errors import MisuseError, PeerError
from stafftalks.values.relative_time import Instant, Moment, RelativeTime, Window, parse_moment, parse_window

_PART: Final = re.compile(r"(\d{1,9}) *(days?|d|hours?|h)\b *")
_KEYS: Final = {
    "resource": ("id", "title", "unit", "capacity", "changes", "stock", "assumption"),
    "activity": ("id", "title", "duration", "uses", "modes", "window", "windows", "after", "assumption"),
    "mode": ("name", "duration", "uses"),
    "phase": ("id", "title", "activities", "due", "weight", "must"),
    "change": ("at", "capacity"),
    "arc": ("activity", "lag", "assumption"),
}
_Row = TypeVar("_Row")


def problem_of(data: object, name: str) -> tuple[Problem, tuple[Fault, ...]]:
    """The problem, and what of the file could not be read. Raises PeerError where it is no such file at all."""
    if not isinstance(data, dict) or not isinstance(data.get("activities"), list):
        raise PeerError(
            f"{name}: a mapping with a list of `activities` is expected; docs/guide/schedules.md shows one."
        )
    reading = _Reading(data, name)
    return reading.problem(), tuple(reading.faults)


class _UnreadError(Exception):
    """Which field cannot be read, and why."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field
        self.why = why


class _Reading:
    def __init__(self, data: Mapping[str, Any], name: str) -> None:
        self.faults: list[Fault] = []
        self._data = data
        self._name = name
        self._arcs: list[Arc] = []
        hours = data.get("tick_hours", 24)
        if isinstance(hours, bool) or not isinstance(hours, int) or not 1 <= hours <= 24 or 24 % hours:
            raise PeerError(f"{name}: `tick_hours` is {hours!r}; write 1, 2, 3, 4, 6, 8, 12 or 24.")
        self._hours = hours
        self._ticks = Ticks(str(data.get("anchor") or ""), 24 // hours)
        self._zeros = self._read_anchors(data.get("anchors"))

    def problem(self) -> Problem:
        try:
            start = self._tick("start", self._data.get("start", 0))
        except _UnreadError as error:
            raise PeerError(f"{self._name}: `start` {error.why}.") from error
        resources = tuple(self._each("resources", "resource", self._resource))
        activities = tuple(self._each("activities", "activity", self._activity))
        return Problem(
            activities=activities,
            arcs=tuple(self._arcs),
            resources=resources,
            phases=tuple(self._each("phases", "phase", self._phase)),
            title=str(self._data.get("title") or self._name),
            start=start,
            ticks=self._ticks,
        )

    def _each(self, field: str, kind: str, read: Callable[[str, Mapping[str, Any]], _Row]) -> Iterator[_Row]:
        """The rows of a list that can be read; of each other one a fault."""
        rows = self._data.get(field, [])
        if not isinstance(rows, list):
            self.faults.append(Fault("", field, f"`{field}` is no list; it is left out."))
            return
        for number, row in enumerate(rows, 1):
            name = str(row.get("title") or row.get("id") or number) if isinstance(row, dict) else str(number)
            key = str(row.get("id", "")) if isinstance(row, dict) else ""
            try:
                yield read(key, self._mapping(field, row, kind, ids=True))
            except _UnreadError as error:
                said = f"“{name[:80]}”: {error.why}. It is left out."
                self.faults.append(Fault(key, error.field, said))

    def _mapping(self, field: str, row: object, kind: str, *, ids: bool = False) -> Mapping[str, Any]:
        if not isinstance(row, dict):
            raise _UnreadError(field, f"a mapping is expected in `{field}`")
        if strangers := [str(key)[:40] for key in row if key not in _KEYS[kind]]:
            raise _UnreadError(strangers[0], f"`{strangers[0]}` is no field of it; these are: {', '.join(_KEYS[kind])}")
        if ids and not isinstance(row.get("id"), (str, int)):
            raise _UnreadError("id", "it has no `id`")
        return row

    def _resource(self, key: str, row: Mapping[str, Any]) -> Resource:
        changes = [self._mapping("changes", each, "change") for each in self._list("changes", row)]
        return Resource(
            id=key,
            title=str(row.get("title") or ""),
            unit=str(row.get("unit") or ""),
            capacity=self._whole("capacity", row.get("capacity")),
            changes=tuple(
                Change(self._tick("changes", each.get("at")), self._whole("changes", each.get("capacity")))
                for each in changes
            ),
            renewable=not self._truth("stock", row),
            assumption=str(row.get("assumption") or ""),
        )

    def _activity(self, key: str, row: Mapping[str, Any]) -> Activity:
        if "modes" in row:
            modes = tuple(self._mode(self._mapping("modes", each, "mode")) for each in self._list("modes", row))
        elif "duration" in row:
            modes = (self._mode(row),)
        else:
            raise _UnreadError("duration", "it has neither `duration` nor `modes`")
        windows = [row["window"]] if "window" in row else self._list("windows", row)
        made = Activity(
            id=key,
            title=str(row.get("title") or ""),
            modes=modes,
            spans=tuple(self._span(each) for each in windows),
            assumption=str(row.get("assumption") or ""),
        )
        self._arcs += [self._arc(key, each) for each in self._list("after", row)]
        return made

    def _mode(self, row: Mapping[str, Any]) -> Mode:
        uses = row.get("uses") or {}
        if not isinstance(uses, dict):
            raise _UnreadError("uses", "`uses` must be a mapping from resources to amounts")
        return Mode(
            str(row.get("name") or ""),
            self._lasting("duration", row.get("duration")),
            tuple(Use(str(resource), self._whole("uses", amount)) for resource, amount in uses.items()),
        )

    def _arc(self, after: str, row: object) -> Arc:
        if isinstance(row, (str, int)) and not isinstance(row, bool):
            return Arc(str(row), after)
        arc = self._mapping("after", row, "arc")
        return Arc(
            str(arc.get("activity")), after, self._lasting("after", arc.get("lag", 0)), str(arc.get("assumption") or "")
        )

    def _phase(self, key: str, row: Mapping[str, Any]) -> Phase:
        return Phase(
            id=key,
            title=str(row.get("title") or ""),
            activities=tuple(str(each) for each in self._list("activities", row)),
            due=self._tick("due", row.get("due")),
            weight=self._whole("weight", row.get("weight", 1)),
            hard=self._truth("must", row),
        )

    def _span(self, value: object) -> Span:
        try:
            window = parse_window(value) if isinstance(value, str) else Window()
        except MisuseError as error:
            raise _UnreadError("window", str(error).rstrip(".")) from error
        if window.start is None and window.end is None:
            raise _UnreadError("window", f"{str(value)[:40]!r} is no window; write C+3 to C+9, from C+3 or until C+9")
        return Span(
            None if window.start is None else self._tick("window", window.start),
            None if window.end is None else self._tick("window", window.end),
        )

    def _tick(self, field: str, value: object) -> int:
        """A moment in ticks: a whole number as it is, or a time hung on an anchor."""
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str):
            try:
                value = parse_moment(value)
            except MisuseError as error:
                raise _UnreadError(field, str(error).rstrip(".")) from error
        if not isinstance(value, (RelativeTime, Instant)):
            raise _UnreadError(field, f"{str(value)[:40]!r} is no time; write a tick, or C+3")
        seconds = self._seconds(field, value)
        if seconds % (self._hours * 3600):
            raise _UnreadError(
                field, f"{value} falls between two ticks of {self._hours} hours; choose smaller `tick_hours`"
            )
        return seconds // (self._hours * 3600)

    def _seconds(self, field: str, moment: Moment) -> int:
        """Seconds since the file's anchor."""
        if isinstance(moment, Instant):
            zero = self._zeros.get(self._ticks.anchor)
            if isinstance(zero, Instant):
                return moment.seconds - zero.seconds
            raise _UnreadError(
                field,
                f"{moment} can be counted only where `anchors` gives the date of {self._ticks.anchor or 'an anchor'}",
            )
        if moment.anchor == self._ticks.anchor:
            return moment.hours * 3600
        zero = self._zeros.get(moment.anchor)
        if zero is None:
            raise _UnreadError(field, f"{moment} hangs on an anchor whose date `anchors` does not give")
        return self._seconds(field, zero) + moment.hours * 3600

    def _read_anchors(self, given: object) -> dict[str, Moment]:
        if given is None:
            return {}
        found: dict[str, Moment] = {}
        for anchor, value in given.items() if isinstance(given, dict) else ():
            try:
                moment = parse_moment(str(value))
            except MisuseError as error:
                raise PeerError(f"{self._name}: the anchor {str(anchor)[:10]}: {error}") from error
            if isinstance(moment, RelativeTime) and moment.anchor != self._ticks.anchor:
                raise PeerError(
                    f"{self._name}: the anchor {str(anchor)[:10]} must be a date, or hang on {self._ticks.anchor or 'the anchor of the file'}."
                )
            found[str(anchor)] = moment
        return found

    def _lasting(self, field: str, value: object) -> int:
        """A time in ticks: a whole number, or `3 days 12 hours`."""
        if isinstance(value, str):
            sign, text = (-1, value.strip()[1:]) if value.strip().startswith("-") else (1, value.strip())
            parts = _PART.findall(text)
            if parts and _PART.sub("", text) == "":
                hours = sum(int(number) * (24 if unit.startswith("d") else 1) for number, unit in parts)
                if hours % self._hours:
                    raise _UnreadError(
                        field,
                        f"{value[:40]} is no whole number of ticks of {self._hours} hours; choose smaller `tick_hours`",
                    )
                return sign * hours // self._hours
        return self._whole(field, value, "; or write 3 days, or 12 hours")

    def _whole(self, field: str, value: object, more: str = "") -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            shown = "nothing" if value is None else repr(value)[:40]
            raise _UnreadError(field, f"`{field}` is {shown}; a whole number is expected{more}")
        return value

    def _list(self, field: str, row: Mapping[str, Any]) -> list[Any]:
        rows = row.get(field) or []
        if not isinstance(rows, list):
            raise _UnreadError(field, f"`{field}` must be a list")
        return rows

    def _truth(self, field: str, row: Mapping[str, Any]) -> bool:
        value = row.get(field, False)
        if not isinstance(value, bool):
            raise _UnreadError(field, f"`{field}` is {repr(value)[:40]}; write true or false")
        return value
