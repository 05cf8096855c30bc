"""What holds for every response: sign-in needed unless named open, nothing cached, no inline script or style."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from stafftalks.store import choices
from stafftalks.values.errors import StafftalksError
from stafftalks.web import access, faults, typed

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""The Content-Security-Policy of every page. Images may be data: because the picture of a sign-in secret is one."""
STOP_POLLING = 286


class GuardMiddleware:
    """Denies by default: a page is open to the signed-out only where it is named here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The page in its reader's language, or the way to the sign-in page; always with the headers."""
        _speak(request)
        response = self.get_response(request) if _may_see(request) else _turned_away(request)
        response["Content-Security-Policy"] = POLICY
        if not request.path.startswith(settings.STATIC_URL):
            response["Cache-Control"] = "no-store"
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """An error that was raised on purpose and that no form caught, as a page of sentences."""
        if not isinstance(error, StafftalksError):
            return None
        context = {"heading": faults.title_of(error), "sentences": [fault.sentence for fault in faults.of_error(error)]}
        return render(request, "web/refused.html", context, status=faults.status_of(error))


def _speak(request: HttpRequest) -> None:
    """From here the request is answered in the language that its person chose; else as LocaleMiddleware took it from the browser."""
    chosen = choices.of(access.user_of(request)).language if request.user.is_authenticated else ""
    if chosen:
        translation.activate(chosen)
        request.LANGUAGE_CODE = translation.get_language() or chosen


def _may_see(request: HttpRequest) -> bool:
    if request.user.is_authenticated or request.path.startswith(settings.STATIC_URL):
        return True
    return request.path in (reverse("account_login"), reverse("mfa_authenticate"), reverse("health"))


def _turned_away(request: HttpRequest) -> HttpResponseBase:
    if request.headers.get("HX-Request"):
        # Never the sign-in page inside another page: say what happened and leave the form that is being typed in alone.
        return render(request, "web/parts/signed_out.html", status=STOP_POLLING)
    if request.method == "POST":
        return typed.given_back(request)
    return redirect_to_login(request.get_full_path(), reverse("account_login"))
