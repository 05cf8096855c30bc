"""Taking back: one decision for many, what suspension and withdrawal take with them, what a partner answers in one act."""

import pytest

from stafftalks.accord import state
from stafftalks.accord.bodies import Recall, Standing, decode_body, encode_body
from stafftalks.release import desk
from stafftalks.services import accords, authority, elements, outgoing, recalls, releases
from stafftalks.services.ports import Policy
from stafftalks.services.reading import load
from stafftalks.values.errors import RefusedError
from tests.attacks.hostile import Hostile
from tests.fakes import HEAD, OFFICER, PLANNER, FakeClock, make_hq, pair
from tests.services.scenes import accepted, asked, released, report, revised, settle, state_of, talk


def asking(*parties: str, keeps: str = ""):
    """Headquarters whose administrators want to be asked before a recall is honoured."""
    clock = FakeClock()
    hqs = tuple(
        make_hq(party, clock=clock, policy=Policy(honour_recalls="ask", recalled_keeps=keeps)) for party in parties
    )
    pair(*hqs)
    return hqs


def outcomes(hq, accord) -> list[str]:
    return [holder.outcome for item in state.recalls(accords.view(hq, accord).accord) for holder in item.holders]


def test_withdrawing_recalls_everything_in_one_act_and_says_what_we_keep():
    meridia, torvia = asking("XMR", "XTV")
    accord = accepted(meridia, torvia)
    texts = [released(meridia, accord, torvia, said=f"Report {n}.") for n in range(3)]
    revised(meridia, accord, texts[0], torvia, said="Report 0, revised.")
    settle(meridia, torvia)
    before = load(meridia, accord).own("XMR")[-1].size
    left = recalls.leave(meridia, HEAD, accord, "withdraw", "We go.", "Minutes of our talks.", recalling=True)
    assert left.refusals == ()
    assert [left.entry.n, *(ref.n for ref in left.recalled)] == [before, before + 1, before + 2, before + 3]
    settle(meridia, torvia)
    sheet = accords.view(torvia, accord).accord.sheet(meridia.party)
    assert (sheet.standing.state, sheet.standing.keeps) == ("withdrawn", "Minutes of our talks.")
    assert sheet.released == {}
    assert {recall.element for recall in sheet.recalls} == set(texts)
    assert outcomes(meridia, accord) == ["not confirmed"] * 3
    answers = recalls.answer_many(
        torvia,
        OFFICER,
        accord,
        [one.ref for one in recalls.open_recalls(torvia, accord)],
        "removed",
        "Backups, 30 days.",
    )
    assert len(answers) == 3
    settle(torvia, meridia)
    assert outcomes(meridia, accord) == ["confirmed removed"] * 3
    assert {one.statement for one in state_of(meridia, accord)["XTV"].confirmations.values()} == {"Backups, 30 days."}
    (line,) = [row for row in torvia.journal.find(person="oda", limit=100)[1] if row.act == "confirmation"]
    assert line.sentence == "XTV confirms the removal of 3 elements."


def test_leaving_never_depends_on_the_recalls_made_with_it():
    meridia, torvia = asking("XMR", "XTV")
    accord = accepted(meridia, torvia)
    released(meridia, accord, torvia, said="One.")
    released(meridia, accord, torvia, said="Two.")
    left = recalls.leave(meridia, HEAD, accord, "suspend", recalling=True, reason="why " * 1_000)
    assert [refusal.rule for refusal in left.refusals] == ["text-long"]
    assert left.recalled == ()
    assert state_of(meridia, accord)["XMR"].standing.state == "suspended"
    assert len(recalls.recall_everything(meridia, OFFICER, accord, "Suspended.")) == 2
    with pytest.raises(RefusedError, match="nothing to recall"):
        recalls.recall_everything(meridia, OFFICER, accord)
    empty = recalls.leave(meridia, HEAD, accord, "withdraw", recalling=True)
    assert (empty.recalled, empty.refusals) == ((), ())


def test_leaving_without_recalling_leaves_what_stands_with_the_partner():
    meridia, torvia = asking("XMR", "XTV")
    accord = accepted(meridia, torvia)
    text = released(meridia, accord, torvia)
    recalls.leave(meridia, HEAD, accord, "withdraw", keeps="Nothing.")
    settle(meridia, torvia)
    assert list(state_of(torvia, accord)["XMR"].released) == [text]


