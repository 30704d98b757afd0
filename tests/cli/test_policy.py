"""`lianzhu policy` as other programs call it."""

import json

import pytest
import xlsxwriter

from lianzhu.cli.main import main
from lianzhu.library.policies import policy_texts

NAMES = ("enterprise", "taxable_income_last_year", "staff", "is_enterprise", "below_local_disabled_ratio")
ROWS = (("b", "99.999999", 30, "是", ""), ("a", 100, None, "true", "否"))


@pytest.fixture(params=["json", "csv", "xlsx"])
def file(request, tmp_path):
    path = tmp_path / f"firms.{request.param}"
    if request.param == "json":
        rows = [{name: value for name, value in zip(NAMES, row, strict=True) if value != ""} for row in ROWS]
        path.write_text(json.dumps(rows), encoding="utf-8")
    elif request.param == "csv":
        lines = [",".join("" if value is None else str(value) for value in row) for row in (NAMES, *ROWS)]
        path.write_text("\n".join(lines), encoding="utf-8-sig")
    else:
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate((NAMES, *ROWS)):
                sheet.write_row(number, 0, ["" if value is None else value for value in row])
    return path


def check(capsys, *arguments):
    status = main(["policy", "check", *map(str, arguments)])
    return status, capsys.readouterr()


def test_the_same_answers_from_json_csv_and_xlsx(file, capsys):
    status, said = check(
        capsys, file, "--on", "2026-06-01", "--policy", "cn.patentfee", "--policy", "cn.levy.disabled.2023-8"
    )
    answers = json.loads(said.out)
    assert status == 0
    assert [(a["enterprise"], a["policy"], a["verdict"], a["version"]) for a in answers] == [
        ("b", "cn.levy.disabled", "qualifies", "2023-8"),
        ("b", "cn.patentfee", "qualifies", "2016-78"),
        ("a", "cn.levy.disabled", "unknown", "2023-8"),
        ("a", "cn.patentfee", "fails", "2016-78"),
    ]
    assert answers[2]["ask"] == ["staff"]
    assert answers[3]["clauses"][0]["facts"] == {"taxable_income_last_year": 100}


def test_every_policy_once_per_firm_in_order(file, capsys):
    _, said = check(capsys, file, "--on", "2026-06-01")
    answers = json.loads(said.out)
    policies = [a["policy"] for a in answers if a["enterprise"] == "b"]
    assert policies == sorted(policies)
    assert len(policies) == 41
    assert "js.sukedai" not in policies
    off = next(a for a in answers if a["policy"] == "cn.wengang")
    assert (off["verdict"], off["version"], off["clauses"]) == ("not_in_force", None, [])


def test_table_and_out(file, tmp_path, capsys):
    out = tmp_path / "out.txt"
    status, said = check(
        capsys, file, "--on", "2026-06-01", "--policy", "cn.patentfee", "--format", "table", "--out", out
    )
    assert (status, said.out) == (0, "")
    assert out.read_text(encoding="utf-8").splitlines()[1].split("\t")[:4] == ["a", "cn.patentfee", "2016-78", "fails"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("enterprise,staf\na,1\n", "row 2, column staf: staf is not a fact; the nearest name is staff."),
        ("enterprise,staff\na,1\na,2\n", "row 3, column enterprise: The enterprise a stands in row 2 already."),
        ("enterprise,staff\na,1.5\n", "row 2, column staff: 1.5 is not a whole number."),
        ("enterprise,staff\na,-1\n", "row 2, column staff: -1 is out of range: 0 to 1000000"),
        ("enterprise,staff\na,nan\n", "row 2, column staff: nan is not a number."),
        ("enterprise,own_ip\na,也许\n", "row 2, column own_ip: 也许 is neither yes nor no."),
        ("enterprise,size_industry\na,天文\n", "天文 is not a choice."),
        ("staff\n1\n", "The column enterprise is missing."),
        ("enterprise,staff,staff\na,1,1\n", "The column staff stands twice."),
        ("enterprise,staff\n,1\n", "row 2, column enterprise: The row names no enterprise."),
        ("", "The file is empty."),
    ],
)
def test_bad_input_is_said_with_row_and_column(text, said, tmp_path, capsys):
    path = tmp_path / "firms.csv"
    path.write_text(text, encoding="utf-8")
    status, printed = check(capsys, path, "--on", "2026-06-01")
    assert status == 2
    assert said in printed.err
    assert printed.out == ""


