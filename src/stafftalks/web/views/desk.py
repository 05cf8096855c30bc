"""The release desk: what waits, for whom, since when, and which rule stands against it in a word."""

from collections.abc import Mapping

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from stafftalks.planning.kinds import KINDS, LABELS
from stafftalks.release import desk
from stafftalks.services import accords, desk_reviews, letters, releases
from stafftalks.services.rows import RequestRow
from stafftalks.values.errors import Refusal
from stafftalks.values.person import Person, Role
from stafftalks.web import access, rule_words
from stafftalks.web.desk_queue import ALL, STATES, TABS, Queue, queue_of
from stafftalks.web.windows import Window, offset_of


class Line(msgspec.Struct, frozen=True):
    """A request in the queue; `blocks` are the rules that say no to it now, each in a word."""

    row: RequestRow
    title: str
    blocks: tuple[str, ...]
    own: bool


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Requests in one state, narrowed by partner, kind, person and words; those that still wait stand the oldest first."""
    hq, person = access.headquarters(), access.person_of(request)
    partners = [(row.party, row.name) for row in hq.partners.partners()]
    queue, offset = queue_of(request, [code for code, _name in partners]), offset_of(request)
    narrowed = queue.narrowed(person)
    counted = hq.desk.tally(**narrowed)
    state = "" if queue.state == ALL else queue.state
    total, rows = releases.find(hq, state=state, **narrowed, oldest=queue.oldest, offset=offset, limit=50)
    may_decide = person.lacking(Role.OFFICER) is None
    is_head = person.lacking(Role.HEAD) is None
    against = desk_reviews.standing_against(hq, [row for row in rows if row.state in ("waiting", "approved")])
    context = {
        "place": "desk",
        "queue": queue,
        "tabs": _tabs(counted),
        "rows": [_line(row, against.get(row.id, ()), person) for row in rows],
        "oldest": rows[0].requested_at if rows and not offset else 0,
        "window": Window(total, offset),
        "earlier_words": _("Before these") if queue.oldest else "",
        "later_words": _("After these") if queue.oldest else "",
        "states": STATES,
        "partners": partners,
        "kinds": [(name, LABELS[name][1]) for name in KINDS if name != "letter"],
        "titles": {view.row.id: view.title for view in accords.views(hq)},
        "may_decide": may_decide,
        "is_head": is_head,
        "choosing": _choosing(queue, may_decide=may_decide, is_head=is_head),
        "no_letter": not letters.any_held(hq),
    }
    return render(request, "web/desk/list.html", context)


def _line(row: RequestRow, against: tuple[Refusal, ...], person: Person) -> Line:
    title = row.title or desk.preview(row.body).title
    return Line(row, title, rule_words.short(against), row.requested_by == person.username)


def _tabs(counted: Mapping[str, int]) -> list[tuple[str, object, int]]:
    """Each state with its words and how many there are."""
    return [
        *((state, words, counted.get(state, 0)) for state, words in TABS.items()),
        (ALL, _("All"), sum(counted.values())),
    ]


def _choosing(queue: Queue, *, may_decide: bool, is_head: bool) -> bool:
    """Whether several can be chosen, to be decided together."""
    return (queue.state == "waiting" and may_decide) or (queue.state == "approved" and is_head)
