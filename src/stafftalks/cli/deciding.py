"""`stafftalks release list|show|redact|approve|refuse|back|together`: the desk's queue, one request whole, and what is decided about it."""

from collections.abc import Iterator
from typing import Annotated, Final

import msgspec
import typer

from stafftalks.cli import names, sections
from stafftalks.cli.calls import Call, calling
from stafftalks.cli.options import LimitOption, OffsetOption, RequestArg
from stafftalks.cli.request_lines import RequestLine, RequestList, request_line
from stafftalks.cli.screen import when
from stafftalks.planning.compare import Change
from stafftalks.planning.summary import Section
from stafftalks.release.redaction import Redaction
from stafftalks.services import desk_reviews, redacting, releases, together
from stafftalks.services.desk_reviews import Review
from stafftalks.services.rows import RequestRow
from stafftalks.services.together import BatchError
from stafftalks.values.errors import MisuseError, Refusal

STATES: Final = ("waiting", "approved", "released", "refused", "returned", "withdrawn")
ShownOption = Annotated[
    str,
    typer.Option(
        "--shown", metavar="NAME", help="Only if it is still the body of this name, as `release show` gives it."
    ),
]


class ReviewPage(msgspec.Struct, frozen=True):
    """A request whole, as its decider needs it: the partner's own reading of the exact bytes, of which `shown` is the name.

    `redactions` were made, `needed` are those that the letters still ask for; `adds_up` are sentences, `drawn_from` the sources with whether their
    originators consent; `stands_on` are sentences about what the analysis stands on from which it was written; `letters` are those it stands under or that come nearest. `refusals` is every rule that now says no.
    """

    request: RequestLine
    shown: str
    sections: tuple[Section, ...]
    readers: tuple[str, ...]
    redactions: tuple[str, ...]
    needed: tuple[str, ...]
    letters: tuple[str, ...]
    replaces: str
    changes: tuple[Change, ...]
    adds_up: tuple[str, ...]
    drawn_from: dict[str, bool]
    stands_on: tuple[str, ...]
    needs_head: bool
    refusals: tuple[Refusal, ...]


class Decided(msgspec.Struct, frozen=True):
    """What was decided in one act: the requests as they now stand; where rules said no, none, and `against` says which, by request."""

    requests: tuple[RequestLine, ...]
    against: dict[str, tuple[Refusal, ...]]


def add_to(app: typer.Typer) -> None:
    """Adds these commands to those of the desk."""
    app.command("list")(list_requests)
    for command in (show, redact, approve, refuse, back):
        app.command()(command)
    app.command("together")(decide_together)


def list_requests(
    ctx: typer.Context,
    state: Annotated[
        str, typer.Option("--state", metavar="STATE", help=f"{', '.join(STATES[:-1])} or {STATES[-1]}.")
    ] = "",
    accord: Annotated[str, typer.Option("--accord", metavar="ACCORD", help="Those of one accord.")] = "",
    partner: Annotated[str, typer.Option("--to", metavar="PARTY", help="Those for one partner.")] = "",
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="Those of one kind of element.")] = "",
    text: Annotated[str, typer.Option("--text", metavar="WORDS", help="With these words in title or note.")] = "",
    offset: OffsetOption = 0,
    limit: LimitOption = 50,
    *,
    mine: Annotated[bool, typer.Option("--mine", help="Those asked for by whoever acts (--as).")] = False,
    others: Annotated[bool, typer.Option("--others", help="Those not asked for by whoever acts (--as).")] = False,
    oldest: Annotated[bool, typer.Option("--oldest", help="The oldest first.")] = False,
) -> None:
    """Lists the requests to release, newest first."""
    call = calling(ctx)
    hq = call.hq()
    if state and state not in STATES:
        raise MisuseError(f"{state!r} is not a state of requests; the states are {', '.join(STATES)}.")
    total, rows = releases.find(
        hq,
        state=state,
        accord=names.accord(hq, accord) if accord else "",
        partner=names.party(partner) if partner else "",
        kind=kind,
        by=call.person().username if mine else "",
        besides=call.person().username if others else "",
        text=text,
        oldest=oldest,
        offset=offset,
        limit=limit,
    )
    found = RequestList(total, offset, tuple(request_line(row) for row in rows))
    if call.screen.as_json:
        call.screen.document(found)
        return
    cells = [
        (names.short(line.id), line.state, line.kind, line.title, line.realm, ", ".join(line.to), line.requested_by, when(line.requested_at))
        for line in found.requests
    ]  # fmt: skip
    columns = ("Request", "State", "Kind", "Title", "Realm", "To", "Asked by", "Asked")
    call.screen.table(columns, cells, empty="No request matches.")
    if total > len(rows):
        call.screen.say(f"{offset + 1} to {offset + len(rows)} of {total}; --offset and --limit show others.")


