"""`stafftalks release left` and `acknowledge`: what is known of what left, and telling an author, by choice, that its text was read."""

from typing import Annotated

import msgspec
import typer

from stafftalks.accord import state
from stafftalks.cli import names, request_lines
from stafftalks.cli.calls import Call, calling
from stafftalks.cli.options import AccordArg, LimitOption, OffsetOption
from stafftalks.cli.screen import when
from stafftalks.services import accords, acknowledgements, left
from stafftalks.services.left import Fate, Holder, Reach, Sent
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import RequestRow
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import AccordId, ElementId, PartyId


class LeftHolder(msgspec.Struct, frozen=True):
    """What is known of a released version with one party: `fate` is stands, replaced, not confirmed, refused or confirmed removed.

    `received_at` is by that party's clock, 0 where it is not known; `reached` where only others are known to have carried the entry there.
    `readers` is what it chose to tell, null where it told no number, `told_at` 0 where it told nothing. `asked_at` is since when it has our recall,
    0 where that is not known. `out_of_reach_since` is null while it is in reach; `gone` where it is paired no longer.
    """

    party: str
    fate: str
    received_at: int
    reached: bool
    told_at: int
    readers: int | None
    said: str
    asked_at: int
    answered_at: int
    removed: tuple[str, ...]
    statement: str
    out_of_reach_since: int | None
    gone: bool


class LeftLine(msgspec.Struct, frozen=True):
    """A version of ours that left. `later_than` are the entries it is later than, `later_at` the newest time they claim; `earlier_than` the first
    cosignature that covers it; each 0 or empty where nothing bounds it. `version` and `title` are empty where they are not held any more."""

    accord: str
    element: str
    kind: str
    title: str
    version: str
    realm: str
    entry: str
    at: int
    asked_by: str
    let_go_by: tuple[str, ...]
    letters: tuple[str, ...]
    later_than: tuple[str, ...]
    later_at: int
    earlier_than: int
    recall: str
    reason: str
    holders: tuple[LeftHolder, ...]


class LeftList(msgspec.Struct, frozen=True):
    """A window on what left; `total` counts all versions that match."""

    total: int
    offset: int
    versions: tuple[LeftLine, ...]


def list_left(
    ctx: typer.Context,
    accord: Annotated[str, typer.Option("--accord", metavar="ACCORD", help="In one accord.")] = "",
    to: Annotated[str, typer.Option("--to", metavar="PARTY", help="To one party.")] = "",
    element: Annotated[str, typer.Option("--element", metavar="ELEMENT", help="Of one element.")] = "",
    fate: Annotated[
        str,
        typer.Option(
            "--fate",
            metavar="FATE",
            help="stands, replaced, not confirmed, refused or confirmed removed: what became of it.",
        ),
    ] = "",
    offset: OffsetOption = 0,
    limit: LimitOption = 50,
) -> None:
    """Lists every version of ours that left, what was last said something of first, with what is known of it since and no more."""
    call = calling(ctx)
    hq = call.hq()
    wanted: Fate | None = next((one for one in left.FATES if one == fate), None)
    if fate and wanted is None:
        raise MisuseError(f"{fate!r} is not what becomes of a version: give one of {', '.join(left.FATES)}.")
    total, found = left.window(
        hq,
        accord=names.accord(hq, accord) if accord else "",
        partner=names.party(to) if to else "",
        element=names.element(hq, element).id if element else "",
        fate=wanted or "",
        offset=offset,
        limit=limit,
    )
    reaches = left.reaches(hq, {holder.party for one in found for holder in one.holders})
    lines = LeftList(total, offset, tuple(_line(one, reaches) for one in found))
    if call.screen.as_json:
        call.screen.document(lines)
    else:
        _draw(call, lines)


