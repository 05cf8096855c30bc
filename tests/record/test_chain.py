"""A chained log shows what was done to it: whatever line is changed, taken out, put in, moved or cut off, the first that does not fit is named."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.record import chain
from stafftalks.values.errors import MisuseError, PeerError

Line = tuple[int, dict[str, str | int], bytes]


def written(count: int, word: str = "said") -> list[Line]:
    head, lines = chain.Head("journal"), []
    for n in range(count):
        says: dict[str, str | int] = {"at": 1_700_000_000 + n, "sentence": f"{word} {n}"}
        head = chain.Head("journal", n + 1, chain.following("journal", head.value, chain.line(n, says)))
        lines.append((n, says, head.value))
    return lines


def walked(lines: list[Line]) -> chain.Head:
    walk = chain.Walk(chain.Head("journal"))
    for line in lines:
        walk.take(*line)
    return walk.head


def against(lines: list[Line], head: chain.Head) -> None:
    walk = chain.Walk(chain.Head("journal"))
    for line in lines:
        walk.take(*line)
    walk.check_head(head)


def broken(lines: list[Line]) -> chain.BrokenError:
    with pytest.raises(chain.BrokenError) as caught:
        walked(lines)
    return caught.value


def test_lines_as_they_were_written_lead_to_their_head() -> None:
    lines = written(5)
    assert walked(lines) == chain.Head("journal", 5, lines[-1][2])
    assert walked([]) == chain.Head("journal", 0, chain.START)


@pytest.mark.parametrize("field", ["at", "sentence"])
def test_a_changed_line_is_named(field: str) -> None:
    lines = written(5)
    n, says, value = lines[2]
    lines[2] = (n, {**says, field: 7 if field == "at" else "something else"}, value)
    found = broken(lines)
    assert found.n == 2
    assert str(found).startswith("Line 2 of the journal does not fit the line before it")


def test_a_changed_value_is_named() -> None:
    lines = written(5)
    lines[3] = (*lines[3][:2], bytes(32))
    assert broken(lines).n == 3


def test_a_removed_line_is_named() -> None:
    lines = written(5)
    assert str(broken(lines[:2] + lines[3:])) == "Line 2 of the journal is missing: line 3 stands right after line 1."
    assert str(broken(lines[1:])) == "Line 0 of the journal is missing: line 1 stands first."


def test_a_removed_line_is_named_also_where_the_rest_was_numbered_anew() -> None:
    lines = written(5)
    assert broken(lines[:2] + [(n - 1, *rest) for n, *rest in lines[3:]]).n == 2


def test_an_inserted_and_a_repeated_line_are_named() -> None:
    lines, other = written(5), written(5, "another")
    assert broken([*lines[:2], other[2], *lines[2:]]).n == 2
    assert "inserted, repeated or put in another order" in str(broken([*lines[:3], lines[1], *lines[3:]]))


def test_lines_in_another_order_are_named() -> None:
    lines = written(5)
    assert broken([lines[0], lines[2], lines[1], *lines[3:]]).n == 1


def test_lines_cut_off_the_end_show_only_against_a_head() -> None:
    lines = written(5)
    head = walked(lines)
    walk = chain.Walk(chain.Head("journal"))
    for line in lines[:3]:
        walk.take(*line)
    with pytest.raises(chain.BrokenError, match="ends after 3 lines, and the head written down counts 5"):
        walk.check_end(head, "the head written down")
    walk.check_end(chain.Head("journal", 3), "the head written down")


def test_a_log_written_anew_shows_only_against_a_head() -> None:
    head, other = walked(written(5)), written(6, "another")
    walk = chain.Walk(chain.Head("journal"))
    for line in other[:5]:
        walk.take(*line)
    with pytest.raises(chain.BrokenError, match="The first 5 lines of the journal are not those of the head") as caught:
        walk.check_head(head)
    assert caught.value.n == 4
    walk.take(*other[5])
    walk.check_head(head)  # of another size: this head is asked at its own place


def test_the_line_of_one_log_does_not_fit_another() -> None:
    (n, says, value), *_ = written(1)
    with pytest.raises(chain.BrokenError, match="the exchange log"):
        chain.Walk(chain.Head("exchange")).take(n, says, value)


@given(st.integers(0, 11), st.sampled_from(["drop", "swap", "double", "change", "forge"]))
def test_whatever_is_done_to_one_line_is_found_at_it_or_right_after(at: int, how: str) -> None:
    lines = written(12)
    match how:
        case "drop" if at < 11:
            del lines[at]
        case "swap" if at < 11:
            lines[at], lines[at + 1] = lines[at + 1], lines[at]
        case "double":
            lines.insert(at, lines[at])
        case "change":
            lines[at] = (at, {**lines[at][1], "sentence": "changed"}, lines[at][2])
        case _:  # the value of the changed line is made to fit: the next line no longer does, or the head
            before = lines[at - 1][2] if at else chain.START
            says = {**lines[at][1], "sentence": "changed"}
            lines[at] = (at, says, chain.following("journal", before, chain.line(at, says)))
    with pytest.raises(chain.BrokenError) as caught:
        against(lines, walked(written(12)))
    assert at <= caught.value.n <= at + 1


def test_a_head_is_one_line_that_can_be_written_down_and_read_again() -> None:
    head = walked(written(3))
    assert chain.parse_head(f" {head}\n") == head
    for text in ("", "journal", "journal:3", "journal:03:x", "Journal:3:x", str(head)[:-1], f"{head}x", "journal:-1:x"):
        with pytest.raises(PeerError):
            chain.parse_head(text)


def test_every_changed_character_of_a_head_is_another_head_or_none() -> None:
    head = walked(written(3))
    for at, mark in itertools.product(range(len(str(head))), "x9:"):
        text = f"{str(head)[:at]}{mark}{str(head)[at + 1 :]}"
        try:
            found = chain.parse_head(text)
        except PeerError:
            continue
        assert (found == head) == (text == str(head))


def test_what_canonical_json_cannot_hold_is_refused() -> None:
    with pytest.raises(MisuseError):
        chain.line(0, {"at": 2**53})
