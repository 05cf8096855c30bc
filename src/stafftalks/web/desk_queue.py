"""What the queue of the release desk is asked to show: a state, filters, and from where; and the state's words."""

from collections.abc import Collection
from typing import Final, TypedDict

import msgspec
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stafftalks.planning.kinds import KINDS
from stafftalks.values.ids import PartyId
from stafftalks.values.person import Person

STATES: Final[dict[str, Promise]] = {
    "waiting": _("Waiting for a decision"),
    "approved": _("Waiting for the head of delegation"),
    "returned": _("Handed back with a question"),
    "released": _("Released"),
    "refused": _("Refused"),
    "withdrawn": _("Taken back by its drafter"),
}
TABS: Final[dict[str, Promise]] = {
    "waiting": _("Waiting"),
    "approved": _("For the head"),
    "returned": _("Handed back"),
    "released": _("Released"),
    "refused": _("Refused"),
    "withdrawn": _("Taken back"),
}
OPEN: Final = ("waiting", "approved", "returned")
"""States in which somebody must still do something: there the oldest stand first."""
ALL: Final = "all"


class Narrowed(TypedDict):
    """The filters of the desk besides the state."""

    partner: str
    kind: str
    by: str
    besides: str
    text: str


class Queue(msgspec.Struct, frozen=True):
    """What is shown. Empty parts ask for any; `whose` is mine or others."""

    state: str
    partner: str = ""
    kind: str = ""
    whose: str = ""
    text: str = ""

    @property
    def filtered(self) -> bool:
        """Whether anything but the state narrows it."""
        return bool(self.partner or self.kind or self.whose or self.text)

    @property
    def oldest(self) -> bool:
        """Whether the oldest stand first."""
        return self.state in OPEN

    def narrowed(self, person: Person) -> Narrowed:
        """The filters as the desk takes them, for `person`."""
        return {
            "partner": self.partner,
            "kind": self.kind,
            "by": person.username if self.whose == "mine" else "",
            "besides": person.username if self.whose == "others" else "",
            "text": self.text,
        }


def queue_of(request: HttpRequest, partners: Collection[PartyId]) -> Queue:
    """What the query asks for; what it says without sense is left out."""
    query = request.GET
    state, kind, whose = query.get("state", "waiting"), query.get("kind", ""), query.get("whose", "")
    partner = query.get("partner", "")
    return Queue(
        state=state if state in STATES or state == ALL else "waiting",
        partner=partner if partner in partners else "",
        kind=kind if kind in KINDS else "",
        whose=whose if whose in ("mine", "others") else "",
        text=query.get("text", "").strip()[:200],
    )
