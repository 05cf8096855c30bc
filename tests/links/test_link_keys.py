import itertools
import ssl
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from stafftalks.links import durable, keys, tls
from stafftalks.links.keyring import FileKeyring
from stafftalks.record import keys as record_keys
from stafftalks.record.card import fingerprint, open_card, verify_successor
from stafftalks.record.epoch import epoch_id
from stafftalks.values.errors import HostError, MisuseError, PeerError
from stafftalks.values.ids import EpochId, PartyId

NOW = 1_763_830_000


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_file_is_for_this_account_only(meridia, keyring):
    keyring.raise_high_water(epoch_id(keyring.new_feed_key()), 1)
    for path in [meridia, *meridia.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_keys_are_never_made_over_others_and_nothing_is_left_of_the_attempt(meridia):
    before = files(meridia)
    with pytest.raises(MisuseError, match="never overwritten"):
        keys.create_keys(meridia, PartyId("XMR"), "Meridia", [], NOW)
    assert files(meridia) == before
    assert list(meridia.parent.iterdir()) == [meridia]


def test_a_name_that_no_card_can_bear_makes_no_keys(tmp_path):
    with pytest.raises(MisuseError):
        keys.create_keys(tmp_path / "keys", PartyId("XMR"), "", [], NOW)
    assert list(tmp_path.iterdir()) == []


def test_the_card_is_whole_and_its_certificate_is_a_strict_leaf_of_its_own(keyring):
    card = open_card(keyring.card_document())
    assert card == keyring.card()
    assert (card.party, card.version, card.issued_at) == ("XMR", 1, NOW)
    tls.check_certificate(card.tls_certificate)
    assert len(fingerprint(card)) == 16


def test_a_renewed_card_follows_the_old_one_and_keeps_the_certificate(meridia, keyring):
    old = keyring.card()
    new = keys.renew_card(meridia, now=NOW + 5, addresses=["https://10.0.0.7:9443"])
    verify_successor(old, new)
    assert new == keyring.card()
    assert (new.version, new.addresses, new.tls_certificate) == (2, ("https://10.0.0.7:9443",), old.tls_certificate)


def test_a_fresh_tls_key_changes_the_certificate_and_can_be_used(meridia, keyring):
    old = keyring.card()
    new = keys.renew_card(meridia, now=NOW, fresh_tls=True)
    assert new.tls_certificate != old.tls_certificate
    assert isinstance(tls.server_context(meridia / keys.TLS, [new.tls_certificate]), ssl.SSLContext)


def test_the_root_key_may_be_kept_away_and_daily_use_goes_on(meridia, keyring, tmp_path):
    away = tmp_path / "safe"
    keys.take_roots_away(meridia, away)
    assert not (meridia / keys.ROOT).exists()
    assert not (meridia / keys.NEXT_ROOT).exists()
    record_keys.verify(keyring.card().node_key, b"hello", keyring.sign_as_node(b"hello"), "it")
    with pytest.raises(HostError, match=r"root\.key is not here: bring it back"):
        keys.renew_card(meridia, now=NOW)
    assert keys.renew_card(meridia, now=NOW, roots=away).version == 2
    with pytest.raises(HostError, match="not here"):
        keys.take_roots_away(meridia, away)


def test_the_announced_root_takes_over_and_announces_the_next(meridia, keyring):
    first = keyring.card()
    second = keys.rotate_root(meridia, now=NOW)
    third = keys.rotate_root(meridia, now=NOW)
    for old, new in ((first, second), (second, third)):
        verify_successor(old, new)
        assert new.root_key != old.root_key
    assert keys.renew_card(meridia, now=NOW).root_key == third.root_key


@pytest.mark.parametrize("step", ["coming written", "card written", "root moved"])
def test_a_rotation_cut_off_anywhere_is_finished_or_never_was(meridia, keyring, step, monkeypatch):
    first = keyring.card()
    root, next_root = (meridia / keys.ROOT).read_bytes(), (meridia / keys.NEXT_ROOT).read_bytes()
    second = keys.rotate_root(meridia, now=NOW)
    # Put the files as they stood when the power went.
    (meridia / "coming-root.key").write_bytes((meridia / keys.NEXT_ROOT).read_bytes())
    (meridia / "coming-root.key").chmod(0o600)
    (meridia / keys.NEXT_ROOT).write_bytes(next_root)
    (meridia / keys.ROOT).write_bytes(root)
    if step == "coming written":
        keys.write_signing_key(meridia / "coming-root.key", keys.SigningKey.generate(), replace=True)
    if step == "root moved":
        (meridia / keys.NEXT_ROOT).replace(meridia / keys.ROOT)
    if step == "coming written":
        card = _card_under(meridia, first)
        verify_successor(first, keys.renew_card(meridia, now=NOW))
        assert card == first
    else:
        third = keys.renew_card(meridia, now=NOW)
        verify_successor(second, third)
        verify_successor(third, keys.rotate_root(meridia, now=NOW))
    assert not (meridia / "coming-root.key").exists()


def _card_under(folder, card):
    root, node = (keys.read_signing_key(folder / file) for file in (keys.ROOT, keys.NODE))
    durable.write(folder / keys.CARD, keys.sign_card(card, keys.signer(root), keys.signer(node)), replace=True)
    return keys.read_card(folder)


def test_the_cards_before_the_present_one_are_kept_and_lead_to_it(meridia, keyring):
    first = keyring.card_document()
    keys.renew_card(meridia, now=NOW + 1, name="Meridia renamed")
    second = keyring.card_document()
    keys.rotate_root(meridia, now=NOW + 2)
    documents = keyring.card_documents()
    assert documents == (first, second, keyring.card_document())
    opened = [open_card(document) for document in documents]
    for old, new in itertools.pairwise(opened):
        verify_successor(old, new)


def test_a_feed_key_signs_under_its_own_epoch_only(meridia, keyring):
    public = keyring.new_feed_key()
    epoch = epoch_id(public)
    assert keyring.can_sign(epoch)
    record_keys.verify(public, b"note", FileKeyring(meridia).sign_as_feed(epoch, b"note"), "it")
    other = epoch_id(keyring.new_feed_key())
    (meridia / "feeds" / f"{other}.key").replace(meridia / "feeds" / f"{epoch}.key")
    with pytest.raises(HostError, match="another epoch"):
        keyring.sign_as_feed(epoch, b"note")
    assert not keyring.can_sign(other)
    with pytest.raises(HostError, match="open a fresh epoch"):
        keyring.sign_as_feed(other, b"note")


def test_an_epoch_that_is_no_name_never_becomes_a_path(keyring):
    for call in (keyring.can_sign, keyring.high_water):
        with pytest.raises(MisuseError):
            call(EpochId("../root"))


def test_the_mark_only_rises_and_survives_a_new_process(meridia, keyring):
    epoch = epoch_id(keyring.new_feed_key())
    assert keyring.high_water(epoch) == 0
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(lambda size: FileKeyring(meridia).raise_high_water(epoch, size), [5, 40, 7, 39, 1, 12, 33, 2] * 4)
        )
    assert FileKeyring(meridia).high_water(epoch) == 40
    keyring.raise_high_water(epoch, 3)
    assert keyring.high_water(epoch) == 40


