"""One element of ours against one letter: realm, kind, scope, way and time, then every marking that stands in it.

A marking is looked for wherever a person could have written one: the element's own label, the labels of what it is drawn from, the mark of each row, and
each line of each text. All of them must be at or below the letter's ceiling and name the partner where they name readers; none may be above the element's own.
"""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from stafftalks.gate import marks
from stafftalks.gate.marks import MarkError, Policy
from stafftalks.gate.rules import Ceiling, Letter, Method, Partner, Rules, listed
from stafftalks.record.canon import JsonValue
from stafftalks.values.errors import Refusal

_HOME_ONLY = ("letter",)
_LABEL_FIELDS = frozenset(("policy", "classification", "caveats"))


class Occasion(msgspec.Struct, frozen=True):
    """Which element it is, in words, and by what way and when it would leave (UTC)."""

    what: str
    method: Method
    now: datetime


class ElementJudging:
    """Judges one element; `refusals` may be asked once."""

    def __init__(self, rules: Rules, letter: Letter, partner: Partner, occasion: Occasion, us: str) -> None:
        self._rules = rules
        self._letter = letter
        self._partner = partner
        self._occasion = occasion
        self._us = us
        self._readers = {marks.folded(name) for name in (partner.party, *partner.names)}
        self._found: list[Refusal] = []

    def refusals(self, realm: str, content: dict[str, JsonValue]) -> tuple[Refusal, ...]:
        """Every rule of the letter that this content breaks, released in `realm`."""
        letter, now, kind = self._letter, self._occasion.now, str(content.get("kind"))
        if now >= letter.valid_until:
            self._by_letter("gate-expired", f"which ended on {letter.valid_until:%Y-%m-%d %H:%M} UTC")
        if letter.valid_from is not None and now < letter.valid_from:
            self._by_letter("gate-expired", f"which begins on {letter.valid_from:%Y-%m-%d %H:%M} UTC")
        if self._occasion.method not in letter.methods:
            self._by_letter("gate-method", f"nothing goes by {self._occasion.method}")
        if not listed(realm, letter.realms):
            self._by_letter("gate-realm", f"nothing goes in realm {realm[:40]!r}")
        if kind in (*letter.kinds_refused, *_HOME_ONLY) or not listed(kind, letter.kinds):
            self._by_letter("gate-kind", f"no element of kind {kind[:40]!r} goes")
        if not listed(str(content.get("contingency", "")), letter.contingencies):
            self._by_letter("gate-scope", "this contingency is not covered")
        self._markings(content)
        return tuple(self._found)

    def _markings(self, content: dict[str, JsonValue]) -> None:
        own = self._label(content.get("marking"), "the element")
        for origin in _objects(content.get("origins", [])):
            self._origin(origin)
        if own is None:
            return
        policy, rank = own
        inside = {name: value for name, value in content.items() if name not in ("marking", "origins")}
        for path, line in _portions(inside, "", self._rules.levels):
            what = f"({line[:60]}) at {path[:120]}"
            found = self._read(policy, line, what)
            if found is not None and found > rank:
                self._plainly("gate-portion", f"the portion mark {what} is above the element's own label")

    def _origin(self, origin: dict[str, JsonValue]) -> None:
        source = origin.get("source")
        party = str(source.get("party"))[:20] if isinstance(source, dict) else "nobody"
        if party == self._partner.party:
            return  # it wrote that itself
        if party != self._us and not listed(party, self._letter.drawn_from):
            self._by_letter("gate-origin", f"nothing goes that is drawn from {party}")
        self._label(origin.get("marking"), f"what it draws from {party}", readers=party == self._us)

    def _label(self, marking: JsonValue, what: str, *, readers: bool = True) -> tuple[Policy, int] | None:
        """The policy and rank of a label, judged; None where it cannot be read, which is told."""
        if not isinstance(marking, dict) or not marking.get("policy") or not marking.get("classification"):
            self._plainly("gate-label", f"{what} bears no label")
            return None
        policy = self._rules.policy(str(marking["policy"]))
        if policy is None:
            self._plainly(
                "gate-policy",
                f"{what} bears a label of policy {str(marking['policy'])[:40]!r}, which the gate does not know",
            )
            return None
        try:
            mark = _mark(policy, marking)
        except MarkError as error:
            self._plainly("gate-label", f"the label of {what} {error}")
            return None
        self._judge(policy, mark, f"the label of {what}", readers=readers)
        return policy, mark.rank

    def _read(self, policy: Policy, line: str, what: str) -> int | None:
        """The rank of a portion mark, judged; None where it cannot be read, which is told."""
        try:
            mark = marks.read_line(policy, line)
        except MarkError as error:
            self._plainly("gate-portion", f"the portion mark {what} {error}")
            return None
        self._judge(policy, mark, f"the portion mark {what}", readers=True)
        return mark.rank

    def _judge(self, policy: Policy, mark: marks.Mark, what: str, *, readers: bool) -> None:
        """Tells each reason against one marking: too high, a caveat that may not leave, readers without the partner."""
        ceilings = [one for one in self._letter.ceilings if self._rules.policy(one.policy) == policy]
        if not ceilings:
            self._by_letter("gate-ceiling", f"there is no ceiling for {policy.name}, whose words {what} uses")
            return
        ceiling = max(ceilings, key=lambda one: _rank(policy, one))
        if mark.rank > _rank(policy, ceiling):
            self._by_letter("gate-ceiling", f"nothing above {ceiling.level} goes, and {what} says {mark.level}")
        for bad in marks.not_permitted(mark, policy, ceiling.caveats):
            self._by_letter("gate-caveat", f"{bad[:80]} is not permitted, which {what} says")
        for bad in marks.refused(mark, policy, self._letter.caveats_refused):
            self._by_letter("gate-caveat", f"{bad[:80]} is refused, which {what} says")
        for caveat in mark.caveats if readers else ():
            if caveat.readers is not None and not caveat.readers & self._readers:
                self._plainly(
                    "gate-readers", f"{what} says {marks.named(caveat)[:80]}, which does not name {self._partner.party}"
                )

    def _by_letter(self, rule: str, why: str) -> None:
        self._plainly(rule, f"under letter “{self._letter.title[:80]}” {why}")

    def _plainly(self, rule: str, why: str) -> None:
        self._found.append(Refusal(rule, f"{self._occasion.what}: {why}."))


