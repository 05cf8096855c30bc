"""`stafftalks consent`: third parties in an accord. Asking and answering are requests at the release desk, as all that leaves is."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
import typer

from stafftalks.accord import state
from stafftalks.accord.parts import ReleasedVersion
from stafftalks.cli import left, names
from stafftalks.cli.calls import Call, calling
from stafftalks.cli.options import AccordArg
from stafftalks.cli.screen import when
from stafftalks.planning.portions import within
from stafftalks.planning.refs import ExactRef
from stafftalks.planning.talk import Verdict
from stafftalks.services import accords, consents
from stafftalks.services.consents import Term
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import AccordId
from stafftalks.values.relative_time import Instant

NAME = "consent"
app = typer.Typer(no_args_is_help=True, help="Third parties: what may be passed on, to whom and until when.")

PartOption = Annotated[
    list[str],
    typer.Option("--part", metavar="PATH", help="A part, as branches.B1 or narrative#1; repeat for more. None: all."),
]
UntilOption = Annotated[str, typer.Option("--until", metavar="DAY", help="The last day, UTC, as 2027-05-04.")]
NoteOption = Annotated[str, typer.Option("--note", metavar="TEXT", help="For the decider; it never leaves.")]


class AskingLine(msgspec.Struct, frozen=True):
    """A request for consent: `asked_by` about `source`, to pass it on to `recipient`. `answer` is granted, refused or empty; `fault` why it has no meaning."""

    element: str
    asked_by: str
    source: str
    title: str
    recipient: str
    parts: tuple[str, ...]
    until: int
    purpose: str
    answer: str
    fault: str


class ConsentLine(msgspec.Struct, frozen=True):
    """A consent. `days` are whole days left, below zero where it is past; `fault` is why it does not count, empty where it does."""

    element: str
    originator: str
    asked_by: str
    source: str
    title: str
    recipient: str
    parts: tuple[str, ...]
    verdict: str
    until: int
    days: int
    conditions: str
    fault: str


class DrawnLine(msgspec.Struct, frozen=True):
    """An own element that says it is drawn on `source`. `recipients` are those to whom that may go on now."""

    element: str
    title: str
    source: str
    parts: tuple[str, ...]
    marking: str
    recipients: tuple[str, ...]


class ConsentBoard(msgspec.Struct, frozen=True):
    """Third parties in one accord: what ours draws on, what was asked by and of us, and the consents given to and by us."""

    accord: str
    drawn: tuple[DrawnLine, ...]
    asked: tuple[AskingLine, ...]
    to_answer: tuple[AskingLine, ...]
    received: tuple[ConsentLine, ...]
    granted: tuple[ConsentLine, ...]


@app.command("list")
def list_consents(ctx: typer.Context, accord: AccordArg) -> None:
    """Lists what of theirs ours draws on, what was asked and answered, and the consents given to and by us with the days left."""
    call = calling(ctx)
    hq = call.hq()
    found = names.accord(hq, accord)
    board, held = consents.board(hq, found), accords.view(hq, found).accord
    _total, drawn = consents.drawn(hq, found, limit=10_000)
    document = ConsentBoard(
        found,
        tuple(
            DrawnLine(
                one.row.id, one.row.title, str(one.origin.source), one.origin.parts, one.origin.marking.banner(),
                tuple(term.given.content.recipient for term in one.terms if not term.over),
            )
            for one in drawn
        ),
        tuple(_asking(held, one) for one in board.asked),
        tuple(_asking(held, one) for one in board.to_answer),
        tuple(_consent(held, term) for term in board.received),
        tuple(_consent(held, term) for term in board.granted),
    )  # fmt: skip
    if call.screen.as_json:
        call.screen.document(document)
        return
    _draw(call, document)


@app.command()
def ask(
    ctx: typer.Context,
    accord: AccordArg,
    element: Annotated[
        str, typer.Argument(metavar="ELEMENT", help="A partner's element: its id or a unique beginning.")
    ],
    recipient: Annotated[
        str, typer.Option("--recipient", metavar="WHO", help="To whom it would go on: a party's code, or a name.")
    ],
    until: UntilOption,
    part: PartOption = [],  # noqa: B006 typer reads it and never changes it
    purpose: Annotated[str, typer.Option("--purpose", metavar="TEXT", help="Why; the originator reads it.")] = "",
    note: NoteOption = "",
) -> None:
    """Asks for release, to its originator, of a request that its exact text may be passed on."""
    call = calling(ctx)
    hq = call.hq()
    found = names.accord(hq, accord)
    party, item = left.theirs(hq, found, element)
    text = accords.view(hq, found).accord.sheet(party).released[item][-1]
    row = consents.ask(
        hq, call.person(), found, ExactRef(party, item, text.version), recipient, Instant.parse(until),
        parts=_hashes(text, part), purpose=purpose, note=note,
    )  # fmt: skip
    left.asked_for(call, row)


@app.command()
def answer(
    ctx: typer.Context,
    accord: AccordArg,
    request: Annotated[
        str, typer.Argument(metavar="REQUEST", help="A partner's request for consent: its id or a unique beginning.")
    ],
    until: Annotated[
        str, typer.Option("--until", metavar="DAY", help="The last day; as was asked where not given.")
    ] = "",
    part: PartOption = [],  # noqa: B006
    conditions: Annotated[str, typer.Option("--conditions", metavar="TEXT", help="Who asked reads them.")] = "",
    note: NoteOption = "",
    *,
    grant: Annotated[bool, typer.Option("--grant", help="It may be passed on.")] = False,
    refuse: Annotated[bool, typer.Option("--refuse", help="It may not.")] = False,
) -> None:
    """Asks for release of our answer to a partner's request about a text of ours: granted, for as much as was asked or less, or refused."""
    call = calling(ctx)
    hq = call.hq()
    if grant == refuse:
        raise MisuseError("Answer one way: --grant or --refuse.")
    found = names.accord(hq, accord)
    asking = _to_answer(hq, found, request)
    text = state.release_of(accords.view(hq, found).accord, asking.content.about)
    row = consents.answer(
        hq, call.person(), found, asking.party, asking.element, Verdict.GRANTED if grant else Verdict.REFUSED,
        Instant.parse(until) if until else asking.content.until,
        parts=_hashes(text, part) if part and text else None, conditions=conditions, note=note,
    )  # fmt: skip
    left.asked_for(call, row)


