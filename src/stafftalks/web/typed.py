"""What was typed into a form that could not be taken, given back: the sign-in had ended, or the page was older than the sign-in.

What is given back is sealed with this installation's secret, so that it can be put back into its form in one step after signing in again.
Putting back only draws the form: nothing is written, and only what this server itself sealed for that form is drawn.
"""

from typing import Final
from urllib.parse import urlsplit

import msgspec
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_protect

PUT_BACK: Final = "put-back"
"""The `do` of a form that asks to be drawn with what is sealed in its `typed`."""
_SALT: Final = "stafftalks.web.typed"
_MAX_AGE_S: Final = 7 * 86_400
_NEVER: Final = ("csrfmiddlewaretoken", "do", "typed", "kept_as")
_DRAWN: Final = ("element-new", "element-edit")
_SEALED: Final = msgspec.json.Decoder(tuple[str, dict[str, str]])


def given_back(request: HttpRequest) -> HttpResponse:
    """The page for a signed-out person who sent a form: what they typed, the way to sign in, and the way back into the form."""
    sealed = unsealed(request)
    if sealed is not None:
        return _page(request, "web/typed_back.html", sealed, 401)
    answer: HttpResponse = _fresh(request)
    return answer


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django names it
    """The page for a form with no valid token. What was typed is given back where it came from a page of ours, and else not even shown."""
    origin = urlsplit(request.headers.get("Origin") or request.headers.get("Referer", "")).netloc
    return _page(request, "403_csrf.html", _typed(request) if origin == request.get_host() else {}, 403)


def is_put_back(request: HttpRequest) -> bool:
    """Whether this asks only for a form to be drawn with what was typed before."""
    return request.method == "POST" and request.POST.get("do") == PUT_BACK


def unsealed(request: HttpRequest) -> dict[str, str] | None:
    """What was sealed for this very form; None where nothing was, or not by us, or too long ago."""
    if not is_put_back(request):
        return None
    try:
        raw = signing.loads(request.POST.get("typed", ""), salt=_SALT, max_age=_MAX_AGE_S)
        path, fields = _SEALED.decode(raw)
    except (signing.BadSignature, msgspec.DecodeError, UnicodeDecodeError, ValueError, TypeError):
        return None
    return fields if path == request.path else None


@csrf_protect
def _fresh(request: HttpRequest) -> HttpResponse:
    return _page(request, "web/typed_back.html", _typed(request), 401)


def _typed(request: HttpRequest) -> dict[str, str]:
    return {
        name: str(values[-1])
        for name, values in request.POST.lists()
        if values and "password" not in name and name not in _NEVER
    }


def _page(request: HttpRequest, template: str, fields: dict[str, str], status: int) -> HttpResponse:
    shown = [(name, text) for name, text in fields.items() if text.strip() and not name.startswith(_UNSHOWN)]
    sealed = signing.dumps(msgspec.json.encode((request.path, fields)).decode(), salt=_SALT, compress=True)
    context = {
        "kept": shown,
        "back": request.get_full_path(),
        "sealed": sealed if shown and _can_draw(request.path) else "",
    }
    return render(request, template, context, status=status)


_UNSHOWN: Final = ("based_on", "dispute.", "settle.")


def _can_draw(path: str) -> bool:
    try:
        return resolve(path).url_name in _DRAWN
    except Resolver404:
        return False
