"""Stopping a private check, and opening it to the auditor: what each does stands on a page of its own before the button."""

import io
import zipfile
from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stafftalks.services import check_openings, check_results, checks
from stafftalks.services.checks import CheckView
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import StafftalksError
from stafftalks.values.ids import EpochId, PartyId
from stafftalks.values.person import Person
from stafftalks.web import access, faults
from stafftalks.web.views.check import frame, may_stop, pieces_of, stop_note, view_of
from stafftalks.web.views.checks import DECIDERS, url_of

_JSON = "application/json"


@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, party: PartyId, epoch: EpochId, n: int) -> HttpResponse:
    """Stopping a check, or taking a proposal back: what that costs stands before the button."""
    hq, found = access.headquarters(), view_of(party, epoch, n)
    person = access.need_role(request, *DECIDERS)
    told: tuple[faults.Fault, ...] = ()
    if not may_stop(found):
        raise Http404
    if request.method == "POST":
        try:
            checks.stop(hq, person, found.state.ref, request.POST.get("statement", "").strip())
        except StafftalksError as error:
            told = faults.of_error(error)
        else:
            messages.success(request, _("Stopped. Nothing more is sent in it."))
            return HttpResponseRedirect(url_of(found.state.ref))
    proposed = found.state.state == "proposed"
    sentences = [stop_note(found)] if proposed else [
        _("Nothing more of ours is sent, and what was computed is forgotten."),
        _("What the other side has received it keeps. If it has all it needs, it knows what comes out, and we may not."),
        _("It counts against the budget as one that was done, and the record keeps that we stopped."),
    ]  # fmt: skip
    context = frame(found) | {
        "heading": _("Take the proposal back") if proposed else _("Stop this check"),
        "button": _("Take it back") if proposed else _("Stop it"),
        "here": _("Take back") if proposed else _("Stop"),
        "sentences": sentences,
    }
    return faults.page(request, "web/checks/sure.html", context, told)


@require_http_methods(["GET", "POST"])
def opening(request: HttpRequest, party: PartyId, epoch: EpochId, n: int) -> HttpResponse:
    """The file with which an auditor can recompute our side, after it was said what is in it."""
    hq, found = access.headquarters(), view_of(party, epoch, n)
    person = access.need_role(request, *DECIDERS)
    told: tuple[faults.Fault, ...] = ()
    if request.method == "POST":
        try:
            return _file(hq, person, found, request.POST.get("do", ""))
        except StafftalksError as error:
            told = faults.of_error(error)
    named = {"auditor": found.state.terms.auditor}
    context = frame(found) | {
        "markings": list(pieces_of([one.element for one in check_results.put_in(hq, found.state.ref)]).values()),
        "here": _("Opening"),
        "sentences": [
            _("Nothing here is sent anywhere: you hand the files over, to %(auditor)s and to nobody else.") % named,
            _("With ours the auditor can find whether we kept to the rules; with theirs too, whether they did."),
            _("The journal notes what was made, and by whom."),
        ],
    }
    return faults.page(request, "web/checks/opening.html", context, told)


def _file(hq: Headquarters, person: Person, found: CheckView, which: str) -> HttpResponse:
    """One of the files that an auditor needs."""
    ref = found.state.ref
    stem = f"check-{ref.party}-{ref.n}"
    match which:
        case "transcript":
            parts = check_openings.transcript_files(hq, person, ref)
            made = zipped({f"{stem}.transcript-{number}.json": raw for number, raw in enumerate(parts, 1)})
            name, sort = f"{stem}.transcript.zip", "application/zip"
        case "plans":
            made, name, sort = check_openings.plans_file(hq, person, ref), f"{stem}.{hq.party}.plans.json", _JSON
        case _:
            made, name, sort = check_openings.opening(hq, person, ref), f"{stem}.{hq.party}.opening.json", _JSON
    answer = HttpResponse(made, content_type=sort)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def zipped(files: Mapping[str, bytes]) -> bytes:
    """These files in one, in their order, with no time of their own."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in files.items():
            archive.writestr(zipfile.ZipInfo(name), raw)
    return packed.getvalue()
