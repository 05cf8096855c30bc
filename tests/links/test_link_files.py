import pytest

from stafftalks.links import files
from stafftalks.values.errors import HostError, MisuseError, PeerError
from stafftalks.values.ids import AccordId, PartyId

NAME = files.bundle_name(PartyId("XMR"), PartyId("XTV"), AccordId("abcdefgh" + "a" * 44), b"sealed")


def test_the_name_says_from_whom_to_whom_and_which():
    assert NAME.startswith("XMR-XTV-abcdefgh-")
    assert NAME.endswith(".stafftalks")
    other = files.bundle_name(PartyId("XMR"), PartyId("XTV"), AccordId("abcdefgh" + "a" * 44), b"other")
    assert other[:17] == NAME[:17]
    assert other != NAME
    with pytest.raises(MisuseError):
        files.bundle_name(PartyId("../XMR"), PartyId("XTV"), AccordId("a" * 52), b"")


def test_a_bundle_is_written_once_and_read_back(tmp_path):
    place = files.write_bundle(tmp_path, b"sealed", NAME)
    assert place == tmp_path / NAME
    assert files.read_bundle(place, max_bytes=6) == b"sealed"
    with pytest.raises(MisuseError, match="not overwritten"):
        files.write_bundle(tmp_path, b"sealed", NAME)
    assert files.write_bundle(tmp_path / "as-named", b"sealed", NAME).name == "as-named"


def test_what_cannot_be_read_or_written_is_said(tmp_path):
    (tmp_path / "empty").touch()
    (tmp_path / "large").write_bytes(b"1234567")
    with pytest.raises(PeerError, match="is empty"):
        files.read_bundle(tmp_path / "empty", max_bytes=6)
    with pytest.raises(PeerError, match="larger than 6 bytes"):
        files.read_bundle(tmp_path / "large", max_bytes=6)
    with pytest.raises(MisuseError, match="no file"):
        files.read_bundle(tmp_path / "missing", max_bytes=6)
    with pytest.raises(MisuseError, match="is a folder"):
        files.read_bundle(tmp_path, max_bytes=6)
    with pytest.raises(MisuseError, match="no folder"):
        files.write_bundle(tmp_path / "no" / "where", b"x", NAME)
    with pytest.raises(HostError, match="cannot be"):
        files.write_bundle(tmp_path / ("n" * 300), b"x", NAME)
