"""What a person chooses for itself: look, density, shortcuts; the language has been there from the start."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0006_tables")]

    operations = [
        migrations.AddField("user", "look", models.CharField(blank=True, default="", max_length=10)),
        migrations.AddField("user", "density", models.CharField(blank=True, default="", max_length=10)),
        migrations.AddField("user", "keys_off", models.JSONField(blank=True, default=list)),
    ]
