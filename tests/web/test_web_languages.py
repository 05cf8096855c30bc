"""Hebrew and Arabic: chosen by each person, from right to left, with the words, dates and placeholders in place."""

import re
import subprocess
from pathlib import Path

import pytest
from django.urls import reverse

from tests.fakes import PLANNER
from tests.web.conftest import Enter, account
from tests.web.make_messages import LANGUAGES, WEB
from tests.web.world import World

OTHERS = [language for language in LANGUAGES if language != "en"]
_ENTRY = re.compile(r'^msgid ((?:".*"\n)+)(?:msgid_plural ((?:".*"\n)+))?((?:msgstr.*\n(?:".*"\n)*)+)', re.MULTILINE)
_HOLDS = re.compile(r"%\(\w+\)[sd]")


def entries(language: str) -> list[tuple[str, str, list[str]]]:
    """Every message of a catalogue: one, many (empty where it has no plural), and its translations."""
    text = (WEB / "locale" / language / "LC_MESSAGES" / "django.po").read_text()
    found = []
    for one, many, said in _ENTRY.findall(text):
        forms = re.split(r"^msgstr(?:\[\d\])? ", said, flags=re.MULTILINE)[1:]
        found.append((_joined(one), _joined(many), [_joined(form) for form in forms]))
    return [entry for entry in found if entry[0]]


def _joined(quoted: str) -> str:
    return "".join(line.strip()[1:-1] for line in quoted.splitlines())


@pytest.fixture(scope="module")
def compiled() -> None:
    """The catalogues as pages read them; made here where nobody has made them yet."""
    if not all((WEB / "locale" / language / "LC_MESSAGES" / "django.mo").exists() for language in OTHERS):
        command = ["pybabel", "--quiet", "compile", "--directory", str(WEB / "locale"), "--domain", "django"]
        subprocess.run(command, check=True, cwd=Path(__file__).parents[2])


@pytest.mark.parametrize("language", OTHERS)
def test_nearly_every_message_is_translated(language: str) -> None:
    found = entries(language)
    without = [one for one, _many, said in found if not all(said)]
    assert len(found) > 2_000
    assert len(without) <= len(found) // 50, without[:20]


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_drops_or_invents_a_placeholder(language: str) -> None:
    wrong = []
    for one, many, said in entries(language):
        allowed = set(_HOLDS.findall(one + many))
        for form in filter(None, said):
            held = set(_HOLDS.findall(form))
            if held - allowed or (not many and held != allowed):
                wrong.append(one)
    assert wrong == []


@pytest.mark.parametrize(("language", "word"), [("he", "תרחישים"), ("ar", "سيناريوهات")])
def test_each_person_chooses_and_the_page_turns(
    story: World, enter: Enter, compiled: None, language: str, word: str
) -> None:
    client = enter(PLANNER)
    user = account(PLANNER)
    user.language = language
    user.save()
    html = client.get(reverse("scenarios"), HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert f'lang="{language}"' in html
    assert 'dir="rtl"' in html
    assert word in html
    assert "Closing of the Strait of Vael" in html, "what people wrote is never translated"


def test_in_english_nothing_says_that_words_await_review(story: World, enter: Enter) -> None:
    assert "await review" not in enter(PLANNER).get(reverse("home")).content.decode()
