"""What the parties say about each other's released elements: comments, suggestions, positions, adoptions, and what is agreed.

All of it blocks nothing. Each names an exact version, so it is current only while its host's newest release is that version.

What a holder tells of a text's arrival and readers (`tellings`) is its own word, taken as no more: it counts for the exact version that it names,
from a party that was given that version, and two of them never add up.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias, cast

import msgspec

from stafftalks.accord.bodies import EntryRef
from stafftalks.accord.parts import ReleasedVersion, Sheet
from stafftalks.accord.product import Accord, asked_by, current_version
from stafftalks.planning import element, summary
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
from stafftalks.values.ids import ElementId, PartyId, VersionHash

TalkContent: TypeAlias = Comment | Suggestion | Position | Adoption


class Remark(msgspec.Struct, frozen=True):
    """What `party` says in its released element about the exact version `content.about`.

    `current` is whether that is the newest version its host has released; False too where nothing of it is live here.
    """

    party: PartyId
    element: ElementId
    version: VersionHash
    content: TalkContent
    current: bool
    ref: EntryRef
    at: int


class Telling(msgspec.Struct, frozen=True):
    """What the holder `party` tells of the exact version `content.about`, because it chose to."""

    party: PartyId
    element: ElementId
    version: VersionHash
    content: Acknowledgement
    ref: EntryRef
    at: int


class Agreed(msgspec.Struct, frozen=True):
    """An exact version that every party, its host too, has adopted last. `current`: the host has not revised it since."""

    party: PartyId
    element: ElementId
    version: VersionHash
    title: str
    current: bool


def talk(accord: Accord, about: ElementRef | ExactRef) -> tuple[Remark, ...]:
    """Everything said about the element that `about` names (that exact version where it names one), oldest claim first."""
    found = [remark for remark in _about(accord, about) if about.version in (None, remark.content.about.version)]
    return tuple(sorted(found, key=lambda remark: (remark.at, remark.ref)))


def remarks(accord: Accord) -> Mapping[tuple[PartyId, ElementId], tuple[Remark, ...]]:
    """Every live remark by the element it is about: party by party, each party's in the order of its record."""
    held = accord.__dict__.get(_REMARKS)
    if held is None:
        found: dict[tuple[PartyId, ElementId], list[Remark]] = {}
        for remark in _remarks(accord):
            about = remark.content.about
            found.setdefault((about.party, about.element), []).append(remark)
        held = accord.__dict__[_REMARKS] = {key: tuple(said) for key, said in found.items()}
    return cast("Mapping[tuple[PartyId, ElementId], tuple[Remark, ...]]", held)


def positions(accord: Accord, about: ElementRef | ExactRef) -> tuple[Remark, ...]:
    """Each party's latest position on the element, in the order of the charter; a party without one is left out."""
    return tuple(_latest(accord, about, Position).values())


def adoptions(accord: Accord, about: ElementRef | ExactRef) -> tuple[Remark, ...]:
    """Each party's latest adoption of the element, in the order of the charter; one that is not `current` is stale."""
    return tuple(_latest(accord, about, Adoption).values())


def tellings(accord: Accord) -> Mapping[ExactRef, tuple[Telling, ...]]:
    """What the holders of each exact version tell of it: the latest word of each, in the order of the charter; others' words do not count."""
    held = accord.__dict__.get(_TELLINGS)
    if held is None:
        latest: dict[ExactRef, dict[PartyId, Telling]] = {}
        for telling in _tellings(accord):
            latest.setdefault(telling.content.about, {})[telling.party] = telling
        held = accord.__dict__[_TELLINGS] = {about: tuple(by.values()) for about, by in latest.items()}
    return cast("Mapping[ExactRef, tuple[Telling, ...]]", held)


def agreed(accord: Accord) -> tuple[Agreed, ...]:
    """Every exact version that all parties have adopted, each by its latest adoption of that element."""
    held = accord.__dict__.get(_AGREED)
    if held is None:
        held = accord.__dict__[_AGREED] = tuple(_agreed(accord))
    return cast("tuple[Agreed, ...]", held)


def agreed_versions(accord: Accord) -> frozenset[tuple[PartyId, ElementId, VersionHash]]:
    """`agreed` as what can be asked of a version: whose, which element, which exact version."""
    held = accord.__dict__.get(_VERSIONS)
    if held is None:
        found = frozenset((item.party, item.element, item.version) for item in agreed(accord))
        held = accord.__dict__[_VERSIONS] = found
    return cast("frozenset[tuple[PartyId, ElementId, VersionHash]]", held)


def _agreed(accord: Accord) -> Iterator[Agreed]:
    for (host, hosted), said in sorted(remarks(accord).items()):
        latest = {remark.party: remark for remark in said if isinstance(remark.content, Adoption)}
        if set(latest) == set(accord.parties) and host in latest:
            versions = {remark.content.about.version for remark in latest.values()}
            if len(versions) == 1:
                (version,) = versions
                yield Agreed(host, hosted, version, _title(accord, host, hosted, version), latest[host].current)


