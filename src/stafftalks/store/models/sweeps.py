"""Sweeps that are shared among workers: the problem as plain values, and the parts that came back, until whoever asked has taken them."""

from django.db import models


class SharedSweep(models.Model):
    """A problem that workers reckon parts of. Deleted, with all parts, once its run ends."""

    hash = models.CharField(max_length=64)
    software = models.CharField(max_length=40)
    problem = models.BinaryField()

    def __str__(self) -> str:
        return self.hash


class SharedPart(models.Model):
    """What came of the points from `first` up to, not including, `last`: a part, or why there is none."""

    sweep = models.ForeignKey(SharedSweep, models.CASCADE, related_name="parts")
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    part = models.BinaryField()
    fault = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("sweep", "first", "last"), name="shared_part_once"),)

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"
