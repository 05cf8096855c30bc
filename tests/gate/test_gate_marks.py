"""How the gate reads markings: what it knows, what it refuses to guess, and where in a text it looks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.gate import marks
from stafftalks.gate.marks import Caveat, MarkError, marks_in, read, read_line
from stafftalks.gate.rules import Rules
from tests.gate.policies import PLAIN, TLP, US

POLICIES = (PLAIN, TLP, US)
LEVELS = Rules("XMR", policies=POLICIES).levels


@pytest.mark.parametrize(
    ("policy", "line", "level"),
    [
        (PLAIN, "S", "SECRET"),
        (PLAIN, "secret", "SECRET"),
        (PLAIN, "XMR RESTRICTED", "RESTRICTED"),
        (PLAIN, "meridia  top   secret", "TOP SECRET"),
        (PLAIN, "\uff33", "SECRET"),  # a full-width S
        (PLAIN, "S\u200b", "SECRET"),  # with something invisible behind it
        (TLP, "TLP:AMBER+STRICT", "AMBER+STRICT"),
        (TLP, "WHITE", "CLEAR"),
        (US, "TOP SECRET", "TOP SECRET"),
    ],
)
def test_a_level_is_known_in_every_listed_spelling(policy, line, level):
    assert read_line(policy, line).level == level


@pytest.mark.parametrize(
    "line", ["", "COSMIC", "SECRET SAUCE", "R REL TO XTV", "//REL TO XTV", "\u0405"]
)  # a Cyrillic S
def test_what_is_on_no_ladder_is_never_guessed(line):
    with pytest.raises(MarkError):
        read_line(PLAIN, line)


@pytest.mark.parametrize(
    ("line", "caveats"),
    [
        ("S//REL TO XMR, XTV", [Caveat("REL TO *", frozenset(("XMR", "XTV")))]),
        ("S//XTV EYES ONLY", [Caveat("* EYES ONLY", frozenset(("XTV",)))]),
        ("S//NF", [Caveat("NOFORN")]),
        ("S//OC/NF", [Caveat("ORCON"), Caveat("NOFORN")]),
        ("S//ORCON, NOFORN", [Caveat("ORCON"), Caveat("NOFORN")]),
        ("S//OC/REL TO XMR, XTV", [Caveat("ORCON"), Caveat("REL TO *", frozenset(("XMR", "XTV")))]),
        ("S//BIGOT", [Caveat("BIGOT", known=False)]),
        ("S//REL TO", [Caveat("REL TO", known=False)]),
        ("S//", [Caveat("", known=False)]),
    ],
)
def test_caveats_are_read_by_their_names_and_lists_of_readers_as_lists(line, caveats):
    assert list(read_line(PLAIN, line).caveats) == caveats


@pytest.mark.parametrize(
    ("line", "permitted", "refused"),
    [
        ("R", (), ()),
        ("R//REL TO XMR, XTV", ("REL TO",), ()),
        ("R//REL TO XMR, XTV", ("REL TO XMR, XTV, XPA",), ()),
        ("R//REL TO XMR, XTV", ("REL TO XMR",), ("REL TO XMR, XTV",)),
        ("R//XTV ONLY", ("REL TO",), ("XTV ONLY",)),
        ("R//NF", ("noforn",), ()),
        ("R//OC/NF", ("all",), ()),
        ("R//BIGOT", ("all",), ("BIGOT",)),
        ("R//BIGOT", ("bigot",), ()),
        ("R//NF", (), ("NOFORN",)),
    ],
)
def test_what_a_letter_does_not_name_is_not_permitted(line, permitted, refused):
    assert tuple(marks.not_permitted(read_line(PLAIN, line), PLAIN, permitted)) == refused


def test_what_a_letter_refuses_is_refused_whoever_its_readers_are():
    mark = read(PLAIN, "R", ["REL TO XTV", "OC"])
    assert tuple(marks.refused(mark, PLAIN, ("ORCON", "rel to"))) == ("REL TO XTV", "ORCON")
    assert not tuple(marks.refused(mark, PLAIN, ()))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(S) The bridge is mined.", ["S"]),
        ("First.\n\n(TS//REL TO XMR) Second.", ["TS//REL TO XMR"]),
        ("  - (C) in a list", ["C"]),
        ("1. (S) numbered", ["S"]),
        ("a) (S) lettered", ["S"]),
        ("(TLP:RED) another policy's", ["TLP:RED"]),
        ("(S-NF) as they once wrote", ["S-NF"]),
        ("(S/NF) with one slash", ["S/NF"]),
        ("(SECRET NOFORN) with none", ["SECRET NOFORN"]),
        ("\u200b(S) behind something invisible", ["S"]),
        ("\uff08S\uff09 full width", ["S"]),
        ("\U0001f122 one character, which is (S)", ["S"]),
        ("In the middle (S//NF) of a line", ["S//NF"]),
        ("(WHAT//EVER) unknown, but a marking", ["WHAT//EVER"]),
        ("SECRET//NOFORN", ["SECRET//NOFORN"]),
        ("(a) a list; (C+3) a day; (see annex B)", []),
        ("Annex (C) is longer.", []),
        ("(C-130) is an aircraft", []),
        ("(https://example.org/a)", []),
        ("S", []),
        ("Rated C by the source", []),
        ("", []),
    ],
)
def test_markings_are_found_wherever_a_person_could_have_put_one(text, found):
    assert list(marks_in(text, LEVELS)) == found


@given(st.text(max_size=200), st.sampled_from(POLICIES))
def test_any_text_is_a_mark_or_a_refusal_and_nothing_else(text, policy):
    list(marks_in(text, LEVELS))
    try:
        mark = read_line(policy, text)
    except MarkError:
        return
    assert 0 <= mark.rank < len(policy.levels)
    list(marks.not_permitted(mark, policy, ("all", text)))


@given(
    st.sampled_from([level for levels in PLAIN.levels for level in levels]),
    st.sampled_from(["", "//REL TO XMR, XTV", "//NF", "//OC/NF"]),
    st.sampled_from(["({}) Text", "  ({}) Text", "Text\n({}) Text", "- ({}) Text", "2. ({}) Text"]),
)
def test_no_portion_mark_at_the_beginning_of_a_line_is_passed_over(level, caveats, around):
    assert list(marks_in(around.format(level + caveats), LEVELS)) == [level + caveats]
