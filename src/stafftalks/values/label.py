"""A confidentiality marking as its originator gave it: policy, classification and caveats, kept as text.

This is the first form: it decides nothing about who may read, and never rewrites what was given.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

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
