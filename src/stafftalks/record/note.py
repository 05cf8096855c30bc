"""Signed notes: a short text with signature lines below it, as transparency logs use them.

    <text, each line ended by a newline>
    <empty line>
    — <key name> <base64 of 4-byte key id and signature>

Source: C2SP signed-note and tlog-cosignature; the Go package sumdb/note reads the same bytes. Two algorithms are read:
Ed25519 (01), which signs the text, and cosignature/v1 (04), which signs a time with it. Lines of keys nobody asked about are
kept and ignored. A note holds exactly the bytes received: `parse(raw).raw == raw`.
"""

import hashlib
import re
import unicodedata
from typing import Final

import msgspec

from stafftalks.record import b64, keys
from stafftalks.values.errors import MisuseError, PeerError

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
MAX_NOTE_BYTES: Final = 65_536
MAX_SIGNATURES: Final = 64
_DASH = "— ".encode()
_FORBIDDEN = re.compile(r"[\x00-\x09\x0b-\x1f]")


class Signature(msgspec.Struct, frozen=True):
    """One signature line: the key's name and 4-byte id, and the bytes that follow the id."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> bytes:
        """The line as it stands in a note, newline included."""
        return _DASH + f"{self.name} {b64.standard(self.key_id + self.signature)}\n".encode()


class Note(msgspec.Struct, frozen=True):
    """A text (its last newline included, the separating empty line not) and its signatures in the order of their lines."""

    body: bytes
    signatures: tuple[Signature, ...]

    @property
    def raw(self) -> bytes:
        """The note as stored and sent."""
        return self.body + b"\n" + b"".join(signature.line for signature in self.signatures)


def parse(text: bytes) -> Note:
    """The note in `text`, nothing verified; raises PeerError where it is not a well-formed signed note."""
    if len(text) > MAX_NOTE_BYTES:
        raise PeerError(f"A signed note of {len(text)} bytes is too long; at most {MAX_NOTE_BYTES} are read.")
    try:
        decoded = text.decode()
    except UnicodeDecodeError:
        raise PeerError("A signed note must be UTF-8 text and this one is not.") from None
    if _FORBIDDEN.search(decoded):
        raise PeerError("A signed note may not hold control characters and this one does.")
    split = text.rfind(b"\n\n")
    if split < 0 or not text.endswith(b"\n"):
        raise PeerError("A signed note needs a text, an empty line and signature lines; this one is cut short.")
    lines = text[split + 2 :].split(b"\n")[:-1]
    if not 0 < len(lines) <= MAX_SIGNATURES:
        raise PeerError(f"A signed note carries 1 to {MAX_SIGNATURES} signatures; this one carries {len(lines)}.")
    return Note(text[: split + 1], tuple(parse_line(line + b"\n") for line in lines))


def parse_line(line: bytes) -> Signature:
    """The signature in one line, newline included; raises PeerError where it is not one."""
    try:
        name, _, encoded = line.removeprefix(_DASH).decode().rstrip("\n").partition(" ")
    except UnicodeDecodeError:
        raise PeerError("A signature line must be UTF-8 text and this one is not.") from None
    if not line.startswith(_DASH) or not line.endswith(b"\n") or not _is_name(name) or len(line) > MAX_NOTE_BYTES:
        raise PeerError("A signature line must read '— <name> <base64>' and this one does not.")
    raw = b64.parse_standard(encoded, f"The signature by {name[:120]}")
    if len(raw) < 5:
        raise PeerError(f"The signature by {name[:120]} is cut short.")
    signature = Signature(name, raw[:4], raw[4:])
    if signature.line != line:
        raise PeerError("A signature line must be one line with one space on either side of the name.")
    return signature


def key_id(name: str, public_key: bytes, algorithm: int = ED25519) -> bytes:
    """The 4 bytes that tell which key made a line: SHA-256 of name, newline, algorithm and key, cut to 4."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([algorithm]) + public_key).digest()[:4]


def sign(body: bytes, name: str, public_key: bytes, signer: keys.Signer) -> Note:
    """A note of `body` (text ended by a newline) with one Ed25519 signature under `name`; its bytes are `.raw`.

    Raises MisuseError where body or name cannot stand in a note.
    """
    _check_body(body)
    _check_name(name)
    return Note(body, (Signature(name, key_id(name, public_key), keys.signed(signer, body)),))


def cosign(body: bytes, name: str, public_key: bytes, signer: keys.Signer, *, time_s: int) -> bytes:
    """A cosignature/v1 line over `body` for `with_signature`: `name` saw this text at `time_s` (unix seconds).

    Raises MisuseError where body, name or time cannot stand in a note.
    """
    _check_body(body)
    _check_name(name)
    if not 0 <= time_s < 2**63:
        raise MisuseError(f"{time_s} is not a time in unix seconds.")
    signature = keys.signed(signer, cosigned_message(body, time_s))
    return Signature(name, key_id(name, public_key, COSIGNATURE), time_s.to_bytes(8, "big") + signature).line


def cosigned_message(body: bytes, time_s: int) -> bytes:
    """The bytes a cosignature/v1 signs. Source: C2SP tlog-cosignature."""
    return f"cosignature/v1\ntime {time_s}\n".encode() + body


def with_signature(note: Note, line: bytes) -> Note:
    """`note` with one more signature line, unverified; the same note where it already has that line.

    Raises PeerError where the line is malformed or the note is full.
    """
    signature = parse_line(line)
    if signature in note.signatures:
        return note
    if len(note.signatures) >= MAX_SIGNATURES:
        raise PeerError(f"This note already carries {MAX_SIGNATURES} signatures and cannot take another.")
    return Note(note.body, (*note.signatures, signature))


def verify_signature(note: Note, name: str, public_key: bytes) -> None:
    """Raises PeerError unless `note` is signed by `public_key` under `name`, in every line that claims to be."""
    for found in _lines_by(note, name, key_id(name, public_key)):
        keys.verify(public_key, note.body, found.signature, f"The signature by {name}")


def verify_cosignature(note: Note, name: str, public_key: bytes) -> int:
    """The earliest unix second at which `name` cosigned `note`; raises PeerError unless every line of its key verifies."""
    times: list[int] = []
    for found in _lines_by(note, name, key_id(name, public_key, COSIGNATURE)):
        if len(found.signature) != 8 + keys.SIGNATURE_BYTES:
            raise PeerError(f"The cosignature by {name} has the wrong length.")
        time_s = int.from_bytes(found.signature[:8], "big")
        keys.verify(public_key, cosigned_message(note.body, time_s), found.signature[8:], f"The cosignature by {name}")
        times.append(time_s)
    return min(times)


def _lines_by(note: Note, name: str, wanted: bytes) -> list[Signature]:
    found = [line for line in note.signatures if line.name == name and line.key_id == wanted]
    if not found:
        raise PeerError(f"This note carries no signature by the expected key of {name}.")
    return found


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(c.isspace() or unicodedata.category(c) == "Cc" for c in name)


def _check_name(name: str) -> None:
    if not _is_name(name):
        raise MisuseError(f"{name!r} cannot name a key in a note: no spaces, control characters or plus signs.")


def _check_body(body: bytes) -> None:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise MisuseError("Only UTF-8 text can be signed as a note.") from None
    if not text.endswith("\n") or _FORBIDDEN.search(text) or len(body) > MAX_NOTE_BYTES // 2:
        raise MisuseError("A note's text must end with a newline, hold no control characters and be at most 32 KiB.")
