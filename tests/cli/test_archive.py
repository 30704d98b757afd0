"""A backup taken while people work restores to the same rows and files; a damaged one restores nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOAD = """
import sys, time, django; django.setup()
from lianzhu.apps.core import audit
from lianzhu.apps.core.models import User
person = User.objects.first()
print("ready", flush=True)
while True:
    audit.record(person, "test.done", person)
"""
SETUP = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from pathlib import Path
from lianzhu.apps.core import files
from tests import factories
Path("paper.csv").write_text("企业名称\\n甲子高压设备有限公司\\n")
files.store_path(Path("paper.csv"), actor=factories.person(None))
factories.firm("甲子高压设备有限公司")
"""


def run(*words: str, data: Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LIANZHU_DATA": str(data), "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}
    environment.pop("DATABASE_URL", None)
    environment["DJANGO_SETTINGS_MODULE"] = "lianzhu.config.settings"
    return subprocess.run([sys.executable, *words], env=environment, cwd=cwd or ROOT, capture_output=True, text=True)


@pytest.fixture
def town(tmp_path):
    made = run("-c", SETUP, data=tmp_path / "town", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    return tmp_path / "town"


@pytest.mark.slow
def test_backup_under_load_restores_to_equal_hashes(town, tmp_path):
    environment = {**os.environ, "LIANZHU_DATA": str(town), "PYTHONPATH": str(ROOT)}
    environment |= {"DJANGO_SETTINGS_MODULE": "lianzhu.config.settings"}
    environment.pop("DATABASE_URL", None)
    busy = subprocess.Popen([sys.executable, "-c", LOAD], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert busy.stdout is not None
        assert busy.stdout.readline().strip() == "ready"
        saved = run("-m", "lianzhu", "backup", str(tmp_path / "a.tar.gz"), data=town)
        assert saved.returncode == 0, saved.stderr
    finally:
        busy.kill()
        busy.wait()
    back = run("-m", "lianzhu", "restore", str(tmp_path / "a.tar.gz"), data=tmp_path / "new")
    assert back.returncode == 0, back.stderr
    assert "all hashes agree" in back.stdout
    # The restored log verifies, and its files are there.
    verdict = run("-m", "lianzhu", "manage", "verify_audit", data=tmp_path / "new")
    assert "chain intact" in verdict.stdout, verdict.stderr
    assert [p.read_bytes() for p in (tmp_path / "new/files").glob("??/*")] == [
        p.read_bytes() for p in (town / "files").glob("??/*")
    ]


def test_restore_refuses_a_full_folder_and_a_damaged_archive(town, tmp_path):
    assert run("-m", "lianzhu", "backup", str(tmp_path / "a.tar.gz"), data=town).returncode == 0
    full = run("-m", "lianzhu", "restore", str(tmp_path / "a.tar.gz"), data=town)
    assert (full.returncode, "already" in full.stderr) == (2, True)
    (tmp_path / "b.tar.gz").write_bytes((tmp_path / "a.tar.gz").read_bytes()[:-2000])
    cut = run("-m", "lianzhu", "restore", str(tmp_path / "b.tar.gz"), data=tmp_path / "other")
    assert (cut.returncode, "damaged" in cut.stderr) == (2, True)
    assert not (tmp_path / "other/lianzhu.sqlite3").exists()
    twice = run("-m", "lianzhu", "backup", str(tmp_path / "a.tar.gz"), data=town)
    assert (twice.returncode, "exists" in twice.stderr) == (2, True)
