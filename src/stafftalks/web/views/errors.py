"""The pages for what went wrong: what, and what to do now."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    """400."""
    sentence = _("Your browser sent something that this page cannot read. Go back, reload the page and try again.")
    return _page(request, _("This could not be read"), sentence, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    """403."""
    sentence = _("You may not see or do this. An administrator can give you the role that it takes.")
    return _page(request, _("This may not be done"), sentence, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    """404; says the same to everyone, whether the thing was never here or is not for them."""
    sentence = _("There is no such page here. The address may be mistyped, or what it led to may be gone.")
    return _page(request, _("Not here"), sentence, 404)


def failed(_request: HttpRequest) -> HttpResponse:
    """500; needs no database and no headquarters, because one of them may be what failed."""
    return HttpResponse(render_to_string("500.html"), status=500)


def no_sign_up(_request: HttpRequest) -> HttpResponse:
    """Nobody signs themselves up: the address is as good as absent."""
    raise Http404


def _page(request: HttpRequest, heading: str, sentence: str, status: int) -> HttpResponse:
    return render(request, "web/refused.html", {"heading": heading, "sentences": [sentence]}, status=status)
