"""Requests to release as commands list them."""

import msgspec

from stafftalks.cli import names
from stafftalks.services.rows import RequestRow


class RequestLine(msgspec.Struct, frozen=True):
    """A request to release. `state` is waiting, approved (the head of delegation decides too), released, refused, returned or withdrawn.

    `entry` is its place in our record, or empty; `redactions` what was taken out, `approvals` who let it go so far, `letters` the exact versions
    of the letters it was let go under; `follows` the request after which it asks again, or empty.
    """

    id: str
    state: str
    accord: str
    element: str
    version: str
    kind: str
    title: str
    realm: str
    to: tuple[str, ...]
    requested_by: str
    requested_at: int
    note: str
    decided_by: str
    decided_at: int
    reason: str
    entry: str
    redactions: tuple[str, ...]
    approvals: tuple[str, ...]
    letters: tuple[str, ...]
    follows: str


class RequestList(msgspec.Struct, frozen=True):
    """A window on the requests; `total` counts all that match."""

    total: int
    offset: int
    requests: tuple[RequestLine, ...]


def request_line(row: RequestRow) -> RequestLine:
    """The line of a request."""
    return RequestLine(
        id=row.id,
        state=row.state,
        accord=row.accord,
        element=row.element,
        version=row.version,
        kind=row.kind,
        title=row.title,
        realm=row.realm,
        to=row.audience,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        note=row.note,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=row.reason,
        entry=names.spell(row.entry) if row.entry else "",
        redactions=row.redactions,
        approvals=tuple(approval.person for approval in row.approvals),
        letters=tuple(map(str, row.letters)),
        follows=row.follows,
    )
