"""kill -9 in the middle of an import: no half batch, nothing acknowledged is lost, the audit chain holds.

A kill is no power cut; that the disk has what was committed is SQLite's promise with synchronous=FULL.
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection
from tests import workbooks

ROOT = Path(__file__).resolve().parents[3]
KILLS = 50 if os.environ.get("CI") == "true" else 5
FIRMS = 60
SETUP = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests import factories
from lianzhu.apps.enterprises.models import Role
office = factories.person(Role.OFFICE, in_chain=factories.chain())
office.username = "office"; office.save()
"""


@pytest.mark.slow
@pytest.mark.skipif(connection.vendor != "sqlite", reason="kills the process that holds the embedded database")
def test_killed_during_apply(tmp_path):
    environment = {
        **os.environ,
        "LIANZHU_DATA": str(tmp_path / "data"),
        "DJANGO_SETTINGS_MODULE": "lianzhu.config.settings",
        "PYTHONPATH": str(ROOT),
    }
    subprocess.run([sys.executable, "-c", SETUP], env=environment, cwd=ROOT, check=True)
    files = []
    for number in range(KILLS * 6):
        rows = [["企业名称", "统一社会信用代码", "2025年末职工人数"]]
        rows += [[f"第{n}号设备有限公司", workbooks.code(n + 1), number * 1000 + n] for n in range(FIRMS)]
        files.append(str(workbooks.write(tmp_path / f"{number}.xlsx", rows)))
    acknowledged: list[int] = []
    chance = random.Random(7)
    at = 0
    for _kill in range(KILLS):
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.apps.enterprises.kill_worker", *files[at:]],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert worker.stdout is not None
        assert worker.stdout.readline().strip() == "ready"
        time.sleep(chance.uniform(0.05, 1.2))
        worker.send_signal(signal.SIGKILL)
        for line in worker.stdout.read().splitlines():
            acknowledged.append(int(line.split()[1]))
        worker.wait()
        at += 2
        _look(tmp_path / "data" / "lianzhu.sqlite3", acknowledged)
    verdict = subprocess.run(
        [sys.executable, "-m", "django", "verify_audit"], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    assert "chain intact" in verdict.stdout, verdict.stderr


def _look(path: Path, acknowledged: list[int]) -> None:
    """No torn batch, no lost word, no two current values."""
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        states = dict(database.execute("SELECT id, state FROM enterprises_importbatch"))
        assert all(states[batch] == "applied" for batch in acknowledged)
        wrote = dict(database.execute("SELECT batch_id, count(*) FROM enterprises_factvalue GROUP BY batch_id"))
        assert set(wrote) <= {batch for batch, state in states.items() if state == "applied"}
        staff = database.execute(
            "SELECT value / 1000, count(*) FROM enterprises_factvalue "
            "WHERE state = 'current' AND fact = 'staff' GROUP BY value / 1000"
        ).fetchall()
        # One batch wrote all firms: the current values of all firms come from one file.
        assert len(staff) <= 1 and all(count == FIRMS for _file, count in staff)
