"""Tables being brought in, with how far they have come."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("store", "0005_notes")]

    operations = []
