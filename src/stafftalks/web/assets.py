"""Which scripts this installation carries. Every page works without any of them."""

from functools import cache

from django.contrib.staticfiles import finders


@cache
def present(name: str) -> str:
    """The script's name under static, where this installation carries it; else the empty text."""
    return name if finders.find(name) else ""