def show(ctx: typer.Context, request: RequestArg) -> None:
    """Shows a request whole: what would leave and what stays, what is known about it, and every rule; --as counts in those about a person."""
    call = calling(ctx)
    hq = call.hq()
    review = desk_reviews.review(hq, names.request(hq, request).id, call.person() if call.username else None)
    if call.screen.as_json:
        call.screen.document(_page(review))
    else:
        draw(call, review)


def redact(
    ctx: typer.Context,
    request: RequestArg,
    lines: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="REDACTION", help="As `remove branches.B2` or `cell footprint 5`, each in quotation marks."
        ),
    ] = None,
    *,
    needed: Annotated[bool, typer.Option("--needed", help="Those that the letters ask for, too.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="None: as it was asked for.")] = False,
) -> None:
    """Makes a request's text anew without what these redactions take out, in place of those it had."""
    call = calling(ctx)
    hq = call.hq()
    row = names.request(hq, request)
    wanted = [Redaction.parse(line) for line in lines or ()]
    if undo == bool(wanted or needed):
        raise MisuseError(
            "Say what to take out, as `remove branches.B2`, or --needed; or put everything back with --undo."
        )
    if needed:
        wanted += [item for item in desk_reviews.needed(hq, row) if item not in wanted]
    done = redacting.redact(hq, call.person(), row.id, wanted)
    if call.screen.as_json:
        call.screen.document(request_line(done))
    else:
        call.screen.say(
            *(f"Taken out: {line}" for line in done.redactions) if done.redactions else ("As it was asked for.",)
        )


def approve(ctx: typer.Context, request: RequestArg, shown: ShownOption = "") -> None:
    """Lets a request go: it is released, or waits for the head of delegation, who lets it go by the same command."""
    call = calling(ctx)
    hq = call.hq()
    row = releases.release(hq, call.person(), names.request(hq, request).id, shown or None)
    _tell(call, row)


def refuse(
    ctx: typer.Context,
    request: RequestArg,
    reason: Annotated[str, typer.Argument(metavar="REASON", help="The drafter reads it; it stays at home.")],
) -> None:
    """Refuses a request, with the reason."""
    call = calling(ctx)
    hq = call.hq()
    _tell(call, releases.refuse(hq, call.person(), names.request(hq, request).id, reason))


def back(
    ctx: typer.Context,
    request: RequestArg,
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="The drafter reads it; it stays at home.")],
) -> None:
    """Hands a request back to its drafter with a question."""
    call = calling(ctx)
    hq = call.hq()
    _tell(call, releases.hand_back(hq, call.person(), names.request(hq, request).id, question))


def decide_together(
    ctx: typer.Context,
    requests: Annotated[list[str], typer.Argument(metavar="REQUEST...", help="Requests, by id or a unique beginning.")],
) -> None:
    """Lets several requests go in one act, all or none: only under one letter that allows it."""
    call = calling(ctx)
    hq = call.hq()
    chosen = [names.request(hq, request).id for request in requests]
    try:
        rows = together.decide(hq, call.person(), chosen)
    except BatchError as error:
        if call.screen.as_json:
            call.screen.document(Decided((), dict(error.against)))
        titles = {row.id: row.title for row in hq.desk.requests(chosen).values()}
        for request, refusals in error.against.items():
            call.screen.say(
                *(
                    f"{names.short(request)} {titles.get(request, '')!r}: {refusal.sentence} [{refusal.rule}]"
                    for refusal in refusals
                )
            )
        raise
    if call.screen.as_json:
        call.screen.document(Decided(tuple(request_line(row) for row in rows), {}))
    else:
        call.screen.say(*(said(row) for row in rows))


