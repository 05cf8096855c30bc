"""What must stay home of a private check: no scalar, salt, key or plan of one side is in any log, or in anything that the other side ever held."""

import base64
import logging
from collections.abc import Iterator

import msgspec
import pytest

from stafftalks.accord.bodies import EntryRef
from stafftalks.deconflict.private.keeping import Inputs, Secrets
from stafftalks.services import check_openings, check_results, check_work, checks, exchange
from stafftalks.services.check_side import Side
from stafftalks.services.ports import Headquarters
from stafftalks.site.checking import CheckRunner
from stafftalks.values.errors import HostError
from stafftalks.values.ids import AccordId
from tests.fakes import OFFICER, FakeCarrier, FakeWorkers
from tests.services.checking import MERIDIAN, TORVIAN, QuickWorkers, agreed, own, plan, terms
from tests.services.scenes import accepted, house, talk


def scene(**said: object) -> tuple[Headquarters, Headquarters, AccordId, EntryRef]:
    meridia, torvia = house("XMR", "XTV")
    accord = accepted(meridia, torvia)
    plan(meridia, MERIDIAN)
    plan(torvia, TORVIAN)
    return meridia, torvia, accord, agreed(meridia, torvia, accord, **said)


def kept_secret(hq: Headquarters, proposal: EntryRef) -> dict[str, bytes]:
    """Everything of this side that nobody else may see, by name; to be asked for before it is forgotten."""
    row = hq.checks.check(proposal)
    assert row is not None
    side = Side(hq, checks.view(hq, proposal), row)
    secrets = Secrets.of(row.secret)
    inputs = Inputs.of(checks.commitments(side.inputs), secrets.salt)
    found = {"secret": row.secret, "scalar": secrets.scalar, "padding": secrets.padding, "salt seed": secrets.salt}
    found |= {f"salt {number}": salt for number, salt in enumerate(inputs.salts)}
    keys = [key for filled in side.covered.filled for key in filled.keys]
    found |= {f"key {number}": key for number, key in enumerate(keys)}
    found |= {f"id of {one.title}": one.element.encode() for one in side.inputs}
    return found | {f"title {one.title}": one.title.encode() for one in side.inputs}


def spelt(value: bytes) -> Iterator[bytes]:
    """The ways in which bytes get into a text."""
    yield value
    yield value.hex().encode()
    yield repr(value)[2:-1].encode()
    # Wherever in a longer text they stand, these letters are there.
    for shift in range(3):
        text = base64.urlsafe_b64encode(bytes(shift) + value)
        yield text[4 : len(text) - 4]


def check_holds_none(where: str, haystack: bytes, secrets: dict[str, bytes]) -> None:
    plain = haystack.replace(b"+", b"-").replace(b"/", b"_")
    for name, value in secrets.items():
        for text in spelt(value):
            if len(text) >= 8:
                assert text not in haystack, f"{where} holds {name}"
                assert text not in plain, f"{where} holds {name}"


def everything(hq: Headquarters) -> bytes:
    """All that a headquarters has stored."""
    return repr(hq.records._memory.tables).encode()  # type: ignore[attr-defined]


def test_the_search_finds_what_is_there() -> None:
    meridia, _, _, proposal = scene()
    secrets = kept_secret(meridia, proposal)
    assert len(secrets) > 20
    for value in (secrets["scalar"], secrets["title Minesweeping"]):
        for text in (value, base64.b64encode(b"ab" + value + b"c"), value.hex().encode()):
            with pytest.raises(AssertionError, match="planted"):
                check_holds_none("planted", b"so " + text + b" and so", secrets)


def test_nothing_of_one_side_is_ever_at_the_other_or_on_the_wire() -> None:
    meridia, torvia, accord, proposal = scene(auditor="Col Audit")
    sides = {hq.party: kept_secret(hq, proposal) for hq in (meridia, torvia)}
    both = set(sides[meridia.party].values()) & set(sides[torvia.party].values())
    assert len(both) == 1  # the key of the planted collision, which both hold and learn that they do
    sides = {party: {name: one for name, one in held.items() if one not in both} for party, held in sides.items()}
    carriers = {meridia.party: FakeCarrier(meridia, [torvia]), torvia.party: FakeCarrier(torvia, [meridia])}
    for _ in range(6):
        for hq, other in ((meridia, torvia), (torvia, meridia)):
            check_work.advance(hq, proposal, QuickWorkers())
            exchange.run(hq, carriers[hq.party], other.party, force=True)
    assert checks.view(torvia, proposal).state.state == "done"
    for hq, other in ((meridia, torvia), (torvia, meridia)):
        carried = b"".join(sealed for _, sealed in carriers[hq.party].sent)
        check_holds_none("the wire", carried, sides[hq.party])
        check_holds_none(f"the store of {other.party}", everything(other), sides[hq.party])
        for raw in check_openings.transcript_files(other, OFFICER, proposal):
            check_holds_none("a transcript", raw, sides[hq.party])
    assert accord


