"""Problems as PSPLIB and Patterson write them: `.sm` (one mode), `.mm` (several modes, stocks) and `.rcp`, as text in, a problem out.

Source: Kolisch, Sprecher, "PSPLIB - a project scheduling problem library", EJOR 96 (1996); the Patterson format is a bare list of numbers.
"""

import re
from typing import Final

from stafftalks.analysis.schedule import Activity, Arc, Mode, Problem, Resource, Use
from stafftalks.values.errors import PeerError

SUFFIXES: Final = (".rcp", ".sm", ".mm")
MAX_ACTIVITIES: Final = 20_000
_NUMBER: Final = re.compile(r"-?\d+")


def read(text: str, name: str) -> Problem:
    """The problem in a file called `name`, whose ending says which format; raises PeerError with a sentence where it is not that."""
    return _patterson(text, name) if name.lower().endswith(".rcp") else _psplib(text, name)


def _patterson(text: str, name: str) -> Problem:
    numbers = _Numbers(text.split(), name)
    count = numbers.next("the number of activities", least=1, most=MAX_ACTIVITIES)
    kinds = numbers.next("the number of resources", most=1000)
    resources = tuple(
        Resource(id=f"R{at + 1}", capacity=numbers.next(f"what there is of resource {at + 1}")) for at in range(kinds)
    )
    activities, arcs = [], []
    for at in range(1, count + 1):
        duration = numbers.next(f"the duration of activity {at}")
        uses = [
            Use(resource.id, amount)
            for resource in resources
            if (amount := numbers.next(f"the use of {resource.id} by activity {at}"))
        ]
        activities.append(Activity(id=str(at), modes=(Mode("", duration, tuple(uses)),)))
        for _ in range(numbers.next(f"the number of successors of activity {at}", most=count)):
            arcs.append(Arc(str(at), str(numbers.next(f"a successor of activity {at}", least=1, most=count))))
    numbers.ended()
    return Problem(activities=tuple(activities), arcs=tuple(arcs), resources=resources, title=name)


def _psplib(text: str, name: str) -> Problem:
    lines = text.splitlines()
    counts = {
        key: _count(lines, rf"^\s*-?\s*{key}.*?:\s*(\d+)", name, key)
        for key in ("jobs", "renewable", "nonrenewable", "doubly constrained")
    }
    count, renewable, stocks = counts["jobs"], counts["renewable"], counts["nonrenewable"]
    if counts["doubly constrained"]:
        raise PeerError(f"{name}: doubly constrained resources are not read.")
    relations = _Numbers(_section(lines, "PRECEDENCE RELATIONS", name), name)
    arcs, modes = [], []
    for at in range(1, count + 1):
        relations.expect(at, f"the relations of job {at}")
        modes.append(relations.next(f"the number of modes of job {at}", least=1, most=1000))
        for _ in range(relations.next(f"the number of successors of job {at}", most=count)):
            arcs.append(Arc(str(at), str(relations.next(f"a successor of job {at}", least=1, most=count))))
    relations.ended()
    requests = _Numbers(_section(lines, "REQUESTS/DURATIONS", name), name)
    names = [f"R{at + 1}" for at in range(renewable)] + [f"N{at + 1}" for at in range(stocks)]
    activities = []
    for at in range(1, count + 1):
        requests.expect(at, f"the requests of job {at}")
        made = []
        for which in range(1, modes[at - 1] + 1):
            requests.expect(which, f"mode {which} of job {at}")
            duration = requests.next(f"the duration of job {at}")
            uses = [Use(each, amount) for each in names if (amount := requests.next(f"the use of {each} by job {at}"))]
            made.append(Mode(str(which), duration, tuple(uses)))
        activities.append(Activity(id=str(at), modes=tuple(made)))
    requests.ended()
    there = _Numbers(_section(lines, "RESOURCEAVAILABILITIES", name), name)
    resources = tuple(
        Resource(id=each, capacity=there.next(f"what there is of {each}"), renewable=each.startswith("R"))
        for each in names
    )
    there.ended()
    return Problem(activities=tuple(activities), arcs=tuple(arcs), resources=resources, title=name)


class _Numbers:
    """Reads one whole number after the other; what is not there is told by what it would have been."""

    def __init__(self, words: list[str], name: str) -> None:
        self._words = words
        self._name = name
        self._at = 0

    def next(self, what: str, *, least: int = 0, most: int = 2**31 - 1) -> int:
        """The next number; raises PeerError where there is none or it is out of bounds."""
        if self._at >= len(self._words):
            raise PeerError(f"{self._name} ends where {what} should stand.")
        word = self._words[self._at]
        if not _NUMBER.fullmatch(word) or len(word) > 11 or not least <= int(word) <= most:
            raise PeerError(
                f"{self._name}: {what} is {word[:20]!r}; a whole number from {least} to {most:,} is expected."
            )
        self._at += 1
        return int(word)

    def expect(self, number: int, what: str) -> None:
        """Passes over this very number; raises PeerError where another stands there."""
        if (found := self.next(what)) != number:
            raise PeerError(f"{self._name}: {found} stands where {what} should begin with {number}.")

    def ended(self) -> None:
        """Raises PeerError where more is left."""
        if self._at < len(self._words):
            raise PeerError(f"{self._name}: {self._words[self._at][:20]!r} stands after all that was expected.")


def _count(lines: list[str], pattern: str, name: str, key: str) -> int:
    for line in lines:
        if match := re.match(pattern, line):
            count = int(match[1][:9])
            if count > MAX_ACTIVITIES:
                raise PeerError(f"{name}: {count:,} {key} are more than the {MAX_ACTIVITIES:,} that are read.")
            return count
    raise PeerError(f"{name}: the line that counts “{key}” is missing; it is not a file in the PSPLIB format.")


def _section(lines: list[str], heading: str, name: str) -> list[str]:
    """The numbers under a heading, up to the next line of stars."""
    for at, line in enumerate(lines):
        # Some collections write RESOURCE AVAILABILITIES, others REQUESTS / DURATIONS.
        if "".join(line.split()).upper().startswith("".join(heading.split())):
            found: list[str] = []
            for row in lines[at + 1 :]:
                if row.startswith("***"):
                    break
                words = row.split()
                if words and all(_NUMBER.fullmatch(word) for word in words):
                    found += words
            return found
    raise PeerError(f"{name}: the section “{heading}” is missing; it is not a file in the PSPLIB format.")
