"""Cross appointment: counts, directions, gaps as findings, names for the secretary alone."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from tests.apps.organisation.conftest import DAY, SOURCE

from lianzhu.apps.findings.models import Finding
from lianzhu.apps.organisation.actions import gaps, seats
from lianzhu.apps.organisation.actions.seats import Who
from lianzhu.apps.organisation.queries.coverage import coverage, totals


def manage(town: SimpleNamespace, name: str, post: str = "董事") -> None:
    seats.enter_management(
        actor=town.secretary,
        chain_id=town.chain.pk,
        enterprise_id=town.firm.pk,
        who=Who(name, enterprise_id=town.firm.pk),
        post=post,
        since=DAY,
        source=SOURCE,
    )


def cells(town: SimpleNamespace, **told: object) -> tuple[object, ...]:
    row = next(row for row in coverage(town.chain, told.get("on", DAY), names=True) if row.firm == town.firm)
    return row.management_in_branch, row.branch_in_management


def test_unknown_management_is_no_gap(town: SimpleNamespace) -> None:
    assert [cell.state for cell in cells(town)] == ["unknown", "unknown"]


def test_the_two_directions_by_hand(town: SimpleNamespace) -> None:
    manage(town, "钱某", "总经理")
    manage(town, "孙某", "副总经理")
    inside, outside = cells(town)
    assert [(one.state, one.count, one.of) for one in (inside, outside)] == [("gap", 0, 2), ("gap", 0, 1)]
    # The general manager becomes a plain member of the branch: one direction stands, the other does not.
    seats.appoint(
        actor=town.secretary,
        body_id=town.branch.pk,
        who=Who("钱某", enterprise_id=town.firm.pk),
        role="member",
        since=DAY,
        source=SOURCE,
    )
    inside, outside = cells(town)
    assert [(one.state, one.count, one.of) for one in (inside, outside)] == [("covered", 1, 2), ("gap", 0, 1)]
    # The secretary enters the board: both stand.
    manage(town, "赵某")
    inside, outside = cells(town)
    assert [(one.state, one.count, one.of) for one in (inside, outside)] == [("covered", 2, 3), ("covered", 1, 1)]
    assert (inside.names, outside.names) == (("赵某", "钱某"), ("赵某",))
    assert [cell.state for cell in cells(town, on=DAY - timedelta(days=1))] == ["no_branch", "no_branch"]


def test_counts_carry_no_names(town: SimpleNamespace) -> None:
    manage(town, "赵某")
    assert all(
        row.management_in_branch.names == row.branch_in_management.names == ()
        for row in coverage(town.chain, DAY, names=False)
    )


def test_totals_sum_to_the_firms(town: SimpleNamespace) -> None:
    manage(town, "钱某")
    told = totals(coverage(town.chain, DAY, names=False))
    assert (told.firms, told.with_branch) == (2, 1)
    assert told.management_in_branch == {"covered": 0, "gap": 1, "unknown": 0, "no_branch": 1}
    assert sum(told.branch_in_management.values()) == told.firms


def test_gaps_become_findings_and_go_when_mended(town: SimpleNamespace) -> None:
    today = timezone.localdate()
    manage(town, "钱某")
    with pytest.raises(PermissionDenied):
        gaps.record_gaps(actor=town.office, chain_id=town.chain.pk, on=today)
    made = gaps.record_gaps(actor=town.secretary, chain_id=town.chain.pk, on=today)
    assert (made.new, made.gone) == (3, 0)
    assert Finding.objects.visible_to(town.office).count() == 3
    assert Finding.objects.visible_to(town.owner).count() == 2
    assert not Finding.objects.visible_to(town.member).exists()
    evidence = Finding.objects.get(key=f"{town.firm.pk}:branch_in_management").snapshots.get().evidence
    assert evidence == {"branch": "甲子支部"}
    manage(town, "赵某")
    again = gaps.record_gaps(actor=town.secretary, chain_id=town.chain.pk, on=today)
    assert (again.new, again.gone) == (0, 2)


def test_coverage_asks_a_fixed_number_of_questions(town: SimpleNamespace, django_assert_num_queries: object) -> None:
    manage(town, "钱某")
    with django_assert_num_queries(4):
        coverage(town.chain, DAY, names=True)
