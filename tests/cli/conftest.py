"""Two allies at their terminals."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stafftalks.services import registry
from stafftalks.values.ids import PartyId
from tests.cli.stage import FakeSite, Terminal
from tests.fakes import make_hq, pair, permit


@pytest.fixture(autouse=True)
def no_headquarters_left_open() -> Iterator[None]:
    before = list(registry._CURRENT)
    yield
    registry._CURRENT[:] = before


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSite:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STAFFTALKS_AS", raising=False)
    meridia, torvia = make_hq("XMR"), make_hq("XTV")
    pair(meridia, torvia, letters_too=False)
    return FakeSite(tmp_path / "stafftalks.log", meridia, torvia)


@pytest.fixture
def meridia(site: FakeSite) -> Terminal:
    return Terminal(site, "xmr")


@pytest.fixture
def torvia(site: FakeSite) -> Terminal:
    return Terminal(site, "xtv")


TERMS = """
title: Coastal contingencies
purpose: Share plans for floods and storms on the common coast.
realms: [intelligence, scenarios, exercises, operations]
clauses:
  - {heading: Scope, text: Plans are shared element by element., duty: none}
  - {heading: Telling, text: Each tells the other of changes within a day., duty: inform}
"""


@pytest.fixture
def accord(meridia: Terminal, torvia: Terminal, tmp_path: Path) -> str:
    """An accord that Meridia proposed and Torvia holds."""
    (tmp_path / "terms.yaml").write_text(TERMS)
    found: str = meridia.reads("accord", "propose", "--to", "XTV", "--terms", "terms.yaml")["accord"]
    meridia.does("exchange", "run")
    return found


@pytest.fixture
def open_accord(accord: str, site: FakeSite, meridia: Terminal, torvia: Terminal) -> str:
    """The same, with scenarios and intelligence open, and a letter on each side that permits everything."""
    for hq, partner in (("xmr", "XTV"), ("xtv", "XMR")):
        permit(site.hqs[hq], PartyId(partner))
    meridia.does("accord", "accept", accord, "--realm", "intelligence,scenarios,exercises")
    torvia.does("accord", "accept", accord, "--realm", "intelligence", "--realm", "scenarios")
    torvia.does("exchange", "run")
    return accord
