"""Long analyses: those that run or wait, those that have ended, and the form by which one is begun."""

import contextlib
from collections.abc import Sequence
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from stafftalks.services import runs, workspace
from stafftalks.services.run_rows import OVER, RunAnalysis, RunId
from stafftalks.values.errors import MisuseError, StafftalksError
from stafftalks.web import access, faults
from stafftalks.web.analyses import words
from stafftalks.web.forms.analyses import FORMS, initial_of
from stafftalks.web.windows import Window, offset_of

KINDS: Final[tuple[RunAnalysis, ...]] = ("schedule", "risk", "options", "sweep")
_UNDER_WAY: Final = 100


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """What is under way, and one window of what has ended."""
    person, hq = access.need_role(request, *runs.READERS), access.headquarters()
    kind = request.GET.get("kind", "")
    offset = offset_of(request)
    count, ended = runs.window(hq, states=OVER, analysis=kind if kind in KINDS else "", offset=offset)
    _more, under_way = runs.window(hq, states=("running", "waiting"), limit=_UNDER_WAY)
    context = {
        "place": "analyses",
        "under_way": [words.line(row) for row in under_way[::-1]],
        "ended": [words.line(row) for row in ended],
        "window": Window(count, offset),
        "kinds": [(each, words.name(each), words.about(each)) for each in KINDS],
        "kind": kind,
        "may_plan": person.lacking(*runs.PLANNERS) is None,
        "markings": [row.markings for row in (*under_way, *ended)],
    }
    return render(request, "web/analyses/list.html", context)


def _initial(request: HttpRequest, kind: RunAnalysis, offered: Sequence[str]) -> dict[str, object]:
    """What a form begins with: what an earlier run of the analysis asked (`like`), or a contingency that is here."""
    if like := request.GET.get("like", ""):
        with contextlib.suppress(MisuseError):
            ask = runs.one(access.headquarters(), RunId(like)).ask
            if ask.analysis == kind:
                return initial_of(ask)
    named = request.GET.get("contingency", "")
    return {"contingency": named if named in offered else ""}


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """The form of one analysis; sent, the run waits for its turn."""
    person, hq = access.need_role(request, *runs.PLANNERS), access.headquarters()
    if kind not in KINDS:
        raise Http404
    offered = runs.contingencies(hq)
    form = FORMS[kind](
        request.POST if request.method == "POST" else None,
        contingencies=[("", _("All")), *((each, each) for each in offered)],
        initial=_initial(request, kind, offered),
    )
    told: tuple[faults.Fault, ...] = ()
    if request.method == "POST" and not (told := faults.of_forms(form)):
        try:
            run = runs.start(hq, person, form.ask())
        except StafftalksError as error:
            told = faults.of_error(error)
        else:
            messages.success(request, _("It waits for its turn. You can leave this page and come back."))
            return HttpResponseRedirect(reverse("analysis", args=[run]))
    context = {
        "place": "analyses",
        "form": form,
        "kind": kind,
        "name": words.name(kind),
        "closures": runs.closures(hq) if kind == "risk" else (),
        "plans": workspace.pieces(hq, kinds=("plan",)) if kind == "risk" else (),
        "about": words.about(kind),
    }
    return faults.page(request, "web/analyses/new.html", context, told)
