"""The same commands as separate processes over real folders, keys and databases: everything goes by hand."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse battery staple\n"


class Shell:
    """Runs `stafftalks` as a process of its own in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("STAFFTALKS_", "DJANGO_", "DATABASE_"))
        }
        self.env = {**kept, "PYTHONPATH": str(ROOT / "src")}

    def type(self, home: str, *words: str, heard: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "stafftalks.site", "--home", home, "--as", "ada", *words]
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.env,
            input=heard,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def reads(self, home: str, *words: str, heard: str = "") -> Any:
        done = self.type(home, *words, "--json", heard=heard)
        assert done.returncode == 0, f"{words}: {done.stdout} {done.stderr}"
        return json.loads(done.stdout)


def test_two_headquarters_come_to_an_accord_by_hand(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    for home, party, name in (("xmr", "XMR", "Meridia"), ("xtv", "XTV", "Torvia")):
        words = (
            "init",
            "--party",
            party,
            "--name",
            name,
            "--username",
            "ada",
            "--role",
            "head of delegation",
            "--password-stdin",
        )
        assert shell.reads(home, *words, heard=PASSWORD)["card"]["party"] == party
    fingerprints = {home: shell.reads(home, "pair", "card", "-o", f"{home}.card")["words"] for home in ("xmr", "xtv")}
    shell.reads("xmr", "pair", "add", "xtv.card", "--expect", "XTV", "--fingerprint", fingerprints["xtv"])
    wrong = shell.type("xtv", "pair", "add", "xmr.card", "--fingerprint", fingerprints["xtv"])
    assert wrong.returncode == 1
    assert "not that of this card" in wrong.stderr
    shell.reads("xtv", "pair", "add", "xmr.card", heard=fingerprints["xmr"] + "\n")

    proposal = (
        "accord",
        "propose",
        "--to",
        "XTV",
        "--title",
        "Storms",
        "--realm",
        "scenarios,intelligence",
        "--clause",
        "Scope | Coasts.",
    )
    accord = shell.reads("xmr", *proposal)["accord"]
    shell.reads("xmr", "accord", "accept", accord, "--realm", "scenarios,intelligence")
    carried = shell.reads("xmr", "exchange", "export", "--to", "XTV", "--accord", accord)["file"]
    shell.reads("xtv", "exchange", "import", carried)
    shell.reads("xtv", "accord", "accept", accord[:12], "--realm", "scenarios")
    answer = shell.reads("xtv", "exchange", "export", "--to", "XMR", "--accord", accord)["file"]
    raw = (tmp_path / answer).read_bytes()
    (tmp_path / "damaged").write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    damaged = shell.type("xmr", "exchange", "import", "damaged")
    assert damaged.returncode == 3
    assert len(damaged.stderr.splitlines()) == 1
    shell.reads("xmr", "exchange", "import", answer)
    (line,) = shell.reads("xmr", "accord", "list")
    assert line["open_realms"] == ["scenarios"]
    for home in ("xmr", "xtv"):
        feeds = shell.reads(home, "record", "verify")
        assert [feed["sound"] for feed in feeds] == [True, True]

    (tmp_path / "xtv" / "stafftalks.sqlite3").write_bytes(os.urandom(20_000))
    broken = shell.type("xtv", "accord", "list")
    assert broken.returncode == 4
    assert "Traceback" not in broken.stderr
    nowhere = shell.type("nowhere", "accord", "list")
    assert nowhere.returncode == 1
    assert "Traceback" not in nowhere.stderr
