"""The release desk as use cases: ask, let go, refuse, hand back, take back.

The body that would be signed is fixed when the release is asked for, and changed by redactions alone; what is read is drawn from those bytes, and
those bytes are what is appended. The own elements are read once, at the asking, and never by anything that sends. Two persons always: whoever asks
never decides. Where a letter asks for the head of delegation too, an officer's yes leads there, and a third person decides.
"""

from collections.abc import Sequence

import msgspec

from stafftalks.accord import state
from stafftalks.accord.parts import ReleasedVersion
from stafftalks.release import desk
from stafftalks.services import accords, appending, authority, judging, pairing, reading
from stafftalks.services import elements as own
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import JournalRow, RequestRow, RequestState
from stafftalks.values.errors import MisuseError, Refusal, RefusedError
from stafftalks.values.ids import AccordId, ElementId, PartyId, base32
from stafftalks.values.person import Person, Role


def request(
    hq: Headquarters,
    person: Person,
    accord: AccordId,
    element: ElementId,
    realm: str,
    audience: Sequence[PartyId],
    note: str = "",
    *,
    follows: str = "",
) -> RequestRow:
    """A request to release the element's present version. Nothing leaves by it; a different person decides.

    `follows` is the request of the same element that was handed back or refused, and after which this one asks again.
    """
    refusal = person.lacking(Role.PLANNER, Role.OFFICER, Role.HEAD)
    if refusal:
        raise RefusedError(refusal)
    with hq.transactions.atomic():
        row = own.get(hq, element)
        _check_follows(hq, element, follows)
        loaded = reading.load(hq, accord)
        to = tuple(sorted(set(audience)))
        replaces = desk.replaces_for(loaded.state, hq.party, element, to)
        wanted = desk.Request(row.raw, row.version, realm, to, person.username, replaces)
        row_id = base32(hq.entropy.draw("request", 10))
        body = desk.prepare(wanted)
        found = RequestRow(
            row_id, accord, element, row.version, row.kind, row.title, body, realm, wanted.audience, person.username, hq.clock.now(), note,
            follows=follows,
        )  # fmt: skip
        hq.desk.put(found)
        hq.journal.add(
            JournalRow(found.requested_at, person.username, "release asked", row_id, f"{row.kind}: {row.title}")
        )
    return found


def release(hq: Headquarters, person: Person, request_id: str, shown: str | None = None) -> RequestRow:
    """Decides for release: the exact bytes reviewed become an entry of our record, and are sent when the wire allows.

    `shown` is the name of the body that was shown (`judging.shown_name`); None where a program decides on the bytes as they stand. Where the
    letter asks for the head of delegation too, an officer's decision makes the request `approved`, and the head's lets it go.
    """
    with hq.transactions.atomic():
        row = _open(hq, request_id)
        if shown is not None:
            judging.check_shown(row, shown)
        loaded = accords.lock_and_load(hq, row.accord)
        found = judging.let_go(hq, person, loaded, row, authority.of(hq, [judging.request_of(row)]))
        after = found.row
        if found.released is not None:
            after = msgspec.structs.replace(after, entry=appending.append(hq, loaded, found.released))
        _keep(hq, person, after)
    hq.wake()
    return after


def refuse(hq: Headquarters, person: Person, request_id: str, reason: str) -> RequestRow:
    """Decides against release, with the reason the drafter will read."""
    return _turn_down(hq, person, request_id, "refused", reason)


def hand_back(hq: Headquarters, person: Person, request_id: str, question: str) -> RequestRow:
    """Returns the request to its drafter with a question."""
    return _turn_down(hq, person, request_id, "returned", question)


def cancel(hq: Headquarters, person: Person, request_id: str) -> RequestRow:
    """Takes one's own request off the desk."""
    with hq.transactions.atomic():
        row = _open(hq, request_id)
        if row.requested_by != person.username:
            raise RefusedError(
                Refusal("not-yours", f"Only {row.requested_by}, who asked for this release, can take the request back.")
            )
        return _turned(hq, person, row, "withdrawn", "")


