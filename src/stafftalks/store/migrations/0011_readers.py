"""Who of our own people has opened which exact version that a partner released to us."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0010_labels")]

    operations = [
        migrations.CreateModel(
            name="ReadMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("about", models.CharField(max_length=96)),
                ("person", models.CharField(max_length=150)),
                ("at", models.BigIntegerField()),
            ],
            options={
                "ordering": ("about", "person"),
                "constraints": [models.UniqueConstraint(fields=("about", "person"), name="read_once")],
            },
        ),
    ]
