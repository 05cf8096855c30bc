"""The date of an anchor: what turns C+3 into a day. It is an element of its own, so that a plan can be shared without it."""

from typing import Annotated

from stafftalks.planning.refs import ElementRef
from stafftalks.planning.text import Titled, ask
from stafftalks.values.relative_time import Anchor, Instant


class AnchorDate(Titled, frozen=True, kw_only=True, tag="anchor"):
    """When C-day, D-day or another anchor is. Each party sets its own, and shares it or not."""

    anchor: Annotated[Anchor, ask("Anchor", "The letter that relative times hang on, as C or D.")]
    at: Annotated[Instant, ask("Date", "A UTC date or time, as 2027-05-04 or 040600ZMAY27.")]
    plan: Annotated[ElementRef | None, ask("Plan", "The plan it is for; empty for its whole contingency.")] = None
