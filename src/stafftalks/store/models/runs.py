"""Long analyses as they stand at home: read by nothing but what reckons them, and by our own people's pages."""

from django.db import models


class Run(models.Model):
    """One run. What was asked, what it stands on and the problem never change; it can only be forgotten whole."""

    run = models.CharField(max_length=26, unique=True)
    analysis = models.CharField(max_length=12)
    by = models.CharField(max_length=150)
    at = models.BigIntegerField()
    asked = models.BinaryField()
    problem = models.BinaryField()
    state = models.CharField(max_length=8)
    stands = models.BinaryField()
    answer = models.BinaryField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("state", "id"), name="run_by_state"),)

    def __str__(self) -> str:
        return self.run
