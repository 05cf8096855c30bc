"""`stafftalks release`: what leaves, who decides it, and what is asked back."""

from typing import Annotated

import msgspec
import typer

from stafftalks.accord import state
from stafftalks.accord.parts import ReleasedVersion
from stafftalks.cli import deciding, names, sections
from stafftalks.cli.calls import calling
from stafftalks.cli.options import (
    AccordArg,
    ElementArg,
    PartiesOption,
    RequestArg,
)
from stafftalks.cli.request_lines import RequestLine, request_line
from stafftalks.cli.screen import when
from stafftalks.planning import element as elements
from stafftalks.planning import summary
from stafftalks.planning.compare import Change
from stafftalks.planning.element import UnknownContent
from stafftalks.planning.kinds import Content
from stafftalks.planning.plain import to_plain
from stafftalks.planning.summary import Section
from stafftalks.services import accords, desk_reviews, releases
from stafftalks.values.errors import MisuseError, Refusal

NAME = "release"
app = typer.Typer(no_args_is_help=True, help="The release desk: ask, preview, redact, decide, recall.")
deciding.add_to(app)


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
    again: Annotated[
        str,
        typer.Option(
            "--again", metavar="REQUEST", help="The request that was turned down, after which this one asks again."
        ),
    ] = "",
) -> None:
    """Asks for an own element's present version to be released. Nothing leaves until a different person decides so."""
    call = calling(ctx)
    hq = call.hq()
    found, row = names.accord(hq, accord), names.element(hq, element)
    realms = names.realms([realm])
    if len(realms) != 1:
        raise MisuseError("A release is in exactly one realm: --realm REALM.")
    follows = names.request(hq, again).id if again else ""
    made = releases.request(hq, call.person(), found, row.id, realms[0], names.parties(to), note, follows=follows)
    if call.screen.as_json:
        call.screen.document(request_line(made))
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
    review = desk_reviews.review(hq, row.id, call.person() if call.username else None)
    if call.screen.as_json:
        held = review.held.version if review.held else ""
        page = PreviewPage(
            request_line(review.request),
            review.preview.sections,
            tuple(reader.sentence for reader in review.readers),
            review.refusals,
            held,
            review.changes,
        )
        call.screen.document(page)
    else:
        deciding.draw(call, review)


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
        call.screen.document(request_line(row))
    else:
        call.screen.say(deciding.said(row))


@app.command()
def cancel(ctx: typer.Context, request: RequestArg) -> None:
    """Takes one's own request off the desk."""
    call = calling(ctx)
    hq = call.hq()
    row = releases.cancel(hq, call.person(), names.request(hq, request).id)
    if call.screen.as_json:
        call.screen.document(request_line(row))
    else:
        call.screen.say(f"The request for {row.title!r} is {row.state}.")


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
