"""What stays home of private checks, and how much a partner may learn by them."""

import django.db.models.deletion
from django.db import migrations, models

from stafftalks.store.migrations._guards_0014 import install


class Migration(migrations.Migration):
    dependencies = [("store", "0013_conflicts")]

    operations = [
        migrations.CreateModel(
            name="BudgetLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("partner", models.CharField(max_length=8)),
                ("checks_a_week", models.PositiveIntegerField()),
                ("cooldown_s", models.BigIntegerField()),
                ("share_percent", models.PositiveIntegerField()),
                ("at", models.BigIntegerField()),
                ("by", models.CharField(max_length=150)),
            ],
            options={
                "ordering": ("id",),
                "indexes": [models.Index(fields=["partner", "-id"], name="budget_by_partner")],
            },
        ),
        migrations.CreateModel(
            name="Check",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("accord", models.CharField(max_length=52)),
                ("party", models.CharField(max_length=8)),
                ("epoch", models.CharField(max_length=26)),
                ("n", models.BigIntegerField()),
                ("by", models.CharField(max_length=150)),
                ("roles", models.JSONField()),
                ("at", models.BigIntegerField()),
                ("secret", models.BinaryField()),
                ("size", models.PositiveIntegerField()),
                ("inputs", models.BinaryField()),
                ("work", models.BinaryField()),
                ("found", models.BinaryField(null=True)),
            ],
            options={
                "ordering": ("-id",),
                "constraints": [models.UniqueConstraint(fields=("party", "epoch", "n"), name="check_once")],
            },
        ),
        migrations.CreateModel(
            name="CheckChunk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("job", models.CharField(max_length=10)),
                ("number", models.PositiveIntegerField()),
                ("points", models.BinaryField()),
                (
                    "check_of",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chunks",
                        to="store.check",
                    ),
                ),
            ],
            options={
                "ordering": ("check_of_id", "job", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("check_of", "job", "number"), name="check_chunk_once")
                ],
            },
        ),
        migrations.RunPython(install),
    ]
