"""`stafftalks accord`: the arrangement itself, from proposal to withdrawal."""

from typing import Annotated

import msgspec
import typer

from stafftalks.accord import state
from stafftalks.accord.bodies import EntryRef
from stafftalks.cli import accord_shapes as shapes
from stafftalks.cli import inputs, names, terms
from stafftalks.cli.accord_page import draw
from stafftalks.cli.calls import Call, calling
from stafftalks.cli.options import (
    AccordArg,
    EntryArg,
    KeepsOption,
    PartiesOption,
    RealmsOption,
    StatementOption,
    TextArg,
)
from stafftalks.cli.screen import when
from stafftalks.services import accords, recalls
from stafftalks.services.accords import AccordView
from stafftalks.services.recalls import Leaving
from stafftalks.values.errors import MisuseError, Refusal
from stafftalks.values.ids import AccordId

NAME = "accord"
app = typer.Typer(no_args_is_help=True, help="Propose, question, accept, narrow and leave joint planning.")

TermsOption = Annotated[
    str, typer.Option("--terms", metavar="FILE", help="YAML or JSON: title, purpose, realms, clauses, message.")
]
RecallAllOption = Annotated[
    bool, typer.Option("--recall-all", help="Recall everything of ours that stands released, in the same act.")
]
ReasonOption = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help="Why it is recalled; the holders read it with each recall.")
]
MessageOption = Annotated[str, typer.Option("--message", metavar="TEXT", help="What to say with it.")]


class Act(msgspec.Struct, frozen=True):
    """The JSON document of an act: the accord, and the entry of our record that now says it."""

    accord: str
    entry: str


class Left(msgspec.Struct, frozen=True):
    """The JSON document of a suspension or withdrawal: its entry, those of the recalls made with it, and why none were where rules said no."""

    accord: str
    entry: str
    recalled: tuple[str, ...]
    refusals: tuple[Refusal, ...]


class Proposed(msgspec.Struct, frozen=True):
    """The JSON document of a proposal."""

    accord: str


@app.command("list")
def list_accords(ctx: typer.Context) -> None:
    """Lists the accords held here, the one with the newest activity first."""
    call = calling(ctx)
    lines = [shapes.line(view) for view in accords.views(call.hq())]
    if call.screen.as_json:
        call.screen.document(lines)
        return
    rows = [
        (
            names.short(line.id),
            line.title,
            ", ".join(f"{party} {standing}" for party, standing in line.standings.items()),
            ", ".join(line.open_realms) or "none",
            when(line.latest_at),
        )
        for line in lines
    ]
    call.screen.table(
        ("Accord", "Title", "Standing", "Open realms", "Latest"),
        rows,
        empty="No accord is held here yet: `stafftalks accord propose` makes the first.",
    )


@app.command()
def show(ctx: typer.Context, accord: AccordArg) -> None:
    """Shows one accord: standings, realms, terms with questions and answers, released elements, recalls, what could be next."""
    call = calling(ctx)
    hq = call.hq()
    page = shapes.page(accords.view(hq, names.accord(hq, accord)), hq.party, hq.clock.now())
    if call.screen.as_json:
        call.screen.document(page)
    else:
        draw(page, call.screen)


@app.command()
def propose(
    ctx: typer.Context,
    to: PartiesOption,
    terms_file: TermsOption = "",
    title: Annotated[str, typer.Option("--title", metavar="TEXT")] = "",
    purpose: Annotated[str, typer.Option("--purpose", metavar="TEXT")] = "",
    realm: RealmsOption = [],  # noqa: B006 typer reads it and never changes it
    clause: Annotated[
        list[str],
        typer.Option(
            "--clause", metavar="CLAUSE", help="'HEADING | TEXT' or 'HEADING | TEXT | DUTY'; repeat for more."
        ),
    ] = [],  # noqa: B006
    message: MessageOption = "",
) -> None:
    """Proposes joint planning to paired parties: terms clause by clause, and realms.

    A clause's duty is none, inform or consult. A clause that makes one party wait for another's consent is refused.
    """
    call = calling(ctx)
    written = terms.read(terms_file)
    proposal = terms.proposal(written, title=title, purpose=purpose, realms=realm, lines=clause, message=message)
    found = accords.propose(call.hq(), call.person(), names.parties(to), proposal)
    if call.screen.as_json:
        call.screen.document(Proposed(found))
    else:
        call.screen.say(
            f"Proposed: {proposal.title}. The accord is {found}.",
            "It leaves with the next exchange: `stafftalks serve` sends by itself, `stafftalks exchange run` sends now.",
        )


