"""Amounts, counts, likelihoods, grades and markings: exact, and in their authors' words."""

import json
import re
from itertools import pairwise

import pytest
from hypothesis import given

from stafftalks.values.errors import MisuseError
from stafftalks.values.label import Marking
from stafftalks.values.quantity import Count, Quantity, Unit
from stafftalks.values.scale import (
    CREDIBILITY_WORDS,
    RELIABILITY_WORDS,
    Confidence,
    Grade,
    Likelihood,
    Reliability,
    ScaleName,
    terms_of,
)
from tests.planning.cast import SHARED, counts, grades, likelihoods, quantities


@given(quantities)
def test_every_quantity_reads_back_from_its_own_text(quantity):
    assert Quantity.parse(str(quantity)) == quantity


@given(counts)
def test_every_count_reads_back_from_its_own_text(count):
    assert Count.parse(str(count)) == count


@given(likelihoods)
def test_every_likelihood_reads_back_from_its_own_text(likelihood):
    assert Likelihood.parse(str(likelihood)) == likelihood
    low, high = likelihood.range()
    assert 0 <= low <= high <= 100


@given(grades)
def test_every_grade_reads_back_from_its_own_text(grade):
    assert Grade.parse(str(grade)) == grade


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2.50 km", Quantity(25, Unit.KILOMETRES, 1)),
        ("6,400 persons", Quantity(6_400, Unit.PERSONS)),
        ("40%", Quantity(40, Unit.PERCENT)),
        ("-0.5 t", Quantity(-5, Unit.TONNES, 1)),
        ("300 l", Quantity(300, Unit.LITRES)),
        ("3 days", Quantity(3, Unit.DAYS)),
    ],
)
def test_quantities_as_people_write_them(typed, meant):
    assert Quantity.parse(typed) == meant


@pytest.mark.parametrize("typed", ["", "5", "km", "5 furlongs", "1.1234567 km", "9" * 17 + " m", "1,00 km", "٣ km x"])
def test_what_is_no_quantity_is_answered_with_a_sentence(typed):
    with pytest.raises(MisuseError, match=r"\.$"):
        Quantity.parse(typed)


def test_an_amount_has_one_spelling():
    with pytest.raises(MisuseError, match="may not end in a zero"):
        Quantity(250, Unit.KILOMETRES, 2)


@pytest.mark.parametrize("typed", ["about 6400", "~6,400", "ca. 6 400", "Approximately 6400"])
def test_about_is_kept_with_the_count(typed):
    assert Count.parse(typed) == Count(6_400, True)


@pytest.mark.parametrize("typed", ["", "many", "-5", "6.5", "6,40", "9" * 30])
def test_what_is_no_count_is_answered_with_a_sentence(typed):
    with pytest.raises(MisuseError, match=r"\.$"):
        Count.parse(typed)


@pytest.mark.parametrize(
    ("typed", "scale", "bounds"),
    [
        ("likely", ScaleName.ICD203, (55, 80)),
        ("Almost certain", ScaleName.ICD203, (95, 99)),
        ("almost certain (PHIA)", ScaleName.PHIA, (95, 100)),
        ("realistic possibility", ScaleName.PHIA, (40, 50)),
        ("likely (phia)", ScaleName.PHIA, (55, 75)),
        ("35 %", ScaleName.PERCENT, (35, 35)),
        ("35 to 40", ScaleName.PERCENT, (35, 40)),
    ],
)
def test_the_scale_that_was_used_is_kept(typed, scale, bounds):
    likelihood = Likelihood.parse(typed)
    assert likelihood.scale == scale
    assert likelihood.range() == bounds


@pytest.mark.parametrize("typed", ["", "maybe", "likely (my scale)", "101 %", "40-35", "35 or so"])
def test_what_is_on_no_scale_is_answered_with_a_sentence(typed):
    with pytest.raises(MisuseError, match=r"\.$"):
        Likelihood.parse(typed)


def test_scales_rise_and_have_seven_terms():
    for scale in (ScaleName.ICD203, ScaleName.PHIA):
        bounds = [Likelihood(scale, term).range() for term in terms_of(scale)]
        assert len(bounds) == 7
        assert bounds == sorted(bounds)
        assert all(one[1] <= other[0] for one, other in pairwise(bounds))
    assert terms_of(ScaleName.PERCENT) == ()


def _taxonomy(name, predicate):
    path = SHARED / "grading" / name
    if not path.exists():
        pytest.skip(f"the public taxonomy {name} is not on this machine")
    taxonomy = json.loads(path.read_text(encoding="utf-8"))
    return next(part["entry"] for part in taxonomy["values"] if part["predicate"] == predicate)


def test_icd_203_agrees_with_the_public_taxonomy():
    entries = _taxonomy("estimative-language.json", "likelihood-probability")
    ours = {term: Likelihood(ScaleName.ICD203, term).range() for term in terms_of(ScaleName.ICD203)}
    theirs = {}
    for entry in entries:
        low, high = re.search(r"(\d+)-(\d+)%", entry["expanded"]).groups()
        theirs[entry["value"].replace("-", " ")] = (int(low), int(high))
    assert ours == theirs


def test_confidence_agrees_with_the_public_taxonomy():
    entries = _taxonomy("estimative-language.json", "confidence-in-analytic-judgment")
    assert [entry["value"] for entry in entries] == [level.value for level in Confidence]


def test_admiralty_grades_agree_with_the_public_taxonomy():
    sources = {
        entry["value"].upper(): entry["expanded"] for entry in _taxonomy("admiralty-scale.json", "source-reliability")
    }
    # The taxonomy adds a G (deliberately deceptive) that the Admiralty system does not have.
    assert set(sources) - {"G"} == {grade.value for grade in Reliability}
    for grade, words in RELIABILITY_WORDS.items():
        assert words == sources[grade].lower()
    facts = {
        int(entry["value"]): entry["expanded"] for entry in _taxonomy("admiralty-scale.json", "information-credibility")
    }
    assert {figure: words.lower() for figure, words in facts.items()} == CREDIBILITY_WORDS
    assert Grade.parse("b-2").words == "usually reliable, probably true"


@pytest.mark.parametrize("typed", ["", "G1", "A7", "A", "2B"])
def test_what_is_no_grade_is_answered_with_a_sentence(typed):
    with pytest.raises(MisuseError, match=r"\.$"):
        Grade.parse(typed)


@pytest.mark.parametrize(
    ("marking", "banner"),
    [
        (Marking("NATO", "Secret", ("REL TO XMR, XTV",)), "NATO SECRET//REL TO XMR, XTV"),
        (Marking("NATO", "NATO SECRET"), "NATO SECRET"),
        (Marking("", "RESTRICTED", ("A", "B")), "RESTRICTED//A//B"),
        (Marking("", "", ("REL TO XMR",)), "REL TO XMR"),
        (Marking(), ""),
    ],
)
def test_a_banner_says_what_was_given(marking, banner):
    assert marking.banner() == banner
