"""Elements drawn for a terminal from `planning.summary`'s layout, the same that pages and the release preview use."""

from collections.abc import Iterable

from stafftalks.cli.screen import Screen
from stafftalks.planning.summary import Section


def draw(sections: Iterable[Section], screen: Screen) -> None:
    """Prints every section: its heading, its facts, paragraphs, items and table."""
    for section in sections:
        title = f"{section.heading}: {section.name}" if section.name else section.heading
        screen.heading(f"{'#' * section.level} {title}")
        if section.facts:
            width = max(len(label) for label, _ in section.facts)
            screen.say(*(f"{label.ljust(width)}  {text}" for label, text in section.facts))
        screen.say(*section.paragraphs, *(f"- {item}" for item in section.items))
        if section.table:
            screen.table(section.table.columns, section.table.rows, empty="No rows.")
