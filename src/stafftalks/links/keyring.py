"""The keyring port over the keys folder: the card, the node's signature, and one key and one mark for each epoch.

`feeds/<epoch>.key` and `feeds/<epoch>.mark` lie outside the database and outside every backup, so that a database restored from a
backup meets a mark above its own size, or no key, and cannot sign a second history. The mark is the largest size whose signed note
may have left this machine; it is on the disk before the note leaves, and nothing here lowers it.
"""

import threading
from functools import lru_cache
from pathlib import Path
from typing import Final

from nacl.signing import SigningKey

from stafftalks.links import durable, keys
from stafftalks.record.card import Card
from stafftalks.record.epoch import epoch_id
from stafftalks.values.errors import HostError, MisuseError, PeerError
from stafftalks.values.ids import EpochId, parse_epoch

_MAX_MARK_BYTES: Final = 32


class FileKeyring:
    """The keys of one party, read from `folder` at each use: a key that is taken away is gone at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._feeds = folder / keys.FEEDS
        self._opened = lru_cache(maxsize=2)(lambda document: keys.open_own_card(document, folder))
        self._lock = threading.Lock()

    def card(self) -> Card:
        """This party's own current card. Raises HostError where it is missing or damaged."""
        return self._opened(self.card_document())

    def card_document(self) -> bytes:
        """The signed document of that card, as given to partners."""
        return keys.read_card_document(self._folder)

    def card_documents(self) -> tuple[bytes, ...]:
        """Every signed card of ours that is kept, oldest first, the present one last."""
        return (*keys.read_past_cards(self._folder), self.card_document())

    def sign_as_node(self, message: bytes) -> bytes:
        """The node key's raw 64-byte Ed25519 signature."""
        return bytes(keys.read_signing_key(self._folder / keys.NODE).sign(message).signature)

    def new_feed_key(self) -> bytes:
        """The public key of a fresh feed key, its private half on the disk before this returns."""
        key = SigningKey.generate()
        public = bytes(key.verify_key)
        durable.make_folder(self._feeds)
        keys.write_signing_key(self._path(epoch_id(public), "key"), key)
        return public

    def can_sign(self, epoch: EpochId) -> bool:
        """Whether the private half of this epoch's feed key is here."""
        return self._path(epoch, "key").is_file()

    def sign_as_feed(self, epoch: EpochId, message: bytes) -> bytes:
        """The feed key's raw 64-byte signature; raises HostError where the key is not here or is another epoch's."""
        path = self._path(epoch, "key")
        if not path.is_file():
            raise HostError(
                f"The key of epoch {epoch} is not on this machine, so nothing can be signed in it: open a fresh epoch of the record."
            )
        key = keys.read_signing_key(path)
        if epoch_id(bytes(key.verify_key)) != epoch:
            raise HostError(
                f"{path} holds the key of another epoch: files were renamed. Open a fresh epoch of the record."
            )
        return bytes(key.sign(message).signature)

    def high_water(self, epoch: EpochId) -> int:
        """The largest size of this feed whose note may have left this machine; 0 where none."""
        path = self._path(epoch, "mark")
        content = durable.read(path, max_bytes=_MAX_MARK_BYTES)
        if content is None:
            return 0
        text = content.decode("ascii", "replace").strip()
        if not text.isdecimal():
            raise HostError(
                f"{path} does not hold a number, so how far this epoch was signed is unknown: open a fresh epoch."
            )
        return int(text)

    def raise_high_water(self, epoch: EpochId, size: int) -> None:
        """Durably remembers, before a note leaves, that its size is `size`; never lowers it."""
        durable.make_folder(self._feeds)
        # The file lock holds other processes off; threads of this one queue on the cheaper lock first.
        with self._lock, durable.locked(self._feeds / ".lock"):
            if size > self.high_water(epoch):
                durable.write(self._path(epoch, "mark"), b"%d\n" % size, replace=True)

    def _path(self, epoch: EpochId, kind: str) -> Path:
        try:
            return self._feeds / f"{parse_epoch(epoch)}.{kind}"  # an epoch that is no name must not become a path
        except PeerError as error:
            raise MisuseError(str(error)) from error
