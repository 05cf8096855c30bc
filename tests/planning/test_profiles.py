"""Profiles change words and templates, and nothing else."""

import pytest

from stafftalks.planning import annexes, forms
from stafftalks.planning.kinds import LABELS
from stafftalks.planning.profiles import CIVIL, PROFILES


def known() -> set[str]:
    return {*forms.all_messages(), *(label for pair in LABELS.values() for label in pair)}


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_every_word_replaced_is_one_that_pages_show(profile):
    stale = set(profile.words) - known()
    assert stale == set()


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_annexes_have_letters_of_their_own_and_fill_a_plan(profile):
    for template in profile.annexes:
        letters = [letter for letter, _ in template.annexes]
        assert len(letters) == len(set(letters))
        assert [annex.letter for annex in annexes.fill(template)] == letters


def test_the_civil_profile_has_no_word_of_war_where_it_has_one_of_its_own():
    shown = {CIVIL.word(message) for message in known()}
    assert not [word for word in shown if "Opposing" in word or "Friendly" in word]
    assert CIVIL.word("Force") == "Team"


def test_a_word_without_another_stays():
    assert all(profile.word("Title") == "Title" for profile in PROFILES.values())
