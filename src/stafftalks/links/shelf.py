"""A folder in which one sweep is kept: its files are readable by this account alone, and are there whole or not at all."""

from pathlib import Path
from typing import Final

from stafftalks.links import durable
from stafftalks.values.errors import HostError, MisuseError

MAX_BYTES: Final = 1024 * 1024 * 1024
_ASIDE: Final = "refused-"


class FolderShelf:
    """The files of one folder, which is made when the first is written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> tuple[str, ...]:
        """The names of all files, in order; raises HostError where the folder cannot be read."""
        try:
            return (
                tuple(sorted(each.name for each in self.folder.iterdir() if each.is_file()))
                if self.folder.exists()
                else ()
            )
        except OSError as error:
            raise HostError(f"The folder {self.folder} cannot be read: {error.strerror or error}.") from error

    def read(self, name: str) -> bytes | None:
        """What is in a file; None where there is none."""
        return durable.read(self._path(name), max_bytes=MAX_BYTES)

    def write(self, name: str, content: bytes) -> None:
        """Writes a file (0600), in place of any of that name."""
        durable.make_folder(self.folder)
        durable.write(self._path(name), content, replace=True)

    def set_aside(self, name: str) -> str:
        """Gives a file another name and returns that."""
        aside = f"{_ASIDE}{name}"
        try:
            self._path(name).replace(self._path(aside))
        except OSError as error:
            raise HostError(f"{self._path(name)} cannot be renamed: {error.strerror or error}.") from error
        return aside

    def remove(self, name: str) -> None:
        """Removes a file; no effect where there is none."""
        try:
            self._path(name).unlink(missing_ok=True)
        except OSError as error:
            raise HostError(f"{self._path(name)} cannot be removed: {error.strerror or error}.") from error

    def _path(self, name: str) -> Path:
        if not name or name != Path(name).name or name.startswith("."):
            raise MisuseError(f"{name[:60]!r} is no name of a file in {self.folder}.")
        return self.folder / name
