"""Paired parties, every card of theirs that was accepted, and how the background sender stands with each."""

from django.db import models


class Partner(models.Model):
    """A paired party; its newest card is the last of its `PartnerCard` rows."""

    party = models.CharField(max_length=8, primary_key=True)
    name = models.TextField()
    fingerprint = models.BinaryField()
    paired_at = models.BigIntegerField()
    paired_by = models.CharField(max_length=150)
    next_try_at = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True, default="")
    last_ok_at = models.BigIntegerField(default=0)
    last_try_at = models.BigIntegerField(default=0)

    class Meta:
        ordering = ("party",)

    def __str__(self) -> str:
        return self.name


class PartnerCard(models.Model):
    """One accepted card document, the `ordinal`-th of its party from 0. Never changed, never deleted."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="cards", db_index=False)
    ordinal = models.PositiveIntegerField()
    document = models.BinaryField()

    class Meta:
        ordering = ("partner", "ordinal")
        constraints = (models.UniqueConstraint(fields=("partner", "ordinal"), name="card_once"),)

    def __str__(self) -> str:
        return f"{self.partner_id} card {self.ordinal}"
