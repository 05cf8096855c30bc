"""Our letters as rules for the gate: what is written there permits no more than the letters do, by two readings made apart."""

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from stafftalks.accord.bodies import Release, encode_body
from stafftalks.gate import marks
from stafftalks.gate.rules import Rules, parse
from stafftalks.planning import element as planning
from stafftalks.planning.letters import Ceiling, Letter
from stafftalks.planning.refs import ExactRef
from stafftalks.planning.talk import Consent, Verdict
from stafftalks.services import elements, gate_rules, labels
from stafftalks.values.ids import ElementId, PartyId, VersionHash, element_id
from stafftalks.values.label import LabelError, Marking
from stafftalks.values.policies import builtin
from stafftalks.values.relative_time import Instant
from tests.attacks.hostile import Hostile
from tests.fakes import HEAD, NOON
from tests.services.scenes import accepted, house, settle

XTV = PartyId("XTV")
LETTER = Letter(
    title="What Torvia may have",
    partner=XTV,
    ceilings=(
        Ceiling(policy="XMR", classification="R", categories=("Releasable To", "EXERCISE")),
        Ceiling(policy="TLP", classification="AMBER"),
        Ceiling(policy="US", classification="SECRET", categories=("all",)),
    ),
    realms=("all",),
    kinds=("all",),
    kinds_refused=("force",),
    categories_refused=("ORCON",),
    contingencies=("Floods",),
    methods=("https",),
    valid_until=Instant(NOON - NOON % 86_400 + 86_400 * 30),
)


def exported(hq, *letters: Letter) -> Rules:
    for letter in letters:
        elements.add(hq, HEAD, letter)
    return parse(gate_rules.export(hq).text.encode())


def test_the_gate_reads_what_the_headquarters_writes():
    meridia, torvia = house("XMR", "XTV", letters_too=False)
    accord = accepted(meridia, torvia)
    found = exported(meridia, LETTER)
    assert found.party == "XMR"
    assert found.partner("XTV").accords == (accord,)
    assert found.partner("XTV").methods == ("https",)
    (letter,) = found.letters_for("XTV")
    assert "letter" not in letter.kinds
    assert "plan" in letter.kinds
    assert set(letter.kinds_refused) == {"force", "letter"}
    assert letter.realms == ("intelligence", "scenarios", "exercises", "operations")
    assert letter.contingencies == ("Floods",)
    assert letter.ceilings[0].caveats == ("REL TO", "RELEASABLE TO", "EXERCISE")
    assert "NOFORN" in letter.caveats_refused  # under policies whose owner is not the partner
    assert letter.drawn_from == ()
    # A term that was said as a day includes that day.
    assert letter.valid_until.timestamp() == LETTER.valid_until.seconds + 86_400


def test_checks_are_permitted_with_a_partner_where_one_letter_permits_them():
    for kinds, refused, permitted in (
        (("all",), (), True),
        (("check",), (), True),
        (("plan",), (), False),
        (("all",), ("check",), False),
        (("all",), ("activity",), False),
    ):
        meridia, _ = house("XMR", "XTV", letters_too=False)
        found = exported(meridia, msgspec.structs.replace(LETTER, kinds=kinds, kinds_refused=refused))
        assert found.partner("XTV").checks is permitted
        assert "check" not in found.letters_for("XTV")[0].kinds


def test_letters_that_are_over_or_for_nobody_paired_are_left_out_and_that_is_said():
    meridia, _ = house("XMR", "XTV", letters_too=False)
    over = msgspec.structs.replace(LETTER, valid_until=Instant(NOON - 86_400 * 2))
    stranger = msgspec.structs.replace(LETTER, partner=PartyId("XOU"))
    unknown = msgspec.structs.replace(
        LETTER, ceilings=(Ceiling(policy="NATO", classification="SECRET"), *LETTER.ceilings)
    )
    for letter in (over, stranger, unknown):
        elements.add(meridia, HEAD, letter)
    made = gate_rules.export(meridia)
    assert (made.partners, made.letters) == ((XTV,), 1)
    assert any("XOU" in remark for remark in made.remarks)
    assert any("NATO SECRET" in remark for remark in made.remarks)
    assert [one.policy for one in parse(made.text.encode()).letters[0].ceilings] == ["XMR", "TLP", "US"]


def test_no_letter_permits_no_element():
    meridia, _ = house("XMR", "XTV", letters_too=False)
    assert exported(meridia).letters == ()


def test_a_title_cannot_become_a_rule():
    meridia, _ = house("XMR", "XTV", letters_too=False)
    title = 'T"\nrealms = ["all"]  # \\" \u2028'.replace("\n", " ")
    (letter,) = exported(meridia, msgspec.structs.replace(LETTER, title=title, realms=())).letters
    assert letter.title == title
    assert letter.realms == ()


POLICIES = builtin(PartyId("XMR"))
MERIDIA, _TORVIA = house("XMR", "XTV", letters_too=False)
RULES = exported(MERIDIA, LETTER)
LEVELS = {
    policy.name: [text for one in policy.classifications for text in (one.name, one.portion, *one.aliases) if text]
    for policy in POLICIES
}
CAVEATS = [
    "REL TO XMR, XTV", "REL TO XPA, XMR", "releasable to xtv", "XTV ONLY", "XMR EYES ONLY", "NOFORN", "NF", "ORCON", "OC", "EXERCISE", "STAFF",
    "OC/NF", "ORCON/REL TO USA, XTV", "SI/TK", "BIGOT", "REL TO", "Handling=NOFORN", "“free”", '"free"', "", "RELIDO",
]  # fmt: skip


