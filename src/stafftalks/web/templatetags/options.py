"""Small things that the comparison of options needs in its template."""

from collections.abc import Sequence
from typing import Any

from django import template

register = template.Library()


@register.filter
def at(items: Sequence[Any], place: int) -> Any:
    """The item at this place, counted from 0."""
    return items[place]


@register.filter
def cell_id(name: str) -> str:
    """The HTML id of a cell's input."""
    return "c-" + "".join(letter if letter.isalnum() else "-" for letter in name)


@register.filter
def unlocalised(figure: float) -> str:
    """A figure for a picture's attribute: with a point, whatever the reader's language writes."""
    return f"{figure:.2f}"