def test_only_the_head_leaves_and_nothing_is_recalled_by_who_may_not():
    meridia, torvia = asking("XMR", "XTV")
    accord = accepted(meridia, torvia)
    released(meridia, accord, torvia)
    with pytest.raises(RefusedError):
        recalls.leave(meridia, OFFICER, accord, "withdraw", recalling=True)
    with pytest.raises(RefusedError):
        recalls.recall_everything(meridia, PLANNER, accord)
    assert state_of(meridia, accord)["XMR"].recalls == ()


def test_several_are_recalled_in_several_accords_or_none_is():
    meridia, torvia, outsider = asking("XMR", "XTV", "XOU")
    one, other = accepted(meridia, torvia), accepted(meridia, outsider)
    first, second = released(meridia, one, torvia), released(meridia, other, outsider)
    with pytest.raises(RefusedError):
        recalls.recall_many(meridia, OFFICER, {one: [first], other: [first]})
    assert state_of(meridia, one)["XMR"].recalls == ()
    assert len(recalls.recall_many(meridia, OFFICER, {one: [first], other: [second]}, "Wrong date.")) == 2
    assert state_of(meridia, other)["XMR"].recalls[0].reason == "Wrong date."


def test_the_standing_order_answers_all_at_once_and_says_what_is_kept():
    clock = FakeClock()
    meridia = make_hq("XMR", clock=clock)
    torvia = make_hq("XTV", clock=clock, policy=Policy(recalled_keeps="Backups keep it for 30 days."))
    pair(meridia, torvia)
    accord = accepted(meridia, torvia)
    for n in range(4):
        released(meridia, accord, torvia, said=f"Report {n}.")
    recalls.recall_everything(meridia, HEAD, accord)
    settle(meridia, torvia)
    before = len(torvia.journal.find(limit=1_000)[1])
    assert recalls.honour_recalls(torvia) == 4
    assert len(torvia.journal.find(limit=1_000)[1]) == before + 1
    assert recalls.honour_recalls(torvia) == 0
    settle(torvia, meridia)
    statements = {one.statement for one in state_of(meridia, accord)["XTV"].confirmations.values()}
    assert statements == {"Removed at once, under this headquarters' standing order. Backups keep it for 30 days."}


def test_all_are_refused_with_one_statement_and_one_that_is_answered_already_stops_them_all():
    meridia, torvia = asking("XMR", "XTV")
    accord = accepted(meridia, torvia)
    for n in range(3):
        released(meridia, accord, torvia, said=f"Report {n}.")
    settle(meridia, torvia)
    recalls.recall_everything(meridia, HEAD, accord)
    settle(meridia, torvia)
    waiting = [one.ref for one in recalls.open_recalls(torvia, accord)]
    with pytest.raises(RefusedError, match="empty"):
        recalls.answer_many(torvia, OFFICER, accord, waiting, "refused")
    recalls.refuse_recall(torvia, OFFICER, accord, waiting[0], "In use.")
    with pytest.raises(RefusedError, match="answered already"):
        recalls.answer_many(torvia, OFFICER, accord, waiting, "refused", "All in use.")
    assert len(recalls.open_recalls(torvia, accord)) == 2
    recalls.answer_many(torvia, OFFICER, accord, waiting[1:], "refused", "All in use.")
    settle(torvia, meridia)
    assert outcomes(meridia, accord) == ["refused"] * 3
    held = accords.view(torvia, accord)
    feed = held.feeds[0].feed
    assert all(entry.slip for entry in torvia.records.entries(feed, 0, 100)), "nothing was removed"


def test_a_text_recalled_before_it_was_sent_does_not_leave():
    meridia, torvia = asking("XMR", "XTV")
    accord = accepted(meridia, torvia)
    element = released(meridia, accord, torvia, said="Never to be read.")
    kept = released(meridia, accord, torvia, said="To be read.")
    recalls.recall(meridia, OFFICER, accord, element)
    out = outgoing.compose(meridia, meridia.records.accord(accord), meridia.partners.partner(torvia.party))
    assert b"To be read." in out.plaintext
    assert b"Never to be read." not in out.plaintext
    settle(meridia, torvia)
    assert list(state_of(torvia, accord)["XMR"].released) == [kept]
    assert [one.element for one in recalls.open_recalls(torvia, accord)] == [element]
    recalls.confirm(torvia, OFFICER, accord, recalls.open_recalls(torvia, accord)[0].ref)
    settle(torvia, meridia)
    assert outcomes(meridia, accord) == ["confirmed removed"]


