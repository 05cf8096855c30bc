"""The Django app: every connection is made to keep what it was told to keep before it is used."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from stafftalks.store.durability import prepare


class StoreConfig(AppConfig):
    """The app `store`."""

    name = "stafftalks.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hooks the durability settings to every new connection, and the journal to signing in."""
        from stafftalks.store import signing_in  # its models need the app

        connection_created.connect(prepare, dispatch_uid="stafftalks.store.durability")
        signing_in.listen()
