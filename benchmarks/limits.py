"""Limits of this machine and named peers, measured in the same run as what is held against them."""

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Final

from benchmarks import children

_MESSAGE: Final = "Two transports and one escort left the northern approaches, heading east. " * 5


def syncs_per_s(folder: Path, seconds: float) -> float:
    """How often a second 4 KiB can be appended to a file in `folder` and forced to the disk."""
    block, count = os.urandom(4096), 0
    descriptor = os.open(folder / "sync.bin", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        begun = time.perf_counter()
        while (spent := time.perf_counter() - begun) < seconds:
            os.write(descriptor, block)
            os.fdatasync(descriptor)
            count += 1
    finally:
        os.close(descriptor)
    return count / spent


def git_missing() -> str:
    """Why git cannot be measured here; empty where it can."""
    missing = [name for name in ("git", "ssh-keygen") if shutil.which(name) is None]
    return f"{' and '.join(missing)} not installed" if missing else ""


class GitPeer:
    """A throw-away repository whose commits are signed with an ssh-ed25519 key."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()
        key = folder / "key"
        # Nobody's own settings, agent or hooks: the peer is git as it comes.
        self._env = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
        self._run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "author@example.org", "-f", str(key))
        (folder / "allowed").write_text(f"author@example.org {key.with_suffix('.pub').read_text()}")
        self._run("git", "init", "-q", "-b", "main", "work")
        self._run("git", "init", "-q", "-b", "main", "--bare", "shared.git")
        for name, value in {
            "user.name": "Author",
            "user.email": "author@example.org",
            "gpg.format": "ssh",
            "user.signingKey": str(key),
            "gpg.ssh.allowedSignersFile": str(folder / "allowed"),
            "core.fsync": "committed",  # what leaves must be on the disk, as here
        }.items():
            self.git("work", "config", name, value)
            self.git("shared.git", "config", name, value)
        self.git("work", "remote", "add", "origin", f"file://{folder / 'shared.git'}")

    def commit(self, turn: int) -> None:
        """One more signed commit."""
        self.git("work", "commit", "-q", "--allow-empty", "-S", "-m", f"Entry {turn}\n\n{_MESSAGE}")

    def verify_cost(self, count: int) -> children.Cost:
        """What it costs to verify `count` commits, all in one call of `git verify-commit`."""
        for turn in range(count):
            self.commit(turn)
        commits = self.git("work", "rev-list", "HEAD").split()
        with children.cost_of_children() as spent:
            self.git("work", "verify-commit", *commits)
        return spent

    def publish_s(self, turn: int) -> float:
        """Seconds from beginning a signed commit to its having been pushed over file:// and verified where it arrived."""
        begun = time.perf_counter()
        self.commit(turn)
        self.git("work", "push", "-q", "origin", "main")
        self.git("shared.git", "verify-commit", "main")
        return time.perf_counter() - begun

    def git(self, repository: str, *args: str) -> str:
        return self._run("git", "-C", str(self._folder / repository), *args)

    def _run(self, *command: str) -> str:
        done = subprocess.run(command, cwd=self._folder, env=self._env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command[:6])} failed: {done.stderr.strip()}")
        return done.stdout
