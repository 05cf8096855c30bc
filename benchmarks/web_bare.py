"""A bare Django page of a given size, served as the product serves its own: `python -m benchmarks.web_bare PORT`; `/<bytes>` is the page.

One view and one template that loops over lines; no database, no session, no middleware. It is what the pages are held against.
"""

import sys
from typing import Any

import django
from cheroot.wsgi import Server
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

LINE = "A line of a list with its title, who wrote it, who can see it and when it was revised."
_PAGE = "<!doctype html><html lang=en><title>Bare</title><main><ul>{% for line in lines %}<li><p>{{ line }}</p></li>{% endfor %}</ul></main></html>"
_OVERHEAD = len("<li><p></p></li>")


def show(_request: HttpRequest, size: int) -> HttpResponse:
    """A page of about `size` bytes."""
    lines = [LINE] * max(1, size // (len(LINE) + _OVERHEAD))
    return HttpResponse(engines["django"].from_string(_PAGE).render({"lines": lines}))


def main() -> None:
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        SECRET_KEY="bare",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    )
    django.setup()
    globals()["urlpatterns"] = [path("<int:size>", show)]
    application: Any = get_wsgi_application()
    from stafftalks.site.serving import WAITING_CONNECTIONS, WEB_THREADS

    address = ("127.0.0.1", int(sys.argv[1]))
    server = Server(address, application, numthreads=WEB_THREADS, request_queue_size=WAITING_CONNECTIONS)
    server.safe_start()


if __name__ == "__main__":
    main()
