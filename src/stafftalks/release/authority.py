"""What the desk must know of home in order to judge a release: the letters, the consents, the ways it would travel, the time.

One frozen value, gathered by `services.authority` and handed in, so that the rules read no clock, no store and no draft. Nothing of it ever leaves.
"""

from collections.abc import Mapping

import msgspec

from stafftalks.planning.letters import Letter
from stafftalks.planning.refs import ExactRef
from stafftalks.values.ids import AccordId, PartyId
from stafftalks.values.person import Person
from stafftalks.values.relative_time import Instant


class StandingLetter(msgspec.Struct, frozen=True):
    """A letter of ours as it stands now: which exact version, and what it says. It may not be in force yet or any more."""

    ref: ExactRef
    letter: Letter

    @property
    def name(self) -> str:
        """What people call it."""
        return self.letter.title


class StandingConsent(msgspec.Struct, frozen=True):
    """An originator's consent that stands released to us: `source` may be passed on to `recipient` until `until`.

    `portions` are the hashes of the exact portions; empty for the whole version. `ref` is the consent itself.
    """

    ref: ExactRef
    accord: AccordId
    source: ExactRef
    recipient: str
    portions: tuple[str, ...]
    until: Instant


class Given(msgspec.Struct, frozen=True):
    """One version of ours that a partner was ever given, in whatever accord, replaced and recalled ones too; `raw` are its exact bytes."""

    ref: ExactRef
    raw: bytes
    accord: AccordId
    at: int


class Authority(msgspec.Struct, frozen=True):
    """On whose authority something may leave now.

    `letters` are those about each partner, `methods` the ways in which a release to it would travel (`https`, `file`); a partner that is missing
    has none. `originals` are the bytes of versions that others released to us, by which the parts used of them are known; `given` is what each
    partner was ever given. `head` is the head of delegation who lets it go as a third person, None where none has.
    """

    now: Instant
    letters: Mapping[PartyId, tuple[StandingLetter, ...]]
    methods: Mapping[PartyId, frozenset[str]]
    consents: tuple[StandingConsent, ...] = ()
    originals: Mapping[ExactRef, bytes] = {}
    given: Mapping[PartyId, tuple[Given, ...]] = {}
    head: Person | None = None
