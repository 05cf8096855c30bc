"""What a partner may try in a private check, seen by the sums alone: none of it is taken for an answer, and none of it makes a scalar tell anything."""

import pytest

from stafftalks.deconflict import group
from stafftalks.deconflict.group import POINT_BYTES
from stafftalks.deconflict.private import messages, work
from stafftalks.deconflict.private.finding import find
from stafftalks.deconflict.private.keeping import Secrets
from stafftalks.values.errors import PeerError, RefusedError
from tests.deconflict import checking, slow_group
from tests.deconflict.checking import done, party

KEYS, CAPS = [[b"a", b"b"], [b"c"]], (3, 3)
US, THEM = party(KEYS, CAPS, "a"), party(KEYS, CAPS, "b")
TWISTED = next(x for x in range(2, 100) if not slow_group.on_curve(x)).to_bytes(POINT_BYTES, "big")
ASCENDING_LOW = [bytes(POINT_BYTES), TWISTED]
"""What is no point and yet stands in ascending order before others: the identity as nought, and a point of the twist."""


def first_replaced(points: bytes, by: bytes) -> bytes:
    return by + points[POINT_BYTES:]


@pytest.mark.parametrize("bad", ASCENDING_LOW)
def test_the_identity_and_points_of_the_twist_meet_no_scalar(bad: bytes):
    plan = work.plan_returned(first_replaced(THEM.points, bad), CAPS)
    with pytest.raises(PeerError, match="Point 1 is not on the curve"):
        done(plan, US.secrets.scalar)


@pytest.mark.parametrize("bad", ASCENDING_LOW)
def test_returned_points_are_checked_too(bad: bytes):
    plan = work.plan_seen(first_replaced(THEM.returned(US, "which"), bad), CAPS, "which")
    with pytest.raises(PeerError, match="Point 1 is not on the curve"):
        done(plan, b"")


def test_a_second_spelling_of_a_point_is_none():
    """The only x with two spellings in 32 bytes are below 2**32 + 977; the second is refused, and so can carry no mark."""
    spelt = (slow_group.P + 1).to_bytes(POINT_BYTES, "big")
    high = THEM.points[:-POINT_BYTES] + spelt
    with pytest.raises(PeerError, match="Point 6 is not on the curve"):
        done(work.plan_returned(high, CAPS), US.secrets.scalar)


def test_the_same_point_sent_twice_is_refused():
    """It would show how often one scalar gives one product; an honest side has no two alike."""
    twice = THEM.points[:POINT_BYTES] * 2 + THEM.points[2 * POINT_BYTES :]
    with pytest.raises(PeerError, match=r"bucket 1 .* stands there twice"):
        work.plan_returned(twice, CAPS)
    for mode in ("which", "count", "any"):
        reply = US.returned(THEM, mode)
        with pytest.raises(PeerError, match=r"bucket 1 .* stands there twice"):
            work.plan_seen(reply[:POINT_BYTES] * 2 + reply[2 * POINT_BYTES :], CAPS, mode)


def test_our_own_points_are_not_taken_back_as_the_partners():
    """An echo would make everything of ours look as if the partner had it."""
    with pytest.raises(PeerError, match="points of ours in bucket 1 as its own"):
        US.multiplied(US, sent_first=True)
    mixed = b"".join(
        sorted([US.points[:POINT_BYTES], THEM.points[:POINT_BYTES], THEM.points[POINT_BYTES : 2 * POINT_BYTES]])
    )
    with pytest.raises(PeerError, match="points of ours in bucket 1"):
        work.plan_returned(mixed + THEM.points[3 * POINT_BYTES :], CAPS, US.points, CAPS)


@pytest.mark.parametrize("mode", ["which", "count", "any"])
def test_an_answer_that_matches_padding_is_not_believed(mode: messages.Mode):
    """A proposer who answers with what we returned to it claims to have all we have, padding too, which nobody has."""
    ours = US.multiplied(THEM)
    echoed = b"".join(ours[1])
    reply = echoed if mode == "which" else work.assemble_returned(*ours, mode)
    with pytest.raises(PeerError, match="matches padding of ours in bucket 1"):
        find(mode, US.plan, US.own, reply, ours[0], echoed)


