"""What is kept of points of private checks that were dropped."""

import django.db.models.deletion
from django.db import migrations, models

from stafftalks.store.migrations._guards_0015 import install


class Migration(migrations.Migration):
    dependencies = [("store", "0014_checks")]

    operations = [
        migrations.CreateModel(
            name="DroppedPoints",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "feed_id", "n", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("n", models.BigIntegerField()),
                ("kept", models.BinaryField()),
                (
                    "feed",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.feed",
                    ),
                ),
            ],
        ),
        migrations.RunPython(install),
    ]
