"""The rules file: read whole or not at all, and every fault named by its line."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.gate.rules import parse
from stafftalks.values.errors import MisuseError
from tests.gate.stage import letter, rules, written

GOOD = written(rules(letter(), letter(title="Second", kinds=("all",))))


def line_of(text: bytes, wanted: str) -> int:
    return text.decode().split("\n").index(wanted) + 1


def test_what_was_written_is_what_is_read():
    found = parse(GOOD)
    assert found == rules(letter(), letter(title="Second", kinds=("all",)))
    assert found.partner("XTV")
    assert found.partner("XPA") is None
    assert [one.title for one in found.letters_for("XTV")] == ["Torvia", "Second"]
    assert found.policy("meridia").name == "XMR"


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [
        ('party = "XMR"', 'party = "XMR', 'party = "XMR'),
        (
            'party = "XMR"',
            'party = "XMR"\nsecret = 1',
            'party = "XMR"',
        ),  # an unknown field of the whole: its first line
        ('methods = ["https","file"]', 'methods = ["pigeon"]', 'methods = ["pigeon"]'),
        ("max_act_bytes = 262144", "max_act_bytes = -1", "max_act_bytes = -1"),
        ('title = "Second"', "title = 2", "title = 2"),
        ('title = "Second"', "", None),
        ('level = "RESTRICTED"', "level = 3", "level = 3"),
    ],
)
def test_a_fault_puts_everything_out_of_force_and_names_its_line(before, after, wrong):
    spoilt = GOOD.replace(before.encode(), after.encode(), 1)
    assert spoilt != GOOD
    with pytest.raises(MisuseError, match=r"[Ll]ine \d+|line") as raised:
        parse(spoilt)
    if wrong is not None:
        assert f"line {line_of(spoilt, wrong)}" in str(raised.value).lower()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (rules(letter(partner="XPA")), "XPA"),
        (rules(letter(ceilings=(letter().ceilings[0].__class__("XMR", "COSMIC"),))), "COSMIC"),
        (rules(letter(ceilings=(letter().ceilings[0].__class__("NATO", "SECRET"),))), "NATO"),
        (rules(letter(valid_until=letter().valid_until.replace(tzinfo=None))), "UTC"),
        (rules(party="x"), "party code"),
    ],
)
def test_rules_that_contradict_themselves_are_not_taken(changed, sentence):
    with pytest.raises(MisuseError, match=sentence):
        parse(written(changed))


def test_a_policy_or_partner_named_twice_is_not_taken():
    once = rules()
    for twice in (
        once.__class__("XMR", policies=once.policies * 2, partners=once.partners),
        once.__class__("XMR", policies=once.policies, partners=once.partners * 2),
    ):
        with pytest.raises(MisuseError, match="twice"):
            parse(written(twice))


def test_an_empty_list_permits_nothing():
    found = parse(b'party = "XMR"\n[[partners]]\nparty = "XTV"\n')
    assert found.partner("XTV").accords == found.partner("XTV").methods == ()
    assert found.letters == ()


@given(st.binary(max_size=300) | st.integers(0, len(GOOD)).map(lambda cut: GOOD[:cut] + b"]" + GOOD[cut + 1 :]))
def test_any_bytes_are_rules_or_a_sentence_and_nothing_else(raw):
    with contextlib.suppress(MisuseError):
        parse(raw)
