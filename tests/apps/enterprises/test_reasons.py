"""The reasons of a preview: every clue the engine can give has words, and the words keep what the clue says."""

import ast
import re
from pathlib import Path

import polars as pl
import polib
import pytest
from django.apps import apps
from tests import factories, workbooks

from lianzhu.apps.enterprises.models import Enterprise, Role
from lianzhu.apps.enterprises.queries import reasons, reports
from lianzhu.engine.roster import diff, evidence, linking

LATIN = re.compile(r"[A-Za-z]")


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Chinese words as the .po file has them today, compiled or not."""
    path = Path(apps.get_app_config("enterprises").path) / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    words = {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))}
    monkeypatch.setattr(reasons, "_", lambda text: words.get(text, text))


def _filled(node: ast.expr) -> list[str]:
    """A clue in the source, with 乙 for what it fills in and 7 for a number; a choice gives both its sides."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [*_filled(node.body), *_filled(node.orelse)]
    if isinstance(node, ast.BinOp):
        return [left + right for left in _filled(node.left) for right in _filled(node.right)]
    if not isinstance(node, ast.JoinedStr):
        return []
    parts = [
        str(part.value)
        if isinstance(part, ast.Constant)
        else "7"
        if {"len", "slips", "rivals", "shared"} & set(re.findall(r"\w+", ast.unparse(part)))
        else "乙"
        for part in node.values
    ]
    return ["".join(parts)]


def clues_in_source() -> list[str]:
    """Every clue that linking and comparing can write, read from their source."""
    found = []
    for module in (evidence, linking):
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = ast.unparse(node.func)
                found += _filled(node.args[0]) if name in ("Clue", "doubts.append") else []
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "said":
                found += _filled(node.value)
            elif isinstance(node, ast.FunctionDef) and node.name == "_judge":
                said = [one.value for one in ast.walk(node) if isinstance(one, ast.Return)]
                found += [text for pair in said if isinstance(pair, ast.Tuple) for text in _filled(pair.elts[1])]
    return [text for text in found if text]


def test_every_clue_of_the_engine_has_words(chinese: None) -> None:
    clues = clues_in_source()
    assert len(clues) >= len(reasons.CLUES) - 2
    english = {clue: said for clue in clues if LATIN.search(said := reasons.in_words(clue))}
    assert not english, f"add to CLUES: {english}"


def test_a_clash_of_two_rows_has_words(chinese: None) -> None:
    assert "same cell as row " in Path(str(diff.__file__)).read_text(encoding="utf-8")
    assert reasons.in_words("same cell as row 12") == "与第12行填的是同一格，数值不同"


def test_what_linking_really_says(chinese: None) -> None:
    names = ["示例电气有限公司", "江苏示例电器有限公司", "示例电气集团有限公司", "", "阳江甲子食品有限公司"]
    ours = ["江苏示例电气股份有限公司", "扬州示例电气设备有限公司", "江苏势立电气有限公司"]
    left = pl.DataFrame({"id": [str(n) for n in range(len(names))], "name": names})
    right = pl.DataFrame({"id": [str(n) for n in range(len(ours))], "name": ours})
    said = [reasons.in_words(why) for why in linking.link(left, right)["why"]]
    assert len(said) == len(names)
    assert not [text for text in said if not text or LATIN.search(text)]


def test_narrow_before_wide_and_several_joined(chinese: None) -> None:
    assert reasons.in_words("region 江苏 ≠ address 扬州; brand 示例 = 示例; industry 电气 / 电气设备 1/2 words") == (
        "地名“江苏”与地址“扬州”不同；字号相同（示例）；行业不同（电气、电气设备，2个词里同1个）"
    )


def test_english_keeps_the_clues_and_unknown_words_stay() -> None:
    why = "code equal but for a slip; region 江苏 on one side only; a clue nobody knows"
    assert reasons.in_words(why) == why
    assert reasons.in_words("") == ""


@pytest.mark.django_db
def test_the_preview_shows_them_in_the_language_of_the_page(tmp_path: Path, chinese: None) -> None:
    chain = factories.chain()
    office = factories.person(Role.OFFICE, in_chain=chain)
    head = ["企业名称", "成立日期", "2025年末职工人数"]
    known = [head, ["示例高压设备有限公司", "2011-06-08", 90], ["范例互感器有限公司", "2012-05-01", 40]]
    workbooks.bring_in(workbooks.write(tmp_path / "a.xlsx", known), by=office, chain=chain)
    sibling = [head, ["示例高压有限公司", "2011-06-08", 91]]
    batch = workbooks.hand_in(workbooks.write(tmp_path / "b.xlsx", sibling), by=office, chain=chain)
    (row,) = (row for group in reports.shown(office, batch, 0) for row in group.rows if group.outcome == "review")
    assert "字号相同（示例）" in row.why
    assert not LATIN.search(row.why)
    firm = Enterprise.objects.first()
    assert firm is not None
    page = factories.browser(office).get(f"/firms/{firm.pk}/merge/")
    assert "这次导入新增" in page.content.decode()


@pytest.mark.django_db
def test_a_link_with_two_unsure_ends_gives_the_clues_of_both(tmp_path: Path, chinese: None) -> None:
    chain = factories.chain()
    office = factories.person(Role.OFFICE, in_chain=chain)
    known = [["企业名称", "成立日期"], ["示例高压设备有限公司", "2011-06-08"], ["范例互感器有限公司", "2012-05-01"]]
    workbooks.bring_in(workbooks.write(tmp_path / "a.xlsx", known), by=office, chain=chain)
    links = [["供方", "需方", "供应内容", "链上节点", "依据日期"]]
    links.append(["示例高压有限公司", "范例互感器设备有限公司", "铁心", "P01", "2026-03-01"])
    batch = workbooks.hand_in(workbooks.write(tmp_path / "l.xlsx", links, "供需关系"), by=office, chain=chain)
    (row,) = (row for group in reports.shown(office, batch, 0) for row in group.rows)
    assert "字号相同（示例）" in row.why
    assert "字号相同（范例）" in row.why
    assert not LATIN.search(row.why)
