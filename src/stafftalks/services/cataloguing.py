"""Keeping the catalogue of released elements as the records say: only what is new since it last was, in the batches in which it came.

What stands released is what the accord's sheets say, so a recall, a late text or a fork changes the catalogue as soon as it changes the accord. What
is cleared leaves the catalogue in the store, with the clearing. Nothing here is needed to make anything that leaves.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import msgspec

from stafftalks.accord import state
from stafftalks.accord.bodies import EntryRef, Recall
from stafftalks.accord.parts import ReleasedVersion, Said
from stafftalks.accord.state import Accord
from stafftalks.planning.talk import Adoption
from stafftalks.services import reading
from stafftalks.services.catalogue import OWN, RULES, ReleasedEntry, Standing, describe
from stafftalks.services.ports import Headquarters
from stafftalks.services.reading import Loaded
from stafftalks.values.ids import ElementId, PartyId, VersionHash

_PART = 2_000
_Key = tuple[PartyId, ElementId]


class _Mark(msgspec.Struct, frozen=True):
    """Up to where an accord is catalogued: by which rules, how many slips had changed, and how far each feed counted."""

    rules: str = ""
    changes: int = -1
    sizes: dict[str, int] = {}


def follow(hq: Headquarters, loads: Sequence[Loaded] | None = None) -> None:
    """Brings the catalogue up to what is held here. Cheap where nothing was said since: one look-up of marks."""
    marks = hq.catalogue.marks()
    if marks.get(OWN) != RULES:
        hq.catalogue.rebuild()
        marks = hq.catalogue.marks()
    for loaded in reading.load_all(hq) if loads is None else loads:
        before = marks.get(loaded.row.id, "")
        mark = _Mark(RULES, loaded.changes, {row.feed.origin: row.effective for row in loaded.feeds})
        after = msgspec.json.encode(mark).decode()
        if before != after:
            _catch_up(hq, loaded, before, mark, after)


def rebuild(hq: Headquarters) -> None:
    """Makes the whole catalogue anew from the own elements and the records."""
    hq.catalogue.rebuild()
    follow(hq)


def _catch_up(hq: Headquarters, loaded: Loaded, before: str, mark: _Mark, after: str) -> None:
    accord = loaded.state
    past = _read(before)
    touched = _touched(loaded, past, mark)
    agreed = state.agreed_versions(accord)
    if touched is None:
        gone, come = _compared(hq, accord, agreed, anew=past.rules != RULES)
    else:
        standing = {key: accord.sheet(key[0]).released.get(key[1], ()) for key in touched}
        gone = [key for key, history in standing.items() if not history]
        come = [history[-1] for history in standing.values() if history]
    rows = iter(come)
    while part := list(islice(rows, _PART)):
        if not hq.catalogue.renew(accord.id, before, before, (), _entries(accord, part, agreed)):
            return  # another thread or process has gone on meanwhile
    hq.catalogue.renew(accord.id, before, after, gone, ())


def _touched(loaded: Loaded, past: _Mark, mark: _Mark) -> list[_Key] | None:
    """The elements that what was said since the mark is about; None where all must be compared.

    A recall takes back entries by place, a text that came late or was cleared stands anywhere, and a further epoch may forget: all compared.
    """
    if past.rules != mark.rules or past.changes != mark.changes:
        return None
    found: dict[_Key, None] = {}
    epochs: dict[PartyId, int] = {}
    for row in loaded.feeds:
        party = row.feed.party
        epochs[party] = epochs.get(party, 0) + 1
        size = past.sizes.get(row.feed.origin, 0)
        if size > row.effective or (epochs[party] > 1 and row.feed.origin not in past.sizes):
            return None
        sheet = loaded.state.sheet(party)
        for n in range(size, row.effective):
            item = sheet.journal.get(EntryRef(party, row.feed.epoch, n))
            if isinstance(item, ReleasedVersion):
                found[party, item.element] = None
                about = state.remark_content(item)
                if isinstance(about, Adoption):
                    found[about.about.party, about.about.element] = None
            elif isinstance(item, Said) and isinstance(item.body, Recall):
                return None
    return list(found)


def _compared(
    hq: Headquarters, accord: Accord, agreed: frozenset[tuple[PartyId, ElementId, VersionHash]], *, anew: bool
) -> tuple[list[_Key], list[ReleasedVersion]]:
    """What no longer stands of what is catalogued, and what is not catalogued as it stands."""
    held = hq.catalogue.standing(accord.id)
    live = {(item.ref.party, item.element): item for item in state.live_releases(accord)}
    come = [
        item
        for key, item in live.items()
        if anew or held.get(key) != Standing(item.version, item.ref.epoch, item.ref.n, (*key, item.version) in agreed)
    ]
    return [key for key in held if key not in live], come


def _entries(
    accord: Accord, items: Iterable[ReleasedVersion], agreed: frozenset[tuple[PartyId, ElementId, VersionHash]]
) -> list[ReleasedEntry]:
    return list(_described(accord, items, agreed))


def _described(
    accord: Accord, items: Iterable[ReleasedVersion], agreed: frozenset[tuple[PartyId, ElementId, VersionHash]]
) -> Iterator[ReleasedEntry]:
    for item in items:
        party = item.ref.party
        yield ReleasedEntry(
            accord.id, party, item.element, item.version, item.realm, item.at, item.ref.epoch, item.ref.n,
            (party, item.element, item.version) in agreed, describe(item.raw),
        )  # fmt: skip


def _read(mark: str) -> _Mark:
    try:
        return msgspec.json.decode(mark, type=_Mark) if mark else _Mark()
    except msgspec.DecodeError:
        return _Mark()
