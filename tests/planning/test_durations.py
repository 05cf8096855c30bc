"""How long something lasts: typed as hours or days, in order, and told with a sentence where it is not."""

import pytest

from stafftalks.planning import compare, forms
from stafftalks.planning.durations import Duration
from stafftalks.planning.element import Element, encode
from stafftalks.planning.forces import Activity
from stafftalks.planning.resources import NamedResource
from stafftalks.values.quantity import Quantity
from tests.planning.cast import AN_ID


def made(kind: str, **fields: object) -> object:
    return forms.parse_mapping(kind, {"title": "Move", **({"what": "Move"} if kind == "activity" else {}), **fields})


def errors(kind: str, **fields: object) -> dict[str, str]:
    found = made(kind, **fields)
    assert isinstance(found, forms.FormErrors)
    return found.errors


def test_the_likeliest_alone_stands_for_all_three_points() -> None:
    assert Duration().hours() is None
    assert Duration(likeliest=Quantity.parse("1.5 d")).hours() == (36, 36, 36)
    three = Duration(shortest=Quantity.parse("36 h"), likeliest=Quantity.parse("2 d"), longest=Quantity.parse("4 d"))
    assert three.hours() == (36, 48, 96)


@pytest.mark.parametrize(
    ("duration", "says"),
    [
        ({"likeliest": "4 t"}, "is no length of time"),
        ({"likeliest": "-4 h"}, "less than no time"),
        ({"longest": "4 d"}, "without a likeliest one"),
        ({"shortest": "2 d", "likeliest": "36 h"}, "2 d, 36 h are not in order"),
        ({"shortest": "1 h", "likeliest": "3 d", "longest": "71 h"}, "1 h, 3 d, 71 h are not in order"),
    ],
)
def test_what_is_no_estimate_is_told_where_it_was_typed(duration: dict[str, str], says: str) -> None:
    assert says in errors("activity", duration=duration)["duration"]
    mode = {"name": "by sea", "duration": duration}
    assert says in errors("activity", modes=[mode])["modes.0.duration"]


def test_a_wait_is_a_length_of_time_and_ways_have_names_of_their_own() -> None:
    ref = f"XMR/{AN_ID}"
    assert "no length of time to wait" in errors("activity", waits=[{"after": ref, "lag": "3 t"}])["waits.0"]
    assert "Two ways have the id 'by sea'" in errors("activity", modes=[{"name": "by sea"}, {"name": "by sea"}])[""]


def test_a_resource_is_counted_in_one_unit_at_all_times() -> None:
    row = {"window": "C+3 to C+5", "capacity": "0 t"}
    assert "how much there is otherwise" in errors("resource", stretches=[row])[""]
    assert "count both in one unit" in errors("resource", capacity="2 items", stretches=[row])[""]
    assert "less than nothing" in errors("resource", capacity="2 t", stretches=[{**row, "capacity": "-2 t"}])[""]
    assert isinstance(made("resource", capacity="2 t", stretches=[row]), NamedResource)


def test_what_is_not_said_is_not_in_the_bytes_and_what_changed_is_told() -> None:
    before, after = made("activity"), made("activity", duration={"likeliest": "36 h"}, modes=[{"name": "by sea"}])
    assert isinstance(before, Activity)
    assert isinstance(after, Activity)
    raw = encode(Element(AN_ID, before)).decode()
    assert not any(name in raw for name in ("duration", "waits", "modes"))
    assert [each.sentence for each in compare.diff(before, after)] == [
        "Duration, likeliest was added: 36 h.",
        "Ways by sea was added.",
    ]


@pytest.mark.parametrize(
    ("window", "duration", "modes", "within"),
    [
        ("C+1 to C+3", {"likeliest": "1 d", "longest": "47 h"}, [], True),
        ("C+1 to C+3", {"likeliest": "1 d", "longest": "2 d"}, [], False),
        ("C+1 to C+3", {}, [], False),
        ("from C+1", {"likeliest": "1 d"}, [], True),
        ("2027-05-01 to 2027-05-02", {"likeliest": "24 h"}, [], False),
        ("2027-05-01 to 2027-05-02", {"likeliest": "23 h"}, [], True),
        ("C+1 to C+3", {}, [{"name": "by sea", "duration": {"likeliest": "1 d"}}, {"name": "by air"}], False),
        ("C+1 to C+3", {"likeliest": "1 d"}, [{"name": "by sea"}, {"name": "by air"}], True),
    ],
)
def test_what_lasts_less_than_its_window_lies_somewhere_within(
    window: str, duration: dict[str, str], modes: list[object], within: bool
) -> None:
    found = made("activity", window=window, duration=duration, modes=modes)
    assert isinstance(found, Activity)
    assert found.lies_within is within
