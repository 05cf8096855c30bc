"""The journal's lines about signing in and out, failures of it, and what people change of how they sign in.

What was typed in place of a username is kept only where it is one: people type passwords into the wrong field.
"""

import time
from typing import Any, Final

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth import signals
from django.http import HttpRequest

from stafftalks.services.rows import JournalRow
from stafftalks.store.logs import DjangoJournal
from stafftalks.store.models import User

UNKNOWN: Final = "(unknown)"
"""Who it was where nobody here has the username that was typed; no username can be spelt so."""
_CHANGES: Final = (
    (account.password_changed, "password set", "Replaced their own password"),
    (account.password_set, "password set", "Set their own password"),
    (mfa.authenticator_added, "second factor added", "Added a second factor"),
    (mfa.authenticator_removed, "second factor removed", "Removed a second factor"),
    (mfa.authenticator_reset, "recovery codes made", "Made new recovery codes"),
    (mfa.authentication_failed, "sign-in failed", "The code of the second factor was wrong"),
)


def listen() -> None:
    """Has each of these acts journalled from now on; part of starting the app."""
    signals.user_logged_in.connect(_signed_in, dispatch_uid="stafftalks.signed-in")
    signals.user_logged_out.connect(_signed_out, dispatch_uid="stafftalks.signed-out")
    signals.user_login_failed.connect(_failed, dispatch_uid="stafftalks.sign-in-failed")
    for signal, act, words in _CHANGES:

        def changed(*, act: str = act, words: str = words, **told: Any) -> None:
            _note(told["user"].username, act, f"{words}{_whence(told.get('request'))}.")

        signal.connect(changed, weak=False, dispatch_uid=f"stafftalks.{words}")


def _signed_in(*, user: User, request: HttpRequest | None = None, **_: Any) -> None:
    _note(user.username, "signed in", f"Signed in{_whence(request)}.")


def _signed_out(*, user: User | None, request: HttpRequest | None = None, **_: Any) -> None:
    if user is not None:
        _note(user.username, "signed out", f"Signed out{_whence(request)}.")


def _failed(*, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    typed = str(credentials.get("username", ""))
    known = User.objects.filter(username__iexact=typed).values_list("username", flat=True).first()
    what = "Wrong password, or an account that is closed" if known else "Nobody here has the username that was typed"
    _note(known or UNKNOWN, "sign-in failed", f"{what}{_whence(request)}.")


def _whence(request: HttpRequest | None) -> str:
    """From which address, as this server saw it: behind a proxy, the proxy's."""
    address = request.META.get("REMOTE_ADDR", "") if request is not None else ""
    return f", from {address}" if address else ""


def _note(person: str, act: str, sentence: str) -> None:
    DjangoJournal().add(JournalRow(int(time.time()), person, act, person, sentence))
