"""Charts with their tables: `{% load charts %}{% chart coverage %}`; see docs/spec/pages.md.

The table says the same without any script. A file is what the page's own view answers for its query with `chart` and `take` (`web.charts.export`).
"""

from django import template
from django.template import Context

from stafftalks.formats.charts import look
from stafftalks.formats.charts.chart import Chart, turned
from stafftalks.formats.charts.drawing import TYPES
from stafftalks.web import access, charts

register = template.Library()

ROWS = 100
"""Rows of a chart's table that a page shows; its file has them all."""


@register.inclusion_tag("web/charts/chart.html", takes_context=True)
def chart(
    context: Context,
    chart: Chart,
    *,
    level: int = 2,
    heading: str = "",
    table: bool = True,
    table_id: str = "",
    files: bool = True,
) -> dict[str, object]:
    """The chart with its table, open for those without scripts; with `table=False`, a link to the table `table_id` that says the same. `files` offers it as PNG, SVG, PDF and CSV."""
    shown = turned(chart) if context.get("page_dir") == "rtl" else chart
    links = charts.ways(access.headquarters(), chart.links)
    padded = (*chart.links, *("" for _row in chart.rows[len(chart.links) :]))
    rows = list(zip(chart.rows, (links.get(key, "") for key in padded), strict=False))
    return {
        "chart": shown,
        "name": f"chart-{chart.name}",
        "data_id": f"chart-{chart.name}-given",
        "heading": heading or chart.title,
        "level": level,
        "given": {"spec": shown.spec, "tokens": look.TOKENS, "links": links},
        "rows": rows[:ROWS],
        "more": len(rows) - ROWS,
        "table": table,
        "table_id": table_id,
        "forms": [(form, form.upper()) for form in TYPES] if files else [],
        "request": context["request"],
    }