def said(row: RequestRow) -> str:
    """What became of a request, in a sentence."""
    match row.state:
        case "released" if row.entry:
            where = names.spell(row.entry)
            return f"Released {row.title!r} to {', '.join(row.audience)} in {row.realm}. Entry {where} of our record."
        case "approved":
            return f"Let {row.title!r} go. Nothing has left: the head of delegation decides too, as a third person."
        case _:
            return f"The request for {row.title!r} is {row.state}."


def _tell(call: Call, row: RequestRow) -> None:
    if call.screen.as_json:
        call.screen.document(request_line(row))
    else:
        call.screen.say(said(row))


def _page(review: Review) -> ReviewPage:
    return ReviewPage(
        request=request_line(review.request),
        shown=review.shown,
        sections=review.preview.sections,
        readers=tuple(reader.sentence for reader in review.readers),
        redactions=review.request.redactions,
        needed=tuple(map(str, review.needed)),
        letters=tuple(str(letter.ref) for letter in review.letters),
        replaces=review.held.version if review.held else "",
        changes=review.changes,
        adds_up=tuple(item.sentence for item in review.sums),
        drawn_from={str(item.source): item.consent or item.returned for item in review.origins},
        stands_on=tuple(_stands_on(review)),
        needs_head=review.needs_head,
        refusals=review.refusals,
    )


def draw(call: Call, review: Review) -> None:
    """Draws a request whole, for people."""
    row, screen = review.request, call.screen
    screen.say(
        f"Request {row.id} is {row.state}: asked by {row.requested_by}, {when(row.requested_at)}",
        f"In {review.preview.realm}, to {', '.join(review.preview.to) or 'nobody'}; shown as {review.shown}",
        *([f"Note for the decider: {row.note}"] if row.note else ()),
        *([f"Asks again after {row.follows}"] if row.follows else ()),
        *(f"Let go by {approval.person} ({approval.role}), {when(approval.at)}" for approval in row.approvals),
        *(f"Who would read it: {reader.sentence}" for reader in review.readers),
    )
    screen.heading("What they would read: exactly this")
    sections.draw(review.preview.sections, screen)
    for heading, lines in _parts(review):
        screen.heading(heading)
        screen.say(*lines)
    screen.heading("Rules")
    if review.refusals:
        screen.say(*(f"Says no: {refusal.sentence} [{refusal.rule}]" for refusal in review.refusals))
    else:
        screen.say("No rule says no." if row.state in ("waiting", "approved") else said(row))


def _parts(review: Review) -> Iterator[tuple[str, list[str]]]:
    out = [f"Taken out: {line}" for line in review.request.redactions] or ["Nothing was taken out."]
    needed = [f"The letter asks for: {item}" for item in review.needed if str(item) not in review.request.redactions]
    yield "What stays home", [*out, *needed]
    yield "The letter it stands under", [f"{letter.name} ({letter.ref})" for letter in review.letters] or ["None."]
    if review.held:
        heading = f"What changes for them, against version {names.short(review.held.version)}"
        yield heading, [f"- {change.sentence}" for change in review.changes] or ["Nothing changes."]
    if review.sums:
        yield "What it adds up to", [item.sentence for item in review.sums]
    if review.standing is not None:
        yield (
            "Written from an analysis",
            list(_stands_on(review)) or ["Everyone who would get it was given all that it stands on."],
        )
    if review.origins:
        yield (
            "What it is drawn from",
            [
                f"{item.source}: {'consented' if item.consent else 'goes back' if item.returned else 'no consent'}"
                for item in review.origins
            ],
        )


def _stands_on(review: Review) -> Iterator[str]:
    """What of the basis of an analysis is not released, not given to the recipients, or has moved on."""
    if review.standing is None:
        return
    for each in review.standing.unseen:
        lacking = "is not released" if each.private else f"was not given to {', '.join(each.parties)}"
        yield f"It stands on “{each.input.title}”, which {lacking}."
    yield from (f"Stale: {moved.sentence}" for moved in review.standing.moved)
