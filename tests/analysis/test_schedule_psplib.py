"""Files of the public collections are read as they are, and anything else is a sentence."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.analysis.schedule import Mode, Resource, Use
from stafftalks.analysis.schedule_psplib import read
from stafftalks.analysis.schedule_solving import Effort, solve
from stafftalks.values.errors import PeerError

pytestmark = pytest.mark.xdist_group("schedule")

RCP = "4 1\n3\n0 0 2 2 3\n2 2 1 4\n3 2 1 4\n0 0 0\n"
MM = """************************************************************************
file with basedata            : made.bas
initial value random generator: 12345
************************************************************************
projects                      :  1
jobs (incl. supersource/sink ):  4
horizon                       :  11
RESOURCES
  - renewable                 :  1   R
  - nonrenewable              :  1   N
  - doubly constrained        :  0   D
************************************************************************
PROJECT INFORMATION:
pronr.  #jobs rel.date duedate tardcost  MPM-Time
    1      2      0        4       0        4
************************************************************************
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
   1        1          2           2   3
   2        2          1           4
   3        1          1           4
   4        1          0
************************************************************************
REQUESTS/DURATIONS:
jobnr. mode duration  R 1  N 1
------------------------------------------------------------------------
  1      1     0       0    0
  2      1     2       2    4
         2     4       1    1
  3      1     3       1    2
  4      1     0       0    0
************************************************************************
RESOURCEAVAILABILITIES:
  R 1  N 1
    2    5
************************************************************************
"""


def test_patterson() -> None:
    problem = read(RCP, "four.rcp")
    assert [each.id for each in problem.activities] == ["1", "2", "3", "4"]
    assert problem.activities[2].modes == (Mode("", 3, (Use("R1", 2),)),)
    assert problem.resources == (Resource(id="R1", capacity=3),)
    assert [(arc.before, arc.after) for arc in problem.arcs] == [("1", "2"), ("1", "3"), ("2", "4"), ("3", "4")]
    assert solved(RCP, "four.rcp") == 5


def test_several_modes_and_stocks() -> None:
    problem = read(MM, "four.mm")
    assert [mode.duration for mode in problem.activities[1].modes] == [2, 4]
    assert problem.activities[1].modes[0].uses == (Use("R1", 2), Use("N1", 4))
    assert [(each.id, each.capacity, each.renewable) for each in problem.resources] == [
        ("R1", 2, True),
        ("N1", 5, False),
    ]
    assert solved(MM, "four.mm") == 4, "the quick mode draws more than there is"


def test_one_mode() -> None:
    text = MM.replace("   2        2          1", "   2        1          1").replace(
        "         2     4       1    1\n", ""
    )
    assert solved(text.replace("    2    5", "    2    9"), "FOUR.SM") == 5


def test_spaces_in_headings_make_no_difference() -> None:
    spaced = MM.replace("RESOURCEAVAILABILITIES", "RESOURCE AVAILABILITIES").replace(
        "REQUESTS/DURATIONS", "REQUESTS / DURATIONS"
    )
    assert read(spaced, "four.mm") == read(MM, "four.mm")


def solved(text: str, name: str) -> int:
    found = solve(read(text, name), Effort(schedules=30, seconds=5, workers=1), lambda: 0.0)
    assert found.state == "optimal"
    assert found.value is not None
    return found.value.end


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("", "a.rcp", "ends where the number of activities should stand"),
        ("2 1 x", "a.rcp", "what there is of resource 1 is 'x'"),
        ("1 0 5 0 7", "a.rcp", "'7' stands after all that was expected"),
        ("1 0 -5 0", "a.rcp", "the duration of activity 1 is '-5'"),
        ("1 0 5 1 2", "a.rcp", "a whole number from 1 to 1"),
        ("nothing", "a.sm", "the line that counts “jobs” is missing"),
        (MM.replace("constrained        :  0", "constrained        :  1"), "a.mm", "doubly constrained"),
        (MM.replace("REQUESTS/DURATIONS", "REQUESTS"), "a.mm", "the section “REQUESTS/DURATIONS” is missing"),
        (MM.replace("  3      1     3", "  9      1     3"), "a.mm", "9 stands where the requests of job 3"),
        (MM.replace("ble/sink", "").replace(":  4", ":  99999"), "a.mm", "more than the 20,000"),
    ],
)
def test_what_is_wrong_is_named(text: str, name: str, words: str) -> None:
    with pytest.raises(PeerError) as caught:
        read(text, name)
    assert words in str(caught.value)


@given(st.text("0123456789 \n-x*R:", max_size=80), st.sampled_from(["a.rcp", "a.mm"]))
def test_any_text_is_a_problem_or_a_sentence(text: str, name: str) -> None:
    with contextlib.suppress(PeerError):
        assert len(read(text, name).activities) >= 1
