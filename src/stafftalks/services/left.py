"""After it left: every version of ours that was released, to whom and on whose word, and what can be known of it since.

Each thing is told no further than it is known:
- when it was released, as an interval: later than what our record had seen by then, earlier than the first cosignature of another party;
- that it was received, where the partner's cosignature covers its entry and the partner says that it holds our record so far;
- by how many it was read, only where the partner chose to tell;
- what a recall came to, only by what the partner's record says. A partner out of reach has not confirmed; the recall stands all the same.

What was released and recalled is in our record and on our desk; nothing is asked of a partner for this.
"""

import bisect
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, cast

import msgspec

from stafftalks.accord import state
from stafftalks.accord.bodies import EntryRef, Release, decode_body
from stafftalks.accord.parts import Notice, Recalled, ReleasedVersion, Sheet
from stafftalks.accord.state import Accord
from stafftalks.planning.refs import ExactRef
from stafftalks.services import accords
from stafftalks.services.accords import AccordView
from stafftalks.services.ports import Headquarters
from stafftalks.services.reading import Step, load
from stafftalks.services.rows import ElementRow, ReceiptRow, RequestRow
from stafftalks.values.ids import AccordId, ElementId, EpochId, FeedId, PartyId, VersionHash

Fate = Literal["stands", "replaced", "confirmed removed", "not confirmed", "refused"]
"""What became of a version with one holder. The last three only where it was recalled."""
FATES: Final[tuple[Fate, ...]] = ("stands", "replaced", "not confirmed", "refused", "confirmed removed")
_MEMORY: Final = "left"


class Reach(msgspec.Struct, frozen=True):
    """How our exchange with a party stands. `since` is when it was last reached (unix seconds, 0 never) where it is `out` of reach now.

    `gone` is where it is paired with us no longer.
    """

    party: PartyId
    out: bool = False
    since: int = 0
    gone: bool = False


class Seen(msgspec.Struct, frozen=True):
    """What our record had seen of another party when an entry was written: its newest entry, and when that claims to be from (0: not readable here)."""

    party: PartyId
    n: int
    at: int


class Holder(msgspec.Struct, frozen=True):
    """One party to which a version was released, and all that is known of it there.

    `received_at` is by the party's own clock, 0 where it has not said that it holds the text; `reached` is where its cosignature covers the
    entry and yet it has not said so, as when a relay carried it. `readers` is None where it has told nothing, `told_at` when it told.
    `asked_at` is when it had our recall by its own clock, 0 where that is not known; `answered_at` when its answer claims to be from.
    """

    party: PartyId
    fate: Fate
    received_at: int = 0
    reached: bool = False
    told_at: int = 0
    readers: int | None = None
    said: str = ""
    asked_at: int = 0
    answered_at: int = 0
    removed: tuple[str, ...] = ()
    statement: str = ""


class Sent(msgspec.Struct, frozen=True):
    """One version that was released, at one place in our record.

    `kind`, `title`, `version` and `raw` are empty where neither record nor desk holds them any more. `request` is the request that it was released
    by. `at` is when we claim to have released it. `later_than` and `earlier_than` bound when it was: see the module. `recall` is the recall
    that took it back; `forgotten` is where a restore has made our record forget it.
    """

    accord: AccordId
    accord_title: str
    element: ElementId
    kind: str
    title: str
    version: VersionHash | Literal[""]
    raw: bytes
    realm: str
    ref: EntryRef
    at: int
    later_than: tuple[Seen, ...]
    earlier_than: int
    holders: tuple[Holder, ...]
    request: RequestRow | None = None
    recall: Recalled | None = None
    forgotten: bool = False

    @property
    def stands(self) -> bool:
        """Whether it was not recalled, so that it can be."""
        return self.recall is None

    @property
    def later_at(self) -> int:
        """The newest claim among what had been seen before it; 0 where none is readable."""
        return max((seen.at for seen in self.later_than), default=0)


class Line(msgspec.Struct, frozen=True):
    """One party, or one element, in numbers: how many versions went out and what became of them."""

    versions: int
    elements: int
    fates: Mapping[Fate, int]


class PartyLine(msgspec.Struct, frozen=True):
    """What went to one party, over all accords."""

    party: PartyId
    line: Line
    reach: Reach


class ElementLine(msgspec.Struct, frozen=True):
    """What went out of one element, over all accords. `title` and `kind` as it is called at home, else as it was released; empty where unknown."""

    element: ElementId
    kind: str
    title: str
    raw: bytes
    holders: tuple[PartyId, ...]
    line: Line
    last_at: int


