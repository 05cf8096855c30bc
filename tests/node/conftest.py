from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.node.house import House


@pytest.fixture
def houses(tmp_path: Path) -> Iterator[tuple[House, House, House]]:
    """Meridia and Torvia, who are paired, and an outsider whom nobody knows."""
    cast = (
        House(tmp_path, "XMR", "Meridia"),
        House(tmp_path, "XTV", "Torvia"),
        House(tmp_path, "XOO", "Outsider"),
    )
    try:
        yield cast
    finally:
        for house in cast:
            house.close()
