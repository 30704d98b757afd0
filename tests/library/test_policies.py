"""Every case written beside a policy holds, and lint finds nothing to mend in the library."""

import re

import pytest

from lianzhu.engine.rules.cases import read_cases, run_case
from lianzhu.engine.rules.lint import lint
from lianzhu.engine.rules.model import base_id, read_policy
from lianzhu.engine.rules.shelf import library_policies, library_shelf, shelf_of
from lianzhu.library.facts import facts
from lianzhu.library.policies import case_texts, policy_texts, size_bounds


@pytest.mark.parametrize("name", policy_texts())
def test_cases_hold(name):
    policy = name.removesuffix(".yaml")
    cases = read_cases(case_texts()[f"{policy}.cases.yaml"], name)
    wrong = [line for case in cases for line in run_case(library_shelf(), policy, case)]
    assert not wrong


def test_lint_finds_nothing_to_mend_and_counts_what_is_open():
    report = lint(library_policies(), case_texts(), facts())
    assert not [str(problem) for problem in report.problems]
    assert (report.policies, report.versions) == (42, 47)
    assert report.held_back == ["js.sukedai 2014-03-28"]
    assert sum(report.no_article.values()) > 0


def test_file_names_are_ids_and_ids_carry_no_version():
    for name, policy in zip(policy_texts(), library_policies(), strict=True):
        assert name == f"{policy.id}.yaml"
        assert base_id(policy.id) == (policy.id, "")


def test_every_version_has_sources_or_says_it_is_background():
    for policy in library_policies():
        for version in policy.versions:
            assert version.people.get("sources") or version.mark == "BG", (policy.id, version.name)


@pytest.mark.parametrize("name", ["cn.zjtx.yaml", "cn.wengang.yaml", "cn.keygiant.yaml", "cn.giant.yaml"])
def test_a_changed_number_or_bound_breaks_some_case(name):
    """The cases are worth something: moving a number by one, or turning >= into >, is noticed."""
    text = policy_texts()[name]
    cases = read_cases(case_texts()[name.replace(".yaml", ".cases.yaml")], name)
    strict = {">=": ">", ">": ">=", "<=": "<", "<": "<="}
    for spot in re.finditer(r'"(>=|>|<=|<)", (\d+)', text):
        for new in (f'"{strict[spot[1]]}", {spot[2]}', f'"{spot[1]}", {int(spot[2]) + 1}'):
            policy = read_policy(text[: spot.start()] + new + text[spot.end() :], name, size_bounds())
            shelf = shelf_of([policy], facts())
            assert any(run_case(shelf, policy.id, case) for case in cases), (name, spot[0], new)
