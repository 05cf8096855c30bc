"""Memory that is bounded: what asks for more is told what it was given, and afterwards nothing is bounded any more."""

import pytest

from stafftalks.links.memory import memory_bounded, own_bytes
from stafftalks.values.errors import HostError

MUCH = 1 << 28


def test_what_needs_more_than_it_was_given_is_told_and_what_comes_after_is_free() -> None:
    with pytest.raises(HostError, match="more than the 64 MB of memory that it was given"), memory_bounded(64):
        bytearray(MUCH)
    assert len(bytearray(MUCH)) == MUCH
    with memory_bounded(64):
        assert len(bytearray(1 << 20)) == 1 << 20
    with memory_bounded(0):
        assert len(bytearray(MUCH)) == MUCH


def test_a_process_has_asked_for_something() -> None:
    assert own_bytes() > 1 << 20
