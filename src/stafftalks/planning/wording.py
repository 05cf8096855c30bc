"""Values as words: what a field holds, what a row is called, how one value differs from another."""

from typing import Final

from stafftalks.planning.fields import FieldSpec
from stafftalks.values.quantity import Count, Quantity
from stafftalks.values.relative_time import Instant, Moment, RelativeTime
from stafftalks.values.scale import Likelihood

_NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
_QUOTED: Final = 120


def text_of(value: object) -> str:
    """One value as the text that its form input holds; several are one a line."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else ""
        case tuple():
            return "\n".join(text_of(item) for item in value)
        case _:
            return str(value)


def row_name(field: FieldSpec, row: object) -> str:
    """What a row is called: its first field, which tells the rows of its table apart."""
    return text_of(getattr(row, field.fields[0].name))


def join_labels(outer: str, label: str) -> str:
    """`label` inside `outer`, as in `Readiness, notice to move`."""
    if not outer:
        return label
    # A word in capitals or a numbered heading keeps its first letter.
    lowered = label if label[1:2].isupper() or label[:1].isdigit() else label[:1].lower() + label[1:]
    return f"{outer}, {lowered}"


def shortened(text: str) -> str:
    """`text` on one line, cut where a sentence could not hold it."""
    line = " ".join(text.split())
    return line if len(line) <= _QUOTED else f"{line[: _QUOTED - 1]}…"


def change_in_words(widget: str, old: object, new: object) -> str:
    """The rest of a sentence that starts with the field's label, as `rose from 4 to 6.`; both values are given."""
    match old, new:
        case (RelativeTime() | Instant(), RelativeTime() | Instant()):
            return _moved(old, new)
        case (Likelihood(), Likelihood()) if old.scale == new.scale:
            return _rose(old.range(), new.range(), old, new)
        case (Quantity(), Quantity()) if old.unit == new.unit:
            return _rose(old.scaled * 10**new.decimals, new.scaled * 10**old.decimals, old, new)
        case (Count(), Count()):
            return _rose(old.stated, new.stated, old, new)
        case (int(), int()) if widget in ("integer", "floor", "ceiling"):
            return _rose(old, new, old, new)
        case _ if widget in ("text", "longtext"):
            return f"changed from “{shortened(str(old))}” to “{shortened(str(new))}”."
        case _:
            return f"changed from {shortened(text_of(old))} to {shortened(text_of(new))}."


def duration(seconds: int) -> str:
    """A stretch of time in its largest whole unit: `two days`, `36 hours`; seconds not negative."""
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    count = seconds // size
    return f"{number(count)} {unit}{'' if count == 1 else 's'}"


def number(count: int) -> str:
    """A whole number, in words up to ten."""
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else f"{count:,}"


def _moved(old: Moment, new: Moment) -> str:
    match old, new:
        case (RelativeTime(), RelativeTime()) if old.anchor == new.anchor:
            shift = (new.hours - old.hours) * 3_600
        case (Instant(), Instant()):
            shift = new.seconds - old.seconds
        case _:
            return f"changed from {old} to {new}."
    if shift == 0:
        return f"is written otherwise, for the same time: {old} to {new}."
    return f"moved {duration(abs(shift))} {'later' if shift > 0 else 'earlier'}: {old} to {new}."


def _rose(low: int | tuple[int, int], high: int | tuple[int, int], old: object, new: object) -> str:
    match low, high:
        case (int(), int()):
            verb = _verb(high - low)
        case ((int() as before, _), (int() as after, _)):
            verb = _verb(after - before)
        case _:
            verb = _verb(0)
    return f"{verb} from {old} to {new}."


def _verb(change: int) -> str:
    return "rose" if change > 0 else "fell" if change < 0 else "changed"
