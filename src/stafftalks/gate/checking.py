"""Acts of private checks of ours: whether checks may be held with the partner at all, and whether each act is what an act of a check is, and nothing beside.

Points look random, so nobody can tell what they say: all that can be judged is that there are points of one length and no more of them than a part has. Terms
and last words are bounded texts, numbers and codes; a proposal says for whom it is in its terms, everything else in `to`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final

from stafftalks.gate.rules import Method, Partner, Rules
from stafftalks.record.b64 import parse_url
from stafftalks.record.canon import JsonValue
from stafftalks.values.errors import PeerError, Refusal
from stafftalks.values.ids import parse_epoch, parse_party

FIELDS: Final[Mapping[str, str]] = {
    "check-proposal": "key root session terms",
    "check-consent": "act key proposal root statement terms to",
    "check-points": "part parts points proposal sort step to transcript",
    "check-end": "outcome proposal statement to transcript",
}
"""What is said in a check, and the fields of each."""
_POINT_BYTES: Final = 32
_MAX_PART_POINTS: Final = 40_000
_MAX_PARTS: Final = 64
_MAX_CELLS: Final = 4_096
_MAX_WORDS: Final = 2_000
_MAX_NAME: Final = 200
_MAX_NUMBER: Final = 2**39
_CELL: Final = re.compile(r"[0-9a-z@.:-]{1,80}")
_COVER: Final = re.compile(r"[a-z0-9./-]{1,40}")


def _number(value: JsonValue) -> bool:
    return type(value) is int and abs(value) <= _MAX_NUMBER


def _words(most: int) -> Callable[[JsonValue], bool]:
    return lambda value: isinstance(value, str) and len(value) <= most


def _one_of(*names: JsonValue) -> Callable[[JsonValue], bool]:
    return lambda value: type(value) in (str, int) and value in names


def _token(*sizes: int) -> Callable[[JsonValue], bool]:
    return lambda value: isinstance(value, str) and _bytes_in(value) in sizes


def _spelt(pattern: re.Pattern[str]) -> Callable[[JsonValue], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _party(value: JsonValue) -> bool:
    try:
        parse_party(str(value))
    except PeerError:
        return False
    return isinstance(value, str)


def _cells(value: JsonValue) -> bool:
    return isinstance(value, list) and 0 < len(value) <= _MAX_CELLS and all(map(_spelt(_CELL), value))


def _place(value: JsonValue) -> bool:
    if not isinstance(value, dict) or value.keys() != {"party", "epoch", "n"}:
        return False
    try:
        parse_epoch(str(value["epoch"]))
    except PeerError:
        return False
    return _party(value["party"]) and _number(value["n"])


def _points(value: JsonValue) -> bool:
    size = _bytes_in(value) if isinstance(value, str) else 0
    return size % _POINT_BYTES == 0 and 0 < size <= _MAX_PART_POINTS * _POINT_BYTES


def _bytes_in(text: str) -> int:
    """How many bytes a text in base64url spells; -1 where it spells none."""
    try:
        return len(parse_url(text, "a part"))
    except PeerError:
        return -1


def _either(is_it: Callable[[JsonValue], bool]) -> Callable[[JsonValue], bool]:
    return lambda value: value is None or is_it(value)


def _flag(value: JsonValue) -> bool:
    return isinstance(value, bool)


def _terms(value: JsonValue) -> bool:
    return isinstance(value, dict) and value.keys() == _TERMS.keys() and not _amiss(value, _TERMS)


_TERMS: Final[Mapping[str, Callable[[JsonValue], bool]]] = {
    "to": _party,
    "purpose": _words(_MAX_WORDS),
    "cells": _cells,
    **dict.fromkeys(("start", "end", "finest", "granule_s", "band_m", "activities", "expires"), _number),
    **dict.fromkeys(("proposer_points", "partner_points"), _number),
    **dict.fromkeys(("floor_m", "ceiling_m"), _either(_number)),
    "cover": _spelt(_COVER),
    "resources": _flag,
    "mode": _one_of("which", "count", "any"),
    "learns": _one_of("proposer", "partner", "both"),
    "auditor": _words(_MAX_NAME),
    "refines": _either(_place),
}
_SHAPES: Final[Mapping[str, Mapping[str, Callable[[JsonValue], bool]]]] = {
    "check-proposal": {"terms": _terms, "session": _token(16), "root": _token(32), "key": _token(_POINT_BYTES)},
    "check-consent": {
        "proposal": _place,
        "terms": _token(32),
        "act": _one_of("consent", "decline"),
        "statement": _words(_MAX_WORDS),
        "root": _token(0, 32),
        "key": _token(0, _POINT_BYTES),
    },
    "check-points": {
        "proposal": _place,
        "step": _one_of(1, 2, 3),
        "sort": _one_of("own", "returned"),
        "part": _one_of(*range(1, _MAX_PARTS + 1)),
        "parts": _one_of(*range(1, _MAX_PARTS + 1)),
        "points": _points,
        "transcript": _token(32),
    },
    "check-end": {
        "proposal": _place,
        "outcome": _one_of("done", "stopped"),
        "statement": _words(_MAX_WORDS),
        "transcript": _token(0, 32),
    },
}


def check_refusals(
    rules: Rules, partner: Partner, kind: str, body: Mapping[str, JsonValue], where: str, method: Method, now: datetime
) -> Iterator[Refusal]:
    """Each reason against an act of a check of ours. Declining and ending need no permission."""
    amiss = _amiss(body, _SHAPES[kind])
    if amiss:
        yield Refusal("gate-check", f"{where}: this {kind} says more, or something else, than one can: {amiss}.")
    if kind == "check-end" or (kind == "check-consent" and body["act"] == "decline"):
        return
    if not partner.checks:
        yield Refusal("gate-check", f"{where}: no private check may be held with {partner.party}.")
    letters = rules.letters_for(partner.party)
    if not any(method in one.methods and (one.valid_from or now) <= now < one.valid_until for one in letters):
        sentence = f"{where}: no letter for {partner.party} is in force by which a check could be held by {method}."
        yield Refusal("gate-check", sentence)


def addressee(kind: str, body: Mapping[str, JsonValue]) -> JsonValue:
    """The one party that an act of a check says it is for."""
    terms = body.get("terms")
    if kind == "check-proposal":
        return terms.get("to") if isinstance(terms, dict) else None
    return body.get("to")


def _amiss(body: Mapping[str, JsonValue], shape: Mapping[str, Callable[[JsonValue], bool]]) -> str:
    """The first field that is not what it must be; empty where all are."""
    return next((name for name, is_right in shape.items() if not is_right(body[name])), "")
