"""What the fold promises for every record that could be written: total, order-free between authors, one batch or many."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.accord.bodies import Body, Recall, Release, Standing
from stafftalks.accord.parts import Sheet
from stafftalks.accord.sheet import fold, fold_sheet
from stafftalks.accord.state import (
    Accord,
    agreed,
    checks,
    clause_states,
    fold_accord,
    open_realms,
    realm_matrix,
    recalls,
    talk,
    threads,
    what_happens_next,
)
from stafftalks.planning.refs import ElementRef
from stafftalks.record.entry import Reading, VerifiedEntry
from stafftalks.values.realm import Realm
from tests.accord.cast import (
    ALLIES,
    MERIDIA,
    THREE,
    TORVIA,
    Staff,
    Writer,
    acts,
    an_id,
    record,
    reopening,
    said,
    scenario,
    standings,
    version,
)

lines = st.lists(said, max_size=12)


@st.composite
def worlds(draw: st.DrawFn) -> list[VerifiedEntry]:
    """Three records as the third party holds them, in one list by author."""
    staff = Staff(THREE)
    return [entry for party in THREE for entry in record(party, draw(lines), staff).read(draw(st.sampled_from(THREE)))]


def interleaved(draw: st.DrawFn, entries: list[VerifiedEntry]) -> list[VerifiedEntry]:
    """The same entries, each epoch's in order, epochs in any order."""
    queues = {epoch: list(group) for epoch, group in itertools.groupby(entries, key=lambda entry: entry.feed.epoch)}
    result = []
    while queues:
        epoch = draw(st.sampled_from(sorted(queues)))
        result.append(queues[epoch].pop(0))
        if not queues[epoch]:
            del queues[epoch]
    return result


def accord_of(entries: list[VerifiedEntry]) -> Accord:
    staff = Staff(THREE)
    return fold_accord(staff.id, staff.charter, entries)


@given(worlds(), st.data())
def test_any_interleaving_of_authors_gives_the_same_accord(entries: list[VerifiedEntry], data: st.DataObject) -> None:
    shuffled = data.draw(st.composite(lambda draw: interleaved(draw, entries))())
    assert accord_of(shuffled) == accord_of(entries)


