"""What a proof file proves, in plain words: by whom, between which times, and what it does not prove.

It needs no headquarters: whoever is shown a file can read it so. That the file is sound is checked first, and nothing is said of one that is not.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from stafftalks.accord.bodies import (
    Amendment,
    Answer,
    Body,
    CheckBody,
    CheckConsent,
    CheckEnd,
    CheckPoints,
    CheckProposal,
    Confirmation,
    EntryRef,
    Opening,
    Proposal,
    Question,
    Recall,
    Release,
    Standing,
    decode_body,
    decode_charter,
)
from stafftalks.planning import element as elements
from stafftalks.planning.element import UnknownContent
from stafftalks.planning.refs import ExactRef
from stafftalks.record import proof as files
from stafftalks.record.b64 import url
from stafftalks.record.card import Card, digits, fingerprint
from stafftalks.record.proof import Proved, Verified
from stafftalks.values.errors import PeerError
from stafftalks.values.ids import FeedId, PartyId

_TOP = 253_402_300_799


class ProofSigner(msgspec.Struct, frozen=True):
    """Who signed something in the file: the newest of its cards there, and the 40 digits by which that card is compared."""

    party: PartyId
    name: str
    card: int
    digits: str


class ProofEntry(msgspec.Struct, frozen=True):
    """One entry, in words: where it `stands`, what it `says` or that its text is not there, `when` it was written, and `text`, its exact body."""

    entry: str
    type: str
    stands: str
    says: str
    when: tuple[str, ...]
    text: str


class ProofAccount(msgspec.Struct, frozen=True):
    """What a file proves and what not. `signers` is empty for files of version 1, which say by which key and not by whom."""

    version: int
    accord: str
    signers: tuple[ProofSigner, ...]
    entries: tuple[ProofEntry, ...]
    not_proved: tuple[str, ...]


def account(raw: bytes) -> ProofAccount:
    """What the proof file `raw` proves; raises PeerError, naming the first thing that does not hold."""
    found = files.verify(raw)
    if found.version > 1:
        _check_roots(found)
    return ProofAccount(
        found.version,
        found.accord,
        tuple(_signer(party, held) for party, held in sorted(found.cards.items())),
        tuple(_told(one) for one in found.entries),
        tuple(_not_proved(found)),
    )


def spell(feed: FeedId, n: int) -> str:
    """`XTV/abcd2345/3`: how people name an entry."""
    return f"{feed.party}/{feed.epoch[:8]}/{n}"


def _check_roots(found: Verified) -> None:
    """Raises PeerError unless every signer's cards bear the root key by which the charter, after which the accord is named, knows it."""
    roots = {founder.party: founder.root_key for founder in decode_charter(found.charter).parties}
    for party, held in found.cards.items():
        if roots.get(party) not in {url(card.root_key) for card in held}:
            raise PeerError(
                f"The cards of {party} in this proof do not bear the root key by which the charter names it: they may be another's."
            )


def _signer(party: PartyId, held: tuple[Card, ...]) -> ProofSigner:
    newest = held[-1]
    return ProofSigner(party, newest.name, newest.version, digits(fingerprint(newest)))


def _told(one: Proved) -> ProofEntry:
    body = _read(one)
    kind = one.type if one.type not in ("", "sealed") or body is None else str(msgspec.to_builtins(body)["type"])
    # Points are long and say nothing to a reader.
    text = "" if one.body is None or isinstance(body, CheckPoints) else one.body.decode("utf-8", "replace")
    author = one.feed.party
    stands = f"It stands at place {one.n} of {author}'s record, counted from 0: {author}'s key signed the first {one.size} entries of it."
    return ProofEntry(spell(one.feed, one.n), kind or "unreadable", stands, _says(one, body), tuple(_when(one)), text)


def _read(one: Proved) -> Body | None:
    if one.body is None:
        return None
    try:
        return decode_body(one.body)
    except PeerError:
        return None


