"""The fact dictionary: complete, exact, free of clashes, and refusing what is wrong by entry and key."""

import doctest
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from lianzhu.library import banned_columns, exact_yaml, facts
from lianzhu.library.problem import BadInput

POLICIES = Path(__file__).resolve().parents[2] / ".." / "shared" / "facts" / "policies.yaml"
ENTRY = """
units: {{万元: "10,000 yuan"}}
groups: {{scale: {{zh: 规模, en: Scale}}}}
facts:
- {{name: size, zh: 规模, en: Size, definition: 大小, definition_en: How large, group: scale, confidentiality: public,
   asked_by: {{a: b}}, {rest}}}
"""


def read(rest: str) -> facts.Fact:
    return facts.read_facts(ENTRY.format(rest=rest))["size"]


@pytest.mark.parametrize("module", [facts, banned_columns, exact_yaml])
def test_the_examples_in_the_docstrings_hold(module):
    assert doctest.testmod(module).failed == 0


def test_the_shipped_dictionary_has_nothing_to_mend():
    assert [str(problem) for problem in facts.lint()] == []


def test_numbers_are_exact_and_money_steps_by_one_fen():
    revenue = facts.facts()["revenue"]
    assert revenue.step == Decimal("0.000001")
    assert not any(isinstance(fact.step, float) for fact in facts.facts().values())


def test_every_fact_of_the_policies_is_in_the_dictionary():
    if not POLICIES.exists():
        pytest.skip("the policies' source file is not beside this checkout")
    used: set[str] = set()

    def walk(node):
        if isinstance(node, list):
            for part in node:
                walk(part)
        elif isinstance(node, dict):
            used.update(node.get("facts", []) if isinstance(node.get("facts"), list) else [])
            for key in ("cmp", "score"):
                used.update([node[key][0]] if key in node else [])
            used.update([node["ratio"][0], node["ratio"][3]] if "ratio" in node else [])
            used.update([node["is"]] if "is" in node else [])
            for part in node.values():
                walk(part)

    walk(yaml.safe_load(POLICIES.read_text(encoding="utf-8"))["policies"])
    assert len(used) > 180
    assert sorted(used - set(facts.facts())) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("营业收入（万元）", "revenue"),
        ("研发费用", "rd"),
        ("统一社会信用代码", "credit_code"),
        ("rev_last_yaer", "rev_last_year"),
        ("", None),
    ],
)
def test_the_nearest_name(text, name):
    assert facts.nearest_name(text) == name


def test_a_choice_is_found_by_code_label_and_alias():
    taxpayer = facts.facts()["vat_taxpayer"]
    assert [taxpayer.choice_of(word) for word in ("general", "一般纳税人", "增值税一般纳税人", "免税")] == [
        "general",
        "general",
        "general",
        None,
    ]


@pytest.mark.parametrize(
    ("rest", "key"),
    [
        ("type: number", "type"),
        ("type: integer", "minimum"),
        ("type: integer, minimum: 0, maximum: 10, step: 0.5", "step"),
        ("type: integer, minimum: 5, maximum: 5, step: 1", "step"),
        ("type: text, minimum: 0", "minimum"),
        ("type: text, colour: red", "colour"),
        ("type: text, unit: 里", "unit"),
        ("type: choice", "choices"),
        ("type: text, derive: {guess: size}", "derive"),
        ("type: text, derive: {value: sizze, year: -1}", "derive"),
    ],
)
def test_a_mistake_is_named_by_entry_and_key(rest, key):
    with pytest.raises(BadInput) as refused:
        read(rest)
    assert "size" in str(refused.value)
    assert key in [problem.column for problem in refused.value.problems]


def test_all_mistakes_are_told_at_once():
    with pytest.raises(BadInput) as refused:
        read("type: number, colour: red, unit: 里")
    assert len(refused.value.problems) == 3


def test_a_key_written_twice_is_refused():
    with pytest.raises(BadInput, match="zh is written twice"):
        read("type: text, zh: 大小")


def test_lint_sees_openness_clashes_refused_titles_and_overflow():
    text = """
units: {}
groups: {scale: {zh: 规模, en: Scale}}
facts:
- {name: secret, zh: 秘密, en: Secret, definition: 甲, definition_en: A, group: scale, type: integer, minimum: 0, maximum: 1000000000000000000, step: 1,
   confidentiality: statistics, period: year, asked_by: {x: y}, aliases: [报价]}
- {name: open, zh: 秘密, en: Open, definition: 乙, definition_en: B, group: scale, type: integer, minimum: 0, maximum: 9, step: 1,
   confidentiality: public, derive: {value: secret, year: -1}}
"""
    said = "\n".join(str(problem) for problem in facts.lint(facts.read_facts(text)))
    for part in ("belongs to another fact", "more open", "refused title", "64 bits", "nobody asks"):
        assert part in said


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("报价（万元）", "price"),
        ("意向价", "price"),
        ("拟定价", "price"),
        ("指导价", "price"),
        ("参考价", "price"),
        ("成交价", "price"),
        ("2027年计划产量", "plan"),
        ("产能计划", "plan"),
        ("预计销售额", "plan"),
        ("停产计划", "stoppage"),
        ("限 产", "stoppage"),
        ("法人身份证号", "personal"),
        ("民族", "personal"),
        ("宗教信仰", "personal"),
        ("政治面貌", "personal"),
        ("注册资本", None),
        ("工业总产值", None),
        ("工业总产值（现价）", None),
        ("评价等级", None),
        ("产品现价", None),
        ("价格监测点", None),
        ("模拟试验收入", None),
        ("目标管理奖", None),
        ("安全生产培训计划", None),
        ("Planned output", "plan"),
        ("enterprise", None),
    ],
)
def test_columns_refused_by_name_and_innocent_ones(title, kind):
    ban = facts.banned_column(title)
    assert (ban.kind if ban else None) == kind
    if ban:
        assert ban.law
        assert ban.reason.endswith(".")
