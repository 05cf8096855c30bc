"""A request to release before the rules: rebuilt from its fixed body, judged on an authority gathered from home, named by what was shown.

What is judged is what would leave: the body, the redactions that made it, and who let it go so far. Nothing here writes.
"""

import hashlib
from typing import Final

import msgspec

from stafftalks.accord.bodies import Release, decode_body
from stafftalks.planning import element as elements
from stafftalks.planning.refs import ExactRef
from stafftalks.release import desk
from stafftalks.release.authority import Authority
from stafftalks.services import reading
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import Approval, RequestRow, RequestState
from stafftalks.values.errors import MisuseError, Refusal, RefusedError
from stafftalks.values.ids import base32
from stafftalks.values.person import Person, Role

OPEN: Final = ("waiting", "approved")
"""States in which a request can still be decided."""
PERSON_RULES: Final = frozenset({"decider-role", "two-person", "letter-decider", "letter-head", "requester-missing"})
"""Rules about who decides: they speak against a person and not against the release."""
HEAD_RULE: Final = "letter-head"
NOBODY: Final = Person("", "Nobody", frozenset({Role.OFFICER}))
"""In whose place the rules are asked where nobody decides yet; what they say about persons is left out then."""
_SHOWN_PREFIX: Final = b"stafftalks/shown/v1\n"


def request_of(row: RequestRow) -> desk.Request:
    """The request rebuilt from the fixed body, so that what was reviewed is what is judged and what leaves."""
    body = _release(row.body)
    if not row.asked:
        return desk.Request(body.element.encode(), row.version, body.realm, body.to, row.requested_by, body.replaces)
    raw, asked = body.element.encode(), _release(row.asked).element.encode()
    if elements.version_hash_of_bytes(asked) != row.version:
        raise MisuseError(f"The request {row.id} was not made of the version it names: cancel it and ask again.")
    return desk.Request(
        raw, elements.version_hash_of_bytes(raw), body.realm, body.to, row.requested_by, body.replaces, asked, row.redactions,
    )  # fmt: skip


def admit(
    hq: Headquarters, loaded: reading.Loaded, row: RequestRow, decider: Person, authority: Authority
) -> desk.Released:
    """The release of exactly the row's body, let go by `decider`; raises RefusedError with every rule that said no."""
    released = desk.admit_release(loaded.state, hq.party, request_of(row), decider, authority)
    if released.body != row.body:
        sentence = "What would leave is not the body that was shown: ask for release again."
        raise RefusedError(Refusal("body-changed", sentence))
    return released


class LetGo(msgspec.Struct, frozen=True):
    """What a person's yes comes to: the row after it, and what then leaves; None where the head of delegation must decide too."""

    row: RequestRow
    released: desk.Released | None


def let_go(hq: Headquarters, person: Person, loaded: reading.Loaded, row: RequestRow, authority: Authority) -> LetGo:
    """What `person` letting the row's body go comes to; raises RefusedError with every rule that said no. Writes nothing.

    Of an officer, where the letter asks for the head of delegation, it is an approval that waits. Of the head, the rules are asked for both.
    """
    at = hq.clock.now()
    if row.state == "approved":
        officer = _need_third(row, person)
        held = msgspec.structs.replace(authority, head=person)
        released = admit(hq, loaded, row, officer, held)
        approvals = (*row.approvals, Approval(person.username, Role.HEAD, at))
        return LetGo(_decided(row, person, at, "released", approvals, released.letters), released)
    approvals = (Approval(person.username, Role.OFFICER, at),)
    try:
        released = admit(hq, loaded, row, person, authority)
    except RefusedError as error:
        others = [refusal for refusal in error.refusals if refusal.rule != HEAD_RULE]
        if others:
            raise RefusedError(*others) from None
        verdicts = desk.verdicts(request_of(row), None, authority)
        under = tuple(verdict.letter.ref for verdict in verdicts if verdict.letter)
        return LetGo(_decided(row, person, at, "approved", approvals, under), None)
    return LetGo(_decided(row, person, at, "released", approvals, released.letters), released)


def refusals(
    hq: Headquarters, loaded: reading.Loaded, row: RequestRow, decider: Person, authority: Authority
) -> tuple[Refusal, ...]:
    """Every rule that says no to `decider` letting the row's body go now."""
    try:
        admit(hq, loaded, row, decider, authority)
    except RefusedError as error:
        return error.refusals
    return ()


def officer_of(row: RequestRow) -> Person | None:
    """The officer who let it go before the head of delegation decides; None where none has."""
    first = next((approval for approval in row.approvals if approval.role is Role.OFFICER), None)
    return Person(first.person, first.person, frozenset({first.role})) if first else None


def shown_name(body: bytes) -> str:
    """The name of the exact body that was shown: 52 base32 characters."""
    return base32(hashlib.sha256(_SHOWN_PREFIX + body).digest())


def check_shown(row: RequestRow, shown: str) -> None:
    """Raises RefusedError where the body that would leave is not the one named `shown`."""
    if shown_name(row.body) != shown:
        sentence = (
            "What would leave was changed since it was shown to you. Nothing was decided: read it again, then decide."
        )
        raise RefusedError(Refusal("shown-changed", sentence))


def _need_third(row: RequestRow, person: Person) -> Person:
    """The officer who let it go first; raises RefusedError where `person` is not the head of delegation and a third person."""
    lacking = person.lacking(Role.HEAD)
    if lacking:
        raise RefusedError(lacking)
    officer = officer_of(row)
    if officer is None:
        raise MisuseError(f"The request {row.id} does not say which officer let it go: hand it back.")
    if person.username in (officer.username, row.requested_by):
        sentence = f"{person.name} asked for this release or let it go as an officer. The letter wants the head of delegation as a third person."
        raise RefusedError(Refusal("third-person", sentence))
    return officer


def _decided(
    row: RequestRow,
    person: Person,
    at: int,
    outcome: RequestState,
    approvals: tuple[Approval, ...],
    letters: tuple[ExactRef, ...],
) -> RequestRow:
    return msgspec.structs.replace(
        row, state=outcome, decided_by=person.username, decided_at=at, approvals=approvals, letters=letters
    )


def _release(raw: bytes) -> Release:
    body = decode_body(raw)
    if not isinstance(body, Release):
        raise MisuseError("This request does not hold a release: cancel it and ask again.")
    return body
