"""Third parties: what of theirs ours draws on, asking its originator whether it may be passed on, and answering when we are asked.

Asking and answering are elements of ours that go through the desk as any talk does. What a consent amounts to is `accord.consents`; how long it
still counts is told by our clock.
"""

from collections.abc import Iterator, Sequence

import msgspec

from stafftalks.accord import state
from stafftalks.accord.parts import ReleasedVersion
from stafftalks.planning.element import UnknownContent, decode
from stafftalks.planning.kinds import Content
from stafftalks.planning.portions import Portion, portion_hash, portions
from stafftalks.planning.refs import ElementRef, ExactRef
from stafftalks.planning.talk import Consent, ConsentRequest, Verdict
from stafftalks.planning.text import Origin
from stafftalks.release.authority import StandingConsent, past
from stafftalks.services import accords, drawing, elements, reading, releases, workspace
from stafftalks.services.accords import AccordView
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow, RequestRow
from stafftalks.values.errors import MisuseError, PeerError, Refusal, RefusedError
from stafftalks.values.ids import AccordId, ElementId, PartyId, parse_party
from stafftalks.values.person import Person
from stafftalks.values.relative_time import Instant

_DAY = 86_400


class Named(msgspec.Struct, frozen=True):
    """A portion of an exact text with the hash that names it."""

    hash: str
    portion: Portion


class Term(msgspec.Struct, frozen=True):
    """A consent with how long it counts: `days` are whole days left, 0 on its last one, below zero where it is past."""

    given: state.Given
    days: int
    over: bool


class Drawn(msgspec.Struct, frozen=True):
    """An own element that is drawn on a text of a partner, and what that partner has consented to."""

    row: ElementRow
    origin: Origin
    title: str
    terms: tuple[Term, ...]


class Board(msgspec.Struct, frozen=True):
    """Everything about consents in one accord: what we asked and were asked, what we were given and gave; oldest first."""

    asked: tuple[state.Asking, ...]
    to_answer: tuple[state.Asking, ...]
    received: tuple[Term, ...]
    granted: tuple[Term, ...]


def in_force(hq: Headquarters, loads: Sequence[reading.Loaded] | None = None) -> tuple[StandingConsent, ...]:
    """Every consent that we were given and that counts, over all accords, which may be given where they are read already.

    Also one whose date is past: the desk compares it, and says so.
    """
    return tuple(
        StandingConsent(
            ExactRef(one.party, one.element, one.version), loaded.row.id, one.content.source, one.content.recipient,
            one.content.portions, one.content.until,
        )
        for loaded in (reading.load_all(hq) if loads is None else loads)
        for one in state.granted_to(loaded.state, hq.party)
    )  # fmt: skip


def board(hq: Headquarters, accord: AccordId) -> Board:
    """What was asked, answered and given in this accord, on either side."""
    view = accords.view(hq, accord)
    asked = state.askings(view.accord)
    terms = [_term(hq, one) for one in state.given(view.accord)]
    return Board(
        tuple(one for one in asked if one.party == hq.party),
        tuple(one for one in asked if one.originator == hq.party and not one.fault),
        tuple(term for term in terms if term.given.asker == hq.party),
        tuple(term for term in terms if term.given.party == hq.party),
    )


def drawn(hq: Headquarters, accord: AccordId, offset: int = 0, limit: int = 50) -> tuple[int, tuple[Drawn, ...]]:
    """How many own elements draw on texts of this accord's partners, and of one window of them each source, the element revised last first."""
    view = accords.view(hq, accord)
    total, found = hq.catalogue.drawing(view.partners, offset, limit)
    rows = hq.holdings.elements(found)
    received = board(hq, accord).received
    return total, tuple(one for element in found if element in rows for one in _drawn(view, rows[element], received))


def named_portions(text: ReleasedVersion) -> tuple[Named, ...]:
    """The portions of a released text with their hashes, in reading order; none of a kind that is not known here."""
    return tuple(Named(portion_hash(text.version, one), one) for one in portions(decode(text.raw).content))


def offered(text: ReleasedVersion) -> tuple[Named, ...]:
    """The portions among which one chooses: whole rows, paragraphs and single fields, none twice."""
    return tuple(Named(portion_hash(text.version, one), one) for one in drawing.parts(decode(text.raw).content))


def ask(
    hq: Headquarters,
    person: Person,
    accord: AccordId,
    source: ExactRef,
    recipient: str,
    until: Instant,
    *,
    parts: Sequence[str] = (),
    purpose: str = "",
    note: str = "",
) -> RequestRow:
    """Asks for release, to its originator, of our request that `source` (the portions `parts` by hash, or all of it) may go on to `recipient`.

    Raises RefusedError with a sentence where that has no meaning: nobody named, a date that is past, a text that is not the originator's.
    """
    view = accords.view(hq, accord)
    text = _text(hq, view, source)
    to = _recipient(recipient)
    known = {one.hash for one in named_portions(text)}
    refusals = [*_term_refusals(hq, until)]
    if not to or to in (hq.party, source.party):
        sentence = f"Name to whom it would go on: somebody other than {source.party}, who wrote it, and us."
        refusals.append(Refusal("recipient", sentence))
    if not set(parts) <= known:
        refusals.append(Refusal("portions", "A part that was chosen is not in this exact version: choose again."))
    if refusals:
        raise RefusedError(*refusals)
    content = ConsentRequest(
        about=source, recipient=to, portions=tuple(dict.fromkeys(parts)), until=until, purpose=purpose.strip()
    )
    with hq.transactions.atomic():
        row = elements.add(hq, person, _marked(content, text))
        return releases.request(hq, person, accord, row.id, text.realm, (source.party,), note)


