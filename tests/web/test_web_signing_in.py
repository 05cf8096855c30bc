"""Who signed in, out, or failed to is in the journal; what was typed into the form is not."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from stafftalks.store import people
from stafftalks.store.logs import DjangoJournal
from stafftalks.store.signing_in import UNKNOWN
from stafftalks.values.person import Role
from tests.fakes import ADMINISTRATOR, PLANNER
from tests.web.conftest import PASSWORD, account
from tests.web.world import World

NEW = "another long enough passphrase 8"


@pytest.fixture(autouse=True)
def untried(db: None) -> Iterator[None]:
    """No attempts are counted from other tests."""
    cache.clear()
    yield
    cache.clear()


def acts() -> list[tuple[str, str]]:
    """Who did what, oldest first."""
    return [(str(line.says["person"]), str(line.says["act"])) for line in DjangoJournal().lines()]


def sign_in(client: Client, username: str, password: str) -> None:
    client.post(reverse("account_login"), {"login": username, "password": password}, REMOTE_ADDR="192.0.2.7")


def test_signing_in_and_out_and_failing_to_are_journalled_without_what_was_typed(story: World) -> None:
    account(PLANNER)
    client = Client()
    sign_in(client, "pia", "wrong Secret-1")
    sign_in(client, "Secret-2 typed as a name", "x")
    sign_in(client, "PIA", PASSWORD)
    client.post(reverse("account_logout"))
    assert acts() == [
        ("pia", "sign-in failed"),
        (UNKNOWN, "sign-in failed"),
        ("pia", "signed in"),
        ("pia", "signed out"),
    ]
    said = [str(line.says) for line in DjangoJournal().lines()]
    assert all("Secret" not in text and PASSWORD not in text for text in said)
    assert "Signed in, from 192.0.2.7." in said[2]


def test_a_second_factor_and_a_new_password_are_journalled(
    story: World, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]
) -> None:
    user, client = account(PLANNER), Client()
    sign_in(client, "pia", PASSWORD)
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    for typed in ("wrong", NEW):
        client.post(reverse("account_reauthenticate"), {"password": typed})
    client.get(reverse("mfa_activate_totp"))
    secret = client.session[totp.SECRET_SESSION_KEY]
    code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_activate_totp"), {"code": code})
    assert Authenticator.objects.filter(user=user).exists()
    other = Client()
    sign_in(other, "pia", NEW)
    other.post(reverse("mfa_authenticate"), {"code": "000000"})
    done = [act for _, act in acts()]
    assert done[:4] == ["signed in", "password set", "sign-in failed", "second factor added"]
    assert done[-1] == "sign-in failed"
    assert "signed in" not in done[4:]
    assert not any(secret in str(line.says) for line in DjangoJournal().lines())


def test_roles_and_accounts_are_journalled_by_who_changed_them(story: World) -> None:
    account(ADMINISTRATOR)
    people.add(PLANNER, PASSWORD, by="ada")
    people.set_roles("pia", frozenset({Role.AUDITOR}), by="ada")
    people.set_active("pia", active=False, by="ada")
    assert [act for who, act in acts() if who == "ada"] == ["person added", "roles set", "person barred"]
