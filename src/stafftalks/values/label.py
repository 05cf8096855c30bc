"""A confidentiality marking as its originator gave it, and the label it is read as.

A marking is what people type and what elements hold: policy, classification and caveats, kept as text and never rewritten. A label is the reading of
that text under a policy, by the model of ADatP-4774: nothing here decides whether a label is right, or who may read.
"""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from stafftalks.values.errors import Refusal, StafftalksError

LineText = Annotated[str, Meta(max_length=500, pattern=r"\A[^\x00-\x1f\x7f]*\Z")]
"""One line of text, as people type it: no line breaks, no control characters, at most 500 characters."""
LineItem = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\A[^\x00-\x1f\x7f]+\Z")]
"""A line that is not empty."""


class Marking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An originator's marking; all parts empty means that none was given, never that it is public."""

    policy: Annotated[LineText, Meta(title="Policy", description="Whose rules the marking follows, as NATO.")] = ""
    classification: Annotated[LineText, Meta(title="Classification", description="As given, as SECRET.")] = ""
    caveats: Annotated[
        tuple[LineItem, ...],
        Meta(max_length=50, title="Caveats", description="Releasability and handling, one a line, as REL TO XMR, XTV."),
    ] = ()

    def banner(self) -> str:
        """`NATO SECRET//REL TO XMR, XTV`; the empty text where no marking was given."""
        policy, given = self.policy.upper(), self.classification.upper()
        between = ":" if policy == "TLP" and given else " "  # Source: TLP 2.0
        head = given if given.startswith(policy) else f"{policy}{between}{given}".strip()
        return "//".join(part for part in (head, *self.caveats) if part)

    def __str__(self) -> str:
        """The banner."""
        return self.banner()


class TagType(StrEnum):
    """What a category asks of a reader: to hold all of its values, one of them, or nothing. Source: ADatP-4774."""

    RESTRICTIVE = "RESTRICTIVE"
    PERMISSIVE = "PERMISSIVE"
    INFORMATIVE = "INFORMATIVE"


class Category(msgspec.Struct, frozen=True):
    """The values of one tag in the policy's order; a permissive category with no values at all permits nobody."""

    tag: str
    type: TagType
    values: tuple[str, ...] = ()


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What a marking says under its policy. The classification is empty only under a policy that has none.

    `originator` and `created_at` (RFC 3339, UTC) say who gave it and when, where a label in XML said so; text does not.
    """

    policy: str
    uri: str = ""
    classification: str
    categories: tuple[Category, ...] = ()
    privacy_mark: str = ""
    originator: str = ""
    created_at: str = ""

    def values(self, tag: str) -> tuple[str, ...] | None:
        """The values of the tag of that name; None where the label does not bear it."""
        return next((category.values for category in self.categories if category.tag == tag), None)


class LabelError(StafftalksError):
    """A marking or label that cannot be read under any policy known here; `refusals` says each fault by rule.

    Rules: `label-missing`, `label-policy-unknown`, `label-classification`, `label-category`, `label-contradiction`, `label-malformed`.
    """

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__(" ".join(refusal.sentence for refusal in refusals))
        self.refusals = refusals