def _latest(
    accord: Accord, about: ElementRef | ExactRef, kind: type[Position] | type[Adoption]
) -> dict[PartyId, Remark]:
    """Each party's last remark of `kind` about the element, in order of its own record."""
    return {
        remark.party: remark
        for remark in _about(accord, about)
        if isinstance(remark.content, kind) and about.version in (None, remark.content.about.version)
    }


def _about(accord: Accord, about: ElementRef | ExactRef) -> tuple[Remark, ...]:
    return remarks(accord).get((about.party, about.element), ())


def _remarks(accord: Accord) -> Iterator[Remark]:
    """Every live remark, party by party, each party's in the order of its record."""
    for party in accord.parties:
        for version, content in _said(accord.sheet(party)):
            about = content.about
            newest = current_version(accord, about.party, about.element)
            current = newest is not None and newest.version == about.version
            yield Remark(party, version.element, version.version, content, current, version.ref, version.at)


def _tellings(accord: Accord) -> Iterator[Telling]:
    """Every telling that stands by a party that was given what it is about, each party's in the order of its record."""
    for party in accord.parties:
        sheet = accord.sheet(party)
        rank = {part.epoch: index for index, part in enumerate(sheet.epochs)}
        live = sheet.live_by_kind.get(_ACKNOWLEDGEMENT, ())
        for item in sorted(live, key=lambda version: (rank[version.ref.epoch], version.ref.n)):
            content = telling_content(item)
            if content is not None and party in _given_to(accord, content.about):
                yield Telling(party, item.element, item.version, content, item.ref, item.at)


def _given_to(accord: Accord, about: ExactRef) -> frozenset[PartyId]:
    """The parties that were given this exact version, also where it was recalled since."""
    sheet = accord.sheet(about.party)
    holders = {
        party
        for version in sheet.released.get(about.element, ())
        if version.version == about.version
        for party in version.to
    }
    for recall in sheet.recalls_of.get(about.element, ()):
        if about.version in recall.versions:
            holders.update(asked_by(accord, recall))
    return frozenset(holders - {about.party})


def telling_content(version: ReleasedVersion) -> Acknowledgement | None:
    """What a released element tells of a text; None where it is no acknowledgement."""
    return _telling_content(version.raw) if version.kind == _ACKNOWLEDGEMENT else None


@lru_cache(maxsize=5_000)
def _telling_content(raw: bytes) -> Acknowledgement | None:
    content = element.decode(raw).content
    return content if isinstance(content, Acknowledgement) else None


def _said(sheet: Sheet) -> tuple[tuple[ReleasedVersion, TalkContent], ...]:
    """The live remarks of one sheet in the order of its record, read once."""
    held = sheet.__dict__.get(_REMARKS)
    if held is None:
        rank = {part.epoch: index for index, part in enumerate(sheet.epochs)}
        live = [item for kind in _TALK for item in sheet.live_by_kind.get(kind, ())]
        live.sort(key=lambda version: (rank[version.ref.epoch], version.ref.n))
        read = ((version, remark_content(version)) for version in live)
        held = sheet.__dict__[_REMARKS] = tuple((version, content) for version, content in read if content is not None)
    return cast("tuple[tuple[ReleasedVersion, TalkContent], ...]", held)


def texts(accord: Accord, party: PartyId) -> tuple[ReleasedVersion, ...]:
    """What stands released of `party` and is no talk, the newest first by its own claim."""
    sheet = accord.sheet(party)
    held = sheet.__dict__.get(_TEXTS)
    if held is None:
        live = (item for item in sheet.live if item.kind not in _NO_TEXTS)
        held = sheet.__dict__[_TEXTS] = tuple(sorted(live, key=lambda item: (-item.at, item.element)))
    return cast("tuple[ReleasedVersion, ...]", held)


def remark_content(version: ReleasedVersion) -> TalkContent | None:
    """What a released element says about another; None where it is no such thing."""
    return _content(version.raw) if version.kind in _TALK else None


@lru_cache(maxsize=20_000)
def _content(raw: bytes) -> TalkContent | None:
    content = element.decode(raw).content
    return content if isinstance(content, TalkContent) else None


# What follows from a sheet or an accord is kept with it: both are values, so it never changes.
_REMARKS, _AGREED, _VERSIONS, _TEXTS, _TELLINGS = "remarks", "agreed", "agreed versions", "texts", "tellings"
_TALK = frozenset(str(kind.__struct_config__.tag) for kind in (Comment, Suggestion, Position, Adoption))
_ACKNOWLEDGEMENT = str(Acknowledgement.__struct_config__.tag)
_NO_TEXTS = _TALK | {str(kind.__struct_config__.tag) for kind in (Acknowledgement, ConsentRequest, Consent)}


def _title(accord: Accord, party: PartyId, hosted: ElementId, version: VersionHash) -> str:
    """The title of this exact version, empty where its bytes are not held here."""
    return next(
        (title_of(release) for release in accord.sheet(party).released.get(hosted, ()) if release.version == version),
        "",
    )


def title_of(release: ReleasedVersion) -> str:
    """One line that names what was released, as every page shows it."""
    return summary.headline(element.decode(release.raw).content)
