"""Taking back: asking the holders of our element to remove it, and answering or honouring what others take back.

What a partner's headquarters does with our recall is known only by what its record confirms; nothing here says more.
"""

from stafftalks.accord import state
from stafftalks.accord.bodies import Confirmation, EntryRef, Recall
from stafftalks.accord.parts import Recalled
from stafftalks.services import accords, reading
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import MisuseError, Refusal, RefusedError
from stafftalks.values.ids import AccordId, ElementId, FeedId
from stafftalks.values.person import Person, Role

REMOVED_HERE = ("payload", "search index", "projections")
STANDING_ORDER = Person("standing-order", "Standing order of the administrator", frozenset({Role.OFFICER}))


def recall(hq: Headquarters, person: Person, accord: AccordId, element: ElementId, reason: str = "") -> EntryRef:
    """Asks the holders of our element to remove every version we released in this accord. What they confirm, `recalls` shows."""
    loaded = reading.load(hq, accord)
    versions = loaded.state.sheets[hq.party].released.get(element, ())
    if not versions:
        raise RefusedError(
            Refusal(
                "not-released", "Nothing of this element stands released in this accord, so there is nothing to recall."
            )
        )
    body = Recall(
        element,
        tuple(sorted(version.ref for version in versions)),
        tuple(sorted({version.version for version in versions})),
        reason,
    )
    return accords.act(hq, person, accord, body)


def confirm(hq: Headquarters, person: Person, accord: AccordId, recall_ref: EntryRef, statement: str = "") -> EntryRef:
    """Removes here what the partner recalled, then says so in our record."""
    with hq.transactions.atomic():
        wanted = _recall(hq, accord, recall_ref)
        body = Confirmation(recall_ref, "removed", REMOVED_HERE, statement)
        ref = accords.act(hq, person, accord, body)
        _remove(hq, accord, wanted)
    hq.wake()
    return ref


def refuse_recall(hq: Headquarters, person: Person, accord: AccordId, recall_ref: EntryRef, statement: str) -> EntryRef:
    """Says in our record that we do not remove what the partner recalled, and why."""
    _recall(hq, accord, recall_ref)
    return accords.act(hq, person, accord, Confirmation(recall_ref, "refused", (), statement))


def honour_recalls(hq: Headquarters) -> int:
    """How many recalls were honoured under the administrator's standing order; none where the order is to ask.

    Run by the worker, as an act of this headquarters: taking in a bundle never appends to our record.
    """
    if hq.policy.honour_recalls != "at once":
        return 0
    done = 0
    for row in hq.records.accords():
        held = (hq.records.changes(), tuple((feed.feed, feed.effective) for feed in hq.records.feeds(row.id)))
        if hq.memory.get(f"honoured {row.id}") == held:
            continue  # nothing was said since every recall in it was answered
        for pending in open_recalls(hq, row.id):
            statement = "Removed at once, under this headquarters' standing order."
            confirm(hq, STANDING_ORDER, row.id, pending.ref, statement)
            done += 1
        hq.memory[f"honoured {row.id}"] = held
    return done


def open_recalls(hq: Headquarters, accord: AccordId) -> tuple[Recalled, ...]:
    """Recalls by others that ask us, and to which our record has no answer yet."""
    loaded = reading.load(hq, accord)
    if loaded.state.sheets[hq.party].standing.state == "withdrawn" and not loaded.own(hq.party):
        return ()
    answered = loaded.state.sheets[hq.party].confirmations
    return tuple(
        item.recall
        for item in state.recalls(loaded.state)
        if item.recall.ref.party != hq.party
        and (not item.recall.to or hq.party in item.recall.to)
        and item.recall.ref not in answered
    )


def _recall(hq: Headquarters, accord: AccordId, ref: EntryRef) -> Recalled:
    for item in state.recalls(reading.load(hq, accord).state):
        if item.recall.ref == ref:
            return item.recall
    raise MisuseError(f"There is no recall at entry {ref.n} of {ref.party}'s record in this accord.")


def _remove(hq: Headquarters, accord: AccordId, wanted: Recalled) -> None:
    """Clears the slips of the recalled entries; the leaves stay, so the chain does not break."""
    for epoch in {ref.epoch for ref in wanted.entries}:
        feed = FeedId(accord, wanted.ref.party, epoch)
        if hq.records.feed(feed) is not None:
            hq.records.clear_slips(
                feed, [ref.n for ref in wanted.entries if ref.epoch == epoch and ref.party == wanted.ref.party]
            )
