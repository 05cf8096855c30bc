"""People of Meridia's headquarters, one of each role, and requests as they ask for them."""

from collections.abc import Callable

import pytest

from stafftalks.planning import element
from stafftalks.release import desk
from stafftalks.release.desk import Request
from stafftalks.values.errors import RefusedError
from stafftalks.values.ids import PartyId, VersionHash
from stafftalks.values.person import Person, Role
from tests.accord.cast import THREE, TORVIA, scenario, version
from tests.letters import authority, broad

PLANNER = Person("pia", "Pia", frozenset({Role.PLANNER}))
OFFICER = Person("ola", "Ola", frozenset({Role.OFFICER}))
HEAD = Person("hedda", "Hedda", frozenset({Role.HEAD}))
EVERYTHING = authority([broad(party) for party in THREE])
"""An authority that stands in no rule's way: a broad letter for every party, our own code too for what only outsiders may test."""
AUDITOR = Person("aud", "Aud", frozenset({Role.AUDITOR}))


def request(
    raw: bytes | None = None,
    *audience: PartyId,
    realm: str = "scenarios",
    replaces: VersionHash | None = None,
    by: str = "pia",
) -> Request:
    raw = scenario(1) if raw is None else raw
    return Request(raw, element.version_hash_of_bytes(raw), realm, audience or (TORVIA,), by, replaces)


def refused(call: Callable[[], object]) -> list[str]:
    """The rules that said no, each with a sentence."""
    with pytest.raises(RefusedError) as caught:
        call()
    assert all(refusal.sentence.endswith(".") for refusal in caught.value.refusals)
    return [refusal.rule for refusal in caught.value.refusals]


__all__ = ["AUDITOR", "EVERYTHING", "HEAD", "OFFICER", "PLANNER", "desk", "refused", "request", "version"]
