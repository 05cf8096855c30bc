"""Django settings of one headquarters: everything that differs between installations comes from its folder or the environment.

STAFFTALKS_HOME names the headquarters' folder; DATABASE_URL (postgresql://user:password@host:port/name) puts its tables on PostgreSQL,
otherwise they are in `stafftalks.sqlite3` in that folder.
"""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from stafftalks.site.home import Home

HOME = Home(Path(os.environ.get("STAFFTALKS_HOME", "stafftalks-hq")))
_CONFIG = HOME.config()

SECRET_KEY = HOME.secret()
DEBUG = False
ALLOWED_HOSTS = list(_CONFIG.web_hosts)
CSRF_TRUSTED_ORIGINS = [origin for origin in _CONFIG.web_origins if origin.startswith("http")]

INSTALLED_APPS = [
    # First, so that its sign-in pages stand in place of those that allauth brings.
    "stafftalks.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "stafftalks.store",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "stafftalks.web.middleware.GuardMiddleware",
    "stafftalks.web.keeping.KeepingMiddleware",
]
ROOT_URLCONF = "stafftalks.web.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "stafftalks.web.context.headquarters",
            ],
        },
    }
]
WSGI_APPLICATION = "stafftalks.site.wsgi.application"


def _database(url: str) -> dict[str, object]:
    """The DATABASES entry for `url`; SQLite in the headquarters' folder where it is empty."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HOME.database,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON; PRAGMA foreign_keys=ON;",
            },
        }
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.pop("host", "")) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "OPTIONS": query,
    }


DATABASES = {"default": _database(os.environ.get("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "store.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "stafftalks.web.accounts.ClosedAccountAdapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("he", "עברית"), ("ar", "العربية")]
USE_I18N = True
FORMAT_MODULE_PATH = ["stafftalks.web.formats"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = None  # served from the wheel itself: nothing is collected
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _CONFIG.web_secure
CSRF_FAILURE_VIEW = "stafftalks.web.typed.forged"
CSRF_COOKIE_SECURE = _CONFIG.web_secure
SESSION_COOKIE_NAME = _CONFIG.cookie_name("session")
CSRF_COOKIE_NAME = _CONFIG.cookie_name("csrf")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 50_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Mail is off unless the administrator named a server for it.
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _CONFIG.smtp_host else 'dummy'}.EmailBackend"
EMAIL_HOST = _CONFIG.smtp_host
EMAIL_PORT = _CONFIG.smtp_port
EMAIL_USE_TLS = _CONFIG.smtp_security == "starttls"
EMAIL_USE_SSL = _CONFIG.smtp_security == "tls"
EMAIL_HOST_USER = _CONFIG.smtp_user
EMAIL_HOST_PASSWORD = HOME.smtp_password()
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = _CONFIG.smtp_from
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("STAFFTALKS_LOG", "WARNING")},
}
