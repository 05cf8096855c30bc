"""What a sweep and its workers have in common: the problem, and the parts that came back. A worker reads the one and adds the other, and needs no other right."""

import msgspec

from stafftalks.services.sweep_ports import Span
from stafftalks.store.edge import reading, storable, writing
from stafftalks.store.models import SharedPart, SharedSweep


class Shared(msgspec.Struct, frozen=True):
    """A problem, what it is named by, and the software that froze it."""

    hash: str
    software: str
    problem: bytes


class Came(msgspec.Struct, frozen=True):
    """What came of a span: a part, or why there is none."""

    span: Span
    part: bytes
    fault: str


@writing()
def share(shared: Shared) -> int:
    """Puts a problem where workers find it; returns its number."""
    return SharedSweep.objects.create(hash=shared.hash, software=shared.software, problem=shared.problem).pk


@reading()
def shared(number: int) -> Shared | None:
    """The problem of a number; None where nobody waits for it any more."""
    found = SharedSweep.objects.filter(pk=number).first()
    return None if found is None else Shared(found.hash, found.software, bytes(found.problem))


@writing()
def give(number: int, came: Came) -> None:
    """Adds what came of a span; no effect where something of it is there already."""
    row = SharedPart(
        sweep_id=number, first=came.span.first, last=came.span.last, part=came.part, fault=storable(came.fault)
    )
    SharedPart.objects.bulk_create([row], ignore_conflicts=True)


@writing()
def take(number: int, *, most: int = 20) -> list[Came]:
    """Takes what came since, in the order in which it came."""
    rows = list(SharedPart.objects.filter(sweep_id=number).order_by("pk")[:most])
    SharedPart.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return [Came(Span(row.first, row.last), bytes(row.part), row.fault) for row in rows]


@writing()
def forget(number: int) -> None:
    """Deletes a problem with what came of it; what workers are at comes to nothing."""
    SharedSweep.objects.filter(pk=number).delete()
