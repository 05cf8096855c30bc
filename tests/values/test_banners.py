"""A banner over several markings: never lower than any of them, and the same whatever their order."""

from hypothesis import given
from hypothesis import strategies as st

from stafftalks.values.banner import BESIDE, banners
from stafftalks.values.ids import PartyId
from stafftalks.values.label import Label, LabelError, Marking
from stafftalks.values.policies import builtin

KNOWN = builtin(PartyId("XMR"))
LEVELS = ["UNCLASSIFIED", "R", "Secret", "TOP SECRET", "AMBER", "AMBER+STRICT", "VERTRAULICH", "COSMIC TOP SECRET", ""]
CAVEATS = [
    "REL TO XMR, XTV",
    "REL TO XMR",
    "Rel to XTV and XQA",
    "RELEASABLE TO XMR",
    "NOFORN",
    "OC/LIMDIS",
    "WINTEL",
    "EXERCISE",
]


def line(markings: list[Marking]) -> str:
    return BESIDE.join(banners(KNOWN, markings))


MARKINGS = st.lists(
    st.builds(
        Marking,
        st.sampled_from(["NATO", "XMR", "PLAIN", "TLP", ""]),
        st.sampled_from(LEVELS),
        st.lists(st.sampled_from(CAVEATS), max_size=2).map(tuple),
    ),
    max_size=7,
)


def read(marking: Marking) -> Label | None:
    try:
        return KNOWN.read(marking)
    except LabelError:
        return None


@given(MARKINGS, st.randoms(use_true_random=False))
def test_every_marking_is_covered_whatever_the_order(markings: list[Marking], shuffler: object) -> None:
    said = banners(KNOWN, markings)
    wholes = KNOWN.combined([label for one in markings if (label := read(one)) is not None])
    assert {KNOWN.banner(whole) for whole in wholes} <= set(said)
    for marking in markings:
        label = read(marking)
        if label is None:
            assert not marking.banner() or marking.banner() in said
        else:
            assert any(KNOWN.dominates(whole, label) for whole in wholes)
    turned = list(markings)
    shuffler.shuffle(turned)  # type: ignore[attr-defined]
    assert banners(KNOWN, turned) == said


def test_the_highest_is_said_with_the_permission_that_all_give() -> None:
    low = Marking("XMR", "RESTRICTED", ("REL TO XMR, XTV",))
    high = Marking("XMR", "SECRET", ("REL TO XTV, XQA",))
    assert line([low, high]) == "XMR SECRET//REL TO XTV"
    assert line([low, Marking("XMR", "SECRET")]) == "XMR SECRET"


def test_a_restriction_of_a_part_holds_for_the_whole_and_ends_permissions() -> None:
    one = Marking("XMR", "SECRET", ("REL TO XTV",))
    assert line([one, Marking("XMR", "UNCLASSIFIED", ("NOFORN",))]) == "XMR SECRET//NOFORN"


def test_other_policies_and_what_no_policy_reads_stand_side_by_side() -> None:
    markings = [Marking("XTV", "SECRET"), Marking("XMR", "R"), Marking("XMR", "VERTRAULICH"), Marking("NATO", "secret")]
    assert line(markings) == "NATO SECRET | XMR RESTRICTED | XMR VERTRAULICH | XTV SECRET"


def test_tlp_has_its_own_ladder_and_only_under_its_own_name() -> None:
    tlp = [Marking("TLP", "TLP:GREEN"), Marking("TLP", "AMBER+STRICT")]
    assert line(tlp) == "TLP:AMBER+STRICT"
    assert line([Marking("XMR", "GREEN"), *tlp]) == "TLP:AMBER+STRICT | XMR GREEN"


def test_where_none_is_marked_nothing_is_said() -> None:
    assert line([Marking(), Marking()]) == ""
