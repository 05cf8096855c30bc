"""One window on a longer list, as the page turner shows it."""

import msgspec
from django.http import HttpRequest

LIMIT = 50
_FARTHEST = 10_000_000


class Window(msgspec.Struct, frozen=True):
    """Which lines of how many stand on the page."""

    total: int
    offset: int
    limit: int = LIMIT

    @property
    def first(self) -> int:
        """The number of the first line, counted from 1."""
        return min(self.offset + 1, self.total)

    @property
    def last(self) -> int:
        """The number of the last line."""
        return min(self.offset + self.limit, self.total)

    @property
    def earlier(self) -> int | None:
        """Where the window before starts; None on the first page."""
        return max(0, self.offset - self.limit) if self.offset else None

    @property
    def later(self) -> int | None:
        """Where the next window starts; None on the last page."""
        return self.offset + self.limit if self.offset + self.limit < self.total else None


def offset_of(request: HttpRequest, parameter: str = "offset") -> int:
    """Where the asked-for page starts; 0 where the query says nothing sensible."""
    given = request.GET.get(parameter, "")
    return min(int(given), _FARTHEST) if given.isascii() and given.isdecimal() and len(given) <= 9 else 0
