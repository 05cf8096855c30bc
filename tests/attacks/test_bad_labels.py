"""Hostile labels, bindings and policy files: a value or a sentence, nothing else. Nothing is fetched, expanded or read without bound."""

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.formats import binding_4778, labels_4774, spif, xml_reading
from stafftalks.values.errors import PeerError
from stafftalks.values.ids import PartyId
from stafftalks.values.label import Label, LabelError, Marking
from stafftalks.values.policies import builtin

ISLES = (Path(__file__).parents[1] / "vectors" / "labels" / "isles.xml").read_bytes()
LABEL = labels_4774.written(Label(policy="XMR", classification="SECRET"), created_at=0)
BINDING = binding_4778.binding(
    [Label(policy="XMR", classification="SECRET")], {"pack:///word/document.xml": ""}, created_at=0
)
READERS: tuple[tuple[Callable[[bytes], object], bytes], ...] = (
    (labels_4774.read, LABEL),
    (binding_4778.bound, BINDING),
    (spif.read, ISLES),
)


def sentence(read: Callable[[bytes], object], raw: bytes) -> str:
    """What was said against these bytes; empty where a value came of them. Any other error fails the test."""
    try:
        read(raw)
    except (PeerError, LabelError) as error:
        return str(error) or "?"
    return ""


def declared(raw: bytes, subset: str, entity: str = "") -> bytes:
    """The document with a document type of its own, and with an entity as the first text of an attribute-free place."""
    text = raw.decode()
    head, _, rest = text.partition("?>")
    body = rest.lstrip()
    name = body[1:].split()[0].split(">")[0]
    return f"{head}?><!DOCTYPE {name} [{subset}]>{body.replace('SECRET', entity or 'SECRET')}".encode()


@pytest.mark.parametrize(("read", "good"), READERS)
def test_a_document_type_is_refused_before_anything_in_it_is_read(
    read: Callable[[bytes], object], good: bytes, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("TOP SECRET of this machine")
    doubling = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 30))
    for subset, entity in (
        (f'<!ENTITY x SYSTEM "file://{secret}">', "&x;"),
        ('<!ENTITY x SYSTEM "http://127.0.0.1:9/x">', "&x;"),
        ('<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;', ""),
        ('<!ENTITY l0 "lol">' + doubling, "&l29;"),
        ("", ""),
    ):
        raw = declared(good, subset, entity)
        started = time.monotonic()
        for hidden in (raw, raw.decode().replace("UTF-8", "UTF-16").encode("utf-16")):
            said = sentence(read, hidden)
            assert "document type" in said
            assert "of this machine" not in said
        assert time.monotonic() - started < 2


def test_a_document_type_in_an_encoding_that_hides_it_is_refused_too() -> None:
    raw = b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a [+ADwAIQ-ENTITY x +ACI-y+ACIAPgBdAD4APA-a+AD4AJg-x+ADsAPA-/a+AD4-'
    assert sentence(labels_4774.read, raw)


@pytest.mark.parametrize(("read", "good"), READERS)
def test_what_is_too_large_too_deep_or_not_xml_is_refused_with_a_sentence(
    read: Callable[[bytes], object], good: bytes
) -> None:
    for raw in (
        good + b" " * spif.MAX_BYTES,
        b"<a>" * 200 + b"</a>" * 200,
        b"<a>" * 100_000,
        b"<a " + b" ".join(b'b%d="c"' % n for n in range(20_000)) + b"/>",
        b"",
        b"\x00",
        b"\xff\xfe",
        b"<",
        b"PK\x03\x04",
        good[:-5],
        good + good,
        good.replace(b"UTF-8", b"UTF-99"),
        b"<?xml version='1.0'?><a>&undeclared;</a>",
    ):
        said = sentence(read, raw)
        assert said
        assert len(said) < 600
    assert xml_reading.MAX_DEPTH < 200


def test_a_policy_with_more_values_than_can_be_meant_is_refused() -> None:
    many = b"".join(b'<s:tagCategory name="V%d" lacv="%d"/>' % (n, n + 10) for n in range(6_000))
    said = sentence(spif.read, ISLES.replace(b'<s:tagCategory name="TIDE" lacv="1"/>', many))
    assert "6,001 values" in said


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(READERS))
def test_damaged_documents_give_a_value_or_a_sentence(
    seed: int, reader: tuple[Callable[[bytes], object], bytes]
) -> None:
    read, good = reader
    dice = random.Random(seed)
    for _ in range(4):
        raw = bytearray(good)
        for _ in range(dice.randint(1, 6)):
            at = dice.randrange(len(raw))
            match dice.randrange(4):
                case 0:
                    raw[at] = dice.randrange(256)
                case 1:
                    del raw[at : at + dice.randint(1, 40)]
                case 2:
                    raw[at:at] = raw[at : at + dice.randint(1, 60)]
                case _:
                    raw[at:at] = dice.choice(
                        [b"<", b">", b'"', b"&amp;", b"\xc3\xa9", b"//", b"<s:code/>", b' lacv="1"', b"\x00"]
                    )
            if not raw:
                break
        sentence(read, bytes(raw))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_value_or_a_sentence(raw: bytes) -> None:
    for read, _good in READERS:
        sentence(read, raw)


def test_text_that_is_made_to_take_long_is_read_in_no_time() -> None:
    policies = builtin(PartyId("XMR"))
    started = time.monotonic()
    for caveat in ("REL TO " + "A " * 240, "A," * 245, "SI/" * 160, "(" * 500, "=" * 500, "NF " * 160):
        for policy in ("XMR", "US"):
            with pytest.raises(LabelError):
                policies.read(Marking(policy, "SECRET", (caveat + "!",)))
    assert time.monotonic() - started < 2
