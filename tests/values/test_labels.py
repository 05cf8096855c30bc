"""Labels: what is written reads back the same, what stands for several lowers none, and what a policy does not allow is refused by rule."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.values.errors import WrongValueError
from stafftalks.values.ids import PartyId
from stafftalks.values.label import Category, Label, LabelError, Marking, TagType
from stafftalks.values.policies import Policies, builtin, split_portion_mark
from stafftalks.values.policy import (
    Absent,
    Classification,
    Group,
    Opening,
    Operation,
    Phrase,
    Policy,
    Qualifier,
    Reference,
    Tag,
    Value,
)

XTV, XQA = PartyId("XTV"), PartyId("XQA")
ISLES = Policy(
    name="ISLES",
    uri="urn:oid:1.3.6.1.4.1.99.1",
    classifications=(
        Classification(name="OPEN", rank=0, phrases=(Phrase(text="OUVERT", language="fr"),)),
        Classification(name="CLOSED", rank=1),
        Classification(name="LEVEL 2", rank=2, phrases=(Phrase(text="DEEP", replaces_policy=True),)),
    ),
    tags=(
        Tag(
            name="Sensitivity",
            type=TagType.RESTRICTIVE,
            values=(
                Value(name="REEF", excluded_classes=("OPEN",)),
                Value(name="REEF OUTER"),
                Value(name="SHOAL", required=(Group(Operation.ONE_OR_MORE, (Reference("Context", "FLEET"),)),)),
            ),
            qualifiers=(Qualifier(separator=" "),),
        ),
        Tag(
            name="Context",
            type=TagType.PERMISSIVE,
            values=(
                Value(name="FLEET", phrases=(Phrase(text="ISLES/FLEET", replaces_policy=True, hides_name=True),)),
                Value(name="PORT"),
            ),
        ),
        Tag(
            name="Only",
            type=TagType.PERMISSIVE,
            opening=Opening.WORDS,
            absent=Absent.ANYBODY,
            audience=True,
            values=(Value(name="PORT"),),
            qualifiers=(Qualifier(suffix=" ONLY", separator=", "),),
        ),
        Tag(name="Note", type=TagType.INFORMATIVE, values=(Value(name="WATCH"), Value(name="PORT"))),
    ),
)
KNOWN = builtin(PartyId("XMR")).before([ISLES])
PARTIES = ["XMR", "XTV", "XQA", "USA"]


def subset(values: list[str]) -> st.SearchStrategy[tuple[str, ...] | None]:
    return st.none() | st.lists(st.sampled_from(values), unique=True, min_size=1).map(tuple)


@st.composite
def labels(draw: st.DrawFn, name: str = "") -> Label:
    """A label that its policy allows, in the policy's own order."""
    policy = KNOWN.get(name or draw(st.sampled_from(KNOWN.names)))
    assert policy is not None
    categories = []
    for tag in policy.tags:
        known = [value.name for value in tag.values] + (PARTIES if tag.opening is not Opening.CLOSED else [])
        values = draw(subset(known))
        if values is not None:
            categories.append(Category(tag.name, tag.type, tag.ordered(values)))
        elif tag.absent is Absent.ANYBODY and draw(st.integers(0, 9)) == 0:
            categories.append(Category(tag.name, tag.type))
    rung = draw(st.sampled_from(policy.classifications))
    label = Label(policy=policy.name, uri=policy.uri, classification=rung.name, categories=tuple(categories))
    try:
        return KNOWN.checked(label)
    except LabelError as error:
        if {refusal.rule for refusal in error.refusals} != {"label-contradiction"}:
            raise
        return Label(policy=policy.name, uri=policy.uri, classification=rung.name)


def read(policy: str, classification: str, *caveats: str) -> Label:
    return KNOWN.read(Marking(policy, classification, caveats))


def rules(policy: str, classification: str, *caveats: str) -> list[str]:
    with pytest.raises(LabelError) as caught:
        read(policy, classification, *caveats)
    assert all(refusal.sentence.endswith(".") for refusal in caught.value.refusals)
    return [refusal.rule for refusal in caught.value.refusals]


@given(labels())
def test_what_is_written_reads_back_as_the_same_label(label: Label) -> None:
    assert KNOWN.read(KNOWN.marking(label)) == label
    mark = KNOWN.portion_mark(label)
    assert KNOWN.read_portion(label.policy, mark) == label
    assert split_portion_mark(f"({mark}) The text.") == (mark, "The text.")
    assert KNOWN.banner(label)


