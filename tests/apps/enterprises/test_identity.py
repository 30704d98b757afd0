"""Merging and splitting: never by name alone, nothing lost, the log only grows."""

import pytest
from django.core.exceptions import PermissionDenied
from tests import factories, workbooks

from lianzhu.apps.core import search
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.enterprises.actions.identity import merge_firms, split_firms
from lianzhu.apps.enterprises.models import Enterprise, FactValue, IdentityEvent, Role

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def office():
    return factories.person(Role.OFFICE)


def two() -> tuple[Enterprise, Enterprise]:
    kept = factories.firm("甲子高压设备有限公司")
    other = factories.firm("甲子高压设备厂", code=workbooks.code(5))
    factories.fact(other, "credit_code", workbooks.code(5))
    factories.fact(other, "address", "示例镇兴业路18号")
    return kept, other


def test_merge_and_split_lose_nothing(office):
    kept, other = two()
    merge_firms(actor=office, kept_id=kept.pk, other_id=other.pk, why="同一营业执照")
    kept.refresh_from_db()
    other.refresh_from_db()
    assert (kept.code, other.state, other.merged_into_id) == (workbooks.code(5), "merged", kept.pk)
    assert search.find(search.Kind.ENTERPRISE, "设备厂") == []
    split_firms(actor=office, other_id=other.pk, why="查明是两家")
    other.refresh_from_db()
    kept.refresh_from_db()
    assert (kept.code, other.code, other.state) == (None, workbooks.code(5), "active")
    assert FactValue.objects.current().filter(enterprise=other).count() == 2
    assert search.find(search.Kind.ENTERPRISE, "设备厂") == [other.pk]
    assert list(IdentityEvent.objects.values_list("kind", flat=True)) == ["merged", "split"]


def test_different_valid_codes_veto(office):
    kept, other = two()
    Enterprise.objects.filter(pk=kept.pk).update(code=workbooks.code(6))
    with pytest.raises(RuleBroken, match="codes differ"):
        merge_firms(actor=office, kept_id=kept.pk, other_id=other.pk, why="名称相近")


def test_a_reason_is_needed_and_twice_is_refused(office):
    kept, other = two()
    with pytest.raises(RuleBroken, match="not enough"):
        merge_firms(actor=office, kept_id=kept.pk, other_id=other.pk, why=" ")
    with pytest.raises(RuleBroken, match="two different"):
        merge_firms(actor=office, kept_id=kept.pk, other_id=kept.pk, why="同一营业执照")
    merge_firms(actor=office, kept_id=kept.pk, other_id=other.pk, why="同一营业执照")
    with pytest.raises(RuleBroken, match="both stand"):
        merge_firms(actor=office, kept_id=kept.pk, other_id=other.pk, why="同一营业执照")


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.OFFICE, Role.FIRM)])
def test_nobody_else_merges(office, role):
    kept, other = two()
    with pytest.raises(PermissionDenied):
        merge_firms(actor=factories.person(role), kept_id=kept.pk, other_id=other.pk, why="同一营业执照")
