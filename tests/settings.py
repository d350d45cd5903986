"""The settings of the test run: the real ones, read from an environment that this file has cleared first."""

import os
import tempfile

for name in (
    "ALLOWED_HOSTS",
    "BEHIND_PROXY",
    "BROKER_URL",
    "CACHE_URL",
    "COLLECTED_STATIC",
    "CSRF_TRUSTED_ORIGINS",
    "DEBUG",
    "FILES_DIR",
    "HSTS_SECONDS",
    "HTTPS",
    "LOG_LEVEL",
    "MAX_UPLOAD_MB",
    "QUEUE_DIR",
    "WORKERS",
):
    os.environ.pop(name, None)

# Test processes started by this one share its folder, and leave the site's own data alone.
TEST_VAR_DIR = os.environ.setdefault("TEST_VAR_DIR", tempfile.mkdtemp(prefix="budget-test-"))
os.environ["VAR_DIR"] = TEST_VAR_DIR
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "")

from config.settings import *  # noqa: E402, F403
from config.settings import CACHES, DATABASES, VAR_DIR  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

CACHES["default"]["LOCATION"] = VAR_DIR / f"cache-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"

database = DATABASES["default"]
if database["ENGINE"] == "django.db.backends.sqlite3":
    # A file, not memory: only then do two connections meet each other's locks as they do on a real site.
    database["TEST"]["NAME"] = str(VAR_DIR / "test.sqlite3")
    database["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;"
    )
else:
    database["TEST"] = {"NAME": f"test_{database['NAME']}_{VAR_DIR.name.rpartition('-')[2]}"}
