"""What the one who learns finds: his own points as the partner returned them, beside the partner's own points as he multiplied them himself."""

import msgspec

from stafftalks.deconflict.private.messages import Mode, buckets, rows
from stafftalks.deconflict.private.work import Own, OwnPlan, Plan
from stafftalks.values.errors import PeerError


class Found(msgspec.Struct, frozen=True):
    """What a check tells. `keys` only where it tells which: bucket and number of each own key that the partner has too. `count` is None where it tells only yes or no."""

    any: bool
    count: int | None = None
    keys: tuple[tuple[int, int], ...] | None = None


def find(mode: Mode, plan: OwnPlan, own: Own, returned: bytes, theirs: Plan, multiplied: bytes) -> Found:
    """What is found. `returned`: own points multiplied by the partner; `multiplied`: the partner's points, as planned, multiplied here.

    Raises PeerError where padding is among what is found: no honest partner has it.
    """
    one, other = rows(returned), rows(multiplied)
    count, keys = 0, []
    for (number, here), (_number, there) in zip(buckets(plan.caps), buckets(theirs.caps), strict=True):
        both = set(other[there].tolist())
        matches = [at for at, point in enumerate(one[here].tolist()) if point in both]
        real = len(plan.keys[number])
        if len(matches) > real:
            raise _padding(number)
        count += len(matches)
        if mode == "which":
            places = sorted((own.order[here][matches] - here.start).tolist())
            if places and places[-1] >= real:
                raise _padding(number)
            keys += [(number, place) for place in places]
    match mode:
        case "which":
            return Found(count > 0, count, tuple(keys))
        case "count":
            return Found(count > 0, count)
        case "any":
            return Found(count > 0)


def _padding(number: int) -> PeerError:
    return PeerError(
        f"The partner's answer matches padding of ours in bucket {number + 1}: it was not made of keys. Nothing in it can be believed."
    )
