"""Names are unique beginnings: nothing is guessed, and what is ambiguous is listed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.accord.bodies import EntryRef
from stafftalks.cli import names
from stafftalks.services.rows import FeedRow
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import AccordId, EpochId, FeedId, PartyId
from tests.cli.stage import Terminal

IDS = st.text("abc234", min_size=3, max_size=6)


def feed(party: str, epoch: str, ordinal: int, size: int) -> FeedRow:
    feed = FeedId(AccordId("a" * 52), PartyId(party), EpochId(epoch.ljust(26, "a")))
    return FeedRow(feed, ordinal, b"", b"", size, b"")


FEEDS = (feed("XMR", "abcd", 0, 5), feed("XMR", "abef", 1, 2), feed("XTV", "cccc", 0, 3))


@given(st.dictionaries(IDS, st.just("")), IDS)
def test_a_beginning_is_taken_only_where_it_fits_one_thing(candidates: dict[str, str], text: str) -> None:
    fitting = [name for name in candidates if name.startswith(text)]
    if text in candidates or len(fitting) == 1:
        assert names.pick(text, candidates, "thing", "see") == (text if text in candidates else fitting[0])
    else:
        with pytest.raises(MisuseError):
            names.pick(text, candidates, "thing", "see")


def test_what_is_ambiguous_is_listed_with_titles() -> None:
    candidates = {"abcd2": "First", "abce2": "Second", "zzzz2": "Third"}
    with pytest.raises(MisuseError, match=r"'abc' begins the id of 2 things: abcd2 First; abce2 Second\. Give more"):
        names.pick("abc", candidates, "thing", "see")
    with pytest.raises(MisuseError):
        names.pick("", candidates, "thing", "see")


def test_a_long_list_is_cut_and_says_so() -> None:
    with pytest.raises(MisuseError, match="and 88 more"):
        names.pick("a", {f"a{number:03}": "" for number in range(100)}, "thing", "see")


@pytest.mark.parametrize(
    ("text", "party", "epoch", "n"),
    [
        ("XMR/4", "XMR", "abcd", 4),
        ("xtv/0", "XTV", "cccc", 0),
        ("XMR/abe/1", "XMR", "abef", 1),
        ("XMR/abcd/0", "XMR", "abcd", 0),
    ],
)
def test_entries_are_named_by_party_epoch_and_place(text: str, party: str, epoch: str, n: int) -> None:
    assert names.entry(FEEDS, text) == EntryRef(PartyId(party), EpochId(epoch.ljust(26, "a")), n)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("XMR/1", "several epochs: XMR/abcdaaaa/1, XMR/abefaaaa/1"),
        ("XMR/ab/1", "several epochs"),
        ("XMR/9", "No entry"),
        ("XOU/1", "No record of XOU is held in this accord; held are those of: XMR, XTV"),
        ("XMR/zz/1", "no epoch that begins with 'zz'"),
        ("XMR", "does not name an entry"),
        ("X/1", "not a party code"),
        ("XMR/-1", "does not name an entry"),
    ],
)
def test_entries_that_are_not_there_or_not_clear_are_refused(text: str, why: str) -> None:
    with pytest.raises(MisuseError, match=why):
        names.entry(FEEDS, text)


@given(st.text(max_size=30))
def test_any_text_names_an_entry_or_is_refused(text: str) -> None:
    try:
        ref = names.entry(FEEDS, text)
    except MisuseError:
        return
    assert names.entry(FEEDS, f"{ref.party}/{ref.epoch}/{ref.n}") == ref


def test_records_are_named_by_their_newest_epoch_unless_it_is_said() -> None:
    assert names.feed(FEEDS, "xmr").ordinal == 1
    assert names.feed(FEEDS, "XMR/abc").ordinal == 0
    with pytest.raises(MisuseError, match="several epochs"):
        names.feed(FEEDS, "XMR/ab")
    with pytest.raises(MisuseError, match="does not name a record"):
        names.feed(FEEDS, "XMR/ab/1")


def test_realms_and_parties_may_be_separated_by_commas() -> None:
    assert names.realms(["Intelligence, scenarios", "scenarios"]) == ("intelligence", "scenarios")
    assert names.parties(["xtv,XPA", "XTV"]) == ("XTV", "XPA")
    with pytest.raises(MisuseError, match="'strikes' is not a realm; the realms are intelligence, scenarios"):
        names.realms(["strikes"])


def test_ambiguous_accords_and_elements_are_listed_at_the_terminal(accord: str, meridia: Terminal) -> None:
    made = [accord]
    while len({name[0] for name in made}) == len(made):
        made.append(
            meridia.reads("accord", "propose", "--to", "XTV", "--title", f"No {len(made)}", "--realm", "scenarios")[
                "accord"
            ]
        )
    first = made[-1][0]
    typed = meridia.type("accord", "show", first)
    assert typed.code == 1
    for name in made:
        assert (name[:12] in typed.err) == name.startswith(first)
    assert f"No {len(made) - 1}" in typed.err
    assert meridia.type("accord", "show", "0").code == 1


def test_elements_put_away_can_still_be_named(meridia: Terminal) -> None:
    element = meridia.reads("element", "add", "--kind", "scenario", "--set", "title=Quake", who="pia")["id"]
    meridia.does("element", "archive", element[:5], who="pia")
    assert meridia.reads("element", "list")["total"] == 0
    assert meridia.reads("element", "list", "--archived")["elements"][0]["archived"] is True
    assert meridia.reads("element", "show", element[:5])["archived"] is True
    meridia.does("element", "archive", element[:5], "--bring-back", who="pia")
    assert meridia.reads("element", "list")["total"] == 1
