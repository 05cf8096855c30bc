"""Which side would bring what to each requirement, as far as options and forces say so now.

Counted is what contributions of options name for a requirement, in the requirement's own unit and not withdrawn. Where several options
count on the same side, the most that any one of them counts on is taken, so that nothing is counted twice. A force with the capability
is named as one that could, and never counted: only people promise. Times are shown beside and not reckoned with here.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Literal

import msgspec

from stafftalks.planning.forces import Force
from stafftalks.planning.options import Contribution, Option, Promise
from stafftalks.planning.refs import ElementRef
from stafftalks.planning.scenarios import Requirement
from stafftalks.values.ids import ElementId, PartyId
from stafftalks.values.quantity import Quantity

State = Literal["gap", "partial", "filled", "over-offered", "unmeasured"]
Key = tuple[PartyId, ElementId]


class Share(msgspec.Struct, frozen=True):
    """What one side would bring to one requirement: the most any option counts on, in the requirement's unit where it can be summed.

    `firm` is the part of it that is promised firmly. `unmeasured` are contributions without a quantity in that unit. `options` are those
    that count on this side, `could` its forces that have the capability.
    """

    party: PartyId
    amount: Fraction | None
    firm: Fraction | None
    contributions: tuple[Contribution, ...]
    unmeasured: tuple[Contribution, ...]
    options: tuple[Key, ...]
    could: tuple[Key, ...]


class Covered(msgspec.Struct, frozen=True):
    """One requirement with each side's share; `offered` is their sum and `missing` what is left, both in the requirement's unit."""

    key: Key
    requirement: Requirement
    shares: tuple[Share, ...]
    offered: Fraction
    missing: Fraction | None
    state: State


def amount_of(quantity: Quantity) -> Fraction:
    """The exact amount in its unit."""
    return Fraction(quantity.scaled, 10**quantity.decimals)


def cover(
    requirements: Mapping[Key, Requirement],
    options: Mapping[Key, Option],
    forces: Mapping[Key, Force],
    parties: Sequence[PartyId],
) -> tuple[Covered, ...]:
    """Every requirement in the order given, each side in the order of `parties`; contributions of others are left out."""
    counted: dict[tuple[Key, PartyId], dict[Key, list[Contribution]]] = {}
    for option_key, option in options.items():
        for row in option.contributions:
            if row.requirement is not None and row.promise is not Promise.WITHDRAWN:
                slot = counted.setdefault((_key(row.requirement), row.party), {})
                slot.setdefault(option_key, []).append(row)
    able: dict[str, list[Key]] = {}
    for force_key, force in forces.items():
        for capability in dict.fromkeys(_folded(code) for code in force.capabilities):
            able.setdefault(capability, []).append(force_key)
    return tuple(_covered(key, found, counted, able, parties) for key, found in requirements.items())


def _covered(
    key: Key,
    requirement: Requirement,
    counted: Mapping[tuple[Key, PartyId], Mapping[Key, list[Contribution]]],
    able: Mapping[str, list[Key]],
    parties: Sequence[PartyId],
) -> Covered:
    could = able.get(_folded(requirement.capability), [])
    shares = tuple(
        _share(party, requirement, counted.get((key, party), {}), [force for force in could if force[0] == party])
        for party in parties
    )
    offered = sum((share.amount for share in shares if share.amount is not None), Fraction(0))
    spoken = any(share.contributions for share in shares)
    if requirement.quantity is None:
        return Covered(key, requirement, shares, offered, None, "unmeasured" if spoken else "gap")
    needed = amount_of(requirement.quantity)
    missing = max(Fraction(0), needed - offered)
    return Covered(key, requirement, shares, offered, missing, _state(needed, offered, spoken=spoken))


def _state(needed: Fraction, offered: Fraction, *, spoken: bool) -> State:
    if offered > needed:
        return "over-offered"
    if offered == needed:
        return "filled"
    if offered > 0:
        return "partial"
    return "unmeasured" if spoken else "gap"


def _share(
    party: PartyId, requirement: Requirement, by_option: Mapping[Key, list[Contribution]], could: list[Key]
) -> Share:
    best: tuple[Fraction, Fraction] | None = None
    contributions: dict[Contribution, None] = {}
    unmeasured: dict[Contribution, None] = {}
    for rows in by_option.values():
        amount = firm = Fraction(0)
        measured = False
        for row in rows:
            contributions[row] = None
            if requirement.quantity is None or row.quantity is None or row.quantity.unit != requirement.quantity.unit:
                unmeasured[row] = None
                continue
            measured = True
            amount += amount_of(row.quantity)
            firm += amount_of(row.quantity) if row.promise is Promise.FIRM else 0
        if measured and (best is None or (amount, firm) > best):
            best = (amount, firm)
    return Share(
        party,
        best[0] if best else None,
        best[1] if best else None,
        tuple(contributions),
        tuple(unmeasured),
        tuple(by_option),
        tuple(could),
    )


def _key(ref: ElementRef) -> Key:
    return (ref.party, ref.element)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