class _Out(msgspec.Struct, frozen=True, gc=False):
    """One released version as the record alone tells it. `at` is when the last was said of it: its release, or its recall."""

    ref: EntryRef
    element: ElementId
    release: ReleasedVersion | None
    recall: Recalled | None
    fates: tuple[tuple[PartyId, Fate], ...]
    at: int
    forgotten: bool = False


def window(
    hq: Headquarters,
    *,
    accord: AccordId | Literal[""] = "",
    partner: PartyId | Literal[""] = "",
    element: ElementId | Literal[""] = "",
    fate: Fate | Literal[""] = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[int, tuple[Sent, ...]]:
    """How many released versions match and one window of them: what was last said something of stands first.

    `fate` is asked of `partner` where one is named, else of any holder.
    """
    found = [
        (view, out)
        for view in _views(hq, accord)
        for out in _all_out(hq, view)
        if element in ("", out.element)
        and (not partner or any(partner == party for party, _ in out.fates))
        and (not fate or any(fate == one and partner in ("", party) for party, one in out.fates))
    ]
    found.sort(key=lambda pair: (-pair[1].at, pair[0].row.id, pair[1].ref.epoch, -pair[1].ref.n))
    return len(found), _told(hq, found[offset : offset + limit])


def parties(hq: Headquarters, *, accord: AccordId | Literal[""] = "") -> tuple[PartyLine, ...]:
    """Every party that was ever given something of ours, by code."""
    by_party: dict[PartyId, list[tuple[ElementId, Fate]]] = {}
    for view in _views(hq, accord):
        for out in _all_out(hq, view):
            for party, fate in out.fates:
                by_party.setdefault(party, []).append((out.element, fate))
    known = reaches(hq, by_party)
    return tuple(PartyLine(party, _line(by_party[party]), known[party]) for party in sorted(by_party))


def elements(
    hq: Headquarters, *, partner: PartyId | Literal[""] = "", offset: int = 0, limit: int = 50
) -> tuple[int, tuple[ElementLine, ...]]:
    """How many elements ever left, to `partner` where one is named, and one window of them, what was last said something of first."""
    by_element: dict[ElementId, list[_Out]] = {}
    for view in _views(hq, ""):
        for out in _all_out(hq, view):
            if not partner or any(partner == party for party, _ in out.fates):
                by_element.setdefault(out.element, []).append(out)
    ordered = sorted(by_element, key=lambda one: (-max(out.at for out in by_element[one]), one))
    shown = ordered[offset : offset + limit]
    rows = hq.holdings.elements(shown)
    return len(ordered), tuple(_element_line(one, by_element[one], rows.get(one), partner) for one in shown)


def reaches(hq: Headquarters, named: Iterable[PartyId]) -> dict[PartyId, Reach]:
    """How our exchange with each of these parties stands; one look-up."""
    rows = {row.party: row for row in hq.partners.partners()}
    found = {}
    for party in named:
        row = rows.get(party)
        out = row is not None and row.sending.failures > 0
        found[party] = Reach(party, out, row.sending.last_ok_at if row and out else 0, row is None)
    return found


def _views(hq: Headquarters, accord: AccordId | Literal[""]) -> tuple[AccordView, ...]:
    return (accords.view(hq, accord),) if accord else accords.views(hq)


def _element_line(
    element: ElementId, outs: Sequence[_Out], row: ElementRow | None, partner: PartyId | Literal[""]
) -> ElementLine:
    newest = next((out.release for out in reversed(outs) if out.release is not None), None)
    fates = (fate for out in outs for party, fate in out.fates if partner in ("", party))
    title = (row.title if row else "") or (state.title_of(newest) if newest else "")
    return ElementLine(
        element, row.kind if row else newest.kind if newest else "", title,
        row.raw if row else newest.raw if newest else b"",
        tuple(sorted({party for out in outs for party, _ in out.fates})),
        Line(len(outs), 1, _counted(fates)), max(out.at for out in outs),
    )  # fmt: skip


def _line(found: Sequence[tuple[ElementId, Fate]]) -> Line:
    return Line(len(found), len({element for element, _ in found}), _counted(fate for _, fate in found))


def _counted(fates: Iterable[Fate]) -> Mapping[Fate, int]:
    counts: dict[Fate, int] = dict.fromkeys(FATES, 0)
    for fate in fates:
        counts[fate] += 1
    return counts


def _all_out(hq: Headquarters, view: AccordView) -> tuple[_Out, ...]:
    """Every version of ours that was released in this accord, oldest first; worked out once of the accord as it stands."""
    held = view.accord.__dict__.get(_MEMORY)
    if held is None:
        held = view.accord.__dict__[_MEMORY] = tuple(_outs(hq, view.accord))
    return cast("tuple[_Out, ...]", held)


def _outs(hq: Headquarters, accord: Accord) -> list[_Out]:
    sheet = accord.sheet(hq.party)
    replaced = _replaced(sheet)
    found = []
    for item in sheet.journal.values():
        if isinstance(item, ReleasedVersion):
            later = replaced.get(item.ref, frozenset())
            holders = sorted(set(item.to) - {hq.party})
            fates = tuple[tuple[PartyId, Fate], ...]((to, "replaced" if to in later else "stands") for to in holders)
            found.append(_Out(item.ref, item.element, item, None, fates, item.at, forgotten=item.ref not in replaced))
    gone: dict[EntryRef, Recalled] = {}
    for recall in sheet.recalls:
        gone.update((ref, recall) for ref in recall.entries if ref in sheet.taken_back)
    given = _given_to(hq, accord, gone)
    for ref, recall in gone.items():
        fates = tuple((party, _answered(accord, recall, party)) for party in given[ref])
        found.append(_Out(ref, recall.element, None, recall, fates, recall.at))
    rank = {part.epoch: index for index, part in enumerate(sheet.epochs)}
    found.sort(key=lambda out: (rank.get(out.ref.epoch, -1), out.ref.n))
    return found


def _replaced(sheet: Sheet) -> dict[EntryRef, frozenset[PartyId]]:
    """For each release that counts, those who were given a later version of the element."""
    found: dict[EntryRef, frozenset[PartyId]] = {}
    for history in sheet.released.values():
        later: frozenset[PartyId] = frozenset()
        for version in reversed(history):
            found[version.ref] = later
            later |= {*version.to}
    return found


def _given_to(
    hq: Headquarters, accord: Accord, gone: Mapping[EntryRef, Recalled]
) -> dict[EntryRef, tuple[PartyId, ...]]:
    """To whom each entry that was recalled had gone. Only where a recall asks several must the store be asked who was given which version."""
    found = {ref: state.asked_by(accord, recall) for ref, recall in gone.items()}
    unclear: dict[EpochId, list[int]] = {}
    for ref, asked in found.items():
        if len(asked) > 1:
            unclear.setdefault(ref.epoch, []).append(ref.n)
    for epoch, positions in unclear.items():
        known = hq.records.audiences(FeedId(accord.id, hq.party, epoch), positions)
        for n, audience in known.items():
            ref = EntryRef(hq.party, epoch, n)
            found[ref] = tuple(party for party in found[ref] if party in audience) or found[ref]
    return found


def _answered(accord: Accord, recall: Recalled, party: PartyId) -> Fate:
    said = accord.sheet(party).confirmations.get(recall.ref)
    if said is None:
        return "not confirmed"
    return "confirmed removed" if said.outcome == "removed" else "refused"


def _told(hq: Headquarters, chosen: Sequence[tuple[AccordView, _Out]]) -> tuple[Sent, ...]:
    """These versions with all that is known of each: the number of look-ups does not grow with them, only with their accords."""
    requests = hq.desk.of_entries({out.ref: out.element for _, out in chosen})
    records = {accord: _Record(hq, view) for accord, view in {view.row.id: view for view, _ in chosen}.items()}
    return tuple(_sent(view, out, requests.get(out.ref), records[view.row.id]) for view, out in chosen)


class _Record:
    """Our own record in one accord, with what it had seen at each entry and who has cosigned how far."""

    def __init__(self, hq: Headquarters, view: AccordView) -> None:
        self._me, self._accord = hq.party, view.accord
        self._steps = load(hq, view.row.id).steps
        self._epochs = [row.feed.epoch for row in view.feeds if row.feed.party == hq.party]
        self._covers: dict[EpochId, dict[PartyId, _Cover]] = {}
        self._held: dict[PartyId, dict[EpochId, int]] = {party: {} for party in view.partners}
        for party in view.partners:
            holding = hq.records.holding(party, view.row.id)
            for epoch in self._epochs:
                said = holding.get(FeedId(view.row.id, hq.party, epoch).origin)
                self._held[party][epoch] = said.size if said else 0
        for epoch in self._epochs:
            by_party: dict[PartyId, list[ReceiptRow]] = {}
            for receipt in hq.records.receipts(FeedId(view.row.id, hq.party, epoch)):
                by_party.setdefault(receipt.party, []).append(receipt)
            self._covers[epoch] = {party: _Cover(rows) for party, rows in by_party.items()}

    def covered_at(self, ref: EntryRef, party: PartyId, *, below: int | None = None) -> int:
        """When `party` first cosigned a head that covers the entry (and none of size above `below`), by its clock; 0 where it has not."""
        cover = self._covers.get(ref.epoch, {}).get(party)
        return cover.first_at(ref.n, below) if cover else 0

    def held(self, ref: EntryRef, party: PartyId) -> bool:
        """Whether `party` last said that it holds our record beyond this entry, as given by us."""
        return self._held.get(party, {}).get(ref.epoch, 0) > ref.n

    def earlier_than(self, ref: EntryRef) -> int:
        """The earliest cosignature by another that covers the entry; 0 where none does."""
        others = (party for party in self._covers.get(ref.epoch, {}) if party != self._me)
        return min((at for party in others if (at := self.covered_at(ref, party))), default=0)

    def later_than(self, ref: EntryRef) -> tuple[Seen, ...]:
        """The newest entry of each other party that our record had acknowledged with this entry or before it."""
        sizes: dict[str, int] = {}
        for epoch in self._epochs:
            steps = self._steps.get(epoch, ())
            upto = bisect.bisect_right(steps, ref.n, key=_place) if epoch == ref.epoch else len(steps)
            sizes.update((step.origin, step.size) for step in steps[:upto])
            if epoch == ref.epoch:
                break
        newest: dict[PartyId, Seen] = {}
        for origin, size in sizes.items():
            feed = FeedId.parse(origin)
            item = self._accord.sheet(feed.party).journal.get(EntryRef(feed.party, feed.epoch, size - 1))
            at = 0 if item is None or isinstance(item, Notice) else item.at
            if feed.party not in newest or at > newest[feed.party].at:
                newest[feed.party] = Seen(feed.party, size - 1, at)
        return tuple(newest[party] for party in sorted(newest))


class _Cover:
    """One party's cosignatures on the heads of one feed, by size."""

    def __init__(self, rows: Sequence[ReceiptRow]) -> None:
        self._rows = sorted(rows, key=lambda row: row.size)
        self._sizes = [row.size for row in self._rows]
        self._first: list[int] = []
        for row in reversed(self._rows):
            self._first.append(min(row.at, self._first[-1]) if self._first else row.at)
        self._first.reverse()

    def first_at(self, n: int, below: int | None) -> int:
        """The earliest time on a head larger than `n`, and of at most `below` entries; 0 where there is none."""
        at = bisect.bisect_right(self._sizes, n)
        if below is None:
            return self._first[at] if at < len(self._first) else 0
        return min((row.at for row in self._rows[at : bisect.bisect_right(self._sizes, below)]), default=0)


def _place(step: Step) -> int:
    return step.n


def _sent(view: AccordView, out: _Out, request: RequestRow | None, record: _Record) -> Sent:
    release = out.release
    raw, realm = (release.raw, release.realm) if release else _of_request(request)
    kind = release.kind if release else request.kind if request else ""
    title = state.title_of(release) if release else request.title if request else ""
    version = release.version if release else request.version if request else _only(out.recall)
    tellings = state.tellings(view.accord).get(ExactRef(out.ref.party, out.element, version), ()) if version else ()
    by = {telling.party: telling for telling in tellings}
    return Sent(
        view.row.id, view.title, out.element, kind, title, version, raw, realm, out.ref,
        release.at if release else request.decided_at if request else 0,
        record.later_than(out.ref), record.earlier_than(out.ref),
        tuple(_holder(view.accord, out, party, fate, record, by.get(party)) for party, fate in out.fates),
        request, out.recall, out.forgotten,
    )  # fmt: skip


def _holder(
    accord: Accord, out: _Out, party: PartyId, fate: Fate, record: _Record, telling: state.Telling | None
) -> Holder:
    recall = out.recall
    # A text is not sent any more once it was recalled: what was cosigned only later may have come without it.
    before = recall.ref.n if recall and recall.ref.epoch == out.ref.epoch else None
    covered = record.covered_at(out.ref, party, below=before)
    received = covered if record.held(out.ref, party) else 0
    said = accord.sheet(party).confirmations.get(recall.ref) if recall else None
    return Holder(
        party, fate, received, bool(covered) and not received,
        telling.at if telling else 0,
        telling.content.readers if telling else None,
        telling.content.statement if telling else "",
        record.covered_at(recall.ref, party) if recall else 0,
        said.at if said else 0, said.removed if said else (), said.statement if said else "",
    )  # fmt: skip


def _of_request(request: RequestRow | None) -> tuple[bytes, str]:
    """The element's exact bytes and the realm, from the body that was signed."""
    if request is None:
        return b"", ""
    body = decode_body(request.body)
    return (body.element.encode(), body.realm) if isinstance(body, Release) else (b"", request.realm)


def _only(recall: Recalled | None) -> VersionHash | Literal[""]:
    """The version that was recalled, where the recall names one only."""
    return recall.versions[0] if recall and len(recall.versions) == 1 else ""
