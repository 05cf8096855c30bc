"""The conflicts that our people live with: a history in which the newest line of each counts."""

from django.db import models


class AcceptanceLine(models.Model):
    """That a conflict between exact versions was accepted, or that this was taken back (`reason` is empty). Never changed, never deleted."""

    subject = models.CharField(max_length=26)
    refs = models.BinaryField()
    reason = models.TextField(blank=True)
    at = models.BigIntegerField()
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("subject", "-id"), name="acceptance_by_subject"),)

    def __str__(self) -> str:
        return self.subject
