"""The release desk as use cases: ask, review, decide.

The body that would be signed is fixed when the release is asked for; what the officer reads is drawn from those bytes, and those bytes are
what is appended. The own elements are read once, at the asking, and never by anything that sends.
"""

from collections.abc import Sequence

import msgspec

from stafftalks.accord import state
from stafftalks.accord.bodies import EntryRef, Release, decode_body
from stafftalks.accord.parts import ReleasedVersion
from stafftalks.planning import element as elements
from stafftalks.planning.compare import Change
from stafftalks.planning.compare import diff as compare
from stafftalks.planning.element import UnknownContent
from stafftalks.release import desk
from stafftalks.services import accords, appending, authority, pairing, reading
from stafftalks.services import elements as own
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import JournalRow, RequestRow, RequestState
from stafftalks.values.errors import MisuseError, Refusal, RefusedError
from stafftalks.values.ids import AccordId, ElementId, PartyId, base32
from stafftalks.values.person import Person, Role


class Review(msgspec.Struct, frozen=True):
    """What a decider needs before them: the request, the partner's own rendering of the exact bytes, and every rule that now says no.

    `held` is the version the recipients hold today, `changes` what would be new to them; `readers` who would read it, in words.
    """

    request: RequestRow
    preview: desk.Preview
    refusals: tuple[Refusal, ...]
    held: ReleasedVersion | None
    changes: tuple[Change, ...]
    readers: tuple[str, ...]


def request(
    hq: Headquarters,
    person: Person,
    accord: AccordId,
    element: ElementId,
    realm: str,
    audience: Sequence[PartyId],
    note: str = "",
) -> RequestRow:
    """A request to release the element's present version. Nothing leaves by it; a different person decides."""
    refusal = person.lacking(Role.PLANNER, Role.OFFICER, Role.HEAD)
    if refusal:
        raise RefusedError(refusal)
    with hq.transactions.atomic():
        row = own.get(hq, element)
        loaded = reading.load(hq, accord)
        to = tuple(sorted(set(audience)))
        replaces = desk.replaces_for(loaded.state, hq.party, element, to)
        wanted = desk.Request(row.raw, row.version, realm, to, person.username, replaces)
        row_id = base32(hq.entropy.draw("request", 10))
        body = desk.prepare(wanted)
        found = RequestRow(
            row_id, accord, element, row.version, row.kind, row.title, body, realm, wanted.audience, person.username, hq.clock.now(), note,
        )  # fmt: skip
        hq.desk.put(found)
        hq.journal.add(
            JournalRow(found.requested_at, person.username, "release asked", row_id, f"{row.kind}: {row.title}")
        )
    return found


def review(hq: Headquarters, request_id: str, decider: Person | None) -> Review:
    """The request as `decider` sees it; without one, the rules about the person are left out."""
    row = get(hq, request_id)
    loaded = reading.load(hq, row.accord)
    preview = desk.preview(row.body)
    refusals: tuple[Refusal, ...] = ()
    if row.state == "waiting" and decider is not None:
        try:
            asked = _request_of(row)
            desk.admit_release(loaded.state, hq.party, asked, decider, authority.of(hq, [asked]))
        except RefusedError as error:
            refusals = error.refusals
    held = held_version(loaded.state, hq.party, row.element)
    return Review(row, preview, refusals, held, _changes(held, preview.raw), _readers(hq, row))


def release(hq: Headquarters, person: Person, request_id: str) -> RequestRow:
    """Decides for release: the exact bytes reviewed become an entry of our record, and are sent when the wire allows."""
    with hq.transactions.atomic():
        row = _waiting(hq, request_id)
        loaded = accords.lock_and_load(hq, row.accord)
        asked = _request_of(row)
        released = desk.admit_release(loaded.state, hq.party, asked, person, authority.of(hq, [asked]))
        if released.body != row.body:
            sentence = "What the recipients hold of this element has changed since the request was made: ask for release again."
            raise RefusedError(Refusal("body-changed", sentence))
        ref = appending.append(hq, loaded, released)
        decided = _decide(hq, person, row, "released", "", ref)
    hq.wake()
    return decided


def refuse(hq: Headquarters, person: Person, request_id: str, reason: str) -> RequestRow:
    """Decides against release, with the reason the drafter will read."""
    return _turn_down(hq, person, request_id, "refused", reason)


