"""The people's pages as a WSGI application, for those who serve them behind a server of their own; the sender then needs a process too."""

import os
from pathlib import Path

from django.core.wsgi import get_wsgi_application

from stafftalks.site import wiring

wiring.open_home(Path(os.environ.get("STAFFTALKS_HOME", "stafftalks-hq")))
application = get_wsgi_application()
