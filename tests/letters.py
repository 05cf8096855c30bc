"""Disclosure letters as tests need them: one that permits all there is to permit, to begin from, and authorities made of letters."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from stafftalks.planning import element
from stafftalks.planning.element import Element
from stafftalks.planning.letters import (
    ALL,
    Ceiling,
    CountDetail,
    Detail,
    Letter,
    PositionDetail,
    TimeDetail,
)
from stafftalks.planning.refs import ExactRef
from stafftalks.release.authority import Authority, Given, StandingConsent, StandingLetter
from stafftalks.values.ids import ElementId, PartyId, element_id
from stafftalks.values.label import Marking
from stafftalks.values.policies import builtin
from stafftalks.values.relative_time import Instant

MERIDIA = PartyId("XMR")
NOW = Instant.parse("2026-06-01T12:00Z")
EXACT = Detail(positions=PositionDetail.EXACT, counts=CountDetail.EXACT, times=TimeDetail.EXACT)
EVERYTHING = (ALL,)


def house(party: PartyId) -> Marking:
    """How a party of these tests marks what it writes."""
    return Marking(party, "RESTRICTED")


def broad(partner: PartyId, own: PartyId = MERIDIA, **said: Any) -> Letter:
    """A letter that permits everything to `partner`, but for what is said otherwise."""
    policies = ("PLAIN", "US", own, partner)
    ceilings = (*(Ceiling(policy=name, classification="TOP SECRET", categories=EVERYTHING) for name in policies),)
    known: dict[str, Any] = {
        "title": f"All to {partner}",
        "partner": partner,
        "marking": house(own),
        "ceilings": (*ceilings, Ceiling(policy="TLP", classification="RED", categories=EVERYTHING)),
        "realms": EVERYTHING,
        "kinds": EVERYTHING,
        "contingencies": EVERYTHING,
        "detail": EXACT,
        "methods": EVERYTHING,
        "deciders": EVERYTHING,
        "together": True,
        "valid_until": Instant.parse("2999-12-31"),
    }
    return Letter(**{**known, **said})


def standing(letter: Letter, number: int = 1, party: PartyId = MERIDIA) -> StandingLetter:
    """The letter as it stands at home, as the element of that number."""
    name = ElementId(element_id(f"letter {number:09}".encode()))
    return StandingLetter(ExactRef(party, name, element.version_hash(Element(name, letter))), letter)


def authority(
    letters: Sequence[Letter],
    *,
    me: PartyId = MERIDIA,
    now: Instant = NOW,
    methods: Mapping[PartyId, frozenset[str]] | None = None,
    consents: tuple[StandingConsent, ...] = (),
    given: Mapping[PartyId, tuple[Given, ...]] | None = None,
    **said: Any,
) -> Authority:
    """An authority made of these letters; whoever they name is reached over the wire."""
    by_partner: dict[PartyId, list[StandingLetter]] = {}
    for number, letter in enumerate(letters):
        by_partner.setdefault(letter.partner, []).append(standing(letter, number, me))
    wire = {party: frozenset({"https"}) for party in by_partner}
    return Authority(
        policies=builtin(me),
        now=now,
        letters={party: tuple(found) for party, found in by_partner.items()},
        methods=wire if methods is None else methods,
        consents=consents,
        given=given or {},
        **said,
    )


def with_only(letter: Letter, **said: Any) -> Letter:
    """The letter with some of it said otherwise."""
    return msgspec.structs.replace(letter, **said)