def answer(
    hq: Headquarters,
    person: Person,
    accord: AccordId,
    party: PartyId,
    request: ElementId,
    verdict: Verdict,
    until: Instant,
    *,
    parts: Sequence[str] | None = None,
    conditions: str = "",
    note: str = "",
) -> RequestRow:
    """Asks for release, to `party`, of our answer to its request; `parts` by hash where fewer are granted than were asked for.

    An answer that we gave before is revised, so that one stands. Raises MisuseError where there is no such request, RefusedError where a
    granted date is past or other parts are granted than were asked for.
    """
    view = accords.view(hq, accord)
    asking = find(hq, accord, party, request)
    text = state.release_of(view.accord, asking.content.about)
    granted = tuple(dict.fromkeys(asking.content.portions if parts is None else parts))
    refusals = [*_term_refusals(hq, until)] if verdict is Verdict.GRANTED else []
    known = set(asking.content.portions) or {one.hash for one in (named_portions(text) if text else ())}
    if verdict is Verdict.GRANTED and (not set(granted) <= known or (asking.content.portions and not granted)):
        refusals.append(Refusal("portions", "Grant parts that were asked for, or refuse: choose again."))
    if refusals or text is None:
        raise RefusedError(*refusals)
    content = Consent(
        about=asking.exact, source=asking.content.about, recipient=asking.content.recipient, portions=granted,
        verdict=verdict, until=until, conditions=conditions.strip(),
    )  # fmt: skip
    with hq.transactions.atomic():
        before = _answered(hq, asking)
        marked = _marked(content, text)
        row = (
            elements.revise(hq, person, before.id, marked, before.version)
            if before
            else elements.add(hq, person, marked)
        )
        return releases.request(hq, person, accord, row.id, asking.realm, (party,), note)


def find(hq: Headquarters, accord: AccordId, party: PartyId, request: ElementId) -> state.Asking:
    """The request of `party` that we can answer; raises MisuseError where none stands."""
    for asking in state.askings(accords.view(hq, accord).accord):
        if (asking.party, asking.element) == (party, request) and asking.originator == hq.party and not asking.fault:
            return asking
    raise MisuseError(f"There is no request of {party} for our consent that stands in this accord under this id.")


def days_left(until: Instant, now: Instant) -> int:
    """Whole days until the last one on which a consent counts; 0 on that day, below zero where it is past."""
    end = until.seconds + (
        _DAY if until.seconds % _DAY == 0 else 1
    )  # one that ends at 00:00 was said as a day, and counts through it
    return (end - now.seconds) // _DAY if now.seconds < end else min(-1, (end - now.seconds) // _DAY)


def _term(hq: Headquarters, given: state.Given) -> Term:
    now = Instant(hq.clock.now())
    return Term(given, days_left(given.content.until, now), past(given.content.until, now))


def _drawn(view: AccordView, row: ElementRow, received: Sequence[Term]) -> Iterator[Drawn]:
    content = decode(row.raw).content
    for origin in () if isinstance(content, UnknownContent) else content.origins:
        if origin.source.party in view.partners:
            text = state.release_of(view.accord, origin.source)
            terms = tuple(
                term for term in received if term.given.granted and term.given.content.source == origin.source
            )
            yield Drawn(row, origin, state.title_of(text) if text else "", terms)


def _text(hq: Headquarters, view: AccordView, source: ExactRef) -> ReleasedVersion:
    text = state.release_of(view.accord, source) if source.party in view.partners else None
    if text is None or hq.party not in text.to:
        sentence = f"{source.party}/{source.element[:8]} does not stand released to us in that version in this accord."
        raise RefusedError(Refusal("source", sentence))
    return text


def _recipient(text: str) -> str:
    """A party's code in capitals where it is one; else the name as it was typed."""
    named = " ".join(text.split())
    try:
        return parse_party(named.upper())
    except PeerError:
        return named


def _term_refusals(hq: Headquarters, until: Instant) -> Iterator[Refusal]:
    if past(until, Instant(hq.clock.now())):
        yield Refusal("until", "The date is past: name a day until which it would be passed on.")


def _marked(content: Content, text: ReleasedVersion) -> Content:
    """`content` with the marking and contingency of the text that it is about."""
    subject = decode(text.raw).content
    if isinstance(subject, UnknownContent):
        return content
    return msgspec.structs.replace(content, marking=subject.marking, contingency=subject.contingency)


def _answered(hq: Headquarters, asking: state.Asking) -> ElementRow | None:
    """Our own answer to this request, said before or still at home."""
    pointing = workspace.referring(hq, ElementRef(asking.party, asking.element), kinds=("consent",), fields=("about",))
    found = [piece.element for piece in pointing if piece.party == hq.party]
    rows = hq.holdings.elements(found)
    return next((rows[element] for element in found if element in rows and not rows[element].archived), None)
