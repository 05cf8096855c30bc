"""An actor of the demonstration that can also be told to `forge`: it signs and appends any release to its own record, past every rule."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from stafftalks.record import canon
from stafftalks.services.ports import Headquarters
from stafftalks.site.demo import actor, verbs
from stafftalks.site.demo.lines import Args
from stafftalks.values.person import Person
from tests.attacks.hostile import Hostile


def _forge(hq: Headquarters, _: Person, args: Args) -> None:
    Hostile(hq, verbs.accord_of(args)).says("release", canon.encode(args.mapping("body")))  # type: ignore[arg-type]
    hq.wake()


if __name__ == "__main__":
    verbs.ACTS["forge"] = _forge
    sys.exit(actor.main())