@app.command()
def ask(
    ctx: typer.Context,
    accord: AccordArg,
    text: TextArg,
    clause: Annotated[
        str,
        typer.Option(
            "--clause", metavar="ID", help="The clause asked about: its id, or a beginning of a wording's hash."
        ),
    ] = "",
) -> None:
    """Asks the partners what something means, before any answer; it commits to nothing."""
    call = calling(ctx)
    view = _view(call, accord)
    about = wording(view, clause) if clause else ""
    _done(call, view.row.id, accords.ask(call.hq(), call.person(), view.row.id, inputs.read_text(text), about), "Asked")


@app.command()
def answer(ctx: typer.Context, accord: AccordArg, question: EntryArg, text: TextArg) -> None:
    """Answers a question of a partner."""
    call = calling(ctx)
    view = _view(call, accord)
    about = names.entry(view.feeds, question)
    if about not in {thread.ref for thread in state.threads(view.accord)}:
        listed = ", ".join(names.spell(thread.ref) for thread in state.threads(view.accord)) or "none"
        raise MisuseError(f"{question} is not a question; the questions of this accord are: {listed}.")
    _done(
        call,
        view.row.id,
        accords.answer(call.hq(), call.person(), view.row.id, about, inputs.read_text(text)),
        "Answered",
    )


@app.command()
def amend(
    ctx: typer.Context,
    accord: AccordArg,
    terms_file: TermsOption = "",
    clause: Annotated[str, typer.Option("--clause", metavar="ID", help="The clause to word anew, or a new id.")] = "",
    heading: Annotated[
        str, typer.Option("--heading", metavar="TEXT", help="Its heading; as it is where not given.")
    ] = "",
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="Its text; as it is where not given.")] = "",
    duty: Annotated[str, typer.Option("--duty", metavar="DUTY", help="none, inform or consult.")] = "",
    strike: Annotated[
        list[str], typer.Option("--strike", metavar="ID", help="A clause to strike out; repeat for more.")
    ] = [],  # noqa: B006
    realm: RealmsOption = [],  # noqa: B006
    message: MessageOption = "",
) -> None:
    """Puts our own wording of clauses, or of the realms proposed, beside the others'."""
    call = calling(ctx)
    view = _view(call, accord)
    edited = [_edited(view, clause, heading, text, duty)] if clause else []
    if (heading or text or duty) and not clause:
        raise MisuseError("--heading, --text and --duty belong to one clause: name it with --clause ID.")
    amendment = terms.amendment(terms.read(terms_file), edited=edited, struck=strike, realms=realm, message=message)
    _done(call, view.row.id, accords.amend(call.hq(), call.person(), view.row.id, amendment), "Amended")


@app.command()
def accept(
    ctx: typer.Context,
    accord: AccordArg,
    realm: RealmsOption,
    clause: Annotated[
        list[str],
        typer.Option(
            "--clause",
            metavar="ID",
            help="A clause accepted: its id, or a beginning of a wording's hash; repeat for more. Without it: every clause "
            "that has one wording.",
        ),
    ] = [],  # noqa: B006
    statement: StatementOption = "",
) -> None:
    """Accepts these realms, all that were proposed or fewer. A realm opens once every party accepts it."""
    call = calling(ctx)
    view = _view(call, accord)
    hashes = [wording(view, name) for name in clause] if clause else None
    ref = accords.accept(call.hq(), call.person(), view.row.id, names.realms(realm), hashes, statement)
    opened = shapes.ordered(state.open_realms(accords.view(call.hq(), view.row.id).accord))
    _done(call, view.row.id, ref, f"Accepted. Open now: {', '.join(opened) or 'no realm yet'}")


@app.command()
def decline(ctx: typer.Context, accord: AccordArg, statement: StatementOption = "") -> None:
    """Declines. It can still be accepted later."""
    call = calling(ctx)
    found = names.accord(call.hq(), accord)
    _done(call, found, accords.decline(call.hq(), call.person(), found, statement), "Declined")


