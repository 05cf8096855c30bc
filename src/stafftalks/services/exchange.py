"""Exchange as a person and the node see it: export, take, reply, run, and an account of everything that went or failed to go.

HTTPS and the file carry the same bytes through the same code. Every outcome is a line in the log of this side, and travels as a receipt to the other.
"""

from collections.abc import Iterator, Mapping

import msgspec

from stafftalks.accord.bodies import decode_charter
from stafftalks.services import incoming, outgoing, pairing
from stafftalks.services.incoming import Taken
from stafftalks.services.ports import Carrier, Headquarters
from stafftalks.services.reading import accord_row
from stafftalks.services.rows import (
    AccordRow,
    Channel,
    Direction,
    ExchangeRow,
    JournalRow,
    Outcome,
    PartnerRow,
    SendingState,
)
from stafftalks.values.errors import HostError, MisuseError, PeerError, StafftalksError
from stafftalks.values.ids import AccordId, PartyId

FIRST_BACKOFF_S = 5
LONGEST_BACKOFF_S = 300
MAX_ROUNDS = 10_000
"""A guard against a partner that always has more to say; one round carries up to `max_bundle_bytes`."""
GATE_REFUSED = "The gate let nothing through"
"""How the sentence of every refusal by our own gate begins: the gate writes it so."""


class Round(msgspec.Struct, frozen=True):
    """One bundle there and one back. `error` is empty where both arrived."""

    accord: AccordId
    sent: int
    taken: int
    sentence: str
    error: str = ""


class AccordStatus(msgspec.Struct, frozen=True):
    """How far a partner is known to hold our newest epoch in one accord: `held` of `size` entries; None where it has not said."""

    accord: AccordId
    size: int
    held: int | None


class PartnerStatus(msgspec.Struct, frozen=True):
    """How exchange stands with a partner; `sentence` says it in words. `gate_refused` is what our own gate last refused to it, None where nothing."""

    partner: PartnerRow
    accords: tuple[AccordStatus, ...]
    unsent: int
    sentence: str
    gate_refused: ExchangeRow | None = None


def export(hq: Headquarters, partner: PartyId, accord: AccordId, part: int = 1) -> bytes:
    """The sealed bundle of what the partner is not known to hold of this accord, for hand carriage; logged as sent.

    What does not fit into one is in part 2 and so on, to be taken in in that order. Raises MisuseError where there are not so many parts.
    """
    row, found = _for_carriage(hq, partner, accord)
    number = 0
    for number, out in enumerate(_parts(hq, found, row), 1):
        if number == part:
            return _sealed_part(hq, found, row, number, out)
    raise MisuseError(
        f"What waits for {partner} makes {number} {'part' if number == 1 else 'parts'}: there is no part {part}."
    )


def export_all(hq: Headquarters, partner: PartyId, accord: AccordId) -> Iterator[bytes]:
    """Every part of `export`, in order, each made and logged as it is asked for; at least one."""
    row, found = _for_carriage(hq, partner, accord)
    for number, out in enumerate(_parts(hq, found, row), 1):
        yield _sealed_part(hq, found, row, number, out)


def _for_carriage(hq: Headquarters, partner: PartyId, accord: AccordId) -> tuple[PartnerRow, AccordRow]:
    row, found = pairing.partner(hq, partner), accord_row(hq, accord)
    _check_party(found, partner)
    return row, found


def _parts(hq: Headquarters, accord: AccordRow, row: PartnerRow) -> Iterator[outgoing.Outgoing]:
    """Bundles that each go on where the one before stops, as if it had been taken in."""
    stops: Mapping[str, int] = {}
    for _ in range(MAX_ROUNDS):
        out = outgoing.compose(hq, accord, row, stops)
        yield out
        if not out.more:
            return
        stops = out.stops


def _sealed_part(hq: Headquarters, accord: AccordRow, row: PartnerRow, number: int, out: outgoing.Outgoing) -> bytes:
    sealed = hq.sealer.seal(out.plaintext, [pairing.card_of(row).hpke_key])
    which = f" as part {number}" if out.more or number > 1 else ""
    more = f" More waits: part {number + 1} is to be taken in after it." if out.more else ""
    sentence = f"Sealed for hand carriage{which}: {_entries(out.entries)}.{more}"
    _log(hq, row.party, "out", "file", out.bundle, "sent", sentence, accord.id, out.entries, len(sealed))
    return sealed


def note_carried(hq: Headquarters, by: str, partner: PartyId | None, accord: str, size_bytes: int) -> None:
    """Records in the journal who had a sealed file made for `partner`, or brought one in where None: the log says what became of it, not who."""
    if partner is not None:
        act, said = "bundle taken out", f"A sealed file of {size_bytes} bytes for {partner}, to be carried by hand."
    else:
        act, said = (
            "bundle brought in",
            f"A sealed file of {size_bytes} bytes: the exchange log says what became of it.",
        )
    hq.journal.add(JournalRow(hq.clock.now(), by, act, accord, said))


