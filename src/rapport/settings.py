"""Settings of an installation, from the environment alone; what a business decides lives on the settings pages.

Everything works with nothing set. With `RAPPORT_DEBUG=1` pages show tracebacks; leave it out in production.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from rapport.runtime import home, postgres


def text(name: str, default: str = "") -> str:
    """Read a text setting."""
    return os.environ.get(name, default).strip()


def flag(name: str, *, default: bool = False) -> bool:
    """Read a yes-or-no setting; raises `ImproperlyConfigured` for anything else."""
    value = text(name, "1" if default else "0").lower()
    if value not in {"0", "1", "true", "false", "yes", "no"}:
        raise ImproperlyConfigured(f"{name} must be 0 or 1")
    return value in {"1", "true", "yes"}


def number(name: str, default: int) -> int:
    """Read a whole number; raises `ImproperlyConfigured` for anything else."""
    try:
        return int(text(name, str(default)))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number") from error


def listed(name: str, default: str = "") -> list[str]:
    """Read a list of texts separated by commas."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def database(url: str) -> dict[str, Any]:
    """Return Django's settings for a `postgresql://user:password@host:port/name?option=value` address."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql://")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "rapport.kernel.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "rapport",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


HOME = home.current()
DEBUG = flag("RAPPORT_DEBUG")
TESTING = flag("RAPPORT_TESTING")
SECRET_KEY = text("RAPPORT_SECRET_KEY") or HOME.secret_key()
ALLOWED_HOSTS = listed("RAPPORT_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = listed("RAPPORT_ORIGINS")
HTTPS = flag("RAPPORT_HTTPS")
# where links in mails lead that no request asked for
ORIGIN = text("RAPPORT_ORIGIN") or next(iter(CSRF_TRUSTED_ORIGINS), f"http://{ALLOWED_HOSTS[0]}:8000")
LIVE_URL = text("RAPPORT_LIVE_URL")
LIVE_PORT = number("RAPPORT_LIVE_PORT", 0)  # `rapport serve` tells
DATABASE_URL = text("DATABASE_URL") or postgres.embedded_url(HOME)
DATABASES = {"default": database(DATABASE_URL)}

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "procrastinate.contrib.django",
    "rapport.kernel",
    "rapport.ui",
    "rapport.team",
    "rapport.customers",
    "rapport.timeline",
    "rapport.promises",
    "rapport.commerce",
    "rapport.conversations",
    "rapport.knowledge",
    "rapport.service",
    "rapport.feedback",
    "rapport.calls",
    "rapport.meetings",
    "rapport.marketing",
    "rapport.objects",
    "rapport.insight",
    "rapport.imports",
    "rapport.connectors.mail",
    "rapport.connectors.phone",
    "rapport.connectors.caldav",
    "rapport.demo",
    "rapport.portal",
    "rapport.staff",
    "rapport.api",
    "allauth",  # after the staff pages, whose templates take the place of its own
    "allauth.account",
    "allauth.mfa",
    *(["rapport.testing.ground"] if TESTING else []),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "rapport.ui.security.SecurityHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "rapport.ui.toasts.ToastMiddleware",
    "rapport.team.middleware.ActorMiddleware",
    "rapport.staff.middleware.StaffDoor",
    "rapport.staff.middleware.Refusals",
]

ROOT_URLCONF = "rapport.urls"
WSGI_APPLICATION = "rapport.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "rapport.ui.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "rapport.ui.context.shell",
                "rapport.staff.context.installation",
                "rapport.portal.context.frame",
            ],
        },
    }
]
FORM_RENDERER = "rapport.ui.forms.Renderer"

AUTH_USER_MODEL = "team.User"
AUTHENTICATION_BACKENDS = ["rapport.team.sign_in.StaffBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_HASHERS = [
    *(["django.contrib.auth.hashers.MD5PasswordHasher"] if TESTING else []),
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "rapport.team.sign_in.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Rapport"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are those an administrator entered

LAKE_MEMORY = number("RAPPORT_LAKE_MEMORY", 0)
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("pt", _("Portuguese")),
    ("de", _("German")),
    ("fr", _("French")),
    ("es", _("Spanish")),
]
LOCALE_PATHS = [Path(__file__).parent / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = HOME.static
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG or TESTING  # looks for a file once it is asked for
MEDIA_ROOT = HOME.files
FILE_UPLOAD_TEMP_DIR = HOME.temporary
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

SESSION_ENGINE = "rapport.team.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = text("RAPPORT_SMTP_HOST", "localhost")
SENDS_MAIL = bool(text("RAPPORT_SMTP_HOST")) or TESTING
EMAIL_PORT = number("RAPPORT_SMTP_PORT", 25)
EMAIL_HOST_USER = text("RAPPORT_SMTP_USER")
EMAIL_HOST_PASSWORD = text("RAPPORT_SMTP_PASSWORD")
EMAIL_USE_TLS = flag("RAPPORT_SMTP_TLS")
DEFAULT_FROM_EMAIL = text("RAPPORT_MAIL_FROM", "rapport@localhost")

# by which way the messages of a channel leave; see rapport.conversations.gateways
GATEWAYS = {
    "email": "rapport.connectors.mail.gateway.MailGateway",
    "form": "rapport.connectors.mail.gateway.MailGateway",  # who wrote by a form reads the answer in their mail
    "chat": "rapport.connectors.mail.chat.ChatGateway",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"one_line": {"()": "rapport.runtime.failures.OneLine"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["one_line"]}},
    "root": {"handlers": ["console"], "level": text("RAPPORT_LOG_LEVEL", "WARNING")},
}
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
