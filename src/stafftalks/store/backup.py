"""Backup and restore of a headquarters on SQLite: one tar file with a manifest, never with the keys that sign records.

    manifest.json         {"format": "stafftalks-backup/v1", "written_at": ..., "files": {path: {"sha256": ..., "bytes": ...}}}
    stafftalks.toml, secret, keys/... except keys/feeds, stafftalks.sqlite3

Without its feed keys a restored headquarters cannot go on with an epoch that may have been continued since, so it cannot fork its record: every
epoch of its own is closed at once, and its next act opens a fresh one. A restore checks every byte before anything stands in the
headquarters' folder, and never writes over a headquarters.
"""

import hashlib
import os
import sqlite3
import tarfile
import tempfile
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Annotated, Final

import msgspec
from django.db import connection

from stafftalks.values.errors import HostError, MisuseError, PeerError

FORMAT: Final = "stafftalks-backup/v1"
DATABASE: Final = "stafftalks.sqlite3"
_CONFIG: Final = "stafftalks.toml"
_MANIFEST: Final = "manifest.json"
_MAX_MANIFEST_BYTES: Final = 1024 * 1024
_PIECE: Final = 1024 * 1024


class _File(msgspec.Struct, frozen=True):
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    bytes: Annotated[int, msgspec.Meta(ge=0)]


class _Manifest(msgspec.Struct, frozen=True):
    format: str
    written_at: int
    files: dict[str, _File]


def write_backup(target: Path, home: Path) -> tuple[str, ...]:
    """Writes the headquarters in the folder `home` to the file `target` while it may be serving; returns what is in it and what is not.

    Raises MisuseError where `target` exists, no headquarters is in `home`, or its tables are on PostgreSQL.
    """
    if connection.vendor != "sqlite":
        raise MisuseError(
            "The tables are on PostgreSQL, whose own tools back them up: run `pg_dump --format=custom`, and copy stafftalks.toml, secret and "
            "keys/ except keys/feeds from the headquarters' folder. Never copy keys/feeds: a restored headquarters must not sign on."
        )
    if not (home / _CONFIG).is_file() or not (home / DATABASE).is_file():
        raise MisuseError(f"No headquarters is set up in {home}: there is nothing to back up.")
    if target.exists():
        raise MisuseError(f"{target} exists: name another file, a backup is never written over one.")
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.absolute().parent) as scratch:
            database = Path(scratch) / DATABASE
            _copy_database(home / DATABASE, database)
            files = dict(_collected(home), **{DATABASE: database})
            _write_tar(target, Path(scratch) / "backup.tar", files)
    except (OSError, sqlite3.Error) as error:
        raise HostError(f"The backup could not be written to {target}: {error}. Nothing was left behind.") from error
    return (
        f"It holds the tables, configuration, secret and {len(files) - 3} files of keys: keep it as safe as the keys themselves.",
        "It does not hold the keys that sign our records. A restored headquarters opens a fresh epoch in each, so no record can fork.",
    )


def restore(archive: Path, home: Path) -> tuple[str, ...]:
    """Sets up the folder `home` from the backup `archive`; returns what the person must do next.

    Raises MisuseError where a headquarters or anything else is in `home`, PeerError where the backup is damaged or is none; then `home` is as
    it was before.
    """
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise MisuseError(
            f"{home} is not empty: a backup is restored into a folder of its own, never over a headquarters."
        )
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=home.absolute().parent) as scratch:
            folder = Path(scratch) / "hq"
            folder.mkdir(mode=0o700)
            _unpack(archive, folder)
            closed = _prepare_database(folder)
            if home.exists():
                home.rmdir()
            folder.rename(home)
            _sync_folder(home.parent)
    except (OSError, sqlite3.Error) as error:
        raise HostError(f"{archive} could not be restored to {home}: {error}. Nothing was left behind.") from error
    return (
        f"{closed} epochs of our own records were closed for good; the next act in each accord opens a fresh one.",
        "Run `stafftalks migrate`, then `stafftalks exchange run`: partners give back what they hold of what was said since the backup.",
        "Make sure that the headquarters this was copied from never runs again.",
    )


def _collected(home: Path) -> Iterator[tuple[str, Path]]:
    """Files to copy as they stand, by their name in the backup."""
    for name in (_CONFIG, "secret"):
        if (home / name).is_file():
            yield name, home / name
    keys = home / "keys"
    for path in sorted(keys.rglob("*")):
        if path.is_file() and path.relative_to(keys).parts[0] != "feeds":
            yield path.relative_to(home).as_posix(), path