def acknowledge(
    ctx: typer.Context,
    accord: AccordArg,
    element: Annotated[
        str, typer.Argument(metavar="ELEMENT", help="A partner's element: its id or a unique beginning.")
    ],
    statement: Annotated[
        str, typer.Option("--statement", metavar="TEXT", help="What to say with it; the author reads it.")
    ] = "",
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="For the decider; it never leaves.")] = "",
    *,
    readers: Annotated[
        bool, typer.Option("--readers", help="Tell how many here have read it, as counted from who opened it.")
    ] = False,
) -> None:
    """Asks for release of an acknowledgement: that the author's text was received, and with --readers by how many it was read."""
    call = calling(ctx)
    hq = call.hq()
    found = names.accord(hq, accord)
    party, item = theirs(hq, found, element)
    row = acknowledgements.tell(hq, call.person(), found, party, item, readers=readers, statement=statement, note=note)
    asked_for(call, row)


def theirs(hq: Headquarters, accord: AccordId, text: str) -> tuple[PartyId, ElementId]:
    """The partner's element in this accord whose id begins with `text`."""
    view = accords.view(hq, accord)
    live = {str(item.element): item for party in view.partners for item in state.live_releases(view.accord, party)}
    titles = {name: f"{item.kind} {state.title_of(item)!r} of {item.ref.party}" for name, item in live.items()}
    item = live[names.pick(text, titles, "partner's element", f"stafftalks accord show {names.short(accord)}")]
    return item.ref.party, item.element


def asked_for(call: Call, row: RequestRow) -> None:
    """Says that a release was asked for."""
    if call.screen.as_json:
        call.screen.document(request_lines.request_line(row))
    else:
        call.screen.say(f"Asked for: request {row.id}. A disclosure officer other than {row.requested_by} decides.")


def _line(one: Sent, reaches: dict[PartyId, Reach]) -> LeftLine:
    request = one.request
    let_go = tuple(approval.person for approval in request.approvals) if request else ()
    return LeftLine(
        one.accord, one.element, one.kind, one.title, one.version, one.realm, names.spell(one.ref), one.at,
        request.requested_by if request else "", let_go or ((request.decided_by,) if request else ()),
        tuple(str(letter) for letter in request.letters) if request else (),
        tuple(f"{seen.party}/{seen.n}" for seen in one.later_than), one.later_at, one.earlier_than,
        names.spell(one.recall.ref) if one.recall else "", one.recall.reason if one.recall else "",
        tuple(_holder(holder, reaches[holder.party]) for holder in one.holders),
    )  # fmt: skip


def _holder(one: Holder, reach: Reach) -> LeftHolder:
    return LeftHolder(
        one.party, one.fate, one.received_at, one.reached, one.told_at, one.readers, one.said, one.asked_at,
        one.answered_at, one.removed, one.statement, reach.since if reach.out else None, reach.gone,
    )  # fmt: skip


def _draw(call: Call, lines: LeftList) -> None:
    cells = [
        (
            names.short(line.element), line.kind, line.title, names.short(line.version), line.entry, when(line.at),
            ", ".join((line.asked_by, *line.let_go_by)), "; ".join(_in_words(holder) for holder in line.holders),
        )
        for line in lines.versions
    ]  # fmt: skip
    columns = ("Element", "Kind", "Title", "Version", "Entry", "Claimed", "By", "What is known of it")
    call.screen.table(columns, cells, empty="Nothing that matches has left.")
    if lines.total > len(lines.versions):
        shown = f"{lines.offset + 1} to {lines.offset + len(lines.versions)} of {lines.total}"
        call.screen.say(f"{shown}; --offset and --limit show others.")


def _in_words(holder: LeftHolder) -> str:
    said = [f"{holder.party}: {holder.fate}"]
    if holder.received_at:
        said.append(f"received {when(holder.received_at)} by their clock")
    if holder.told_at and holder.readers is not None:
        said.append(f"read by {holder.readers}, as they chose to tell")
    if holder.gone:
        said.append("paired no longer")
    elif holder.out_of_reach_since is not None:
        said.append(f"out of reach since {when(holder.out_of_reach_since)}")
    return ", ".join(said)
