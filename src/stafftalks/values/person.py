"""People of one's own headquarters and the roles they hold there; partners never learn either."""

from enum import StrEnum

import msgspec

from stafftalks.values.errors import Refusal


class Role(StrEnum):
    """What a person may do at home. A person may hold several; two-person rules look at persons, not roles."""

    PLANNER = "planner"
    OFFICER = "disclosure officer"
    HEAD = "head of delegation"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Person(msgspec.Struct, frozen=True):
    """Someone signed in at this headquarters."""

    username: str
    name: str
    roles: frozenset[Role]

    def lacking(self, *needed: Role) -> Refusal | None:
        """None where this person holds one of `needed`, else the refusal to show."""
        if self.roles & set(needed):
            return None
        wanted = " or ".join(needed)
        held = ", ".join(sorted(self.roles)) or "no role"
        sentence = f"{self.name} ({held}) may not do this: it takes a {wanted}. An administrator can give the role."
        return Refusal("role", sentence)
