"""A sweep as people write it: a mapping in a file, or words on a command line, as “Port Y 50%”, “Tankers +2 days”, “Load lasts 150%”."""

import re
from collections.abc import Iterable, Mapping
from math import ceil
from typing import Final

import msgspec

from stafftalks.analysis.reading import Amount
from stafftalks.analysis.sweep_points import Assumption, Case, Change, Sweep
from stafftalks.values.errors import MisuseError, PeerError

_SHARE: Final = re.compile(r"(.+?)\s+(\d{1,4})\s*%")
_LASTS: Final = re.compile(r"(.+?)\s+lasts\s+(\d{1,4})\s*%")
_LATE: Final = re.compile(r"(.+?)\s+\+\s*(\d.*)")
_TICKS: Final = re.compile(r"(\d{1,9})(?:\s*ticks?)?")
_PART: Final = re.compile(r"(\d{1,9}(?:\.\d{1,6})?) *(days?|d|hours?|h)\b *")
_UNITS: Final[Mapping[str, int]] = {"d": 86_400, "h": 3_600}
_LONGEST: Final = 400


class _ChangeText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    share: int = 100
    late: Amount = 0
    lasts: int = 100


class _CaseText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str = ""
    changes: tuple[_ChangeText | str, ...] = ()


class _AssumptionText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    cases: tuple[_CaseText | str, ...] = ()


class _SweepText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    branches: tuple[str, ...] | None = None
    assumptions: tuple[_AssumptionText | str, ...] | None = None
    forces: tuple[str, ...] | None = None
    at_most: int = 1
    sets: tuple[tuple[str, ...], ...] | None = None
    seeds: int = 1
    seed: int = 1


def sweep_of(data: object, name: str, tick_s: int) -> Sweep:
    """The sweep of a file; raises PeerError where it is none, MisuseError where a part of it has no meaning or is empty."""
    try:
        read = msgspec.convert(data, _SweepText)
    except msgspec.ValidationError as error:
        raise PeerError(f"{name} is no sweep: {error}. docs/guide/analysis.md shows one.") from error
    for field in ("branches", "assumptions", "forces", "sets"):
        if getattr(read, field) == ():
            raise MisuseError(f"{name}: `{field}` is empty: name at least one, or leave it out.")
    return Sweep(
        branches=read.branches or (),
        assumptions=tuple(_assumption(each, tick_s) for each in read.assumptions or ()),
        forces=read.forces or (),
        at_most=read.at_most,
        sets=read.sets or (),
        seeds=read.seeds,
        seed=read.seed,
    )


def assumptions_of(texts: Iterable[str], tick_s: int) -> tuple[Assumption, ...]:
    """Assumptions as words, each with its cases: “Port Y 50% | Port Y 0%”, changes that come together joined by “&”; raises MisuseError."""
    return tuple(_assumption(text, tick_s) for text in texts)


def _assumption(given: "_AssumptionText | str", tick_s: int) -> Assumption:
    if isinstance(given, str):
        name, mark, rest = given.partition(":")
        head, cases = (name.strip(), rest) if mark else ("", given)
        found = tuple(_case(each.strip(), tick_s) for each in cases.split("|"))
        return Assumption(head or " | ".join(case.id for case in found), found)
    return Assumption(given.id, tuple(_case(each, tick_s) for each in given.cases))


def _case(given: "_CaseText | str", tick_s: int) -> Case:
    if isinstance(given, str):
        return Case(given, tuple(change_of(each.strip(), tick_s) for each in given.split("&")))
    changes = tuple(
        change_of(each, tick_s)
        if isinstance(each, str)
        else Change(each.name, each.share, _ticks(each.late, tick_s), each.lasts)
        for each in given.changes
    )
    return Case(given.id or " & ".join(each if isinstance(each, str) else each.name for each in given.changes), changes)


def change_of(text: str, tick_s: int) -> Change:
    """A change as words; raises MisuseError where it says none."""
    if len(text) > _LONGEST:
        raise MisuseError(f"“{text[:40]}…” is too long for a change: {_LONGEST} letters are the most.")
    if found := _LASTS.fullmatch(text):
        return Change(found[1], lasts=int(found[2]))
    if found := _SHARE.fullmatch(text):
        return Change(found[1], share=int(found[2]))
    if found := _LATE.fullmatch(text):
        return Change(found[1], late=_ticks(found[2], tick_s))
    raise MisuseError(
        f"“{text[:80]}” says no change: write “Port Y 50%” for half of it, “Port Y 0%” for none, “Tankers +2 days” for later, “Load lasts 150%” for longer."
    )


def _ticks(given: Amount, tick_s: int) -> int:
    """A length of time in ticks of so many seconds, upwards: a number of ticks, or “3 days 12 hours”."""
    text = str(given).strip()
    if bare := _TICKS.fullmatch(text):
        return int(bare[1])
    parts = _PART.findall(text)
    if not parts or _PART.sub("", text):
        raise MisuseError(f"“{text[:60]}” is no length of time: write a number of ticks, 3 days, or 12 hours.")
    return ceil(sum(float(number) * _UNITS[unit[0]] for number, unit in parts) / tick_s)
