"""Names of things in URLs: a misspelt one names no page."""

from django.urls import register_converter


class _Text:
    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Hash(_Text):
    """An accord id, or a version hash."""

    regex = "[a-z2-7]{52}"


class ShortId(_Text):
    """An element id, or an epoch id."""

    regex = "[a-z2-7]{26}"


class PartyCode(_Text):
    """A party's code."""

    regex = "[A-Z][A-Z0-9]{1,7}"


def register() -> None:
    """Makes the converters `hash`, `id` and `party` known to the URL patterns."""
    register_converter(Hash, "hash")
    register_converter(ShortId, "id")
    register_converter(PartyCode, "party")
