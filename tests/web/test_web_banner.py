"""The banner of a page: made of what was drawn on it, on every page, and never lower than a text that stands there."""

import re
from collections.abc import Callable

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse
from django.utils.html import escape

from stafftalks.planning.element import Element, UnknownContent, encode
from stafftalks.services import elements, workspace
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import ElementId
from stafftalks.values.label import Marking
from stafftalks.web import marking
from tests.browser.pages import pages
from tests.fakes import PLANNER
from tests.web import world as worlds
from tests.web.conftest import Enter
from tests.web.world import World, content

LEVELS = ("UNCLASSIFIED", "OFFICIAL", "RESTRICTED", "CONFIDENTIAL", "SECRET", "TOP SECRET")
_BANNER = re.compile(r'<div class="banner (top|bottom)( unmarked)?"[^>]*><p>(.*?)</p></div>', re.DOTALL)


def banners(html: str) -> list[tuple[str, str]]:
    """Each banner: its end, and its text without tags."""
    return [(end, re.sub(r"<[^>]*>", "", text).strip()) for end, _none, text in _BANNER.findall(html)]


def covers(said: str, mark: str) -> bool:
    """Whether a banner says this classification, or a higher one of the same policy."""
    policy, _, level = mark.partition(" ")
    higher = LEVELS[LEVELS.index(level) :] if level in LEVELS else (level,)
    return any(f"{policy} {one}".strip() in said for one in higher)


def drawn(template: str, **context: object) -> str:
    request = RequestFactory().get("/")
    return Template("{% load pieces stafftalks %}" + template).render(Context({"request": request, **context}))


def test_a_page_says_at_both_ends_how_what_stands_on_it_is_marked(story: World, enter: Enter) -> None:
    html = enter(PLANNER).get(reverse("element", args=[story.ours[0].id])).content.decode()
    said = "This page is marked XMR RESTRICTED//REL TO XMR, XTV"
    assert banners(html) == [("top", said), ("bottom", said)]


def test_a_page_with_nothing_marked_says_so(story: World, enter: Enter) -> None:
    html = enter(PLANNER).get(reverse("me")).content.decode()
    assert [text for _end, text in banners(html)] == ["No marking given: our own people only"] * 2


def test_a_list_is_as_high_as_its_highest_line(put: Callable[[World], World], enter: Enter) -> None:
    world = put(worlds.paired())
    for level in ("RESTRICTED", "SECRET", "CONFIDENTIAL"):
        made = content("report", title=level, said="A.", marking={"policy": "XMR", "classification": level})
        elements.add(world.hq, PLANNER, made)
    html = enter(PLANNER).get(reverse("elements")).content.decode()
    assert banners(html)[0][1] == "This page is marked XMR SECRET"


def test_every_page_has_a_banner_at_both_ends(furnished: World, enter: Enter) -> None:
    clients = {}
    for page in pages(furnished):
        if page.person is not None:
            client = clients.setdefault(page.person.username, enter(page.person))
            html = client.get(page.path, follow=True).content.decode()
            ends = [end for end, _text in banners(html)]
            assert (ends[:1], ends[-1:]) == (["top"], ["bottom"]), page.name


def test_no_page_names_a_marked_element_without_its_marking_in_the_banner(furnished: World, enter: Enter) -> None:
    titles = {escape(piece.title): piece.marking for piece in workspace.pieces(furnished.hq) if piece.marking}
    # Words of the pages themselves, and of the table that is brought in, which elements are called by too.
    titles = {title: mark for title, mark in titles.items() if title not in ("C-day", "Convoy 1")}
    assert titles
    clients, silent = {}, []
    for page in pages(furnished):
        if page.person is None:
            continue
        client = clients.setdefault(page.person.username, enter(page.person))
        html = client.get(page.path, follow=True).content.decode()
        said = banners(html)[0][1].upper()
        named = {title: mark for title, mark in titles.items() if title in html}
        if missing := {title for title, mark in named.items() if not covers(said, mark.split("//")[0].upper())}:
            silent.append(f"{page.name}: {', '.join(sorted(missing))}")
    assert silent == []


def test_what_is_drawn_by_the_usual_tags_is_counted(story: World) -> None:
    piece = next(one for one in workspace.pieces(story.hq, kinds=("scenario",)) if one.marking)
    for tag in ("{% piece_head piece %}", "{% piece_line piece %}", "{% marked piece %}", "{% marked piece.content %}"):
        html = drawn("{% bannered %}" + tag + "{% endbannered %}", piece=piece, names={})
        assert piece.marking in banners(html)[0][1], tag


def test_a_part_with_a_banner_of_its_own_does_not_mark_the_page(story: World) -> None:
    inner = "{% bannered %}{% marked secret %}{% endbannered %}"
    html = drawn("{% bannered %}" + inner + "{% endbannered %}", secret=Marking("XMR", "SECRET"))
    texts = [text for _end, text in banners(html)]
    assert texts[0] == texts[-1] == "No marking given: our own people only"
    assert texts[1].endswith("XMR SECRET")


def test_a_kind_not_known_here_still_bears_its_marking(story: World) -> None:
    raw = b'{"kind":"tide","marking":{"classification":"SECRET","policy":"XTV"},"title":"T"}'
    thing = Element(ElementId("a" * 26), UnknownContent("tide", raw))
    assert b"SECRET" in encode(thing)
    assert list(marking.markings_of(thing.content)) == [Marking("XTV", "SECRET")]


def test_a_thing_that_bears_no_marking_is_refused_and_not_passed_over() -> None:
    with pytest.raises(MisuseError):
        list(marking.markings_of(3))


def test_a_portion_marked_higher_than_its_element_raises_the_banner_of_what_shows_it(
    put: Callable[[World], World], enter: Enter
) -> None:
    world = put(worlds.paired())
    said = "An open word.\n\n(S//REL TO XMR) A closed one."
    row = elements.add(
        world.hq,
        PLANNER,
        content("report", title="T", said=said, marking={"policy": "XMR", "classification": "RESTRICTED"}),
    )
    html = enter(PLANNER).get(reverse("element", args=[row.id])).content.decode()
    assert banners(html)[0][1] == "This page is marked XMR SECRET"
