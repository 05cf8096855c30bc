"""The sheets of style: contrast of every pair of colours that is read, in every look; tokens only; logical directions only; nothing from elsewhere."""

import re

import pytest

from stafftalks.web.views import design
from tests.web.make_messages import WEB

FOLDER = WEB / "static" / "web"
TOKENS = (FOLDER / "tokens.css").read_text()
SHEETS = {path.name: path.read_text() for path in sorted(FOLDER.rglob("*.css"))}
SHARED = ("stafftalks.css", "parts.css", "forms.css", "print.css")
_COLOUR = re.compile(r"--([a-z0-9-]+):\s*light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
_BLOCK = re.compile(r"^\s*([^\n{}]*)\{([^{}]*)\}", re.MULTILINE)


def block(selector: str) -> list[str]:
    """The declarations of every rule with exactly this selector, one text a rule."""
    return [body for name, body in _BLOCK.findall(TOKENS) if name.strip() == selector]


def colours(body: str, scheme: int) -> dict[str, str]:
    return {name: pair[scheme] for name, *pair in _COLOUR.findall(body)}


PLAIN = block(':root, [data-look="light"], [data-look="dark"]')[0]
CONTRAST = block('[data-look="contrast"]')[0]
LOOKS = {
    "light": colours(PLAIN, 0),
    "dark": colours(PLAIN, 1),
    "contrast-light": colours(CONTRAST, 0),
    "contrast-dark": colours(CONTRAST, 1),
}
SIDES = ("ours", "released", "theirs", "agreed")
TEXT = [
    *((ink, ground) for ink in ("ink", "ink-soft", "link", "alarm") for ground in ("paper", "sheet")),
    *((side, ground) for side in SIDES for ground in ("paper", "sheet", f"{side}-wash")),
    *(("ink", f"{name}-wash") for name in (*SIDES, "alarm", "link", "added", "removed")),
    *(("link", f"{name}-wash") for name in ("link", "ours", "alarm", "agreed")),
    *((name, f"{name}-wash") for name in ("alarm", "added", "removed")),
    ("ink-soft", "agreed-wash"),
    ("ink-soft", "link-wash"),
    ("alarm", "ours-wash"),
    ("button-ink", "button"),
    ("banner-ink", "banner"),
]
EDGES = [*((edge, ground) for edge in ("rule-strong", "focus", "link") for ground in ("paper", "sheet"))]


def luminance(colour: str) -> float:
    """Relative luminance. Source: WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21. Source: WCAG 2.2."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_counted_as_the_standard_counts_it() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("look", LOOKS)
def test_every_text_stands_out_by_four_and_a_half_to_one_and_in_high_contrast_by_seven(look: str) -> None:
    tokens = LOOKS[look]
    least = 7 if look.startswith("contrast") else 4.5
    faint = {(ink, ground): round(contrast(tokens[ink], tokens[ground]), 2) for ink, ground in TEXT}
    assert {pair: ratio for pair, ratio in faint.items() if ratio < least} == {}


@pytest.mark.parametrize("look", LOOKS)
def test_edges_of_inputs_and_the_focus_stand_out_by_three_to_one(look: str) -> None:
    tokens = LOOKS[look]
    faint = {(edge, ground): round(contrast(tokens[edge], tokens[ground]), 2) for edge, ground in EDGES}
    assert {pair: ratio for pair, ratio in faint.items() if ratio < 3} == {}


def test_every_look_gives_every_colour() -> None:
    assert len(LOOKS["light"]) > 25
    assert all(set(tokens) == set(LOOKS["light"]) for tokens in LOOKS.values())


def test_high_contrast_is_the_same_whether_the_person_or_the_system_asks_for_it() -> None:
    assert "@media (prefers-contrast: more)" in TOKENS
    asked = block('[data-look="system"]')[0]
    assert asked.split() == CONTRAST.split()


def test_the_page_of_the_design_system_shows_every_token() -> None:
    shown = {name for _title, names in design.TOKEN_GROUPS for name in names.split()}
    assert shown == set(design.tokens())


def test_sheets_name_only_tokens_that_there_are() -> None:
    known = set(design.tokens())
    for name in (*SHARED, "rooms/design.css"):
        sheet = (FOLDER / name).read_text()
        own = set(re.findall(r"(--[a-z0-9-]+):", sheet))
        used = set(re.findall(r"var\(--([a-z0-9-]+)", sheet))
        assert used - known - {token.removeprefix("--") for token in own} == set(), name


def test_colours_stand_in_the_tokens_alone() -> None:
    # White under a picture that must be scanned, black on paper: neither may follow a look.
    allowed = {"parts.css": ["#ffffff"], "print.css": ["#000000"]}
    for name in SHARED:
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b", SHEETS[name]) == allowed.get(name, []), name


@pytest.mark.parametrize("name", SHEETS)
def test_only_logical_directions_are_used_so_that_pages_turn_for_right_to_left(name: str) -> None:
    physical = re.compile(
        r"(?:^|[\s;{])((?:margin|padding|border)-(?:left|right|top|bottom)[\w-]*|left|right|top|bottom|float)\s*:|text-align:\s*(?:left|right)"
    )
    assert physical.findall(SHEETS[name]) == []


@pytest.mark.parametrize("name", SHEETS)
def test_nothing_is_fetched_from_elsewhere(name: str) -> None:
    assert "url(" not in SHEETS[name]
    assert "@import" not in SHEETS[name]
    assert "http" not in SHEETS[name]
