"""Chains and firms: stable ids that never change, whatever names, codes and facts do."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.core.models import User


class Chain(models.Model):
    """One industrial chain of the town or county this deployment serves."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    town = models.CharField(max_length=80)
    fictional = models.BooleanField(default=False)
    # Moves on with every write of facts, so that a preview made before is noticed to be old.
    revision = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class Controller(models.Model):
    """Who controls firms. Firms under one controller count as one wherever makers are counted. Class `office`."""

    name = models.CharField(max_length=120, unique=True)

    def __str__(self) -> str:
        return self.name


class Enterprise(models.Model):
    """A firm. Name and code are kept here for lists and search; every value with its source is a `FactValue`."""

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        # Made by an import that was undone, or merged into another: out of every list, never deleted.
        WITHDRAWN = "withdrawn", _("withdrawn")
        MERGED = "merged", _("merged")

    name = models.CharField(max_length=160)
    # Normalised for identity and sorting; see engine.roster.names.
    name_key = models.CharField(max_length=160, db_index=True)
    code = models.CharField(max_length=18, null=True, blank=True, unique=True)
    # A firm without a unified social credit code is known by this until it gets one.
    temporary_code = models.CharField(max_length=12, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    controller = models.ForeignKey(Controller, null=True, blank=True, on_delete=models.PROTECT, related_name="firms")
    chains = models.ManyToManyField(Chain, through="Membership", related_name="firms")
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["state", "id"]),
            models.Index(fields=["state", "name_key", "id"]),
            models.Index(fields=["state", "updated_at", "id"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="merged", merged_into__isnull=False)
                | (~models.Q(state="merged") & models.Q(merged_into__isnull=True)),
                name="enterprise_merged_has_target",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_code(self) -> str:
        """The unified code, or the temporary one."""
        return self.code or self.temporary_code


class Membership(models.Model):
    """A firm takes part in a chain."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT)
    since = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "enterprise"], name="membership_once")]


class IdentityEvent(models.Model):
    """Append-only log of who was found to be whom: linked, made new, merged, split. Never a name-only merge."""

    class Kind(models.TextChoices):
        CREATED = "created", _("created")
        LINKED = "linked", _("linked")
        MERGED = "merged", _("merged")
        SPLIT = "split", _("split")

    kind = models.CharField(max_length=10, choices=Kind)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="identity_events")
    other = models.ForeignKey(Enterprise, null=True, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=300)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    batch = models.ForeignKey("enterprises.ImportBatch", null=True, on_delete=models.PROTECT, related_name="+")
