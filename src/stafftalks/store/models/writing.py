"""What a person has not finished: forms being typed in, forms that stand open, what was looked at or read, and mail that was asked for.

Every row belongs to one person of this headquarters. Nothing that leaves reads any of these tables, except that mail which the
administrator switched on says how many things wait.
"""

from django.db import models


class KeptForm(models.Model):
    """What `person` has typed into the form at `form` (its path, and which form there) and not saved. `fields` is JSON, name to text."""

    person = models.CharField(max_length=150)
    form = models.CharField(max_length=500)
    based_on = models.CharField(max_length=52, blank=True, default="")
    fields = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        ordering = ("-at", "id")
        constraints = (models.UniqueConstraint(fields=("person", "form"), name="kept_once"),)
        indexes = (models.Index(fields=("at",), name="kept_by_time"),)

    def __str__(self) -> str:
        return self.form


class OpenForm(models.Model):
    """That `person` has the form of an own element open. `alive_at` is when the page last said so, `typed_at` when anything was typed in it."""

    person = models.CharField(max_length=150)
    element = models.CharField(max_length=26)
    opened_at = models.BigIntegerField()
    alive_at = models.BigIntegerField(default=0)
    typed_at = models.BigIntegerField(default=0)

    class Meta:
        ordering = ("element", "person")
        constraints = (models.UniqueConstraint(fields=("element", "person"), name="open_once"),)

    def __str__(self) -> str:
        return f"{self.person} at {self.element}"


class SeenMark(models.Model):
    """That `person` has seen what `target` said up to `at` (unix seconds); before `User.last_seen_at` everything counts as seen."""

    person = models.CharField(max_length=150)
    target = models.CharField(max_length=200)
    at = models.BigIntegerField()

    class Meta:
        ordering = ("person", "target")
        constraints = (models.UniqueConstraint(fields=("person", "target"), name="seen_once"),)

    def __str__(self) -> str:
        return f"{self.person} saw {self.target}"


class ReadMark(models.Model):
    """That `person` has opened `about`, an exact version that a partner released (`XTV/<element>/<version>`), first at `at`, unix seconds."""

    about = models.CharField(max_length=96)
    person = models.CharField(max_length=150)
    at = models.BigIntegerField()

    class Meta:
        ordering = ("about", "person")
        constraints = (models.UniqueConstraint(fields=("about", "person"), name="read_once"),)

    def __str__(self) -> str:
        return f"{self.person} read {self.about}"


class Digest(models.Model):
    """How often `person` wants mail that counts what waits, and how the last one went.

    `period` names the day or week for which one was last taken in hand, so that no restart sends it twice; `since` is from when the next one
    counts. Unix seconds throughout; `hour` is of the day in UTC.
    """

    person = models.CharField(max_length=150, primary_key=True)
    every = models.CharField(max_length=6, default="off")
    hour = models.PositiveSmallIntegerField(default=6)
    period = models.CharField(max_length=10, blank=True, default="")
    since = models.BigIntegerField(default=0)
    sent_at = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    next_try_at = models.BigIntegerField(default=0)
    last_error = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("person",)
        constraints = (
            models.CheckConstraint(name="digest_every", condition=models.Q(every__in=("off", "daily", "weekly"))),
            models.CheckConstraint(name="digest_hour", condition=models.Q(hour__lt=24)),
        )

    def __str__(self) -> str:
        return f"{self.person}: {self.every}"