@given(lines, lines, st.integers(0, 14), st.booleans(), st.data())
def test_epochs_may_come_in_any_order_and_any_batches(
    before: list, after: list, size: int, again: bool, data: st.DataObject
) -> None:
    staff = Staff(ALLIES)
    first = record(MERIDIA, before, staff)
    second = reopening(staff, first, size)
    for body, to, type_ in after:
        second.say(body, to=to, type_=type_)
    entries = [*first.read(), *second.read()]
    if again:
        entries += reopening(staff, second if size % 2 else first, size // 2, "third", at=4000 + 100 * size).read()
    whole = fold(entries)
    shuffled = data.draw(st.composite(lambda draw: interleaved(draw, entries))())
    cut = data.draw(st.integers(0, len(shuffled)))
    assert fold(shuffled[cut:], fold(shuffled[:cut], Sheet.empty(MERIDIA))) == whole


@given(lines)
def test_one_batch_and_one_by_one_give_the_same_sheet(lines: list) -> None:
    entries = record(MERIDIA, lines, Staff()).read()
    sheet = Sheet.empty(MERIDIA)
    for entry in entries:
        sheet = fold_sheet(sheet, entry)
    assert sheet == fold(entries)


@given(st.binary(max_size=60), st.text(max_size=8), st.sampled_from(Reading), st.integers(0, 9))
def test_the_fold_is_total_on_junk(body: bytes, type_: str, reading: Reading, n: int) -> None:
    feed = Staff()[MERIDIA].feed
    junk = VerifiedEntry(feed, n, 0, type_, b"", None if reading is Reading.sealed else body, reading)
    sheet = fold_sheet(Sheet.empty(MERIDIA), junk)
    assert [notice.ref.n for notice in sheet.notices] == [n]
    assert sheet.standing.state == "silent"


@given(worlds())
def test_everything_that_follows_from_sheets_is_total(entries: list[VerifiedEntry]) -> None:
    accord = accord_of(entries)
    for compute in (open_realms, realm_matrix, clause_states, threads, recalls, agreed, checks):
        compute(accord)
    for party in THREE:
        what_happens_next(accord, party)
        talk(accord, ElementRef(party, an_id(1)))


# A recall leaves no trace of whether the release was ever read here.

recallable = st.lists(st.tuples(st.sampled_from(["release", "other", "revise"]), acts), min_size=1, max_size=10)


def with_recall(staff: Staff, plan: list[tuple[str, Body]]) -> tuple[Writer, set[int]]:
    """A record with some releases of one element all recalled after `plan`, and the places of those releases."""
    writer, raw = staff[MERIDIA], scenario(1)
    refs = []
    for what, act in plan:
        if what == "other":
            writer.say(act)
        else:
            replaces = version(raw) if what == "revise" else None
            raw = scenario(1, f"Title {len(refs)}")
            refs.append(writer.say(Release("scenarios", (TORVIA,), raw.decode(), replaces)))
    writer.say(Recall(an_id(1), tuple(refs[::2]), (), "", (TORVIA,)))
    return writer, {ref.n for ref in refs[::2]}


@given(recallable, st.lists(acts, max_size=4), st.data())
def test_a_recalled_release_gives_the_same_sheet_sealed_or_read(plan: list, later: list, data: st.DataObject) -> None:
    writer, hidden = with_recall(Staff(), plan)
    for act in later:
        writer.say(act)
    some = data.draw(st.sets(st.sampled_from(sorted(hidden)))) if hidden else set()
    read = fold(writer.read())
    assert fold(writer.read(without=some)) == read
    sheet = Sheet.empty(MERIDIA)
    for entry in writer.read(without=some):
        sheet = fold_sheet(sheet, entry)
    assert sheet == read


# Realms: widening takes everyone, narrowing takes one.


def say_standings(staff: Staff, turns: list[tuple[int, Standing]]) -> None:
    for who, body in turns:
        staff[THREE[who]].say(body)


turns = st.lists(st.tuples(st.integers(0, 2), standings), max_size=12)


@given(turns, st.integers(0, 2), standings)
@settings(max_examples=300)
def test_one_act_opens_only_what_all_others_had_accepted(before: list, who: int, body: Standing) -> None:
    staff = Staff(THREE)
    say_standings(staff, before)
    was = staff.accord()
    staff[THREE[who]].say(body)
    widened = open_realms(staff.accord()) - open_realms(was)
    for party in was.others(THREE[who]):
        assert widened <= was.sheet(party).standing.realms


@given(turns, st.integers(0, 2), st.sets(st.sampled_from(Realm)))
def test_narrowing_takes_effect_at_once_and_alone(before: list, who: int, kept: set[Realm]) -> None:
    staff = Staff(THREE)
    say_standings(staff, before)
    if staff.accord().sheet(THREE[who]).standing.state == "withdrawn":
        return
    staff[THREE[who]].say(Standing("accept", tuple(sorted(kept))))
    assert open_realms(staff.accord()) <= kept


@given(turns, st.integers(0, 2), st.sampled_from(["suspend", "decline", "withdraw"]))
def test_leaving_closes_every_realm_at_once(before: list, who: int, act: str) -> None:
    staff = Staff(THREE)
    say_standings(staff, before)
    staff[THREE[who]].say(Standing(act))  # type: ignore[arg-type]
    assert open_realms(staff.accord()) == frozenset()


@given(lines, lines)
def test_no_entry_of_another_changes_my_sheet(mine: list, theirs: list) -> None:
    alone, together = Staff(), Staff()
    record(MERIDIA, mine, alone)
    record(MERIDIA, mine, together)
    record(TORVIA, theirs, together)
    assert together.accord().sheet(MERIDIA) == alone.accord().sheet(MERIDIA)
