"""Lint finds what shape alone cannot: gaps, contradictions, dead ways, missing cases."""

import re
from pathlib import Path

import pytest

from lianzhu.engine.rules.cases import read_cases, run_case
from lianzhu.engine.rules.lint import lint
from lianzhu.engine.rules.model import read_policy
from lianzhu.engine.rules.shelf import shelf_of
from lianzhu.library.facts import facts
from lianzhu.library.policies import policy_texts
from lianzhu.library.problem import BadInput

POLICY = """
id: cn.example.local
title: 示例（虚构）
kind: subsidy
department: industry
versions:
- {doc_no: 一号, from: 2025-01-01, to: 2025-12-31, mark: BG, clauses: [{text: 独立法人, ref: 第一条, is: independent_legal_person}]}
- doc_no: 二号
  from: 2026-01-01
  mark: BG
  clauses:
  - {text: 不超过30人, ref: unknown, cmp: [staff, "<=", 30]}
  - {text: 独立法人或自有品牌, ref: 第二条, any: [{is: independent_legal_person}, {is: own_brand}]}
"""
CASES = """
groups:
- day: 2026-06-01
  base: {staff: 30, independent_legal_person: true}
  expects: qualifies
  boundaries: [{fact: staff, met: 30, not_met: 31}]
"""


def found(policy=POLICY, cases=CASES):
    report = lint([read_policy(policy, "local.yaml")], {"cn.example.local.cases.yaml": cases}, facts())
    return report, [str(problem) for problem in report.problems]


def test_a_sound_policy_has_counts_and_no_problems():
    report, problems = found()
    assert not problems
    assert (report.policies, report.versions, report.clauses, report.cases) == (1, 2, 3, 3)
    assert report.no_article == {"cn.example.local 2026-01-01": 1}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2025-12-31", "2025-11-30", "between 2025-11-30 and 2026-01-01 no version is in force"),
        ("2025-12-31", "2026-01-01", "begins before 2025-01-01 ends"),
        (
            'cmp: [staff, "<=", 30]',
            'all: [{cmp: [staff, "<=", 30]}, {cmp: [staff, ">", 30]}]',
            "no firm can meet all clauses",
        ),
        ('cmp: [staff, "<=", 30]', 'any: [{cmp: [staff, "<=", 30]}, {cmp: [staff, ">", 30]}]', "is met by every firm"),
        ("{is: own_brand}]", '{cmp: [staff, ">", 30]}]', "a way inside clause 2 can never be taken"),
        ("  mark: BG\n", "  mark: BG\n  unlocks: [cn.nothing]\n", "cn.nothing, which is no policy here"),
        (
            "  mark: BG\n",
            "  mark: BG\n  benefit: {amounts: {x: stafff * 2}}\n",
            "stafff, which is not in the fact dictionary",
        ),
    ],
)
def test_each_fault_is_found(old, new, said):
    _, problems = found(POLICY.replace(old, new))
    assert any(said in problem for problem in problems), problems


def test_a_number_without_cases_on_both_sides_is_found():
    _, problems = found(cases=CASES.replace("not_met: 31", "not_met: 29"))
    assert any("staff <= 30" in problem for problem in problems)
    _, problems = found(cases=CASES.replace("staff: 30", "staff: 29").replace("met: 30,", "met: 28,"))
    assert any("staff <= 30" in problem for problem in problems)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("met: 30,", "mett: 30,", "the key met is missing"),
        ("fact: staff", "fact: stafff", "stafff is not in the fact dictionary; the nearest name is staff"),
    ],
)
def test_faults_of_the_cases_are_found(old, new, said):
    assert old in CASES
    _, problems = found(cases=CASES.replace(old, new))
    assert any(said in problem for problem in problems), problems


def test_a_case_that_does_not_hold_is_found():
    _, problems = found(POLICY.replace('"<=", 30', '"<=", 29'))
    assert any("verdict is fails, expected qualifies" in problem for problem in problems), problems


def test_an_empty_list_of_boundaries_is_no_crash():
    _, problems = found(cases=re.sub(r"boundaries: .*", "boundaries:", CASES))
    assert any("staff <= 30" in problem for problem in problems)


def test_a_local_policy_may_name_one_of_the_library():
    policy = read_policy(POLICY.replace("  mark: BG\n", "  mark: BG\n  unlocks: [cn.giant]\n"), "local.yaml")
    cases = {f"{policy.id}.cases.yaml": CASES}
    assert any("cn.giant" in str(problem) for problem in lint([policy], cases, facts()).problems)
    assert not lint([policy], cases, facts(), ["cn.giant"]).problems


def test_the_same_policy_in_two_files_is_found():
    policy = read_policy(POLICY, "local.yaml")
    problems = lint([policy, policy], {f"{policy.id}.cases.yaml": CASES}, facts()).problems
    assert any("written in two files" in str(problem) for problem in problems)


def test_faults_of_a_score_table_are_found():
    text = policy_texts()["cn.techsme.yaml"]
    for old, new, said in (
        ("    techsme_staff_points:\n", "    techsme_staff:\n", "no table for the score techsme_staff_points"),
        ("points: 20}", "point: 20}", "table of the score techsme_staff_points is not complete"),
    ):
        problems = lint([read_policy(text.replace(old, new, 1), "cn.techsme.yaml")], {}, facts()).problems
        assert any(said in str(problem) for problem in problems), problems


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("from: 2023-01-01", "from: 2023-13-01", "row 11: 2023-13-01 is not a day of the calendar"),
        ("[财政部]", "[财政部", "cn.levy.disabled.yaml: row 11: This is not valid YAML"),
        ("id: cn.levy.disabled", "id: cn.levy.disabled.2023-8", "ends in a version"),
        ("ref: 第一条、第二条", "reff: 第一条", "version 1, clause 2: ref is missing"),
    ],
)
def test_faults_of_the_file_say_where_they_are(old, new, said):
    text = policy_texts()["cn.levy.disabled.yaml"]
    assert old in text
    with pytest.raises(BadInput, match=re.escape(said)):
        read_policy(text.replace(old, new), "cn.levy.disabled.yaml")


def test_a_policy_without_cases_is_found():
    report = lint([read_policy(POLICY, "local.yaml")], {}, facts())
    assert "Write cn.example.local.cases.yaml" in str(report.problems[0])


def test_the_example_of_the_guide_is_sound_and_its_cases_hold():
    guide = Path(__file__).resolve().parents[3] / "docs" / "howto" / "add-a-policy.md"
    policy, cases = re.findall(r"```yaml\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL)
    read = read_policy(policy, "js.example.yaml")
    assert not lint([read], {"js.example.cases.yaml": cases}, facts()).problems
    shelf = shelf_of([read], facts())
    assert not [line for case in read_cases(cases, "js.example.cases.yaml") for line in run_case(shelf, read.id, case)]