def _to_answer(hq: Headquarters, accord: AccordId, text: str) -> state.Asking:
    held = accords.view(hq, accord).accord
    waiting = {str(one.element): one for one in consents.board(hq, accord).to_answer}
    titles = {name: f"of {one.party}, to {one.content.recipient}: {_title(held, one.content.about)!r}" for name, one in waiting.items()}  # fmt: skip
    return waiting[
        names.pick(text, titles, "request for our consent", f"stafftalks consent list {names.short(accord)}")
    ]


def _hashes(text: ReleasedVersion, paths: Sequence[str]) -> tuple[str, ...]:
    """The hashes of the portions that stand at these paths; raises MisuseError where nothing does."""
    known = consents.named_portions(text)
    found: dict[str, None] = {}
    for path in paths:
        exact = [one for one in known if one.portion.path == path] or [
            one for one in known if within(one.portion.path, path)
        ]
        if not exact:
            raise MisuseError(
                f"This text has no part {path!r}; it has: {', '.join(one.portion.path for one in known)}."
            )
        found.update((one.hash, None) for one in exact)
    return tuple(found)


def _asking(accord: state.Accord, one: state.Asking) -> AskingLine:
    answer = one.answer
    return AskingLine(
        one.element, one.party, str(one.content.about), _title(accord, one.content.about), one.content.recipient,
        one.content.portions, one.content.until.seconds, one.content.purpose,
        answer.content.verdict.value if answer else "", one.fault,
    )  # fmt: skip


def _consent(accord: state.Accord, term: Term) -> ConsentLine:
    one = term.given
    return ConsentLine(
        one.element, one.party, one.asker, str(one.content.source), _title(accord, one.content.source),
        one.content.recipient, one.content.portions, one.content.verdict.value, one.content.until.seconds, term.days,
        one.content.conditions, one.fault,
    )  # fmt: skip


def _title(accord: state.Accord, about: ExactRef) -> str:
    text = state.release_of(accord, about)
    return state.title_of(text) if text is not None else ""


def _draw(call: Call, board: ConsentBoard) -> None:
    screen = call.screen
    screen.heading("What ours draws on")
    drawn = [
        (
            names.short(one.element),
            one.title,
            one.source,
            ", ".join(one.parts) or "all",
            ", ".join(one.recipients) or "nobody",
        )
        for one in board.drawn
    ]
    columns = ("Element", "Title", "Source", "Parts", "May go on to")
    screen.table(columns, drawn, empty="Nothing of ours says that it draws on a text of theirs.")
    for heading, asked in (("Asked of us", board.to_answer), ("Asked by us", board.asked)):
        screen.heading(heading)
        rows = [
            (
                names.short(one.element),
                one.asked_by,
                one.title,
                one.recipient,
                when(one.until),
                one.fault or one.answer or "not answered",
            )
            for one in asked
        ]
        screen.table(("Request", "By", "Text", "To", "Until", "Answer"), rows, empty="Nothing.")
    for heading, given in (("Given to us", board.received), ("Given by us", board.granted)):
        screen.heading(heading)
        lines = [(names.short(one.element), one.title, one.recipient, when(one.until), _stands(one)) for one in given]
        screen.table(("Consent", "Text", "To", "Until", "How it stands"), lines, empty="None.")


def _stands(one: ConsentLine) -> str:
    if one.fault or one.verdict != Verdict.GRANTED.value:
        return one.fault or one.verdict
    return "past" if one.days < 0 else f"{one.days} days left"
