"""Writing: what is being typed, which forms stand open, what was seen, and the mail that a person asked for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0003_find")]

    operations = [
        migrations.CreateModel(
            name="Digest",
            fields=[
                ("person", models.CharField(max_length=150, primary_key=True, serialize=False)),
                ("every", models.CharField(default="off", max_length=6)),
                ("hour", models.PositiveSmallIntegerField(default=6)),
                ("period", models.CharField(blank=True, default="", max_length=10)),
                ("since", models.BigIntegerField(default=0)),
                ("sent_at", models.BigIntegerField(default=0)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("next_try_at", models.BigIntegerField(default=0)),
                ("last_error", models.TextField(blank=True, default="")),
            ],
            options={
                "ordering": ("person",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("every__in", ("off", "daily", "weekly"))), name="digest_every"
                    ),
                    models.CheckConstraint(condition=models.Q(("hour__lt", 24)), name="digest_hour"),
                ],
            },
        ),
        migrations.CreateModel(
            name="KeptForm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person", models.CharField(max_length=150)),
                ("form", models.CharField(max_length=500)),
                ("based_on", models.CharField(blank=True, default="", max_length=52)),
                ("fields", models.TextField()),
                ("at", models.BigIntegerField()),
            ],
            options={
                "ordering": ("-at", "id"),
                "indexes": [models.Index(fields=["at"], name="kept_by_time")],
                "constraints": [models.UniqueConstraint(fields=("person", "form"), name="kept_once")],
            },
        ),
        migrations.CreateModel(
            name="OpenForm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person", models.CharField(max_length=150)),
                ("element", models.CharField(max_length=26)),
                ("opened_at", models.BigIntegerField()),
                ("alive_at", models.BigIntegerField(default=0)),
                ("typed_at", models.BigIntegerField(default=0)),
            ],
            options={
                "ordering": ("element", "person"),
                "constraints": [models.UniqueConstraint(fields=("element", "person"), name="open_once")],
            },
        ),
        migrations.CreateModel(
            name="SeenMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person", models.CharField(max_length=150)),
                ("target", models.CharField(max_length=200)),
                ("at", models.BigIntegerField()),
            ],
            options={
                "ordering": ("person", "target"),
                "constraints": [models.UniqueConstraint(fields=("person", "target"), name="seen_once")],
            },
        ),
    ]
