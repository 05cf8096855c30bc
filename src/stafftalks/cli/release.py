"""`stafftalks release`: what leaves, who decides it, and what is asked back."""

from typing import Annotated

import msgspec
import typer

from stafftalks.accord import state
from stafftalks.accord.parts import ReleasedVersion
from stafftalks.cli import names, sections
from stafftalks.cli.calls import Call, calling
from stafftalks.cli.options import (
    AccordArg,
    ElementArg,
    LimitOption,
    OffsetOption,
    PartiesOption,
    RequestArg,
)
from stafftalks.cli.screen import when
from stafftalks.planning import element as elements
from stafftalks.planning import summary
from stafftalks.planning.compare import Change
from stafftalks.planning.element import UnknownContent
from stafftalks.planning.kinds import Content
from stafftalks.planning.plain import to_plain
from stafftalks.planning.summary import Section
from stafftalks.services import accords, releases
from stafftalks.services.releases import Review
from stafftalks.services.rows import RequestRow
from stafftalks.values.errors import MisuseError, Refusal

NAME = "release"
app = typer.Typer(no_args_is_help=True, help="The release desk: ask, preview, decide, recall.")


class RequestLine(msgspec.Struct, frozen=True):
    """A request to release. `state` is waiting, released, refused, returned or withdrawn; `entry` its place in our record, or empty."""

    id: str
    state: str
    accord: str
    element: str
    version: str
    kind: str
    title: str
    realm: str
    to: tuple[str, ...]
    requested_by: str
    requested_at: int
    note: str
    decided_by: str
    decided_at: int
    reason: str
    entry: str


class RequestList(msgspec.Struct, frozen=True):
    """A window on the requests; `total` counts all that match."""

    total: int
    offset: int
    requests: tuple[RequestLine, ...]


class PreviewPage(msgspec.Struct, frozen=True):
    """What a decider needs: the partner's own reading of the exact bytes, who would read it, and each rule that says no.

    `replaces` is the version the recipients hold now, empty for none; `changes` what would be new to them.
    """

    request: RequestLine
    sections: tuple[Section, ...]
    readers: tuple[str, ...]
    refusals: tuple[Refusal, ...]
    replaces: str
    changes: tuple[Change, ...]


class ReleasedPage(msgspec.Struct, frozen=True):
    """A released element as it is held here: `content` are its fields by name; a kind not known here stands as it was received."""

    party: str
    element: str
    kind: str
    version: str
    realm: str
    to: tuple[str, ...]
    entry: str
    at: int
    content: object
    sections: tuple[Section, ...]


@app.command()
def request(
    ctx: typer.Context,
    accord: AccordArg,
    element: ElementArg,
    realm: Annotated[
        str, typer.Option("--realm", metavar="REALM", help="The realm it would leave in; it must be open.")
    ],
    to: PartiesOption,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="For the decider; it never leaves.")] = "",
) -> None:
    """Asks for an own element's present version to be released. Nothing leaves until a different person decides so."""
    call = calling(ctx)
    hq = call.hq()
    found, row = names.accord(hq, accord), names.element(hq, element)
    realms = names.realms([realm])
    if len(realms) != 1:
        raise MisuseError("A release is in exactly one realm: --realm REALM.")
    made = releases.request(hq, call.person(), found, row.id, realms[0], names.parties(to), note)
    if call.screen.as_json:
        call.screen.document(line_of(made))
    else:
        call.screen.say(f"Asked for: request {made.id}. A disclosure officer other than {made.requested_by} decides.")


@app.command()
def preview(ctx: typer.Context, request: RequestArg) -> None:
    """Shows exactly what the partner would read, who would read it, in which realm, and each rule that says no.

    With --as, the rules about that person are counted in.
    """
    call = calling(ctx)
    hq = call.hq()
    row = names.request(hq, request)
    review = releases.review(hq, row.id, call.person() if call.username else None)
    if call.screen.as_json:
        held = review.held.version if review.held else ""
        page = PreviewPage(
            line_of(review.request), review.preview.sections, review.readers, review.refusals, held, review.changes
        )
        call.screen.document(page)
    else:
        _draw(call, review)


@app.command()
def decide(
    ctx: typer.Context,
    request: RequestArg,
    refuse: Annotated[
        str, typer.Option("--refuse", metavar="REASON", help="Refuse, with the reason the drafter reads.")
    ] = "",
    hand_back: Annotated[
        str, typer.Option("--hand-back", metavar="QUESTION", help="Return it to the drafter with a question.")
    ] = "",
    *,
    release: Annotated[bool, typer.Option("--release", help="Release exactly what the preview shows.")] = False,
) -> None:
    """Decides a request: releases it, refuses it, or hands it back. The person who asked cannot decide."""
    call = calling(ctx)
    if sum((release, bool(refuse), bool(hand_back))) != 1:
        raise MisuseError("Decide one way: --release, --refuse REASON or --hand-back QUESTION.")
    hq = call.hq()
    row = names.request(hq, request)
    if release:
        row = releases.release(hq, call.person(), row.id)
    elif refuse:
        row = releases.refuse(hq, call.person(), row.id, refuse)
    else:
        row = releases.hand_back(hq, call.person(), row.id, hand_back)
    if call.screen.as_json:
        call.screen.document(line_of(row))
    elif row.entry:
        where = names.spell(row.entry)
        call.screen.say(
            f"Released {row.title!r} to {', '.join(row.audience)} in {row.realm}. Entry {where} of our record."
        )
    else:
        call.screen.say(f"The request for {row.title!r} is {row.state}.")


