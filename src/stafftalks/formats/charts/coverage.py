"""The coverage heat map: one line for each requirement in a branch, and along it in time how far it is met."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from stafftalks.formats.charts import look
from stafftalks.formats.charts.chart import Axis, Chart, Say, Spec, inline, names, whole

_MARKS: Final[Mapping[str, tuple[str, str, str]]] = {
    "gap": ("×", look.ALARM_WASH, look.ALARM),
    "partial": ("½", look.OURS_WASH, look.OURS),
    "unmeasured": ("?", look.SHEET, look.INK_SOFT),
    "filled": ("=", look.AGREED_WASH, look.AGREED),
    "over-offered": ("+", look.RELEASED_WASH, look.RELEASED),
}
"""By state, worst first: the mark that tells it without any colour, the ground and the edge."""


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a requirement in a branch, from tick to tick (both included, None open), in one state. `told` is all of it in words; `cells` what the table says."""

    key: str
    line: str
    start: int | None
    end: int | None
    state: str
    told: str
    cells: tuple[str, ...]


def heat(cells: Sequence[Cell], axis: Axis, columns: Sequence[str], *, say: Say = str) -> Chart:
    """The heat map of stretches, line by line in their order; `columns` are the headings of what each says in the table."""
    lines = list(dict.fromkeys((cell.key, cell.line) for cell in cells))
    first, last = _ends(cells)
    place = {line: at for at, line in enumerate(lines)}
    rows = [_row(cell, place[cell.key, cell.line], axis, first, last, say) for cell in cells]
    params, down = names([line for _key, line in lines])
    along = axis.along("from", say, domain=(first, last))
    if all(cell.start is None and cell.end is None for cell in cells):
        # All of it always holds: there is no time to be read.
        along["axis"] = None
    spec = whole(
        {
            "data": inline(rows),
            "height": {"step": 24},
            "encoding": {"y": down, "tooltip": {"field": "told"}},
            "layer": [_ground(along, say), _mark(along)],
        },
        params=params,
    )
    states = {state: sum(1 for cell in cells if cell.state == state) for state in _MARKS}
    counted = ", ".join(f"{_state(state, say)}: {count}" for state, count in states.items() if count)
    return Chart(
        name="coverage",
        title=say("Who covers what, over time"),
        description=say("Requirements one below the other, and in time how far each is met. Stretches by state: %(counted)s.")
        % {"counted": counted or say("none")},
        spec=spec,
        columns=tuple(columns),
        rows=tuple(cell.cells for cell in cells),
        links=tuple(cell.key for cell in cells),
    )  # fmt: skip


def word(state: str, say: Say = str) -> str:
    """A state of coverage in words."""
    words = {
        "gap": say("nobody yet"),
        "partial": say("in part"),
        "unmeasured": say("offered, not counted"),
        "filled": say("covered"),
        "over-offered": say("more than needed"),
    }
    return words[state]


def mark(state: str) -> str:
    """The mark that tells a state without any colour."""
    return _MARKS[state][0]


def _row(cell: Cell, place: int, axis: Axis, first: int, last: int, say: Say) -> Spec:
    """A stretch as it is drawn; an open end reaches the edge."""
    start, end = (
        axis.at(first if cell.start is None else cell.start),
        axis.at(last if cell.end is None else cell.end + 1),
    )
    drawn = {"row": place, "from": start, "to": end, "middle": (start + end) / 2}
    return {**drawn, "state": _state(cell.state, say), "mark": mark(cell.state), "told": cell.told, "key": cell.key}


def _ends(cells: Sequence[Cell]) -> tuple[int, int]:
    """From when to when there is anything to draw; stretches that are open reach the edge, a little beyond what is known."""
    known = [
        tick for cell in cells for tick in (cell.start, None if cell.end is None else cell.end + 1) if tick is not None
    ]
    if not known:
        return 0, 1
    first, last = min(known), max(known)
    margin = max(1, (last - first) // 12)
    return (
        first - margin if any(cell.start is None for cell in cells) else first,
        last + margin if any(cell.end is None for cell in cells) or last == first else last,
    )


def _state(state: str, say: Say) -> str:
    return f"{_MARKS[state][0]} {word(state, say)}"


def _ground(along: Spec, say: Say) -> Spec:
    """The stretches; the edge and the mark tell the state, the ground repeats it."""
    domain = [_state(state, say) for state in _MARKS]
    return {
        "mark": {"type": "rect", "strokeWidth": 1.5, "cornerRadius": 1},
        "encoding": {
            "x": along,
            "x2": {"field": "to"},
            "fill": {"field": "state", "type": "nominal", "scale": {"domain": domain, "range": [ground for _m, ground, _e in _MARKS.values()]}},
            "stroke": {"field": "state", "type": "nominal", "scale": {"domain": domain, "range": [edge for _m, _g, edge in _MARKS.values()]}},
        },
    }  # fmt: skip


def _mark(along: Spec) -> Spec:
    return {
        "mark": {"type": "text", "fontWeight": "bold", "baseline": "middle"},
        "encoding": {"x": {**along, "field": "middle"}, "text": {"field": "mark", "type": "nominal"}},
    }
