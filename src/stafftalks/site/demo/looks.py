"""What an actor can be asked to show or to carry: the accord as it holds it, what its store really keeps, bundles in files, verification."""

from pathlib import Path
from typing import Final

from stafftalks.accord import state
from stafftalks.planning.refs import ElementRef
from stafftalks.services import accords, exchange, records
from stafftalks.services.ports import Carrier, Headquarters
from stafftalks.site.demo.lines import Args, Carried, Held, Logged, Recalling, Seen, SlipSeen, Talk, Verified, Wording
from stafftalks.site.demo.verbs import Verb, accord_of, element_of, parties_of, ref_of
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import FeedId, parse_party
from stafftalks.values.person import Person


def _view(hq: Headquarters, _: Person, args: Args) -> Seen:
    wanted = accord_of(args)
    if hq.records.accord(wanted) is None:
        raise MisuseError("This accord is not held here yet.")
    view = accords.view(hq, wanted)
    held = view.accord
    sizes = dict.fromkeys(held.parties, 0)
    for row in view.feeds:
        sizes[row.feed.party] += row.size
    return Seen(
        id=wanted,
        title=view.title,
        standing={party: held.sheet(party).standing.state for party in held.parties},
        open=tuple(sorted(state.open_realms(held))),
        sizes=sizes,
        clauses=tuple(
            Wording(clause.id, tuple(variant.hash for variant in clause.variants), clause.agreed)
            for clause in state.clause_states(held)
        ),
        talks=tuple(
            Talk(
                thread.ref,
                thread.question.text,
                thread.clause.id if thread.clause else "",
                tuple(answer.text for answer in thread.answers),
            )
            for thread in state.threads(held)
            if thread.question
        ),
        recalls=tuple(_recalling(found) for found in state.recalls(held)),
        agreed=tuple(found.version for found in state.agreed(held) if found.current),
    )


def _recalling(found: state.RecallState) -> Recalling:
    answers = {holder.party: str(holder.outcome) for holder in found.holders}
    return Recalling(found.recall.ref, found.recall.element, found.recall.entries, answers)


def _read(hq: Headquarters, _: Person, args: Args) -> Held:
    held = accords.view(hq, accord_of(args)).accord
    about = ElementRef(parse_party(args.text("party")), element_of(args))
    found = state.release_of(held, about)
    if found is None:
        raise MisuseError(f"{about.party} has released nothing of this element that is held here.")
    stances = {remark.party: str(getattr(remark.content, "stance", "")) for remark in state.positions(held, about)}
    return Held(found.raw.decode(), found.version, found.ref, stances)


def _slip(hq: Headquarters, _: Person, args: Args) -> SlipSeen:
    ref = ref_of(args, "entry")
    found = list(hq.records.entries(FeedId(accord_of(args), ref.party, ref.epoch), ref.n, ref.n + 1))
    if not found:
        raise MisuseError(f"Entry {ref.n} of {ref.party}'s record is not held here.")
    return SlipSeen(found[0].slip is not None, found[0].cleared)


def _export(hq: Headquarters, _: Person, args: Args) -> int:
    (partner,) = parties_of(args, "to")
    sealed = exchange.export(hq, partner, accord_of(args))
    Path(args.text("file")).write_bytes(sealed)
    return len(sealed)


def _import(hq: Headquarters, _: Person, args: Args) -> Carried:
    taken = exchange.take(hq, Path(args.text("file")).read_bytes(), "file")
    return Carried(taken.entries, taken.sentence)


def _verify(hq: Headquarters, _: Person, args: Args) -> tuple[Verified, ...]:
    return tuple(
        Verified(
            report.feed.party,
            report.size,
            max((row.size for row in report.cosigned_by if row.party != report.feed.party), default=0),
            report.sound,
            report.sentence,
        )
        for report in records.verify(hq, accord_of(args))
    )


def _log(hq: Headquarters, _: Person, args: Args) -> tuple[Logged, ...]:
    rows = hq.log.find(outcome=args.text("outcome", ""), limit=20)[1]
    return tuple(Logged(row.direction, row.channel, row.outcome, row.sentence) for row in rows)


LOOKS: Final[dict[str, Verb]] = {
    "view": _view,
    "read": _read,
    "slip": _slip,
    "export": _export,
    "import": _import,
    "verify": _verify,
    "log": _log,
}
"""What can be looked at or carried, by name."""


def converse(hq: Headquarters, carrier: Carrier, args: Args) -> tuple[str, ...]:
    """One conversation with the partner now, whatever back-off runs; the errors of its rounds, none where all went well."""
    (partner,) = parties_of(args, "to")
    return tuple(turn.error for turn in exchange.run(hq, carrier, partner, force=True) if turn.error)
