"""Notes of our own people about elements, with mentions; they stay at home."""

import django.db.models.deletion
from django.db import migrations, models

from stafftalks.store.migrations._guards_0005 import install


class Migration(migrations.Migration):
    dependencies = [("store", "0004_writing")]

    operations = [
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("party", models.CharField(max_length=8)),
                ("element", models.CharField(max_length=26)),
                ("version", models.CharField(blank=True, default="", max_length=52)),
                ("text", models.TextField()),
                ("by", models.CharField(max_length=150)),
                ("at", models.BigIntegerField()),
                ("taken_back", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ("id",),
                "indexes": [models.Index(fields=["party", "element", "id"], name="note_by_element")],
            },
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("username", models.CharField(max_length=150)),
                ("read_at", models.BigIntegerField(default=0)),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="mentions", to="store.note"
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [
                    models.Index(fields=["username", "-id"], name="mention_by_person"),
                    models.Index(condition=models.Q(("read_at", 0)), fields=["username", "-id"], name="mention_unread"),
                ],
                "constraints": [models.UniqueConstraint(fields=("note", "username"), name="mention_once")],
            },
        ),
        migrations.RunPython(install),
    ]
