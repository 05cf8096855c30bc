"""The rules about what an element names: talk is about what stands released, and nobody learns of what they were not given."""

from collections.abc import Collection, Iterator
from typing import Final

import msgspec

from stafftalks.accord.state import Accord, asked_by, release_of
from stafftalks.planning.element import Element, UnknownContent
from stafftalks.planning.kinds import Content
from stafftalks.planning.refs import ElementRef, ExactRef
from stafftalks.planning.talk import (
    Acknowledgement,
    Adoption,
    Comment,
    Consent,
    ConsentRequest,
    Position,
    Suggestion,
)
from stafftalks.release.authority import Authority
from stafftalks.release.consent_rules import consented
from stafftalks.release.request import Request
from stafftalks.values.errors import Refusal
from stafftalks.values.ids import ElementId, PartyId

TALK: Final = (Comment, Suggestion, Position, Adoption, ConsentRequest, Consent, Acknowledgement)
"""What speaks about an exact version that stands released."""
_ELEMENT_NAMED: Final = b'"element":'
"""Stands in the bytes of everything that names an element."""


def reference_refusals(
    accord: Accord, me: PartyId, request: Request, asked: Element, authority: Authority
) -> Iterator[Refusal]:
    """Every reference by which a reader would learn of something that it was not given."""
    content = asked.content
    if isinstance(content, TALK):
        yield from _about(accord, request, asked.kind, content.about)
    given_on = _given_on(authority, request, content)
    if _ELEMENT_NAMED not in request.element_raw:
        return
    for ref in sorted(set(_refs(content)), key=str):
        barred = _barred(accord, request, ref) if ref.party != me and (ref.party, ref.element) not in given_on else []
        if barred:
            sentence = (
                f"It names {ref}, which {', '.join(barred)} was not given, so its existence would become known there."
            )
            yield Refusal("refers-audience", sentence)


def _given_on(
    authority: Authority, request: Request, content: Content | UnknownContent
) -> Collection[tuple[PartyId, ElementId]]:
    """What its originators have consented to be known to everyone in the audience; naming it tells nobody more."""
    if isinstance(content, UnknownContent):
        return ()
    return {
        (origin.source.party, origin.source.element)
        for origin in content.origins
        if all(
            recipient == origin.source.party or consented(authority, origin, recipient)
            for recipient in request.audience
        )
    }


def _about(accord: Accord, request: Request, kind: str, about: ExactRef) -> Iterator[Refusal]:
    subject = release_of(accord, about)
    if subject is None:
        sentence = (
            f"The {kind} is about {about}, which does not stand released here: release it first, or name what is."
        )
        yield Refusal("about-unreleased", sentence)
        return
    if subject.realm != request.realm:
        sentence = f"The {kind} is about something released in the realm {subject.realm}: release it in that realm."
        yield Refusal("about-realm", sentence)
    barred = _barred(accord, request, about)
    if barred:
        sentence = f"The {kind} is about {about}, which {', '.join(barred)} was not given: leave that party out of the audience."
        yield Refusal("about-audience", sentence)


def _barred(accord: Accord, request: Request, ref: ElementRef | ExactRef) -> list[PartyId]:
    """Those in the audience who were not given what `ref` names, as far as is known here; none where nothing is known."""
    sheet = accord.sheet(ref.party)
    told = {
        party
        for version in sheet.released.get(ref.element, ())
        if ref.version in (None, version.version)
        for party in version.to
    }
    for recall in sheet.recalls:
        if recall.element == ref.element and (ref.version is None or ref.version in recall.versions):
            told.update(asked_by(accord, recall))
    return sorted(set(request.audience) - told - {ref.party}) if told else []


def _refs(value: object) -> Iterator[ElementRef | ExactRef]:
    """Every reference to an element inside `value`, apart from what talk is about and what it is drawn from, which have rules of their own."""
    if isinstance(value, ElementRef | ExactRef):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _refs(item)
    elif isinstance(value, msgspec.Struct) and not isinstance(value, UnknownContent):
        talk = isinstance(value, TALK)
        for name in value.__struct_fields__:
            if name != "origins" and not (talk and name == "about"):
                yield from _refs(getattr(value, name))
