"""The rules for releasing an element: each is one small generator of refusals, and all of them are asked.

A rule reads the accord as it stands, the request, the decider and the authority that home lends them; none reads a draft, a clock or a store. What
they say stays at home. The rule ids are listed with their sentences in docs/spec/accord.md.
"""

from collections.abc import Iterator

import msgspec

from stafftalks.accord.state import Accord, open_realms
from stafftalks.accord.terms import known_realm
from stafftalks.planning import element, kinds
from stafftalks.planning.element import Element, UnknownContent
from stafftalks.planning.intelligence import WITHHELD, Report
from stafftalks.planning.letters import Detail
from stafftalks.release.adding_up import Leaving, Sum, sum_refusals, sums
from stafftalks.release.authority import Authority
from stafftalks.release.consent_rules import consent_refusals
from stafftalks.release.label_rules import label_refusals, labels_of
from stafftalks.release.letter_rules import Verdict, verdicts
from stafftalks.release.redaction_rules import asked_content, redaction_refusals
from stafftalks.release.reference_rules import TALK, reference_refusals
from stafftalks.release.request import Request, opened
from stafftalks.release.telling_rules import telling_refusals
from stafftalks.values.errors import PeerError, Refusal
from stafftalks.values.ids import ElementId, PartyId, VersionHash
from stafftalks.values.person import Person, Role
from stafftalks.values.realm import Realm


class Judgement(msgspec.Struct, frozen=True):
    """What the rules say to a release: every refusal, in a fixed order, and each recipient's letter; it may leave where nothing is refused."""

    refusals: tuple[Refusal, ...]
    verdicts: tuple[Verdict, ...] = ()


def judge(
    accord: Accord, me: PartyId, request: Request, decider: Person, authority: Authority, *, frozen: bool
) -> Judgement:
    """What every rule says to this release, decided by `decider`."""
    refusals = [*_circumstances(accord, me, request, decider, frozen=frozen)]
    try:
        asked = opened(request.element_raw)
    except PeerError as error:
        refusals.append(Refusal("bytes-unreadable", f"The bytes asked for are not an element: {error}"))
        return Judgement(tuple(refusals))
    refusals += _content(accord, me, request, asked, authority)
    labels = labels_of(asked.content, authority.policies, request.element_raw)
    about = asked.content.about.party if isinstance(asked.content, TALK) else None
    refusals += label_refusals(labels, authority.policies, tuple(dict.fromkeys(request.audience)), about)
    found = verdicts(authority, request, asked, labels, decider)
    for verdict in found:
        refusals += verdict.refusals
    refusals += consent_refusals(authority, me, asked, request.audience)
    for verdict in found:
        refusals += sum_refusals(sums_of(authority, request, asked, verdict), verdict.party)
    return Judgement(tuple(refusals), found)


def _circumstances(
    accord: Accord, me: PartyId, request: Request, decider: Person, *, frozen: bool
) -> Iterator[Refusal]:
    yield from _persons(request, decider)
    yield from _standing(accord, me, frozen=frozen)
    yield from _audience(accord, me, request)
    yield from _realm(accord, request)


def _content(accord: Accord, me: PartyId, request: Request, asked: Element, authority: Authority) -> Iterator[Refusal]:
    yield from _bytes(request, asked)
    yield from _withheld(asked)
    yield from reference_refusals(accord, me, request, asked, authority)
    yield from telling_refusals(accord, me, request, asked)
    yield from _replaces(accord, me, request, asked)
    yield from redaction_refusals(request, asked)


def replaces_for(
    accord: Accord, me: PartyId, element_id: ElementId, audience: tuple[PartyId, ...]
) -> VersionHash | None:
    """The version that a release of this element of ours to `audience` replaces: what all of them hold now, else None."""
    held = _held(accord, me, element_id, audience)
    versions = set(held.values())
    return next(iter(versions)) if len(versions) == 1 else None


def sums_of(authority: Authority, request: Request, asked: Element, verdict: Verdict) -> tuple[Sum, ...]:
    """What the release adds up to for the partner that the verdict is about, by its letter; without one, by the coarsest detail."""
    if isinstance(asked.content, UnknownContent):
        return ()
    detail = verdict.letter.letter.detail if verdict.letter is not None else Detail()
    before = asked_content(request)
    return sums(Leaving(asked.id, asked.content, before), authority.given.get(verdict.party, ()), detail)


def _persons(request: Request, decider: Person) -> Iterator[Refusal]:
    lacking = decider.lacking(Role.OFFICER)
    if lacking:
        yield Refusal("decider-role", lacking.sentence)
    if not request.requested_by:
        yield Refusal(
            "requester-missing", "The request does not say who asked, so nobody can say that another decided."
        )
    if decider.username == request.requested_by:
        sentence = (
            f"{decider.name} asked for this release, so another person must decide it: two people see what leaves."
        )
        yield Refusal("two-person", sentence)


