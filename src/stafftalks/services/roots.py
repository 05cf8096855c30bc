"""The root of a feed held here at a size that a partner names, without hashing the whole feed for every head that arrives.

A partner's heads of one feed only grow, so where the last one stood is remembered. What is remembered is never trusted: it must lead, with the
leaf hashes that follow, to the frontier stored with the feed; where it does not, everything is hashed again.
"""

from stafftalks.record import tree
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import FeedRow
from stafftalks.values.ids import PartyId


def root_at(hq: Headquarters, row: FeedRow, size: int, asker: PartyId) -> bytes:
    """The root over the first `size` entries of a feed that is held at least that far; `asker` is the partner who names the size.

    Reads the leaf hashes that came since the asker last named a size of this feed, or all up to `size` where that does not help.
    """
    key = f"head {asker} {row.feed.origin}"
    newest = tree.Frontier.decode(row.frontier)
    frontier = newest if size == newest.size else _earlier(hq, row, size, newest, hq.memory.get(key))
    hq.memory[key] = frontier
    return frontier.root()


def _earlier(hq: Headquarters, row: FeedRow, size: int, newest: tree.Frontier, past: object) -> tree.Frontier:
    if isinstance(past, tree.Frontier) and past.size <= size:
        hashes = hq.records.leaf_hashes(row.feed, past.size, newest.size)
        if past.extend(hashes) == newest:
            return past.extend(hashes[: size - past.size])
    return tree.Frontier.empty().extend(hq.records.leaf_hashes(row.feed, 0, size))
