"""The settings of this host; each of its requests is one transaction."""

import os
import secrets

DATABASE = os.environ.get("HOST_DATABASE", "django_host.db")

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATABASE,
        # SQLite has one writer at a time: each request waits for its turn.
        "OPTIONS": {"transaction_mode": "IMMEDIATE"},
        "ATOMIC_REQUESTS": True,
        # The tracker opens the database too, which it could not in another process's memory.
        "TEST": {"NAME": f"{DATABASE}.test"},
    }
}
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
AUTH_USER_MODEL = "product.Staff"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "product"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "product.recovery.Refusals",
]
ROOT_URLCONF = "product.urls"
SECRET_KEY = os.environ.get("HOST_SECRET") or secrets.token_hex()
USE_TZ = True