@given(st.lists(labels(), max_size=5))
def test_what_stands_for_several_is_as_strict_as_each(given_labels: list[Label]) -> None:
    whole = KNOWN.combined(given_labels)
    assert all(any(KNOWN.dominates(high, low) for high in whole) for low in given_labels)
    assert KNOWN.combined(reversed(given_labels)) == whole


@given(st.lists(labels("XMR"), max_size=4), st.lists(labels("ISLES"), max_size=4))
def test_what_stands_for_what_stands_for_parts_stands_for_all(one: list[Label], other: list[Label]) -> None:
    for first, second in ((one, other), (one[:2], one[1:]), (other[:2], other[1:])):
        assert KNOWN.combined([*KNOWN.combined(first), *KNOWN.combined(second)]) == KNOWN.combined([*first, *second])


@given(labels("XMR"), labels("XMR"))
def test_what_stands_for_two_permits_nobody_whom_one_of_them_does_not(one: Label, other: Label) -> None:
    for whole in KNOWN.combined([one, other]):
        if KNOWN.releasable_to(whole, XTV):
            assert KNOWN.releasable_to(one, XTV)
            assert KNOWN.releasable_to(other, XTV)


@given(st.text(max_size=60), st.text(max_size=40), st.lists(st.text(max_size=40), max_size=3))
def test_any_text_is_a_label_or_is_refused_by_rule(policy: str, classification: str, caveats: list[str]) -> None:
    for name in (policy, "XMR", "ISLES", "US"):
        for asked in (
            lambda name=name: read(name, classification, *caveats),
            lambda name=name: KNOWN.read_portion(name, classification),
        ):
            label = refused = None
            try:
                label = asked()
            except LabelError as error:
                refused = error.refusals
            assert refused or (label and KNOWN.read(KNOWN.marking(label)) == label)
    mark, rest = split_portion_mark(classification)
    assert mark in classification
    assert rest in classification


@pytest.mark.parametrize(
    ("policy", "classification", "caveats", "banner", "mark"),
    [
        ("XMR", "restricted", ["REL TO XTV and XMR"], "XMR RESTRICTED//REL TO XMR, XTV", "R//REL TO XMR, XTV"),
        ("xmr", "XMR S", ["xmr, xtv only"], "XMR SECRET//XMR, XTV ONLY", "S//XMR, XTV ONLY"),
        ("XMR", "O", [], "XMR OFFICIAL", "O"),
        ("PLAIN", "TS", ["NF/OC", "EXERCISE"], "PLAIN TOP SECRET//ORCON/NOFORN//EXERCISE", "TS//OC/NF//EXERCISE"),
        ("US", "SECRET", ["NF"], "SECRET//NOFORN", "S//NF"),
        ("USA", "TS", ["TK/SI", "REL TO GBR, USA"], "TOP SECRET//SI/TK//REL TO USA, GBR", "TS//SI/TK//REL TO USA, GBR"),
        ("US", "S", ["OC/REL TO USA, GBR"], "SECRET//ORCON/REL TO USA, GBR", "S//OC/REL TO USA, GBR"),
        ("TLP", "tlp:amber+strict", [], "TLP:AMBER+STRICT", "TLP:AMBER+STRICT"),
        ("TLP", "WHITE", [], "TLP:CLEAR", "TLP:CLEAR"),
        ("urn:oid:1.3.6.1.4.1.99.1", "Ouvert", ["- x - ONLY"], "ISLES OPEN - x - ONLY", "OPEN//- x - ONLY"),
        ("ISLES", "DEEP LEVEL 2", ["REEF OUTER REEF"], "DEEP LEVEL 2 REEF REEF OUTER", "LEVEL 2//REEF, REEF OUTER"),
        ("ISLES", "CLOSED", ["FLEET"], "ISLES/FLEET CLOSED", "CLOSED//FLEET"),
        (
            "ISLES",
            "CLOSED",
            ["Only=nobody", '"as read"'],
            "ISLES CLOSED NOBODY ONLY as read",
            'CLOSED//Only=NOBODY//"as read"',
        ),
    ],
)
def test_text_is_read_however_it_is_usually_written(
    policy: str, classification: str, caveats: list[str], banner: str, mark: str
) -> None:
    label = read(policy, classification, *caveats)
    assert KNOWN.banner(label) == banner
    assert KNOWN.portion_mark(label) == mark


