"""What `stafftalks check propose|consent|decline|stop|drop|run` do. Loaded by them alone: geometry takes a third of a second to load, and few commands need it."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec

from stafftalks.accord.bodies import CheckTerms, EntryRef
from stafftalks.cli import check_lines, check_reading, check_terms, names
from stafftalks.cli.calls import Call
from stafftalks.cli.check_lines import CheckDraft, CheckRun
from stafftalks.cli.check_reading import named
from stafftalks.cli.screen import when
from stafftalks.services import check_budgets, check_costs, check_drops, check_results, check_work, checks
from stafftalks.services.check_work import Progress
from stafftalks.services.checks import CheckView
from stafftalks.services.ports import Headquarters
from stafftalks.values.ids import AccordId, ElementId, PartyId


def propose(call: Call, accord: str, said: check_terms.Said, activity: Sequence[str], *, yes: bool) -> None:
    """Proposes a check; without `yes` says what it would cost and tell."""
    hq = call.hq()
    found = names.accord(hq, accord)
    if said.refines:
        first = named(hq, said.refines)
        expires = hq.clock.now() + said.days * 86_400
        purpose = said.purpose or first.state.terms.purpose
        terms = check_results.refined(hq, first.state.ref, activities=said.number, expires=expires, purpose=purpose)
    else:
        terms = check_terms.terms(hq, said)
    chosen = check_terms.activities(hq, activity)
    page = _draft(hq, found, terms, chosen)
    ref = checks.propose(hq, call.person(), found, terms, chosen) if yes else None
    _tell(call, page, terms.to, ref, ref)


def consent(call: Call, check: str, activity: Sequence[str], statement: str, *, yes: bool) -> None:
    """Consents to a check; without `yes` says what it would cost and tell."""
    hq = call.hq()
    found = named(hq, check)
    chosen = check_terms.activities(hq, activity)
    page = _draft(hq, found.accord, found.state.terms, chosen, found)
    entry = checks.consent(hq, call.person(), found.state.ref, chosen, statement) if yes else None
    _tell(call, page, found.state.proposer, found.state.ref, entry)


def decline(call: Call, check: str, statement: str) -> None:
    """Declines a check."""
    ref = named(call.hq(), check).state.ref
    checks.decline(call.hq(), call.person(), ref, statement)
    _tell_line(call, ref, "Declined.")


def stop(call: Call, check: str, statement: str) -> None:
    """Stops a check, or takes a proposal back."""
    ref = named(call.hq(), check).state.ref
    checks.stop(call.hq(), call.person(), ref, statement)
    _tell_line(call, ref, "Stopped: nothing more is sent in it.")


def drop(call: Call, check: str) -> None:
    """Says that a check is not to be audited any more, and drops the points that nobody can need then."""
    ref = named(call.hq(), check).state.ref
    check_drops.audited(call.hq(), call.person(), ref)
    _drop_all(call.hq())
    gone = check_drops.dropped(call.hq(), checks.view(call.hq(), ref))
    _tell_line(
        call, ref, "Its points are dropped." if gone else "Its points are dropped once it is over for both sides."
    )


def run(call: Call, check: str) -> None:
    """Computes what is next in one check, or in all in which something is to be done here."""
    hq = call.hq()
    chosen = (named(hq, check).state.ref,) if check else check_work.runnable(hq)
    done: list[CheckRun] = []
    with call.site.workers() as workers, _interruptible() as interrupted:
        for ref in chosen:
            with call.screen.progress("Computing", 100) as steps:

                def watch(progress: Progress) -> bool:
                    steps.reached(100 * progress.done // progress.total if progress.total else 0)
                    return not interrupted

                progress = check_work.advance(hq, ref, workers, watch)
            done.append(_run_line(checks.view(hq, ref), progress))
            if interrupted:
                break
    if not check and not interrupted:
        _drop_all(hq)
    if call.screen.as_json:
        call.screen.document(done)
        return
    if not done:
        call.screen.say("No check has anything to be done here now.")
    call.screen.say(*(_in_words(line) for line in done))
    if interrupted:
        call.screen.say("Interrupted: what is computed is kept, and the same command goes on from there.")


def _drop_all(hq: Headquarters) -> None:
    """Drops what nobody can need any more of all checks, some at a time."""
    while check_drops.drop_some(hq):
        pass


@contextmanager
def _interruptible() -> Iterator[list[int]]:
    """A list that Ctrl-C puts something into, so that work ends with the piece it is at."""
    interrupted: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: interrupted.append(number))
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)


def _draft(
    hq: Headquarters,
    accord: AccordId,
    terms: CheckTerms,
    chosen: Sequence[ElementId],
    answering: CheckView | None = None,
) -> CheckDraft:
    """What it costs and tells, before anything is said: afterwards it would count against the budget that it is measured by."""
    partner = answering.state.proposer if answering else terms.to
    cost = check_costs.draft_cost(hq, terms, chosen, answering.state if answering else None)
    line = check_lines.cost_line(cost, check_budgets.budget(hq, partner), hq.clock.now())
    told, limits = check_lines.tells(terms, proposing=answering is None)
    return CheckDraft("", accord, "", check_lines.terms_line(terms), line, told, limits)


def _tell(call: Call, page: CheckDraft, partner: PartyId, check: EntryRef | None, entry: EntryRef | None) -> None:
    page = msgspec.structs.replace(
        page, check=names.spell(check) if check else "", entry=names.spell(entry) if entry else ""
    )
    if call.screen.as_json:
        call.screen.document(page)
    else:
        _draw(call, page, partner)


def _tell_line(call: Call, ref: EntryRef, sentence: str) -> None:
    if call.screen.as_json:
        call.screen.document(check_lines.check_line(checks.view(call.hq(), ref)))
    else:
        call.screen.say(sentence)


def _draw(call: Call, page: CheckDraft, partner: str) -> None:
    screen, cost, terms = call.screen, page.cost, page.terms
    if page.entry:
        screen.say(f"Said at entry {page.entry} of our record. The check is {page.check}.")
    screen.say(
        f"Purpose: {terms.purpose}",
        f"{when(terms.start)} to {when(terms.end)}, {check_reading.band(terms.floor_m, terms.ceiling_m)}, {len(terms.cells)} cells; up to {terms.activities:,} activities a side.",
        f"We send {cost.points:,} points of our own, both sides {cost.megabytes:g} MB in all, whatever is planned; about {cost.seconds:g} s of computing here.",
        f"With activities that it made up, one side could feel out {cost.share_percent:g} % of the area. Checks left with {partner} in seven days: {cost.left}.",
        f"Our activities that take part: {cost.activities}.",
    )  # fmt: skip
    if cost.next_at:
        screen.say(f"The next is possible from {when(cost.next_at)}.")
    if cost.left_out:
        screen.heading("Left out: nothing will be said about these")
        screen.say(*(f"- {sentence}" for sentence in cost.left_out))
    screen.heading("What each side will know")
    rows = [(tell.about, tell.we, tell.they) for tell in page.tells]
    screen.table(("About", "We", partner), rows, empty="")
    screen.heading("What a check cannot prevent or promise")
    screen.say(*(f"- {sentence}" for sentence in page.limits))
    if not page.entry:
        if cost.refusals:
            screen.heading("It cannot begin")
            screen.say(*(f"- {sentence}" for sentence in cost.refusals))
        screen.say("", "Nothing was said: with --yes it is.")


def _run_line(found: CheckView, progress: Progress) -> CheckRun:
    share = check_lines.percent(found.state)
    return CheckRun(
        names.spell(found.state.ref), progress.state, share, progress.doing, progress.sentence, progress.over
    )


def _in_words(line: CheckRun) -> str:
    if line.sentence:
        return f"{line.check}: {line.sentence}"
    if line.over:
        return f"{line.check}: {line.state}."
    if line.doing == "waiting":
        return f"{line.check}: {line.percent} % of all points are sent; it waits for the partner."
    return f"{line.check}: {line.percent} % of all points are sent."