def hand_back(hq: Headquarters, person: Person, request_id: str, question: str) -> RequestRow:
    """Returns the request to its drafter with a question."""
    return _turn_down(hq, person, request_id, "returned", question)


def cancel(hq: Headquarters, person: Person, request_id: str) -> RequestRow:
    """Takes one's own request off the desk."""
    with hq.transactions.atomic():
        row = _waiting(hq, request_id)
        if row.requested_by != person.username:
            raise RefusedError(
                Refusal("not-yours", f"Only {row.requested_by}, who asked for this release, can take the request back.")
            )
        return _decide(hq, person, row, "withdrawn", "", None)


def get(hq: Headquarters, request_id: str) -> RequestRow:
    """The request; raises MisuseError where there is none of that id."""
    row = hq.desk.request(request_id)
    if row is None:
        raise MisuseError(f"There is no release request {request_id}: see `release list`.")
    return row


def find(
    hq: Headquarters, *, state: str = "", accord: str = "", element: str = "", offset: int = 0, limit: int = 50
) -> tuple[int, tuple[RequestRow, ...]]:
    """How many requests match and one window of them, newest first."""
    return hq.desk.find(state=state, accord=accord, element=element, offset=offset, limit=limit)


def partner_view(hq: Headquarters, accord: AccordId, partner: PartyId) -> tuple[ReleasedVersion, ...]:
    """Exactly what `partner` holds of ours in this accord: the newest version of each element released to it and not recalled."""
    loaded = reading.load(hq, accord)
    return desk.holdings_of(loaded.state, partner, hq.party)


def held_version(accord: state.Accord, party: PartyId, element: ElementId) -> ReleasedVersion | None:
    """The newest version of `party`'s element that stands released in the accord."""
    versions = accord.sheets[party].released.get(element, ())
    return versions[-1] if versions else None


def _request_of(row: RequestRow) -> desk.Request:
    """The request rebuilt from the fixed body, so that what was reviewed is what is judged and what leaves."""
    body = decode_body(row.body)
    if not isinstance(body, Release):
        raise MisuseError(f"The request {row.id} does not hold a release: cancel it and ask again.")
    return desk.Request(body.element.encode(), row.version, body.realm, body.to, row.requested_by, body.replaces)


def _waiting(hq: Headquarters, request_id: str) -> RequestRow:
    row = hq.desk.request(request_id, lock=True) or get(hq, request_id)
    if row.state != "waiting":
        raise RefusedError(
            Refusal("decided", f"This request is {row.state} already, by {row.decided_by}: nothing more to decide.")
        )
    return row


def _turn_down(hq: Headquarters, person: Person, request_id: str, outcome: RequestState, reason: str) -> RequestRow:
    refusal = person.lacking(Role.OFFICER)
    if refusal:
        raise RefusedError(refusal)
    if not reason.strip():
        raise RefusedError(
            Refusal("reason", "Say why in a sentence: the drafter will read it, and the journal keeps it.")
        )
    with hq.transactions.atomic():
        return _decide(hq, person, _waiting(hq, request_id), outcome, reason.strip(), None)


def _decide(
    hq: Headquarters, person: Person, row: RequestRow, outcome: RequestState, reason: str, entry: EntryRef | None
) -> RequestRow:
    decided = msgspec.structs.replace(
        row, state=outcome, decided_by=person.username, decided_at=hq.clock.now(), reason=reason, entry=entry
    )
    hq.desk.put(decided)
    hq.journal.add(
        JournalRow(
            decided.decided_at,
            person.username,
            f"release {outcome}",
            row.id,
            f"{row.kind}: {row.title}. {reason}".strip(),
        )
    )
    return decided


def _changes(held: ReleasedVersion | None, raw: bytes) -> tuple[Change, ...]:
    if held is None:
        return ()
    before, after = elements.decode(held.raw).content, elements.decode(raw).content
    if isinstance(before, UnknownContent) or isinstance(after, UnknownContent):
        return ()
    return compare(before, after)


def _readers(hq: Headquarters, row: RequestRow) -> tuple[str, ...]:
    names = {partner.party: partner.name for partner in hq.partners.partners()}
    return tuple(
        f"Everyone whom {names.get(party, party)} ({party}) lets into its headquarters" for party in row.audience
    )


def partner_names(hq: Headquarters) -> dict[PartyId, str]:
    """Every known party's display name by code, our own included."""
    names = {row.party: row.name for row in hq.partners.partners()}
    return names | {hq.party: pairing.own_card(hq).name}
