"""Scenes that many tests begin with: headquarters paired, an accord proposed and accepted, an element released."""

import copy

import msgspec

from stafftalks.accord.bodies import Clause, Proposal
from stafftalks.planning.intelligence import Report
from stafftalks.services import accords, elements, exchange, releases
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import ElementRow, RequestRow
from stafftalks.values.ids import AccordId, ElementId
from tests.fake_store import Memory
from tests.fakes import HEAD, MARKED, OFFICER, PLANNER, FakeCarrier, FakeClock, make_hq, pair

ALL_REALMS = ("exercises", "intelligence", "operations", "scenarios")
CLAUSES = (
    Clause("scope", "Scope", "Each side shares parts of its plans for different contingencies."),
    Clause("consult", "Consultation", "Each consults the other where time allows.", "consult"),
)
PROPOSAL = Proposal(
    "Joint contingency planning", "To plan together.", ALL_REALMS, CLAUSES, "We propose to plan together."
)


def house(*parties: str, letters_too: bool = True) -> tuple[Headquarters, ...]:
    """Headquarters on one clock, all paired with each other, with letters that permit everything."""
    clock = FakeClock()
    hqs = tuple(make_hq(party, clock=clock) for party in parties)
    pair(*hqs, letters_too=letters_too)
    return hqs


def talk(one: Headquarters, *others: Headquarters) -> None:
    """One conversation of `one` with each other, over a wire that works."""
    for other in others:
        exchange.run(one, FakeCarrier(one, others), other.party, force=True)


def settle(*hqs: Headquarters) -> None:
    """Conversations until nobody has anything new."""
    for _ in range(2):
        for hq in hqs:
            talk(hq, *(other for other in hqs if other is not hq))


def accepted(*hqs: Headquarters, realms: tuple[str, ...] = ALL_REALMS) -> AccordId:
    """An accord proposed by the first and accepted by all with `realms`, everywhere known."""
    accord = accords.propose(hqs[0], HEAD, [hq.party for hq in hqs[1:]], PROPOSAL)
    settle(*hqs)
    for hq in hqs:
        accords.accept(hq, HEAD, accord, realms)
    settle(*hqs)
    return accord


def report(said: str = "The proposal was made.") -> Report:
    """A short report."""
    return Report(title=said[:60], said=said, marking=MARKED)


def asked(hq: Headquarters, accord: AccordId, row: ElementRow, to: tuple[Headquarters, ...], realm: str) -> RequestRow:
    return releases.request(hq, PLANNER, accord, row.id, realm, [other.party for other in to])


def released(
    hq: Headquarters,
    accord: AccordId,
    *to: Headquarters,
    said: str = "The proposal was made.",
    realm: str = "intelligence",
) -> ElementId:
    """An own report, released by two persons."""
    row = elements.add(hq, PLANNER, report(said))
    releases.release(hq, OFFICER, asked(hq, accord, row, to, realm).id)
    return row.id


def revised(hq: Headquarters, accord: AccordId, element: ElementId, *to: Headquarters, said: str) -> None:
    """A new version of an own report, released by two persons."""
    row = elements.revise(hq, PLANNER, element, report(said), elements.get(hq, element).version)
    releases.release(hq, OFFICER, asked(hq, accord, row, to, "intelligence").id)


def twin(hq: Headquarters) -> Headquarters:
    """A second headquarters with a copy of this one's tables and the very same keys: a restored backup, or an equivocator."""
    memory = Memory()
    memory.tables = copy.deepcopy(hq.records._memory.tables)
    ports = {}
    for name in (
        "records", "holdings", "desk", "partners", "log", "journal", "transactions", "catalogue", "readers", "labels", "acceptances", "checks", "runs", "written",
    ):  # fmt: skip
        port = copy.copy(getattr(hq, name))
        port._memory = memory
        ports[name] = port
    return msgspec.structs.replace(hq, **ports, memory={})


def state_of(hq: Headquarters, accord: AccordId) -> dict[str, object]:
    """The sheets as `hq` sees them, by party."""
    return dict(accords.view(hq, accord).accord.sheets)


def log(hq: Headquarters, outcome: str = "") -> list[str]:
    """The sentences of the exchange log, newest first."""
    return [row.sentence for row in hq.log.find(outcome=outcome, limit=1000)[1]]
