"""Sentences of other rooms, made readable: an element is called by its title where this headquarters knows it."""

import re

from stafftalks.planning import summary
from stafftalks.planning.element import decode
from stafftalks.services.ports import Headquarters
from stafftalks.values.ids import ElementId

_ELEMENT = re.compile(r"\belement ([a-z2-7]{26})\b")


def readable(hq: Headquarters, sentence: str) -> str:
    """`sentence` with each own element's id replaced by its title, and any other id shortened."""

    def named(match: re.Match[str]) -> str:
        row = hq.holdings.element(ElementId(match[1]))
        return f"“{row.title}”" if row is not None and row.title else f"the element {match[1][:8]}"

    return _ELEMENT.sub(named, sentence)


def title_of(raw: bytes) -> str:
    """What an element is called: its title, or what a comment, position, suggestion or adoption says, on one line."""
    return summary.headline(decode(raw).content)
