"""Coverage: every requirement in every branch of its scenario over time, met by whom, what is missing, what it hangs on alone, and what would change."""

from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from stafftalks.analysis.coverage_values import Thing
from stafftalks.formats.charts import coverage as heat
from stafftalks.planning.options import Option
from stafftalks.services import analyses_coverage, releases
from stafftalks.web import access, charts
from stafftalks.web.coverage_rows import MARKS, ORDER, Changed, Shown
from stafftalks.web.views.drafts import WRITERS
from stafftalks.web.windows import Window, offset_of

_MOST_OPTIONS: Final = 60
_MOST_THINGS: Final = 400
_MOST_CHANGES: Final = 50
_DEPENDED: Final = 8
_SORTS: Final = ("force", "party", "through")


class WhatIf(msgspec.Struct, frozen=True):
    """What is asked for: what drops out, the branch that opens, and what then changes; `more` changes are not listed."""

    gone: tuple[str, ...]
    opens: str
    changed: tuple[Changed, ...]
    changed_count: int
    opening: tuple[Changed, ...]
    opening_count: int


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The answer as it stands now, one window of it; or what is shown as a file. Nothing is stored."""
    hq, query = access.headquarters(), request.GET
    private = query.get("private") == "yes"
    answer = analyses_coverage.coverage(hq, contingency=query.get("contingency", ""), private=private)
    chosen = tuple(query.getlist("o"))
    shown = Shown(answer, chosen)
    within = shown.chosen(scenario=query.get("scenario", ""), branch=query.get("branch", ""))
    found = [brief for brief in within if query.get("state", "") in ("", brief.state)]
    offset = offset_of(request)
    window = Window(len(found), offset)
    briefs = found[offset : offset + window.limit]
    # A table can be as long as there are rows; a picture shows what its page shows.
    drawn = shown.chart(found if query.get("take") == "csv" else briefs)
    if (taken := charts.export(request, (drawn,), answer.basis)) is not None:
        return taken
    lines = shown.lines(briefs)
    context = {
        "place": "coverage",
        "lines": lines,
        "pieces": [line.piece for line in lines],
        "chart": drawn,
        "window": window,
        "counts": [(state, heat.word(state, gettext), heat.mark(state), sum(brief.state == state for brief in within)) for state in ORDER],
        "tallies": shown.tallies(),
        "order": [(state, MARKS[state]) for state in ORDER],
        "depended": shown.depended(_DEPENDED),
        "what_if": _what_if(request, shown),
        "things": [(sort, shown.offered_things()[sort][:_MOST_THINGS]) for sort in _SORTS],
        "branches": shown.branches(),
        "options": [piece for piece in answer.gathered.pieces if isinstance(piece.content, Option)][:_MOST_OPTIONS],
        "chosen": chosen,
        "scenarios": [piece for piece in answer.gathered.pieces if piece.kind == "scenario"],
        "asked": {name: query.get(name, "") for name in ("scenario", "branch", "state", "contingency")},
        "private": private,
        "contingencies": sorted({piece.contingency for piece in answer.gathered.pieces if piece.contingency}),
        "may_write": access.person_of(request).lacking(*WRITERS) is None,
        "seen_by": charts.seen_by(answer.basis, releases.partner_names(hq)),
        "markings": charts.markings(hq, answer.basis),
        "answer": answer,
        "faults_left": answer.faults,
        **charts.standing(answer),
    }  # fmt: skip
    return render(request, "web/coverage/show.html", context)


def _what_if(request: HttpRequest, shown: Shown) -> WhatIf | None:
    """What is asked of the query; what is not there is passed over. None where nothing is asked."""
    known = {name for listed in shown.offered_things().values() for name, _title, _count in listed}
    gone = tuple(name for name in dict.fromkeys(request.GET.getlist("without")) if name in known)
    opens = request.GET.get("opens", "")
    opens = opens if opens in {key for key, _title in shown.branches()} else ""
    if not gone and not opens:
        return None
    things = [_thing(name) for name in gone]
    changed = shown.without(things) if things else []
    scenario, _hash, branch = opens.rpartition("#")
    opening = shown.opening(scenario, branch, things) if opens else []
    return WhatIf(
        gone, opens, tuple(changed[:_MOST_CHANGES]), len(changed), tuple(opening[:_MOST_CHANGES]), len(opening)
    )


def _thing(name: str) -> Thing:
    sort, _colon, called = name.partition(":")
    return ("force" if sort == "force" else "party" if sort == "party" else "through", called)
