"""Making and renewing this party's keys and card; the only code that touches the root keys.

    keys/root.key        Ed25519, signs the card       may be kept away: only `renew_card` and `rotate_root` need it
    keys/next-root.key   its announced successor       likewise
    keys/node.key        Ed25519, signs bundles and vouches for feed keys
    keys/hpke.key        opens what partners seal to us (ML-KEM-768 and X25519)
    keys/tls.key         P-256 key with its certificate; tls.crt is the certificate alone
    keys/card.json       the signed card, as given to partners
    keys/cards/          the signed cards before it, by version: proofs of what was said under them carry them
    keys/feeds/          one key and one mark for each epoch (see `keyring`)

A key set appears whole or not at all: it is made in a folder beside and renamed into place.
"""

import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from nacl.signing import SigningKey

from stafftalks.links import durable, sealing, tls
from stafftalks.record import b64
from stafftalks.record.card import MAX_CARD_BYTES, Card, open_card, root_hash, sign_card
from stafftalks.values.errors import HostError, MisuseError, PeerError
from stafftalks.values.ids import PartyId

ROOT: Final = "root.key"
NEXT_ROOT: Final = "next-root.key"
NODE: Final = "node.key"
HPKE: Final = "hpke.key"
TLS: Final = "tls.key"
CERTIFICATE: Final = "tls.crt"
CARD: Final = "card.json"
PAST_CARDS: Final = "cards"
FEEDS: Final = "feeds"
_COMING_ROOT: Final = "coming-root.key"
_MAX_KEY_FILE_BYTES: Final = 16_384


def create_keys(folder: Path, party: PartyId, name: str, addresses: Sequence[str], now: int) -> Card:
    """Makes a key set in `folder` (as a rule `Home.keys`) and returns version 1 of the party's card. `now`: unix seconds.

    Raises MisuseError where the folder holds anything already, or the name or an address is not fit for a card.
    """
    if folder.exists() and any(folder.iterdir()):
        raise MisuseError(
            f"{folder} holds keys already: they are never overwritten. Choose another folder for a new party."
        )
    root, next_root, node = SigningKey.generate(), SigningKey.generate(), SigningKey.generate()
    hpke = sealing.new_private_key()
    tls_pem, certificate = tls.new_certificate(addresses)
    card = Card(
        party=party,
        name=name,
        version=1,
        root_key=bytes(root.verify_key),
        next_root_hash=root_hash(bytes(next_root.verify_key)),
        node_key=bytes(node.verify_key),
        hpke_key=sealing.public_key(hpke),
        tls_certificate=certificate,
        addresses=tuple(addresses),
        issued_at=now,
    )
    document = sign_card(card, signer(root), signer(node))
    beside = folder.with_name(f".{folder.name}.{secrets.token_hex(6)}")
    durable.make_folder(beside)
    durable.make_folder(beside / FEEDS)
    for file, key in ((ROOT, root), (NEXT_ROOT, next_root), (NODE, node)):
        write_signing_key(beside / file, key)
    durable.write(beside / HPKE, b"hpke " + b64.url(hpke).encode() + b"\n", replace=False)
    durable.write(beside / TLS, tls_pem, replace=False)
    durable.write(beside / CERTIFICATE, _pem(certificate), replace=False)
    durable.write(beside / CARD, document, replace=False)
    try:
        beside.rename(folder)  # takes the place of an empty folder, never of one that holds something
        durable.flush_folder(folder.parent)
    except OSError as error:
        raise HostError(f"The keys cannot be put into {folder}: {error.strerror or error}.") from error
    return card


def renew_card(
    folder: Path,
    *,
    now: int,
    name: str | None = None,
    addresses: Sequence[str] | None = None,
    fresh_tls: bool = False,
    roots: Path | None = None,
) -> Card:
    """The party's next card, signed and kept: version + 1, with what is given changed.

    `fresh_tls` makes a new TLS key; partners cannot connect again until they hold the new card. `roots` is the folder that holds
    the root keys where they are kept away. Raises HostError where the root key is not there.
    """
    finish_rotation(folder, roots=roots)
    old = read_card(folder)
    root = read_signing_key((roots or folder) / ROOT, private=roots is None)
    card = msgspec.structs.replace(
        old,
        version=old.version + 1,
        issued_at=now,
        name=old.name if name is None else name,
        addresses=old.addresses if addresses is None else tuple(addresses),
    )
    tls_pem = b""
    if fresh_tls:
        tls_pem, certificate = tls.new_certificate(card.addresses)
        card = msgspec.structs.replace(card, tls_certificate=certificate)
    document = sign_card(card, signer(root), signer(read_signing_key(folder / NODE)))
    open_card(document)
    _keep_past_card(folder, old)
    if tls_pem:
        durable.write(folder / TLS, tls_pem, replace=True)
        durable.write(folder / CERTIFICATE, _pem(card.tls_certificate), replace=True)
    durable.write(folder / CARD, document, replace=True)
    return card


