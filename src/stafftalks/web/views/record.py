"""The record as an auditor reads it: feeds, sizes, receipts, entries one by one, and proofs to carry away."""

import base64

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from stafftalks.accord.bodies import CheckPoints, EntryRef, Recall, decode_body
from stafftalks.accord.parts import Item, Notice, ReleasedVersion, Said
from stafftalks.record.slip import parse_slip
from stafftalks.services import overview, proof_account, proofs, records
from stafftalks.services.accords import AccordView
from stafftalks.services.records import FeedReport, Line
from stafftalks.services.rows import FeedRow, ReceiptRow
from stafftalks.values.errors import PeerError
from stafftalks.values.ids import AccordId, ElementId, EpochId, FeedId, PartyId
from stafftalks.web import access, naming
from stafftalks.web.views.accords import frame, view_of
from stafftalks.web.windows import Window, offset_of


class FeedLine(msgspec.Struct, frozen=True):
    """One epoch of one party's record."""

    row: FeedRow
    ours: bool
    receipts: tuple[ReceiptRow, ...]
    report: FeedReport | None


class EntryLine(msgspec.Struct, frozen=True):
    """One entry with what it says in a few words, or why it has no effect, with its body's exact text where that is disputed."""

    line: Line
    says: str
    without_effect: str
    body: str = ""
    released: ReleasedVersion | None = None


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, accord: AccordId) -> HttpResponse:
    """The feeds; a POST checks every hash and signature again and says what it found. Nothing is changed by it."""
    hq, view = access.headquarters(), view_of(accord)
    reports = {report.feed: report for report in records.verify(hq, accord)} if request.method == "POST" else {}
    feeds = [
        FeedLine(row, row.feed.party == hq.party, _newest(hq.records.receipts(row.feed)), reports.get(row.feed))
        for row in view.feeds
    ]
    context = frame(view, "record") | {
        "feeds": feeds,
        "checked": bool(reports),
        "sound": all(r.sound for r in reports.values()),
    }
    return render(request, "web/accord/record.html", context)


@require_GET
def entries(request: HttpRequest, accord: AccordId, party: PartyId, epoch: EpochId) -> HttpResponse:
    """The entries of one feed, the newest page first unless a page is asked for."""
    hq, view = access.headquarters(), view_of(accord)
    row = _feed(view, party, epoch)
    offset = offset_of(request)
    # Newest first: the window counts from the end of the record, and its lines are turned round.
    stop = max(0, row.size - offset)
    start = max(0, stop - 50)
    lines = reversed(records.page(hq, row.feed, start, stop - start))
    context = frame(view, "record") | {
        "row": row,
        "lines": [_entry(view, row, line) for line in lines],
        "window": Window(row.size, offset),
        "branch": _branch(row) if row.evidence else [],
        "ours": party == hq.party,
    }
    return render(request, "web/accord/entries.html", context)


@require_GET
def fork_proof(request: HttpRequest, accord: AccordId, party: PartyId, epoch: EpochId) -> HttpResponse:
    """The proof that a party signed two different records, to carry away."""
    row = _feed(view_of(accord), party, epoch)
    hq = access.headquarters()
    found = records.fork_proof(hq, row.feed)
    proofs.note_fork(hq, access.person_of(request).username, row.feed)
    return _download(found, f"fork-proof-{party}-{epoch}.json")


@require_http_methods(["GET", "POST"])
def proof(request: HttpRequest, accord: AccordId, party: PartyId, epoch: EpochId, n: int) -> HttpResponse:
    """What a proof of this entry proves and what not; a POST gives the file, with or without its text, or all about its element."""
    hq, view = access.headquarters(), view_of(accord)
    row, ref = _feed(view, party, epoch), EntryRef(party, epoch, n)
    item = view.accord.sheet(party).journal.get(ref)
    element = _element_of(item)
    if request.method == "POST":
        return _proof_file(request, accord, ref, element)
    told = proof_account.account(proofs.build(hq, accord, [ref]))
    context = frame(view, "record") | {
        "row": row,
        "n": n,
        "entry": told.entries[0].entry,
        "says": _entry(view, row, records.page(hq, row.feed, n, 1)[0]).says,
        "proved": (told.entries[0].stands, *told.entries[0].when),
        "account": told,
        "element": element,
        "released": item if isinstance(item, ReleasedVersion) else None,
    }
    return render(request, "web/accord/proof.html", context)


