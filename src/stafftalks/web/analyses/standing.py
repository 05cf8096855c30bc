"""In a few words, on what an element stands that was written from an analysis, for lists of requests: the whole is told where each is read."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stafftalks.services import written
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import RequestRow
from stafftalks.services.written import Standing


def of_requests(hq: Headquarters, rows: Sequence[RequestRow]) -> dict[str, tuple[str, ...]]:
    """By request what its decider should know of that, those alone whose element was written from an analysis and of which there is anything to know."""
    known = hq.written.among({row.element for row in rows})
    found = {}
    for row in rows:
        standing = written.standing(hq, row.element, row.audience) if row.element in known else None
        if standing is not None and (said := told(standing)):
            found[row.id] = said
    return found


def told(standing: Standing) -> tuple[str, ...]:
    """What of its basis is not released, not given to its recipients, or has moved on."""
    unseen = sum(not each.private for each in standing.unseen)
    private = len(standing.private)
    return (
        *((ngettext("Its figures stand on %d element of ours that is not released.", "Its figures stand on %d elements of ours that are not released.", private) % private,) if private else ()),
        *((ngettext("Not everyone who would get it was given %d element that it stands on.", "Not everyone who would get it was given %d elements that it stands on.", unseen) % unseen,) if unseen else ()),
        *((_("Stale: what it stands on has moved on since."),) if standing.moved else ()),
    )  # fmt: skip
