"""The release desk: the only maker of `Released`.

Three ways out, each with all its rules: an element that another person decided to release, an act of a person in our own record, and
the opening of an epoch. A refusal names every rule that said no. What is shown before a release is drawn from the bytes that leave.
"""

from collections.abc import Sequence

import msgspec

from stafftalks.accord import state
from stafftalks.accord.bodies import (
    MAX_BODY_BYTES,
    Body,
    CheckConsent,
    CheckEnd,
    CheckPoints,
    CheckProposal,
    Confirmation,
    Opening,
    Recall,
    Release,
    accord_id,
    decode_body,
    encode_body,
)
from stafftalks.accord.parts import ReleasedVersion
from stafftalks.accord.state import Accord
from stafftalks.accord.terms import known_realm
from stafftalks.planning import element, summary
from stafftalks.release import letter_rules, release_rules
from stafftalks.release.act_rules import act_refusals, recall_holders
from stafftalks.release.act_words import in_words
from stafftalks.release.adding_up import Sum
from stafftalks.release.authority import Authority, StandingLetter
from stafftalks.release.check_rules import addressed, letter_for
from stafftalks.release.consent_rules import consented
from stafftalks.release.label_rules import labels_of
from stafftalks.release.letter_rules import Verdict, head_needed
from stafftalks.release.released import _TOKEN, Released
from stafftalks.release.request import Request, opened, prepare
from stafftalks.values.errors import PeerError, Refusal, RefusedError
from stafftalks.values.ids import PartyId, VersionHash
from stafftalks.values.person import Person

replaces_for = release_rules.replaces_for

__all__ = [
    "Authority",
    "Preview",
    "Released",
    "Request",
    "StandingLetter",
    "Sum",
    "Verdict",
    "adds_up",
    "admit_act",
    "admit_acts",
    "admit_opening",
    "admit_release",
    "consented",
    "head_needed",
    "holdings_of",
    "letters_for",
    "prepare",
    "preview",
    "replaces_for",
    "verdicts",
]


class Preview(msgspec.Struct, frozen=True):
    """What a partner reads in the exact bytes of a release. `raw` is the element inside; `sections` lay it out for reading."""

    realm: str
    to: tuple[PartyId, ...]
    kind: str
    title: str
    version: VersionHash
    raw: bytes
    sections: tuple[summary.Section, ...]


def preview(body: bytes) -> Preview:
    """The partner's own rendering of a release's exact bytes: of `prepare(request)` before, of the entry's body after.

    Raises PeerError where these bytes are not a release of an element that can be read.
    """
    said = decode_body(body)
    if not isinstance(said, Release):
        raise PeerError(f"These bytes are a {said.__struct_config__.tag} and release no element.")
    raw = said.element.encode()
    found = opened(raw)
    return Preview(
        realm=said.realm,
        to=said.to,
        kind=found.kind,
        title=summary.headline(found.content),
        version=element.version_hash_of_bytes(raw),
        raw=raw,
        sections=summary.sections(found.content),
    )


def admit_release(
    accord: Accord, me: PartyId, request: Request, decider: Person, authority: Authority, *, frozen: bool = False
) -> Released:
    """The release, let go by `decider` on this authority: its body is exactly `prepare(request)`.

    `frozen` says that a record of this accord is frozen after a fork. Raises RefusedError with every rule that said no.
    """
    judged = release_rules.judge(accord, me, request, decider, authority, frozen=frozen)
    realm = known_realm(request.realm)
    if judged.refusals or realm is None:
        raise RefusedError(*judged.refusals)
    body = _within_bounds(prepare(request))
    return Released(
        type="release",
        body=body,
        audience=request.audience,
        realm=realm,
        summary=f"{me} {in_words(decode_body(body))}.",
        decided_by=decider.username,
        requested_by=request.requested_by,
        letters=tuple(standing.ref for standing in _permitting(judged.verdicts)),
        token=_TOKEN,
    )


def verdicts(request: Request, decider: Person | None, authority: Authority) -> tuple[Verdict, ...]:
    """For each of the audience the letter that permits the release, or comes nearest, and what that one says against it.

    Without a decider the rules about persons are left out. Raises PeerError where the bytes asked for are no element.
    """
    asked = opened(request.element_raw)
    labels = labels_of(asked.content, authority.policies, request.element_raw)
    return letter_rules.verdicts(authority, request, asked, labels, decider)


def letters_for(request: Request, decider: Person | None, authority: Authority) -> tuple[StandingLetter, ...]:
    """The letters under which the release may be let go: one for each of the audience, each once; those that refuse are left out."""
    return _permitting(verdicts(request, decider, authority))


