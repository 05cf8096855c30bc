"""The `Partners` port: paired parties with every card ever accepted from them, which only grow in number."""

import msgspec

from stafftalks.services.rows import PartnerRow, SendingState
from stafftalks.store.edge import reading, storable, writing
from stafftalks.store.models import Partner, PartnerCard
from stafftalks.values.errors import MisuseError
from stafftalks.values.ids import PartyId


class DjangoPartners:
    """Paired parties in the database of this process."""

    @reading()
    def partners(self) -> tuple[PartnerRow, ...]:
        """All of them, by code."""
        found = Partner.objects.prefetch_related("cards")
        return tuple(sorted((_partner_row(partner) for partner in found), key=lambda row: row.party))

    @reading()
    def partner(self, party: PartyId) -> PartnerRow | None:
        """One of them."""
        found = Partner.objects.prefetch_related("cards").filter(party=party).first()
        return _partner_row(found) if found else None

    @writing()
    def put(self, row: PartnerRow) -> None:
        """Adds or replaces; `sending` is left as it was where the partner exists.

        Raises MisuseError where a card accepted before is missing, or `card` is not the last of `cards`.
        """
        if not row.cards or row.cards[-1] != row.card:
            raise MisuseError(f"The newest card of {row.party} must be the last of its cards.")
        about = {
            "name": row.name,
            "fingerprint": row.fingerprint,
            "paired_at": row.paired_at,
            "paired_by": row.paired_by,
        }
        partner = Partner.objects.select_for_update().filter(party=row.party).first()
        if partner is None:
            partner = Partner.objects.create(party=row.party, **about, **_sending_fields(row.sending))
        else:
            Partner.objects.filter(party=row.party).update(**about)
        held = tuple(bytes(card.document) for card in partner.cards.all())
        if row.cards[: len(held)] != held:
            raise MisuseError(
                f"Cards accepted from {row.party} are never dropped or replaced: add the new one after them."
            )
        new = enumerate(row.cards[len(held) :], len(held))
        PartnerCard.objects.bulk_create(
            PartnerCard(partner=partner, ordinal=ordinal, document=document) for ordinal, document in new
        )

    @writing()
    def put_sending(self, party: PartyId, sending: SendingState) -> None:
        """Replaces how the sender stands with it; raises MisuseError where the party is not paired."""
        if not Partner.objects.filter(party=party).update(**_sending_fields(sending)):
            raise MisuseError(f"{party} is not paired with this headquarters.")


def _sending_fields(sending: SendingState) -> dict[str, object]:
    return {**msgspec.structs.asdict(sending), "last_error": storable(sending.last_error)}


def _partner_row(found: Partner) -> PartnerRow:
    cards = tuple(bytes(card.document) for card in sorted(found.cards.all(), key=lambda card: card.ordinal))
    return PartnerRow(
        party=PartyId(found.party),
        name=found.name,
        card=cards[-1] if cards else b"",
        cards=cards,
        fingerprint=bytes(found.fingerprint),
        paired_at=found.paired_at,
        paired_by=found.paired_by,
        sending=SendingState(
            next_try_at=found.next_try_at,
            failures=found.failures,
            last_error=found.last_error,
            last_ok_at=found.last_ok_at,
            last_try_at=found.last_try_at,
        ),
    )
