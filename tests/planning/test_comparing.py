"""Differences: all of them, none besides, in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.planning import forms, kinds
from stafftalks.planning.compare import diff, words
from stafftalks.values.errors import MisuseError
from tests.planning.cast import contents


def read(kind, **fields):
    content = forms.parse_mapping(kind, {"title": "T", **fields})
    assert not isinstance(content, forms.FormErrors), content.errors
    return content


def sentences(before, after):
    return [change.sentence for change in diff(before, after)]


pairs = st.sampled_from(sorted(kinds.KINDS)).flatmap(lambda kind: st.tuples(contents(kind), contents(kind)))


@given(contents())
def test_a_version_differs_in_nothing_from_itself(content):
    assert diff(content, content) == ()


@given(pairs)
def test_different_versions_always_show_a_change_that_can_be_found(pair):
    before, after = pair
    changes = diff(before, after)
    assert bool(changes) == (before != after)
    for change in changes:
        assert change.sentence.endswith(".")
        assert change.sentence.startswith(change.label)
        holder = before if change.sort == "removed" and change.after is None else after
        for step in change.path:
            holder = holder[step] if isinstance(step, int) else getattr(holder, step)
        assert (change.before is None) == (change.sort == "added")
        assert (change.after is None) == (change.sort == "removed")


@given(pairs)
def test_the_way_back_names_as_many_additions_as_the_way_there_names_removals(pair):
    there, back = diff(*pair), diff(pair[1], pair[0])
    assert sum(c.sort == "added" for c in there) == sum(c.sort == "removed" for c in back)


def test_a_window_that_slips_is_said_in_days():
    before, after = read("scenario", window="C+3 to C+9"), read("scenario", window="C+5 to C+9")
    assert sentences(before, after) == ["Window start moved two days later: C+3 to C+5."]
    assert diff(before, after)[0].path == ("window", "start")


@pytest.mark.parametrize(
    ("old", "new", "words_of_it"),
    [
        ("D+1/H+6", "D+1", "moved six hours earlier"),
        ("D+1", "D/H+24", "is written otherwise, for the same time"),
        ("C+3", "D+3", "changed from C+3 to D+3"),
        ("C+3", "2023-01-23", "changed from C+3 to 2023-01-23T00:00:00Z"),
        ("2023-01-23", "2023-01-24", "moved one day later"),
        ("2023-01-23T00:00Z", "2023-01-23T00:01Z", "moved one minute later"),
    ],
)
def test_moments_say_how_far_they_moved_where_it_can_be_told(old, new, words_of_it):
    (sentence,) = sentences(
        read("indicator", watched="x", last_checked=old), read("indicator", watched="x", last_checked=new)
    )
    assert words_of_it in sentence


def test_rows_are_matched_by_id_and_moving_is_not_removing():
    one, two, three = ({"id": f"B{n}", "title": f"branch {n}"} for n in (1, 2, 3))
    before = read("scenario", branches=[one, two, three])
    after = read("scenario", branches=[three, {**one, "likelihood": "likely"}, {"id": "B4", "title": "new"}])
    assert [(change.sort, change.path) for change in diff(before, after)] == [
        ("moved", ("branches", 0)),
        ("added", ("branches", 1, "likelihood")),
        ("added", ("branches", 2)),
        ("removed", ("branches", 1)),
    ]
    assert "Branches: “B3” moved from place 3 to place 1." in sentences(before, after)
    assert "Branches B2 was removed: branch 2." in sentences(before, after)


def test_rows_that_nothing_tells_apart_are_matched_by_what_stayed():
    def hop(actor, **rest):
        return {"actor": actor, "relation": "stated", **rest}

    before = read("report", said="x", hops=[hop("A"), hop("A", to="B"), hop("C")])
    after = read("report", said="x", hops=[hop("A"), hop("A", to="D"), hop("E"), hop("C")])
    assert [(change.sort, change.path) for change in diff(before, after)] == [
        ("changed", ("hops", 1, "to")),
        ("added", ("hops", 2)),
    ]


def test_numbers_and_likelihoods_rise_and_fall():
    before = read("requirement", serial="1", capability="c", quantity="4 items", priority=2)
    after = read("requirement", serial="1", capability="c", quantity="2.5 items", priority=7)
    assert sentences(before, after) == [
        "Quantity fell from 4 items to 2.5 items.",
        "Priority rose from 2 to 7.",
    ]
    low, high = read("scenario", likelihood="unlikely"), read("scenario", likelihood="very likely")
    assert sentences(low, high) == ["Likelihood rose from unlikely (ICD 203) to very likely (ICD 203)."]
    other = read("scenario", likelihood="35 %")
    assert sentences(low, other) == ["Likelihood changed from unlikely (ICD 203) to 35 %."]


def test_lines_that_change_places_are_moved():
    before, after = read("force", capabilities=["a", "b"]), read("force", capabilities=["b", "a"])
    (change,) = diff(before, after)
    assert change.sort == "moved"


def test_long_texts_say_how_much_changed():
    before, after = read("scenario", narrative="one two three"), read("scenario", narrative="one 2 three four")
    assert sentences(before, after) == ["Narrative was reworded: three words added, two removed."]


def test_kinds_are_not_compared_with_each_other():
    with pytest.raises(MisuseError, match="cannot be compared"):
        diff(read("scenario"), read("force"))


@given(st.text(max_size=40), st.text(max_size=40))
def test_spans_of_words_give_back_both_texts(before, after):
    spans = words(before, after)
    assert "".join(span.text for span in spans if span.sort != "added") == before
    assert "".join(span.text for span in spans if span.sort != "removed") == after


def test_rows_taken_out_of_a_table_that_nothing_tells_apart_are_said_by_number():
    hops = [{"actor": "A", "relation": "stated", "to": to} for to in ("B", "C", "D")]
    assert sentences(read("report", said="x", hops=hops), read("report", said="x", hops=hops[::2])) == [
        "Chain 2 was removed: stated; C."
    ]


def test_spacing_alone_is_said_as_such():
    before, after = read("scenario", narrative="one two"), read("scenario", narrative="one\n\ntwo")
    (sentence,) = sentences(before, after)
    assert sentence.startswith("Narrative was reworded")


def test_very_long_texts_are_shown_as_replaced():
    assert [span.sort for span in words("a " * 15_000, "b " * 15_000)] == ["removed", "added"]
