"""The journal and the exchange log are chained: each line bears a number and a value over itself and the line before it."""

from django.db import migrations, models

from stafftalks.store.migrations._chain_0009 import install, link, step_aside


class Migration(migrations.Migration):
    dependencies = [("store", "0008_desk")]

    operations = [
        migrations.CreateModel(
            name="LogHead",
            fields=[
                ("log", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("size", models.BigIntegerField()),
                ("value", models.BinaryField(max_length=32)),
            ],
        ),
        migrations.RunPython(step_aside),
        migrations.AddField("journalline", "n", models.BigIntegerField(null=True)),
        migrations.AddField("journalline", "chain", models.BinaryField(max_length=32, null=True)),
        migrations.AddField("exchangeline", "n", models.BigIntegerField(null=True)),
        migrations.AddField("exchangeline", "chain", models.BinaryField(max_length=32, null=True)),
        migrations.RunPython(link),
        migrations.AlterField("journalline", "n", models.BigIntegerField(unique=True)),
        migrations.AlterField("journalline", "chain", models.BinaryField(max_length=32)),
        migrations.AlterField("exchangeline", "n", models.BigIntegerField(unique=True)),
        migrations.AlterField("exchangeline", "chain", models.BinaryField(max_length=32)),
        migrations.AddIndex("journalline", models.Index(fields=["act", "-id"], name="journal_by_act")),
        migrations.RunPython(install),
    ]