def _proof_file(request: HttpRequest, accord: AccordId, ref: EntryRef, element: ElementId | None) -> HttpResponse:
    hq, person = access.headquarters(), access.person_of(request)
    of = request.POST.get("of", "")
    if of == "story" and element is not None:
        found = proofs.of_element(hq, person, accord, ref.party, element)
        return _download(found, f"proof-{ref.party}-{element}.json")
    found = proofs.make(hq, person, accord, [ref], text=of == "entry")
    return _download(found, f"proof-{ref.party}-{ref.epoch}-{ref.n}.json")


def _element_of(item: Item | None) -> ElementId | None:
    """The element that an entry is about, where it is its author's own."""
    match item:
        case ReleasedVersion():
            return item.element
        case Said(body=Recall(element=element)):
            return element
        case _:
            return None


def _newest(receipts: tuple[ReceiptRow, ...]) -> tuple[ReceiptRow, ...]:
    """Each party's receipt for the most entries: the earlier ones are covered by it."""
    by_party: dict[PartyId, ReceiptRow] = {}
    for receipt in sorted(receipts, key=lambda found: (found.size, -found.at)):
        by_party[receipt.party] = receipt
    return tuple(by_party.values())


def _feed(view: AccordView, party: PartyId, epoch: EpochId) -> FeedRow:
    wanted = FeedId(view.row.id, party, epoch)
    row = next((row for row in view.feeds if row.feed == wanted), None)
    if row is None:
        raise Http404
    return row


def _text(row: FeedRow, n: int) -> str:
    """The exact text of an entry's body; empty where it is not held."""
    (entry,) = access.headquarters().records.entries(row.feed, n, n + 1)
    return _readable(entry.slip) if entry.slip else ""


def _readable(slip: bytes) -> str:
    """A text as it stands; of points of a check, which are long and say nothing to a reader, what they are."""
    body = parse_slip(slip).body
    try:
        said = decode_body(body)
    except PeerError:
        return body.decode("utf-8", "replace")
    if isinstance(said, CheckPoints):
        return _("Points of a private check: part %(part)d of %(parts)d.") % {"part": said.part, "parts": said.parts}
    return body.decode("utf-8", "replace")


def _branch(row: FeedRow) -> list[tuple[int, str]]:
    """The other history that a forked record's author signed: each entry's place, and its body's exact text where it is held."""
    return [
        (entry.n, _readable(base64.b64decode(entry.slip)) if entry.slip else "")
        for entry in records.other_branch(access.headquarters(), row.feed)
    ]


def _entry(view: AccordView, row: FeedRow, line: Line) -> EntryLine:
    """The entry's words, from the sheet that was folded from it."""
    feed = row.feed
    if row.frozen and line.n >= row.frozen_at:
        return EntryLine(
            line,
            "",
            _("Signed where its author signed another history as well: kept to be read, without effect."),
            _text(row, line.n),
        )
    sheet, ref = view.accord.sheet(feed.party), EntryRef(feed.party, feed.epoch, line.n)
    item = sheet.journal.get(ref)
    if ref in sheet.taken_back:
        return EntryLine(line, "", _("Its author has recalled what this entry released."))
    if isinstance(item, Notice):
        return EntryLine(line, "", item.sentence)
    if item is None:
        return EntryLine(line, "", "")
    if isinstance(item, ReleasedVersion):
        says = _("revised a released text: %(title)s") if item.replaces else _("released: %(title)s")
        return EntryLine(line, says % {"title": naming.title_of(item.raw)}, "", released=item)
    return EntryLine(line, overview.describe(item), "")


def _download(raw: bytes, name: str) -> HttpResponse:
    response = HttpResponse(raw, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
