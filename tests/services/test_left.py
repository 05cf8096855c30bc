"""After it left: what was released, on whose word, when, what became of it; and never more than is known."""

from stafftalks.planning.refs import ExactRef
from stafftalks.planning.talk import Acknowledgement
from stafftalks.services import accords, elements, left, recalls, releases
from stafftalks.services.rows import SendingState
from tests.fakes import HEAD, OFFICER, PLANNER
from tests.services.scenes import accepted, asked, house, released, revised, settle, talk, twin


def fates(hq, **wanted) -> list[dict[str, str]]:
    return [{holder.party: holder.fate for holder in one.holders} for one in left.window(hq, **wanted)[1]]


def test_a_version_is_told_with_who_asked_who_decided_and_the_interval_in_which_it_left():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    accords.ask(torvia, HEAD, accord, "When?")
    settle(meridia, torvia)
    meridia.clock.advance(1_000)
    element = released(meridia, accord, torvia, said="Ten ships.")
    meridia.clock.advance(500)
    total, (sent,) = left.window(meridia)
    assert total == 1
    assert (sent.title, sent.kind, sent.realm) == ("Ten ships.", "report", "intelligence")
    assert sent.request is not None
    assert (sent.request.requested_by, sent.request.decided_by) == ("pia", "oda")
    (seen,) = sent.later_than
    assert (seen.party, seen.at) == ("XTV", sent.at - 1_000), "later than Torvia's question"
    assert sent.later_at == sent.at - 1_000
    assert sent.earlier_than == 0
    assert sent.holders == (left.Holder("XTV", "stands"),), "nothing is known of it yet"
    settle(meridia, torvia)
    (sent,) = left.window(meridia)[1]
    assert sent.earlier_than == sent.at + 500
    assert sent.holders[0].received_at == sent.at + 500
    assert left.window(torvia)[0] == 0
    assert sent.element == element


def test_each_version_says_what_became_of_it_with_each_holder():
    meridia, torvia, partial = house("XMR", "XTV", "XPA")
    accord = accepted(meridia, torvia, partial)
    element = released(meridia, accord, torvia, said="One.")
    revised(meridia, accord, element, torvia, said="Two.")
    released(meridia, accord, torvia, partial, said="For both.")
    assert fates(meridia, element=element) == [{"XTV": "stands"}, {"XTV": "replaced"}]
    settle(meridia, torvia, partial)
    recalls.recall_everything(meridia, OFFICER, accord, "Sent in error.")
    settle(meridia, torvia, partial)
    assert recalls.honour_recalls(torvia) == 2
    (waiting,) = recalls.open_recalls(partial, accord)
    recalls.refuse_recall(partial, OFFICER, accord, waiting.ref, "In use.")
    settle(meridia, torvia, partial)
    assert sorted(map(str, fates(meridia))) == sorted(
        map(
            str,
            [
                {"XTV": "confirmed removed"},
                {"XTV": "confirmed removed"},
                {"XPA": "refused", "XTV": "confirmed removed"},
            ],
        )
    )
    assert left.window(meridia, fate="refused")[0] == 1
    assert left.window(meridia, partner="XPA", fate="confirmed removed")[0] == 0
    assert left.window(meridia, partner="XPA")[0] == 1, "it was given one version of all"
    (gone,) = left.window(meridia, partner="XPA")[1]
    assert gone.title == "For both."
    assert gone.recall is not None
    assert gone.recall.reason == "Sent in error."
    told = {holder.party: holder for holder in gone.holders}
    assert told["XPA"].statement == "In use."
    assert told["XTV"].removed == recalls.REMOVED_HERE
    lines = {line.party: line for line in left.parties(meridia)}
    assert lines["XTV"].line.fates["confirmed removed"] == 3
    assert (lines["XTV"].line.versions, lines["XTV"].line.elements) == (3, 2)
    assert lines["XPA"].line.fates == {
        "stands": 0, "replaced": 0, "not confirmed": 0, "refused": 1, "confirmed removed": 0
    }  # fmt: skip


def test_which_version_a_recall_took_from_whom_is_told_by_who_was_given_it():
    meridia, torvia, partial = house("XMR", "XTV", "XPA")
    accord = accepted(meridia, torvia, partial)
    element = released(meridia, accord, torvia, said="For Torvia.")
    revised(meridia, accord, element, partial, said="For the other.")
    recalls.recall(meridia, OFFICER, accord, element)
    assert {(one.title, one.holders[0].party, len(one.holders)) for one in left.window(meridia)[1]} == {
        ("For Torvia.", "XTV", 1),
        ("For the other.", "XPA", 1),
    }


