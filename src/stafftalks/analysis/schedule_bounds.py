"""What no schedule can beat, by plain arithmetic: the longest way through the arcs and windows, and the work each resource can do by a time."""

import numpy as np

from stafftalks.analysis.schedule_columns import Columns
from stafftalks.analysis.schedule_modes import Ints


def hopeless(columns: Columns) -> tuple[int, ...]:
    """The activities of which no mode can ever be had, whatever the others do."""
    net = columns.net
    found = []
    for activity in range(columns.count):
        modes = range(net.mode_first[activity], net.mode_first[activity + 1])
        spans = range(net.span_first[activity], net.span_first[activity + 1])
        if not any(net.span_end[span] - net.span_start[span] >= net.duration[mode] for mode in modes for span in spans):
            found.append(activity)
    return tuple(found)


def earliest_ends(columns: Columns) -> Ints:
    """When each activity ends at the earliest by arcs and windows alone, in its shortest mode."""
    net = columns.net
    ends = np.zeros(columns.count, np.int64)
    for activity in net.topological.tolist():
        earliest = 0
        for row in range(net.before_first[activity], net.before_first[activity + 1]):
            earliest = max(earliest, int(ends[net.before[row]] + net.before_lag[row]))
        found = []
        for mode in range(net.mode_first[activity], net.mode_first[activity + 1]):
            for span in range(net.span_first[activity], net.span_first[activity + 1]):
                start = max(earliest, int(net.span_start[span]))
                if start + net.duration[mode] <= net.span_end[span]:
                    found.append(start + int(net.duration[mode]))
        # Where nothing fits any more the problem has no schedule, and any bound is one.
        ends[activity] = min(found, default=earliest)
    return ends


def work_done_by(columns: Columns, activities: list[int]) -> int:
    """The earliest tick by which every resource can have done the least work that these activities ask of it."""
    net = columns.net
    latest = 0
    for at in range(len(columns.renewable)):
        work = 0
        for activity in activities:
            modes = range(net.mode_first[activity], net.mode_first[activity + 1])
            work += min((int(columns.use[mode, at] * net.duration[mode]) for mode in modes), default=0)
        if work:
            done = np.cumsum(level(columns, at))
            latest = max(latest, int(np.searchsorted(done, work)) + 1)
    return latest


def level(columns: Columns, resource: int) -> Ints:
    """How much there is of a renewable resource at each tick."""
    held = columns.renewable[resource]
    there = np.full(columns.net.horizon, held.capacity, np.int64)
    for change in held.changes:
        there[max((change.at - columns.problem.start) // columns.scale, 0) :] = change.capacity
    return there


def earliest_end(columns: Columns) -> int:
    """No schedule ends earlier."""
    if not columns.count:
        return 0
    return max(int(earliest_ends(columns).max()), work_done_by(columns, list(range(columns.count))))


def least_lateness(columns: Columns) -> int:
    """No schedule has less weighted lateness."""
    net = columns.net
    ends = earliest_ends(columns)
    late = 0
    for phase in range(len(net.due)):
        members = net.phase_member[net.phase_first[phase] : net.phase_first[phase + 1]]
        if not net.hard[phase]:
            closes = max(int(ends[members].max()), work_done_by(columns, members.tolist()))
            late += int(max(closes - net.due[phase], 0) * net.weight[phase])
    return late