def _standing(accord: Accord, me: PartyId, *, frozen: bool) -> Iterator[Refusal]:
    if me not in accord.parties:
        yield Refusal("not-a-party", f"{me} is not a party to this accord.")
    state = accord.sheet(me).standing.state
    if state in ("withdrawn", "suspended", "declined"):
        mend = "It is final; a new accord is needed." if state == "withdrawn" else "Accept or resume first."
        yield Refusal("own-standing", f"{me} has {state} this accord, so nothing of it leaves. {mend}")
    if frozen:
        yield Refusal(
            "frozen",
            "A record here is frozen after two different signed versions of it: settle that with its party first.",
        )


def _audience(accord: Accord, me: PartyId, request: Request) -> Iterator[Refusal]:
    if not request.audience:
        yield Refusal(
            "audience-empty", "Nobody is named to release to, and an empty audience means nobody. Name the parties."
        )
    outsiders = sorted(set(request.audience) - set(accord.others(me)))
    if outsiders:
        others = ", ".join(accord.others(me))
        sentence = (
            f"{', '.join(outsiders)} cannot be released to: only the other parties to this accord can ({others})."
        )
        yield Refusal("audience-outsider", sentence)
    if len(set(request.audience)) != len(request.audience):
        yield Refusal("audience-repeated", "A party is named twice in the audience. Name each once.")


def _realm(accord: Accord, request: Request) -> Iterator[Refusal]:
    realm = known_realm(request.realm)
    if realm is None:
        names = ", ".join(Realm)
        what = repr(request.realm[:40]) if request.realm else "An empty name"
        yield Refusal("realm-unknown", f"{what} is not a realm, and without a realm nothing flows. Use one of {names}.")
    elif realm not in open_realms(accord):
        shut = [party for party in accord.parties if realm not in accord.sheet(party).standing.realms]
        sentence = f"The realm {realm} is not open: {', '.join(shut)} does not accept it now, and every party must."
        yield Refusal("realm-closed", sentence)


def _withheld(asked: Element) -> Iterator[Refusal]:
    """A step that is withheld must hold nothing that would name it: whoever reads the bytes reads every field."""
    hops = asked.content.hops if isinstance(asked.content, Report) else ()
    for number, hop in enumerate(hops, 1):
        told = (hop.actor, hop.to, hop.medium, hop.at, hop.repeats)
        if hop.withheld_by and told != (WITHHELD, "", "", None, None):
            sentence = (
                f"Step {number} of the chain is withheld by {hop.withheld_by}, yet it says who or how. Write “{WITHHELD}” as its "
                "actor and empty its other fields in the text to be released."
            )
            yield Refusal("step-withheld", sentence)


def _bytes(request: Request, asked: Element) -> Iterator[Refusal]:
    version = element.version_hash_of_bytes(request.element_raw)
    if version != request.version:
        sentence = f"The bytes are version {version[:8]} and the request is for {request.version[:8]}: ask again for what is meant."
        yield Refusal("version-mismatch", sentence)
    allowed = kinds.realms_of(asked.kind)
    if isinstance(asked.content, UnknownContent):
        sentence = f"This version does not know the kind {asked.kind!r}, so nobody here could see what would leave."
        yield Refusal("kind-unknown", sentence)
    elif known_realm(request.realm) is not None and request.realm not in allowed:
        realms = ", ".join(realm for realm in Realm if realm in allowed)
        yield Refusal("kind-realm", f"A {asked.kind} does not flow in the realm {request.realm}, only in {realms}.")


def _held(
    accord: Accord, me: PartyId, element_id: ElementId, audience: tuple[PartyId, ...]
) -> dict[PartyId, VersionHash | None]:
    """What each of the audience holds of this element of ours now."""
    history = accord.sheet(me).released.get(element_id, ())
    return {
        party: next((version.version for version in reversed(history) if party in version.to), None)
        for party in audience
    }


def _replaces(accord: Accord, me: PartyId, request: Request, asked: Element) -> Iterator[Refusal]:
    held = _held(accord, me, asked.id, request.audience)
    versions = set(held.values())
    if len(versions) > 1:
        sentence = "Those in the audience do not all hold the same version of it: release to each apart, so that none learns of a version it was not given."
        yield Refusal("replaces-mixed", sentence)
        return
    current = next(iter(versions), None)
    if current is not None and current == request.version:
        yield Refusal(
            "already-held", f"{', '.join(held)} holds exactly this version already, so nothing new would leave."
        )
    elif current != request.replaces:
        holds = f"version {current[:8]}" if current else "no version of it"
        says = f"version {request.replaces[:8]}" if request.replaces else "none"
        yield Refusal("replaces", f"The audience holds {holds} and the request replaces {says}: ask for release again.")
