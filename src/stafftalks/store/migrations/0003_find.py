"""Finding: what is indexed of own and of released elements, and saved views."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("store", "0002_holding_given")]

    operations = []
