"""The style sheet: contrast of every pair of colours that is read, logical directions only, nothing from elsewhere."""

import re

import pytest

from tests.web.make_messages import WEB

CSS = (WEB / "static" / "web" / "stafftalks.css").read_text()
_TOKEN = re.compile(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})")
_LIGHT, _DARK = CSS.split("@media (prefers-color-scheme: dark)", 1)
LOOKS = {"light": dict(_TOKEN.findall(_LIGHT)), "dark": dict(_TOKEN.findall(_DARK.split("*, *::before", 1)[0]))}

TEXT = [
    *((ink, ground) for ink in ("ink", "ink-soft", "link", "alarm") for ground in ("paper", "sheet")),
    *(
        (side, ground)
        for side in ("ours", "released", "theirs", "agreed")
        for ground in ("paper", "sheet", f"{side}-wash")
    ),
    ("button-ink", "button"),
    ("ink", "ours-wash"),
    ("ink", "agreed-wash"),
    ("ink", "alarm-wash"),
    ("ink", "link-wash"),
    ("ink-soft", "agreed-wash"),
    ("alarm", "alarm-wash"),
    ("alarm", "ours-wash"),
    ("link", "link-wash"),
    ("link", "ours-wash"),
    ("link", "alarm-wash"),
    ("added", "added-wash"),
    ("removed", "removed-wash"),
    ("ink", "added-wash"),
    ("ink", "removed-wash"),
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
def test_every_text_stands_out_by_four_and_a_half_to_one(look: str) -> None:
    tokens = LOOKS[look]
    faint = {(ink, ground): round(contrast(tokens[ink], tokens[ground]), 2) for ink, ground in TEXT}
    assert {pair: ratio for pair, ratio in faint.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("look", LOOKS)
def test_edges_of_inputs_and_the_focus_stand_out_by_three_to_one(look: str) -> None:
    tokens = LOOKS[look]
    faint = {(edge, ground): round(contrast(tokens[edge], tokens[ground]), 2) for edge, ground in EDGES}
    assert {pair: ratio for pair, ratio in faint.items() if ratio < 3} == {}


def test_both_looks_define_the_same_colours() -> None:
    assert set(LOOKS["light"]) == set(LOOKS["dark"])


def test_only_logical_directions_are_used_so_that_pages_turn_for_right_to_left() -> None:
    physical = re.compile(
        r"(?:^|[\s;{])((?:margin|padding|border)-(?:left|right|top|bottom)[\w-]*|left|right|top|bottom|float)\s*:|text-align:\s*(?:left|right)"
    )
    assert physical.findall(CSS) == []


def test_nothing_is_fetched_from_elsewhere() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS
    assert "http" not in CSS
