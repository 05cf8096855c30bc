"""How charts look: the light colours of the pages (`web/static/web/tokens.css`), of which a page puts its own in place, and what holds for every chart.

Whatever a colour tells is told by a mark, a shape or a word as well.
"""

from typing import Any, Final

INK: Final = "#1b2025"
INK_SOFT: Final = "#4a535b"
SHEET: Final = "#fffefb"
PAPER: Final = "#f4f1ea"
RULE: Final = "#d9d5ca"
RULE_STRONG: Final = "#77736a"
LINK: Final = "#0a4b78"
LINK_WASH: Final = "#e6eff6"
OURS: Final = "#774600"
OURS_WASH: Final = "#faf0da"
RELEASED: Final = "#005b57"
RELEASED_WASH: Final = "#e0f1ef"
THEIRS: Final = "#642a7d"
THEIRS_WASH: Final = "#f3e8f7"
AGREED: Final = "#1c5a1e"
AGREED_WASH: Final = "#e3f1e1"
ALARM: Final = "#971b1b"
ALARM_WASH: Final = "#fae7e4"

TOKENS: Final[dict[str, str]] = {
    INK: "--ink", INK_SOFT: "--ink-soft", SHEET: "--sheet", PAPER: "--paper", RULE: "--rule", RULE_STRONG: "--rule-strong",
    LINK: "--link", LINK_WASH: "--link-wash", OURS: "--ours", OURS_WASH: "--ours-wash", RELEASED: "--released", RELEASED_WASH: "--released-wash",
    THEIRS: "--theirs", THEIRS_WASH: "--theirs-wash", AGREED: "--agreed", AGREED_WASH: "--agreed-wash", ALARM: "--alarm", ALARM_WASH: "--alarm-wash",
}  # fmt: skip
"""The token of the pages that each colour is the light value of."""

FONT: Final = "Noto Sans, Liberation Sans, DejaVu Sans, sans-serif"

CONFIG: Final[dict[str, Any]] = {
    # The picture is one image with one alternative text; its table is what is read by parts.
    "aria": False,
    "background": SHEET,
    "font": FONT,
    "padding": 4,
    "view": {"stroke": RULE},
    "concat": {"spacing": 14},
    "axis": {
        "labelColor": INK, "titleColor": INK_SOFT, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "labelLimit": 200,
        "domainColor": RULE_STRONG, "tickColor": RULE_STRONG, "gridColor": RULE, "labelPadding": 4,
    },
    "axisY": {"grid": False},
    "axisX": {"labelFlush": False},
    "legend": {
        "orient": "bottom", "direction": "horizontal", "columns": 3, "title": None, "labelColor": INK, "labelFontSize": 12, "labelLimit": 240,
        "symbolSize": 120, "symbolStrokeWidth": 2,
    },
    "title": {"color": INK, "fontSize": 13, "anchor": "start", "frame": "group", "fontWeight": "bold"},
    "text": {"color": INK, "fontSize": 12},
    "line": {"color": LINK, "strokeWidth": 2},
    "area": {"color": LINK},
    "bar": {"color": LINK},
    "rect": {"color": LINK},
    "rule": {"color": INK},
    "point": {"color": LINK, "filled": True, "size": 70},
}  # fmt: skip
"""What holds for every chart."""
