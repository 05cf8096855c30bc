"""What the ports of the private side promise - holdings, desk, partners, log, journal - held against fake and database alike."""

import msgspec
import pytest

from stafftalks.accord.bodies import EntryRef
from stafftalks.planning.refs import ExactRef
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import Approval, SendingState, VersionRow
from stafftalks.values.errors import MisuseError, PeerError
from stafftalks.values.ids import EpochId, PartyId
from stafftalks.values.person import Role
from tests.store.rows import XMR, XPA, XTV, accord_row, element_row, exchange_row, journal_row, partner_row, request_row


def test_an_element_is_added_once_and_revised_only_from_its_current_version(store: Headquarters) -> None:
    first, second, third = (element_row("flood", version=version) for version in "123")
    assert not store.holdings.put(second, first.version)
    assert store.holdings.put(first, None)
    assert not store.holdings.put(second, None)
    assert store.holdings.put(second, first.version)
    assert not store.holdings.put(third, first.version)
    assert store.holdings.element(first.id) == second
    assert [row.version for row in store.holdings.versions(first.id)] == [first.version, second.version]


def test_versions_come_oldest_first_and_archiving_makes_none(store: Headquarters) -> None:
    first, second = element_row("flood", version="1", at=10), element_row("flood", version="2", at=10, revised_by="oda")
    store.holdings.put(first, None)
    store.holdings.put(second, first.version)
    store.holdings.put(msgspec.structs.replace(first, revised_at=12), second.version)
    store.holdings.put(msgspec.structs.replace(first, revised_at=13, archived=True), first.version)
    assert store.holdings.versions(first.id) == (
        VersionRow(first.id, first.version, first.raw, 10, "pia"),
        VersionRow(first.id, second.version, second.raw, 10, "oda"),
        VersionRow(first.id, first.version, first.raw, 12, "pia"),
    )
    assert store.holdings.versions(element_row("storm").id) == ()


