"""The terminal's language: sentence, place and mend; the exit status is the same in both."""

from pathlib import Path

import polib
import pytest

from lianzhu.cli import words
from lianzhu.cli.main import main
from lianzhu.library.problem import Problem

PO = words.LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po"
PROBLEM = Problem("{value} is not a date.", {"value": "明天"}, "Write it as 2026-11-23.", "台账", 3, "C")


@pytest.fixture(autouse=True)
def compiled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A catalogue compiled from today's .po file, and a terminal that says nothing of its language."""
    folder = tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    polib.pofile(str(PO)).save_as_mofile(str(folder / "django.mo"))
    monkeypatch.setattr(words, "LOCALE", tmp_path / "locale")
    for name in ("LIANZHU_LANG", "LC_ALL", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def links(tmp_path: Path) -> list[str]:
    """A command whose left list has no id in its second line."""
    (tmp_path / "甲.csv").write_text("id,name\n,示例电气有限公司\n", encoding="utf-8")
    (tmp_path / "乙.csv").write_text("id,name\n1,示例电气有限公司\n", encoding="utf-8")
    return ["roster", "link", str(tmp_path / "甲.csv"), str(tmp_path / "乙.csv")]


def test_english_by_default(links: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(links) == 2
    said = "lianzhu roster: row 2, column id: A left row has no id. Give every row an id of its own.\n"
    assert capsys.readouterr().err == said


def test_chinese_when_asked(
    links: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIANZHU_LANG", "zh")
    assert main(links) == 2
    said = capsys.readouterr().err
    assert said.startswith("lianzhu roster: 第2行id列：")
    assert said.endswith("没有编号。每一行要有自己的编号。\n")


def test_the_locale_asks_too_and_lianzhu_lang_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert words.in_language(PROBLEM) == "工作表“台账”第3行C列：明天不是日期。请写成2026-11-23这样。"
    monkeypatch.setenv("LIANZHU_LANG", "en")
    assert words.in_language(PROBLEM) == str(PROBLEM)


@pytest.mark.parametrize(
    "problem",
    [
        Problem("The file is empty."),
        Problem("The file is empty.", mend="Check the path.", row=1),
        Problem("The file is empty.", sheet="台账"),
        Problem("The file is empty.", column="C", sheet="台账"),
    ],
    ids=["nowhere", "row", "sheet", "sheet and column"],
)
def test_english_says_what_the_problem_itself_says(problem: Problem) -> None:
    assert words.in_language(problem) == str(problem)


def test_chinese_without_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANZHU_LANG", "zh")
    assert words.in_language(Problem("The file is empty.")) == "文件是空的。"
    assert words.in_language(Problem("The file is empty.", row=1)) == "第1行：文件是空的。"
