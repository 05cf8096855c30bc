"""Always true, 4: a restore can never fork the record. Real folders, keys and tables; the partner is in memory and takes real sealed bundles."""

import copy
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stafftalks.links import sealing
from stafftalks.links.clock import SystemClock
from stafftalks.record.card import fingerprint, open_card
from stafftalks.services import accords, exchange, pairing
from stafftalks.values.errors import HostError
from stafftalks.values.ids import AccordId, PartyId
from tests.always_true.invariants import check_sound
from tests.always_true.own import again
from tests.always_true.worker import Worker
from tests.fakes import ADMINISTRATOR, HEAD, make_hq
from tests.services.scenes import ALL_REALMS

XMR = PartyId("XMR")


class Wire:
    """From the partner in memory to the headquarters in the worker: the same bytes as over HTTPS."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def exchange(self, _partner: object, sealed: bytes) -> bytes:
        try:
            return self._worker.ask("reply", sealed=sealed)
        except RuntimeError as error:
            raise HostError(str(error)) from error


class Scene:
    """Meridia in a real folder, Torvia in memory, an accord that both accepted, and one release."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "meridia"
        torvia = make_hq("XTV", clock=SystemClock())  # type: ignore[arg-type]
        private = sealing.new_private_key()
        document = torvia.keyring.renew(hpke_key=sealing.public_key(private))
        sealer = sealing.HpkeSealer(lambda: private, max_bytes=1 << 25)
        self.torvia = msgspec.structs.replace(torvia, sealer=sealer)
        with Worker(self.folder) as meridia:
            meridia.ask("found")
            card = meridia.ask("card")
            pairing.add_partner(self.torvia, ADMINISTRATOR, card, fingerprint(open_card(card)))
            meridia.ask("pair", card=document.decode())
            self.accord = AccordId(meridia.ask("propose"))
            exchange.take(self.torvia, meridia.ask("export", accord=self.accord), "file")
            accords.accept(self.torvia, HEAD, self.accord, ALL_REALMS)
            self.talk(meridia)
            meridia.ask("accept", accord=self.accord)
            self.before = meridia.ask("give", accord=self.accord, text="Given before the backup.")
            self.talk(meridia)

    def talk(self, meridia: Worker) -> None:
        for round_ in exchange.run(self.torvia, Wire(meridia), XMR, force=True):
            assert not round_.error, round_.error

    def at_torvia(self) -> dict[str, Any]:
        """Meridia's record as Torvia holds it."""
        view = accords.view(self.torvia, self.accord)
        mine = [row for row in view.feeds if row.feed.party == XMR]
        sheet = view.accord.sheets[XMR]
        return {
            "released": sorted(sheet.released),
            "questions": [asked.text for asked in sheet.questions],
            "sizes": [row.size for row in mine],
            "frozen": [row.frozen for row in view.feeds if row.frozen],
        }

    def agree(self, meridia: Worker) -> dict[str, Any]:
        """Both hold the same of Meridia's record, no fork anywhere, every byte sound; what Meridia holds."""
        self.talk(meridia)
        self.talk(meridia)
        ours, theirs = meridia.ask("state", accord=self.accord), self.at_torvia()
        for name, value in theirs.items():
            assert ours[name] == value, name
        assert not theirs["frozen"]
        assert all(ours["sound"])
        check_sound(self.torvia, self.accord)
        return ours

    def copied(self, folder: Path) -> "Scene":
        """The same scene in another folder, as if nothing had happened in this one."""
        found = copy.copy(self)
        found.folder = folder / "meridia"
        shutil.copytree(self.folder, found.folder)
        (found.torvia,) = again(self.torvia)
        return found


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return Scene(tmp_path_factory.mktemp("original"))


@pytest.fixture
def scene(original: Scene, tmp_path: Path) -> Scene:
    return original.copied(tmp_path)