def test_all_problems_at_once(tmp_path, capsys):
    path = tmp_path / "firms.json"
    path.write_text('[{"enterprise": "a", "staff": "x", "own_ip": 2, "nothing": 1}]', encoding="utf-8")
    _, printed = check(capsys, path, "--on", "2026-06-01")
    assert len(printed.err.splitlines()) == 3


@pytest.mark.parametrize("arguments", [("--on", "soon"), ("--on", "2026-06-01", "--policy", "cn.nothing")])
def test_bad_arguments(arguments, file, capsys):
    assert check(capsys, file, *arguments)[0] == 2


def test_lint_of_the_library_and_of_a_folder(tmp_path, capsys):
    assert main(["policy", "lint"]) == 0
    assert "42 policies, 47 versions" in capsys.readouterr().out
    (tmp_path / "cn.example.yaml").write_text("id: cn.example\ntitle: 示例\n", encoding="utf-8")
    assert main(["policy", "lint", str(tmp_path)]) == 2
    assert "versions is missing" in capsys.readouterr().err


def test_a_number_in_the_column_of_ids_is_the_id_without_a_point(tmp_path, capsys):
    path = tmp_path / "firms.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((("enterprise", "staff"), (7, 30), ("0012", 31))):
            sheet.write_row(number, 0, row)
    _, said = check(capsys, path, "--on", "2026-06-01", "--policy", "cn.levy.disabled")
    assert [answer["enterprise"] for answer in json.loads(said.out)] == ["7", "0012"]


def test_a_code_typed_as_a_number_is_refused(tmp_path, capsys):
    path = tmp_path / "firms.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((("enterprise", "staff"), (913200001234567890, 30))):
            sheet.write_row(number, 0, row)
    status, said = check(capsys, path, "--on", "2026-06-01")
    assert (status, said.out) == (2, "")
    assert "row 2, column enterprise: 91320000123456" in said.err


def test_text_in_no_known_encoding_is_refused(tmp_path, capsys):
    path = tmp_path / "firms.csv"
    path.write_bytes("enterprise,staff\n甲,1\n".encode("gbk") + b"\xff\xff,2\n")
    status, said = check(capsys, path, "--on", "2026-06-01")
    assert (status, said.out) == (2, "")
    assert "not text in UTF-8 or GBK" in said.err
    path.write_bytes("enterprise,staff\n甲,1\n".encode("gbk"))
    _, said = check(capsys, path, "--on", "2026-06-01", "--policy", "cn.levy.disabled")
    assert json.loads(said.out)[0]["enterprise"] == "甲"


def test_lint_says_where_in_chinese(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("LIANZHU_LANG", "zh")
    text = policy_texts()["cn.levy.disabled.yaml"]
    (tmp_path / "cn.levy.disabled.yaml").write_text(text.replace("    ref: 第一条、第二条\n", ""), encoding="utf-8")
    assert main(["policy", "lint", str(tmp_path)]) == 2
    assert "第1个版本第2条：缺少ref" in capsys.readouterr().err


def test_half_years_in_the_niche_are_read(tmp_path, capsys):
    path = tmp_path / "firms.csv"
    path.write_text("enterprise,years_in_niche\na,2.99\nb,3\n", encoding="utf-8")
    _, said = check(capsys, path, "--on", "2026-06-01", "--policy", "cn.zjtx")
    assert [answer["verdict"] for answer in json.loads(said.out)] == ["fails", "unknown"]


def test_every_key_of_a_benefit_is_text(tmp_path, capsys):
    """YAML reads a bare `on:` as true."""
    path = tmp_path / "firms.csv"
    path.write_text("enterprise,vat_small_scale\na,1\n", encoding="utf-8")
    _, said = check(capsys, path, "--on", "2026-06-01", "--policy", "cn.fees.6t2f")
    assert "印花税（不含证券交易）" in json.loads(said.out)[0]["benefit"]["on"]