def test_elements_are_found_last_revised_first_in_windows_with_the_total(store: Headquarters) -> None:
    rows = [element_row(f"e{n}", at=100 + n // 2) for n in range(9)]
    for row in rows:
        store.holdings.put(row, None)
    ordered = tuple(sorted(rows, key=lambda row: (-row.revised_at, row.id)))
    assert store.holdings.find() == (9, ordered)
    assert store.holdings.find(offset=2, limit=3) == (9, ordered[2:5])
    assert store.holdings.find(offset=20, limit=3) == (9, ())
    assert store.holdings.find(limit=0) == (9, ())


def test_elements_are_found_by_kind_contingency_and_whether_put_away(store: Headquarters) -> None:
    plan = element_row("plan", kind="plan")
    storm = element_row("storm", contingency="Storm")
    away = element_row("away", archived=True)
    for row in (plan, storm, away):
        store.holdings.put(row, None)
    assert store.holdings.find(kind="plan") == (1, (plan,))
    assert store.holdings.find(contingency="Storm") == (1, (storm,))
    assert store.holdings.find(archived=True) == (1, (away,))
    assert store.holdings.find(kind="plan", contingency="Storm") == (0, ())


@pytest.mark.parametrize("text", ["title OF flood", "Text of flood", "gRÖSSE", "größe", "GRÖẞE"])
def test_text_is_found_in_title_and_content_whatever_the_case(store: Headquarters, text: str) -> None:
    flood = element_row("flood")
    store.holdings.put(flood, None)
    assert store.holdings.find(text=text) == (1, (flood,))


@pytest.mark.parametrize("text", ["%", "_", "\\", "narrative", "scenario%flood", "' OR 1=1"])
def test_text_is_looked_for_as_it_stands_and_not_in_field_names(store: Headquarters, text: str) -> None:
    store.holdings.put(element_row("flood"), None)
    assert store.holdings.find(text=text) == (0, ())


def test_contingencies_are_counted_over_what_is_live(store: Headquarters) -> None:
    for row in (
        element_row("a", contingency="Storm"),
        element_row("b"),
        element_row("c"),
        element_row("d", archived=True),
        element_row("e", contingency=""),
        element_row("f", contingency="Ärger", archived=True),
    ):
        store.holdings.put(row, None)
    assert store.holdings.contingencies() == (("Flood", 2), ("Storm", 1))


def test_a_request_is_read_back_and_replaced(store: Headquarters) -> None:
    waiting = request_row("r")
    store.desk.put(waiting)
    assert store.desk.request(waiting.id) == waiting
    decided = msgspec.structs.replace(
        waiting,
        state="released",
        decided_by="oda",
        decided_at=99,
        reason="Fit to go.",
        entry=EntryRef(PartyId("XMR"), EpochId("a" * 26), 0),
    )
    store.desk.put(decided)
    assert store.desk.request(waiting.id) == decided
    assert store.desk.find() == (1, (decided,))
    assert store.desk.request("unknown") is None


def test_a_request_is_locked_only_inside_a_transaction(store: Headquarters) -> None:
    row = request_row("r")
    store.desk.put(row)
    with pytest.raises(MisuseError, match="inside a transaction"):
        store.desk.request(row.id, lock=True)
    with store.transactions.atomic():
        assert store.desk.request(row.id, lock=True) == row


def test_requests_are_found_newest_first_by_state_accord_and_element(store: Headquarters) -> None:
    old, new = request_row("old", at=1), request_row("new", at=2)
    other = request_row("other", at=3, state="refused", accord=accord_row("second").id, element=element_row("storm").id)
    for row in (old, other, new):
        store.desk.put(row)
    assert store.desk.find() == (3, (other, new, old))
    assert store.desk.find(state="waiting") == (2, (new, old))
    assert store.desk.find(accord=other.accord) == (1, (other,))
    assert store.desk.find(element=other.element, state="waiting") == (0, ())
    assert store.desk.find(offset=1, limit=1) == (3, (new,))


def test_what_was_taken_out_who_let_it_go_and_under_which_letter_is_read_back(store: Headquarters) -> None:
    letter = ExactRef(XMR, element_row("letter").id, element_row("letter").version)
    row = request_row(
        "r",
        state="approved",
        asked=b"\x00as asked\xff",
        redactions=("remove branches.B2", "cell footprint 5"),
        approvals=(Approval("oda", Role.OFFICER, 5), Approval("hal", Role.HEAD, 9)),
        letters=(letter,),
        follows=request_row("earlier").id,
    )
    store.desk.put(row)
    assert store.desk.request(row.id) == row


def test_requests_are_found_by_partner_kind_person_and_words_and_counted_by_state(store: Headquarters) -> None:
    first = request_row("first", at=1, audience=(XTV,), note="Für die KÜSTE")
    second = request_row("second", at=2, audience=(XPA, XTV), kind="plan", requested_by="oda")
    third = request_row("third", at=3, audience=(PartyId("XTVA"),), state="refused")
    store.desk.put_all((first, second, third))
    assert store.desk.find(partner="XTV") == (2, (second, first))
    assert store.desk.find(partner="XPA") == (1, (second,))
    assert store.desk.find(partner="XT") == (0, ())
    assert store.desk.find(kind="plan", partner="XTV") == (1, (second,))
    assert store.desk.find(by="pia", oldest=True) == (2, (first, third))
    assert store.desk.find(besides="pia") == (1, (second,))
    assert store.desk.find(text="küste") == (1, (first,))
    assert store.desk.find(text="TITLE of s") == (1, (second,))
    assert store.desk.find(text="%") == (0, ())
    assert store.desk.find(oldest=True, limit=1) == (3, (first,))
    assert dict(store.desk.tally()) == {"waiting": 2, "refused": 1}
    assert dict(store.desk.tally(partner="XTVA")) == {"refused": 1}
    assert dict(store.desk.tally(besides="pia", text="title")) == {"waiting": 1}


def test_requests_are_read_locked_and_replaced_set_based(store: Headquarters) -> None:
    rows = [request_row(f"r{n}") for n in range(3)]
    store.desk.put_all(rows[:2])
    store.desk.put_all([msgspec.structs.replace(rows[1], state="refused"), rows[2]])
    wanted = [rows[2].id, rows[1].id, "unknown"]
    assert {row.id: row.state for row in store.desk.requests(wanted).values()} == {
        rows[1].id: "refused",
        rows[2].id: "waiting",
    }
    assert store.desk.requests([]) == {}
    with pytest.raises(MisuseError, match="inside a transaction"):
        store.desk.requests(wanted, lock=True)
    with store.transactions.atomic():
        assert store.desk.requests(wanted, lock=True) == store.desk.requests(wanted)


def test_partners_come_by_code_with_every_card_ever_accepted(store: Headquarters) -> None:
    torvia, partial = partner_row(XTV), partner_row(XPA, (b"p1", b"p2"))
    store.partners.put(torvia)
    store.partners.put(partial)
    renewed = partner_row(XTV, (b"card 1", b"card 2"), name="Torvia renamed")
    store.partners.put(renewed)
    assert store.partners.partners() == (partial, renewed)
    assert store.partners.partner(XTV) == renewed
    assert store.partners.partner(PartyId("XOU")) is None


@pytest.mark.parametrize(
    ("card", "cards"),
    [
        (b"card 2", (b"card 2",)),
        (b"card 1", ()),
        (b"card 1", (b"card 1", b"card 2")),
        (b"card 2", (b"card 0", b"card 2")),
    ],
)
def test_an_accepted_card_is_never_dropped_and_the_newest_stands_last(
    store: Headquarters, card: bytes, cards: tuple[bytes, ...]
) -> None:
    store.partners.put(partner_row())
    with pytest.raises(MisuseError):
        store.partners.put(msgspec.structs.replace(partner_row(name="Changed"), card=card, cards=cards))
    assert store.partners.partner(XTV) == partner_row()


def test_how_sending_stands_is_replaced_alone_and_kept_when_a_card_is_renewed(store: Headquarters) -> None:
    store.partners.put(partner_row(sending=SendingState(1)))
    sending = SendingState(10, 2, "It could not be reached.", 3, 4)
    store.partners.put_sending(XTV, sending)
    renewed = partner_row(XTV, (b"card 1", b"card 2"))
    store.partners.put(renewed)
    assert store.partners.partner(XTV) == msgspec.structs.replace(renewed, sending=sending)
    with pytest.raises(MisuseError):
        store.partners.put_sending(XPA, sending)


def test_the_exchange_log_lists_newest_first_by_partner_accord_and_outcome(store: Headquarters) -> None:
    rows = [
        exchange_row("a", at=5),
        exchange_row("b", at=4, outcome="refused", accord=accord_row().id, entries=3, size_bytes=2**40),
        exchange_row("c", partner="XPA", direction="out", channel="file", outcome="sent"),
    ]
    for row in rows:
        store.log.add(row)
    assert store.log.find() == (3, (rows[2], rows[1], rows[0]))
    assert store.log.find(partner="XTV", limit=1) == (2, (rows[1],))
    assert store.log.find(accord=accord_row().id) == (1, (rows[1],))
    assert store.log.find(outcome="sent", offset=1) == (1, ())


def test_what_was_let_go_is_found_by_partner_person_words_and_time(store: Headquarters) -> None:
    rows = [
        request_row("a", state="released", decided_by="oda", decided_at=100, approvals=(Approval("oda", Role.OFFICER, 100),)),
        request_row("b", state="released", decided_by="hal", decided_at=300, requested_by="pio", audience=(XTV,),
                    approvals=(Approval("oda", Role.OFFICER, 200), Approval("hal", Role.HEAD, 300))),
        request_row("c", state="released", decided_by="oda", decided_at=200),
        request_row("d", state="refused", decided_by="oda", decided_at=400),
    ]  # fmt: skip
    store.desk.put_all(rows)

    def found(**asked: object) -> list[str]:
        total, window = store.desk.let_go(**asked)
        assert total == len(window)
        return [row.title[-1] for row in window]

    assert found() == ["b", "c", "a"]
    assert found(partner="XPA") == ["c", "a"]
    assert found(who="oda") == ["b", "c", "a"]
    assert found(who="hal") == found(who="pio") == ["b"]
    assert found(who='oda", "x') == found(who="od") == found(who="a%") == []
    assert found(text="TITLE of c") == ["c"]
    assert found(since=200, until=300) == ["b", "c"]
    assert store.desk.let_go(offset=1, limit=1) == (3, (rows[2],))


def test_the_letters_of_releases_are_found_by_what_was_released(store: Headquarters) -> None:
    letter = ExactRef(PartyId("XMR"), element_row("letter").id, element_row("letter").version)
    entry = EntryRef(PartyId("XMR"), EpochId("a" * 26), 4)
    released = msgspec.structs.replace(request_row("r"), state="released", entry=entry, letters=(letter,))
    store.desk.put_all([released, request_row("waiting")])
    assert store.desk.letters_of([released.element]) == {entry: (letter,)}
    assert store.desk.letters_of([element_row("none").id]) == {}
    assert store.desk.letters_of([]) == {}


def test_a_bundle_counts_as_taken_once_it_was_received_and_not_when_refused(store: Headquarters) -> None:
    store.log.add(exchange_row("a", outcome="refused"))
    store.log.add(exchange_row("b", outcome="received", direction="out"))
    assert not store.log.taken("XTV", "a")
    assert not store.log.taken("XTV", "b")
    store.log.add(exchange_row("a"))
    assert store.log.taken("XTV", "a")
    assert not store.log.taken("XPA", "a")


def test_an_outcome_of_our_own_bundle_is_known_once_logged(store: Headquarters) -> None:
    store.log.add(exchange_row("a", direction="out", outcome="refused"))
    store.log.add(exchange_row("b", direction="in", outcome="refused"))
    assert store.log.told("XTV", "a", "refused")
    assert not store.log.told("XTV", "a", "received")
    assert not store.log.told("XTV", "b", "refused")
    assert not store.log.told("XPA", "a", "refused")


def test_an_account_is_owed_of_incoming_bundles_received_or_refused(store: Headquarters) -> None:
    rows = [exchange_row(f"b{n}", outcome="refused" if n % 2 else "received") for n in range(6)]
    for row in rows:
        store.log.add(row)
    store.log.add(exchange_row("x", outcome="repeated"))
    store.log.add(exchange_row("", outcome="refused"))
    store.log.add(exchange_row("x", direction="out"))
    store.log.add(exchange_row("x", partner="XPA"))
    assert store.log.receipts("XTV") == tuple(reversed(rows))
    assert store.log.receipts("XTV", limit=2) == (rows[5], rows[4])


def test_the_journal_lists_newest_first_by_person_and_subject(store: Headquarters) -> None:
    rows = [journal_row("One."), journal_row("Two.", person="oda"), journal_row("Three.", subject="storm", at=1)]
    for row in rows:
        store.journal.add(row)
    assert store.journal.find() == (3, (rows[2], rows[1], rows[0]))
    assert store.journal.find(person="pia", limit=1) == (2, (rows[2],))
    assert store.journal.find(subject="flood", offset=1) == (2, (rows[0],))


def test_one_transaction_spans_every_port(store: Headquarters) -> None:
    def fail() -> None:
        with store.transactions.atomic():
            store.holdings.put(element_row("flood"), None)
            store.desk.put(request_row("r"))
            store.partners.put(partner_row())
            store.log.add(exchange_row("a"))
            store.journal.add(journal_row("One."))
            raise PeerError("It was not what it must be.")

    with pytest.raises(PeerError):
        fail()
    assert store.holdings.find() == (0, ())
    assert store.holdings.versions(element_row("flood").id) == ()
    assert store.desk.find() == (0, ())
    assert store.partners.partners() == ()
    assert store.log.find() == (0, ())
    assert store.journal.find() == (0, ())


def test_titles_are_given_of_what_is_held_archived_too(store: Headquarters) -> None:
    first, second = element_row("flood"), element_row("storm")
    assert store.holdings.put(first, None)
    assert store.holdings.put(msgspec.structs.replace(second, archived=True), None)
    assert store.holdings.titles([first.id, second.id, element_row("none").id]) == {
        first.id: first.title,
        second.id: second.title,
    }
    assert store.holdings.titles([]) == {}


def test_a_request_is_found_by_the_entry_that_it_became(store: Headquarters) -> None:
    epoch, other = EpochId("a" * 26), EpochId("b" * 26)
    rows = [
        msgspec.structs.replace(request_row(f"r{n}"), state="released", entry=EntryRef(XMR, of, place))
        for n, (of, place) in enumerate(((epoch, 1), (epoch, 2), (other, 1)))
    ]
    for row in (*rows, request_row("waiting")):
        store.desk.put(row)
    element = rows[0].element
    assert store.desk.of_entries({row.entry: element for row in rows[:2] if row.entry}) == {
        rows[0].entry: rows[0],
        rows[1].entry: rows[1],
    }
    assert store.desk.of_entries({EntryRef(XMR, other, 2): element, EntryRef(XTV, epoch, 1): element}) == {}
    assert store.desk.of_entries({}) == {}


def test_readers_of_an_exact_version_are_counted_once_each(store: Headquarters) -> None:
    one, other = (ExactRef(XTV, element_row("flood").id, element_row("flood", version=name).version) for name in "12")
    for person in ("pia", "oda", "pia"):
        store.readers.note(person, one, 10)
    store.readers.note("pia", other, 11)
    assert store.readers.counts([one, other]) == {one: 2, other: 1}
    assert store.readers.counts([ExactRef(XPA, one.element, one.version)]) == {}
    assert store.readers.counts([]) == {}
