"""The private check finds what a plain comparison would, and its messages tell nothing else."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.deconflict.group import POINT_BYTES
from stafftalks.deconflict.private import messages, work
from stafftalks.deconflict.private.finding import Found, find
from stafftalks.deconflict.private.keeping import Inputs, Secrets, derived
from stafftalks.values.errors import MisuseError, RefusedError
from tests.deconflict import checking
from tests.deconflict.checking import OPENED, done, keys_and_caps, pair, party, plain

MODES = ("which", "count", "any")
ALL = settings(max_examples=40, deadline=None)


@ALL
@given(keys_and_caps(), st.sampled_from(MODES))
def test_what_is_found_is_the_plain_intersection_on_both_sides(made, mode):
    ours, theirs, our_caps, their_caps = made
    one, other = pair(ours, theirs, our_caps, their_caps)
    for me, partner, mine, other_keys in ((one, other, ours, theirs), (other, one, theirs, ours)):
        expected = plain(mine, other_keys)
        found = me.found(partner, mode)
        assert found.any == bool(expected)
        assert found.count == (None if mode == "any" else len(expected))
        assert found.keys == (expected if mode == "which" else None)


@ALL
@given(keys_and_caps(), keys_and_caps())
def test_under_the_same_caps_all_messages_are_alike_in_size_and_shape(one, other):
    """Whatever is compared: as many points in each bucket, in as many parts; each point is one, and they ascend."""
    count = min(len(one[0]), len(other[0]))
    caps = tuple(max(len(one[0][number]), len(other[0][number])) + 1 for number in range(count))
    shapes = []
    for keys in (one[0][:count], other[0][:count]):
        side, partner = party(keys, caps), party([[]] * count, caps, "b")
        sent = [side.points, *(side.returned(partner, mode) for mode in MODES)]
        for points in (sent[0], *sent[2:]):
            messages.checked_own(points, caps)
        shapes.append([[len(part) for part in messages.cut(points)] for points in sent])
    assert shapes[0] == shapes[1]


@ALL
@given(keys_and_caps(), st.randoms(use_true_random=False))
def test_sorted_replies_carry_no_order(made, random):
    """Whatever order a partner multiplies in, and in whatever order the owner held them, the reply is the same bytes."""
    ours, theirs, our_caps, their_caps = made
    shuffled = [random.sample(list(keys), len(keys)) for keys in ours]
    one, other = pair(ours, theirs, our_caps, their_caps)
    again = party(shuffled, our_caps, "a")
    for mode in ("count", "any"):
        reply = other.returned(one, mode)
        for _number, here in messages.buckets(our_caps):
            points = messages.rows(reply)[here].tolist()
            assert points == sorted(points)
    # What is sent depends on which keys there are, not on their order; padding stands at other places of the plan only.
    assert again.points == one.points


def test_padding_is_made_as_keys_are_and_differs_between_runs():
    one, other = party([[]], [8], "a"), party([[]], [8], "b")
    assert one.points != other.points
    assert not set(messages.rows(one.points).tolist()) & set(messages.rows(other.points).tolist())
    moved = party([[b"key"]], [8], "a")
    assert len(set(messages.rows(moved.points).tolist()) & set(messages.rows(one.points).tolist())) == 7


def test_the_same_keys_under_fresh_secrets_give_other_points():
    keys, caps = [[b"a", b"b"]], [3]
    first, second = party(keys, caps, "a"), party(keys, caps, "c")
    assert not set(messages.rows(first.points).tolist()) & set(messages.rows(second.points).tolist())


def test_the_same_key_in_another_bucket_or_check_is_another_point():
    here, there = party([[b"a"], []], [1, 1]), party([[], [b"a"]], [1, 1], "b")
    assert not here.found(there, "which").any
    elsewhere = checking.Party([[b"a"], []], [1, 1], b"b" * 32, bytes(32))
    assert not here.found(elsewhere, "which").any


def test_work_in_pieces_is_the_work_undone(monkeypatch: pytest.MonkeyPatch):
    keys, caps = [[b"%d" % number for number in range(9)], [], [b"x"]], (12, 3, 4)
    whole, partner = party(keys, caps), party(keys, caps, "b")
    monkeypatch.setattr(work, "PIECE_POINTS", 5)
    plan = whole.plan
    assert plan.pieces == 4
    backwards = done(plan, whole.secrets.scalar, reversed(range(plan.pieces)))
    assert work.assemble_own(plan, backwards).points == whole.points
    theirs = work.plan_returned(partner.points, caps)
    assert theirs.pieces == 4
    for mode in MODES:
        pieces = done(theirs, whole.secrets.scalar, (3, 1, 2, 0))
        monkeypatch.setattr(work, "PIECE_POINTS", 4096)
        assert work.assemble_returned(theirs, pieces, mode) == whole.returned(partner, mode)
        monkeypatch.setattr(work, "PIECE_POINTS", 5)
    assert whole.found(partner, "which").keys == plain(keys, keys)


def test_pieces_go_to_other_processes():
    side = party([[b"a"]], [2])
    piece = side.plan.piece(0, side.secrets.scalar)
    assert work.run(pickle.loads(pickle.dumps(piece))) == work.run(piece)


def test_missing_pieces_are_not_put_together():
    side = party([[b"a"]], [2])
    with pytest.raises(MisuseError, match="0 points of 2"):
        work.assemble_own(side.plan, [])
    with pytest.raises(MisuseError, match="0 points of 2"):
        work.assemble_returned(work.plan_returned(side.points, [2]), [], "which")


def test_more_keys_than_a_bucket_takes_are_refused_before_anything_is_made():
    with pytest.raises(RefusedError) as refused:
        party([[b"a", b"b"], [b"c"], [b"d", b"e"]], [1, 1, 1])
    assert [refusal.rule for refusal in refused.value.refusals] == [work.OVER_CAP] * 2
    assert "Bucket 3 would hold 2 keys and takes 1: leave out activities" in str(refused.value)


def test_keys_are_given_once_and_for_every_bucket():
    with pytest.raises(MisuseError, match="twice"):
        party([[b"a", b"a"]], [3])
    with pytest.raises(MisuseError, match="2 buckets"):
        party([[b"a"]], [3, 3])


def test_messages_are_cut_into_parts_of_forty_thousand():
    points = bytes(POINT_BYTES * 90_001)
    cut = messages.cut(points)
    assert [len(part) // POINT_BYTES for part in cut] == [40_000, 40_000, 10_001]
    assert messages.cut(b"") == (b"",)


def test_secrets_of_other_bytes_are_other_secrets_and_none_shows_itself():
    one, other = Secrets.of(b"a" * 32), Secrets.of(b"b" * 32)
    values = [one.scalar, one.padding, one.salt, other.scalar, other.padding, other.salt]
    assert len(set(values)) == 6
    assert one.key != other.key
    side = party([[b"secret key"]], [2])
    inputs = Inputs.of([b"secret plan"], one.salt)
    opening = checking.Opening.of(inputs, one)
    keys = checking.Audited.cover((b"secret",), "partner")
    for value in (one, side.plan, side.plan.piece(0, one.scalar), side.own, inputs, opening, keys):
        shown = f"{value!r} {value}"
        assert "secret" not in shown.replace("Secrets", "")
        assert "\\x" not in shown
    with pytest.raises(MisuseError, match="32 random bytes"):
        Secrets.of(b"short")


def test_the_root_binds_activities_and_salts_and_not_their_order():
    salt = derived(b"s" * 32, b"salt")
    inputs = Inputs.of([b"one", b"two", b"three"], salt)
    turned = Inputs(inputs.activities[::-1], inputs.salts[::-1])
    assert turned.root == inputs.root
    others = [
        Inputs.of([b"one", b"two"], salt),
        Inputs.of([b"one", b"two", b"other"], salt),
        Inputs.of([b"one", b"two", b"three"], derived(salt, b"other")),
        Inputs.of([], salt),
    ]
    assert len({inputs.root, *(other.root for other in others)}) == 5
    with pytest.raises(MisuseError, match="needs a salt"):
        _ = Inputs(inputs.activities, inputs.salts[:2]).root


def test_a_side_without_keys_finds_nothing_and_sends_as_much():
    side, partner = party([[], []], [3, 0]), party([[b"a"], []], [2, 0], "b")
    assert len(side.points) == 3 * POINT_BYTES
    assert side.found(partner, "which") == Found(any=False, count=0, keys=())
    assert partner.found(side, "any") == Found(any=False)
    assert find("count", side.plan, side.own, partner.returned(side, "count"), *_joined(side, partner)).count == 0


def _joined(side: checking.Party, partner: checking.Party) -> tuple[work.Plan, bytes]:
    plan, results = side.multiplied(partner)
    return plan, b"".join(results)


def test_opened_is_what_keys_are_hashed_under():
    assert all(item.startswith(OPENED) for item in party([[b"a"]], [3]).plan.items(0, 3))
