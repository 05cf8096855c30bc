"""Always true: redaction removes, never hides. Nothing that was taken out is in anything that leaves, however it is opened and searched."""

import base64
import hashlib
import json
import re
import unicodedata

import msgspec
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from stafftalks.formats import handout, packing
from stafftalks.formats.handout import Handed
from stafftalks.planning import element
from stafftalks.planning.element import Element
from stafftalks.planning.fields import FieldSpec, describe
from stafftalks.planning.kinds import Content, kind_of
from stafftalks.planning.letters import CountDetail, Detail, PositionDetail, TimeDetail
from stafftalks.planning.plain import to_plain
from stafftalks.planning.portions import CONTAINERS, LABELLING, portions
from stafftalks.release.detail import Act
from stafftalks.release.redaction import Redaction, apply, coarsening
from stafftalks.values.errors import RefusedError
from stafftalks.values.ids import PartyId
from stafftalks.values.label import Marking
from stafftalks.values.policies import builtin
from tests.always_true.tracing import found_in
from tests.planning.cast import AN_ID, contents
from tests.planning.make_vectors import content_of

DETAIL = Detail(positions=PositionDetail.CELL, cell=4, counts=CountDetail.ROUNDED, round_to=1000, times=TimeDetail.DAY)
POLICIES = builtin(PartyId("XMR"))
_NO_GLYPH = ("Cn", "Co", "Cf", "Cc", "Cs")
KINDS = ("scenario", "plan", "report", "activity", "force", "exercise", "requirement", "option", "minutes")
_TIES = frozenset(
    {"id", "letter", "after", "under", "triggers", "linked", "phase", "criterion", "branches", "branch", "sidc"}
)
"""Fields that name rows: they are what ties an element together, and stay as they are."""


class Words:
    """A word of its own for every text: no two texts of an element have one in common."""

    def __init__(self) -> None:
        self._said = 0

    def one(self) -> str:
        self._said += 1
        return "zq" + hashlib.sha256(b"%d" % self._said).hexdigest()[:10]


def told_apart(content: Content) -> Content:
    """The content with a word of its own in every text, wherever that suits the field."""
    marked = msgspec.structs.replace(content, marking=Marking("XMR", "RESTRICTED"), origins=())
    return _worded(marked, describe(kind_of(content)).fields, Words())


def _worded(holder: msgspec.Struct, fields: tuple[FieldSpec, ...], words: Words) -> msgspec.Struct:
    for field in fields:
        value = getattr(holder, field.name)
        if field.name in LABELLING or not value:
            continue
        if field.name in _TIES and field.widget != "rows":
            continue
        if field.widget == "rows":
            new: object = tuple(_worded(row, field.fields, words) for row in value)
        elif field.widget in CONTAINERS and field.widget != "window":
            new = _worded(value, field.fields, words)
        elif field.widget == "text":
            new = words.one()
        elif field.widget == "longtext":
            new = "\n\n".join(f"{words.one()} says {words.one()}." for _ in range(2))
        elif field.widget == "lines":
            new = tuple(words.one() for _ in value)
        else:
            continue
        changed = msgspec.structs.replace(holder, **{field.name: new})
        try:
            msgspec.convert(to_plain(changed), type(holder))
        except (msgspec.ValidationError, ValueError):
            continue
        holder = changed
    return holder


def said(content: Content) -> set[str]:
    """Every word of its own, and every number so long that it stands for itself."""
    whole = json.dumps(to_plain(content), ensure_ascii=False)
    return set(re.findall(r"zq[0-9a-f]{10}", whole)) | set(re.findall(r"(?<![0-9a-z])[0-9]{7,}(?![0-9a-z])", whole))


@st.composite
def redacted(draw: st.DrawFn) -> tuple[Content, Content]:
    """An element, and what is left of it once some of its portions were taken out and others told more coarsely."""
    content = told_apart(draw(st.sampled_from(KINDS).flatmap(contents)))
    paths = [portion.path for portion in portions(content)]
    wanted = [
        Redaction(path, Act.REMOVE)
        for path in draw(st.lists(st.sampled_from(paths), min_size=1, max_size=4, unique=True))
    ]
    wanted += coarsening(content, DETAIL) if draw(st.booleans()) else []
    try:
        left = apply(content, wanted)
    except RefusedError:
        reject()
    return content, left


@given(redacted())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_file_holds_what_was_taken_out(pair: tuple[Content, Content]) -> None:
    before, left = pair
    gone, kept = said(before) - said(left), said(left)
    raw = element.encode(Element(AN_ID, left))
    version = element.version_hash_of_bytes(raw)
    handed = Handed(PartyId("XMR"), "Meridia", AN_ID, version, 0, left)
    files = {form: handout.file_of(form, handed, POLICIES) for form in ("docx", "pdf", "xlsx", "csv")}
    for form, made in {"released": raw, **files}.items():
        assert not found_in(made, gone), form
    words = {word for word in kept if word.startswith("zq")}
    # A character that no font has shifts what is read back from the glyphs of a PDF's page: there the search could miss what stands there.
    odd = any(unicodedata.category(letter) in _NO_GLYPH for letter in json.dumps(to_plain(left), ensure_ascii=False))
    for form in ("docx",) if odd else ("docx", "pdf"):
        assert found_in(files[form], words) == words, "what was not taken out is there: the search does find"


@pytest.mark.parametrize("form", ["docx", "xlsx"])
def test_the_search_finds_what_is_hidden_in_a_file(form: str) -> None:
    """A search that finds nothing anywhere would prove nothing."""
    secret = "zq0123456789"
    content = told_apart(content_of("plan"))
    handed = Handed(PartyId("XMR"), "Meridia", AN_ID, element.version_hash(Element(AN_ID, content)), 0, content)
    made = packing.unpacked(handout.file_of("docx" if form == "docx" else "xlsx", handed, POLICIES))
    assert not found_in(packing.packed(made), [secret])
    for name, part in (
        ("docProps/thumbnail.jpeg", b"\xff\xd8" + secret.encode("utf-16-le")),
        (f"media/{secret}.png", b""),
        ("docProps/custom.xml", f"<v>{base64.b64encode(b'draft ' + secret.encode()).decode()}</v>".encode()),
        ("word/comments.xml", "".join(f"&#{ord(letter)};" for letter in secret).encode()),
        ("embedded.bin", packing.packed({"inner.xml": secret.encode()})),
        ("link.rels", f"https://example/{secret.upper()}".encode()),
    ):
        assert found_in(packing.packed({**made, name: part}), [secret]) == {secret}, name


def test_the_search_finds_text_on_the_pages_and_in_the_properties_of_a_pdf() -> None:
    content = msgspec.structs.replace(
        told_apart(content_of("report")), title="Convoys zq0123456789", said="Loss of zq9876543210."
    )
    handed = Handed(PartyId("XMR"), "Meridia", AN_ID, element.version_hash(Element(AN_ID, content)), 0, content)
    made = handout.file_of("pdf", handed, POLICIES)
    assert b"zq9876543210" not in made, "text on pages is packed and spelled by glyphs"
    assert found_in(made, ["zq0123456789", "zq9876543210", "zq5555555555"]) == {"zq0123456789", "zq9876543210"}
