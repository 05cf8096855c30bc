"""What passes between a headquarters and the process that reckons a run for it: frames, each its length and then a message, over the pipes of that process.

The process is given one `Given` and then the problem; after that a single byte asks it to end with the best it has, and a pipe that closes tells it that its headquarters is gone.
"""

import os
from collections.abc import Callable
from typing import Final

import msgspec

from stafftalks.analysis.watching import Progress
from stafftalks.services.run_rows import RunAnalysis
from stafftalks.values.errors import PeerError

MOST_BYTES: Final = 256 * 1024 * 1024
ASK_TO_STOP: Final = b"s"
_HEAD: Final = 4


class Given(msgspec.Struct, frozen=True):
    """What the process may take; `memory_bytes` beyond what its program takes by itself, `cpu_s` of all cores together."""

    analysis: RunAnalysis
    seconds: float
    memory_bytes: int
    cpu_s: int


class Begun(msgspec.Struct, frozen=True, tag="begun"):
    """It has read its problem and is shut off: its seconds run from here."""


class Told(msgspec.Struct, frozen=True, tag="told"):
    """How far it is, and after how many seconds."""

    progress: Progress
    elapsed_s: float


class Kept(msgspec.Struct, frozen=True, tag="kept"):
    """The best answer so far."""

    answer: bytes


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """Its answer; `cut` where its seconds were over before all was done, `asked` where it was asked to stop."""

    answer: bytes
    cut: bool
    asked: bool


class Broke(msgspec.Struct, frozen=True, tag="broke"):
    """It could not go on, and why."""

    sentence: str


Said = Begun | Told | Kept | Ended | Broke
_SAID: Final[msgspec.msgpack.Decoder[Said]] = msgspec.msgpack.Decoder(Said)
_GIVEN: Final = msgspec.msgpack.Decoder(Given)


def framed(raw: bytes) -> bytes:
    """A frame around bytes."""
    return len(raw).to_bytes(_HEAD, "big") + raw


def said(message: Said | Given) -> bytes:
    """A message as a frame."""
    return framed(msgspec.msgpack.encode(message))


class Frames:
    """Frames from bytes as they come in."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def take(self, raw: bytes) -> list[bytes]:
        """The frames that are whole now; raises PeerError where one would be too long."""
        self._bytes += raw
        found = []
        while len(self._bytes) >= _HEAD:
            size = int.from_bytes(self._bytes[:_HEAD], "big")
            if size > MOST_BYTES:
                raise PeerError(f"A message of {size:,} bytes came, and {MOST_BYTES:,} can be taken.")
            if len(self._bytes) < _HEAD + size:
                break
            found.append(bytes(self._bytes[_HEAD : _HEAD + size]))
            del self._bytes[: _HEAD + size]
        return found


def read_said(raw: bytes) -> Said:
    """What the process said; raises PeerError where it is nothing that it may say."""
    try:
        return _SAID.decode(raw)
    except msgspec.MsgspecError as error:
        raise PeerError(f"What the reckoning process said cannot be read: {error}.") from error


def read_given(read: Callable[[int], bytes]) -> tuple[Given, bytes]:
    """What the process is given, and its problem; raises EOFError where the pipe ends before."""
    return _GIVEN.decode(_whole(read)), _whole(read)


def _whole(read: Callable[[int], bytes]) -> bytes:
    return _exactly(read, int.from_bytes(_exactly(read, _HEAD), "big"))


def _exactly(read: Callable[[int], bytes], size: int) -> bytes:
    found = bytearray()
    while len(found) < size:
        part = read(min(size - len(found), 1 << 20))
        if not part:
            raise EOFError
        found += part
    return bytes(found)


def write_all(descriptor: int, raw: bytes) -> None:
    """Writes all of it, in as many pieces as the pipe takes."""
    view = memoryview(raw)
    while view:
        view = view[os.write(descriptor, view) :]
