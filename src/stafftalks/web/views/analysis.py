"""One long analysis: how far it is, what it came to, what it stands on and who may see it; stopped, begun again, forgotten."""

from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Final

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from stafftalks.analysis.schedule_assumptions import Granted
from stafftalks.services import accords, prints, releases, run_writing, runs
from stafftalks.services.analyses import Input, Moved
from stafftalks.services.ports import Headquarters
from stafftalks.services.run_rows import OVER, RunAnalysis, RunId, RunRow
from stafftalks.values.errors import MisuseError, StafftalksError
from stafftalks.values.person import Person
from stafftalks.web import access, charts, faults
from stafftalks.web.analyses import options, risk, schedule, sweep, sweep_files, words
from stafftalks.web.faults import Fault

if TYPE_CHECKING:
    from stafftalks.values.ids import AccordId

RESULTS: Final[dict[RunAnalysis, ModuleType]] = {"schedule": schedule, "options": options, "risk": risk, "sweep": sweep}
"""What tells the result of each analysis: `context(request, row, result)` for the template `web/analyses/result_<analysis>.html`."""
_LISTED: Final = 500


class Standing(msgspec.Struct, frozen=True):
    """An exact version that a run stands on, and where it is read; empty where it cannot be any more."""

    input: Input
    url: str


@require_GET
def show(request: HttpRequest, run: RunId) -> HttpResponse:
    """The run whole, as it stands now."""
    access.need_role(request, *runs.READERS)
    return _page(request, _one(run))


@require_GET
def progress(request: HttpRequest, run: RunId) -> HttpResponse:
    """How far it is, for the page that shows it; the page is drawn anew once it has ended."""
    access.need_role(request, *runs.READERS)
    row = _one(run)
    answered = render(request, "web/analyses/progress.html", _progress(access.headquarters(), row))
    if row.stands.state in OVER:
        answered["HX-Refresh"] = "true"
    return answered


@require_POST
def stop(request: HttpRequest, run: RunId) -> HttpResponse:
    """The run is asked to end with the best it has."""

    def act(hq: Headquarters, person: Person) -> str:
        runs.stop(hq, person, run)
        messages.success(request, _("It was asked to stop, and ends with the best it has."))
        return reverse("analysis", args=[run])

    return _done(request, run, act)


@require_POST
def again(request: HttpRequest, run: RunId) -> HttpResponse:
    """The same question, of what stands now; of a schedule also with what the form takes as given."""

    def act(hq: Headquarters, person: Person) -> str:
        given = _given(request)
        begun = runs.again(hq, person, run, given)
        if given:
            messages.success(request, _("It waits for its turn, with that taken as given. No plan is changed."))
        else:
            messages.success(request, _("The same question, of what stands now. It waits for its turn."))
        return reverse("analysis", args=[begun])

    return _done(request, run, act)


@require_POST
def go_on(request: HttpRequest, run: RunId) -> HttpResponse:
    """A sweep that ended before it was whole goes on, with what was frozen."""

    def act(hq: Headquarters, person: Person) -> str:
        begun = runs.go_on(hq, person, run)
        messages.success(
            request, _("It goes on with what was frozen, and waits for its turn. Only points that lack are reckoned.")
        )
        return reverse("analysis", args=[begun])

    return _done(request, run, act)


