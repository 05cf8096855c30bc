"""Marking policies that an administrator loads, and our own markings beside partners' texts."""

from django.db import migrations, models

from stafftalks.store.migrations._guards_0010 import install


class Migration(migrations.Migration):
    dependencies = [("store", "0009_chain")]

    operations = [
        migrations.CreateModel(
            name="PolicyLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=200)),
                ("name", models.CharField(max_length=200)),
                ("kind", models.CharField(blank=True, max_length=5)),
                ("raw", models.BinaryField()),
                ("at", models.BigIntegerField()),
                ("by", models.CharField(max_length=150)),
            ],
            options={
                "ordering": ("id",),
                "indexes": [models.Index(fields=["key", "-id"], name="policy_by_name")],
            },
        ),
        migrations.CreateModel(
            name="BesideLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("party", models.CharField(max_length=8)),
                ("element", models.CharField(max_length=26)),
                ("version", models.CharField(max_length=52)),
                ("marking", models.BinaryField()),
                ("at", models.BigIntegerField()),
                ("by", models.CharField(max_length=150)),
            ],
            options={
                "ordering": ("id",),
                "indexes": [models.Index(fields=["version", "-id"], name="beside_by_version")],
            },
        ),
        migrations.RunPython(install),
    ]