def test_each_fault_is_refused_by_its_rule() -> None:
    assert rules("", "") == ["label-missing"]
    assert rules("", "SECRET") == ["label-policy-unknown"]
    assert rules("ELSEWHERE", "SECRET") == ["label-policy-unknown"]
    assert rules("XMR", "") == ["label-classification"]
    assert rules("XMR", "SECERT", "WINTEL") == ["label-classification", "label-category"]
    assert rules("TLP", "RED", "NOFORN") == ["label-category"]
    assert rules("US", "S", "NF", "REL TO GBR") == ["label-contradiction"]
    assert rules("XMR", "S", "XMR ONLY", "REL TO XTV") == ["label-contradiction"]
    assert rules("XMR", "S", "REL TO XMR", "REL TO XTV") == ["label-contradiction"]
    assert rules("ISLES", "OPEN", "REEF") == ["label-contradiction"]
    assert rules("ISLES", "CLOSED", "SHOAL") == ["label-contradiction"]
    assert rules("ISLES", "CLOSED", "PORT") == ["label-category"], "three tags have it"
    for mark, rule in (("", "label-missing"), ("R//", "label-malformed"), ("R////NF", "label-malformed")):
        with pytest.raises(LabelError) as caught:
            KNOWN.read_portion("XMR", mark)
        assert [refusal.rule for refusal in caught.value.refusals] == [rule]


def test_only_its_own_policy_or_a_stated_equivalence_compares() -> None:
    assert not KNOWN.dominates(read("XMR", "TS"), read("PLAIN", "U"))
    assert KNOWN.dominates(read("XMR", "S"), read("XMR", "R", "REL TO XTV"))
    assert not KNOWN.dominates(read("XMR", "S", "REL TO XTV"), read("XMR", "R"))
    assert KNOWN.combined([read("XMR", "R"), read("TLP", "RED")]) == (read("TLP", "RED"), read("XMR", "R"))


def test_permissions_meet_and_restrictions_gather() -> None:
    both = [read("XMR", "R", "REL TO XTV, XQA", "LIMDIS"), read("XMR", "S", "REL TO XTV, XMR", "EXERCISE")]
    assert KNOWN.combined(both) == (read("XMR", "S", "REL TO XTV", "LIMDIS", "EXERCISE"),)
    assert KNOWN.combined([*both, read("XMR", "U", "NOFORN")]) == (read("XMR", "S", "LIMDIS/NOFORN", "EXERCISE"),)
    apart = [read("XMR", "R", "XTV ONLY"), read("XMR", "R", "XQA ONLY")]
    assert KNOWN.banner(*KNOWN.combined(apart)) == "XMR RESTRICTED//NOBODY ONLY"
    assert len(KNOWN.combined([read("ISLES", "OPEN", "FLEET"), read("ISLES", "OPEN")])) == 2, (
        "not said what its absence permits"
    )


def test_a_ceiling_permits_what_it_names_and_no_more() -> None:
    label = read("XMR", "R", "REL TO XMR, XTV", "LIMDIS")

    def broken(*categories: str, to: str = "RESTRICTED", policy: str = "XMR") -> list[str]:
        return [refusal.rule for refusal in KNOWN.within(label, to, policy, categories)]

    assert broken("REL TO XMR, XTV", "LIMDIS") == []
    assert broken("REL TO", "all") == broken("Releasable to", "Handling") == []
    assert broken() == ["letter-category", "letter-category"]
    assert broken("REL TO XTV", "gibberish") == ["letter-category", "letter-category"]
    assert broken("all", to="U") == broken("all", to="nonsense") == broken("all", policy="TLP") == ["letter-ceiling"]
    assert KNOWN.bearing(label, ["NOFORN", "limdis", "REL TO XQA", "REL TO"]) == ("limdis", "REL TO")
    assert KNOWN.bearing(label, ["all"]) == ("all",)


def test_whom_a_label_permits() -> None:
    for caveats, answer in (
        ([], None),
        (["REL TO XTV"], True),
        (["REL TO XQA"], False),
        (["NOFORN"], False),
        (["XMR ONLY"], False),
        (["XMR, XTV ONLY"], None),
    ):
        assert KNOWN.releasable_to(read("XMR", "R", *caveats), XTV) is answer
    assert KNOWN.releasable_to(Label(policy="ELSEWHERE", classification="X"), XTV) is False


