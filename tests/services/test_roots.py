"""Roots at sizes that partners name: right whatever is remembered, and without reading the whole feed again."""

from collections.abc import Callable

import msgspec
import pytest

from stafftalks.record import tree
from stafftalks.services import accords
from stafftalks.services.ports import Headquarters
from stafftalks.services.roots import root_at
from stafftalks.services.rows import FeedRow
from stafftalks.values.ids import AccordId, PartyId
from tests.fakes import HEAD
from tests.services.scenes import accepted, house

TORVIA = PartyId("XTV")
Scene = tuple[Headquarters, Callable[[], FeedRow], AccordId]


@pytest.fixture
def scene() -> Scene:
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)

    def row() -> FeedRow:
        return next(found for found in meridia.records.feeds(accord) if found.feed.party == "XMR")

    return meridia, row, accord


def counting(hq: Headquarters) -> tuple[Headquarters, list[int]]:
    """The headquarters, and how many leaf hashes each read of them asked for."""
    asked: list[int] = []

    class Records:
        def __getattr__(self, name: str) -> object:
            return getattr(hq.records, name)

        def leaf_hashes(self, feed: object, start: int, stop: int) -> list[bytes]:
            asked.append(stop - start)
            return hq.records.leaf_hashes(feed, start, stop)

    return msgspec.structs.replace(hq, records=Records()), asked


def expected(hq: Headquarters, row: FeedRow, size: int) -> bytes:
    return tree.root_of(hq.records.leaf_hashes(row.feed, 0, size))


def test_the_root_is_right_at_every_size_in_any_order(scene: Scene) -> None:
    hq, row, _ = scene
    for size in [*range(1, row().size + 1), *range(row().size, 0, -1)]:
        assert root_at(hq, row(), size, TORVIA) == expected(hq, row(), size)


def test_only_what_came_since_is_read(scene: Scene) -> None:
    hq, row, accord = scene
    for _ in range(20):
        accords.ask(hq, HEAD, accord, "Who else was told?")
    counted, asked = counting(hq)
    before = row().size
    root_at(counted, row(), before, TORVIA)
    assert asked == [], "the root of the newest size stands with the feed"
    accords.ask(hq, HEAD, accord, "And when?")
    accords.ask(hq, HEAD, accord, "And by whom?")
    assert root_at(counted, row(), before + 1, TORVIA) == expected(hq, row(), before + 1)
    assert asked == [2]


def test_what_is_remembered_wrongly_is_not_believed(scene: Scene) -> None:
    hq, row, _ = scene
    size = row().size
    root_at(hq, row(), size - 1, TORVIA)
    key = f"head {TORVIA} {row().feed.origin}"
    assert isinstance(hq.memory[key], tree.Frontier)
    hq.memory[key] = tree.Frontier.empty().extend([bytes(32)] * (size - 2))
    assert root_at(hq, row(), size - 1, TORVIA) == expected(hq, row(), size - 1)
    hq.memory[key] = "something else"
    assert root_at(hq, row(), size - 1, TORVIA) == expected(hq, row(), size - 1)
