"""Own elements, their versions and the requests to release them: the private side, which nothing that leaves ever reads."""

from django.db import models

_LIVE = models.Q(archived=False)


class Element(models.Model):
    """An own element at its current version. `search` is its title and text, folded for looking up."""

    id = models.CharField(max_length=26, primary_key=True)
    kind = models.CharField(max_length=40)
    title = models.TextField()
    contingency = models.TextField(blank=True, default="")
    version = models.CharField(max_length=52)
    raw = models.BinaryField()
    search = models.TextField(blank=True, default="")
    revised_at = models.BigIntegerField()
    revised_by = models.CharField(max_length=150)
    archived = models.BooleanField(default=False)

    class Meta:
        ordering = ("-revised_at", "id")
        indexes = (
            # Django asks `NOT archived`, which an index on the column would not answer on SQLite: so the condition is the index's.
            models.Index(fields=("-revised_at", "id"), name="element_by_time", condition=_LIVE),
            models.Index(fields=("kind", "-revised_at", "id"), name="element_by_kind", condition=_LIVE),
            models.Index(fields=("contingency", "-revised_at", "id"), name="element_by_contingency", condition=_LIVE),
            models.Index(fields=("-revised_at", "id"), name="element_away", condition=models.Q(archived=True)),
        )

    def __str__(self) -> str:
        return self.title


class Version(models.Model):
    """One version of an own element. Never changed, never deleted."""

    element = models.ForeignKey(Element, on_delete=models.PROTECT, related_name="versions")
    version = models.CharField(max_length=52)
    raw = models.BinaryField()
    at = models.BigIntegerField()
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.version


class Request(models.Model):
    """A request to release; `entry_*` say where it stands in our record once released. `search` is its title and note, folded."""

    id = models.CharField(max_length=52, primary_key=True)
    accord = models.CharField(max_length=52)
    element = models.CharField(max_length=26)
    version = models.CharField(max_length=52)
    kind = models.CharField(max_length=40)
    title = models.TextField()
    body = models.BinaryField()
    realm = models.CharField(max_length=40)
    audience = models.CharField(max_length=4096, blank=True, default="", help_text="Party codes, divided by spaces.")
    requested_by = models.CharField(max_length=150)
    requested_at = models.BigIntegerField()
    note = models.TextField(blank=True, default="")
    state = models.CharField(max_length=20, default="waiting")
    decided_by = models.CharField(max_length=150, blank=True, default="")
    decided_at = models.BigIntegerField(default=0)
    reason = models.TextField(blank=True, default="")
    entry_party = models.CharField(max_length=8, blank=True, default="")
    entry_epoch = models.CharField(max_length=26, blank=True, default="")
    entry_n = models.BigIntegerField(null=True)
    asked = models.BinaryField(default=b"")
    redactions = models.JSONField(blank=True, default=list)
    approvals = models.JSONField(blank=True, default=list)
    letters = models.JSONField(blank=True, default=list)
    follows = models.CharField(max_length=52, blank=True, default="")
    search = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("-requested_at", "id")
        indexes = (
            models.Index(fields=("state", "-requested_at", "id"), name="request_by_state"),
            models.Index(fields=("accord", "-requested_at", "id"), name="request_by_accord"),
            models.Index(fields=("element", "-requested_at", "id"), name="request_by_element"),
            models.Index(fields=("-requested_at", "id"), name="request_by_time"),
        )

    def __str__(self) -> str:
        return self.title
