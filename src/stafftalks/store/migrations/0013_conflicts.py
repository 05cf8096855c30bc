"""The conflicts that our people live with."""

from django.db import migrations, models

from stafftalks.store.migrations._guards_0013 import install


class Migration(migrations.Migration):
    dependencies = [("store", "0012_receipt_lines")]

    operations = [
        migrations.CreateModel(
            name="AcceptanceLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=26)),
                ("refs", models.BinaryField()),
                ("reason", models.TextField(blank=True)),
                ("at", models.BigIntegerField()),
                ("by", models.CharField(max_length=150)),
            ],
            options={
                "ordering": ("id",),
                "indexes": [models.Index(fields=["subject", "-id"], name="acceptance_by_subject")],
            },
        ),
        migrations.RunPython(install),
    ]
