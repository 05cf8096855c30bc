"""Looking for a text in anything that leaves: in every layer of a file, and in every spelling that a format could give it.

Files are opened layer by layer: zip members, streams of PDF and the text that its pages show, whatever is deflated. A text is looked for as
UTF-8 and UTF-16, as JSON, XML and percent escape it, as hex, and as base64 wherever in a longer one it may begin.
"""

import base64
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from urllib.parse import quote
from xml.sax.saxutils import escape

import pypdf

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_DEEPEST = 4


def layers(raw: bytes, depth: int = 0) -> Iterator[bytes]:
    """The bytes, and whatever is packed in them."""
    yield raw
    if depth >= _DEEPEST:
        return
    if raw.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(raw)) as pack:
            for member in pack.infolist():
                yield f"{member.filename} {member.comment!r} {member.extra!r}".encode()
                yield from layers(pack.read(member), depth + 1)
    if raw.startswith(b"%PDF"):
        for found in _STREAM.finditer(raw):
            try:
                yield from layers(zlib.decompress(found[1]), depth + 1)
            except zlib.error:
                yield found[1]
        opened = pypdf.PdfReader(BytesIO(raw))
        yield json.dumps(
            {key: str(value) for key, value in (opened.metadata or {}).items()}, ensure_ascii=False
        ).encode()
        # Lines are broken where the page ends, so words are looked for without what stands between them.
        shown = "\n".join(page.extract_text() for page in opened.pages)
        yield shown.encode()
        yield re.sub(r"\s", "", shown).encode()


def spellings(text: str) -> set[bytes]:
    """Every way in which the text could be written."""
    plain = text.encode()
    found = {
        plain,
        plain.lower(),
        plain.upper(),
        text.encode("utf-16-le"),
        text.encode("utf-16-be"),
        plain.hex().encode(),
    }
    found |= {escape(text).encode(), json.dumps(text)[1:-1].encode(), quote(text).encode()}
    found |= {"".join(f"&#{ord(letter)};" for letter in text).encode()}
    found |= {"".join(f"\\u{ord(letter):04x}" for letter in text).encode()}
    found |= {re.sub(r"\s", "", text).encode()}
    for lead in range(3):
        coded = base64.b64encode(b"\0" * lead + plain)
        core = coded[4 if lead else 0 :].rstrip(b"=")[: -1 if (len(plain) + lead) % 3 else None]
        if len(core) >= 6:
            found |= {core, core.replace(b"+", b"-").replace(b"/", b"_")}
    return {spelling for spelling in found if spelling}


def found_in(raw: bytes, texts: Iterable[str]) -> set[str]:
    """Those of the texts that can be found anywhere in `raw`."""
    whole = b"\n".join(layers(raw))
    return {text for text in texts if any(spelling in whole for spelling in spellings(text))}
