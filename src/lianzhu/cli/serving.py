"""Serving a town: static files once per version, a worker beside, the web server in front."""

import hashlib
import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels


def collect_static() -> None:
    """Hash and compress the static files; skipped when nothing changed since the last start."""
    known = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            known.update(f"{path} {stat.st_size} {stat.st_mtime_ns}".encode())
    stamp = Path(settings.DATA_DIR) / "static.stamp"
    if stamp.exists() and stamp.read_text() == known.hexdigest():
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(known.hexdigest())


def serve(host: str, port: int) -> int:
    """Run the web server and the worker until interrupted; returns the exit status."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "lianzhu", "manage", "work"],
        env={**os.environ, "LIANZHU_DATA": str(settings.DATA_DIR), "LIANZHU_PARENT": str(os.getpid())},
    )
    # A plain kill must end the worker too; granian itself handles an interrupt.
    signal.signal(signal.SIGTERM, lambda *_args: os.kill(os.getpid(), signal.SIGINT))
    # Building the demo has started Polars' threads; a forked server process would wait for them for ever.
    multiprocessing.set_start_method("spawn", force=True)
    try:
        Granian(
            "lianzhu.config.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=2,
            blocking_threads=4,
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
        ).serve()
    finally:
        worker.terminate()
        worker.wait(timeout=10)
    return 0
