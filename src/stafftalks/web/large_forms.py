"""Forms that may hold more than other pages take: a table of ten megabytes, pasted.

The limit of the other pages stands as it is. Django asks its upload handlers first whether one of them reads the whole form by itself; this one does,
with Django's own parser of the parts and bounds of its own.
"""

from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import FIELD, FILE, ChunkIter, LazyStream, Parser
from django.utils.datastructures import MultiValueDict

MAX_BYTES: Final = 33 * 1024 * 1024
_MOST_PARTS: Final = 200
_CHUNK: Final = 64 * 1024


class LargeForm(FileUploadHandler):
    """Reads a form of at most MAX_BYTES into memory; raises RequestDataTooBig beyond."""

    def handle_raw_input(
        self, input_data: Any, _meta: dict[str, Any], content_length: int, boundary: Any, encoding: str | None = None
    ) -> tuple[QueryDict, MultiValueDict[str, Any]]:  # fmt: skip
        """The fields and files of the form."""
        if content_length > MAX_BYTES:
            raise RequestDataTooBig(f"At most {MAX_BYTES:,} bytes can be sent at once.")
        fields, files = QueryDict(mutable=True, encoding=encoding), MultiValueDict[str, Any]()
        for count, (sort, meta, stream) in enumerate(Parser(LazyStream(ChunkIter(input_data, _CHUNK)), boundary)):
            if count > _MOST_PARTS:
                raise RequestDataTooBig("This form has more fields than any page of ours.")
            name = _said(meta.get("content-disposition"), "name")
            if sort == FIELD and name:
                fields.appendlist(name, stream.read().decode(encoding or "utf-8", "replace"))
            elif sort == FILE and name:
                file_name = _said(meta.get("content-disposition"), "filename")
                raw = stream.read()
                if file_name:
                    files.appendlist(name, SimpleUploadedFile(file_name.replace("\\", "/").rpartition("/")[2], raw))
        return fields, files

    def receive_data_chunk(self, raw_data: bytes, _start: int) -> bytes | None:
        """Never asked, because `handle_raw_input` reads everything."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Never asked, because `handle_raw_input` reads everything."""


def allow(request: HttpRequest) -> None:
    """Lets this request's form be large; to be called before anything reads it."""
    request.upload_handlers = [LargeForm(request)]


def _said(header: Any, name: str) -> str:
    """A parameter of a parsed header, as text."""
    try:
        value = header[1][name]
    except (TypeError, KeyError, IndexError):
        return ""
    return str(value.decode("utf-8", "replace") if isinstance(value, bytes) else value).strip()
