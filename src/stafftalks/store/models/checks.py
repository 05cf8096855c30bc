"""Private checks as they stand at home: read by nothing but what computes them, and by our own people's pages."""

from django.db import models


class Check(models.Model):
    """One check, named by the place of its proposal. What was put into it never changes; its `secret` can only be cleared; `found` is kept once."""

    accord = models.CharField(max_length=52)
    party = models.CharField(max_length=8)
    epoch = models.CharField(max_length=26)
    n = models.BigIntegerField()
    by = models.CharField(max_length=150)
    roles = models.JSONField()
    at = models.BigIntegerField()
    secret = models.BinaryField()
    size = models.PositiveIntegerField()
    inputs = models.BinaryField()
    work = models.BinaryField()
    found = models.BinaryField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("party", "epoch", "n"), name="check_once"),)

    def __str__(self) -> str:
        return f"{self.party}/{self.epoch}/{self.n}"


class CheckChunk(models.Model):
    """What one chunk of a check's computing came to, until the check is over."""

    check_of = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="chunks", db_index=False)
    job = models.CharField(max_length=10)
    number = models.PositiveIntegerField()
    points = models.BinaryField()

    class Meta:
        ordering = ("check_of_id", "job", "number")
        constraints = (models.UniqueConstraint(fields=("check_of", "job", "number"), name="check_chunk_once"),)

    def __str__(self) -> str:
        return f"{self.check_of_id}/{self.job}/{self.number}"


class BudgetLine(models.Model):
    """How much a partner may learn by private checks, as it was set; the newest line of each partner counts. Never changed, never deleted."""

    partner = models.CharField(max_length=8)
    checks_a_week = models.PositiveIntegerField()
    cooldown_s = models.BigIntegerField()
    share_percent = models.PositiveIntegerField()
    at = models.BigIntegerField()
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("partner", "-id"), name="budget_by_partner"),)

    def __str__(self) -> str:
        return self.partner
