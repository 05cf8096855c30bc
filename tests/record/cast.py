"""The cast: two allies, a partial partner, an outsider, an equivocator; their keys come from fixed seeds, so vectors are stable."""

import hashlib

from nacl.bindings import crypto_sign, crypto_sign_seed_keypair

from stafftalks.record import card, checkpoint, epoch, slip, tree
from stafftalks.record.leaf import Leaf, encode_leaf
from stafftalks.values.ids import AccordId, FeedId, PartyId, base32

CHARTER = b'{"fold":1,"nonce":"AAECAwQFBgcICQoLDA0ODw","parties":["XMR","XTV"]}'
ACCORD = AccordId(base32(hashlib.sha256(CHARTER).digest()))
OTHER_ACCORD = AccordId(base32(hashlib.sha256(b"another charter").digest()))
NOON = 1_763_830_000

# All 32-byte encodings of small order, and of y >= p, that libraries have been caught accepting.
SMALL_ORDER_KEYS = [
    bytes.fromhex(text)
    for text in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    )
]


class Key:
    """An Ed25519 key pair from a word; `sign` returns the raw signature."""

    def __init__(self, word: str) -> None:
        self.public, self._secret = crypto_sign_seed_keypair(hashlib.sha256(word.encode()).digest())

    def sign(self, message: bytes) -> bytes:
        return crypto_sign(message, self._secret)[:64]


class Party:
    """One member of the cast, with root, node and first feed key."""

    def __init__(self, code: str, name: str) -> None:
        self.party = PartyId(code)
        self.name = name
        self.root = Key(f"{code} root")
        self.next_root = Key(f"{code} next root")
        self.node = Key(f"{code} node")
        self.feed_key = Key(f"{code} feed")

    @property
    def feed(self) -> FeedId:
        return FeedId(ACCORD, self.party, epoch.epoch_id(self.feed_key.public))

    def card(self, version: int = 1) -> card.Card:
        return card.Card(
            party=self.party,
            name=self.name,
            version=version,
            root_key=self.root.public,
            next_root_hash=card.root_hash(self.next_root.public),
            node_key=self.node.public,
            hpke_key=hashlib.sha512(self.name.encode()).digest(),
            tls_certificate=b"0\x82" + hashlib.sha512(self.party.encode()).digest(),
            addresses=(f"https://hq.{self.party.lower()}.example:8443",),
            issued_at=NOON,
        )

    def card_document(self, version: int = 1) -> bytes:
        return card.sign_card(self.card(version), self.root.sign, self.node.sign)

    def head(self, leaves: list[bytes]) -> bytes:
        """The signed head over all of `leaves`."""
        head = checkpoint.Checkpoint(self.feed, len(leaves), tree.root_of(tree.leaf_hashes(leaves)))
        return checkpoint.sign_checkpoint(head, self.feed_key.public, self.feed_key.sign).raw


MERIDIA = Party("XMR", "Meridia")
TORVIA = Party("XTV", "Torvia")
PARTIAL = Party("XPA", "Partial Partner")
OUTSIDER = Party("XOU", "Outsider")
EQUIVOCATOR = Party("XEQ", "Equivocator")


def written(start: int, stop: int, word: str = "release") -> tuple[list[bytes], dict[int, bytes]]:
    """Leaves and slips for positions [start, stop), told apart from others by `word`."""
    leaves: list[bytes] = []
    slips: dict[int, bytes] = {}
    for n in range(start, stop):
        raw = slip.Slip(hashlib.sha256(f"{word} {n}".encode()).digest(), f"{word} body {n}".encode()).raw
        slips[n] = raw
        leaves.append(encode_leaf(Leaf(NOON + n, slip.commitment(raw), n, "release")))
    return leaves, slips
