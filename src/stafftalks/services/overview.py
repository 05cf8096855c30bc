"""What needs me, and what changed: questions that every signed-in person has first. Derived each time, stored nowhere."""

import bisect
import heapq
import sys
from collections.abc import Iterator

import msgspec

from stafftalks.accord import state
from stafftalks.accord.parts import Notice, ReleasedVersion, Said
from stafftalks.planning.element import decode
from stafftalks.planning.kinds import LABELS
from stafftalks.planning.summary import headline
from stafftalks.services import accords, releases
from stafftalks.services.accords import AccordView
from stafftalks.services.ports import Headquarters
from stafftalks.values.ids import FeedId, PartyId
from stafftalks.values.person import Person, Role


class Need(msgspec.Struct, frozen=True):
    """Something that waits for this person. `target` leads there: ("accord", id), ("request", id), ("partner", code), ("exchange",)."""

    rule: str
    sentence: str
    target: tuple[str, ...]
    at: int


class News(msgspec.Struct, frozen=True):
    """Something a party said. `target` as in `Need`, or ("element", accord, party, element)."""

    at: int
    party: PartyId
    sentence: str
    target: tuple[str, ...]


def needs(hq: Headquarters, person: Person) -> tuple[Need, ...]:
    """What waits for `person`, in the order: partners' prompts, decisions, returned requests, trouble with exchange."""
    found: list[Need] = []
    views = accords.views(hq)
    if Role.HEAD in person.roles:
        for view in views:
            found += [
                Need(prompt.rule, f"{view.title}: {prompt.sentence}", ("accord", view.row.id), view.latest_at)
                for prompt in state.what_happens_next(view.accord, hq.party)
            ]
    elif Role.OFFICER in person.roles:  # a head of delegation is prompted already
        found += _recalls(hq, views)
    if Role.OFFICER in person.roles:
        _, waiting = hq.desk.find(state="waiting", limit=200)
        found += [
            Need(
                "decide",
                f"Decide: {row.requested_by} asks to release the {row.kind} “{row.title}”.",
                ("request", row.id),
                row.requested_at,
            )
            for row in waiting
            if row.requested_by != person.username
        ]
    _, returned = hq.desk.find(state="returned", limit=200)
    found += [
        Need(
            "returned", f"{row.decided_by} handed back “{row.title}”: {row.reason}", ("request", row.id), row.decided_at
        )
        for row in returned
        if row.requested_by == person.username
    ]
    return tuple(found) + tuple(_trouble(hq, views))


def news(hq: Headquarters, since: int, limit: int = 50) -> tuple[News, ...]:
    """What came from other parties after `since` (unix seconds, our clock), newest first; `at` is what each claims.

    When it came is told by our own cosignatures, so that a partner's wrong clock neither hides nor repeats news.
    """
    newest = heapq.nlargest(limit, _said(hq, since), key=lambda said: (said[2], said[1].at, said[1].ref))
    names = releases.partner_names(hq)
    return tuple(_news(view, names, item) for view, item, _ in newest)


def _recalls(hq: Headquarters, views: tuple[AccordView, ...]) -> Iterator[Need]:
    for view in views:
        for recall in releases.open_recalls(hq, view.row.id):
            sentence = f"{view.title}: {recall.ref.party} asks you to remove an element it released. Remove it, or refuse and say why."
            yield Need("recall", sentence, ("accord", view.row.id), recall.at)


def _trouble(hq: Headquarters, views: tuple[AccordView, ...]) -> Iterator[Need]:
    for view in views:
        for row in view.feeds:
            if row.frozen:
                yield Need("frozen", f"{view.title}: {row.frozen}", ("record", view.row.id), 0)
    for partner in hq.partners.partners():
        if partner.sending.failures:
            sentence = f"{partner.name} could not be reached, times in a row: {partner.sending.failures}. {partner.sending.last_error}"
            yield Need("unreached", sentence, ("exchange",), partner.sending.last_try_at)


def _said(hq: Headquarters, since: int) -> Iterator[tuple[AccordView, Said | ReleasedVersion, int]]:
    """Others' entries that came after `since`, each with when it came."""
    for view in accords.views(hq):
        came = {row.feed.epoch: _arrivals(hq, row.feed) for row in view.feeds if row.feed.party != hq.party}
        for party, sheet in view.accord.sheets.items():
            for item in sheet.journal.values() if party != hq.party else ():
                if isinstance(item, Notice):
                    continue
                at = _arrived(came.get(item.ref.epoch, ()), item.ref.n)
                if at > since:
                    yield view, item, at


def _arrivals(hq: Headquarters, feed: FeedId) -> tuple[tuple[int, int], ...]:
    """(size, unix seconds) of each of our own cosignatures on heads of this feed, by size."""
    return tuple((receipt.size, receipt.at) for receipt in hq.records.receipts(feed) if receipt.party == hq.party)


def _arrived(came: tuple[tuple[int, int], ...], n: int) -> int:
    """When entry `n` was first cosigned here; 0 where it never was, as an entry of before a restore may be."""
    at = bisect.bisect_right(came, (n, sys.maxsize))
    return came[at][1] if at < len(came) else 0


def _news(view: AccordView, names: dict[PartyId, str], item: Said | ReleasedVersion) -> News:
    party = item.ref.party
    name = names.get(party, party)
    if isinstance(item, ReleasedVersion):
        act = "revised" if item.replaces else "released"
        kind = LABELS.get(item.kind, (item.kind, item.kind))[0].lower()
        title = headline(decode(item.raw).content)
        target = ("element", view.row.id, party, item.element)
        return News(item.at, party, f"{name} {act} the {kind} “{title}” to you, in {item.realm}. {view.title}", target)
    return News(item.at, party, f"{name} {describe(item)} {view.title}", ("accord", view.row.id))


_ACTS = {
    "accept": "accepted, naming its realms.",
    "decline": "declined.",
    "suspend": "suspended: every realm is closed until it resumes.",
    "resume": "resumed.",
    "withdraw": "withdrew.",
}
_SAID = {
    "opening": "opened its record.",
    "proposal": "proposed joint planning.",
    "amendment": "put its own wording on the table.",
    "question": "asked a question.",
    "answer": "answered a question.",
    "recall": "recalled an element.",
    "confirmation": "answered a recall.",
}


def describe(item: Said) -> str:
    """What an entry did, as the end of a sentence that begins with its party's name."""
    body = item.body
    kind = str(msgspec.to_builtins(body)["type"])
    return _ACTS[str(getattr(body, "act", ""))] if kind == "standing" else _SAID[kind]
