"""What entries say: one spelling each, and bytes from outside are a body or a PeerError."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stafftalks.accord.bodies import (
    BODY_TYPES,
    Body,
    Charter,
    Recall,
    clause_hash,
    decode_body,
    decode_charter,
    encode_body,
    encode_charter,
)
from stafftalks.values.errors import PeerError
from tests.accord.cast import CONSULT, MERIDIA, SCOPE, SCOPE_NARROW, TORVIA, acts, an_id, charter_of


@given(acts)
def test_a_body_is_read_back_as_it_was_written(body: Body) -> None:
    assert decode_body(encode_body(body)) == body
    assert json.loads(encode_body(body))["type"] in BODY_TYPES


@given(st.binary(max_size=200) | acts.map(encode_body).map(lambda raw: raw[:-1] + b" }"))
def test_other_bytes_are_a_peer_error_and_nothing_else(raw: bytes) -> None:
    with pytest.raises(PeerError):
        decode_body(raw)


def test_a_recall_written_before_it_named_holders_is_still_read() -> None:
    raw = b'{"element":"%s","entries":[],"reason":"","type":"recall","versions":[]}' % an_id(1).encode()
    assert decode_body(raw) == Recall(an_id(1), (), ())


def test_a_charter_names_two_or_more_parties_in_order() -> None:
    raw = encode_charter(charter_of((TORVIA, MERIDIA)))
    assert [founder.party for founder in decode_charter(raw).parties] == [MERIDIA, TORVIA]
    founders = charter_of((TORVIA, MERIDIA)).parties
    for parties in ((), founders[:1], founders[::-1], (founders[0], founders[0])):
        text = json.dumps(
            {"fold": 1, "nonce": "n", "parties": [{"party": f.party, "root_key": f.root_key} for f in parties]},
            sort_keys=True,
            separators=(",", ":"),
        )
        with pytest.raises(PeerError, match="two or more"):
            decode_charter(text.encode())
    with pytest.raises(PeerError, match="charter"):
        decode_charter(b'{"fold":1}')
    assert decode_charter(encode_charter(Charter(founders, 1, "other"))).nonce == "other"


def test_a_clause_hash_changes_with_any_word() -> None:
    assert len({clause_hash(clause) for clause in (CONSULT, SCOPE, SCOPE_NARROW)}) == 3
