"""What a private check tells us, turned from keys into our own activities, cells, times and heights."""

from collections.abc import Iterator, Mapping

from stafftalks.deconflict import covers
from stafftalks.deconflict.covers import Covered, Filled
from stafftalks.deconflict.private.finding import Found
from stafftalks.deconflict.volume import Volume
from stafftalks.services import check_inputs
from stafftalks.services.check_rows import CheckFound, CheckHit
from stafftalks.services.check_side import Side


def told(side: Side, found: Found, now: int) -> CheckFound:
    """What is kept of what was found: by mode, the hits, their number, or whether there are any."""
    match side.mode:
        case "which":
            keys = found.keys or ()
            hits = tuple(sorted(set(_hits(side, keys)), key=_order))
            both = sorted({side.covered.filled[bucket].keys[place] for bucket, place in keys})
            return CheckFound(now, hits, tuple(both), found.count, found.any)
        case "count":
            return CheckFound(now, count=found.count, any=found.any)
        case "any":
            return CheckFound(now, any=found.any)


def _hits(side: Side, keys: tuple[tuple[int, int], ...]) -> Iterator[CheckHit]:
    numbers = {str(one.element): number for number, one in enumerate(side.inputs)}
    claims = _claims(side)
    for bucket, place in keys:
        filled = side.covered.filled[bucket]
        spot = covers.spot(filled.keys[place], side.grid)
        for name in side.covered.owners(bucket, place):
            resource = "" if spot.cell else claims.get((name, filled.keys[place]), "")
            yield CheckHit(numbers[name], spot.start, spot.end, spot.cell, spot.low_m, spot.high_m, resource)


def _claims(side: Side) -> Mapping[tuple[str, bytes], str]:
    """Which claimed resource each key of a claim stands for, by the activity: a key itself does not say."""
    found: dict[tuple[str, bytes], str] = {}
    for one in side.inputs:
        volume = check_inputs.volume(one.committed)
        for claim in volume.claims:
            alone = Volume(
                activity=volume.activity, title=volume.title, start=volume.start, end=volume.end, claims=(claim,)
            )
            for key in _keys(covers.keys([alone], side.grid, side.role)):
                found[volume.activity, key] = claim.resource
    return found


def _keys(covered: Covered) -> Iterator[bytes]:
    filled: Filled
    for filled in covered.filled:
        yield from filled.keys


def _order(hit: CheckHit) -> tuple[int, int, int, str, int, str]:
    return hit.activity, hit.start, hit.end, hit.cell, hit.low_m if hit.low_m is not None else -10_000, hit.resource
