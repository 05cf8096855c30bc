"""Typed columns as Parquet, and back: the same bytes for the same rows, whoever writes them, with what stands beside them as text in the schema.

Only whole numbers, numbers, truths and texts are written, each of which may be missing, and only such files are read.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from stafftalks.values.errors import PeerError

Cell = int | float | bool | str | None
_TYPES: Final[Mapping[str, pa.DataType]] = {
    "whole": pa.int64(),
    "number": pa.float64(),
    "truth": pa.bool_(),
    "text": pa.string(),
}
_ROWS_A_GROUP: Final = 65_536
MAX_ROWS: Final = 1_000_000
MAX_CELLS: Final = 100_000_000


class Read(msgspec.Struct, frozen=True):
    """A file as read: the names and types of its columns, its rows, and what stands beside them."""

    columns: tuple[tuple[str, str], ...]
    rows: list[tuple[Cell, ...]]
    beside: Mapping[str, str]


def written(columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Cell]], beside: Mapping[str, str]) -> bytes:
    """The file; `columns` are names with `whole`, `number`, `truth` or `text`, `beside` is kept in the schema."""
    schema = pa.schema(
        [pa.field(name, _TYPES[kind]) for name, kind in columns],
        metadata={name.encode(): text.encode() for name, text in beside.items()},
    )
    arrays = [pa.array([row[place] for row in rows], type=_TYPES[kind]) for place, (_name, kind) in enumerate(columns)]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), sink, compression="zstd", row_group_size=_ROWS_A_GROUP)
    return bytes(sink.getvalue())


def read(data: bytes, name: str) -> Read:
    """What a file holds. Raises PeerError where it is torn, is no such file, or is larger than any of ours."""
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        rows, width = file.metadata.num_rows, file.metadata.num_columns
        if rows > MAX_ROWS or rows * width > MAX_CELLS:
            raise PeerError(f"{name} says that it has {rows:,} rows of {width:,} columns, more than any file of ours.")
        table = file.read(use_threads=False)
        beside = {key.decode(): text.decode() for key, text in (table.schema.metadata or {}).items()}
    except (pa.ArrowException, OSError, ValueError) as error:
        raise PeerError(f"{name} is torn, or no Parquet file: {str(error)[:200]}") from error
    kinds = {kind: known for known, kind in _TYPES.items()}
    if strange := [field for field in table.schema if field.type not in kinds]:
        raise PeerError(f"{name}: the column “{strange[0].name[:60]}” has a type that no file of ours has.")
    columns = tuple((field.name, kinds[field.type]) for field in table.schema)
    cells = [column.to_pylist() for column in table.columns]
    return Read(columns, list(zip(*cells, strict=True)), beside)
