"""A set that changes answers as one made anew would, however it came to be what it is."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from stafftalks.deconflict import exact, index
from stafftalks.deconflict.accounts import accounts, excesses
from stafftalks.deconflict.index import Index
from stafftalks.deconflict.volume import Volume
from stafftalks.deconflict.volumes import volumes
from stafftalks.values.errors import MisuseError
from stafftalks.values.quantity import Quantity
from tests.deconflict.cast import area, circle, volume

PLACES = [
    circle(10, 10, 900),
    circle(10.01, 10, 900),
    circle(10.02, 10, 900),
    area((9.9, 9.9), (9.9, 10.1), (10.1, 10)),
    None,
]
NAMES = "abcdef"
spans = st.sampled_from([(0, 10), (5, 15), (12, 20), (None, 3), (20, None)])
bands = st.sampled_from([(None, None), (0, 100), (100, 200)])
claimed = st.lists(st.sampled_from([("Ramp", "1 items"), ("Quay", "2 items")]), max_size=2)
CAPACITIES = {"Ramp": Quantity.parse("2 items"), "Quay": Quantity.parse("3 items")}


class Changing(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.index = Index(volumes([])[0])
        self.held: dict[str, list[Volume]] = {}

    @rule(
        name=st.sampled_from(NAMES),
        parts=st.lists(st.tuples(st.sampled_from(PLACES), spans, bands, claimed), min_size=1, max_size=2),
    )
    def take(self, name: str, parts: list[tuple[object, ...]]) -> None:
        made = [volume(name, *part) for part in parts]  # type: ignore[arg-type]
        found, faults = self.index.take(name, made)
        assert not faults
        self.held[name] = made
        others = [each for other, rows in self.held.items() if other != name for each in rows]
        expected = self.pairs(made, others)
        told = [(each.one, each.other, each.start, each.end, each.low_m, each.high_m) for each in found]
        assert sorted(told, key=str) == expected

    @rule(name=st.sampled_from(NAMES))
    def drop(self, name: str) -> None:
        self.index.drop(name)
        self.held.pop(name, None)

    @invariant()
    def holds_what_it_was_given(self) -> None:
        assert len(self.index) == sum(map(len, self.held.values()))
        assert {name for name in NAMES if name in self.index} == set(self.held)

    @rule()
    def adds_up(self) -> None:
        whole = volumes(each for rows in self.held.values() for each in rows)[0]
        found, _ = accounts([whole], CAPACITIES)
        expected = [excess for account in found for excess in excesses(account, both=False) if account.name == "Ramp"]

        def told(rows: object) -> list[object]:
            return [(row.start, row.end, str(row.most), frozenset(row.users)) for row in rows]  # type: ignore[attr-defined]

        assert told(self.index.excesses(["ramp"], CAPACITIES)) == told(expected)

    def pairs(self, made: list[Volume], others: list[Volume]) -> list[tuple[object, ...]]:
        one, other = volumes(made)[0], volumes(others)[0]

        def bound(value: int) -> int | None:
            return None if abs(value) >= index.FOREVER else int(value)

        found = [
            (one.activities[a], other.activities[b], bound(start), bound(end), bound(low), bound(high))
            for block in exact.between(one, other)
            for a, b, start, end, low, high in zip(block.one, block.other, block.start, block.end, block.low, block.high, strict=True)
        ]  # fmt: skip
        return sorted(found, key=str)


Changing.TestCase.settings = settings(max_examples=25, stateful_step_count=12)
TestChanging = Changing.TestCase


def test_what_stands_loose_is_made_into_columns_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "LOOSE", 3)
    held = Index(volumes([volume("z", PLACES[0])])[0])
    for number in range(20):
        held.take(str(number), [volume(str(number), PLACES[0])])
        held.drop(str(number - 5))
    found, _ = held.take("new", [volume("new", PLACES[1])])
    assert {each.other for each in found} == {"z", "15", "16", "17", "18", "19"}


def test_an_activity_takes_in_its_own_volumes_only() -> None:
    with pytest.raises(MisuseError):
        Index(volumes([])[0]).take("a", [volume("b")])
