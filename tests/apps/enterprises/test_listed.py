"""Real input: the listed companies go through check, preview, apply and undo; counts add up; short names find full ones."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests import factories, workbooks

from lianzhu.apps.enterprises.actions import imports
from lianzhu.apps.enterprises.models import Enterprise, FactValue, Role

LISTED = Path(__file__).resolve().parents[4] / "shared" / "data" / "names" / "listed_companies_dev.csv"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not LISTED.exists(), reason="the listed companies are not beside this checkout"),
]


@pytest.fixture(scope="module")
def listed() -> list[dict[str, str]]:
    with LISTED.open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture
def workbook(tmp_path, listed):
    rows = [["企业名称", "企业简称", "主导产品"], *[[row["full"], row["short"], row["industry"]] for row in listed]]
    return workbooks.write(tmp_path / "上市公司.xlsx", rows)


def test_check_says_every_row(workbook, listed, tmp_path):
    out = tmp_path / "report.json"
    ran = subprocess.run(
        [sys.executable, "-m", "lianzhu", "roster", "check", str(workbook), "--out", str(out)],
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    sheet = json.loads(out.read_text())["sheets"][0]
    assert sheet["rows_in"] == len(listed) == sheet["ready"] + sheet["refused"] + sheet["to_review"]


@pytest.mark.django_db
def test_preview_apply_undo(workbook, listed):
    chain = factories.chain()
    office = factories.person(Role.OFFICE, in_chain=chain)
    batch = workbooks.bring_in(workbook, by=office, chain=chain)
    parts = (batch.rows_new, batch.rows_changed, batch.rows_unchanged, batch.rows_refused, batch.rows_review)
    assert sum(parts) == batch.rows_in == len(listed)
    assert Enterprise.objects.filter(state="active").count() == batch.rows_new
    again = workbooks.hand_in(workbook, by=office, chain=chain)
    assert (again.rows_new, again.rows_changed) == (0, 0)
    imports.undo_batch(actor=office, batch_id=batch.pk)
    assert not FactValue.objects.current().exists()
    assert not Enterprise.objects.filter(state="active").exists()


def test_short_names_find_full_ones(listed, tmp_path):
    for name, column in (("a.csv", "short"), ("b.csv", "full")):
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows([["id", "name"], *[[row["id"], row[column]] for row in listed]])
    command = ["roster", "link", str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), "--out", str(tmp_path / "pairs.csv")]
    ran = subprocess.run([sys.executable, "-m", "lianzhu", *command], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    with (tmp_path / "pairs.csv").open(encoding="utf-8") as handle:
        pairs = list(csv.DictReader(handle))
    hits = sum(pair["left"] == pair["right"] for pair in pairs)
    assert hits >= 0.956 * len(listed), f"hit@1 {hits / len(listed):.4f}"
