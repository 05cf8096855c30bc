"""Elements: one spelling, a version hash that changes with any content, and unknown kinds that survive."""

import contextlib
import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.planning import kinds
from stafftalks.planning.element import (
    MAX_BYTES,
    Element,
    UnknownContent,
    decode,
    encode,
    version_hash,
    version_hash_of_bytes,
)
from stafftalks.planning.plain import to_plain
from stafftalks.planning.scenarios import Branch, Scenario
from stafftalks.planning.summary import facts, headline, sections
from stafftalks.record import canon
from stafftalks.values.errors import MisuseError, PeerError
from stafftalks.values.realm import Realm
from tests.planning.cast import AN_ID, VECTORS, contents
from tests.planning.make_vectors import vectors


@given(contents())
def test_what_is_encoded_is_read_back_alike_and_spelt_alike(content):
    element = Element(AN_ID, content)
    raw = encode(element)
    assert decode(raw) == element
    assert encode(decode(raw)) == raw
    assert version_hash(element) == version_hash_of_bytes(raw)


@given(st.sampled_from(sorted(kinds.KINDS)).flatmap(lambda kind: st.tuples(contents(kind), contents(kind))))
def test_any_changed_field_changes_the_version_hash(pair):
    one, other = pair
    before = version_hash(Element(AN_ID, one))
    for name in one.__struct_fields__:
        if getattr(one, name) == getattr(other, name):
            continue
        try:
            changed = msgspec.structs.replace(one, **{name: getattr(other, name)})
        except ValueError:  # the exchanged field does not fit the rest (a branch that is not there)
            continue
        assert version_hash(Element(AN_ID, changed)) != before
    assert (one == other) == (before == version_hash(Element(AN_ID, other)))


def test_the_id_is_part_of_the_version():
    scenario = Scenario(title="Strait closed")
    other = Element("aaaaaaaaaaaaaaaaaaaaaaaaaa", scenario)
    assert version_hash(Element(AN_ID, scenario)) != version_hash(other)


def test_unknown_kinds_are_kept_whole_and_shown():
    raw = canon.encode({"content": {"kind": "wargame", "moves": [1, {"b": "x"}]}, "id": AN_ID})
    element = decode(raw)
    assert element.content == UnknownContent("wargame", b'{"kind":"wargame","moves":[1,{"b":"x"}]}')
    assert element.kind == "wargame"
    assert encode(element) == raw
    assert "wargame" in headline(element.content)
    assert facts(element.content) == (("Kind", "wargame"),)
    assert any('"moves"' in text for section in sections(element.content) for text in section.paragraphs)
    assert kinds.realms_of("wargame") == frozenset()


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "scenario", "title": ""},
        {"kind": "scenario", "title": "T", "colour": "red"},
        {"kind": "scenario", "title": "T", "narrative": ""},
        {"kind": "scenario", "title": "T", "narrative": "x" * 200_001},
        {"kind": "scenario", "title": "T", "narrative": "bell \x07"},
        {"kind": "scenario", "title": "T", "branches": [{"after": "B1", "id": "B1", "title": "x"}]},
        {"kind": "scenario", "title": "T", "branches": [{"after": "B9", "id": "B1", "title": "x"}]},
        {"kind": "scenario", "title": "T", "branches": [{"id": "B1", "title": "x"}, {"id": "B1", "title": "y"}]},
        {"kind": "force", "title": "T", "sidc": "12345"},
        {"kind": "exercise", "title": "T", "days": True},
        {"kind": ["scenario"], "title": "T"},
        {"kind": "k" * 65},
        {"kind": ""},
        {"title": "T"},
        "scenario",
        None,
    ],
)
def test_ill_formed_content_of_known_kinds_is_refused_with_a_sentence(content):
    with pytest.raises(PeerError, match=r"\.$"):
        decode(canon.encode({"content": content, "id": AN_ID}))


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[]", b"null", b'{"content":{},"id":3}', b'{"content":{"kind":"x"},"id":"a"}', b"\xff"]
)
def test_bytes_that_are_no_element_are_refused(raw):
    with pytest.raises(PeerError):
        decode(raw)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_value_or_a_peer_error(raw):
    check_reading(raw)


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=("Cs",)), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "kind", "title", "at"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=300)
@given(contents().map(to_plain), st.data())
def test_content_with_any_part_replaced_gives_a_value_or_a_peer_error(plain, data):
    node = plain
    for _ in range(data.draw(st.integers(0, 4))):
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        inner = [key for key in keys if isinstance(node[key], dict | list) and node[key]]
        if not inner:
            break
        node = node[data.draw(st.sampled_from(inner))]
    keys = list(node) if isinstance(node, dict) else list(range(len(node)))
    key = data.draw(st.sampled_from(keys))
    node[key] = data.draw(_json)
    check_reading(canon.encode({"content": plain, "id": AN_ID}))


