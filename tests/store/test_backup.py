"""A backup holds everything but the keys that sign records; a restore takes only what is whole, and never over a headquarters."""

import hashlib
import io
import json
import shutil
import sqlite3
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stafftalks.store.backup import restore, write_backup
from stafftalks.store.ports import StorePorts
from stafftalks.values.errors import HostError, MisuseError, PeerError
from tests.store.rows import XTV, accord_row, element_row, entry_rows, feed_row


@pytest.fixture
def home(database: StorePorts, tmp_path: Path) -> Path:
    """Meridia's headquarters, with a feed of its own and one of Torvia's."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL is backed up by its own tools.")
    database.records.add_accord(accord_row())
    for row in (feed_row(), feed_row(XTV)):
        database.records.add_feed(row)
        database.records.append(row.feed, entry_rows(0, 50), b"frontier")
    database.holdings.put(element_row("flood"), None)
    folder = tmp_path / "meridia"
    (folder / "keys" / "feeds").mkdir(parents=True)
    (folder / "stafftalks.toml").write_text('party = "XMR"\nname = "Meridia"\n')
    (folder / "secret").write_text("the secret of sessions")
    (folder / "keys" / "node.key").write_bytes(b"node key")
    (folder / "keys" / "card.json").write_bytes(b"card")
    (folder / "keys" / "feeds" / "epoch.key").write_bytes(b"FEED KEY THAT MUST NEVER BE COPIED")
    (folder / "static").mkdir()
    copy_live_database(folder / "stafftalks.sqlite3")
    return folder


def copy_live_database(target: Path) -> None:
    source, copy = sqlite3.connect(connection.settings_dict["NAME"]), sqlite3.connect(target)
    source.backup(copy)
    copy.execute("PRAGMA journal_mode=WAL")
    source.close()
    copy.close()


def query(folder: Path, statement: str) -> list[tuple[object, ...]]:
    database = sqlite3.connect(folder / "stafftalks.sqlite3")
    try:
        return database.execute(statement).fetchall()
    finally:
        database.close()


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def rewritten(archive: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The backup with its members changed, the manifest left as `change` leaves it."""
    with tarfile.open(archive) as tar:
        members = {member.name: tar.extractfile(member).read() for member in tar}
    change(members)
    target = archive.with_name("changed.tar")
    with tarfile.open(target, "w") as tar:
        for name, raw in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(raw)
            tar.addfile(member, io.BytesIO(raw))
    return target


