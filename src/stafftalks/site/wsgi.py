"""The people's pages as a WSGI application."""

import django
from django.core.wsgi import get_wsgi_application

from stafftalks.site import wiring

django.setup(set_prefix=False)
wiring.install()
application = get_wsgi_application()
