"""Notes of our own people about elements, ours or partners', and who is mentioned in them: the private side, which nothing that leaves reads.

A note names the element by party and id and holds none of its text, so that it can stay when the text was recalled.
"""

from django.db import models


class Note(models.Model):
    """A note. Written once; its author can only take it back, which empties it and leaves that it was there."""

    party = models.CharField(max_length=8)
    element = models.CharField(max_length=26)
    version = models.CharField(max_length=52, blank=True, default="")
    text = models.TextField()
    by = models.CharField(max_length=150)
    at = models.BigIntegerField()
    taken_back = models.BooleanField(default=False)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("party", "element", "id"), name="note_by_element"),)

    def __str__(self) -> str:
        return self.text


class Mention(models.Model):
    """Somebody who is named in a note; `read_at` (unix seconds) is 0 until they have read it."""

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="mentions")
    username = models.CharField(max_length=150)
    read_at = models.BigIntegerField(default=0)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("username", "-id"), name="mention_by_person"),
            models.Index(fields=("username", "-id"), name="mention_unread", condition=models.Q(read_at=0)),
        )
        constraints = (models.UniqueConstraint(fields=("note", "username"), name="mention_once"),)

    def __str__(self) -> str:
        return self.username
