from pathlib import Path

import pytest

from stafftalks.links.keyring import FileKeyring
from stafftalks.links.keys import create_keys
from stafftalks.values.ids import PartyId

NOW = 1_763_830_000


@pytest.fixture
def meridia(tmp_path: Path) -> Path:
    folder = tmp_path / "meridia" / "keys"
    create_keys(folder, PartyId("XMR"), "Meridia", ["https://127.0.0.1:8443", "https://hq.meridia.example:443"], NOW)
    return folder


@pytest.fixture
def keyring(meridia: Path) -> FileKeyring:
    return FileKeyring(meridia)
