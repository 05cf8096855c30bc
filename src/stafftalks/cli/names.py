"""What people type to name things: unique beginnings of ids, party codes, places in a record.

A beginning that fits several things is refused with the list of them: nothing is ever guessed.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from stafftalks.accord.bodies import EntryRef
from stafftalks.services import accords
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow, FeedRow, RequestRow
from stafftalks.values.errors import MisuseError, PeerError
from stafftalks.values.ids import AccordId, PartyId, VersionHash, parse_party
from stafftalks.values.realm import Realm

_Row = TypeVar("_Row")

SHOWN: Final = 12
"""How many characters of an id tables show."""
_WINDOW: Final = 500
_MOST_LISTED: Final = 12
_ENTRY: Final = re.compile(r"(?P<party>[A-Za-z0-9]+)(?:/(?P<epoch>[a-z2-7]{1,26}))??/(?P<n>[0-9]{1,15})")
_FEED: Final = re.compile(r"(?P<party>[A-Za-z0-9]+)(?:/(?P<epoch>[a-z2-7]{1,26}))?")


def short(name: str) -> str:
    """The first characters of an id, as tables show it."""
    return name[:SHOWN]


def pick(text: str, candidates: Mapping[str, str], what: str, see: str) -> str:
    """The one id among `candidates` (id to title) that is `text` or begins with it.

    `what` names the sort of thing and `see` the command that lists them. Raises MisuseError for none and for several.
    """
    wanted = text.strip().lower()
    if wanted in candidates:
        return wanted
    found = [name for name in candidates if wanted and name.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise MisuseError(f"No {what} here has an id that begins with {text!r}: `{see}` lists them.")
    listed = "; ".join(
        f"{name[: max(SHOWN, len(wanted) + 4)]} {candidates[name]}".rstrip() for name in found[:_MOST_LISTED]
    )
    more = f"; and {len(found) - _MOST_LISTED} more" if len(found) > _MOST_LISTED else ""
    raise MisuseError(f"{text!r} begins the id of {len(found)} {what}s: {listed}{more}. Give more of the id.")


def party(text: str) -> PartyId:
    """The party code that a person typed, in capitals or not; raises MisuseError where it is none."""
    try:
        return parse_party(text.strip().upper())
    except PeerError as error:
        raise MisuseError(str(error)) from error


def parties(texts: Iterable[str]) -> tuple[PartyId, ...]:
    """The party codes in `texts`, each of which may hold several, separated by commas."""
    return tuple(dict.fromkeys(party(part) for text in texts for part in text.split(",") if part.strip()))


def realms(texts: Iterable[str]) -> tuple[str, ...]:
    """The realms in `texts`, each of which may hold several, separated by commas; raises MisuseError for a word that is none."""
    given = tuple(dict.fromkeys(part.strip().lower() for text in texts for part in text.split(",") if part.strip()))
    wrong = [name for name in given if name not in set(Realm)]
    if wrong:
        raise MisuseError(f"{wrong[0]!r} is not a realm; the realms are {', '.join(Realm)}.")
    return given


def accord(hq: Headquarters, text: str) -> AccordId:
    """The accord whose id begins with `text`."""
    ids = {str(row.id): "" for row in hq.records.accords()}
    if sum(name.startswith(text.strip().lower()) for name in ids) > 1:
        ids = {str(view.row.id): view.title for view in accords.views(hq)}
    return AccordId(pick(text, ids, "accord", "stafftalks accord list"))


def element(hq: Headquarters, text: str) -> ElementRow:
    """The own element, archived or not, whose id begins with `text`."""
    rows = {str(row.id): row for row in _elements(hq)}
    titles = {name: f"{row.kind} {row.title!r}" for name, row in rows.items()}
    return rows[pick(text, titles, "element", "stafftalks element list")]


def request(hq: Headquarters, text: str) -> RequestRow:
    """The request to release whose id begins with `text`."""
    exact = hq.desk.request(text.strip().lower())
    if exact is not None:
        return exact
    rows = {row.id: row for row in _windows(lambda offset: hq.desk.find(offset=offset, limit=_WINDOW))}
    titles = {name: f"{row.kind} {row.title!r} ({row.state})" for name, row in rows.items()}
    return rows[pick(text, titles, "request", "stafftalks release list")]


def version(hq: Headquarters, row: ElementRow, text: str) -> VersionHash:
    """The version of an own element whose hash begins with `text`."""
    versions = {str(held.version): f"by {held.by}" for held in hq.holdings.versions(row.id)}
    return VersionHash(pick(text, versions, "version", f"stafftalks element show {short(row.id)}"))


def feed(feeds: Sequence[FeedRow], text: str) -> FeedRow:
    """The record that `PARTY` (its newest epoch) or `PARTY/epoch` names among those of one accord."""
    match = _FEED.fullmatch(text.strip())
    if match is None:
        raise MisuseError(f"{text!r} does not name a record: write PARTY, as XTV, or PARTY/epoch, as XTV/abcd2345.")
    found = _of_party(feeds, party(match["party"]), match["epoch"] or "")
    if match["epoch"] and len(found) > 1:
        raise MisuseError(f"{text!r} fits several epochs: {', '.join(_feed_name(row) for row in found)}.")
    return max(found, key=lambda row: row.ordinal)


def entry(feeds: Sequence[FeedRow], text: str) -> EntryRef:
    """The entry that `PARTY/n` or `PARTY/epoch/n` names among the records of one accord; `n` counts from 0.

    Raises MisuseError where there is no such entry, and where `PARTY/n` fits several epochs.
    """
    match = _ENTRY.fullmatch(text.strip())
    if match is None:
        raise MisuseError(
            f"{text!r} does not name an entry: write PARTY/n, as XTV/3, or PARTY/epoch/n, as XTV/abcd2345/3."
        )
    n = int(match["n"])
    fitting = [row for row in _of_party(feeds, party(match["party"]), match["epoch"] or "") if n < row.size]
    if not fitting:
        raise MisuseError(f"No entry {text!r} is held here: `stafftalks record show` lists what is.")
    if len(fitting) > 1:
        listed = ", ".join(f"{_feed_name(row)}/{n}" for row in fitting)
        raise MisuseError(f"{text!r} fits an entry in several epochs: {listed}. Name the epoch.")
    return EntryRef(fitting[0].feed.party, fitting[0].feed.epoch, n)


def spell(ref: EntryRef) -> str:
    """`XTV/abcd2345/3`: how tables name an entry, and how it can be typed again."""
    return f"{ref.party}/{ref.epoch[:8]}/{ref.n}"


def _feed_name(row: FeedRow) -> str:
    return f"{row.feed.party}/{row.feed.epoch[:8]}"


def _of_party(feeds: Sequence[FeedRow], whose: PartyId, epoch: str) -> list[FeedRow]:
    of_party = [row for row in feeds if row.feed.party == whose]
    if not of_party:
        known = ", ".join(sorted({row.feed.party for row in feeds})) or "none"
        raise MisuseError(f"No record of {whose} is held in this accord; held are those of: {known}.")
    found = [row for row in of_party if row.feed.epoch.startswith(epoch)]
    if not found:
        listed = ", ".join(_feed_name(row) for row in of_party)
        raise MisuseError(f"{whose} has no epoch that begins with {epoch!r} in this accord; it has {listed}.")
    return found


def _elements(hq: Headquarters) -> Iterator[ElementRow]:
    for archived in (False, True):
        yield from _windows(_finder(hq, archived=archived))


def _finder(hq: Headquarters, *, archived: bool) -> "Callable[[int], tuple[int, tuple[ElementRow, ...]]]":
    return lambda offset: hq.holdings.find(archived=archived, offset=offset, limit=_WINDOW)


def _windows(find: Callable[[int], tuple[int, tuple[_Row, ...]]]) -> Iterator[_Row]:
    offset = 0
    while True:
        total, rows = find(offset)
        yield from rows
        offset += len(rows)
        if not rows or offset >= total:
            return
