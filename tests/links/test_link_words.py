import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.links import words
from stafftalks.record.card import digits
from stafftalks.values.errors import MisuseError

SIXTEEN = st.binary(min_size=16, max_size=16)
KNOWN = bytes.fromhex("7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f")


def test_the_words_are_those_of_the_public_bip39_vector():
    assert words.words(KNOWN) == "legal winner thank year wave sausage worth useful legal winner thank yellow"


@given(SIXTEEN)
def test_words_and_digits_both_lead_back_to_the_fingerprint(fingerprint):
    assert words.parse_fingerprint(words.words(fingerprint)) == fingerprint
    assert words.parse_fingerprint(digits(fingerprint)) == fingerprint


@given(SIXTEEN, st.sampled_from([" ", "\n", " - ", "\t", ", ", "–"]))
def test_case_spacing_and_hyphens_do_not_matter(fingerprint, between):
    assert words.parse_fingerprint(between.join(words.words(fingerprint).upper().split())) == fingerprint
    assert words.parse_fingerprint(between.join(digits(fingerprint).split())) == fingerprint


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "No fingerprint was given"),
        ("legal winner thnak", "Word 3, “thnak”, is not on the list of fingerprint words: did you mean “thank”?"),
        ("legal winner thank", "has 12 words; 3 were given"),
        ("zoo " * 12, "a word is wrong or out of order"),
        ("12345 67890", "has 40 digits; 10 were given"),
        ("9" * 40, "no fingerprint: the first group, 99999, is too large"),
        ("legal 12345", "Word 2, “12345”, is not on the list"),
    ],
)
def test_the_first_wrong_thing_is_named(typed, said):
    with pytest.raises(MisuseError, match=said.replace("?", r"\?")):
        words.parse_fingerprint(typed)


@given(st.text(max_size=300))
def test_any_text_gives_sixteen_bytes_or_a_sentence(text):
    try:
        assert len(words.parse_fingerprint(text)) == 16
    except MisuseError:
        return