def _mark(policy: Policy, marking: dict[str, JsonValue]) -> marks.Mark:
    caveats = marking.get("caveats", [])
    if not isinstance(caveats, list) or not _LABEL_FIELDS.issuperset(marking):
        raise MarkError("is in no form that the gate knows")
    return marks.read(policy, str(marking["classification"]), map(str, caveats))


def _rank(policy: Policy, ceiling: Ceiling) -> int:
    return marks.read(policy, ceiling.level, ()).rank


def _objects(value: JsonValue) -> Iterator[dict[str, JsonValue]]:
    """The objects of a list; what is none comes as an empty one, which nothing permits."""
    for item in value if isinstance(value, list) else [value]:
        yield item if isinstance(item, dict) else {}


def _portions(value: JsonValue, path: str, levels: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Where each marking inside a content stands, and its text."""
    match value:
        case str():
            yield from ((path, found) for found in marks.marks_in(value, levels))
        case list():
            for number, item in enumerate(value):
                yield from _portions(item, f"{path}.{number}", levels)
        case dict():
            for name, item in value.items():
                inside = f"{path}.{name}".lstrip(".")
                if name == "mark" and isinstance(item, str):
                    if item:
                        yield inside, item
                elif name == "marking":
                    yield inside, "a label where none is known"
                else:
                    yield from _portions(item, inside, levels)
        case _:
            return
