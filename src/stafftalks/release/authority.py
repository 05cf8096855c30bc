"""What the desk must know of home in order to judge a release: the letters, the consents, the ways it would travel, the time.

One frozen value, gathered by `services.authority` and handed in, so that the rules read no clock, no store and no draft. Nothing of it ever leaves.
"""

from collections.abc import Iterable, Mapping

import msgspec

from stafftalks.planning.letters import Detail, Letter
from stafftalks.planning.refs import ExactRef
from stafftalks.release.request import Request, opened
from stafftalks.values.ids import AccordId, ElementId, PartyId
from stafftalks.values.person import Person
from stafftalks.values.policies import Policies
from stafftalks.values.relative_time import Instant

_DAY = 86_400


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
    """One version of ours that a partner was ever given, in whatever accord, replaced and recalled ones too; `raw` are its exact bytes.

    `detail` is that of the letter under which it left, None where none is known; then it is taken as told exactly.
    """

    ref: ExactRef
    kind: str
    raw: bytes
    accord: AccordId
    at: int
    detail: Detail | None = None


class Authority(msgspec.Struct, frozen=True):
    """On whose authority something may leave now, `policies` being those known here.

    `letters` are those about each partner, `methods` the ways in which a release to it would travel (`https`, `file`); a partner that is missing
    has none. `originals` are the bytes of the versions that what leaves is drawn from, as far as they are held, by which the parts used of them are known; `given` is what each
    partner was ever given, and `recalled` are the
    sources that their originators have taken back; `results` are, of elements of ours that were written from an analysis, the releases of others that its result stands on. `head` is the head of delegation who lets it go as a third person, None where none has.
    """

    policies: Policies
    now: Instant
    letters: Mapping[PartyId, tuple[StandingLetter, ...]]
    methods: Mapping[PartyId, frozenset[str]]
    consents: tuple[StandingConsent, ...] = ()
    originals: Mapping[ExactRef, bytes] = {}
    given: Mapping[PartyId, tuple[Given, ...]] = {}
    recalled: frozenset[ExactRef] = frozenset()
    results: Mapping[ElementId, tuple[ExactRef, ...]] = {}
    head: Person | None = None

    def after(self, me: PartyId, request: Request, accord: AccordId, letters: Iterable[StandingLetter]) -> "Authority":
        """This authority once the request is let go under these letters: for what is decided next in the same act."""
        found = opened(request.element_raw)
        ref = ExactRef(me, found.id, request.version)
        details = {standing.letter.partner: standing.letter.detail for standing in letters}
        given = dict(self.given)
        for party in request.audience:
            one = Given(ref, found.kind, request.element_raw, accord, self.now.seconds, details.get(party))
            given[party] = (*given.get(party, ()), one)
        return msgspec.structs.replace(self, given=given)


def past(until: Instant, now: Instant) -> bool:
    """Whether a term is over. One that ends at 00:00 was said as a day, and that whole day is in it."""
    return now.seconds >= ends_at(until)


def ends_at(until: Instant) -> int:
    """The first second, in unix seconds, that is no more within a term."""
    return until.seconds + (_DAY if until.seconds % _DAY == 0 else 1)
