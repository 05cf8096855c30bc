"""Small files that survive a power cut: either the old content is there or the new, never half of it, never readable by others.

A file is written beside its place, flushed to the disk, renamed over it, and the folder flushed. Secrets are created 0600 in
folders 0700, and refused when another account could read them.
"""

import contextlib
import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from stafftalks.values.errors import HostError, MisuseError


def make_folder(folder: Path) -> None:
    """Creates `folder`, readable by this account only; no effect where it exists. Raises HostError where it cannot."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise HostError(f"The folder {folder} cannot be made: {error.strerror or error}.") from error


def write(path: Path, content: bytes, *, replace: bool) -> None:
    """Writes `content` to `path` (0600), durable on return.

    Raises MisuseError where the file exists and `replace` is false, HostError where the disk refuses.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        if not replace:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # takes the name, or finds it taken
        try:
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except OSError:
            for left_over in [beside] if replace else [beside, path]:
                left_over.unlink(missing_ok=True)
            raise
        flush_folder(path.parent)
    except FileExistsError:
        raise MisuseError(f"{path} exists already and is not overwritten: move it away first.") from None
    except OSError as error:
        raise HostError(f"{path} cannot be written: {error.strerror or error}.") from error


def flush_file(descriptor: int) -> None:
    """Makes what was written to an open file durable."""
    os.fsync(descriptor)


def flush_folder(folder: Path) -> None:
    """Makes renames and new names in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(path: Path, *, max_bytes: int) -> bytes | None:
    """The content of `path`, or None where there is no such file. Raises HostError where it cannot be read or is larger."""
    try:
        with path.open("rb") as file:
            content = file.read(max_bytes + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise HostError(f"{path} cannot be read: {error.strerror or error}.") from error
    if len(content) > max_bytes:
        raise HostError(f"{path} is larger than {max_bytes} bytes, which no such file of ours is: it was overwritten.")
    return content


def read_secret(path: Path, *, max_bytes: int) -> bytes | None:
    """As `read`, for a secret; raises HostError also where another account of this machine could read it."""
    content = read(path, max_bytes=max_bytes)
    if content is not None:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise HostError(f"{path} can be used by other accounts (mode {mode:04o}): run `chmod 600 {path}`.")
    return content


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds the lock file `path` against every other thread and process of this machine."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise HostError(f"{path} cannot be locked: {error.strerror or error}.") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
