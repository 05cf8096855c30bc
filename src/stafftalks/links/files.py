"""Sealed bundles as files, for partners without a line: written once, never over another, read back with a limit.

A file's name `<from>-<to>-<accord, 8 characters>-<bundle, 8 characters>.stafftalks` is for people; nothing is decided by it.
"""

import hashlib
import re
from pathlib import Path
from typing import Final

from stafftalks.links import durable
from stafftalks.values.errors import HostError, MisuseError, PeerError
from stafftalks.values.ids import AccordId, PartyId, base32

SUFFIX: Final = ".stafftalks"
_PORTABLE: Final = re.compile(r"[A-Za-z0-9-]+")


def bundle_name(sender: PartyId, recipient: PartyId, accord: AccordId, sealed: bytes, part: int = 1) -> str:
    """The file name for a sealed bundle; its last part is the start of the bundle's SHA-256 in base32, and which part it is from the second on."""
    name = f"{sender}-{recipient}-{accord[:8]}-{base32(hashlib.sha256(sealed).digest())[:8]}"
    name += f"-part{part}" if part > 1 else ""
    if not _PORTABLE.fullmatch(name):
        raise MisuseError(f"{name!r} is no file name: a party or an accord in it is misspelt.")
    return name + SUFFIX


def write_bundle(path: Path, sealed: bytes, name: str) -> Path:
    """Writes a sealed bundle to `path`, or under `name` where `path` is a folder; returns where it is, durable.

    Raises MisuseError where a file is there already or the folder is not, HostError where the medium refuses.
    """
    # A bundle is sealed and meant to be carried: media without hard links (FAT) must do, so `x` and not `durable.write`.
    try:
        place = path / name if path.is_dir() else path
        with place.open("xb") as file:
            file.write(sealed)
            file.flush()
            durable.flush_file(file.fileno())
        durable.flush_folder(place.parent)
    except FileNotFoundError:
        raise MisuseError(f"There is no folder {path.parent}: make it, or name another place for the bundle.") from None
    except FileExistsError:
        raise MisuseError(
            f"{place} exists already and is not overwritten: move it away, or name another place."
        ) from None
    except OSError as error:
        raise HostError(f"The bundle cannot be written to {path}: {error.strerror or error}.") from error
    return place


def read_bundle(path: Path, *, max_bytes: int) -> bytes:
    """The sealed bundle at `path`. Raises MisuseError where there is no such file, PeerError where it is empty or too large."""
    try:
        with path.open("rb") as file:
            sealed = file.read(max_bytes + 1)
    except FileNotFoundError:
        raise MisuseError(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise MisuseError(f"{path} is a folder: name the bundle in it, a file that ends in {SUFFIX}.") from None
    except OSError as error:
        raise HostError(f"{path} cannot be read: {error.strerror or error}.") from error
    if not sealed:
        raise PeerError(f"{path.name} is empty: it was not written to the end. Ask for it again.")
    if len(sealed) > max_bytes:
        raise PeerError(
            f"{path.name} is larger than {max_bytes} bytes, the most this headquarters takes: ask for it in parts."
        )
    return sealed