def take(hq: Headquarters, sealed: bytes, channel: Channel, *, from_party: PartyId | None = None) -> Taken:
    """What the sealed bundle brought. A refusal is logged, then raised as PeerError; nothing already held is changed by it."""
    sender, nonce, accord = str(from_party or "unknown"), "", ""
    try:
        bundle = incoming.open_bundle(hq, hq.sealer.unseal(sealed), from_party)
        sender, nonce, accord = bundle.manifest.sender, bundle.manifest.nonce, bundle.manifest.accord or ""
        taken = incoming.take(hq, bundle, channel=channel)
    except PeerError as error:
        _log(hq, sender, "in", channel, nonce, "refused", str(error), accord, 0, len(sealed))
        raise
    outcome: Outcome = "refused" if taken.refusals else "repeated" if taken.repeated else "received"
    if channel == "file" or outcome != "received" or taken.entries or taken.remarks:
        said, accord = taken.sentence, taken.accord or ""
        _log(hq, taken.partner, "in", channel, taken.bundle, outcome, said, accord, taken.entries, len(sealed))
    # Over the wire the partners ask each other every minute: an answer without news is told by `last_ok_at`, not by a line each.
    return taken


def reply(hq: Headquarters, sealed: bytes, from_party: PartyId) -> bytes:
    """The sealed answer to a partner's bundle: our receipts, and what the partner lacks. Raises PeerError where it was refused whole."""
    taken = take(hq, sealed, "https", from_party=from_party)
    if taken.accord is None:
        raise PeerError("This bundle is about no accord, so there is nothing to answer.")
    row = pairing.partner(hq, from_party)
    answer, out = _sealed(hq, accord_row(hq, taken.accord), row)
    if out.entries:
        _log(
            hq,
            from_party,
            "out",
            "https",
            out.bundle,
            "sent",
            f"Sent in answer: {_entries(out.entries)}.",
            taken.accord,
            out.entries,
            len(answer),
        )
    return answer


def run(hq: Headquarters, carrier: Carrier, partner: PartyId, *, force: bool = False) -> tuple[Round, ...]:
    """One conversation with the partner per shared accord, until neither has news. A failure is logged, and the next try put off.

    Without `force` an accord is left out where there is nothing to tell and the partner was asked for news recently.
    """
    row = pairing.partner(hq, partner)
    if not pairing.card_of(row).addresses:
        raise MisuseError(f"{row.name} has no address on its card: exchange with it by sealed file.")
    # Seen before speaking, so that what is appended meanwhile is news still.
    telling = _telling(hq, partner)
    rounds: list[Round] = []
    for accord in _shared(hq, partner):
        poll = force or row.sending.last_ok_at + hq.policy.poll_seconds <= hq.clock.now()
        try:
            rounds.extend(_converse(hq, carrier, row, accord, ask=poll))
        except (HostError, PeerError) as error:
            rounds.append(Round(accord.id, 0, 0, "", str(error)))
            _failed(hq, row, accord, error)
            return tuple(rounds)
    _succeeded(hq, row, telling)
    return tuple(rounds)


def due(hq: Headquarters) -> tuple[PartyId, ...]:
    """The partners to be spoken to now: those with news for them, or not asked for a while; never before a back-off has passed."""
    now = hq.clock.now()
    found: list[PartyId] = []
    for row in hq.partners.partners():
        if not pairing.card_of(row).addresses or (now < row.sending.next_try_at and row.sending.failures):
            continue
        if now >= row.sending.next_try_at or _telling(hq, row.party) not in ((), hq.memory.get(_told_key(row.party))):
            found.append(row.party)
    return tuple(found)


def hurry(hq: Headquarters, partner: PartyId) -> None:
    """Has the background sender speak to the partner now, whatever back-off stands."""
    row = pairing.partner(hq, partner)
    hq.partners.put_sending(row.party, msgspec.structs.replace(row.sending, next_try_at=0))
    hq.wake()


def status(hq: Headquarters) -> tuple[PartnerStatus, ...]:
    """How exchange stands with each partner."""
    return tuple(_status(hq, row) for row in hq.partners.partners())


def gate_refused(hq: Headquarters, partner: PartyId, bundle: str, accord: str, sentence: str) -> None:
    """Logs that our own gate did not let an answer of ours through to a partner who had asked."""
    _log(hq, partner, "out", "https", bundle[:100], "refused", sentence[:1_000], accord[:100], 0, 0)


def last_gate_refusal(hq: Headquarters, partner: PartyId) -> ExchangeRow | None:
    """What our own gate last refused to this partner, among its newest refusals; None where no gate is in the way, or it refused nothing."""
    if not hq.policy.gate:
        return None
    _, rows = hq.log.find(partner=partner, outcome="refused", limit=50)
    return next((row for row in rows if row.direction == "out" and row.sentence.startswith(GATE_REFUSED)), None)