def listed(members: dict[str, bytes], name: str, raw: bytes) -> None:
    """Puts a file into the backup and its manifest."""
    manifest = json.loads(members["manifest.json"])
    manifest["files"][name] = {"sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw)}
    members["manifest.json"] = json.dumps(manifest).encode()
    members[name] = raw


def test_a_restored_headquarters_has_everything_but_the_keys_that_sign_records(home: Path, tmp_path: Path) -> None:
    archive, restored = tmp_path / "backup.tar", tmp_path / "restored"
    assert "fresh epoch" in " ".join(write_backup(archive, home))
    notes = restore(archive, restored)
    assert notes[0].startswith("1 epochs of our own records were closed for good")
    assert set(content(restored)) == {
        "stafftalks.toml",
        "secret",
        "keys/node.key",
        "keys/card.json",
        "stafftalks.sqlite3",
    }
    for name in ("stafftalks.toml", "secret", "keys/node.key", "keys/card.json"):
        assert content(restored)[name] == content(home)[name]
    for table in ("store_entry", "store_slip", "store_element", "store_version", "django_migrations"):
        assert query(restored, f"SELECT * FROM {table}") == query(home, f"SELECT * FROM {table}") != []
    assert b"FEED KEY" not in archive.read_bytes()


def test_only_our_own_epochs_are_closed_by_a_restore(home: Path, tmp_path: Path) -> None:
    write_backup(tmp_path / "backup.tar", home)
    restore(tmp_path / "backup.tar", tmp_path / "restored")
    assert query(tmp_path / "restored", "SELECT party, closed FROM store_feed ORDER BY party") == [
        ("XMR", 1),
        ("XTV", 0),
    ]
    assert query(home, "SELECT party, closed FROM store_feed ORDER BY party") == [("XMR", 0), ("XTV", 0)]


def test_backup_and_restored_files_are_for_their_owner_alone(home: Path, tmp_path: Path) -> None:
    archive, restored = tmp_path / "backup.tar", tmp_path / "restored"
    write_backup(archive, home)
    restore(archive, restored)
    for path in (archive, restored, *restored.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_backup_is_consistent_while_a_writer_is_in_the_middle_of_a_transaction(home: Path, tmp_path: Path) -> None:
    writer = sqlite3.connect(home / "stafftalks.sqlite3", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE store_element SET title = 'half written'")
    try:
        write_backup(tmp_path / "backup.tar", home)
    finally:
        writer.execute("ROLLBACK")
        writer.close()
    restore(tmp_path / "backup.tar", tmp_path / "restored")
    assert query(tmp_path / "restored", "SELECT title FROM store_element") == [("Title of flood",)]


def test_a_backup_is_never_written_over_a_file_nor_made_of_nothing(home: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("kept")
    with pytest.raises(MisuseError, match="never written over"):
        write_backup(taken, home)
    with pytest.raises(MisuseError, match="nothing to back up"):
        write_backup(tmp_path / "backup.tar", tmp_path / "nowhere")
    with pytest.raises(HostError, match="could not be written"):
        write_backup(tmp_path / "no folder" / "backup.tar", home)
    assert taken.read_text() == "kept"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["meridia", "taken"]


def test_a_backup_is_never_restored_over_a_headquarters(home: Path, tmp_path: Path) -> None:
    write_backup(tmp_path / "backup.tar", home)
    before = content(home)
    with pytest.raises(MisuseError, match="never over a headquarters"):
        restore(tmp_path / "backup.tar", home)
    assert content(home) == before


def test_a_backup_is_restored_into_an_empty_folder_that_exists(home: Path, tmp_path: Path) -> None:
    write_backup(tmp_path / "backup.tar", home)
    (tmp_path / "empty").mkdir()
    restore(tmp_path / "backup.tar", tmp_path / "empty")
    assert (tmp_path / "empty" / "stafftalks.sqlite3").is_file()


def _flip(members: dict[str, bytes]) -> None:
    raw = members["stafftalks.sqlite3"]
    members["stafftalks.sqlite3"] = raw[:5000] + bytes([raw[5000] ^ 1]) + raw[5001:]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_flip, "is damaged"),
        (lambda members: members.pop("secret"), "is missing"),
        (lambda members: members.pop("stafftalks.sqlite3"), "is missing"),
        (lambda members: members.pop("manifest.json"), "does not begin with a manifest"),
        (lambda members: members.update({"extra": b"x"}), "does not list"),
        (lambda members: members.update({"manifest.json": b"{}"}), "cannot be read"),
        (lambda members: members.update({"manifest.json": b"\xff"}), "cannot be read"),
        (lambda members: listed(members, "../outside", b"x"), "no backup may hold"),
        (lambda members: listed(members, "/outside", b"x"), "no backup may hold"),
        (lambda members: listed(members, "keys/../../outside", b"x"), "no backup may hold"),
        (lambda members: listed(members, "keys/feeds/epoch.key", b"x"), "no backup may hold"),
        (lambda members: listed(members, "stafftalks.sqlite3", b"not a database"), "cannot be read"),
        (lambda members: listed(members, "stafftalks.toml", b"party"), "configuration in this backup"),
        (lambda members: listed(members, "manifest.json", b"x"), "."),
    ],
)
def test_a_backup_that_is_not_whole_and_sound_leaves_nothing_behind(
    home: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None], sentence: str
) -> None:
    write_backup(tmp_path / "backup.tar", home)
    changed = rewritten(tmp_path / "backup.tar", change)
    before = content(tmp_path)
    with pytest.raises(PeerError, match=sentence):
        restore(changed, tmp_path / "restored")
    assert content(tmp_path) == before
    assert not (tmp_path / "restored").exists()


def test_a_link_in_a_backup_is_refused(home: Path, tmp_path: Path) -> None:
    write_backup(tmp_path / "backup.tar", home)
    changed = rewritten(tmp_path / "backup.tar", lambda members: listed(members, "keys/link", b""))
    with tarfile.open(changed) as tar:
        members = {member.name: tar.extractfile(member).read() for member in tar}
    with tarfile.open(changed, "w") as tar:
        for name, raw in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(raw)
            if name == "keys/link":
                member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
            tar.addfile(member, io.BytesIO(raw))
    with pytest.raises(PeerError, match="does not list"):
        restore(changed, tmp_path / "restored")


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_restored_whole_or_refused(home: Path, tmp_path: Path, data: st.DataObject) -> None:
    archive = tmp_path / "backup.tar"
    if not archive.exists():
        write_backup(archive, home)
    raw = archive.read_bytes()
    if data.draw(st.booleans()):
        raw = raw[: data.draw(st.integers(0, len(raw) - 20_000))]
    else:
        at = data.draw(st.integers(0, 6000))
        raw = raw[:at] + data.draw(st.binary(min_size=1, max_size=40)) + raw[at + 1 :]
    (tmp_path / "fuzzed.tar").write_bytes(raw)
    shutil.rmtree(tmp_path / "restored", ignore_errors=True)
    try:
        restore(tmp_path / "fuzzed.tar", tmp_path / "restored")
    except PeerError:
        assert not (tmp_path / "restored").exists()
    else:
        assert content(tmp_path / "restored")["secret"] == b"the secret of sessions"


@pytest.mark.skipif("connection.vendor != 'postgresql'")
@pytest.mark.usefixtures("database")
def test_postgresql_is_backed_up_by_its_own_tools(tmp_path: Path) -> None:
    with pytest.raises(MisuseError, match="pg_dump"):
        write_backup(tmp_path / "backup.tar", tmp_path)
    assert list(tmp_path.iterdir()) == []
