"""The marking of a page: what was drawn on it tells its own, and the banner is made of that when the page has been drawn.

Nothing has to be foreseen by a view, so no text can be drawn by the usual tags without its marking being counted.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

import msgspec
from django.http import HttpRequest
from django.utils.translation import get_language

from stafftalks.planning.element import UnknownContent, decode
from stafftalks.planning.kinds import Content
from stafftalks.planning.markings import markings_within
from stafftalks.planning.text import Talk, Titled
from stafftalks.release import desk
from stafftalks.services import accords, labels, registry
from stafftalks.services.labels import Known
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import RequestRow
from stafftalks.services.workspace import Piece
from stafftalks.values.banner import banners
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import ElementId, VersionHash
from stafftalks.values.label import Marking

_KEY = "stafftalks.markings"
_REMEMBERED = 50_000
_KNOWN: dict[str, tuple[Marking, ...]] = {}


class _Marked(msgspec.Struct, frozen=True):
    """What is read of content of a kind that this release does not know: it may still bear a marking."""

    marking: Marking = Marking()


class _Counted(msgspec.Struct):
    """What was drawn on a page so far, and what is known of labels here, once it was needed."""

    markings: dict[Marking, None] = {}
    known: Known | None = None


def markings_of(thing: object, beside: Mapping[VersionHash, Marking] | None = None) -> Iterable[Marking]:
    """The markings, also of portions, of a marking, content, piece, request, anything with an element's `raw` bytes, or several of these.

    `beside` are our own markings by the version that they stand beside: they count with it. None where there is nothing; raises MisuseError for a
    thing that can bear no marking, so that none is passed over unseen.
    """
    match thing:
        case None | "":
            return
        case Marking():
            yield thing
        case UnknownContent():
            yield _unknown(thing)
        case Piece():
            yield from _within(thing.content, thing.version)
        case RequestRow():
            yield from _borne_by(desk.preview(thing.body))
        case Mapping():
            yield from (marking for one in thing.values() for marking in markings_of(one, beside))
        case Iterable():
            yield from (marking for one in thing for marking in markings_of(one, beside))
        case _:
            yield from _borne_by(thing)
    if beside and (ours := beside.get(VersionHash(getattr(thing, "version", "")))) is not None:
        yield ours


def markings_named(hq: Headquarters, refs: Iterable[tuple[str, str]]) -> Iterator[Marking]:
    """The markings of elements that are only named (party, element): ours at home, and what others released to us last.

    One query for all of ours, none for others', whose accords are held ready.
    """
    named = set(refs)
    for row in hq.holdings.elements([ElementId(one) for party, one in named if party == hq.party]).values():
        yield from _borne_by(row)
    others = {ref for ref in named if ref[0] != hq.party}
    for view in accords.views(hq) if others else ():
        for party in view.partners:
            released = view.accord.sheet(party).released
            for element in released.keys() & {one for named_party, one in others if named_party == party}:
                for one in released[element][-1:]:
                    yield from _borne_by(one)


def open_page(request: HttpRequest) -> object:
    """Starts counting for a page, or for a part with a banner of its own; gives what to hand to `close_page`."""
    before = request.META.get(_KEY)
    request.META[_KEY] = _Counted()
    return before


def note(request: HttpRequest | None, thing: object) -> None:
    """Counts the markings of what stands on the page that is being drawn; nothing where none is."""
    counted: _Counted | None = request.META.get(_KEY) if request is not None else None
    if counted is not None:
        if counted.known is None and registry.installed():
            counted.known = labels.known(registry.current())
        beside = counted.known.beside if counted.known is not None else None
        counted.markings.update(dict.fromkeys(markings_of(thing, beside)))


def close_page(request: HttpRequest, before: object) -> tuple[str, ...]:
    """The banners of what was counted since `open_page`, in the reader's language where the policies have words in it."""
    counted: _Counted = request.META[_KEY]
    request.META[_KEY] = before
    return banners(counted.known.policies, counted.markings, language()) if counted.known is not None else ()


def language() -> str:
    """The reader's language, as policies name theirs: `fr`."""
    return (get_language() or "").partition("-")[0]


def _borne_by(thing: object) -> Iterable[Marking]:
    marking = getattr(thing, "marking", None)
    if isinstance(thing, Titled | Talk):
        return markings_within(cast("Content", thing))
    if isinstance(marking, Marking):
        return (marking,)
    raw, version = getattr(thing, "raw", None), getattr(thing, "version", "")
    if isinstance(raw, bytes):
        return _KNOWN.get(version) or _within(decode(raw).content, version)
    raise MisuseError(f"A {type(thing).__name__} bears no marking: give the element, its row or its content.")


def _within(content: Content | UnknownContent, version: str) -> tuple[Marking, ...]:
    """What stands in the content of a version, remembered by its hash, since pages show the same versions again and again."""
    known = _KNOWN.get(version)
    if known is None:
        known = (_unknown(content),) if isinstance(content, UnknownContent) else markings_within(content)
        if len(_KNOWN) >= _REMEMBERED:
            _KNOWN.clear()
        if version:
            _KNOWN[version] = known
    return known


def _unknown(content: UnknownContent) -> Marking:
    try:
        return msgspec.json.decode(content.raw, type=_Marked).marking
    except msgspec.ValidationError:
        return Marking()
