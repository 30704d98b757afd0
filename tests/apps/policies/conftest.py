"""A chain with an office, a department with a desk, a committee member, and two firms; facts of one of them."""

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace

import pytest
from django.utils import timezone
from django.utils.translation import override
from tests import factories

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Confidentiality, Role
from lianzhu.apps.organisation.models import Appointment, Body, Person
from lianzhu.apps.policies.models import Desk

# Everything 科技型中小企业 asks for but the direct routes of 第八条; figures that must never leave the firm.
REVENUE, RD = "8641.37", "342.19"
FACTS = {
    "resident_enterprise_mainland": ("", "true"),
    "prohibited_restricted_products": ("", "false"),
    "major_violation_last_and_this_year": ("", "false"),
    "abnormal_or_dishonest_list": ("", "false"),
    "hnte_valid": ("", "false"),
    "national_sci_award_5y_top3": ("", "false"),
    "led_standard_5y": ("", "false"),
    "techsme_score": ("", "52"),
    "techsme_staff_points": ("", "4"),
}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are matched as they stand in the code."""
    with override("en"):
        yield


def body_of(name: str, *members: User) -> Body:
    """A department with officers."""
    made = Body.objects.create(
        chain=factories.chain(), kind=Body.Kind.DEPARTMENT, name=name, since=date(2026, 1, 1), source="测试"
    )
    for user in members:
        human = Person.objects.create(chain=made.chain, user=user, name=user.name)
        Appointment.objects.create(
            person=human, body=made, role=Appointment.Role.OFFICER, since=date(2026, 1, 1), source="测试"
        )
    return made


@pytest.fixture
def town(db: None) -> SimpleNamespace:
    chain, firm, other = factories.chain(), factories.firm("甲子高压设备有限公司"), factories.firm("乙丑电器有限公司")
    officer, rival = factories.person(Role.DEPARTMENT), factories.person(Role.DEPARTMENT)
    industry, tax = body_of("工信局", officer), body_of("税务局", rival)
    Desk.objects.create(chain=chain, policy="cn.techsme", body=industry)
    Desk.objects.create(chain=chain, policy="cn.levy.disabled", body=tax)
    people = SimpleNamespace(
        chain=chain,
        firm=firm,
        other=other,
        boss=factories.person(Role.FIRM, of=firm),
        rival_boss=factories.person(Role.FIRM, of=other),
        office=factories.person(Role.OFFICE),
        statistician=factories.person(Role.STATISTICIAN),
        committee=factories.person(Role.COMMITTEE),
        officer=officer,
        other_officer=rival,
        industry=industry,
    )
    for name, (period, value) in FACTS.items():
        factories.fact(firm, name, value, period=period, confidentiality=Confidentiality.FIRM)
    year = str(timezone.localdate().year - 1)
    for name, value in (("staff", "96"), ("revenue", REVENUE), ("total_assets", "11250"), ("rd", RD)):
        factories.fact(firm, name, value, period=year, confidentiality=Confidentiality.FIRM)
    return people
