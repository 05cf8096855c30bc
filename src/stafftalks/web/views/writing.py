"""Keeping what is being typed: the calls of the script that keeps it, and throwing it away. Each reaches only the caller's own rows."""

from datetime import UTC, datetime

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from stafftalks.store import kept
from stafftalks.values.errors import MisuseError, PeerError
from stafftalks.values.ids import ElementId, parse_element
from stafftalks.web import access, beside

_FIELDS = msgspec.json.Decoder(dict[str, str])
_NEVER = ("csrfmiddlewaretoken", "do", "kept_as", "typed")


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keeps `fields` (JSON, name to text) as typed into `form`, where given; says who else has `element` open, or saved it since `based_on`.

    Answers JSON: `kept` the sentence when it was kept, `beside` sentences, `revised` a sentence or empty; 422 with `sentence` where it is too
    much.
    """
    hq, username = access.headquarters(), access.user_of(request).username
    now, form, raw = hq.clock.now(), request.POST.get("form", ""), request.POST.get("fields", "")
    based_on, element = request.POST.get("based_on", ""), _element(request)
    said: dict[str, object] = {"kept": "", "beside": [], "revised": ""}
    if form.startswith("/") and raw:
        try:
            fields = {name: text for name, text in _FIELDS.decode(raw).items() if name not in _NEVER}
            kept.keep(username, form, fields, at=now, based_on=based_on)
        except (msgspec.DecodeError, UnicodeDecodeError, MisuseError) as error:
            return JsonResponse({"sentence": str(error)}, status=422)
        time = date_format(datetime.fromtimestamp(now, UTC), "TIME_FORMAT")
        said["kept"] = _("Kept at %(time)s UTC, for you alone. Save it when it is ready.") % {"time": time}
    if element:
        kept.opened(username, element, at=now, typed=bool(raw))
        said["beside"] = beside.colleagues(hq, username, element)
        said["revised"] = beside.revised(hq, username, element, based_on)
    return JsonResponse(said)


@require_GET
def found(request: HttpRequest) -> HttpResponse:
    """What the caller typed into `form` and did not save, as JSON `fields` and `note`; always a fresh `token`, for pages older than the sign-in."""
    held = kept.kept(access.user_of(request).username, request.GET.get("form", ""))
    said: dict[str, object] = {"token": get_token(request)}
    if held is not None:
        when = date_format(datetime.fromtimestamp(held.at, UTC), "DATETIME_FORMAT")
        said |= {
            "fields": held.fields,
            "note": _("You were writing this on %(when)s UTC and had not saved it.") % {"when": when},
        }
    return JsonResponse(said)


@require_POST
def drop(request: HttpRequest) -> HttpResponse:
    """Throws away what is kept of `form`; leads back to it, or to `next`."""
    form = request.POST.get("form", "")
    kept.drop(access.user_of(request).username, form)
    wanted = request.POST.get("next", "") or form
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(wanted if allowed and wanted.startswith("/") else "/")


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Notes that the caller's page with the form of `element` was closed."""
    if element := _element(request):
        kept.closed(access.user_of(request).username, element)
    return HttpResponse(status=204)


@require_GET
def signed_in(request: HttpRequest) -> HttpResponse:
    """Where a sign-in leads that was made beside a page with typed text: go back to that page."""
    return render(request, "web/signed_in.html", {})


def _element(request: HttpRequest) -> ElementId | None:
    try:
        return parse_element(request.POST.get("element", ""))
    except PeerError:
        return None
