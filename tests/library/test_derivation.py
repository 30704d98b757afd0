"""Relative facts from base facts: hand-computed examples, boundaries, unknowns, and what beats what."""

import doctest
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhu.library import derivation
from lianzhu.library.derivation import OPERATIONS, derive
from lianzhu.library.facts import DERIVATIONS
from lianzhu.library.problem import BadInput

DAY = date(2026, 11, 23)


def years(name, *values, last=2025):
    """Values of the last years, newest first; None is left out."""
    return {(name, str(last - back)): value for back, value in enumerate(values) if value is not None}


def value(name, base, on=DAY):
    return derive(name, base, on).value


def test_the_examples_in_the_docstring_hold():
    assert doctest.testmod(derivation).failed == 0


def test_every_derivation_the_dictionary_may_name_is_computed():
    assert set(OPERATIONS) == set(DERIVATIONS)


def test_a_missing_year_is_unknown_and_never_another_years_value():
    base = years("revenue", None, 5000)
    answer = derive("rev_last_year", base, DAY)
    assert answer.value is None
    assert answer.missing == (("revenue", "2025"),)
    assert value("rev_prev_year", base) == 5000


def test_a_supplied_value_beats_a_derived_one_and_disagreement_is_reported():
    answer = derive("rd_last_year", {**years("rd", 300), ("rd_last_year", ""): 310}, DAY)
    assert (answer.value, answer.derived, answer.disagrees) == (310, 300, True)
    assert not derive("rd_last_year", {**years("rd", 300), ("rd_last_year", ""): Decimal("300.0")}, DAY).disagrees
    assert not derive("rd_last_year", {("rd_last_year", ""): 310}, DAY).disagrees


def test_sums_leave_out_years_before_the_firm_existed_only_when_its_first_day_is_known():
    base = years("rd", 10, 20)
    assert value("rd_3y", base) is None
    assert value("rd_3y", {**base, ("registered_date", ""): date(2024, 7, 1)}) == 30
    assert value("rd_3y", {**base, ("registered_date", ""): date(2023, 12, 31)}) is None
    assert value("rd_3y", {("registered_date", ""): date(2026, 2, 1)}) is None


def test_quarter_means_use_begin_and_end_of_each_quarter():
    ends = {
        ("staff_quarter_end", key): n
        for key, n in [("2024Q4", 290), ("2025Q1", 300), ("2025Q2", 310), ("2025Q3", 300), ("2025Q4", 291)]
    }
    # (290+300)/2, (300+310)/2, (310+300)/2, (300+291)/2: mean 300.125, just above 300
    assert value("staff_q_avg", ends) == Decimal("300.125")
    assert value("staff_q_avg", {key: n for key, n in ends.items() if key[1] != "2024Q4"}) is None


@pytest.mark.parametrize(("on", "last"), [(date(2026, 1, 5), "2025-12"), (date(2026, 11, 23), "2026-10")])
def test_the_last_complete_month(on, last):
    assert value("month_sales", {("vat_sales", last): 9}, on) == 9


def test_the_last_complete_quarter_and_twelve_months():
    months = {("vat_sales", f"2026-{month:02d}"): month for month in range(1, 11)} | {
        ("vat_sales", "2025-11"): 100,
        ("vat_sales", "2025-12"): 200,
    }
    assert value("quarter_sales", months) == 7 + 8 + 9
    assert value("vat_sales_year", months) == 300 + 55
    assert value("vat_sales_year", {key: n for key, n in months.items() if key[1] != "2025-11"}) is None


def test_growth_is_rounded_down_and_debt_up_so_that_limits_keep_their_side():
    # 1.05 squared is 1.1025: exactly 5 %, one fen less is below
    assert value("rev_cagr_2y_pct", years("revenue", 11025, 1, 10000)) == 5
    assert value("rev_cagr_2y_pct", years("revenue", Decimal("11024.999999"), 1, 10000)) < 5
    assert value("debt_ratio_pct", years("liabilities", 75) | years("total_assets", 100)) == 75
    assert value("debt_ratio_pct", years("liabilities", Decimal("75.000001")) | years("total_assets", 100)) > 75
    # growth 10 % and 0 %: mean 5 %
    assert value("main_rev_growth_avg_2y_pct", years("main_rev", 110, 110, 100)) == 5 - Decimal(0)
    assert value("main_rev_growth_avg_2y_pct", years("main_rev", 110, 110, 0)) is None


def test_means():
    assert value("rd_avg_2y", years("rd", Decimal("1000.000001"), 1000)) == Decimal("1000.0000005")
    assert value("main_rev_avg_3y", years("main_rev", 40000, 40000, Decimal("39999.99"))) < 40000


@pytest.mark.parametrize(
    ("rd", "verdict"), [((30, 30), True), ((30, Decimal("29.99")), False), ((30, None), None), ((None, 29), False)]
)
def test_a_ratio_in_each_year_is_decided_by_one_failing_year(rd, verdict):
    assert value("rd_ratio_ge3_each_of_2y", years("rd", *rd) | years("revenue", 1000, 1000)) is verdict


