"""All settings: environment variables with safe defaults (rapport/runtime/options.py lists them)."""

import os

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from rapport.runtime import addresses, options
from rapport.runtime.folders import PACKAGE, data_folder, secret_key

# pytest says that it runs; a web process says so itself (rapport/asgi.py).
IS_TEST = "PYTEST_VERSION" in os.environ
IS_WEB = os.environ.get("RAPPORT_PROCESS") == "web"
DATA = data_folder()

DEBUG = False
SECRET_KEY = secret_key()
DATABASES = {"default": addresses.database(options.DATABASE_URL.value() or addresses.own_database(DATA))}
REPLICA = addresses.replica(options.REPLICA_URL.value())  # read by rapport/runtime/replica.py alone
REPLICA_WAIT = options.REPLICA_WAIT.value()
if IS_WEB:
    # A request waits this long for a restarting database before it gets the page that says so.
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 1, "max_size": options.DB_POOL.value(), "timeout": 8, "reconnect_timeout": 4, "max_idle": 300,
    }  # fmt: skip

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "rapport.runtime",
    "rapport.ui",
    "rapport.accounts",
    "rapport.kernel",
    "rapport.parties",
    "rapport.activities",
    "rapport.sales",
    "rapport.api",
    "rapport.demo",
]
MIDDLEWARE = [
    "rapport.runtime.observing.requests.Observed",
    "django.middleware.security.SecurityMiddleware",
    "rapport.runtime.headers.Headers",
    "rapport.runtime.compression.Compressed",
    "csp.middleware.CSPMiddleware",
    "rapport.runtime.health.LostDatabase",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "rapport.accounts.viewing.middleware.ViewingAs",
    "rapport.accounts.second_factor.middleware.SecondFactorFirst",
    "rapport.accounts.middleware.Preferences",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "rapport.kernel.pages.middleware.Refusals",
]
ROOT_URLCONF = "rapport.urls"
ASGI_APPLICATION = "rapport.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [PACKAGE],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "rapport.ui.jinja.environment",
            "context_processors": [
                "django.template.context_processors.request",
                "rapport.ui.shell.shell",
                "rapport.accounts.settings_pages.settings_menu",
            ],
        },
    },
]

AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ["email", "name"]}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]  # fmt: skip

# Sign-in: by e-mail only, nobody signs himself up, and accounts/signin/throttle.py counts the tries.
AUTHENTICATION_BACKENDS = ["rapport.accounts.backend.Backend"]
PROXIES = options.PROXIES.value()
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "rapport.accounts.sessions.store"
SESSION_COOKIE_AGE = 30 * 24 * 60 * 60  # for who stays signed in; all others until the browser closes

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [PACKAGE / "locale"]

# How people reach us, and what follows from it for cookies and redirects.
ALLOWED_HOSTS = addresses.hosts()
_url = options.URL.value()
CSRF_TRUSTED_ORIGINS = [_url.rstrip("/")] if _url else []
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _url.startswith("https://")
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True  # our scripts read the token from the page
# Strict would lose who comes back from the company sign-in.
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "rapport.ui.errors.pages.bad_csrf"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
if options.PROXIES.value():
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE
    SECURE_REDIRECT_EXEMPT = [r"^health(/|$)", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SESSION_COOKIE_SECURE else 0

_mail = addresses.mail(options.MAIL_URL.value())
EMAIL_BACKEND = _mail.backend
EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.starttls, _mail.tls
EMAIL_TIMEOUT = 20
EMAIL_FILE_PATH = DATA.mail  # while no mail server is set
DEFAULT_FROM_EMAIL = SERVER_EMAIL = options.MAIL_FROM.value()

# Every module named `jobs`, at any depth: jobs are found by themselves, as pages are.
PROCRASTINATE_IMPORT_PATHS = [
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    for path in sorted(PACKAGE.rglob("jobs.py"))
]

MEDIA_ROOT = DATA.files
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
LARGEST_FILE = options.MAX_FILE_MB.value() * 2**20
MAP_URL = options.MAP_URL.value()
LIVE = True  # pages that are open are told what changes
LARGEST_BODY = max(LARGEST_FILE, 250_000_000) + 32 * 2**20  # a file to import, and the rest of its form
# Text that is too long for its field shall get a sentence from the field, not a bare error from here.
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 2**20
STATIC_ROOT = DATA.static
STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if IS_TEST
        else "rapport.runtime.assets.HashedFiles"
    },
}
STATIC_FOREVER = r"(/chunk-[A-Z0-9]{8}\.js|\.[0-9a-f]{12}\.\w+)$"  # see runtime/assets.py
STATICFILES_DIRS = [("dist", PACKAGE / "ui" / "static" / "dist")]

# What is seen from outside: rapport/runtime/observing.
SLOW_QUERY_MS = options.SLOW_QUERY_MS.value()
METRICS_FOLDER = DATA.metrics
METRICS_TOKEN = options.METRICS_TOKEN.value()

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE], "script-src": [SELF], "style-src": [SELF], "img-src": [SELF, "data:"],
        "font-src": [SELF], "connect-src": [SELF], "worker-src": [SELF], "manifest-src": [SELF],
        "form-action": [SELF], "base-uri": [NONE], "frame-ancestors": [NONE],
    }
}  # fmt: skip

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "rapport.runtime.observing.logs.Line", "kind": options.LOG.value()},
    },
    "filters": {
        "one_line": {"()": "rapport.runtime.health.OneLine"},
        "discreet": {"()": "rapport.runtime.observing.logs.Discreet"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["one_line", "discreet"],
        },
    },
    "root": {"handlers": ["console"], "level": options.LOG_LEVEL.value()},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # Warnings of these two are every unknown address and every attempt to connect.
        "django.request": {"level": "ERROR"},
        "psycopg.pool": {"level": "ERROR"},
        "procrastinate": {"level": "WARNING"},
        "fido2": {"level": "WARNING"},
    },
}
