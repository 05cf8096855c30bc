"""What every page's markup keeps: one heading, labels, unique ids, nothing inline, words for whose text it is."""

import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from tests.browser.pages import pages
from tests.browser.rooms import prepare
from tests.web import world as worlds
from tests.web.conftest import Enter
from tests.web.world import World

_VOID = {"meta", "link", "input", "img", "br", "hr", "path", "rect", "circle"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.stack: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if not self.stack or self.stack.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")


def read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


def faults_of(html: str) -> list[str]:
    """What is wrong with a page's markup, in words."""
    reader = read(html)
    tags = reader.tags
    found = [*reader.faults, *(f"<{tag}> is never closed" for tag in reader.stack)]
    ids = Counter(attrs["id"] for _tag, attrs in tags if "id" in attrs)
    found += [f"id {name} stands {count} times" for name, count in ids.items() if count > 1]
    labelled = {attrs.get("for") for tag, attrs in tags if tag == "label"}
    for tag, attrs in tags:
        asks = tag in ("input", "select", "textarea") and attrs.get("type") not in ("hidden", "submit")
        if asks and attrs.get("id") not in labelled and "aria-label" not in attrs:
            found.append(f"<{tag} name={attrs.get('name')}> has no label")
        found += [f"<{tag} {name}>" for name in attrs if name == "style" or name.startswith("on")]
        data = attrs.get("type") == "application/json"
        if tag == "style" or (tag == "script" and "src" not in attrs and not data):
            found.append(f"inline <{tag}>")
        if tag == "img" and not attrs.get("alt"):
            found.append("a picture without words")
        for name in ("aria-describedby", "aria-labelledby", "for"):
            found += [
                f"{name} names {word}, which is not there" for word in attrs.get(name, "").split() if word not in ids
            ]
        if attrs.get("href", "").startswith("#") and attrs["href"][1:] not in ids:
            found.append(f"{attrs['href']} leads nowhere")
    levels = [int(tag[1]) for tag, _attrs in tags if re.fullmatch(r"h[1-6]", tag)]
    if levels.count(1) != 1:
        found.append(f"{levels.count(1)} main headings")
    return found


def furnished() -> World:
    """The whole story with what every room adds to it."""
    return prepare(worlds.story())


@pytest.mark.parametrize(
    "made", [worlds.empty, worlds.paired, worlds.proposed, worlds.forked, furnished], ids=lambda made: made.__name__
)
def test_every_page_of_every_world_is_sound(
    put: Callable[[World], World], enter: Enter, made: Callable[[], World]
) -> None:
    world = put(made())
    clients, faults = {}, {}
    for page in pages(world):
        if page.person is None:
            continue
        client = clients.setdefault(page.person.username, enter(page.person))
        answer = client.get(page.path, follow=True)
        assert answer.status_code in (200, 403, 404), page.name
        if found := faults_of(answer.content.decode()):
            faults[page.name] = found
    assert faults == {}


def test_the_check_of_markup_finds_planted_faults() -> None:
    planted = (
        '<h1>A</h1><h1>B</h1><p style="x"><input name="q"><img src="a"><b id="i"></b><b id="i"></b><script>x</script>'
    )
    found = " ".join(faults_of(planted))
    for word in (
        "never closed",
        "stands 2 times",
        "no label",
        "<p style>",
        "inline <script>",
        "without words",
        "main headings",
    ):
        assert word in found


def test_pages_work_where_the_scripts_are_absent(story: World, enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    from stafftalks.web import assets

    monkeypatch.setattr(assets, "finders", _Nothing)
    assets.present.cache_clear()
    html = enter().get("/").content.decode()
    assets.present.cache_clear()
    assert "<script" not in html


class _Nothing:
    """An installation that carries no script."""

    @staticmethod
    def find(name: str) -> None:
        return None
