"""Marking policies as they were loaded, and our own markings beside partners' texts: histories in which the newest line of each counts."""

from django.db import models


class PolicyLine(models.Model):
    """That a policy was loaded, or taken out (`kind` is empty). Never changed, never deleted. `key` is its name as names are compared."""

    key = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=5, blank=True)
    raw = models.BinaryField()
    at = models.BigIntegerField()
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("key", "-id"), name="policy_by_name"),)

    def __str__(self) -> str:
        return self.name


class BesideLine(models.Model):
    """A marking of ours beside an exact version of a partner's; one without any part takes it back. Never changed, never deleted."""

    party = models.CharField(max_length=8)
    element = models.CharField(max_length=26)
    version = models.CharField(max_length=52)
    marking = models.BinaryField()
    at = models.BigIntegerField()
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("version", "-id"), name="beside_by_version"),)

    def __str__(self) -> str:
        return f"{self.party}/{self.element}/{self.version}"
