"""What tells which branch comes, and which decisions hang on it: as elements or a file say so. Nothing here is reckoned; it stands beside what is."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from stafftalks.analysis.reading import ProblemFile, RowText, UnreadError

TellSort = Literal["assumption", "indicator", "decision"]


class Tell(msgspec.Struct, frozen=True):
    """Something that tells of a branch, or that is to be decided for it. `tick` is when it is known by, or must be decided by, None where not said; `state` what was last seen, `who` who looks or decides."""

    branch: str
    sort: TellSort
    element: str
    title: str
    tick: int | None = None
    state: str = ""
    who: str = ""


class _IndicatorText(RowText, frozen=True, kw_only=True):
    branch: str
    at: str | int | None = None
    state: str = ""
    who: str = ""


class _DecisionText(RowText, frozen=True, kw_only=True):
    branch: str
    by: str | int | None = None
    who: str = ""


LISTS = ("indicators", "decisions")


def tells_of(file: ProblemFile) -> tuple[Tell, ...]:
    """What a file says of branches; what cannot be read of it becomes one of the file's faults."""
    found = []
    for row in file.rows("indicators", _IndicatorText):
        try:
            at = None if row.at is None else file.tick(row.at, "at")
            found.append(Tell(row.branch, "indicator", row.id, row.title or row.id, at, row.state, row.who))
        except UnreadError as error:
            file.left_out(row.id, error)
    for each in file.rows("decisions", _DecisionText):
        try:
            by = None if each.by is None else file.tick(each.by, "by")
            found.append(Tell(each.branch, "decision", each.id, each.title or each.id, by, "", each.who))
        except UnreadError as error:
            file.left_out(each.id, error)
    return tuple(found)


def shows(branches: Iterable[str], tells: Sequence[Tell]) -> Mapping[str, int | None]:
    """By branch the tick by which all that has a time has told of it; None where nothing says when. What tells of no such branch comes last, so that it is said."""
    found: dict[str, int | None] = dict.fromkeys(branches)
    for tell in tells:
        if tell.sort == "decision":
            found.setdefault(tell.branch, None)
        else:
            known = [tick for tick in (found.get(tell.branch), tell.tick) if tick is not None]
            found[tell.branch] = max(known, default=None)
    return found
