"""`stafftalks analyse conflicts`: where plans clash in what they book, take for granted and rely on; in a file, or among what stands here."""

from typing import TYPE_CHECKING

import msgspec
import typer

from stafftalks.cli import analyse_basis, inputs
from stafftalks.cli.analyse_basis import Contingency, File, LeftOutOfIt, Private, StandsOn
from stafftalks.cli.calls import Call, calling
from stafftalks.cli.failures import COLLIDING

if TYPE_CHECKING:
    from stafftalks.analysis.clashes import Clash
    from stafftalks.analysis.times import Times


class ClashLine(msgspec.Struct, frozen=True):
    """One clash: `sort` is force, lift, place, resource, assumption or recalled; `severity` certain, possible or unmeasured. Ticks are null where open or without meaning."""

    id: str
    sort: str
    name: str
    severity: str
    elements: tuple[str, ...]
    start: int | None
    end: int | None
    starts: str
    ends: str
    sentence: str


class ClashesFound(msgspec.Struct, frozen=True):
    """Everything that clashes, the certain first. `stands_on` is null for files."""

    title: str
    clashes: tuple[ClashLine, ...]
    stands_on: StandsOn | None
    left_out: tuple[LeftOutOfIt, ...]


def conflicts(
    ctx: typer.Context, file: File = None, contingency: Contingency = "", *, private: Private = False
) -> None:
    """Finds forces, lift, places and resources that are booked twice, plans that take opposite things for granted, and plans that rely on a release that was recalled.

    Ends with 6 where something clashes, with 7 where something was left out. What overlaps in place, height and time: `stafftalks conflicts`.
    """
    from stafftalks.analysis import clashes_reading
    from stafftalks.services import analyses_conflicts

    call = calling(ctx)
    if file is not None:
        answer, read, scale, units = clashes_reading.clashes_of(inputs.read_data(file), file)
        told = (analyses_conflicts.told(each, {}, read.times, units, scale) for each in answer.found)
        lines = tuple(_line(each, read.times) for each in told)
        found = ClashesFound(read.title, lines, None, analyse_basis.left_out((*read.faults, *answer.faults)))
    else:
        here = analyses_conflicts.conflicts(call.hq(), contingency=contingency, private=private)
        lines = tuple(_line(each, here.times) for each in here.found)
        basis = analyse_basis.stands_on(here.basis)
        found = ClashesFound(contingency, lines, basis, analyse_basis.left_out(here.faults))
    if call.screen.as_json:
        call.screen.document(found)
    else:
        _tell(call, found)
    if found.clashes:
        raise typer.Exit(COLLIDING)
    analyse_basis.finish(found.left_out)


def _line(clash: "Clash", times: "Times") -> ClashLine:
    return ClashLine(
        clash.id,
        clash.sort,
        clash.name,
        clash.severity,
        clash.elements,
        clash.start,
        clash.end,
        times.said(clash.start),
        times.said(clash.end, last=True),
        clash.sentence,
    )


def _tell(call: Call, found: ClashesFound) -> None:
    rows = [(each.sort, each.severity, each.sentence) for each in found.clashes]
    call.screen.table(("About", "How surely", "What clashes"), rows, empty="Nothing clashes.")
    analyse_basis.tell_basis(call, found.stands_on, found.left_out)
