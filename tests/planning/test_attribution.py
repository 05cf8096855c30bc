"""A thing told twice counts once, only for a stated reason, and in whatever order the reports come."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.planning.attribution import Link, basis, chain, first_step, key_of, sources, weakest
from stafftalks.planning.intelligence import Hop, Relation, Report
from stafftalks.planning.refs import ElementRef
from stafftalks.values.ids import ElementId, PartyId
from stafftalks.values.relative_time import Instant, parse_moment
from stafftalks.values.scale import Grade

JANUARY = Instant.parse("2023-01-23")


def ref(number: int) -> ElementRef:
    return ElementRef(PartyId("XMR"), ElementId("abcdefgh"[number] * 26))


def key(number: int) -> str:
    return key_of(ref(number))


def hop(actor: str = "US officials", **fields: object) -> Hop:
    return Hop(**{"actor": actor, "relation": Relation.STATED, "at": JANUARY, **fields})  # type: ignore[arg-type]


def report(*hops: Hop, root: str = "") -> Report:
    return Report(title="A report", said="Something.", hops=hops, root=root)


def groups(*reports: Report) -> list[tuple[int, ...]]:
    """Which of the reports, by number, go back to one source."""
    found = sources({key(number): one for number, one in enumerate(reports)})
    numbers = {key(number): number for number in range(len(reports))}
    return [tuple(numbers[one] for one in source.keys) for source in found]


def test_reports_that_name_one_root_are_one_source_however_it_is_spelt() -> None:
    assert groups(report(root="US officials"), report(root=" us  OFFICIALS"), report(root="Another")) == [(0, 1), (2,)]


def test_a_report_that_passes_on_another_goes_back_to_where_that_one_began() -> None:
    passing = report(hop("Axios", relation=Relation.REPORTED, repeats=ref(0)))
    assert groups(report(hop()), passing, report(hop("Someone else"))) == [(0, 1), (2,)]


def test_two_that_pass_on_a_report_not_held_here_go_back_to_it() -> None:
    one, other = report(hop("Axios", repeats=ref(7))), report(hop("A radio", repeats=ref(7)))
    (source,) = sources({key(0): one, key(1): other})
    assert source.links == (Link("repeats", key(7), (key(0), key(1))),)


def test_reports_that_pass_each_other_on_in_a_circle_are_one_source() -> None:
    circle = [report(hop(f"Paper {number}", repeats=ref((number + 1) % 4))) for number in range(4)]
    assert groups(*circle) == [(0, 1, 2, 3)]
    assert groups(report(hop(repeats=ref(0)))) == [(0,)]


def test_two_that_begin_with_the_same_step_are_one_source_and_the_page_can_say_why() -> None:
    one, other = report(hop("US officials"), hop("Axios")), report(hop("US  Officials"), hop("A broadcaster"))
    (source,) = sources({key(0): one, key(1): other})
    assert source.links == (Link("first step", "US  Officials, stated, 2023-01-23T00:00:00Z", (key(0), key(1))),)


@pytest.mark.parametrize(
    "other",
    [
        report(hop("An Israeli official")),
        report(hop(relation=Relation.ASSESSED)),
        report(hop(at=Instant.parse("2023-01-24"))),
        report(hop(at=None)),
        report(hop(at=parse_moment("C+3"))),
        report(hop(withheld_by="Torvia")),
        report(),
        report(hop(repeats=ref(6))),
    ],
)
def test_too_little_in_common_never_makes_two_into_one(other: Report) -> None:
    assert groups(report(hop()), other) == [(0,), (1,)]


@pytest.mark.parametrize("step", [hop(at=None), hop(at=parse_moment("C+3")), hop(withheld_by="Torvia")])
def test_a_first_step_without_a_date_or_withheld_is_compared_with_nothing(step: Hop) -> None:
    assert first_step(report(step)) is None
    assert groups(report(step), report(step)) == [(0,), (1,)]


def test_two_roots_that_people_named_apart_stay_apart_whatever_else_they_share() -> None:
    one, other, none = report(hop(), root="A"), report(hop(), root="B"), report(hop())
    assert groups(one, other) == [(0,), (1,)]
    assert groups(one, other, none, none) == [(0,), (1,), (2, 3)]
    assert groups(one, none) == [(0, 1)]
    passing = report(hop("Axios", repeats=ref(0)), root="B")
    assert groups(one, passing) == [(0,), (1,)]


def test_a_basis_counts_sources_over_what_is_held_and_says_what_is_absent() -> None:
    held = {
        key(0): report(hop()),
        key(1): report(hop("Axios", repeats=ref(2))),
        key(2): report(hop("Reuters", repeats=ref(0))),  # held, not cited: it joins the two that are
        key(3): report(hop("An analyst")),
    }
    found = basis((ref(0), ref(1), ref(1), ref(3), ref(4)), held)
    assert (found.cited, found.independent, found.absent) == (4, 2, (key(4),))
    assert [source.keys for source in found.sources] == [(key(0), key(1)), (key(3),)]
    assert {link.what for link in found.sources[0].links} == {key(0), key(2)}


def test_steps_in_a_row_that_one_party_withholds_are_told_as_one() -> None:
    told = chain(
        report(hop("x", withheld_by="Torvia"), hop("y", withheld_by="torvia"), hop(), hop("z", withheld_by="Meridia"))
    )
    assert [(step.withheld_by, step.count, step.hop is None) for step in told] == [
        ("Torvia", 2, True),
        ("", 1, False),
        ("Meridia", 1, True),
    ]


@pytest.mark.parametrize(
    ("grades", "number", "ungraded"),
    [
        (["B2", "C3", "A1"], 2, 0),
        (["C2", "C4"], 2, 0),
        (["C4", "C4"], 1, 0),
        (["B2", "F6", ""], 1, 2),
        (["F1", "A6"], None, 2),
        (["E1", "D5"], 1, 0),
    ],
)
def test_the_weakest_step_is_the_lowest_grade_given_and_what_nobody_judged_is_counted(
    grades: list[str], number: int | None, ungraded: int
) -> None:
    found = weakest(report(*(hop(grade=Grade.parse(grade) if grade else None) for grade in grades)))
    assert found is not None
    assert (found.number, found.ungraded) == (number, ungraded)


def test_a_report_without_a_chain_has_no_weakest_step() -> None:
    assert weakest(report()) is None


HOPS = st.builds(
    hop,
    actor=st.sampled_from(["US officials", "us officials", "Axios"]),
    relation=st.sampled_from([Relation.STATED, Relation.REPORTED]),
    at=st.sampled_from([None, JANUARY, Instant.parse("2023-02-01"), parse_moment("C+3")]),
    repeats=st.one_of(st.none(), st.integers(0, 7).map(ref)),
    withheld_by=st.sampled_from(["", "", "Torvia"]),
)
REPORTS = st.lists(
    st.builds(
        lambda hops, root: report(*hops, root=root),
        st.lists(HOPS, max_size=2),
        st.sampled_from(["", "", "A", "a ", "B"]),
    ),
    max_size=6,
)


@given(REPORTS, st.randoms(use_true_random=False))
def test_the_order_of_reports_makes_no_difference(reports: list[Report], dice: object) -> None:
    held = {key(number): one for number, one in enumerate(reports)}
    turned = list(held.items())
    dice.shuffle(turned)  # type: ignore[attr-defined]
    assert sources(dict(turned)) == sources(held)


@given(REPORTS)
def test_every_report_is_in_one_source_and_there_are_never_more_sources_than_reports(reports: list[Report]) -> None:
    held = {key(number): one for number, one in enumerate(reports)}
    found = sources(held)
    assert sorted(one for source in found for one in source.keys) == sorted(held)
    assert len(found) <= len(held)
    cited = basis([ref(number) for number in range(8)], held)
    assert cited.independent <= len(held)
    assert cited.cited == len(held) + len(cited.absent)


def _says_so(one: str, other: str, held: dict[str, Report]) -> bool:
    """The three rules, written anew for two reports: whether they may be held for one directly."""
    first, second = held[one], held[other]
    roots = {" ".join(report.root.lower().split()) for report in (first, second)}
    if len(roots) == 1 and "" not in roots:
        return True
    if len(roots - {""}) == 2:
        return False
    origins = [{key_of(step.repeats) for step in report.hops if step.repeats} for report in (first, second)]
    if other in origins[0] or one in origins[1] or (origins[0] & origins[1]):
        return True
    begins = [
        (report.hops[0].actor.lower(), report.hops[0].relation, report.hops[0].at)
        for report in (first, second)
        if report.hops and not report.hops[0].withheld_by and isinstance(report.hops[0].at, Instant)
    ]
    repeating = (origins[0] - {one}) | (origins[1] - {other})
    return len(begins) == 2 and begins[0] == begins[1] and not repeating


@given(REPORTS)
def test_two_are_one_source_only_along_reasons_that_the_rules_state(reports: list[Report]) -> None:
    held = {key(number): one for number, one in enumerate(reports)}
    for source in sources(held):
        reached, edge = {source.keys[0]}, [source.keys[0]]
        while edge:
            here = edge.pop()
            for there in set(source.keys) - reached:
                if _says_so(here, there, held):
                    reached.add(there)
                    edge.append(there)
        assert reached == set(source.keys)
        told = {one for link in source.links for one in link.keys}
        assert told <= set(source.keys)
        assert len(source.keys) == 1 or told == set(source.keys)


@given(REPORTS)
def test_two_that_name_one_root_or_repeat_one_another_are_never_counted_twice(reports: list[Report]) -> None:
    held = {key(number): one for number, one in enumerate(reports)}
    where = {one: at for at, source in enumerate(sources(held)) for one in source.keys}
    for one, other in combinations(held, 2):
        same = " ".join(held[one].root.lower().split()) == " ".join(held[other].root.lower().split())
        named = bool(held[one].root.strip()) and bool(held[other].root.strip())
        repeats = other in {key_of(step.repeats) for step in held[one].hops if step.repeats}
        if (named and same) or (repeats and not (named and not same)):
            assert where[one] == where[other]
