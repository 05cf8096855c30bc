"""Notes of our own people about elements, with mentions; they stay at home."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("store", "0004_writing")]

    operations = []
