"""The product's settings over a throw-away headquarters' folder: no test ever reads or writes a real one.

DATABASE_URL is honoured, so the same tests run on PostgreSQL; without it they run on SQLite in a file, as in production.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_FOLDER = Path(tempfile.mkdtemp(prefix="stafftalks-tests-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
os.environ["STAFFTALKS_HOME"] = str(_FOLDER / "hq")

from stafftalks.site.settings import *  # noqa: E402, F403 - the folder must be named first
from stafftalks.site.settings import DATABASES  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(_FOLDER / "tests.sqlite3")}
# Scrypt is slow on purpose; tests sign in hundreds of times.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
