"""Elements that were written from results of analyses."""

from django.db import migrations, models

from stafftalks.store.migrations._guards_0017 import install


class Migration(migrations.Migration):
    dependencies = [("store", "0016_runs")]

    operations = [
        migrations.CreateModel(
            name="WrittenLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("element", models.CharField(max_length=26, unique=True)),
                ("run", models.CharField(max_length=26)),
                ("said", models.BinaryField()),
            ],
            options={
                "ordering": ("id",),
                "indexes": [models.Index(fields=["run", "id"], name="written_by_run")],
            },
        ),
        migrations.RunPython(install),
    ]
