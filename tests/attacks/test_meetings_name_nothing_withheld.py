"""Minutes and engagements that name a third party's element are refused to whoever was not given it, as any other element is."""

import pytest

from stafftalks.services import elements, releases
from stafftalks.values.errors import RefusedError
from stafftalks.values.ids import PartyId
from tests.fakes import OFFICER, PLANNER
from tests.services.scenes import accepted, house, released, settle
from tests.web.world import content


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("engagement", lambda ref: {"raised": [{"topic": "Their report", "about": ref}]}),
        ("minutes", lambda ref: {"agenda": [{"id": "1", "item": "Their report", "about": ref}]}),
        ("engagement", lambda ref: {"reports": [ref]}),
        ("report", lambda ref: {"said": "It.", "hops": [{"actor": "A", "relation": "reported", "repeats": ref}]}),
    ],
)
def test_what_a_party_was_not_given_is_not_named_to_it(kind: str, rows: object) -> None:
    meridia, torvia, partial = house("XMR", "XTV", "XPA")
    accord = accepted(meridia, torvia, partial)
    theirs = released(torvia, accord, meridia, said="For Meridia alone.")
    settle(meridia, torvia, partial)
    made = content(kind, title="It names a report", **rows(f"XTV/{theirs}"))  # type: ignore[operator]
    row = elements.add(meridia, PLANNER, made)
    allowed = releases.request(meridia, PLANNER, accord, row.id, "intelligence", [PartyId("XTV")])
    releases.release(meridia, OFFICER, allowed.id)
    asked = releases.request(meridia, PLANNER, accord, row.id, "intelligence", [PartyId("XPA")])
    with pytest.raises(RefusedError) as refused:
        releases.release(meridia, OFFICER, asked.id)
    assert {refusal.rule for refusal in refused.value.refusals} == {"refers-audience"}
