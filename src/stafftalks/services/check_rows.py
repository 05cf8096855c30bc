"""What stays home of private checks: plain frozen rows, the same from SQLite, PostgreSQL and the fakes of the tests.

Nothing here leaves. What a partner is given of a check stands in our record, and is made from these by `services.check_work`.
"""

from typing import Literal

import msgspec

from stafftalks.accord.bodies import EntryRef
from stafftalks.values.ids import AccordId, ElementId, PartyId, VersionHash
from stafftalks.values.person import Person, Role

Job = Literal["own", "theirs"]
"""What is computed in chunks: our own points, and the partner's points under our scalar."""


class CheckInput(msgspec.Struct, frozen=True):
    """One own activity as it was put into a check: which exact version, and the exact bytes that were committed to."""

    element: ElementId
    version: VersionHash
    title: str
    committed: bytes

    def __repr__(self) -> str:
        return f"CheckInput({self.element})"


class CheckWork(msgspec.Struct, frozen=True):
    """How far the computing of a check has come: `done` of `total` chunks of `job`, which is empty where nothing is under way.

    `opened` is the transcript under which our keys were first hashed, `theirs` the digest of the partner's points that our scalar was first applied to: it is never
    applied to others. `audited` is whether a person has said that nothing of it is to be audited any more. `sentence` says why it does not go on, empty where it does. `at` is when this was written, unix seconds.
    """

    job: Job | Literal[""] = ""
    done: int = 0
    total: int = 0
    opened: str = ""
    theirs: str = ""
    sentence: str = ""
    at: int = 0
    audited: bool = False


class CheckHit(msgspec.Struct, frozen=True):
    """Where one own activity shares a key with the partner's: a cell (`deconflict.covers_cells`), seconds and metres, all closed, or a named resource.

    `activity` is its place among the inputs. `cell` is empty for a claim, `resource` for a place; heights are None where open.
    """

    activity: int
    start: int
    end: int
    cell: str = ""
    low_m: int | None = None
    high_m: int | None = None
    resource: str = ""


class CheckFound(msgspec.Struct, frozen=True):
    """What a check told us. Which of `hits`, `count` and `any` is given follows from its mode; `at` is when it was computed, unix seconds.

    `keys` are the keys that both hold, in order: a finer check is made from them.
    """

    at: int
    hits: tuple[CheckHit, ...] = ()
    keys: tuple[bytes, ...] = ()
    count: int | None = None
    any: bool | None = None


class CheckRow(msgspec.Struct, frozen=True):
    """One check in which we have proposed or consented: who decided it, in which roles, when, over how many own activities.

    `secret` are the 32 bytes from which its scalar, its padding and its salts follow; empty once it is forgotten for good.
    """

    accord: AccordId
    proposal: EntryRef
    by: str
    at: int
    secret: bytes
    inputs: int
    roles: tuple[Role, ...] = (Role.OFFICER,)
    work: CheckWork = CheckWork()

    @property
    def decider(self) -> Person:
        """Who decided it, as he then was: what follows from the decision is let go as his act."""
        return Person(self.by, self.by, frozenset(self.roles))

    def __repr__(self) -> str:
        return f"CheckRow({self.proposal}, by={self.by!r}, inputs={self.inputs}, {self.work})"


class BudgetRow(msgspec.Struct, frozen=True):
    """How much may be asked of and answered to a partner by private checks, as the head of delegation set it.

    `share_percent` bounds which part of its area one check may feel out. `by` is empty where this is what stands by itself.
    """

    partner: PartyId
    checks_a_week: int = 3
    cooldown_s: int = 86_400
    share_percent: int = 25
    by: str = ""
    at: int = 0