@given(contents().map(lambda content: encode(Element(AN_ID, content))), st.data())
def test_bytes_cut_or_turned_give_a_value_or_a_peer_error(raw, data):
    at = data.draw(st.integers(0, len(raw) - 1))
    check_reading(raw[:at])
    check_reading(raw[:at] + bytes([data.draw(st.integers(0, 255))]) + raw[at + 1 :])


def check_reading(raw):
    with contextlib.suppress(PeerError):
        element = decode(raw)
        assert encode(element) == raw


def test_an_element_larger_than_a_mebibyte_is_refused_on_both_sides():
    text = "x" * 200_000
    branches = tuple(Branch(id=f"B{n}", title="t" * 500, condition="c" * 500) for n in range(1_000))
    with pytest.raises(MisuseError, match="Divide it"):
        encode(Element(AN_ID, Scenario(title="T", narrative=text, branches=branches)))
    with pytest.raises(PeerError, match="at most"):
        decode(b" " * (MAX_BYTES + 1))


def test_what_decode_would_refuse_is_never_encoded():
    with pytest.raises(MisuseError, match="cannot be written"):
        encode(Element(AN_ID, Scenario(title="")))
    with pytest.raises(MisuseError, match="element id"):
        encode(Element("short", Scenario(title="T")))


def test_branches_nest_twelve_deep_and_no_deeper():
    chain = [Branch(id=f"B{n}", title="t", after=f"B{n - 1}" if n > 1 else "") for n in range(1, 14)]
    Scenario(title="T", branches=tuple(chain[:12]))
    with pytest.raises(ValueError, match="deeper than 12"):
        Scenario(title="T", branches=tuple(chain))


def test_branches_in_a_circle_are_named():
    with pytest.raises(MisuseError, match="circle: B1, B2"):
        Scenario(title="T", branches=(Branch(id="B1", title="x", after="B2"), Branch(id="B2", title="y", after="B1")))


def test_every_kind_has_its_realm_and_talk_has_all():
    assert kinds.REALMS == ("intelligence", "scenarios", "exercises", "operations")
    assert kinds.realms_of("report") == {Realm.INTELLIGENCE}
    assert kinds.realms_of("exercise") == {Realm.EXERCISES}
    for kind in ("comment", "position", "suggestion", "adoption", "consent-request", "consent", "acknowledgement"):
        assert kinds.realms_of(kind) == set(Realm)
    assert [kind for kind in kinds.KINDS if not kinds.realms_of(kind)] == ["letter"], "a letter flows nowhere"


def test_text_that_is_not_normalised_keeps_its_bytes_and_its_own_hash():
    composed, apart = (Element(AN_ID, Scenario(title=title)) for title in ("Caf\u00e9", "Cafe\u0301"))
    assert decode(encode(apart)) == apart
    assert version_hash(composed) != version_hash(apart)


def test_the_committed_vectors_are_what_this_code_writes():
    kept = json.loads((VECTORS / "elements.json").read_text(encoding="utf-8"))
    assert kept == vectors()


def test_the_committed_vectors_are_read_as_they_were_written():
    for vector in json.loads((VECTORS / "elements.json").read_text(encoding="utf-8")):
        raw = vector["bytes"].encode()
        assert decode(raw).kind == vector["kind"]
        assert encode(decode(raw)) == raw
        assert version_hash_of_bytes(raw) == vector["version"]
