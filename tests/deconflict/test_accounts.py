"""Claims beyond what there is are found at every moment, exactly, and by how much; what cannot be added is said."""

from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.deconflict.accounts import accounts, crowded, excesses, shared
from stafftalks.deconflict.volume import Claim
from stafftalks.deconflict.volumes import volumes
from stafftalks.values.quantity import Quantity
from tests.deconflict.cast import volume

windows = st.tuples(st.integers(0, 12), st.integers(0, 4)).map(lambda pair: (pair[0], pair[0] + pair[1]))
rows = st.lists(st.tuples(windows, st.integers(1, 30), st.integers(0, 1)), min_size=1, max_size=9)


def quantity(tenths: int) -> str:
    return f"{tenths / 10} items"


@settings(max_examples=150)
@given(rows, st.none() | st.integers(0, 60), st.booleans())
def test_every_moment_is_added_up(rows: list[tuple[tuple[int, int], int, int]], limit: int | None, both: bool) -> None:
    made = [
        volume(str(number), None, window, claims=[("Apron", quantity(tenths))])
        for number, (window, tenths, _) in enumerate(rows)
    ]
    one = [each for each, row in zip(made, rows, strict=True) if row[2] == 0 or not both]
    other = [each for each, row in zip(made, rows, strict=True) if row[2] == 1 and both]
    sets = [volumes(one)[0], volumes(other)[0]] if both else [volumes(one)[0]]
    capacities = None if limit is None else {"apron": Quantity.parse(quantity(limit))}
    found, faults = accounts(sets, capacities)
    assert not faults

    def standing(second: int) -> list[int]:
        return [number for number, (window, _, _) in enumerate(rows) if window[0] <= second <= window[1]]

    def over(second: int) -> bool:
        here = standing(second)
        sides = {rows[number][2] for number in here}
        much = len(here) > 1 if limit is None else sum(rows[number][1] for number in here) > limit
        return much and (len(sides) == 2 or not both)

    told = {
        second: excess
        for account in found
        for excess in excesses(account, both=both)
        for second in range(excess.start, excess.end + 1)
    }
    assert set(told) == {second for second in range(20) if over(second)}
    for excess in told.values():
        stretch = range(excess.start, excess.end + 1)
        assert {int(name) for _side, name in excess.users} == {
            number for second in stretch for number in standing(second)
        }
        most = max(sum(rows[number][1] for number in standing(second)) for second in stretch)
        assert str(excess.most) == str(Quantity.parse(quantity(most)))
        assert (excess.over is None) == (limit is None)
        if limit is not None:
            assert str(excess.over) == str(Quantity.parse(quantity(most - limit)))
    pairs = {}
    for account in found:
        for block in shared(account, both=both):
            for a, b, start, end, much in zip(block.one, block.other, block.start, block.end, block.over, strict=True):
                names = sets[0].activities[a], sets[-1].activities[b]
                assert frozenset(names) not in pairs
                pairs[frozenset(names)] = (int(start), int(end), float(much))
    expected = {}
    for a in range(len(rows)):
        for b in range(a):
            start, end = max(rows[a][0][0], rows[b][0][0]), min(rows[a][0][1], rows[b][0][1])
            bad = [second for second in range(start, end + 1) if over(second)]
            if bad and not (both and rows[a][2] == rows[b][2]):
                peak = max(sum(rows[number][1] for number in standing(second)) for second in bad)
                expected[frozenset((str(a), str(b)))] = (start, end, None if limit is None else (peak - limit) / 10)
    assert set(pairs) == set(expected)
    for names, (start, end, much) in expected.items():
        assert pairs[names][:2] == (start, end)
        assert much is None or abs(pairs[names][2] - much) < 1e-9


def test_one_claim_alone_can_be_more_than_there_is() -> None:
    found, _ = accounts(
        [volumes([volume("a", None, (0, 9), claims=[("Port", "14 t")])])[0]], {"Port": Quantity.parse("12.5 t")}
    )
    (excess,) = excesses(found[0], both=False)
    assert (excess.start, excess.end, str(excess.over), excess.users) == (0, 9, "1.5 t", ((0, "a"),))


def test_rows_of_one_activity_are_added_and_are_no_conflict_between_themselves() -> None:
    made = volumes([volume("a", None, (0, 9), claims=[("Port", "1 t"), ("port ", "2 t")])])[0]
    assert accounts([made])[0] == ()
    found, _ = accounts([made], {"PORT": Quantity.parse("2 t")})
    assert str(next(excesses(found[0], both=False)).most) == "3 t"


def test_what_cannot_be_added_is_said_and_the_rest_is_added() -> None:
    made = volumes(
        [
            volume("a", None, (0, 9), claims=[("Port", "3 t"), ("Ramp", "1 items")]),
            volume("b", None, (0, 9), claims=[("Port", "2 items")]),
            volume("c", None, (0, 9), claims=[("port", "3 t"), ("Port  ", "-2 t")]),
        ]
    )[0]
    found, faults = accounts([made], {"Port": Quantity.parse("5 t")})
    assert [str(excess.over) for excess in excesses(found[0], both=False)] == ["1 t"]
    assert {(fault.activity, fault.field) for fault in faults} == {
        ("a", "resources"),
        ("b", "resources"),
        ("c", "resources"),
    }
    said = sorted(fault.sentence for fault in faults)
    assert said[0] == "“Activity a”: the resource “Ramp” is not known: use one that is listed, or list it."
    assert "“Activity b”: the claim on “Port” is not in t" in said[1]
    assert "“Activity c”: the claim on “Port” is less than nothing." in said[2]


def test_amounts_beyond_64_bits_are_exact() -> None:
    large = 2**53 - 1
    rows = [
        volume(str(number), None, (0, 9), claims=[("Fuel", f"{large} L"), ("Fuel", "0.000001 L")])
        for number in range(3)
    ]
    found, _ = accounts([volumes(rows)[0]], {"Fuel": Quantity.parse(f"{large} L")})
    account = found[0]
    totals = {sum(account.amount.tolist())}
    assert totals == {3 * (large * 10**6 + 1)}


def test_crowded_is_when_one_more_claim_would_be_too_much() -> None:
    others = volumes(
        [
            volume("a", None, (10, 20), claims=[("Ramp", "3 items")]),
            volume("b", None, (15, 30), claims=[("ramp", "4 items")]),
        ]
    )[0]

    def when(amount: str, limit: str | None) -> tuple[tuple[int, int], ...]:
        capacities = None if limit is None else {"Ramp": Quantity.parse(limit)}
        return crowded(others, Claim("RAMP", Quantity.parse(amount)), capacities)

    assert when("1 items", "8 items") == ()
    assert when("2 items", "8 items") == ((15, 20),)
    assert when("5 items", "8 items") == ((15, 30),)
    assert when("5.5 items", "8 items") == ((10, 30),)
    assert when("1 items", None) == ((10, 30),)
    assert len(when("9 items", "8 items")) == 1
    assert crowded(others, Claim("Quay", Quantity.parse("1 items"))) == ()
