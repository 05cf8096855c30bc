"""Accounts: who may act, who is refused, and that a headquarters always keeps an administrator."""

import pytest

from stafftalks.store import people
from stafftalks.store.models import User
from stafftalks.store.ports import StorePorts
from stafftalks.values.errors import MisuseError
from stafftalks.values.person import Person, Role

ADA = Person("ada", "Ada", frozenset({Role.ADMINISTRATOR}))
PIA = Person("pia", "Pia Planner", frozenset({Role.PLANNER, Role.OFFICER}))
PASSWORD = "a long enough phrase"

pytestmark = pytest.mark.usefixtures("database")


def test_a_person_who_was_added_can_act_and_sign_in() -> None:
    people.add(PIA, PASSWORD, by="ada")
    people.add(ADA, PASSWORD, by="ada")
    assert people.everyone() == ((ADA, True), (PIA, True))
    assert people.person("pia") == PIA
    assert people.person("nobody") is None
    assert User.objects.get(username="pia").check_password(PASSWORD)


@pytest.mark.parametrize("username", ["ada", "ADA", "Ada"])
def test_a_username_is_taken_in_any_case(username: str) -> None:
    people.add(ADA, PASSWORD, by="ada")
    with pytest.raises(MisuseError, match="is taken"):
        people.add(Person(username, "Another", frozenset()), PASSWORD, by="ada")
    with pytest.raises(MisuseError), people.writing():
        User.objects.create(username="ADA")


@pytest.mark.parametrize("username", ["", "two words", "zwölf", "a" * 151, "null\0"])
def test_a_username_that_cannot_be_typed_everywhere_is_refused(username: str) -> None:
    with pytest.raises(MisuseError, match="cannot be added"):
        people.add(Person(username, "Another", frozenset()), PASSWORD, by="ada")
    assert people.everyone() == ()


@pytest.mark.parametrize("password", ["short", "password1234"])
def test_a_weak_password_is_refused_with_the_reason(password: str) -> None:
    people.add(ADA, PASSWORD, by="ada")
    with pytest.raises(MisuseError, match="too weak: This password"):
        people.add(PIA, password, by="ada")
    with pytest.raises(MisuseError, match="too weak: This password"):
        people.set_password("ada", password, by="ada")
    assert User.objects.get(username="ada").check_password(PASSWORD)
    assert people.person("pia") is None


def test_a_person_who_is_barred_cannot_act_until_let_in_again() -> None:
    people.add(ADA, PASSWORD, by="ada")
    people.add(PIA, PASSWORD, by="ada")
    people.set_active("pia", active=False, by="ada")
    assert people.person("pia") is None
    assert people.everyone() == ((ADA, True), (PIA, False))
    people.set_active("pia", active=True, by="ada")
    assert people.person("pia") == PIA


def test_the_last_active_administrator_can_be_neither_barred_nor_lose_the_role() -> None:
    people.add(ADA, PASSWORD, by="ada")
    people.add(PIA, PASSWORD, by="ada")
    with pytest.raises(MisuseError, match="No active administrator"):
        people.set_roles("ada", frozenset({Role.HEAD}), by="ada")
    with pytest.raises(MisuseError, match="No active administrator"):
        people.set_active("ada", active=False, by="ada")
    people.set_roles("pia", frozenset({Role.ADMINISTRATOR}), by="ada")
    people.set_roles("ada", frozenset(), by="pia")
    assert people.person("ada") == Person("ada", "Ada", frozenset())


def test_what_nobody_has_cannot_be_changed() -> None:
    for change in (
        lambda: people.set_roles("nobody", frozenset(), by="ada"),
        lambda: people.set_password("nobody", PASSWORD, by="ada"),
        lambda: people.set_active("nobody", active=True, by="ada"),
    ):
        with pytest.raises(MisuseError, match="Nobody here has the username"):
            change()


def test_every_change_of_an_account_is_in_the_journal_and_no_password_is(database: StorePorts) -> None:
    people.add(ADA, PASSWORD, by="root")
    people.set_password("ada", "another long phrase", by="ada")
    people.set_roles("ada", frozenset({Role.ADMINISTRATOR, Role.HEAD}), by="ada")
    total, lines = database.journal.find(subject="ada")
    assert total == 3
    assert [(line.person, line.act) for line in reversed(lines)] == [
        ("root", "person added"),
        ("ada", "password set"),
        ("ada", "roles set"),
    ]
    assert not any("phrase" in line.sentence for line in lines)


def test_a_role_of_another_release_gives_nothing() -> None:
    user = User(username="ada", roles=["administrator", "emperor"])
    assert user.person() == Person("ada", "ada", frozenset({Role.ADMINISTRATOR}))