@app.command()
def cancel(ctx: typer.Context, request: RequestArg) -> None:
    """Takes one's own request off the desk."""
    call = calling(ctx)
    hq = call.hq()
    row = releases.cancel(hq, call.person(), names.request(hq, request).id)
    if call.screen.as_json:
        call.screen.document(line_of(row))
    else:
        call.screen.say(f"The request for {row.title!r} is {row.state}.")


@app.command("list")
def list_requests(
    ctx: typer.Context,
    state: Annotated[
        str, typer.Option("--state", metavar="STATE", help="waiting, released, refused, returned or withdrawn.")
    ] = "",
    accord: Annotated[str, typer.Option("--accord", metavar="ACCORD", help="Those of one accord.")] = "",
    offset: OffsetOption = 0,
    limit: LimitOption = 50,
) -> None:
    """Lists the requests to release, newest first."""
    call = calling(ctx)
    hq = call.hq()
    if state and state not in _STATES:
        raise MisuseError(f"{state!r} is not a state of requests; the states are {', '.join(_STATES)}.")
    of_accord = names.accord(hq, accord) if accord else ""
    total, rows = releases.find(hq, state=state, accord=of_accord, offset=offset, limit=limit)
    found = RequestList(total, offset, tuple(line_of(row) for row in rows))
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


@app.command()
def read(
    ctx: typer.Context,
    accord: AccordArg,
    element: Annotated[
        str,
        typer.Argument(
            metavar="ELEMENT", help="A released element, ours or a partner's: its id or a unique beginning."
        ),
    ],
) -> None:
    """Shows an element that stands released in an accord, as its readers see it."""
    call = calling(ctx)
    hq = call.hq()
    found = accords.view(hq, names.accord(hq, accord)).accord
    live = {str(item.element): item for item in state.live_releases(found)}
    titles = {name: f"{item.kind} {state.title_of(item)!r} of {item.ref.party}" for name, item in live.items()}
    item = live[names.pick(element, titles, "released element", f"stafftalks accord show {names.short(found.id)}")]
    content = elements.decode(item.raw).content
    laid_out = summary.sections(content)
    if call.screen.as_json:
        call.screen.document(_released(item, laid_out, content))
        return
    call.screen.say(
        f"Released by {item.ref.party} to {', '.join(item.to)} in {item.realm}, {when(item.at)} as claimed",
        f"Element {item.element}, version {names.short(item.version)}, entry {names.spell(item.ref)}",
    )
    sections.draw(laid_out, call.screen)


_STATES = ("waiting", "released", "refused", "returned", "withdrawn")


def _draw(call: Call, review: Review) -> None:
    row, screen = review.request, call.screen
    screen.say(
        f"Request {row.id} is {row.state}: asked by {row.requested_by}, {when(row.requested_at)}",
        f"In {review.preview.realm}, to {', '.join(review.preview.to) or 'nobody'}; version {names.short(review.preview.version)}",
    )
    if row.note:
        screen.say(f"Note for the decider: {row.note}")
    screen.say(*(f"Who would read it: {reader}" for reader in review.readers))
    screen.heading("What they would read: exactly this")
    sections.draw(review.preview.sections, screen)
    if review.held:
        screen.heading(f"What changes for them, against version {names.short(review.held.version)}")
        screen.say(*(f"- {change.sentence}" for change in review.changes) if review.changes else ("Nothing changes.",))
    screen.heading("Rules")
    if review.refusals:
        screen.say(*(f"Says no: {refusal.sentence} [{refusal.rule}]" for refusal in review.refusals))
    elif row.state == "waiting" and not call.username:
        screen.say("The rules are asked for the person who would decide: give --as USERNAME.")
    else:
        screen.say(
            "No rule says no." if row.state == "waiting" else f"Decided: {row.state} by {row.decided_by}. {row.reason}"
        )


def line_of(row: RequestRow) -> RequestLine:
    """The request as it is printed."""
    entry = names.spell(row.entry) if row.entry else ""
    return RequestLine(
        row.id, row.state, row.accord, row.element, row.version, row.kind, row.title, row.realm, row.audience, row.requested_by,
        row.requested_at, row.note, row.decided_by, row.decided_at, row.reason, entry,
    )  # fmt: skip


def _released(item: ReleasedVersion, laid_out: tuple[Section, ...], content: Content | UnknownContent) -> ReleasedPage:
    plain = msgspec.Raw(content.raw) if isinstance(content, UnknownContent) else to_plain(content)
    return ReleasedPage(
        item.ref.party,
        item.element,
        item.kind,
        item.version,
        item.realm,
        item.to,
        names.spell(item.ref),
        item.at,
        plain,
        laid_out,
    )
