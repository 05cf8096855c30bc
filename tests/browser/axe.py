"""What axe-core finds serious or critical on a page."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
ALL = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
"""WCAG 2.2 up to AA, and what axe calls good practice; but not contrast, which looking.js measures in every look, and not in light alone."""
_RUN = """async ([rules, left]) => {
  const found = await axe.run({ exclude: left }, { runOnly: rules, rules: { "color-contrast": { enabled: false } }, resultTypes: ["violations"] });
  return found.violations.map((one) => ({
    id: one.id, impact: one.impact, help: one.help,
    nodes: one.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} | ${node.failureSummary.split("\\n").slice(1, 3).join(" ").trim()}`),
  }));
}"""


def violations(tab: Page, *, menu: bool = True) -> list[str]:
    """What axe finds serious or critical on the page as it stands, in words; without the `menu`, which is the same on every page, where that was looked at already."""
    tab.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = tab.evaluate(_RUN, [ALL, [] if menu else [["nav"]]])
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {' || '.join(one['nodes'])}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
