"""Receipts keep the cosignature itself, so that proofs can carry the earliest; how far the logs were sent to what collects events."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0011_readers")]

    operations = [
        # Null, so that SQLite adds a column and makes no table anew: the guards stay.
        migrations.AddField("receipt", "line", models.BinaryField(null=True)),
        migrations.CreateModel(
            name="LogSent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("log", models.CharField(max_length=20)),
                ("target", models.CharField(max_length=300)),
                ("size", models.BigIntegerField(default=0)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("next_try_at", models.BigIntegerField(default=0)),
                ("last_error", models.TextField(blank=True, default="")),
                ("last_ok_at", models.BigIntegerField(default=0)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("log", "target"), name="log_sent_once")]},
        ),
    ]
