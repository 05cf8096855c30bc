"""What a person sets for themselves: look, density, language, digest."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("store", "0006_tables")]

    operations = []
