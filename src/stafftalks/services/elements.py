"""Own elements: added, revised, archived and compared at home. Nothing here touches a record or anything that leaves."""

from collections.abc import Collection, Sequence
from typing import Final

from stafftalks.planning import element as elements
from stafftalks.planning.compare import Change
from stafftalks.planning.compare import diff as compare
from stafftalks.planning.element import Element, UnknownContent
from stafftalks.planning.kinds import Content, kind_of
from stafftalks.planning.summary import headline
from stafftalks.services import marking, reading
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow, JournalRow, VersionRow
from stafftalks.values.errors import MisuseError, RefusedError
from stafftalks.values.ids import ElementId, PartyId, VersionHash, element_id
from stafftalks.values.person import Person, Role

_LETTER: Final = "letter"


class ConflictError(MisuseError):
    """Someone else revised the element meanwhile; `current` is its version now, and nothing was overwritten."""

    def __init__(self, current: ElementRow) -> None:
        super().__init__(
            f"{current.revised_by} revised “{current.title}” while you were writing. Nothing was overwritten: "
            "compare both versions and save again."
        )
        self.current = current


def add(hq: Headquarters, person: Person, content: Content, element: ElementId | None = None) -> ElementRow:
    """A new own element, at home only; where it comes without a marking, it bears the one that `marking.marked` gives it."""
    _may_write(person, kind_of(content))
    whole = marking.marked(hq, content)
    row = _row(hq, person, element or element_id(hq.entropy.draw("element", 16)), whole)
    with hq.transactions.atomic():
        if not hq.holdings.put(row, None):
            raise MisuseError(f"An element {row.id} exists already: revise it instead of adding it.")
        _note(hq, person, "element added", row)
    return row


def add_all(hq: Headquarters, person: Person, contents: Sequence[Content]) -> tuple[ElementRow, ...]:
    """New own elements, all of them or none."""
    with hq.transactions.atomic():
        return tuple(add(hq, person, content) for content in contents)


def revise(hq: Headquarters, person: Person, element: ElementId, content: Content, based_on: VersionHash) -> ElementRow:
    """The element with new content; raises ConflictError where its current version is not the one the person had before them."""
    with hq.transactions.atomic():
        current = get(hq, element)
        for kind in {current.kind, kind_of(content)}:
            _may_write(person, kind)
        row = _row(hq, person, element, content, archived=current.archived)
        if row.version == current.version:
            return current
        if current.version != based_on or not hq.holdings.put(row, based_on):
            raise ConflictError(get(hq, element))
        _note(hq, person, "element revised", row)
    return row


def archive(hq: Headquarters, person: Person, element: ElementId, *, archived: bool) -> ElementRow:
    """Puts the element away, or brings it back; its versions stay, and so does whatever was released."""
    with hq.transactions.atomic():
        current = get(hq, element)
        _may_write(person, current.kind)
        row = ElementRow(
            current.id, current.kind, current.title, current.contingency, current.version, current.raw,
            hq.clock.now(), person.username, archived,
        )  # fmt: skip
        if not hq.holdings.put(row, current.version):
            raise ConflictError(get(hq, element))
        _note(hq, person, "element archived" if archived else "element brought back", row)
    return row


def get(hq: Headquarters, element: ElementId) -> ElementRow:
    """The element at its current version; raises MisuseError where there is none of that id."""
    row = hq.holdings.element(element)
    if row is None:
        raise MisuseError(f"There is no own element {element}: see `element list`.")
    return row


def titles_of(hq: Headquarters, refs: Collection[tuple[PartyId, ElementId]]) -> dict[tuple[PartyId, ElementId], str]:
    """What the elements referred to are called, as far as this headquarters knows: its own, and what others released to it."""
    own = hq.holdings.titles([element for party, element in refs if party == hq.party])
    found = {(hq.party, element): title for element, title in own.items()}
    others = [ref for ref in refs if ref[0] != hq.party]
    for row in hq.records.accords() if others else ():
        sheets = reading.load(hq, row.id).state.sheets
        for party, element in others:
            versions = sheets[party].released.get(element, ()) if party in sheets else ()
            if versions:
                found[party, element] = headline(elements.decode(versions[-1].raw).content)
    return found


def content(row: ElementRow | VersionRow) -> Content:
    """What an own version says; raises MisuseError where this release of the software cannot read its kind."""
    found = elements.decode(row.raw).content
    if isinstance(found, UnknownContent):
        raise MisuseError(
            f"This element is of a kind ({found.kind}) that this version of Stafftalks does not know: upgrade to read it."
        )
    return found


def versions(hq: Headquarters, element: ElementId) -> tuple[VersionRow, ...]:
    """Every version of an own element, oldest first."""
    get(hq, element)
    return hq.holdings.versions(element)


def version(hq: Headquarters, element: ElementId, wanted: VersionHash) -> VersionRow:
    """One version of an own element; raises MisuseError where it has no such version."""
    for row in versions(hq, element):
        if row.version == wanted:
            return row
    raise MisuseError(f"The element {element} has no version {wanted[:8]}: see its history.")


def diff(hq: Headquarters, element: ElementId, before: VersionHash, after: VersionHash) -> tuple[Change, ...]:
    """What changed between two versions of an own element, in words."""
    return compare(content(version(hq, element, before)), content(version(hq, element, after)))


def find(
    hq: Headquarters,
    *,
    kind: str = "",
    contingency: str = "",
    text: str = "",
    archived: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[int, tuple[ElementRow, ...]]:
    """How many own elements match and one window of them, last revised first."""
    return hq.holdings.find(
        kind=kind, contingency=contingency, text=text, archived=archived, offset=offset, limit=limit
    )


def _row(hq: Headquarters, person: Person, element: ElementId, found: Content, *, archived: bool = False) -> ElementRow:
    whole = Element(element, found)
    return ElementRow(
        element, kind_of(found), found.title, found.contingency, elements.version_hash(whole),
        elements.encode(whole), hq.clock.now(), person.username, archived,
    )  # fmt: skip


def writers_of(kind: str) -> tuple[Role, ...]:
    """Who may write elements of this kind. A letter gives authority to disclosure officers, so only the head of delegation, who has it, writes one."""
    return (Role.HEAD,) if kind == _LETTER else (Role.PLANNER, Role.OFFICER, Role.HEAD)


def _may_write(person: Person, kind: str) -> None:
    refusal = person.lacking(*writers_of(kind))
    if refusal:
        raise RefusedError(refusal)


def _note(hq: Headquarters, person: Person, act: str, row: ElementRow) -> None:
    hq.journal.add(JournalRow(row.revised_at, person.username, act, row.id, f"{row.kind}: {row.title}"))
