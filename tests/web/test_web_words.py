"""Every word on the pages can be translated, and what translators are given is current."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from stafftalks.web import messages
from tests.web.make_messages import WEB, planning_messages

TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
PO = WEB / "locale" / "en" / "LC_MESSAGES" / "django.po"
_BLOCK = re.compile(r"\{%\s*blocktrans(?:late)?\b.*?\{%\s*endblocktrans(?:late)?\s*%\}", re.DOTALL)
_SAID = re.compile(r"""\b(?:title|alt|aria-label|placeholder)\s*=\s*"([^"]*)\"""")


def bare_text(template: str) -> list[str]:
    """Words of a template that stand outside every translation tag."""
    template = template.replace("{% block wide %}wide{% endblock %}", "")  # a class, not a word
    rest = re.sub(r"\{#.*?#\}|<!--.*?-->|<!doctype html>", "", _BLOCK.sub("", template), flags=re.DOTALL)
    rest = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", rest, flags=re.DOTALL)
    said = _SAID.findall(rest)
    found = [*said, *re.split(r"<[^>]*>", rest)]
    return [text.strip() for text in found if re.search(r"[^\W\d_]{2,}", text)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB / "templates")))
def test_no_template_holds_words_outside_translation(path: Path) -> None:
    assert bare_text(path.read_text()) == []


def test_the_search_for_bare_words_finds_a_planted_one() -> None:
    assert bare_text('<p>Hello {% translate "you" %}</p><img alt="A map">') == ["A map", "Hello"]


def test_the_planning_rooms_messages_are_all_given_to_translators() -> None:
    assert list(messages.MESSAGES) == planning_messages(), "run python -m tests.web.make_messages"


@pytest.mark.skipif(not shutil.which("msgfmt") and not os.environ.get("CI"), reason="gettext is not on this machine")
def test_the_catalogue_is_well_formed(tmp_path: Path) -> None:
    done = subprocess.run(
        ["msgfmt", "--check-format", "-o", str(tmp_path / "x.mo"), str(PO)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_every_message_of_the_templates_is_in_the_catalogue() -> None:
    known = set(re.findall(r'^msgid "(.*)"$', PO.read_text(), flags=re.MULTILINE))
    used = {
        message.replace('"', '\\"')
        for path in TEMPLATES
        for message in re.findall(r"""\{%\s*translate "([^"]+)"\s*%\}""", path.read_text())
    }
    assert used
    assert used - known == set(), "run python -m tests.web.make_messages"
