"""Several requests decided in one act: what would leave, under which one letter, what stands against each, and the one decision."""

from collections import Counter
from collections.abc import Iterable

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from stafftalks.planning.summary import Section
from stafftalks.release import desk
from stafftalks.services import accords, desk_reviews, judging, letters, releases, together
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import RequestRow
from stafftalks.services.together import Batch, BatchError
from stafftalks.values.errors import MisuseError, Refusal, RefusedError, StafftalksError
from stafftalks.values.person import Person, Role
from stafftalks.web import access, faults, rule_words
from stafftalks.web.analyses import standing
from stafftalks.web.desk_queue import queue_of
from stafftalks.web.views.letters import Shown, shown_letter

READ_HERE = 50
"""Texts that are drawn in full on the page; the rest are read on pages of their own."""


class Line(msgspec.Struct, frozen=True):
    """A request of the batch: its rules against, the name of its body, and its text where it is drawn here."""

    row: RequestRow
    title: str
    shown: str
    against: tuple[Refusal, ...]
    words: tuple[str, ...]
    sections: tuple[Section, ...]
    waits_for_head: bool


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The batch that was chosen in the queue, or everything that a filter of the queue shows; and deciding it."""
    hq = access.headquarters()
    person = access.need_role(request, Role.OFFICER, Role.HEAD)
    chosen = _chosen(request, hq, person)
    found: tuple[faults.Fault, ...] = ()
    against: dict[str, tuple[Refusal, ...]] = {}
    if request.method == "POST" and request.POST.get("do") == "release":
        try:
            decided = _decide(request, hq, person, chosen)
        except BatchError as error:
            against = dict(error.against)
            sentence = _("Nothing was decided: rules stand against some of them. Leave these out, or mend them.")
            found = (faults.Fault(sentence),)
        except StafftalksError as error:
            found = faults.of_error(error)
        else:
            messages.success(request, _said(decided))
            return HttpResponseRedirect(reverse("desk"))
    if not chosen:
        sentence = _("Choose the requests that are to be decided together.")
        return faults.page(
            request, "web/desk/together.html", {"place": "desk", "lines": []}, found or (faults.Fault(sentence),)
        )
    batch = together.batch(hq, person, chosen)
    desk_reviews.look(hq, person, batch.rows[:READ_HERE])
    lines = [_line(batch, row, at, against) for at, row in enumerate(batch.rows)]
    context = {
        "place": "desk",
        "lines": lines,
        "standing": [line for line in lines if not line.against],
        "batch": batch,
        "letter": _letter(batch),
        "audience": sorted({party for row in batch.rows for party in row.audience}),
        "kinds": _counted(row.kind for row in batch.rows),
        "titles": {view.row.id: view.title for view in accords.views(hq)},
        "stood": standing.of_requests(hq, batch.rows),
        "unread": max(0, len(lines) - READ_HERE),
    }
    return faults.page(request, "web/desk/together.html", context, found)


def _chosen(request: HttpRequest, hq: Headquarters, person: Person) -> list[str]:
    """The ids of the batch, each once and in order: those that were ticked, or all that the queue's filter shows."""
    if request.method == "POST":
        return list(dict.fromkeys(request.POST.getlist("request")))[: together.MOST + 1]
    queue = queue_of(request, [row.party for row in hq.partners.partners()])
    if queue.state not in judging.OPEN:
        return []
    narrowed = queue.narrowed(person)
    _total, rows = releases.find(hq, state=queue.state, **narrowed, oldest=True, limit=together.MOST)
    return [row.id for row in rows]


def _decide(request: HttpRequest, hq: Headquarters, person: Person, chosen: list[str]) -> tuple[RequestRow, ...]:
    if request.POST.get("read") != "yes":
        sentence = _("Tick that you have read exactly what the partner will read, then release.")
        raise RefusedError(Refusal("unread", sentence))
    if not chosen:
        raise MisuseError(_("Choose the requests that are to be decided together."))
    return together.decide(hq, person, chosen, {name: request.POST.get(f"shown-{name}", "") for name in chosen})


def _said(decided: tuple[RequestRow, ...]) -> str:
    left = sum(1 for row in decided if row.state == "released")
    waiting = len(decided) - left
    said = ngettext("%d was released in one act.", "%d were released in one act.", left) % left
    if waiting:
        said += " " + ngettext(
            "%d waits for the head of delegation.", "%d wait for the head of delegation.", waiting
        ) % waiting  # fmt: skip
    return said


def _line(batch: Batch, row: RequestRow, at: int, said: dict[str, tuple[Refusal, ...]]) -> Line:
    against = tuple(dict.fromkeys((*batch.against.get(row.id, ()), *said.get(row.id, ()))))
    sections: tuple[Section, ...] = ()
    title = row.title
    if at < READ_HERE or not title:
        preview = desk.preview(row.body)
        title = title or preview.title
        if at < READ_HERE:
            sections = preview.sections
    outcome = batch.outcomes.get(row.id)
    return Line(
        row,
        title,
        judging.shown_name(row.body),
        against,
        tuple(dict.fromkeys(rule_words.word(refusal.rule) for refusal in against)),
        sections,
        outcome is not None and outcome.released is None,
    )


def _letter(batch: Batch) -> Shown | None:
    held = letters.find(access.headquarters(), batch.letter.ref.element) if batch.letter else None
    return shown_letter(held) if held else None


def _counted(kinds: Iterable[str]) -> list[tuple[str, int]]:
    counted = Counter(kinds)
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
