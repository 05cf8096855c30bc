"""Which reports go back to one source, so that a thing told twice counts once. Pure; the order of reports makes no difference.

Two reports are held for one source only where one of these says so, and what says so is kept beside the answer:
1. *named*: both name the same root source (`Report.root`), however it is spaced and capitalised;
2. *repeats*: a step of one passes on the other, or both pass on one report (`Hop.repeats`), unless they name two different roots;
3. *first step*: neither names a root apart from the other's, neither passes on a report, and both begin with the same actor doing the
   same thing at the same absolute time. A first step that is withheld, or without such a time, is too little to hold two for one.
Nothing here judges what a report says.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from stafftalks.planning.intelligence import Hop, Report
from stafftalks.planning.refs import ElementRef
from stafftalks.values.relative_time import Instant
from stafftalks.values.scale import Grade

Rule = Literal["named", "repeats", "first step"]
_UNJUDGED_RELIABILITY, _UNJUDGED_CREDIBILITY = "F", 6


class Link(msgspec.Struct, frozen=True, order=True):
    """Why reports are held for one source: `keys` (sorted) share `what` by `rule`.

    `what` is the name of the root, the key of the report passed on, or the first step in words.
    """

    rule: Rule
    what: str
    keys: tuple[str, ...]


class Source(msgspec.Struct, frozen=True):
    """Reports that go back to one source: their keys, sorted; `names` are the roots they name; `links` say why they are one."""

    keys: tuple[str, ...]
    names: tuple[str, ...]
    links: tuple[Link, ...]


class Step(msgspec.Struct, frozen=True):
    """One step of a chain as it may be shown; where `withheld_by` is set, `count` steps in a row are withheld and `hop` is None."""

    hop: Hop | None
    withheld_by: str = ""
    count: int = 1


class Weakest(msgspec.Struct, frozen=True):
    """The weakest graded step of a chain (`number` counts from 1; None where none is graded), and how many steps nobody could judge."""

    number: int | None
    hop: Hop | None
    ungraded: int


class Basis(msgspec.Struct, frozen=True):
    """What a judgement rests on: how many reports it cites, the sources that those held here go back to, and the keys it lacks."""

    cited: int
    sources: tuple[Source, ...]
    absent: tuple[str, ...]

    @property
    def independent(self) -> int:
        """How many independent sources stand behind the reports held here; never more than there are reports."""
        return len(self.sources)


def key_of(ref: ElementRef) -> str:
    """`XMR/<element>`: a report's key, whichever version stands."""
    return f"{ref.party}/{ref.element}"


def sources(reports: Mapping[str, Report]) -> tuple[Source, ...]:
    """The reports (by `XMR/<element>`) gathered by the source they go back to, ordered by their first key.

    Every report is in exactly one source. Repeats may form circles: those in a circle go back to one source.
    """
    links = (*_named(reports), *_repeated(reports), *_begun_alike(reports))
    leader = {key: key for key in reports}

    def lead(key: str) -> str:
        while leader[key] != key:
            leader[key] = leader[leader[key]]
            key = leader[key]
        return key

    for link in links:
        first = lead(link.keys[0])
        for key in link.keys[1:]:
            other = lead(key)
            low, high = min(first, other), max(first, other)
            leader[high] = first = low
    groups: dict[str, list[str]] = {}
    for key in sorted(reports):
        groups.setdefault(lead(key), []).append(key)
    said: dict[str, list[Link]] = {}
    for link in links:
        said.setdefault(lead(link.keys[0]), []).append(link)
    return tuple(
        Source(tuple(keys), _names(reports[key] for key in keys), tuple(sorted(said.get(first, ()))))
        for first, keys in sorted(groups.items())
    )


def basis(cited: Sequence[ElementRef], held: Mapping[str, Report]) -> Basis:
    """What citing these reports rests on, given every report held here: what one repeats may be held and not cited.

    A report cited twice is counted once. One that is not held (recalled, or never given) is absent, and no source is counted for it.
    """
    keys = tuple(dict.fromkeys(key_of(ref) for ref in cited))
    wanted = {key for key in keys if key in held}
    found = tuple(source for source in sources(held) if wanted.intersection(source.keys))
    narrowed = tuple(
        msgspec.structs.replace(source, keys=tuple(key for key in source.keys if key in wanted)) for source in found
    )
    return Basis(len(keys), narrowed, tuple(key for key in keys if key not in held))


