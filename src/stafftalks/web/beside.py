"""Who else is at work on an element, in sentences: a colleague who has its form open, or who saved it since a page was made."""

from django.utils.translation import gettext as _

from stafftalks.services.ports import Headquarters
from stafftalks.store import kept
from stafftalks.store.kept import Opened
from stafftalks.values.ids import ElementId
from stafftalks.web.templatetags.stafftalks import ago

ALIVE_S = 90
"""A page that runs its script says that it is open several times in this many seconds."""
_WITHOUT_SCRIPT_S = 3_600


def colleagues(hq: Headquarters, username: str, element: ElementId) -> list[str]:
    """A sentence for each colleague who has the element's form open."""
    now = hq.clock.now()
    return [_sentence(one, now) for one in kept.others(username, element, now=now) if _there(one, now)]


def revised(hq: Headquarters, username: str, element: ElementId, version: str) -> str:
    """That someone else saved the element since `version` was read; empty where nobody did."""
    row = hq.holdings.element(element) if version else None
    if row is None or row.version == version or row.revised_by == username:
        return ""
    said = _("%(person)s saved a new version of this %(when)s.")
    return said % {"person": names([row.revised_by]).get(row.revised_by, row.revised_by), "when": ago(row.revised_at)}


def names(usernames: list[str]) -> dict[str, str]:
    """What these people are called; one query."""
    from stafftalks.store.models import User

    return {user.username: str(user) for user in User.objects.filter(username__in=usernames)}


def _there(one: Opened, now: int) -> bool:
    if one.alive_at > one.opened_at:
        return now - one.alive_at <= ALIVE_S
    return now - one.opened_at <= _WITHOUT_SCRIPT_S


def _sentence(one: Opened, now: int) -> str:
    if one.typed_at:
        return _("%(person)s has this form open, last typed %(when)s.") % {
            "person": one.name,
            "when": ago(one.typed_at),
        }
    if now - one.alive_at <= ALIVE_S:
        return _("%(person)s has this form open and has typed nothing yet.") % {"person": one.name}
    return _("%(person)s opened this form %(when)s.") % {"person": one.name, "when": ago(one.opened_at)}