def test_a_relay_does_not_pass_on_what_its_author_has_recalled():
    meridia, torvia, partial = asking("XMR", "XTV", "XPA")
    accord = accepted(meridia, torvia, partial)
    element = released(meridia, accord, torvia, partial, said="Recalled on the way.")
    talk(meridia, torvia)
    recalls.recall(meridia, OFFICER, accord, element)
    talk(meridia, torvia)
    relayed = outgoing.compose(torvia, torvia.records.accord(accord), torvia.partners.partner(partial.party))
    assert relayed.entries
    assert b"Recalled on the way." not in relayed.plaintext


def test_many_are_recalled_under_one_signed_head_and_read_by_the_partner():
    meridia, torvia = asking("XMR", "XTV")
    accord = accepted(meridia, torvia)
    feed = load(meridia, accord).own("XMR")[-1].feed
    for n in range(40):
        released(meridia, accord, torvia, said=f"Report {n}.")
    heads: list[bytes] = []
    put = meridia.records.put_note
    meridia.records.put_note = lambda of, note: (heads.append(note), put(of, note))[1]  # type: ignore[method-assign]
    left = recalls.leave(meridia, HEAD, accord, "withdraw", recalling=True)
    assert (len(left.recalled), len(heads)) == (40, 1)
    rows = list(meridia.records.entries(feed, left.entry.n, left.entry.n + 41))
    assert isinstance(decode_body(rows[0].slip[32:]), Standing)
    settle(meridia, torvia)
    assert state_of(torvia, accord)["XMR"].released == {}


def test_what_is_released_again_after_a_recall_stands():
    meridia, torvia = asking("XMR", "XTV")
    accord = accepted(meridia, torvia)
    element = released(meridia, accord, torvia)
    recalls.recall(meridia, OFFICER, accord, element)
    row = elements.revise(meridia, PLANNER, element, report("Again."), elements.get(meridia, element).version)
    releases.release(meridia, OFFICER, asked(meridia, accord, row, (torvia,), "intelligence").id)
    settle(meridia, torvia)
    assert list(state_of(torvia, accord)["XMR"].released) == [element]


def test_what_was_recalled_still_counts_among_what_a_partner_was_ever_given():
    meridia, torvia = asking("XMR", "XTV")
    accord = accepted(meridia, torvia)
    element = released(meridia, accord, torvia, said="Ten ships.")
    revised(meridia, accord, element, torvia, said="Twelve ships.")
    other = released(meridia, accord, torvia, said="The strait is closed.")
    row = elements.get(meridia, element)
    wanted = desk.Request(row.raw, row.version, "intelligence", (torvia.party,), "pia")
    before = {one.ref for one in authority.of(meridia, [wanted]).given[torvia.party]}
    assert len(before) == 3
    recalls.recall_many(meridia, OFFICER, {accord: [element, other]})
    for _ in range(2):  # read the first time, remembered the second
        given = authority.of(meridia, [wanted]).given[torvia.party]
        assert {one.ref for one in given} == before
    again = released(meridia, accord, torvia, said="Released since.")
    assert {one.ref.element for one in authority.of(meridia, [wanted]).given[torvia.party]} == {element, other, again}


def test_a_recall_takes_back_releases_and_nothing_else_that_its_party_said():
    """A partner that names its own acceptance or a question in a recall does not unsay them here."""
    meridia, torvia = asking("XMR", "XTV")
    accord = accepted(meridia, torvia)
    element = released(torvia, accord, meridia, said="Taken back.")
    settle(torvia, meridia)
    sheet = state_of(meridia, accord)["XTV"]
    (given,) = sheet.released[element]
    everything = tuple(sheet.journal)
    hostile = Hostile(torvia, accord)
    ref = hostile.says("recall", encode_body(Recall(element, everything, (given.version,), "All of it.")))
    settle(torvia, meridia)
    recalls.confirm(meridia, OFFICER, accord, ref)
    held = {entry.n: entry for entry in meridia.records.entries(hostile.row.feed, 0, hostile.row.size)}
    assert [n for n, entry in held.items() if entry.cleared] == [given.ref.n]
    meridia.memory.clear()
    after = state_of(meridia, accord)["XTV"]
    assert after.standing == sheet.standing
    assert element not in after.released
