"""The rules of disclosure letters: to each partner one single letter must permit all of what leaves.

Several letters about a partner may stand side by side, and what one permits is never pieced together with what another does. Where none permits the
release, the refusals told are those of the letter that comes nearest, by its title. No letter: nothing leaves.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

import msgspec

from stafftalks.planning.element import Element, UnknownContent
from stafftalks.planning.letters import ALL, CHECK, Detail, Letter
from stafftalks.release.authority import Authority, StandingLetter, past
from stafftalks.release.detail import Act, Finer, Sort, finer, wanted
from stafftalks.release.label_rules import Labelled, Labels
from stafftalks.release.request import Request
from stafftalks.values.errors import Refusal
from stafftalks.values.ids import PartyId
from stafftalks.values.label import Label
from stafftalks.values.person import Person, Role
from stafftalks.values.policies import Policies

_TOLD: Final = 5
"""Places that one sentence names."""
_NOT_IN_FORCE: Final = "letter-expired"
_CHECKED: Final = "activity"


class Verdict(msgspec.Struct, frozen=True):
    """What the letters about one partner say: the letter that permits the release or comes nearest (None where there is none), and its refusals."""

    party: PartyId
    letter: StandingLetter | None
    refusals: tuple[Refusal, ...]


def verdicts(
    authority: Authority, request: Request, asked: Element, labels: Labels, decider: Person | None
) -> tuple[Verdict, ...]:
    """One verdict for each of the audience, in its order; without a decider the rules about persons are left out."""
    return tuple(
        _verdict(authority, request, asked, labels, decider, party) for party in dict.fromkeys(request.audience)
    )


def check_verdict(authority: Authority, party: PartyId, realms: Collection[str], decider: Person) -> Verdict:
    """Whether one letter lets a private check be held with `party` by this person, its activities flowing in one of these realms."""
    weighed: list[tuple[tuple[bool, int], StandingLetter, tuple[Refusal, ...]]] = []
    for standing in authority.letters.get(party, ()):
        said = tuple(_check_refusals(authority, standing, party, realms, decider))
        if not said:
            return Verdict(party, standing, ())
        weighed.append(((any(refusal.rule == _NOT_IN_FORCE for refusal in said), len(said)), standing, said))
    return _nearest(party, weighed)


def _check_refusals(
    authority: Authority, standing: StandingLetter, party: PartyId, realms: Collection[str], decider: Person
) -> Iterator[Refusal]:
    letter, name = standing.letter, f"The letter “{standing.name}”"
    yield from _in_force(letter, name, authority)
    if not _listed(CHECK, letter.kinds):
        sentence = (
            f"{name} does not permit a private check: it permits {_list(letter.kinds)}. Name `{CHECK}` among its kinds."
        )
        yield Refusal("letter-kind", sentence)
    refused = [kind for kind in (CHECK, _CHECKED) if _listed(kind, letter.kinds_refused)]
    if refused:
        yield Refusal("letter-kind", f"{name} says that no {refused[0]} leaves, and a check tells of activities.")
    if not any(_listed(realm, letter.realms) for realm in realms):
        sentence = f"{name} does not permit the realm in which activities flow: it permits {_list(letter.realms)}."
        yield Refusal("letter-realm", sentence)
    yield from _methods(letter, name, authority.methods.get(party, frozenset()), party)
    if _listed(CHECK, letter.head_decides):
        if Role.HEAD not in decider.roles:
            yield Refusal("letter-head", f"{name} asks that the head of delegation decides every private check.")
    elif Role.OFFICER not in decider.roles:
        yield Refusal("decider-role", f"{decider.name} is no disclosure officer: a private check is decided by one.")
    elif not _listed(decider.username, letter.deciders):
        sentence = f"{name} does not let {decider.name} decide: it names {_list(letter.deciders)}."
        yield Refusal("letter-decider", sentence)


def _verdict(
    authority: Authority, request: Request, asked: Element, labels: Labels, decider: Person | None, party: PartyId
) -> Verdict:
    weighed: list[tuple[tuple[bool, int], StandingLetter, tuple[Refusal, ...]]] = []
    for standing in authority.letters.get(party, ()):
        said = tuple(_refusals(authority, standing, request, asked, labels, decider, party))
        if not said:
            return Verdict(party, standing, ())
        weighed.append(((any(refusal.rule == _NOT_IN_FORCE for refusal in said), len(said)), standing, said))
    return _nearest(party, weighed)


def _nearest(party: PartyId, weighed: list[tuple[tuple[bool, int], StandingLetter, tuple[Refusal, ...]]]) -> Verdict:
    """The verdict of the letter that comes nearest, where none permits what was asked."""
    if not weighed:
        sentence = f"There is no disclosure letter for {party}, and without one nothing leaves for it. Write one, or leave {party} out."
        return Verdict(party, None, (Refusal("letter-missing", sentence),))
    _, nearest, said = min(weighed, key=lambda one: (one[0], one[1].ref.element))
    return Verdict(party, nearest, said)


def _refusals(
    authority: Authority,
    standing: StandingLetter,
    request: Request,
    asked: Element,
    labels: Labels,
    decider: Person | None,
    party: PartyId,
) -> Iterator[Refusal]:
    """Every rule by which this letter does not permit the release to its partner."""
    letter, name = standing.letter, f"The letter “{standing.name}”"
    yield from _in_force(letter, name, authority)
    yield from _ceilings(authority.policies, letter, name, labels, party)
    yield from _scope(letter, name, request, asked)
    yield from _detail(letter.detail, name, asked)
    yield from _methods(letter, name, authority.methods.get(party, frozenset()), party)
    if decider is not None:
        yield from _persons(letter, name, request, asked, decider, authority.head)


def _in_force(letter: Letter, name: str, authority: Authority) -> Iterator[Refusal]:
    if letter.valid_from is not None and authority.now < letter.valid_from:
        yield Refusal("letter-expired", f"{name} permits nothing before {letter.valid_from}: wait, or write another.")
    if past(letter.valid_until, authority.now):
        yield Refusal("letter-expired", f"{name} permits nothing after {letter.valid_until}: renew it.")


def _ceilings(policies: Policies, letter: Letter, name: str, labels: Labels, party: PartyId) -> Iterator[Refusal]:
    whole = () if labels.element is None else (Labelled("The element", "", labels.element),)
    # What the partner itself gave us goes back to it whatever we may tell it of others.
    drawn = tuple(item for source, item in labels.origins if source.party != party)
    for item in (*whole, *labels.portions, *drawn):
        yield from ceiling_refusals(policies, letter, name, item.what, item.label)


def ceiling_refusals(policies: Policies, letter: Letter, name: str, what: str, label: Label) -> Iterator[Refusal]:
    """Why the letter does not permit what bears this label; `what` names it in words."""
    policy = policies.get(label.policy)
    under = [row for row in letter.ceilings if policies.get(row.policy) is policy and policy is not None]
    if not under:
        sentence = f"{what} is marked under policy {label.policy}, under which {name.lower()} permits nothing."
        yield Refusal("letter-ceiling", sentence)
    tried = [policies.within(label, row.classification, row.policy, row.categories) for row in under]
    if tried and all(tried):
        yield from (
            Refusal(refusal.rule, f"{what} is not permitted by {name.lower()}: {refusal.sentence}")
            for refusal in min(tried, key=len)
        )
    refused = policies.bearing(label, letter.categories_refused)
    if refused:
        sentence = f"{what} bears {', '.join(refused)}, which {name.lower()} does not let leave: take it out."
        yield Refusal("letter-category", sentence)


def _scope(letter: Letter, name: str, request: Request, asked: Element) -> Iterator[Refusal]:
    kind = asked.kind
    if not _listed(kind, letter.kinds):
        yield Refusal("letter-kind", f"{name} does not permit the kind {kind}: it permits {_list(letter.kinds)}.")
    elif _listed(kind, letter.kinds_refused):
        yield Refusal("letter-kind", f"{name} says that no {kind} leaves.")
    if not _listed(request.realm, letter.realms):
        sentence = (
            f"{name} does not permit the realm {request.realm or 'without a name'}: it permits {_list(letter.realms)}."
        )
        yield Refusal("letter-realm", sentence)
    content = asked.content
    contingency = "" if isinstance(content, UnknownContent) else content.contingency
    if not _listed(contingency, letter.contingencies):
        what = f"the contingency {contingency!r}" if contingency else "what belongs to no contingency"
        yield Refusal("letter-scope", f"{name} does not cover {what}: it covers {_list(letter.contingencies)}.")


def _detail(detail: Detail, name: str, asked: Element) -> Iterator[Refusal]:
    found: dict[Sort, list[Finer]] = {}
    for item in finer(asked.content, detail):
        found.setdefault(item.sort, []).append(item)
    for sort, items in found.items():
        first = ", ".join(item.leaf.label for item in items[:_TOLD])
        more = f" and {len(items) - _TOLD} more" if len(items) > _TOLD else ""
        sentence = (
            f"{name} lets {_HOW[sort]} leave {_grain(sort, detail)}, and these say more: {first}{more}. Redact them."
        )
        yield _DETAIL[sort](sentence)


def _methods(letter: Letter, name: str, methods: Collection[str], party: PartyId) -> Iterator[Refusal]:
    if not methods:
        sentence = (
            f"How a release would travel to {party} is not known, so {name.lower()} cannot permit it: pair first."
        )
        yield Refusal("letter-method", sentence)
    barred = sorted(method for method in methods if not _listed(method, letter.methods))
    if barred:
        sentence = (
            f"It would travel to {party} by {', '.join(barred)}, and {name.lower()} permits {_list(letter.methods)}."
        )
        yield Refusal("letter-method", sentence)


def _persons(
    letter: Letter, name: str, request: Request, asked: Element, decider: Person, head: Person | None
) -> Iterator[Refusal]:
    if not _listed(decider.username, letter.deciders):
        sentence = f"{name} does not let {decider.name} decide: it names {_list(letter.deciders)}."
        yield Refusal("letter-decider", sentence)
    if _listed(asked.kind, letter.head_decides):
        third = head is not None and Role.HEAD in head.roles
        if not third or head is None or head.username in (decider.username, request.requested_by):
            sentence = f"{name} asks that the head of delegation lets every {asked.kind} go too, as a third person beside who asks and who decides."
            yield Refusal("letter-head", sentence)


def head_needed(letters: Iterable[StandingLetter], kind: str) -> bool:
    """Whether one of these letters wants the head of delegation to let this kind go as a third person."""
    return any(_listed(kind, standing.letter.head_decides) for standing in letters)


def _listed(name: str, given: Collection[str]) -> bool:
    """Whether a list of a letter has this name, or `all`; empty lists have nobody and nothing."""
    wanted = " ".join(name.casefold().split())
    return any(" ".join(line.casefold().split()) in (wanted, ALL) for line in given)


def _list(given: Collection[str]) -> str:
    return ", ".join(given) or "none"


def _grain(sort: Sort, detail: Detail) -> str:
    act, grain = wanted(sort, detail)
    match act:
        case Act.CELL:
            return f"as H3 cells of resolution {grain} or coarser"
        case Act.ROUND:
            return f"rounded to {grain:,}"
        case Act.BAND:
            return f"in bands of {grain:,}" if grain else "in bands of one, ten, a hundred and so on"
        case Act.DAY:
            return "by whole days"
        case Act.UNANCHOR:
            return "only relative to an anchor"
        case _:
            return "not at all"


_HOW: Final = {Sort.POSITION: "positions", Sort.COUNT: "counts", Sort.TIME: "times"}


def _position(sentence: str) -> Refusal:
    return Refusal("letter-detail-position", sentence)


def _count(sentence: str) -> Refusal:
    return Refusal("letter-detail-count", sentence)


def _time(sentence: str) -> Refusal:
    return Refusal("letter-detail-time", sentence)


_DETAIL: Final = {Sort.POSITION: _position, Sort.COUNT: _count, Sort.TIME: _time}
