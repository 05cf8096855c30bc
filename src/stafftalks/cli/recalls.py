"""`stafftalks release recall` and `confirm`: taking back what was released, one element or everything, and answering others' recalls."""

from typing import Annotated, Literal

import msgspec
import typer

from stafftalks.accord.bodies import EntryRef
from stafftalks.cli import names
from stafftalks.cli.accord import Act
from stafftalks.cli.calls import Call, calling
from stafftalks.cli.options import AccordArg, StatementOption
from stafftalks.services import accords, recalls
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import AccordId


class Acts(msgspec.Struct, frozen=True):
    """The JSON document of one decision that takes many entries: the accord, and the entries of our record that now say it."""

    accord: str
    entries: tuple[str, ...]


def recall(
    ctx: typer.Context,
    accord: AccordArg,
    element: Annotated[
        str, typer.Argument(metavar="ELEMENT", help="An own element: its id or a unique beginning; none with --all.")
    ] = "",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; the holders read it.")] = "",
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Everything of ours that stands released in the accord, in one act.")
    ] = False,
) -> None:
    """Asks the holders of our element to remove every version released in this accord. What they confirm, `release left` tells."""
    call = calling(ctx)
    hq = call.hq()
    if everything == bool(element):
        raise MisuseError("Recall one element, named by its id, or everything with --all.")
    found = names.accord(hq, accord)
    if everything:
        refs = recalls.recall_everything(hq, call.person(), found, reason)
        _many(call, found, refs, f"Recalled: {len(refs)} elements")
        return
    ref = recalls.recall(hq, call.person(), found, names.element(hq, element).id, reason)
    if call.screen.as_json:
        call.screen.document(Act(found, names.spell(ref)))
    else:
        call.screen.say(
            f"Recalled. Entry {names.spell(ref)} of our record; the holders' answers come with later exchanges."
        )


def confirm(
    ctx: typer.Context,
    accord: AccordArg,
    recall: Annotated[
        str,
        typer.Argument(
            metavar="ENTRY", help="A recall: PARTY/n, or PARTY/epoch/n; n counts from 0. None with --all-of."
        ),
    ] = "",
    statement: StatementOption = "",
    refuse: Annotated[str, typer.Option("--refuse", metavar="REASON", help="Do not remove it, and say why.")] = "",
    all_of: Annotated[
        str, typer.Option("--all-of", metavar="PARTY", help="Every recall of this party that waits, alike, in one act.")
    ] = "",
) -> None:
    """Answers a partner's recall: removes here what it names and says so, or refuses with --refuse."""
    call = calling(ctx)
    hq = call.hq()
    if bool(recall) == bool(all_of):
        raise MisuseError("Answer one recall, named by its entry, or all of a party's with --all-of PARTY.")
    view = accords.view(hq, names.accord(hq, accord))
    outcome: Literal["removed", "refused"] = "refused" if refuse else "removed"
    done = "Refused" if refuse else "Removed and confirmed"
    if all_of:
        party = names.party(all_of)
        waiting = [one.ref for one in recalls.open_recalls(hq, view.row.id) if one.ref.party == party]
        if not waiting:
            raise MisuseError(f"No recall of {party} waits for our answer in this accord.")
        refs = recalls.answer_many(hq, call.person(), view.row.id, waiting, outcome, refuse or statement)
        _many(call, view.row.id, refs, f"{done}: {len(refs)} elements")
        return
    about = names.entry(view.feeds, recall)
    if refuse:
        ref = recalls.refuse_recall(hq, call.person(), view.row.id, about, refuse)
    else:
        ref = recalls.confirm(hq, call.person(), view.row.id, about, statement)
    if call.screen.as_json:
        call.screen.document(Act(view.row.id, names.spell(ref)))
    else:
        call.screen.say(f"{done}. Entry {names.spell(ref)} of our record.")


def _many(call: Call, accord: AccordId, refs: tuple[EntryRef, ...], sentence: str) -> None:
    if call.screen.as_json:
        call.screen.document(Acts(accord, tuple(names.spell(ref) for ref in refs)))
    else:
        call.screen.say(f"{sentence}. Entries {names.spell(refs[0])} to {refs[-1].n} of our record.")
