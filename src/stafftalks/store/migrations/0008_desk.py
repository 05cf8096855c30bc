"""The desk: what was taken out of a request, who let it go and under which letters, which it asks again after, and its words to look up."""

import unicodedata

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_PART = 500


def _fold(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Requests made before this release can be looked up too."""
    requests = apps.get_model("store", "Request").objects
    part = []
    for row in requests.only("id", "title", "note").iterator(chunk_size=_PART):
        row.search = unicodedata.normalize("NFKC", f"{row.title}\n{row.note}").casefold()
        part.append(row)
        if len(part) == _PART:
            requests.bulk_update(part, ["search"])
            part = []
    requests.bulk_update(part, ["search"])


class Migration(migrations.Migration):
    dependencies = [("store", "0007_person")]

    operations = [
        migrations.AddField("request", "asked", models.BinaryField(default=b"")),
        migrations.AddField("request", "redactions", models.JSONField(blank=True, default=list)),
        migrations.AddField("request", "approvals", models.JSONField(blank=True, default=list)),
        migrations.AddField("request", "letters", models.JSONField(blank=True, default=list)),
        migrations.AddField("request", "follows", models.CharField(blank=True, default="", max_length=52)),
        migrations.AddField("request", "search", models.TextField(blank=True, default="")),
        migrations.RunPython(_fold, migrations.RunPython.noop),
    ]
