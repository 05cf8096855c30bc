"""Pairing: taking a partner's card after a person has compared its full fingerprint, and taking renewed cards without."""

from stafftalks.record import card as cards
from stafftalks.record.card import Card
from stafftalks.services.ports import Headquarters
from stafftalks.services.rows import JournalRow, PartnerRow
from stafftalks.values.errors import MisuseError, Refusal, RefusedError
from stafftalks.values.ids import PartyId
from stafftalks.values.person import Person, Role


def own_card(hq: Headquarters) -> Card:
    """Our own card as partners have it."""
    return hq.keyring.card()


def fingerprint_of(document: bytes) -> tuple[Card, bytes]:
    """The card in `document`, its signatures verified, and its 16-byte fingerprint; raises PeerError where it is no card."""
    card = cards.open_card(document)
    return card, cards.fingerprint(card)


def add_partner(
    hq: Headquarters, person: Person, document: bytes, confirmed: bytes | None, *, expected: PartyId | None = None
) -> PartnerRow:
    """The partner, paired or its card renewed. `confirmed` is the fingerprint a person heard from the partner and compared.

    A renewed card of a known party needs none: the old card's keys vouch for it. Raises RefusedError where something does not match.
    """
    refusal = person.lacking(Role.ADMINISTRATOR, Role.HEAD)
    if refusal:
        raise RefusedError(refusal)
    card, fingerprint = fingerprint_of(document)
    _check_party(hq, card, expected)
    _check_keys(hq, card)
    with hq.transactions.atomic():
        known = hq.partners.partner(card.party)
        if known is not None and known.card == document:
            return known
        if known is not None:
            cards.verify_successor(cards.open_card(known.card), card)
        elif confirmed != fingerprint:
            raise RefusedError(_mismatch(card, confirmed))
        history = (*known.cards, document) if known else (document,)
        row = PartnerRow(
            card.party, card.name, document, history, fingerprint,
            known.paired_at if known else hq.clock.now(), known.paired_by if known else person.username,
        )  # fmt: skip
        hq.partners.put(row)
        sentence = f"{card.name} ({card.party}): card {card.version} {'renewed' if known else 'accepted, fingerprint compared'}."
        hq.journal.add(JournalRow(hq.clock.now(), person.username, "pairing", card.party, sentence))
    return hq.partners.partner(card.party) or row


def partner(hq: Headquarters, party: PartyId) -> PartnerRow:
    """The paired partner; raises MisuseError where there is none of that code."""
    row = hq.partners.partner(party)
    if row is None:
        raise MisuseError(
            f"{party} is not paired with this headquarters: exchange cards and compare fingerprints first."
        )
    return row


def card_of(row: PartnerRow) -> Card:
    """The partner's newest card."""
    return _opened(row.card)


def node_keys(row: PartnerRow) -> tuple[bytes, ...]:
    """Every node key the partner's cards have named, newest first."""
    return tuple(dict.fromkeys(_opened(document).node_key for document in reversed(row.cards)))


_OPENED: dict[bytes, Card] = {}


def _opened(document: bytes) -> Card:
    """The card, verified once a process: cards are few, and are looked at in every exchange."""
    if document not in _OPENED:
        if len(_OPENED) > 1000:
            _OPENED.clear()
        _OPENED[document] = cards.open_card(document)
    return _OPENED[document]


def _check_party(hq: Headquarters, card: Card, expected: PartyId | None) -> None:
    if card.party == hq.party:
        sentence = (
            f"This is a card of {card.party}, this headquarters' own code: give it to the partner, and take theirs."
        )
        raise RefusedError(Refusal("own-card", sentence))
    if expected is not None and card.party != expected:
        sentence = (
            f"This is the card of {card.party} ({card.name}), not of {expected}: ask {expected} for its own card."
        )
        raise RefusedError(Refusal("other-party", sentence))


def _check_keys(hq: Headquarters, card: Card) -> None:
    """No two parties may bear one key or certificate: whoever shows another's could pass for it, or keep it out."""
    held = [hq.keyring.card()] + [card_of(row) for row in hq.partners.partners() if row.party != card.party]
    for other in held:
        shared = {other.root_key, other.node_key, other.hpke_key, other.tls_certificate} & {
            card.root_key,
            card.node_key,
            card.hpke_key,
            card.tls_certificate,
        }
        if shared:
            sentence = f"The card of {card.party} bears a key or certificate of {other.party}: not accepted. Ask {card.party} for its own card."
            raise RefusedError(Refusal("shared-key", sentence))


def _mismatch(card: Card, confirmed: bytes | None) -> Refusal:
    if confirmed is None:
        sentence = f"The fingerprint of {card.party}'s card was not compared: have the partner read it out, and type what you hear."
        return Refusal("fingerprint-missing", sentence)
    sentence = (
        f"The fingerprint typed is not that of this card, which claims to be {card.party}: the card may be another party's, or was changed "
        "on its way. Nothing was accepted; ask for the card again over another way."
    )
    return Refusal("fingerprint", sentence)