@pytest.mark.parametrize(
    ("day", "months"),
    [
        (date(2025, 11, 23), 12),
        (date(2025, 11, 24), 11),
        (date(2026, 11, 23), 0),
        (date(2026, 10, 24), 0),
        (date(2026, 11, 24), None),
    ],
)
def test_months_since_registration(day, months):
    assert value("months_since_registration", {("registered_date", ""): day}) == months


def test_365_days_count_as_twelve_months_across_a_leap_day():
    assert value("months_since_registration", {("registered_date", ""): date(2023, 3, 1)}, date(2024, 2, 29)) == 12
    assert value("months_since_registration", {("registered_date", ""): date(2023, 3, 1)}, date(2024, 2, 28)) == 11


def test_a_certificate_holds_through_its_last_day_and_not_before_its_first():
    base = {("hnte_valid_until", ""): date(2026, 11, 23)}
    assert value("hnte_valid", base) is True
    assert value("hnte_valid", base, date(2026, 11, 24)) is False
    assert value("hnte_valid", {**base, ("hnte_valid_from", ""): date(2026, 11, 24)}) is False
    assert value("hnte_valid", {}) is None
    assert derive("hnte_valid", {}, DAY).missing == (("hnte_valid_until", ""),)


def test_derived_facts_feed_others_and_unknown_is_not_false():
    assert value("hnte_valid_or_listed_honours", {("hnte_valid_until", ""): date(2027, 1, 1)}) is True
    assert value("hnte_valid_or_listed_honours", {("hnte_valid_until", ""): date(2020, 1, 1)}) is None
    assert value("own_ip", {("patents_invention", ""): 0}) is None
    assert value("own_ip", {("patents_invention", ""): 1}) is True
    assert value("mgmt_system_certified", {("iso9001_valid_until", ""): date(2026, 12, 31)}) is True


@pytest.mark.parametrize(
    ("staff", "revenue", "sme", "small"),
    [
        (1000, 40000, False, False),
        (999, 40000, True, False),
        (1000, 39999, True, False),
        (300, 2000, True, False),
        (299, 2000, True, True),
        (300, Decimal("1999.99"), True, True),
        (None, 39999, True, None),
        (None, 40000, None, None),
        (2000, None, None, None),
        (None, 1999, True, True),
    ],
)
def test_size_classes_of_industry_by_all_indicators(staff, revenue, sme, small):
    base = {("industry_code", ""): "3829", **years("staff", staff), **years("revenue", revenue)}
    assert value("sme_by_300", base) is sme
    assert value("small_or_micro_by_300", base) is small


def test_a_size_needs_its_industry():
    assert value("sme_by_300", years("staff", 5) | years("revenue", 5)) is None
    assert value("size_industry", {("industry_code", ""): "5911"}) == "交通运输业"
    assert value("size_industry", {("industry_code", ""): "5920"}) == "仓储业"
    assert value("size_industry", {("industry_code", ""): "5310"}) is None


def test_choices_codes_and_levels():
    assert value("vat_general", {("vat_taxpayer", ""): "small_scale"}) is False
    assert value("manufacturing", {("industry_code", ""): "C3829"}) is True
    assert value("manufacturing", {("industry_code", ""): "4410"}) is False
    assert value("manufacturing", {("industry_code", ""): "3"}) is None
    assert value("registered_in_jiangsu", {("region_code", ""): "320000"}) is True
    assert value("star4_cloud", {("cloud_star", ""): 3}) is False
    assert value("patents_total", {("patents_invention", ""): 2, ("patents_utility", ""): 3}) is None


def test_the_bare_name_of_a_yearly_fact_means_last_year():
    assert value("staff", years("staff", 41)) == 41
    assert value("staff", {("staff", ""): 40, **years("staff", 41)}) == 40


def test_binary_fractions_are_refused():
    with pytest.raises(BadInput, match="binary fraction"):
        derive("rev_last_year", {("revenue", "2025"): 0.1}, DAY)


@given(st.lists(st.decimals(0, 10**8, places=6), min_size=3, max_size=3), st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_a_sum_is_the_sum_of_its_years_and_needs_each(amounts, on):
    base = years("rd", *amounts, last=on.year - 1)
    assert value("rd_3y", base, on) == sum(amounts)
    for key in base:
        assert value("rd_3y", {other: amount for other, amount in base.items() if other != key}, on) is None


@given(st.decimals(1, 10**8, places=6), st.decimals(1, 10**8, places=6))
def test_debt_ratio_keeps_the_side_of_a_limit(liabilities, assets):
    ratio = value("debt_ratio_pct", years("liabilities", liabilities) | years("total_assets", assets))
    assert (ratio <= 75) == (100 * liabilities <= 75 * assets)


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(0, 4000))
def test_months_since_never_falls_as_time_passes(first, days):
    base = {("registered_date", ""): first}
    on = first + timedelta(days)
    assert value("months_since_registration", base, on) <= value("months_since_registration", base, on + timedelta(1))
