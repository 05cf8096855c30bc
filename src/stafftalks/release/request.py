"""A request to release an exact element, and the exact bytes that it asks to let go."""

from functools import lru_cache
from typing import Final

import msgspec

from stafftalks.accord.bodies import Release, encode_body
from stafftalks.planning import element
from stafftalks.planning.element import Element
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import PartyId, VersionHash

_REMEMBERED: Final = 64


class Request(msgspec.Struct, frozen=True):
    """What a drafter asks for. `element_raw` are the element's exact bytes, `requested_by` the drafter's username.

    `replaces` is the version that everyone in `audience` holds now, None where they hold none: see `desk.replaces_for`. Where something was
    taken out, `asked_raw` are the bytes that were asked for and `redactions` the lines that make `element_raw` of them; else both are empty.
    """

    element_raw: bytes
    version: VersionHash
    realm: str
    audience: tuple[PartyId, ...]
    requested_by: str
    replaces: VersionHash | None = None
    asked_raw: bytes = b""
    redactions: tuple[str, ...] = ()


@lru_cache(maxsize=_REMEMBERED)
def opened(raw: bytes) -> Element:
    """The element that these bytes spell; raises PeerError where they spell none. Remembered: every rule reads the same few bytes."""
    return element.decode(raw)


def prepare(request: Request) -> bytes:
    """The exact body that would leave: what `preview` shows and what an admitted release carries.

    Raises MisuseError where the element's bytes are not text, so that they could not be carried.
    """
    try:
        text = request.element_raw.decode()
    except UnicodeDecodeError:
        raise MisuseError("The element's bytes are not UTF-8 text: save the element again, then ask again.") from None
    return encode_body(Release(request.realm, request.audience, text, request.replaces))
