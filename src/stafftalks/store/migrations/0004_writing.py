"""Writing: what is being typed, what was seen, what a person set for themselves."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("store", "0003_find")]

    operations = []