@require_GET
def rows(request: HttpRequest, run: RunId, form: str) -> HttpResponse:
    """All rows of a sweep as a file that bears the marking of all that it stands on; the journal records who took it out."""
    person, hq, row = access.need_role(request, *runs.READERS), access.headquarters(), _one(run)
    result = runs.result(hq, run) if row.ask.analysis == "sweep" and row.stands.answered else None
    if result is None or form not in sweep_files.TYPES:
        raise Http404
    made = sweep_files.made(hq, row, result, form)
    prints.note(hq, person, "printed", run, f"Rows of an analysis, as {form.upper()}.")
    answer = HttpResponse(made, content_type=sweep_files.TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{hq.party}-what-ifs.{form}"'
    return answer


@require_POST
def surely(request: HttpRequest, run: RunId) -> HttpResponse:
    """How sure closures are, each activity done as this schedule has it."""

    def act(hq: Headquarters, person: Person) -> str:
        begun = runs.surely(hq, person, run)
        messages.success(request, _("How sure it is: it waits for its turn."))
        return reverse("analysis", args=[begun])

    return _done(request, run, act)


@require_POST
def forget(request: HttpRequest, run: RunId) -> HttpResponse:
    """The run is deleted, with what it came to."""

    def act(hq: Headquarters, person: Person) -> str:
        runs.forget(hq, person, run)
        messages.success(request, _("It is forgotten, with what it came to. The journal keeps that it was."))
        return reverse("analyses")

    return _done(request, run, act)


@require_POST
def write(request: HttpRequest, run: RunId) -> HttpResponse:
    """What it came to as a draft of ours: of options the mix that holds up best, or the one of the front that the form names; else an assessment."""

    def act(hq: Headquarters, person: Person) -> str:
        named = request.POST.get("mix", "")
        at = int(named) if named.isascii() and named.isdecimal() and len(named) < 6 else None
        made = run_writing.write(hq, person, run, at=at)
        messages.success(request, _("Written at home as a draft of ours. No partner can see it until it is released."))
        return reverse("element", args=[made.id])

    return _done(request, run, act)


def _given(request: HttpRequest) -> tuple[Granted, ...]:
    """The changes that a form carries: as it was given them (`given`), or so much more (`by`) of one thing (`of`). Raises MisuseError where they are none."""
    raw, of, by = (request.POST.get(name, "").strip() for name in ("given", "of", "by"))
    if of:
        kind, _colon, name = of.partition(":")
        if not by.removeprefix("-").isdecimal() or len(by) > 12:
            raise MisuseError(
                f"“{by[:40]}” is no whole number: write how much more there is, or with a minus how much less."
            )
        raw = msgspec.json.encode([{"kind": kind, "name": name, "amount": int(by)}]).decode()
    try:
        return msgspec.json.decode(raw, type=tuple[Granted, ...]) if raw else ()
    except msgspec.MsgspecError as error:
        raise MisuseError("These changes cannot be read: load the page again, and choose there.") from error


def _done(request: HttpRequest, run: RunId, act: Callable[[Headquarters, Person], str]) -> HttpResponse:
    person, row = access.need_role(request, *runs.PLANNERS), _one(run)
    try:
        return HttpResponseRedirect(act(access.headquarters(), person))
    except StafftalksError as error:
        return _page(request, row, faults.of_error(error))


def _page(request: HttpRequest, row: RunRow, told: tuple[Fault, ...] = ()) -> HttpResponse:
    hq, person = access.headquarters(), access.person_of(request)
    result = runs.result(hq, row.id) if row.stands.answered else None
    moved = _moved(hq, row)
    context = _progress(hq, row) | {
        "place": "analyses",
        "name": words.name(row.ask.analysis),
        "next": words.next_of(row),
        "asked": words.asked(row.ask),
        "over": row.stands.state in OVER,
        "may_plan": person.lacking(*runs.PLANNERS) is None,
        "moved": moved,
        "moved_keys": [each.element for each in moved],
        "standing": _standing(hq, row.basis.inputs[:_LISTED]),
        "standing_more": max(len(row.basis.inputs) - _LISTED, 0),
        "private_count": sum(each.private for each in row.basis.inputs),
        "names": releases.partner_names(hq) | {hq.party: _("we")},
        "result_template": f"web/analyses/result_{row.ask.analysis}.html",
        "has_result": result is not None,
        "left_out": runs.left_out(row, result),
    }
    if result is not None:
        context |= RESULTS[row.ask.analysis].context(request, row, result)
        made = context.get("charts")
        if isinstance(made, tuple) and (file := charts.export(request, made, row.basis)) is not None:
            return file
    return faults.page(request, "web/analyses/show.html", context, told)


def _progress(hq: Headquarters, row: RunRow) -> dict[str, object]:
    live = row.stands.state not in OVER
    frozen = runs.problem(hq, row.id) if live else None
    return {
        "run": row,
        "line": words.line(row),
        "live": live,
        "progress": words.progress(row, frozen) if frozen is not None else None,
    }


def _one(run: RunId) -> RunRow:
    try:
        return runs.one(access.headquarters(), run)
    except MisuseError as error:
        raise Http404(str(error)) from error


def _moved(hq: Headquarters, row: RunRow) -> tuple[Moved, ...]:
    return runs.stale(hq, row)


def _standing(hq: Headquarters, inputs: tuple[Input, ...]) -> list[Standing]:
    """Each version with where it is read: ours at home, a partner's in the accord in which it stands."""
    wanted = {each.element for each in inputs if each.owner != hq.party}
    where: dict[str, AccordId] = {}
    for view in accords.views(hq) if wanted else ():
        for party in view.partners:
            for element in view.accord.sheet(party).released:
                if f"{party}/{element}" in wanted:
                    where.setdefault(f"{party}/{element}", view.row.id)
    found = []
    for each in inputs:
        name = each.element.partition("/")[2]
        if each.owner == hq.party:
            url = reverse("element-version", args=[name, each.version])
        elif each.element in where:
            url = reverse("their-element", args=[where[each.element], each.owner, name])
        else:
            url = ""
        found.append(Standing(each, url))
    return found
