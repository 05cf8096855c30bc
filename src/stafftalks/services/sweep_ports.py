"""What sweeps ask of the world: a place in which finished parts are kept, and something that reckons batches."""

from collections.abc import Generator, Iterable
from typing import Protocol

import msgspec


class Span(msgspec.Struct, frozen=True, order=True):
    """The points from number `first` up to, not including, `last`."""

    first: int
    last: int


class Shelf(Protocol):
    """The place of one sweep: files by name, readable by nobody else. What was written is there whole or not at all, whatever ends this process."""

    def names(self) -> tuple[str, ...]:
        """The names of all files, in order."""

    def read(self, name: str) -> bytes | None:
        """What is in a file; None where there is none."""

    def write(self, name: str, content: bytes) -> None:
        """Writes a file, in place of any of that name."""

    def set_aside(self, name: str) -> str:
        """Gives a file another name, under which it is no part of the sweep, and returns that; nothing is lost."""

    def remove(self, name: str) -> None:
        """Removes a file; no effect where there is none."""


class Reckoners(Protocol):
    """What reckons batches of a sweep: the cores of this machine, machines that share a database, a cluster. All give the same parts."""

    def run(self, problem: bytes, spans: Iterable[Span]) -> Generator[bytes | None]:
        """The part of each span, as they are done, in any order, and None now and then where none is; closing the iterator gives up what has not begun.

        Spans are drawn as they are needed. Raises HostError where nothing can be reckoned any more.
        """