def adds_up(request: Request, authority: Authority) -> dict[PartyId, tuple[Sum, ...]]:
    """What each of the audience could work out from this release with what it was ever given; raises PeerError as `verdicts`."""
    asked = opened(request.element_raw)
    return {
        verdict.party: release_rules.sums_of(authority, request, asked, verdict)
        for verdict in verdicts(request, None, authority)
    }


def admit_act(
    accord: Accord,
    me: PartyId,
    person: Person,
    body: Body,
    authority: Authority | None = None,
    *,
    frozen: bool = False,
) -> Released:
    """The act, let go by `person`, for every other party to read; a recall goes to those alone who were given what it takes back.

    A recall is completed with the holders it asks, an act of a private check with the other of the two, to whom alone it goes; such an act leaves on
    this authority (without one, none that tells of our activities), and `frozen` says that a record of this accord is frozen. Raises RefusedError
    with every rule that said no.
    """
    refusals = [*act_refusals(accord, me, person, body, authority, frozen=frozen)]
    if refusals:
        raise RefusedError(*refusals)
    audience, letters = accord.others(me), tuple[StandingLetter, ...]()
    if isinstance(body, Recall):
        holders = recall_holders(accord.sheet(me), body)
        body = msgspec.structs.replace(body, to=holders)
        # To others the recall would name an element whose existence they were never told.
        audience = tuple(party for party in audience if party in holders)
    elif isinstance(body, Confirmation):
        audience = _told_of_recall(accord, me, body)
    elif isinstance(body, CheckProposal | CheckConsent | CheckPoints | CheckEnd):
        body, other = addressed(accord, me, body)
        audience = (other,)
        if authority is not None:
            letters = _permitting([letter_for(accord, other, person, authority)])
    return Released(
        type=str(body.__struct_config__.tag),
        body=_within_bounds(encode_body(body)),
        audience=audience,
        realm=None,
        summary=f"{me} {in_words(body)}.",
        decided_by=person.username,
        requested_by=person.username,
        letters=tuple(standing.ref for standing in letters),
        token=_TOKEN,
    )


def admit_acts(
    accord: Accord, me: PartyId, person: Person, bodies: Sequence[Body], authority: Authority | None = None
) -> tuple[Released, ...]:
    """The acts, all or none, each as by `admit_act`: for what is one decision and many entries, as recalling everything.

    None of them may depend on another. Raises RefusedError with every rule that said no to any of them, each sentence once.
    """
    admitted: list[Released] = []
    refusals: dict[Refusal, None] = {}
    for body in bodies:
        try:
            admitted.append(admit_act(accord, me, person, body, authority))
        except RefusedError as error:
            refusals.update(dict.fromkeys(error.refusals))
    if refusals:
        raise RefusedError(*refusals)
    return tuple(admitted)


def admit_opening(accord: Accord, me: PartyId, opening: Opening) -> Released:
    """The first entry of an epoch of our own record, which no person decides. Raises RefusedError with every rule that said no."""
    refusals = []
    if me not in accord.parties:
        refusals.append(Refusal("not-a-party", f"{me} is not a party to this accord."))
    if accord_id(opening.charter.encode()) != accord.id:
        refusals.append(Refusal("opening-charter", "The opening carries another charter than that of this accord."))
    if (opening.reason == "founding") != (opening.previous is None):
        sentence = "A founding opening follows no epoch, and any other names the epoch it follows."
        refusals.append(Refusal("opening-previous", sentence))
    if refusals:
        raise RefusedError(*refusals)
    return Released(
        type="opening",
        body=encode_body(opening),
        audience=accord.others(me),
        realm=None,
        summary=f"{me} {in_words(opening)}.",
        decided_by="",
        requested_by="",
        token=_TOKEN,
    )


def holdings_of(accord: Accord, partner: PartyId, me: PartyId) -> tuple[ReleasedVersion, ...]:
    """What `partner` holds of ours in this accord now: the newest version of each element it was given and that stands."""
    return state.holdings_of(accord, me, partner)


def _told_of_recall(accord: Accord, me: PartyId, body: Confirmation) -> tuple[PartyId, ...]:
    """Who may read our answer: the recalling party and the others it asked, for nobody else was told of the element."""
    recall = accord.sheet(body.recall.party).recall_at[body.recall]
    told = {body.recall.party, *state.asked_by(accord, recall)}
    return tuple(party for party in accord.others(me) if party in told)


def _permitting(found: Sequence[Verdict]) -> tuple[StandingLetter, ...]:
    """The letters of verdicts that refuse nothing, each once."""
    return tuple(dict.fromkeys(item.letter for item in found if item.letter is not None and not item.refusals))


def _within_bounds(body: bytes) -> bytes:
    if len(body) > MAX_BODY_BYTES:
        sentence = f"This is {len(body):,} bytes long as it would leave; at most {MAX_BODY_BYTES:,} can. Divide it."
        raise RefusedError(Refusal("body-long", sentence))
    return body
