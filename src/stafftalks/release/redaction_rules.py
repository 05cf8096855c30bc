"""The rules about what was taken out: the bytes are exactly what the redactions make of what was asked for, and no trace is left in them."""

from collections.abc import Iterator

from stafftalks.planning.element import Element, UnknownContent
from stafftalks.planning.kinds import Content
from stafftalks.release.redaction import Redaction, apply, traces
from stafftalks.release.request import Request, opened
from stafftalks.values.errors import MisuseError, PeerError, Refusal


def asked_content(request: Request) -> Content | None:
    """The content that was asked for, where something was taken out of it; None where nothing was, or it cannot be read."""
    try:
        found = opened(request.asked_raw).content if request.asked_raw else None
    except PeerError:
        return None
    return None if isinstance(found, UnknownContent) else found


def redaction_refusals(request: Request, asked: Element) -> Iterator[Refusal]:
    """What speaks against what was taken out: that the bytes are not what the redactions make, or that traces of it are left."""
    before = asked_content(request)
    if before is None or isinstance(asked.content, UnknownContent):
        if request.asked_raw or request.redactions:
            yield _other_than_redacted("what was asked for cannot be read")
        return
    try:
        left = apply(before, [Redaction.parse(line) for line in request.redactions])
    except MisuseError as error:
        yield _other_than_redacted(str(error).rstrip("."))
        return
    if left != asked.content:
        yield _other_than_redacted("something else was changed too")
    for trace in traces(before, asked.content):
        if trace.certain:
            yield Refusal("redaction-trace", f"{trace.sentence} Take that out too.")


def _other_than_redacted(why: str) -> Refusal:
    return Refusal("redaction-mismatch", f"These bytes are not what the redactions make of what was asked for: {why}.")
