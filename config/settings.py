"""All settings, from the environment only.

A variable that cannot be read stops the start with a sentence naming it; one left out has a safe default.
"""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def env_str(name: str, default: str) -> str:
    """The variable as text; an empty one counts as left out."""
    return os.environ.get(name, "").strip() or default


def env_list(name: str, default: str) -> list[str]:
    """The variable as a comma-separated list without blanks."""
    return [part.strip() for part in env_str(name, default).split(",") if part.strip()]


def env_int(name: str, default: int, *, least: int = 0) -> int:
    """The variable as a whole number of at least `least`. Raises ImproperlyConfigured otherwise."""
    text = env_str(name, str(default))
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise ImproperlyConfigured(f"环境变量 {name} 应为不小于 {least} 的整数，现在是“{text}”，请改正后再启动。")
    return int(text)


def env_bool(name: str, default: bool) -> bool:
    """The variable as yes (1/true/yes/on) or no (0/false/no/off). Raises ImproperlyConfigured otherwise."""
    text = env_str(name, "1" if default else "0").lower()
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"环境变量 {name} 应为 1 或 0，现在是“{text}”，请改正后再启动。")


def env_dir(name: str, default: Path) -> Path:
    """The variable as a folder, made when it is missing."""
    return existing(Path(env_str(name, str(default))).expanduser().resolve())


def existing(folder: Path) -> Path:
    """The folder, made when it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def env_database(name: str, *, sqlite_file: Path) -> dict[str, Any]:
    """The database of `postgres://user:password@host:port/name?option=value`, or SQLite when left out.

    An empty host means the local socket. Raises ImproperlyConfigured on any other scheme or on a missing name.
    """
    url = env_str(name, "")
    if not url:
        return sqlite_database(sqlite_file)
    parts = urlsplit(url)
    database = unquote(parts.path.lstrip("/"))
    if parts.scheme == "sqlite" and database:
        return sqlite_database(Path("/" + database))
    if parts.scheme not in {"postgres", "postgresql"} or not database:
        raise ImproperlyConfigured(
            f"环境变量 {name} 应写成 postgres://用户:密码@主机:端口/库名，现在的写法读不懂，请改正后再启动。"
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def sqlite_database(file: Path) -> dict[str, Any]:
    """SQLite in WAL with up to 64 MB of pages in memory; a transaction takes its write lock at the start, so the later
    of two waits.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536;"
            ),
        },
        "TEST": {"NAME": env_str("TEST_SQLITE_FILE", "") or None},
    }


def secret_key(folder: Path) -> str:
    """SECRET_KEY of the environment, else one made at the first start and kept in the data folder."""
    given = env_str("SECRET_KEY", "")
    if given:
        return given
    kept = folder / "secret_key"
    try:
        descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return kept.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(50))
    return kept.read_text(encoding="ascii").strip()


# --- where data is kept, and who may come in --------------------------------------------------------------

VAR_DIR = env_dir("VAR_DIR", BASE_DIR / "var")
DEBUG = env_bool("DEBUG", False)
SECRET_KEY = secret_key(VAR_DIR)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", "")

SITE_NAME = env_str("SITE_NAME", "安澜县预算绩效管理系统")

# --- applications -----------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "core.settings_config.SettingsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_fsm",
    "django_htmx",
    "import_export",
    "core",
    "budgets",
    "targets",
    "monitoring",
    "evaluation",
    "config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "core.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.RequestContext",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.home.shell",
            ],
        },
    },
]

# --- database ---------------------------------------------------------------------------------------------

DATABASES = {"default": env_database("DATABASE_URL", sqlite_file=VAR_DIR / "site.sqlite3")}

# Web processes and workers share it (progress of running jobs); several machines need Redis for that.
CACHE_URL = env_str("CACHE_URL", "")
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}
    if CACHE_URL
    else {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": VAR_DIR / "cache"}
}

# --- people -----------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "core.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

HTTPS = env_bool("HTTPS", False)
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = env_int("HSTS_SECONDS", 0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env_bool("BEHIND_PROXY", False) else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

# --- language, time ---------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# --- files ------------------------------------------------------------------------------------------------

MEDIA_ROOT = env_dir("FILES_DIR", VAR_DIR / "files")
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
MAX_UPLOAD_BYTES = env_int("MAX_UPLOAD_MB", 20, least=1) * 1024 * 1024

NODE_MODULES = BASE_DIR / "node_modules"
PDF_FONT_DIR = NODE_MODULES / "@expo-google-fonts"
STATIC_URL = "static/"
STATIC_ROOT = existing(VAR_DIR / "static")
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/bootstrap", NODE_MODULES / "bootstrap" / "dist"),
    ("vendor/icons", NODE_MODULES / "bootstrap-icons" / "font"),
    ("vendor/echarts", NODE_MODULES / "echarts" / "dist"),
]
COLLECTED_STATIC = env_bool("COLLECTED_STATIC", False)
WHITENOISE_USE_FINDERS = not COLLECTED_STATIC
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- work outside the request -----------------------------------------------------------------------------

QUEUE_DIR = env_dir("QUEUE_DIR", VAR_DIR / "queue")
CELERY_BROKER_URL = env_str("BROKER_URL", "filesystem://localhost")
if CELERY_BROKER_URL.startswith("filesystem:"):
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "data_folder_in": str(QUEUE_DIR),
        "data_folder_out": str(QUEUE_DIR),
        "control_folder": str(existing(QUEUE_DIR / "control")),
        "polling_interval": 0.2,
    }
    CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
else:
    # An unfinished message comes back once the longest job must have ended; kombu looks every 10 s.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 2 * 60 * 60, "unacked_restore_throttle": 1}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = env_int("WORKERS", 1, least=1)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_TIMEZONE = TIME_ZONE

# --- messages and log -------------------------------------------------------------------------------------

MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"
IMPORT_EXPORT_USE_TRANSACTIONS = True
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env_str("LOG_LEVEL", "WARNING").upper()},
    "loggers": {"django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
}
