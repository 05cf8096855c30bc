"""Tables that people bring in, until they are thrown away: at home only, and read by nothing that leaves."""

from django.db import models


class Table(models.Model):
    """One table under way; `details` is a `TableRow` as JSON, `source` what was sent until it has been read."""

    id = models.CharField(max_length=26, primary_key=True)
    owner = models.CharField(max_length=150)
    state = models.CharField(max_length=20)
    at = models.BigIntegerField()
    details = models.BinaryField()
    source = models.BinaryField(default=b"")

    class Meta:
        ordering = ("-at", "id")
        indexes = (
            models.Index(fields=("owner", "-at", "id"), name="table_by_owner"),
            models.Index(fields=("state",), name="table_by_state"),
        )

    def __str__(self) -> str:
        return self.id


class TablePart(models.Model):
    """Some hundred rows of a table, with what the check found in them and what became of them; `lines` as JSON."""

    table = models.ForeignKey(Table, on_delete=models.CASCADE, related_name="parts", db_index=False)
    number = models.PositiveIntegerField()
    faulty = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    lines = models.BinaryField()

    class Meta:
        ordering = ("table_id", "number")
        constraints = (models.UniqueConstraint(fields=("table", "number"), name="table_part_once"),)

    def __str__(self) -> str:
        return f"{self.table_id}/{self.number}"


class TableMatching(models.Model):
    """Which headings fill which fields, kept by name for the next table like it; shared by the people of this headquarters."""

    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    columns = models.JSONField()
    by = models.CharField(max_length=150)
    at = models.BigIntegerField()

    class Meta:
        ordering = ("kind", "name")
        constraints = (models.UniqueConstraint(fields=("kind", "name"), name="table_matching_once"),)

    def __str__(self) -> str:
        return self.name
