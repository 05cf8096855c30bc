"""Everything that is a headquarters' own, as one value to compare before and after something came in."""

import copy

import msgspec

from stafftalks.accord.bodies import (
    Amendment,
    Answer,
    Body,
    CheckConsent,
    CheckEnd,
    Clause,
    Confirmation,
    EntryRef,
    Proposal,
    Question,
    Recall,
    Standing,
)
from stafftalks.record import note as notes
from stafftalks.release import desk
from stafftalks.services import accords, elements
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import FeedRow
from stafftalks.values.errors import RefusedError
from stafftalks.values.ids import AccordId, EpochId, PartyId
from tests.fakes import HEAD, OFFICER, PLANNER
from tests.services.scenes import twin

PEOPLE = (HEAD, OFFICER, PLANNER)
NOWHERE = EntryRef(PartyId("XQQ"), EpochId("a" * 26), 5)


def own_things(hq: Headquarters) -> dict[str, object]:
    """Own elements with their versions, desk, journal, and for each accord own record, own sheet and the acts open to us."""
    total, rows = hq.holdings.find(limit=10_000)
    away, archived = hq.holdings.find(archived=True, limit=10_000)
    found: dict[str, object] = {
        "elements": (total, rows, away, archived),
        "versions": {row.id: elements.versions(hq, row.id) for row in (*rows, *archived)},
        "desk": hq.desk.find(limit=10_000),
        "journal": hq.journal.find(limit=10_000),
        "partners": tuple((row.party, row.cards) for row in hq.partners.partners()),
        "card": hq.keyring.card_document(),
    }
    for row in hq.records.accords():
        feeds = [feed for feed in hq.records.feeds(row.id) if feed.feed.party == hq.party]
        found[f"record {row.id}"] = [
            (own_row(feed), list(hq.records.entries(feed.feed, 0, feed.size))) for feed in feeds
        ]
        found[f"sheet {row.id}"] = accords.view(hq, row.id).accord.sheets[hq.party]
        found[f"acts {row.id}"] = admitted(hq, row.id)
    return found


def own_row(row: FeedRow) -> FeedRow:
    """The row of a record of ours without what others may add to it: their cosignatures on our signed head."""
    opened = notes.parse(row.note)
    ours = tuple(signature for signature in opened.signatures if signature.name == row.feed.origin)
    return msgspec.structs.replace(row, note=notes.Note(opened.body, ours).raw)


def admitted(hq: Headquarters, accord: AccordId) -> dict[str, tuple[str, ...]]:
    """For each act that names nothing of another party, who may do it now: the rules that say no, none where it may be done."""
    state = accords.view(hq, accord).accord
    sheet = state.sheets[hq.party]
    acts: list[Body] = [
        Proposal("Another", "", ("scenarios",), ()),
        Amendment((Clause("own", "Own", "Our own wording."),)),
        Amendment(realms=("scenarios",)),
        Question("What do you mean?"),
        Answer(NOWHERE, "Nothing."),
        Confirmation(NOWHERE, "removed"),
        CheckConsent(NOWHERE, "", "decline"),
        CheckEnd(NOWHERE, "stopped"),
        *(Standing(act) for act in ("decline", "suspend", "resume", "withdraw")),
        Standing("accept", ("intelligence", "operations")),
        Standing("accept"),
    ]
    for element, versions in sheet.released.items():
        acts.append(Recall(element, tuple(one.ref for one in versions), tuple({one.version for one in versions})))
    found = {}
    for person in PEOPLE:
        for number, body in enumerate(acts):
            try:
                desk.admit_act(state, hq.party, person, body)
            except RefusedError as error:
                found[f"{person.username} {number}"] = tuple(refusal.rule for refusal in error.refusals)
            else:
                found[f"{person.username} {number}"] = ()
    return found


def again(*hqs: Headquarters) -> tuple[Headquarters, ...]:
    """Copies of headquarters of one scene as they stand, on one clock of their own: what one does no longer touches the other."""
    clock = copy.copy(hqs[0].clock)
    found = []
    for hq in hqs:
        keyring, entropy = copy.copy(hq.keyring), copy.copy(hq.entropy)
        keyring._feeds, keyring._marks = dict(keyring._feeds), dict(keyring._marks)
        entropy._drawn = dict(entropy._drawn)
        found.append(
            msgspec.structs.replace(twin(hq), clock=clock, keyring=keyring, entropy=entropy, memory=dict(hq.memory))
        )
    return tuple(found)