@given(
    st.sampled_from(sorted(LEVELS)).flatmap(lambda name: st.tuples(st.just(name), st.sampled_from(LEVELS[name]))),
    st.lists(st.sampled_from(CAVEATS), max_size=3),
    st.sampled_from(["{}", "{policy} {}", "{policy}:{}", " {} "]),
)
def test_the_gate_permits_nothing_that_the_labels_rules_forbid(marked, caveats, form):
    """Two readings of one marking, made apart: where the gate says yes, so did the headquarters' own."""
    name, level = marked
    marking = Marking(name, form.format(level, policy=name), tuple(caveat for caveat in caveats if caveat))
    policy, (letter,) = RULES.policy(name), RULES.letters_for("XTV")
    assert policy is not None
    ceiling = next((one for one in letter.ceilings if RULES.policy(one.policy) is policy), None)
    try:
        mark = marks.read(policy, marking.classification, marking.caveats)
    except marks.MarkError:
        return
    passes = (
        ceiling is not None
        and mark.rank <= marks.read(policy, ceiling.level, ()).rank
        and not tuple(marks.not_permitted(mark, policy, ceiling.caveats))
        and not tuple(marks.refused(mark, policy, letter.caveats_refused))
        and all(one.readers is None or "XTV" in one.readers for one in mark.caveats)
    )
    assume(passes)
    try:
        label = POLICIES.read(marking)
    except LabelError as error:
        # What may stand together is the desk's to know. What a marking is, both must know.
        assert {refusal.rule for refusal in error.refusals} == {"label-contradiction"}  # noqa: PT017
        return
    own = next(one for one in LETTER.ceilings if one.policy == name)
    assert POLICIES.within(label, own.classification, own.policy, own.categories) == ()
    assert POLICIES.bearing(label, LETTER.categories_refused) == ()
    assert POLICIES.releasable_to(label, XTV) is not False


@pytest.mark.parametrize(
    "marking",
    [
        Marking("XMR", "RESTRICTED", ("REL TO XMR, XTV",)),
        Marking("XMR", "U", ("EXERCISE",)),
        Marking("TLP", "AMBER"),
        Marking("TLP", "TLP:GREEN"),
        Marking("US", "SECRET", ("REL TO USA, XTV",)),
        Marking("US", "SECRET", ("SI/TK", "REL TO USA, XTV")),
    ],
)
def test_and_what_the_labels_rules_permit_it_permits_in_their_own_spelling(marking):
    (letter,) = RULES.letters_for("XTV")
    try:
        spelt = (marking, POLICIES.marking(POLICIES.read(marking)))
    except LabelError:
        pytest.fail("the marking is not one")
    for text in spelt:
        policy = RULES.policy(text.policy)
        assert policy is not None
        mark = marks.read(policy, text.classification, text.caveats)
        ceiling = next(one for one in letter.ceilings if RULES.policy(one.policy) is policy)
        assert mark.rank <= marks.read(policy, ceiling.level, ()).rank
        assert not tuple(marks.not_permitted(mark, policy, ceiling.caveats))
        assert not tuple(marks.refused(mark, policy, letter.caveats_refused))


def test_every_builtin_policy_is_written_with_its_ladder_in_order():
    assert {policy.name for policy in RULES.policies} == set(labels.policies(MERIDIA).names)
    for policy in RULES.policies:
        known = POLICIES.get(policy.name)
        assert known is not None
        for name, rank in ((one.name, one.rank) for one in known.classifications):
            assert marks.read(policy, name, ()).rank == sorted({one.rank for one in known.classifications}).index(rank)


def test_consents_in_force_are_written_as_whose_material_may_be_drawn_on():
    meridia, torvia, partial = house("XMR", "XTV", "XPA", letters_too=False)
    accord = accepted(meridia, torvia, partial)
    source = ExactRef(partial.party, ElementId("a" * 26), VersionHash("a" * 52))
    granted = Consent(
        about=msgspec.structs.replace(source, party=meridia.party), source=source, recipient="XTV", verdict=Verdict.GRANTED,
        until=Instant(NOON + 86_400), marking=Marking("XPA", "UNCLASSIFIED"),
    )  # fmt: skip
    for consent in (
        msgspec.structs.replace(granted, verdict=Verdict.REFUSED),
        msgspec.structs.replace(granted, until=Instant(NOON - 86_400 * 3)),
        msgspec.structs.replace(granted, recipient="XOU"),
    ):
        _gives(partial, accord, consent)
    settle(partial, meridia)
    assert exported(meridia, LETTER).letters[0].drawn_from == ()
    _gives(partial, accord, granted)
    settle(partial, meridia)
    assert exported(meridia).letters[0].drawn_from == ("XPA",)


def _gives(hq, accord, consent):
    raw = planning.encode(planning.Element(element_id(hq.entropy.draw("element", 16)), consent)).decode()
    Hostile(hq, accord).says("release", encode_body(Release("operations", (PartyId("XMR"), PartyId("XTV")), raw)))