def _converse(hq: Headquarters, carrier: Carrier, row: PartnerRow, accord: AccordRow, *, ask: bool) -> Iterator[Round]:
    """Rounds until neither side has news, or a round changes nothing of what the partner is known to hold."""
    for _ in range(MAX_ROUNDS):
        if not ask and not outgoing.has_news(hq, accord, row.party):
            return
        before = hq.records.holding(row.party, accord.id)
        sealed, out = _sealed(hq, accord, row)
        answer = carrier.exchange(row, sealed)
        if out.entries:
            sentence = f"Sent: {_entries(out.entries)}."
            _log(hq, row.party, "out", "https", out.bundle, "sent", sentence, accord.id, out.entries, len(sealed))
        taken = take(hq, answer, "https", from_party=row.party)
        yield Round(accord.id, out.entries, taken.entries, taken.sentence)
        # A refusal of its answer is told to the partner at once, in one more round.
        told, ask = ask, bool(taken.refusals)
        if (told and ask) or (not taken.entries and before == hq.records.holding(row.party, accord.id)):
            return


def _sealed(hq: Headquarters, accord: AccordRow, row: PartnerRow) -> tuple[bytes, outgoing.Outgoing]:
    out = outgoing.compose(hq, accord, row)
    return hq.sealer.seal(out.plaintext, [pairing.card_of(row).hpke_key]), out


def _shared(hq: Headquarters, partner: PartyId) -> tuple[AccordRow, ...]:
    return tuple(
        row
        for row in hq.records.accords()
        if partner in {founder.party for founder in decode_charter(row.charter).parties}
    )


def _told_key(partner: PartyId) -> str:
    return f"told {partner}"


def _telling(hq: Headquarters, partner: PartyId) -> tuple[tuple[str, int, bytes], ...]:
    """What there is to tell the partner: the heads of every shared accord with news, empty where there is none.

    An equal telling needs no second conversation: the partner has been told, and for a reason of its own did not take it in.
    """
    return tuple(
        (row.feed.origin, row.size, row.note)
        for accord in _shared(hq, partner)
        if outgoing.has_news(hq, accord, partner)
        for row in hq.records.feeds(accord.id)
    )


def _check_party(row: AccordRow, partner: PartyId) -> None:
    if partner not in {founder.party for founder in decode_charter(row.charter).parties}:
        raise MisuseError(f"{partner} is not a party to accord {row.id[:8]}: nothing was exported.")


def _succeeded(hq: Headquarters, row: PartnerRow, telling: object) -> None:
    now = hq.clock.now()
    hq.partners.put_sending(row.party, SendingState(now + hq.policy.poll_seconds, 0, "", now, now))
    hq.memory[_told_key(row.party)] = telling


def _failed(hq: Headquarters, row: PartnerRow, accord: AccordRow, error: StafftalksError) -> None:
    now = hq.clock.now()
    failures = row.sending.failures + 1
    wait = min(LONGEST_BACKOFF_S, FIRST_BACKOFF_S * 2 ** min(failures - 1, 10))
    hq.partners.put_sending(row.party, SendingState(now + wait, failures, str(error), row.sending.last_ok_at, now))
    outcome: Outcome = "refused" if isinstance(error, PeerError) else "failed"
    _log(hq, row.party, "out", "https", "", outcome, f"{error} Next try in {wait} s; nothing is lost.", accord.id, 0, 0)


def _status(hq: Headquarters, row: PartnerRow) -> PartnerStatus:
    found: list[AccordStatus] = []
    for accord in _shared(hq, row.party):
        own = [feed for feed in hq.records.feeds(accord.id) if feed.feed.party == hq.party]
        if own:
            held = hq.records.holding(row.party, accord.id).get(own[-1].feed.origin)
            found.append(AccordStatus(accord.id, own[-1].size, held.size if held else None))
    unsent = sum(max(0, item.size - (item.held or 0)) for item in found)
    return PartnerStatus(row, tuple(found), unsent, _sentence(row, unsent), last_gate_refusal(hq, row.party))


def _sentence(row: PartnerRow, unsent: int) -> str:
    waiting = _entries(unsent)
    if row.sending.failures and row.sending.last_error.startswith(GATE_REFUSED):
        return row.sending.last_error
    if row.sending.failures:
        tries = "the last try" if row.sending.failures == 1 else f"the last {row.sending.failures} tries"
        return f"Not reached in {tries}: {row.sending.last_error}"
    if not pairing.card_of(row).addresses:
        return (
            f"By hand only. Not known to have arrived: {waiting}." if unsent else "By hand only. It holds all we said."
        )
    if unsent:
        return f"To be sent or acknowledged: {waiting}."
    return "It holds everything we have said." if row.sending.last_ok_at else "Not spoken to yet."


def _entries(count: int) -> str:
    return f"{count} {'entry' if count == 1 else 'entries'}"


def _log(
    hq: Headquarters, partner: str, direction: Direction, channel: Channel, bundle: str, outcome: Outcome, sentence: str,
    accord: str, entries: int, size_bytes: int,
) -> None:  # fmt: skip
    at = hq.clock.now()
    hq.log.add(ExchangeRow(at, partner, direction, channel, bundle, outcome, sentence, accord, entries, size_bytes))
