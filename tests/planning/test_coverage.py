"""Coverage: nothing counted twice, nothing counted that was not promised, and states that follow from the figures alone."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from stafftalks.planning.coverage import amount_of, cover
from stafftalks.planning.forces import Force
from stafftalks.planning.options import Contribution, Option, Promise
from stafftalks.planning.refs import ElementRef
from stafftalks.planning.scenarios import Requirement
from stafftalks.values.ids import PartyId, element_id
from stafftalks.values.quantity import Quantity, Unit

MERIDIA, TORVIA, OTHER = PartyId("XMR"), PartyId("XTV"), PartyId("XOT")
NEED = (MERIDIA, element_id(bytes(16)))


def need(items=4):
    quantity = None if items is None else Quantity(items, Unit.ITEMS)
    return Requirement(title="Tankers", serial="R-7", capability="Air refuelling", quantity=quantity)


def gives(party, items, promise=Promise.SOFT, unit=Unit.ITEMS):
    quantity = None if items is None else Quantity(items, unit)
    about = ElementRef(*NEED)
    return Contribution(what="Tankers", party=party, requirement=about, quantity=quantity, promise=promise)


def option(number, *contributions):
    return (MERIDIA, element_id(bytes([number + 1]) * 16)), Option(title="A way", contributions=contributions)


def covered(*options, items=4, forces=()):
    return cover({NEED: need(items)}, dict(options), dict(forces), (MERIDIA, TORVIA))[0]


rows = st.builds(
    gives, st.sampled_from([MERIDIA, TORVIA, OTHER]), st.none() | st.integers(0, 9), st.sampled_from(Promise),
    st.sampled_from([Unit.ITEMS, Unit.TONNES]),
)  # fmt: skip


@given(st.lists(st.lists(rows, max_size=4), max_size=4), st.none() | st.integers(0, 12))
def test_it_is_what_a_slow_count_says(options, items):
    found = covered(*(option(number, *some) for number, some in enumerate(options)), items=items)
    for share in found.shares:
        sums = []
        for some in options:
            counts = [
                row
                for row in some
                if row.party == share.party and row.promise is not Promise.WITHDRAWN and row.quantity is not None
                and row.quantity.unit is Unit.ITEMS and items is not None
            ]  # fmt: skip
            if counts:
                sums.append(sum(amount_of(row.quantity) for row in counts))
        assert share.amount == (max(sums) if sums else None)
        assert (share.firm or 0) <= (share.amount or 0)
    assert found.offered == sum(share.amount or 0 for share in found.shares)
    if items is not None:
        assert found.missing == max(0, items - found.offered)
        assert (found.state == "over-offered") == (found.offered > items)
        assert (found.state == "filled") == (found.offered == items)


@given(st.permutations([option(n, gives(MERIDIA, n), gives(TORVIA, 5 - n)) for n in range(4)]))
def test_the_order_of_options_changes_no_figure(options):
    found = covered(*options)
    assert [share.amount for share in found.shares] == [Fraction(3), Fraction(5)]
    assert found.state == "over-offered"


def test_a_force_that_could_is_named_and_never_counted():
    key = (TORVIA, element_id(bytes([9]) * 16))
    found = covered(forces=[(key, Force(title="Tankers", capabilities=("air  Refuelling", "other")))])
    assert found.shares[1].could == (key,)
    assert found.state == "gap"
    assert found.offered == 0


def test_what_is_withdrawn_or_another_s_counts_for_nothing():
    found = covered(option(0, gives(MERIDIA, 4, Promise.WITHDRAWN), gives(OTHER, 4)))
    assert found.state == "gap"


def test_a_promise_without_a_figure_is_said_and_not_taken_for_a_gap():
    found = covered(option(0, gives(TORVIA, None)))
    assert found.state == "unmeasured"
    assert len(found.shares[1].unmeasured) == 1
