"""The one value that a record of ours takes in: bytes that the rules of this room have let go.

Whoever appends or sends asks for a `Released`, and only this room can make one: the wrong call cannot be written.
"""

import dataclasses

from stafftalks.planning.refs import ExactRef
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import PartyId
from stafftalks.values.realm import Realm

_TOKEN = object()


# A dataclass and not a struct, because a struct can be made by decoding and by `replace`, which would pass by the token.
@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """What may be appended to one's own record, and who may read it.

    `body` are the exact bytes, `type` what they are; `audience` are those who get them, never empty; `realm` is None for acts, which
    are outside the realms. `summary` is a sentence for our own journal, and `decided_by` and `requested_by` are usernames (empty for an
    opening, which no person decides), and `letters` are those under which a release is let go; none of these four ever leaves.
    """

    type: str
    body: bytes
    audience: tuple[PartyId, ...]
    realm: Realm | None
    summary: str
    decided_by: str
    requested_by: str
    letters: tuple[ExactRef, ...] = ()
    token: dataclasses.InitVar[object] = None

    def __post_init__(self, token: object) -> None:
        """Raises MisuseError where it is made outside the release desk, or for nobody."""
        if token is not _TOKEN:
            raise MisuseError("Only the release desk lets anything go: call desk.admit_release or desk.admit_act.")
        if not self.audience:
            raise MisuseError("Nothing is released to nobody: an empty audience means nobody.")
