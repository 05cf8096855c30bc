"""XML that came from outside, read so that nothing in it is fetched, expanded or allowed to grow.

A document type is refused as such: nobody who writes labels or policies needs one, and entities that multiply or fetch files need one. Size and depth are
bounded. Comments and processing instructions are left out. What is wrong is said with the line on which it stands.
"""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from stafftalks.values.errors import PeerError

MAX_DEPTH: Final = 32
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
Element = etree._Element  # noqa: SLF001 - lxml names its own type so
"""One element as lxml has it."""


def root_of(raw: bytes, what: str, max_bytes: int) -> Element:
    """The root element of `raw`; raises PeerError where it is not XML that can be read safely. `what` begins its sentences: `The policy file`."""
    if len(raw) > max_bytes:
        raise PeerError(f"{what} is larger than {max_bytes // 1024:,} KB: nothing of it was read.")
    # Without its zero bytes UTF-16 and UTF-32 read as ASCII as far as markup goes.
    if _DOCTYPE.search(raw.replace(b"\0", b"")):
        raise PeerError(
            f"{what} declares a document type, which is not read here: take out the <!DOCTYPE …> and try again."
        )
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", None)
        where = f" at line {line}" if line else ""
        raise PeerError(f"{what} is not well-formed XML{where}: {_said(error)}.") from None
    # In an encoding that the search above cannot see through, as UTF-7.
    if getattr(root.getroottree().docinfo, "doctype", "") or any(True for _ in root.iter(etree.Entity)):
        raise PeerError(f"{what} declares a document type, which is not read here.")
    if _deeper(root, MAX_DEPTH):
        raise PeerError(f"{what} is nested deeper than {MAX_DEPTH} elements: nothing of it was read.")
    return root


def name_of(element: Element) -> str:
    """The element's name without its namespace."""
    return etree.QName(element).localname


def namespace_of(element: Element) -> str:
    """The element's namespace; empty where it has none."""
    return etree.QName(element).namespace or ""


def children(element: Element) -> Iterator[Element]:
    """The elements directly within."""
    return iter(element)


def text_of(element: Element) -> str:
    """The element's own text, with space at its ends left out and inner space made single."""
    return " ".join((element.text or "").split())


def _deeper(root: Element, depth: int) -> bool:
    level = [root]
    for _ in range(depth):
        level = [child for element in level for child in element]
        if not level:
            return False
    return True


def _said(error: Exception) -> str:
    """What the parser said, on one line and short."""
    return " ".join(str(error).split())[:200].rstrip(".")
