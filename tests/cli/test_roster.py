"""`lianzhu roster` as other programs call it."""

import csv
import json
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from lianzhu.cli.main import main


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANZHU_LANG", "en")


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    path = tmp_path / "企业台账.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("台账")
        sheet.write(0, 0, "示例镇企业情况")
        sheet.write_row(1, 0, ["企业名称", "2024年研发费用（元）", "2024年职工人数", "2027年计划产量"])
        sheet.write_row(2, 0, ["甲子高压有限公司", 9870000, "约40", 5])
        sheet.write_row(3, 0, ["乙丑互感器有限公司", "九百万", 41, 6])
        sheet.write_row(4, 0, ["丙寅仪器有限公司", 9890000, 42, 7])
        sheet.write_row(5, 0, ["填报人：赵某"])
    return path


def test_report(messy: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    assert main(["roster", "check", str(messy), "--template", "enterprises", "--out", str(out)]) == 0
    report = json.loads(out.read_text(encoding="utf-8"))
    assert report["file"] == "企业台账.xlsx"
    sheet = report["sheets"][0]
    assert (sheet["sheet"], sheet["template"], sheet["header_rows"]) == ("台账", "enterprises", [2])
    assert [sheet[key] for key in ("rows_in", "ready", "refused", "to_review")] == [3, 1, 2, 0]
    assert sheet["columns"][1] == {
        "column": "B",
        "title": "2024年研发费用（元）",
        "fact": "rd",
        "period": "2024",
        "unit": "元",
        "confidence": "exact",
        "read": True,
    }
    assert [(line["row"], line["column"], line["value"]) for line in sheet["problems"]] == [
        (3, "C", "约40"),
        (4, "B", "•••"),
    ]
    assert all(line["message"] and line["mend"] for line in sheet["problems"])
    assert report["banned"][0]["column"] == "D"
    assert report["banned"][0]["reason"]
    assert "九百万" not in out.read_text(encoding="utf-8")


def test_report_on_standard_output(messy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["roster", "check", str(messy)]) == 0
    assert json.loads(capsys.readouterr().out)["sheets"][0]["rows_in"] == 3


def test_unusable_file_is_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "letter.xlsx"
    path.write_bytes(b"%PDF-1.7")
    assert main(["roster", "check", str(path)]) == 2
    assert "letter.xlsx is not a spreadsheet" in capsys.readouterr().err


def test_marked_workbook(messy: Path, tmp_path: Path) -> None:
    out = tmp_path / "marked.xlsx"
    assert main(["roster", "check", str(messy), "--marked", str(out), "--out", str(tmp_path / "r.json")]) == 0
    sheet = openpyxl.load_workbook(out)["台账"]
    assert sheet["C3"].fill.fill_type == "solid"
    assert sheet["B4"].value is None


def test_template_then_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "fill.xlsx"
    assert main(["roster", "template", "enterprises", "--columns", "staff,ownership", "--out", str(path)]) == 0
    book = openpyxl.load_workbook(path)
    titles = [cell.value for cell in book.worksheets[0][1]]
    assert titles == ["企业名称", "统一社会信用代码", "所有制", "从业人员数（人）", "年度"]
    assert main(["roster", "template", "enterprises", "--columns", "stuff", "--out", str(path)]) == 2
    assert "stuff is no column" in capsys.readouterr().err


def test_link(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    left, right = tmp_path / "a.csv", tmp_path / "b.csv"
    left.write_text("id,name\n007,甲子高压设备有限公司\n", encoding="utf-8")
    right.write_text("id,name,code\n0010,甲子高压设备有限公司,\n0011,乙丑电容器有限公司,\n", encoding="utf-8")
    out = tmp_path / "pairs.csv"
    assert main(["roster", "link", str(left), str(right), "--out", str(out)]) == 0
    with out.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["left", "right", "score", "decision", "why"]
    assert [(row["left"], row["right"]) for row in rows] == [("007", "0010")]
    right.write_text("code,name\n1,甲\n", encoding="utf-8")
    assert main(["roster", "link", str(left), str(right)]) == 2
    assert "lacks the column id" in capsys.readouterr().err