def _copy_database(source: Path, target: Path) -> None:
    """A consistent copy while others write, as one file without a log beside it."""
    with _opened(source) as here, _opened(target) as there:
        here.backup(there)
        there.execute("PRAGMA journal_mode=DELETE")


class _opened:  # noqa: N801 - read as a verb in `with _opened(path)`
    """An SQLite connection that is closed at the end of the block; sqlite3's own block only ends a transaction."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path)

    def __enter__(self) -> sqlite3.Connection:
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def _write_tar(target: Path, scratch: Path, files: dict[str, Path]) -> None:
    manifest = _Manifest(FORMAT, int(time.time()), {name: _described(path) for name, path in files.items()})
    raw = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    (scratch.parent / _MANIFEST).write_bytes(raw)
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for name, path in {_MANIFEST: scratch.parent / _MANIFEST, **files}.items():
                tar.add(path, arcname=name, recursive=False, filter=_anonymous)
        out.flush()
        os.fsync(out.fileno())
    os.link(scratch, target)  # fails where the target has come to exist meanwhile
    _sync_folder(target.absolute().parent)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _described(path: Path) -> _File:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
    return _File(digest.hexdigest(), path.stat().st_size)


def _unpack(archive: Path, folder: Path) -> None:
    """Every file that the manifest names, each with the bytes it states; PeerError otherwise."""
    try:
        with tarfile.open(archive, mode="r:") as tar:
            members = iter(tar)
            manifest = _read_manifest(tar, next(members, None))
            missing = dict(manifest.files)
            for member in members:
                wanted = missing.pop(member.name, None)
                if wanted is None or not member.isreg() or member.size != wanted.bytes:
                    raise PeerError(
                        f"{archive} holds {member.name!r}, which its manifest does not list so: do not use it."
                    )
                _write_member(folder, member.name, _stream(tar, member), wanted)
    except (tarfile.TarError, EOFError, ValueError, IndexError) as error:
        raise PeerError(f"{archive} is not a Stafftalks backup, or is cut short: {error}.") from error
    if missing:
        raise PeerError(f"{archive} is cut short: {', '.join(sorted(missing))} is missing.")


def _read_manifest(tar: tarfile.TarFile, member: tarfile.TarInfo | None) -> _Manifest:
    if member is None or member.name != _MANIFEST or not member.isreg() or member.size > _MAX_MANIFEST_BYTES:
        raise PeerError("This is not a Stafftalks backup: it does not begin with a manifest.")
    try:
        manifest = msgspec.json.decode(_stream(tar, member).read(), type=_Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise PeerError(f"The manifest of this backup cannot be read: {error}.") from error
    if manifest.format != FORMAT:
        raise PeerError(
            f"This backup is of format {manifest.format[:40]!r}; this release of the software reads {FORMAT}."
        )
    for name in manifest.files:
        parts = name.split("/")
        allowed = name in {_CONFIG, "secret", DATABASE} or (
            len(parts) > 1 and parts[0] == "keys" and parts[1] != "feeds"
        )
        if not allowed or any(part in {"", ".", ".."} for part in parts):
            raise PeerError(f"This backup holds {name[:80]!r}, which no backup may hold: do not use it.")
    if _CONFIG not in manifest.files or DATABASE not in manifest.files:
        raise PeerError("This backup lacks the configuration or the tables: it was not made by `stafftalks backup`.")
    return manifest


def _stream(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    stream = tar.extractfile(member)
    if stream is None:
        raise PeerError(f"{member.name!r} in this backup is not a file.")
    return stream


def _write_member(folder: Path, name: str, stream: IO[bytes], wanted: _File) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        while piece := stream.read(_PIECE):
            digest.update(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    if digest.hexdigest() != wanted.sha256:
        raise PeerError(
            f"{name} in this backup is damaged: its bytes are not those its manifest states. Use another backup."
        )


def _prepare_database(folder: Path) -> int:
    """Checks the restored tables and closes every epoch of ours; returns how many there were."""
    try:
        party = tomllib.loads((folder / _CONFIG).read_text())["party"]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError) as error:
        raise PeerError(f"The configuration in this backup cannot be read: {error}.") from error
    with _opened(folder / DATABASE) as database:
        try:
            sound = database.execute("PRAGMA integrity_check").fetchone()[0]
            if sound != "ok":
                raise PeerError(f"The tables in this backup are damaged: {sound}. Use another backup.")
            closed = database.execute(
                "UPDATE store_feed SET closed = 1 WHERE party = ? AND NOT closed", (party,)
            ).rowcount
            database.commit()
        except sqlite3.DatabaseError as error:
            raise PeerError(f"The tables in this backup cannot be read: {error}. Use another backup.") from error
    return int(closed)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
