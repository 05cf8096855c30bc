"""Own elements that were written from results of analyses: read by our own people's pages and the desk, and by nothing that sends."""

from django.db import models


class WrittenLine(models.Model):
    """From which run an element was written, and on what that stands. Never changed, never deleted, even where the run is forgotten."""

    element = models.CharField(max_length=26, unique=True)
    run = models.CharField(max_length=26)
    said = models.BinaryField()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("run", "id"), name="written_by_run"),)

    def __str__(self) -> str:
        return self.element
