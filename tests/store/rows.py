"""Rows to store: two allies' feeds in two accords, and entries told apart by position."""

import hashlib

from stafftalks.analysis.faults import Fault
from stafftalks.record.epoch import epoch_id
from stafftalks.services.analyses_basis import Ask, Basis, Input
from stafftalks.services.rows import (
    AccordRow,
    ElementRow,
    EntryRow,
    ExchangeRow,
    FeedRow,
    JournalRow,
    PartnerRow,
    RequestRow,
)
from stafftalks.services.run_rows import Limits, RunAsk, RunId, RunRow, ScheduleWanted, Wanted
from stafftalks.services.written_rows import WrittenRow
from stafftalks.values.ids import AccordId, ElementId, FeedId, PartyId, VersionHash, base32
from stafftalks.values.label import Marking
from tests.fakes import NOON

XMR = PartyId("XMR")
XTV = PartyId("XTV")
XPA = PartyId("XPA")


def digest(word: str) -> bytes:
    return hashlib.sha256(word.encode()).digest()


def accord_row(word: str = "first", at: int = NOON) -> AccordRow:
    charter = f'{{"nonce":"{word}"}}'.encode()
    return AccordRow(AccordId(base32(hashlib.sha256(charter).digest())), charter, at)


def feed_row(party: PartyId = XMR, ordinal: int = 0, accord: str = "first") -> FeedRow:
    key = digest(f"{party} {ordinal}")
    feed = FeedId(accord_row(accord).id, party, epoch_id(key))
    return FeedRow(feed, ordinal, key, b"certificate" * 5, 0, b"empty frontier")


def entry_rows(start: int, stop: int, *, audience: tuple[PartyId, ...] = (XTV,)) -> list[EntryRow]:
    return [
        EntryRow(n, b'{"n":%d}' % n, digest(f"leaf {n}"), b"salt and body %d" % n, audience=audience)
        for n in range(start, stop)
    ]


def element_row(word: str, *, version: str = "1", at: int = NOON, **changes: object) -> ElementRow:
    fields = {
        "id": ElementId(base32(digest(word))[:26]),
        "kind": "scenario",
        "title": f"Title of {word}",
        "contingency": "Flood",
        "version": VersionHash(base32(digest(f"{word} {version}"))),
        "raw": f'{{"kind":"scenario","content":{{"narrative":"Text of {word}","branches":[{{"name":"Größe"}}]}}}}'.encode(),
        "revised_at": at,
        "revised_by": "pia",
    }
    return ElementRow(**(fields | changes))


def request_row(word: str, *, at: int = NOON, **changes: object) -> RequestRow:
    fields = {
        "id": base32(digest(word))[:26],
        "accord": accord_row().id,
        "element": element_row("flood").id,
        "version": element_row("flood").version,
        "kind": "scenario",
        "title": f"Title of {word}",
        "body": b"\x00exact body\xff",
        "realm": "scenarios",
        "audience": (XTV, XPA),
        "requested_by": "pia",
        "requested_at": at,
    }
    return RequestRow(**(fields | changes))


def partner_row(party: PartyId = XTV, cards: tuple[bytes, ...] = (b"card 1",), **changes: object) -> PartnerRow:
    fields = {
        "party": party,
        "name": "Torvia",
        "card": cards[-1],
        "cards": cards,
        "fingerprint": digest("card")[:16],
        "paired_at": NOON,
        "paired_by": "ada",
    }
    return PartnerRow(**(fields | changes))


def exchange_row(bundle: str, **changes: object) -> ExchangeRow:
    fields = {
        "at": NOON,
        "partner": "XTV",
        "direction": "in",
        "channel": "https",
        "bundle": bundle,
        "outcome": "received",
        "sentence": f"Bundle {bundle}.",
    }
    return ExchangeRow(**(fields | changes))


def journal_row(sentence: str, **changes: object) -> JournalRow:
    fields = {"at": NOON, "person": "pia", "act": "release", "subject": "flood", "sentence": sentence}
    return JournalRow(**(fields | changes))


def run_row(run: RunId = RunId("a" * 26), wanted: Wanted | None = None, by: str = "pia", at: int = 1) -> RunRow:  # noqa: B008 - a value that cannot change
    basis = Basis(
        Ask("schedule", "Vael", private=True),
        (Input(f"XMR/{'a' * 26}", "b" * 52, XMR, (XMR,), private=True, kind="plan", title="Sweep"),),
        stays_home=True,
        readers=(XMR,),
    )
    ask = RunAsk(wanted or ScheduleWanted(must=True), "Vael", private=True, limits=Limits(30.5, 512))
    faults = (Fault(f"XMR/{'a' * 26}", "window", "It ends before it starts."),)
    return RunRow(run, ask, by, at, basis, faults, (Marking("XMR", "SECRET"), Marking()))


def written_row(element: str = "a", run: str = "r") -> WrittenRow:
    asked = Ask("options", "Vael", private=True)
    stood = Input(f"XMR/{'b' * 26}", "v" * 52, XMR, (XMR,), private=True, kind="force", title="7 Wing")
    basis = Basis(asked, (stood,), stays_home=True, readers=(XMR,))
    return WrittenRow(ElementId(element * 26), VersionHash("v" * 52), RunId(run * 26), "pia", NOON, basis)
