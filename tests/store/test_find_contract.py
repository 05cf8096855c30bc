"""What the catalogue promises, held against fake and database alike: the same words find the same, and what is gone is not found."""

import msgspec
import pytest

from stafftalks.planning.element import Element, encode
from stafftalks.services.catalogue import OWN, RULES, Match, ReleasedEntry, Wanted, describe, parse_terms, words
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow
from stafftalks.values.ids import AccordId, ElementId, PartyId, VersionHash, base32
from tests.fakes import NOON
from tests.store.rows import XMR, XPA, XTV, accord_row, digest, element_row, entry_rows, feed_row
from tests.web.world import content

ACCORD = accord_row().id
OTHER = accord_row("second").id


def own(word: str, *, at: int = NOON, kind: str = "report", archived: bool = False, **fields: object) -> ElementRow:
    least = {"report": {"title": "Untold", "said": "Nothing."}, "requirement": {"serial": "1", "capability": "Boats"}}
    said = content(kind, **least.get(kind, {}) | fields)
    element = ElementId(base32(digest(word))[:26])
    raw = encode(Element(element, said))
    return ElementRow(
        element, kind, said.title, said.contingency, VersionHash(base32(digest(raw.decode()))), raw, at, "pia", archived
    )


def released(
    word: str, *, party: PartyId = XTV, accord: AccordId = ACCORD, at: int = NOON, n: int = 0, agreed: bool = False,
    realm: str = "intelligence", kind: str = "report", **fields: object,
) -> ReleasedEntry:  # fmt: skip
    row = own(word, kind=kind, **fields)
    return ReleasedEntry(
        accord, party, row.id, row.version, realm, at, feed_row(party).feed.epoch, n, agreed, describe(row.raw)
    )


def put(store: Headquarters, *rows: ElementRow) -> None:
    for row in rows:
        with store.transactions.atomic():
            held = store.holdings.element(row.id)
            assert store.holdings.put(row, held.version if held else None)


def come(store: Headquarters, *entries: ReleasedEntry, accord: AccordId = ACCORD) -> None:
    mark = store.catalogue.marks().get(accord, "")
    assert store.catalogue.renew(accord, mark, mark + "+", (), entries)


def found(store: Headquarters, text: str = "", **filters: object) -> list[str]:
    wanted = Wanted(parse_terms(text), **filters)
    matches = store.catalogue.window(wanted, XMR, 0, 50)
    assert store.catalogue.count(wanted, XMR) == len(matches)
    return [match.element for match in matches]


def ids(*rows: ElementRow | ReleasedEntry) -> list[str]:
    return [row.id if isinstance(row, ElementRow) else row.element for row in rows]


def test_own_and_released_elements_are_found_by_words_the_title_weighing_more(store: Headquarters) -> None:
    texts, titled = own("a", title="A report", said="On corvettes, at dawn."), own("b", title="Corvettes at sea")
    theirs = released("c", title="Harbour", said="Three corvettes lie in the harbour.")
    put(store, texts, titled)
    come(store, theirs)
    assert found(store, "corvettes")[0] == titled.id
    assert set(found(store, "corvettes")) == {texts.id, titled.id, theirs.element}
    assert found(store, "harbour corvettes") == ids(theirs)
    assert found(store, "submarine") == []


@pytest.mark.parametrize(
    "asked", ["grosse", "GRÖSSE", "größe", "Gro", "GRÖẞE", "café", "cafe", "CAFE\u0301", "שלום", "قران", "fire"]
)
def test_words_are_found_whatever_the_case_and_without_their_marks(store: Headquarters, asked: str) -> None:
    row = own("a", title="Größe", said="Café; שָׁלוֹם; قُرْآن; ﬁre.")
    put(store, row)
    come(store, released("b", title="Größe", said="Café; שָׁלוֹם; قُرْآن; ﬁre."))
    assert len(found(store, asked)) == 2


def test_of_many_the_newest_and_those_with_the_words_in_their_title_are_weighed(store: Headquarters) -> None:
    rows = [own(f"e{n}", title=f"Report {n}", said="Corvettes.", at=n) for n in range(9)]
    titled = own("t", title="Corvettes", at=0)
    put(store, titled, *rows)
    come(store, released("r", title="Corvettes told"))
    matches = store.catalogue.window(Wanted(parse_terms("corvettes")), XMR, 0, 50, many=True)
    assert {match.element for match in matches[:2]} == {titled.id, own("r").id}
    assert len(matches) == 11


