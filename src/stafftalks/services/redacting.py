"""Taking something out of a request before it is decided: by portion, or by telling a place, a count or a time more coarsely.

The body is made anew from what was asked for, always from the same bytes, so a redaction can be undone until somebody decides. What was taken
out is nowhere in the new body; the asked body stays at home, beside the lines that say what was done.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from stafftalks.accord.bodies import Release, decode_body
from stafftalks.planning import element as elements
from stafftalks.planning.element import Element, UnknownContent
from stafftalks.planning.kinds import Content
from stafftalks.planning.portions import portions, within
from stafftalks.release import desk, redaction
from stafftalks.release.authority import StandingLetter
from stafftalks.release.barred import barred_portions
from stafftalks.release.detail import Act, Sort, finer
from stafftalks.release.redaction import Redaction
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import JournalRow, RequestRow
from stafftalks.values.errors import MisuseError, Refusal, RefusedError
from stafftalks.values.person import Person, Role
from stafftalks.values.policies import Policies

_SORTS: Final = {Sort.POSITION: "places", Sort.COUNT: "counts", Sort.TIME: "times"}


def redact(hq: Headquarters, person: Person, request_id: str, redactions: Sequence[Redaction]) -> RequestRow:
    """The request with exactly these redactions made of what was asked for; with none, as it was asked for.

    For a disclosure officer, or whoever asked. Raises RefusedError with a sentence for each redaction that cannot be made.
    """
    with hq.transactions.atomic():
        row = hq.desk.request(request_id, lock=True)
        if row is None:
            raise MisuseError(f"There is no release request {request_id}: see `release list`.")
        if row.state != "waiting":
            sentence = (
                f"This request is {row.state} already, by {row.decided_by}: only what still waits can be redacted."
            )
            raise RefusedError(Refusal("decided", sentence))
        lacking = person.lacking(Role.OFFICER)
        if lacking and person.username != row.requested_by:
            raise RefusedError(lacking)
        left = redacted(row, tuple(dict.fromkeys(redactions)))
        if left != row:
            hq.desk.put(left)
            said = "; ".join(left.redactions) or "Nothing: as it was asked for."
            at = hq.clock.now()
            hq.journal.add(JournalRow(at, person.username, "release redacted", row.id, f"{row.title}. {said}"))
    return left


def redacted(row: RequestRow, redactions: Sequence[Redaction]) -> RequestRow:
    """The row with these redactions made of what was asked for; the same row where they are those it has."""
    asked = asked_body(row)
    lines = tuple(map(str, redactions))
    if lines == row.redactions:
        return row
    if not lines:
        return msgspec.structs.replace(row, body=asked, asked=b"", redactions=())
    return msgspec.structs.replace(row, body=body_with(asked, redactions), asked=asked, redactions=lines)


def body_with(asked: bytes, redactions: Sequence[Redaction]) -> bytes:
    """The body that releases what `asked` does, without what the redactions take out."""
    body, whole = _opened(asked)
    if isinstance(whole.content, UnknownContent):
        sentence = f"This version does not know the kind {whole.kind!r}, so nothing can be taken out of it safely."
        raise RefusedError(Refusal("kind-unknown", sentence))
    left = Element(whole.id, redaction.apply(whole.content, redactions))
    raw, version = elements.encode(left), elements.version_hash(left)
    return desk.prepare(desk.Request(raw, version, body.realm, body.to, "", body.replaces))


def asked_body(row: RequestRow) -> bytes:
    """The exact body as it was asked for, whatever was taken out of it since."""
    return row.asked or row.body


def asked_content(row: RequestRow) -> Content | UnknownContent:
    """What was asked for, before anything was taken out."""
    return _opened(asked_body(row))[1].content


def lines_of(row: RequestRow) -> tuple[Redaction, ...]:
    """The redactions that the request has, in order."""
    return tuple(Redaction.parse(line) for line in row.redactions)


def needed(
    content: Content | UnknownContent, letters: Sequence[StandingLetter], policies: Policies
) -> tuple[Redaction, ...]:
    """What must be taken out of what was asked for so that every one of these letters permits it, as far as redactions can do that."""
    if isinstance(content, UnknownContent):
        return ()
    found: list[Redaction] = []
    for standing in letters:
        found.extend(Redaction(path, Act.REMOVE) for path in barred_portions(content, standing.letter, policies))
    barred = [item.path for item in found]
    for standing in letters:
        found.extend(
            item
            for item in redaction.coarsening(content, standing.letter.detail)
            if not any(within(item.path, path) for path in barred)
        )
    return tuple(dict.fromkeys(found))


def reasons(
    content: Content | UnknownContent, letters: Sequence[StandingLetter], policies: Policies
) -> dict[str, tuple[str, ...]]:
    """Why portions of what was asked for may not leave as they are, in sentences, by path."""
    if isinstance(content, UnknownContent):
        return {}
    found: dict[str, dict[str, None]] = {}
    for standing in letters:
        name = f"the letter “{standing.name}”"
        marks = {portion.path: portion.mark for portion in portions(content)}
        for path in barred_portions(content, standing.letter, policies):
            sentence = f"Marked {marks[path]}, which {name} does not let go."
            found.setdefault(path, {})[sentence] = None
        for item in finer(content, standing.letter.detail):
            sentence = f"Told more finely than {name} lets {_SORTS[item.sort]} leave."
            found.setdefault(item.leaf.path, {})[sentence] = None
    return {path: tuple(sentences) for path, sentences in found.items()}


def as_before(hq: Headquarters, row: RequestRow) -> tuple[Redaction, ...]:
    """The redactions of the request that this one asks again after, as far as they can be made of what is asked for now."""
    earlier = hq.desk.request(row.follows) if row.follows else None
    content = asked_content(row)
    if earlier is None or isinstance(content, UnknownContent):
        return ()
    return tuple(item for item in lines_of(earlier) if _can_be_made(content, item))


def _can_be_made(content: Content, item: Redaction) -> bool:
    try:
        redaction.apply(content, [item])
    except RefusedError:
        return False
    return True


def _opened(body: bytes) -> tuple[Release, Element]:
    said = decode_body(body)
    if not isinstance(said, Release):
        raise MisuseError("This request does not hold a release: cancel it and ask again.")
    return said, elements.decode(said.element.encode())
