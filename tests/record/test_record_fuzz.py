"""Every parser of bytes from outside: a value or PeerError, nothing else, for noise and for changed valid inputs alike."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stafftalks.record import bundle, canon, card, checkpoint, dsse, fork, leaf, manifest, note, slip, tree
from stafftalks.values.errors import MisuseError, PeerError
from tests.record.bundles import MAX_BYTES, NODE_KEYS, full
from tests.record.cast import EQUIVOCATOR, MERIDIA, TORVIA, written
from tests.record.test_fork_proof import PROOF

LEAVES, SLIPS = written(0, 7)
HEAD = MERIDIA.head(LEAVES)
RAW = bundle.encode(full(), MERIDIA.node.sign)
FRONTIER = tree.Frontier.empty().extend(tree.leaf_hashes(LEAVES)).encode()
CARD = MERIDIA.card_document()
LINE = note.parse(HEAD).signatures[0].line
PAYLOAD = manifest.encode_payload(full().manifest, manifest.Content.of(b""))


def refusal(parse: Callable[[bytes], object], raw: bytes) -> str | None:
    """The sentence with which `raw` was refused; None where it is a value. Any other exception goes through and fails the test."""
    try:
        parse(raw)
    except PeerError as error:
        return str(error)
    return None


def open_bundle(raw: bytes) -> object:
    return bundle.open_plaintext(raw, TORVIA.party, NODE_KEYS, MAX_BYTES)


def open_envelope(raw: bytes) -> object:
    return dsse.open_envelope(raw, card.PAYLOAD_TYPE, {dsse.key_id(MERIDIA.root.public): MERIDIA.root.public}, 1)


def verified_fork(raw: bytes) -> object:
    return fork.verify_fork(fork.decode(raw), EQUIVOCATOR.feed_key.public)


PARSERS: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "canon.decode": (canon.decode, PAYLOAD),
    "decode_leaf": (leaf.decode_leaf, LEAVES[3]),
    "parse_slip": (slip.parse_slip, SLIPS[3]),
    "note.parse": (note.parse, HEAD),
    "note.parse_line": (note.parse_line, LINE),
    "checkpoint.parse_body": (checkpoint.parse_body, note.parse(HEAD).body),
    "checkpoint.open_checkpoint": (lambda raw: checkpoint.open_checkpoint(raw, MERIDIA.feed_key.public), HEAD),
    "fork.decode": (fork.decode, fork.encode(PROOF)),
    "fork.verify_fork": (verified_fork, fork.encode(PROOF)),
    "dsse.parse": (dsse.parse, CARD),
    "dsse.open_envelope": (open_envelope, CARD),
    "card.open_card": (card.open_card, CARD),
    "card.decode_payload": (card.decode_payload, card.encode_payload(MERIDIA.card())),
    "manifest.decode_payload": (manifest.decode_payload, PAYLOAD),
    "bundle.open_plaintext": (open_bundle, RAW),
    "Frontier.decode": (tree.Frontier.decode, FRONTIER),
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=4) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def mutated(draw: st.DrawFn, valid: bytes) -> bytes:
    """`valid` with a few spans replaced, removed, repeated or put elsewhere."""
    raw = valid
    for _ in range(draw(st.integers(1, 3))):
        low = draw(st.integers(0, len(raw)))
        high = draw(st.integers(low, min(len(raw), low + 40)))
        middle = draw(st.sampled_from([b"", raw[low:high] * 2]) | st.binary(max_size=12))
        at = draw(st.sampled_from([low, 0, len(raw)]))
        raw = raw[:low] + middle + raw[high:] if at == low else raw[:at] + middle + raw[at:]
    return raw


@pytest.mark.parametrize("name", PARSERS)
def test_the_valid_input_is_a_value(name: str) -> None:
    parse, valid = PARSERS[name]
    assert parse(valid) is not None


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_value_or_peer_error_and_nothing_else(name: str, data: st.DataObject) -> None:
    parse, valid = PARSERS[name]
    raw = data.draw(mutated(valid) | st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
    sentence = refusal(parse, raw)
    assert sentence is None or (sentence.endswith(".") and len(sentence) < 1_000)  # a person must be able to read it


@st.composite
def reshaped(draw: st.DrawFn, valid: bytes) -> bytes:
    """Canonical JSON with the members of `valid`, some replaced by values of other shapes: past the first check, into the second."""
    value = canon.decode(valid, max_bytes=10_000_000)
    assert isinstance(value, dict)
    for name in draw(st.lists(st.sampled_from(sorted(value)), min_size=1, max_size=3)):
        inner = value[name]
        fresh = draw(JSON.filter(_writable))
        value[name] = [fresh] if isinstance(inner, list) and draw(st.booleans()) else fresh
    return canon.encode(value)


def _writable(value: object) -> bool:
    try:
        canon.encode(value)  # type: ignore[arg-type]
    except MisuseError:
        return False
    return True


@pytest.mark.parametrize(
    "name", ["decode_leaf", "fork.verify_fork", "dsse.parse", "card.decode_payload", "manifest.decode_payload"]
)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_well_formed_json_of_the_wrong_shape_is_a_peer_error(name: str, data: st.DataObject) -> None:
    parse, valid = PARSERS[name]
    sentence = refusal(parse, data.draw(reshaped(valid)))
    assert sentence is None or len(sentence) < 1_000
