"""What holds for every response: sign-in needed unless named open, nothing cached, no inline script or style."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

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
"""The Content-Security-Policy of every page. Images may be data: because the sign-in code's QR picture is one."""


class GuardMiddleware:
    """Denies by default: a page is open to the signed-out only where it is named here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The page, or the way to the sign-in page; always with the headers."""
        response = self.get_response(request) if self._may_see(request) else self._to_sign_in(request)
        response["Content-Security-Policy"] = POLICY
        if not request.path.startswith(settings.STATIC_URL):
            response["Cache-Control"] = "no-store"
        return response

    def _may_see(self, request: HttpRequest) -> bool:
        if request.user.is_authenticated or request.path.startswith(settings.STATIC_URL):
            return True
        return request.path in (reverse("account_login"), reverse("mfa_authenticate"), reverse("health"))

    def _to_sign_in(self, request: HttpRequest) -> HttpResponse:
        return redirect_to_login(request.get_full_path(), reverse("account_login"))