def test_words_may_go_on_phrases_may_not_and_exclusions_leave_out(store: Headquarters) -> None:
    tankers, tank = own("a", title="Tankers turn back", at=2), own("b", title="A tank turns", at=1)
    put(store, tankers, tank)
    assert set(found(store, "tank turn")) == {tankers.id, tank.id}
    assert found(store, '"tank"') == ids(tank)
    assert found(store, '"turn back"') == ids(tankers)
    assert found(store, "tank -back") == ids(tank)
    assert found(store, 'tank -"tankers turn"') == ids(tank)


HOSTILE = (
    '"', '""', "-", "- -", "*", "a*", "AND", "NOT", "NEAR(", "title:", "{title}:x", "^", "(", ")", "a OR", "'", "%", "_", "\\", ":*", "!", "&",
    "| a", "<->", "\0", "\ud800", "a" * 5000, '"a b', "-a", "½", "C+3", "🙂", "';--", "x' OR '1'='1",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_however_odd_fails(store: Headquarters, text: str) -> None:
    put(store, own("a", title="Plain"))
    come(store, released("b", title="Plain"))
    wanted = Wanted(parse_terms(text))
    store.catalogue.window(wanted, XMR, 0, 5)
    store.catalogue.combinations(wanted, XMR)
    store.catalogue.titles(parse_terms(text), " ".join(words(text)), XMR, 5)


def test_a_revised_element_is_found_by_what_it_says_now_and_no_longer_by_what_it_said(store: Headquarters) -> None:
    before, after = own("a", title="Corvettes"), own("a", title="Frigates", at=NOON + 1)
    put(store, before, after)
    assert found(store, "corvettes") == []
    assert found(store, "frigates") == ids(after)
    come(store, released("b", title="Corvettes"))
    come(store, released("b", title="Frigates", n=1))
    assert found(store, "corvettes") == []
    assert len(found(store, "frigates")) == 2


def test_a_failed_transaction_leaves_the_listing_as_it_was(store: Headquarters) -> None:
    before, after = own("a", title="Corvettes"), own("a", title="Frigates")
    put(store, before)

    def failing() -> None:
        with store.transactions.atomic():
            store.holdings.put(after, before.version)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()
    assert found(store, "corvettes") == ids(before)
    assert found(store, "frigates") == []


def test_without_words_the_newest_come_first_and_what_is_put_away_only_when_asked_for(store: Headquarters) -> None:
    old, away = own("a", at=10), own("b", at=30, archived=True)
    theirs = released("c", at=20)
    put(store, old, away)
    come(store, theirs)
    assert found(store) == [theirs.element, old.id]
    assert found(store, archived=True) == ids(away)
    assert store.catalogue.window(Wanted(), XMR, 1, 5) == (Match(XMR, old.id),)
    assert store.catalogue.window(Wanted(), XMR, 0, 1) == (Match(XTV, theirs.element, ACCORD),)


def test_each_filter_narrows_and_combinations_count_what_all_share(store: Headquarters) -> None:
    marking = {"policy": "XMR", "classification": "RESTRICTED"}
    home = own("a", title="Home", at=4, contingency="Flood")
    given = own("b", title="Given", at=3, kind="force", marking=marking)
    agreed = own("c", title="Agreed", at=2)
    theirs = released("d", title="Theirs", at=1, kind="force", realm="scenarios", contingency="Flood")
    put(store, home, given, agreed)
    come(
        store, theirs, released("b", party=XMR, kind="force", title="Given", marking=marking, realm="scenarios", n=1),
        released("c", party=XMR, title="Agreed", n=2, agreed=True),
    )  # fmt: skip
    for filters, expected in (
        ({"side": "ours"}, [home]),
        ({"side": "released"}, [given]),
        ({"side": "agreed"}, [agreed]),
        ({"side": "theirs"}, [theirs]),
        ({"kinds": ("force",)}, [given, theirs]),
        ({"realm": "scenarios"}, [given, theirs]),
        ({"marking": "XMR RESTRICTED"}, [given]),
        ({"party": "XMR"}, [home, given, agreed]),
        ({"party": "XTV"}, [theirs]),
        ({"contingency": "Flood"}, [home, theirs]),
        ({"contingency": "Flood", "side": "theirs"}, [theirs]),
        ({"party": "XOU"}, []),
    ):
        assert found(store, **filters) == ids(*expected), filters
    combinations = store.catalogue.combinations(Wanted(side="ours"), XMR)
    assert sum(one.count for one in combinations) == 4
    assert {(one.side, one.kind, one.realm) for one in combinations} == {
        ("ours", "report", ""), ("released", "force", "scenarios"), ("agreed", "report", "intelligence"),
        ("theirs", "force", "scenarios"),
    }  # fmt: skip


def test_an_element_of_ours_is_one_line_and_found_too_by_the_version_that_partners_hold(store: Headquarters) -> None:
    home = own("a", title="Frigates")
    put(store, home)
    come(store, released("a", party=XMR, title="Corvettes"))
    assert found(store, "frigates") == ids(home)
    assert found(store, "corvettes") == ids(home)
    assert store.catalogue.window(Wanted(parse_terms("corvettes")), XMR, 0, 5) == (Match(XMR, home.id),)
    assert found(store) == ids(home)


def test_a_partners_element_in_two_accords_is_one_line_the_newest(store: Headquarters) -> None:
    come(store, released("a", title="First", at=1))
    come(store, released("a", title="Second", at=2, accord=OTHER), accord=OTHER)
    assert found(store, "first") == []
    assert store.catalogue.window(Wanted(), XMR, 0, 5) == (Match(XTV, own("a").id, OTHER),)
    mark = store.catalogue.marks()[OTHER]
    assert store.catalogue.renew(OTHER, mark, "gone", [(XTV, own("a").id)], ())
    assert store.catalogue.window(Wanted(), XMR, 0, 5) == (Match(XTV, own("a").id, ACCORD),)


def test_what_is_gone_is_found_no_more_and_a_mark_that_moved_refuses(store: Headquarters) -> None:
    theirs = released("a", title="Corvettes")
    come(store, theirs)
    assert not store.catalogue.renew(ACCORD, "another", "mark", [(XTV, theirs.element)], ())
    assert found(store, "corvettes") == ids(theirs)
    assert store.catalogue.standing(ACCORD)[XTV, theirs.element].version == theirs.version
    assert store.catalogue.renew(ACCORD, "+", "++", [(XTV, theirs.element)], ())
    assert found(store, "corvettes") == []
    assert store.catalogue.standing(ACCORD) == {}
    assert store.catalogue.marks()[ACCORD] == "++"


def test_clearing_an_entry_takes_it_out_of_the_catalogue_at_once(store: Headquarters) -> None:
    with store.transactions.atomic():
        store.records.add_accord(accord_row())
        store.records.add_feed(feed_row(XTV))
        store.records.append(feed_row(XTV).feed, entry_rows(0, 3), b"frontier")
    kept, cleared = released("a", title="Kept", n=0), released("b", title="Cleared", n=2)
    come(store, kept, cleared)
    before = store.catalogue.stamp()
    with store.transactions.atomic():
        store.records.clear_slips(feed_row(XTV).feed, [1, 2])
    assert found(store) == ids(kept)
    assert found(store, "cleared") == []
    assert store.catalogue.stamp() != before


def test_references_are_found_by_kind_and_field_ours_first(store: Headquarters) -> None:
    target = own("target", kind="scenario", title="Flood")
    about = f"XTV/{target.id}"
    plan = own("p", kind="plan", title="Plan", at=5, scenarios=[{"scenario": about}])
    option = own("o", kind="requirement", title="Need", at=9, scenario=about)
    theirs = released("t", kind="requirement", title="Their need", scenario=about, at=99)
    put(store, plan, option, own("x"))
    come(store, theirs, released("p", party=XMR, kind="plan", title="Plan", scenarios=[{"scenario": about}], n=1))
    refer = store.catalogue.referring
    assert [match.element for match in refer([(XTV, target.id)], XMR)] == ids(option, plan, theirs)
    assert [match.element for match in refer([(XTV, target.id)], XMR, kinds=("plan",))] == ids(plan)
    assert [match.element for match in refer([(XTV, target.id)], XMR, fields=("scenarios.scenario",))] == ids(plan)
    assert [match.element for match in refer([(XTV, target.id)], XMR, fields=("scenario",))] == ids(option, theirs)
    assert refer([(XPA, target.id)], XMR) == ()
    other = own("x", title="Other", at=3)
    assert refer([(XTV, other.id), (XTV, target.id)], XMR) == refer([(XTV, target.id)], XMR)
    assert refer([], XMR) == ()
    assert found(store, scenario=(XTV, target.id)) == [theirs.element, option.id, plan.id]
    put(store, msgspec.structs.replace(own("p", kind="plan", title="Plan"), revised_at=100))
    assert [match.element for match in refer([(XTV, target.id)], XMR)] == ids(option, theirs)


def test_what_says_that_it_is_drawn_on_a_partys_text_is_listed_newest_first(store: Headquarters) -> None:
    source = own("source")
    from_torvia, from_partial = (
        [{"source": f"{party}/{source.id}/{'v' * 52}", "parts": "said#1"}] for party in (XTV, XPA)
    )
    first, second = own("a", at=5, origins=from_torvia), own("b", at=9, origins=from_torvia + from_partial)
    put(store, first, second, own("c", origins=from_partial), own("d"), own("e", archived=True, origins=from_torvia))
    come(store, released("t", origins=from_torvia))
    assert store.catalogue.drawing([XTV], 0, 9) == (2, (second.id, first.id))
    assert store.catalogue.drawing([XTV], 1, 1) == (2, (first.id,))
    assert store.catalogue.drawing([XTV, XPA], 0, 9)[0] == 3
    assert store.catalogue.drawing([], 0, 9) == store.catalogue.drawing([XMR], 0, 9) == (0, ())


def test_titles_are_found_by_their_beginning_then_by_words_then_by_letters(store: Headquarters) -> None:
    begins, worded, inside = own("a", title="Escort north"), own("b", title="The escort"), own("c", title="Unescorted")
    talk = own("d", kind="comment", about=f"XTV/{begins.id}/{begins.version}", text="Escort it.")
    theirs = released("e", title="Escort south")
    put(store, begins, worded, inside, talk)
    come(store, theirs)
    titles = store.catalogue.titles(parse_terms("esc"), "esc", XMR, 12)
    assert [one.title for one in titles] == ["Escort north", "Escort south", "The escort", "Unescorted"]
    assert (titles[1].side, titles[1].kind, titles[1].match) == ("theirs", "report", Match(XTV, theirs.element, ACCORD))
    assert [one.title for one in store.catalogue.titles(parse_terms("esc"), "esc", XMR, 2)] == [
        "Escort north",
        "Escort south",
    ]
    assert [one.title for one in store.catalogue.named("report", XMR, 2)] != []


def test_the_catalogue_is_made_anew_from_the_holdings(store: Headquarters) -> None:
    rows = [own(f"e{n}", title=f"Number {n}") for n in range(7)]
    put(store, *rows)
    come(store, released("t", title="Theirs"))
    store.catalogue.rebuild()
    assert store.catalogue.marks() == {OWN: RULES, ACCORD: ""}
    assert set(found(store, "number")) == set(ids(*rows))


def test_bytes_that_are_no_element_are_found_by_their_text(store: Headquarters) -> None:
    row = element_row("flood")
    put(store, row)
    assert found(store, "narrative") == []
    assert found(store, "grosse") == ids(row)


def test_every_change_moves_the_stamp(store: Headquarters) -> None:
    deeds = (
        lambda: put(store, own("a", title="One")),
        lambda: put(store, own("a", title="Two")),
        lambda: put(store, own("b", title="Three")),
        lambda: come(store, released("c", title="Four")),
        lambda: come(store, released("c", title="Five")),
        lambda: store.catalogue.renew(ACCORD, "++", "less", [(XTV, own("c").id)], ()),
    )
    seen = {store.catalogue.stamp()}
    for deed in deeds:
        deed()
        assert store.catalogue.stamp() not in seen
        seen.add(store.catalogue.stamp())
