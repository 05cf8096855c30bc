"""Long analyses as runs."""

from django.db import migrations, models

from stafftalks.store.migrations._guards_0016 import install


class Migration(migrations.Migration):
    dependencies = [("store", "0015_dropped_points")]

    operations = [
        migrations.CreateModel(
            name="Run",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("run", models.CharField(max_length=26, unique=True)),
                ("analysis", models.CharField(max_length=12)),
                ("by", models.CharField(max_length=150)),
                ("at", models.BigIntegerField()),
                ("asked", models.BinaryField()),
                ("problem", models.BinaryField()),
                ("state", models.CharField(max_length=8)),
                ("stands", models.BinaryField()),
                ("answer", models.BinaryField(null=True)),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [models.Index(fields=["state", "id"], name="run_by_state")],
            },
        ),
        migrations.RunPython(install),
    ]