def _says(one: Proved, body: Body | None) -> str:
    author = one.feed.party
    if one.body is None:
        return f"Its text is not in this file: that {author} wrote it is proved, not what it says."
    match body:
        case None:
            return "Its text is in this file; this release of the software does not know how to read it."
        case Release():
            return _says_release(author, body)
        case Recall():
            versions = ", ".join(body.versions)
            return (
                f"{author} asked {_parties(body.to)} to remove its element {body.element}, versions {versions}."
                f"{_reason(body.reason)}"
            )
        case Confirmation():
            named = _ref(body.recall)
            if body.outcome == "removed":
                return f"{author} said of the recall {named} that it removed: {', '.join(body.removed)}.{_reason(body.statement)}"
            return f"{author} refused the recall {named}.{_reason(body.statement)}"
        case Standing():
            realms = f", realms: {', '.join(body.realms)}" if body.realms else ""
            return f"{author} said where it stands: {body.act}{realms}.{_reason(body.statement)}"
        case Opening():
            return f"{author} opened its record ({body.reason})."
        case Proposal():
            return f"{author} proposed “{body.title}”."
        case Amendment():
            return f"{author} amended the terms.{_reason(body.message)}"
        case Question():
            return f"{author} asked: {body.text}"
        case CheckProposal() | CheckConsent() | CheckPoints() | CheckEnd():
            return _says_check(author, body)
        case Answer():
            return f"{author} answered the question {_ref(body.question)}: {body.text}"


def _says_check(author: PartyId, body: CheckBody) -> str:
    """What was said in a private check; the points themselves say nothing to a reader."""
    match body:
        case CheckProposal():
            return f"{author} proposed a private check to {body.terms.to}. Purpose: {body.terms.purpose}"
        case CheckConsent():
            verb = "consented to" if body.act == "consent" else "declined"
            return f"{author} {verb} the private check {_ref(body.proposal)}.{_reason(body.statement)}"
        case CheckPoints():
            named = _ref(body.proposal)
            return f"{author} sent part {body.part} of {body.parts} of {body.sort} points in the private check {named}."
        case CheckEnd():
            verb = "had what it was to get in" if body.outcome == "done" else "stopped"
            return f"{author} {verb} the private check {_ref(body.proposal)}.{_reason(body.statement)}"


def _says_release(author: PartyId, body: Release) -> str:
    raw = body.element.encode()
    version = elements.version_hash_of_bytes(raw)
    try:
        found = elements.decode(raw)
    except PeerError:
        return f"{author} gave {_parties(body.to)} an element that cannot be read, version {version}, in the realm {body.realm}."
    title = "" if isinstance(found.content, UnknownContent) else str(getattr(found.content, "title", ""))
    about = None if isinstance(found.content, UnknownContent) else getattr(found.content, "about", None)
    named = f" “{title}”" if title else ""
    on = (
        f" about {about.party}'s element {about.element}, version {about.version}"
        if isinstance(about, ExactRef)
        else ""
    )
    replaces = f", in place of version {body.replaces}" if body.replaces else ""
    return (
        f"{author} gave {_parties(body.to)} the {found.kind}{named}{on} (element {found.id}, version {version}) in the realm "
        f"{body.realm}{replaces}."
    )


def _when(one: Proved) -> Iterator[str]:
    for seen in one.later_than:
        theirs = f"which {seen.feed.party} dates {_at(seen.at)}" if seen.at else "which cannot be read"
        yield f"Written after {spell(seen.feed, seen.n)}, {theirs}: {one.feed.party} says with it, or before it, that it had that entry."
    for party, at in one.cosigned:
        yield f"Written before {_at(at)} by {party}'s clock: {party} signed then that it holds {one.feed.party}'s record so far."
    if not one.cosigned:
        yield "No other party's signature in this file says by when it was written."
    if one.readable:
        yield f"{one.feed.party} itself dates it {_at(one.at)}: that is a claim."


def _not_proved(found: Verified) -> Iterator[str]:
    if found.version == 1:
        yield (
            "Whose key it is that signed: this file is of the first form and carries no cards. Compare the key with one that you know from "
            "elsewhere, or ask for the proof in the present form."
        )
    else:
        yield (
            "That the keys belong to those whose names they bear. Compare the 40 digits of each card with digits that you have from that party "
            "itself."
        )
    yield "That any time claimed by an author or by a signer's clock is the true time."
    yield "What else was said before or after: an entry may have been recalled or replaced since by one that is not in this file."
    yield "That anybody read a text, or that what it says is so."
    if any(one.body is None for one in found.entries):
        yield "What is said by the entries whose text is left out. Whoever holds the text can show that it is the one."
    if not any(one.cosigned for one in found.entries):
        yield "By when they were written: nobody but their author has signed for it."


def _parties(codes: tuple[PartyId, ...]) -> str:
    return ", ".join(codes) if codes else "every other party"


def _ref(ref: EntryRef) -> str:
    return f"{ref.party}/{ref.epoch[:8]}/{ref.n}"


def _reason(text: str) -> str:
    return f" It said with it: {text}" if text else ""


def _at(at: int) -> str:
    if not 0 <= at <= _TOP:
        return f"unix time {at}"
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
