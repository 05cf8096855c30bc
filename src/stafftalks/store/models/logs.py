"""Two logs that only grow: every exchange with a partner, and every act of our own people; each line chained to the one before it.

`n` counts the lines of a log from 0 without a gap and `chain` is the line's value in the chain (`record.chain`); `LogHead` says where each log ends.
"""

from django.db import models


class LogHead(models.Model):
    """Where a log ends: how many lines it has and the value of the last. Its row is held while lines are added."""

    log = models.CharField(max_length=20, primary_key=True)
    size = models.BigIntegerField()
    value = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"{self.log}: {self.size}"


class ExchangeLine(models.Model):
    """One line of the exchange log. Never changed, never deleted."""

    at = models.BigIntegerField()
    partner = models.CharField(max_length=64, blank=True)
    direction = models.CharField(max_length=3)
    channel = models.CharField(max_length=5)
    bundle = models.CharField(max_length=100, blank=True)
    outcome = models.CharField(max_length=20)
    sentence = models.TextField()
    accord = models.CharField(max_length=52, blank=True, default="")
    entries = models.BigIntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)
    n = models.BigIntegerField(unique=True)
    chain = models.BinaryField(max_length=32)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("partner", "-id"), name="exchange_by_partner"),
            models.Index(fields=("accord", "-id"), name="exchange_by_accord"),
            models.Index(fields=("outcome", "-id"), name="exchange_by_outcome"),
            models.Index(fields=("partner", "bundle", "direction", "outcome"), name="exchange_by_bundle"),
        )

    def __str__(self) -> str:
        return self.sentence


class JournalLine(models.Model):
    """One act of a person of ours. Never changed, never deleted, never leaves."""

    at = models.BigIntegerField()
    person = models.CharField(max_length=150)
    act = models.CharField(max_length=60)
    subject = models.TextField(blank=True)
    sentence = models.TextField()
    n = models.BigIntegerField(unique=True)
    chain = models.BinaryField(max_length=32)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("act", "-id"), name="journal_by_act"),
            models.Index(fields=("person", "-id"), name="journal_by_person"),
            models.Index(fields=("subject", "-id"), name="journal_by_subject"),
        )

    def __str__(self) -> str:
        return self.sentence


class LogSent(models.Model):
    """How far a log was sent to a place that collects events, and how the last sending went; times in unix seconds."""

    log = models.CharField(max_length=20)
    target = models.CharField(max_length=300)
    size = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    next_try_at = models.BigIntegerField(default=0)
    last_error = models.TextField(blank=True, default="")
    last_ok_at = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("log", "target"), name="log_sent_once"),)

    def __str__(self) -> str:
        return f"{self.log} to {self.target}: {self.size}"