def test_a_parenthesis_in_capitals_is_taken_for_a_mark_and_an_aside_is_not() -> None:
    for text in (
        "(S) x",
        "(s//nf) x",
        "(TLP:AMBER) x",
        "(secret) x",
        "(LEVEL 2) x",
        "(S/NF) x",
        "(S)x",
        "(TRÈS SECRET) x",
        "(NATO) x",
        "(TS)",
    ):
        assert split_portion_mark(text)[0], text
    for text in (
        "(see annex B) x",
        "(C+3) x",
        "(D+1/H+6) x",
        "(a) x",
        "(MIM-104) x",
        "(https://x) x",
        "x (S)",
        "(S",
        "",
    ):
        assert split_portion_mark(text) == ("", text)
    hidden = Policy(name="ים", classifications=(Classification(name="סודי", rank=1),))
    assert Policies([hidden]).split_portion("ים", "(סודי) x") == ("סודי", "x")
    assert KNOWN.split_portion("XMR", "(ts) x") == ("ts", "x")
    assert KNOWN.split_portion("XMR", "(c) x") == ("", "(c) x")


def test_a_label_that_came_as_one_is_checked_under_its_policy() -> None:
    given_label = Label(
        policy="isles",
        classification="closed",
        categories=(Category("sensitivity", TagType.RESTRICTIVE, ("reef",)),),
        originator="XTV",
        created_at="2027-01-01T00:00:00Z",
    )
    checked = KNOWN.checked(given_label)
    assert (checked.policy, checked.uri, checked.classification) == ("ISLES", ISLES.uri, "CLOSED")
    assert checked.created_at == given_label.created_at
    wrong = Category("Sensitivity", TagType.PERMISSIVE, ("ROCK",))
    for label, found in (
        (Label(policy="XMR", uri=ISLES.uri, classification="OPEN"), ["label-contradiction"]),
        (Label(policy="ELSEWHERE", classification="OPEN"), ["label-policy-unknown"]),
        (Label(policy="XMR", classification="SECRET", privacy_mark='a "b"'), ["label-malformed"]),
        (Label(policy="TLP", classification="RED", categories=(wrong,)), ["label-category"]),
        (
            Label(
                policy="ISLES",
                classification="CLOSED",
                categories=(msgspec.structs.replace(wrong, type=TagType.RESTRICTIVE),),
            ),
            ["label-category"],
        ),
        (Label(policy="ISLES", classification="OPEN", categories=(wrong,)), ["label-category"]),
    ):
        with pytest.raises(LabelError) as caught:
            KNOWN.checked(label)
        assert [refusal.rule for refusal in caught.value.refusals] == found


def test_labels_of_policies_not_known_compare_with_nothing_and_stand_beside() -> None:
    foreign = Label(policy="ELSEWHERE", classification="X")
    assert not KNOWN.dominates(foreign, foreign)
    assert not KNOWN.dominates(read("XMR", "TS"), Label(policy="XMR", classification="X"))
    assert KNOWN.combined([foreign, read("XMR", "S")]) == (foreign, read("XMR", "S"))
    stray = Label(policy="XMR", classification="SECRET", categories=(Category("Stray", TagType.RESTRICTIVE, ("A",)),))
    assert KNOWN.releasable_to(stray, XTV) is False
    assert not KNOWN.dominates(read("XMR", "TS"), stray)
    for ask in (KNOWN.banner, KNOWN.marking, KNOWN.portion_mark):
        with pytest.raises(LabelError):
            ask(foreign)
    assert KNOWN.bearing(foreign, ["X", "all"]) == ()


def test_a_policy_without_classifications_reads_caveats_alone() -> None:
    bare = Policies(
        [
            Policy(
                name="NOTES",
                tags=(Tag(name="Note", type=TagType.RESTRICTIVE, values=(Value(name="A/B"), Value(name="B"))),),
            )
        ]
    )
    label = bare.read(Marking("NOTES", "", ("A/B, B",)))
    assert (label.classification, label.categories[0].values) == ("", ("A/B", "B"))
    assert bare.read(bare.marking(label)) == label
    assert bare.dominates(label, bare.read(Marking("NOTES")))
    with pytest.raises(LabelError):
        bare.read(Marking("NOTES", "", ("Note=Z",)))
    with pytest.raises(WrongValueError):
        Policy(name="A//B")
    with pytest.raises(WrongValueError):
        Policy(name="A", classifications=(Classification(name="x", rank=0), Classification(name="X", rank=1)))


def test_what_was_read_is_forgotten_before_it_fills_the_memory() -> None:
    policies = builtin(PartyId("XMR"))
    for number in range(5_000):
        with pytest.raises(LabelError):
            policies.read_portion("XMR", f"X{number}")
    assert policies.read_portion("XMR", "S") == policies.read(Marking("XMR", "SECRET"))
