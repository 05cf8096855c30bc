"""The third-party rule: what is drawn from another party's release goes on to somebody else only with that party's recorded consent.

A consent is for one recipient, exact portions of one exact version, until a day. What a source is itself drawn from is carried on, so nobody's
say is lost on the way; an element that was written from an analysis names every release of others that the result stands on. Our own text needs nobody's consent, and nobody's consent is needed to give back what they gave.
"""

from collections.abc import Iterator

from stafftalks.planning import element
from stafftalks.planning.element import Element, UnknownContent
from stafftalks.planning.kinds import Content
from stafftalks.planning.portions import portion_hash, portions, within
from stafftalks.planning.refs import ExactRef
from stafftalks.planning.text import Origin
from stafftalks.release.authority import Authority, StandingConsent, past
from stafftalks.values.errors import PeerError, Refusal
from stafftalks.values.ids import PartyId


def consent_refusals(
    authority: Authority, me: PartyId, asked: Element, audience: tuple[PartyId, ...]
) -> Iterator[Refusal]:
    """Every consent that this release lacks, every source of a source that it does not name, every marking that is not its originator's."""
    if isinstance(asked.content, UnknownContent):
        return
    origins = asked.content.origins
    yield from _of_result(authority, asked, origins)
    for origin in origins:
        yield from _carried(authority, origin, origins)
        yield from _as_marked(authority, origin, origins)
        if origin.source.party == me:
            continue
        if origin.source in authority.recalled:
            sentence = f"It is drawn from {_shown(origin.source)}, which {origin.source.party} has recalled: take out what is drawn from it."
            yield Refusal("origin-recalled", sentence)
        for recipient in dict.fromkeys(audience):
            if recipient != origin.source.party:
                yield from _consented(authority, origin, recipient)


def _of_result(authority: Authority, asked: Element, origins: tuple[Origin, ...]) -> Iterator[Refusal]:
    """What was written from an analysis names the releases of others that its result stands on, whatever was made of it since."""
    named = {origin.source for origin in origins}
    for source in authority.results.get(asked.id, ()):
        if source not in named:
            sentence = f"It was written from an analysis that stands on {_shown(source)} of {source.party}: name that among what it is drawn from."
            yield Refusal("origins-carried", sentence)


def consented(authority: Authority, origin: Origin, recipient: PartyId) -> bool:
    """Whether the originator's consents in force cover all that is used of its text, for this recipient."""
    return not any(_consented(authority, origin, recipient))


def _consented(authority: Authority, origin: Origin, recipient: PartyId) -> Iterator[Refusal]:
    source = origin.source
    given = [one for one in authority.consents if one.source == source and one.recipient.strip().upper() == recipient]
    standing = [one for one in given if not past(one.until, authority.now)]
    if any(not one.portions for one in standing):
        return
    if not standing and given:
        latest = max(one.until for one in given)
        sentence = (
            f"{source.party} let {_shown(source)} go on to {recipient} until {latest}, which is past: ask it again."
        )
        yield Refusal("consent-expired", sentence)
        return
    lacking = _uncovered(authority, origin, standing)
    if lacking:
        parts = f" ({', '.join(lacking[:5])})" if standing else ""
        sentence = (
            f"It is drawn from {_shown(source)}, and {source.party} has not consented that this goes on to {recipient}{parts}: "
            f"ask {source.party}, or leave {recipient} out."
        )
        yield Refusal("consent-missing", sentence)


def _uncovered(authority: Authority, origin: Origin, standing: list[StandingConsent]) -> list[str]:
    """The parts used that no consent covers; everything where the source's text is not held, so that its parts are not known."""
    content = _content(authority, origin.source)
    if content is None or not standing:
        return list(origin.parts) or ["all of it"]
    named = {name for one in standing for name in one.portions}
    found = portions(content)
    covered = [portion.path for portion in found if portion_hash(origin.source.version, portion) in named]
    used = [part for part in found if not origin.parts or any(within(part.path, path) for path in origin.parts)]
    bare = [part.label for part in used if not part.row and not any(within(part.path, path) for path in covered)]
    nowhere = [path for path in origin.parts if not any(within(part.path, path) for part in found)]
    return bare + nowhere


def _carried(authority: Authority, origin: Origin, origins: tuple[Origin, ...]) -> Iterator[Refusal]:
    content = _content(authority, origin.source)
    if content is None:
        return
    named = {one.source for one in origins}
    for inner in content.origins:
        if inner.source not in named:
            sentence = (
                f"It is drawn from {_shown(origin.source)}, which is itself drawn from {_shown(inner.source)} of {inner.source.party}: "
                "name that among what it is drawn from."
            )
            yield Refusal("origins-carried", sentence)


def _as_marked(authority: Authority, origin: Origin, origins: tuple[Origin, ...]) -> Iterator[Refusal]:
    """An originator's marking is told as it was given, for the source itself and for what that is drawn from in turn."""
    content = _content(authority, origin.source)
    if content is None:
        return
    given = {origin.source: content.marking} | {inner.source: inner.marking for inner in content.origins}
    for one in origins:
        if (
            one.source in given
            and one.marking != given[one.source]
            and (one.source == origin.source or one.source not in authority.originals)
        ):
            said, was = one.marking.banner() or "nothing", given[one.source].banner() or "nothing"
            sentence = f"It says that {_shown(one.source)} is marked {said}, and its originator marked it {was}: write it as the originator did."
            yield Refusal("origin-marking", sentence)


def _content(authority: Authority, source: ExactRef) -> Content | None:
    """What the source says, None where its text is not held or cannot be read here."""
    raw = authority.originals.get(source)
    try:
        content = element.decode(raw).content if raw is not None else None
    except PeerError:
        return None
    return None if isinstance(content, UnknownContent) else content


def _shown(source: ExactRef) -> str:
    return f"{source.party}/{source.element[:8]}…"