@app.command()
def suspend(
    ctx: typer.Context,
    accord: AccordArg,
    statement: StatementOption = "",
    keeps: KeepsOption = "",
    reason: ReasonOption = "",
    *,
    recall_all: RecallAllOption = False,
) -> None:
    """Closes every realm from our side at once, until we resume; with --recall-all it recalls everything of ours in the same act."""
    call = calling(ctx)
    found = names.accord(call.hq(), accord)
    left = recalls.leave(
        call.hq(), call.person(), found, "suspend", statement, keeps, recalling=recall_all, reason=reason
    )
    _left(call, found, left, "Suspended. No realm is open from our side")


@app.command()
def resume(ctx: typer.Context, accord: AccordArg, statement: StatementOption = "") -> None:
    """Ends our suspension: the realms we had accepted are accepted again."""
    call = calling(ctx)
    found = names.accord(call.hq(), accord)
    _done(call, found, accords.resume(call.hq(), call.person(), found, statement), "Resumed")


@app.command()
def withdraw(
    ctx: typer.Context,
    accord: AccordArg,
    statement: StatementOption = "",
    keeps: KeepsOption = "",
    reason: ReasonOption = "",
    *,
    recall_all: RecallAllOption = False,
) -> None:
    """Leaves the accord for good, at once and alone; with --recall-all it recalls everything of ours in the same act."""
    call = calling(ctx)
    found = names.accord(call.hq(), accord)
    left = recalls.leave(
        call.hq(), call.person(), found, "withdraw", statement, keeps, recalling=recall_all, reason=reason
    )
    _left(call, found, left, "Withdrawn. Nothing more flows; recall what the partners should not keep")


def wording(view: AccordView, text: str) -> str:
    """The hash of the clause wording that `text` names: a clause's id where it has one wording, or a beginning of a hash."""
    clauses = state.clause_states(view.accord)
    by_id = [clause for clause in clauses if clause.id == text.strip()]
    if by_id and len(by_id[0].variants) == 1:
        return by_id[0].variants[0].hash
    among = by_id or clauses
    listed = "; ".join(
        f"{clause.id} ({clause.heading}): {', '.join(_variant(variant) for variant in clause.variants)}"
        for clause in among
    )
    if by_id:
        raise MisuseError(f"Clause {text} has several wordings; name one by its hash: {listed}.")
    hashes = {variant.hash for clause in clauses for variant in clause.variants}
    found = [one for one in hashes if text.strip() and one.startswith(text.strip().lower())]
    if len(found) != 1:
        raise MisuseError(f"{text!r} names no clause of this accord; there are: {listed or 'none'}.")
    return found[0]


def _variant(variant: state.Variant) -> str:
    return f"{names.short(variant.hash)} by {', '.join(variant.authors) or 'nobody now'}"


def _edited(view: AccordView, name: str, heading: str, text: str, duty: str) -> terms.ClauseText:
    """The clause `name` with what is given anew; what is not given stays where the clause has one wording."""
    held = next((clause for clause in state.clause_states(view.accord) if clause.id == name.strip()), None)
    if held is not None and len(held.variants) == 1:
        now = held.variants[0].clause
        return terms.ClauseText(heading or now.heading, text or now.text, duty or now.duty, now.id)
    if not heading or not text:
        why = "has several wordings" if held else "is new"
        raise MisuseError(f"Clause {name} {why}: give both --heading and --text.")
    return terms.ClauseText(heading, text, duty or "none", name)


def _view(call: Call, text: str) -> AccordView:
    hq = call.hq()
    return accords.view(hq, names.accord(hq, text))


def _left(call: Call, accord: AccordId, left: Leaving, sentence: str) -> None:
    """As `_done`, and what became of the recalls that were to be made with it: the act stands whatever that was."""
    if call.screen.as_json:
        recalled = tuple(names.spell(ref) for ref in left.recalled)
        call.screen.document(Left(accord, names.spell(left.entry), recalled, left.refusals))
        return
    _done(call, accord, left.entry, sentence)
    if left.recalled:
        call.screen.say(f"Recalled with it: {len(left.recalled)} elements.")
    for refusal in left.refusals:
        call.screen.warn(f"Nothing was recalled with it: {refusal.sentence} [{refusal.rule}]")


def _done(call: Call, accord: AccordId, ref: EntryRef, sentence: str) -> None:
    if call.screen.as_json:
        call.screen.document(Act(accord, names.spell(ref)))
    else:
        call.screen.say(f"{sentence}. Entry {names.spell(ref)} of our record.")
