"""Setting up, serving, people, backup: what reaches the site is what was typed, and secrets are not shown."""

from pathlib import Path

import pytest

from stafftalks.cli.failures import HOST
from stafftalks.values.person import Role
from tests.cli.stage import FakeSite, Terminal

INIT = ("init", "--party", "xpa", "--name", "Partial Partner", "--username", "root", "--password-stdin")


def test_a_headquarters_is_set_up_and_says_its_fingerprint(site: FakeSite) -> None:
    new = Terminal(site, "new", "")
    typed = new.does(
        *INIT, "--address", "https://hq.example:8443", "--role", "head of delegation", heard="correct horse\n"
    )
    assert "root.key" in typed.out
    assert new.reads("pair", "card")["words"] in typed.out
    assert "correct horse" not in typed.out + typed.err
    assert site.founding.party == "XPA"
    assert site.founding.addresses == ("https://hq.example:8443",)
    assert site.founding.roles == {Role.ADMINISTRATOR, Role.HEAD}
    assert site.founding.password == "correct horse"
    assert site.founding.person_name == "root"
    again = new.type(*INIT, heard="correct horse\n")
    assert again.code == 1
    assert "already" in again.err


def test_a_party_code_or_role_that_is_none_is_refused_before_anything_is_made(site: FakeSite) -> None:
    new = Terminal(site, "new", "")
    wrong_code = new.type(
        "init", "--party", "7up", "--name", "x", "--username", "root", "--password-stdin", heard="x\n"
    )
    assert wrong_code.code == 1
    assert "not a party code" in wrong_code.err
    wrong_role = new.type(*INIT, "--role", "emperor", heard="x\n")
    assert wrong_role.code == 1
    assert "'emperor' is not a role" in wrong_role.err
    assert "new" not in site.hqs


def test_no_password_is_a_sentence(site: FakeSite, meridia: Terminal) -> None:
    assert "empty" in meridia.type("people", "password", "pia", "--password-stdin", heard="\n").err
    nobody = meridia.type("people", "password", "pia", heard="")
    assert nobody.code == 1
    assert "--password-stdin" in nobody.err
    assert site.passwords == {}


def test_serving_says_where(meridia: Terminal) -> None:
    assert "http://127.0.0.1:8000" in meridia.does("serve").out
    assert meridia.reads("serve") == {"web": "http://127.0.0.1:8000", "node": "https://127.0.0.1:8443"}


def test_people_are_listed_added_and_given_roles(site: FakeSite, meridia: Terminal) -> None:
    added = meridia.does(
        "people",
        "add",
        "lia",
        "--name",
        "Lia Liaison",
        "--role",
        "Planner,auditor",
        "--password-stdin",
        heard="secret words\n",
    )
    assert "secret words" not in added.out
    found = {line["username"]: line for line in meridia.reads("people", "list")}
    assert found["lia"] == {"username": "lia", "name": "Lia Liaison", "roles": ["auditor", "planner"], "active": True}
    assert site.passwords["lia"] == "secret words"
    meridia.does("people", "roles", "lia", "--role", "disclosure officer", who="")
    assert site.accounts["lia"].person.roles == {Role.OFFICER}
    assert site.told_by == ["hal", "terminal"]
    again = meridia.type("people", "add", "lia", "--role", "planner", "--password-stdin", heard="x\n")
    assert again.code == 1
    assert meridia.type("people", "roles", "nobody", "--role", "planner").code == 1
    assert meridia.type("people", "roles", "lia", "--role", ",").code == 1


def test_a_password_is_typed_twice(site: FakeSite, meridia: Terminal) -> None:
    meridia.does("people", "password", "pia", heard="once upon\nonce upon\n")
    assert site.passwords["pia"] == "once upon"


def test_backup_and_restore_say_what_to_do_next(site: FakeSite, meridia: Terminal, tmp_path: Path) -> None:
    assert "sign the record" in meridia.does("backup", "kept.backup").out
    assert meridia.type("backup", "kept.backup").code == 1
    fresh = Terminal(site, "fresh")
    assert "Exchange with every partner" in fresh.does("restore", "kept.backup").out
    assert fresh.reads("pair", "list")[0]["party"] == "XTV"


def test_migrating_says_what_was_done(meridia: Terminal) -> None:
    assert meridia.reads("migrate")["notes"] == ["The tables are those of this version."]


def test_the_demonstration_fails_where_a_step_fails(site: FakeSite, meridia: Terminal) -> None:
    good = meridia.does("demo", "--headless")
    assert "ok      1. Meridia proposes." in good.out
    site.demo_fails = True
    bad = meridia.type("demo", "--headless")
    assert bad.code == 5
    assert "FAILED  2. Torvia reads it." in bad.out
    assert "step 2" in bad.err


@pytest.mark.parametrize("command", [(), ("accord",), ("release",)])
def test_no_command_shows_the_help(meridia: Terminal, command: tuple[str, ...]) -> None:
    typed = meridia.type(*command)
    assert "Usage:" in typed.out + typed.err


def test_digests_are_sent_for_a_scheduler_and_a_failure_ends_in_its_own_code(site: FakeSite, meridia: Terminal) -> None:
    assert meridia.does("digest", "send").out == "Mails sent: 2.\n"
    assert meridia.does("digest", "status").out == "Mail is not set up here.\n"
    site.digests = (1, ("hal: 550 no such mailbox",))
    typed = meridia.type("digest", "send")
    assert typed.code == HOST
    assert "550 no such mailbox" in typed.out
