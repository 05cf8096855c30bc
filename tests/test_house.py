"""The house rules that no linter knows."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
CORE = ("values", "record", "planning", "accord", "release", "deconflict", "analysis", "services")
TRACKED = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()


def test_no_assert_in_the_sources():
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assert)
    ]
    assert not found, "an assert disappears under -O; raise an error that says what is wrong"


def test_every_module_of_the_core_says_what_it_is():
    undocumented = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if path.relative_to(ROOT).parts[2] in CORE and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert not undocumented


@pytest.mark.skipif(not TRACKED, reason="not a git checkout: what is tracked cannot be listed")
def test_no_tracked_file_names_a_package_registry():
    hosts = re.compile(
        "|".join(("py" + r"pi\.org", "python" + r"hosted\.org", r"registry\." + r"npmjs", r"deb\." + r"debian\.org"))
    )
    found = [
        name for name in TRACKED if (ROOT / name).is_file() and hosts.search((ROOT / name).read_text(errors="ignore"))
    ]
    assert not found


def test_lock_files_carry_a_hash_for_every_package():
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text().splitlines()
        packages = [line for line in lines if re.match(r"[A-Za-z0-9]", line)]
        hashes = sum("--hash=" in line for line in lines)
        assert packages, name
        assert hashes >= len(packages), name


def test_the_readme_names_both_commands():
    readme = (ROOT / "README.md").read_text()
    assert "make demo" in readme
    assert "make test" in readme