def test_a_mark_that_cannot_be_read_never_counts_as_nothing(meridia, keyring):
    epoch = epoch_id(keyring.new_feed_key())
    (meridia / "feeds" / f"{epoch}.mark").write_bytes(b"\x00\x00")
    with pytest.raises(HostError, match="open a fresh epoch"):
        keyring.high_water(epoch)
    with pytest.raises(HostError):
        keyring.raise_high_water(epoch, 9)


def test_a_key_that_others_can_read_or_that_is_damaged_is_refused(meridia, keyring):
    (meridia / keys.NODE).chmod(0o640)
    with pytest.raises(HostError, match="chmod 600"):
        keyring.sign_as_node(b"x")
    (meridia / keys.NODE).chmod(0o600)
    (meridia / keys.NODE).write_text("hpke AAAA\n")
    with pytest.raises(HostError, match="does not hold an ed25519 key"):
        keyring.sign_as_node(b"x")


def test_a_missing_or_damaged_card_is_a_fault_of_this_machine(meridia, keyring):
    (meridia / keys.CARD).write_text("{}")
    with pytest.raises(HostError, match="restore the keys folder"):
        keyring.card()
    (meridia / keys.CARD).unlink()
    with pytest.raises(HostError, match="no party card"):
        keyring.card_document()


def test_a_write_that_fails_leaves_the_old_content_and_nothing_beside(tmp_path, monkeypatch):
    path = tmp_path / "card.json"
    durable.write(path, b"old", replace=False)
    monkeypatch.setattr(durable.os, "fsync", _full_disk)
    with pytest.raises(HostError, match="cannot be written"):
        durable.write(path, b"new", replace=True)
    with pytest.raises(HostError):
        durable.write(tmp_path / "fresh", b"new", replace=False)
    assert files(tmp_path) == {"card.json": b"old"}


def _full_disk(descriptor: int) -> None:
    raise OSError(28, "No space left on device")


def test_a_file_is_never_overwritten_unasked(tmp_path):
    durable.write(tmp_path / "a", b"1", replace=False)
    with pytest.raises(MisuseError, match="exists already"):
        durable.write(tmp_path / "a", b"2", replace=False)
    assert files(tmp_path) == {"a": b"1"}


@pytest.mark.parametrize("junk", [b"", b"\x30\x00", b"junk" * 50])
def test_a_certificate_that_is_none_is_refused(junk):
    with pytest.raises(PeerError, match="ask for a new card"):
        tls.check_certificate(junk)


def test_the_certificate_names_neither_the_party_nor_a_time():
    _, certificate = tls.new_certificate(["https://127.0.0.1:1", "https://[::1]:2", "https://hq.example:3"])
    assert b"XMR" not in certificate
    assert certificate != tls.new_certificate(["https://127.0.0.1:1"])[1]
    parsed = tls.x509.load_der_x509_certificate(certificate)
    names = parsed.extensions.get_extension_for_class(tls.x509.SubjectAlternativeName).value
    assert [str(name.value) for name in names] == ["127.0.0.1", "::1", "hq.example"]
    assert (parsed.not_valid_before_utc.year, parsed.not_valid_after_utc.year) == (2020, 9999)
