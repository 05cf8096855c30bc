"""Taking back: asking the holders of our elements to remove them, and answering or honouring what others take back.

What a partner's headquarters does with our recall is known only by what its record confirms; nothing here says more. One decision may recall
or answer many: each element then has an entry of its own, all under one signed head, in one transaction.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import msgspec

from stafftalks.accord import state
from stafftalks.accord.bodies import Confirmation, EntryRef, Recall, Standing
from stafftalks.accord.parts import CheckAct, Recalled, ReleasedVersion, Said, Sheet
from stafftalks.accord.state import Accord
from stafftalks.release import desk
from stafftalks.services import accords, appending, reading
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import JournalRow
from stafftalks.values.errors import MisuseError, Refusal, RefusedError
from stafftalks.values.ids import AccordId, ElementId, EpochId, FeedId, PartyId
from stafftalks.values.person import Person, Role

REMOVED_HERE = ("payload", "search index", "projections")
STANDING_ORDER = Person("standing-order", "Standing order of the administrator", frozenset({Role.OFFICER}))
MAX_REPEATED: Final = 2_000
"""Characters in a reason or statement that stands in many entries at once."""


class Leaving(msgspec.Struct, frozen=True):
    """What a suspension or withdrawal came to: its own entry, those of the recalls made with it, and why none were made where they were refused."""

    entry: EntryRef
    recalled: tuple[EntryRef, ...] = ()
    refusals: tuple[Refusal, ...] = ()


def recall(hq: Headquarters, person: Person, accord: AccordId, element: ElementId, reason: str = "") -> EntryRef:
    """Asks the holders of our element to remove every version we released in this accord. What they confirm, `state.recalls` shows."""
    (ref,) = recall_many(hq, person, {accord: (element,)}, reason)
    return ref


def recall_many(
    hq: Headquarters, person: Person, chosen: Mapping[AccordId, Sequence[ElementId]], reason: str = ""
) -> tuple[EntryRef, ...]:
    """The entries that recall each of these elements of ours, in each accord named, all or none. One decision, one transaction."""
    _repeatable("reason", reason, sum(len(elements) for elements in chosen.values()))
    found: list[EntryRef] = []
    with hq.transactions.atomic():
        for accord, elements in sorted(chosen.items()):
            bodies = _bodies(reading.load(hq, accord).state.sheet(hq.party), elements, reason)
            found += accords.act_all(hq, person, accord, bodies, f"{hq.party} recalls {_count(len(bodies))}.")
    hq.wake()
    return tuple(found)


def recall_everything(hq: Headquarters, person: Person, accord: AccordId, reason: str = "") -> tuple[EntryRef, ...]:
    """The entries that recall everything of ours that stands released in this accord; raises RefusedError where nothing does."""
    elements = standing(reading.load(hq, accord).state, hq.party)
    if not elements:
        sentence = "Nothing of ours stands released in this accord, so there is nothing to recall."
        raise RefusedError(Refusal("not-released", sentence))
    return recall_many(hq, person, {accord: elements}, reason)


def leave(
    hq: Headquarters,
    person: Person,
    accord: AccordId,
    act: Literal["suspend", "withdraw"],
    statement: str = "",
    keeps: str = "",
    *,
    recalling: bool = False,
    reason: str = "",
) -> Leaving:
    """Suspends or withdraws, saying what we keep, and where `recalling` recalls everything that stands released: one transaction.

    The leaving never depends on the recalls: where these are refused they are left out, and it is said why.
    """
    with hq.transactions.atomic():
        loaded = accords.lock_and_load(hq, accord)
        left = desk.admit_act(loaded.state, hq.party, person, Standing(act, statement=statement, keeps=keeps))
        taken: tuple[desk.Released, ...] = ()
        refusals: tuple[Refusal, ...] = ()
        elements = standing(loaded.state, hq.party) if recalling else ()
        try:
            _repeatable("reason", reason, len(elements))
            bodies = _bodies(loaded.state.sheet(hq.party), elements, reason)
            taken = desk.admit_acts(loaded.state, hq.party, person, bodies)
        except RefusedError as error:
            refusals = error.refusals
        entry, *recalled = appending.append_all(hq, loaded, (left, *taken))
        now = hq.clock.now()
        hq.journal.add(JournalRow(now, person.username, left.type, accord, left.summary))
        if recalled:
            sentence = f"{hq.party} recalls {_count(len(recalled))} with it: all that stood released."
            hq.journal.add(JournalRow(now, person.username, "recall", accord, sentence))
    hq.wake()
    return Leaving(entry, tuple(recalled), refusals)


def standing(accord: Accord, me: PartyId) -> tuple[ElementId, ...]:
    """Every element of ours that somebody in this accord was given and that was not recalled, in the order of the record.

    Also what a restore has made our record forget: those who were given it still have it.
    """
    journal = accord.sheet(me).journal.values()
    return tuple(dict.fromkeys(item.element for item in journal if isinstance(item, ReleasedVersion)))


def standing_of(accord: Accord, me: PartyId, element: ElementId) -> tuple[ReleasedVersion, ...]:
    """Every release of this element of ours that a recall would take back, in the order of the record."""
    journal = accord.sheet(me).journal.values()
    return tuple(item for item in journal if isinstance(item, ReleasedVersion) and item.element == element)


def confirm(hq: Headquarters, person: Person, accord: AccordId, recall_ref: EntryRef, statement: str = "") -> EntryRef:
    """Removes here what the partner recalled, then says so in our record."""
    (ref,) = answer_many(hq, person, accord, (recall_ref,), "removed", statement)
    return ref


def refuse_recall(hq: Headquarters, person: Person, accord: AccordId, recall_ref: EntryRef, statement: str) -> EntryRef:
    """Says in our record that we do not remove what the partner recalled, and why."""
    (ref,) = answer_many(hq, person, accord, (recall_ref,), "refused", statement)
    return ref


def answer_many(
    hq: Headquarters,
    person: Person,
    accord: AccordId,
    recalls: Sequence[EntryRef],
    outcome: Literal["removed", "refused"],
    statement: str = "",
) -> tuple[EntryRef, ...]:
    """The entries that answer these recalls alike, all or none; what is `removed` is gone here when they stand in our record.

    `statement` says what we keep regardless, or why we refuse; it stands in each answer, so that each can be read by itself.
    """
    wanted = tuple(dict.fromkeys(recalls))
    _repeatable("statement", statement, len(wanted))
    done = REMOVED_HERE if outcome == "removed" else ()
    with hq.transactions.atomic():
        loaded = reading.load(hq, accord)
        found = [_recall(loaded.state, ref) for ref in wanted]
        bodies = [Confirmation(ref, outcome, done, statement) for ref in wanted]
        word = "confirms the removal of" if outcome == "removed" else "refuses to remove"
        refs = accords.act_all(hq, person, accord, bodies, f"{hq.party} {word} {_count(len(bodies))}.")
        if outcome == "removed":
            _remove(hq, loaded.state, found)
    hq.wake()
    return refs


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
        waiting = [pending.ref for pending in open_recalls(hq, row.id)]
        if waiting:
            answer_many(hq, STANDING_ORDER, row.id, waiting, "removed", standing_statement(hq))
            done += len(waiting)
        hq.memory[f"honoured {row.id}"] = held
    return done


def standing_statement(hq: Headquarters) -> str:
    """What the standing order says with each removal: that it is one, and what the administrator says is kept regardless."""
    return f"Removed at once, under this headquarters' standing order. {hq.policy.recalled_keeps}".strip()


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


def _bodies(sheet: Sheet, elements: Sequence[ElementId], reason: str) -> list[Recall]:
    """A recall of each element that names all its releases that stand; raises RefusedError where one has none."""
    standing: dict[ElementId, list[ReleasedVersion]] = {element: [] for element in elements}
    for item in sheet.journal.values():
        if isinstance(item, ReleasedVersion) and item.element in standing:
            standing[item.element].append(item)
    if not all(standing.values()):
        sentence = "Nothing of this element stands released in this accord, so there is nothing to recall."
        raise RefusedError(Refusal("not-released", sentence))
    return [
        Recall(
            element,
            tuple(sorted(version.ref for version in versions)),
            tuple(sorted({version.version for version in versions})),
            reason,
        )
        for element, versions in standing.items()
    ]


def _repeatable(what: str, text: str, count: int) -> None:
    if count > 1 and len(text) > MAX_REPEATED:
        sentence = f"The {what} would stand in {count} entries: at most {MAX_REPEATED:,} characters then. Shorten it."
        raise RefusedError(Refusal("text-long", sentence))


def _recall(accord: Accord, ref: EntryRef) -> Recalled:
    found = accord.sheet(ref.party).recall_at.get(ref)
    if found is None:
        raise MisuseError(f"There is no recall at entry {ref.n} of {ref.party}'s record in this accord.")
    return found


def _remove(hq: Headquarters, accord: Accord, wanted: Sequence[Recalled]) -> None:
    """Clears the slips of the recalled entries; the leaves stay, so the chain does not break.

    Releases are taken back by a recall, and nothing else that its party said: an acceptance or the points of a check stay, whatever it names.
    """
    gone: dict[tuple[PartyId, EpochId], dict[int, None]] = {}
    for recall in wanted:
        for ref in recall.entries:
            said = accord.sheet(recall.ref.party).journal.get(ref)
            if ref.party == recall.ref.party and not isinstance(said, Said | CheckAct):
                gone.setdefault((ref.party, ref.epoch), {})[ref.n] = None
    for (party, epoch), positions in gone.items():
        feed = FeedId(accord.id, party, epoch)
        if hq.records.feed(feed) is not None:
            hq.records.clear_slips(feed, list(positions))


def _count(number: int) -> str:
    return f"{number:,} {'element' if number == 1 else 'elements'}"
