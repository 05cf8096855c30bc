"""A banner over several markings: never lower than any of them, and the same whatever their order."""

from hypothesis import given
from hypothesis import strategies as st

from stafftalks.values.banner import LADDERS, RESTRICTIONS, banner_line, combined
from stafftalks.values.label import Marking

LEVELS = [*LADDERS[0], *LADDERS[1], "VERTRAULICH", "COSMIC TOP SECRET", ""]
CAVEATS = [
    "REL TO XMR, XTV",
    "REL TO XMR",
    "Rel to XTV and XQA",
    "RELEASABLE TO XMR",
    "NOFORN",
    "ORCON/NF",
    "WINTEL",
    "EXERCISE",
]
MARKINGS = st.lists(
    st.builds(
        Marking,
        st.sampled_from(["NATO", "XMR", "TLP", ""]),
        st.sampled_from(LEVELS),
        st.lists(st.sampled_from(CAVEATS), max_size=3).map(tuple),
    ),
    max_size=7,
)


def height(marking: Marking) -> tuple[int, int]:
    for number, ladder in enumerate(LADDERS):
        if marking.classification in ladder:
            return number, ladder.index(marking.classification)
    return -1, 0


def permitted(marking: Marking) -> set[str]:
    named: set[str] = set()
    for caveat in marking.caveats:
        words = caveat.upper().replace(",", " ").split()
        if words[0] in ("REL", "RELEASABLE"):
            named |= {word for word in words[2:] if word != "AND"}
    return named


def restricted(marking: Marking) -> set[str]:
    return {caveat.upper() for caveat in marking.caveats if not caveat.upper().startswith("REL")}


def covers(whole: Marking, part: Marking) -> bool:
    (ladder, high), (other, low) = height(whole), height(part)
    same = whole.policy == part.policy and (ladder == other and high >= low)
    same = same and (ladder >= 0 or whole.classification == part.classification)
    return same and restricted(part) <= restricted(whole) and permitted(whole) <= permitted(part)


@given(MARKINGS)
def test_every_marking_is_covered_by_one_as_high_as_narrow_and_of_its_own_policy(markings: list[Marking]) -> None:
    result = combined(markings)
    for part in markings:
        assert not part.banner() or any(covers(whole, part) for whole in result), (part, result)


@given(MARKINGS, st.randoms(use_true_random=False))
def test_the_order_of_what_stands_on_a_page_does_not_matter(markings: list[Marking], shuffler: object) -> None:
    turned = list(markings)
    shuffler.shuffle(turned)  # type: ignore[attr-defined]
    assert banner_line(turned) == banner_line(markings)


@given(MARKINGS, MARKINGS)
def test_a_banner_of_banners_is_the_banner_of_everything(one: list[Marking], other: list[Marking]) -> None:
    assert banner_line([*combined(one), *combined(other)]) == banner_line([*one, *other])


@given(MARKINGS)
def test_nothing_is_said_that_nobody_gave(markings: list[Marking]) -> None:
    levels = {marking.classification for marking in markings}
    for whole in combined(markings):
        assert whole.classification in levels
        said = {word for marking in markings for word in restricted(marking)}
        assert restricted(whole) <= said


def test_the_highest_is_said_with_the_permission_that_all_give() -> None:
    low = Marking("XMR", "RESTRICTED", ("REL TO XMR, XTV",))
    high = Marking("XMR", "SECRET", ("REL TO XTV, XQA",))
    assert banner_line([low, high]) == "XMR SECRET//REL TO XTV"
    assert banner_line([low, Marking("XMR", "SECRET")]) == "XMR SECRET"


def test_a_restriction_of_a_part_holds_for_the_whole_and_ends_permissions() -> None:
    one = Marking("XMR", "SECRET", ("REL TO XTV",))
    assert banner_line([one, Marking("XMR", "UNCLASSIFIED", ("REL TO XTV", "NOFORN"))]) == "XMR SECRET//NOFORN"
    assert "NOFORN" in RESTRICTIONS


def test_other_policies_and_unknown_levels_stand_side_by_side() -> None:
    markings = [Marking("XTV", "SECRET"), Marking("XMR", "RESTRICTED"), Marking("XMR", "VERTRAULICH")]
    assert banner_line(markings) == "XMR RESTRICTED | XMR VERTRAULICH | XTV SECRET"


def test_tlp_has_its_own_ladder_and_only_under_its_own_name() -> None:
    assert banner_line([Marking("TLP", "TLP:GREEN"), Marking("TLP", "AMBER+STRICT")]) == "TLP:AMBER+STRICT"
    assert banner_line([Marking("XMR", "GREEN"), Marking("XMR", "RED")]) == "XMR GREEN | XMR RED"


def test_where_none_is_marked_nothing_is_said() -> None:
    assert banner_line([Marking(), Marking()]) == ""