def test_an_old_backup_takes_back_what_the_partner_holds_and_opens_a_fresh_epoch(scene: Scene, tmp_path: Path) -> None:
    archive = tmp_path / "old.tar"
    with Worker(scene.folder) as meridia:
        meridia.ask("backup", target=str(archive))
        after = meridia.ask("give", accord=scene.accord, text="Given after the backup.")
        meridia.ask("say", accord=scene.accord, text="Said after the backup?")
        scene.talk(meridia)
    lost = scene.at_torvia()["sizes"][0]
    scene.folder.rename(tmp_path / "the burnt one")
    with Worker(scene.folder) as restored:
        restored.ask("restore", archive=str(archive))
        restored.ask("migrate")
        found = restored.ask("state", accord=scene.accord)
        assert found["sizes"][0] < lost
        assert found["can sign"] == [False], "the keys that sign were in no backup"
        scene.talk(restored)
        found = restored.ask("state", accord=scene.accord)
        assert found["sizes"] == [lost], "its own entries came back"
        assert found["closed"] == [True]
        assert {scene.before, after} <= set(found["released"])
        assert "Said after the backup?" in found["questions"]
        new = restored.ask("give", accord=scene.accord, text="Given after the restore.")
        found = scene.agree(restored)
        assert len(found["sizes"]) == 2
        assert {scene.before, after, new} == set(found["released"])


def test_a_restored_headquarters_that_speaks_before_it_listens_makes_no_fork_either(
    scene: Scene, tmp_path: Path
) -> None:
    archive = tmp_path / "old.tar"
    with Worker(scene.folder) as meridia:
        meridia.ask("backup", target=str(archive))
        meridia.ask("say", accord=scene.accord, text="Known to Torvia alone?")
        scene.talk(meridia)
    scene.folder.rename(tmp_path / "the burnt one")
    with Worker(scene.folder) as restored:
        restored.ask("restore", archive=str(archive))
        restored.ask("migrate")
        restored.ask("say", accord=scene.accord, text="Said at once after the restore?")
        exchange.take(scene.torvia, restored.ask("export", accord=scene.accord), "file")
        found = scene.agree(restored)
        assert len(found["sizes"]) == 2
        assert "Said at once after the restore?" in found["questions"]


def test_a_copy_of_the_tables_put_back_beside_the_present_keys_opens_a_fresh_epoch(
    scene: Scene, tmp_path: Path
) -> None:
    """The restore nobody should do: the mark beside the keys is above what the tables remember."""
    database, copy = scene.folder / "stafftalks.sqlite3", tmp_path / "copy.sqlite3"
    with sqlite3.connect(database) as here, sqlite3.connect(copy) as there:
        here.backup(there)
    with Worker(scene.folder) as meridia:
        meridia.ask("say", accord=scene.accord, text="Said, sent, and forgotten?")
        scene.talk(meridia)
    for name in ("-wal", "-shm"):
        database.with_name(database.name + name).unlink(missing_ok=True)
    shutil.copy(copy, database)
    with Worker(scene.folder) as meridia:
        found = meridia.ask("state", accord=scene.accord)
        assert found["can sign"] == [True]
        assert found["marks"][0] > found["sizes"][0]
        meridia.ask("say", accord=scene.accord, text="Said by the naive restore?")
        found = meridia.ask("state", accord=scene.accord)
        assert found["closed"] == [True, False]
        scene.agree(meridia)


def test_without_the_mark_the_same_copy_would_fork_and_be_found_out(scene: Scene, tmp_path: Path) -> None:
    """The planted fault: marks put back together with the tables."""
    database, copy = scene.folder / "stafftalks.sqlite3", tmp_path / "copy.sqlite3"
    with sqlite3.connect(database) as here, sqlite3.connect(copy) as there:
        here.backup(there)
    shutil.copytree(scene.folder / "keys" / "feeds", tmp_path / "feeds")
    with Worker(scene.folder) as meridia:
        meridia.ask("say", accord=scene.accord, text="Said, sent, and forgotten?")
        scene.talk(meridia)
    for name in ("-wal", "-shm"):
        database.with_name(database.name + name).unlink(missing_ok=True)
    shutil.copy(copy, database)
    shutil.rmtree(scene.folder / "keys" / "feeds")
    shutil.copytree(tmp_path / "feeds", scene.folder / "keys" / "feeds")
    with Worker(scene.folder) as meridia:
        meridia.ask("say", accord=scene.accord, text="Another thing in its place?")
        with pytest.raises(AssertionError):
            scene.agree(meridia)
    assert any("two different records" in row.frozen for row in scene.torvia.records.feeds(scene.accord))