@pytest.mark.parametrize("fault", ["none", "in the middle", "points that are none"])
def test_no_log_line_holds_a_secret_a_key_or_a_plan(fault: str, caplog: pytest.LogCaptureFixture) -> None:
    meridia, torvia, _, proposal = scene()
    secrets = kept_secret(meridia, proposal) | kept_secret(torvia, proposal)
    journals = {hq.party: hq.journal.head().size for hq in (meridia, torvia)}
    with caplog.at_level(logging.DEBUG):
        logging.getLogger().debug("Begun.")
        for hq in (meridia, torvia):
            hands = (
                Failing(fault) if hq is torvia else FakeWorkers() if fault == "points that are none" else QuickWorkers()
            )
            runner = CheckRunner(hq, hands)
            runner.cycle()
            talk(meridia, torvia)
        run_on = QuickWorkers()
        for hq in (meridia, torvia) * 2:
            check_work.advance(hq, proposal, run_on)
            talk(meridia, torvia)
    said = "\n".join(f"{record.getMessage()} {record.exc_text or ''} {record.args}" for record in caplog.records)
    assert "Begun." in said
    if fault != "none":
        assert len(caplog.records) > 1
    check_holds_none("a log", said.encode() + caplog.text.encode(), secrets)
    for hq in (meridia, torvia):
        lines = [repr(line) for line in hq.journal.lines(journals[hq.party])]
        lines += [repr(row) for row in hq.log.find(limit=1_000)[1]]
        check_holds_none(f"the journal or exchange log of {hq.party}", "\n".join(lines).encode(), secrets)
        shown = (check_results.told(hq, proposal), check_work.progress(hq, proposal), hq.checks.checks())
        check_holds_none("what is shown of how it stands", repr(shown).encode(), secrets)


class Failing(QuickWorkers):
    """Cores of which one fails, as where memory runs out."""

    def __init__(self, fault: str) -> None:
        super().__init__()
        self._fault = fault

    def run(self, work, pieces):  # type: ignore[no-untyped-def]
        for piece in pieces:
            if self._fault == "in the middle":
                raise MemoryError(f"No memory is left for {piece!r}.")
            if self._fault == "points that are none":
                raise HostError("A core is gone.")
            yield from super().run(work, [piece])


def test_what_breaks_at_home_is_not_told_to_the_partner() -> None:
    meridia, _, _, proposal = scene()
    inputs = meridia.records._memory.table("check inputs")  # type: ignore[attr-defined]
    torn = msgspec.structs.replace(
        inputs[proposal][0], committed=inputs[proposal][0].committed.replace(b"activity", b"activitx")
    )
    inputs[proposal] = (torn, *inputs[proposal][1:])
    with pytest.raises(HostError, match="the database is damaged") as told:
        check_work.advance(meridia, proposal, QuickWorkers())
    assert not [one for one in MERIDIAN if one[0] in str(told.value)]
    assert checks.view(meridia, proposal).state.ends == ()


def test_what_is_kept_shows_no_secret_when_it_is_printed() -> None:
    meridia, _, _, proposal = scene()
    secrets = {
        name: value for name, value in kept_secret(meridia, proposal).items() if not name.startswith(("id", "title"))
    }
    row = meridia.checks.check(proposal)
    assert row is not None
    side = Side(meridia, checks.view(meridia, proposal), row)
    shown = (row, side.secrets, side.own, side.own.piece(0, side.secrets.scalar), meridia.checks.inputs(proposal))
    check_holds_none("what is printed", repr(shown).encode(), secrets)


def test_terms_say_nothing_of_what_is_planned() -> None:
    """Two proposals on the same terms differ in session, root and key alone, whatever is planned."""
    bodies = []
    for plans in (MERIDIAN, MERIDIAN[1:]):
        meridia, torvia = house("XMR", "XTV")
        accord = accepted(meridia, torvia)
        plan(meridia, plans)
        proposal = checks.propose(meridia, OFFICER, accord, terms(torvia), own(meridia))
        bodies.append(checks.view(meridia, proposal).state.body)
    one, other = bodies
    assert one.root != other.root
    assert msgspec.structs.replace(one, root="", session="", key="") == msgspec.structs.replace(
        other, root="", session="", key=""
    )
