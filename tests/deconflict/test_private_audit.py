"""The audit recomputes everything a side committed to and sent, and names what does not fit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from stafftalks.deconflict import group
from stafftalks.deconflict.private import audit, work
from stafftalks.deconflict.private.keeping import Secrets, derived
from stafftalks.deconflict.private.messages import Mode, Side
from tests.deconflict.checking import Audited

ACTIVITIES = st.lists(st.sampled_from([b"ab", b"bcd", b"e", b"fa", b"", b"ce"]), max_size=3, unique=True)
SIDES: tuple[Side, ...] = ("proposer", "partner")


def made(mode: Mode = "which", learns: str = "both") -> Audited:
    return Audited([b"ab", b"cd"], [b"bc", b"ef"], mode, learns)


def found(check: Audited, case: audit.Case, **given_: object) -> list[tuple[str, str, int | None]]:
    openings = given_.pop("openings", check.openings())
    findings = audit.recompute(case, openings, check.cover, **given_)  # type: ignore[arg-type]
    assert all(one.sentence.endswith(".") for one in findings)
    return [(one.side, one.about, one.activity) for one in findings]


@settings(max_examples=15, deadline=None)
@given(
    ACTIVITIES, ACTIVITIES, st.sampled_from(["which", "count", "any"]), st.sampled_from(["proposer", "partner", "both"])
)
def test_whoever_kept_to_the_protocol_is_found_to_have(ours, theirs, mode, learns):
    check = Audited(ours, theirs, mode, learns)
    known = {"proposer": ours, "partner": theirs[:1]}
    assert found(check, check.case(), known=known) == []


@pytest.mark.parametrize("side", SIDES)
def test_one_opening_is_enough_for_that_side(side: Side):
    check = made()
    assert found(check, check.case(), openings={side: check.opening(side)}) == []


@pytest.mark.parametrize("side", SIDES)
def test_another_scalar_than_the_one_whose_key_was_sent_is_named_and_nothing_else_of_that_side(side: Side):
    check = made()
    for scalar in (Secrets.of(b"c" * 32).scalar, bytes(32), b"short"):
        openings = check.openings() | {side: replace(check.opening(side), scalar=scalar)}
        assert found(check, check.case(), openings=openings) == [(side, "scalar", None)]


@pytest.mark.parametrize("side", SIDES)
def test_points_made_by_another_scalar_are_named(side: Side):
    check = made()
    case = check.case()
    other = Secrets.of(b"c" * 32)
    openings = check.openings() | {side: replace(check.opening(side), scalar=other.scalar)}
    shown = replace(case.shown(side), key=other.key)
    abouts = {about for _side, about, _activity in found(check, with_(case, side, shown), openings=openings)}
    assert abouts == {"keys", "padding", "strangers", "returned"}


@pytest.mark.parametrize("side", SIDES)
def test_an_activity_known_otherwise_and_not_opened_is_named(side: Side):
    check = made()
    known = {side: [b"ab", b"bc", b"hidden"]}
    hidden = (
        [(side, "omitted", 1), (side, "omitted", 2)]
        if side == "proposer"
        else [(side, "omitted", 0), (side, "omitted", 2)]
    )
    assert found(check, check.case(), known=known) == hidden


def test_an_activity_opened_and_not_committed_to_is_named():
    check = made()
    opening = check.opening("partner")
    more = replace(opening, activities=(*opening.activities, b"g"), salts=(*opening.salts, bytes(32)))
    told = found(check, check.case(), openings={"partner": more})
    assert told == [("partner", "root", None), ("partner", "strangers", None), ("partner", "keys", 2)]


def test_an_opening_with_fewer_salts_than_activities_fits_no_root():
    check = made()
    opening = replace(check.opening("partner"), salts=check.opening("partner").salts[:1])
    assert found(check, check.case(), openings={"partner": opening}) == [("partner", "root", None)]


def test_an_activity_committed_to_and_left_out_of_the_opening_is_named():
    check = made()
    opening = check.opening("partner")
    fewer = replace(opening, activities=opening.activities[:1], salts=opening.salts[:1])
    told = {about for _side, about, _activity in found(check, check.case(), openings={"partner": fewer})}
    assert told == {"root", "padding", "strangers"}


def test_an_activity_committed_to_and_left_out_of_the_points_is_named():
    check = made()
    honest = check.case()
    liar = Audited([b"ab", b"cd"], [b"bc"])
    told = found(check, replace(honest, partner=replace(honest.partner, own=liar.shown("partner").own)))
    assert ("partner", "keys", 1) in told
    assert ("partner", "keys", 0) not in told
    assert {about for side, about, _activity in told if side == "partner"} == {"keys", "strangers"}


@pytest.mark.parametrize("place", range(4))
def test_a_point_changed_is_named_with_its_activity_or_as_padding(place: int):
    """Bucket 1 holds b and d of two activities and four of padding; whichever the point is, it is told."""
    check = made()
    case = check.case()
    plan = check.parties["proposer"].plan
    sent = check.parties["proposer"].own.order[place]
    swapped = group.hash_to_point(b"another")
    points = bytearray(case.proposer.own)
    points[32 * place : 32 * place + 32] = swapped
    told = found(
        check,
        replace(case, proposer=replace(case.proposer, own=bytes(points))),
        openings={"proposer": check.opening("proposer")},
    )
    real = len(plan.keys[0])
    about = ("proposer", "keys", int(sent)) if sent < real else ("proposer", "padding", None)
    assert sorted(told, key=str) == sorted([("proposer", "strangers", None), about], key=str)


def test_padding_of_another_seed_is_named():
    check = made()
    openings = {"partner": replace(check.opening("partner"), padding=derived(b"x" * 32, b"other"))}
    told = {about for _side, about, _activity in found(check, check.case(), openings=openings)}
    assert told == {"padding", "strangers"}


@pytest.mark.parametrize("mode", ["which", "count", "any"])
def test_returned_points_changed_or_out_of_place_are_named(mode: Mode):
    check = made(mode)
    case = check.case()
    returned = case.partner.returned
    assert returned is not None
    swapped = returned[32:64] + returned[:32] + returned[64:]
    changed = group.hash_to_point(b"another") + returned[32:]
    for points in (swapped, changed):
        told = found(check, replace(case, partner=replace(case.partner, returned=points)))
        assert told == [("partner", "returned", None)]


def test_messages_of_the_wrong_size_are_named():
    check = made()
    case = check.case()
    assert case.partner.returned is not None
    short = replace(case.partner, own=case.partner.own[32:], returned=case.partner.returned[32:])
    told = found(check, replace(case, partner=short), openings={"partner": check.opening("partner")})
    assert told == [("partner", "form", None)] * 2
    told = found(check, replace(case, partner=short), openings={"proposer": check.opening("proposer")})
    assert told == [("partner", "form", None)], "the proposer could not have returned them"


def test_own_points_out_of_order_are_named():
    check = made()
    case = check.case()
    own = case.partner.own
    turned = replace(case.partner, own=own[32:64] + own[:32] + own[64:])
    told = found(check, replace(case, partner=turned), openings={"partner": check.opening("partner")})
    assert told == [("partner", "form", None)]


def test_more_keys_than_the_caps_take_are_named():
    check = made()
    case = check.case()
    shown = replace(case.proposer, caps=(1, 10))
    told = found(check, replace(case, proposer=shown), openings={"proposer": check.opening("proposer")})
    assert ("proposer", "form", None) in told


def test_the_work_of_an_audit_can_be_done_elsewhere():
    check = made()
    seen: list[str] = []

    def runner(pieces):
        for piece in pieces:
            seen.append(piece.verb)
            yield work.run(piece)

    assert found(check, check.case(), runner=runner) == []
    assert seen == ["mask", "remask"] * 2


def with_(case: audit.Case, side: Side, shown: audit.Shown) -> audit.Case:
    return replace(case, proposer=shown) if side == "proposer" else replace(case, partner=shown)