def get(hq: Headquarters, request_id: str) -> RequestRow:
    """The request; raises MisuseError where there is none of that id."""
    row = hq.desk.request(request_id)
    if row is None:
        raise MisuseError(f"There is no release request {request_id}: see `release list`.")
    return row


def find(
    hq: Headquarters,
    *,
    state: str = "",
    accord: str = "",
    element: str = "",
    partner: str = "",
    kind: str = "",
    by: str = "",
    besides: str = "",
    text: str = "",
    oldest: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[int, tuple[RequestRow, ...]]:
    """How many requests match and one window of them, newest first or the oldest first; see `Desk.find`."""
    return hq.desk.find(
        state=state, accord=accord, element=element, partner=partner, kind=kind, by=by, besides=besides, text=text,
        oldest=oldest, offset=offset, limit=limit,
    )  # fmt: skip


def asked_after(hq: Headquarters, row: RequestRow) -> RequestRow | None:
    """The newest request that asks again after this one was handed back or refused; None where none does."""
    if row.state in judging.OPEN or row.state == "released":
        return None
    _total, rows = hq.desk.find(element=row.element)
    return next((later for later in rows if later.follows == row.id), None)


def partner_view(hq: Headquarters, accord: AccordId, partner: PartyId) -> tuple[ReleasedVersion, ...]:
    """Exactly what `partner` holds of ours in this accord: the newest version of each element released to it and not recalled."""
    loaded = reading.load(hq, accord)
    return desk.holdings_of(loaded.state, partner, hq.party)


def held_version(accord: state.Accord, party: PartyId, element: ElementId) -> ReleasedVersion | None:
    """The newest version of `party`'s element that stands released in the accord."""
    versions = accord.sheets[party].released.get(element, ())
    return versions[-1] if versions else None


def partner_names(hq: Headquarters) -> dict[PartyId, str]:
    """Every known party's display name by code, our own included."""
    names = {row.party: row.name for row in hq.partners.partners()}
    return names | {hq.party: pairing.own_card(hq).name}


def _check_follows(hq: Headquarters, element: ElementId, follows: str) -> None:
    """Raises MisuseError where it is not a request for the same element that was turned down."""
    if not follows:
        return
    earlier = get(hq, follows)
    if earlier.element != element or earlier.state not in ("returned", "refused", "withdrawn"):
        raise MisuseError(
            "Only a request for the same element that was handed back, refused or taken back is asked again."
        )


def _open(hq: Headquarters, request_id: str) -> RequestRow:
    row = hq.desk.request(request_id, lock=True) or get(hq, request_id)
    if row.state not in judging.OPEN:
        raise RefusedError(
            Refusal("decided", f"This request is {row.state} already, by {row.decided_by}: nothing more to decide.")
        )
    return row


def _turn_down(hq: Headquarters, person: Person, request_id: str, outcome: RequestState, reason: str) -> RequestRow:
    with hq.transactions.atomic():
        row = _open(hq, request_id)
        refusal = person.lacking(*((Role.OFFICER, Role.HEAD) if row.state == "approved" else (Role.OFFICER,)))
        if refusal:
            raise RefusedError(refusal)
        if not reason.strip():
            raise RefusedError(
                Refusal("reason", "Say why in a sentence: the drafter will read it, and the journal keeps it.")
            )
        return _turned(hq, person, row, outcome, reason.strip())


def _turned(hq: Headquarters, person: Person, row: RequestRow, outcome: RequestState, reason: str) -> RequestRow:
    turned = msgspec.structs.replace(
        row, state=outcome, decided_by=person.username, decided_at=hq.clock.now(), reason=reason
    )
    _keep(hq, person, turned)
    return turned


def _keep(hq: Headquarters, person: Person, row: RequestRow) -> None:
    hq.desk.put(row)
    hq.journal.add(decision(person, row))


def decision(person: Person, row: RequestRow) -> JournalRow:
    """The line of the journal that says what was decided about the request."""
    under = f" Under {', '.join(map(str, row.letters))}." if row.letters else ""
    said = f"{row.kind}: {row.title}. {row.reason}{under}".strip()
    return JournalRow(row.decided_at, person.username, f"release {row.state}", row.id, said)
