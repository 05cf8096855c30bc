"""Always true, 1, over the whole product: two lives of one headquarters that gave its partner the same cannot be told apart by it.

Real processes, tables, keys, TLS, node and pages (see `whole`); timing is left out, as `docs/threats.md` says.
"""

import pytest

from tests.always_true.stage import Stage, first_difference

pytestmark = pytest.mark.xdist_group("whole")
Seen = list[list[str]]


@pytest.fixture(scope="module")
def busy(whole_stage: Stage) -> Seen:
    """What the partner saw of a busy life, in which everything was done that was to be done."""
    seen = whole_stage.live_through(whole_stage.busy())
    assert {(name, ended) for name, ended in whole_stage.alone if ended != "done"} == set()
    return seen


def test_a_partner_cannot_tell_two_whole_lives_apart(whole_stage: Stage, busy: Seen) -> None:
    assert first_difference(whole_stage.live_through([]), busy) == ""


def test_nor_a_life_in_which_the_same_was_done_in_another_order(whole_stage: Stage, busy: Seen) -> None:
    seed = 20_261_127
    assert first_difference(whole_stage.live_through(whole_stage.shuffled(seed)), busy) == "", f"shuffled by {seed}"


def test_the_lives_are_worth_comparing(busy: Seen) -> None:
    """Everything there is to see was seen, and what was to be done was done."""
    counts = {sort: sum(found[0] == sort for found in busy) for sort in {found[0] for found in busy}}
    assert set(counts) == {"ended", "http", "bundle", "file", "probe", "page", "handout"}
    assert counts["bundle"] >= 8
    assert counts["probe"] == 10
    assert {found[2] for found in busy if found[0] == "handout"} == {"200", "404"}
    assert {found[2] for found in busy if found[0] == "page"} == {"200", "404"}
    pages = "".join(found[-1] for found in busy if found[0] == "page")
    assert "Mines were seen again." in pages
