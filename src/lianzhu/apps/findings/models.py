"""A finding lives as long as its key is found again; each run leaves a dated snapshot of the evidence."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain, Confidentiality, Enterprise, access_of

# Computed from links of several firms: to the firm in the middle it would tell what its customers buy elsewhere.
STAFF_ALONE = ("sole_supplier", "cut_point")


class FindingQuerySet(models.QuerySet["Finding"]):
    """Reading goes through `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """The rule of facts, but a finding about one firm is for untied staff and that firm only.

        Facts of a neighbour may be public; a list of what is wrong with each neighbour is nobody's business. Kinds that
        would tell a firm of its customers' other links stay with the staff.
        """
        access = access_of(user)
        untied = access.office_chains | access.statistician_chains
        own = models.Q(enterprise__in=access.own_firms) | models.Q(
            confidentiality__in=[Confidentiality.OFFICE, Confidentiality.FIRM], enterprise__in=access.granted_firms
        )
        rule = (
            models.Q(confidentiality=Confidentiality.PUBLIC, chain__in=access.chains, enterprise__isnull=True)
            | models.Q(confidentiality__in=[Confidentiality.PUBLIC, Confidentiality.OFFICE], chain__in=untied)
            | models.Q(
                confidentiality__in=[Confidentiality.FIRM, Confidentiality.STATISTICS],
                chain__in=access.statistician_chains,
            )
            | (own & ~models.Q(kind__in=STAFF_ALONE))
        )
        return self.filter(rule)


class Finding(models.Model):
    """One thing found about a firm or a node of a chain. `key` is stable, so the next run meets the same row."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        CASE = "case", _("made a case")
        ASIDE = "aside", _("set aside")
        GONE = "gone", _("no longer found")

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="findings")
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=160)
    enterprise = models.ForeignKey(Enterprise, null=True, blank=True, on_delete=models.PROTECT, related_name="findings")
    node = models.CharField(max_length=10, blank=True)
    confidentiality = models.CharField(max_length=10, choices=Confidentiality)
    # English templates with named fields, translated when shown; the fields are in the newest snapshot's evidence.
    says = models.CharField(max_length=300)
    wrong_if = models.CharField(max_length=300)
    state = models.CharField(max_length=5, choices=State, default=State.OPEN)
    because = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    first_found_on = models.DateField()
    last_found_on = models.DateField()

    objects = FindingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "kind", "key"], name="finding_key_once"),
            models.CheckConstraint(
                condition=~models.Q(state="aside") | ~models.Q(because=""), name="finding_aside_has_reason"
            ),
        ]
        indexes = [models.Index(fields=["chain", "state", "kind", "id"]), models.Index(fields=["enterprise", "state"])]


class Snapshot(models.Model):
    """What one run knew about a finding: the evidence and its date. Runs never change an older snapshot."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="snapshots")
    on = models.DateField()
    evidence = models.JSONField(default=dict)
    confidence = models.CharField(max_length=6, default="high")

    class Meta:
        ordering: ClassVar[list[str]] = ["-on", "-id"]
        constraints = [models.UniqueConstraint(fields=["finding", "on"], name="snapshot_once_a_day")]