def rotate_root(folder: Path, *, now: int, roots: Path | None = None) -> Card:
    """The party's next card under the root key announced before, with a fresh one announced after it.

    Partners who hold the old card accept it without meeting again. An interrupted rotation is finished at the next call.
    """
    finish_rotation(folder, roots=roots)
    where = roots or folder
    old = read_card(folder)
    root, coming = read_signing_key(where / NEXT_ROOT, private=roots is None), SigningKey.generate()
    write_signing_key(where / _COMING_ROOT, coming, replace=True)
    card = msgspec.structs.replace(
        old,
        version=old.version + 1,
        issued_at=now,
        root_key=bytes(root.verify_key),
        next_root_hash=root_hash(bytes(coming.verify_key)),
    )
    document = sign_card(card, signer(root), signer(read_signing_key(folder / NODE)))
    _keep_past_card(folder, old)
    durable.write(folder / CARD, document, replace=True)  # from here on the rotation has happened
    finish_rotation(folder, roots=roots)
    return card


def finish_rotation(folder: Path, *, roots: Path | None = None) -> None:
    """Moves the root keys into their new places where a rotation was interrupted after its card was signed."""
    where = roots or folder
    coming = where / _COMING_ROOT
    if not coming.exists():
        return
    announced = root_hash(bytes(read_signing_key(coming, private=roots is None).verify_key))
    if announced != read_card(folder).next_root_hash:
        coming.unlink()  # the card was never signed: nothing was announced
        return
    next_root = where / NEXT_ROOT
    if next_root.exists():
        next_key = read_signing_key(next_root, private=roots is None)
        if bytes(next_key.verify_key) == read_card(folder).root_key:
            next_root.replace(where / ROOT)
    coming.replace(next_root)
    durable.flush_folder(where)


def take_roots_away(folder: Path, to: Path) -> None:
    """Moves the root keys from `folder` to `to`, as a rule a medium that is then taken out; daily use never needs them.

    Raises MisuseError where `to` holds root keys already, HostError where they are not in `folder`.
    """
    finish_rotation(folder)
    durable.make_folder(to)
    held = {file: read_signing_key(folder / file) for file in (ROOT, NEXT_ROOT)}
    for file, key in held.items():
        write_signing_key(to / file, key)
    for file in held:
        (folder / file).unlink()
    durable.flush_folder(folder)


def read_card(folder: Path) -> Card:
    """This party's current card. Raises HostError where it is missing or damaged."""
    return open_own_card(read_card_document(folder), folder)


def read_card_document(folder: Path) -> bytes:
    """The signed document of that card, as given to partners."""
    document = durable.read(folder / CARD, max_bytes=MAX_CARD_BYTES)
    if document is None:
        raise HostError(f"There is no party card in {folder}: run `stafftalks init`, or restore the keys folder.")
    return document


def read_past_cards(folder: Path) -> tuple[bytes, ...]:
    """The signed documents of the cards before the present one, oldest first; raises HostError where one is damaged."""
    present, found = read_card(folder).version, {}
    for path in (folder / PAST_CARDS).glob("*.json"):
        document = durable.read(path, max_bytes=MAX_CARD_BYTES)
        if document is not None and (version := open_own_card(document, path.parent).version) < present:
            found[version] = document
    return tuple(found[version] for version in sorted(found))


def open_own_card(document: bytes, folder: Path) -> Card:
    """`document` as our own card; raises HostError, because our own file being damaged is no partner's fault."""
    try:
        return open_card(document)
    except PeerError as error:
        raise HostError(f"The party card in {folder} is damaged ({error}): restore the keys folder.") from error


def signer(key: SigningKey) -> Callable[[bytes], bytes]:
    """What signs with `key`: raw 64-byte Ed25519 signatures."""
    return lambda message: key.sign(message).signature


def write_signing_key(path: Path, key: SigningKey, *, replace: bool = False) -> None:
    """Keeps an Ed25519 key at `path`, durable on return."""
    durable.write(path, b"ed25519 " + b64.url(bytes(key)).encode() + b"\n", replace=replace)


def read_signing_key(path: Path, *, private: bool = True) -> SigningKey:
    """The Ed25519 key at `path`; raises HostError where it is not there or not one.

    With `private`, also where other accounts could read it; a carried medium as a rule has no such modes.
    """
    return SigningKey(_read(path, "ed25519", 32, private=private))


def read_hpke_key(path: Path) -> bytes:
    """The sealing key's private half at `path`; raises HostError where it is not there or not one."""
    return _read(path, "hpke", sealing.PRIVATE_KEY_BYTES, private=True)


def _keep_past_card(folder: Path, card: Card) -> None:
    """Keeps the present card's document beside the one that takes its place."""
    durable.make_folder(folder / PAST_CARDS)
    durable.write(folder / PAST_CARDS / f"{card.version:06d}.json", read_card_document(folder), replace=True)


def _read(path: Path, label: str, size: int, *, private: bool) -> bytes:
    content = (durable.read_secret if private else durable.read)(path, max_bytes=_MAX_KEY_FILE_BYTES)
    if content is None:
        raise HostError(f"The key {path} is not here: bring it back from where it is kept.")
    found, _, text = content.decode("ascii", "replace").strip().partition(" ")
    try:
        if found == label:
            return b64.parse_url(text, "The key", size=size)
    except PeerError:
        pass  # said below, as a fault of this machine
    raise HostError(f"{path} does not hold an {label} key: it was overwritten or damaged. Restore it.")


def _pem(certificate: bytes) -> bytes:
    return x509.load_der_x509_certificate(certificate).public_bytes(serialization.Encoding.PEM)
