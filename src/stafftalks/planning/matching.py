"""Which items of two sequences belong together, in time that hostile input cannot stretch.

difflib alone takes cubic time on repetitive input, and a partner chooses what it releases. So items that occur once on
both sides are matched first (patience diff), again within every gap, and difflib sees only gaps of at most
SMALL items a side; a larger gap with nothing unique in it counts as replaced.
"""

import difflib
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Final

SMALL: Final = 64

_Gap = tuple[int, int, int, int]


def gaps(one: Sequence[Hashable], other: Sequence[Hashable]) -> list[tuple[bool, int, int, int, int]]:
    """Runs `(same, start, end, first, last)` that cover both: `one[start:end]` beside `other[first:last]`, in order."""
    runs: list[tuple[bool, int, int, int, int]] = []
    start = first = 0
    for at, beside in [*_matched(one, other), (len(one), len(other))]:
        if at > start or beside > first:
            runs.append((False, start, at, first, beside))
        if at < len(one):
            if runs and runs[-1][0] and runs[-1][2] == at and runs[-1][4] == beside:
                runs[-1] = (True, runs[-1][1], at + 1, runs[-1][3], beside + 1)
            else:
                runs.append((True, at, at + 1, beside, beside + 1))
        start, first = at + 1, beside + 1
    return runs


def rising(places: Sequence[int]) -> list[int]:
    """Indexes into `places` (all different) of a longest run that rises, in order."""
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for index, place in enumerate(places):
        length = bisect_left(tails, place)
        previous.append(ends[length - 1] if length else -1)
        if length == len(tails):
            tails.append(place)
            ends.append(index)
        else:
            tails[length], ends[length] = place, index
    kept: list[int] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        kept.append(index)
        index = previous[index]
    return kept[::-1]


def _matched(one: Sequence[Hashable], other: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Pairs of indexes of equal items, rising on both sides."""
    pairs: list[tuple[int, int]] = []
    waiting: list[_Gap] = [(0, len(one), 0, len(other))]
    while waiting:
        start, end, first, last = waiting.pop()
        while start < end and first < last and one[start] == other[first]:
            pairs.append((start, first))
            start, first = start + 1, first + 1
        while start < end and first < last and one[end - 1] == other[last - 1]:
            end, last = end - 1, last - 1
            pairs.append((end, last))
        if start == end or first == last:
            continue
        if anchors := _unique_pairs(one, other, (start, end, first, last)):
            for at, beside in [*anchors, (end, last)]:
                waiting.append((start, at, first, beside))
                start, first = at + 1, beside + 1
            pairs.extend(anchors)
        elif end - start <= SMALL and last - first <= SMALL:
            matcher = difflib.SequenceMatcher(None, one[start:end], other[first:last], autojunk=False)
            for block in matcher.get_matching_blocks():
                pairs.extend((start + block.a + step, first + block.b + step) for step in range(block.size))
    return sorted(pairs)


def _unique_pairs(one: Sequence[Hashable], other: Sequence[Hashable], gap: _Gap) -> list[tuple[int, int]]:
    start, end, first, last = gap
    seen, met = Counter(one[start:end]), Counter(other[first:last])
    beside = {other[index]: index for index in range(first, last) if met[other[index]] == 1}
    found = [
        (index, beside[one[index]]) for index in range(start, end) if seen[one[index]] == 1 and one[index] in beside
    ]
    return [found[index] for index in rising([place for _, place in found])]
