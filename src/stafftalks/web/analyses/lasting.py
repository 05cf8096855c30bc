"""How long something lasts, in the reader's language."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stafftalks.analysis.schedule import Ticks


def lasting(ticks: Ticks, count: int) -> str:
    """`3 days`, `2 days 6 hours`, `6 hours`; a number of ticks where nothing says how long one is."""
    if not ticks.counted:
        return ngettext("%(count)s tick", "%(count)s ticks", count) % {"count": f"{count:,}"}
    return of_hours(round(count * 24 / ticks.per_day))


def of_hours(count: int) -> str:
    """`3 days`, `2 days 6 hours`, `6 hours`."""
    days, hours = divmod(count, 24)
    said_days = ngettext("%(count)s day", "%(count)s days", days) % {"count": f"{days:,}"}
    said_hours = ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    if not days:
        return said_hours
    return _("%(days)s %(hours)s") % {"days": said_days, "hours": said_hours} if hours else said_days
