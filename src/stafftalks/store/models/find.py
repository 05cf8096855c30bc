"""The catalogue: what is found by words, filters and references. Own elements and released ones never share a table here either.

On SQLite each `...listed` table has an FTS5 table of its folded words beside it, emptied by a trigger; on PostgreSQL it has a `words` column (tsvector, GIN).
Both can be rebuilt from the holdings and the records at any time; no text to show is kept here but titles.
"""

from django.db import models

from stafftalks.store.models.people import User


class OwnListed(models.Model):
    """An own element at its current version. `key` is its folded title."""

    element = models.CharField(max_length=26, unique=True)
    version = models.CharField(max_length=52)
    kind = models.CharField(max_length=64)
    title = models.TextField(blank=True, default="")
    key = models.CharField(max_length=200, blank=True, default="")
    contingency = models.TextField(blank=True, default="")
    marking = models.TextField(blank=True, default="")
    at = models.BigIntegerField()
    archived = models.BooleanField(default=False)

    class Meta:
        indexes = (
            models.Index(fields=("archived", "-at", "element"), name="own_by_time"),
            models.Index(fields=("archived", "kind", "-at", "element"), name="own_by_kind"),
            models.Index(fields=("key",), name="own_by_key"),
        )

    def __str__(self) -> str:
        return self.title


class OwnPoint(models.Model):
    """A reference that an own element holds in its current version."""

    element = models.CharField(max_length=26)
    field = models.CharField(max_length=200)
    to_party = models.CharField(max_length=8)
    to_element = models.CharField(max_length=26)

    class Meta:
        indexes = (
            models.Index(fields=("to_party", "to_element", "field"), name="own_point_to"),
            models.Index(fields=("element",), name="own_point_of"),
        )

    def __str__(self) -> str:
        return f"{self.field}: {self.to_party}/{self.to_element}"


class ReleasedListed(models.Model):
    """What stands released of an element in an accord: its newest version there. `shown` marks the newest over all accords."""

    accord = models.CharField(max_length=52)
    party = models.CharField(max_length=8)
    element = models.CharField(max_length=26)
    version = models.CharField(max_length=52)
    kind = models.CharField(max_length=64)
    title = models.TextField(blank=True, default="")
    key = models.CharField(max_length=200, blank=True, default="")
    contingency = models.TextField(blank=True, default="")
    marking = models.TextField(blank=True, default="")
    realm = models.TextField(blank=True, default="")
    at = models.BigIntegerField()
    epoch = models.CharField(max_length=26)
    n = models.BigIntegerField()
    agreed = models.BooleanField(default=False)
    shown = models.BooleanField(default=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("accord", "party", "element"), name="released_once"),)
        indexes = (
            models.Index(fields=("party", "element", "shown"), name="released_element"),
            models.Index(fields=("shown", "-at", "element"), name="released_by_time"),
            models.Index(fields=("shown", "kind", "-at", "element"), name="released_by_kind"),
            models.Index(fields=("key",), name="released_by_key"),
            models.Index(fields=("epoch", "n"), name="released_entry"),
        )

    def __str__(self) -> str:
        return self.title


class ReleasedPoint(models.Model):
    """A reference that a released element holds, in the version listed."""

    accord = models.CharField(max_length=52)
    party = models.CharField(max_length=8)
    element = models.CharField(max_length=26)
    field = models.CharField(max_length=200)
    to_party = models.CharField(max_length=8)
    to_element = models.CharField(max_length=26)

    class Meta:
        indexes = (
            models.Index(fields=("to_party", "to_element", "field"), name="released_point_to"),
            models.Index(fields=("accord", "party", "element"), name="released_point_of"),
        )

    def __str__(self) -> str:
        return f"{self.field}: {self.to_party}/{self.to_element}"


class Catalogued(models.Model):
    """How far an accord's record, or the own elements, are catalogued."""

    name = models.CharField(max_length=52, primary_key=True)
    mark = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return self.name


class SavedView(models.Model):
    """A person's named set of filters: the query of the find page. `home` puts it on their first page."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=2000)
    home = models.BooleanField(default=False)
    at = models.BigIntegerField()

    class Meta:
        ordering = ("name", "id")
        constraints = (models.UniqueConstraint(fields=("user", "name"), name="view_name_once"),)

    def __str__(self) -> str:
        return self.name
