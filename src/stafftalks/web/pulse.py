"""What arrived since a page was made, told to the page that is open: how much, from whom, in which accord, and who saved what it shows.

The page carries how far each partner's record had come. Asking again costs one query while nothing came, whoever asks.
"""

import re
from collections import Counter
from collections.abc import Mapping

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stafftalks.services import accords, releases
from stafftalks.services.ports import Headquarters
from stafftalks.values.ids import AccordId, PartyId

Sizes = Mapping[tuple[str, PartyId], int]
_MOST_TOLD = 200
_SPELT = re.compile(r"([a-z2-7]{12})\.([A-Z][A-Z0-9]{1,7})\.([0-9]{1,12})")


class Arrived(msgspec.Struct, frozen=True):
    """What one partner said in one accord since the page was made."""

    accord: AccordId
    sentence: str
    count: int


def sizes(hq: Headquarters) -> Sizes:
    """How many entries of each partner's record are held here, by the start of the accord's id and party; it only grows, whatever any clock says."""
    held: Counter[tuple[str, PartyId]] = Counter()
    for row in hq.records.all_feeds():
        if row.feed.party != hq.party:
            held[row.feed.accord[:12], row.feed.party] += row.size
    return held


def spelt(held: Sizes) -> str:
    """As a page carries it: the total, then each that is not empty; only the total where they are very many."""
    total = str(sum(held.values()))
    if len(held) > _MOST_TOLD:
        return total
    return "~".join((total, *(f"{accord}.{party}.{size}" for (accord, party), size in sorted(held.items()) if size)))


def read(text: str) -> tuple[int, Sizes]:
    """The total and the sizes that `spelt` spelled; what cannot be read counts as nothing known."""
    head, _tilde, rest = text.partition("~")
    total = int(head) if head.isascii() and head.isdecimal() and len(head) < 13 else 0
    found = (_SPELT.fullmatch(part) for part in rest.split("~"))
    return total, {(match[1], PartyId(match[2])): int(match[3]) for match in found if match}


def arrived(hq: Headquarters, before: Sizes, now: Sizes) -> tuple[Arrived, ...]:
    """A sentence for each partner and accord in which something came, the most first; asks for titles only where something did."""
    grown = {key: size - before.get(key, 0) for key, size in now.items() if size > before.get(key, 0)}
    if not grown:
        return ()
    names = releases.partner_names(hq)
    titles = {view.row.id[:12]: (view.row.id, view.title) for view in accords.views(hq)}
    told = []
    for (short, party), count in sorted(grown.items(), key=lambda item: (-item[1], item[0])):
        accord, title = titles.get(short, (AccordId(""), _("an accord")))
        words = ngettext(
            "%(count)d new entry from %(party)s in “%(accord)s”.",
            "%(count)d new entries from %(party)s in “%(accord)s”.",
            count,
        )
        told.append(Arrived(accord, words % {"count": count, "party": names.get(party, party), "accord": title}, count))
    return tuple(told)
