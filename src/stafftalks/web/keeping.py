"""What holds for every form and page that people come back to: a kept text is cleared once its form was taken, a mark once its page was read."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from stafftalks.store import kept
from stafftalks.web import access, opened, unread


class KeepingMiddleware:
    """After the page: clears what was kept of a form that was taken, and the unread marks of what this page shows, and notes who opened a partner's text."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The page, unchanged."""
        response = self.get_response(request)
        if not request.user.is_authenticated:
            return response
        if request.method == "POST" and 300 <= response.status_code < 400:
            # A form that is answered by leading elsewhere was taken; one with faults is drawn again.
            if name := request.POST.get("kept_as", ""):
                kept.drop(access.user_of(request).username, name)
        elif request.method == "GET" and response.status_code == 200 and not request.headers.get("HX-Request"):
            unread.read(request)
            opened.note(request)
        return response