def test_a_recall_of_a_partner_that_is_gone_stands_and_is_not_confirmed():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    released(meridia, accord, torvia)
    settle(meridia, torvia)
    last = meridia.clock.now()
    meridia.clock.advance(86_400)
    meridia.partners.put_sending("XTV", SendingState(failures=7, last_ok_at=last, last_error="No answer."))
    recalls.recall_everything(meridia, HEAD, accord)
    (sent,) = left.window(meridia, fate="not confirmed")[1]
    assert sent.holders[0].asked_at == 0, "it has not had our request"
    assert left.reaches(meridia, ["XTV", "XPA"]) == {
        "XTV": left.Reach("XTV", True, last),
        "XPA": left.Reach("XPA", gone=True),
    }
    assert accords.view(meridia, accord).accord.sheet("XMR").recalls, "it stands in the record"
    meridia.partners.put_sending("XTV", SendingState(last_ok_at=meridia.clock.now()))
    settle(meridia, torvia)
    (sent,) = left.window(meridia)[1]
    assert sent.holders[0].asked_at == meridia.clock.now()
    assert sent.holders[0].fate == "not confirmed", "it has our request and has not answered"


def test_a_text_that_was_recalled_before_it_was_sent_is_not_said_to_be_received():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    released(meridia, accord, torvia, said="Never sent.")
    recalls.recall_everything(meridia, HEAD, accord)
    settle(meridia, torvia)
    (sent,) = left.window(meridia)[1]
    assert sent.holders[0].received_at == 0
    assert not sent.holders[0].reached
    assert sent.title == "Never sent.", "our own people still see what it was"


def test_what_a_relay_carried_is_reached_and_not_received():
    meridia, torvia, partial = house("XMR", "XTV", "XPA")
    accord = accepted(meridia, torvia, partial)
    released(meridia, accord, partial)
    talk(meridia, torvia)
    talk(torvia, partial)
    talk(torvia, meridia)
    (sent,) = left.window(meridia)[1]
    assert (sent.holders[0].party, sent.holders[0].received_at, sent.holders[0].reached) == ("XPA", 0, True)


def test_readers_are_told_only_where_the_holder_chose_to():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    element = released(meridia, accord, torvia)
    settle(meridia, torvia)
    version = accords.view(torvia, accord).accord.sheet("XMR").released[element][-1].version
    (sent,) = left.window(meridia)[1]
    assert (sent.holders[0].told_at, sent.holders[0].readers) == (0, None)
    about = ExactRef(meridia.party, element, version)
    row = elements.add(torvia, PLANNER, Acknowledgement(about=about, readers=4, statement="With thanks."))
    releases.release(torvia, OFFICER, asked(torvia, accord, row, (meridia,), "intelligence").id)
    settle(meridia, torvia)
    (sent,) = left.window(meridia)[1]
    assert (sent.holders[0].readers, sent.holders[0].said) == (4, "With thanks.")
    assert sent.holders[0].told_at


def test_elements_are_listed_with_what_became_of_all_their_versions():
    meridia, torvia, outsider = house("XMR", "XTV", "XOU")
    one, other = accepted(meridia, torvia), accepted(meridia, outsider)
    element = released(meridia, one, torvia, said="Here and there.")
    row = elements.get(meridia, element)
    releases.release(meridia, OFFICER, asked(meridia, other, row, (outsider,), "intelligence").id)
    released(meridia, one, torvia, said="Only here.")
    recalls.recall(meridia, OFFICER, other, element)
    total, lines = left.elements(meridia)
    assert total == 2
    line = next(line for line in lines if line.element == element)
    assert (line.title, line.holders, line.line.versions) == ("Here and there.", ("XOU", "XTV"), 2)
    assert (line.line.fates["stands"], line.line.fates["not confirmed"]) == (1, 1)
    assert left.elements(meridia, partner="XOU")[0] == 1
    assert left.elements(meridia, offset=1, limit=1) == (2, lines[1:])


def test_what_a_restore_made_us_forget_is_still_with_them_and_is_recalled_with_everything():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    backup = twin(meridia)
    released(meridia, accord, torvia, said="After the backup.")
    settle(meridia, torvia)
    backup.keyring.lose_feed_keys()
    accords.accept(backup, HEAD, accord, ["intelligence"])
    settle(backup, torvia)
    (sent,) = left.window(backup)[1]
    assert (sent.title, sent.forgotten, sent.request) == ("After the backup.", True, None)
    assert recalls.standing(accords.view(backup, accord).accord, "XMR") == (sent.element,)
    recalls.recall_everything(backup, HEAD, accord)
    assert fates(backup) == [{"XTV": "not confirmed"}]


def test_rows_are_told_window_by_window_without_asking_for_each():
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    for n in range(60):
        released(meridia, accord, torvia, said=f"Report {n}.")
    settle(meridia, torvia)
    asked_for: list[int] = []
    of_entries = meridia.desk.of_entries
    counting = lambda wanted: (asked_for.append(len(wanted)), of_entries(wanted))[1]  # noqa: E731
    meridia.desk.of_entries = counting  # type: ignore[method-assign]
    receipts = meridia.records.receipts
    meridia.records.receipts = lambda feed: (asked_for.append(-1), receipts(feed))[1]  # type: ignore[method-assign]
    total, rows = left.window(meridia, offset=10, limit=20)
    assert (total, len(rows), asked_for) == (60, 20, [20, -1])
