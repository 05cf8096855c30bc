"""Tables being brought in, with how far they have come."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0005_notes")]

    operations = [
        migrations.CreateModel(
            name="Table",
            fields=[
                ("id", models.CharField(max_length=26, primary_key=True, serialize=False)),
                ("owner", models.CharField(max_length=150)),
                ("state", models.CharField(max_length=20)),
                ("at", models.BigIntegerField()),
                ("details", models.BinaryField()),
                ("source", models.BinaryField(default=b"")),
            ],
            options={
                "ordering": ("-at", "id"),
                "indexes": [
                    models.Index(fields=["owner", "-at", "id"], name="table_by_owner"),
                    models.Index(fields=["state"], name="table_by_state"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TableMatching",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=100)),
                ("columns", models.JSONField()),
                ("by", models.CharField(max_length=150)),
                ("at", models.BigIntegerField()),
            ],
            options={
                "ordering": ("kind", "name"),
                "constraints": [models.UniqueConstraint(fields=("kind", "name"), name="table_matching_once")],
            },
        ),
        migrations.CreateModel(
            name="TablePart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("faulty", models.PositiveIntegerField(default=0)),
                ("known", models.PositiveIntegerField(default=0)),
                ("left", models.PositiveIntegerField(default=0)),
                ("lines", models.BinaryField()),
                (
                    "table",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="store.table",
                    ),
                ),
            ],
            options={
                "ordering": ("table_id", "number"),
                "constraints": [models.UniqueConstraint(fields=("table", "number"), name="table_part_once")],
            },
        ),
    ]
