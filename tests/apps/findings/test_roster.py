"""The roster's findings by hand, at their bounds, with no value in any evidence."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from tests import factories

from lianzhu.apps.core.models import Job
from lianzhu.apps.enterprises.actions.accounts import system_user
from lianzhu.apps.enterprises.models import Enterprise, Role
from lianzhu.apps.findings import jobs, queries, roster
from lianzhu.apps.findings.models import Finding, Snapshot
from lianzhu.library.facts import facts

ON = date(2026, 11, 23)


def found(values: dict, as_of: date = ON) -> list:
    return roster.contradictions(1, values, dict.fromkeys(values, as_of), ON)


def test_essential_facts_are_in_the_dictionary():
    names = [name for group in roster.ESSENTIAL.values() for name in group]
    assert set(names) <= set(facts())
    assert all(facts()[name].group == group for group, some in roster.ESSENTIAL.items() for name in some)
    assert all({part, whole} <= set(facts()) for part, whole in roster.PARTS)


def test_missing_facts_are_split_by_class():
    known = {(name, ""): "x" for name in roster.ESSENTIAL["registration"]}
    known |= {("staff", "2025"): 9, ("revenue", "2024"): 1, ("patents_invention", ""): 0}
    told = {one.confidentiality: one.evidence["facts"] for one in roster.missing_facts(1, known, ON)}
    assert told == {
        "firm": ["revenue", "total_assets", "rd"],
        "office": ["tech_staff"],
        "public": ["main_product", "max_test_voltage"],
    }


@pytest.mark.parametrize(
    ("until", "kind"),
    [
        (date(2026, 11, 22), "expired_certificate"),
        (date(2026, 11, 23), "expiring_certificate"),
        (date(2027, 1, 22), "expiring_certificate"),
        (date(2027, 1, 23), None),
    ],
)
def test_a_certificate_is_valid_through_its_last_day(until, kind):
    told = list(roster.expiries(1, {("cnas_valid_until", ""): until, ("registered_date", ""): date(1990, 1, 1)}, ON))
    assert [name for name, _one in told] == ([kind] if kind else [])


def test_a_part_is_not_larger_than_its_whole():
    assert found({("tech_staff", "2025"): 10, ("staff", "2025"): 10, ("staff", "2024"): 3}) == []
    (one,) = found({("tech_staff", "2025"): 11, ("staff", "2025"): 10})
    assert (one.key, one.confidentiality) == ("1:tech_staff:2025", "office")
    (secret,) = found({("main_rev", "2025"): Decimal(2), ("revenue", "2025"): Decimal(1)})
    assert secret.confidentiality == "firm"


def test_an_end_does_not_lie_before_its_beginning():
    (one,) = found({("hnte_valid_from", ""): date(2026, 1, 2), ("hnte_valid_until", ""): date(2026, 1, 1)})
    assert one.evidence["begins"] == "hnte_valid_from"
    assert found({("hnte_valid_from", ""): date(2026, 1, 1), ("hnte_valid_until", ""): date(2026, 1, 1)}) == []


def test_a_flag_that_outlived_its_certificate():
    values = {("hnte_valid", ""): True, ("hnte_valid_until", ""): date(2026, 11, 22)}
    (one,) = found(values, as_of=date(2025, 1, 1))
    assert (one.key, one.confidentiality) == ("1:hnte_valid", "public")
    assert found(values | {("hnte_valid_until", ""): ON}) == []


def test_a_relative_figure_is_checked_as_of_its_own_day():
    values = {("rd_last_year", ""): Decimal(500), ("rd", "2024"): Decimal(500), ("rd", "2025"): Decimal(700)}
    assert found(values, as_of=date(2025, 6, 1)) == []
    (one,) = found(values, as_of=date(2026, 6, 1))
    assert one.evidence == {"facts": ["rd_last_year"], "basis": ["rd"]}
    assert one.confidentiality == "firm"


@pytest.mark.parametrize(
    ("fact", "text", "value"),
    [
        ("revenue", "12.50", Decimal("12.50")),
        ("hnte_valid_until", "2026-01-02", date(2026, 1, 2)),
        ("staff", "about ten", None),
        ("hnte_valid_until", "soon", None),
        ("hnte_valid", "false", False),
        ("address", "示例镇", "示例镇"),
    ],
)
def test_stored_text_as_values(fact, text, value):
    assert roster.typed(facts()[fact], text) == value


@pytest.fixture
def town(db: None) -> list[Enterprise]:
    good, bad, none = (
        factories.firm(code="91110000600037341L"),
        factories.firm(code="91110000600037341M"),
        factories.firm(),
    )
    factories.fact(bad, "tech_staff", "987654", period="2025", confidentiality="office")
    factories.fact(bad, "staff", "123456", period="2025", confidentiality="office")
    factories.fact(bad, "revenue", "777777", period="2025", confidentiality="firm")
    factories.fact(none, "cnas_valid_until", "2026-01-01")
    return [good, bad, none]


def look_over() -> None:
    roster.look_over(actor=system_user(), chain=factories.chain(), on=ON)


def test_a_town_looked_over(town):
    good, bad, none = town
    look_over()
    kinds = Finding.objects.exclude(kind="missing_facts").order_by("kind").values_list("kind", "enterprise", "says")
    assert list(kinds) == [
        ("contradictory_facts", bad.pk, roster.TOO_LARGE),
        ("credit_code", bad.pk, roster.BAD_CODE),
        ("credit_code", none.pk, roster.NO_CODE),
        ("expired_certificate", none.pk, roster.EXPIRED),
    ]
    assert Finding.objects.filter(kind="missing_facts", enterprise=good).count() == 3


def test_no_value_in_any_evidence(town):
    look_over()
    kept = json.dumps(list(Snapshot.objects.values_list("evidence", flat=True)))
    assert not any(value in kept for value in ("987654", "123456", "777777"))


def test_what_was_mended_is_gone(town):
    look_over()
    town[1].facts.filter(fact="staff").update(value="999999")
    look_over()
    assert Finding.objects.get(kind="contradictory_facts").state == Finding.State.GONE


def test_every_sentence_has_chinese_and_its_fields(town):
    look_over()
    with translation.override("zh-hans"):
        for finding in Finding.objects.select_related("enterprise"):
            evidence = queries.newest_of([finding])[finding.pk].evidence
            said = queries.sentence(finding, evidence)
            assert finding.enterprise.name in said and "…" not in said and "{" not in said
            assert said != finding.says.format_map(queries._Lenient(queries.fields_of(finding, evidence)))
            assert queries.counter_evidence(finding, evidence) != finding.wrong_if


def test_the_job(town):
    asked = factories.person(Role.OFFICE)
    job = Job.objects.create(
        kind=jobs.LOOK_OVER, argument=factories.chain().pk, asked_by=asked, asked_at=factories.timezone.now()
    )
    jobs.look_over(job)
    count = Finding.objects.count()
    jobs.look_over(job)
    assert Finding.objects.count() == count > 0
    assert (job.done, job.total) == (1, 1)
