"""Files that people give and get: read whole and bounded, written never over another.

Raises MisuseError with the file's name for everything that can be wrong with it.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, BinaryIO, Final

import yaml

from stafftalks.values.errors import HostError, MisuseError

if TYPE_CHECKING:
    from stafftalks.analysis.schedule import Problem

MAX_TEXT_BYTES: Final = 16 * 1024 * 1024
"""The largest YAML, JSON or card file read."""


def read_bytes(name: str, max_bytes: int) -> bytes:
    """What is in the file `name`, or on the standard input where it is `-`; raises MisuseError where it is longer than told."""
    try:
        if name == "-":
            raw = sys.stdin.buffer.read(max_bytes + 1)
        else:
            with Path(name).open("rb") as file:
                raw = file.read(max_bytes + 1)
    except OSError as error:
        raise MisuseError(f"{name} cannot be read: {error.strerror}.") from error
    if len(raw) > max_bytes:
        raise MisuseError(f"{name} is larger than {max_bytes:,} bytes, the most that is read.")
    return raw


def read_text(given: str) -> str:
    """The text given, or what is on the standard input where it is `-`; white space around it dropped.

    Raises MisuseError where nothing is left.
    """
    try:
        text = (read_bytes("-", MAX_TEXT_BYTES).decode() if given == "-" else given).strip()
    except UnicodeDecodeError as error:
        raise MisuseError(f"The standard input is not UTF-8 text: byte {error.start} is wrong.") from error
    if not text:
        raise MisuseError("Nothing was said: the text is empty.")
    return text


def read_data(name: str) -> object:
    """The one YAML or JSON document in the file `name` (`-` for standard input), as plain lists, mappings and values."""
    try:
        text = read_bytes(name, MAX_TEXT_BYTES).decode()
    except UnicodeDecodeError as error:
        raise MisuseError(f"{name} is not UTF-8 text: byte {error.start} is wrong. Save it as UTF-8.") from error
    try:
        return yaml.load(text, Loader=_PlainLoader)  # noqa: S506 a SafeLoader that knows fewer types
    except yaml.YAMLError as error:
        raise MisuseError(f"{name} is not YAML or JSON: {_where(error)}") from error
    except (RecursionError, ValueError) as error:
        raise MisuseError(
            f"{name} cannot be read as YAML or JSON: it is nested too deep or holds an impossible value."
        ) from error


def read_psplib(name: str) -> "Problem":
    """The scheduling problem of a file in a form of the public collections."""
    from stafftalks.analysis import schedule_psplib

    try:
        text = read_bytes(name, MAX_TEXT_BYTES).decode()
    except UnicodeDecodeError as error:
        raise MisuseError(f"{name} is not UTF-8 text: byte {error.start} is wrong.") from error
    return schedule_psplib.read(text, PurePath(name).name)


@contextmanager
def new_file(name: str, *, private: bool = False) -> Iterator[BinaryIO]:
    """A new file to write, kept only where all goes well; raises MisuseError where one of that name exists already. A `private` one nobody else may read."""
    path = Path(name)
    try:
        file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666), "wb")
    except FileExistsError as error:
        raise MisuseError(f"{name} exists already and is left as it is: give another name.") from error
    except OSError as error:
        raise MisuseError(f"{name} cannot be written: {error.strerror}.") from error
    try:
        with file:
            yield file
    except OSError as error:
        path.unlink(missing_ok=True)
        raise HostError(f"{name} could not be written: {error.strerror}.") from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _where(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        return f"{error.problem or 'it cannot be read'}, at line {mark.line + 1}, column {mark.column + 1}."
    return f"{error}."


class _PlainLoader(yaml.SafeLoader):
    """YAML with text, numbers, booleans, lists and mappings only: dates stay the text that was written, as `2023-01-24`.

    Aliases are refused: a few lines of them can stand for more than fits in memory. A key given twice is refused.
    """

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.get_mark()
            raise yaml.MarkedYAMLError(
                problem="anchors and aliases (*name) are not read; write it out", problem_mark=mark
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:  # noqa: FBT001, FBT002 as its base
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise yaml.MarkedYAMLError(problem="a field's name must be text", problem_mark=key_node.start_mark)
            if key in seen:
                raise yaml.MarkedYAMLError(problem=f"{key!r} is given twice", problem_mark=key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
