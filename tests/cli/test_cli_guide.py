"""The guide stays true: every command, exit code and field of the JSON documents is in it, and nothing that is not there."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import typer

import stafftalks.cli
from stafftalks.cli.analyse_sweep import Asked, Varied
from stafftalks.cli.app import build
from stafftalks.cli.check_terms import Said
from stafftalks.cli.failures import EXIT_CODES
from stafftalks.cli.site_port import Account, Founding
from stafftalks.cli.terms import ClauseText, TermsText
from stafftalks.gate.log import LogLine
from stafftalks.planning.compare import Change
from stafftalks.planning.summary import Section, Table
from stafftalks.services.proof_account import ProofAccount, ProofEntry, ProofSigner
from stafftalks.services.rows import ExchangeRow
from stafftalks.values.errors import Refusal
from tests.cli.stage import FakeSite

GUIDE = (Path(__file__).parents[2] / "docs" / "guide" / "cli.md").read_text()
READ_NOT_PRINTED = {Account, Founding, ClauseText, TermsText, Said, Asked, Varied}
FROM_OTHER_ROOMS = {Refusal, ExchangeRow, Change, Section, Table, LogLine, ProofAccount, ProofEntry, ProofSigner}


def commands(app: typer.Typer, before: str = "stafftalks") -> Iterator[str]:
    for command in app.registered_commands:
        assert command.callback is not None
        yield f"{before} {command.name or command.callback.__name__.replace('_', '-')}"
    for group in app.registered_groups:
        assert group.typer_instance is not None
        yield from commands(group.typer_instance, f"{before} {group.name}")


def documents() -> set[type[msgspec.Struct]]:
    found: set[type[msgspec.Struct]] = set(FROM_OTHER_ROOMS)
    for module in pkgutil.iter_modules(stafftalks.cli.__path__):
        loaded = importlib.import_module(f"stafftalks.cli.{module.name}")
        found |= {
            value
            for value in vars(loaded).values()
            if inspect.isclass(value) and issubclass(value, msgspec.Struct) and value.__module__ == loaded.__name__
        }
    return found - READ_NOT_PRINTED


def test_the_guide_lists_every_command_and_no_other(site: FakeSite) -> None:
    listed = re.findall(r"^\| `(stafftalks [a-z -]+)` \|", GUIDE, re.MULTILINE)
    assert len(listed) == len(set(listed))
    assert set(listed) == set(commands(build(site)))


def test_every_command_of_the_issue_is_there(site: FakeSite) -> None:
    wanted = """init|serve|demo|pair card|pair add|pair list|accord propose|accord ask|accord answer|accord amend|accord accept|
        accord decline|accord suspend|accord resume|accord withdraw|accord show|accord list|element add|element import|element list|
        element show|element diff|release request|release preview|release decide|release recall|release list|exchange run|
        exchange export|exchange import|exchange status|record verify|record show|record proof"""
    assert {f"stafftalks {name.strip()}" for name in wanted.split("|")} <= set(commands(build(site)))


def test_the_guide_gives_every_field_of_every_document() -> None:
    listed = dict(re.findall(r"^\| `([A-Z][A-Za-z]+)` \| (`[^|]+`) \|", GUIDE, re.MULTILINE))
    assert set(listed) == {document.__name__ for document in documents()}
    for document in documents():
        assert re.findall(r"`([a-z_]+)`", listed[document.__name__]) == list(document.__struct_fields__)


def test_the_documents_that_commands_are_said_to_print_exist() -> None:
    named = set(re.findall(r"\| (?:list of )?`([A-Z][A-Za-z]+)` \|$", GUIDE, re.MULTILINE))
    assert len(named) > 20
    assert named <= {document.__name__ for document in documents()}


@pytest.mark.parametrize("code", sorted(EXIT_CODES))
def test_the_guide_gives_every_exit_code(code: int) -> None:
    assert f"| {code} | {EXIT_CODES[code]} |" in GUIDE


def test_every_command_says_what_it_does_and_where_the_common_options_are(site: FakeSite) -> None:
    def walk(app: typer.Typer) -> Iterator[None]:
        for command in app.registered_commands:
            assert command.callback is not None
            assert (command.callback.__doc__ or "").strip().endswith(".")
            assert "--json" in str(command.epilog)
            yield
        for group in app.registered_groups:
            assert group.typer_instance is not None
            yield from walk(group.typer_instance)

    assert len(list(walk(build(site)))) > 40
