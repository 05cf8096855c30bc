"""Where the boxes of a network stand: in layers from left to right, so that every arc leads to the right, with few that cross.

Source: Sugiyama, Tagawa, Toda, Methods for Visual Understanding of Hierarchical System Structures, IEEE Trans. SMC 11 (1981): layers by the longest way, then places by the middle of what they hang on.
"""

from collections.abc import Mapping, Sequence
from typing import Final

_SWEEPS: Final = 8

Arc = tuple[str, str]


def placed(keys: Sequence[str], arcs: Sequence[Arc]) -> dict[str, tuple[int, float]]:
    """By key, the layer (0 is the first) and the row within the drawing, whose middle is the same for every layer; arcs that would close a circle are passed over."""
    forward = _forward(keys, arcs)
    layer = _layers(keys, forward)
    before: dict[str, list[str]] = {key: [] for key in keys}
    after: dict[str, list[str]] = {key: [] for key in keys}
    for one, then in forward:
        before[then].append(one)
        after[one].append(then)
    rows: list[list[str]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for key in keys:
        rows[layer[key]].append(key)
    best, crossings = [list(row) for row in rows], _crossings(rows, forward, layer)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        for at in range(1, len(rows)) if down else range(len(rows) - 2, -1, -1):
            rows[at] = _by_middle(rows[at], before if down else after, rows)
        now = _crossings(rows, forward, layer)
        if now < crossings:
            best, crossings = [list(row) for row in rows], now
    tallest = max((len(row) for row in best), default=0)
    return {
        key: (at, number + (tallest - len(row)) / 2) for at, row in enumerate(best) for number, key in enumerate(row)
    }


def _forward(keys: Sequence[str], arcs: Sequence[Arc]) -> list[Arc]:
    """The arcs between known keys, each once, without those that would close a circle."""
    known = set(keys)
    after: dict[str, set[str]] = {key: set() for key in keys}
    found: list[Arc] = []
    for one, then in dict.fromkeys(arcs):
        if one in known and then in known and one != then and not _leads(after, then, one):
            after[one].add(then)
            found.append((one, then))
    return found


def _leads(after: Mapping[str, set[str]], start: str, end: str) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        at = waiting.pop()
        if at == end:
            return True
        waiting.extend(after[at] - seen)
        seen |= after[at]
    return False


def _layers(keys: Sequence[str], arcs: Sequence[Arc]) -> dict[str, int]:
    """By key, how long the longest way to it is."""
    layer = dict.fromkeys(keys, 0)
    waits = dict.fromkeys(keys, 0)
    after: dict[str, list[str]] = {key: [] for key in keys}
    for one, then in arcs:
        after[one].append(then)
        waits[then] += 1
    free = [key for key in keys if not waits[key]]
    while free:
        key = free.pop()
        for then in after[key]:
            layer[then] = max(layer[then], layer[key] + 1)
            waits[then] -= 1
            if not waits[then]:
                free.append(then)
    return layer


def _by_middle(row: Sequence[str], beside: Mapping[str, Sequence[str]], rows: Sequence[Sequence[str]]) -> list[str]:
    """A layer in the order of the middle of what each hangs on; what hangs on nothing stays where it is."""
    place = {key: number - len(each) / 2 for each in rows for number, key in enumerate(each)}
    middle = {
        key: sum(place[other] for other in beside[key]) / len(beside[key]) if beside[key] else place[key] for key in row
    }
    return sorted(row, key=lambda key: (middle[key], place[key], key))


def _crossings(rows: Sequence[Sequence[str]], arcs: Sequence[Arc], layer: Mapping[str, int]) -> int:
    """How many pairs of arcs between the same two layers cross."""
    place = {key: number for row in rows for number, key in enumerate(row)}
    groups: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for one, then in arcs:
        groups.setdefault((layer[one], layer[then]), []).append((place[one], place[then]))
    return sum(
        (first[0] - second[0]) * (first[1] - second[1]) < 0
        for ends in groups.values()
        for at, first in enumerate(ends)
        for second in ends[at + 1 :]
    )
