"""The exchange page of a headquarters behind a gate says so, and what the gate last refused."""

import msgspec

from stafftalks.services import exchange
from tests.web import world as worlds


def behind_a_gate(found: worlds.World) -> worlds.World:
    policy = msgspec.structs.replace(found.hq.policy, gate="https://10.0.0.2:8444")
    found.hq = msgspec.structs.replace(found.hq, policy=policy)
    return found


def test_the_exchange_page_says_that_a_gate_is_in_the_way_and_what_it_last_refused(put, enter):
    found = behind_a_gate(worlds.opened())
    put(found)
    said = f"{exchange.GATE_REFUSED} to XTV: Entry XMR/4: <b>no</b> label. [gate-label]"
    exchange.gate_refused(found.hq, found.torvia.party, "bundle", "", said)
    page = enter().get("/exchange/").content.decode()
    assert "Everything leaves through our gate at https://10.0.0.2:8444" in page
    assert "Entry XMR/4: &lt;b&gt;no&lt;/b&gt; label. [gate-label]" in page
    assert "The gate last refused:" in page
    assert "Our gate alone" in enter().get("/exchange/export/").content.decode()


def test_without_a_gate_none_is_spoken_of(put, enter):
    put(worlds.opened())
    for path in ("/exchange/", "/exchange/export/"):
        assert "gate" not in enter().get(path).content.decode().lower().replace("navigate", "").replace("aggregate", "")