def test_one_padding_point_that_matches_is_enough_where_it_is_told_which():
    """Elsewhere fewer matches than keys cannot be told from honest ones: nobody knows which point they are about."""
    ours = US.multiplied(THEM)
    padding = int(next(at for at in range(CAPS[0]) if US.own.order[at] >= len(KEYS[0])))
    answer = b"".join(ours[1])
    feigned = bytearray(b"".join(group.hash_to_point(bytes([at])) for at in range(sum(CAPS))))
    feigned[padding * POINT_BYTES : (padding + 1) * POINT_BYTES] = answer[:POINT_BYTES]
    with pytest.raises(PeerError, match="matches padding of ours in bucket 1"):
        find("which", US.plan, US.own, bytes(feigned), ours[0], answer)
    assert find("count", US.plan, US.own, bytes(feigned), ours[0], answer).count == 1


def test_a_reply_that_carries_an_order_is_refused_where_it_may_carry_none():
    ordered = THEM.returned(US, "which")
    assert ordered != THEM.returned(US, "count")
    for mode in ("count", "any"):
        with pytest.raises(PeerError, match="carry an order they must not"):
            work.plan_seen(ordered, CAPS, mode)


def test_points_that_are_not_shuffled_are_refused():
    """In the order of the plan they would tell which are padding."""
    unsorted = b"".join(done(THEM.plan, THEM.secrets.scalar))
    with pytest.raises(PeerError, match="not in ascending order"):
        work.plan_returned(unsorted, CAPS)


@pytest.mark.parametrize("change", [-POINT_BYTES, POINT_BYTES, 1, -1])
def test_messages_of_another_size_are_refused(change: int):
    points = THEM.points + bytes(change) if change > 0 else THEM.points[:change]
    for call in (lambda: work.plan_returned(points, CAPS), lambda: work.plan_seen(points, CAPS, "which")):
        with pytest.raises(PeerError, match="holds 6 points; this one holds"):
            call()


def test_a_whole_theatre_does_not_fit_a_bucket():
    theatre = [[b"%d" % number for number in range(1000)], []]
    with pytest.raises(RefusedError, match="Bucket 1 would hold 1,000 keys and takes 3"):
        party(theatre, CAPS)
    # Sent by a partner who cuts the refusal out of his own program, it is too long for us.
    probe = party(theatre, (1000, 3), "b")
    with pytest.raises(PeerError, match="holds 6 points; this one holds 1,003"):
        work.plan_returned(probe.points, CAPS)


def test_an_answer_from_another_check_finds_nothing():
    """Even if the partner used its scalar again and the transcript were not looked at: keys are hashed under the transcript of their own check."""
    replayed = checking.Party(KEYS, CAPS, b"b" * 32, b"monday".ljust(32))
    ours = checking.Party(KEYS, CAPS, b"a" * 32, b"tuesday".ljust(32))
    assert not ours.found(replayed, "which").any


def test_points_sent_in_two_checks_cannot_be_told_to_stand_for_the_same_keys():
    """Only a scalar used twice under one transcript would show it; both are new each time."""
    opened = checking.OPENED
    runs = [checking.Party(KEYS, CAPS, bytes([seed]) * 32, opened) for seed in (1, 2)]
    runs.append(checking.Party(KEYS, CAPS, bytes([1]) * 32, b"next".ljust(32)))
    sent = [set(messages.rows(run.points).tolist()) for run in runs]
    assert not sent[0] & sent[1]
    assert not sent[0] & sent[2]
    assert len({Secrets.of(bytes([seed]) * 32).scalar for seed in range(32)}) == 32


def test_points_of_the_partners_choosing_come_back_as_points_only():
    """A probe with known multiples of one point gets as many products, sorted where no order is due: nothing of the scalar that its key does not tell."""
    point = group.hash_to_point(b"probe")
    multiples = sorted(group.multiply(factor.to_bytes(32, "big"), point) for factor in range(1, 4))
    plan = work.plan_returned(b"".join(multiples), [3])
    reply = work.assemble_returned(plan, done(plan, US.secrets.scalar), "count")
    assert sorted(messages.rows(reply).tolist()) == messages.rows(reply).tolist()
    assert set(messages.rows(reply).tolist()) == {group.multiply(US.secrets.scalar, each) for each in multiples}
