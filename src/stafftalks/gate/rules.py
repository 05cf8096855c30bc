"""The gate's own copy of what may leave, to whom: one TOML file that its keeper has read.

The headquarters writes it (`stafftalks letter export`); it comes into force here only by the keeper's act (`stafftalks gate rules FILE`). What is not in it
is not permitted: an empty list permits nothing, and `all` in a list stands for every one there is. A fault anywhere in the file puts all of it out of force.
"""

import re
import tomllib
from datetime import datetime
from functools import cached_property
from typing import Annotated, Final, Literal

import msgspec

from stafftalks.gate.marks import Policy, folded
from stafftalks.values.errors import MisuseError, PeerError
from stafftalks.values.ids import parse_party

ALL: Final = "all"
MAX_RULES_BYTES: Final = 4 * 1024 * 1024
Method = Literal["https", "file"]
_Bytes = Annotated[int, msgspec.Meta(ge=1, le=64 * 1024 * 1024)]
_STEP: Final = re.compile(r"(?:^|\.)([A-Za-z_]+)|\[(\d+)\]")


class Ceiling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The highest level under one policy, and the caveats that may stand with it."""

    policy: str
    level: str
    caveats: tuple[str, ...] = ()


class Letter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One letter of authority, as far as a machine that sees only what leaves can check it. Times are UTC.

    `drawn_from` are the parties whose material may be drawn on; the partner's own always may.
    """

    title: str
    partner: str
    valid_until: datetime
    valid_from: datetime | None = None
    realms: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    kinds_refused: tuple[str, ...] = ()
    contingencies: tuple[str, ...] = ()
    methods: tuple[Method, ...] = ()
    ceilings: tuple[Ceiling, ...] = ()
    caveats_refused: tuple[str, ...] = ()
    drawn_from: tuple[str, ...] = ()


class Partner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To whom anything may go at all, in which accords and by which ways; `names` are how lists of readers call it. Sizes in bytes.

    `checks` permits private checks with it; `max_check_bytes` bounds each entry that carries points.
    """

    party: str
    accords: tuple[str, ...] = ()
    methods: tuple[Method, ...] = ()
    names: tuple[str, ...] = ()
    max_bundle_bytes: _Bytes = 16 * 1024 * 1024
    max_release_bytes: _Bytes = 1_300_000
    max_act_bytes: _Bytes = 262_144
    checks: bool = False
    max_check_bytes: _Bytes = 1_800_000


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """Everything that this gate permits `party` to send."""

    party: str
    written_at: str = ""
    policies: tuple[Policy, ...] = ()
    partners: tuple[Partner, ...] = ()
    letters: tuple[Letter, ...] = ()

    @cached_property
    def levels(self) -> frozenset[str]:
        """The spellings of every level of every policy, folded."""
        return frozenset(spelling for policy in self.policies for spelling in policy.ranks)

    def partner(self, party: str) -> Partner | None:
        """What holds for this partner; None where nothing may go to it."""
        return next((one for one in self.partners if one.party == party), None)

    def letters_for(self, party: str) -> tuple[Letter, ...]:
        """The letters for this partner, those out of time too."""
        return tuple(letter for letter in self.letters if letter.partner == party)

    def policy(self, name: str) -> Policy | None:
        """The policy that goes by this name."""
        wanted = folded(name)
        return next((one for one in self.policies if wanted in map(folded, (one.name, *one.also))), None)


def listed(name: str, names: tuple[str, ...]) -> bool:
    """Whether a list permits `name`: by itself or by the word `all`. An empty list permits nothing."""
    return {name.casefold(), ALL} & {given.casefold() for given in names} != set()


def parse(raw: bytes) -> Rules:
    """The rules in the bytes of a file; raises MisuseError naming the line where they cannot be read or contradict themselves."""
    if len(raw) > MAX_RULES_BYTES:
        raise MisuseError(f"The rules are larger than {MAX_RULES_BYTES} bytes: nothing of them is in force.")
    try:
        text = raw.decode()
        rules = msgspec.convert(tomllib.loads(text), Rules)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise MisuseError(
            f"The rules cannot be read: line {line} is not UTF-8 text. Nothing of them is in force."
        ) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MisuseError(f"The rules cannot be read: {error}. Nothing of them is in force; mend that line.") from error
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at `$")
        raise MisuseError(
            f"The rules cannot be read: line {_line(text, path)}: {what}. Nothing of them is in force; mend that line."
        ) from error
    _check(rules, text)
    return rules


def _check(rules: Rules, text: str) -> None:
    """What the types cannot say; every fault names its line."""
    names = [folded(name) for policy in rules.policies for name in {policy.name, *policy.also}]
    _once(names, "policy", text)
    _once([partner.party for partner in rules.partners], "partner", text)
    try:
        for party in (rules.party, *(partner.party for partner in rules.partners)):
            parse_party(party)
    except PeerError as error:
        raise MisuseError(f"The rules cannot be read: {error}") from error
    for number, letter in enumerate(rules.letters):
        where = _line(text, f".letters[{number}]")
        if rules.partner(letter.partner) is None:
            raise MisuseError(f"Line {where}: a letter is for {letter.partner!r}, of whom the rules say nothing else.")
        if any(at is not None and at.tzinfo is None for at in (letter.valid_from, letter.valid_until)):
            raise MisuseError(f"Line {where}: a time of this letter does not say UTC: end it with Z.")
        for ceiling in letter.ceilings:
            policy = rules.policy(ceiling.policy)
            if policy is None or folded(ceiling.level) not in policy.ranks:
                raise MisuseError(
                    f"Line {where}: the letter's ceiling is {ceiling.policy} {ceiling.level}, which no policy of the rules knows."
                )


def _once(names: list[str], what: str, text: str) -> None:
    for name in names:
        if names.count(name) > 1:
            line = text.casefold().rfind(f'"{name.casefold()}"')
            raise MisuseError(
                f"The rules name the {what} {name} twice (line {text.count(chr(10), 0, max(line, 0)) + 1})."
            )


def _line(text: str, path: str) -> int:
    """The line of the file in which the value at msgspec's `path` stands, or its table begins; for people, never relied on."""
    lines = text.split("\n")
    at, table, count = 0, "", -1
    for key, number in _STEP.findall(path.rstrip("`")):
        if key:
            table, count = f"{table}.{key}" if table else key, 0
            wanted = re.compile(rf"\s*{re.escape(key)}\s*=|\s*\[\[?{re.escape(table)}\]")
        else:
            count = int(number)
            wanted = re.compile(rf"\s*\[\[{re.escape(table)}\]\]")
            at = 0 if "." not in table else at
        found = [n for n, line in enumerate(lines) if n >= at and wanted.match(line)]
        if len(found) > count:
            at = found[count]
    return at + 1