def chain(report: Report) -> tuple[Step, ...]:
    """The steps of the report, origin first; those in a row that one party withholds are told as one, with their number."""
    steps: list[Step] = []
    for hop in report.hops:
        if not hop.withheld_by:
            steps.append(Step(hop))
        elif steps and steps[-1].hop is None and _folded(steps[-1].withheld_by) == _folded(hop.withheld_by):
            steps[-1] = Step(None, steps[-1].withheld_by, steps[-1].count + 1)
        else:
            steps.append(Step(None, hop.withheld_by))
    return tuple(steps)


def weakest(report: Report) -> Weakest | None:
    """The step of the chain whose grade is lowest, reliability before credibility; None where the report has no chain.

    A step without a grade, or that could not be judged (F or 6), is counted and never taken for the weakest.
    """
    if not report.hops:
        return None
    judged = [(at, hop) for at, hop in enumerate(report.hops, 1) if hop.grade is not None and _can_be_judged(hop.grade)]
    ungraded = len(report.hops) - len(judged)
    if not judged:
        return Weakest(None, None, ungraded)
    number, hop = max(judged, key=lambda pair: (_rank(pair[1].grade), -pair[0]))
    return Weakest(number, hop, ungraded)


def first_step(report: Report) -> tuple[str, str, int] | None:
    """The first step as it is compared: actor folded, relation, seconds; None where it says too little to tell two apart."""
    if not report.hops:
        return None
    hop = report.hops[0]
    if hop.withheld_by or not isinstance(hop.at, Instant):
        return None
    return _folded(hop.actor), str(hop.relation.value), hop.at.seconds


def _named(reports: Mapping[str, Report]) -> list[Link]:
    by_name: dict[str, list[str]] = {}
    for key, report in reports.items():
        if _folded(report.root):
            by_name.setdefault(_folded(report.root), []).append(key)
    return [
        Link("named", min(reports[key].root for key in keys), tuple(sorted(keys)))
        for keys in by_name.values()
        if len(keys) > 1
    ]


def _repeated(reports: Mapping[str, Report]) -> list[Link]:
    """A link for every report that others pass on: between it, where it is held, and each of them that its root does not rule out."""
    told: dict[str, set[str]] = {}
    for key, report in reports.items():
        for origin in _origins(report) - {key}:
            told.setdefault(origin, set()).add(key)
    links = []
    for origin, keys in told.items():
        if origin in reports:
            links += [
                Link("repeats", origin, tuple(sorted((origin, key))))
                for key in keys
                if not _apart(reports[origin], reports[key])
            ]
        else:
            links += _alike_unless_named_apart("repeats", origin, keys, reports)
    return links


def _begun_alike(reports: Mapping[str, Report]) -> list[Link]:
    begun: dict[tuple[str, str, int], set[str]] = {}
    for key, report in reports.items():
        step = first_step(report)
        if step is not None and not _origins(report) - {key}:
            begun.setdefault(step, set()).add(key)
    links = []
    for (_actor, relation, seconds), keys in begun.items():
        actor = min(reports[key].hops[0].actor for key in keys)
        links += _alike_unless_named_apart("first step", f"{actor}, {relation}, {Instant(seconds)}", keys, reports)
    return links


def _alike_unless_named_apart(rule: Rule, what: str, keys: set[str], reports: Mapping[str, Report]) -> list[Link]:
    """One link over `keys`; where they name two roots or more, over those alone that name none."""
    names = {_folded(reports[key].root) for key in keys} - {""}
    together = sorted(keys if len(names) < 2 else (key for key in keys if not _folded(reports[key].root)))
    return [Link(rule, what, tuple(together))] if len(together) > 1 else []


def _origins(report: Report) -> set[str]:
    """The reports that some step of this one passes on."""
    return {key_of(hop.repeats) for hop in report.hops if hop.repeats is not None}


def _apart(one: Report, other: Report) -> bool:
    """Whether two reports name two different roots."""
    names = {_folded(one.root), _folded(other.root)} - {""}
    return len(names) == 2


def _names(reports: Iterable[Report]) -> tuple[str, ...]:
    """The roots that these reports name, each once in its first spelling by alphabet."""
    spelt: dict[str, str] = {}
    for name in sorted(report.root for report in reports):
        if _folded(name):
            spelt.setdefault(_folded(name), name)
    return tuple(sorted(spelt.values()))


def _folded(text: str) -> str:
    """`text` as names are compared: compatible characters, case and spaces made one."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _can_be_judged(grade: Grade) -> bool:
    return grade.reliability.value != _UNJUDGED_RELIABILITY and grade.credibility != _UNJUDGED_CREDIBILITY


def _rank(grade: Grade | None) -> tuple[str, int]:
    return (grade.reliability.value, grade.credibility) if grade else ("", 0)
