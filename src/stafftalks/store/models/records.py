"""Records as held here: accords, feeds, entries and their slips, and what partners said they hold.

An entry's key is (feed, n): nothing here is numbered across feeds. The database refuses changes, deletions and gaps; see
`migrations/_guards_0001.py`. Entries and slips have no foreign-key constraint because their guards check the same, once a
statement and not once a row.
"""

from django.db import models


class Accord(models.Model):
    """An accord; its id is the hash of its charter. Never changed, never deleted."""

    id = models.CharField(max_length=52, primary_key=True)
    charter = models.BinaryField()
    opened_at = models.BigIntegerField()

    class Meta:
        ordering = ("opened_at", "id")

    def __str__(self) -> str:
        return self.id


class Feed(models.Model):
    """One party's record in one accord in one epoch. `number` is this table's own and never leaves."""

    number = models.BigAutoField(primary_key=True)
    accord = models.ForeignKey(Accord, on_delete=models.PROTECT, related_name="feeds", db_index=False)
    party = models.CharField(max_length=8)
    epoch = models.CharField(max_length=26)
    ordinal = models.PositiveIntegerField()
    public_key = models.BinaryField()
    certificate = models.BinaryField()
    size = models.BigIntegerField(default=0)
    frontier = models.BinaryField()
    note = models.BinaryField(default=b"")
    frozen = models.TextField(blank=True, default="")
    evidence = models.BinaryField(default=b"")
    frozen_at = models.BigIntegerField(default=0)
    closed = models.BooleanField(default=False)

    class Meta:
        ordering = ("party", "ordinal", "epoch")
        constraints = (models.UniqueConstraint(fields=("accord", "party", "epoch"), name="feed_once"),)

    def __str__(self) -> str:
        return f"{self.accord_id}/{self.party}/{self.epoch}"


class Entry(models.Model):
    """One entry's leaf and its hash, at position `n` of its feed."""

    pk = models.CompositePrimaryKey("feed_id", "n")
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    n = models.BigIntegerField()
    leaf = models.BinaryField()
    leaf_hash = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.feed_id}#{self.n}"


class Slip(models.Model):
    """The salted body of an entry, and who may be given it. Once cleared the payload is gone and cannot come back."""

    pk = models.CompositePrimaryKey("feed_id", "n")
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    n = models.BigIntegerField()
    payload = models.BinaryField(null=True)
    cleared = models.BooleanField(default=False)
    audience = models.CharField(max_length=4096, blank=True, default="", help_text="Party codes, divided by spaces.")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="slip_cleared_or_held",
                condition=models.Q(cleared=True, payload__isnull=True) | models.Q(cleared=False, payload__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.feed_id}#{self.n}"


class DroppedPoints(models.Model):
    """What is kept of points of a private check whose slip was cleared because nobody can need it. Never changed, never deleted."""

    pk = models.CompositePrimaryKey("feed_id", "n")
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    n = models.BigIntegerField()
    kept = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.feed_id}#{self.n}"


class Receipt(models.Model):
    """A cosignature seen on a head of a feed: `party` held everything below `size` at `at`. Never changed, never deleted.

    `line` is the cosignature itself, as it stands in a signed note; None where it came before lines were kept.
    """

    pk = models.CompositePrimaryKey("feed_id", "size", "party", "at")
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="+", db_index=False)
    size = models.BigIntegerField()
    party = models.CharField(max_length=8)
    at = models.BigIntegerField()
    line = models.BinaryField(null=True)

    def __str__(self) -> str:
        return f"{self.party} held {self.size} of {self.feed_id}"


class Holding(models.Model):
    """What a partner last said it holds of one feed, and how far it has given us its own."""

    partner = models.CharField(max_length=8)
    accord = models.CharField(max_length=52)
    origin = models.CharField(max_length=160)
    size = models.BigIntegerField()
    note = models.BinaryField(default=b"")
    conflict = models.BooleanField(default=False)
    given = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("partner", "accord", "origin"), name="holding_once"),)

    def __str__(self) -> str:
        return f"{self.partner} holds {self.size} of {self.origin}"


class Change(models.Model):
    """A single row that counts slips cleared or added late and feeds frozen, so that sheets folded before are known to be stale."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.CheckConstraint(name="change_single_row", condition=models.Q(id=1)),)

    def __str__(self) -> str:
        return str(self.count)
