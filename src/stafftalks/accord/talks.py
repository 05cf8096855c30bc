"""What the parties say about each other's released elements: comments, suggestions, positions, adoptions, and what is agreed.

All of it blocks nothing. Each names an exact version, so it is current only while its host's newest release is that version.
"""

from collections.abc import Iterator
from typing import TypeAlias

import msgspec

from stafftalks.accord.bodies import EntryRef
from stafftalks.accord.parts import ReleasedVersion
from stafftalks.accord.product import Accord, current_version
from stafftalks.planning import element, summary
from stafftalks.planning.refs import ElementRef, ExactRef
from stafftalks.planning.talk import Adoption, Comment, Position, Suggestion
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


class Agreed(msgspec.Struct, frozen=True):
    """An exact version that every party, its host too, has adopted last. `current`: the host has not revised it since."""

    party: PartyId
    element: ElementId
    version: VersionHash
    title: str
    current: bool


def talk(accord: Accord, about: ElementRef | ExactRef) -> tuple[Remark, ...]:
    """Everything said about the element that `about` names (that exact version where it names one), oldest claim first."""
    wanted = (about.party, about.element)
    found = [
        remark
        for remark in _remarks(accord)
        if (remark.content.about.party, remark.content.about.element) == wanted
        and about.version in (None, remark.content.about.version)
    ]
    return tuple(sorted(found, key=lambda remark: (remark.at, remark.ref)))


def positions(accord: Accord, about: ElementRef | ExactRef) -> tuple[Remark, ...]:
    """Each party's latest position on the element, in the order of the charter; a party without one is left out."""
    return tuple(_latest(accord, about, Position).values())


def adoptions(accord: Accord, about: ElementRef | ExactRef) -> tuple[Remark, ...]:
    """Each party's latest adoption of the element, in the order of the charter; one that is not `current` is stale."""
    return tuple(_latest(accord, about, Adoption).values())


def agreed(accord: Accord) -> tuple[Agreed, ...]:
    """Every exact version that all parties have adopted, each by its latest adoption of that element."""
    latest: dict[tuple[PartyId, ElementId], dict[PartyId, Remark]] = {}
    for remark in _remarks(accord):
        if isinstance(remark.content, Adoption):
            about = remark.content.about
            latest.setdefault((about.party, about.element), {})[remark.party] = remark
    return tuple(
        Agreed(host, hosted, version, _title(accord, host, hosted, version), remarks[host].current)
        for (host, hosted), remarks in sorted(latest.items())
        if set(remarks) == set(accord.parties) and host in remarks
        for version in {remark.content.about.version for remark in remarks.values()}
        if all(remark.content.about.version == version for remark in remarks.values())
    )


def _latest(
    accord: Accord, about: ElementRef | ExactRef, kind: type[Position] | type[Adoption]
) -> dict[PartyId, Remark]:
    """Each party's last remark of `kind` about the element, in order of its own record."""
    wanted = (about.party, about.element)
    return {
        remark.party: remark
        for remark in _remarks(accord)
        if isinstance(remark.content, kind)
        and (remark.content.about.party, remark.content.about.element) == wanted
        and about.version in (None, remark.content.about.version)
    }


def _remarks(accord: Accord) -> Iterator[Remark]:
    """Every live remark, party by party, each party's in the order of its record."""
    for party in accord.parties:
        sheet = accord.sheet(party)
        rank = {part.epoch: index for index, part in enumerate(sheet.epochs)}
        live = (history[-1] for history in sheet.released.values() if history[-1].kind in _TALK)
        for version in sorted(live, key=lambda version: (rank[version.ref.epoch], version.ref.n)):
            content = element.decode(version.raw).content
            if isinstance(content, TalkContent):
                about = content.about
                newest = current_version(accord, about.party, about.element)
                current = newest is not None and newest.version == about.version
                yield Remark(party, version.element, version.version, content, current, version.ref, version.at)


_TALK = frozenset(str(kind.__struct_config__.tag) for kind in (Comment, Suggestion, Position, Adoption))


def _title(accord: Accord, party: PartyId, hosted: ElementId, version: VersionHash) -> str:
    """The title of this exact version, empty where its bytes are not held here."""
    return next(
        (title_of(release) for release in accord.sheet(party).released.get(hosted, ()) if release.version == version),
        "",
    )


def title_of(release: ReleasedVersion) -> str:
    """One line that names what was released, as every page shows it."""
    return summary.headline(element.decode(release.raw).content)
