"""A served world and a browser to look at it with."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from stafftalks.services import registry
from stafftalks.values.person import Person
from tests.web.conftest import account
from tests.web.world import World

CHROMIUM = Path(os.environ.get("STAFFTALKS_CHROMIUM", "/usr/bin/chromium"))
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


class _Server(ThreadingMixIn, WSGIServer):
    """Closing it waits for the answers under way: a page that is closed still sends its last word, and the database is emptied next."""

    daemon_threads = False


class _Quiet(WSGIRequestHandler):
    timeout = 5  # a connection that a browser opened for later and never used

    def log_message(self, *said: Any) -> None:
        pass


def _closing(application: Any) -> Any:
    """The application, giving back its thread's database connections after each answer."""

    def answer(environ: Any, start_response: Any) -> Any:
        result = application(environ, start_response)
        try:
            return list(result)
        finally:
            # Left open, a file's answer is closed whenever it is collected, in any thread, and takes that thread's connection with it.
            if hasattr(result, "close"):
                result.close()
            connections.close_all()

    return answer


@contextmanager
def served(world: World) -> Iterator[str]:
    """The world's pages on a free port of this machine; gives their address."""
    registry.install(world.hq)
    server = make_server("127.0.0.1", 0, _closing(get_wsgi_application()), server_class=_Server, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)
        try:
            yield browser
        finally:
            browser.close()


def enter(browser: Browser, base: str, person: Person | None, **options: Any) -> BrowserContext:
    """A browser context in which `person` is signed in; nobody where None."""
    context = browser.new_context(base_url=base, locale="en-GB", **options)
    context.set_default_timeout(20_000)
    if person is not None:
        client = Client()
        client.force_login(account(person))
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": base}])
    return context
