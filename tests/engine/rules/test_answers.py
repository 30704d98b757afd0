"""Verdict, explanation and advice of single firms."""

import datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from lianzhu.engine.rules.benefit import amount, best_together
from lianzhu.engine.rules.model import read_policy
from lianzhu.engine.rules.shelf import evaluate, library_shelf, package, shelf_of, unlocked
from lianzhu.library.facts import facts
from lianzhu.library.problem import BadInput

SHELF = library_shelf()
DAY = datetime.date(2026, 6, 1)

LOCAL = """
id: cn.example.local
title: 示例（虚构）
kind: subsidy
department: industry
versions:
- doc_no: 示例〔2026〕1号
  from: 2026-01-01
  to: null
  mark: BG
  clauses:
  - {text: 研发占比不低于7%, ref: 第一条, ratio: [rd_last_year, ">=", 7, rev_last_year]}
"""


def test_seven_of_hundred_under_a_seven_percent_rule():
    shelf = shelf_of([read_policy(LOCAL, "local.yaml")], facts())
    for rd, verdict in ((7, "qualifies"), (Decimal("6.999999"), "fails"), (Decimal("6.9999999999999"), "fails")):
        assert evaluate(shelf, "cn.example.local", {"rd_last_year": rd, "rev_last_year": 100}, DAY).verdict == verdict


def test_missing_is_neither_zero_nor_false():
    said = evaluate(SHELF, "cn.fees.6t2f", {"vat_small_scale": False}, DAY)
    assert (said.verdict, said.clauses[0].facts["small_low_profit"]) == ("unknown", None)


def test_the_tail_of_the_id_is_the_version_and_dates_choose_it():
    last, first = datetime.date(2026, 3, 31), datetime.date(2026, 4, 1)
    assert [evaluate(SHELF, "cn.zjtx", {}, day).version for day in (last, first)] == ["2022-63", "2026"]
    before = evaluate(SHELF, "cn.zjtx", {}, datetime.date(2022, 7, 31))
    assert (before.verdict, before.version, before.clauses) == ("not_in_force", None, ())
    assert evaluate(SHELF, "cn.eit.rd100", {}, DAY).version == "2023-01-01"


def test_versions_held_back_are_evaluated_only_when_named():
    assert "js.sukedai" not in {said.policy for said in package(SHELF, {}, DAY)}
    assert SHELF.chosen(["js.sukedai", "cn.zjtx.2026", "cn.zjtx"], DAY) == ["cn.zjtx", "js.sukedai"]
    with pytest.raises(BadInput, match=r"There is no policy cn\.nothing"):
        SHELF.chosen(["cn.nothing"], DAY)


def test_an_official_decision_settles_a_judgement():
    held = {"hnte_valid": True}
    assert evaluate(SHELF, "cn.eit.hnte15", held, DAY).ready
    assert evaluate(SHELF, "cn.eit.hnte15", held, DAY, {"judge1": True}).verdict == "qualifies"
    assert evaluate(SHELF, "cn.eit.hnte15", held, DAY, {"judge1": False}).verdict == "fails"


def test_open_articles_and_weak_marks_are_to_be_confirmed():
    said = evaluate(SHELF, "cn.zjtx", {}, DAY)
    assert said.to_confirm[0].doubts == ("article", "SEC")
    assert all(clause.doubts for clause in said.to_confirm)
    shown = said.as_json("甲")
    assert list(shown) == [
        "enterprise", "policy", "version", "on", "verdict", "ready", "level", "clauses", "ask", "nearest", "to_confirm", "benefit",
    ]  # fmt: skip


def test_nearest_names_no_fact_that_cannot_be_changed():
    said = evaluate(SHELF, "cn.champion", {"years_in_field": 1, "new_product": False}, DAY)
    assert (said.verdict, said.nearest) == ("fails", ())


def test_nearest_really_turns_fails_into_qualifies():
    firm = {
        "restricted_or_prohibited_industry": False,
        "taxable_income_year": 100, "staff_q_avg": 400, "assets_q_avg": 9000,
    }  # fmt: skip
    said = evaluate(SHELF, "cn.eit.small", firm, DAY)
    assert {change.fact: change.wanted for change in said.nearest} == {"staff_q_avg": 300, "assets_q_avg": 5000}
    mended = firm | {change.fact: change.wanted for change in said.nearest}
    assert evaluate(SHELF, "cn.eit.small", mended, DAY).verdict == "qualifies"


def test_ask_names_a_pair_when_no_single_answer_decides():
    text = LOCAL.replace(
        '{text: 研发占比不低于7%, ref: 第一条, ratio: [rd_last_year, ">=", 7, rev_last_year]}',
        "{text: 二者居其一, ref: 第一条, any: [{all: [{is: own_ip}, {is: own_brand}]}, {all: [{not: {is: own_ip}}, {is: rd_institution}]}]}",
    )
    shelf = shelf_of([read_policy(text, "local.yaml")], facts())
    assert evaluate(shelf, "cn.example.local", {}, DAY).ask == ("own_ip", "own_brand")


def test_what_a_certificate_unlocks():
    assert unlocked(SHELF, "cn.hnte", {"hnte_valid": False, "techsme_valid": False}, DAY)["cn.eit.loss10"] == (
        "fails",
        "qualifies",
    )
    assert unlocked(SHELF, "cn.eit.small", {}, DAY) == {}


def test_amounts_are_exact_and_refuse_what_is_not_arithmetic():
    assert amount("a * 5 / 100", {"a": Fraction(1, 3)}) == Fraction(1, 60)
    assert amount("a / b", {"a": Fraction(1), "b": Fraction(0)}) is None
    assert amount("a + b", {"a": Fraction(1)}) is None
    for bad in ("__import__('os')", "a ** 2", "a if a else 1", "a.b", "1.5 * a", "a +"):
        with pytest.raises(BadInput):
            amount(bad, {"a": Fraction(1)})


def test_of_benefits_that_exclude_each_other_the_better_is_taken():
    amounts = {"a": Decimal(4), "b": Decimal(5), "c": Decimal(4), "d": Decimal(0)}
    choice = best_together(amounts, [("a", "b"), ("b", "c"), ("c", "d")])
    assert (choice.taken, choice.total) == (("a", "c"), 8)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rd_last_year", "rd_lastyear", "rd_lastyear is not in the fact dictionary; the nearest name is rd_last_year"),
        ("rd_last_year", "own_ip", "own_ip is a boolean fact"),
        ('">="', '"=>"', "=> is not a comparison"),
        (", 7,", ", seven,", "seven is not a number"),
        ("mark: BG", "mark: SURE", "SURE is not allowed for mark"),
        ("ref: 第一条, ", "", "ref is missing"),
        ("from: 2026-01-01", "from: soon", "from is not a date"),
        ("to: null", "to: 2025-01-01", "ends before it begins"),
        ("ratio:", "ration:", "a test has exactly one of"),
        ("kind: subsidy", "kind: gift", "gift is not allowed for kind"),
    ],
)
def test_a_mistake_in_a_policy_is_said_with_its_place(old, new, said):
    with pytest.raises(BadInput) as error:
        shelf_of([read_policy(LOCAL.replace(old, new), "local.yaml")], facts())
    assert said in str(error.value)
