"""Dropping the points of private checks that are over: they fill the store, and nobody can need them any more.

They go once the check is over for both (each has said that it has what it was to get, or `GRACE_S` have passed since it expired), nothing is left to be done
in it here, and no auditor can ask for them: none was agreed, a person says that nothing is to be audited any more, or `points_kept_days` have passed since its end.

Leaves, and so the chain and all proofs of place, stay; so does what a sheet holds of points (`check_kept`), so that the check stands as it stood. Nobody is told: what leaves for
a partner that lacks those entries leaves without their texts, as that of any text which is held no more. The last is dropped first: what is left is at every moment a
check as it once stood, in which nobody speaks out of turn.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from stafftalks.accord.bodies import EntryRef
from stafftalks.accord.parts import CheckAct, PointsPart
from stafftalks.accord.state import CheckState
from stafftalks.services import accords, check_kept, check_work, checks
from stafftalks.services.accords import AccordView
from stafftalks.services.checks import CheckView
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import JournalRow
from stafftalks.values.errors import MisuseError, Refusal, RefusedError
from stafftalks.values.ids import AccordId, FeedId
from stafftalks.values.person import Person, Role

BATCH: Final = 8
"""Slips that are dropped in one transaction: each may hold two megabytes, and is overwritten in the file."""
_DAY_S: Final = 86_400


def drop_some(hq: Headquarters) -> int:
    """Drops the points of at most BATCH entries that nobody can need any more; returns how many were dropped, 0 where none are left."""
    over = [found for found in checks.history(hq) if droppable(hq, found)]
    if not over:
        return 0
    views = {view.row.id: view for view in accords.views(hq)}
    gone = {row.feed: hq.records.dropped(row.feed) for found in over for row in views[found.accord].feeds}
    about = {accord: _about(views[accord]) for accord in {found.accord for found in over}}
    for found in over:
        acts = [
            act
            for act in _backwards(found.state, about[found.accord].get(found.state.ref, ()))
            if act.ref.n not in gone.get(_feed(found.accord, act.ref), frozenset())
        ]
        if acts:
            return _drop(hq, found.accord, acts[:BATCH])
    return 0


def droppable(hq: Headquarters, found: CheckView) -> bool:
    """Whether nobody can need the points of this check any more."""
    state, now = found.state, hq.clock.now()
    if state.state in ("proposed", "running") or check_work.has_work(hq, found):
        return False
    ended = state.state == "done" and all(state.ended(party) for party in (state.proposer, state.partner))
    if not ended and now <= state.terms.expires + check_work.GRACE_S:
        return False
    return not _may_be_audited(found) or now > _end(state) + hq.policy.points_kept_days * _DAY_S


def audited(hq: Headquarters, by: Person, proposal: EntryRef) -> None:
    """Notes that nothing of this check is to be audited any more: its points are dropped once it is over.

    Raises RefusedError where `by` may not or no auditor was agreed, MisuseError where the check is not over.
    """
    refusal = by.lacking(Role.OFFICER, Role.HEAD)
    if refusal:
        raise RefusedError(refusal)
    found = checks.view(hq, proposal)
    if not found.state.terms.auditor or found.row is None:
        sentence = "No auditor was agreed for this check, so its points are dropped by themselves once it is over."
        raise RefusedError(Refusal("check-no-auditor", sentence))
    if found.state.state in ("proposed", "running") or check_work.has_work(hq, found):
        raise MisuseError("This check is not over yet: its points are still needed.")
    with hq.transactions.atomic():
        row = hq.checks.check(proposal, lock=True)
        if row is None or row.work.audited:
            return
        hq.checks.put_work(proposal, msgspec.structs.replace(row.work, audited=True))
        said = "Nothing of a private check is to be audited any more: its points are dropped once it is over."
        hq.journal.add(JournalRow(hq.clock.now(), by.username, "check audited", found.accord, said))


def dropped(hq: Headquarters, found: CheckView) -> bool:
    """Whether points of this check were dropped here."""
    acts = [act for step in found.state.steps for act in step.seen]
    feeds = {_feed(found.accord, act.ref) for act in acts}
    gone = {feed: hq.records.dropped(feed) for feed in feeds}
    return any(act.ref.n in gone[_feed(found.accord, act.ref)] for act in acts)


def said(hq: Headquarters, found: CheckView) -> str:
    """That the points of this check were dropped, and what stays; empty where they were not."""
    if not dropped(hq, found):
        return ""
    return (
        "The masked points of this check are kept here no more, as it is over. What it told us stays, and that they were sent; an audit could no longer recompute it "
        "from our record."
    )


def _may_be_audited(found: CheckView) -> bool:
    """Whether an auditor was agreed who may still ask for the points."""
    audited = found.row is not None and found.row.work.audited
    return bool(found.state.terms.auditor) and found.state.consent is not None and not audited


def _end(state: CheckState) -> int:
    """When it ended, as far as that is more than a claim: never later than it could last."""
    return min(state.latest_at, state.terms.expires) if state.state == "done" else state.terms.expires


def _about(view: AccordView) -> Mapping[EntryRef, list[CheckAct]]:
    """All points by the check that they name, whether or not they have their place in it."""
    found: dict[EntryRef, list[CheckAct]] = {}
    for party in view.accord.parties:
        for item in view.accord.sheet(party).journal.values():
            if isinstance(item, CheckAct) and isinstance(item.body, PointsPart):
                found.setdefault(item.body.proposal, []).append(item)
    return found


def _backwards(state: CheckState, acts: Sequence[CheckAct]) -> Iterator[CheckAct]:
    """What has no place in the check, then its messages, the last part of the last one first."""
    placed = [act for step in state.steps for act in step.seen]
    places = {act.ref for act in placed}
    yield from (act for act in acts if act.ref not in places)
    yield from reversed(placed)


def _drop(hq: Headquarters, accord: AccordId, acts: Sequence[CheckAct]) -> int:
    kept: dict[FeedId, dict[int, bytes]] = {}
    for act in acts:
        if isinstance(act.body, PointsPart):
            kept.setdefault(_feed(accord, act.ref), {})[act.ref.n] = check_kept.encode(act.digest, act.body)
    with hq.transactions.atomic():
        return sum(hq.records.drop_points(feed, one) for feed, one in sorted(kept.items()))


def _feed(accord: AccordId, ref: EntryRef) -> FeedId:
    return FeedId(accord, ref.party, ref.epoch)
